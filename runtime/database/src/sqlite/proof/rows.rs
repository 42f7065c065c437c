//! Rows as SQLite keeps them.

use std::collections::{BTreeMap, BTreeSet};

use diesel_autogen_schema::{Dialect, OwnPlace, Place};

use crate::ident::{quoted, same};
use crate::proof::{Named, Rows, Snapshot, Values};
use crate::sqlite::Scratch;
use crate::sqlite::catalog::{Catalog, Entry, Kind};
use crate::sqlite::facts;
use crate::sqlite::types::affinity;
use crate::{Error, Value};

/// All rows.
pub(super) fn read(scratch: &mut Scratch, catalog: &Catalog) -> Result<Snapshot, Error> {
    let filled = filled(scratch)?;
    let mut tables = BTreeMap::new();
    for entry in catalog.entries.iter().filter(|entry| entry.kind == Kind::Table) {
        if filled.contains(&entry.name) {
            let rows = of(scratch, entry)?;
            tables.insert(scratch.key(rows.table.clone()), rows);
        }
    }
    Ok(Snapshot { tables })
}

/// Tables that have rows. Asking a thousand tables one by one would take most of the proof's time.
fn filled(scratch: &mut Scratch) -> Result<BTreeSet<String>, Error> {
    let rows = scratch.rows("SELECT name FROM dbstat WHERE aggregate = TRUE AND ncell > 0")?;
    Ok(rows.iter().flatten().filter_map(Value::as_text).map(str::to_owned).collect())
}

/// The rows of a table. Where a row has a rowid, that is its first column.
fn of(scratch: &mut Scratch, entry: &Entry) -> Result<Rows, Error> {
    let definition = facts::definition(entry)?;
    let shadowed = definition.columns.iter().any(|it| same(Dialect::Sqlite, &it.name, "_rowid_"));
    let mut columns = Vec::new();
    if !definition.without_rowid && !shadowed {
        let (name, declared) = ("_rowid_".to_owned(), "INTEGER".to_owned());
        columns.push(Named { name, declared, hidden: true });
    }
    let written = definition.columns.into_iter().filter(|column| column.generated.is_none());
    columns.extend(written.map(|column| Named {
        name: column.name,
        declared: column.declared,
        hidden: false,
    }));
    let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
    let rows =
        scratch.rows(&format!("SELECT {} FROM {}", names.join(", "), quoted(&entry.name)))?;
    Ok(Rows { table: Place::plain(&entry.name).into(), columns, rows })
}

impl Values for Scratch {
    fn same_type(&self, before: &str, after: &str) -> bool {
        affinity(before) == affinity(after)
    }

    fn converted(&mut self, was: &Value, _before: &str, is: &Value, after: &str) -> bool {
        // Bytes that are no text cannot be told from others once they are kept as one.
        let garbled = |value: &Value| value.as_text().is_some_and(|text| text.contains('\u{FFFD}'));
        garbled(was)
            || garbled(is)
            || conversions(was, after, self).iter().any(|value| value.same(is))
    }

    fn key(&self, table: OwnPlace) -> OwnPlace {
        OwnPlace { schema: table.schema, name: table.name.to_ascii_lowercase().into() }
    }
}

/// What SQLite itself makes of a value of another type: by storing it, and by CAST, also to what
/// Diesel keeps there whatever the type is declared as.
fn conversions(value: &Value, declared: &str, scratch: &mut Scratch) -> Vec<Value> {
    let upper = declared.to_ascii_uppercase();
    let mut ways = vec![value.to_string(), format!("CAST({value} AS {declared})")];
    if upper.contains("BOOL") {
        ways.push(format!("CAST({value} AS INTEGER)"));
    } else if upper.contains("DATE") || upper.contains("TIME") {
        ways.push(format!("CAST({value} AS TEXT)"));
    }
    // Documents as text and in their binary form.
    match value {
        Value::Blob(_) => ways.push(format!("json({value})")),
        // A document that is a number may lie there as one.
        Value::Text(_) | Value::Integer(_) | Value::Real(_) => ways.push(format!("jsonb({value})")),
        Value::Null => {}
    }
    let mut results = vec![value.clone()];
    for way in ways {
        for sql in [
            format!("SELECT {way}"),
            format!(
                "DROP TABLE IF EXISTS temp.__diesel_autogen_cast; \
                 CREATE TEMP TABLE __diesel_autogen_cast (x {declared}); \
                 INSERT INTO __diesel_autogen_cast VALUES ({way}); \
                 SELECT x FROM __diesel_autogen_cast"
            ),
        ] {
            results.extend(scratch.rows(&sql).unwrap_or_default().into_iter().flatten());
        }
    }
    let _ = scratch.execute("DROP TABLE IF EXISTS temp.__diesel_autogen_cast", false);
    results
}
