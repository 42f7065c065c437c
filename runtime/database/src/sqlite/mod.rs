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

pub use crate::proof::{Moment, Pass, Proof, ProofFailure, Report, Script, Step};
pub use crate::seed::Seeded;
pub use dump::{Dump, dump};
pub use facts::enum_labels;
pub use introspect::introspect;
pub use proof::prove;
pub use scratch::Scratch;
pub use seed::seed;

pub(crate) use catalog::Source;
pub(crate) use note::with_note;
pub(crate) use text::begins;
