use diesel_autogen_schema::{Change, Live, Table};

use crate::proof::{Claim, ProofFailure, Report, Script};
use crate::sqlite::Scratch;

/// A migration and what it claims to do, on SQLite; see [`crate::Proof`].
pub struct Proof<'a> {
    /// See [`crate::Proof::history`].
    pub history: &'a Scratch,
    /// See [`crate::Proof::live`].
    pub live: &'a Live,
    /// See [`crate::Proof::up`].
    pub up: Script<'a>,
    /// See [`crate::Proof::down`].
    pub down: Script<'a>,
    /// See [`crate::Proof::changes`].
    pub changes: &'a [Change],
    /// See [`crate::Proof::hints`].
    pub hints: bool,
    /// See [`crate::Proof::certain`].
    pub certain: bool,
    /// See [`crate::Proof::reversible`].
    pub reversible: bool,
    /// See [`crate::Proof::create`].
    pub create: &'a dyn Fn(&[Table]) -> Result<String, String>,
}

/// See [`crate::prove`].
///
/// # Errors
/// The first thing that is not as it should be, with the statement, object or row.
pub fn prove(proof: &Proof<'_>) -> Result<Report, ProofFailure> {
    let Proof { history, live, up, down, changes, hints, certain, reversible, create } = *proof;
    super::prove(history, &Claim { live, up, down, changes, hints, certain, reversible, create })
}
