use std::cell::RefCell;
use std::path::Path;

use diesel::connection::{BoxableConnection, SimpleConnection};
use diesel::migration::{self, Migration, MigrationMetadata, MigrationName};
use diesel::pg::{Pg, PgConnection};
use diesel::result::Error as DieselError;
use diesel_autogen_evolve::phases;
use diesel_migrations::MigrationHarness;

use super::connection::{statement_at, told};
use super::note::{self, Shape};
use super::patience;
use super::rows::rows;
use crate::database::apply::{Applies, Direction, cause};
use crate::{Error, Value};

/// Versions of the migrations that were applied, oldest first. Writes nothing.
pub(crate) fn applied(conn: &mut PgConnection) -> Result<Vec<String>, Error> {
    let mut read = |sql| {
        rows(conn, sql)
            .map_err(|reason| Error::Query { what: "the applied migrations".to_owned(), reason })
    };
    // The table is found as Diesel's runner finds it: by the search path.
    let exists = read("SELECT 1 WHERE to_regclass('__diesel_schema_migrations') IS NOT NULL")?;
    if exists.is_empty() {
        return Ok(Vec::new());
    }
    let found =
        read("SELECT version FROM __diesel_schema_migrations ORDER BY version COLLATE \"C\"")?;
    Ok(found.iter().flatten().filter_map(Value::as_text).map(str::to_owned).collect())
}

/// Ends a transaction that was left open, broken or not. Returns whether there was one that could
/// have gone on.
pub(crate) fn close(conn: &mut PgConnection) -> bool {
    // Diesel does not lend the state of the connection. A savepoint can only be made inside a
    // transaction; outside the server refuses, and in a broken transaction, too.
    let open = conn.batch_execute("SAVEPOINT autogen_open").is_ok();
    // Without a transaction that is a warning and no more.
    let _ = conn.batch_execute("ROLLBACK");
    open
}

impl Applies for PgConnection {
    type Engine = Pg;

    fn run(
        &mut self,
        file: &Path,
        migration: &dyn Migration<Pg>,
        direction: Direction,
    ) -> Result<(), Error> {
        let script = std::fs::read_to_string(file).unwrap_or_default();
        patience::with_patience(self, &script, &mut |conn| {
            attempt(conn, file, &script, migration, direction)
        })
    }
}

/// Runs the script of a migration, notes that it ran, and leaves no transaction open.
fn attempt(
    conn: &mut PgConnection,
    file: &Path,
    script: &str,
    migration: &dyn Migration<Pg>,
    direction: Direction,
) -> Result<(), Error> {
    let in_transaction = migration.metadata().run_in_transaction();
    let shape = Shape::of(script);
    let noted = match in_transaction {
        true => None,
        false => note::with_note(script, &direction.note(migration)),
    };
    let result = match noted {
        Some(noted) => conn.batch_execute(&noted).map_err(|error| Failure::of(&error, &noted)),
        None => by_harness(conn, migration, direction, script),
    };
    let left_open = close(conn);
    let mut failure = match result {
        Ok(()) if left_open => Failure { reason: Error::LeftOpen.to_string(), at: None },
        Ok(()) => return Ok(()),
        Err(failure) => failure,
    };
    let partial = !in_transaction && stays(conn, &shape, &mut failure, script)?;
    Err(Error::Migration { file: file.to_path_buf(), reason: failure.reason, partial })
}

fn by_harness(
    conn: &mut PgConnection,
    migration: &dyn Migration<Pg>,
    direction: Direction,
    script: &str,
) -> Result<(), Failure> {
    let watched = Watched { migration, script, failed: RefCell::new(None) };
    let done = match direction {
        Direction::Up => conn.run_migration(&watched),
        Direction::Down => conn.revert_migration(&watched),
    };
    let failed = watched.failed.into_inner();
    done.map(|_| ()).map_err(|error| {
        failed.unwrap_or_else(|| Failure { reason: cause(&error.to_string()), at: None })
    })
}

/// Whether something stays of a failed script that ran without a transaction of the runner's.
///
/// The server takes a script of several statements for one transaction unless it holds commands
/// that end one. A script that is a single command which does its work in steps can leave an index
/// that is not valid.
fn stays(
    conn: &mut PgConnection,
    shape: &Shape,
    failure: &mut Failure,
    script: &str,
) -> Result<bool, Error> {
    match shape {
        Shape::Other { end } => {
            Ok(end.is_some_and(|end| failure.at.is_none_or(|failed| failed > end)))
        }
        Shape::Transactions { first, last } => {
            Ok(first < last && failure.at.is_none_or(|failed| failed > *first))
        }
        // It is one command that commits after each batch.
        Shape::Plain if script.contains(phases::SAID) => Ok(true),
        Shape::Plain if !note::is_concurrent(script) => Ok(false),
        Shape::Plain => {
            let left = rows(
                conn,
                "SELECT 'DROP INDEX ' || indexrelid::regclass || ';' FROM pg_index \
                 WHERE NOT indisvalid ORDER BY 1",
            )
            .map_err(|reason| Error::Query { what: "the indexes".to_owned(), reason })?;
            for drop in left.iter().flatten().filter_map(Value::as_text) {
                failure.reason.push_str(&format!("; an index is left that is not valid: {drop}"));
            }
            Ok(!left.is_empty())
        }
    }
}

/// What the server says of a script.
struct Failure {
    /// Its message, with the statement where it tells the position.
    reason: String,
    /// Where that statement begins.
    at: Option<usize>,
}

impl Failure {
    fn of(error: &DieselError, script: &str) -> Failure {
        match statement_at(error, script) {
            Some(range) => Failure {
                at: Some(range.start),
                reason: format!("{}, in the statement\n{}\n", told(error), script[range].trim()),
            },
            None => Failure { reason: told(error), at: None },
        }
    }
}

/// A migration of Diesel's whose failure is kept as the server told it: Diesel's own keeps the
/// message alone.
struct Watched<'a> {
    migration: &'a dyn Migration<Pg>,
    script: &'a str,
    failed: RefCell<Option<Failure>>,
}

impl Migration<Pg> for Watched<'_> {
    fn run(&self, conn: &mut dyn BoxableConnection<Pg>) -> migration::Result<()> {
        if self.script.trim().is_empty() {
            return self.migration.run(conn);
        }
        conn.batch_execute(self.script).map_err(|error| {
            *self.failed.borrow_mut() = Some(Failure::of(&error, self.script));
            error.into()
        })
    }

    fn revert(&self, conn: &mut dyn BoxableConnection<Pg>) -> migration::Result<()> {
        if self.script.trim().is_empty() {
            return self.migration.revert(conn);
        }
        conn.batch_execute(self.script).map_err(|error| {
            *self.failed.borrow_mut() = Some(Failure::of(&error, self.script));
            error.into()
        })
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        self.migration.metadata()
    }

    fn name(&self) -> &dyn MigrationName {
        self.migration.name()
    }
}
