//! Rows to put to the test what a migration does to rows.

mod candidates;
mod references;
mod table;

use std::collections::BTreeMap;

use diesel_autogen_schema::{Expr, Live, Schema, Table, Text};

use super::Scratch;
use crate::Error;

/// What [`seed`] put in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seeded {
    /// Rows made, by table.
    pub rows: BTreeMap<String, usize>,
    /// Tables that no row could be made for, and why, as whole sentences.
    pub notes: Vec<String>,
}

/// Puts rows that keep every constraint into these tables and into the tables that they refer to:
/// several each, with NULL wherever it is allowed, extreme numbers, quotes and other scripts. The
/// same database gets the same rows.
///
/// What a condition wants is found by trying; a table that nothing fits stays empty and is noted.
/// Rows of a table that `models` know hold what its fields can.
///
/// # Errors
/// When the database cannot be read.
pub fn seed(scratch: &mut Scratch, tables: &[&str], models: &Schema) -> Result<Seeded, Error> {
    let live = scratch.live()?;
    let known = live.schema.tables.iter().filter_map(|table| {
        let facts = models.table(&table.name)?;
        Some((table.name.to_string(), Demand::of(table, facts)))
    });
    Ok(seed_for(scratch, &live, tables, &known.collect())?.0)
}

/// What rows of a table must fulfil beyond what the database asks.
pub(crate) struct Demand {
    /// The table with further constraints, for finding candidates.
    pub(crate) table: Table,
    /// Queries that find nothing while the rows are right, and that can be answered.
    pub(crate) forbidden: Vec<String>,
    /// Expressions over the row that say what its values should look like.
    pub(crate) readers: Vec<Expr>,
    /// Tables that must have rows before this one gets any.
    pub(crate) behind: Vec<Text>,
}

impl Demand {
    /// Values as the facts of the same table have them. They know more than its declaration: what
    /// text is JSON, what labels there are, how large a key may be.
    pub(crate) fn of(table: &Table, facts: &Table) -> Demand {
        let mut table = table.clone();
        for column in table.columns.to_mut() {
            if let Some(fact) = facts.column(&column.name) {
                column.sql_type = fact.sql_type.clone();
            }
        }
        Demand { table, forbidden: Vec::new(), readers: Vec::new(), behind: Vec::new() }
    }
}

/// A statement that made a row, and the table.
pub(crate) type Made = (String, String);

/// [`seed`] when it is known already what the database holds, under more demands; also gives the
/// statements that made the rows.
pub(crate) fn seed_for(
    scratch: &mut Scratch,
    live: &Live,
    tables: &[&str],
    demands: &BTreeMap<String, Demand>,
) -> Result<(Seeded, Vec<Made>), Error> {
    let mut order = Vec::new();
    for name in tables {
        if let Some(table) = find(live, name) {
            parents_first(live, demands, table, &mut Vec::new(), &mut order);
        }
    }
    // Tables may refer to each other in a circle: rows are made without enforcement, and what
    // refers to nothing is mended or taken away again.
    let enforced = scratch.foreign_keys()?;
    scratch.set_foreign_keys(false)?;
    let mut failures = BTreeMap::new();
    let mut made = Vec::new();
    for table in &order {
        let demand = demands.get(&*table.name);
        let filled = table::fill(scratch, live, table, demand)?;
        let name = || table.name.to_string();
        made.extend(filled.statements.into_iter().map(|statement| (name(), statement)));
        failures.insert(name(), filled.failure);
    }
    references::mend(scratch, &order)?;
    let names: Vec<&str> = order.iter().map(|table| &*table.name).collect();
    let seeded = counted(scratch, &names, failures)?;
    scratch.set_foreign_keys(enforced)?;
    Ok((seeded, made))
}

/// How many rows the tables have; `failures` says why one has none.
pub(crate) fn counted(
    scratch: &mut Scratch,
    tables: &[&str],
    mut failures: BTreeMap<String, Option<String>>,
) -> Result<Seeded, Error> {
    let mut seeded = Seeded::default();
    for table in tables {
        let count = table::count(scratch, table)?;
        if count == 0 {
            let failure = failures.remove(*table).flatten();
            let reason = failure.unwrap_or_else(|| "FOREIGN KEY constraint failed".to_owned());
            seeded.notes.push(format!("no rows could be made for table `{table}`: {reason}"));
        }
        seeded.rows.insert((*table).to_owned(), count);
    }
    Ok(seeded)
}

/// The table of this name, as SQLite compares names.
pub(crate) fn find<'a>(live: &'a Live, name: &str) -> Option<&'a Table> {
    live.schema.tables.iter().find(|table| table.name.eq_ignore_ascii_case(name))
}

fn parents_first<'a>(
    live: &'a Live,
    demands: &'a BTreeMap<String, Demand>,
    table: &'a Table,
    above: &mut Vec<&'a str>,
    order: &mut Vec<&'a Table>,
) {
    if above.contains(&&*table.name) || order.iter().any(|done| done.name == table.name) {
        return;
    }
    let demand = demands.get(&*table.name);
    let table = demand.map_or(table, |demand| &demand.table);
    above.push(&table.name);
    let behind = demand.map(|demand| &demand.behind[..]).unwrap_or_default();
    for parent in table.foreign_keys.iter().map(|key| &key.table).chain(behind) {
        if let Some(parent) = find(live, parent) {
            parents_first(live, demands, parent, above, order);
        }
    }
    above.pop();
    order.push(table);
}
