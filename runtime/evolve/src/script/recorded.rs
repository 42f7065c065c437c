use diesel_autogen_schema::facts::mysql::charset_of;
use diesel_autogen_schema::{
    self as schema, Column, Dialect, Extra, ForeignKey, Identity, Index, Storage, Table, Text,
};

use super::known_table::of_rule;
use super::{IndexDef, KnownColumn, KnownIndex, KnownTable, Made, Reference};
use crate::dialect::{mysql, postgres, sqlite};

/// A table as recorded facts tell it.
pub(super) fn recorded(table: &Table, dialect: Dialect) -> KnownTable {
    let uniques = table.uniques.iter().map(|it| of_rule(own(&it.name), names(&it.columns)));
    let checks = table.checks.iter();
    let collation = (dialect == Dialect::Mysql).then(|| mysql::render::collation_of(table));
    let engine = (dialect == Dialect::Mysql).then(|| mysql::render::engine(&table.extras));
    KnownTable {
        name: table.place().to_string(),
        columns: table.columns.iter().map(|it| column(table, it, dialect)).collect(),
        primary_key: names(&table.primary_key),
        indexes: table.indexes.iter().map(index).chain(uniques).collect(),
        foreign_keys: table.foreign_keys.iter().map(foreign_key).collect(),
        checks: checks.map(|it| (own(&it.name), it.expr.as_str().to_owned(), true)).collect(),
        charset: collation.map(|own| charset_of(own).to_owned()),
        collation: collation.map(str::to_owned),
        engine: engine.map(str::to_lowercase),
        partly: false,
    }
}

fn own(name: &Text) -> Option<String> {
    Some(name.clone().into_owned())
}

fn names(of: &[Text]) -> Vec<String> {
    of.iter().map(|name| name.clone().into_owned()).collect()
}

fn column(table: &Table, column: &Column, dialect: Dialect) -> KnownColumn {
    let sql_type = match dialect {
        Dialect::Sqlite => sqlite::types::declared(column, table.strict, false),
        Dialect::Postgres => postgres::types::spelled(&column.sql_type),
        Dialect::Mysql => mysql::types::spelled(&column.sql_type),
    };
    let made = match (&column.generated, &column.identity) {
        (Some(it), _) => match it.storage {
            Storage::Stored => Made::Stored,
            Storage::Virtual => Made::Virtual,
        },
        (
            None,
            Some(
                Identity::ByDefault | Identity::Always | Identity::Serial | Identity::Autoincrement,
            ),
        ) => Made::Counted,
        (None, None) => Made::Given,
    };
    let of_text = column.collation.as_deref().filter(|_| dialect == Dialect::Mysql);
    KnownColumn {
        name: column.name.clone().into_owned(),
        sql_type,
        nullable: column.nullable && !table.primary_key.contains(&column.name),
        made,
        charset: of_text.map(|own| charset_of(own).to_owned()),
        collation: of_text.map(str::to_owned),
        expr: column.generated.as_ref().map(|it| match dialect {
            Dialect::Mysql => mysql::quote::expr(it.expr.as_str()),
            Dialect::Sqlite | Dialect::Postgres => it.expr.as_str().to_owned(),
        }),
    }
}

fn index(index: &Index) -> KnownIndex {
    let method = index.extras.iter().find_map(|extra| {
        if let Extra::Method(method) = extra { Some(method.clone().into_owned()) } else { None }
    });
    let def = IndexDef {
        name: own(&index.name),
        unique: index.unique,
        keys: index.keys.iter().map(|key| key.expr.as_str().to_owned()).collect(),
        method,
        partial: index.predicate.is_some(),
        includes: index.extras.iter().any(|extra| matches!(extra, Extra::Include(_))),
    };
    KnownIndex { index: def, of_rule: false }
}

fn foreign_key(key: &ForeignKey) -> (Option<String>, Vec<String>, Reference) {
    let reference = Reference {
        table: key.target().to_string(),
        columns: names(&key.references),
        cascades: key.on_delete == schema::Action::Cascade,
    };
    (own(&key.name), names(&key.columns), reference)
}
