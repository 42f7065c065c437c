//! Rows as PostgreSQL writes them.

use std::collections::BTreeMap;

use diesel_autogen_schema::{
    Change, Column, Delta, Dialect, Edit, OwnPlace, PUBLIC, SqlType, Text,
};

use super::super::Scratch;
use crate::ident::{placed, quoted};
use crate::proof::{Mapping, Named, Rows, Snapshot, Values};
use crate::{Error, Value};

/// A column whose values an expression converts.
pub(super) struct Conversion {
    table: OwnPlace,
    column: Text,
    /// The expression over the columns as they are before.
    using: String,
}

/// The conversions of these changes.
pub(super) fn conversions(changes: &[Change]) -> Vec<Conversion> {
    let inverse: Vec<Change> = changes.iter().cloned().map(Change::invert).collect();
    let back = Mapping::new(Dialect::Postgres, &inverse, true);
    let mut found = Vec::new();
    for change in changes.iter().filter_map(Change::altered) {
        // Under the names from before.
        let target = back.renamed(&change.after);
        for edit in &change.edits {
            let Edit::Column(Delta::Changed { before, after: _ }) = edit else { continue };
            let Some(column) = target.column(&before.name) else { continue };
            let using = column.using.as_ref().map(|using| using.as_str().to_owned());
            found.extend(using.or_else(|| relabelled(column)).map(|using| Conversion {
                table: change.before.place().into(),
                column: before.name.clone(),
                using,
            }));
        }
    }
    found
}

/// The label that rows will have, where labels get other names.
fn relabelled(column: &Column) -> Option<String> {
    let SqlType::Enum(of) = &column.sql_type else { return None };
    let text = |text: &str| Value::Text(text.to_owned());
    let renamed = of.labels.iter().filter_map(|label| {
        let from = label.renamed_from.as_ref()?;
        Some(format!(" WHEN {} THEN {}", text(from), text(&label.name)))
    });
    let arms: String = renamed.collect();
    let value = format!("{}::text", quoted(&column.name));
    (!arms.is_empty()).then(|| format!("CASE {value}{arms} ELSE {value} END"))
}

/// All rows, with what the conversions make of values.
pub(super) fn read(scratch: &mut Scratch, conversions: &[Conversion]) -> Result<Snapshot, Error> {
    let found = scratch.standing(
        "SELECT n.nspname::text, c.relname::text, a.attname::text, \
         format_type(a.atttypid, a.atttypmod) \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
         AND a.attgenerated = '' \
         WHERE c.oid >= 16384 AND c.relkind = 'r' AND c.relpersistence <> 't' \
         AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') \
         AND c.relname <> '__diesel_schema_migrations' \
         AND pg_relation_size(c.oid) > 0 AND NOT EXISTS (SELECT FROM pg_depend d \
         WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') \
         ORDER BY n.nspname, c.relname, a.attnum",
    )?;
    let mut tables: BTreeMap<OwnPlace, Vec<Named>> = BTreeMap::new();
    for row in &found {
        let text = |at: usize| row[at].as_text().map(str::to_owned);
        let (Some(schema), Some(name)) = (text(0), text(1)) else { continue };
        let schema = Some(Text::from(schema)).filter(|it| it != PUBLIC);
        let columns = tables.entry(OwnPlace { schema, name: name.into() }).or_default();
        if let (Some(name), Some(declared)) = (text(2), text(3)) {
            columns.push(Named { name, declared, hidden: false });
        }
    }
    let mut snapshot = Snapshot { tables: BTreeMap::new() };
    for (table, columns) in tables {
        let rows = of(scratch, table.clone(), columns, conversions)?;
        if !rows.rows.is_empty() {
            snapshot.tables.insert(table, rows);
        }
    }
    Ok(snapshot)
}

fn of(
    scratch: &mut Scratch,
    table: OwnPlace,
    mut columns: Vec<Named>,
    conversions: &[Conversion],
) -> Result<Rows, Error> {
    let mut values: Vec<String> =
        columns.iter().map(|column| format!("{}::text", quoted(&column.name))).collect();
    let from = placed(table.place());
    for it in conversions.iter().filter(|it| it.table == table) {
        let Some(at) = columns.iter().position(|column| column.name == it.column) else {
            continue;
        };
        // A comment at its end must not swallow what follows.
        values[at] = format!("({}\n)::text", it.using);
        let declared =
            scratch.rows(&format!("SELECT pg_typeof({}\n)::text FROM {from} LIMIT 1", it.using))?;
        if let Some(declared) = declared.first().and_then(|row| row.first()?.as_text()) {
            declared.clone_into(&mut columns[at].declared);
        }
    }
    if values.is_empty() {
        values.push("'a row'::text".to_owned());
        let (name, declared) = ("row".to_owned(), "text".to_owned());
        columns.push(Named { name, declared, hidden: true });
    }
    let names: Vec<String> = (0..values.len()).map(|at| format!("c{at}")).collect();
    let values: Vec<String> =
        values.iter().zip(&names).map(|(value, name)| format!("{value} AS {name}")).collect();
    let rows = scratch.rows(&format!("SELECT {} FROM ONLY {from}", values.join(", ")))?;
    Ok(Rows { table, columns, rows })
}

/// The server, asked about values.
pub(super) struct Server<'a>(pub(super) &'a mut Scratch);

impl Values for Server<'_> {
    fn same_type(&self, before: &str, after: &str) -> bool {
        before == after
    }

    /// What assigning a value of the one type to a column of the other gives. To types of a length
    /// an assignment, unlike a cast, cuts off nothing but blanks. The `null` of a document is NULL
    /// in everything else.
    fn converted(&mut self, was: &Value, before: &str, is: &Value, after: &str) -> bool {
        let Value::Text(text) = was else { return false };
        let is_text = |of: &str| of == "text" || of.starts_with("character");
        if is_text(before)
            && is_text(after)
            && let Value::Text(now) = is
        {
            return text.trim_end_matches(' ') == now.trim_end_matches(' ');
        }
        let gone = format!("WHERE to_regtype({}) IS NULL", Value::Text(before.to_owned()));
        let ways = [
            format!("SELECT CAST(CAST({was} AS {before}) AS {after})::text"),
            format!("SELECT CAST({was} AS {after})::text"),
            format!("SELECT CAST(to_jsonb(CAST({was} AS {before})) #>> '{{}}' AS {after})::text"),
            format!("SELECT CAST(to_jsonb(CAST({was} AS {before})) AS {after})::text"),
            // The labels of a type that is gone by now are texts in a document.
            format!("SELECT CAST(to_jsonb(CAST({was} AS text)) AS {after})::text {gone}"),
            format!("SELECT CAST(to_json(CAST({was} AS text[])) AS {after})::text {gone}"),
        ];
        // What an assignment does not do, a migration says in one of these ways.
        let said = [
            format!("SELECT (CAST({was} AS {before}) <> 0)::{after}::text"),
            format!("SELECT CAST({was} AS {before})::integer::{after}::text"),
            format!("SELECT CAST({was} AS {before})::numeric::{after}::text"),
            format!("SELECT ARRAY[CAST({was} AS {before})]::{after}::text"),
            format!("SELECT ARRAY[{was}]::{after}::text"),
            // Texts and lists in documents, and documents that are lists.
            format!(
                "SELECT ARRAY[CAST({was} AS jsonb) #>> '{{}}']::{after}::text \
                 WHERE CAST({was} AS jsonb) <> 'null'"
            ),
            format!("SELECT CAST(to_json(CAST({was} AS {before})) AS {after})::text"),
            format!(
                "SELECT CAST(ARRAY(SELECT jsonb_array_elements_text(CAST({was} AS jsonb))) \
                 AS {after})::text"
            ),
        ];
        ways.iter().chain(&said).any(|way| {
            let rows = self.0.rows(way).unwrap_or_default();
            rows.first().and_then(|row| row.first()) == Some(is)
        })
    }

    fn key(&self, table: OwnPlace) -> OwnPlace {
        table
    }
}
