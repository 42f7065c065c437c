//! Rows to put to the test what a migration does to rows.

mod references;
mod table;

#[cfg(feature = "mysql")]
pub(crate) use references::lost;

use std::collections::BTreeMap;

use diesel_autogen_schema::{
    Column, Dialect, Expr, ForeignKey, Live, OwnPlace, Place, Schema, Table,
};

use crate::ident::same_place;
use crate::{Error, Scratch, Value};

/// What was put in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seeded {
    /// Rows made, by table.
    pub rows: BTreeMap<String, usize>,
    /// Tables that no row could be made for, and why, as whole sentences.
    pub notes: Vec<String>,
}

/// Puts rows that keep every constraint into these tables and into the tables that they refer to:
/// several each, with NULL wherever it is allowed, extreme values, quotes and other scripts. The
/// same database gets the same rows.
///
/// What a condition wants is found by trying; a table that nothing fits stays empty and is noted.
/// Rows of a table that `models` know hold what its fields can.
///
/// # Errors
/// When the database cannot be read.
pub fn seed(scratch: &mut Scratch, tables: &[Place<'_>], models: &Schema) -> Result<Seeded, Error> {
    scratch.seed(tables, models)
}

/// A database that takes rows.
pub(crate) trait Seedbed {
    /// The engine.
    const DIALECT: Dialect;
    /// What stands before `VALUES` so that every column may be given one.
    const OVERRIDING: &'static str;

    /// The rows of a query. One that fails changes nothing.
    fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Value>>, Error>;

    /// Runs a statement and takes it back when one of the queries finds something then or fails.
    /// Returns why it was taken back.
    fn attempt(&mut self, sql: &str, forbidden: &[String]) -> Result<(), String>;

    /// Values worth trying in the column, as SQL, without `NULL`: what conditions and its type
    /// suggest, and what stands in when conditions want something of another kind. `readers` are
    /// expressions that the values go into; `known` says that the type is a model's, not merely
    /// what a declaration comes near to.
    fn candidates(
        &mut self,
        table: &Table,
        column: &Column,
        readers: &[Expr],
        known: bool,
    ) -> (Vec<String>, Vec<String>);

    /// Whether a condition on the column alone accepts the value.
    fn accepts(&mut self, table: &Table, column: &Column, condition: &str, literal: &str) -> bool;

    /// The statement that has rows refer to a row that is there where `lost` says that they refer
    /// to none.
    fn redirect(&self, table: &Table, key: &ForeignKey, lost: &str) -> String;

    /// Stops enforcing the foreign keys of these tables, or begins anew.
    fn enforce(&mut self, enforced: bool, tables: &[&Table]) -> Result<(), Error>;
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
    pub(crate) behind: Vec<OwnPlace>,
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

    /// The demands of models alone.
    pub(crate) fn known(live: &Live, models: &Schema) -> BTreeMap<OwnPlace, Demand> {
        let known = live.schema.tables.iter().filter_map(|table| {
            let facts = models.at(table.place())?;
            Some((table.place().into(), Demand::of(table, facts)))
        });
        known.collect()
    }
}

/// The table and a statement that made a row of it.
pub(crate) type Made = (OwnPlace, String);

/// [`seed`] when it is known already what the database holds, under more demands; also gives the
/// statements that made the rows.
pub(crate) fn seed_for<B: Seedbed>(
    bed: &mut B,
    live: &Live,
    tables: &[Place<'_>],
    demands: &BTreeMap<OwnPlace, Demand>,
) -> Result<(Seeded, Vec<Made>), Error> {
    let mut order = Vec::new();
    for place in tables {
        if let Some(table) = find(B::DIALECT, live, *place) {
            let forest = Forest { dialect: B::DIALECT, live, demands };
            forest.parents_first(table, &mut Vec::new(), &mut order);
        }
    }
    // Tables may refer to each other in a circle: rows are made without enforcement, and what
    // refers to nothing is mended or taken away again.
    bed.enforce(false, &order)?;
    let mut failures = BTreeMap::new();
    let mut made = Vec::new();
    for table in &order {
        let place = || OwnPlace::from(table.place());
        let filled = table::fill(bed, live, table, demands.get(&place()))?;
        made.extend(filled.statements.into_iter().map(|statement| (place(), statement)));
        failures.insert(place(), filled.failure);
    }
    references::mend(bed, &order);
    let places: Vec<OwnPlace> = order.iter().map(|table| table.place().into()).collect();
    let seeded = counted(bed, &places, failures)?;
    bed.enforce(true, &order)?;
    Ok((seeded, made))
}

/// How many rows the tables have; `failures` says why one has none.
pub(crate) fn counted(
    bed: &mut impl Seedbed,
    tables: &[OwnPlace],
    mut failures: BTreeMap<OwnPlace, Option<String>>,
) -> Result<Seeded, Error> {
    let mut seeded = Seeded::default();
    for table in tables {
        let count = table::count(bed, table.place())?;
        let name = table.place().to_string();
        if count == 0 {
            let failure = failures.remove(table).flatten();
            let reason = failure.unwrap_or_else(|| refers_to_nothing(bed).to_owned());
            seeded.notes.push(format!("no rows could be made for table `{name}`: {reason}"));
        }
        seeded.rows.insert(name, count);
    }
    Ok(seeded)
}

/// Why rows go that nothing refused.
fn refers_to_nothing<B: Seedbed>(_: &B) -> &'static str {
    match B::DIALECT {
        Dialect::Sqlite => "FOREIGN KEY constraint failed",
        Dialect::Postgres | Dialect::Mysql => "there is no row that it could refer to",
    }
}

/// The table at this place, as the engine compares places.
pub(crate) fn find<'a>(dialect: Dialect, live: &'a Live, place: Place<'_>) -> Option<&'a Table> {
    live.schema.tables.iter().find(|table| same_place(dialect, table.place(), place))
}

/// Tables that refer to each other.
struct Forest<'a> {
    dialect: Dialect,
    live: &'a Live,
    demands: &'a BTreeMap<OwnPlace, Demand>,
}

impl<'a> Forest<'a> {
    fn parents_first(
        &self,
        table: &'a Table,
        above: &mut Vec<Place<'a>>,
        order: &mut Vec<&'a Table>,
    ) {
        let place = table.place();
        if above.contains(&place) || order.iter().any(|done| done.place() == place) {
            return;
        }
        let demand = self.demands.get(&OwnPlace::from(place));
        let table = demand.map_or(table, |demand| &demand.table);
        above.push(place);
        let behind = demand.map(|demand| &demand.behind[..]).unwrap_or_default();
        let keys = table.foreign_keys.iter().map(ForeignKey::target);
        for parent in keys.chain(behind.iter().map(OwnPlace::place)) {
            if let Some(parent) = find(self.dialect, self.live, parent) {
                self.parents_first(parent, above, order);
            }
        }
        above.pop();
        order.push(table);
    }
}
