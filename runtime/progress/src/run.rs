//! Running a script from where an earlier attempt came to.

use diesel::connection::SimpleConnection;
use diesel::mysql::MysqlConnection;

use crate::notes::{Notes, Progress};
use crate::rows::{Refused, told};
use crate::statements::{Effect, Statement, leave_open, statements, words};
use crate::{Direction, GUARD};

/// A script of a migration.
pub struct Script<'a> {
    /// The version of the migration.
    pub version: &'a str,
    /// Which of its scripts it is.
    pub direction: Direction,
    /// The text.
    pub text: &'a str,
    /// The statement that notes the whole migration as applied or not, however often it runs.
    pub note: &'a str,
    /// The text of the other script, which is asked for where that one was begun.
    pub other: &'a dyn Fn() -> Result<String, String>,
}

/// Why a script did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It cannot be run as it is. Nothing has changed.
    Unfit(String),
    /// It begins a transaction and does not end it. Nothing has changed.
    LeftOpen,
    /// A guard found something. Nothing has changed.
    Guard {
        /// The guard, with its comment.
        statement: String,
        /// What the server says.
        reason: String,
    },
    /// It was left half done.
    Half {
        /// Which of the two scripts is at fault.
        direction: Direction,
        /// What is wrong.
        reason: String,
        /// How many of its statements are done.
        done: usize,
        /// How many it has.
        of: usize,
    },
    /// The server would not tell how far it came, or not keep it.
    Server(Refused),
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Failure {
        Failure::Server(refused)
    }
}

/// Runs a script statement by statement, from where an earlier attempt came to, and notes it.
///
/// # Errors
/// The first thing that is not as it should be.
pub fn run(conn: &mut MysqlConnection, script: &Script<'_>) -> Result<(), Failure> {
    let all = statements(script.text);
    fit(&all)?;
    let (guards, all) = apart(all);
    let notes = Notes::of(conn, script.version, script.direction)?;
    let mut run = Run { conn, script, all: &all, guards: &guards, notes, open: false };
    run.begin()?;
    let end = format!("BEGIN;\n{};\n{};\nCOMMIT;\n", run.notes.forget(), script.note);
    run.conn.batch_execute(&end).map_err(|error| run.failed(all.len(), told(&error)))
}

/// The statements that only ask, each with how many others stand before it, and the others. They are
/// asked before anything changes and never again, and take nothing back.
fn apart(all: Vec<Statement<'_>>) -> (Vec<(usize, Statement<'_>)>, Vec<Statement<'_>>) {
    let (mut guards, mut others) = (Vec::new(), Vec::new());
    for statement in all {
        match is_guard(statement.sql) {
            true => guards.push((others.len(), statement)),
            false => others.push(statement),
        }
    }
    (guards, others)
}

/// Whether the last comment in front of the statement says that it is one.
fn is_guard(sql: &str) -> bool {
    let lines = sql.lines().map(str::trim).take_while(|it| it.is_empty() || it.starts_with("--"));
    let last = lines.filter_map(|it| it.strip_prefix("--")).last();
    last.is_some_and(|it| it.trim_start().starts_with(GUARD))
}

/// That the server, and Diesel's runner, can read the script as it is.
fn fit(all: &[Statement<'_>]) -> Result<(), Failure> {
    let delimits = |it: &Statement<'_>| {
        words(it.sql).next().is_some_and(|it| it.eq_ignore_ascii_case("delimiter"))
    };
    if all.iter().any(delimits) {
        return Err(Failure::Unfit(
            "`DELIMITER` is a word of the client `mysql` and not of the server: leave it out, and \
             end a program with `END;`"
                .to_owned(),
        ));
    }
    if leave_open(all) {
        return Err(Failure::LeftOpen);
    }
    Ok(())
}

/// A script that is being run.
struct Run<'a, 'c> {
    conn: &'c mut MysqlConnection,
    script: &'a Script<'a>,
    all: &'a [Statement<'a>],
    guards: &'a [(usize, Statement<'a>)],
    notes: Notes<'a>,
    /// Whether the script has begun a transaction.
    open: bool,
}

impl Run<'_, '_> {
    fn begin(&mut self) -> Result<(), Failure> {
        let done = match Progress::read(self.conn)? {
            Some(progress) if progress.version == self.script.version => self.resume(progress)?,
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
    fn ask(&mut self, at: usize) -> Result<(), Failure> {
        for (_, guard) in self.guards.iter().filter(|(place, _)| *place == at) {
            let Err(error) = self.conn.batch_execute(guard.sql) else { continue };
            let _ = self.conn.batch_execute("ROLLBACK");
            let reason = told(&error);
            if self.all[..at].iter().any(|it| it.effect != Effect::Session) {
                return Err(self.failed(at, reason));
            }
            let forget = self.notes.forget();
            self.conn.batch_execute(&forget).map_err(|error| self.failed(at, told(&error)))?;
            return Err(Failure::Guard { statement: guard.sql.to_owned(), reason });
        }
        Ok(())
    }

    /// How many statements need not run: those that ran, or, where the attempt went the other way,
    /// those that have nothing to take back.
    fn resume(&mut self, mut progress: Progress) -> Result<usize, Failure> {
        progress.settle(self.conn)?;
        let (done, direction) = (progress.done.len(), progress.direction);
        let half = |reason: String, of: usize| Failure::Half { direction, reason, done, of };
        let other;
        let text = match direction == self.script.direction {
            true => self.script.text,
            false => {
                other = (self.script.other)().map_err(|reason| half(reason, done))?;
                &other
            }
        };
        let (_, then) = apart(statements(text));
        if let Some(number) = progress.edited(&then) {
            let reason = format!(
                "its statement {number} has run, and is not any more what it was: put it back as \
                 it was"
            );
            return Err(half(reason, then.len()));
        }
        if direction == self.script.direction {
            return Ok(done);
        }
        // Each statement of the one takes back its mirror image in the other.
        let Some(done) = self.all.len().checked_sub(done).filter(|_| then.len() == self.all.len())
        else {
            let reason = format!(
                "its `{}.sql` has {} statements, so nobody can tell which of them take back those \
                 that have run: go on in the direction in which it was begun, and then back",
                self.script.direction.name(),
                self.all.len()
            );
            return Err(half(reason, then.len()));
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
                let noted = |result: Result<(), Refused>| result.map_err(|error| error.reason);
                noted(self.notes.begin(self.conn, at, statement))?;
                let result = sql(self.conn, statement.sql);
                noted(self.notes.end(self.conn, result.is_ok()))?;
                result
            }
        }
    }

    fn failed(&self, done: usize, reason: String) -> Failure {
        Failure::Half { direction: self.script.direction, reason, done, of: self.all.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::is_guard;

    #[test]
    fn a_guard_is_told_by_the_last_comment_in_front_of_it() {
        assert!(is_guard("-- why\n\n-- guard: rows of a have no b [c]\nSET x = 1"));
        assert!(!is_guard("-- guard: rows of a have no b [c]\n-- why\nSET x = 1"));
        assert!(!is_guard("SET x = 1\n-- guard: rows of a"));
    }
}
