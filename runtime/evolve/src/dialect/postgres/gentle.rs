//! One phase of a change that is made in several, so that others go on meanwhile.

use super::op::Op;
use super::render::{create_index, drop_index};
use super::why::why;
use crate::plan::Step;

/// How long a statement of such a phase waits for a lock: whoever comes behind it waits, too. It is
/// less than the second after which the server looks for deadlocks (`deadlock_timeout`) and ends one
/// of those who wait for one another, which must be no program.
const PATIENCE: &str = "SET LOCAL lock_timeout = '500ms'";

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

/// The steps with a limit to how long each waits for a lock, in both directions.
pub(crate) fn patient(mut steps: Vec<Step>) -> Vec<Step> {
    let patience = || (PATIENCE.to_owned(), "give way to others, and be tried again".to_owned());
    let (sql, said) = patience();
    steps.insert(0, Step { why: said, up: vec![sql], transaction: true, ..Step::default() });
    let (sql, said) = patience();
    steps.push(Step { down_why: said, down: vec![sql], transaction: true, ..Step::default() });
    steps
}
