//! The same schema, declared in another order.

use diesel_autogen_schema::{Schema, Table};

/// Everything whose order is no fact, the other way round.
pub(crate) fn shuffled(schema: &Schema) -> Schema {
    let Schema { tables } = schema;
    Schema { tables: tables.iter().rev().map(table).collect() }
}

fn table(table: &Table) -> Table {
    let Table {
        name,
        columns,
        primary_key,
        uniques,
        indexes,
        checks,
        foreign_keys,
        strict,
        without_rowid,
        comment,
        renamed_from,
    } = table.clone();
    Table {
        name,
        columns: columns.iter().rev().cloned().collect(),
        primary_key,
        uniques: uniques.iter().rev().cloned().collect(),
        indexes: indexes.iter().rev().cloned().collect(),
        checks: checks.iter().rev().cloned().collect(),
        foreign_keys: foreign_keys.iter().rev().cloned().collect(),
        strict,
        without_rowid,
        comment,
        renamed_from,
    }
}
