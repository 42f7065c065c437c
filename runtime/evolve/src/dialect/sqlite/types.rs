//! Diesel's SQL types as SQLite declares and stores them.

use diesel_autogen_schema::{Column, SqlType};

use super::quote;

/// How the type of a column is declared. `sole_key` says that it is the whole primary key.
pub fn declared(column: &Column, strict: bool, sole_key: bool) -> String {
    let spelled = spelled(column, strict);
    // Only the exact spelling INTEGER makes a key the rowid, which nobody asked for here.
    if sole_key && column.identity.is_none() && spelled.eq_ignore_ascii_case("INTEGER") {
        return "INT".to_owned();
    }
    spelled
}

fn spelled(column: &Column, strict: bool) -> String {
    let integer_key = column.identity.is_some();
    if strict && !integer_key {
        return strict_type(column).to_owned();
    }
    match &column.sql_type {
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt if integer_key => "INTEGER".into(),
        SqlType::SmallInt => "SMALLINT".into(),
        SqlType::Integer => "INTEGER".into(),
        SqlType::BigInt => "BIGINT".into(),
        SqlType::Float => "FLOAT".into(),
        SqlType::Double => "DOUBLE".into(),
        SqlType::Numeric { precision: Some(p), scale: Some(s) } => format!("NUMERIC({p}, {s})"),
        SqlType::Numeric { precision: Some(p), scale: None } => format!("NUMERIC({p})"),
        SqlType::Numeric { precision: None, scale: _ } => "NUMERIC".into(),
        SqlType::Bool => "BOOLEAN".into(),
        SqlType::Text { max_length: None } => "TEXT".into(),
        SqlType::Text { max_length: Some(n) } => format!("VARCHAR({n})"),
        SqlType::Binary | SqlType::Jsonb => "BLOB".into(),
        SqlType::Date => "DATE".into(),
        SqlType::Time { .. } => "TIME".into(),
        SqlType::Timestamp { .. } => "TIMESTAMP".into(),
        SqlType::TimestamptzSqlite => "TIMESTAMPTZ".into(),
        // TEXT is what Diesel writes, and what its tools read back.
        SqlType::Json | SqlType::Enum(_) => "TEXT".into(),
        SqlType::Custom(of) => of.sql.clone().into_owned(),
        // No model of a package for SQLite has one.
        SqlType::Pg(of) => of.diesel_name().to_ascii_uppercase(),
        SqlType::My(of) => of.diesel_name().to_ascii_uppercase(),
    }
}

/// The few words that a STRICT table allows.
fn strict_type(column: &Column) -> &'static str {
    match &column.sql_type {
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt | SqlType::Bool => "INTEGER",
        SqlType::Float | SqlType::Double | SqlType::Numeric { .. } => "REAL",
        SqlType::Text { .. }
        | SqlType::Date
        | SqlType::Time { .. }
        | SqlType::Timestamp { .. }
        | SqlType::TimestamptzSqlite
        | SqlType::Json
        | SqlType::Enum(_) => "TEXT",
        SqlType::Binary | SqlType::Jsonb => "BLOB",
        SqlType::Custom(of) => ["INT", "INTEGER", "REAL", "TEXT", "BLOB"]
            .into_iter()
            .find(|allowed| of.sql.eq_ignore_ascii_case(allowed))
            .unwrap_or("ANY"),
        SqlType::Pg(_) | SqlType::My(_) => "ANY",
    }
}

/// How values of a type lie on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    Integer,
    Real,
    Numeric,
    Text,
    Blob,
    Json,
    Jsonb,
}

/// How Diesel stores values of the type. Dates are text although `DATE` declares a numeric
/// affinity: a cast by affinity would cut `2024-01-01` down to 2024.
pub(crate) fn storage(of: &SqlType) -> Storage {
    match of {
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt | SqlType::Bool => Storage::Integer,
        SqlType::Float | SqlType::Double => Storage::Real,
        SqlType::Numeric { .. } => Storage::Numeric,
        SqlType::Text { .. }
        | SqlType::Date
        | SqlType::Time { .. }
        | SqlType::Timestamp { .. }
        | SqlType::TimestamptzSqlite
        | SqlType::Enum(_) => Storage::Text,
        SqlType::Json => Storage::Json,
        SqlType::Jsonb => Storage::Jsonb,
        SqlType::Binary => Storage::Blob,
        SqlType::Custom(of) => affinity(&of.sql),
        SqlType::Pg(of) => affinity(of.diesel_name()),
        SqlType::My(of) => affinity(of.diesel_name()),
    }
}

/// SQLite's own rules from a declared type to an affinity.
fn affinity(declared: &str) -> Storage {
    let upper = declared.to_ascii_uppercase();
    let has = |part: &str| upper.contains(part);
    if has("INT") {
        Storage::Integer
    } else if has("CHAR") || has("CLOB") || has("TEXT") {
        Storage::Text
    } else if has("BLOB") || upper.is_empty() {
        Storage::Blob
    } else if has("REAL") || has("FLOA") || has("DOUB") {
        Storage::Real
    } else {
        Storage::Numeric
    }
}

/// The value of a column after its type changed, as SQL over the old value; the old value itself
/// where SQLite stores both alike.
pub(crate) fn converted(value: &str, from: &SqlType, to: &SqlType) -> String {
    let (from, to) = (storage(from), storage(to));
    match (from, to) {
        (a, b) if a == b => value.to_owned(),
        (Storage::Text, Storage::Json) | (Storage::Json, Storage::Text) => value.to_owned(),
        (_, Storage::Integer) => format!("CAST({value} AS INTEGER)"),
        (_, Storage::Real) => format!("CAST({value} AS REAL)"),
        (Storage::Integer | Storage::Real, Storage::Numeric) => value.to_owned(),
        (_, Storage::Numeric) => format!("CAST({value} AS NUMERIC)"),
        (Storage::Jsonb, Storage::Text | Storage::Json) => format!("json({value})"),
        (_, Storage::Text | Storage::Json) => format!("CAST({value} AS TEXT)"),
        (Storage::Text | Storage::Json, Storage::Jsonb) => format!("jsonb({value})"),
        (Storage::Jsonb, Storage::Blob) | (Storage::Blob, Storage::Jsonb) => value.to_owned(),
        (_, Storage::Blob | Storage::Jsonb) => format!("CAST({value} AS BLOB)"),
    }
}

/// A value of the type that stands for "nothing known": what a required column that comes back
/// without its data is filled with.
pub(crate) fn blank(of: &SqlType) -> String {
    match of {
        SqlType::Date => "'1970-01-01'".into(),
        SqlType::Time { .. } => "'00:00:00'".into(),
        SqlType::Timestamp { .. } => "'1970-01-01 00:00:00'".into(),
        SqlType::TimestamptzSqlite => "'1970-01-01 00:00:00+00:00'".into(),
        SqlType::Json => "'null'".into(),
        SqlType::Jsonb => "x'00'".into(),
        SqlType::Enum(of) => {
            of.labels.first().map_or_else(|| "''".into(), |label| quote::string(&label.name))
        }
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Bool
        | SqlType::Float
        | SqlType::Double
        | SqlType::Numeric { .. }
        | SqlType::Text { .. }
        | SqlType::Binary
        | SqlType::Custom(_)
        | SqlType::Pg(_)
        | SqlType::My(_) => match storage(of) {
            Storage::Integer | Storage::Real | Storage::Numeric => "0".into(),
            Storage::Text | Storage::Json => "''".into(),
            Storage::Blob | Storage::Jsonb => "x''".into(),
        },
    }
}
