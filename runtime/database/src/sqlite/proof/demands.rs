//! What rows must fulfil so that a migration can take them along: constraints that it adds.

use std::collections::BTreeMap;

use diesel_autogen_schema::{
    Change, Check, Expr, ForeignKey, Live, SqlType, Table, TableChange, Unique,
};

use super::mapping::{Mapping, same};
use crate::Value;
use crate::sqlite::seed::{Demand, find};
use crate::sqlite::text::quoted;

/// The demands on rows of the tables as they are before, by table.
pub(super) fn of(changes: &[Change], live: &Live, hints: bool) -> BTreeMap<String, Demand> {
    let inverse: Vec<Change> = changes.iter().cloned().map(Change::invert).collect();
    let back = Mapping::new(&inverse, hints);
    let dropped: Vec<&str> = changes.iter().filter_map(dropped).collect();
    let mut demands = BTreeMap::new();
    for change in changes {
        if let Change::AlterTable(change) = change
            && let Some(table) = find(live, &change.before.name)
        {
            let mut demand = demand(table, change, &back, live);
            // A table that goes comes back empty, and then nothing can refer to it.
            let lost = table
                .foreign_keys
                .iter()
                .filter(|key| dropped.iter().any(|it| same(it, &key.table)));
            demand.forbidden.extend(lost.map(|key| {
                format!(
                    "SELECT 1 FROM {} WHERE {}",
                    quoted(&table.name),
                    set(table, key).join(" AND ")
                )
            }));
            demands.insert(table.name.to_string(), demand);
        }
    }
    demands
}

fn dropped(change: &Change) -> Option<&str> {
    match change {
        Change::DropTable(table) => Some(&table.name),
        Change::CreateTable(_) | Change::AlterTable(_) => None,
    }
}

fn demand(table: &Table, change: &TableChange, back: &Mapping<'_>, live: &Live) -> Demand {
    // The table as it will be, under the names that it has now.
    let target = back.renamed(&change.after);
    let mut demand = Demand { table: table.clone(), forbidden: Vec::new() };
    let known = |name: &str| table.column(name).is_some();
    for check in target.checks.iter().cloned().chain(labels(&target, change)) {
        let added = target.columns.iter().filter(|column| !known(&column.name));
        if added.clone().any(|column| check.expr.mentions(&column.name)) {
            continue;
        }
        let (from, condition) = (quoted(&table.name), check.expr.as_str());
        demand.forbidden.push(format!("SELECT 1 FROM {from} WHERE NOT ({condition})"));
        if !table.checks.iter().any(|own| own.expr == check.expr) {
            demand.table.checks.to_mut().push(check);
        }
    }
    let key = (!target.primary_key.is_empty()).then(|| target.primary_key.clone());
    for columns in target.uniques.iter().map(|it| it.columns.clone()).chain(key) {
        if columns.iter().all(|column| known(column)) {
            let keys = columns.iter().map(|column| collated(&target, column)).collect();
            demand.forbidden.push(twice(table, keys, None));
            let name = "demanded".into();
            demand.table.uniques.to_mut().push(Unique { name, columns });
        }
    }
    for index in target.indexes.iter().filter(|index| index.unique) {
        let keys = index.keys.iter().map(|key| match key.is_column {
            true => collated(&target, &key.expr.0),
            false => key.expr.as_str().to_owned(),
        });
        let predicate = index.predicate.as_ref().map(Expr::as_str);
        demand.forbidden.push(twice(table, keys.collect(), predicate));
    }
    for key in target.foreign_keys.iter().filter(|key| key.columns.iter().all(|it| known(it))) {
        demand.forbidden.push(astray(table, key, live));
        let has = |own: &ForeignKey| own.columns == key.columns && same(&own.table, &key.table);
        if !table.foreign_keys.iter().any(has) {
            demand.table.foreign_keys.to_mut().push(key.clone());
        }
    }
    demand
}

/// The conditions that enum columns imply. A label that is renamed may still be the old one.
fn labels(target: &Table, change: &TableChange) -> Vec<Check> {
    let columns = target.columns.iter().filter_map(|column| {
        let SqlType::Enum(of) = &column.sql_type else { return None };
        let renames = change.column_renames();
        let after = renames.iter().find(|(before, _)| *before == column.name);
        let after = change.after.column(after.map_or(&*column.name, |(_, after)| after))?;
        if after.using.is_some() {
            return None;
        }
        let labels =
            of.labels.iter().flat_map(|label| [Some(&label.name), label.renamed_from.as_ref()]);
        let labels: Vec<String> =
            labels.flatten().map(|label| Value::Text(label.to_string()).to_string()).collect();
        let expr = format!("{} IN ({})", quoted(&column.name), labels.join(", "));
        Some(Check { name: "demanded".into(), expr: Expr::from(expr) })
    });
    columns.collect()
}

fn collated(target: &Table, column: &str) -> String {
    let collation = target.column(column).and_then(|column| column.collation.as_deref());
    let collation = collation.map(|it| format!(" COLLATE {}", quoted(it))).unwrap_or_default();
    format!("{}{collation}", quoted(column))
}

/// Rows that share a key.
fn twice(table: &Table, keys: Vec<String>, predicate: Option<&str>) -> String {
    let mut conditions: Vec<String> =
        keys.iter().map(|key| format!("({key}) IS NOT NULL")).collect();
    conditions.extend(predicate.map(|predicate| format!("({predicate})")));
    format!(
        "SELECT 1 FROM {} WHERE {} GROUP BY {} HAVING count(*) > 1",
        quoted(&table.name),
        conditions.join(" AND "),
        keys.join(", "),
    )
}

/// Rows that refer to nothing; when the other table is yet to come, that is every reference.
fn astray(table: &Table, key: &ForeignKey, live: &Live) -> String {
    let child = quoted(&table.name);
    let mut conditions = set(table, key);
    let there = find(live, &key.table)
        .is_some_and(|parent| key.references.iter().all(|it| parent.column(it).is_some()));
    if there {
        let pairs = key.columns.iter().zip(key.references.iter());
        let same: Vec<String> = pairs
            .map(|(column, to)| format!("the_parent.{} = {child}.{}", quoted(to), quoted(column)))
            .collect();
        conditions.push(format!(
            "NOT EXISTS (SELECT 1 FROM {} AS the_parent WHERE {})",
            quoted(&key.table),
            same.join(" AND "),
        ));
    }
    format!("SELECT 1 FROM {child} WHERE {}", conditions.join(" AND "))
}

/// The conditions under which a row refers to anything.
fn set(table: &Table, key: &ForeignKey) -> Vec<String> {
    let child = quoted(&table.name);
    key.columns.iter().map(|column| format!("{child}.{} IS NOT NULL", quoted(column))).collect()
}
