//! Making a table anew: what SQLite wants done where its `ALTER TABLE` ends.
//!
//! The frame round it ([`super::frame`]) turns foreign keys off, keeps views and triggers out of
//! the way, and looks for new violations before it commits. The order here matters: the old table
//! is never renamed, or the foreign keys of other tables would follow it.

use diesel_autogen_schema::{Identity, Object};

use super::alter::Context;
use super::copy::copied;
use super::middle::free;
use super::quote::{expr, ident, string};
use super::render::{create_index, create_shape, drop_table, rename_table};
use super::shape::Shape;

/// The statements that turn the table `old` into `new`, rows included.
pub(crate) fn rebuild(
    old: &Shape,
    new: &Shape,
    context: &Context<'_>,
    taken: &[String],
) -> Vec<String> {
    let name = new.table.name.as_ref();
    let aside = free(&format!("autogen_new_{name}"), taken);
    let mut anew = new.clone();
    anew.table.name = aside.clone().into();
    let mut statements = vec![create_shape(&anew)];
    statements.extend(copy(old, new, &aside, context));
    if counts(old) && counts(new) {
        statements.extend(carry_counter(name, &aside));
    }
    statements.push(drop_table(name));
    statements.push(rename_table(&aside, name));
    statements.extend(new.indexes.iter().map(|index| create_index(name, index)));
    statements
}

fn copy(old: &Shape, new: &Shape, aside: &str, context: &Context<'_>) -> Option<String> {
    let mut pairs = copied(old, new, context);
    if pairs.is_empty() {
        // Nothing is carried over, but as many rows.
        let column = new.table.columns.iter().find(|column| column.generated.is_none())?;
        let default = column.default.as_ref().map_or("NULL", |default| default.as_str());
        pairs.push((ident(&column.name), expr(default)));
    }
    let (columns, values): (Vec<String>, Vec<String>) = pairs.into_iter().unzip();
    let into = ident(aside);
    let from = ident(&old.table.name);
    let columns = columns.join(", ");
    let values = values.join(",\n    ");
    Some(format!("INSERT OR ROLLBACK INTO {into} ({columns})\nSELECT\n    {values}\nFROM {from}"))
}

fn counts(shape: &Shape) -> bool {
    shape.table.columns.iter().any(|column| column.identity == Some(Identity::Autoincrement))
}

/// The counter may be ahead of the largest key that is left.
fn carry_counter(name: &str, aside: &str) -> [String; 2] {
    let (name, aside) = (string(name), string(aside));
    [
        format!("DELETE FROM sqlite_sequence WHERE name = {aside}"),
        format!(
            "INSERT INTO sqlite_sequence (name, seq)\n\
             SELECT {aside}, seq FROM sqlite_sequence WHERE name = {name}"
        ),
    ]
}

/// The statement that drops a view or trigger.
pub(crate) fn drop_object(object: &Object) -> String {
    use diesel_autogen_schema::ObjectKind::{
        Event, Function, Procedure, Trigger, View, VirtualTable,
    };
    let kind = match object.kind {
        VirtualTable => "table",
        View | Trigger | Procedure | Function | Event => object.kind.name(),
    };
    format!("DROP {} {}", kind.to_ascii_uppercase(), ident(&object.name))
}
