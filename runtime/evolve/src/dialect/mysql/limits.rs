//! What is too long for a key, and what no foreign key may write.

use diesel_autogen_schema::facts::mysql::{Kept, MOST_KEY_BYTES, charset_of, writes};
use diesel_autogen_schema::{Column, Dialect, Expr, Extra, Flavour, Index, Storage, Table, Text};

use super::render::{collation_of, method};

/// Rules and indexes of a table that the servers do not keep as they are declared, and why.
pub(super) fn broken(table: &Table, flavour: Flavour) -> Vec<(String, &'static str)> {
    let mut found = too_long(table);
    found.extend(too_wide(table));
    found.extend(written(table));
    if flavour == Flavour::Mysql {
        found.extend(of_virtual(table));
    }
    found
}

/// Keys that take the whole of what is kept beside the row.
fn too_long(table: &Table) -> Vec<(String, &'static str)> {
    let long = |name: &str| {
        let column = table.column(name);
        column.is_some_and(|it| {
            matches!(Kept::of(&it.sql_type), Kept::LongText | Kept::LongBytes | Kept::Json)
        })
    };
    let mut found = Vec::new();
    if table.primary_key.iter().any(|name| long(name)) {
        found.push("primary key".to_owned());
    }
    let uniques = table.uniques.iter().filter(|it| it.columns.iter().any(|name| long(name)));
    found.extend(uniques.map(|it| it.name.to_string()));
    let whole = |index: &Index| {
        let mut keys = index.keys.iter();
        keys.any(|it| it.is_column && it.extras.is_empty() && long(it.expr.as_str()))
    };
    let indexes = table.indexes.iter().filter(|it| is_sorted(it) && whole(it));
    found.extend(indexes.map(|it| it.name.to_string()));
    let keys = table.foreign_keys.iter().filter(|it| it.columns.iter().any(|name| long(name)));
    found.extend(keys.map(|it| it.name.to_string()));
    let reason = "is about a text or bytes of any length: give the column a `max_length`";
    found.into_iter().map(|name| (name, reason)).collect()
}

fn is_sorted(index: &Index) -> bool {
    !matches!(method(&index.extras), Some("fulltext" | "spatial"))
}

/// Keys that have more bytes than any has. MariaDB would cut an index, and say nothing.
fn too_wide(table: &Table) -> Vec<(String, &'static str)> {
    let of_columns = |columns: &[Text]| -> u32 {
        columns.iter().map(|name| bytes(table, name, None)).fold(0, u32::saturating_add)
    };
    let mut found = Vec::new();
    if of_columns(&table.primary_key) > MOST_KEY_BYTES {
        found.push("primary key".to_owned());
    }
    let uniques = table.uniques.iter().filter(|it| of_columns(&it.columns) > MOST_KEY_BYTES);
    found.extend(uniques.map(|it| it.name.to_string()));
    for index in table.indexes.iter().filter(|it| is_sorted(it)) {
        let keys = index.keys.iter().filter(|key| key.is_column).map(|key| {
            let prefix = key.extras.iter().find_map(|extra| match extra {
                Extra::Prefix(length) => u32::try_from(*length).ok(),
                _ => None,
            });
            bytes(table, key.expr.as_str(), prefix)
        });
        if keys.fold(0, u32::saturating_add) > MOST_KEY_BYTES {
            found.push(index.name.to_string());
        }
    }
    let reason = "has more bytes than the 3072 of a key: index the beginning of its texts, or give \
                  them a smaller `max_length`";
    found.into_iter().map(|name| (name, reason)).collect()
}

fn bytes(table: &Table, name: &str, prefix: Option<u32>) -> u32 {
    let Some(column) = table.column(name) else { return 0 };
    let collation = column.collation.as_deref().unwrap_or_else(|| collation_of(table));
    Kept::of(&column.sql_type).key_bytes(prefix, charset_of(collation))
}

/// Foreign keys that would write what is computed, or read by a condition.
fn written(table: &Table) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    for key in table.foreign_keys.iter().filter(|it| writes(it.on_delete, it.on_update)) {
        let reads =
            |expr: &Expr| key.columns.iter().any(|column| expr.mentions(column, Dialect::Mysql));
        let is_read = |column: &Column| {
            let generated = column.generated.as_ref();
            generated.is_some_and(|it| it.storage == Storage::Stored && reads(&it.expr))
        };
        let is_computed = |name: &Text| table.column(name).is_some_and(|it| it.generated.is_some());
        let reason = if key.columns.iter().any(is_computed) {
            "writes a column that is computed"
        } else if table.checks.iter().any(|check| reads(&check.expr)) {
            "writes a column that a check reads, which these servers do not let it"
        } else if table.columns.iter().any(is_read) {
            "writes a column that another is computed from and stored, which these servers do not \
             let it"
        } else {
            continue;
        };
        found.push((key.name.to_string(), reason));
    }
    found
}

/// Foreign keys of columns that are computed at every reading.
fn of_virtual(table: &Table) -> Vec<(String, &'static str)> {
    let is_virtual = |name: &Text| {
        let column = table.column(name);
        let generated = column.and_then(|it| it.generated.as_ref());
        generated.is_some_and(|it| it.storage == Storage::Virtual)
    };
    let keys = table.foreign_keys.iter().filter(|it| it.columns.iter().any(is_virtual));
    let reason = "is of a column that is computed at every reading: make it `stored`";
    keys.map(|key| (key.name.to_string(), reason)).collect()
}
