use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::migration::Migration;
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel::{Connection, ConnectionError};
use diesel_migrations::MigrationHarness;

use super::catalog::Source;
use super::note::with_note;
use super::text::begins;
use crate::database::apply::{Applies, Direction, cause};
use crate::database::url::without_secrets;
use crate::{Error, Value};

/// Opens the database at a path, a `sqlite://` or a `file:` URL; a file that is not there is made.
pub(crate) fn connect(url: &str) -> Result<SqliteConnection, Error> {
    let failed = |reason: String| Error::Open { place: without_secrets(url), reason };
    let mut conn = SqliteConnection::establish(url).map_err(|error| match error {
        ConnectionError::BadConnection(reason) => failed(reason),
        error => failed(error.to_string()),
    })?;
    conn.batch_execute("PRAGMA busy_timeout = 5000").map_err(|error| failed(error.to_string()))?;
    // SQLite reads the file only now.
    conn.read("the file", "PRAGMA schema_version").map_err(|error| match error {
        Error::Query { what: _, reason } => failed(reason),
        error => error,
    })?;
    Ok(conn)
}

/// Versions of the migrations that were applied, oldest first. Writes nothing.
pub(crate) fn applied(conn: &mut SqliteConnection) -> Result<Vec<String>, Error> {
    let exists = conn.read(
        "the applied migrations",
        "SELECT 1 FROM sqlite_schema WHERE name = '__diesel_schema_migrations'",
    )?;
    if exists.is_empty() {
        return Ok(Vec::new());
    }
    let rows = conn.read(
        "the applied migrations",
        "SELECT version FROM __diesel_schema_migrations ORDER BY version",
    )?;
    Ok(rows.iter().flatten().filter_map(Value::as_text).map(str::to_owned).collect())
}

impl Applies for SqliteConnection {
    type Engine = Sqlite;

    fn run(
        &mut self,
        file: &Path,
        migration: &dyn Migration<Sqlite>,
        direction: Direction,
    ) -> Result<(), Error> {
        let before = State::read(self)?;
        let result = match noted(file, migration, direction) {
            Some(script) => self.batch_execute(&script).map_err(|error| error.to_string()),
            None => by_harness(self, migration, direction),
        };
        // There is nothing to roll back unless the script left a transaction of its own open.
        let left_open = self.batch_execute("ROLLBACK").is_ok();
        let setting = if before.foreign_keys { "ON" } else { "OFF" };
        let restored = self.batch_execute(&format!("PRAGMA foreign_keys = {setting}"));
        let reason = match result {
            Err(reason) => reason,
            Ok(()) if left_open => Error::LeftOpen.to_string(),
            Ok(()) => match restored {
                Ok(()) => return Ok(()),
                Err(error) => error.to_string(),
            },
        };
        let partial =
            !migration.metadata().run_in_transaction() && before.is_left(&State::read(self)?, file);
        Err(Error::Migration { file: file.to_path_buf(), reason, partial })
    }
}

fn by_harness(
    conn: &mut SqliteConnection,
    migration: &dyn Migration<Sqlite>,
    direction: Direction,
) -> Result<(), String> {
    let done = match direction {
        Direction::Up => conn.run_migration(migration),
        Direction::Down => conn.revert_migration(migration),
    };
    done.map(|_| ()).map_err(|error| cause(&error.to_string()))
}

/// The script of a migration that brings its own transaction, with the note that it ran inside of
/// that: as Diesel's runner makes it, but never without the rest.
fn noted(file: &Path, migration: &dyn Migration<Sqlite>, direction: Direction) -> Option<String> {
    if migration.metadata().run_in_transaction() {
        return None;
    }
    let script = std::fs::read_to_string(file).ok()?;
    with_note(&script, &direction.note(migration))
}

/// What tells whether a failed script has left something behind.
struct State {
    foreign_keys: bool,
    schema_version: Value,
    changes: Value,
}

impl State {
    fn read(conn: &mut SqliteConnection) -> Result<State, Error> {
        let mut one = |sql| -> Result<Value, Error> {
            let rows = conn.read("the state of the database", sql)?;
            Ok(rows.into_iter().flatten().next().unwrap_or(Value::Null))
        };
        Ok(State {
            foreign_keys: one("PRAGMA foreign_keys")? == Value::Integer(1),
            schema_version: one("PRAGMA schema_version")?,
            changes: one("SELECT total_changes()")?,
        })
    }

    /// The count of changed rows goes up for rows that were rolled back, too.
    fn is_left(&self, after: &State, script: &Path) -> bool {
        let begins = || std::fs::read_to_string(script).is_ok_and(|sql| begins(&sql));
        self.schema_version != after.schema_version || self.changes != after.changes && !begins()
    }
}
