//! Rows for MySQL and MariaDB.

mod literals;

use diesel_autogen_schema::{Column, Dialect, Expr, ForeignKey, Place, Schema, Table};

use super::Scratch;
use crate::ident::{placed, quoted};
use crate::seed::{Demand, Seedbed, Seeded, seed_for};
use crate::sqlite::hinted;
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
    const DIALECT: Dialect = Dialect::Mysql;
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
        _known: bool,
    ) -> (Vec<String>, Vec<String>) {
        if column.identity.is_some() {
            return (literals::keys(&column.sql_type), Vec::new());
        }
        let mut found = hinted(table, column, readers);
        found.extend(literals::of(&column.sql_type));
        if must_differ(table, column) {
            found.extend(literals::more(&column.sql_type));
        }
        let mut distinct: Vec<String> = Vec::new();
        for literal in found {
            if !distinct.contains(&literal) {
                distinct.push(literal);
            }
        }
        distinct.into_iter().partition(|literal| literals::conforms(literal, &column.sql_type))
    }

    fn accepts(&mut self, table: &Table, column: &Column, condition: &str, literal: &str) -> bool {
        let (name, from) = (quoted(&column.name), quoted(&table.name));
        let sql = format!(
            "SELECT coalesce(({condition}\n), 1) <> 0 FROM (SELECT {literal} AS {name}) AS {from}"
        );
        Scratch::rows(self, &sql).is_ok_and(|rows| rows == [[Value::Integer(1)]])
    }

    fn redirect(&self, table: &Table, key: &ForeignKey, lost: &str) -> String {
        let child = placed(table.place());
        let pairs = || key.columns.iter().zip(key.references.iter());
        let references: Vec<String> = pairs().map(|(_, to)| quoted(to)).collect();
        let set: Vec<String> = pairs()
            .map(|(column, to)| format!("{child}.{} = the_row.{}", quoted(column), quoted(to)))
            .collect();
        format!(
            "UPDATE IGNORE {child}, (SELECT {} FROM {} LIMIT 1) AS the_row SET {} WHERE {lost}",
            references.join(", "),
            placed(key.target()),
            set.join(", "),
        )
    }

    fn enforce(&mut self, enforced: bool, _tables: &[&Table]) -> Result<(), Error> {
        Scratch::enforce(self, enforced)
    }
}

fn must_differ(table: &Table, column: &Column) -> bool {
    table.primary_key.contains(&column.name)
        || table.uniques.iter().any(|unique| unique.columns.contains(&column.name))
        || table.indexes.iter().any(|index| index.unique)
}
