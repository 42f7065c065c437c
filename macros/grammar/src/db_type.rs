use diesel_autogen_schema::{Dialect, SqlType};
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Field, Fields, Ident, Path, Type};

use crate::attributes::{At, entries, once};
use crate::db_enum::public;
use crate::errors::Errors;
use crate::model::{Sizes, sized};
use crate::rust_type::{self, ColumnType};

/// A newtype as one item declares it.
#[derive(Clone)]
pub struct TypeItem {
    /// The struct.
    pub ident: Ident,
    /// The type of its one field.
    pub inner: Type,
    /// The SQL type of that field, still open when it is a type of the user's.
    pub ty: ColumnType,
    /// Parameters for the type.
    pub sizes: Sizes,
    /// The engine that it is for.
    pub dialect: Dialect,
}

impl TypeItem {
    /// The facts of the type. `types` finds the SQL type behind a type of the user's.
    ///
    /// # Errors
    /// What `types` does not find, and parameters that the type does not take.
    pub fn resolve(
        &self,
        types: impl FnOnce(&Path) -> Result<SqlType, syn::Error>,
    ) -> Result<SqlType, syn::Error> {
        let known = match self.ty.named() {
            Some(path) => self.ty.facts(types(path)?),
            None => self.ty.facts(SqlType::TEXT),
        };
        let sized = sized(known, self.sizes, self.dialect);
        sized.map_err(|message| syn::Error::new(self.ident.span(), message))
    }
}

/// Reads the item that a `#[derive(DbType)]` stands on, for an engine.
///
/// # Errors
/// Every mistake in it, each at its token.
pub fn db_type(input: &DeriveInput, dialect: Dialect) -> Result<TypeItem, Vec<syn::Error>> {
    let mut errors = Errors::default();
    let Some(field) = newtype(&input.data) else {
        errors
            .at(input.ident.span(), "`DbType` is for a struct round one value: `struct Id(i64);`");
        return Err(errors.into_vec());
    };
    public(&input.vis, &input.ident, &mut errors);
    if !input.generics.params.is_empty() {
        errors.at(input.generics.span(), "a database type takes no parameters");
    }
    let Written { sql_type, type_name, sizes } = written(input, &mut errors);
    let mapped = match &sql_type {
        Some(ty) => rust_type::declared(ty, type_name.as_deref(), dialect),
        None => rust_type::map(&field.ty, dialect),
    };
    let Some(mapped) = errors.keep(mapped) else { return Err(errors.into_vec()) };
    if mapped.nullable {
        errors.at(field.ty.span(), "the field that has the type says `Option`, not the type");
    }
    let item = TypeItem {
        ident: input.ident.clone(),
        inner: field.ty.clone(),
        ty: mapped.ty,
        sizes,
        dialect,
    };
    if item.ty.named().is_none() {
        let known = |path: &Path| Err(syn::Error::new(path.span(), "unknown type"));
        errors.keep(item.resolve(known));
    }
    errors.finish(item)
}

/// What `#[db_type(…)]` says.
struct Written {
    sql_type: Option<Type>,
    type_name: Option<String>,
    sizes: Sizes,
}

fn written(input: &DeriveInput, errors: &mut Errors) -> Written {
    let (mut sql_type, mut type_name) = (None, None);
    let (mut max_length, mut precision, mut scale) = (None, None, None);
    for entry in entries(&input.attrs, "db_type", errors) {
        match entry.key.as_str() {
            "sql_type" => {
                let parser = |input: ParseStream| input.parse::<Type>();
                let ty = entry.parse(errors, "diesel::sql_types::Timestamp", parser);
                once(&mut sql_type, &entry, ty, errors);
            }
            "type_name" => {
                let text = entry.text(errors);
                once(&mut type_name, &entry, text, errors);
            }
            "max_length" | "precision" | "scale" => {
                let slot = match entry.key.as_str() {
                    "max_length" => &mut max_length,
                    "precision" => &mut precision,
                    _ => &mut scale,
                };
                let number = entry.number(errors);
                once(slot, &entry, number, errors);
            }
            _ => entry.unknown(
                errors,
                "db_type",
                &["sql_type", "type_name", "max_length", "precision", "scale"],
            ),
        }
    }
    let value = |it: Option<At<u32>>| it.map(|it| it.value);
    let sizes =
        Sizes { max_length: value(max_length), precision: value(precision), scale: value(scale) };
    let sql_type = sql_type.map(|ty: At<Type>| ty.value);
    Written { sql_type, type_name: type_name.map(|name: At<String>| name.value), sizes }
}

fn newtype(data: &Data) -> Option<&Field> {
    match data {
        Data::Struct(data) => match &data.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => fields.unnamed.first(),
            Fields::Unnamed(_) | Fields::Named(_) | Fields::Unit => None,
        },
        Data::Enum(_) | Data::Union(_) => None,
    }
}
