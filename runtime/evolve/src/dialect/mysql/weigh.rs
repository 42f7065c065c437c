//! Whether statements write every row of a table anew while nobody else writes, by what is known
//! of their clauses.

use diesel_autogen_schema::{Column, Dialect, Live, Schema, Table};

use super::alter::Context;
use super::op::Alteration;
use crate::cost;
use crate::script::{Action, Known, read};

/// Whether one of the statements of an alteration does.
pub(super) fn rewrites(it: &Alteration, statements: &[String], context: &Context<'_>) -> bool {
    let tables = vec![found(it, context.live)];
    let mut known = Known::schema(&Schema::of(tables), Dialect::Mysql);
    let read = statements.iter().flat_map(|sql| read(sql, Dialect::Mysql));
    read.into_iter().any(|statement| {
        let flavour = context.target.flavour;
        let rewrites = if let Action::AlterTable { table, clauses } = &statement.action {
            cost::mysql(table, clauses, &known, flavour).rewrites_alone()
        } else {
            false
        };
        known.advance(&statement.action);
        rewrites
    })
}

/// The table as it is found, with what no model claims, and its columns in the order that they have
/// there.
fn found(it: &Alteration, live: &Live) -> Table {
    let mut table = it.before.clone();
    let Some(live) = live.schema.table(&it.live) else { return table };
    let owned = |table: &Table, name: &str| {
        table.uniques.iter().any(|it| it.name == name)
            || table.indexes.iter().any(|it| it.name == name)
    };
    let is_free = |name: &str| !owned(&it.before, name) && !owned(&it.after, name);
    let known = |name: &str| {
        let both = it.before.columns.iter().chain(&it.after.columns[..]);
        both.into_iter().any(|it| it.name == name)
    };
    table.uniques.to_mut().extend(live.uniques.iter().filter(|it| is_free(&it.name)).cloned());
    table.indexes.to_mut().extend(live.indexes.iter().filter(|it| is_free(&it.name)).cloned());
    table.columns.to_mut().extend(live.columns.iter().filter(|it| !known(&it.name)).cloned());
    let place = |column: &Column| live.columns.iter().position(|it| it.name == column.name);
    table.columns.to_mut().sort_by_key(|column| place(column).unwrap_or(usize::MAX));
    table
}
