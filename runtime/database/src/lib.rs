//! Live databases: what they hold, how migrations reach them, and whether a migration does what
//! its plan says.
//!
//! This crate must not know where models are declared, how files are laid out or what a terminal
//! is; it talks to databases.
//!
//! - [`sqlite::introspect`] tells what a database holds as facts, [`sqlite::dump`] as text,
//! - [`sqlite::Scratch`] is an in-memory database to try a migration on, and [`sqlite::seed`]
//!   makes rows for it,
//! - [`sqlite::prove`] runs a migration there and compares what it leaves with what it claims,
//! - [`Database`] is a database of the user's, to which Diesel's runner applies migrations.

mod database;
mod error;
mod ident;
mod proof;
mod seed;
pub mod sqlite;
mod value;

pub use database::{Database, without_secrets};
pub use error::Error;
pub use value::Value;
