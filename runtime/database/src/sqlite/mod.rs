//! SQLite.

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

pub use dump::{Dump, dump};
pub use facts::enum_labels;
pub use introspect::introspect;
pub use proof::{Moment, Pass, Proof, ProofFailure, Report, Script, Step, prove};
pub use scratch::Scratch;
pub use seed::{Seeded, seed};

pub(crate) use catalog::Source;
pub(crate) use note::with_note;
pub(crate) use text::begins;
