//! What people make in a database without telling any model.

use diesel_autogen_schema::testing::random::quoted;
use diesel_autogen_schema::{Column, Schema, Table};
use proptest::prelude::*;

/// Something made by hand, as numbers that pick what it hangs on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addition {
    what: u8,
    table: u8,
    column: u8,
}

pub(crate) fn additions() -> impl Strategy<Value = Addition> {
    (0..12_u8, any::<u8>(), any::<u8>()).prop_map(|(what, table, column)| Addition {
        what,
        table,
        column,
    })
}

/// The statements that make it all in a database that holds the schema.
pub(crate) fn statements(schema: &Schema, additions: &[Addition]) -> Vec<String> {
    let mut statements = Vec::new();
    if schema.tables.is_empty() || additions.is_empty() {
        return statements;
    }
    statements.push("CREATE TABLE hand_log (id INTEGER PRIMARY KEY, what TEXT)".to_owned());
    statements.push("INSERT INTO hand_log VALUES (7, 'kept')".to_owned());
    for (at, addition) in additions.iter().enumerate() {
        let table = &schema.tables[usize::from(addition.table) % schema.tables.len()];
        let column = &table.columns[usize::from(addition.column) % table.columns.len()];
        statements.extend(one(at, addition.what, table, column));
    }
    statements
}

fn one(at: usize, what: u8, table: &Table, column: &Column) -> Vec<String> {
    let (name, column_name) = (quoted(&table.name), quoted(&column.name));
    let view = format!("\"hand view {at}\"");
    match what {
        0 => vec![format!("CREATE INDEX \"hand index {at}\" ON {name} ({column_name} DESC)")],
        1 => vec![format!(
            "CREATE INDEX \"hand index {at}\" ON {name} (length({column_name})) \
             WHERE {column_name} IS NOT NULL"
        )],
        2 => vec![format!("ALTER TABLE {name} ADD COLUMN \"hand {at}\" TEXT DEFAULT 'by hand'")],
        3 => vec![format!(
            "ALTER TABLE {name} ADD COLUMN \"hand {at}\" TEXT AS (upper({column_name})) VIRTUAL"
        )],
        4 => vec![format!("CREATE VIEW {view} AS SELECT x.{column_name} FROM {name} AS x")],
        5 => vec![
            format!("CREATE VIEW {view} AS SELECT count(*) AS n FROM {name}"),
            format!("CREATE VIEW \"over hand view {at}\" AS SELECT n + 1 AS m FROM {view}"),
        ],
        6 => vec![
            format!("CREATE VIEW {view} AS SELECT * FROM {name}"),
            format!(
                "CREATE TRIGGER \"hand trigger {at}\" INSTEAD OF INSERT ON {view} BEGIN \
                 INSERT INTO hand_log (what) VALUES ('told'); END"
            ),
        ],
        7 => vec![format!(
            "CREATE TRIGGER \"hand trigger {at}\" AFTER DELETE ON {name} BEGIN \
             INSERT INTO hand_log (what) VALUES ('gone;'); END"
        )],
        8 => vec![format!(
            "CREATE TRIGGER \"hand trigger {at}\" AFTER UPDATE OF {column_name} ON {name} \
             WHEN new.{column_name} IS NOT old.{column_name} BEGIN \
             INSERT INTO hand_log (what) VALUES ('changed'); END"
        )],
        9 => child(at, table),
        10 => vec![format!(
            "CREATE TRIGGER \"hand trigger {at}\" AFTER INSERT ON hand_log WHEN new.id < 0 BEGIN \
             DELETE FROM {name}; END"
        )],
        _ => vec![
            format!("CREATE TABLE hand_notes_{at} (id INTEGER PRIMARY KEY, at TEXT UNIQUE)"),
            format!("INSERT INTO hand_notes_{at} VALUES (3, 'x'), (5, NULL)"),
        ],
    }
}

/// A table that refers to the owned one.
fn child(at: usize, table: &Table) -> Vec<String> {
    let [key] = &table.primary_key[..] else { return Vec::new() };
    vec![format!(
        "CREATE TABLE hand_child_{at} (id INTEGER PRIMARY KEY, \
         parent REFERENCES {} ({}) ON DELETE CASCADE)",
        quoted(&table.name),
        quoted(key)
    )]
}
