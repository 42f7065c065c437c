//! Rows for SQLite.

mod candidates;

#[cfg(feature = "mysql")]
pub(crate) use candidates::hinted;

use diesel_autogen_schema::{Column, Dialect, Expr, ForeignKey, Place, Schema, Table};

use super::Scratch;
use crate::ident::{placed, quoted};
use crate::seed::{Demand, Seedbed, Seeded, seed_for};
use crate::{Error, Value};

/// See [`crate::seed`].
pub(crate) fn seed(
    scratch: &mut Scratch,
    tables: &[Place<'_>],
    models: &Schema,
) -> Result<Seeded, Error> {
    let live = scratch.live()?;
    let known = Demand::known(&live, models);
    Ok(seed_for(scratch, &live, tables, &known)?.0)
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
