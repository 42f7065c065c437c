//! The hints that a person writes so that a change is no question.

use super::column::literal;
use super::expression::{mentions, quoted};
use super::mend::mend;
use super::names::pick;
use crate::facts::{Column, Expr, Schema, SqlType, Table, Text};

/// The schema with hints, after edits that left the names from before in `renamed_from`.
pub(super) fn eased(before: &Schema, edited: Schema, bits: &[u8]) -> Schema {
    let mut edited = mend(edited_names_kept(edited));
    let mut bits = bits.iter().copied().cycle();
    for table in edited.tables.to_mut() {
        let origin = origin(&mut table.renamed_from, &table.name, &mut bits, |name| {
            before.table(name).and_then(|it| it.renamed_from.clone())
        });
        let old = origin.as_deref().and_then(|name| before.table(name));
        let Some(old) = old else { continue };
        let snapshot = table.clone();
        for column in table.columns.to_mut() {
            let origin = origin_of_column(column, old, &mut bits);
            let was = origin.as_deref().and_then(|name| old.column(name));
            ease(&snapshot, old, was, column, bits.next().unwrap_or(0));
        }
    }
    edited
}

/// A schema that was not made of the other, with hints where names are the same.
pub(super) fn fresh(before: &Schema, other: Schema, bits: &[u8]) -> Schema {
    let mut other = mend(other);
    let mut bits = bits.iter().copied().cycle();
    for table in other.tables.to_mut() {
        let Some(old) = before.table(&table.name) else { continue };
        let snapshot = table.clone();
        for column in table.columns.to_mut() {
            let was = old.column(&column.name);
            ease(&snapshot, old, was, column, bits.next().unwrap_or(0));
        }
    }
    other
}

/// A name from before that is the name now would be taken for a mistake.
fn edited_names_kept(mut schema: Schema) -> Schema {
    const SAME: &str = "\u{0}same";
    for table in schema.tables.to_mut() {
        mark(&mut table.renamed_from, &table.name, SAME);
        for column in table.columns.to_mut() {
            mark(&mut column.renamed_from, &column.name, SAME);
        }
    }
    schema
}

fn mark(hint: &mut Option<Text>, name: &Text, same: &'static str) {
    if hint.as_ref() == Some(name) {
        *hint = Some(same.into());
    }
}

/// Puts the hint that a person has there, and gives the name from before.
fn origin(
    hint: &mut Option<Text>,
    name: &Text,
    bits: &mut impl Iterator<Item = u8>,
    had: impl Fn(&str) -> Option<Text>,
) -> Option<Text> {
    let number = bits.next().unwrap_or(0);
    match hint.take() {
        Some(same) if same.starts_with('\0') => {
            // A hint that was followed is taken away at some time.
            *hint = had(name).filter(|_| number < 70);
            Some(name.clone())
        }
        Some(from) => {
            *hint = Some(from.clone());
            Some(from)
        }
        None => {
            *hint = (number >= 95).then(|| "nothing of this name".into());
            None
        }
    }
}

fn origin_of_column(
    column: &mut Column,
    old: &Table,
    bits: &mut impl Iterator<Item = u8>,
) -> Option<Text> {
    let name = column.name.clone();
    origin(&mut column.renamed_from, &name, bits, |name| {
        old.column(name).and_then(|it| it.renamed_from.clone())
    })
}

/// Says where values come from that rows do not have.
fn ease(new: &Table, old: &Table, was: Option<&Column>, column: &mut Column, number: u8) {
    if column.generated.is_some() || column.identity.is_some() {
        return;
    }
    let Some(value) = filler(new, old, column, number) else { return };
    let tightened = was.is_none_or(|was| was.nullable || was.generated.is_some());
    let wanted = tightened && !column.nullable && (column.default.is_none() || number >= 80);
    if wanted && number < 98 || was.is_none() && number >= 90 {
        column.backfill = Some(value.clone());
    }
    let retyped = was.is_some_and(|was| !was.sql_type.same_facts(&column.sql_type));
    let alone = !is_unique(new, &column.name)
        && !new.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
    if retyped && alone && number >= 40 {
        column.using = Some(match number % 3 {
            0 if column.nullable => Expr::from("NULL"),
            1 if takes_text(new, column) => {
                Expr::from(format!("CAST({} AS TEXT)", quoted(&column.name)))
            }
            _ => value,
        });
    }
}

fn takes_text(table: &Table, column: &Column) -> bool {
    matches!(column.sql_type, SqlType::Text { .. }) && (!table.strict || column.nullable)
}

/// A value for rows: what the key was where values must differ, a literal elsewhere.
fn filler(new: &Table, old: &Table, column: &Column, number: u8) -> Option<Expr> {
    if !is_unique(new, &column.name) {
        return literal(&column.sql_type);
    }
    let key = old
        .columns
        .iter()
        .find(|it| it.identity.is_some() || old.primary_key[..] == [it.name.clone()])?;
    // Under its new name, when it has one.
    let now = new.columns.iter().find(|it| {
        it.renamed_from.as_ref() == Some(&key.name)
            || it.name == key.name
                && it.renamed_from.as_deref().is_none_or(|it| it.starts_with('\0'))
    });
    let name = now.map_or(&key.name, |it| &it.name);
    let taken = now.is_none() && new.column(name).is_some();
    let text = matches!(column.sql_type, SqlType::Text { .. });
    (!taken && *name != column.name).then(|| {
        Expr::from(match (text, pick(&[false, true], number)) {
            (true, true) => format!("'no ' || {}", quoted(name)),
            (true, false) | (false, _) => quoted(name),
        })
    })
}

/// Whether values of the column have to differ from row to row.
fn is_unique(table: &Table, column: &Text) -> bool {
    table.primary_key.contains(column)
        || table.uniques.iter().any(|unique| unique.columns.contains(column))
        || table.indexes.iter().filter(|index| index.unique).any(|index| {
            index.keys.iter().any(|key| match key.is_column {
                true => key.expr.as_str() == column.as_ref(),
                false => mentions(&key.expr, column),
            })
        })
}
