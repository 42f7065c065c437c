//! Commands, files on disk and the source reader; `main.rs` is only the door.

pub mod commands;
mod error;
pub mod project;
pub mod source;
pub mod terminal;

pub use error::{Error, Exit};
