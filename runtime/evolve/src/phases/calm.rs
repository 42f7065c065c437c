//! Whether every name means what it meant, so that something can be kept under its name for a while.

use std::collections::BTreeMap;

use diesel_autogen_schema::{Change, Delta, Edit, OwnPlace, Table, Text};

use crate::dialect::postgres::lowering::relations;

/// Whether nothing is called otherwise afterwards, and no name goes from one to another.
pub(super) fn is_calm(changes: &[Change]) -> bool {
    !changes.iter().any(is_moved) && !names_move(changes)
}

fn is_moved(change: &Change) -> bool {
    change
        .altered()
        .is_some_and(|it| it.before.place() != it.after.place() || !it.column_renames().is_empty())
}

/// Whether something gets the name of something else that goes: that has to make room first.
fn names_move(changes: &[Change]) -> bool {
    let edits = || changes.iter().filter_map(Change::altered).flat_map(|it| &it.edits);
    let goes = |name: &Text| {
        edits().any(|edit| matches!(edit, Edit::Index(Delta::Removed(it)) if it.name == *name))
    };
    let moves = edits().any(|edit| {
        matches!(edit, Edit::Index(Delta::Added(it)) if goes(&it.name))
            || matches!(edit, Edit::Unique(Delta::Added(it)) if goes(&it.name))
    });
    let (before, after) = (owners(changes, Change::before), owners(changes, Change::after));
    moves || before.iter().any(|(name, of)| after.get(name).is_some_and(|it| it != of))
}

/// What has a name on one side: a table, a type, or something of a table.
#[derive(PartialEq, Eq)]
enum Owner {
    Table,
    Type,
    Of(OwnPlace),
}

fn owners(changes: &[Change], side: fn(&Change) -> Option<&Table>) -> BTreeMap<OwnPlace, Owner> {
    let mut owners = BTreeMap::new();
    for table in changes.iter().filter_map(side) {
        let place = OwnPlace::from(table.place());
        owners.extend(relations(table).into_iter().map(|name| (name, Owner::Of(place.clone()))));
        let enums = table.columns.iter().filter_map(|it| it.sql_type.enumeration());
        owners.extend(enums.map(|of| (OwnPlace::from(of.place()), Owner::Type)));
        owners.insert(place, Owner::Table);
    }
    owners
}
