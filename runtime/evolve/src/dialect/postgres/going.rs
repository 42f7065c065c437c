//! Columns that go, and when: so that on the way down each comes back behind those that its rows
//! refer to.

use std::collections::BTreeSet;

use diesel_autogen_schema::{Column, Delta, Dialect, Expr, OwnPlace, Place, Table};

use super::altered::Altered;
use super::kinds::Kinds;
use super::lowering::Lowering;
use super::op::{Alteration, Op};
use crate::decide::comes_empty;
use crate::dialect::names::Names;

/// A column, by its table and the names before.
pub(crate) type Spot = (OwnPlace, String);

/// Columns that go although another gets their name, that are computed, that have a type which
/// cannot wait, or that refer to one of those and could not be filled when they come back first.
pub(crate) fn early(altered: &[Altered<'_>], names: &Names, kinds: &Kinds) -> BTreeSet<Spot> {
    let all =
        || altered.iter().flat_map(|it| going(it).into_iter().map(move |column| (it, column)));
    let goes = |of: Place<'_>, name: &str| names.loses(of, name);
    let spot = |it: &Altered<'_>, column: &Column| (it.was_at().into(), column.name.to_string());
    let mut early: BTreeSet<Spot> = BTreeSet::new();
    for (it, column) in all() {
        let taken = it.after.column(&column.name).is_some();
        if column.generated.is_some() || taken || kinds.moves(&column.sql_type) {
            early.insert(spot(it, &column));
        }
    }
    loop {
        let more = all().find(|(it, column)| {
            !early.contains(&spot(it, column))
                && needs_rows(column)
                && !is_read(it, column)
                && lost_parents(it.before, column, &goes).iter().any(|it| early.contains(it))
        });
        let Some((it, column)) = more else { return early };
        early.insert(spot(it, &column));
    }
}

/// Whether rows have to be given a value when it comes back.
fn needs_rows(column: &Column) -> bool {
    !column.nullable && comes_empty(column)
}

/// Whether a column that comes or changes is filled from it.
fn is_read(it: &Altered<'_>, column: &Column) -> bool {
    let reads = |expr: &Option<Expr>| {
        expr.as_ref().is_some_and(|it| it.mentions(&column.name, Dialect::Postgres))
    };
    let after = it.columns.iter().filter_map(Delta::after);
    after.into_iter().any(|after| reads(&after.backfill) || reads(&after.using))
}

/// The columns that go and that a column of the table, before, refers to.
fn lost_parents(
    table: &Table,
    column: &Column,
    goes: &impl Fn(Place<'_>, &str) -> bool,
) -> Vec<Spot> {
    let keys = table.foreign_keys.iter();
    let pairs = keys.flat_map(|key| {
        let references = key.columns.iter().zip(key.references.iter());
        references.map(move |(own, reference)| (key.target(), own, reference))
    });
    pairs
        .filter(|(target, own, reference)| **own == column.name && goes(*target, reference))
        .map(|(target, _, reference)| (target.into(), reference.to_string()))
        .collect()
}

/// Tables whose columns go, so that those which refer to columns of another one that go as well
/// are before it: on the way down they come back behind it. A ring is entered at its first table.
pub(crate) fn children_first<'i, 'a>(
    tables: Vec<(&'i Altered<'a>, Vec<Column>)>,
    goes: &impl Fn(Place<'_>, &str) -> bool,
) -> Vec<(&'i Altered<'a>, Vec<Column>)> {
    let refers = |(it, columns): &(&Altered<'_>, Vec<Column>), to: &Altered<'_>| {
        let to = OwnPlace::from(to.was_at());
        OwnPlace::from(it.was_at()) != to
            && columns
                .iter()
                .any(|own| lost_parents(it.before, own, goes).iter().any(|(at, _)| *at == to))
    };
    let mut left = tables;
    let mut done = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let free = left.iter().position(|(it, _)| !left.iter().any(|other| refers(other, it)));
        done.push(left.remove(free.unwrap_or(0)));
    }
    done
}

/// The columns that go, those first that are computed from others.
pub(crate) fn going(it: &Altered<'_>) -> Vec<Column> {
    let removed = it.columns.iter().filter_map(|delta| match delta {
        Delta::Removed(column) => Some(column.clone()),
        Delta::Added(_) | Delta::Changed { .. } => None,
    });
    let mut removed: Vec<Column> = removed.collect();
    removed.sort_by_key(|column| column.generated.is_none());
    removed
}

/// What is done for columns that go with a revision that follows, so that on the way down each is
/// filled behind those that its rows refer to.
pub(crate) fn loosened(lowering: &Lowering<'_>) -> Vec<Op> {
    let leaving = |it: &Altered<'_>| -> Vec<Column> {
        let own = it.columns.iter().filter(|delta| lowering.is_leaving(it, delta));
        own.filter_map(Delta::after).cloned().collect()
    };
    let tables = lowering.altered.iter().map(|it| (it, leaving(it)));
    let tables: Vec<_> = tables.filter(|(_, columns)| !columns.is_empty()).collect();
    let goes = |of: Place<'_>, name: &str| lowering.leaving.contains(&(of.into(), name.to_owned()));
    let own = |(it, _): (&Altered<'_>, Vec<Column>)| {
        let columns = it.columns.iter().filter(|delta| lowering.is_leaving(it, delta));
        let (before, after) = (it.mapped.clone(), it.after.clone());
        let columns = columns.cloned().collect();
        Op::Alter(Alteration { before, after, columns, leaves: true })
    };
    children_first(tables, &goes).into_iter().map(own).collect()
}
