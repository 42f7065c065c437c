//! Rows that are filled in batches, with somebody told how far it is.

use std::time::{Duration, Instant};

use diesel_autogen_database::{Database, Value};
use diesel_autogen_evolve::phases::SAID;
use diesel_autogen_evolve::revision::Revision;

use crate::Error;
use crate::terminal::Terminal;

/// How often it is told.
const OFTEN: Duration = Duration::from_secs(2);

/// Whether the revision fills rows in batches, each of which can be run by itself.
pub(super) fn is_in_batches(revision: &Revision) -> bool {
    let said = format!("-- {SAID}");
    !revision.by_hand && revision.up_sql.lines().any(|line| line.starts_with(&said))
}

/// Fills what is not filled yet, so that the revision itself finds nothing more to do. What is done
/// stays done whatever happens.
///
/// # Errors
/// When a batch fails.
pub(super) fn fill(
    revision: &Revision,
    database: &mut Database,
    terminal: &mut Terminal,
) -> Result<(), Error> {
    let name = &revision.dir_name;
    // Keys have at most 32 columns.
    database.rows(
        "SELECT set_config('diesel_autogen.after_' || n, '', FALSE) \
         FROM generate_series(1, 32) AS n",
    )?;
    database.execute("SET diesel_autogen.stepwise = 'on'")?;
    let (mut filled, mut told) = (0, Instant::now());
    let result = loop {
        match batch(revision, database) {
            Ok(Some(rows)) => filled += rows,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
        if told.elapsed() > OFTEN {
            terminal.step(format!("{name}: rows filled so far: {filled}"));
            told = Instant::now();
        }
    };
    database.execute("RESET diesel_autogen.stepwise")?;
    terminal.step(format!("{name}: rows filled: {filled}"));
    result.map_err(|error| {
        Error::failure(format!(
            "`{name}/up.sql` fails: {error}; rows that are filled stay so, and diesel-autogen \
             upgrade goes on with the others"
        ))
    })
}

/// Rows that one more batch filled; `None` when none were left.
fn batch(revision: &Revision, database: &mut Database) -> Result<Option<u64>, Error> {
    database.execute(&revision.up_sql)?;
    let told = database.rows("SELECT current_setting('diesel_autogen.filled', TRUE)")?;
    let told = told.first().and_then(|row| row.first()).and_then(Value::as_text);
    Ok(told.and_then(|rows| rows.parse().ok()))
}
