//! Which SQL type a Rust type stands for.

use diesel_autogen_schema::{Custom, SqlType};
use syn::spanned::Spanned;
use syn::{GenericArgument, Path, PathArguments, PathSegment, Type};

use crate::sqlite;

/// The SQL type of a column, as far as tokens say it.
#[derive(Clone)]
pub enum ColumnType {
    /// One of Diesel's, with its parameters.
    Known(SqlType),
    /// A Diesel SQL type of the user's, by path, and its facts.
    Own {
        /// The path as written, or `None` when only a schema file writes it.
        path: Option<Path>,
        /// What the facts say about it.
        facts: Custom,
    },
    /// A type of the user's that is its own SQL type: its `DbEnum` or `DbType` derive knows.
    Named(Path),
}

/// A Rust type as a column sees it.
pub(crate) struct Mapped {
    pub(crate) nullable: bool,
    pub(crate) ty: ColumnType,
    /// See `ColumnItem::beside`.
    pub(crate) beside: Option<Result<SqlType, String>>,
}

/// The type inside the invisible group in which `macro_rules` hands over a `$ty:ty`.
pub(crate) fn ungrouped(mut ty: &Type) -> &Type {
    loop {
        match ty {
            Type::Group(group) => ty = &group.elem,
            Type::Paren(paren) => ty = &paren.elem,
            _ => return ty,
        }
    }
}

/// The type inside `Option<…>`, if it is one.
pub(crate) fn option(ty: &Type) -> Option<&Type> {
    let segment = last(ungrouped(ty))?;
    if segment.ident != "Option" {
        return None;
    }
    only_argument(segment)
}

/// The SQL type of a field's type.
pub(crate) fn map(ty: &Type) -> syn::Result<Mapped> {
    let ty = ungrouped(ty);
    match option(ty) {
        None => Ok(Mapped { nullable: false, ty: required(ty)?, beside: None }),
        Some(inner) => {
            let ty = required(once(ty, inner)?)?;
            Ok(Mapped { nullable: true, ty, beside: None })
        }
    }
}

/// The type inside an `Option` that is no `Option` itself.
fn once<'a>(ty: &Type, inner: &'a Type) -> syn::Result<&'a Type> {
    if option(inner).is_some() {
        return Err(syn::Error::new(
            ty.span(),
            "a column is NULL or is not: `Option<Option<…>>` belongs into a changeset",
        ));
    }
    Ok(ungrouped(inner))
}

/// What a field's type says about its column when a schema file says what its SQL type is.
pub(crate) enum Class {
    /// A type of the language's: Diesel's list of the SQL types that it can have is closed.
    Closed(SqlType),
    /// A type that may have a derive of ours.
    Named(Path),
    /// Anything else, by its name if it has a plain one. The compiler knows whether it fits.
    Open(Option<Path>),
}

/// Whether the type is an `Option`, and what is inside.
pub(crate) fn classify(ty: &Type) -> syn::Result<(bool, Class)> {
    let ty = ungrouped(ty);
    let (nullable, inner) = match option(ty) {
        Some(inner) => (true, once(ty, inner)?),
        None => (false, ty),
    };
    let path = match inner {
        Type::Path(path) if path.qself.is_none() => &path.path,
        Type::Reference(_) => return Err(borrowed(inner)),
        _ => return Ok((nullable, Class::Open(None))),
    };
    let Some(segment) = path.segments.last() else { return Ok((nullable, Class::Open(None))) };
    let plain = Some(path).filter(|_| segment.arguments.is_none());
    let class = match known(segment) {
        Ok(Some(known)) if is_closed(segment) => Class::Closed(known),
        Ok(None) => plain.map_or(Class::Open(None), |path| Class::Named(path.clone())),
        Ok(Some(_)) | Err(_) => Class::Open(plain.cloned()),
    };
    Ok((nullable, class))
}

fn is_closed(segment: &PathSegment) -> bool {
    let closed = ["i16", "i32", "i64", "f32", "f64", "bool", "String", "Vec"];
    closed.iter().any(|name| segment.ident == name)
}

/// Whether Diesel reads a type of the language's, which is `own` by rule, from `other` as well.
pub(crate) fn also(own: &SqlType, other: &SqlType) -> bool {
    let text = matches!(own, SqlType::Text { .. });
    own.diesel_name() == other.diesel_name()
        || (text
            && matches!(
                other,
                SqlType::Date
                    | SqlType::Time { .. }
                    | SqlType::Timestamp { .. }
                    | SqlType::TimestamptzSqlite
            ))
}

fn borrowed(ty: &Type) -> syn::Error {
    syn::Error::new(
        ty.span(),
        "a model owns its values: use `String` or `Vec<u8>` in place of a reference",
    )
}

/// The SQL type of a type that is no `Option`.
pub(crate) fn required(ty: &Type) -> syn::Result<ColumnType> {
    let path = match ty {
        Type::Path(path) if path.qself.is_none() => &path.path,
        Type::Reference(_) => return Err(borrowed(ty)),
        _ => return Err(no_column(ty)),
    };
    let Some(segment) = path.segments.last() else { return Err(no_column(ty)) };
    if let Some(known) = known(segment)? {
        return Ok(ColumnType::Known(known));
    }
    let name = segment.ident.to_string();
    if let Some(reason) = sqlite::unmapped(&name) {
        return Err(syn::Error::new(
            ty.span(),
            format!(
                "Diesel maps `{name}` to no SQLite type{reason}; name another with \
                 `#[column(sql_type = …)]`, or wrap it in a newtype with `#[derive(DbType)]`"
            ),
        ));
    }
    match segment.arguments {
        PathArguments::None => Ok(ColumnType::Named(path.clone())),
        PathArguments::AngleBracketed(_) | PathArguments::Parenthesized(_) => Err(no_column(ty)),
    }
}

fn no_column(ty: &Type) -> syn::Error {
    syn::Error::new(
        ty.span(),
        "no SQL type is known for this Rust type; name one with `#[column(sql_type = …)]`",
    )
}

/// The types that Diesel reads from and writes to SQLite, by the last segment of their path.
fn known(segment: &PathSegment) -> syn::Result<Option<SqlType>> {
    Ok(Some(match segment.ident.to_string().as_str() {
        "i16" => SqlType::SmallInt,
        "i32" => SqlType::Integer,
        "i64" => SqlType::BigInt,
        "f32" => SqlType::Float,
        "f64" => SqlType::Double,
        "bool" => SqlType::Bool,
        "String" => SqlType::Text { max_length: None },
        "Vec" if is(only_argument(segment), "u8") => SqlType::Binary,
        "NaiveDate" | "Date" => SqlType::Date,
        "NaiveTime" | "Time" => SqlType::TIME,
        "NaiveDateTime" | "PrimitiveDateTime" => SqlType::TIMESTAMP,
        "OffsetDateTime" => SqlType::TimestamptzSqlite,
        "DateTime" => {
            let zone = only_argument(segment);
            if !is(zone, "Utc") && !is(zone, "Local") {
                return Err(syn::Error::new(
                    segment.span(),
                    "Diesel reads only `DateTime<Utc>` and `DateTime<Local>` from SQLite",
                ));
            }
            SqlType::TimestamptzSqlite
        }
        "Value" => SqlType::Json,
        "BigDecimal" => SqlType::Numeric { precision: None, scale: None },
        _ => return Ok(None),
    }))
}

fn last(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) if path.qself.is_none() => path.path.segments.last(),
        _ => None,
    }
}

fn only_argument(segment: &PathSegment) -> Option<&Type> {
    match &segment.arguments {
        PathArguments::AngleBracketed(list) => {
            let mut types = list.args.iter().filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            });
            types.next().filter(|_| list.args.len() == 1)
        }
        PathArguments::None | PathArguments::Parenthesized(_) => None,
    }
}

fn is(ty: Option<&Type>, name: &str) -> bool {
    ty.and_then(|ty| last(ungrouped(ty))).is_some_and(|segment| segment.ident == name)
}

/// The SQL type that `sql_type = path` names, and whether the path says `Nullable<…>`.
/// `type_name` is the database's spelling of a type that is not Diesel's.
pub(crate) fn declared(ty: &Type, type_name: Option<&str>) -> syn::Result<Mapped> {
    let ty = ungrouped(ty);
    let (Type::Path(path), Some(segment)) = (ty, last(ty)) else { return Err(no_path(ty)) };
    if segment.ident == "Nullable" {
        let inner = nullable(ty).ok_or_else(|| no_path(ty))?;
        return Ok(Mapped { nullable: true, ..declared(inner, type_name)? });
    }
    let name = segment.ident.to_string();
    let ty = match (type_name, sqlite::known(&name)) {
        (Some(sql), _) => ColumnType::Own {
            path: Some(path.path.clone()),
            facts: Custom { name: name.into(), sql: sql.to_owned().into() },
        },
        (None, Some(known)) => ColumnType::Known(known),
        (None, None) => {
            let message = format!(
                "`{name}` is none of Diesel's types on SQLite; if it is your own, say how the \
                 database spells it with `type_name = \"…\"`"
            );
            return Err(syn::Error::new(ty.span(), message));
        }
    };
    Ok(Mapped { nullable: false, ty, beside: None })
}

/// The SQL type inside `Nullable<…>`, if it is one.
pub(crate) fn nullable(ty: &Type) -> Option<&Type> {
    let segment = last(ty)?;
    if segment.ident != "Nullable" {
        return None;
    }
    only_argument(segment).map(ungrouped)
}

fn no_path(ty: &Type) -> syn::Error {
    syn::Error::new(ty.span(), "expected the path of a Diesel SQL type")
}
