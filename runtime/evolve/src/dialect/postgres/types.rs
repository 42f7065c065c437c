//! Diesel's SQL types as PostgreSQL spells them, and how values get from one to another.

use diesel_autogen_schema::{PgType, RangeOf, SqlType};

use super::quote::type_name;

/// How the type is declared.
pub fn spelled(of: &SqlType) -> String {
    let digits = |word: &str, precision: &Option<u32>| match precision {
        Some(precision) => format!("{word}({precision})"),
        None => word.to_owned(),
    };
    match of {
        SqlType::SmallInt => "SMALLINT".into(),
        SqlType::Integer => "INTEGER".into(),
        SqlType::BigInt => "BIGINT".into(),
        SqlType::Float => "REAL".into(),
        SqlType::Double => "DOUBLE PRECISION".into(),
        SqlType::Numeric { precision: Some(p), scale: Some(s) } => format!("NUMERIC({p}, {s})"),
        SqlType::Numeric { precision: Some(p), scale: None } => format!("NUMERIC({p})"),
        SqlType::Numeric { precision: None, scale: _ } => "NUMERIC".into(),
        SqlType::Bool => "BOOLEAN".into(),
        SqlType::Text { max_length: None } => "TEXT".into(),
        SqlType::Text { max_length: Some(n) } => format!("VARCHAR({n})"),
        SqlType::Binary => "BYTEA".into(),
        SqlType::Date => "DATE".into(),
        SqlType::Time { precision } => digits("TIME", precision),
        SqlType::Timestamp { precision } => digits("TIMESTAMP", precision),
        SqlType::Pg(PgType::Timestamptz { precision }) => digits("TIMESTAMPTZ", precision),
        // No model of a package for PostgreSQL has one.
        SqlType::TimestamptzSqlite => "TIMESTAMPTZ".into(),
        SqlType::Json => "JSON".into(),
        SqlType::Jsonb => "JSONB".into(),
        SqlType::Enum(of) => type_name(of),
        SqlType::Custom(of) => of.sql.clone().into_owned(),
        SqlType::Pg(of) => special(of),
        // No model of a package for PostgreSQL has one.
        SqlType::My(of) => of.diesel_name().to_ascii_uppercase(),
    }
}

fn special(of: &PgType) -> String {
    match of {
        PgType::Array(of) => return format!("{}[]", spelled(of)),
        PgType::Bpchar { length: Some(length) } => return format!("CHAR({length})"),
        PgType::Multirange(of) => return format!("{}MULTIRANGE", range(*of)),
        PgType::Range(of) => return format!("{}RANGE", range(*of)),
        PgType::Timestamptz { precision: Some(precision) } => {
            return format!("TIMESTAMPTZ({precision})");
        }
        PgType::Bpchar { length: None } => "CHAR",
        PgType::CChar => "\"char\"",
        PgType::Cidr => "CIDR",
        PgType::Citext => "CITEXT",
        PgType::Inet => "INET",
        PgType::Interval => "INTERVAL",
        PgType::MacAddr => "MACADDR",
        PgType::MacAddr8 => "MACADDR8",
        PgType::Money => "MONEY",
        PgType::Oid => "OID",
        PgType::PgLsn => "PG_LSN",
        PgType::Timestamptz { precision: None } => "TIMESTAMPTZ",
        PgType::Uuid => "UUID",
        PgType::Varchar => "VARCHAR",
    }
    .to_owned()
}

fn range(of: RangeOf) -> &'static str {
    match of {
        RangeOf::Int4 => "INT4",
        RangeOf::Int8 => "INT8",
        RangeOf::Num => "NUM",
        RangeOf::Ts => "TS",
        RangeOf::Tstz => "TSTZ",
        RangeOf::Date => "DATE",
    }
}

/// The type without its parameters: two columns of one base are compared by the same operators,
/// and what was written about one still says the same about the other.
pub(crate) fn base(of: &SqlType) -> String {
    let spelled = spelled(of);
    match of {
        SqlType::Enum(_) => spelled,
        SqlType::Custom(_) => {
            let bare = spelled.split('(').next().unwrap_or_default().trim();
            bare.to_ascii_lowercase()
        }
        SqlType::Pg(PgType::Array(of)) => format!("{}[]", base(of)),
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Float
        | SqlType::Double
        | SqlType::Numeric { .. }
        | SqlType::Bool
        | SqlType::Text { .. }
        | SqlType::Binary
        | SqlType::Date
        | SqlType::Time { .. }
        | SqlType::Timestamp { .. }
        | SqlType::TimestamptzSqlite
        | SqlType::Json
        | SqlType::Jsonb
        | SqlType::Pg(_)
        | SqlType::My(_) => spelled.split('(').next().unwrap_or_default().to_owned(),
    }
}

/// What values of a type are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Integer,
    Number,
    Money,
    Text,
    Bool,
    Date,
    Time,
    Timestamp,
    Timestamptz,
    Json,
    Enum,
    Array,
    Address,
    Hardware,
    Oid,
    Other,
}

fn kind(of: &SqlType) -> Kind {
    match of {
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => Kind::Integer,
        SqlType::Float | SqlType::Double | SqlType::Numeric { .. } => Kind::Number,
        SqlType::Text { .. } => Kind::Text,
        SqlType::Bool => Kind::Bool,
        SqlType::Date => Kind::Date,
        SqlType::Time { .. } => Kind::Time,
        SqlType::Timestamp { .. } => Kind::Timestamp,
        SqlType::TimestamptzSqlite => Kind::Timestamptz,
        SqlType::Json | SqlType::Jsonb => Kind::Json,
        SqlType::Enum(_) => Kind::Enum,
        SqlType::Binary | SqlType::Custom(_) | SqlType::My(_) => Kind::Other,
        SqlType::Pg(of) => match of {
            PgType::Array(_) => Kind::Array,
            PgType::Bpchar { .. } | PgType::Citext | PgType::Varchar => Kind::Text,
            PgType::Cidr | PgType::Inet => Kind::Address,
            PgType::MacAddr | PgType::MacAddr8 => Kind::Hardware,
            PgType::Money => Kind::Money,
            PgType::Oid => Kind::Oid,
            PgType::Timestamptz { .. } => Kind::Timestamptz,
            PgType::CChar
            | PgType::Interval
            | PgType::Multirange(_)
            | PgType::PgLsn
            | PgType::Range(_)
            | PgType::Uuid => Kind::Other,
        },
    }
}

/// The value of a column after its type changed, as SQL over the old value; `None` where
/// PostgreSQL converts it by itself. Times without a zone are taken to be in UTC, as Diesel's users
/// have them, whatever the session's zone is.
pub(crate) fn converted(value: &str, from: &SqlType, to: &SqlType) -> Option<String> {
    let spelled_to = spelled(to);
    match (kind(from), kind(to)) {
        (_, _) if base(from) == base(to) => None,
        (Kind::Array, Kind::Text) => None,
        (Kind::Array, Kind::Array) => Some(format!("{value}::{spelled_to}")),
        (_, Kind::Array) => {
            let of = match to {
                SqlType::Pg(PgType::Array(of)) => Some(&**of),
                _ => None,
            };
            let element = of.and_then(|of| converted(value, from, of));
            let element = element.unwrap_or_else(|| value.to_owned());
            let one = format!("ARRAY[{element}]::{spelled_to}");
            Some(match (kind(from), of.map(kind)) {
                (Kind::Json, Some(of)) if !matches!(of, Kind::Json | Kind::Text) => {
                    listed(value, from, &spelled_to, &one)
                }
                (_, _) => format!("CASE WHEN {value} IS NOT NULL THEN {one} END"),
            })
        }
        (_, Kind::Text) => None,
        (Kind::Text, _) => Some(format!("{value}::{spelled_to}")),
        (Kind::Integer | Kind::Number, Kind::Integer | Kind::Number)
        | (Kind::Integer | Kind::Oid, Kind::Integer | Kind::Oid | Kind::Money)
        | (Kind::Json, Kind::Json)
        | (Kind::Address, Kind::Address)
        | (Kind::Hardware, Kind::Hardware)
        | (Kind::Timestamp, Kind::Date | Kind::Time)
        | (Kind::Date, Kind::Timestamp) => None,
        (Kind::Bool, Kind::Integer | Kind::Number) => Some(format!("{value}::INTEGER")),
        (Kind::Integer | Kind::Number, Kind::Bool) => Some(format!("{value} <> 0")),
        (Kind::Number, Kind::Money) | (Kind::Money, Kind::Number | Kind::Integer) => {
            Some(format!("{value}::NUMERIC"))
        }
        (Kind::Timestamp, Kind::Timestamptz)
        | (Kind::Timestamptz, Kind::Timestamp | Kind::Date | Kind::Time) => {
            Some(format!("{value} AT TIME ZONE 'UTC'"))
        }
        (Kind::Date, Kind::Timestamptz) => Some(format!("{value}::TIMESTAMP AT TIME ZONE 'UTC'")),
        // A text in a document is written without its quotes.
        (Kind::Json, _) => Some(format!("({value} #>> '{{}}')::{spelled_to}")),
        (_, Kind::Json) if spelled_to == "JSONB" => Some(format!("to_jsonb({value})")),
        (_, Kind::Json) => Some(format!("to_json({value})")),
        // Every type can be read from what it is written as, if anything can.
        (_, _) => Some(format!("{value}::TEXT::{spelled_to}")),
    }
}

/// A document as a list of what are no documents: one that is a list is that list, any other is the
/// one thing in it, and `null` is NULL, as it is in place of one thing.
fn listed(value: &str, from: &SqlType, to: &str, one: &str) -> String {
    let (kind, text) = match spelled(from).as_str() {
        "JSONB" => (format!("jsonb_typeof({value})"), format!("{value}::TEXT")),
        // Its text has blanks wherever somebody wrote them.
        _ => (format!("json_typeof({value})"), format!("{value}::JSONB::TEXT")),
    };
    let items = format!("regexp_replace({text}, '^\\[(.*)\\]$', '{{\\1}}')::{to}");
    format!("CASE WHEN {kind} = 'array' THEN {items} WHEN {kind} <> 'null' THEN {one} END")
}

/// Whether a change of type leaves rows as they lie on disk.
pub(crate) fn stays_on_disk(from: &SqlType, to: &SqlType) -> bool {
    let fits = |a: &Option<u32>, b: &Option<u32>| match (a, b) {
        (_, None) => true,
        (Some(a), Some(b)) => a <= b,
        (None, Some(_)) => false,
    };
    match (from, to) {
        (a, b) if spelled(a) == spelled(b) => true,
        (SqlType::Text { max_length: a }, SqlType::Text { max_length: b })
        | (SqlType::Time { precision: a }, SqlType::Time { precision: b })
        | (SqlType::Timestamp { precision: a }, SqlType::Timestamp { precision: b })
        | (
            SqlType::Pg(PgType::Timestamptz { precision: a }),
            SqlType::Pg(PgType::Timestamptz { precision: b }),
        ) => fits(a, b),
        (SqlType::Text { max_length: _ }, SqlType::Pg(PgType::Varchar))
        | (SqlType::Pg(PgType::Varchar), SqlType::Text { max_length: None }) => true,
        (
            SqlType::Numeric { precision: a, scale: s },
            SqlType::Numeric { precision: b, scale: t },
        ) => b.is_none() || (fits(a, b) && s.unwrap_or(0) == t.unwrap_or(0)),
        (_, _) => false,
    }
}

/// A value of the type that stands for "nothing known": what a required column that comes back
/// without its data is filled with. `None` where nobody knows one.
pub(crate) fn blank(of: &SqlType) -> Option<String> {
    let text = |text: &str| Some(format!("'{text}'"));
    match of {
        SqlType::Enum(of) => of.labels.first().map(|label| super::quote::string(&label.name)),
        SqlType::Binary | SqlType::Text { .. } => text(""),
        SqlType::Bool => Some("FALSE".into()),
        SqlType::Date => text("1970-01-01"),
        SqlType::Time { .. } => text("00:00:00"),
        SqlType::Timestamp { .. } => text("1970-01-01 00:00:00"),
        SqlType::TimestamptzSqlite => text("1970-01-01 00:00:00+00"),
        SqlType::Json | SqlType::Jsonb => text("null"),
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Float
        | SqlType::Double
        | SqlType::Numeric { .. } => Some("0".into()),
        SqlType::Custom(_) | SqlType::My(_) => None,
        SqlType::Pg(of) => match of {
            PgType::Array(_) | PgType::Multirange(_) => text("{}"),
            PgType::Bpchar { .. } | PgType::Citext | PgType::Varchar | PgType::CChar => text(""),
            PgType::Cidr => text("0.0.0.0/0"),
            PgType::Inet => text("0.0.0.0"),
            PgType::Interval => text("0"),
            PgType::MacAddr => text("00:00:00:00:00:00"),
            PgType::MacAddr8 => text("00:00:00:00:00:00:00:00"),
            PgType::Money | PgType::Oid => Some("0".into()),
            PgType::PgLsn => text("0/0"),
            PgType::Range(_) => text("empty"),
            PgType::Timestamptz { .. } => text("1970-01-01 00:00:00+00"),
            PgType::Uuid => text("00000000-0000-0000-0000-000000000000"),
        },
    }
}

/// A value of the type that differs from row to row, made of the row's number.
pub(crate) fn numbered(of: &SqlType, number: &str) -> Option<String> {
    match kind(of) {
        Kind::Integer | Kind::Number | Kind::Oid => Some(number.to_owned()),
        Kind::Text => Some(format!("{number}::TEXT")),
        Kind::Other if matches!(of, SqlType::Pg(PgType::Uuid)) => {
            Some(format!("lpad({number}::TEXT, 32, '0')::UUID"))
        }
        Kind::Other if matches!(of, SqlType::Binary) => {
            Some(format!("convert_to({number}::TEXT, 'UTF8')"))
        }
        Kind::Date => Some(format!("'1970-01-01'::DATE + {number}::INTEGER")),
        Kind::Timestamp | Kind::Timestamptz => Some(format!("to_timestamp({number})")),
        Kind::Money
        | Kind::Bool
        | Kind::Time
        | Kind::Json
        | Kind::Enum
        | Kind::Array
        | Kind::Address
        | Kind::Hardware
        | Kind::Other => None,
    }
}
