//! From `syn` to facts: what a model struct, an enum or a newtype says about the database.
//!
//! This crate must not know files, configuration, the snapshot or how anything is quoted. Two
//! drivers use it: rustc through the derive macros, and the command line's source reader. Every
//! mistake of an item is reported, each at its token.

mod attributes;
mod db_enum;
mod db_type;
mod derives;
mod dialect;
mod errors;
mod imports;
mod literals;
mod model;
mod naming;
mod rust_type;
mod schema_file;
mod spans;

pub use db_enum::{EnumItem, db_enum};
pub use db_type::{TypeItem, db_type};
pub use derives::{is_enum, is_model, is_type};
pub use diesel_autogen_schema::drift::Fact;
pub use model::{
    ColumnItem, Field, ForeignKeyItem, ModelItem, Reference, Sizes, TableItem, Target, model,
    sketch,
};
pub use rust_type::ColumnType;
pub use schema_file::{FileColumn, FileTable, FileType, SchemaFile};
pub use spans::Spans;
