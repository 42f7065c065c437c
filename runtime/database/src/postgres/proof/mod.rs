//! What only PostgreSQL's part of a proof knows: schemas and types, what hangs on tables without
//! being a fact, sequences, and what the server makes of a value in another type.

mod built;
mod dumped;
mod objects;
mod others;
mod rows;
mod sequences;
mod state;

use diesel_autogen_evolve::script::unchecked;
use diesel_autogen_schema::{Change, Dialect, Live, OwnPlace, Place, Table};

use super::Scratch;
use super::seed::Bed;
use crate::Error;
use crate::proof::{
    Bench, Claim, Mapping, Moment, Pass, ProofFailure, Report, Script, Snapshot, concerned,
    demands, run, sieved,
};
use crate::seed::{Seeded, seed_for};
pub(crate) use built::build;
use dumped::Expected;
use objects::Known;
use state::State;

/// Runs the migration up, down and up again: on what the history left, and on rows in every table
/// concerned.
///
/// After up, the changed tables must be what their facts say once the server has read them, and
/// everything else must be as it was: rows, what no model owns, the positions of sequences. After
/// down, all is as before; after up again, all is as after up. What the changes themselves drop is
/// excepted.
///
/// # Errors
/// The first thing that is not as it should be, with the statement, object or row.
pub(crate) fn prove(history: &mut Scratch, proof: &Claim<'_>) -> Result<Report, ProofFailure> {
    let mut scratch = history.fork().map_err(ProofFailure::Setup)?;
    prove_on(&mut scratch, proof, &mut |scratch| {
        *scratch = history.fork()?;
        Ok(())
    })
}

/// The same on this very database. `again` makes it what it was at first.
pub(crate) fn prove_on(
    scratch: &mut Scratch,
    proof: &Claim<'_>,
    again: &mut dyn FnMut(&mut Scratch) -> Result<(), Error>,
) -> Result<Report, ProofFailure> {
    let befores: Vec<Table> = proof.changes.iter().filter_map(Change::before).cloned().collect();
    let before = State::take(scratch, &[], proof.by_dump).map_err(ProofFailure::Setup)?;
    let expected = Expected::of(scratch, &before, proof)?;
    let (built_before, built_after) = built::both(scratch, &before.live, proof)?;
    let known = Known {
        mapping: Mapping::new(Dialect::Postgres, proof.changes, proof.hints),
        before: &before,
        built_before,
        built_after,
        changes: proof.changes,
        expected,
    };
    let mut report = Report { dumped: before.dump.is_some(), ..Report::default() };
    let mut bench = PostgresBench::new(scratch, &known, proof, report.dumped);
    let whole = run(proof, &mut bench, Pass::Empty, &mut report)?;
    // Down once more leads to where the history ended. Where it does not, that is made anew.
    let back = |script| bench.run(Pass::Empty, script).is_ok();
    let is_back = whole && proof.down.iter().all(back);
    if !is_back {
        again(scratch).map_err(ProofFailure::Setup)?;
    }
    let places = concerned(Dialect::Postgres, proof.live, &befores);
    report.seeded =
        with_rows(proof, scratch, &before.live, &places).map_err(ProofFailure::Setup)?;
    let mut bench = PostgresBench::new(scratch, &known, proof, false);
    run(proof, &mut bench, Pass::Filled, &mut report)?;
    Ok(report)
}

/// Makes rows that put the migration to the test.
fn with_rows(
    proof: &Claim<'_>,
    scratch: &mut Scratch,
    live: &Live,
    tables: &[Place<'_>],
) -> Result<Seeded, Error> {
    let mut bed = Bed::begin(scratch)?;
    let demands = demands(proof.changes, live, proof.hints, &mut bed);
    let (seeded, made) = match seed_for(&mut bed, live, tables, &demands) {
        Ok(made) => made,
        Err(error) => {
            bed.end(false)?;
            return Err(error);
        }
    };
    // Without hints nobody knows any more what rows were filled with.
    let up = match (proof.at_once, proof.up) {
        (None, [one]) => Some(*one),
        (at_once, _) => at_once,
    };
    let Some(up) = up.filter(|_| !(proof.certain && proof.hints)) else {
        bed.end(true)?;
        return Ok(seeded);
    };
    if refusal(&mut bed, &up, None)?.is_none() {
        bed.end(true)?;
        return Ok(seeded);
    }
    bed.end(false)?;
    let mut bed = Bed::begin(scratch)?;
    let sieved = sieved(&mut bed, &made, |bed, statement| refusal(bed, &up, Some(statement)))?;
    bed.end(true)?;
    Ok(sieved)
}

/// Why the script does not run behind the statement; `None` when it runs. Whether a script that
/// brings its own transactions runs cannot be found out inside of one: it is taken to run.
fn refusal(
    bed: &mut Bed<'_>,
    script: &Script<'_>,
    statement: Option<&str>,
) -> Result<Option<String>, Error> {
    // What was put off is looked at when the transaction ends.
    let mut sql: Vec<&str> =
        statement.into_iter().chain(["SET CONSTRAINTS ALL IMMEDIATE"]).collect();
    if script.in_transaction {
        sql.extend([script.sql, "SET CONSTRAINTS ALL IMMEDIATE"]);
    }
    bed.try_out(&sql)
}

/// A database that the scripts run on.
struct PostgresBench<'a> {
    scratch: &'a mut Scratch,
    known: &'a Known<'a>,
    /// Columns whose values an expression converts: table, column and expression.
    conversions: Vec<rows::Conversion>,
    /// Constraints of which the scripts say that they hold for new rows alone.
    said: Vec<String>,
    /// Whether `pg_dump` is asked at each moment: rows make no difference to it.
    is_dumped: bool,
}

impl<'a> PostgresBench<'a> {
    fn new(
        scratch: &'a mut Scratch,
        known: &'a Known<'a>,
        proof: &Claim<'_>,
        is_dumped: bool,
    ) -> PostgresBench<'a> {
        let conversions = rows::conversions(proof.changes);
        let said = proof
            .up
            .iter()
            .filter(|_| proof.phased)
            .flat_map(|script| unchecked(script.sql))
            .collect();
        PostgresBench { scratch, known, conversions, said, is_dumped }
    }
}

impl Bench for PostgresBench<'_> {
    type State = State;

    const DIALECT: Dialect = Dialect::Postgres;

    fn run(&mut self, _pass: Pass, script: &Script<'_>) -> Result<(), Error> {
        self.scratch.execute(script.sql, script.in_transaction)
    }

    fn state(&mut self, _before: Option<&State>) -> Result<State, Error> {
        State::take(self.scratch, &self.conversions, self.is_dumped)
    }

    fn rows(state: &State) -> &Snapshot {
        &state.rows
    }

    fn is_after(&mut self, moment: Moment, after: &State) -> Result<(), ProofFailure> {
        self.known.is_after(moment, after)?;
        match (&self.known.expected, &self.known.before.dump) {
            (Some(expected), Some(before)) if self.is_dumped => {
                expected.stands(moment, self.scratch, before, &self.known.changing_names())
            }
            (_, _) => Ok(()),
        }
    }

    fn is_before(&mut self, moment: Moment, now: &State) -> Result<(), ProofFailure> {
        self.known.is_before(moment, now)
    }

    fn is_same(
        &mut self,
        moment: Moment,
        expected: &State,
        found: &State,
    ) -> Result<(), ProofFailure> {
        objects::same(moment, expected, found)
    }

    fn keeps(
        &mut self,
        moment: Moment,
        mapping: &Mapping<'_>,
        from: &State,
        to: &State,
    ) -> Result<(), ProofFailure> {
        let becoming = (!mapping.is_back()).then_some(from.becoming.as_ref()).flatten();
        let rows = becoming.unwrap_or(&from.rows);
        let mapping = &mapping.computed(becoming.is_some());
        rows.is_kept(moment, mapping, &to.rows, &mut rows::Server(self.scratch))?;
        sequences::stand(moment, mapping, from, to, self.scratch)
    }

    fn is_sound(
        &mut self,
        moment: Moment,
        before: &State,
        now: &State,
    ) -> Result<(), ProofFailure> {
        now.is_sound(moment, before, &self.said, self.scratch)
    }
}

/// A table and a column of it.
type Spot = (OwnPlace, String);
