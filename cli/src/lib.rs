//! The command line: the source reader, files on disk, the commands and the terminal; `main.rs` is
//! only the door.
//!
//! This crate must not know how SQL is spelled: it asks `evolve` for plans and `database` for what
//! is there and for proof. It does not link the user's crate; it reads its sources.
//!
//! - [`source`]: models from a package's files, by the derive's own grammar,
//! - [`project`]: the migrations directory, the snapshot, the manifest,
//! - [`commands`]: one file each,
//! - [`terminal`]: how results look to a person and to a program.

pub mod commands;
mod error;
mod later;
pub mod project;
pub mod source;
pub mod terminal;

pub use error::{Error, Exit};
