use std::time::Duration;

use super::{Embedded, StartError};

/// What is done with a connection once the lock is held.
pub type Work<'w, C> = dyn FnMut(&mut C) -> Result<Vec<&'static str>, StartError> + 'w;

/// A connection of Diesel's that migrations are applied through: SQLite's with the feature
/// `sqlite`, PostgreSQL's with `postgres`, MySQL's and MariaDB's with `mysql`. What a pool lends is one as well once it is borrowed:
/// `&mut *pool.get()?`.
pub trait Migrate: Sized {
    /// Name of the engine, as the manifest has it.
    const ENGINE: &'static str;

    /// Versions of the migrations that were applied. Writes nothing.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn versions(&mut self) -> Result<Vec<String>, StartError>;

    /// The version of the migration that was left half done, and whether it was being applied.
    /// Engines whose transactions hold a migration together leave none.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn half_done(&mut self) -> Result<Option<(String, bool)>, StartError> {
        Ok(None)
    }

    /// Makes Diesel's table where it is not.
    ///
    /// # Errors
    /// When the database cannot be written to.
    fn prepare(&mut self) -> Result<(), StartError>;

    /// Applies one migration and notes it, in one transaction wherever it is one. Where statements
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

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}
