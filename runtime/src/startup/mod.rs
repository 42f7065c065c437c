//! Migrations inside an application: applied when it starts, or asked for.

#[cfg(feature = "start")]
mod connection;
mod error;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "start")]
mod run;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod script;
#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(feature = "start")]
pub use connection::{Applied, Migrate, Work};
pub use error::StartError;

/// The migrations of a package as they were when it was compiled:
/// [`embed!`](crate::embed) makes them.
#[derive(Clone, Copy, Debug)]
pub struct Migrations {
    /// `sqlite`, `postgres` or `mysql`.
    #[cfg_attr(not(feature = "start"), expect(dead_code, reason = "nothing is run"))]
    engine: &'static str,
    /// In the order in which they run.
    revisions: &'static [Embedded],
    /// Whether one may run after those that should have run after it.
    #[cfg_attr(not(feature = "start"), expect(dead_code, reason = "nothing is run"))]
    out_of_order: bool,
}

/// One migration directory.
#[derive(Clone, Copy, Debug)]
pub struct Embedded {
    /// What Diesel's table has for it.
    pub version: &'static str,
    /// Name of the directory.
    pub name: &'static str,
    /// Text of `up.sql`.
    pub up: &'static str,
    /// Whether it is run in a transaction; otherwise it brings its own. On MySQL no transaction holds
    /// what changes tables, and the database keeps how far it has come.
    pub transaction: bool,
    /// Versions of the revisions that were made one, this one's own excepted.
    pub replaces: &'static [&'static str],
    /// Later versions that may have run before it: a revision that merges the two was tried with
    /// either first.
    pub joined: &'static [&'static str],
}

impl Migrations {
    /// These migrations, in the order in which they run.
    pub const fn new(engine: &'static str, revisions: &'static [Embedded]) -> Migrations {
        Migrations { engine, revisions, out_of_order: false }
    }

    /// The same, of which one may run after those that should have run after it, as `upgrade
    /// --allow-out-of-order` does.
    #[must_use]
    pub const fn allow_out_of_order(self) -> Migrations {
        Migrations { out_of_order: true, ..self }
    }

    /// The migrations, in the order in which they run.
    pub const fn revisions(&self) -> &'static [Embedded] {
        self.revisions
    }
}

/// Applies pending migrations when the application starts: `migrate!(&mut conn)?` is
/// `embed!().run(&mut conn)?`.
#[macro_export]
macro_rules! migrate {
    ($conn:expr) => {
        $crate::embed!().run($conn)
    };
}
