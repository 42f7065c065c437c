use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel::{Connection, ConnectionError};
use diesel_autogen_schema::Live;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use crate::sqlite::{self, Dump, Source};
use crate::{Error, Value};

/// A live database that migrations are applied to.
pub struct Database {
    conn: SqliteConnection,
}

/// Which script of a migration runs.
#[derive(Clone, Copy)]
enum Direction {
    Up,
    Down,
}

impl Database {
    /// Opens the SQLite database at a path, a `sqlite://` or a `file:` URL; a file that is not
    /// there is made.
    ///
    /// # Errors
    /// When it cannot be opened, or is no SQLite database.
    pub fn open(url: &str) -> Result<Database, Error> {
        let failed = |reason: String| Error::Open { place: without_secrets(url), reason };
        let scheme = url.split_once("://").map(|(scheme, _)| scheme);
        if let Some(scheme) = scheme.filter(|scheme| !matches!(*scheme, "sqlite" | "file")) {
            return Err(failed(format!(
                "`{scheme}` is no SQLite database: give a path or a `sqlite://` URL with \
                 `--database-url`"
            )));
        }
        let mut conn = SqliteConnection::establish(url).map_err(|error| match error {
            ConnectionError::BadConnection(reason) => failed(reason),
            error => failed(error.to_string()),
        })?;
        conn.batch_execute("PRAGMA busy_timeout = 5000")
            .map_err(|error| failed(error.to_string()))?;
        // SQLite reads the file only now.
        conn.read("the file", "PRAGMA schema_version").map_err(|error| match error {
            Error::Query { what: _, reason } => failed(reason),
            error => error,
        })?;
        Ok(Database { conn })
    }

    /// A database that is open already.
    pub fn from_connection(conn: SqliteConnection) -> Database {
        Database { conn }
    }

    /// The connection, for questions of one's own.
    pub fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.conn
    }

    /// Versions of the migrations that were applied, oldest first. Writes nothing.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn applied(&mut self) -> Result<Vec<String>, Error> {
        let exists = self.conn.read(
            "the applied migrations",
            "SELECT 1 FROM sqlite_schema WHERE name = '__diesel_schema_migrations'",
        )?;
        if exists.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.conn.read(
            "the applied migrations",
            "SELECT version FROM __diesel_schema_migrations ORDER BY version",
        )?;
        Ok(rows.iter().flatten().filter_map(Value::as_text).map(str::to_owned).collect())
    }

    /// Applies the migrations in these directories in this order; those that are applied are
    /// passed over. `told` hears of each before it runs. A migration that is one transaction, its
    /// own or the runner's, is noted as applied in that very transaction.
    ///
    /// # Errors
    /// When a migration fails. Those before it stay applied; its own transaction is rolled back.
    pub fn upgrade(
        &mut self,
        directories: &[PathBuf],
        told: &mut dyn FnMut(&Path),
    ) -> Result<(), Error> {
        self.run_all(directories, Direction::Up, told)
    }

    /// Reverts the migrations in these directories in this order; those that are not applied are
    /// passed over. `told` hears of each before it runs.
    ///
    /// # Errors
    /// When a migration fails. Those before it stay reverted; its own transaction is rolled back.
    pub fn downgrade(
        &mut self,
        directories: &[PathBuf],
        told: &mut dyn FnMut(&Path),
    ) -> Result<(), Error> {
        self.run_all(directories, Direction::Down, told)
    }

    /// What the database holds, as [`sqlite::introspect`] tells it.
    ///
    /// # Errors
    /// When the database cannot be read or a stored definition cannot be understood.
    pub fn live(&mut self) -> Result<Live, Error> {
        sqlite::introspect(&mut self.conn)
    }

    /// The dump of the database.
    ///
    /// # Errors
    /// When the database cannot be read or a stored definition cannot be understood.
    pub fn dump(&mut self) -> Result<Dump, Error> {
        sqlite::dump(&mut self.conn)
    }

    /// The rows of a query.
    ///
    /// # Errors
    /// When the query fails.
    pub fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Value>>, Error> {
        self.conn.read("rows", sql)
    }

    fn run_all(
        &mut self,
        directories: &[PathBuf],
        direction: Direction,
        told: &mut dyn FnMut(&Path),
    ) -> Result<(), Error> {
        let migrations = load(directories)?;
        let applied = MigrationHarness::applied_migrations(&mut self.conn).map_err(|error| {
            Error::Query { what: "the applied migrations".to_owned(), reason: error.to_string() }
        })?;
        for (directory, migration) in directories.iter().zip(&migrations) {
            let is_applied = applied.contains(&migration.name().version());
            match direction {
                Direction::Up if is_applied => continue,
                Direction::Down if !is_applied => continue,
                Direction::Up | Direction::Down => {}
            }
            told(directory);
            self.run(directory, migration.as_ref(), direction)?;
        }
        Ok(())
    }

    fn run(
        &mut self,
        directory: &Path,
        migration: &dyn Migration<Sqlite>,
        direction: Direction,
    ) -> Result<(), Error> {
        let file = directory.join(match direction {
            Direction::Up => "up.sql",
            Direction::Down => "down.sql",
        });
        let before = State::read(&mut self.conn)?;
        let result = match noted(&file, migration, direction) {
            Some(script) => self.conn.batch_execute(&script).map_err(|error| error.to_string()),
            None => self.by_harness(migration, direction),
        };
        // There is nothing to roll back unless the script left a transaction of its own open.
        let left_open = self.conn.batch_execute("ROLLBACK").is_ok();
        let setting = if before.foreign_keys { "ON" } else { "OFF" };
        let restored = self.conn.batch_execute(&format!("PRAGMA foreign_keys = {setting}"));
        let reason = match result {
            Err(reason) => reason,
            Ok(()) if left_open => Error::LeftOpen.to_string(),
            Ok(()) => match restored {
                Ok(()) => return Ok(()),
                Err(error) => error.to_string(),
            },
        };
        let partial = !migration.metadata().run_in_transaction()
            && before.is_left(&State::read(&mut self.conn)?, &file);
        Err(Error::Migration { file, reason, partial })
    }

    fn by_harness(
        &mut self,
        migration: &dyn Migration<Sqlite>,
        direction: Direction,
    ) -> Result<(), String> {
        let done = match direction {
            Direction::Up => self.conn.run_migration(migration),
            Direction::Down => self.conn.revert_migration(migration),
        };
        done.map(|_| ()).map_err(|error| cause(&error.to_string()))
    }
}

/// The script of a migration that brings its own transaction, with the note that it ran inside of
/// that: as Diesel's runner makes it, but never without the rest.
fn noted(file: &Path, migration: &dyn Migration<Sqlite>, direction: Direction) -> Option<String> {
    if migration.metadata().run_in_transaction() {
        return None;
    }
    let script = std::fs::read_to_string(file).ok()?;
    let version = Value::Text(migration.name().version().to_string());
    let note = match direction {
        Direction::Up => {
            format!("INSERT INTO __diesel_schema_migrations (version) VALUES ({version})")
        }
        Direction::Down => {
            format!("DELETE FROM __diesel_schema_migrations WHERE version = {version}")
        }
    };
    sqlite::with_note(&script, &note)
}

/// What the engine says, without what Diesel puts in front: the file is named beside it.
fn cause(message: &str) -> String {
    let named = message.strip_prefix("Failed to run ").and_then(|rest| rest.split_once(" with: "));
    named.map_or(message, |(_, cause)| cause).to_owned()
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
        let begins = || std::fs::read_to_string(script).is_ok_and(|sql| sqlite::begins(&sql));
        self.schema_version != after.schema_version || self.changes != after.changes && !begins()
    }
}

/// Diesel's own migrations in these directories.
fn load(directories: &[PathBuf]) -> Result<Vec<Box<dyn Migration<Sqlite>>>, Error> {
    let mut known: BTreeMap<PathBuf, Box<dyn Migration<Sqlite>>> = BTreeMap::new();
    let mut parents: Vec<&Path> = directories.iter().filter_map(|it| it.parent()).collect();
    parents.sort();
    parents.dedup();
    for parent in parents {
        let failed = |reason: String| Error::Directory { path: parent.to_path_buf(), reason };
        let source =
            FileBasedMigrations::from_path(parent).map_err(|error| failed(error.to_string()))?;
        let migrations = MigrationSource::<Sqlite>::migrations(&source)
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

/// The URL as it may be shown: without a password, and without parameters that may hold one.
pub fn without_secrets(url: &str) -> String {
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), url),
    };
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    let authority = rest.split('/').next().unwrap_or(rest);
    // A password may hold `/` or `@` that nobody escaped: what is before the last `@` goes.
    match rest.rsplit_once('@') {
        Some((user, host))
            if !scheme.is_empty() && (user.contains(':') || authority.contains('@')) =>
        {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}{user}:***@{host}")
        }
        Some(_) | None => format!("{scheme}{rest}"),
    }
}
