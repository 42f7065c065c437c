//! Columns that a revision only lets go of, and that get a value again on the way back where rows have
//! none.

use diesel_autogen_schema::{Change, Column, Extra, Extras, Live, Table, TableChange};

use super::placed::{Guarded, back};
use super::speech::Speech;
use super::{Counts, Guard};
use crate::dialect::Target;
use crate::dialect::postgres::Spot;
use crate::dialect::postgres::rule::Rule;
use crate::hazard::HazardCode;

/// The guards of a plan in which these columns are let go of. What rows hold is asked about as it is:
/// what they get is unlike that.
pub(crate) fn guarded(
    changes: &[Change],
    leaving: &[Spot],
    target: &Target,
    live: &Live,
) -> Guarded {
    if leaving.is_empty() {
        return super::guarded(changes, target, live);
    }
    let altered = changes.iter().filter_map(Change::altered);
    let needy = altered.flat_map(|change| {
        let own = change.before.columns.iter().filter(|it| leaves(leaving, &change.before, it));
        own.filter_map(|column| needs_rows(change, column, changes, (target, live)))
    });
    let mut guarded = super::guarded(&loosened(changes, leaving), target, live);
    guarded.down.extend(needy.map(|guard| back(guard, Speech::of(target))));
    guarded
}

fn leaves(leaving: &[Spot], table: &Table, column: &Column) -> bool {
    leaving.contains(&(table.place().into(), column.name.to_string()))
}

/// The same changes, as if NULL were a value on the way back.
fn loosened(changes: &[Change], leaving: &[Spot]) -> Vec<Change> {
    let mut changes = changes.to_vec();
    for change in &mut changes {
        let Change::AlterTable(TableChange { before, after: _, edits: _ }) = change else {
            continue;
        };
        let own = before.columns.iter().filter(|it| leaves(leaving, before, it));
        let names: Vec<_> = own.map(|it| it.name.clone()).collect();
        let is_one = |name: &str| names.iter().any(|it| it == name);
        let columns = before.columns.to_mut().iter_mut();
        columns.filter(|it| is_one(&it.name)).for_each(|it| it.nullable = true);
        let uniques = before.uniques.to_mut().iter_mut();
        uniques
            .filter(|it| it.columns.iter().any(|name| is_one(name)))
            .for_each(|it| it.extras = distinct(&it.extras));
        let indexes = before.indexes.to_mut().iter_mut();
        indexes
            .filter(|it| names.iter().any(|name| Rule::Index((*it).clone()).concerns(name)))
            .for_each(|it| it.extras = distinct(&it.extras));
    }
    changes
}

/// Two NULLs do not count as the same, as each becomes something else.
fn distinct(extras: &Extras) -> Extras {
    let kept = extras.iter().filter(|it| **it != Extra::NullsNotDistinct);
    kept.cloned().collect::<Vec<_>>().into()
}

/// Asks for rows that need something to refer to, where there is nothing.
fn needs_rows(
    change: &TableChange,
    column: &Column,
    changes: &[Change],
    (target, live): (&Target, &Live),
) -> Option<Guard> {
    let TableChange { before: table, after, edits: _ } = change;
    let mut keys = table.foreign_keys.iter();
    let key = keys.find(|key| key.columns.contains(&column.name))?;
    if key.target() == table.place() {
        return None;
    }
    let speech = Speech::of(target);
    let parent = changes.iter().filter_map(Change::before).find(|it| it.place() == key.target());
    let parent = parent.or_else(|| live.schema.at(key.target()))?;
    let mut references = key.columns.iter().zip(key.references.iter());
    let (_, reference) = references.find(|(own, _)| **own == column.name)?;
    let held = match parent.column(reference)?.nullable {
        true => format!(" WHERE {} IS NOT NULL", speech.ident(reference)),
        false => String::new(),
    };
    let (name, to) = (&column.name, key.target());
    Some(Guard {
        code: HazardCode::TightensNotNull,
        object: format!("{}.{name}", after.place()),
        looks_at: format!("{}.{name}", table.place()),
        found: format!("rows of {} have no {name}, and {to} has none for it", after.place()),
        counts: Counts::Rows(vec![
            format!("SELECT count(*) AS n FROM {}", speech.place(after.place())),
            format!("WHERE {} IS NULL", speech.ident(name)),
            format!("    AND NOT EXISTS (SELECT 1 FROM {}{held})", speech.place(to)),
        ]),
    })
}
