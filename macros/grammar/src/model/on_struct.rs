//! `#[model(…)]` as written.

use diesel_autogen_schema::{Deferrable, Dialect, Extra};
use proc_macro2::Span;

use super::actions::{Act, action, deferrable};
use super::attributes::ColumnAttrs;
use super::exclude::{self, ExcludeAttrs};
use super::extras;
use super::keys::{self, CheckAttrs, IndexAttrs, Key};
use super::reference::Reference;
use crate::attributes::{At, Entry, Value, once, split};
use crate::dialect;
use crate::errors::Errors;

/// `foreign_key(…)` on a struct.
pub(super) struct ForeignKeyAttrs {
    pub(super) span: Span,
    pub(super) name: Option<At<String>>,
    pub(super) columns: Vec<Key>,
    pub(super) reference: At<Reference>,
    pub(super) on_delete: Option<At<Act>>,
    pub(super) on_update: Option<At<Act>>,
    pub(super) deferrable: Option<At<Deferrable>>,
    pub(super) no_join: Option<At<()>>,
    pub(super) match_full: bool,
    pub(super) comment: Option<At<String>>,
}

fn foreign_key(entry: &Entry, dialect: Dialect, errors: &mut Errors) -> Option<ForeignKeyAttrs> {
    let Value::List(list) = &entry.value else {
        errors.at(entry.span, "write `foreign_key(columns(a, b), references = orders(x, y))`");
        return None;
    };
    let mut columns = Vec::new();
    let (mut name, mut no_join, mut comment, mut matches) = (None, None, None, None);
    let (mut reference, mut on_delete, mut on_update, mut when) = (None, None, None, None);
    for entry in split(list.clone(), errors) {
        if dialect::FOREIGN_KEY.refuse(&entry, dialect, errors) {
            continue;
        }
        match (entry.key.as_str(), &entry.value) {
            ("columns", Value::List(list)) => {
                columns = keys::columns(list.clone(), dialect, errors);
            }
            ("name", _) => once(&mut name, &entry, entry.text(errors), errors),
            ("comment", _) => once(&mut comment, &entry, entry.text(errors), errors),
            ("no_join", _) => {
                let flag = entry.flag(errors).then_some(());
                once(&mut no_join, &entry, flag, errors);
            }
            ("references", _) => {
                let value = entry.parse(errors, "orders(x, y)", Reference::parse);
                once(&mut reference, &entry, value, errors);
            }
            ("on_delete", _) => {
                once(&mut on_delete, &entry, action(&entry, dialect, errors), errors);
            }
            ("on_update", _) => {
                once(&mut on_update, &entry, action(&entry, dialect, errors), errors);
            }
            ("deferrable", _) => once(&mut when, &entry, deferrable(&entry, errors), errors),
            ("match", _) => {
                let name = |full: bool| if full { "full" } else { "simple" };
                let full = entry.one_of(errors, &[true, false], name);
                once(&mut matches, &entry, full, errors);
            }
            _ => dialect::FOREIGN_KEY.unknown(&entry, dialect, errors),
        }
    }
    let Some(reference) = reference else {
        errors.at(entry.span, "a foreign key needs `references = orders(x, y)`");
        return None;
    };
    Some(ForeignKeyAttrs {
        span: entry.span,
        name,
        columns,
        reference,
        on_delete,
        on_update,
        deferrable: when,
        no_join,
        match_full: matches.is_some_and(|it| it.value),
        comment,
    })
}

/// The attributes of the struct.
#[derive(Default)]
pub(super) struct ModelAttrs {
    pub(super) indexes: Vec<At<IndexAttrs>>,
    pub(super) uniques: Vec<At<IndexAttrs>>,
    pub(super) checks: Vec<At<CheckAttrs>>,
    pub(super) exclusions: Vec<At<ExcludeAttrs>>,
    pub(super) foreign_keys: Vec<ForeignKeyAttrs>,
    pub(super) hidden: Vec<At<ColumnAttrs>>,
    pub(super) schema: Option<At<String>>,
    pub(super) comment: Option<At<String>>,
    pub(super) renamed_from: Option<At<String>>,
    pub(super) sql_name: Option<At<String>>,
    pub(super) with: Option<At<Vec<Extra>>>,
    pub(super) engine: Option<At<String>>,
    pub(super) charset: Option<At<String>>,
    pub(super) collation: Option<At<String>>,
    pub(super) strict: Option<At<()>>,
    pub(super) without_rowid: Option<At<()>>,
}

impl ModelAttrs {
    pub(super) fn read(entries: &[Entry], dialect: Dialect, errors: &mut Errors) -> ModelAttrs {
        let mut attrs = ModelAttrs::default();
        for entry in entries {
            if !dialect::MODEL.refuse(entry, dialect, errors)
                && !attrs.rule(entry, dialect, errors)
                && !attrs.fact(entry, errors)
            {
                dialect::MODEL.unknown(entry, dialect, errors);
            }
        }
        attrs
    }

    fn rule(&mut self, entry: &Entry, dialect: Dialect, errors: &mut Errors) -> bool {
        let span = entry.span;
        match (entry.key.as_str(), &entry.value) {
            ("index", Value::List(list)) => {
                let value = keys::index(list.clone(), &dialect::INDEX, dialect, errors);
                self.indexes.push(At { span, value });
            }
            ("unique", Value::List(list)) => {
                let value = keys::index(list.clone(), &dialect::UNIQUE, dialect, errors);
                self.uniques.push(At { span, value });
            }
            ("index" | "unique", _) => {
                errors.at(span, format_args!("write `{}(a, b)`", entry.key));
            }
            ("check", _) => {
                let check = keys::check(entry, dialect, errors);
                self.checks.extend(check.map(|value| At { span, value }));
            }
            ("exclude", _) => {
                let exclude = exclude::read(entry, dialect, errors);
                self.exclusions.extend(exclude.map(|value| At { span, value }));
            }
            ("foreign_key", _) => self.foreign_keys.extend(foreign_key(entry, dialect, errors)),
            ("hidden", Value::List(list)) => {
                let entries = split(list.clone(), errors);
                let value = ColumnAttrs::read(&entries, true, dialect, errors);
                self.hidden.push(At { span, value });
            }
            ("hidden", _) => errors.at(span, "write `hidden(name = \"…\", sql_type = Text)`"),
            _ => return false,
        }
        true
    }

    fn fact(&mut self, entry: &Entry, errors: &mut Errors) -> bool {
        match entry.key.as_str() {
            "schema" => once(&mut self.schema, entry, entry.text(errors), errors),
            "comment" => once(&mut self.comment, entry, entry.text(errors), errors),
            "renamed_from" => once(&mut self.renamed_from, entry, entry.text(errors), errors),
            "sql_name" => once(&mut self.sql_name, entry, entry.text(errors), errors),
            "engine" => once(&mut self.engine, entry, entry.text(errors), errors),
            "charset" => once(&mut self.charset, entry, entry.text(errors), errors),
            "collation" => once(&mut self.collation, entry, entry.text(errors), errors),
            "with" => {
                let with = extras::parameters(entry, errors);
                once(&mut self.with, entry, Some(with), errors);
            }
            "strict" => {
                let flag = entry.flag(errors).then_some(());
                once(&mut self.strict, entry, flag, errors);
            }
            "without_rowid" => {
                let flag = entry.flag(errors).then_some(());
                once(&mut self.without_rowid, entry, flag, errors);
            }
            _ => return false,
        }
        true
    }
}
