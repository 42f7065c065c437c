//! Which facts and changes of facts the pairs are made of, so that nobody finds out late that
//! something was never tried on PostgreSQL.

use std::collections::BTreeSet;

use diesel_autogen_schema::testing::random::Pair;
use diesel_autogen_schema::{
    Action, Change, Column, Deferrable, Delta, Enum, Extra, Extras, ForeignKey, Identity, Index,
    Order, PgType, RangeOf, SqlType, Table,
};

use crate::random::tried;

/// What there is to try, by what [`of`] calls it. Computed columns are stored ones: those that are
/// not, which PostgreSQL has since release 18, are planned for and tried on no server here.
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
    "Time(p)",
    "Timestamp",
    "Json",
    "Jsonb",
    "domain",
    "composite type",
    "type of an extension",
    "enum",
    "list",
    "list of enums",
    "Bpchar",
    "Bpchar(n)",
    "CChar",
    "Cidr",
    "Citext",
    "Inet",
    "Interval",
    "MacAddr",
    "MacAddr8",
    "Money",
    "Oid",
    "PgLsn",
    "Timestamptz",
    "Timestamptz(p)",
    "Uuid",
    "Varchar",
    "range of Int4",
    "range of Int8",
    "range of Num",
    "range of Ts",
    "range of Tstz",
    "range of Date",
    "multirange",
    "nullable",
    "default",
    "computed",
    "serial",
    "identity",
    "identity always",
    "start",
    "increment",
    "least",
    "greatest",
    "cache",
    "cycle",
    "collation",
    "column comment",
    "column renamed",
    "backfill",
    "using",
    "label renamed",
    "enum comment",
    "enum in a schema",
    "schema",
    "composite key",
    "unique",
    "composite unique",
    "nulls not distinct",
    "deferrable unique",
    "unique that carries",
    "index",
    "composite index",
    "desc",
    "nulls first",
    "nulls last",
    "expression index",
    "partial index",
    "unique index",
    "unique index, nulls not distinct",
    "include",
    "hash",
    "gin",
    "gist",
    "brin",
    "spgist",
    "opclass",
    "collated index",
    "index parameter",
    "check",
    "exclusion",
    "partial exclusion",
    "deferrable exclusion",
    "rule comment",
    "self reference",
    "reference",
    "reference across schemas",
    "composite reference",
    "match full",
    "set columns",
    "restrict",
    "cascade",
    "set null",
    "set default",
    "deferred",
    "immediate",
    "table comment",
    "table parameter",
    "table renamed",
    "extension",
    "create extension",
    "drop extension",
    "create table",
    "drop table",
    "alter table",
    "rename table",
    "move table",
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
    "number otherwise",
    "number by other means",
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
    "add exclusion",
    "drop exclusion",
    "change exclusion",
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
        seen.see(!schema.extensions.is_empty(), "extension");
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
        self.see(table.schema.is_some(), "schema");
        self.see(table.primary_key.len() > 1, "composite key");
        for unique in &table.uniques[..] {
            self.see(unique.columns.len() == 1, "unique");
            self.see(unique.columns.len() > 1, "composite unique");
            self.see(unique.extras.has(&Extra::NullsNotDistinct), "nulls not distinct");
            self.see(is_put_off(&unique.extras), "deferrable unique");
            self.see(carries(&unique.extras), "unique that carries");
            self.see(unique.extras.comment().is_some(), "rule comment");
        }
        table.indexes.iter().for_each(|it| self.index(it));
        self.see(!table.checks.is_empty(), "check");
        for rule in &table.exclusions[..] {
            self.see(true, "exclusion");
            self.see(rule.predicate.is_some(), "partial exclusion");
            self.see(is_put_off(&rule.extras), "deferrable exclusion");
        }
        table.foreign_keys.iter().for_each(|it| self.key(table, it));
        self.see(table.comment.is_some(), "table comment");
        self.see(table.renamed_from.is_some(), "table renamed");
        self.see(!table.extras.is_empty(), "table parameter");
    }

    fn index(&mut self, index: &Index) {
        self.see(index.keys.len() == 1, "index");
        self.see(index.keys.len() > 1, "composite index");
        self.see(index.predicate.is_some(), "partial index");
        self.see(index.unique, "unique index");
        let one_null = index.extras.has(&Extra::NullsNotDistinct);
        self.see(one_null, "unique index, nulls not distinct");
        self.see(carries(&index.extras), "include");
        let parameter = index.extras.iter().any(|it| matches!(it, Extra::With(..)));
        self.see(parameter, "index parameter");
        for method in ["hash", "gin", "gist", "brin", "spgist"] {
            self.see(index.extras.has(&Extra::Method(method.into())), method);
        }
        for key in &index.keys[..] {
            self.see(key.order == Order::Desc, "desc");
            self.see(!key.is_column, "expression index");
            self.see(key.extras.has(&Extra::NullsFirst), "nulls first");
            self.see(key.extras.has(&Extra::NullsLast), "nulls last");
            self.see(key.extras.iter().any(|it| matches!(it, Extra::Opclass(_))), "opclass");
            let collated = key.extras.iter().any(|it| matches!(it, Extra::Collate(_)));
            self.see(collated, "collated index");
        }
    }

    fn key(&mut self, table: &Table, key: &ForeignKey) {
        self.see(key.target() == table.place(), "self reference");
        self.see(key.target() != table.place(), "reference");
        self.see(key.schema != table.schema, "reference across schemas");
        self.see(key.columns.len() > 1, "composite reference");
        self.see(key.extras.has(&Extra::MatchFull), "match full");
        let some = key.extras.iter().any(|it| matches!(it, Extra::SetColumns(_)));
        self.see(some, "set columns");
        for action in [key.on_delete, key.on_update] {
            match action {
                Action::NoAction => {}
                Action::Restrict => self.see(true, "restrict"),
                Action::Cascade => self.see(true, "cascade"),
                Action::SetNull => self.see(true, "set null"),
                Action::SetDefault => self.see(true, "set default"),
            }
        }
        self.see(key.deferrable == Deferrable::InitiallyDeferred, "deferred");
        self.see(key.deferrable == Deferrable::InitiallyImmediate, "immediate");
    }

    fn column(&mut self, column: &Column) {
        self.see(true, kind(&column.sql_type));
        self.see(column.nullable, "nullable");
        self.see(column.default.is_some(), "default");
        self.see(column.generated.is_some(), "computed");
        self.see(column.identity == Some(Identity::Serial), "serial");
        self.see(column.identity == Some(Identity::ByDefault), "identity");
        self.see(column.identity == Some(Identity::Always), "identity always");
        for option in ["start", "increment", "least", "greatest", "cache", "cycle"] {
            self.see(column.extras.iter().any(|it| it.key() == option), option);
        }
        self.see(column.collation.is_some(), "collation");
        self.see(column.comment.is_some(), "column comment");
        self.see(column.renamed_from.is_some(), "column renamed");
        self.see(column.backfill.is_some(), "backfill");
        self.see(column.using.is_some(), "using");
        if let SqlType::Enum(of) = &column.sql_type {
            self.enumeration(of);
        }
    }

    fn enumeration(&mut self, of: &Enum) {
        self.see(of.labels.iter().any(|label| label.renamed_from.is_some()), "label renamed");
        self.see(of.comment.is_some(), "enum comment");
        self.see(of.schema.is_some(), "enum in a schema");
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
        self.see(change.before.schema != change.after.schema, "move table");
        for delta in change.columns() {
            let Delta::Changed { before, after } = delta else { continue };
            if let (Some(a), Some(b)) = (before.identity, after.identity) {
                self.see(a != b, "number by other means");
                self.see(before.extras != after.extras, "number otherwise");
            }
        }
    }
}

fn is_put_off(extras: &Extras) -> bool {
    extras.iter().any(|it| matches!(it, Extra::Deferrable(_)))
}

fn carries(extras: &Extras) -> bool {
    extras.iter().any(|it| matches!(it, Extra::Include(_)))
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
        SqlType::Time { precision: None } => "Time",
        SqlType::Time { precision: Some(_) } => "Time(p)",
        SqlType::Timestamp { .. } => "Timestamp",
        SqlType::Json => "Json",
        SqlType::Jsonb => "Jsonb",
        SqlType::Enum(_) => "enum",
        SqlType::Pg(of) => of_postgres(of),
        SqlType::Custom(of) if of.sql == "short_text" => "domain",
        SqlType::Custom(of) if of.sql == "ltree" => "type of an extension",
        SqlType::Custom(_) => "composite type",
        SqlType::TimestamptzSqlite | SqlType::My(_) => {
            unreachable!("pairs are dressed for PostgreSQL")
        }
    }
}

fn of_postgres(of: &PgType) -> &'static str {
    match of {
        PgType::Array(of) if matches!(**of, SqlType::Enum(_)) => "list of enums",
        PgType::Array(_) => "list",
        PgType::Bpchar { length: None } => "Bpchar",
        PgType::Bpchar { length: Some(_) } => "Bpchar(n)",
        PgType::CChar => "CChar",
        PgType::Cidr => "Cidr",
        PgType::Citext => "Citext",
        PgType::Inet => "Inet",
        PgType::Interval => "Interval",
        PgType::MacAddr => "MacAddr",
        PgType::MacAddr8 => "MacAddr8",
        PgType::Money => "Money",
        PgType::Multirange(_) => "multirange",
        PgType::Oid => "Oid",
        PgType::PgLsn => "PgLsn",
        PgType::Range(of) => match of {
            RangeOf::Int4 => "range of Int4",
            RangeOf::Int8 => "range of Int8",
            RangeOf::Num => "range of Num",
            RangeOf::Ts => "range of Ts",
            RangeOf::Tstz => "range of Tstz",
            RangeOf::Date => "range of Date",
        },
        PgType::Timestamptz { precision: None } => "Timestamptz",
        PgType::Timestamptz { precision: Some(_) } => "Timestamptz(p)",
        PgType::Uuid => "Uuid",
        PgType::Varchar => "Varchar",
    }
}
