//! Renames, one after the other.

use std::collections::BTreeSet;

use diesel_autogen_schema::{Column, Delta, OwnPlace, Place, Text};

use super::altered::Altered;
use super::numbering::{Changed, heir};
use super::op::{Op, Rename};
use super::rule::Rule;
use super::sequence;
use crate::dialect::names::Names;

/// The operations that give everything its name after; `taken` are the names of all relations and
/// types, before and after, `early` the columns that are gone by now.
pub(crate) fn renames(
    names: &Names,
    altered: &[Altered<'_>],
    taken: &BTreeSet<OwnPlace>,
    early: &BTreeSet<(OwnPlace, String)>,
    knows: &dyn Fn(&OwnPlace) -> bool,
) -> Vec<Op> {
    let mut ops = tables_and_types(names, altered, taken);
    for it in altered {
        ops.extend(columns(it));
    }
    for it in altered {
        ops.extend(table_rules(it));
    }
    ops.extend(relations(altered, taken, early, knows));
    ops.into_iter().map(Op::Rename).collect()
}

/// Tables and types, which have names among one another: a table is a type of its own name.
fn tables_and_types(
    names: &Names,
    altered: &[Altered<'_>],
    taken: &BTreeSet<OwnPlace>,
) -> Vec<Rename> {
    let types = names.types.iter().map(|(from, to)| (from.clone(), to.clone()));
    let mut owned: BTreeSet<OwnPlace> = names.types.keys().cloned().collect();
    let tables = altered.iter().map(|it| (OwnPlace::from(it.was_at()), it.at()));
    let pairs = types.chain(tables).filter(|(from, to)| from != to).collect();
    let mut renames = Vec::new();
    for (from, to) in in_turn(pairs, taken) {
        renames.push(if owned.remove(&from) {
            owned.insert(to.clone());
            Rename::Type { from, to }
        } else {
            Rename::Table { from, to }
        });
    }
    renames
}

fn columns(it: &Altered<'_>) -> Vec<Rename> {
    // Those that go keep their name, and go first where another gets it.
    let pairs: Vec<(Text, Text)> = it
        .before
        .columns
        .iter()
        .zip(&it.mapped.columns[..])
        .filter(|(before, mapped)| {
            before.name != mapped.name && it.after.column(&mapped.name).is_some()
        })
        .map(|(before, mapped)| (before.name.clone(), mapped.name.clone()))
        .collect();
    let all = it.before.columns.iter().chain(&it.after.columns[..]);
    let taken = all.map(|column| plain(&column.name)).collect();
    let pairs = pairs.into_iter().map(|(from, to)| (plain(&from), plain(&to))).collect();
    let table = it.at();
    in_turn(pairs, &taken)
        .into_iter()
        .map(|(from, to)| Rename::Column { table: table.clone(), from: from.name, to: to.name })
        .collect()
}

fn plain(name: &Text) -> OwnPlace {
    OwnPlace { schema: None, name: name.clone() }
}

/// Constraints whose names only have to differ in their table.
fn table_rules(it: &Altered<'_>) -> Vec<Rename> {
    let kept = it.kept.iter().filter(|(_, after)| !after.is_relation());
    let pairs = kept.map(|(before, after)| (plain(before.name()), plain(after.name())));
    let pairs: Vec<(OwnPlace, OwnPlace)> = pairs.filter(|(from, to)| from != to).collect();
    let all = it.kept.iter().flat_map(|(before, after)| [before, after]);
    let taken = all.map(|rule| plain(rule.name())).collect();
    let table = it.at();
    in_turn(pairs, &taken)
        .into_iter()
        .map(|(from, to)| Rename::Constraint { table: table.clone(), from: from.name, to: to.name })
        .collect()
}

/// What is a relation of its own beside the table: indexes, those of constraints, sequences.
fn relations(
    altered: &[Altered<'_>],
    taken: &BTreeSet<OwnPlace>,
    early: &BTreeSet<(OwnPlace, String)>,
    knows: &dyn Fn(&OwnPlace) -> bool,
) -> Vec<Rename> {
    let mut pairs = Vec::new();
    let mut owners: Vec<(OwnPlace, Owner)> = Vec::new();
    for it in altered {
        let schema = &it.after.schema;
        let here = |name: &Text| OwnPlace { schema: schema.clone(), name: name.clone() };
        for (before, after) in it.kept.iter().filter(|(_, after)| after.is_relation()) {
            let was = OwnPlace { schema: it.before.schema.clone(), name: before.name().clone() };
            // A key that somebody made by hand may be called otherwise.
            if before.name() != after.name() && knows(&was) {
                pairs.push((here(before.name()), here(after.name())));
                let owner = if matches!(after, Rule::Index(_)) {
                    Owner::Index
                } else {
                    Owner::Constraint(it.at())
                };
                owners.push((here(before.name()), owner));
            }
        }
        for (before, after) in sequences(it, early) {
            let was = OwnPlace { schema: it.before.schema.clone(), name: before.clone() };
            if before != after && knows(&was) {
                pairs.push((here(&before), here(&after)));
                owners.push((here(&before), Owner::Sequence));
            }
        }
    }
    let mut renames = Vec::new();
    for (from, to) in in_turn(pairs, taken) {
        let found = owners.iter().position(|(name, _)| *name == from);
        let owner = found.map_or(Owner::Index, |at| owners.remove(at).1);
        owners.push((to.clone(), owner.clone()));
        let (schema, from, to) = (from.schema, from.name, to.name);
        renames.push(match owner {
            Owner::Index => Rename::Index { schema, from, to },
            Owner::Constraint(table) => Rename::Constraint { table, from, to },
            Owner::Sequence => Rename::Sequence { schema, from, to },
        });
    }
    renames
}

#[derive(Clone)]
enum Owner {
    Index,
    Constraint(OwnPlace),
    Sequence,
}

/// Names of the sequences behind columns that stay, and behind those that go later, which come back
/// while the table has its name after.
fn sequences(it: &Altered<'_>, early: &BTreeSet<(OwnPlace, String)>) -> Vec<(Text, Text)> {
    let mut pairs = Vec::new();
    let changed: Vec<Changed<'_>> = it
        .columns
        .iter()
        .filter_map(|delta| match delta {
            Delta::Changed { before, after } => Some((before, after)),
            Delta::Added(_) | Delta::Removed(_) => None,
        })
        .collect();
    for (before, mapped) in it.before.columns.iter().zip(&it.mapped.columns[..]) {
        let gives =
            changed.iter().any(|own| own.1.name == mapped.name && heir(*own, &changed).is_some());
        if gives && before.identity.and_then(sequence::kind).is_none() {
            // It is handed over as it is.
            continue;
        }
        let now = match it.after.column(&mapped.name) {
            Some(after) => &after.name,
            None if early.contains(&(it.was_at().into(), before.name.to_string())) => continue,
            None => &before.name,
        };
        let name = |table: Place<'_>, name: &Text| {
            let column = Column { name: name.clone(), ..before.clone() };
            sequence::of(table, &column).map(|it| it.name)
        };
        let names = (name(it.before.place(), &before.name), name(it.after.place(), now));
        if let (Some(old), Some(new)) = names {
            pairs.push((old, new));
        }
    }
    pairs
}

/// Renames that happen all at once, one after the other: a name that is still in use is waited
/// for, and a ring is opened through a name that nobody has.
pub(crate) fn in_turn(
    mut renames: Vec<(OwnPlace, OwnPlace)>,
    taken: &BTreeSet<OwnPlace>,
) -> Vec<(OwnPlace, OwnPlace)> {
    let mut done = Vec::new();
    while !renames.is_empty() {
        let ready = renames.iter().position(|(_, to)| !renames.iter().any(|(from, _)| from == to));
        match ready {
            Some(at) => done.push(renames.remove(at)),
            None => {
                let aside = free(&renames[0].0, taken);
                done.push((renames[0].0.clone(), aside.clone()));
                renames[0].0 = aside;
            }
        }
    }
    done
}

/// A name beside this one that nobody has.
pub(crate) fn free(place: &OwnPlace, taken: &BTreeSet<OwnPlace>) -> OwnPlace {
    let mut name = format!("autogen_{}", place.name);
    while name.len() > diesel_autogen_schema::names::MAX_BYTES {
        name.pop();
    }
    let candidate = |name: String| OwnPlace { schema: place.schema.clone(), name: name.into() };
    let first = candidate(name.clone());
    if !taken.contains(&first) {
        return first;
    }
    (2..=taken.len() + 2)
        .map(|number| {
            let tail = format!("_{number}");
            let mut cut = name.clone();
            while cut.len() + tail.len() > diesel_autogen_schema::names::MAX_BYTES {
                cut.pop();
            }
            candidate(cut + &tail)
        })
        .find(|it| !taken.contains(it))
        .unwrap_or(first)
}
