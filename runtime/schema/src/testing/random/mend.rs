//! What the model language, and SQLite behind it, would refuse is taken away.

use super::column::{collates, counts, defaults};
use super::expression::mentions;
use super::names::{COLUMNS, KEYS};
use crate::facts::{Action, Column, Expr, ForeignKey, Index, Schema, SqlType, Table, Text};

/// The schema without anything that no package of models could say.
pub(super) fn mend(schema: Schema) -> Schema {
    let mut tables: Vec<Table> = Vec::new();
    for table in schema.tables.into_owned() {
        if !tables.iter().any(|it| it.name.eq_ignore_ascii_case(&table.name)) {
            tables.push(of_its_own(table));
        }
    }
    index_names(&mut tables);
    let all = tables.clone();
    for table in &mut tables {
        foreign_keys(table, &all);
        identity(table);
    }
    Schema::of(tables)
}

/// Whether a foreign key from one column to the other can be.
pub(super) fn can_refer(own: &Column, target: &Column) -> bool {
    own.generated.is_none() && own.sql_type.diesel_name() == target.sql_type.diesel_name()
}

fn of_its_own(mut table: Table) -> Table {
    columns(&mut table);
    primary_key(&mut table);
    generated(&mut table);
    for column in table.columns.to_mut() {
        of_type(column);
    }
    let allowed = ["INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"];
    table.strict &= table.columns.iter().all(|column| match &column.sql_type {
        SqlType::Custom(of) => allowed.contains(&&*of.sql),
        _ => true,
    });
    rules(&mut table);
    if table.renamed_from.as_ref() == Some(&table.name) {
        table.renamed_from = None;
    }
    table
}

fn columns(table: &mut Table) {
    let mut columns: Vec<Column> = Vec::new();
    for mut column in table.columns.to_vec() {
        if columns.iter().any(|it| it.name.eq_ignore_ascii_case(&column.name)) {
            continue;
        }
        if column.renamed_from.as_ref() == Some(&column.name) {
            column.renamed_from = None;
        }
        columns.push(column);
    }
    table.columns = columns.into();
}

fn primary_key(table: &mut Table) {
    let columns = table.columns.clone();
    let mut seen: Vec<Text> = Vec::new();
    table.primary_key.to_mut().retain(|name| {
        let fresh = !seen.contains(name) && columns.iter().any(|column| column.name == *name);
        seen.push(name.clone());
        fresh
    });
    if table.primary_key.is_empty() {
        if table.column("id").is_none() {
            table.columns.to_mut().retain(|column| !column.name.eq_ignore_ascii_case("id"));
            table.columns.to_mut().push(Column::new("id".into(), SqlType::BigInt));
        }
        table.primary_key = vec!["id".into()].into();
    }
    let key = table.primary_key.clone();
    for column in table.columns.to_mut().iter_mut().filter(|it| key.contains(&it.name)) {
        column.nullable = false;
        column.generated = None;
    }
}

/// Computed columns are computed from columns that are there and stand before them.
fn generated(table: &mut Table) {
    let names: Vec<Text> = table.columns.iter().map(|column| column.name.clone()).collect();
    let plain: Vec<bool> = table.columns.iter().map(|it| it.generated.is_none()).collect();
    for column in table.columns.to_mut() {
        let Some(generated) = &column.generated else { continue };
        let own = &column.name;
        let usable = |name: &str| {
            names.iter().zip(&plain).take_while(|(it, _)| *it != own).any(|(it, _)| it == name)
                || names.iter().zip(&plain).any(|(it, plain)| it == name && *plain)
        };
        if !known_names(&generated.expr, usable) || mentions(&generated.expr, own) {
            column.generated = None;
            column.nullable = true;
            continue;
        }
        column.default = None;
        column.backfill = None;
        column.using = None;
        let sure = generated.expr.as_str().contains("coalesce(");
        column.nullable |= !sure;
    }
}

/// Whether every column that the expression names is known.
fn known_names(expr: &Expr, known: impl Fn(&str) -> bool) -> bool {
    let all = COLUMNS.iter().chain(&KEYS).map(|(name, _)| *name);
    let all = all.chain(["id", "other"]);
    all.into_iter().filter(|name| mentions(expr, name)).all(known)
}

fn of_type(column: &mut Column) {
    let fitting = defaults(&column.sql_type);
    column.default.take_if(|default| !fitting.iter().any(|it| it == default.as_str()));
    if !collates(&column.sql_type) {
        column.collation = None;
    }
    if let SqlType::Enum(of) = &mut column.sql_type {
        let mut seen: Vec<Text> = Vec::new();
        of.labels.to_mut().retain(|label| {
            let fresh = !seen.contains(&label.name);
            seen.push(label.name.clone());
            fresh
        });
    }
}

fn rules(table: &mut Table) {
    let names: Vec<Text> = table.columns.iter().map(|column| column.name.clone()).collect();
    let known = |name: &str| names.iter().any(|it| it == name);
    let fits = |expr: &Expr| known_names(expr, known);
    table.uniques.to_mut().retain(|it| it.columns.iter().all(|name| known(name)));
    table.indexes.to_mut().retain(|it| index_fits(it, known));
    table.checks.to_mut().retain(|it| fits(&it.expr));
    table.foreign_keys.to_mut().retain(|it| it.columns.iter().all(|name| known(name)));
    let mut taken: Vec<String> = Vec::new();
    let mut free = |name: &str| {
        let name = name.to_ascii_lowercase();
        let free = !taken.contains(&name);
        taken.push(name);
        free
    };
    table.checks.to_mut().retain(|it| free(&it.name));
    table.foreign_keys.to_mut().retain(|it| free(&it.name));
}

fn index_fits(index: &Index, known: impl Fn(&str) -> bool + Copy) -> bool {
    index.keys.iter().all(|key| match key.is_column {
        true => known(key.expr.as_str()),
        false => known_names(&key.expr, known),
    }) && index.predicate.as_ref().is_none_or(|predicate| known_names(predicate, known))
}

/// Indexes and tables share their names.
fn index_names(tables: &mut [Table]) {
    let mut taken: Vec<String> =
        tables.iter().map(|table| table.name.to_ascii_lowercase()).collect();
    let mut free = |name: &str| {
        let name = name.to_ascii_lowercase();
        let free = !taken.contains(&name);
        taken.push(name);
        free
    };
    for table in tables {
        table.uniques.to_mut().retain(|it| free(&it.name));
        table.indexes.to_mut().retain(|it| free(&it.name));
    }
}

fn foreign_keys(table: &mut Table, all: &[Table]) {
    let own = table.clone();
    let columns = |key: &ForeignKey| -> Vec<Column> {
        key.columns.iter().filter_map(|name| own.column(name)).cloned().collect()
    };
    table.foreign_keys.to_mut().retain(|key| {
        let Some(parent) = all.iter().find(|it| it.name == key.table) else { return false };
        let targets: Vec<&Column> =
            key.references.iter().filter_map(|name| parent.column(name)).collect();
        let pairs = columns(key);
        pairs.len() == targets.len()
            && targets.len() == key.references.len()
            && pairs.iter().zip(&targets).all(|(own, target)| can_refer(own, target))
            && is_unique(parent, key)
            && !(parent.name == own.name
                && key.columns.iter().zip(key.references.iter()).any(|(a, b)| a == b))
    });
    for key in table.foreign_keys.to_mut() {
        let pairs = columns(key);
        let possible = |action: Action| match action {
            Action::SetNull => pairs.iter().all(|it| it.nullable),
            Action::SetDefault => pairs.iter().all(|it| it.nullable || it.default.is_some()),
            Action::NoAction | Action::Restrict | Action::Cascade => true,
        };
        for action in [&mut key.on_delete, &mut key.on_update] {
            if !possible(*action) {
                *action = Action::NoAction;
            }
        }
    }
}

fn is_unique(parent: &Table, key: &ForeignKey) -> bool {
    let sorted = |columns: &[Text]| {
        let mut columns = columns.to_vec();
        columns.sort();
        columns
    };
    let wanted = sorted(&key.references);
    sorted(&parent.primary_key) == wanted
        || parent.uniques.iter().any(|unique| sorted(&unique.columns) == wanted)
}

/// Only a single integer key that refers to nothing is made up by the database.
fn identity(table: &mut Table) {
    let sole = matches!(&table.primary_key[..], [_]) && !table.without_rowid;
    let key = table.primary_key.first().cloned().unwrap_or_default();
    let refers = table.foreign_keys.iter().any(|it| it.columns.contains(&key));
    for column in table.columns.to_mut() {
        let possible = sole && !refers && column.name == key && counts(&column.sql_type);
        match column.identity {
            Some(_) if possible => {
                column.default = None;
                column.backfill = None;
            }
            Some(_) | None => column.identity = None,
        }
    }
}
