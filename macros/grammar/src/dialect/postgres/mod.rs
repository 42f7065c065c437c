//! What grammar must know about PostgreSQL alone.

mod defaults;
mod expressions;
mod texts;
mod types;

use diesel_autogen_schema::{PgType, SqlType, names};

use crate::errors::did_you_mean;
pub(super) use defaults::wrong_default;
pub(super) use expressions::{keyword, strangers};
pub(super) use texts::plain;
pub(crate) use types::parametric;
pub(super) use types::{also, mapped, spelled, unmapped};

/// What is kept of a name.
pub(super) const MOST_BYTES: usize = names::MAX_BYTES;

/// What stands for collations of other engines, and what was meant by one that is nearly one of
/// the server's.
pub(super) fn misspelled_collation(name: &str) -> Option<String> {
    if ["NOCASE", "BINARY", "RTRIM"].iter().any(|it| it.eq_ignore_ascii_case(name)) {
        let instead = if name.eq_ignore_ascii_case("NOCASE") {
            ", which is SQLite's: a text without case is `sql_type = Citext`"
        } else {
            ", which is SQLite's: bytes are compared by `\"C\"`"
        };
        return Some(instead.to_owned());
    }
    let own = ["default", "C", "POSIX", "ucs_basic", "unicode", "und-x-icu"];
    if own.contains(&name) {
        return None;
    }
    let close = own.into_iter().filter(|it| it.eq_ignore_ascii_case(name));
    Some(did_you_mean(name, close)).filter(|hint| !hint.is_empty())
}

/// Whether a column of this type can have a collation. Nobody knows that of a domain.
pub(super) fn collates(ty: &SqlType) -> bool {
    match ty {
        SqlType::Text { .. } | SqlType::Custom(_) => true,
        SqlType::Pg(PgType::Array(of)) => collates(of),
        SqlType::Pg(PgType::Bpchar { .. } | PgType::Citext | PgType::Varchar) => true,
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Float
        | SqlType::Double
        | SqlType::Numeric { .. }
        | SqlType::Bool
        | SqlType::Binary
        | SqlType::Date
        | SqlType::Time { .. }
        | SqlType::Timestamp { .. }
        | SqlType::TimestamptzSqlite
        | SqlType::Json
        | SqlType::Jsonb
        | SqlType::Enum(_)
        | SqlType::My(_)
        | SqlType::Pg(
            PgType::CChar
            | PgType::Cidr
            | PgType::Inet
            | PgType::Interval
            | PgType::MacAddr
            | PgType::MacAddr8
            | PgType::Money
            | PgType::Multirange(_)
            | PgType::Oid
            | PgType::PgLsn
            | PgType::Range(_)
            | PgType::Timestamptz { .. }
            | PgType::Uuid,
        ) => false,
    }
}
