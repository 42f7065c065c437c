//! Which old thing became which new thing.
//!
//! A `renamed_from` is followed when the old name is there before and the new one is not, or when
//! both move (a swap); it is spent once a snapshot carries it. Something new may take the old name.
//!
//! Hints of the old side are spent, but they tell what something was called when it gets that very
//! name again: so the way back of a rename is a rename. They never move what is called the same on
//! both sides, or taking away the spent hints of a swap would swap again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::facts::{Column, Place, Schema, Table, Text};

/// Pairs of names, before and after, of things that are the same thing.
#[derive(Clone, Debug, Default)]
pub struct Pairs {
    by_after: BTreeMap<String, String>,
    befores: BTreeSet<String>,
}

impl Pairs {
    /// The name before of what is called `after` now.
    pub fn before(&self, after: &str) -> Option<&str> {
        self.by_after.get(after).map(String::as_str)
    }

    /// Whether what was called `before` is still there.
    pub fn has_before(&self, before: &str) -> bool {
        self.befores.contains(before)
    }

    fn insert(&mut self, before: &str, after: &str) {
        self.by_after.insert(after.to_owned(), before.to_owned());
        self.befores.insert(before.to_owned());
    }
}

/// A rename hint that contradicts the schemas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiffError {
    /// Both names are in the last snapshot, and the old one would go.
    Conflict {
        /// `table` or `table.column` as it is called now.
        object: String,
        /// The name in `renamed_from`.
        from: String,
    },
    /// Two things claim to come from the same old one.
    Twice {
        /// `table` or `table.column`, first by name.
        first: String,
        /// The other claimant.
        second: String,
        /// The name in both `renamed_from`.
        from: String,
    },
}

impl fmt::Display for DiffError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DiffError::Conflict { object, from } => write!(
                f,
                "`{object}` says renamed_from = \"{from}\", but the last snapshot has both names: \
                 remove the hint if the rename was made before, or rename only one of them"
            ),
            DiffError::Twice { first, second, from } => write!(
                f,
                "`{first}` and `{second}` both say renamed_from = \"{from}\": \
                 only one of them can keep its rows, remove the other hint"
            ),
        }
    }
}

impl std::error::Error for DiffError {}

/// The name and the hint of one thing, on one side.
#[derive(Clone, Debug)]
pub struct Side<'a> {
    name: String,
    /// What the hint means, as names are told apart here, and the hint as it was written.
    hint: Option<(String, &'a str)>,
}

/// How tables are told apart here: a character that no name has stands between schema and name.
pub(super) fn key(place: Place<'_>) -> String {
    match place.schema {
        Some(schema) => format!("{schema}\0{}", place.name),
        None => place.name.to_owned(),
    }
}

fn shown(key: &str) -> String {
    key.replace('\0', ".")
}

/// The table before that became `after`.
pub(super) fn before<'s>(pairs: &Pairs, after: &Table, schema: &'s Schema) -> Option<&'s Table> {
    let before = pairs.before(&key(after.place()))?;
    schema.tables.iter().find(|table| key(table.place()) == before)
}

pub(super) fn tables(before: &Schema, after: &Schema, errors: &mut Vec<DiffError>) -> Pairs {
    let sides = |schema: &Schema, other: &Schema| {
        let side = |table: &'_ Table| {
            let hint = table.renamed_from.as_deref().map(|hint| {
                let meant = Place::meant(hint, table.schema.as_deref());
                let found = meant.iter().find(|place| other.at(**place).is_some());
                (key(*found.unwrap_or(&meant[0])), hint.to_owned())
            });
            (key(table.place()), hint)
        };
        schema.tables.iter().map(side).collect::<Vec<_>>()
    };
    pair(&own(&sides(before, after)), &own(&sides(after, before)), "", errors)
}

pub(super) fn columns(before: &Table, after: &Table, errors: &mut Vec<DiffError>) -> Pairs {
    let sides = |table: &Table| {
        let hint = |hint: &Text| (hint.to_string(), hint.to_string());
        let columns = table.columns.iter();
        let side = |it: &Column| (it.name.to_string(), it.renamed_from.as_ref().map(hint));
        columns.map(side).collect::<Vec<_>>()
    };
    pair(&own(&sides(before)), &own(&sides(after)), &format!("{}.", after.place()), errors)
}

/// Without hints that say nothing.
fn own(list: &[(String, Option<(String, String)>)]) -> Vec<Side<'_>> {
    list.iter()
        .map(|(name, hint)| {
            let hint = hint.as_ref().filter(|(meant, _)| meant != name);
            Side {
                name: name.clone(),
                hint: hint.map(|(meant, written)| (meant.clone(), written.as_str())),
            }
        })
        .collect()
}

fn pair(before: &[Side], after: &[Side], prefix: &str, errors: &mut Vec<DiffError>) -> Pairs {
    let mut renames = forward(before, after, prefix, errors);
    // Read backwards, a hint of the old side names what the thing is called on the new side.
    for (new, old) in forward(after, before, prefix, &mut Vec::new()) {
        let stays = find(before, new).is_some() || find(after, old).is_some();
        let free = !stays && !renames.iter().any(|(from, to)| *from == old || *to == new);
        if free {
            renames.push((old, new));
        }
    }
    let mut pairs = Pairs::default();
    for (from, to) in &renames {
        pairs.insert(from, to);
    }
    for side in after {
        let name = &side.name;
        let taken = pairs.by_after.contains_key(name) || pairs.has_before(name);
        if !taken && find(before, name).is_some() {
            pairs.insert(name, name);
        }
    }
    pairs
}

/// The renames that hints of `after` ask for, as `(from, to)`.
fn forward<'a>(
    before: &[Side<'_>],
    after: &'a [Side<'_>],
    prefix: &str,
    errors: &mut Vec<DiffError>,
) -> Vec<(&'a str, &'a str)> {
    let mut asked: Vec<(&str, &str)> = Vec::new();
    for side in after {
        let Some((from, written)) = &side.hint else { continue };
        let then = find(before, &side.name).and_then(|old| old.hint.as_ref());
        let spent = then.is_some_and(|(_, then)| then == written);
        if spent || find(before, from).is_none() {
            continue;
        }
        match asked.iter().find(|(other, _)| other == from) {
            Some((_, first)) => errors.push(DiffError::Twice {
                first: format!("{prefix}{}", shown(first)),
                second: format!("{prefix}{}", shown(&side.name)),
                from: shown(from),
            }),
            None => asked.push((from, &side.name)),
        }
    }
    let moved = asked.clone();
    asked.retain(|(from, to)| {
        let target_free = find(before, to).is_none() || moved.iter().any(|(other, _)| other == to);
        let from_goes = find(after, from).is_none() || moved.iter().any(|(_, other)| other == from);
        if !target_free && from_goes {
            errors.push(DiffError::Conflict {
                object: format!("{prefix}{}", shown(to)),
                from: shown(from),
            });
        }
        target_free
    });
    asked
}

fn find<'s, 'a>(sides: &'s [Side<'a>], name: &str) -> Option<&'s Side<'a>> {
    sides.iter().find(|side| side.name == name)
}
