//! What things are called in the middle of an alteration.

use diesel_autogen_schema::{Column, Delta, Dialect, Flavour, Table};

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
