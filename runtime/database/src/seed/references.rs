//! Rows that refer to nothing.

use diesel_autogen_schema::{Extra, ForeignKey, Table};

use super::Seedbed;
use crate::ident::{placed, quoted};

/// Lets rows that refer to nothing refer to a row that is there, or takes them away.
pub(super) fn mend(bed: &mut impl Seedbed, tables: &[&Table]) {
    for table in tables {
        for key in table.foreign_keys.iter().filter(|key| !key.references.is_empty()) {
            // The first may be refused by another constraint; the second never is.
            let redirect = bed.redirect(table, key, &lost(table, key));
            let _ = bed.attempt(&redirect, &[]);
        }
    }
    // Taking rows away can leave others without what they refer to.
    for _ in 0..=tables.len() {
        for table in tables {
            for key in table.foreign_keys.iter().filter(|key| !key.references.is_empty()) {
                let lost = lost(table, key);
                let child = placed(table.place());
                let _ = bed.attempt(&format!("DELETE FROM {child} WHERE {lost}"), &[]);
            }
        }
    }
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
    let lost = format!(
        "{} AND NOT EXISTS (SELECT 1 FROM {} AS the_parent WHERE {})",
        set.join(" AND "),
        placed(key.target()),
        same.join(" AND "),
    );
    if !key.extras.has(&Extra::MatchFull) {
        return lost;
    }
    let null: Vec<String> =
        pairs().map(|(column, _)| format!("{child}.{} IS NULL", quoted(column))).collect();
    format!("({lost} OR ({}) AND NOT ({}))", null.join(" OR "), null.join(" AND "))
}
