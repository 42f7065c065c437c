//! Rows for SQLite.

mod candidates;

use diesel_autogen_schema::{Column, Dialect, Expr, ForeignKey, Place, Schema, Table};

use super::Scratch;
use crate::ident::{placed, quoted};
use crate::seed::{Demand, Seedbed, Seeded, seed_for};
use crate::{Error, Value};

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
        Some((table.place().into(), Demand::of(table, facts)))
    });
    let places: Vec<Place<'_>> = tables.iter().map(|name| Place::plain(name)).collect();
    Ok(seed_for(scratch, &live, &places, &known.collect())?.0)
}

impl Seedbed for Scratch {
    const DIALECT: Dialect = Dialect::Sqlite;
    const OVERRIDING: &'static str = "";

    fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Value>>, Error> {
        Scratch::rows(self, sql)
    }

    fn attempt(&mut self, sql: &str, forbidden: &[String]) -> Result<(), String> {
        Scratch::attempt(self, sql, forbidden)
    }

    fn candidates(
        &mut self,
        table: &Table,
        column: &Column,
        readers: &[Expr],
        known: bool,
    ) -> (Vec<String>, Vec<String>) {
        candidates::of(table, column, readers, known)
    }

    fn accepts(&mut self, table: &Table, column: &Column, condition: &str, literal: &str) -> bool {
        let (name, from) = (quoted(&column.name), quoted(&table.name));
        let sql = format!(
            "SELECT coalesce(({condition}), 1) <> 0 FROM (SELECT {literal} AS {name}) AS {from}"
        );
        Scratch::rows(self, &sql).is_ok_and(|rows| rows == [[Value::Integer(1)]])
    }

    fn redirect(&self, table: &Table, key: &ForeignKey, lost: &str) -> String {
        let columns: Vec<String> = key.columns.iter().map(|column| quoted(column)).collect();
        let references: Vec<String> = key.references.iter().map(|column| quoted(column)).collect();
        format!(
            "UPDATE OR IGNORE {} SET ({}) = (SELECT {} FROM {} LIMIT 1) WHERE {lost}",
            placed(table.place()),
            columns.join(", "),
            references.join(", "),
            placed(key.target()),
        )
    }

    fn enforce(&mut self, enforced: bool, _tables: &[&Table]) -> Result<(), Error> {
        self.set_foreign_keys(enforced)
    }
}
