//! What a script asks of its session.
//!
//! Where `sql_mode` is not strict, the server cuts what does not fit and says nothing: a script
//! that changes rows or columns asks for errors, whatever its session had. A row whose number is 0
//! keeps it when the server begins to count, which it would not otherwise. What models say reads
//! `||` as every other engine does, so that a script does too.

use super::op::Op;
use super::quote;
use crate::plan::Step;
use diesel_autogen_schema::{Column, Delta, Table};

const STRICT: &str = "SET @autogen_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = \
     'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,\
     NO_AUTO_VALUE_ON_ZERO,PIPES_AS_CONCAT'";

const AGAIN: &str = "SET SESSION sql_mode = @autogen_sql_mode";

/// The first step and the last, if the script needs them.
pub(crate) fn frame(ops: &[Op]) -> Option<(Step, Step)> {
    ops.iter().any(needs).then(|| (bound(STRICT, AGAIN), bound(AGAIN, STRICT)))
}

/// The same round a script that is never taken back.
pub(crate) fn strictly() -> (Step, Step) {
    let up_alone = |step: Step| Step { down_why: String::new(), down: Vec::new(), ..step };
    (up_alone(bound(STRICT, AGAIN)), up_alone(bound(AGAIN, STRICT)))
}

fn bound(up: &str, down: &str) -> Step {
    let why = |sql: &str| match sql == STRICT {
        true => "what does not fit is an error, whatever the session says".to_owned(),
        false => "the session as it was".to_owned(),
    };
    Step {
        why: why(up),
        down_why: why(down),
        up: vec![up.to_owned()],
        down: vec![down.to_owned()],
        transaction: false,
        ..Step::default()
    }
}

fn needs(op: &Op) -> bool {
    let mode = |table: &Table| {
        let remarks = table.columns.iter().filter_map(|column| column.comment.as_ref());
        let remarks = remarks.chain(&table.comment);
        let indexes = table.indexes.iter().filter_map(|index| index.extras.comment());
        let uniques = table.uniques.iter().filter_map(|it| it.extras.comment());
        let exprs = table.columns.iter().flat_map(|column| {
            let computed = column.generated.as_ref().map(|it| &it.expr);
            computed.into_iter().chain(&column.default)
        });
        let exprs = exprs.chain(table.checks.iter().map(|check| &check.expr));
        let keys = table.indexes.iter().flat_map(|index| &index.keys[..]).map(|key| &key.expr);
        remarks.chain(indexes).chain(uniques).any(|text| text.contains('\\'))
            || exprs.chain(keys).any(|expr| quote::hangs_on_mode(expr.as_str()))
    };
    match op {
        Op::CreateTable(table, _) | Op::DropTable(table, _) => mode(table),
        Op::Alter(it) => {
            let columns = it.columns.iter().any(|delta| match delta {
                Delta::Added(_) | Delta::Removed(_) => true,
                Delta::Changed { before, after } => {
                    !only_renamed(&super::rename::column(it, before), after)
                }
            });
            columns || mode(&it.before) || mode(&it.after)
        }
        Op::AddKeys(..) | Op::DropKeys(..) | Op::RenameTables(_) => false,
    }
}

fn only_renamed(before: &Column, after: &Column) -> bool {
    before.same_facts(&Column { name: before.name.clone(), ..after.clone() })
}
