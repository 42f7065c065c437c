//! What things are called in the middle of an alteration.

use diesel_autogen_schema::{Column, Delta, Dialect, Expr, Flavour, Live, SqlType, Table};

use super::fate::Fate;
use super::fill::is_same;
use super::op::Alteration;
use crate::dialect::Target;
use crate::dialect::names::{Names, gone};

/// The table before, under the names after.
pub(crate) fn mapped(it: &Alteration) -> Table {
    let renames = it.renames().into_iter().map(|(a, b)| (a.to_owned(), b.to_owned()));
    // What goes is nothing after, whoever gets its name.
    let gone = it.columns.iter().filter_map(|delta| match delta {
        Delta::Removed(column) => Some((column.name.to_string(), gone(&column.name))),
        Delta::Added(_) | Delta::Changed { .. } => None,
    });
    let pairs: Vec<(String, String)> = renames.chain(gone).collect();
    let mut table = Names::none(Dialect::Mysql).renamed(&it.before, &pairs);
    table.foreign_keys.to_mut().iter_mut().for_each(|key| {
        // What it refers to is called otherwise by itself.
        if let Some(after) = it
            .after
            .foreign_keys
            .iter()
            .find(|after| after.name == key.name && after.columns == key.columns)
        {
            key.table.clone_from(&after.table);
            key.references.clone_from(&after.references);
        }
    });
    table
}

/// The column before, as its expressions read under the names after.
pub(crate) fn column(it: &Alteration, column: &Column) -> Column {
    let renames = it.renames();
    let mut column = column.clone();
    if let Some(generated) = &mut column.generated {
        generated.expr = generated.expr.renamed(&renames, Dialect::Mysql);
    }
    column
}

/// Whether a column that stays gets the name that another one gives up which stays, too, and none
/// gets the name of one that does not.
pub(crate) fn takes_over(fates: &[Fate<'_>]) -> bool {
    let (mut renames, mut gone) = (Vec::new(), Vec::new());
    for fate in fates {
        match fate {
            Fate::Stays { before, after } if before.name != after.name => {
                renames.push((&*before.name, &*after.name));
            }
            Fate::Goes(before) | Fate::Anew { before, .. } => gone.push(&*before.name),
            Fate::Stays { .. } | Fate::Comes(..) => {}
        }
    }
    let taken =
        |own: &str, to: &str| renames.iter().any(|(from, _)| *from != own && is_same(from, to));
    renames.iter().any(|(from, to)| taken(from, to))
        && !renames.iter().any(|(_, to)| gone.iter().any(|name| is_same(name, to)))
}

/// Whether a column is renamed that an expression of the table's reads, as the condition does that
/// stands for the type of JSON, or one that nobody owns.
pub(crate) fn is_read(it: &Alteration, live: &Live) -> bool {
    let unowned = live.schema.table(&it.live);
    it.renames().into_iter().any(|(from, to)| {
        let own = it.before.column(from);
        own.is_some_and(|column| matches!(column.sql_type, SqlType::Json | SqlType::Jsonb))
            || reads(&it.before, from)
            || unowned.is_some_and(|table| reads(table, from) || reads(table, to))
    })
}

fn reads(table: &Table, column: &str) -> bool {
    let is = |expr: &Expr| expr.mentions(column, Dialect::Mysql);
    let of_column = |it: &Column| {
        it.generated.as_ref().is_some_and(|it| is(&it.expr)) || it.default.as_ref().is_some_and(is)
    };
    table.columns.iter().any(of_column) || table.checks.iter().any(|it| is(&it.expr))
}

/// The clause that renames a column, which is defined so.
pub(crate) fn clause(from: &str, to: &str, whole: &str, target: &Target) -> String {
    match natively(target) {
        true => format!("RENAME COLUMN {from} TO {to}"),
        false => format!("CHANGE COLUMN {from} {to} {whole}"),
    }
}

/// Whether columns and indexes can be renamed without saying what they are.
pub(crate) fn natively(target: &Target) -> bool {
    match target.flavour {
        Flavour::Mysql => target.minimum >= (8, 0, 0),
        Flavour::Mariadb => target.minimum >= (10, 5, 2),
    }
}
