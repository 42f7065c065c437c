//! What each column of a table made anew is filled with.

use diesel_autogen_schema::{Column, ForeignKey, SqlType};

use super::alter::{Context, Direction};
use super::quote::{expr, ident, string};
use super::shape::{Shape, has_name};
use super::types::{Storage, blank, converted, storage};
use crate::decide::{filler, relabelled};

/// Column and value pairs of the copy; columns that are left out get their default.
pub(crate) fn copied(old: &Shape, new: &Shape, context: &Context<'_>) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = carried_rowid(old, new).into_iter().collect();
    for column in new.table.columns.iter().filter(|column| column.generated.is_none()) {
        let value = match old.column(&column.name) {
            Some(before) if is_let_go(new, column, context) => {
                Some(let_go(old, new, (before, column), context))
            }
            Some(before) => Some(kept(before, column)),
            None => fresh(old, new, column, context.direction),
        };
        pairs.extend(value.map(|value| (ident(&column.name), value)));
    }
    pairs
}

/// Rows keep their rowid, which full-text tables and programs may hold on to.
fn carried_rowid(old: &Shape, new: &Shape) -> Option<(String, String)> {
    if new.integer_key().is_some() {
        return None;
    }
    Some((new.rowid()?.to_owned(), old.rowid()?.to_owned()))
}

/// Whether a column gives up what it referred to: on the way down its parent comes back without
/// rows, so that no row can refer to one.
pub(crate) fn is_let_go(new: &Shape, column: &Column, context: &Context<'_>) -> bool {
    orphaned(new, column, context).next().is_some()
}

/// The keys to rows that are gone for which the column gives way.
fn orphaned<'s>(
    new: &'s Shape,
    column: &'s Column,
    context: &'s Context<'_>,
) -> impl Iterator<Item = &'s ForeignKey> {
    let keys = new.table.foreign_keys.iter().filter(|_| context.direction == Direction::Down);
    keys.filter(|key| {
        let mut columns = key.columns.iter().filter_map(|name| new.column(name));
        // One NULL is enough for a key of several columns.
        let gives_way = columns.find(|it| it.nullable && it.generated.is_none());
        context.makes(&key.table) && gives_way.is_some_and(|it| it.name == column.name)
    })
}

/// NULL where the row referred to one that is gone. A row with NULL in another column of the key
/// referred to none, and keeps its value.
fn let_go(
    old: &Shape,
    new: &Shape,
    (before, after): (&Column, &Column),
    context: &Context<'_>,
) -> String {
    let mut conditions = Vec::new();
    for key in orphaned(new, after, context) {
        let others = key.columns.iter().filter(|name| **name != after.name);
        let nullable = others.filter_map(|name| old.column(name)).filter(|it| it.nullable);
        let nulls: Vec<String> =
            nullable.map(|it| format!("{} IS NULL", ident(&it.name))).collect();
        if nulls.is_empty() {
            return "NULL".to_owned();
        }
        conditions.push(nulls.join(" OR "));
    }
    let condition = match &conditions[..] {
        [one] => one.clone(),
        several => several.iter().map(|it| format!("({it})")).collect::<Vec<_>>().join(" AND "),
    };
    format!("CASE WHEN {condition} THEN {} END", kept(before, after))
}

fn kept(before: &Column, after: &Column) -> String {
    let old = ident(&before.name);
    let retyped = !before.sql_type.same_facts(&after.sql_type);
    let value = match &after.using {
        Some(using) if retyped => expr(using.as_str()),
        Some(_) | None => retyped_value(&old, before, after),
    };
    match filler(after) {
        Some(filler) if before.nullable && !after.nullable => {
            format!("coalesce({value}, {})", expr(filler.as_str()))
        }
        Some(_) | None => value,
    }
}

fn retyped_value(old: &str, before: &Column, after: &Column) -> String {
    let (SqlType::Enum(from), SqlType::Enum(to)) = (&before.sql_type, &after.sql_type) else {
        return converted(old, &before.sql_type, &after.sql_type);
    };
    let renames: Vec<String> = from
        .labels
        .iter()
        .filter_map(|label| {
            let now = relabelled(&label.name, from, to)?;
            (now != label.name)
                .then(|| format!("WHEN {} THEN {}", string(&label.name), string(now)))
        })
        .collect();
    if renames.is_empty() {
        return old.to_owned();
    }
    format!("CASE {old} {} ELSE {old} END", renames.join(" "))
}

/// The value of a column that rows did not have. On the way down a required column must be filled
/// with something, or the way would end at the first row.
fn fresh(old: &Shape, new: &Shape, column: &Column, direction: Direction) -> Option<String> {
    if let Some(backfill) = &column.backfill {
        return Some(expr(backfill.as_str()));
    }
    if column.identity.is_some() {
        return old.rowid().map(str::to_owned);
    }
    if direction == Direction::Up || column.nullable || filler(column).is_some() {
        return None;
    }
    Some(stand_in(old, new, column))
}

/// What a required column that comes back is filled with: the first row that it may refer to,
/// something that differs from row to row where it must, or a blank.
pub(crate) fn stand_in(old: &Shape, new: &Shape, column: &Column) -> String {
    let name = column.name.as_ref();
    let parent = new.table.foreign_keys.iter().find(|key| has_name(&key.columns, name));
    if let Some(key) = parent {
        let at = key.columns.iter().position(|it| it.eq_ignore_ascii_case(name));
        if let Some(reference) = at.and_then(|at| key.references.get(at)) {
            let own = key.table.eq_ignore_ascii_case(&new.table.name);
            let comes = new.column(reference).filter(|_| own && old.column(reference).is_none());
            // What the row itself gets there, as no row has it yet.
            if let Some(comes) = comes {
                return made_up(old, new, comes);
            }
            return format!("(SELECT min({}) FROM {})", ident(reference), ident(&key.table));
        }
    }
    made_up(old, new, column)
}

fn made_up(old: &Shape, new: &Shape, column: &Column) -> String {
    let name = column.name.as_ref();
    let unique = has_name(&new.table.primary_key, name)
        || new.inline_uniques.iter().any(|columns| has_name(columns, name))
        || new.unique_columns.iter().any(|of| of.eq_ignore_ascii_case(name));
    let Some(rowid) = old.rowid().filter(|_| unique) else { return blank(&column.sql_type) };
    match storage(&column.sql_type) {
        Storage::Integer | Storage::Real | Storage::Numeric => rowid.into(),
        Storage::Text if matches!(column.sql_type, SqlType::Text { .. } | SqlType::Custom(_)) => {
            format!("CAST({rowid} AS TEXT)")
        }
        Storage::Blob => format!("CAST({rowid} AS BLOB)"),
        Storage::Text | Storage::Json | Storage::Jsonb => blank(&column.sql_type),
    }
}
