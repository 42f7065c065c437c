//! Live databases: what they hold, how migrations reach them, and whether a migration does what
//! its plan says.
//!
//! This crate must not know where models are declared, how files are laid out or what a terminal
//! is; it talks to databases.
//!
//! - [`Database`] is a database of the user's, to which Diesel's runner applies migrations,
//! - [`Server`] makes [`Scratch`] databases to try a migration on,
//! - both tell what they hold as facts (`live`) and as text (`dump`),
//! - [`seed`] makes rows for a scratch database, and [`prove`] runs a migration there and compares
//!   what it leaves with what it claims.
//!
//! An engine is a folder; PostgreSQL's is behind the feature `postgres`, that of MySQL and MariaDB
//! behind `mysql`.

mod database;
mod dump;
mod error;
mod ident;
#[cfg(feature = "mysql")]
pub mod mysql;
#[cfg(feature = "postgres")]
pub mod postgres;
mod proof;
mod scratch;
mod seed;
pub mod sqlite;
#[cfg(all(feature = "testing", any(feature = "postgres", feature = "mysql")))]
pub mod testing;
mod value;

pub use database::url::{engine, expect_engine, without_secrets};
pub use database::{Connection, Database, HalfDone};
pub use diesel_autogen_progress::ledger;
pub use dump::Dump;
pub use error::Error;
pub use proof::{Create, Moment, Pass, Proof, ProofFailure, Report, Script, Step, WayBack, prove};
pub use scratch::{Scratch, Server};
pub use seed::{Seeded, seed};
pub use value::Value;
