//! What a statement costs those who use the tables meanwhile: the lock that it takes on each, and
//! what it does with the rows while it holds it. Facts that are measured on a server by
//! `runtime/database/tests/database/postgres/cost.rs` and `mysql/cost.rs` beside it; opinions about them
//! are lints.

mod clause;
mod mysql;
mod postgres;
mod volatile;

use std::fmt;

pub(crate) use clause::clause;
pub use mysql::{Means, mysql};
pub use postgres::postgres;
pub use volatile::is_volatile;

/// What a statement takes of one table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cost {
    /// The table.
    pub table: String,
    /// The strongest lock on it, which is held to the end of the transaction.
    pub lock: Lock,
    /// What is done with its rows under that lock.
    pub work: Work,
}

impl Cost {
    fn new(table: &str, lock: Lock, work: Work) -> Cost {
        Cost { table: table.to_owned(), lock, work }
    }
}

/// The locks of PostgreSQL's tables, from the weakest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lock {
    /// Readers.
    AccessShare,
    /// Readers that keep rows from being changed.
    RowShare,
    /// Writers.
    RowExclusive,
    /// What only keeps other changes of the table away.
    ShareUpdateExclusive,
    /// Keeps writers away.
    Share,
    /// Keeps writers and its own like away.
    ShareRowExclusive,
    /// Lets only readers in.
    Exclusive,
    /// Lets nobody in.
    AccessExclusive,
}

/// What is done with the rows of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// Nothing: only the catalogue changes.
    Nothing,
    /// Every row is read.
    Scan,
    /// Every row is read, and an index is built.
    Build,
    /// Every row is written anew, and every index is built anew.
    Rewrite,
}

impl Lock {
    /// Every lock, from the weakest on.
    pub const ALL: [Lock; 8] = [
        Lock::AccessShare,
        Lock::RowShare,
        Lock::RowExclusive,
        Lock::ShareUpdateExclusive,
        Lock::Share,
        Lock::ShareRowExclusive,
        Lock::Exclusive,
        Lock::AccessExclusive,
    ];

    /// As PostgreSQL spells it: `ACCESS EXCLUSIVE`.
    pub const fn name(self) -> &'static str {
        match self {
            Lock::AccessShare => "ACCESS SHARE",
            Lock::RowShare => "ROW SHARE",
            Lock::RowExclusive => "ROW EXCLUSIVE",
            Lock::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Lock::Share => "SHARE",
            Lock::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Lock::Exclusive => "EXCLUSIVE",
            Lock::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }

    /// Whether writers wait.
    pub fn stops_writers(self) -> bool {
        self >= Lock::Share
    }

    /// Whether readers wait, too.
    pub fn stops_readers(self) -> bool {
        self == Lock::AccessExclusive
    }
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
