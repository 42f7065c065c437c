//! Declared types to Diesel's, by the rules of `diesel print-schema`.

use diesel_autogen_schema::{Custom, SqlType};

/// The nearest Diesel type of a type as a table declares it.
///
/// `diesel print-schema` knows no `NUMERIC` on SQLite, no JSON and no time zones; where the
/// declaration says more than it reads, more is kept. What it refuses is a custom type.
pub(crate) fn nearest(declared: &str) -> SqlType {
    let full = declared.trim().to_lowercase();
    let (name, arguments) = match full.split_once('(') {
        Some((name, rest)) => (name.trim(), rest.trim_end_matches(')')),
        None => (full.as_str(), ""),
    };
    let mut numbers = arguments.split(',').map(|part| part.trim().parse::<u32>().ok());
    let mut number = || numbers.next().flatten();
    let has = |part: &str| name.contains(part);
    if name.starts_with("timestamptz") {
        SqlType::TimestamptzSqlite
    } else if name == "boolean" || has("bool") || has("tiny") && has("int") {
        SqlType::Bool
    } else if name == "int2" || has("small") && has("int") {
        SqlType::SmallInt
    } else if name == "int8" || has("big") && has("int") {
        SqlType::BigInt
    } else if has("int") {
        SqlType::Integer
    } else if has("jsonb") {
        SqlType::Jsonb
    } else if has("json") {
        SqlType::Json
    } else if has("char") || has("clob") || has("text") {
        SqlType::Text { max_length: number() }
    } else if has("blob") || has("binary") || name.is_empty() {
        SqlType::Binary
    } else if has("float") || has("real") {
        SqlType::Float
    } else if has("double") {
        SqlType::Double
    } else if has("num") || has("dec") {
        SqlType::Numeric { precision: number(), scale: number() }
    } else {
        match name {
            "datetime" | "timestamp" => SqlType::TIMESTAMP,
            "datetimetz" | "timestamp with time zone" => SqlType::TimestamptzSqlite,
            "date" => SqlType::Date,
            "time" => SqlType::TIME,
            _ => SqlType::Custom(Custom {
                name: camel(declared).into(),
                sql: declared.trim().to_owned().into(),
            }),
        }
    }
}

/// The affinity that SQLite gives a declared type.
pub(crate) fn affinity(declared: &str) -> &'static str {
    let name = declared.to_ascii_uppercase();
    let has = |part: &str| name.contains(part);
    if has("INT") {
        "INTEGER"
    } else if has("CHAR") || has("CLOB") || has("TEXT") {
        "TEXT"
    } else if has("BLOB") || name.is_empty() {
        "BLOB"
    } else if has("REAL") || has("FLOA") || has("DOUB") {
        "REAL"
    } else {
        "NUMERIC"
    }
}

/// A declared type as the name of a Rust type: `ip address` becomes `IpAddress`.
fn camel(declared: &str) -> String {
    let name = declared.split('(').next().unwrap_or(declared);
    name.split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(|part| {
            let mut letters = part.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            first.chain(letters.flat_map(char::to_lowercase)).collect::<String>()
        })
        .collect()
}
