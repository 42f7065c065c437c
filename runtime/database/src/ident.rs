//! Names in SQL, as every engine here writes them, and which of them are one to an engine.

use diesel_autogen_schema::sql::{self, Kind, Token};
use diesel_autogen_schema::{Dialect, Place};

/// The name in double quotes.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The name as SQL for messages and dumps: quoted only where it must be.
pub(crate) fn shown(name: &str) -> String {
    if sql::plain(name) { name.to_owned() } else { quoted(name) }
}

/// The place in double quotes, its schema in front when it has one.
pub(crate) fn placed(place: Place<'_>) -> String {
    match place.schema {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(place.name)),
        None => quoted(place.name),
    }
}

/// Whether two names are one to the engine.
pub(crate) fn same(dialect: Dialect, a: &str, b: &str) -> bool {
    match dialect {
        Dialect::Sqlite | Dialect::Mysql => a.eq_ignore_ascii_case(b),
        Dialect::Postgres => a == b,
    }
}

/// Whether two places are one to the engine.
pub(crate) fn same_place(dialect: Dialect, a: Place<'_>, b: Place<'_>) -> bool {
    a.schema == b.schema && same(dialect, a.name, b.name)
}

/// The tokens, as the engine reads them, without white space and comments.
pub(crate) fn solid(sql: &str, dialect: Dialect) -> Vec<Token<'_>> {
    sql::tokens(sql, dialect).filter(|token| token.kind != Kind::Space).collect()
}
