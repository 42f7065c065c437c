//! Each fact as the TOML value on its line, and back is in `read`.

use std::borrow::Cow;

use super::types;
use super::write::{key, push_quoted as quote};
use crate::facts::{
    Action, Check, Column, Deferrable, Excluded, Exclusion, Extra, ExtraValue, Extras, ForeignKey,
    Generated, Index, IndexKey, Order, Storage, Table, Text, Unique,
};
use crate::sql;

/// The lines of a table, `key = value`, in the order in which people read them.
pub(super) fn table(out: &mut String, table: &Table) {
    let Table {
        schema: _,
        name: _,
        columns,
        primary_key,
        uniques,
        indexes,
        checks,
        exclusions,
        foreign_keys,
        strict,
        without_rowid,
        extras,
        comment,
        renamed_from,
    } = table;
    if let Some(comment) = comment {
        line(out, "comment", |out| quote(out, comment));
    }
    line(out, "primary_key", |out| strings(out, primary_key));
    if let Some(from) = renamed_from {
        line(out, "renamed_from", |out| quote(out, from));
    }
    for (name, value) in [("strict", *strict), ("without_rowid", *without_rowid)] {
        if value {
            line(out, name, |out| out.push_str("true"));
        }
    }
    if !extras.is_empty() {
        line(out, "extras", |out| extras_value(out, extras));
    }
    lines(out, "column", columns, |it| &it.name, column);
    lines(out, "unique", uniques, |it| &it.name, unique);
    lines(out, "index", indexes, |it| &it.name, index);
    lines(out, "check", checks, |it| &it.name, check);
    lines(out, "exclude", exclusions, |it| &it.name, exclusion);
    lines(out, "foreign_key", foreign_keys, |it| &it.name, foreign_key);
}

/// A line each, sorted by name.
fn lines<T>(
    out: &mut String,
    kind: &str,
    list: &[T],
    name: impl Fn(&T) -> &Text,
    value: impl Fn(&mut String, &T),
) {
    let mut sorted: Vec<&T> = list.iter().collect();
    sorted.sort_by(|a, b| name(a).cmp(name(b)));
    for it in sorted {
        out.push_str(kind);
        out.push('.');
        key(out, name(it));
        out.push_str(" = ");
        value(out, it);
        out.push('\n');
    }
}

/// One line.
pub(super) fn line(out: &mut String, name: &str, value: impl FnOnce(&mut String)) {
    out.push_str(name);
    out.push_str(" = ");
    value(out);
    out.push('\n');
}

/// `["a", "b"]`.
pub(super) fn strings<S: AsRef<str>>(out: &mut String, list: &[S]) {
    array(out, list, |out, text| quote(out, text.as_ref()));
}

fn array<T>(out: &mut String, list: &[T], value: impl Fn(&mut String, &T)) {
    out.push('[');
    for (at, it) in list.iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        value(out, it);
    }
    out.push(']');
}

/// An inline table, `{ a = 1, b = 2 }`.
pub(super) struct Inline<'o> {
    out: &'o mut String,
    is_empty: bool,
}

impl<'o> Inline<'o> {
    pub(super) fn new(out: &'o mut String) -> Inline<'o> {
        out.push('{');
        Inline { out, is_empty: true }
    }

    pub(super) fn put(&mut self, name: &str, value: impl FnOnce(&mut String)) {
        self.out.push_str(if self.is_empty { " " } else { ", " });
        self.is_empty = false;
        key(self.out, name);
        self.out.push_str(" = ");
        value(self.out);
    }

    pub(super) fn text(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.put(name, |out| quote(out, value));
        }
    }

    pub(super) fn strings<S: AsRef<str>>(&mut self, name: &str, list: &[S]) {
        self.put(name, |out| strings(out, list));
    }

    pub(super) fn number(&mut self, name: &str, value: Option<u32>) {
        if let Some(value) = value {
            self.put(name, |out| out.push_str(&value.to_string()));
        }
    }

    pub(super) fn flag(&mut self, name: &str, value: bool) {
        if value {
            self.put(name, |out| out.push_str("true"));
        }
    }

    fn extras(&mut self, extras: &Extras) {
        let mut parameters = Vec::new();
        for extra in extras.iter() {
            match extra.value() {
                ExtraValue::Flag => self.flag(extra.key(), true),
                ExtraValue::Text(text) => self.text(extra.key(), Some(&text)),
                ExtraValue::Names(names) => self.strings(extra.key(), &names),
                ExtraValue::Number(number) => {
                    self.put(extra.key(), |out| out.push_str(&number.to_string()));
                }
                ExtraValue::Parameter(name, value) => parameters.push((name, value)),
            }
        }
        if !parameters.is_empty() {
            self.put(Extra::PARAMETERS, |out| {
                let mut out = Inline::new(out);
                for (name, value) in &parameters {
                    out.text(name, Some(value));
                }
                out.finish();
            });
        }
    }

    pub(super) fn finish(self) {
        self.out.push_str(if self.is_empty { "}" } else { " }" });
    }
}

pub(super) fn column(out: &mut String, column: &Column) {
    let Column {
        name: _,
        sql_type,
        nullable,
        default,
        generated,
        identity,
        collation,
        extras,
        comment,
        renamed_from,
        backfill: _,
        using: _,
    } = column;
    let mut out = Inline::new(out);
    types::put(&mut out, sql_type);
    out.flag("nullable", *nullable);
    if let Some(identity) = identity {
        out.text("identity", Some(identity.name()));
    }
    out.text("default", default.as_ref().map(|it| it.as_str()));
    if let Some(Generated { expr, storage }) = generated {
        out.text("generated", Some(expr.as_str()));
        out.text("storage", Some(storage_name(*storage)));
    }
    out.text("collation", collation.as_deref());
    out.extras(extras);
    out.text("comment", comment.as_deref());
    out.text("renamed_from", renamed_from.as_deref());
    out.finish();
}

pub(super) const fn storage_name(storage: Storage) -> &'static str {
    match storage {
        Storage::Stored => "stored",
        Storage::Virtual => "virtual",
    }
}

pub(super) fn unique(out: &mut String, unique: &Unique) {
    let Unique { name: _, columns, extras } = unique;
    let mut out = Inline::new(out);
    out.strings("columns", columns);
    out.extras(extras);
    out.finish();
}

pub(super) fn index(out: &mut String, index: &Index) {
    let Index { name: _, keys, unique, predicate, extras } = index;
    let mut out = Inline::new(out);
    out.put("on", |out| array(out, keys, index_key));
    out.flag("unique", *unique);
    out.text("where", predicate.as_ref().map(|it| it.as_str()));
    out.extras(extras);
    out.finish();
}

/// The key: its SQL, or a table when there is more to say.
fn index_key(out: &mut String, key: &IndexKey) {
    if key.extras.is_empty() {
        quote(out, &key_sql(key));
        return;
    }
    let mut out = Inline::new(out);
    out.text("key", Some(&key_sql(key)));
    out.extras(&key.extras);
    out.finish();
}

/// The key as SQL: `email`, `"e mail" desc`, `lower(email)`.
fn key_sql(key: &IndexKey) -> Cow<'_, str> {
    let IndexKey { expr, is_column, order, extras: _ } = key;
    let text = expr.as_str();
    let text = if *is_column && !sql::plain(text) {
        format!("\"{}\"", text.replace('"', "\"\"")).into()
    } else {
        Cow::Borrowed(text)
    };
    match order {
        Order::Asc => text,
        Order::Desc => format!("{text} desc").into(),
    }
}

pub(super) fn check(out: &mut String, check: &Check) {
    let Check { name: _, expr, extras } = check;
    if extras.is_empty() {
        quote(out, expr.as_str());
        return;
    }
    let mut out = Inline::new(out);
    out.text("check", Some(expr.as_str()));
    out.extras(extras);
    out.finish();
}

pub(super) fn exclusion(out: &mut String, exclusion: &Exclusion) {
    let Exclusion { name: _, elements, predicate, extras } = exclusion;
    let mut out = Inline::new(out);
    out.put("on", |out| {
        array(out, elements, |out, Excluded { key, operator }| {
            let mut out = Inline::new(out);
            out.text("key", Some(&key_sql(key)));
            out.text("with", Some(operator));
            out.extras(&key.extras);
            out.finish();
        });
    });
    out.text("where", predicate.as_ref().map(|it| it.as_str()));
    out.extras(extras);
    out.finish();
}

/// All of them in a table of their own.
pub(super) fn extras_value(out: &mut String, extras: &Extras) {
    let mut out = Inline::new(out);
    out.extras(extras);
    out.finish();
}

pub(super) fn foreign_key(out: &mut String, key: &ForeignKey) {
    let ForeignKey {
        name: _,
        columns,
        schema,
        table,
        references,
        on_delete,
        on_update,
        deferrable,
        extras,
    } = key;
    let mut out = Inline::new(out);
    out.strings("columns", columns);
    out.text("schema", schema.as_deref());
    out.text("table", Some(table));
    out.strings("references", references);
    let action = |it: &Action| (*it != Action::NoAction).then_some(it.name());
    out.text("on_delete", action(on_delete));
    out.text("on_update", action(on_update));
    out.text("deferrable", (*deferrable != Deferrable::No).then_some(deferrable.name()));
    out.extras(extras);
    out.finish();
}
