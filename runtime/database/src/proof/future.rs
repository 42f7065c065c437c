//! The rows of a table as a migration will have them, while they are still as they were.

use diesel_autogen_schema::{Column, Dialect, Expr, Table, TableChange, Text};

use crate::Value;
use crate::ident::{placed, quoted, same};

/// The rows of a table as they will be.
pub(super) struct Rows {
    dialect: Dialect,
    /// A query in parentheses, named like the table, that gives every row the values that it will
    /// have.
    sql: String,
    /// Columns that it leaves out: nothing says what they will hold.
    unknown: Vec<Text>,
}

impl Rows {
    /// `target` is the table after under the names from before.
    pub(super) fn of(
        dialect: Dialect,
        table: &Table,
        change: &TableChange,
        target: &Table,
        hints: bool,
    ) -> Rows {
        let mut values = Vec::new();
        let mut unknown: Vec<Text> = Vec::new();
        let mut computed: Vec<&Column> = Vec::new();
        for column in &target.columns[..] {
            if column.generated.is_some() {
                computed.push(column);
                continue;
            }
            match value(dialect, table, change, column, hints) {
                Some(value) => values.push(format!("{value} AS {}", quoted(&column.name))),
                None => unknown.push(column.name.clone()),
            }
        }
        let name = quoted(&table.name);
        let values = if values.is_empty() { "1".to_owned() } else { values.join(", ") };
        let mut sql = format!("SELECT {values} FROM {}", placed(table.place()));
        while !computed.is_empty() {
            let waits = |column: &Column| {
                let from = column.generated.as_ref().map(|generated| &generated.expr);
                from.is_some_and(|from| {
                    computed.iter().any(|other| from.mentions(&other.name, dialect))
                })
            };
            let ready = computed.iter().position(|column| !waits(column)).unwrap_or(0);
            let column = computed.remove(ready);
            let Some(generated) = &column.generated else { continue };
            if mentions_any(&generated.expr, &unknown, dialect) {
                unknown.push(column.name.clone());
                continue;
            }
            let value = enclosed(&generated.expr);
            sql = format!("SELECT *, {value} AS {} FROM ({sql}) AS {name}", quoted(&column.name));
        }
        Rows { dialect, sql: format!("({sql}) AS {name}"), unknown }
    }

    /// The query for a row of which the condition holds; `None` when it asks for what nobody knows.
    /// SQLite would take the name of a column that is not there for a text.
    pub(super) fn any(&self, condition: &str) -> Option<String> {
        let unknown = mentions_any(&Expr::from(condition.to_owned()), &self.unknown, self.dialect);
        (!unknown).then(|| format!("SELECT 1 FROM {} WHERE {condition}", self.sql))
    }
}

fn mentions_any(expr: &Expr, columns: &[Text], dialect: Dialect) -> bool {
    columns.iter().any(|column| expr.mentions(column, dialect))
}

/// SQL in parentheses that a comment at its end does not swallow.
pub(super) fn enclosed(expr: &Expr) -> String {
    format!("({}\n)", expr.as_str())
}

fn value(
    dialect: Dialect,
    table: &Table,
    change: &TableChange,
    column: &Column,
    hints: bool,
) -> Option<String> {
    let filler = column.backfill.as_ref().or(column.default.as_ref());
    let Some(live) = table.columns.iter().find(|it| same(dialect, &it.name, &column.name)) else {
        return match filler {
            Some(filler) => Some(enclosed(filler)),
            None if column.identity.is_some() => Some("row_number() OVER ()".to_owned()),
            None => (hints || column.nullable).then(|| "NULL".to_owned()),
        };
    };
    let before = change.before.column(&column.name).unwrap_or(live);
    let retyped = !before.sql_type.same_facts(&column.sql_type);
    let value = match &column.using {
        Some(using) if retyped => enclosed(using),
        Some(_) | None if retyped && !hints => return None,
        Some(_) | None => relabelled(dialect, &live.name, column),
    };
    Some(match filler {
        Some(filler) if before.nullable && !column.nullable => {
            format!("coalesce({value}, {})", enclosed(filler))
        }
        Some(_) | None => value,
    })
}

/// The old value, labels under their new names.
fn relabelled(dialect: Dialect, name: &str, column: &Column) -> String {
    let name = quoted(name);
    let labels = column.sql_type.enumeration().map(|of| &of.labels[..]).unwrap_or_default();
    let renamed = labels.iter().filter_map(|label| {
        let from = Value::Text(label.renamed_from.as_ref()?.to_string());
        Some(format!(" WHEN {from} THEN {}", Value::Text(label.name.to_string())))
    });
    let arms: String = renamed.collect();
    match dialect {
        Dialect::Sqlite if !arms.is_empty() => format!("CASE {name}{arms} ELSE {name} END"),
        // There a label is renamed where the type is.
        Dialect::Sqlite | Dialect::Postgres | Dialect::Mysql => name,
    }
}
