//! Rows that refer to nothing.

use diesel_autogen_schema::{ForeignKey, Table};

use crate::Error;
use crate::sqlite::Scratch;
use crate::sqlite::text::quoted;

/// Lets rows that refer to nothing refer to a row that is there, or takes them away.
pub(super) fn mend(scratch: &mut Scratch, tables: &[&Table]) -> Result<(), Error> {
    for table in tables {
        for key in table.foreign_keys.iter().filter(|key| !key.references.is_empty()) {
            // The first may be refused by another constraint; the second never is.
            let _ = scratch.execute(&redirect(table, key), true);
        }
    }
    // Taking rows away can leave others without what they refer to.
    for _ in 0..=tables.len() {
        for table in tables {
            for key in table.foreign_keys.iter().filter(|key| !key.references.is_empty()) {
                let lost = lost(table, key);
                let child = quoted(&table.name);
                let _ = scratch.execute(&format!("DELETE FROM {child} WHERE {lost}"), true);
            }
        }
    }
    Ok(())
}

fn redirect(table: &Table, key: &ForeignKey) -> String {
    let columns: Vec<String> = key.columns.iter().map(|column| quoted(column)).collect();
    let references: Vec<String> = key.references.iter().map(|column| quoted(column)).collect();
    format!(
        "UPDATE OR IGNORE {} SET ({}) = (SELECT {} FROM {} LIMIT 1) WHERE {}",
        quoted(&table.name),
        columns.join(", "),
        references.join(", "),
        quoted(&key.table),
        lost(table, key),
    )
}

/// Whether a row refers to a row that is not there.
fn lost(table: &Table, key: &ForeignKey) -> String {
    let child = quoted(&table.name);
    let pairs = || key.columns.iter().zip(key.references.iter());
    let set: Vec<String> =
        pairs().map(|(column, _)| format!("{child}.{} IS NOT NULL", quoted(column))).collect();
    let same: Vec<String> = pairs()
        .map(|(column, reference)| {
            format!("the_parent.{} = {child}.{}", quoted(reference), quoted(column))
        })
        .collect();
    format!(
        "{} AND NOT EXISTS (SELECT 1 FROM {} AS the_parent WHERE {})",
        set.join(" AND "),
        quoted(&key.table),
        same.join(" AND "),
    )
}
