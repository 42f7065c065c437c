//! What is noted beside Diesel's table: the checksum of each migration's `up.sql` as it ran, so
//! that a migration which was edited afterwards is noticed. Every statement here is the same on
//! every engine.

use std::collections::BTreeMap;

use super::Database;
use crate::{Error, Value};

/// The table of the checksums.
const LEDGER: &str = "__diesel_autogen_applied";
/// Diesel's own table.
const DIESEL: &str = "__diesel_schema_migrations";

/// The statements that make both tables where they are not, Diesel's as Diesel makes it.
pub fn setup() -> Vec<String> {
    vec![
        format!(
            "CREATE TABLE IF NOT EXISTS {DIESEL} (version VARCHAR(50) PRIMARY KEY NOT NULL, \
             run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)"
        ),
        format!(
            "CREATE TABLE IF NOT EXISTS {LEDGER} (version VARCHAR(50) PRIMARY KEY NOT NULL, \
             checksum VARCHAR(80) NOT NULL, run_on TIMESTAMP NOT NULL)"
        ),
    ]
}

/// The statements that note a migration as applied, where Diesel's runner does not.
pub fn applied(version: &str) -> Vec<String> {
    vec![format!("INSERT INTO {DIESEL} (version) VALUES ({})", text(version))]
}

/// The statements that note a migration as reverted.
pub fn reverted(version: &str) -> Vec<String> {
    [DIESEL, LEDGER]
        .map(|table| format!("DELETE FROM {table} WHERE version = {}", text(version)))
        .into()
}

/// The statements that note the checksum of a migration that is noted as applied. Somebody else's
/// runner may revert and apply it again, which changes the time and not the checksum; then it is no
/// longer believed.
pub fn checksum(version: &str, checksum: &str) -> Vec<String> {
    let (version, checksum) = (text(version), text(checksum));
    vec![
        format!("DELETE FROM {LEDGER} WHERE version = {version}"),
        format!(
            "INSERT INTO {LEDGER} (version, checksum, run_on) SELECT version, {checksum}, run_on \
             FROM {DIESEL} WHERE version = {version}"
        ),
    ]
}

/// The statements after which exactly these versions are applied, with these checksums.
pub fn exactly(rows: &[(String, String)]) -> Vec<String> {
    let versions: Vec<String> = rows.iter().map(|(version, _)| text(version)).collect();
    let mut statements = vec![format!("DELETE FROM {LEDGER}")];
    statements.push(match versions.is_empty() {
        true => format!("DELETE FROM {DIESEL}"),
        false => format!("DELETE FROM {DIESEL} WHERE version NOT IN ({})", versions.join(", ")),
    });
    for (version, sum) in rows {
        statements.push(once(version));
        statements.extend(checksum(version, sum).into_iter().skip(1));
    }
    statements
}

/// The statement that notes a migration as applied where it is not yet.
pub(crate) fn once(version: &str) -> String {
    let quoted = text(version);
    format!(
        "INSERT INTO {DIESEL} (version) SELECT {quoted} WHERE NOT EXISTS \
         (SELECT 1 FROM {DIESEL} WHERE version = {quoted})"
    )
}

/// Statements as one transaction.
pub fn transaction(statements: &[String]) -> String {
    format!("BEGIN;\n{};\nCOMMIT;\n", statements.join(";\n"))
}

fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

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
        let rows = self.rows(&format!(
            "SELECT l.version, l.checksum FROM {LEDGER} l JOIN {DIESEL} d \
             ON d.version = l.version AND d.run_on = l.run_on"
        ))?;
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

    /// Runs statements of this module as one transaction, once both tables are there: to make one
    /// ends a transaction on MySQL.
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
