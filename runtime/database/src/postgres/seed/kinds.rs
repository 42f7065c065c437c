//! Types as the server knows them, down to what they are made of.

use std::collections::BTreeMap;

use diesel_autogen_schema::Place;

use super::{hints, literals};
use crate::ident::placed;
use crate::postgres::Scratch;
use crate::{Error, Value};

/// The type of a column.
#[derive(Clone)]
pub(super) struct Declared {
    /// Its number.
    oid: String,
    /// Its length or precision, as the server keeps it.
    modifier: i64,
    /// How it is written: `character varying(20)`.
    pub(super) sql: String,
}

/// What is known of types, by number.
#[derive(Default)]
pub(super) struct Types {
    known: BTreeMap<String, Kind>,
}

/// What a type is.
#[derive(Clone)]
enum Kind {
    /// One of the server's own, or of an extension's, by name.
    Plain(String),
    /// Some values of another type, and the conditions that say which.
    Domain(Declared, Vec<String>),
    /// The labels.
    Enum(Vec<String>),
    /// Fields.
    Composite(Vec<Declared>),
    /// What a range is over.
    Range(Declared),
    /// Ranges.
    Multirange(Declared),
    /// Elements.
    Array(Declared),
}

/// The types of a table's columns.
pub(super) fn columns(
    scratch: &mut Scratch,
    table: Place<'_>,
) -> Result<BTreeMap<String, Declared>, Error> {
    let name = Value::Text(placed(table));
    attributes(scratch, &format!("attrelid = {name}::regclass"))
}

fn attributes(scratch: &mut Scratch, which: &str) -> Result<BTreeMap<String, Declared>, Error> {
    let found = scratch.rows(&format!(
        "SELECT attname::text, atttypid::text, atttypmod::text, format_type(atttypid, atttypmod) \
         FROM pg_attribute WHERE {which} AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    ))?;
    Ok(found.iter().filter_map(|row| Some((text(row, 0)?, declared(&row[1..])?))).collect())
}

fn declared(row: &[Value]) -> Option<Declared> {
    let modifier = text(row, 1)?.parse().ok()?;
    Some(Declared { oid: text(row, 0)?, modifier, sql: text(row, 2)? })
}

fn text(row: &[Value], at: usize) -> Option<String> {
    match row.get(at)? {
        Value::Text(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Null | Value::Real(_) | Value::Blob(_) => None,
    }
}

impl Types {
    /// Values of the type, as SQL.
    pub(super) fn literals(&mut self, scratch: &mut Scratch, of: &Declared) -> Vec<String> {
        self.values(scratch, of, &literals::of)
    }

    /// More of the same, so that columns that must differ can.
    pub(super) fn more(&mut self, scratch: &mut Scratch, of: &Declared) -> Vec<String> {
        self.values(scratch, of, &literals::more)
    }

    fn values(
        &mut self,
        scratch: &mut Scratch,
        of: &Declared,
        plain: &dyn Fn(&str, i64) -> Vec<String>,
    ) -> Vec<String> {
        let Some(kind) = self.kind(scratch, of) else { return Vec::new() };
        let sql = &of.sql;
        match kind {
            Kind::Plain(name) => plain(&name, of.modifier),
            Kind::Enum(labels) => {
                labels.into_iter().map(|label| Value::Text(label).to_string()).collect()
            }
            Kind::Domain(base, conditions) => {
                let mut found = Vec::new();
                for condition in &conditions {
                    hints::mentioned(condition, &base.sql, &mut found);
                }
                found.extend(self.values(scratch, &base, plain));
                found
            }
            Kind::Composite(fields) => {
                let fields: Vec<Vec<String>> =
                    fields.iter().map(|field| self.values(scratch, field, plain)).collect();
                let longest = fields.iter().map(Vec::len).max().unwrap_or(0);
                let row = |at: usize| {
                    let cells =
                        fields.iter().map(|values| match values.get(at % values.len().max(1)) {
                            Some(value) => value.as_str(),
                            None => "NULL",
                        });
                    let cells: Vec<&str> = cells.collect();
                    format!("CAST(ROW({}) AS {sql})", cells.join(", "))
                };
                (0..longest).map(row).collect()
            }
            Kind::Range(over) => {
                let name = self.plain_name(scratch, &over).unwrap_or_default();
                literals::ranges(&name, &self.values(scratch, &over, plain), sql)
            }
            Kind::Multirange(range) => {
                let ranges = self.values(scratch, &range, plain);
                let one = |range: &String| format!("{sql}({range})");
                ranges.iter().map(one).chain(["'{}'".to_owned()]).collect()
            }
            Kind::Array(element) => {
                let values = self.values(scratch, &element, plain);
                literals::arrays(&values, sql)
            }
        }
    }

    fn plain_name(&mut self, scratch: &mut Scratch, of: &Declared) -> Option<String> {
        match self.kind(scratch, of)? {
            Kind::Plain(name) => Some(name),
            Kind::Domain(..)
            | Kind::Enum(_)
            | Kind::Composite(_)
            | Kind::Range(_)
            | Kind::Multirange(_)
            | Kind::Array(_) => None,
        }
    }

    fn kind(&mut self, scratch: &mut Scratch, of: &Declared) -> Option<Kind> {
        let key = format!("{} {}", of.oid, of.modifier);
        if !self.known.contains_key(&key) {
            let kind = ask(scratch, of).ok().flatten()?;
            self.known.insert(key.clone(), kind);
        }
        self.known.get(&key).cloned()
    }
}

/// Asks the server what a type is.
fn ask(scratch: &mut Scratch, of: &Declared) -> Result<Option<Kind>, Error> {
    let oid = &of.oid;
    let found = scratch.rows(&format!(
        "SELECT typname::text, typtype::text, typcategory::text, typelem::text, \
         typbasetype::text, typtypmod::text, typrelid::text FROM pg_type WHERE oid = {oid}"
    ))?;
    let Some(row) = found.first() else { return Ok(None) };
    let get = |at| text(row, at).unwrap_or_default();
    let kind = match (get(1).as_str(), get(2).as_str()) {
        ("d", _) => {
            let base = typed(scratch, &get(4), &get(5))?;
            let conditions = scratch.rows(&format!(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contypid = {oid} \
                 AND contype = 'c' ORDER BY conname"
            ))?;
            base.map(|base| {
                Kind::Domain(base, conditions.iter().filter_map(|row| text(row, 0)).collect())
            })
        }
        ("e", _) => {
            let labels = scratch.rows(&format!(
                "SELECT enumlabel::text FROM pg_enum WHERE enumtypid = {oid} ORDER BY enumsortorder"
            ))?;
            Some(Kind::Enum(labels.iter().filter_map(|row| text(row, 0)).collect()))
        }
        ("c", _) => {
            let fields = scratch.rows(&format!(
                "SELECT atttypid::text, atttypmod::text, format_type(atttypid, atttypmod) \
                 FROM pg_attribute WHERE attrelid = {} AND attnum > 0 AND NOT attisdropped \
                 ORDER BY attnum",
                get(6)
            ))?;
            Some(Kind::Composite(fields.iter().filter_map(|row| declared(row)).collect()))
        }
        ("r", _) => over(scratch, "rngsubtype", "rngtypid", oid)?.map(Kind::Range),
        ("m", _) => over(scratch, "rngtypid", "rngmultitypid", oid)?.map(Kind::Multirange),
        ("b", "A") if get(3) != "0" => {
            typed(scratch, &get(3), &of.modifier.to_string())?.map(Kind::Array)
        }
        _ => Some(Kind::Plain(get(0))),
    };
    Ok(kind)
}

fn typed(scratch: &mut Scratch, oid: &str, modifier: &str) -> Result<Option<Declared>, Error> {
    let found =
        scratch.rows(&format!("SELECT '{oid}', '{modifier}', format_type({oid}, {modifier})"))?;
    Ok(found.first().and_then(|row| declared(row)))
}

fn over(scratch: &mut Scratch, what: &str, by: &str, oid: &str) -> Result<Option<Declared>, Error> {
    let found =
        scratch.rows(&format!("SELECT {what}::oid::text FROM pg_range WHERE {by} = {oid}"))?;
    match found.first().and_then(|row| text(row, 0)) {
        Some(of) => typed(scratch, &of, "-1"),
        None => Ok(None),
    }
}
