//! Rows that refer to nothing.

use diesel_autogen_schema::{Extra, ForeignKey, Table};

use super::Seedbed;
use crate::ident::{placed, quoted};

/// Lets rows that refer to nothing refer to a row that is there, or takes them away.
pub(super) fn mend(bed: &mut impl Seedbed, tables: &[&Table]) {
    for (table, key) in keys(tables) {
        // The first may be refused by another constraint; the second mostly is not.
        let redirect = bed.redirect(table, key, &lost(table, key));
        let _ = bed.attempt(&redirect, &[]);
    }
    // Taking rows away can leave others without what they refer to.
    for _ in 0..=tables.len() {
        for (table, key) in keys(tables) {
            let lost = lost(table, key);
            let child = placed(table.place());
            if bed.attempt(&format!("DELETE FROM {child} WHERE {lost}"), &[]).is_err() {
                release(bed, tables, table, &lost);
            }
        }
    }
    // Where rows hold each other fast, they go together.
    for (table, key) in keys(tables) {
        let (lost, child) = (lost(table, key), placed(table.place()));
        let left = bed.rows(&format!("SELECT 1 FROM {child} WHERE {lost} LIMIT 1"));
        if left.is_ok_and(|rows| !rows.is_empty()) {
            let _ = bed.attempt(&format!("DELETE FROM {child}"), &[]);
        }
    }
}

fn keys<'t>(tables: &[&'t Table]) -> impl Iterator<Item = (&'t Table, &'t ForeignKey)> {
    let keys =
        tables.iter().flat_map(|table| table.foreign_keys.iter().map(move |key| (*table, key)));
    keys.filter(|(_, key)| !key.references.is_empty()).collect::<Vec<_>>().into_iter()
}

/// Takes away the rows that let these not go: `RESTRICT` is not put off.
fn release(bed: &mut impl Seedbed, tables: &[&Table], table: &Table, lost: &str) {
    for (other, key) in keys(tables).filter(|(_, key)| key.target() == table.place()) {
        let same: Vec<String> = key
            .columns
            .iter()
            .zip(key.references.iter())
            .map(|(column, reference)| {
                let parent = format!("{}.{}", quoted(&table.name), quoted(reference));
                format!("the_child.{} = {parent}", quoted(column))
            })
            .collect();
        let _ = bed.attempt(
            &format!(
                "DELETE FROM {} AS the_child WHERE EXISTS (SELECT 1 FROM {} WHERE {lost} AND {})",
                placed(other.place()),
                placed(table.place()),
                same.join(" AND "),
            ),
            &[],
        );
    }
}

/// Whether a row refers to a row that is not there.
pub(crate) fn lost(table: &Table, key: &ForeignKey) -> String {
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
