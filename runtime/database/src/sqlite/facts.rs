//! Definitions to facts.

use diesel_autogen_schema::{
    Check, Column, Dialect, Expr, Extras, ForeignKey, Generated, Identity, Index, IndexKey, Order,
    SqlType, Table, Text, Unique, Written, names, sql,
};

use super::catalog::{Catalog, Entry, Kind};
use super::definition::{ColumnDef, Definition, Reference, Rule};
use super::text::{IndexText, single_name};
use super::types::nearest;
use crate::Error;

/// The definition of a table's entry.
pub(crate) fn definition(entry: &Entry) -> Result<Definition, Error> {
    Definition::parse(&entry.sql).map_err(|reason| unreadable(entry, reason))
}

fn unreadable(entry: &Entry, reason: impl Into<String>) -> Error {
    let object = format!("{} `{}`", entry.kind.word(), entry.name);
    Error::Unreadable { object, reason: reason.into() }
}

/// The table of this entry. Foreign keys to a primary key that is not named have no `references`
/// yet: see [`name_references`].
pub(crate) fn table(catalog: &Catalog, entry: &Entry) -> Result<Table, Error> {
    of(catalog, entry, &definition(entry)?)
}

/// [`table`], its definition being read already.
pub(crate) fn of(
    catalog: &Catalog,
    entry: &Entry,
    definition: &Definition,
) -> Result<Table, Error> {
    let mut table = Table::new(entry.name.clone().into());
    let key = definition.primary_key();
    table.primary_key = key.iter().map(|key| definition.spelled(&key.name).into()).collect();
    table.strict = definition.strict;
    table.without_rowid = definition.without_rowid;
    let identity = identity(definition);
    table.columns = definition
        .columns
        .iter()
        .map(|column| {
            let in_key = table.primary_key.iter().any(|name| **name == column.name);
            Column {
                identity: identity.filter(|_| in_key),
                nullable: column.not_null.is_none() && !in_key,
                ..plain_column(column)
            }
        })
        .collect();
    constraints(definition, &mut table);
    for (name, columns) in catalog.uniques.get(&entry.name).into_iter().flatten() {
        let columns = columns.iter().map(|column| column.clone().into()).collect();
        table.uniques.to_mut().push(Unique {
            name: name.clone().into(),
            columns,
            extras: Extras::NONE,
        });
    }
    for index in catalog.hanging_on(&entry.name, Kind::Index) {
        add_index(&mut table, index)?;
    }
    Ok(table.canonical())
}

/// Types that facts are rendered with, so that nothing need be remembered of them.
const RENDERED: [&str; 13] = [
    "BIGINT",
    "BLOB",
    "BOOLEAN",
    "DATE",
    "DOUBLE",
    "FLOAT",
    "INTEGER",
    "NUMERIC",
    "SMALLINT",
    "TEXT",
    "TIME",
    "TIMESTAMP",
    "TIMESTAMPTZ",
];

/// How the table is written, where that is otherwise than its facts are rendered.
pub(crate) fn written(table: &Table, definition: &Definition) -> Option<Written> {
    let rendered =
        |declared: &str| RENDERED.iter().any(|known| known.eq_ignore_ascii_case(declared));
    let columns = definition.columns.iter().filter(|column| !rendered(&column.declared));
    let types: Vec<(Text, Text)> =
        columns.map(|it| (it.name.clone().into(), it.declared.clone().into())).collect();
    let mut apart: Vec<Text> = Vec::new();
    for constraint in definition.constraints.iter().filter(|it| it.inline.is_none()) {
        match &constraint.rule {
            Rule::ForeignKey(reference) => {
                apart.extend(reference.columns.iter().map(|it| definition.spelled(it).into()));
            }
            Rule::Check { expr, conflict: _ } => {
                let expr = Expr::from(expr.clone());
                let named = table
                    .columns
                    .iter()
                    .filter(|column| expr.mentions(&column.name, Dialect::Sqlite));
                apart.extend(named.map(|column| column.name.clone()));
            }
            // Those are kept in the way of a column already.
            Rule::PrimaryKey { .. } | Rule::Unique { .. } => {}
        }
    }
    apart.sort();
    apart.dedup();
    (!types.is_empty() || !apart.is_empty()).then_some(Written { types, apart })
}

/// Gives foreign keys that name no column of the other table that table's primary key.
pub(crate) fn name_references(tables: &mut [Table]) {
    let keys: Vec<_> =
        tables.iter().map(|table| (table.name.clone(), table.primary_key.clone())).collect();
    for key in tables.iter_mut().flat_map(|table| table.foreign_keys.to_mut()) {
        if key.references.is_empty() {
            let target = keys.iter().find(|(name, _)| name.eq_ignore_ascii_case(&key.table));
            key.references = target.map(|(_, columns)| columns.clone()).unwrap_or_default();
        }
    }
}

fn plain_column(of: &ColumnDef) -> Column {
    let ColumnDef { name, declared, not_null: _, default, collation, generated } = of;
    let mut column = Column::new(name.clone().into(), nearest(declared));
    // That is what a column without a default has.
    column.default = default.clone().map(Expr::from).filter(|it| *it != Expr::from("NULL"));
    column.collation = collation.clone().map(Into::into);
    column.generated =
        generated.clone().map(|(expr, storage)| Generated { expr: Expr::from(expr), storage });
    column
}

/// Set when the key is the rowid itself.
pub(crate) fn identity(definition: &Definition) -> Option<Identity> {
    let [key] = definition.primary_key() else { return None };
    let column = definition.columns.iter().find(|it| it.name.eq_ignore_ascii_case(&key.name))?;
    if definition.without_rowid || !column.declared.eq_ignore_ascii_case("integer") {
        return None;
    }
    definition.constraints.iter().find_map(|constraint| match &constraint.rule {
        // An old mistake that SQLite keeps: `INTEGER PRIMARY KEY DESC` at the column is no rowid.
        Rule::PrimaryKey { .. } if constraint.inline.is_some() && key.descending => None,
        Rule::PrimaryKey { autoincrement: true, .. } => Some(Identity::Autoincrement),
        Rule::PrimaryKey { autoincrement: false, .. } => Some(Identity::ByDefault),
        Rule::Unique { .. } | Rule::Check { .. } | Rule::ForeignKey(_) => None,
    })
}

fn constraints(definition: &Definition, table: &mut Table) {
    let mut checks: Vec<Check> = Vec::new();
    let mut foreign_keys: Vec<ForeignKey> = Vec::new();
    for constraint in &definition.constraints {
        let given = constraint.name.clone();
        match &constraint.rule {
            // The key is known already; autoindexes say how a UNIQUE is called.
            Rule::PrimaryKey { .. } | Rule::Unique { .. } => {}
            Rule::Check { expr, conflict: _ } => {
                let expr = Expr::from(sql::unqualified(expr, &table.name, Dialect::Sqlite));
                let name = given.unwrap_or_else(|| {
                    let column = constraint.inline.clone().or_else(|| only_column(table, &expr));
                    free(names::check(&table.name, column.as_deref()), |name| {
                        checks.iter().any(|check| check.name == name)
                    })
                });
                checks.push(Check { name: name.into(), expr, extras: Extras::NONE });
            }
            Rule::ForeignKey(reference) => {
                let Reference { columns, table: to, references, on_delete, on_update, deferrable } =
                    reference;
                let columns: Vec<String> =
                    columns.iter().map(|column| definition.spelled(column)).collect();
                let name = given.unwrap_or_else(|| {
                    free(names::foreign_key(&table.name, &columns), |name| {
                        foreign_keys.iter().any(|key| key.name == name)
                    })
                });
                foreign_keys.push(ForeignKey {
                    name: name.into(),
                    columns: columns.into_iter().map(Into::into).collect(),
                    table: to.clone().into(),
                    references: references.iter().map(|column| column.clone().into()).collect(),
                    on_delete: *on_delete,
                    on_update: *on_update,
                    deferrable: *deferrable,
                    extras: Extras::NONE,
                    schema: None,
                });
            }
        }
    }
    table.checks = checks.into();
    table.foreign_keys = foreign_keys.into();
}

/// The name, with a number behind it when it is taken.
fn free(name: String, taken: impl Fn(&str) -> bool) -> String {
    if !taken(&name) {
        return name;
    }
    (1_u32..).map(|number| format!("{name}{number}")).find(|name| !taken(name)).unwrap_or(name)
}

/// The column that the condition is about, when it names one alone.
fn only_column(table: &Table, condition: &Expr) -> Option<String> {
    let mut named =
        table.columns.iter().filter(|column| condition.mentions(&column.name, Dialect::Sqlite));
    let first = named.next()?;
    named.next().is_none().then(|| first.name.to_string())
}

fn add_index(table: &mut Table, entry: &Entry) -> Result<(), Error> {
    let text =
        IndexText::of(&entry.sql).ok_or_else(|| unreadable(entry, "it has no list of keys"))?;
    let keys: Vec<IndexKey> = text
        .keys
        .into_iter()
        .map(|(expr, descending)| {
            let column = single_name(&expr).and_then(|name| {
                table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(&name))
            });
            IndexKey {
                is_column: column.is_some(),
                expr: column.map_or(Expr::from(expr), |column| Expr(column.name.clone())),
                order: if descending { Order::Desc } else { Order::Asc },
                extras: Extras::NONE,
            }
        })
        .collect();
    let plain = keys.iter().all(|key| key.is_column && key.order == Order::Asc);
    if text.unique && plain && text.predicate.is_none() {
        let columns = keys.into_iter().map(|key| key.expr.0).collect();
        table.uniques.to_mut().push(Unique {
            name: entry.name.clone().into(),
            columns,
            extras: Extras::NONE,
        });
    } else {
        table.indexes.to_mut().push(Index {
            name: entry.name.clone().into(),
            keys: keys.into(),
            unique: text.unique,
            predicate: text.predicate.map(Expr::from),
            extras: Extras::NONE,
        });
    }
    Ok(())
}

/// The labels of an enum that this column may be, and the name of the condition that lists them.
///
/// SQLite has no enums: such a column is text with a condition `column IN ('a', 'b')`. Both are
/// facts of their own in what introspection gives; whoever adopts the table may join them.
pub fn enum_labels(table: &Table, column: &str) -> Option<(Vec<String>, String)> {
    let of = table.column(column)?;
    let text = matches!(of.sql_type, SqlType::Text { .. });
    table.checks.iter().filter(|_| text).find_map(|check| {
        let labels = super::text::in_list(check.expr.as_str(), column)?;
        Some((labels, check.name.to_string()))
    })
}
