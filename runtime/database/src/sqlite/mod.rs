//! SQLite.

mod apply;
mod catalog;
mod definition;
mod dump;
mod facts;
mod introspect;
mod note;
mod proof;
mod raw;
mod scratch;
mod seed;
mod text;
mod types;

pub use dump::dump;
pub use facts::enum_labels;
pub use introspect::introspect;
pub(crate) use proof::{build, prove};
pub use scratch::Scratch;
#[cfg(feature = "mysql")]
pub(crate) use seed::hinted;
pub(crate) use seed::seed;

pub(crate) use apply::{applied, connect};
pub(crate) use catalog::Source;
pub(crate) use note::with_note;
