//! Every test asks a real SQLite.

mod dump;
mod introspect;
mod nasty;
mod scratch;
