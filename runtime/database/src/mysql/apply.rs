use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::migration::Migration;
use diesel::mysql::{Mysql, MysqlConnection};
use diesel_autogen_evolve::guard::told as told_guards;
use diesel_autogen_schema::Dialect;

use super::connection::told;
use super::progress::{Notes, Progress};
use super::rows::{literal, rows};
use super::statements::{Effect, Statement, leave_open, statements, words};
use crate::database::apply::{Applies, Direction};
use crate::database::{HalfDone, ledger};
use crate::{Error, Value};

/// Versions of the migrations that were applied, oldest first. Writes nothing.
pub(crate) fn applied(conn: &mut MysqlConnection) -> Result<Vec<String>, Error> {
    let mut read = |sql: &str| {
        rows(conn, sql)
            .map_err(|reason| Error::Query { what: "the applied migrations".to_owned(), reason })
    };
    if read(&has_table("__diesel_schema_migrations"))?.is_empty() {
        return Ok(Vec::new());
    }
    let found =
        read("SELECT version FROM __diesel_schema_migrations ORDER BY CAST(version AS BINARY)")?;
    Ok(found.iter().flatten().filter_map(Value::as_text).map(str::to_owned).collect())
}

/// The migration that was left half done.
pub(crate) fn half_done(conn: &mut MysqlConnection) -> Result<Option<HalfDone>, Error> {
    Ok(Progress::read(conn)?.map(|it| HalfDone {
        version: it.version,
        up: it.direction == Direction::Up,
        done: it.done.len(),
    }))
}

/// The query that finds a table of this name.
pub(crate) fn has_table(name: &str) -> String {
    format!(
        "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() \
         AND table_name = {}",
        literal(name)
    )
}

impl Applies for MysqlConnection {
    type Engine = Mysql;

    /// Statement by statement, from where an earlier attempt came to.
    fn run(
        &mut self,
        file: &Path,
        migration: &dyn Migration<Mysql>,
        direction: Direction,
    ) -> Result<(), Error> {
        let version = migration.name().version().to_string();
        let script = read(file)?;
        let all = statements(&script);
        readable(file, &all)?;
        let (guards, all) = apart(all);
        let notes = Notes::of(self, &version, direction)?;
        let mut run = Run { conn: self, file, all: &all, guards: &guards, notes, open: false };
        run.begin(&version, direction)?;
        // The row of Diesel's may be there already, or still, where an attempt was turned round.
        let note = match direction {
            Direction::Up => ledger::once(&version),
            Direction::Down => direction.note(migration),
        };
        let forget = run.notes.forget();
        run.conn
            .batch_execute(&ledger::transaction(&[forget, note]))
            .map_err(|error| run.failed(all.len(), told(&error)))
    }

    fn half_done(&mut self) -> Result<Option<String>, Error> {
        Ok(Progress::read(self)?.map(|it| it.version))
    }
}

fn read(file: &Path) -> Result<String, Error> {
    std::fs::read_to_string(file)
        .map_err(|error| Error::Directory { path: file.to_owned(), reason: error.to_string() })
}

/// The statements that only ask, each with how many others stand before it, and the others. They are
/// asked before anything changes and never again, and take nothing back.
fn apart(all: Vec<Statement<'_>>) -> (Vec<(usize, Statement<'_>)>, Vec<Statement<'_>>) {
    let (mut guards, mut others) = (Vec::new(), Vec::new());
    for statement in all {
        match told_guards(statement.sql, Dialect::Mysql).is_empty() {
            true => others.push(statement),
            false => guards.push((others.len(), statement)),
        }
    }
    (guards, others)
}

/// That the server, and Diesel's runner, can read the script as it is.
fn readable(file: &Path, all: &[Statement<'_>]) -> Result<(), Error> {
    let failed =
        |reason: String| Err(Error::Migration { file: file.to_owned(), reason, partial: false });
    if all
        .iter()
        .any(|it| words(it.sql).next().is_some_and(|it| it.eq_ignore_ascii_case("delimiter")))
    {
        return failed(
            "`DELIMITER` is a word of the client `mysql` and not of the server: leave it out, and \
             end a program with `END;`"
                .to_owned(),
        );
    }
    if leave_open(all) {
        return failed(Error::LeftOpen.to_string());
    }
    Ok(())
}

/// A script that is being run.
struct Run<'a, 'c> {
    conn: &'c mut MysqlConnection,
    file: &'a Path,
    all: &'a [Statement<'a>],
    guards: &'a [(usize, Statement<'a>)],
    notes: Notes<'a>,
    /// Whether the script has begun a transaction.
    open: bool,
}

impl Run<'_, '_> {
    fn begin(&mut self, version: &str, direction: Direction) -> Result<(), Error> {
        let done = match Progress::read(self.conn)? {
            Some(progress) if progress.version == version => self.resume(progress, direction)?,
            Some(_) | None => 0,
        };
        // What was set then went with the session that set it.
        for statement in self.all[..done].iter().filter(|it| it.effect == Effect::Session) {
            self.conn
                .batch_execute(statement.sql)
                .map_err(|error| self.failed(done, told(&error)))?;
        }
        let fresh = done == 0 && Progress::read(self.conn)?.is_none();
        for at in done..self.all.len() {
            if fresh {
                self.ask(at)?;
            }
            if let Err(reason) = self.statement(at) {
                let _ = self.conn.batch_execute("ROLLBACK");
                let done = Progress::read(self.conn)?.map_or(0, |it| it.done.len());
                return Err(self.failed(done, reason));
            }
        }
        Ok(())
    }

    /// Asks the guards that stand before a statement. Where one finds something, nothing of the
    /// script has changed anything yet, and what was noted of it is forgotten.
    fn ask(&mut self, at: usize) -> Result<(), Error> {
        for (_, guard) in self.guards.iter().filter(|(place, _)| *place == at) {
            let Err(error) = self.conn.batch_execute(guard.sql) else { continue };
            let _ = self.conn.batch_execute("ROLLBACK");
            let (reason, file) = (told(&error), self.file.to_owned());
            let mut meant = told_guards(guard.sql, Dialect::Mysql).into_iter();
            let found = meant.find_map(|it| it.sentence(&reason));
            if at > 0 && self.all[..at].iter().any(|it| it.effect != Effect::Session) {
                return Err(self.failed(at, found.unwrap_or(reason)));
            }
            let forget = self.notes.forget();
            self.conn.batch_execute(&forget).map_err(|error| self.failed(at, told(&error)))?;
            return Err(match found {
                Some(found) => Error::Guard { file, found },
                None => Error::Migration { file, reason, partial: false },
            });
        }
        Ok(())
    }

    /// How many statements need not run: those that ran, or, where the attempt went the other way,
    /// those that have nothing to take back.
    fn resume(&mut self, mut progress: Progress, direction: Direction) -> Result<usize, Error> {
        progress.settle(self.conn)?;
        let done = progress.done.len();
        let from = match self.file.parent() {
            Some(directory) => progress.direction.file(directory),
            None => self.file.to_owned(),
        };
        let script = read(&from)?;
        let (_, then) = apart(statements(&script));
        if let Some(number) = progress.edited(&then) {
            let reason = format!(
                "its statement {number} has run, and is not any more what it was: put it back as \
                 it was"
            );
            return Err(Error::HalfDone { file: from, reason, done, of: then.len() });
        }
        if progress.direction == direction {
            return Ok(done);
        }
        // Each statement of the one takes back its mirror image in the other.
        let Some(done) = self.all.len().checked_sub(done).filter(|_| then.len() == self.all.len())
        else {
            let reason = format!(
                "`{}` has {} statements, so nobody can tell which of them take back those that \
                 have run: go on in the direction in which it was begun, and then back",
                self.file.display(),
                self.all.len()
            );
            return Err(Error::HalfDone { file: from, reason, done, of: then.len() });
        };
        self.notes.exactly(self.conn, &self.all[..done])?;
        Ok(done)
    }

    /// Runs one statement and notes that it ran, together where that is possible.
    fn statement(&mut self, at: usize) -> Result<(), String> {
        let statement = &self.all[at];
        let in_words = |error: &diesel::result::Error| {
            format!("{}, in the statement\n{}\n", told(error), statement.sql)
        };
        let done = self.notes.done(at, statement);
        let sql = |conn: &mut MysqlConnection, sql: &str| {
            conn.batch_execute(sql).map_err(|error| in_words(&error))
        };
        match statement.effect {
            Effect::Session => {
                sql(self.conn, statement.sql)?;
                sql(self.conn, &done)
            }
            Effect::Begins => {
                sql(self.conn, statement.sql)?;
                self.open = true;
                sql(self.conn, &done)
            }
            Effect::Ends => {
                self.open = false;
                let commits =
                    words(statement.sql).next().is_some_and(|it| it.eq_ignore_ascii_case("commit"));
                let (first, second) =
                    if commits { (&*done, statement.sql) } else { (statement.sql, &*done) };
                sql(self.conn, first)?;
                sql(self.conn, second)
            }
            Effect::Rows if self.open => {
                sql(self.conn, statement.sql)?;
                sql(self.conn, &done)
            }
            Effect::Rows => {
                sql(self.conn, "BEGIN")?;
                sql(self.conn, statement.sql)?;
                sql(self.conn, &done)?;
                sql(self.conn, "COMMIT")
            }
            Effect::Commits => {
                self.open = false;
                let noted = |result: Result<(), Error>| result.map_err(|error| error.to_string());
                noted(self.notes.begin(self.conn, at, statement))?;
                let result = sql(self.conn, statement.sql);
                noted(self.notes.end(self.conn, result.is_ok()))?;
                result
            }
        }
    }

    fn failed(&self, done: usize, reason: String) -> Error {
        let file = self.file.to_owned();
        Error::HalfDone { file, reason, done, of: self.all.len() }
    }
}
