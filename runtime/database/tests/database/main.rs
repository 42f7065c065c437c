//! Every test asks a real SQLite.

mod database;
mod dump;
mod introspect;
mod nasty;
mod planned;
mod proof;
mod scratch;
mod seed;
