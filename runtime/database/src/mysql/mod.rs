//! MySQL and MariaDB.

mod apply;
mod connection;
mod copy;
mod dump;
mod introspect;
mod proof;
mod rows;
mod scratch;
mod seed;
mod server;

pub use dump::dump;
pub use introspect::introspect;
pub use scratch::Scratch;
pub use server::{SCRATCH_PREFIX, Server};

pub(crate) use apply::{applied, half_done, has_table};
pub(crate) use connection::{connect, expect_flavour, flavour};
pub(crate) use proof::{build, prove, prove_on};
pub(crate) use rows::rows;
pub(crate) use seed::seed;
