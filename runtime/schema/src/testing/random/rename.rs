//! Other names, as a person gives them: everything that names the thing follows, and so do names
//! that are made of its name.

use super::expression::renamed;
use crate::facts::{List, Table, Text};
use crate::names;

/// Gives columns of one table other names, all at once.
pub(super) fn columns(tables: &mut [Table], at: usize, renames: &[(String, String)], style: u8) {
    let name = |own: &Text| -> Text {
        let to = renames.iter().find(|(from, _)| from == own.as_ref()).map(|(_, to)| to.clone());
        to.map_or_else(|| own.clone(), Text::from)
    };
    let list = |own: &List<Text>| -> List<Text> { own.iter().map(name).collect() };
    with_made_names(&mut tables[at], |table| {
        for column in table.columns.to_mut() {
            column.name = name(&column.name);
            for expr in column.generated.iter_mut().map(|it| &mut it.expr) {
                *expr = renamed(expr, renames, style);
            }
        }
        table.primary_key = list(&table.primary_key);
        for unique in table.uniques.to_mut() {
            unique.columns = list(&unique.columns);
        }
        for index in table.indexes.to_mut() {
            for key in index.keys.to_mut() {
                key.expr = match key.is_column {
                    true => crate::facts::Expr(name(&key.expr.0)),
                    false => renamed(&key.expr, renames, style),
                };
            }
            index.predicate = index.predicate.take().map(|it| renamed(&it, renames, style));
        }
        for check in table.checks.to_mut() {
            check.expr = renamed(&check.expr, renames, style);
        }
        for key in table.foreign_keys.to_mut() {
            key.columns = list(&key.columns);
        }
    });
    let parent = tables[at].name.clone();
    for key in tables.iter_mut().flat_map(|table| table.foreign_keys.to_mut()) {
        if key.table == parent {
            key.references = list(&key.references);
        }
    }
}

/// Gives tables other names, all at once.
pub(super) fn tables(tables: &mut [Table], renames: &[(String, String)]) {
    let find = |own: &str| renames.iter().find(|(from, _)| from == own);
    for table in tables {
        with_made_names(table, |table| {
            if let Some((_, to)) = find(&table.name) {
                table.name = to.clone().into();
            }
        });
        for key in table.foreign_keys.to_mut() {
            if let Some((_, to)) = find(&key.table) {
                key.table = to.clone().into();
            }
        }
    }
}

/// Makes a change after which names that follow from others follow again.
fn with_made_names(table: &mut Table, change: impl FnOnce(&mut Table)) {
    let made = made_names(table);
    let own = |table: &Table| -> Vec<Text> {
        let names = table.uniques.iter().map(|it| &it.name);
        let names = names.chain(table.indexes.iter().map(|it| &it.name));
        let names = names.chain(table.foreign_keys.iter().map(|it| &it.name));
        names.chain(table.checks.iter().map(|it| &it.name)).cloned().collect()
    };
    let were: Vec<Option<usize>> = own(table)
        .iter()
        .zip(&made)
        .map(|(name, made)| made.iter().position(|it| it == name.as_ref()))
        .collect();
    change(table);
    let now = made_names(table);
    let mut fresh = were.iter().zip(now).map(|(was, names)| was.map(|at| names[at].clone()));
    let mut give = |name: &mut Text| {
        if let Some(Some(made)) = fresh.next() {
            *name = made.into();
        }
    };
    table.uniques.to_mut().iter_mut().for_each(|it| give(&mut it.name));
    table.indexes.to_mut().iter_mut().for_each(|it| give(&mut it.name));
    table.foreign_keys.to_mut().iter_mut().for_each(|it| give(&mut it.name));
    table.checks.to_mut().iter_mut().for_each(|it| give(&mut it.name));
}

/// The names that each rule could have been given by nobody: a condition has one for the table
/// and one for each column.
fn made_names(table: &Table) -> Vec<Vec<String>> {
    let uniques = table.uniques.iter().map(|it| vec![names::unique(&table.name, &it.columns)]);
    let indexes = table.indexes.iter().map(|it| {
        let keys = it.keys.iter().map(|key| if key.is_column { key.expr.as_str() } else { "expr" });
        vec![names::index(&table.name, &keys.collect::<Vec<_>>())]
    });
    let keys =
        table.foreign_keys.iter().map(|it| vec![names::foreign_key(&table.name, &it.columns)]);
    let columns = table.columns.iter().map(|column| Some(column.name.as_ref()));
    let checks: Vec<String> =
        std::iter::once(None).chain(columns).map(|it| names::check(&table.name, it)).collect();
    let checks = table.checks.iter().map(|_| checks.clone());
    uniques.chain(indexes).chain(keys).chain(checks).collect()
}
