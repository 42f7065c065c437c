//! How one shape of a table becomes another: by the statements that SQLite has, or by making the
//! table anew.

use diesel_autogen_schema::{Check, Column, Dialect, Live, Storage};

use super::middle::Asides;
use super::objects;
use super::quote::{expr, folded, ident};
use super::render::{
    check_def, column_def, constraints, inline_check, inline_column, is_literal, options,
};
use super::shape::{Shape, has_name, index_mentions};
use crate::decide::filler;

/// The direction that SQL is rendered for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Up,
    Down,
}

/// What rendering depends on besides the operations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    pub(crate) live: &'a Live,
    pub(crate) minimum: (u16, u16, u16),
    pub(crate) direction: Direction,
    /// Tables that this direction makes: they have no rows yet.
    pub(crate) made: &'a [String],
    /// What is called otherwise for a while.
    pub(crate) asides: &'a Asides,
}

impl Context<'_> {
    /// Whether this direction makes the table.
    pub(crate) fn makes(&self, table: &str) -> bool {
        self.made.iter().any(|name| name.eq_ignore_ascii_case(table))
    }
}

/// How a table is altered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// By these statements.
    Native(Vec<String>),
    /// By making the table anew.
    Rebuild,
}

/// Whether the two shapes differ to the database, indexes and the order of columns aside.
pub(crate) fn differs(old: &Shape, new: &Shape) -> bool {
    options(&old.table) != options(&new.table)
        || old.table.primary_key != new.table.primary_key
        || column_texts(old) != column_texts(new)
        || constraint_texts(old) != constraint_texts(new)
        || both(old, new).any(|(before, after)| converts(before, after))
}

fn column_texts(shape: &Shape) -> Vec<Vec<String>> {
    let columns = shape.table.columns.iter();
    let mut texts: Vec<Vec<String>> =
        columns.map(|column| folded(&column_def(shape, column))).collect();
    texts.sort();
    texts
}

fn constraint_texts(shape: &Shape) -> Vec<Vec<String>> {
    let mut texts: Vec<Vec<String>> = constraints(shape).iter().map(|it| folded(it)).collect();
    texts.sort();
    texts
}

/// The cheapest way from one shape to the other.
pub(crate) fn way(old: &Shape, new: &Shape, context: &Context<'_>) -> Way {
    native(old, new, context).map_or(Way::Rebuild, Way::Native)
}

fn native(old: &Shape, new: &Shape, context: &Context<'_>) -> Option<Vec<String>> {
    if options(&old.table) != options(&new.table) || old.table.primary_key != new.table.primary_key
    {
        return None;
    }
    let mut statements = Vec::new();
    statements.extend(checks(old, new, context)?);
    for (column, after) in both(old, new) {
        statements.extend(change_column(old, new, column, after, context)?);
    }
    for column in coming(old, new) {
        statements.extend(add_column(new, column, context)?);
    }
    // Last: what came may have been filled from them.
    let mut left = old.clone();
    for column in going(old, new) {
        statements.push(drop_column(&left, new, column, context)?);
        left.table.columns.to_mut().retain(|it| it.name != column.name);
    }
    Some(statements)
}

fn both<'a>(old: &'a Shape, new: &'a Shape) -> impl Iterator<Item = (&'a Column, &'a Column)> {
    old.table.columns.iter().filter_map(|column| Some((column, new.column(&column.name)?)))
}

/// The columns to come, each after those that it is computed from.
fn coming<'a>(old: &Shape, new: &'a Shape) -> Vec<&'a Column> {
    let columns = new.table.columns.iter();
    let mut waiting: Vec<&Column> = columns.filter(|it| old.column(&it.name).is_none()).collect();
    let mut ordered = Vec::new();
    while !waiting.is_empty() {
        let waits = |column: &Column| {
            let from = column.generated.as_ref().map(|generated| &generated.expr);
            from.is_some_and(|from| {
                waiting.iter().any(|other| from.mentions(&other.name, Dialect::Sqlite))
            })
        };
        let ready = waiting.iter().position(|column| !waits(column));
        ordered.push(waiting.remove(ready.unwrap_or(0)));
    }
    ordered
}

/// The columns to go, each after those that are computed from it.
fn going<'a>(old: &'a Shape, new: &Shape) -> Vec<&'a Column> {
    let columns = old.table.columns.iter();
    let mut waiting: Vec<&Column> = columns.filter(|it| new.column(&it.name).is_none()).collect();
    let mut ordered = Vec::new();
    while !waiting.is_empty() {
        let needed = |column: &Column| {
            let computed = waiting.iter().filter_map(|other| other.generated.as_ref());
            computed
                .into_iter()
                .any(|generated| generated.expr.mentions(&column.name, Dialect::Sqlite))
        };
        let ready = waiting.iter().position(|column| !needed(column));
        ordered.push(waiting.remove(ready.unwrap_or(0)));
    }
    ordered
}

/// Whether an expression makes new values of the old ones, whatever the types are spelled like.
pub(crate) fn converts(before: &Column, after: &Column) -> bool {
    after.using.is_some() && !before.sql_type.same_facts(&after.sql_type)
}

/// Since 3.53 a condition of the whole table can come and, by its name, go.
fn checks(old: &Shape, new: &Shape, context: &Context<'_>) -> Option<Vec<String>> {
    let (before, after) = (constraint_texts(old), constraint_texts(new));
    if before == after {
        return Some(Vec::new());
    }
    if context.minimum < (3, 53, 0) {
        return None;
    }
    let wide = |shape: &Shape| -> Vec<Check> {
        let checks = shape.table.checks.iter();
        checks.filter(|check| inline_check(&shape.table, check).is_none()).cloned().collect()
    };
    let texts = |checks: &[Check]| checks.iter().map(|it| folded(&check_def(it))).collect();
    let (old_wide, new_wide) = (wide(old), wide(new));
    let (old_texts, new_texts): (Vec<_>, Vec<_>) = (texts(&old_wide), texts(&new_wide));
    let rest = |all: Vec<Vec<String>>, but: &[Vec<String>]| -> Vec<Vec<String>> {
        all.into_iter().filter(|text| !but.contains(text)).collect()
    };
    if rest(before, &old_texts) != rest(after, &new_texts) {
        return None;
    }
    let table = ident(&new.table.name);
    let mut statements = Vec::new();
    for check in old_wide.iter().filter(|it| !new_texts.contains(&folded(&check_def(it)))) {
        if check.name.is_empty() {
            return None;
        }
        statements.push(format!("ALTER TABLE {table} DROP CONSTRAINT {}", ident(&check.name)));
    }
    for check in new_wide.iter().filter(|it| !old_texts.contains(&folded(&check_def(it)))) {
        // One that mentions a column to come would have to wait for it.
        if new.table.columns.iter().any(|column| {
            old.column(&column.name).is_none() && check.expr.mentions(&column.name, Dialect::Sqlite)
        }) {
            return None;
        }
        statements.push(format!("ALTER TABLE {table} ADD {}", check_def(check)));
    }
    Some(statements)
}

/// Since 3.53 a column can become required, and stop to be.
fn change_column(
    old: &Shape,
    new: &Shape,
    before: &Column,
    after: &Column,
    context: &Context<'_>,
) -> Option<Vec<String>> {
    if converts(before, after) {
        return None;
    }
    if folded(&column_def(old, before)) == folded(&column_def(new, after)) {
        return Some(Vec::new());
    }
    let alike = Column { nullable: after.nullable, ..before.clone() };
    let only_null = before.nullable != after.nullable
        && folded(&column_def(old, &alike)) == folded(&column_def(new, after));
    if !only_null || context.minimum < (3, 53, 0) {
        return None;
    }
    let (table, column) = (ident(&new.table.name), ident(&after.name));
    if after.nullable {
        return Some(vec![format!("ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL")]);
    }
    let mut statements = Vec::new();
    if let Some(value) = filler(after) {
        if has_triggers(new, context) {
            return None;
        }
        let value = expr(value.as_str());
        statements.push(format!("UPDATE {table} SET {column} = {value} WHERE {column} IS NULL"));
    }
    statements.push(format!("ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL"));
    Some(statements)
}

/// `UPDATE` would set them off.
fn has_triggers(shape: &Shape, context: &Context<'_>) -> bool {
    !objects::attached(context.live, &shape.table.name).is_empty()
}

/// `ADD COLUMN`, and an `UPDATE` that fills it, where SQLite takes this very column.
fn add_column(new: &Shape, column: &Column, context: &Context<'_>) -> Option<Vec<String>> {
    let table = &new.table;
    let in_wide_check = table.checks.iter().any(|check| {
        check.expr.mentions(&column.name, Dialect::Sqlite)
            && inline_check(table, check) != Some(&*column.name)
    });
    let in_wide_key = table
        .foreign_keys
        .iter()
        .any(|key| inline_column(key).is_none() && has_name(&key.columns, &column.name));
    let unique = new.inline_uniques.iter().any(|columns| has_name(columns, &column.name));
    let key = has_name(&table.primary_key, &column.name);
    if in_wide_check || in_wide_key || unique || key {
        return None;
    }
    match &column.generated {
        Some(generated) if generated.storage == Storage::Stored => return None,
        Some(_) => return Some(vec![add(new, column)]),
        None => {}
    }
    let default = column.default.as_ref().map(|default| expr(default.as_str()));
    let null = default.as_ref().is_none_or(|default| default.eq_ignore_ascii_case("null"));
    let references = table.foreign_keys.iter().any(|key| has_name(&key.columns, &column.name));
    let refused = default.as_ref().is_some_and(|default| !is_literal(default))
        || (null && !column.nullable)
        || (!null && references);
    if refused {
        return None;
    }
    let Some(backfill) = column.backfill.as_ref() else { return Some(vec![add(new, column)]) };
    if has_triggers(new, context) {
        return None;
    }
    let value = expr(backfill.as_str());
    let fill = format!("UPDATE {} SET {} = {value}", ident(&table.name), ident(&column.name));
    Some(vec![add(new, column), fill])
}

fn add(new: &Shape, column: &Column) -> String {
    format!("ALTER TABLE {} ADD COLUMN {}", ident(&new.table.name), column_def(new, column))
}

/// `DROP COLUMN` where nothing else in the table uses the column.
fn drop_column(old: &Shape, new: &Shape, column: &Column, context: &Context<'_>) -> Option<String> {
    let table = &old.table;
    let name = column.name.as_ref();
    let written = context.live.written(&table.name);
    let used = has_name(&table.primary_key, name)
        || written.is_some_and(|written| has_name(&written.apart, name))
        || old.inline_uniques.iter().any(|columns| has_name(columns, name))
        || old.indexes.iter().any(|index| index_mentions(index, name))
        || table
            .foreign_keys
            .iter()
            .any(|key| inline_column(key).is_none() && has_name(&key.columns, name))
        || table.checks.iter().any(|check| {
            check.expr.mentions(name, Dialect::Sqlite) && inline_check(table, check) != Some(name)
        })
        || table.columns.iter().any(|other| {
            other.generated.as_ref().is_some_and(|from| from.expr.mentions(name, Dialect::Sqlite))
        })
        || objects::user_of_column(context.live, &table.name, name).is_some();
    (!used).then(|| format!("ALTER TABLE {} DROP COLUMN {}", ident(&new.table.name), ident(name)))
}
