use std::path::Path;

use diesel::migration::Migration;
use diesel::mysql::{Mysql, MysqlConnection};
use diesel_autogen_evolve::guard::told as told_guards;
use diesel_autogen_progress::{Failure, Progress, Refused, Script, literal, run};
use diesel_autogen_schema::Dialect;

use super::rows::rows;
use crate::database::HalfDone;
use crate::database::apply::{Applies, Direction};
use crate::ledger;
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
        up: it.direction == diesel_autogen_progress::Direction::Up,
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
        let directory = file.parent().unwrap_or(file);
        let read = |file: &Path| std::fs::read_to_string(file).map_err(|error| error.to_string());
        let text =
            read(file).map_err(|reason| Error::Directory { path: file.to_owned(), reason })?;
        // The row of Diesel's may be there already, or still, where an attempt was turned round.
        let (own, other, note) = match direction {
            Direction::Up => {
                (diesel_autogen_progress::Direction::Up, Direction::Down, ledger::once(&version))
            }
            Direction::Down => {
                (diesel_autogen_progress::Direction::Down, Direction::Up, direction.note(migration))
            }
        };
        let script = Script {
            version: &version,
            direction: own,
            text: &text,
            note: &note,
            other: &|| read(&other.file(directory)),
        };
        run(self, &script).map_err(|failure| failed(failure, file, directory))
    }

    fn half_done(&mut self) -> Result<Option<String>, Error> {
        Ok(Progress::read(self)?.map(|it| it.version))
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Error {
        let Refused { what, reason } = refused;
        Error::Query { what, reason }
    }
}

/// The failure of the script in this file, whose migration has this directory.
fn failed(failure: Failure, file: &Path, directory: &Path) -> Error {
    let file = file.to_owned();
    match failure {
        Failure::Unfit(reason) => Error::Migration { file, reason, partial: false },
        Failure::LeftOpen => {
            let reason = Error::LeftOpen.to_string();
            Error::Migration { file, reason, partial: false }
        }
        Failure::Guard { statement, reason } => {
            let mut meant = told_guards(&statement, Dialect::Mysql).into_iter();
            match meant.find_map(|it| it.sentence(&reason)) {
                Some(found) => Error::Guard { file, found },
                None => Error::Migration { file, reason, partial: false },
            }
        }
        Failure::Half { direction, reason, done, of } => {
            let file = directory.join(format!("{}.sql", direction.name()));
            Error::HalfDone { file, reason, done, of }
        }
        Failure::Server(refused) => refused.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guards_are_found_by_one_mark() {
        let script =
            format!("-- {}rows of a have no b [c]\nSELECT 1", diesel_autogen_progress::GUARD);
        assert_eq!(told_guards(&script, Dialect::Mysql).len(), 1);
    }
}
