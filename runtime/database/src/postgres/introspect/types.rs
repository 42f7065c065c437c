//! The server's types to Diesel's.

use diesel_autogen_schema::{Custom, PgType, RangeOf, SqlType};

use super::Reader;
use super::row::Column;

/// The type of a column.
pub(super) fn of(reader: &Reader<'_>, column: &Column) -> SqlType {
    let one = match reader.enums.get(&column.type_oid) {
        Some(of) => SqlType::Enum(of.clone()),
        None => plain(column).unwrap_or_else(|| custom(&column.type_text)),
    };
    if column.is_array { SqlType::array(one) } else { one }
}

/// Lengths are kept with four more for a header.
const HEADER: i32 = 4;

fn plain(column: &Column) -> Option<SqlType> {
    let name = column.type_name.as_str();
    if !column.type_is_builtin {
        return (name == "citext").then_some(SqlType::Pg(PgType::Citext));
    }
    let modifier = Some(column.modifier).filter(|it| *it >= 0);
    let digits = modifier.and_then(|it| u32::try_from(it).ok());
    let length = modifier.and_then(|it| u32::try_from(it - HEADER).ok());
    Some(match name {
        "int2" => SqlType::SmallInt,
        "int4" => SqlType::Integer,
        "int8" => SqlType::BigInt,
        "float4" => SqlType::Float,
        "float8" => SqlType::Double,
        "numeric" => return numeric(modifier),
        "bool" => SqlType::Bool,
        "text" => SqlType::TEXT,
        "varchar" => match length {
            Some(_) => SqlType::Text { max_length: length },
            None => SqlType::Pg(PgType::Varchar),
        },
        // Without a length it takes any, which `char` does not.
        "bpchar" => SqlType::Pg(PgType::Bpchar { length: Some(length?) }),
        "bytea" => SqlType::Binary,
        "date" => SqlType::Date,
        "time" => SqlType::Time { precision: digits },
        "timestamp" => SqlType::Timestamp { precision: digits },
        "timestamptz" => SqlType::Pg(PgType::Timestamptz { precision: digits }),
        "json" => SqlType::Json,
        "jsonb" => SqlType::Jsonb,
        "interval" if modifier.is_some() => return None,
        _ => SqlType::Pg(special(name)?),
    })
}

fn special(name: &str) -> Option<PgType> {
    Some(match name {
        "char" => PgType::CChar,
        "cidr" => PgType::Cidr,
        "inet" => PgType::Inet,
        "interval" => PgType::Interval,
        "macaddr" => PgType::MacAddr,
        "macaddr8" => PgType::MacAddr8,
        "money" => PgType::Money,
        "oid" => PgType::Oid,
        "pg_lsn" => PgType::PgLsn,
        "uuid" => PgType::Uuid,
        _ => {
            let of = |word: &str| {
                Some(match word {
                    "int4" => RangeOf::Int4,
                    "int8" => RangeOf::Int8,
                    "num" => RangeOf::Num,
                    "ts" => RangeOf::Ts,
                    "tstz" => RangeOf::Tstz,
                    "date" => RangeOf::Date,
                    _ => return None,
                })
            };
            if let Some(word) = name.strip_suffix("multirange") {
                return of(word).map(PgType::Multirange);
            }
            return of(name.strip_suffix("range")?).map(PgType::Range);
        }
    })
}

/// `None` for a scale that facts cannot say.
fn numeric(modifier: Option<i32>) -> Option<SqlType> {
    let Some(packed) = modifier.map(|it| it - HEADER) else {
        return Some(SqlType::Numeric { precision: None, scale: None });
    };
    let (precision, scale) = ((packed >> 16) & 0xffff, packed & 0x7ff);
    // Since release 15 a scale may be negative: eleven bits with a sign.
    let scale = (scale ^ 1024) - 1024;
    let scale = u32::try_from(scale).ok()?;
    // No scale is a scale of nothing.
    let scale = Some(scale).filter(|it| *it > 0);
    Some(SqlType::Numeric { precision: u32::try_from(precision).ok(), scale })
}

/// A type as the server writes it, with the name that a Rust type of it would have:
/// `auth."user kind"(3)` becomes `UserKind`.
fn custom(text: &str) -> SqlType {
    let mut bare = String::new();
    let mut quoted = false;
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            '(' if !quoted => break,
            '.' if !quoted => bare.clear(),
            _ => bare.push(letter),
        }
    }
    let name: String = bare
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(|part| {
            let mut letters = part.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            first.chain(letters).collect::<String>()
        })
        .collect();
    SqlType::Custom(Custom { name: name.into(), sql: text.to_owned().into() })
}
