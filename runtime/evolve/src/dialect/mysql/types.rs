//! Diesel's SQL types as MySQL and MariaDB spell them.

use diesel_autogen_schema::facts::mysql::Kept;
use diesel_autogen_schema::{MyType, Size, SqlType, Width};

use super::quote::string;

/// How the type is declared.
pub fn spelled(of: &SqlType) -> String {
    match of {
        SqlType::SmallInt => "SMALLINT".into(),
        SqlType::Integer => "INT".into(),
        SqlType::BigInt => "BIGINT".into(),
        SqlType::Float => "FLOAT".into(),
        SqlType::Double => "DOUBLE".into(),
        SqlType::Numeric { precision: Some(p), scale } => {
            format!("DECIMAL({p}, {})", scale.unwrap_or(0))
        }
        SqlType::Numeric { precision: None, scale: _ } => "DECIMAL".into(),
        SqlType::Bool => "TINYINT(1)".into(),
        SqlType::Text { max_length: None } => "TEXT".into(),
        SqlType::Text { max_length: Some(n) } => format!("VARCHAR({n})"),
        SqlType::Binary => "BLOB".into(),
        SqlType::Date => "DATE".into(),
        SqlType::Time { precision } => digits("TIME", *precision),
        SqlType::Timestamp { precision } => digits("TIMESTAMP", *precision),
        // No model of a package for MySQL has one.
        SqlType::TimestamptzSqlite => "TIMESTAMP".into(),
        SqlType::Json | SqlType::Jsonb => "JSON".into(),
        SqlType::Enum(of) => {
            let labels: Vec<String> = of.labels.iter().map(|it| string(&it.name)).collect();
            format!("ENUM({})", labels.join(", "))
        }
        SqlType::Custom(of) => of.sql.clone().into_owned(),
        SqlType::Pg(of) => of.diesel_name().to_ascii_uppercase(),
        SqlType::My(of) => special(*of),
    }
}

/// A word and the digits of a second's fraction.
pub(crate) fn digits(word: &str, precision: Option<u32>) -> String {
    match precision {
        Some(0) | None => word.to_owned(),
        Some(precision) => format!("{word}({precision})"),
    }
}

fn special(of: MyType) -> String {
    match of {
        MyType::TinyInt => "TINYINT".into(),
        MyType::Unsigned(Width::Tiny) => "TINYINT UNSIGNED".into(),
        MyType::Unsigned(Width::Small) => "SMALLINT UNSIGNED".into(),
        MyType::Unsigned(Width::Normal) => "INT UNSIGNED".into(),
        MyType::Unsigned(Width::Big) => "BIGINT UNSIGNED".into(),
        MyType::Char { length } => format!("CHAR({length})"),
        MyType::Text(Size::Tiny) => "TINYTEXT".into(),
        MyType::Text(Size::Medium) => "MEDIUMTEXT".into(),
        MyType::Text(Size::Long) => "LONGTEXT".into(),
        MyType::Binary { length } => format!("BINARY({length})"),
        MyType::Varbinary { length } => format!("VARBINARY({length})"),
        MyType::Blob(Size::Tiny) => "TINYBLOB".into(),
        MyType::Blob(Size::Medium) => "MEDIUMBLOB".into(),
        MyType::Blob(Size::Long) => "LONGBLOB".into(),
        MyType::Bit { length } => format!("BIT({length})"),
        MyType::Datetime { precision } => digits("DATETIME", precision),
    }
}

/// What a type is like, as far as the server treats types alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A number, or a truth value.
    Number,
    /// Text of a length that is kept in the row.
    Text,
    /// Text that is kept beside the row.
    LongText,
    /// Bytes that are kept in the row.
    Bytes,
    /// Bytes that are kept beside the row.
    LongBytes,
    /// A calendar date.
    Date,
    /// A time of day.
    Time,
    /// A date and a time, with the digits of the fraction.
    Moment(Option<u32>),
    /// JSON.
    Json,
    /// One of a list of labels.
    Enum,
    /// Nobody knows.
    Other,
}

pub(crate) fn kind(of: &SqlType) -> Kind {
    match of {
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Float
        | SqlType::Double
        | SqlType::Numeric { .. }
        | SqlType::Bool
        | SqlType::My(MyType::TinyInt | MyType::Unsigned(_) | MyType::Bit { .. }) => Kind::Number,
        SqlType::Text { max_length: Some(_) } | SqlType::My(MyType::Char { .. }) => Kind::Text,
        SqlType::Text { max_length: None } | SqlType::My(MyType::Text(_)) => Kind::LongText,
        SqlType::My(MyType::Binary { .. } | MyType::Varbinary { .. }) => Kind::Bytes,
        SqlType::Binary | SqlType::My(MyType::Blob(_)) => Kind::LongBytes,
        SqlType::Date => Kind::Date,
        SqlType::Time { .. } => Kind::Time,
        SqlType::Timestamp { precision } | SqlType::My(MyType::Datetime { precision }) => {
            Kind::Moment(*precision)
        }
        SqlType::TimestamptzSqlite => Kind::Moment(None),
        SqlType::Json | SqlType::Jsonb => Kind::Json,
        SqlType::Enum(_) => Kind::Enum,
        SqlType::Custom(_) | SqlType::Pg(_) => Kind::Other,
    }
}

/// Whether columns of the type have a character set and a collation.
pub(crate) fn is_text(of: &SqlType) -> bool {
    matches!(kind(of), Kind::Text | Kind::LongText | Kind::Enum)
}

/// Whether the server makes values of the one type of values of the other, of some at least: a
/// shape is told by texts and bytes and by nothing else.
pub(crate) fn is_castable(before: &SqlType, after: &SqlType) -> bool {
    let tells = |of: &SqlType| match kind(of) {
        Kind::Number | Kind::Date | Kind::Time | Kind::Moment(_) => false,
        Kind::Text | Kind::LongText | Kind::Bytes | Kind::LongBytes => true,
        Kind::Json | Kind::Enum => true,
        Kind::Other => is_shape(of),
    };
    match (is_shape(before), is_shape(after)) {
        (false, false) => true,
        (true, _) => tells(after),
        (false, true) => tells(before),
    }
}

fn is_shape(of: &SqlType) -> bool {
    Kept::of(of) == Kept::Shape
}

/// A value of the type that stands for "nothing known": what a required column that comes back
/// without its data is filled with. `None` where nobody knows one.
pub(crate) fn blank(of: &SqlType) -> Option<String> {
    Some(match kind(of) {
        Kind::Number => "0".into(),
        Kind::Text | Kind::LongText | Kind::Bytes | Kind::LongBytes => "''".into(),
        Kind::Date => "'1970-01-01'".into(),
        Kind::Time => "'00:00:00'".into(),
        // A second later is the first that a TIMESTAMP can be, in whatever zone.
        Kind::Moment(_) => "'1970-01-02 00:00:00'".into(),
        Kind::Json => "'null'".into(),
        Kind::Enum => {
            let label = of.enumeration()?.labels.first()?;
            string(&label.name)
        }
        Kind::Other => return None,
    })
}

/// Whether a number can stand in for a value of the type.
pub(crate) fn is_numbered(of: &SqlType) -> bool {
    match of {
        SqlType::Bool => false,
        _ => matches!(kind(of), Kind::Number | Kind::Text | Kind::LongText | Kind::Bytes),
    }
}
