use std::time::Duration;

use diesel::QueryableByName;
use diesel::connection::SimpleConnection;
use diesel::sql_types::{Nullable, Text};

use super::{Embedded, StartError};

/// What is done with a connection once the lock is held.
pub type Work<'w, C> = dyn FnMut(&mut C) -> Result<Vec<&'static str>, StartError> + 'w;

/// A connection of Diesel's that migrations are applied through: SQLite's with the feature
/// `sqlite`, PostgreSQL's with `postgres`, MySQL's and MariaDB's with `mysql`. What a pool lends is
/// one as well once it is borrowed: `&mut *pool.get()?`.
pub trait Migrate: SimpleConnection + Sized {
    /// Name of the engine, as the manifest has it.
    const ENGINE: &'static str;

    /// Whether the database has a table, which only words can be the name of.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn has_table(&mut self, name: &str) -> Result<bool, StartError>;

    /// The rows of a query for `version` and `checksum`.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn rows(&mut self, query: &str) -> Result<Vec<Applied>, StartError>;

    /// The version of the migration that was left half done, and whether it was being applied.
    /// Engines whose transactions hold a migration together leave none.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn half_done(&mut self) -> Result<Option<(String, bool)>, StartError> {
        Ok(None)
    }

    /// Applies one migration and notes it with its checksum, in one transaction wherever it is one. Where statements
    /// commit by themselves it goes on where an earlier attempt came to.
    ///
    /// # Errors
    /// The engine's message.
    fn apply(&mut self, revision: &Embedded) -> Result<(), String>;

    /// Does the work while no other process migrates the database.
    ///
    /// # Errors
    /// When another process takes longer than `patience`, and those of the work.
    fn locked(
        &mut self,
        patience: Duration,
        work: &mut Work<'_, Self>,
    ) -> Result<Vec<&'static str>, StartError>;
}

/// A migration that a database has applied.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Applied {
    /// Its version.
    #[diesel(sql_type = Text)]
    pub version: String,
    /// Checksum of its `up.sql` as it ran, where that is known.
    #[diesel(sql_type = Nullable<Text>)]
    pub checksum: Option<String>,
}
