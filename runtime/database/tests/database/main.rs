//! Every test asks a real SQLite.

mod database;
mod dump;
mod introspect;
mod ledger;
#[cfg(feature = "mysql")]
mod mysql;
mod nasty;
#[cfg(feature = "postgres")]
mod postgres;
mod proof;
mod random;
mod scratch;
mod seed;
