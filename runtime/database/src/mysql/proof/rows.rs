//! Rows as MySQL writes them.

use std::collections::BTreeMap;

use diesel_autogen_progress::literal;
use diesel_autogen_schema::{Live, OwnPlace};

use super::super::Scratch;
use crate::ident::{placed, quoted};
use crate::proof::{Named, Rows, Snapshot, Values};
use crate::{Error, Value};

/// All rows.
pub(super) fn read(scratch: &mut Scratch, live: &Live) -> Result<Snapshot, Error> {
    let found = scratch.rows(
        "SELECT table_name, column_name, CONCAT(column_type, \
         COALESCE(CONCAT(' COLLATE ', collation_name), '')) FROM information_schema.columns \
         WHERE table_schema = DATABASE() AND COALESCE(generation_expression, '') = '' \
         ORDER BY 1, ordinal_position",
    )?;
    let is_table = |name: &str| live.schema.table(name).is_some();
    let mut tables: BTreeMap<OwnPlace, Vec<Named>> = BTreeMap::new();
    for row in found.iter().filter(|row| row[0].as_text().is_some_and(is_table)) {
        let text = |at: usize| row[at].as_text().map(str::to_owned);
        let (Some(table), Some(name), Some(declared)) = (text(0), text(1), text(2)) else {
            continue;
        };
        let place = OwnPlace { schema: None, name: table.into() };
        tables.entry(place).or_default().push(Named { name, declared, hidden: false });
    }
    let mut snapshot = Snapshot { tables: BTreeMap::new() };
    for (table, columns) in tables {
        let values: Vec<String> =
            columns.iter().map(|it| shown(&quoted(&it.name), &it.declared)).collect();
        let sql = format!("SELECT {} FROM {}", values.join(", "), placed(table.place()));
        let rows = scratch.rows(&sql)?;
        if !rows.is_empty() {
            snapshot.tables.insert(table.clone(), Rows { table, columns, rows });
        }
    }
    Ok(snapshot)
}

/// The value of a column as it is compared: numbers as they are, bytes as digits, all else as text.
fn shown(value: &str, declared: &str) -> String {
    match kind(declared) {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "double" | "float" => {
            value.to_owned()
        }
        _ if is_bytes(declared) => format!("HEX({value})"),
        _ => format!("CAST({value} AS CHAR)"),
    }
}

/// `decimal` of `decimal(10,2) unsigned`.
fn kind(declared: &str) -> &str {
    declared.split(['(', ' ']).next().unwrap_or(declared)
}

fn is_bytes(declared: &str) -> bool {
    let geometry =
        ["geometry", "point", "linestring", "polygon", "multipoint", "geometrycollection"];
    let kind = kind(declared);
    kind.ends_with("blob") || kind.ends_with("binary") || kind == "bit" || geometry.contains(&kind)
}

/// The server, asked about values.
pub(super) struct Server<'a>(pub(super) &'a mut Scratch);

impl Values for Server<'_> {
    fn same_type(&self, before: &str, after: &str) -> bool {
        before == after
    }

    /// What the server makes of the value when a column of the one type takes it from one of the
    /// other: there is no cast to most types.
    fn converted(&mut self, was: &Value, before: &str, is: &Value, after: &str) -> bool {
        let value = match was {
            Value::Null => return *is == Value::Null,
            // Of bits the server writes no zeros in front, and digits have to come in pairs.
            Value::Text(hex) if is_bytes(before) && hex.len() % 2 == 1 => format!("X'0{hex}'"),
            Value::Text(hex) if is_bytes(before) => format!("X'{hex}'"),
            Value::Text(text) => literal(text),
            Value::Integer(_) | Value::Real(_) | Value::Blob(_) => was.to_string(),
        };
        let is_so = |steps: &[String], scratch: &mut Scratch| -> Result<bool, Error> {
            scratch.ask("DROP TEMPORARY TABLE IF EXISTS autogen_was, autogen_is")?;
            scratch.ask(&format!("CREATE TEMPORARY TABLE autogen_was (v {before} NULL)"))?;
            scratch.ask(&format!("INSERT INTO autogen_was VALUES ({value})"))?;
            steps.iter().try_for_each(|sql| scratch.ask(sql))?;
            let from = if steps.len() > 1 { "autogen_is" } else { "autogen_was" };
            let rows = scratch.rows(&format!("SELECT {} FROM {from}", shown("v", after)))?;
            Ok(rows.first().and_then(|row| row.first()) == Some(is))
        };
        let assigned = [
            format!("CREATE TEMPORARY TABLE autogen_is (v {after} NULL)"),
            "INSERT IGNORE INTO autogen_is SELECT v FROM autogen_was".to_owned(),
        ];
        // A column that is altered reads some values in another way than one that is assigned.
        let altered = [format!("ALTER TABLE autogen_was MODIFY v {after} NULL")];
        is_so(&assigned, self.0).unwrap_or(false) || is_so(&altered, self.0).unwrap_or(false)
    }

    fn key(&self, table: OwnPlace) -> OwnPlace {
        table
    }
}
