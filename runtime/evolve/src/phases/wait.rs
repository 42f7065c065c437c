//! Rules that come once the columns that they are about are filled.

use diesel_autogen_schema::{Change, Delta, Edit, Schema, TableChange, Text};

use super::later::Later;
use super::walk::{put, take, within};
use crate::dialect::postgres::rule::Rule;

/// Has what comes and is about columns that are filled wait for that. What it takes the place of
/// stays until then, if it can. What others refer by does not wait, since they do not either.
pub(super) fn wait(change: &TableChange, changes: &[Change], calm: bool, later: &mut Later) {
    let place = change.after.place();
    let own = later.fills.iter().filter(|it| it.table.place() == place);
    let filled: Vec<Text> = own.map(|it| it.column.name.clone()).collect();
    let keys = || changes.iter().filter_map(Change::after).flat_map(|it| &it.foreign_keys[..]);
    let is_referred =
        |column: &Text| keys().any(|key| key.target() == place && key.references.contains(column));
    let is_about = |rule: &Rule| {
        let mut own = filled.iter().filter(|column| rule.concerns(column));
        own.any(|column| !rule.keeps_apart(column) || !is_referred(column))
    };
    let stays = |rule: &Rule| {
        let mut own = change.before.columns.iter().filter(|it| rule.concerns(&it.name));
        calm && own.all(|it| change.after.column(&it.name).is_some())
    };
    for delta in change.edits.iter().filter_map(of) {
        match delta {
            Delta::Added(after) if is_about(&after) => {
                later.late.push((place.into(), None, after));
            }
            Delta::Changed { before, after } if is_about(&after) => {
                later.late.push((place.into(), Some(before).filter(stays), after));
            }
            Delta::Added(_) | Delta::Changed { .. } | Delta::Removed(_) => {}
        }
    }
}

fn of(edit: &Edit) -> Option<Delta<Rule>> {
    match edit {
        Edit::Unique(it) => Some(it.clone().map(Rule::Unique)),
        Edit::Index(it) => Some(it.clone().map(Rule::Index)),
        Edit::Check(it) => Some(it.clone().map(Rule::Check)),
        Edit::Exclusion(it) => Some(it.clone().map(Rule::Exclusion)),
        Edit::ForeignKey(it) => Some(it.clone().map(Rule::ForeignKey)),
        Edit::Column(_)
        | Edit::PrimaryKey { .. }
        | Edit::Strict { .. }
        | Edit::WithoutRowid { .. }
        | Edit::Extras { .. }
        | Edit::Comment { .. } => None,
    }
}

/// Undoes that.
pub(super) fn undo(at: &mut Schema, later: &Later) {
    for (place, before, after) in &later.late {
        within(at, place, |table| {
            take(table, after);
            before.iter().for_each(|it| put(table, it));
        });
    }
}
