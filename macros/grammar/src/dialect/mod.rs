//! What grammar must know about each engine: one file or folder an engine, and here who is asked.

mod keys;
mod mysql;
mod postgres;
mod sql;
mod sqlite;

use diesel_autogen_schema::sql::Token;
use diesel_autogen_schema::{Column, Dialect, SqlType};
use syn::{PathSegment, Type};

pub(crate) use keys::{CHECK, COLUMN, ENUM, FOREIGN_KEY, INDEX, Keys, MODEL, UNIQUE};
pub(crate) use sqlite::strict_type;

use crate::rust_type::ColumnType;

/// The type of the engine's with Diesel's name `name`.
pub(crate) fn known(dialect: Dialect, name: &str) -> Option<SqlType> {
    let own = match dialect {
        Dialect::Sqlite | Dialect::Postgres => None,
        Dialect::Mysql => mysql::known(name),
    };
    own.or_else(|| SqlType::from_diesel_name(name).and_then(|ty| ty.on(dialect)))
}

/// How the engine spells a type of its own that Diesel does not have; `name` is in Rust's case.
pub(crate) fn spelled(dialect: Dialect, name: &str) -> Option<&'static str> {
    match dialect {
        Dialect::Sqlite => None,
        Dialect::Postgres => postgres::spelled(name),
        Dialect::Mysql => mysql::spelled(name),
    }
}

/// The type that Diesel reads from and writes to the engine for a Rust type, by the last segment
/// of its path; `None` when it is nobody's that is known.
pub(crate) fn mapped(dialect: Dialect, ty: &Type) -> syn::Result<Option<ColumnType>> {
    match dialect {
        Dialect::Sqlite => Ok(sqlite::mapped(ty)?.map(ColumnType::Known)),
        Dialect::Postgres => postgres::mapped(ty),
        Dialect::Mysql => Ok(mysql::mapped(ty).map(ColumnType::Known)),
    }
}

/// The type that `Name<…>` is; `type_name` spells what is in the brackets. `None` where no type of
/// the engine's has any.
pub(crate) fn parametric(
    dialect: Dialect,
    segment: &PathSegment,
    of: &Type,
    type_name: Option<&str>,
) -> Option<syn::Result<ColumnType>> {
    match dialect {
        Dialect::Sqlite => None,
        Dialect::Postgres => Some(postgres::parametric(segment, of, type_name)),
        Dialect::Mysql => Some(mysql::parametric(segment, of)),
    }
}

/// The type as the engine keeps it, once its parameters are known.
pub(crate) fn settled(dialect: Dialect, ty: SqlType) -> Result<SqlType, String> {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => Ok(ty),
        Dialect::Mysql => mysql::settled(ty),
    }
}

/// Why a well-known Rust type has no column, as the end of a sentence, or `None` when nothing is
/// known against it.
pub(crate) fn unmapped(dialect: Dialect, rust: &str) -> Option<&'static str> {
    match dialect {
        Dialect::Sqlite => sqlite::unmapped(rust),
        Dialect::Postgres => postgres::unmapped(rust),
        Dialect::Mysql => mysql::unmapped(rust),
    }
}

/// Whether Diesel reads a type of the language's, which is `own` by rule, from `other` as well.
pub(crate) fn also(dialect: Dialect, own: &SqlType, other: &SqlType) -> bool {
    own.diesel_name() == other.diesel_name()
        || match dialect {
            Dialect::Sqlite => sqlite::also(own, other),
            Dialect::Postgres => postgres::also(own, other),
            Dialect::Mysql => mysql::also(own, other),
        }
}

/// Whether a token of an expression is this column.
pub(crate) fn is_column(dialect: Dialect, token: &Token, column: &str) -> bool {
    token.is_column(column, dialect)
}

/// Whether an unquoted word is one of PostgreSQL's own.
pub(crate) fn is_keyword(word: &str) -> bool {
    postgres::keyword(word)
}

/// What is wrong with the layout of a piece of SQL: quotes, parentheses, statements.
pub(crate) fn malformed(dialect: Dialect, sql: &str) -> Option<&'static str> {
    match dialect {
        Dialect::Sqlite | Dialect::Mysql => sql::malformed(sql, dialect),
        Dialect::Postgres => sql::malformed(&postgres::plain(sql), dialect),
    }
}

/// Names in an expression that are no column of the table and mean nothing else, each with a
/// suggestion.
pub(crate) fn strangers(
    dialect: Dialect,
    sql: &str,
    table: &str,
    columns: &[&str],
) -> Vec<(String, String)> {
    match dialect {
        Dialect::Sqlite => sqlite::strangers(sql, table, columns),
        Dialect::Postgres => postgres::strangers(&postgres::plain(sql), table, columns),
        Dialect::Mysql => mysql::strangers(sql, table, columns),
    }
}

/// What is wrong with a default, as a sentence without its subject. `known` says whether the
/// column's type is.
pub(crate) fn wrong_default(
    dialect: Dialect,
    sql: &str,
    column: &Column,
    known: bool,
) -> Option<String> {
    match dialect {
        Dialect::Sqlite => sqlite::wrong_default(sql, column, known),
        Dialect::Postgres => postgres::wrong_default(sql, column, known),
        Dialect::Mysql => mysql::wrong_default(sql, column, known),
    }
}

/// What was meant by the name of a collation that the engine does not have, as the end of a
/// sentence. An application may have collations of its own.
pub(crate) fn misspelled_collation(dialect: Dialect, name: &str) -> Option<String> {
    match dialect {
        Dialect::Sqlite => sqlite::misspelled_collation(name),
        Dialect::Postgres => postgres::misspelled_collation(name),
        Dialect::Mysql => mysql::misspelled_collation(name),
    }
}

/// Whether a column of this type can have a collation, as far as is known.
pub(crate) fn collates(dialect: Dialect, ty: &SqlType) -> bool {
    match dialect {
        Dialect::Sqlite => sqlite::collates(ty),
        Dialect::Postgres => postgres::collates(ty),
        Dialect::Mysql => mysql::collates(ty),
    }
}

/// Why nothing of the user's can have this name, as a whole sentence.
pub(crate) fn kept_name(dialect: Dialect, name: &str) -> Option<String> {
    match dialect {
        Dialect::Sqlite if name.to_ascii_lowercase().starts_with("sqlite_") => {
            Some(format!("{dialect} keeps the name `{name}` for itself"))
        }
        Dialect::Postgres if name.len() > postgres::MOST_BYTES => Some(format!(
            "`{name}` has {} bytes, and {dialect} keeps only the first {} of a name",
            name.len(),
            postgres::MOST_BYTES
        )),
        Dialect::Mysql if name.chars().count() > mysql::MOST_CHARACTERS => Some(format!(
            "`{name}` has {} characters, and a name on {dialect} has at most {}",
            name.chars().count(),
            mysql::MOST_CHARACTERS
        )),
        Dialect::Mysql if name.ends_with(' ') => {
            Some(format!("`{name}` ends with a space, which no name on {dialect} does"))
        }
        Dialect::Sqlite | Dialect::Postgres | Dialect::Mysql => None,
    }
}

/// Why no label of an enum can be this text, as a whole sentence.
pub(crate) fn kept_label(dialect: Dialect, label: &str) -> Option<String> {
    match dialect {
        Dialect::Sqlite => None,
        Dialect::Postgres => kept_name(dialect, label),
        Dialect::Mysql => mysql::kept_label(label),
    }
}

/// Whether two names are one to the engine.
pub(crate) fn same_name(dialect: Dialect, a: &str, b: &str) -> bool {
    match dialect {
        Dialect::Sqlite => a.eq_ignore_ascii_case(b),
        // Letters of both cases are one, of every language.
        Dialect::Mysql => a.to_lowercase() == b.to_lowercase(),
        Dialect::Postgres => a == b,
    }
}

/// Whether times of this engine have a number of digits that can be said.
pub(crate) fn has_time_digits(dialect: Dialect) -> bool {
    match dialect {
        Dialect::Sqlite => false,
        Dialect::Postgres | Dialect::Mysql => true,
    }
}
