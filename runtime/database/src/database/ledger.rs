//! What the program writes into Diesel's table and its own beside it.

use std::collections::BTreeMap;

use diesel_autogen_progress::ledger::{APPLIED, DIESEL, LEDGER, exactly, setup, transaction};

use super::Database;
use crate::{Error, Value};

impl Database {
    /// Checksums of the applied migrations by their versions, of those of which they are known.
    /// Writes nothing.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn checksums(&mut self) -> Result<BTreeMap<String, String>, Error> {
        if !self.has_table(LEDGER)? || !self.has_table(DIESEL)? {
            return Ok(BTreeMap::new());
        }
        let rows = self.rows(APPLIED)?;
        let text = |value: Option<&Value>| value.and_then(Value::as_text).map(str::to_owned);
        let pairs = rows.iter().filter_map(|row| Some((text(row.first())?, text(row.get(1))?)));
        Ok(pairs.collect())
    }

    /// Notes that exactly these versions are applied, with these checksums, in one transaction. No
    /// migration is run.
    ///
    /// # Errors
    /// When the database cannot be written to; then what was noted is as it was.
    pub fn stamp(&mut self, rows: &[(String, String)]) -> Result<(), Error> {
        self.note(&exactly(rows))
    }

    /// Runs statements of [`crate::ledger`] as one transaction, once both tables are there: to make
    /// one ends a transaction on MySQL.
    ///
    /// # Errors
    /// When the database cannot be written to; then what was noted is as it was.
    pub fn note(&mut self, statements: &[String]) -> Result<(), Error> {
        self.execute(&format!("{};", setup().join(";\n")))?;
        let result = self.execute(&transaction(statements));
        if result.is_err() {
            // Of a statement that failed the transaction is still open.
            let _ = self.execute("ROLLBACK");
        }
        result
    }
}
