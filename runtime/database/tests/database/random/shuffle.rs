//! The same schema, declared in another order.

use diesel_autogen_schema::{Schema, Table};

/// Everything whose order is no fact, the other way round.
pub(crate) fn shuffled(schema: &Schema) -> Schema {
    let Schema { tables, extensions } = schema;
    Schema {
        tables: tables.iter().rev().map(table).collect(),
        extensions: extensions.iter().rev().cloned().collect(),
    }
}

fn table(table: &Table) -> Table {
    let Table {
        schema,
        name,
        columns,
        primary_key,
        uniques,
        indexes,
        checks,
        exclusions,
        foreign_keys,
        strict,
        without_rowid,
        extras,
        comment,
        renamed_from,
    } = table.clone();
    Table {
        schema,
        name,
        columns: columns.iter().rev().cloned().collect(),
        primary_key,
        uniques: uniques.iter().rev().cloned().collect(),
        indexes: indexes.iter().rev().cloned().collect(),
        checks: checks.iter().rev().cloned().collect(),
        exclusions: exclusions.iter().rev().cloned().collect(),
        foreign_keys: foreign_keys.iter().rev().cloned().collect(),
        strict,
        without_rowid,
        extras,
        comment,
        renamed_from,
    }
}
