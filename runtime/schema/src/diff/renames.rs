//! Which old thing became which new thing.
//!
//! A `renamed_from` is followed when the old name is there before and the new one is not, or when
//! both move (a swap); it is spent once a snapshot carries it. Something new may take the old name.
//!
//! Hints of the old side are spent, but they tell what something was called when it gets that very
//! name again: so the way back of a rename is a rename. They never move what is called the same on
//! both sides, or taking away the spent hints of a swap would swap again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};

use crate::facts::{Place, Table};

/// Pairs of names, before and after, of things that are the same thing. Columns go by name, tables
/// by place.
#[derive(Clone, Debug)]
pub struct Pairs<K> {
    by_after: BTreeMap<K, K>,
    befores: BTreeSet<K>,
}

impl<K: Copy + Ord> Pairs<K> {
    /// The name before of what is called `after` now.
    pub fn before(&self, after: K) -> Option<K> {
        self.by_after.get(&after).copied()
    }

    /// Whether what was called `before` is still there.
    pub fn has_before(&self, before: K) -> bool {
        self.befores.contains(&before)
    }

    fn insert(&mut self, before: K, after: K) {
        self.by_after.insert(after, before);
        self.befores.insert(before);
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
pub struct Side<'a, K> {
    name: K,
    /// What the hint means, and the hint as it was written.
    hint: Option<(K, &'a str)>,
}

/// One side of everything, sorted by name.
struct Sides<'a, K>(Vec<Side<'a, K>>);

impl<'a, K: Copy + Ord> Sides<'a, K> {
    fn new(sides: impl Iterator<Item = (K, Option<(K, &'a str)>)>) -> Sides<'a, K> {
        // A hint that is the name says nothing.
        let own = |(name, hint): (K, Option<(K, &'a str)>)| Side {
            name,
            hint: hint.filter(|(meant, _)| *meant != name),
        };
        let mut sides: Vec<Side<'_, K>> = sides.map(own).collect();
        sides.sort_by_key(|side| side.name);
        Sides(sides)
    }

    fn find(&self, name: K) -> Option<&Side<'a, K>> {
        let at = self.0.partition_point(|side| side.name < name);
        self.0.get(at).filter(|side| side.name == name)
    }
}

/// Pairs the tables, which are sorted by place.
pub(super) fn tables<'a>(
    before: &[&'a Table],
    after: &[&'a Table],
    errors: &mut Vec<DiffError>,
) -> Pairs<Place<'a>> {
    let sides = |tables: &[&'a Table], others: &[&'a Table]| {
        let hint = |table: &'a Table| {
            let hint = table.renamed_from.as_deref()?;
            let meant = Place::meant(hint, table.schema.as_deref());
            let found = meant.iter().find(|place| super::find(others, **place).is_some());
            Some((*found.unwrap_or(&meant[0]), hint))
        };
        Sides::new(tables.iter().map(|table| (table.place(), hint(table))))
    };
    pair(&sides(before, after), &sides(after, before), "", errors)
}

pub(super) fn columns<'a>(
    before: &'a Table,
    after: &'a Table,
    errors: &mut Vec<DiffError>,
) -> Pairs<&'a str> {
    let sides = |table: &'a Table| {
        Sides::new(table.columns.iter().map(|column| {
            let hint = column.renamed_from.as_deref();
            (&*column.name, hint.map(|hint| (hint, hint)))
        }))
    };
    pair(&sides(before), &sides(after), &format!("{}.", after.place()), errors)
}

fn pair<K: Copy + Ord + Display>(
    before: &Sides<'_, K>,
    after: &Sides<'_, K>,
    prefix: &str,
    errors: &mut Vec<DiffError>,
) -> Pairs<K> {
    let mut renames = forward(before, after, prefix, errors);
    // Read backwards, a hint of the old side names what the thing is called on the new side.
    for (new, old) in forward(after, before, prefix, &mut Vec::new()) {
        let stays = before.find(new).is_some() || after.find(old).is_some();
        let free = !stays && !renames.iter().any(|(from, to)| *from == old || *to == new);
        if free {
            renames.push((old, new));
        }
    }
    let mut pairs = Pairs { by_after: BTreeMap::new(), befores: BTreeSet::new() };
    for (from, to) in renames {
        pairs.insert(from, to);
    }
    for Side { name, hint: _ } in after.0.iter().copied() {
        let taken = pairs.by_after.contains_key(&name) || pairs.has_before(name);
        if !taken && before.find(name).is_some() {
            pairs.insert(name, name);
        }
    }
    pairs
}

/// The renames that hints of `after` ask for, as `(from, to)`.
fn forward<K: Copy + Ord + Display>(
    before: &Sides<'_, K>,
    after: &Sides<'_, K>,
    prefix: &str,
    errors: &mut Vec<DiffError>,
) -> Vec<(K, K)> {
    let mut asked: Vec<(K, K)> = Vec::new();
    for Side { name, hint } in after.0.iter().copied() {
        let Some((from, written)) = hint else { continue };
        let then = before.find(name).and_then(|old| old.hint);
        let spent = then.is_some_and(|(_, then)| then == written);
        if spent || before.find(from).is_none() {
            continue;
        }
        match asked.iter().find(|(other, _)| *other == from) {
            Some((_, first)) => errors.push(DiffError::Twice {
                first: format!("{prefix}{first}"),
                second: format!("{prefix}{name}"),
                from: from.to_string(),
            }),
            None => asked.push((from, name)),
        }
    }
    let moved = asked.clone();
    asked.retain(|(from, to)| {
        let target_free = before.find(*to).is_none() || moved.iter().any(|(other, _)| other == to);
        let from_goes = after.find(*from).is_none() || moved.iter().any(|(_, other)| other == from);
        if !target_free && from_goes {
            errors.push(DiffError::Conflict {
                object: format!("{prefix}{to}"),
                from: from.to_string(),
            });
        }
        target_free
    });
    asked
}
