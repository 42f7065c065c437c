//! Diesel's own attributes, as far as they say something about the table.

use diesel_autogen_schema::{Dialect, Order, PUBLIC};
use proc_macro2::{Span, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Ident, LitStr, Path, Type};

use super::TableItem;
use super::keys::{self, Key};
use crate::attributes::{At, Entry, Value, entries, once};
use crate::errors::{Errors, did_you_mean};
use crate::naming;

/// What `#[diesel(…)]` says on the struct.
pub(super) struct DieselTable {
    pub(super) path: Option<At<Path>>,
    pub(super) primary_key: Option<At<Vec<Key>>>,
}

/// Reads `#[diesel(…)]` on a struct. What it does not need is Diesel's to check.
pub(super) fn diesel_table(
    attrs: &[Attribute],
    dialect: Dialect,
    errors: &mut Errors,
) -> DieselTable {
    let mut found = DieselTable { path: None, primary_key: None };
    for entry in entries(attrs, "diesel", &mut Errors::default()) {
        match (entry.key.as_str(), &entry.value) {
            ("table_name", _) => {
                let path = entry.parse(errors, "users", Path::parse_mod_style);
                once(&mut found.path, &entry, path, errors);
            }
            ("primary_key", Value::List(list)) => {
                let key = keys::columns(list.clone(), dialect, errors);
                once(&mut found.primary_key, &entry, Some(key), errors);
            }
            _ => misspelled(&entry, &["table_name", "primary_key"], &STRUCT_KEYS, errors),
        }
    }
    found
}

/// Keys of Diesel's that say nothing about the table.
const STRUCT_KEYS: [&str; 17] = [
    "aggregate",
    "base_query",
    "base_query_type",
    "belongs_to",
    "check_for_backend",
    "foreign_derive",
    "mysql_type",
    "not_sized",
    "postgres_type",
    "primary_key",
    "serialize_as",
    "deserialize_as",
    "sql_type",
    "sqlite_type",
    "table_name",
    "treat_none_as_default_value",
    "treat_none_as_null",
];

/// Keys of Diesel's on fields that say nothing about the column.
const FIELD_KEYS: [&str; 5] = [
    "column_name",
    "skip_insertion",
    "skip_update",
    "treat_none_as_default_value",
    "treat_none_as_null",
];

/// That a key is not one of those that name things, misspelled: a struct may have no derive of
/// Diesel's that would tell.
fn misspelled(entry: &Entry, wanted: &[&'static str], known: &[&str], errors: &mut Errors) {
    if known.contains(&entry.key.as_str()) {
        return;
    }
    let hint = did_you_mean(&entry.key, wanted.iter().copied());
    if !hint.is_empty() {
        errors.at(entry.span, format_args!("`{}` is no key of `#[diesel(…)]`{hint}", entry.key));
    }
}

/// The names of a struct's table.
pub(super) fn table_item(
    model: &Ident,
    path: Option<At<Path>>,
    schema: Option<&At<String>>,
    sql_name: Option<&At<String>>,
) -> TableItem {
    let path = path.map(|path| path.value);
    let last = path.as_ref().and_then(|path| path.segments.last()).map(|last| last.ident.clone());
    let ident = last.unwrap_or_else(|| {
        let inferred = naming::table(&model.unraw().to_string());
        naming::ident(&inferred, model.span()).unwrap_or_else(|| model.clone())
    });
    let sql_name = sql_name.map_or_else(|| ident.unraw().to_string(), |name| name.value.clone());
    let schema = schema.map(|schema| schema.value.clone()).filter(|schema| schema != PUBLIC);
    TableItem { path, ident, schema, sql_name }
}

/// What `#[diesel(…)]` says on a field.
#[derive(Default)]
pub(super) struct DieselField {
    pub(super) column_name: Option<At<Ident>>,
    pub(super) sql_type: Option<At<Type>>,
    pub(super) reads: Option<At<Type>>,
    pub(super) writes: Option<At<Type>>,
    /// Whether the field is no column at all, which was told.
    pub(super) no_column: bool,
}

/// Reads `#[diesel(…)]` on a field.
pub(super) fn diesel_field(attrs: &[Attribute], errors: &mut Errors) -> DieselField {
    let mut found = DieselField::default();
    let ty = |input: ParseStream| input.parse::<Type>();
    for entry in entries(attrs, "diesel", &mut Errors::default()) {
        match entry.key.as_str() {
            "column_name" => {
                let name = entry.parse(errors, "email", column_name);
                once(&mut found.column_name, &entry, name, errors);
            }
            "sql_type" => {
                let value = entry.parse(errors, "diesel::sql_types::Text", ty);
                once(&mut found.sql_type, &entry, value, errors);
            }
            "deserialize_as" => {
                let value = entry.parse(errors, "String", ty);
                once(&mut found.reads, &entry, value, errors);
            }
            "serialize_as" => {
                let value = entry.parse(errors, "String", ty);
                once(&mut found.writes, &entry, value, errors);
            }
            "embed" => {
                found.no_column = true;
                errors.at(
                    entry.span,
                    "an embedded struct hides its columns from the schema: list them here, and \
                     embed it in a struct for queries",
                );
            }
            "select_expression" | "select_expression_type" => {
                found.no_column = true;
                errors.at(
                    entry.span,
                    "a computed field is no column: put it in a struct for queries",
                );
            }
            _ => misspelled(&entry, &["column_name"], &FIELD_KEYS, errors),
        }
    }
    found
}

/// A name, or a string that is one.
fn column_name(input: ParseStream) -> syn::Result<Ident> {
    if input.peek(syn::LitStr) {
        let text: LitStr = input.parse()?;
        return naming::ident(&text.value(), text.span())
            .ok_or_else(|| syn::Error::new(text.span(), "no identifier"));
    }
    match input.parse::<TokenTree>()? {
        TokenTree::Ident(ident) => Ok(ident),
        other => Err(syn::Error::new(other.span(), "no identifier")),
    }
}

/// The key columns when nothing names them: `id`.
pub(super) fn default_key(span: Span) -> Key {
    Key { name: "id".to_owned(), span, order: Order::Asc, extras: Vec::new() }
}
