//! Rows for PostgreSQL.

mod hints;
mod kinds;
mod literals;
mod pattern;

use std::collections::BTreeMap;

use diesel_autogen_schema::{
    Column, Deferrable, Dialect, Expr, ForeignKey, OwnPlace, Place, Schema, Table,
};

use super::Scratch;
use crate::ident::{placed, quoted};
use crate::seed::{Demand, Seedbed, Seeded, seed_for};
use crate::{Error, Value};
use kinds::{Declared, Types};

/// See [`crate::seed`].
pub(crate) fn seed(
    scratch: &mut Scratch,
    tables: &[Place<'_>],
    models: &Schema,
) -> Result<Seeded, Error> {
    let live = scratch.live()?;
    let known = Demand::known(&live, models);
    let mut bed = Bed::begin(scratch)?;
    let made = seed_for(&mut bed, &live, tables, &known);
    bed.end(made.is_ok())?;
    Ok(made?.0)
}

/// An open transaction in which rows are tried.
pub(crate) struct Bed<'a> {
    scratch: &'a mut Scratch,
    types: Types,
    tables: BTreeMap<OwnPlace, BTreeMap<String, Declared>>,
}

impl<'a> Bed<'a> {
    /// Begins the transaction.
    pub(crate) fn begin(scratch: &'a mut Scratch) -> Result<Bed<'a>, Error> {
        scratch.statement("BEGIN")?;
        Ok(Bed { scratch, types: Types::default(), tables: BTreeMap::new() })
    }

    /// Ends the transaction: what was made stays, or it is gone.
    pub(crate) fn end(self, keep: bool) -> Result<(), Error> {
        self.scratch.statement(if keep { "COMMIT" } else { "ROLLBACK" })
    }

    /// Runs statements and takes them back, whatever comes of them. Says why they fail.
    pub(crate) fn try_out(&mut self, sql: &[&str]) -> Result<Option<String>, Error> {
        self.scratch.statement("SAVEPOINT autogen_trial")?;
        let failed = sql.iter().find_map(|sql| self.scratch.statement(sql).err());
        self.scratch.statement("ROLLBACK TO autogen_trial; RELEASE autogen_trial")?;
        Ok(failed.map(Error::into_reason))
    }

    /// The type of a column as the server has it.
    fn declared(&mut self, table: Place<'_>, column: &str) -> Option<Declared> {
        let place = OwnPlace::from(table);
        if !self.tables.contains_key(&place) {
            let found = kinds::columns(self.scratch, table).unwrap_or_default();
            self.tables.insert(place.clone(), found);
        }
        self.tables[&place].get(column).cloned()
    }
}

impl Seedbed for Bed<'_> {
    const DIALECT: Dialect = Dialect::Postgres;
    const OVERRIDING: &'static str = " OVERRIDING SYSTEM VALUE";

    fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Value>>, Error> {
        self.scratch.statement("SAVEPOINT autogen_rows")?;
        let rows = self.scratch.rows(sql);
        self.scratch.statement(match rows {
            Ok(_) => "RELEASE autogen_rows",
            Err(_) => "ROLLBACK TO autogen_rows; RELEASE autogen_rows",
        })?;
        rows
    }

    fn attempt(&mut self, sql: &str, forbidden: &[String]) -> Result<(), String> {
        let begun = self.scratch.statement(&format!("SAVEPOINT autogen_row; {sql}"));
        let mut result = begun.map_err(Error::into_reason);
        if result.is_ok() {
            result = self.scratch.finds_nothing(forbidden);
        }
        let end = match result {
            Ok(()) => "RELEASE autogen_row",
            Err(_) => "ROLLBACK TO autogen_row; RELEASE autogen_row",
        };
        self.scratch.statement(end).map_err(Error::into_reason)?;
        result
    }

    fn candidates(
        &mut self,
        table: &Table,
        column: &Column,
        readers: &[Expr],
        _known: bool,
    ) -> (Vec<String>, Vec<String>) {
        let Some(declared) = self.declared(table.place(), &column.name) else {
            return Default::default();
        };
        if column.identity.is_some() {
            // The sequence goes along with the rows, as it does in an application.
            let far = literals::far(&declared.sql);
            let made = ["DEFAULT", "DEFAULT", "DEFAULT", far, "DEFAULT"];
            return (made.map(str::to_owned).to_vec(), Vec::new());
        }
        let mut found = hints::of(table, column, readers, &declared.sql);
        found.extend(self.types.literals(self.scratch, &declared));
        if hints::must_differ(table, &column.name) {
            found.extend(self.types.more(self.scratch, &declared));
        }
        let mut distinct: Vec<String> = Vec::new();
        for literal in found {
            if !distinct.contains(&literal) {
                distinct.push(literal);
            }
        }
        let sql = &declared.sql;
        // A cast cuts off text that an assignment refuses.
        distinct.retain(|literal| {
            let sql = format!(
                "SELECT 1 FROM (SELECT CAST({literal} AS {sql}) AS v) AS it \
                 JOIN pg_type t ON t.oid = pg_typeof(v) \
                 WHERE typcategory <> 'S' OR v::text = ({literal})::text"
            );
            self.rows(&sql).is_ok_and(|rows| !rows.is_empty())
        });
        (distinct, Vec::new())
    }

    fn accepts(&mut self, table: &Table, column: &Column, condition: &str, literal: &str) -> bool {
        let Some(declared) = self.declared(table.place(), &column.name) else { return false };
        let (name, from) = (quoted(&column.name), quoted(&table.name));
        let sql = format!(
            "SELECT 1 FROM (SELECT CAST({literal} AS {}) AS {name}) AS {from} \
             WHERE coalesce(({condition}), true)",
            declared.sql
        );
        literal == "DEFAULT" || self.rows(&sql).is_ok_and(|rows| !rows.is_empty())
    }

    fn redirect(&self, table: &Table, key: &ForeignKey, lost: &str) -> String {
        let columns: Vec<String> = key.columns.iter().map(|column| quoted(column)).collect();
        let references: Vec<String> = key.references.iter().map(|column| quoted(column)).collect();
        format!(
            "UPDATE {} SET ({}) = (SELECT {} FROM {} LIMIT 1) WHERE {lost}",
            placed(table.place()),
            columns.join(", "),
            references.join(", "),
            placed(key.target()),
        )
    }

    /// Foreign keys cannot be turned off by just anyone, but for the length of a transaction they
    /// can be put off. Everything else that can be put off is looked at with every row.
    fn enforce(&mut self, enforced: bool, tables: &[&Table]) -> Result<(), Error> {
        self.scratch.statement("SET CONSTRAINTS ALL IMMEDIATE")?;
        for table in tables {
            for key in &table.foreign_keys[..] {
                let mode = match key.deferrable {
                    _ if !enforced => "DEFERRABLE INITIALLY DEFERRED",
                    Deferrable::No => "NOT DEFERRABLE",
                    Deferrable::InitiallyImmediate => "DEFERRABLE INITIALLY IMMEDIATE",
                    Deferrable::InitiallyDeferred => "DEFERRABLE INITIALLY DEFERRED",
                };
                let (from, name) = (placed(table.place()), quoted(&key.name));
                let put_off = Place { schema: table.schema.as_deref(), name: &key.name };
                let put_off = match enforced {
                    true => String::new(),
                    false => format!("; SET CONSTRAINTS {} DEFERRED", placed(put_off)),
                };
                // Whoever demands a key that is not there yet names it all the same.
                let _ = self.attempt(
                    &format!("ALTER TABLE {from} ALTER CONSTRAINT {name} {mode}{put_off}"),
                    &[],
                );
            }
        }
        Ok(())
    }
}
