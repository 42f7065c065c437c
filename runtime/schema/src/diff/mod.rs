//! What differs between two schemas, renames included.
//!
//! The result is canonical: it does not depend on the order of declarations, and
//! `diff(b, a)` is `diff(a, b)` inverted wherever hints tell the same renames both ways.

mod edits;
mod renames;

pub use edits::{edits, sort};
pub use renames::{DiffError, Side};

use crate::change::{Change, Delta, Edit, TableChange};
use crate::facts::{Place, Schema, Table};
use crate::names;

/// The changes that turn `before` into `after`: extensions by name, then tables by place.
///
/// The table of Diesel's own bookkeeping is not among them.
///
/// Renames are followed where a `renamed_from` says so. Hints for one migration (`backfill`,
/// `using`) ride along in the changes and make no difference by themselves.
///
/// # Errors
/// Every rename hint that contradicts the schemas.
pub fn diff(before: &Schema, after: &Schema) -> Result<Vec<Change>, Vec<DiffError>> {
    let ours = |schema: &Schema| {
        let mut schema = schema.clone().canonical();
        schema.tables.to_mut().retain(|table| table.name != names::BOOKKEEPING);
        schema
    };
    let (before, after) = (ours(before), ours(after));
    let mut errors = Vec::new();
    let tables = renames::tables(&before, &after, &mut errors);
    let mut changes = Vec::new();
    for table in &before.tables[..] {
        if !tables.has_before(&renames::key(table.place())) {
            changes.push(Change::DropTable(table.clone()));
        }
    }
    for table in &after.tables[..] {
        let Some(old) = renames::before(&tables, table, &before) else {
            changes.push(Change::CreateTable(table.clone()));
            continue;
        };
        let columns = renames::columns(old, table, &mut errors);
        let mut edits = edits(old, table, &columns);
        edits.extend(retargeted(old, table, (&before, &after), &tables));
        sort(&mut edits);
        if !edits.is_empty() || old.place() != table.place() {
            changes.push(Change::AlterTable(TableChange {
                before: old.clone(),
                after: table.clone(),
                edits,
            }));
        }
    }
    let gone = before.extensions.iter().filter(|name| !after.extensions.contains(name));
    changes.extend(gone.cloned().map(Change::DropExtension));
    let new = after.extensions.iter().filter(|name| !before.extensions.contains(name));
    changes.extend(new.cloned().map(Change::CreateExtension));
    if !errors.is_empty() {
        return Err(errors);
    }
    sort_changes(&mut changes);
    Ok(changes)
}

/// Foreign keys that read the same and mean another table, because the one that had its name gave
/// it up: the database follows the table, so there is something to do.
fn retargeted(
    old: &Table,
    new: &Table,
    (before, after): (&Schema, &Schema),
    tables: &renames::Pairs,
) -> Vec<Edit> {
    let kept = new.foreign_keys.iter().filter(|key| old.foreign_keys.contains(key));
    let moved = kept.filter(|key| {
        let (then, now) = (before.at(key.target()), after.at(key.target()));
        let same = |now: &Table| {
            renames::before(tables, now, before).map(Table::place) == Some(key.target())
        };
        then.is_some() && now.is_some_and(|now| !same(now))
    });
    moved
        .map(|key| Edit::ForeignKey(Delta::Changed { before: key.clone(), after: key.clone() }))
        .collect()
}

/// The changes that undo these, in the order in which [`diff`] gives them.
pub fn invert(changes: Vec<Change>) -> Vec<Change> {
    let mut inverted: Vec<Change> = changes.into_iter().map(Change::invert).collect();
    sort_changes(&mut inverted);
    inverted
}

fn sort_changes(changes: &mut [Change]) {
    changes.sort_by(|a, b| key(a).cmp(&key(b)));
}

/// Sorts a change and its inverse to the same place.
fn key(change: &Change) -> (u8, edits::Ends<Place<'_>>) {
    match change {
        Change::CreateExtension(name) | Change::DropExtension(name) => {
            (0, edits::once(Place::plain(name)))
        }
        Change::CreateTable(table) | Change::DropTable(table) => (1, edits::once(table.place())),
        Change::AlterTable(change) => (1, edits::ends(change.before.place(), change.after.place())),
    }
}
