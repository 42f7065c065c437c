//! Which SQL type a Rust type stands for.

use diesel_autogen_schema::{Custom, Dialect, SqlType};
use syn::spanned::Spanned;
use syn::{GenericArgument, Path, PathArguments, PathSegment, Type};

use crate::dialect;

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
    /// A list of values of one type.
    List {
        /// Their type.
        of: Box<ColumnType>,
        /// Whether Diesel reads an element as an `Option`. To the database every list is alike.
        holds_null: bool,
    },
}

impl ColumnType {
    /// The type of the user's that it is, or is a list of, when only a derive knows its facts.
    pub fn named(&self) -> Option<&Path> {
        match self {
            ColumnType::Known(_) | ColumnType::Own { .. } => None,
            ColumnType::Named(path) => Some(path),
            ColumnType::List { of, holds_null: _ } => of.named(),
        }
    }

    /// The facts, when [`ColumnType::named`] is, or would be, this.
    pub fn facts(&self, named: SqlType) -> SqlType {
        match self {
            ColumnType::Known(known) => known.clone(),
            ColumnType::Own { path: _, facts } => SqlType::Custom(facts.clone()),
            ColumnType::Named(_) => named,
            ColumnType::List { of, holds_null: _ } => SqlType::array(of.facts(named)),
        }
    }

    /// The type of one value when there are parameters for it.
    pub(crate) fn innermost(&mut self) -> &mut ColumnType {
        match self {
            ColumnType::List { of, holds_null: _ } => of.innermost(),
            own => own,
        }
    }
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
pub(crate) fn map(ty: &Type, dialect: Dialect) -> syn::Result<Mapped> {
    let ty = ungrouped(ty);
    match option(ty) {
        None => Ok(Mapped { nullable: false, ty: required(ty, dialect)?, beside: None }),
        Some(inner) => {
            let ty = required(once(ty, inner)?, dialect)?;
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
    /// A list of values of a type, which may be an `Option`.
    List(Type),
    /// Anything else, by its name if it has a plain one. The compiler knows whether it fits.
    Open(Option<Path>),
}

/// Whether the type is an `Option`, and what is inside.
pub(crate) fn classify(ty: &Type, dialect: Dialect) -> syn::Result<(bool, Class)> {
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
    let class = match dialect::mapped(dialect, inner) {
        Ok(Some(ColumnType::List { .. })) => match only_argument(segment) {
            Some(of) => Class::List(of.clone()),
            None => Class::Open(None),
        },
        Ok(Some(ColumnType::Known(known))) if is_closed(segment) => Class::Closed(known),
        Ok(None) => plain.map_or(Class::Open(None), |path| Class::Named(path.clone())),
        Ok(Some(_)) | Err(_) => Class::Open(plain.cloned()),
    };
    Ok((nullable, class))
}

fn is_closed(segment: &PathSegment) -> bool {
    let closed = ["i16", "i32", "i64", "f32", "f64", "bool", "String", "Vec"];
    closed.iter().any(|name| segment.ident == name)
}

fn borrowed(ty: &Type) -> syn::Error {
    syn::Error::new(
        ty.span(),
        "a model owns its values: use `String` or `Vec<u8>` in place of a reference",
    )
}

/// The SQL type of a type that is no `Option`.
pub(crate) fn required(ty: &Type, dialect: Dialect) -> syn::Result<ColumnType> {
    if let Type::Reference(_) = ty {
        return Err(borrowed(ty));
    }
    if let Some(mapped) = dialect::mapped(dialect, ty)? {
        return Ok(mapped);
    }
    let path = match ty {
        Type::Path(path) if path.qself.is_none() => &path.path,
        _ => return Err(no_column(ty)),
    };
    let Some(segment) = path.segments.last() else { return Err(no_column(ty)) };
    let name = segment.ident.to_string();
    if let Some(reason) = dialect::unmapped(dialect, &name) {
        return Err(syn::Error::new(
            ty.span(),
            format!(
                "Diesel maps `{name}` to no {dialect} type{reason}; name another with \
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

pub(crate) fn last(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) if path.qself.is_none() => path.path.segments.last(),
        _ => None,
    }
}

pub(crate) fn only_argument(segment: &PathSegment) -> Option<&Type> {
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

pub(crate) fn is(ty: Option<&Type>, name: &str) -> bool {
    ty.and_then(|ty| last(ungrouped(ty))).is_some_and(|segment| segment.ident == name)
}

/// The SQL type that `sql_type = path` names, and whether the path says `Nullable<…>`.
/// `type_name` is the database's spelling of a type that is not Diesel's.
pub(crate) fn declared(
    ty: &Type,
    type_name: Option<&str>,
    dialect: Dialect,
) -> syn::Result<Mapped> {
    let ty = ungrouped(ty);
    let (Type::Path(path), Some(segment)) = (ty, last(ty)) else { return Err(no_path(ty)) };
    if segment.ident == "Nullable" {
        let inner = nullable(ty).ok_or_else(|| no_path(ty))?;
        return Ok(Mapped { nullable: true, ..declared(inner, type_name, dialect)? });
    }
    let mapped = |ty| Mapped { nullable: false, ty, beside: None };
    if let Some(of) = only_argument(segment)
        && let Some(found) = dialect::parametric(dialect, segment, of, type_name)
    {
        return found.map(mapped);
    }
    let name = segment.ident.to_string();
    let own = |sql: &str| ColumnType::Own {
        path: Some(path.path.clone()),
        facts: Custom { name: name.clone().into(), sql: sql.to_owned().into() },
    };
    let spelled = dialect::spelled(dialect, &name);
    let ty = match (type_name, dialect::known(dialect, &name), spelled) {
        (Some(sql), _, _) | (None, None, Some(sql)) => own(sql),
        (None, Some(known), _) => ColumnType::Known(known),
        (None, None, None) => {
            let message = format!(
                "`{name}` is none of Diesel's types on {dialect}; if it is your own, say how the \
                 database spells it with `type_name = \"…\"`"
            );
            return Err(syn::Error::new(ty.span(), message));
        }
    };
    Ok(mapped(ty))
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
