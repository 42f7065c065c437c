//! Which types of PostgreSQL's Diesel reads and writes, and from what.

use diesel_autogen_schema::{Dialect, PgType, RangeOf, SqlType};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, PathSegment, Type};

use crate::rust_type::{self, ColumnType, is, last, only_argument, option, ungrouped};

/// The type that a Rust type stands for.
pub(crate) fn mapped(ty: &Type) -> syn::Result<Option<ColumnType>> {
    let known = |of: PgType| Some(ColumnType::Known(SqlType::Pg(of)));
    Ok(match ty {
        Type::Array(array) if is(Some(&array.elem), "u8") => match length(&array.len) {
            Some(6) => known(PgType::MacAddr),
            Some(8) => known(PgType::MacAddr8),
            Some(_) | None => None,
        },
        Type::Tuple(_) => bounds(ty)?.map(|of| ColumnType::Known(SqlType::Pg(PgType::Range(of)))),
        _ => match last(ty) {
            Some(segment) if segment.ident == "Vec" => list(segment)?,
            Some(segment) => by_name(segment)?.map(ColumnType::Known),
            None => None,
        },
    })
}

fn length(length: &Expr) -> Option<u32> {
    match length {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse().ok(),
        _ => None,
    }
}

/// What the range is over that a `(Bound<T>, Bound<T>)` is.
fn bounds(ty: &Type) -> syn::Result<Option<RangeOf>> {
    let Type::Tuple(tuple) = ungrouped(ty) else { return Ok(None) };
    let ends: Vec<&Type> = tuple
        .elems
        .iter()
        .filter_map(|end| last(ungrouped(end)))
        .filter(|end| end.ident == "Bound")
        .filter_map(only_argument)
        .map(ungrouped)
        .collect();
    let [from, to] = ends[..] else { return Ok(None) };
    if from.to_token_stream().to_string() != to.to_token_stream().to_string() {
        return Err(syn::Error::new(ty.span(), "both ends of a range have one type"));
    }
    let of = last(from).map(|segment| segment.ident.to_string());
    Ok(Some(match of.as_deref() {
        Some("i32") => RangeOf::Int4,
        Some("i64") => RangeOf::Int8,
        Some("BigDecimal" | "PgNumeric") => RangeOf::Num,
        Some("NaiveDateTime" | "PrimitiveDateTime" | "PgTimestamp") => RangeOf::Ts,
        Some("DateTime" | "OffsetDateTime") => RangeOf::Tstz,
        Some("NaiveDate" | "Date" | "PgDate") => RangeOf::Date,
        _ => {
            return Err(syn::Error::new(
                from.span(),
                "Diesel reads no range of this type: it is `i32`, `i64`, `BigDecimal`, a date, or \
                 a date and time",
            ));
        }
    }))
}

/// `Vec<u8>`, `Vec<T>` and `Vec<Option<T>>`.
fn list(segment: &PathSegment) -> syn::Result<Option<ColumnType>> {
    let Some(of) = only_argument(segment).map(ungrouped) else { return Ok(None) };
    if is(Some(of), "u8") {
        return Ok(Some(ColumnType::Known(SqlType::Binary)));
    }
    if let Some(kind) = bounds(of)? {
        let (range, multirange) = (PgType::Range(kind), PgType::Multirange(kind));
        let (range, multirange) = (range.diesel_name(), multirange.diesel_name());
        return Err(syn::Error::new(
            segment.span(),
            format!(
                "Diesel reads this from a multirange and from a list of ranges: say \
                 `#[column(sql_type = diesel::sql_types::{multirange})]`, or \
                 `#[column(sql_type = diesel::sql_types::Array<diesel::sql_types::{range}>)]`"
            ),
        ));
    }
    let (of, holds_null) = match option(of) {
        Some(inner) => (ungrouped(inner), true),
        None => (of, false),
    };
    let inner = rust_type::required(of, Dialect::Postgres)?;
    of_lists(of, &inner)?;
    Ok(Some(ColumnType::List { of: Box::new(inner), holds_null }))
}

fn of_lists(at: &Type, of: &ColumnType) -> syn::Result<()> {
    match of {
        ColumnType::List { .. } => {
            Err(syn::Error::new(at.span(), "Diesel reads no list of lists: keep it as Jsonb"))
        }
        ColumnType::Known(_) | ColumnType::Own { .. } | ColumnType::Named(_) => Ok(()),
    }
}

fn by_name(segment: &PathSegment) -> syn::Result<Option<SqlType>> {
    Ok(Some(match segment.ident.to_string().as_str() {
        "i16" => SqlType::SmallInt,
        "i32" => SqlType::Integer,
        "i64" => SqlType::BigInt,
        "u32" => SqlType::Pg(PgType::Oid),
        "u8" => SqlType::Pg(PgType::CChar),
        "f32" => SqlType::Float,
        "f64" => SqlType::Double,
        "bool" => SqlType::Bool,
        "String" => SqlType::TEXT,
        "NaiveDate" | "Date" | "PgDate" => SqlType::Date,
        "NaiveTime" | "Time" | "PgTime" => SqlType::TIME,
        "NaiveDateTime" | "PrimitiveDateTime" | "PgTimestamp" | "SystemTime" => SqlType::TIMESTAMP,
        "OffsetDateTime" => SqlType::Pg(PgType::Timestamptz { precision: None }),
        "DateTime" => {
            let zone = only_argument(segment);
            if !is(zone, "Utc") && !is(zone, "Local") {
                return Err(syn::Error::new(
                    segment.span(),
                    "Diesel reads only `DateTime<Utc>` and `DateTime<Local>` from PostgreSQL",
                ));
            }
            SqlType::Pg(PgType::Timestamptz { precision: None })
        }
        "Duration" | "TimeDelta" | "PgInterval" => SqlType::Pg(PgType::Interval),
        "Value" => SqlType::Jsonb,
        "Uuid" => SqlType::Pg(PgType::Uuid),
        "BigDecimal" | "Decimal" | "PgNumeric" => SqlType::Numeric { precision: None, scale: None },
        "PgMoney" | "Cents" => SqlType::Pg(PgType::Money),
        "IpNetwork" | "IpNet" => SqlType::Pg(PgType::Inet),
        "PgLsn" => SqlType::Pg(PgType::PgLsn),
        _ => return Ok(None),
    }))
}

/// Why a well-known Rust type has no column, as the end of a sentence.
pub(crate) fn unmapped(rust: &str) -> Option<&'static str> {
    Some(match rust {
        "i8" | "u16" => " (the next wider one is `i16` or `i32`)",
        "u64" | "usize" | "isize" | "i128" | "u128" => {
            " (the widest one is `i64`; more digits has `BigDecimal`)"
        }
        "char" | "str" | "Cow" | "PathBuf" | "OsString" | "Url" => " (text is `String`)",
        "HashMap" | "BTreeMap" => " (a map can be `serde_json::Value`)",
        "HashSet" | "BTreeSet" | "VecDeque" | "Box" | "Rc" | "Arc" => " (a list is `Vec<T>`)",
        "IpAddr" | "Ipv4Addr" | "Ipv6Addr" | "SocketAddr" => {
            " (an address is `ipnetwork::IpNetwork` or `ipnet::IpNet`)"
        }
        "MacAddress" => " (a hardware address is `[u8; 6]`)",
        "Range" | "RangeInclusive" | "RangeFrom" | "RangeTo" | "RangeToInclusive" => {
            " (a range is `(Bound<T>, Bound<T>)`)"
        }
        _ => return None,
    })
}

/// Whether Diesel reads text from `other` as well.
pub(crate) fn also(own: &SqlType, other: &SqlType) -> bool {
    let text = matches!(own, SqlType::Text { .. });
    text && matches!(
        other,
        SqlType::Text { .. }
            | SqlType::Pg(PgType::Bpchar { .. } | PgType::Citext | PgType::Varchar)
    )
}

/// How the server spells a type of its own that Diesel does not have.
pub(crate) fn spelled(name: &str) -> Option<&'static str> {
    const OWN: [&str; 15] = [
        "bit",
        "box",
        "circle",
        "jsonpath",
        "line",
        "lseg",
        "path",
        "point",
        "polygon",
        "regclass",
        "tsquery",
        "tsvector",
        "txid_snapshot",
        "varbit",
        "xml",
    ];
    OWN.into_iter().find(|own| own.eq_ignore_ascii_case(name))
}

/// `Array<T>`, `Array<Nullable<T>>`, `Range<T>` and `Multirange<T>`; `type_name` spells the
/// element.
pub(crate) fn parametric(
    segment: &PathSegment,
    of: &Type,
    type_name: Option<&str>,
) -> syn::Result<ColumnType> {
    let of = ungrouped(of);
    let inner = rust_type::declared(of, type_name, Dialect::Postgres)?;
    let name = segment.ident.to_string();
    if name == "Array" {
        of_lists(of, &inner.ty)?;
        return Ok(ColumnType::List { of: Box::new(inner.ty), holds_null: inner.nullable });
    }
    let kind = match &inner.ty {
        ColumnType::Known(known) => range_of(known),
        ColumnType::Own { .. } | ColumnType::Named(_) | ColumnType::List { .. } => None,
    };
    let known = |of: PgType| Ok(ColumnType::Known(SqlType::Pg(of)));
    match (name.as_str(), kind.filter(|_| !inner.nullable)) {
        ("Range", Some(kind)) => known(PgType::Range(kind)),
        ("Multirange", Some(kind)) => known(PgType::Multirange(kind)),
        ("Range" | "Multirange", None) => Err(syn::Error::new(
            of.span(),
            "the server has no range of this type; name one of your own, and say how the database \
             spells it with `type_name = \"…\"`",
        )),
        _ => Err(syn::Error::new(
            segment.span(),
            format!("`{name}<…>` is none of Diesel's types on PostgreSQL"),
        )),
    }
}

fn range_of(ty: &SqlType) -> Option<RangeOf> {
    Some(match ty {
        SqlType::Integer => RangeOf::Int4,
        SqlType::BigInt => RangeOf::Int8,
        SqlType::Numeric { .. } => RangeOf::Num,
        SqlType::Timestamp { .. } => RangeOf::Ts,
        SqlType::Pg(PgType::Timestamptz { .. }) => RangeOf::Tstz,
        SqlType::Date => RangeOf::Date,
        _ => return None,
    })
}
