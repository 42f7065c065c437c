//! How far a migration has come, where every statement about tables commits by itself.
//!
//! Each statement that has run is a row of a table beside Diesel's. What changes rows is noted in
//! the transaction that changes them. A statement about tables is noted as begun, with how what it
//! speaks of looked then, and as done afterwards: when a client dies in between, what it speaks of
//! still looks like that or does not, since such a statement happens whole or not at all.

use std::collections::BTreeSet;

use diesel::mysql::MysqlConnection;
use sha2::{Digest, Sha256};

use crate::Direction;
use crate::looks::{objects, shape};
use crate::rows::{Refused, execute, literal, texts};
use crate::statements::{Statement, words};

/// The table of statements that have run.
const TABLE: &str = "__diesel_autogen_progress";

/// What is asked for here.
const WHAT: &str = "how far a migration has come";

/// A migration that was left half done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Its version.
    pub version: String,
    /// Which of its scripts was begun.
    pub direction: Direction,
    /// Checksums of the statements that are done, in order.
    pub done: Vec<String>,
    /// The statement that was begun, and how things looked then.
    begun: Option<(String, String)>,
}

impl Progress {
    /// What was left half done, if something was. Writes nothing.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn read(conn: &mut MysqlConnection) -> Result<Option<Progress>, Refused> {
        let exists = format!(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() \
             AND table_name = {}",
            literal(TABLE)
        );
        if texts(conn, WHAT, &exists)?.is_empty() {
            return Ok(None);
        }
        let found = texts(
            conn,
            WHAT,
            &format!(
                "SELECT version, direction, checksum, statement, before_it FROM {TABLE} \
                 ORDER BY number"
            ),
        )?;
        let text = |row: &[Option<String>], at: usize| row.get(at).cloned().flatten();
        let Some(first) = found.first() else { return Ok(None) };
        let mut progress = Progress {
            version: text(first, 0).unwrap_or_default(),
            direction: match text(first, 1).is_some_and(|it| it == Direction::Down.name()) {
                true => Direction::Down,
                false => Direction::Up,
            },
            done: Vec::new(),
            begun: None,
        };
        for row in &found {
            match text(row, 4) {
                Some(before) => {
                    progress.begun = Some((text(row, 3).unwrap_or_default(), before));
                }
                None => progress.done.extend(text(row, 2)),
            }
        }
        // That nothing was done is no state of its own.
        Ok(Some(progress))
    }

    /// Finds out whether a statement that was begun was done, and notes it.
    pub(crate) fn settle(&mut self, conn: &mut MysqlConnection) -> Result<(), Refused> {
        let Some((statement, before)) = self.begun.take() else { return Ok(()) };
        if look(conn, &statement)? == before {
            execute(conn, WHAT, &format!("DELETE FROM {TABLE} WHERE before_it IS NOT NULL"))
        } else {
            self.done.push(checksum(&statement));
            execute(conn, WHAT, &format!("UPDATE {TABLE} SET before_it = NULL"))
        }
    }

    /// The number of the first statement that is not what it was when it ran.
    pub(crate) fn edited(&self, now: &[Statement<'_>]) -> Option<usize> {
        let same = |at: usize| now.get(at).is_some_and(|it| checksum(it.sql) == self.done[at]);
        (0..self.done.len()).find(|at| !same(*at)).map(|at| at + 1)
    }
}

/// How far one script has come.
pub(crate) struct Notes<'a> {
    version: &'a str,
    direction: Direction,
}

impl Notes<'_> {
    /// Makes the table where it is not.
    pub(crate) fn of<'a>(
        conn: &mut MysqlConnection,
        version: &'a str,
        direction: Direction,
    ) -> Result<Notes<'a>, Refused> {
        execute(
            conn,
            WHAT,
            &format!(
                "CREATE TABLE IF NOT EXISTS {TABLE} (version VARCHAR(50) NOT NULL, \
                 direction VARCHAR(4) NOT NULL, number INT NOT NULL, checksum VARCHAR(80) NOT NULL, \
                 statement LONGTEXT NOT NULL, before_it VARCHAR(80) NULL, \
                 run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, \
                 PRIMARY KEY (version, number)) \
                 ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
            ),
        )?;
        Ok(Notes { version, direction })
    }

    /// The SQL that notes a statement as done.
    pub(crate) fn done(&self, number: usize, statement: &Statement<'_>) -> String {
        self.note(number, statement, "NULL")
    }

    /// Notes that a statement is about to change tables.
    pub(crate) fn begin(
        &self,
        conn: &mut MysqlConnection,
        number: usize,
        statement: &Statement<'_>,
    ) -> Result<(), Refused> {
        let before = look(conn, statement.sql)?;
        execute(conn, WHAT, &self.note(number, statement, &literal(&before)))
    }

    /// Notes that a statement that was begun is done, or, as it failed, was never begun.
    pub(crate) fn end(&self, conn: &mut MysqlConnection, done: bool) -> Result<(), Refused> {
        execute(
            conn,
            WHAT,
            &match done {
                true => format!("UPDATE {TABLE} SET before_it = NULL WHERE before_it IS NOT NULL"),
                false => format!("DELETE FROM {TABLE} WHERE before_it IS NOT NULL"),
            },
        )
    }

    /// Notes that these statements are done and no others, all at once.
    pub(crate) fn exactly(
        &self,
        conn: &mut MysqlConnection,
        done: &[Statement<'_>],
    ) -> Result<(), Refused> {
        let mut all = vec![self.forget()];
        all.extend(done.iter().enumerate().map(|(at, it)| self.done(at, it)));
        execute(conn, WHAT, &format!("BEGIN;\n{};\nCOMMIT;\n", all.join(";\n")))
    }

    /// The SQL that forgets all about the migration.
    pub(crate) fn forget(&self) -> String {
        format!("DELETE FROM {TABLE} WHERE version = {}", literal(self.version))
    }

    fn note(&self, number: usize, statement: &Statement<'_>, before: &str) -> String {
        let direction = self.direction.name();
        format!(
            "INSERT INTO {TABLE} (version, direction, number, checksum, statement, before_it) \
             VALUES ({}, '{direction}', {}, '{}', {}, {before})",
            literal(self.version),
            number + 1,
            checksum(statement.sql),
            literal(statement.sql),
        )
    }
}

/// What tells one statement from another.
fn checksum(sql: &str) -> String {
    digest(&sql.replace("\r\n", "\n"))
}

/// How everything looks that the statement speaks of, in so many letters.
fn look(conn: &mut MysqlConnection, sql: &str) -> Result<String, Refused> {
    let name = |word: &str| word.trim_matches(['`', '"']).replace("``", "`").to_lowercase();
    let named: BTreeSet<String> = words(sql).map(name).collect();
    let mut text = String::new();
    for object in objects(conn)? {
        if named.contains(&object.name.to_lowercase()) && object.name != TABLE {
            text.push_str(&shape(&object, conn)?);
            text.push('\n');
        }
    }
    Ok(digest(&text))
}

fn digest(text: &str) -> String {
    let bytes = Sha256::digest(text.as_bytes());
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
