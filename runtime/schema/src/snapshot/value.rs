//! Each fact as the TOML value on its line, and back is in `read`.

use super::write::{key, quote};
use crate::facts::{
    Action, Check, Column, Custom, Deferrable, Enum, Excluded, Exclusion, Extra, ExtraValue,
    Extras, ForeignKey, Generated, Index, IndexKey, Order, PgType, SqlType, Storage, Table, Unique,
};
use crate::sql;

/// The lines of a table as `(dotted key, value)`, in the order in which people read them.
pub(super) fn table(table: &Table) -> Vec<(String, String)> {
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
    if !extras.is_empty() {
        line("extras".into(), extras_value(extras));
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
    for it in &exclusions[..] {
        line(format!("exclude.{}", key(&it.name)), exclusion(it));
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

    fn extras(&mut self, extras: &Extras) {
        let mut parameters = Inline::new();
        for extra in extras.iter() {
            match extra.value() {
                ExtraValue::Flag => self.flag(extra.key(), true),
                ExtraValue::Text(text) => self.text(extra.key(), Some(&text)),
                ExtraValue::Names(names) => self.put(extra.key(), strings(&names)),
                ExtraValue::Number(number) => self.put(extra.key(), number.to_string()),
                ExtraValue::Parameter(name, value) => parameters.text(&name, Some(&value)),
            }
        }
        if !parameters.0.is_empty() {
            self.put(Extra::PARAMETERS, parameters.finish());
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
        extras,
        comment,
        renamed_from,
        backfill: _,
        using: _,
    } = column;
    let mut out = Inline::new();
    put_type(&mut out, sql_type);
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
    out.finish()
}

fn put_type(out: &mut Inline, sql_type: &SqlType) {
    match sql_type {
        SqlType::Enum(Enum { name, schema, labels, comment }) => {
            out.text("enum", Some(name));
            out.text("enum_schema", schema.as_deref());
            let names: Vec<&str> = labels.iter().map(|label| label.name.as_ref()).collect();
            out.put("labels", strings(&names));
            out.text("enum_comment", comment.as_deref());
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
        SqlType::Time { precision } | SqlType::Timestamp { precision } => {
            out.text("type", Some(sql_type.diesel_name()));
            out.number("precision", *precision);
        }
        SqlType::Pg(of) => put_pg_type(out, of),
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Float
        | SqlType::Double
        | SqlType::Bool
        | SqlType::Binary
        | SqlType::Date
        | SqlType::TimestamptzSqlite
        | SqlType::Json
        | SqlType::Jsonb => out.text("type", Some(sql_type.diesel_name())),
    }
}

fn put_pg_type(out: &mut Inline, of: &PgType) {
    match of {
        // Arrays of arrays are arrays: the engine keeps no depth.
        PgType::Array(element) => {
            put_type(out, element);
            out.flag("array", true);
        }
        PgType::Bpchar { length } => {
            out.text("type", Some(of.diesel_name()));
            out.number("max_length", *length);
        }
        PgType::Timestamptz { precision } => {
            out.text("type", Some(of.diesel_name()));
            out.number("precision", *precision);
        }
        PgType::CChar
        | PgType::Cidr
        | PgType::Citext
        | PgType::Inet
        | PgType::Interval
        | PgType::MacAddr
        | PgType::MacAddr8
        | PgType::Money
        | PgType::Multirange(_)
        | PgType::Oid
        | PgType::PgLsn
        | PgType::Range(_)
        | PgType::Uuid
        | PgType::Varchar => out.text("type", Some(of.diesel_name())),
    }
}

pub(super) const fn storage_name(storage: Storage) -> &'static str {
    match storage {
        Storage::Stored => "stored",
        Storage::Virtual => "virtual",
    }
}

pub(super) fn unique(unique: &Unique) -> String {
    let Unique { name: _, columns, extras } = unique;
    let mut out = Inline::new();
    out.put("columns", strings(columns));
    out.extras(extras);
    out.finish()
}

pub(super) fn index(index: &Index) -> String {
    let Index { name: _, keys, unique, predicate, extras } = index;
    let mut out = Inline::new();
    let keys: Vec<String> = keys.iter().map(index_key).collect();
    out.put("on", format!("[{}]", keys.join(", ")));
    out.flag("unique", *unique);
    out.text("where", predicate.as_ref().map(|it| it.as_str()));
    out.extras(extras);
    out.finish()
}

/// The key: its SQL, or a table when there is more to say.
fn index_key(key: &IndexKey) -> String {
    if key.extras.is_empty() {
        return quote(&key_sql(key));
    }
    let mut out = Inline::new();
    out.put("key", quote(&key_sql(key)));
    out.extras(&key.extras);
    out.finish()
}

/// The key as SQL: `email`, `"e mail" desc`, `lower(email)`.
fn key_sql(key: &IndexKey) -> String {
    let IndexKey { expr, is_column, order, extras: _ } = key;
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
    let Check { name: _, expr, extras } = check;
    if extras.is_empty() {
        return quote(expr.as_str());
    }
    let mut out = Inline::new();
    out.put("check", quote(expr.as_str()));
    out.extras(extras);
    out.finish()
}

pub(super) fn exclusion(exclusion: &Exclusion) -> String {
    let Exclusion { name: _, elements, predicate, extras } = exclusion;
    let mut out = Inline::new();
    let elements = elements.iter().map(|Excluded { key, operator }| {
        let mut out = Inline::new();
        out.put("key", quote(&key_sql(key)));
        out.put("with", quote(operator));
        out.extras(&key.extras);
        out.finish()
    });
    out.put("on", format!("[{}]", elements.collect::<Vec<_>>().join(", ")));
    out.text("where", predicate.as_ref().map(|it| it.as_str()));
    out.extras(extras);
    out.finish()
}

/// All of them in a table of their own.
pub(super) fn extras_value(extras: &Extras) -> String {
    let mut out = Inline::new();
    out.extras(extras);
    out.finish()
}

pub(super) fn foreign_key(key: &ForeignKey) -> String {
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
    let mut out = Inline::new();
    out.put("columns", strings(columns));
    out.text("schema", schema.as_deref());
    out.text("table", Some(table));
    out.put("references", strings(references));
    let action = |it: &Action| (*it != Action::NoAction).then_some(it.name());
    out.text("on_delete", action(on_delete));
    out.text("on_update", action(on_update));
    out.text("deferrable", (*deferrable != Deferrable::No).then_some(deferrable.name()));
    out.extras(extras);
    out.finish()
}
