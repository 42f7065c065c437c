//! What a row's own expressions may not be about.

use diesel_autogen_schema::facts::mysql::writes;
use diesel_autogen_schema::sql::{self, Kind, Token};
use diesel_autogen_schema::{Action, Dialect, Expr, Storage};
use proc_macro2::Span;

use super::super::actions::Act;
use super::super::attributes::ColumnAttrs;
use super::super::build::Builder;
use super::super::on_struct::ModelAttrs;
use crate::attributes::At;

/// What says another thing each time, or to each who asks: with parentheses behind it, or as a
/// word alone.
const UNSURE: [&str; 31] = [
    "benchmark",
    "connection_id",
    "curdate",
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "curtime",
    "database",
    "found_rows",
    "get_lock",
    "last_insert_id",
    "load_file",
    "localtime",
    "localtimestamp",
    "now",
    "rand",
    "random_bytes",
    "release_lock",
    "row_count",
    "schema",
    "session_user",
    "sleep",
    "sysdate",
    "system_user",
    "user",
    "utc_date",
    "utc_time",
    "utc_timestamp",
    "uuid",
    "uuid_short",
];

impl Builder {
    /// That what is computed from a row, and what is asked of it, hangs on that row alone and on
    /// nothing that the server writes by itself.
    pub(in super::super) fn expressions_fit(&mut self, own: &[ColumnAttrs], attrs: &ModelAttrs) {
        let of_fields = own.iter().flat_map(|it| &it.checks);
        let checks: Vec<(Span, String)> = of_fields
            .chain(&attrs.checks)
            .map(|check| (check.value.expr.span, check.value.expr.value.clone()))
            .collect();
        for (span, text) in checks {
            self.is_sure("the check", &text, span);
        }
        for (at, attrs) in own.iter().enumerate() {
            let Some(generated) = &attrs.generated else { continue };
            let facts = &self.item.columns[at].facts;
            let is_stored =
                facts.generated.as_ref().is_some_and(|it| it.storage == Storage::Stored);
            let what = format!("the expression of `{}`", facts.name);
            if is_stored {
                self.is_sure(&what, &generated.value, generated.span);
            } else if asks(&generated.value) {
                self.errors.at(generated.span, format_args!("{what} has a query in it"));
            }
        }
        for (at, attrs) in own.iter().enumerate() {
            let column = vec![self.item.columns[at].facts.name.to_string()];
            self.is_written(&column, &attrs.on_delete, &attrs.on_update);
        }
        for key in &attrs.foreign_keys {
            let names = key.columns.iter().filter_map(|key| {
                let column = self.item.columns.iter().find(|it| it.name == key.name)?;
                Some(column.facts.name.to_string())
            });
            let names: Vec<String> = names.collect();
            self.is_written(&names, &key.on_delete, &key.on_update);
        }
    }

    fn is_sure(&mut self, what: &str, text: &str, span: Span) {
        if asks(text) {
            self.errors.at(span, format_args!("{what} has a query in it"));
        } else if let Some(name) = unsure(text) {
            self.errors.at(
                span,
                format_args!("{what} hangs on `{name}`, which is not the same each time"),
            );
        }
    }

    /// That no column which a foreign key writes is read by a condition, or computed, or what
    /// something is computed from and kept.
    fn is_written(
        &mut self,
        columns: &[String],
        on_delete: &Option<At<Act>>,
        on_update: &Option<At<Act>>,
    ) {
        let acts = [
            on_delete.as_ref().map(|it| (it.span, "on_delete", it.value.action, Action::NoAction)),
            on_update.as_ref().map(|it| (it.span, "on_update", Action::NoAction, it.value.action)),
        ];
        let mut found = Vec::new();
        for (span, key, deleted, updated) in acts.into_iter().flatten() {
            if !writes(deleted, updated) {
                continue;
            }
            for column in columns {
                let Some(reader) = self.reader(column) else { continue };
                let action = if key == "on_delete" { deleted } else { updated };
                found.push((
                    span,
                    format!(
                        "`{key} = {}` writes `{column}`, which the servers do not let it: {reader}",
                        action.name()
                    ),
                ));
            }
        }
        for (span, message) in found {
            self.errors.at(span, message);
        }
    }

    /// Why a column can be written by its row's author alone.
    fn reader(&self, column: &str) -> Option<String> {
        let reads = |expr: &Expr| expr.mentions(column, Dialect::Mysql);
        let facts = || self.item.columns.iter().map(|it| &it.facts);
        if facts().any(|it| it.name == column && it.generated.is_some()) {
            return Some("it is computed".to_owned());
        }
        if let Some(check) = self.item.facts.checks.iter().find(|it| reads(&it.expr)) {
            return Some(format!("the check `{}` reads it", check.name));
        }
        let computed = facts().find(|it| {
            it.generated.as_ref().is_some_and(|it| it.storage == Storage::Stored && reads(&it.expr))
        });
        computed.map(|it| format!("`{}` is computed from it and stored", it.name))
    }
}

/// Whether there is a query in it.
fn asks(text: &str) -> bool {
    sql::tokens(text, Dialect::Mysql).any(|it| it.kind == Kind::Word && it.is_name("select"))
}

/// The first thing that is not the same each time.
fn unsure(text: &str) -> Option<String> {
    let solid: Vec<Token<'_>> =
        sql::tokens(text, Dialect::Mysql).filter(|token| token.kind != Kind::Space).collect();
    solid.iter().enumerate().find_map(|(at, token)| {
        let name = token.text.to_ascii_lowercase();
        let called = solid.get(at + 1).is_some_and(|next| next.text == "(");
        let alone = ["current_", "local", "utc_"].iter().any(|start| name.starts_with(start));
        let is = token.kind == Kind::Word && UNSURE.contains(&&*name) && (called || alone);
        is.then(|| if called { format!("{name}()") } else { name })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_the_same_each_time_is_found() {
        for (text, found) in [
            ("at > now()", Some("now()")),
            ("at > CURRENT_DATE", Some("current_date")),
            ("kind <> 'now()' and user <> 'x'", None),
            ("`now` > 3", None),
            ("year(at) > 2000", None),
        ] {
            assert_eq!(unsure(text).as_deref(), found, "{text}");
        }
        assert!(asks("a > (SELECT 1)") && !asks("a <> 'select'"));
    }
}
