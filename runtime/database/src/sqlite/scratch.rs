use diesel_autogen_schema::Live;

use super::catalog::{Catalog, Source};
use super::raw::Raw;
use crate::{Dump, Error, Value};

/// An in-memory database to try migrations on. Foreign keys are enforced unless turned off.
pub struct Scratch {
    raw: Raw,
}

impl Scratch {
    /// An empty database.
    ///
    /// # Errors
    /// When SQLite has no memory.
    pub fn new() -> Result<Scratch, Error> {
        Scratch::of(Raw::open())
    }

    /// A copy that goes its own way from here on. Foreign keys are enforced in it; temporary
    /// tables stay behind.
    ///
    /// # Errors
    /// When SQLite has no memory.
    pub fn fork(&self) -> Result<Scratch, Error> {
        Scratch::of(self.raw.copy())
    }

    fn of(raw: Result<Raw, String>) -> Result<Scratch, Error> {
        let raw = raw.map_err(|reason| Error::Open { place: ":memory:".to_owned(), reason })?;
        let mut scratch = Scratch { raw };
        scratch.set_foreign_keys(true)?;
        Ok(scratch)
    }

    /// Runs a whole migration script as Diesel's runner does: SQLite splits it into statements;
    /// with `in_transaction` they run in one transaction.
    ///
    /// # Errors
    /// When a statement fails or a transaction is left open. Then no transaction is open, and
    /// foreign keys are enforced as they were before.
    pub fn execute(&mut self, sql: &str, in_transaction: bool) -> Result<(), Error> {
        let enforced = self.foreign_keys()?;
        let result = self.run(sql, in_transaction);
        if result.is_err() {
            if !self.raw.is_autocommit() {
                self.statement("ROLLBACK")?;
            }
            self.set_foreign_keys(enforced)?;
        }
        result
    }

    fn run(&mut self, sql: &str, in_transaction: bool) -> Result<(), Error> {
        if in_transaction {
            self.statement("BEGIN")?;
            self.statement(sql)?;
            return self.statement("COMMIT");
        }
        self.statement(sql)?;
        if self.raw.is_autocommit() { Ok(()) } else { Err(Error::LeftOpen) }
    }

    fn statement(&self, sql: &str) -> Result<(), Error> {
        self.raw.execute(sql).map_err(|failed| Error::Statement {
            statement: failed.statement,
            reason: failed.reason,
        })
    }

    /// What the database holds, as [`super::introspect`] tells it.
    ///
    /// # Errors
    /// When a stored definition cannot be understood.
    pub fn live(&mut self) -> Result<Live, Error> {
        self.catalog()?.live()
    }

    /// The dump of the database.
    ///
    /// # Errors
    /// When a stored definition cannot be understood.
    pub fn dump(&mut self) -> Result<Dump, Error> {
        self.catalog()?.dump()
    }

    /// The rows of a query.
    ///
    /// # Errors
    /// When the query fails.
    pub fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Value>>, Error> {
        self.raw.rows(sql).map_err(|failed| Error::Statement {
            statement: failed.statement,
            reason: failed.reason,
        })
    }

    /// Whether foreign keys are enforced.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn foreign_keys(&mut self) -> Result<bool, Error> {
        let rows = self.raw.read("the setting of foreign keys", "PRAGMA foreign_keys")?;
        Ok(rows.first().and_then(|row| row.first()) == Some(&Value::Integer(1)))
    }

    /// Enforces foreign keys or does not.
    ///
    /// # Errors
    /// When the setting cannot be changed.
    pub fn set_foreign_keys(&mut self, enforced: bool) -> Result<(), Error> {
        let setting = if enforced { "ON" } else { "OFF" };
        self.statement(&format!("PRAGMA foreign_keys = {setting}"))
    }

    /// Runs a statement and takes it back when one of the queries finds something then or fails.
    /// Returns why it was taken back.
    pub(crate) fn attempt(&mut self, sql: &str, forbidden: &[String]) -> Result<(), String> {
        let failed = |failed: super::raw::Failed| failed.reason;
        self.raw.execute("BEGIN").map_err(failed)?;
        let mut result = self.raw.execute(sql).map_err(failed);
        for query in forbidden {
            if result.is_ok() {
                result = match self.raw.rows(query) {
                    Ok(rows) if rows.is_empty() => Ok(()),
                    Ok(_) => Err(format!("the migration will not take its rows: {query}")),
                    Err(refused) => Err(refused.reason),
                };
            }
        }
        if result.is_ok() {
            result = self.raw.execute("COMMIT").map_err(failed);
        }
        if !self.raw.is_autocommit() {
            self.raw.execute("ROLLBACK").map_err(failed)?;
        }
        result
    }

    pub(crate) fn catalog(&mut self) -> Result<Catalog, Error> {
        Catalog::read(&mut self.raw)
    }
}
