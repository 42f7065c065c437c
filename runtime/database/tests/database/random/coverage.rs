//! Which facts and changes of facts the pairs are made of, so that nobody finds out late that
//! something was never tried.

use std::collections::BTreeSet;

use diesel_autogen_schema::{
    Action, Change, Column, Deferrable, Delta, Identity, Order, Schema, SqlType, Storage, Table,
    TableChange,
};

use super::{Case, tried};

/// What there is to try, by what [`of`] calls it.
const EVERYTHING: &[&str] = &[
    "SmallInt",
    "Integer",
    "BigInt",
    "Float",
    "Double",
    "Numeric",
    "Numeric(p)",
    "Numeric(p, s)",
    "Bool",
    "Text",
    "Text(n)",
    "Binary",
    "Date",
    "Time",
    "Timestamp",
    "TimestamptzSqlite",
    "Json",
    "Jsonb",
    "enum",
    "custom",
    "nullable",
    "default",
    "stored",
    "virtual",
    "identity",
    "autoincrement",
    "collation",
    "column comment",
    "column renamed",
    "backfill",
    "using",
    "label renamed",
    "composite key",
    "unique",
    "composite unique",
    "index",
    "composite index",
    "desc",
    "expression index",
    "partial index",
    "unique index",
    "check",
    "self reference",
    "reference",
    "composite reference",
    "restrict",
    "cascade",
    "set null",
    "set default",
    "deferred",
    "immediate",
    "strict",
    "without rowid",
    "table comment",
    "table renamed",
    "cycle",
    "create table",
    "drop table",
    "alter table",
    "rename table",
    "swap tables",
    "add column",
    "drop column",
    "change column",
    "rename column",
    "swap columns",
    "retype column",
    "rename and retype column",
    "change labels",
    "change required",
    "change default",
    "change collation",
    "begin computing",
    "end computing",
    "compute otherwise",
    "begin numbering",
    "end numbering",
    "change key",
    "add unique",
    "drop unique",
    "change unique",
    "add index",
    "drop index",
    "change index",
    "add check",
    "drop check",
    "change check",
    "add reference",
    "drop reference",
    "change reference",
    "toggle strict",
    "toggle without rowid",
    "change comment",
    "by hand",
];

/// What was never tried.
pub(super) fn missing(seen: &BTreeSet<&'static str>) -> Vec<&'static str> {
    EVERYTHING.iter().copied().filter(|it| !seen.contains(it)).collect()
}

/// What a case tries.
pub(super) fn of(case: &Case, changes: &[Change]) -> BTreeSet<&'static str> {
    let mut seen = BTreeSet::new();
    let mut see = |holds: bool, what: &'static str| {
        debug_assert!(EVERYTHING.contains(&what), "{what}");
        if holds {
            seen.insert(what);
        }
    };
    see(!case.by_hand.is_empty(), "by hand");
    for schema in [&case.pair.before, &case.pair.after] {
        see(cycle(schema), "cycle");
        for of in &schema.tables[..] {
            table(of, &mut see);
        }
    }
    let renames: Vec<(&str, &str)> = changes.iter().filter_map(renamed).collect();
    see(tried::swaps(&renames), "swap tables");
    for change in changes {
        self::change(change, &mut see);
    }
    seen
}

fn cycle(schema: &Schema) -> bool {
    schema.tables.iter().any(|one| {
        let to = one.foreign_keys.iter().filter(|key| key.table != one.name);
        to.filter_map(|key| schema.table(&key.table))
            .any(|other| other.foreign_keys.iter().any(|key| key.table == one.name))
    })
}

fn renamed(change: &Change) -> Option<(&str, &str)> {
    change.altered().map(|it| (it.before.name.as_ref(), it.after.name.as_ref()))
}

fn table(table: &Table, see: &mut impl FnMut(bool, &'static str)) {
    table.columns.iter().for_each(|it| column(it, see));
    see(table.primary_key.len() > 1, "composite key");
    for unique in &table.uniques[..] {
        see(unique.columns.len() == 1, "unique");
        see(unique.columns.len() > 1, "composite unique");
    }
    for index in &table.indexes[..] {
        see(index.keys.len() == 1, "index");
        see(index.keys.len() > 1, "composite index");
        see(index.keys.iter().any(|key| key.order == Order::Desc), "desc");
        see(index.keys.iter().any(|key| !key.is_column), "expression index");
        see(index.predicate.is_some(), "partial index");
        see(index.unique, "unique index");
    }
    see(!table.checks.is_empty(), "check");
    for key in &table.foreign_keys[..] {
        see(key.table == table.name, "self reference");
        see(key.table != table.name, "reference");
        see(key.columns.len() > 1, "composite reference");
        for action in [key.on_delete, key.on_update] {
            see(action == Action::Restrict, "restrict");
            see(action == Action::Cascade, "cascade");
            see(action == Action::SetNull, "set null");
            see(action == Action::SetDefault, "set default");
        }
        see(key.deferrable == Deferrable::InitiallyDeferred, "deferred");
        see(key.deferrable == Deferrable::InitiallyImmediate, "immediate");
    }
    see(table.strict, "strict");
    see(table.without_rowid, "without rowid");
    see(table.comment.is_some(), "table comment");
    see(table.renamed_from.is_some(), "table renamed");
}

fn column(column: &Column, see: &mut impl FnMut(bool, &'static str)) {
    see(true, kind(&column.sql_type));
    see(column.nullable, "nullable");
    see(column.default.is_some(), "default");
    let stored_in = column.generated.as_ref().map(|it| it.storage);
    see(stored_in == Some(Storage::Stored), "stored");
    see(stored_in == Some(Storage::Virtual), "virtual");
    see(column.identity == Some(Identity::ByDefault), "identity");
    see(column.identity == Some(Identity::Autoincrement), "autoincrement");
    see(column.collation.is_some(), "collation");
    see(column.comment.is_some(), "column comment");
    see(column.renamed_from.is_some(), "column renamed");
    see(column.backfill.is_some(), "backfill");
    see(column.using.is_some(), "using");
    if let SqlType::Enum(of) = &column.sql_type {
        see(of.labels.iter().any(|label| label.renamed_from.is_some()), "label renamed");
    }
}

fn kind(of: &SqlType) -> &'static str {
    match of {
        SqlType::SmallInt => "SmallInt",
        SqlType::Integer => "Integer",
        SqlType::BigInt => "BigInt",
        SqlType::Float => "Float",
        SqlType::Double => "Double",
        SqlType::Numeric { precision: _, scale: Some(_) } => "Numeric(p, s)",
        SqlType::Numeric { precision: Some(_), scale: None } => "Numeric(p)",
        SqlType::Numeric { precision: None, scale: None } => "Numeric",
        SqlType::Bool => "Bool",
        SqlType::Text { max_length: None } => "Text",
        SqlType::Text { max_length: Some(_) } => "Text(n)",
        SqlType::Binary => "Binary",
        SqlType::Date => "Date",
        SqlType::Time { .. } => "Time",
        SqlType::Timestamp { .. } => "Timestamp",
        SqlType::TimestamptzSqlite => "TimestamptzSqlite",
        SqlType::Json => "Json",
        SqlType::Jsonb => "Jsonb",
        SqlType::Enum(_) => "enum",
        SqlType::Custom(_) => "custom",
        SqlType::Pg(_) | SqlType::My(_) => unreachable!("pairs are made for SQLite"),
    }
}

fn change(change: &Change, see: &mut impl FnMut(bool, &'static str)) {
    tried::change(change, see);
    for delta in change.altered().into_iter().flat_map(TableChange::columns) {
        if let Delta::Changed { before, after } = delta {
            tried::column(before, after, see);
        }
    }
}
