//! Which facts and changes of facts the pairs are made of, so that nobody finds out late that
//! something was never tried on MySQL.

use std::collections::BTreeSet;

use diesel_autogen_schema::testing::random::Pair;
use diesel_autogen_schema::{
    Action, Change, Column, Delta, Extra, ForeignKey, Index, MyType, Order, Size, SqlType, Storage,
    Table, Width,
};

use crate::random::tried;

/// What there is to try, by what [`of`] calls it.
const EVERYTHING: &[&str] = &[
    "SmallInt",
    "Integer",
    "BigInt",
    "TinyInt",
    "unsigned 8",
    "unsigned 16",
    "unsigned 32",
    "unsigned 64",
    "Float",
    "Double",
    "Numeric",
    "Bool",
    "Text",
    "Text(n)",
    "Char",
    "Tinytext",
    "Mediumtext",
    "Longtext",
    "Blob",
    "Binary(n)",
    "Varbinary",
    "Tinyblob",
    "Mediumblob",
    "Longblob",
    "Bit",
    "Date",
    "Time",
    "Time(p)",
    "Timestamp",
    "Timestamp(p)",
    "Datetime",
    "Datetime(p)",
    "Json",
    "enum",
    "point",
    "year",
    "nullable",
    "default",
    "computed",
    "kept computed",
    "numbered",
    "collation",
    "on update",
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
    "prefix",
    "fulltext",
    "spatial",
    "unique index",
    "rule comment",
    "check",
    "self reference",
    "reference",
    "composite reference",
    "implied index",
    "restrict",
    "cascade",
    "set null",
    "table comment",
    "table parameter",
    "table collation",
    "engine",
    "table renamed",
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
    "change required",
    "change default",
    "change labels",
    "begin computing",
    "end computing",
    "compute otherwise",
    "begin numbering",
    "end numbering",
    "change collation",
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
    "change comment",
    "change parameters",
];

/// What was never tried.
pub(super) fn missing(seen: &BTreeSet<&'static str>) -> Vec<&'static str> {
    EVERYTHING.iter().copied().filter(|it| !seen.contains(it)).collect()
}

/// What a pair tries.
pub(super) fn of(pair: &Pair, changes: &[Change]) -> BTreeSet<&'static str> {
    let mut seen = Seen::default();
    for schema in [&pair.before, &pair.after] {
        schema.tables.iter().for_each(|it| seen.table(it));
    }
    let altered = changes.iter().filter_map(Change::altered);
    let names: Vec<_> = altered.map(|it| (it.before.place(), it.after.place())).collect();
    seen.see(tried::swaps(&names), "swap tables");
    changes.iter().for_each(|it| seen.change(it));
    seen.0
}

#[derive(Default)]
struct Seen(BTreeSet<&'static str>);

impl Seen {
    fn see(&mut self, holds: bool, what: &'static str) {
        debug_assert!(EVERYTHING.contains(&what), "{what}");
        if holds {
            self.0.insert(what);
        }
    }

    fn table(&mut self, table: &Table) {
        table.columns.iter().for_each(|it| self.column(it));
        self.see(table.primary_key.len() > 1, "composite key");
        for unique in &table.uniques[..] {
            self.see(unique.columns.len() == 1, "unique");
            self.see(unique.columns.len() > 1, "composite unique");
            self.see(unique.extras.comment().is_some(), "rule comment");
        }
        table.indexes.iter().for_each(|it| self.index(it));
        self.see(!table.checks.is_empty(), "check");
        table.foreign_keys.iter().for_each(|it| self.key(table, it));
        self.see(!table.supports().is_empty(), "implied index");
        self.see(table.comment.is_some(), "table comment");
        self.see(table.renamed_from.is_some(), "table renamed");
        for extra in table.extras.iter() {
            self.see(matches!(extra, Extra::With(..)), "table parameter");
            self.see(matches!(extra, Extra::Collate(_)), "table collation");
            self.see(matches!(extra, Extra::Engine(_)), "engine");
        }
    }

    fn index(&mut self, index: &Index) {
        self.see(index.keys.len() == 1, "index");
        self.see(index.keys.len() > 1, "composite index");
        self.see(index.unique, "unique index");
        self.see(index.extras.comment().is_some(), "rule comment");
        for method in ["fulltext", "spatial"] {
            self.see(index.extras.has(&Extra::Method(method.into())), method);
        }
        for key in &index.keys[..] {
            self.see(key.order == Order::Desc, "desc");
            self.see(key.extras.iter().any(|it| matches!(it, Extra::Prefix(_))), "prefix");
        }
    }

    fn key(&mut self, table: &Table, key: &ForeignKey) {
        self.see(key.target() == table.place(), "self reference");
        self.see(key.target() != table.place(), "reference");
        self.see(key.columns.len() > 1, "composite reference");
        for action in [key.on_delete, key.on_update] {
            match action {
                Action::NoAction | Action::SetDefault => {}
                Action::Restrict => self.see(true, "restrict"),
                Action::Cascade => self.see(true, "cascade"),
                Action::SetNull => self.see(true, "set null"),
            }
        }
    }

    fn column(&mut self, column: &Column) {
        self.see(true, kind(&column.sql_type));
        self.see(column.nullable, "nullable");
        self.see(column.default.is_some(), "default");
        let storage = column.generated.as_ref().map(|it| it.storage);
        self.see(storage == Some(Storage::Virtual), "computed");
        self.see(storage == Some(Storage::Stored), "kept computed");
        self.see(column.identity.is_some(), "numbered");
        self.see(column.extras.has(&Extra::OnUpdateNow), "on update");
        self.see(column.collation.is_some(), "collation");
        self.see(column.comment.is_some(), "column comment");
        self.see(column.renamed_from.is_some(), "column renamed");
        self.see(column.backfill.is_some(), "backfill");
        self.see(column.using.is_some(), "using");
        if let SqlType::Enum(of) = &column.sql_type {
            let renamed = of.labels.iter().any(|label| label.renamed_from.is_some());
            self.see(renamed, "label renamed");
        }
    }

    fn change(&mut self, change: &Change) {
        let mut see = |holds, what| self.see(holds, what);
        tried::change(change, &mut see);
        let Change::AlterTable(change) = change else { return };
        for delta in change.columns() {
            if let Delta::Changed { before, after } = delta {
                tried::column(before, after, &mut see);
            }
        }
    }
}

fn kind(of: &SqlType) -> &'static str {
    match of {
        SqlType::SmallInt => "SmallInt",
        SqlType::Integer => "Integer",
        SqlType::BigInt => "BigInt",
        SqlType::Float => "Float",
        SqlType::Double => "Double",
        SqlType::Numeric { .. } => "Numeric",
        SqlType::Bool => "Bool",
        SqlType::Text { max_length: None } => "Text",
        SqlType::Text { max_length: Some(_) } => "Text(n)",
        SqlType::Binary => "Blob",
        SqlType::Date => "Date",
        SqlType::Time { precision: None } => "Time",
        SqlType::Time { precision: Some(_) } => "Time(p)",
        SqlType::Timestamp { precision: None } => "Timestamp",
        SqlType::Timestamp { precision: Some(_) } => "Timestamp(p)",
        SqlType::Json => "Json",
        SqlType::Enum(_) => "enum",
        SqlType::My(of) => of_mysql(*of),
        SqlType::Custom(of) if of.sql == "year" => "year",
        SqlType::Custom(_) => "point",
        SqlType::Jsonb | SqlType::TimestamptzSqlite | SqlType::Pg(_) => {
            unreachable!("pairs are dressed for MySQL")
        }
    }
}

fn of_mysql(of: MyType) -> &'static str {
    match of {
        MyType::TinyInt => "TinyInt",
        MyType::Unsigned(Width::Tiny) => "unsigned 8",
        MyType::Unsigned(Width::Small) => "unsigned 16",
        MyType::Unsigned(Width::Normal) => "unsigned 32",
        MyType::Unsigned(Width::Big) => "unsigned 64",
        MyType::Char { .. } => "Char",
        MyType::Text(Size::Tiny) => "Tinytext",
        MyType::Text(Size::Medium) => "Mediumtext",
        MyType::Text(Size::Long) => "Longtext",
        MyType::Binary { .. } => "Binary(n)",
        MyType::Varbinary { .. } => "Varbinary",
        MyType::Blob(Size::Tiny) => "Tinyblob",
        MyType::Blob(Size::Medium) => "Mediumblob",
        MyType::Blob(Size::Long) => "Longblob",
        MyType::Bit { .. } => "Bit",
        MyType::Datetime { precision: None } => "Datetime",
        MyType::Datetime { precision: Some(_) } => "Datetime(p)",
    }
}
