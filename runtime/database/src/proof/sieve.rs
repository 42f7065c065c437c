//! Rows that a migration takes along, picked from rows of which it refuses some.

use std::collections::BTreeMap;

use diesel_autogen_schema::OwnPlace;

use crate::Error;
use crate::seed::{Made, Seedbed, Seeded, counted};

/// Makes those of the rows with which the migration runs, each tried beside the ones before it.
/// `refusal` says why the migration does not run once a statement made its row, `None` when it
/// runs, and leaves nothing of the two. When it does not run without any row, there are none:
/// that is for the proof to tell.
pub(crate) fn sieved<B: Seedbed>(
    bed: &mut B,
    made: &[Made],
    refusal: impl Fn(&mut B, &str) -> Result<Option<String>, Error>,
) -> Result<Seeded, Error> {
    let mut tables: Vec<OwnPlace> = Vec::new();
    let mut failures = BTreeMap::new();
    for (table, statement) in made {
        if !tables.contains(table) {
            tables.push(table.clone());
        }
        let refused = match refusal(bed, statement)? {
            None => bed.attempt(statement, &[]).err(),
            refused => refused,
        };
        if let Some(reason) = refused {
            failures.insert(table.clone(), Some(reason));
        }
    }
    counted(bed, &tables, failures)
}
