//! SQLite.

mod catalog;
mod definition;
mod dump;
mod facts;
mod introspect;
mod raw;
mod scratch;
mod seed;
mod text;
mod types;

pub use dump::{Dump, dump};
pub use facts::enum_labels;
pub use introspect::introspect;
pub use scratch::Scratch;
pub use seed::{Seeded, seed};

pub(crate) use catalog::Source;
pub(crate) use text::begins;
