//! What differs between two schemas, renames included.
//!
//! The result is canonical: it does not depend on the order of declarations, and
//! `diff(b, a)` is `diff(a, b)` inverted wherever hints tell the same renames both ways.

mod edits;
mod renames;

pub use edits::{edits, sort};
pub use renames::{DiffError, Side};

use crate::change::{Change, Delta, Edit, TableChange};
use crate::facts::{Place, Schema, Table, Text};
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
    let gone = before.extensions.iter().filter(|name| !after.extensions.contains(name));
    let mut changes: Vec<Change> = gone.cloned().map(Change::DropExtension).collect();
    let new = after.extensions.iter().filter(|name| !before.extensions.contains(name));
    changes.extend(new.cloned().map(Change::CreateExtension));
    let (before, after) = (sorted(before), sorted(after));
    let mut errors = Vec::new();
    let tables = renames::tables(&before, &after, &mut errors);
    let gone = before.iter().filter(|table| !tables.has_before(table.place()));
    changes.extend(gone.map(|table| Change::DropTable((*table).clone().canonical())));
    for table in &after {
        let Some(old) = tables.before(table.place()).and_then(|place| find(&before, place)) else {
            changes.push(Change::CreateTable((*table).clone().canonical()));
            continue;
        };
        let retargeted = retargeted(old, table, (&before, &after), &tables);
        // Most tables stay as they are, and hints that both sides have are spent.
        if retargeted.is_empty() && old == *table {
            continue;
        }
        let (old, table) = (old.clone().canonical(), (*table).clone().canonical());
        let columns = renames::columns(&old, &table, &mut errors);
        let mut edits = edits(&old, &table, &columns);
        edits.extend(retargeted);
        sort(&mut edits);
        if !edits.is_empty() || old.place() != table.place() {
            changes.push(Change::AlterTable(TableChange { before: old, after: table, edits }));
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    sort_changes(&mut changes);
    Ok(changes)
}

/// The tables by place, without Diesel's own.
fn sorted(schema: &Schema) -> Vec<&Table> {
    let tables = schema.tables.iter().filter(|table| table.name != names::BOOKKEEPING);
    let mut tables: Vec<&Table> = tables.collect();
    tables.sort_by_key(|table| table.place());
    tables
}

/// The table at this place, among sorted ones.
fn find<'a>(tables: &[&'a Table], place: Place<'_>) -> Option<&'a Table> {
    let at = tables.partition_point(|table| table.place() < place);
    tables.get(at).copied().filter(|table| table.place() == place)
}

/// Foreign keys that read the same and mean another table or column, because the one that had its
/// name gave it up: the database follows what it was, so there is something to do.
fn retargeted(
    old: &Table,
    new: &Table,
    (before, after): (&[&Table], &[&Table]),
    tables: &renames::Pairs<Place<'_>>,
) -> Vec<Edit> {
    let kept = new.foreign_keys.iter().filter(|key| old.foreign_keys.contains(key));
    let moved = kept.filter(|key| {
        let ends = (find(before, key.target()), find(after, key.target()));
        let (Some(then), Some(now)) = ends else { return false };
        tables.before(key.target()) != Some(key.target()) || are_others(then, now, &key.references)
    });
    moved
        .map(|key| Edit::ForeignKey(Delta::Changed { before: key.clone(), after: key.clone() }))
        .collect()
}

/// Whether one of these columns was there, and is another one now.
fn are_others(before: &Table, after: &Table, names: &[Text]) -> bool {
    let is_hinted = |table: &Table| table.columns.iter().any(|it| it.renamed_from.is_some());
    if !is_hinted(before) && !is_hinted(after) {
        return false;
    }
    let pairs = renames::columns(before, after, &mut Vec::new());
    let is_other = |name: &Text| pairs.before(name) != Some(name);
    names.iter().any(|name| before.column(name).is_some() && is_other(name))
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
