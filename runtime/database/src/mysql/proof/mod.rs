//! What only MySQL's part of a proof knows: statements that commit by themselves, views, triggers
//! and routines, how far tables have counted, and what the server makes of a value in another type.

mod built;
mod objects;
mod rows;
mod state;

use diesel_autogen_schema::{Change, Dialect, Live, Place, Table};

use super::Scratch;
use crate::Error;
use crate::proof::{
    Bench, Claim, Mapping, Moment, Pass, ProofFailure, Report, Script, Snapshot, concerned,
    demands, run, sieved,
};
use crate::seed::{Seeded, seed_for};
use built::Built;
pub(crate) use built::build;
use objects::Known;
use state::State;

/// Runs the migration up, down and up again: on what the history left, and on rows in every table
/// concerned.
///
/// After up, the changed tables must be what their facts say once the server has read them, and
/// everything else must be as it was: rows, what no model owns, how far tables have counted. After
/// down, all is as before, by introspection and by what the server shows of it; after up again,
/// all is as after up. What the changes themselves drop is excepted.
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
    again: Again<'_>,
) -> Result<Report, ProofFailure> {
    let befores: Vec<Table> = proof.changes.iter().filter_map(Change::before).cloned().collect();
    let afters: Vec<Table> = proof.changes.iter().filter_map(Change::after).cloned().collect();
    let before = State::take(scratch).map_err(ProofFailure::Setup)?;
    let known = Known {
        mapping: Mapping::new(Dialect::Mysql, proof.changes, proof.hints),
        before: &before,
        built_before: Built::of(scratch, &befores, proof.create)?,
        built_after: Built::of(scratch, &afters, proof.create)?,
    };
    let mut report = Report { dumped: true, ..Report::default() };
    let mut bench = MysqlBench { scratch, known: &known };
    let whole = run(proof, &mut bench, Pass::Empty, &mut report)?;
    // Down once more leads to where the history ended. Where it does not, that is made anew.
    let back = |script| bench.run(Pass::Empty, script).is_ok();
    let is_back = whole && proof.down.iter().all(back);
    if !is_back {
        again(scratch).map_err(ProofFailure::Setup)?;
    }
    let places = concerned(Dialect::Mysql, proof.live, &befores);
    report.seeded =
        with_rows(proof, scratch, again, &before.live, &places).map_err(ProofFailure::Setup)?;
    let mut bench = MysqlBench { scratch, known: &known };
    run(proof, &mut bench, Pass::Filled, &mut report)?;
    Ok(report)
}

/// Makes a database what it was at first.
pub(crate) type Again<'a> = &'a mut dyn FnMut(&mut Scratch) -> Result<(), Error>;

/// Makes rows that put the migration to the test.
fn with_rows(
    proof: &Claim<'_>,
    scratch: &mut Scratch,
    again: Again<'_>,
    live: &Live,
    tables: &[Place<'_>],
) -> Result<Seeded, Error> {
    let demands = demands(proof.changes, live, proof.hints, scratch);
    let (seeded, made) = seed_for(scratch, live, tables, &demands)?;
    if proof.certain && proof.hints || refused(&mut scratch.fork()?, proof.up).is_none() {
        return Ok(seeded);
    }
    again(scratch)?;
    sieved(scratch, &made, |kept, statement| {
        let mut tried = kept.fork()?;
        match tried.attempt(statement, &[]) {
            Ok(()) => Ok(refused(&mut tried, proof.up)),
            Err(reason) => Ok(Some(reason)),
        }
    })
}

/// Why the script does not run; `None` when it did.
fn refused(scratch: &mut Scratch, scripts: &[Script<'_>]) -> Option<String> {
    let run = scripts.iter().try_for_each(|script| scratch.execute(script.sql, false));
    run.err().map(Error::into_reason)
}

/// A database that the scripts run on.
struct MysqlBench<'a> {
    scratch: &'a mut Scratch,
    known: &'a Known<'a>,
}

impl Bench for MysqlBench<'_> {
    type State = State;

    const DIALECT: Dialect = Dialect::Mysql;

    fn run(&mut self, _pass: Pass, script: &Script<'_>) -> Result<(), Error> {
        self.scratch.execute(script.sql, script.in_transaction)
    }

    fn state(&mut self, _before: Option<&State>) -> Result<State, Error> {
        State::take(self.scratch)
    }

    fn rows(state: &State) -> &Snapshot {
        &state.rows
    }

    fn is_after(&mut self, moment: Moment, after: &State) -> Result<(), ProofFailure> {
        self.known.is_after(moment, after)
    }

    fn is_before(&mut self, moment: Moment, now: &State) -> Result<(), ProofFailure> {
        objects::same(moment, self.known.before, now)
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
        from.rows.is_kept(moment, mapping, &to.rows, &mut rows::Server(self.scratch))?;
        from.counters_stand(moment, mapping, to)
    }

    fn is_sound(
        &mut self,
        moment: Moment,
        before: &State,
        now: &State,
    ) -> Result<(), ProofFailure> {
        now.is_sound(moment, before)
    }
}
