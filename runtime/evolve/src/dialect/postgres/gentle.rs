//! One phase of a change that is made in several, so that others go on meanwhile.

use std::collections::BTreeSet;

use diesel_autogen_schema::{Change, Edit, ForeignKey, OwnPlace};

use super::op::Op;
use super::render::{create_index, drop_index};
use super::why::why;
use crate::plan::Step;

/// How many milliseconds a statement of such a phase waits for a lock: whoever comes behind it waits,
/// too.
const PATIENCE: usize = 500;

/// How many milliseconds it waits for all that it locks while it keeps others away from the first.
/// That is less than the second after which the server looks for deadlocks (`deadlock_timeout`) and
/// ends one of those who wait for one another, which must be no program.
const TOGETHER: usize = 900;

/// However many there are, so long is waited for each.
const LEAST: usize = 50;

/// The step of a revision that makes or drops one index while others write. It is all of its script:
/// the server runs it in no transaction, and takes a script of several statements for one.
pub(crate) fn concurrent(ops: &[Op]) -> Option<Step> {
    let [op] = ops else { return None };
    let inverse = op.clone().invert();
    Some(Step {
        why: why(op),
        down_why: why(&inverse),
        up: vec![statement(op)?],
        down: vec![statement(&inverse)?],
        ..Step::default()
    })
}

fn statement(op: &Op) -> Option<String> {
    let sql = match op {
        Op::CreateIndex(table, index) if index.extras.comment().is_none() => {
            create_index(table.place(), index)
        }
        Op::DropIndex(table, index) if index.extras.comment().is_none() => {
            drop_index(table.schema.as_deref(), &index.name)
        }
        Op::CreateIndex(..)
        | Op::DropIndex(..)
        | Op::CreateSchema(_)
        | Op::DropSchema(_)
        | Op::CreateExtension(_)
        | Op::DropExtension(_)
        | Op::CreateType(_)
        | Op::DropType(_)
        | Op::KeepType(_)
        | Op::Labels(_)
        | Op::CreateTable(_)
        | Op::DropTable(_)
        | Op::Alter(_)
        | Op::AddRules(..)
        | Op::RestoreRules(..)
        | Op::DropRules(..)
        | Op::Turn { .. }
        | Op::Follow { .. }
        | Op::Unfollow { .. }
        | Op::Validate(..)
        | Op::Unvalidate(..)
        | Op::Rename(_)
        | Op::Remark { .. }
        | Op::Tune { .. }
        | Op::Parameters { .. } => return None,
    };
    Some(sql.replacen("INDEX ", "INDEX CONCURRENTLY ", 1))
}

/// The steps with a limit to how long each waits for a lock, in both directions, when it takes locks of
/// so many tables.
pub(crate) fn patient(mut steps: Vec<Step>, tables: usize) -> Vec<Step> {
    let each = TOGETHER / tables.saturating_sub(1).max(1);
    let sql = format!("SET LOCAL lock_timeout = '{}ms'", each.clamp(LEAST, PATIENCE));
    let said = "give way to others, and be tried again".to_owned();
    let (up, why) = (vec![sql.clone()], said.clone());
    steps.insert(0, Step { why, up, transaction: true, ..Step::default() });
    steps.push(Step { down_why: said, down: vec![sql], transaction: true, ..Step::default() });
    steps
}

/// How many tables that are there these changes lock at most: those that they alter or drop, and those
/// that foreign keys refer to which come or go.
pub(crate) fn locked(changes: &[Change]) -> usize {
    let mut places: BTreeSet<OwnPlace> = BTreeSet::new();
    let mut keys: Vec<&ForeignKey> = Vec::new();
    for change in changes {
        places.extend(change.before().map(|it| OwnPlace::from(it.place())));
        match change {
            Change::AlterTable(change) => {
                let deltas = change.edits.iter().filter_map(|edit| {
                    if let Edit::ForeignKey(delta) = edit { Some(delta) } else { None }
                });
                keys.extend(deltas.flat_map(|it| it.before().into_iter().chain(it.after())));
            }
            Change::CreateTable(table) | Change::DropTable(table) => {
                keys.extend(table.foreign_keys.iter());
            }
            Change::CreateExtension(_) | Change::DropExtension(_) => {}
        }
    }
    places.extend(keys.into_iter().map(|key| OwnPlace::from(key.target())));
    let made: Vec<OwnPlace> =
        changes.iter().filter_map(Change::created).map(|it| it.place().into()).collect();
    places.into_iter().filter(|it| !made.contains(it)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_waited_for_together_is_less_than_a_second() {
        let said = |tables: usize| patient(Vec::new(), tables).remove(0).up.remove(0);
        assert_eq!(said(1), "SET LOCAL lock_timeout = '500ms'");
        assert_eq!(said(2), "SET LOCAL lock_timeout = '500ms'");
        assert_eq!(said(4), "SET LOCAL lock_timeout = '300ms'");
        assert_eq!(said(100), "SET LOCAL lock_timeout = '50ms'");
    }
}
