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
        SqlType::Numeric { precision, scale } => {
            SqlType::Numeric { precision, scale: scale.or(Some(0)) }
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
