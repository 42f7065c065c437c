//! Which types of MySQL's Diesel reads and writes, and from what.

use diesel_autogen_schema::{MyType, SqlType, Width};
use syn::spanned::Spanned;
use syn::{PathSegment, Type};

use crate::rust_type::{ColumnType, is, last, only_argument, ungrouped};

/// The type that a Rust type stands for, by the last segment of its path.
pub(crate) fn mapped(ty: &Type) -> Option<SqlType> {
    let segment = last(ty)?;
    let unsigned = |width| SqlType::My(MyType::Unsigned(width));
    Some(match segment.ident.to_string().as_str() {
        "i8" => SqlType::My(MyType::TinyInt),
        "i16" => SqlType::SmallInt,
        "i32" => SqlType::Integer,
        "i64" => SqlType::BigInt,
        "u8" => unsigned(Width::Tiny),
        "u16" => unsigned(Width::Small),
        "u32" => unsigned(Width::Normal),
        "u64" => unsigned(Width::Big),
        "f32" => SqlType::Float,
        "f64" => SqlType::Double,
        "bool" => SqlType::Bool,
        "String" => SqlType::TEXT,
        "Vec" if is(only_argument(segment), "u8") => SqlType::Binary,
        "NaiveDate" | "Date" => SqlType::Date,
        "NaiveTime" | "Time" => SqlType::TIME,
        // Of the two that Diesel reads it from, the one that ends in 9999 and not in 2038.
        "NaiveDateTime" | "PrimitiveDateTime" | "OffsetDateTime" | "MysqlTime" => {
            SqlType::My(MyType::Datetime { precision: None })
        }
        "Value" => SqlType::Json,
        "BigDecimal" => SqlType::Numeric { precision: None, scale: None },
        _ => return None,
    })
}

/// The types that say by their name that they have a length. None is no length yet.
pub(crate) fn known(name: &str) -> Option<SqlType> {
    Some(SqlType::My(match name {
        "Char" => MyType::Char { length: 1 },
        "Bit" => MyType::Bit { length: 1 },
        "Binary" => MyType::Binary { length: 0 },
        "VarBinary" | "Varbinary" => MyType::Varbinary { length: 0 },
        _ => return None,
    }))
}

/// Most digits of a number, and most of them behind the point: MySQL itself has 30 there.
const MOST_DIGITS: u32 = 65;
const MOST_BEHIND: u32 = 38;

/// Most characters of a text, or bytes, that are filled up to their length.
const MOST_OF_CHAR: u32 = 255;

const MOST_BITS: u32 = 64;

/// Most bytes that are kept in their row.
const MOST_BYTES: u32 = 65_532;

/// The type as the server keeps it: what it does by itself is not said.
pub(crate) fn settled(ty: SqlType) -> Result<SqlType, String> {
    let digits = |precision: Option<u32>| precision.filter(|digits| *digits > 0);
    Ok(match ty {
        SqlType::My(MyType::Binary { length: 0 }) => SqlType::Binary,
        SqlType::My(MyType::Varbinary { length: 0 }) => {
            return Err("a Varbinary has a `max_length`; without one it is a Blob".to_owned());
        }
        SqlType::Numeric { precision: None, scale: _ } => {
            return Err(
                "MySQL keeps no digits behind the point of a Numeric that says none: give \
                        it `precision` and `scale`"
                    .to_owned(),
            );
        }
        SqlType::Numeric { precision: Some(precision), .. } if precision > MOST_DIGITS => {
            return Err(format!("a Numeric has at most {MOST_DIGITS} digits here"));
        }
        SqlType::Numeric { precision: _, scale: Some(scale) } if scale > MOST_BEHIND => {
            return Err(format!(
                "a Numeric has at most {MOST_BEHIND} digits behind the point here"
            ));
        }
        SqlType::Numeric { precision, scale } => {
            SqlType::Numeric { precision, scale: scale.or(Some(0)) }
        }
        SqlType::My(MyType::Char { length }) if length > MOST_OF_CHAR => {
            let most = MOST_OF_CHAR;
            return Err(format!("a Char has at most {most} characters: a longer text is no Char"));
        }
        SqlType::My(MyType::Binary { length }) if length > MOST_OF_CHAR => {
            let most = MOST_OF_CHAR;
            return Err(format!("a Binary has at most {most} bytes: more are a Varbinary"));
        }
        SqlType::My(MyType::Bit { length }) if length > MOST_BITS => {
            return Err(format!("a Bit has at most {MOST_BITS} of them"));
        }
        SqlType::My(MyType::Varbinary { length }) if length > MOST_BYTES => {
            let most = MOST_BYTES;
            return Err(format!("a Varbinary has at most {most} bytes: more are a Mediumblob"));
        }
        SqlType::Time { precision } => SqlType::Time { precision: digits(precision) },
        SqlType::Timestamp { precision } => SqlType::Timestamp { precision: digits(precision) },
        SqlType::My(MyType::Datetime { precision }) => {
            SqlType::My(MyType::Datetime { precision: digits(precision) })
        }
        other => other,
    })
}

/// Why a well-known Rust type has no column, as the end of a sentence.
pub(crate) fn unmapped(rust: &str) -> Option<&'static str> {
    Some(match rust {
        "usize" => " (the widest one is `u64`)",
        "isize" | "i128" | "u128" => " (the widest one is `i64`; more digits has `BigDecimal`)",
        "char" | "str" | "Cow" | "PathBuf" | "OsString" | "Url" => " (text is `String`)",
        "Uuid" => " (keep it as bytes: `Vec<u8>` with `sql_type = Binary, max_length = 16`)",
        "DateTime" | "SystemTime" => " (a date and a time are `NaiveDateTime`)",
        "Duration" | "TimeDelta" | "PgInterval" => " (keep it as a number)",
        "Decimal" => " (an exact number is `BigDecimal`)",
        "Vec" | "HashMap" | "BTreeMap" | "HashSet" | "BTreeSet" => {
            " (bytes are `Vec<u8>`, anything else can be `serde_json::Value`)"
        }
        "IpNetwork" | "IpNet" | "IpAddr" | "MacAddress" => " (keep it as text)",
        _ => return None,
    })
}

/// Whether Diesel reads a type of the language's from `other` as well: it takes text of every
/// size for text, and bytes for bytes.
pub(crate) fn also(own: &SqlType, other: &SqlType) -> bool {
    let text = |of: &SqlType| {
        matches!(of, SqlType::Text { .. } | SqlType::My(MyType::Char { .. } | MyType::Text(_)))
    };
    let bytes = |of: &SqlType| match of {
        SqlType::Binary => true,
        SqlType::My(of) => matches!(
            of,
            MyType::Binary { .. } | MyType::Varbinary { .. } | MyType::Blob(_) | MyType::Bit { .. }
        ),
        _ => false,
    };
    (text(own) && text(other)) || (bytes(own) && bytes(other))
}

/// How the server spells a type of its own that Diesel does not have.
pub(crate) fn spelled(name: &str) -> Option<&'static str> {
    const OWN: [&str; 11] = [
        "geometry",
        "geometrycollection",
        "inet4",
        "inet6",
        "linestring",
        "multilinestring",
        "multipoint",
        "multipolygon",
        "point",
        "polygon",
        "year",
    ];
    OWN.into_iter().find(|own| own.eq_ignore_ascii_case(name))
}

/// `Unsigned<T>`.
pub(crate) fn parametric(segment: &PathSegment, of: &Type) -> syn::Result<ColumnType> {
    let of = ungrouped(of);
    if segment.ident != "Unsigned" {
        return Err(syn::Error::new(
            segment.span(),
            format!("`{}<…>` is none of Diesel's types on MySQL", segment.ident),
        ));
    }
    let name = last(of).map(|segment| segment.ident.to_string()).unwrap_or_default();
    let width = match name.as_str() {
        "TinyInt" | "Tinyint" => Width::Tiny,
        "SmallInt" | "Smallint" | "Int2" => Width::Small,
        "Integer" | "Int4" => Width::Normal,
        "BigInt" | "Bigint" | "Int8" => Width::Big,
        _ => return Err(syn::Error::new(of.span(), "only integers are unsigned")),
    };
    Ok(ColumnType::Known(SqlType::My(MyType::Unsigned(width))))
}
