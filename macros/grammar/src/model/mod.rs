//! A model struct: its attributes, what they mean together, and the table they make.

mod actions;
mod add;
mod attributes;
mod beside;
mod build;
mod column;
mod exclude;
mod extras;
mod keys;
mod methods;
mod mysql;
mod on_struct;
mod reference;
mod release;
mod resolve;
mod rules;
mod sizes;
mod suffix;
mod table;
mod validate;

use diesel_autogen_schema::{
    Action, Column, Deferrable, Dialect, Extras, Identity, SqlType, Table,
};
use proc_macro2::Span;
use syn::{DeriveInput, Ident, Path, Type};

pub use reference::{Reference, Target};
pub use sizes::Sizes;
pub(crate) use sizes::sized;

use crate::rust_type::ColumnType;
use crate::schema_file::SchemaFile;
use crate::spans::Spans;

/// Reads the item that a `#[derive(Model)]` stands on, for an engine. When the application keeps its `table!`s in
/// a file, what the item does not say about its columns is taken from there.
///
/// # Errors
/// Every mistake in it, each at its token.
pub fn model(
    input: &DeriveInput,
    file: Option<&SchemaFile>,
    dialect: Dialect,
) -> Result<ModelItem, Vec<syn::Error>> {
    build::build(input, file, dialect)
}

/// What can be made of an item that has mistakes: its table and columns, so that code which names
/// them still compiles and the mistakes are all that a user sees. A column of unknown type is text.
pub fn sketch(
    input: &DeriveInput,
    file: Option<&SchemaFile>,
    dialect: Dialect,
) -> Option<ModelItem> {
    build::sketch(input, file, dialect)
}

/// A table as one struct declares it. What only other items know (types of the user's, names of
/// referenced tables) is still open: see [`ModelItem::resolve`].
#[derive(Clone)]
pub struct ModelItem {
    /// The engine that it is for.
    pub dialect: Dialect,
    /// The struct.
    pub ident: Ident,
    /// The table's names.
    pub table: TableItem,
    /// Columns: the fields in their order, then the hidden ones.
    pub columns: Vec<ColumnItem>,
    /// Foreign keys, targets as written.
    pub foreign_keys: Vec<ForeignKeyItem>,
    /// Every other fact of the table; its columns and foreign keys are empty.
    pub facts: Table,
    /// Where each fact is declared.
    pub spans: Spans,
}

/// How a table is called in Rust and in SQL.
#[derive(Clone)]
pub struct TableItem {
    /// What `#[diesel(table_name = …)]` says.
    pub path: Option<Path>,
    /// Name of the `table!` module: the last segment of the path, or what Diesel infers.
    pub ident: Ident,
    /// The schema that it is in, unless it is the one in which the engine looks first.
    pub schema: Option<String>,
    /// Name in the database.
    pub sql_name: String,
}

/// One column.
#[derive(Clone)]
pub struct ColumnItem {
    /// Name in Rust; a hidden column has only the one in the database.
    pub name: String,
    /// Its field; a hidden column has none.
    pub field: Option<Field>,
    /// Its type.
    pub ty: ColumnType,
    /// What a schema file says about a column whose `ty` is [`ColumnType::Named`]: its SQL type
    /// unless the Rust type has a derive of ours, or why there is none then.
    pub beside: Option<Result<SqlType, String>>,
    /// Its facts. `sql_type` and `identity` mean nothing while `ty` is [`ColumnType::Named`]: see
    /// [`ColumnItem::settle`].
    pub facts: Column,
    /// What the column becomes when its type turns out to be an integer.
    pub identity: Option<Identity>,
    /// Parameters for the type.
    pub sizes: Sizes,
    /// Name of the field, or the `hidden` key.
    pub span: Span,
}

/// The field of a column.
#[derive(Clone)]
pub struct Field {
    /// Name of the field.
    pub ident: Ident,
    /// Name of the column in `table!`.
    pub column: Ident,
    /// The type that Diesel reads, without `Option`: the field's, or
    /// `#[diesel(deserialize_as = …)]`.
    pub reads: Type,
    /// The type that Diesel writes, without `Option`: the field's, or
    /// `#[diesel(serialize_as = …)]`.
    pub writes: Type,
}

/// One foreign key.
#[derive(Clone)]
pub struct ForeignKeyItem {
    /// Name, given or deterministic.
    pub name: String,
    /// SQL names of the referencing columns.
    pub columns: Vec<String>,
    /// What they refer to, as written.
    pub reference: Reference,
    /// What happens when the referenced row is deleted.
    pub on_delete: Action,
    /// What happens when the referenced key changes.
    pub on_update: Action,
    /// When it is checked.
    pub deferrable: Deferrable,
    /// What only some engines can say about it.
    pub extras: Extras,
    /// Whether Diesel may join the two tables by it.
    pub join: bool,
}
