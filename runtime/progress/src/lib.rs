//! What a database keeps of its migrations: which ran, what their text was, and how far one has
//! come that no transaction holds together. On MySQL and MariaDB every statement about tables
//! commits by itself, so a script is run statement by statement.
//!
//! Both `diesel-autogen upgrade` and an application that migrates when it starts keep their books
//! through this crate, so that either goes on where the other was stopped. It must not know
//! migration directories, facts or plans: a user's binary links it.

mod checksum;
pub mod ledger;
#[cfg(feature = "mysql")]
mod looks;
#[cfg(feature = "mysql")]
mod notes;
#[cfg(feature = "mysql")]
mod rows;
#[cfg(feature = "mysql")]
mod run;
mod statements;

pub use checksum::checksum;
#[cfg(feature = "mysql")]
pub use looks::{Object, objects, shape};
#[cfg(feature = "mysql")]
pub use notes::Progress;
#[cfg(feature = "mysql")]
pub use rows::{Refused, literal, quoted, told};
#[cfg(feature = "mysql")]
pub use run::{Failure, Script, run};
pub use statements::{Effect, Statement, leave_open, statements, words};

/// What stands in front of a statement that only asks, behind the `--` of its comment: what it
/// counts follows.
pub const GUARD: &str = "guard: ";

/// The query that takes the lock of one database, if nobody has it: a number, 1 when it was taken.
/// A name has 64 characters at most, and so has that of a database.
pub const LOCK: &str = "SELECT GET_LOCK(CONCAT('diesel_autogen:', SHA1(DATABASE())), 0)";

/// The query that gives the lock back.
pub const UNLOCK: &str = "SELECT RELEASE_LOCK(CONCAT('diesel_autogen:', SHA1(DATABASE())))";

/// Which script of a migration runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The one that makes the change.
    Up,
    /// The one that takes it back.
    Down,
}

impl Direction {
    /// Its name in the table of statements.
    pub const fn name(self) -> &'static str {
        match self {
            Direction::Up => "up",
            Direction::Down => "down",
        }
    }
}
