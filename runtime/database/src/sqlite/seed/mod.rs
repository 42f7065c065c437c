//! Rows to put to the test what a migration does to rows.

mod candidates;
mod references;
mod table;

use std::collections::BTreeMap;

use diesel_autogen_schema::{Live, Table};

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
///
/// # Errors
/// When the database cannot be read.
pub fn seed(scratch: &mut Scratch, tables: &[&str]) -> Result<Seeded, Error> {
    let live = scratch.live()?;
    seed_for(scratch, &live, tables, &BTreeMap::new())
}

/// What rows of a table must fulfil beyond what the database asks.
pub(crate) struct Demand {
    /// The table with further constraints, for finding candidates.
    pub(crate) table: Table,
    /// Queries that find nothing while the rows are right.
    pub(crate) forbidden: Vec<String>,
}

/// [`seed`] when it is known already what the database holds, under more demands.
pub(crate) fn seed_for(
    scratch: &mut Scratch,
    live: &Live,
    tables: &[&str],
    demands: &BTreeMap<String, Demand>,
) -> Result<Seeded, Error> {
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
    let mut seeded = Seeded::default();
    let mut failures = BTreeMap::new();
    for table in &order {
        let forbidden = demands.get(&*table.name).map(|it| &it.forbidden[..]).unwrap_or_default();
        let failure = table::fill(scratch, live, table, forbidden)?;
        failures.insert(table.name.to_string(), failure);
    }
    references::mend(scratch, &order)?;
    for table in &order {
        let count = table::count(scratch, table)?;
        if count == 0 {
            let failure = failures.remove(&*table.name).flatten();
            let reason = failure.unwrap_or_else(|| "FOREIGN KEY constraint failed".to_owned());
            seeded
                .notes
                .push(format!("no rows could be made for table `{}`: {reason}", table.name));
        }
        seeded.rows.insert(table.name.to_string(), count);
    }
    scratch.set_foreign_keys(enforced)?;
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
    let table = demands.get(&*table.name).map_or(table, |demand| &demand.table);
    above.push(&table.name);
    for key in &table.foreign_keys[..] {
        if let Some(parent) = find(live, &key.table) {
            parents_first(live, demands, parent, above, order);
        }
    }
    above.pop();
    order.push(table);
}
