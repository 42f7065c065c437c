//! Derive macros of diesel_autogen: quoting only.
//!
//! What attributes mean is known to the grammar, what differs from the last migration to the diff.
//! This crate must not know SQL, and never writes a file.

mod db_enum;
mod db_type;
mod embed;
mod model;
mod own_type;
mod project;
mod quoting;
mod schema;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct a table: emits Diesel's `table!`, the facts, and a warning for every fact that
/// no migration covers yet.
#[proc_macro_derive(Model, attributes(model, column, diesel))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    model::expand(&input).into()
}

/// Makes an enum of unit variants a column type.
#[proc_macro_derive(DbEnum, attributes(db_enum))]
pub fn derive_db_enum(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    db_enum::expand(&input).into()
}

/// Makes a newtype a column type of its own.
#[proc_macro_derive(DbType, attributes(db_type))]
pub fn derive_db_type(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    db_type::expand(&input).into()
}

/// Lists the models of a package: `schema!(User, Team)`.
#[proc_macro]
pub fn schema(input: TokenStream) -> TokenStream {
    schema::expand(input.into()).into()
}

/// The migrations of the package as they are now: `embed!()`, or `embed!("migrations")` for a
/// directory that the manifest does not name.
#[proc_macro]
pub fn embed(input: TokenStream) -> TokenStream {
    embed::expand(input.into()).into()
}
