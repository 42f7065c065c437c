//! What a foreign key does, as attributes say it.

use diesel_autogen_schema::{Action, Deferrable, Dialect};
use proc_macro2::Span;

use super::keys::{self, Key};
use crate::attributes::{Entry, Value, split};
use crate::errors::{Errors, did_you_mean};

/// `cascade`, or `set_null(a, b)`.
pub(super) struct Act {
    pub(super) action: Action,
    /// The columns that are set, when it is not all of them.
    pub(super) columns: Vec<Key>,
}

/// `on_delete = cascade` and `on_delete = set_null(a, b)`.
pub(super) fn action(entry: &Entry, dialect: Dialect, errors: &mut Errors) -> Option<Act> {
    if let Value::Equals(tokens) = &entry.value
        && let [set] = &split(tokens.clone(), &mut Errors::default())[..]
        && let Value::List(columns) = &set.value
    {
        let action = Action::from_name(&set.key)
            .filter(|it| matches!(it, Action::SetNull | Action::SetDefault));
        let Some(action) = action else {
            let hint = did_you_mean(&set.key, ["set_null", "set_default"]);
            errors
                .at(set.span, format_args!("only `set_null` and `set_default` name columns{hint}"));
            return None;
        };
        if dialect != Dialect::Postgres || entry.key != "on_delete" {
            let what = format!("{} of a list of columns", set.key);
            refuse(dialect, &what, set.span, errors);
            return None;
        }
        return Some(Act { action, columns: keys::columns(columns.clone(), dialect, errors) });
    }
    let action = entry.one_of(errors, &Action::ALL, Action::name)?;
    if dialect == Dialect::Mysql && action == Action::SetDefault {
        let instead = "no foreign key there sets a default";
        errors.at(entry.span, format_args!("{dialect} has no `set_default`: {instead}"));
        return None;
    }
    Some(Act { action, columns: Vec::new() })
}

fn refuse(dialect: Dialect, what: &str, span: Span, errors: &mut Errors) {
    match dialect {
        Dialect::Sqlite | Dialect::Mysql => {
            errors.at(span, format_args!("{dialect} has no {what}"));
        }
        Dialect::Postgres => {
            errors.at(span, format_args!("PostgreSQL has {what} for `on_delete` only"));
        }
    }
}

/// That no columns are named where there is only one.
pub(super) fn one_column(act: &Act, entry: &Entry, errors: &mut Errors) -> bool {
    if let Some(column) = act.columns.first() {
        errors.at(
            column.span,
            format_args!(
                "a foreign key of one column sets that one: write `{} = {}`",
                entry.key,
                act.action.name()
            ),
        );
    }
    act.columns.is_empty()
}

/// `deferrable` and `deferrable = initially_deferred`.
pub(super) fn deferrable(entry: &Entry, errors: &mut Errors) -> Option<Deferrable> {
    match entry.value {
        Value::Flag => Some(Deferrable::InitiallyImmediate),
        Value::Equals(_) | Value::List(_) | Value::Literal(_) => {
            entry.one_of(errors, &Deferrable::ALL, Deferrable::name)
        }
    }
}
