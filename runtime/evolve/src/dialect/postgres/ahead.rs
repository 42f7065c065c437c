//! Labels that have to be there before the rest of a migration begins: PostgreSQL lets nobody use a
//! label in the transaction that added it.

use std::collections::BTreeSet;

use diesel_autogen_schema::sql::{self, Kind};
use diesel_autogen_schema::{Delta, Dialect, OwnPlace};

use super::alter::Direction;
use super::labels::Labels;
use super::op::Op;
use super::quote::string;
use super::rendering::Rendered;

/// How enum types whose labels change are treated in one direction, by their places after.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ahead {
    /// Those whose new labels are added and committed before anything else.
    pub(crate) added: BTreeSet<OwnPlace>,
    /// Those that are made anew although labels could be added: a new label has the name of one
    /// that is renamed.
    pub(crate) anew: BTreeSet<OwnPlace>,
}

impl Ahead {
    /// Looks for uses of new labels in what was rendered as if they could be used at once.
    pub(crate) fn of(ops: &[Op], rendered: &[Rendered]) -> Ahead {
        let mut ahead = Ahead::default();
        for (at, op) in ops.iter().enumerate() {
            let Op::Labels(labels) = op else { continue };
            let added = labels.added();
            if added.is_empty() || !is_used(labels, &added, ops, &rendered[at..]) {
                continue;
            }
            let old = labels.before.labels.iter();
            let place = labels.after.place().into();
            if old.into_iter().any(|label| added.contains(&&*label.name)) {
                ahead.anew.insert(place);
            } else {
                ahead.added.insert(place);
            }
        }
        ahead
    }

    /// The statements that come before everything else.
    pub(crate) fn statements(&self, ops: &[Op], direction: Direction) -> Vec<String> {
        let labels = ops
            .iter()
            .filter_map(|op| if let Op::Labels(labels) = op { Some(labels) } else { None });
        let own = labels.filter(|labels| self.added.contains(&labels.after.place().into()));
        own.flat_map(|labels| labels.ahead(direction)).collect()
    }
}

fn is_used(labels: &Labels, added: &[&str], ops: &[Op], rendered: &[Rendered]) -> bool {
    let literals: Vec<String> = added.iter().map(|label| string(label)).collect();
    let statements = rendered.iter().flat_map(|it| &it.statements);
    let mut own = statements.filter(|it| !it.starts_with("ALTER TYPE"));
    let told = own.any(|statement| {
        sql::tokens(statement, Dialect::Postgres)
            .any(|token| token.kind == Kind::String && literals.iter().any(|it| it == token.text))
    });
    told || ops.iter().any(|op| joins(labels, op))
}

/// Whether a column gets the type, and perhaps one of the labels with it.
fn joins(labels: &Labels, op: &Op) -> bool {
    let Op::Alter(it) = op else { return false };
    let of = labels.after.place();
    it.columns.iter().any(|delta| match delta {
        Delta::Changed { before, after } => {
            let has = |column: &diesel_autogen_schema::Column| {
                column.sql_type.enumeration().is_some_and(|own| own.place() == of)
            };
            has(after) && !has(before)
        }
        Delta::Added(_) | Delta::Removed(_) => false,
    })
}
