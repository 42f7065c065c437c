//! Whether a migration does what its plan says, found by doing it.

mod demands;
mod failure;
mod future;
mod items;
mod mapping;
mod matching;
mod objects;
mod rows;
mod sieve;

use std::collections::BTreeMap;

use diesel_autogen_schema::{Change, Live, Table};

pub use failure::{Moment, Pass, ProofFailure, Step};
use mapping::Mapping;
use objects::Known;
use rows::Snapshot;

use super::Scratch;
use super::catalog::{Catalog, Kind};
use super::seed::{Seeded, find, seed_for};
use super::text::quoted;
use crate::{Error, Value};

/// A migration and what it claims to do.
pub struct Proof<'a> {
    /// The database after the migrations before this one.
    pub history: &'a Scratch,
    /// What `history` holds.
    pub live: &'a Live,
    /// `up.sql`.
    pub up: Script<'a>,
    /// `down.sql`.
    pub down: Script<'a>,
    /// What the migration changes, from the facts before it.
    pub changes: &'a [Change],
    /// Whether `changes` still carry `using` and the former names of labels, as they do when they
    /// come from a diff. Changes that were recorded do not; then values of columns that change
    /// their type are not compared.
    pub hints: bool,
    /// Whether `up` is said to work whatever the rows are. A backfill may find nothing, say; then
    /// rows with which `up` fails are left out of the proof.
    pub certain: bool,
    /// Whether `down` is said to work whatever the rows are. A dropped column whose values must all
    /// differ, say, cannot come back where there are rows; then `down` may fail there.
    pub reversible: bool,
    /// SQL that makes these tables in an empty database, from their facts alone.
    pub create: &'a dyn Fn(&[Table]) -> Result<String, String>,
}

/// A migration script and how Diesel's runner is told to run it.
#[derive(Clone, Copy, Debug)]
pub struct Script<'a> {
    /// The text.
    pub sql: &'a str,
    /// Whether it runs in a transaction of the runner's.
    pub in_transaction: bool,
}

/// What a proof that held was made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows that went through the migration and back.
    pub rows: usize,
    /// Rows that were made for it, by table, and tables that no row could be made for.
    pub seeded: Seeded,
    /// Why `down.sql` does not run on rows, when it does not and need not.
    pub stuck: Option<String>,
}

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
pub fn prove(proof: &Proof<'_>) -> Result<Report, ProofFailure> {
    let befores: Vec<Table> = proof.changes.iter().filter_map(Change::before).cloned().collect();
    let afters: Vec<Table> = proof.changes.iter().filter_map(Change::after).cloned().collect();
    let built_before = built(proof, &befores)?;
    let built_after = built(proof, &afters)?;
    let mut empty = proof.history.fork().map_err(ProofFailure::Setup)?;
    let known = Known {
        mapping: Mapping::new(proof.changes, proof.hints),
        before: empty.catalog().map_err(ProofFailure::Setup)?,
        built_before,
        built_after,
    };
    let concerned = concerned(proof.live, &befores);
    let (full, seeded) = with_rows(proof, &empty, &concerned).map_err(ProofFailure::Setup)?;
    let enforced = full.fork().map_err(ProofFailure::Setup)?;
    let mut report = Report { rows: 0, seeded, stuck: None };
    run(proof, &known, Pass::Empty, empty, &mut report)?;
    run(proof, &known, Pass::NotEnforced, full, &mut report)?;
    run(proof, &known, Pass::Enforced, enforced, &mut report)?;
    Ok(report)
}

/// A copy with rows to put the migration to the test.
fn with_rows(
    proof: &Proof<'_>,
    empty: &Scratch,
    tables: &[&str],
) -> Result<(Scratch, Seeded), Error> {
    let mut full = empty.fork()?;
    let demands = demands::of(proof.changes, proof.live, proof.hints, &mut full);
    let (seeded, made) = seed_for(&mut full, proof.live, tables, &demands)?;
    // Without hints nobody knows any more what rows were filled with.
    if proof.certain && proof.hints || sieve::passes(&full, &proof.up)? {
        return Ok((full, seeded));
    }
    sieve::sieved(empty, &made, &proof.up)
}

/// The tables as their facts alone make them, with every default tried out.
fn built(proof: &Proof<'_>, tables: &[Table]) -> Result<Catalog, ProofFailure> {
    let mut scratch = Scratch::new().map_err(ProofFailure::Setup)?;
    for table in tables {
        for column in &table.columns[..] {
            let Some(default) = &column.default else { continue };
            let tried = scratch.rows(&format!("SELECT ({})", default.as_str()));
            if let Err(error) = tried {
                return Err(ProofFailure::Default {
                    column: format!("{}.{}", table.name, column.name),
                    default: default.as_str().to_owned(),
                    reason: reason(error),
                });
            }
        }
    }
    let facts = |reason| ProofFailure::Facts { reason };
    let sql = (proof.create)(tables).map_err(facts)?;
    scratch.execute(&sql, false).map_err(|error| facts(error.to_string()))?;
    scratch.catalog().map_err(ProofFailure::Setup)
}

/// The changed tables and those that refer to them: their rows must not go along.
fn concerned<'a>(live: &'a Live, changed: &[Table]) -> Vec<&'a str> {
    let mut names: Vec<&str> =
        changed.iter().filter_map(|table| find(live, &table.name)).map(|it| &*it.name).collect();
    for table in &live.schema.tables[..] {
        let refers = table
            .foreign_keys
            .iter()
            .any(|key| changed.iter().any(|to| mapping::same(&to.name, &key.table)));
        if refers && !names.contains(&&*table.name) {
            names.push(&table.name);
        }
    }
    names
}

/// One pass: up, down, up again.
fn run(
    proof: &Proof<'_>,
    known: &Known<'_>,
    pass: Pass,
    mut scratch: Scratch,
    report: &mut Report,
) -> Result<(), ProofFailure> {
    let at = |step| Moment { step, pass };
    let inverse: Vec<Change> = proof.changes.iter().cloned().map(Change::invert).collect();
    let back = Mapping::of_the_way_back(&inverse, proof.hints);
    let before = State::take(&mut scratch, None)?;
    report.rows = before.rows.len();

    script(&mut scratch, at(Step::Up), &proof.up)?;
    let after = State::take(&mut scratch, Some(&before))?;
    known.is_after(at(Step::Up), &after.catalog)?;
    before.rows.is_kept(at(Step::Up), &known.mapping, &after.rows, &mut scratch)?;
    after.is_sound(at(Step::Up), &before, &mut scratch)?;

    if let Err(failure) = script(&mut scratch, at(Step::Down), &proof.down) {
        // Without hints nobody knows any more that values were converted by an expression.
        let reversible = proof.reversible && (proof.hints || !known.mapping.converts());
        if reversible || before.rows.len() == 0 {
            return Err(failure);
        }
        report.stuck = Some(failure.to_string());
        return Ok(());
    }
    let restored = State::take(&mut scratch, Some(&before))?;
    known.is_before(at(Step::Down), &restored.catalog)?;
    after.rows.is_kept(at(Step::Down), &back, &restored.rows, &mut scratch)?;
    restored.is_sound(at(Step::Down), &before, &mut scratch)?;

    if let Err(failure) = script(&mut scratch, at(Step::UpAgain), &proof.up) {
        // Other rows came back than there were, and some rows may stop it.
        if proof.certain || restored.rows == before.rows {
            return Err(failure);
        }
        return Ok(());
    }
    let again = State::take(&mut scratch, Some(&before))?;
    objects::same_objects(at(Step::UpAgain), &after.catalog, &again.catalog)?;
    restored.rows.is_kept(at(Step::UpAgain), &known.mapping, &again.rows, &mut scratch)?;
    again.is_sound(at(Step::UpAgain), &before, &mut scratch)?;
    Ok(())
}

fn script(scratch: &mut Scratch, moment: Moment, script: &Script<'_>) -> Result<(), ProofFailure> {
    let enforced = match moment.pass {
        Pass::Empty | Pass::Enforced => true,
        Pass::NotEnforced => false,
    };
    scratch.set_foreign_keys(enforced).map_err(ProofFailure::Setup)?;
    scratch
        .execute(script.sql, script.in_transaction)
        .map_err(|error| ProofFailure::Script { moment, error })
}

/// A database at one moment.
struct State {
    catalog: Catalog,
    rows: Snapshot,
    views: BTreeMap<String, Option<String>>,
    /// Rows that refer to nothing, by table.
    violations: BTreeMap<String, usize>,
}

impl State {
    fn take(scratch: &mut Scratch, before: Option<&State>) -> Result<State, ProofFailure> {
        let take = |scratch: &mut Scratch| -> Result<State, Error> {
            let catalog = scratch.catalog()?;
            // The same definitions are checked against the same tables only once.
            let unchanged = before.filter(|before| before.catalog == catalog);
            let views = match unchanged {
                Some(before) => before.views.clone(),
                None => objects::views(scratch, &catalog),
            };
            let rows = Snapshot::take(scratch, &catalog)?;
            let mut violations = BTreeMap::new();
            for table in rows.tables() {
                let check = format!("PRAGMA foreign_key_check({})", quoted(table));
                violations.insert(table.to_owned(), scratch.rows(&check)?.len());
            }
            Ok(State { catalog, rows, views, violations })
        };
        take(scratch).map_err(ProofFailure::Setup)
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
            let check = format!("PRAGMA integrity_check({})", quoted(table));
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

fn reason(error: Error) -> String {
    match error {
        Error::Statement { statement: _, reason } => reason,
        error => error.to_string(),
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
