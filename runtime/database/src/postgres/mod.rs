//! PostgreSQL, from release 12 on.

mod apply;
mod connection;
mod dump;
mod introspect;
mod note;
mod rows;
mod scratch;
mod server;

pub use connection::Connection;
pub use dump::dump;
pub use introspect::introspect;
pub use scratch::Scratch;
pub use server::{SCRATCH_PREFIX, Server};

pub(crate) use apply::applied;
pub(crate) use rows::rows;
