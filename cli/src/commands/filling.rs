//! Rows that are filled in batches, with somebody told how far it is.

use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel_autogen_database::{self as database, Database, Value};
use diesel_autogen_evolve::phases::{Stepwise, stepwise};
use diesel_autogen_evolve::revision::Revision;
use diesel_autogen_schema::Dialect;

use crate::Error;
use crate::terminal::Terminal;

/// How often it is told.
const OFTEN: Duration = Duration::from_secs(2);

/// What part of the time that batches take is left to others, where nobody else writes meanwhile.
const LEFT: u32 = 4;

/// How the revision is run in batches, if it fills rows so.
pub(super) fn in_batches(revision: &Revision, dialect: Dialect) -> Option<Stepwise> {
    if revision.by_hand { None } else { stepwise(&revision.up_sql, dialect) }
}

/// Fills what is not filled yet, so that the revision itself finds nothing more to do. What is done
/// stays done whatever happens.
///
/// # Errors
/// When a batch fails.
pub(super) fn fill(
    revision: &Revision,
    steps: &Stepwise,
    database: &mut Database,
    terminal: &mut Terminal,
) -> Result<(), Error> {
    let name = &revision.dir_name;
    let mut filled = 0;
    let result = batches(steps, database, &mut |rows, is_time| {
        filled += rows;
        if is_time {
            terminal.step(format!("{name}: rows filled so far: {filled}"));
        }
    });
    if result.is_err() {
        // A transaction is left open where the batch brought its own, and nowhere else.
        let _ = database.execute("ROLLBACK");
    }
    let ended = database.execute(&steps.end);
    terminal.step(format!("{name}: rows filled: {filled}"));
    result.and(ended).map_err(|error| {
        let reason = error.into_reason();
        Error::failure(format!(
            "`{name}/up.sql` fails: {reason}; rows that are filled stay so, and diesel-autogen \
             upgrade goes on with the others"
        ))
    })
}

/// Every batch; `told` hears how many rows it filled, and whether it is time to say something.
fn batches(
    steps: &Stepwise,
    database: &mut Database,
    told: &mut dyn FnMut(u64, bool),
) -> Result<(), database::Error> {
    database.execute(&steps.begin)?;
    let mut said = Instant::now();
    loop {
        let begun = Instant::now();
        let Some(rows) = batch(steps, database)? else { return Ok(()) };
        let is_time = said.elapsed() > OFTEN;
        told(rows, is_time);
        if is_time {
            said = Instant::now();
        }
        if steps.alone {
            sleep(begun.elapsed() / LEFT);
        }
    }
}

/// Rows that one more batch filled; `None` when none were left.
fn batch(steps: &Stepwise, database: &mut Database) -> Result<Option<u64>, database::Error> {
    database.execute(&steps.batch)?;
    let told = database.rows(&steps.filled)?;
    let told = told.first().and_then(|row| row.first()).and_then(Value::as_text);
    Ok(told.and_then(|rows| rows.parse().ok()))
}
