//! Pairs for MySQL and MariaDB, made of those for SQLite: the same tables and edits, dressed in
//! what only these servers have. What a thing becomes depends on its name and on what it was alone,
//! so that what an edit left alone stays the same.

mod rules;
mod types;

use std::collections::BTreeSet;

use super::Pair;
use super::expression::{mentions, quoted};
use super::names::{choice, number, rarely};
use crate::facts::{
    Check, Column, Expr, Extra, Extras, Generated, Identity, List, Schema, SqlType, Table, Text,
};
use rules::{Ruled, foreign_keys, indexes, uniques};
use types::{Flavour, Spot, default};

/// The pair as MySQL and MariaDB can have it.
pub fn dressed(pair: &Pair) -> Pair {
    let Pair { before, after } = pair;
    let flavour = Flavour::of(&before.tables);
    Pair { before: schema(before, None, flavour), after: schema(after, Some(before), flavour) }
}

/// A name that the servers keep as it is.
fn name(of: &str) -> Text {
    of.chars().take(40).collect::<String>().into()
}

fn names(own: &List<Text>) -> List<Text> {
    own.iter().map(|it| name(it)).collect()
}

fn schema(of: &Schema, before: Option<&Schema>, flavour: Flavour) -> Schema {
    let mut tables: Vec<Table> =
        of.tables.iter().map(|it| table(it, of, before, flavour)).collect();
    let plain = tables.clone();
    for (table, own) in tables.iter_mut().zip(of.tables.iter()) {
        table.foreign_keys = foreign_keys(own, table, &plain);
        rules::calm(table);
    }
    let tied: BTreeSet<Text> = tables.iter().flat_map(tied).collect();
    for (table, own) in tables.iter_mut().zip(of.tables.iter()) {
        table.extras = kept(own, tied.contains(&table.name));
    }
    Schema::of(tables)
}

/// A table with foreign keys, and those that they refer to.
fn tied(table: &Table) -> Vec<Text> {
    let mut names: Vec<Text> = table.foreign_keys.iter().map(|it| it.table.clone()).collect();
    if !names.is_empty() {
        names.push(table.name.clone());
    }
    names
}

/// How a table is kept: one that is tied to others has their collation and an engine that knows
/// foreign keys.
fn kept(of: &Table, is_tied: bool) -> Extras {
    let seen = format!("{} {:?}", of.name, of.comment);
    let mut extras = Vec::new();
    if rarely(&seen, "rows", 4) {
        let format = choice(&seen, "format", &["dynamic", "compact", "redundant"]);
        extras.push(Extra::With("row_format".into(), format.into()));
    }
    if !is_tied && rarely(&seen, "collation", 3) {
        let names = ["utf8mb4_bin", "utf8mb4_general_ci", "latin1_swedish_ci"];
        extras.push(Extra::Collate(choice(&seen, "collations", &names).into()));
    }
    if !is_tied && !of.columns.iter().any(|it| it.generated.is_some()) && rarely(&seen, "engine", 6)
    {
        extras.push(Extra::Engine("Aria".into()));
        extras.retain(|it| it.key() != Extra::PARAMETERS);
    }
    extras.into()
}

fn table(of: &Table, all: &Schema, before: Option<&Schema>, flavour: Flavour) -> Table {
    let mut table = Table::new(name(&of.name));
    let origin = before.and_then(|before| {
        let from = of.renamed_from.as_deref();
        from.and_then(|from| before.table(from)).or_else(|| before.table(&of.name))
    });
    table.renamed_from = of.renamed_from.as_deref().map(name);
    table.comment.clone_from(&of.comment);
    let ruled = Ruled { table: of, all };
    table.columns = of.columns.iter().map(|it| column(it, &ruled, origin, flavour)).collect();
    table.primary_key = names(&of.primary_key);
    let (whole, rest) = indexes(of, &table);
    table.uniques = uniques(of, whole);
    table.indexes = rest;
    table.checks = of
        .checks
        .iter()
        .map(|it| Check {
            name: rules::named(of, "c", &it.name),
            expr: condition(&it.expr, of),
            extras: Extras::NONE,
        })
        .collect();
    table
}

/// `origin` is the table before the migration, on the side after it.
fn column(of: &Column, ruled: &Ruled<'_>, origin: Option<&Table>, flavour: Flavour) -> Column {
    let known = origin.unwrap_or(ruled.table);
    let from = of.renamed_from.as_deref().filter(|it| known.column(it).is_some());
    let from = from.unwrap_or(&of.name);
    let spot = format!("{}.{from}", known.name);
    let keyed = ruled.keys(&of.name);
    let was = origin.and_then(|it| it.column(from));
    let sql_type = flavour.sql_type(&of.sql_type, Spot { name: &spot, was }, keyed);
    let mut column = Column::new(name(&of.name), sql_type);
    column.nullable = of.nullable;
    column.comment.clone_from(&of.comment);
    column.renamed_from = of.renamed_from.as_deref().map(name);
    column.identity = of.identity.map(|_| Identity::ByDefault);
    let value =
        |own: &Option<Expr>| own.as_ref().and_then(|own| default(&column.sql_type, own.as_str()));
    column.default = value(&of.default);
    column.backfill = value(&of.backfill);
    // What a clock says is nothing that could be compared.
    let is_clock = |value: &Expr| value.as_str().contains("CURRENT");
    column.using = value(&of.using).filter(|it| !is_clock(it));
    if let Some(generated) = &of.generated {
        let number = of.sql_type == SqlType::BigInt;
        column.sql_type =
            if number { SqlType::BigInt } else { SqlType::Text { max_length: Some(40) } };
        (column.default, column.using) = (None, None);
        let expr = computed(&generated.expr, of, ruled.table);
        column.generated = Some(Generated { expr, storage: generated.storage });
    }
    let seen = format!("{spot} {:?}", of.comment);
    let is_text = matches!(column.sql_type, SqlType::Text { .. }) && of.generated.is_none();
    if of.collation.is_some() && is_text && !ruled.refers(&of.name) {
        let names = ["utf8mb4_bin", "utf8mb4_general_ci"];
        column.collation = Some(choice(&seen, "collations", &names).into());
    }
    if types::has_like_labels(&column.sql_type) {
        column.collation = Some("utf8mb4_bin".into());
    }
    if types::is_moment(&column.sql_type) && rarely(&seen, "updates", 3) && !keyed {
        column.extras = vec![Extra::OnUpdateNow].into();
    }
    column
}

/// The columns that an expression is about, as the servers know them, in one order. A key that the
/// server makes up is known afterwards only.
fn mentioned(expr: &Expr, table: &Table) -> Vec<String> {
    let of = |it: &&Column| it.identity.is_none() && mentions(expr, &it.name);
    let mut names: Vec<String> =
        table.columns.iter().filter(of).map(|it| quoted(&name(&it.name))).collect();
    names.sort();
    names
}

/// A condition that rows fulfil, whatever the types.
fn condition(expr: &Expr, table: &Table) -> Expr {
    let parts = mentioned(expr, table);
    let each: Vec<String> =
        parts.iter().map(|it| format!("{it} IS NULL OR length({it}) < 70000")).collect();
    Expr::from(if each.is_empty() { "1 < 2".to_owned() } else { each.join(" OR ") })
}

fn computed(expr: &Expr, of: &Column, table: &Table) -> Expr {
    let mut plain = table.clone();
    // What a text that is filled up is to an expression hangs on the session.
    let filled = |ty: &SqlType| matches!(ty, SqlType::Custom(of) if types::is_filled(&of.name));
    plain.columns.to_mut().retain(|it| it.generated.is_none() && !filled(&it.sql_type));
    let value = mentioned(expr, &plain).into_iter().next().unwrap_or_else(|| "1".to_owned());
    let is_number = of.sql_type == SqlType::BigInt;
    let (some, none) = if is_number { ("1", "2") } else { ("'some'", "'it''s none'") };
    Expr::from(format!("CASE WHEN {value} IS NULL THEN {none} ELSE {some} END"))
}
