//! What only SQLite's part of a proof knows: its catalogue, rowids, counters and damaged pages.

mod counters;
mod items;
mod objects;
mod rows;

use std::collections::BTreeMap;

use diesel_autogen_schema::{Change, Dialect, Live, Place, Table};

use counters::Counters;
use objects::Known;

use super::Scratch;
use super::catalog::{Catalog, Kind};
use crate::ident::quoted;
use crate::proof::{
    Bench, Claim, Create, Mapping, Moment, Pass, ProofFailure, Report, Script, Snapshot, concerned,
    demands, run, sieved,
};
use crate::seed::{Seeded, seed_for};
use crate::{Error, Value};

/// Runs the migration up, down and up again: on what the history left, and on rows in every table
/// concerned with foreign keys enforced and not.
///
/// After up, the changed tables must be what their facts say, by introspection and by SQLite's own
/// dump, and everything else must be as it was: rows, rowids and AUTOINCREMENT counters, objects
/// that no model owns, references. A table that was not written by facts alone (adopted, or with
/// hand-made additions) is compared by introspection only. After down, all is as before; after up
/// again, all is as after up. What the changes themselves drop is excepted.
///
/// # Errors
/// The first thing that is not as it should be, with the statement, object or row.
pub(crate) fn prove(history: &Scratch, proof: &Claim<'_>) -> Result<Report, ProofFailure> {
    let befores: Vec<Table> = proof.changes.iter().filter_map(Change::before).cloned().collect();
    let afters: Vec<Table> = proof.changes.iter().filter_map(Change::after).cloned().collect();
    let built_before = built(proof, &befores)?;
    let built_after = built(proof, &afters)?;
    let mut empty = history.fork().map_err(ProofFailure::Setup)?;
    let known = Known {
        mapping: Mapping::new(Dialect::Sqlite, proof.changes, proof.hints),
        before: empty.catalog().map_err(ProofFailure::Setup)?,
        built_before,
        built_after,
    };
    let concerned = concerned(Dialect::Sqlite, proof.live, &befores);
    let (full, seeded) = with_rows(proof, &empty, &concerned).map_err(ProofFailure::Setup)?;
    let enforced = full.fork().map_err(ProofFailure::Setup)?;
    let mut report = Report { rows: 0, seeded, dumped: true, stuck: None };
    let passes = [(Pass::Empty, empty), (Pass::NotEnforced, full), (Pass::Enforced, enforced)];
    for (pass, scratch) in passes {
        run(proof, &mut SqliteBench { scratch, known: &known }, pass, &mut report)?;
    }
    Ok(report)
}

/// A copy with rows to put the migration to the test.
fn with_rows(
    proof: &Claim<'_>,
    empty: &Scratch,
    tables: &[Place<'_>],
) -> Result<(Scratch, Seeded), Error> {
    let mut full = empty.fork()?;
    let demands = demands(proof.changes, proof.live, proof.hints, &mut full);
    let (seeded, made) = seed_for(&mut full, proof.live, tables, &demands)?;
    // Without hints nobody knows any more what rows were filled with.
    if proof.certain && proof.hints || refused(&full, proof.up)?.is_none() {
        return Ok((full, seeded));
    }
    let mut kept = empty.fork()?;
    let seeded = sieved(&mut kept, &made, |kept, statement| {
        let mut tried = kept.fork()?;
        match tried.attempt(statement, &[]) {
            Ok(()) => refused(&tried, proof.up),
            Err(reason) => Ok(Some(reason)),
        }
    })?;
    Ok((kept, seeded))
}

/// Why the script does not run on a copy of the database; `None` when it does.
fn refused(scratch: &Scratch, scripts: &[Script<'_>]) -> Result<Option<String>, Error> {
    let mut tried = scratch.fork()?;
    let run = |script: &Script<'_>| tried.execute(script.sql, script.in_transaction);
    Ok(scripts.iter().try_for_each(run).err().map(Error::into_reason))
}

/// The tables as their facts alone make them, with every default tried out.
fn built(proof: &Claim<'_>, tables: &[Table]) -> Result<Catalog, ProofFailure> {
    let mut scratch = Scratch::new().map_err(ProofFailure::Setup)?;
    for table in tables {
        for column in &table.columns[..] {
            let Some(default) = &column.default else { continue };
            let tried = scratch.rows(&format!("SELECT ({})", default.as_str()));
            if let Err(error) = tried {
                return Err(ProofFailure::Default {
                    engine: Dialect::Sqlite,
                    column: format!("{}.{}", table.name, column.name),
                    default: default.as_str().to_owned(),
                    reason: error.into_reason(),
                });
            }
        }
    }
    make(&mut scratch, tables, proof.create)?;
    scratch.catalog().map_err(ProofFailure::Setup)
}

/// What a database holds that has these tables and nothing else.
///
/// # Errors
/// When they cannot be made.
pub(crate) fn build(tables: &[Table], create: Create<'_>) -> Result<Live, ProofFailure> {
    let mut scratch = Scratch::new().map_err(ProofFailure::Setup)?;
    make(&mut scratch, tables, create)?;
    scratch.live().map_err(ProofFailure::Setup)
}

fn make(scratch: &mut Scratch, tables: &[Table], create: Create<'_>) -> Result<(), ProofFailure> {
    let facts = |reason| ProofFailure::Facts { reason };
    let sql = create(tables).map_err(facts)?;
    scratch.execute(&sql, false).map_err(|error| facts(error.to_string()))
}

/// A database that the scripts run on.
struct SqliteBench<'a> {
    scratch: Scratch,
    known: &'a Known<'a>,
}

impl Bench for SqliteBench<'_> {
    type State = State;

    const DIALECT: Dialect = Dialect::Sqlite;

    fn run(&mut self, pass: Pass, script: &Script<'_>) -> Result<(), Error> {
        let enforced = match pass {
            Pass::Empty | Pass::Enforced | Pass::Filled => true,
            Pass::NotEnforced => false,
        };
        self.scratch.set_foreign_keys(enforced)?;
        self.scratch.execute(script.sql, script.in_transaction)
    }

    fn state(&mut self, before: Option<&State>) -> Result<State, Error> {
        State::take(&mut self.scratch, before)
    }

    fn rows(state: &State) -> &Snapshot {
        &state.rows
    }

    fn is_after(&mut self, moment: Moment, after: &State) -> Result<(), ProofFailure> {
        self.known.is_after(moment, &after.catalog)
    }

    fn is_before(&mut self, moment: Moment, now: &State) -> Result<(), ProofFailure> {
        self.known.is_before(moment, &now.catalog)
    }

    fn is_same(
        &mut self,
        moment: Moment,
        expected: &State,
        found: &State,
    ) -> Result<(), ProofFailure> {
        objects::same_objects(moment, &expected.catalog, &found.catalog)
    }

    fn keeps(
        &mut self,
        moment: Moment,
        mapping: &Mapping<'_>,
        from: &State,
        to: &State,
    ) -> Result<(), ProofFailure> {
        from.rows.is_kept(moment, mapping, &to.rows, &mut self.scratch)?;
        from.counters.stand(moment, mapping, &to.counters)
    }

    fn is_sound(
        &mut self,
        moment: Moment,
        before: &State,
        now: &State,
    ) -> Result<(), ProofFailure> {
        now.is_sound(moment, before, &mut self.scratch)
    }
}

/// A database at one moment.
struct State {
    catalog: Catalog,
    rows: Snapshot,
    counters: Counters,
    views: BTreeMap<String, Option<String>>,
    /// Rows that refer to nothing, by table.
    violations: BTreeMap<String, usize>,
}

impl State {
    fn take(scratch: &mut Scratch, before: Option<&State>) -> Result<State, Error> {
        let catalog = scratch.catalog()?;
        // The same definitions are checked against the same tables only once.
        let unchanged = before.filter(|before| before.catalog == catalog);
        let views = match unchanged {
            Some(before) => before.views.clone(),
            None => objects::views(scratch, &catalog),
        };
        let rows = rows::read(scratch, &catalog)?;
        let counters = Counters::read(scratch)?;
        let mut violations = BTreeMap::new();
        for table in rows.tables().map(|table| &table.name) {
            let check = format!("PRAGMA foreign_key_check({})", quoted(table));
            violations.insert(table.to_string(), scratch.rows(&check)?.len());
        }
        Ok(State { catalog, rows, counters, views, violations })
    }

    /// No reference is broken that was not before, no file page is damaged, no view is broken
    /// and no temporary table is left.
    fn is_sound(
        &self,
        moment: Moment,
        before: &State,
        scratch: &mut Scratch,
    ) -> Result<(), ProofFailure> {
        objects::views_work(moment, &before.views, &self.views)?;
        let total = |state: &State| state.violations.values().sum::<usize>();
        if total(self) > total(before) {
            let found = self.violations.iter().find(|(table, count)| {
                before.violations.get(*table).is_none_or(|was| was < *count)
            });
            let (table, count) = found.map_or(("", 0), |(table, count)| (table.as_str(), *count));
            let found = format!("{count} rows of table `{table}` refer to rows that are not there");
            return Err(ProofFailure::Disorder { moment, found });
        }
        for table in self.rows.tables() {
            let check = format!("PRAGMA integrity_check({})", quoted(&table.name));
            let rows = scratch.rows(&check).map_err(ProofFailure::Setup)?;
            let finding = rows.iter().flatten().filter_map(Value::as_text).find(|it| *it != "ok");
            if let Some(found) = finding {
                return Err(ProofFailure::Disorder { moment, found: found.to_owned() });
            }
        }
        let left = scratch
            .rows("SELECT type, name FROM sqlite_temp_schema WHERE name NOT LIKE 'sqlite_%'")
            .map_err(ProofFailure::Setup)?;
        if let Some([kind, name]) = left.first().map(|row| &row[..]) {
            let text = |value: &Value| value.as_text().unwrap_or_default().to_owned();
            let found = format!("temporary {} {} is left", text(kind), quoted(&text(name)));
            return Err(ProofFailure::Disorder { moment, found });
        }
        Ok(())
    }
}

impl Catalog {
    /// The table of this name, its foreign keys with the columns that they refer to.
    fn table(&self, name: &str) -> Result<Option<Table>, Error> {
        let Some(entry) = self.get(Kind::Table, name) else { return Ok(None) };
        let mut tables = vec![super::facts::table(self, entry)?];
        let parents: Vec<String> = tables[0]
            .foreign_keys
            .iter()
            .filter(|key| key.references.is_empty())
            .map(|key| key.table.to_string())
            .collect();
        for parent in parents.iter().filter_map(|parent| self.get(Kind::Table, parent)) {
            tables.push(super::facts::table(self, parent)?);
        }
        super::facts::name_references(&mut tables);
        Ok(tables.into_iter().next())
    }
}
