//! What becomes of values of the types that only PostgreSQL has, and where it is stricter than
//! others.

use diesel_autogen_schema::{Dialect, PgType, SqlType};

use super::conversion::{Conversion, conversion, fits};

/// What PostgreSQL makes of the values, unless it is what every engine makes of them.
pub(super) fn special(before: &SqlType, after: &SqlType) -> Option<Conversion> {
    use Conversion::{Cross, Narrowing, Same, Widening};
    const ZONE: &str = "times without a zone are taken to be in UTC";
    if before.same_facts(after) {
        return Some(Same);
    }
    Some(match (before, after) {
        (SqlType::Pg(PgType::Array(a)), SqlType::Pg(PgType::Array(b))) => {
            conversion(Dialect::Postgres, a, b)
        }
        (SqlType::Jsonb, SqlType::Json) => Widening,
        (SqlType::Json, SqlType::Jsonb) => Narrowing("layout and repeated keys are lost"),
        (SqlType::Jsonb, SqlType::Text { max_length: None }) => Widening,
        (SqlType::Text { .. }, SqlType::Jsonb) => Narrowing("other texts are no JSON"),
        (SqlType::Date, SqlType::Timestamp { .. }) => Widening,
        (SqlType::Timestamp { .. }, SqlType::Date) => Narrowing("the time of day is lost"),
        (SqlType::Timestamp { .. } | SqlType::Date, SqlType::Pg(PgType::Timestamptz { .. })) => {
            Narrowing(ZONE)
        }
        (SqlType::Pg(PgType::Timestamptz { .. }), SqlType::Timestamp { .. }) => Narrowing(ZONE),
        (
            SqlType::Pg(PgType::Timestamptz { precision: a }),
            SqlType::Pg(PgType::Timestamptz { precision: b }),
        ) => {
            if fits(*a, *b) {
                Widening
            } else {
                Narrowing("fractions of seconds may be lost")
            }
        }
        (SqlType::Pg(PgType::Cidr), SqlType::Pg(PgType::Inet))
        | (SqlType::Pg(PgType::MacAddr), SqlType::Pg(PgType::MacAddr8)) => Widening,
        (SqlType::Pg(PgType::Inet), SqlType::Pg(PgType::Cidr)) => {
            Narrowing("other addresses are no networks")
        }
        (SqlType::Pg(PgType::MacAddr8), SqlType::Pg(PgType::MacAddr)) => {
            Narrowing("other addresses are longer")
        }
        (SqlType::Pg(PgType::Oid), SqlType::BigInt)
        | (SqlType::SmallInt, SqlType::Pg(PgType::Oid)) => Widening,
        (SqlType::Pg(PgType::Oid), SqlType::Integer | SqlType::SmallInt)
        | (SqlType::Integer | SqlType::BigInt, SqlType::Pg(PgType::Oid)) => {
            Narrowing("numbers may be larger")
        }
        (_, _) => match (length(before), length(after)) {
            (Some(a), Some(b)) if fits(a, b) => texts(before, after),
            (Some(_), Some(_)) => Narrowing("texts may be longer"),
            (None, Some(None)) if reads_back(before) => Widening,
            (Some(_), None) if matches!(after, SqlType::Pg(PgType::Uuid)) => {
                Narrowing("other texts are no UUID")
            }
            (None, Some(Some(_))) if matches!(before, SqlType::Pg(PgType::Uuid)) => {
                Narrowing("texts may be longer")
            }
            (_, _) if is_special(before) || is_special(after) => Cross,
            (_, _) => return None,
        },
    })
}

/// Characters that fit into a type of text, `None` when there is no end.
fn length(of: &SqlType) -> Option<Option<u32>> {
    match of {
        SqlType::Text { max_length } => Some(*max_length),
        SqlType::Pg(PgType::Varchar | PgType::Citext) => Some(None),
        SqlType::Pg(PgType::Bpchar { length }) => Some(Some(length.unwrap_or(1))),
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
        | SqlType::Custom(_)
        | SqlType::Pg(_)
        | SqlType::My(_) => None,
    }
}

fn texts(before: &SqlType, after: &SqlType) -> Conversion {
    let padded = |of: &SqlType| matches!(of, SqlType::Pg(PgType::Bpchar { .. }));
    match (padded(before), padded(after)) {
        (true, false) => Conversion::Narrowing("spaces at the end are lost"),
        (true, true) | (false, true) | (false, false) => Conversion::Widening,
    }
}

/// Whether the text of every value says all of it.
fn reads_back(of: &SqlType) -> bool {
    match of {
        SqlType::Pg(of) => match of {
            PgType::Cidr
            | PgType::Inet
            | PgType::Interval
            | PgType::MacAddr
            | PgType::MacAddr8
            | PgType::Multirange(_)
            | PgType::Oid
            | PgType::PgLsn
            | PgType::Range(_)
            | PgType::Uuid
            | PgType::Array(_)
            | PgType::CChar => true,
            // What they read like hangs on settings of the session.
            PgType::Money | PgType::Timestamptz { .. } => false,
            PgType::Bpchar { .. } | PgType::Citext | PgType::Varchar => false,
        },
        SqlType::Numeric { .. } | SqlType::Float | SqlType::Double | SqlType::Bool => true,
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Text { .. }
        | SqlType::Binary
        | SqlType::Date
        | SqlType::Time { .. }
        | SqlType::Timestamp { .. }
        | SqlType::TimestamptzSqlite
        | SqlType::Json
        | SqlType::Jsonb
        | SqlType::Enum(_)
        | SqlType::Custom(_)
        | SqlType::My(_) => false,
    }
}

fn is_special(of: &SqlType) -> bool {
    matches!(of, SqlType::Pg(_))
}
