//! The course of a proof: up, down, up again.

use diesel_autogen_schema::{Change, Dialect, Live, Place, Table};

use super::failure::{Moment, Pass, ProofFailure, Step};
use super::{Claim, Mapping, Report, Script, Snapshot, WayBack};
use crate::Error;
use crate::ident::same_place;
use crate::seed::find;

/// A database on which a migration is put to the test, and what its engine knows of the test.
pub(crate) trait Bench {
    /// The database at one moment.
    type State;

    /// The engine.
    const DIALECT: Dialect;

    /// Runs a script as the runner does.
    fn run(&mut self, pass: Pass, script: &Script<'_>) -> Result<(), Error>;

    /// What the database holds now. `before` is what it held before the first script.
    fn state(&mut self, before: Option<&Self::State>) -> Result<Self::State, Error>;

    /// The rows of a moment.
    fn rows(state: &Self::State) -> &Snapshot;

    /// Whether `up.sql` left what the facts say, and everything else as it was.
    fn is_after(&mut self, moment: Moment, after: &Self::State) -> Result<(), ProofFailure>;

    /// Whether `down.sql` brought back what was there.
    fn is_before(&mut self, moment: Moment, now: &Self::State) -> Result<(), ProofFailure>;

    /// Whether two moments hold the same objects, to the letter.
    fn is_same(
        &mut self,
        moment: Moment,
        expected: &Self::State,
        found: &Self::State,
    ) -> Result<(), ProofFailure>;

    /// Whether every row of one moment, and every counter, is there at the next.
    fn keeps(
        &mut self,
        moment: Moment,
        mapping: &Mapping<'_>,
        from: &Self::State,
        to: &Self::State,
    ) -> Result<(), ProofFailure>;

    /// Whether nothing is in disorder that was not before.
    fn is_sound(
        &mut self,
        moment: Moment,
        before: &Self::State,
        now: &Self::State,
    ) -> Result<(), ProofFailure>;
}

/// One pass: up, down, up again. The bench is left after the last script that ran; false when that
/// was not the last of the three.
pub(crate) fn run<B: Bench>(
    proof: &Claim<'_>,
    bench: &mut B,
    pass: Pass,
    report: &mut Report,
) -> Result<bool, ProofFailure> {
    let at = |step| Moment { step, pass };
    let inverse: Vec<Change> = proof.changes.iter().cloned().map(Change::invert).collect();
    let mapping = Mapping::new(B::DIALECT, proof.changes, proof.hints);
    let back = Mapping::of_the_way_back(B::DIALECT, &inverse, proof.hints);
    let before = bench.state(None).map_err(ProofFailure::Setup)?;
    report.rows = B::rows(&before).len();

    script(bench, at(Step::Up), proof.up)?;
    let after = bench.state(Some(&before)).map_err(ProofFailure::Setup)?;
    bench.is_after(at(Step::Up), &after)?;
    bench.keeps(at(Step::Up), &mapping, &before, &after)?;
    bench.is_sound(at(Step::Up), &before, &after)?;

    if let Err(failure) = script(bench, at(Step::Down), proof.down) {
        // Without hints nobody knows any more that values were converted by an expression.
        let must = match proof.way_back {
            WayBack::Certain => report.rows == 0 || proof.hints || !mapping.converts(),
            WayBack::Uncertain => report.rows == 0,
            WayBack::Blocked => false,
        };
        if must {
            return Err(failure);
        }
        report.stuck = Some(failure.to_string());
        return Ok(false);
    }
    let restored = bench.state(Some(&before)).map_err(ProofFailure::Setup)?;
    bench.is_before(at(Step::Down), &restored)?;
    bench.keeps(at(Step::Down), &back, &after, &restored)?;
    bench.is_sound(at(Step::Down), &before, &restored)?;

    if let Err(failure) = script(bench, at(Step::UpAgain), proof.up) {
        // Other rows came back than there were, and some rows may stop it.
        if proof.certain || B::rows(&restored) == B::rows(&before) {
            return Err(failure);
        }
        return Ok(false);
    }
    let again = bench.state(Some(&before)).map_err(ProofFailure::Setup)?;
    bench.is_same(at(Step::UpAgain), &after, &again)?;
    bench.keeps(at(Step::UpAgain), &mapping, &restored, &again)?;
    bench.is_sound(at(Step::UpAgain), &before, &again)?;
    Ok(true)
}

fn script<B: Bench>(
    bench: &mut B,
    moment: Moment,
    scripts: &[Script<'_>],
) -> Result<(), ProofFailure> {
    let failed = |error| ProofFailure::Script { moment, error };
    scripts.iter().try_for_each(|script| bench.run(moment.pass, script)).map_err(failed)
}

/// The changed tables and those that refer to them: their rows must not go along.
pub(crate) fn concerned<'a>(dialect: Dialect, live: &'a Live, changed: &[Table]) -> Vec<Place<'a>> {
    let mut places: Vec<Place<'a>> = changed
        .iter()
        .filter_map(|table| find(dialect, live, table.place()))
        .map(Table::place)
        .collect();
    for table in &live.schema.tables[..] {
        let refers = table
            .foreign_keys
            .iter()
            .any(|key| changed.iter().any(|to| same_place(dialect, to.place(), key.target())));
        if refers && !places.contains(&table.place()) {
            places.push(table.place());
        }
    }
    places
}
