//! Failures that guards of a migration meant.

use diesel_autogen_evolve::guard::told;
use diesel_autogen_schema::Dialect;

use crate::Error;

/// The error as what a guard of the script found, if it is that.
pub(super) fn recognised(error: Error, engine: Dialect) -> Error {
    let Error::Migration { file, reason, partial } = error else { return error };
    let script = std::fs::read_to_string(&file).unwrap_or_default();
    let found = told(&script, engine).iter().find_map(|guard| guard.sentence(&reason));
    match found.filter(|_| !partial) {
        Some(found) => Error::Guard { file, found },
        None => Error::Migration { file, reason, partial },
    }
}
