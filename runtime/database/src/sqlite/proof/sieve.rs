//! Rows that a migration takes along, picked from rows of which it refuses some.

use std::collections::BTreeMap;

use super::Script;
use crate::Error;
use crate::sqlite::Scratch;
use crate::sqlite::seed::{Made, Seeded, counted};

/// Whether the script runs on a copy of the database.
pub(super) fn passes(scratch: &Scratch, script: &Script<'_>) -> Result<bool, Error> {
    Ok(refusal(scratch, script)?.is_none())
}

/// A copy of the database with those of the rows with which the script runs, each tried beside
/// the ones before it. When it does not run without any, there are none: that is for the proof to
/// tell.
pub(super) fn sieved(
    empty: &Scratch,
    made: &[Made],
    script: &Script<'_>,
) -> Result<(Scratch, Seeded), Error> {
    let mut kept = empty.fork()?;
    let mut tables: Vec<&str> = Vec::new();
    let mut failures = BTreeMap::new();
    for (table, statement) in made {
        if !tables.contains(&table.as_str()) {
            tables.push(table);
        }
        let mut tried = kept.fork()?;
        let refused = match tried.attempt(statement, &[]) {
            Ok(()) => refusal(&tried, script)?,
            Err(reason) => Some(reason),
        };
        match refused {
            None => kept = tried,
            Some(reason) => {
                failures.insert(table.clone(), Some(reason));
            }
        }
    }
    let seeded = counted(&mut kept, &tables, failures)?;
    Ok((kept, seeded))
}

fn refusal(scratch: &Scratch, script: &Script<'_>) -> Result<Option<String>, Error> {
    let tried = scratch.fork()?.execute(script.sql, script.in_transaction);
    Ok(tried.err().map(|error| match error {
        Error::Statement { statement: _, reason } => reason,
        error => error.to_string(),
    }))
}
