//! Running migrations through Diesel's own harness.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use crate::{Error, ledger};

/// Which script of a migration runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Up,
    Down,
}

impl Direction {
    /// The script of a migration in `directory`.
    pub(crate) fn file(self, directory: &Path) -> PathBuf {
        directory.join(match self {
            Direction::Up => "up.sql",
            Direction::Down => "down.sql",
        })
    }

    /// The statement that notes a migration as applied or not, as Diesel's runner makes it.
    pub(crate) fn note<DB: Backend>(self, migration: &dyn Migration<DB>) -> String {
        let version = migration.name().version().to_string().replace('\'', "''");
        match self {
            Direction::Up => {
                format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')")
            }
            Direction::Down => {
                format!("DELETE FROM __diesel_schema_migrations WHERE version = '{version}'")
            }
        }
    }
}

/// A connection that runs migrations one by one.
pub(crate) trait Applies: MigrationHarness<Self::Engine> + SimpleConnection {
    /// Diesel's name of the engine.
    type Engine: Backend;

    /// Runs the script of a migration, notes that it ran, and leaves no transaction open.
    fn run(
        &mut self,
        file: &Path,
        migration: &dyn Migration<Self::Engine>,
        direction: Direction,
    ) -> Result<(), Error>;

    /// The version of a migration that was left half done. Engines that do not commit by
    /// themselves leave none.
    fn half_done(&mut self) -> Result<Option<String>, Error> {
        Ok(None)
    }
}

/// Runs what is not applied, or is, in these directories in this order, and the statements of `note`
/// after each.
pub(crate) fn run_all<C: Applies>(
    conn: &mut C,
    directories: &[PathBuf],
    direction: Direction,
    told: &mut dyn FnMut(&Path),
    note: &dyn Fn(&Path) -> Vec<String>,
) -> Result<(), Error> {
    let migrations = load::<C::Engine>(directories)?;
    let applied = conn.applied_migrations().map_err(|error| Error::Query {
        what: "the applied migrations".to_owned(),
        reason: error.to_string(),
    })?;
    let mut half = conn.half_done()?;
    for (directory, migration) in directories.iter().zip(&migrations) {
        let version = migration.name().version();
        let is_applied = applied.contains(&version);
        let is_half = half.as_ref().is_some_and(|half| *half == version.to_string());
        match direction {
            Direction::Up if is_applied && !is_half => continue,
            Direction::Down if !is_applied && !is_half => continue,
            Direction::Up | Direction::Down => {}
        }
        if let Some(half) = half.take().filter(|_| !is_half) {
            return Err(Error::OtherHalfDone { version: half });
        }
        told(directory);
        conn.run(&direction.file(directory), migration.as_ref(), direction)?;
        let notes = note(directory);
        if !notes.is_empty() {
            conn.batch_execute(&ledger::transaction(&notes)).map_err(|error| Error::Query {
                what: "what was noted of the applied migrations".to_owned(),
                reason: error.to_string(),
            })?;
        }
    }
    Ok(())
}

/// What the engine says, without what Diesel puts in front: the file is named beside it.
pub(crate) fn cause(message: &str) -> String {
    let named = message.strip_prefix("Failed to run ").and_then(|rest| rest.split_once(" with: "));
    named.map_or(message, |(_, cause)| cause).to_owned()
}

/// Diesel's own migrations in these directories.
fn load<DB: Backend>(directories: &[PathBuf]) -> Result<Vec<Box<dyn Migration<DB>>>, Error> {
    let mut known: BTreeMap<PathBuf, Box<dyn Migration<DB>>> = BTreeMap::new();
    let mut parents: Vec<&Path> = directories.iter().filter_map(|it| it.parent()).collect();
    parents.sort();
    parents.dedup();
    for parent in parents {
        let failed = |reason: String| Error::Directory { path: parent.to_path_buf(), reason };
        let source =
            FileBasedMigrations::from_path(parent).map_err(|error| failed(error.to_string()))?;
        let migrations = MigrationSource::<DB>::migrations(&source)
            .map_err(|error| failed(error.to_string()))?;
        for migration in migrations {
            known.insert(parent.join(migration.name().to_string()), migration);
        }
    }
    directories
        .iter()
        .map(|directory| {
            known.remove(directory).ok_or_else(|| Error::Directory {
                path: directory.clone(),
                reason: "there is no `up.sql` in it, or it is named twice".to_owned(),
            })
        })
        .collect()
}
