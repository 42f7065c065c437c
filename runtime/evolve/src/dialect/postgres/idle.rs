//! Foreign keys that hold of no row yet: a column of theirs came along and is NULL everywhere.

use std::collections::BTreeSet;

use diesel_autogen_schema::{Column, Delta, Extra, ForeignKey, OwnPlace, Text};

use super::op::{Op, Rename};
use super::rule::Rule;

/// The keys, by table and name, that operations add.
pub(crate) fn idle(ops: &[Op]) -> BTreeSet<(OwnPlace, Text)> {
    let mut empty: BTreeSet<(OwnPlace, Text)> = BTreeSet::new();
    let mut idle = BTreeSet::new();
    for op in ops {
        match op {
            Op::Alter(it) => {
                let table = OwnPlace::from(it.after.place());
                for delta in &it.columns {
                    match delta {
                        Delta::Added(column) if is_empty(column) => {
                            empty.insert((table.clone(), column.name.clone()));
                        }
                        Delta::Added(column) | Delta::Removed(column) => {
                            empty.remove(&(table.clone(), column.name.clone()));
                        }
                        Delta::Changed { .. } => {}
                    }
                }
            }
            Op::Rename(rename) => empty = renamed(empty, rename),
            Op::AddRules(table, rules) | Op::RestoreRules(table, rules) => {
                let keys = rules.iter().filter_map(Rule::foreign_key);
                let own = |name: &Text| empty.contains(&(table.clone(), name.clone()));
                let keys = keys.filter(|key| holds_of_none(key, &own));
                idle.extend(keys.map(|key| (table.clone(), key.name.clone())));
            }
            Op::CreateSchema(_)
            | Op::DropSchema(_)
            | Op::CreateExtension(_)
            | Op::DropExtension(_)
            | Op::CreateType(_)
            | Op::DropType(_)
            | Op::KeepType(_)
            | Op::Labels(_)
            | Op::CreateTable(_)
            | Op::DropTable(_)
            | Op::DropRules(..)
            | Op::Turn { .. }
            | Op::Follow { .. }
            | Op::Unfollow { .. }
            | Op::Validate(..)
            | Op::Unvalidate(..)
            | Op::CreateIndex(..)
            | Op::DropIndex(..)
            | Op::Remark { .. }
            | Op::Tune { .. }
            | Op::Parameters { .. } => {}
        }
    }
    idle
}

/// Whether the column is NULL in every row that was there.
fn is_empty(column: &Column) -> bool {
    let Column { nullable, default, backfill, generated, identity, .. } = column;
    *nullable
        && default.is_none()
        && backfill.is_none()
        && generated.is_none()
        && identity.is_none()
}

fn holds_of_none(key: &ForeignKey, is_empty: &dyn Fn(&Text) -> bool) -> bool {
    match key.extras.has(&Extra::MatchFull) {
        true => key.columns.iter().all(is_empty),
        false => key.columns.iter().any(is_empty),
    }
}

fn renamed(empty: BTreeSet<(OwnPlace, Text)>, rename: &Rename) -> BTreeSet<(OwnPlace, Text)> {
    let follow = |(table, column): (OwnPlace, Text)| match rename {
        Rename::Table { from, to } if *from == table => (to.clone(), column),
        Rename::Column { table: of, from, to } if *of == table && *from == column => {
            (table, to.clone())
        }
        Rename::Table { .. }
        | Rename::Column { .. }
        | Rename::Constraint { .. }
        | Rename::Index { .. }
        | Rename::Sequence { .. }
        | Rename::Type { .. } => (table, column),
    };
    empty.into_iter().map(follow).collect()
}
