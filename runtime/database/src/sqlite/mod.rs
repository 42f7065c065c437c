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

pub use crate::proof::{Moment, Pass, Proof, ProofFailure, Report, Script, Step};
pub use crate::seed::Seeded;
pub use dump::dump;
pub use facts::enum_labels;
pub use introspect::introspect;
pub use proof::prove;
pub use scratch::Scratch;
pub use seed::seed;

pub(crate) use apply::{applied, connect};
pub(crate) use catalog::Source;
