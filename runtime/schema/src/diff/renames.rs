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

use crate::facts::{Schema, Table, Text};

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
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    name: &'a str,
    hint: Option<&'a str>,
}

impl<'a> Side<'a> {
    fn new(name: &'a Text, hint: &'a Option<Text>) -> Side<'a> {
        Side { name, hint: hint.as_deref().filter(|hint| *hint != name.as_ref()) }
    }
}

pub(super) fn tables(before: &Schema, after: &Schema, errors: &mut Vec<DiffError>) -> Pairs {
    let side = |schema: &'_ Schema| -> Vec<(Text, Option<Text>)> {
        schema.tables.iter().map(|it| (it.name.clone(), it.renamed_from.clone())).collect()
    };
    let (old, new) = (side(before), side(after));
    pair(&sides(&old), &sides(&new), "", errors)
}

pub(super) fn columns(before: &Table, after: &Table, errors: &mut Vec<DiffError>) -> Pairs {
    let side = |table: &Table| -> Vec<(Text, Option<Text>)> {
        table.columns.iter().map(|it| (it.name.clone(), it.renamed_from.clone())).collect()
    };
    let (old, new) = (side(before), side(after));
    pair(&sides(&old), &sides(&new), &format!("{}.", after.name), errors)
}

fn sides(list: &[(Text, Option<Text>)]) -> Vec<Side<'_>> {
    list.iter().map(|(name, hint)| Side::new(name, hint)).collect()
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
        let taken = pairs.by_after.contains_key(side.name) || pairs.has_before(side.name);
        if !taken && find(before, side.name).is_some() {
            pairs.insert(side.name, side.name);
        }
    }
    pairs
}

/// The renames that hints of `after` ask for, as `(from, to)`.
fn forward<'a>(
    before: &[Side<'a>],
    after: &[Side<'a>],
    prefix: &str,
    errors: &mut Vec<DiffError>,
) -> Vec<(&'a str, &'a str)> {
    let mut asked: Vec<(&str, &str)> = Vec::new();
    for side in after {
        let Some(from) = side.hint else { continue };
        let spent = find(before, side.name).is_some_and(|old| old.hint == Some(from));
        if spent || find(before, from).is_none() {
            continue;
        }
        match asked.iter().find(|(other, _)| *other == from) {
            Some((_, first)) => errors.push(DiffError::Twice {
                first: format!("{prefix}{first}"),
                second: format!("{prefix}{}", side.name),
                from: from.to_owned(),
            }),
            None => asked.push((from, side.name)),
        }
    }
    let moved = asked.clone();
    asked.retain(|(from, to)| {
        let target_free = find(before, to).is_none() || moved.iter().any(|(other, _)| other == to);
        let from_goes = find(after, from).is_none() || moved.iter().any(|(_, other)| other == from);
        if !target_free && from_goes {
            errors.push(DiffError::Conflict {
                object: format!("{prefix}{to}"),
                from: (*from).to_owned(),
            });
        }
        target_free
    });
    asked
}

fn find<'s, 'a>(sides: &'s [Side<'a>], name: &str) -> Option<&'s Side<'a>> {
    sides.iter().find(|side| side.name == name)
}
