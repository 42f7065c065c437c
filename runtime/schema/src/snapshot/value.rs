//! Each fact as the TOML value on its line, and back is in `read`.

use super::write::{key, quote};
use crate::facts::{
    Action, Check, Column, Custom, Deferrable, Enum, ForeignKey, Generated, Identity, Index,
    IndexKey, Order, SqlType, Storage, Table, Unique,
};
use crate::sql;

/// The lines of a table as `(dotted key, value)`, in the order in which people read them.
pub(super) fn table(table: &Table) -> Vec<(String, String)> {
    let Table {
        name: _,
        columns,
        primary_key,
        uniques,
        indexes,
        checks,
        foreign_keys,
        strict,
        without_rowid,
        comment,
        renamed_from,
    } = table;
    let mut lines = Vec::new();
    let mut line = |name: String, value: String| lines.push((name, value));
    if let Some(comment) = comment {
        line("comment".into(), quote(comment));
    }
    line("primary_key".into(), strings(primary_key));
    if let Some(from) = renamed_from {
        line("renamed_from".into(), quote(from));
    }
    if *strict {
        line("strict".into(), "true".into());
    }
    if *without_rowid {
        line("without_rowid".into(), "true".into());
    }
    let mut columns: Vec<&Column> = columns.iter().collect();
    columns.sort_by(|a, b| a.name.cmp(&b.name));
    for it in columns {
        line(format!("column.{}", key(&it.name)), column(it));
    }
    for it in &uniques[..] {
        line(format!("unique.{}", key(&it.name)), unique(it));
    }
    for it in &indexes[..] {
        line(format!("index.{}", key(&it.name)), index(it));
    }
    for it in &checks[..] {
        line(format!("check.{}", key(&it.name)), check(it));
    }
    for it in &foreign_keys[..] {
        line(format!("foreign_key.{}", key(&it.name)), foreign_key(it));
    }
    lines
}

/// `["a", "b"]`.
pub(super) fn strings<S: AsRef<str>>(list: &[S]) -> String {
    let quoted: Vec<String> = list.iter().map(|text| quote(text.as_ref())).collect();
    format!("[{}]", quoted.join(", "))
}

/// An inline table, `{ a = 1, b = 2 }`.
pub(super) struct Inline(Vec<String>);

impl Inline {
    pub(super) fn new() -> Inline {
        Inline(Vec::new())
    }

    pub(super) fn put(&mut self, name: &str, value: String) {
        self.0.push(format!("{} = {value}", key(name)));
    }

    fn text(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.put(name, quote(value));
        }
    }

    fn number(&mut self, name: &str, value: Option<u32>) {
        if let Some(value) = value {
            self.put(name, value.to_string());
        }
    }

    fn flag(&mut self, name: &str, value: bool) {
        if value {
            self.put(name, "true".to_owned());
        }
    }

    pub(super) fn finish(self) -> String {
        if self.0.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", self.0.join(", ")) }
    }
}

pub(super) fn column(column: &Column) -> String {
    let Column {
        name: _,
        sql_type,
        nullable,
        default,
        generated,
        identity,
        collation,
        comment,
        renamed_from,
        backfill: _,
        using: _,
    } = column;
    let mut out = Inline::new();
    put_type(&mut out, sql_type);
    out.flag("nullable", *nullable);
    if let Some(identity) = identity {
        out.text("identity", Some(identity_name(*identity)));
    }
    out.text("default", default.as_ref().map(|it| it.as_str()));
    if let Some(Generated { expr, storage }) = generated {
        out.text("generated", Some(expr.as_str()));
        out.text("storage", Some(storage_name(*storage)));
    }
    out.text("collation", collation.as_deref());
    out.text("comment", comment.as_deref());
    out.text("renamed_from", renamed_from.as_deref());
    out.finish()
}

fn put_type(out: &mut Inline, sql_type: &SqlType) {
    match sql_type {
        SqlType::Enum(Enum { name, labels }) => {
            out.text("enum", Some(name));
            let names: Vec<&str> = labels.iter().map(|label| label.name.as_ref()).collect();
            out.put("labels", strings(&names));
        }
        SqlType::Custom(Custom { name, sql }) => {
            out.text("custom", Some(name));
            out.text("sql", Some(sql));
        }
        SqlType::Text { max_length } => {
            out.text("type", Some(sql_type.diesel_name()));
            out.number("max_length", *max_length);
        }
        SqlType::Numeric { precision, scale } => {
            out.text("type", Some(sql_type.diesel_name()));
            out.number("precision", *precision);
            out.number("scale", *scale);
        }
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Float
        | SqlType::Double
        | SqlType::Bool
        | SqlType::Binary
        | SqlType::Date
        | SqlType::Time
        | SqlType::Timestamp
        | SqlType::TimestamptzSqlite
        | SqlType::Json
        | SqlType::Jsonb => out.text("type", Some(sql_type.diesel_name())),
    }
}

pub(super) const fn identity_name(identity: Identity) -> &'static str {
    match identity {
        Identity::ByDefault => "by_default",
        Identity::Autoincrement => "autoincrement",
    }
}

pub(super) const fn storage_name(storage: Storage) -> &'static str {
    match storage {
        Storage::Stored => "stored",
        Storage::Virtual => "virtual",
    }
}

pub(super) fn unique(unique: &Unique) -> String {
    let Unique { name: _, columns } = unique;
    let mut out = Inline::new();
    out.put("columns", strings(columns));
    out.finish()
}

pub(super) fn index(index: &Index) -> String {
    let Index { name: _, keys, unique, predicate } = index;
    let mut out = Inline::new();
    let keys: Vec<String> = keys.iter().map(index_key).collect();
    out.put("on", strings(&keys));
    out.flag("unique", *unique);
    out.text("where", predicate.as_ref().map(|it| it.as_str()));
    out.finish()
}

/// The key as SQL: `email`, `"e mail" desc`, `lower(email)`.
fn index_key(key: &IndexKey) -> String {
    let IndexKey { expr, is_column, order } = key;
    let text = expr.as_str();
    let text = if *is_column && !sql::plain(text) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    };
    match order {
        Order::Asc => text,
        Order::Desc => format!("{text} desc"),
    }
}

pub(super) fn check(check: &Check) -> String {
    let Check { name: _, expr } = check;
    quote(expr.as_str())
}

pub(super) fn foreign_key(key: &ForeignKey) -> String {
    let ForeignKey { name: _, columns, table, references, on_delete, on_update, deferrable } = key;
    let mut out = Inline::new();
    out.put("columns", strings(columns));
    out.text("table", Some(table));
    out.put("references", strings(references));
    let action = |it: &Action| (*it != Action::NoAction).then_some(it.name());
    out.text("on_delete", action(on_delete));
    out.text("on_update", action(on_update));
    out.text("deferrable", (*deferrable != Deferrable::No).then_some(deferrable.name()));
    out.finish()
}
