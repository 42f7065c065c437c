//! PostgreSQL, from release 12 on.

mod apply;
mod connection;
mod dump;
mod introspect;
mod note;
mod patience;
mod proof;
mod rows;
mod scratch;
mod seed;
mod server;
mod standing;

pub use connection::Connection;
pub use dump::{catalogue_dump, dump};
pub use introspect::introspect;
pub use scratch::Scratch;
pub use server::{SCRATCH_PREFIX, Server};

#[cfg(feature = "testing")]
pub(crate) use proof::prove_on;
pub(crate) use proof::{build, prove};
pub(crate) use seed::seed;

pub(crate) use apply::applied;
pub(crate) use introspect::introspect_within;
pub(crate) use note::with_note;
pub(crate) use rows::rows;
