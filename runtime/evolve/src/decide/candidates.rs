//! Which of the things that came may be one that went, under another name, the likeliest first.
//!
//! Where a column stands among others is no fact, so it does not count: what counts is its type,
//! its name and the rules over it.

use std::collections::BTreeSet;

use diesel_autogen_schema::{Change, Column, Dialect, Expr, Table, TableChange};

use super::{Conversion, conversion};

/// From this likeness on a column's name is taken for another one's.
const LIKE: u32 = 75;

/// The same of tables, which have columns in common as well.
const LIKE_TABLE: u32 = 70;

/// The new columns that may be `column`, which went.
pub(super) fn columns<'c>(
    column: &Column,
    added: &[&'c Column],
    change: &TableChange,
    dialect: Dialect,
) -> Vec<&'c Column> {
    let score = |new: &&'c Column| {
        let names = likeness(&column.name, &new.name);
        let same = column.sql_type.same_facts(&new.sql_type);
        let types = match conversion(dialect, &column.sql_type, &new.sql_type) {
            Conversion::Same | Conversion::Widening if same => 40,
            Conversion::Same | Conversion::Widening => 30,
            Conversion::Narrowing(_) | Conversion::LabelsGone(_) => 20,
            Conversion::Cross => 0,
        };
        let alike = same && new.nullable == column.nullable;
        let renamed = new.generated.is_none() && (alike || (types > 0 && names >= LIKE));
        let nulls = if new.nullable == column.nullable { 10 } else { 0 };
        let (was, is) =
            (traits(column, &change.before, dialect), traits(new, &change.after, dialect));
        renamed.then(|| types + nulls + names * 30 / 100 + shared(&was, &is) * 20 / 100)
    };
    ranked(added.iter().copied().filter_map(|new| Some((score(&new)?, new))), |new| &*new.name)
}

/// The places of new tables that may be `table`, which went.
pub(super) fn tables(table: &Table, changes: &[Change]) -> Vec<String> {
    let new = changes.iter().filter_map(Change::created).filter_map(|new| {
        let both = table.columns.iter().filter(|column| {
            new.column(&column.name).is_some_and(|it| it.sql_type.same_facts(&column.sql_type))
        });
        let (both, names) = (both.count(), likeness(&table.name, &new.name));
        let (less, more) = ordered(table.columns.len(), new.columns.len());
        // Most columns of the larger one; or most of the smaller one, if more than a key is.
        let alike = both * 3 >= more * 2 || (both > 1 && both * 3 >= less * 2);
        let renamed = more > 0 && (alike || (names >= LIKE_TABLE && both * 2 >= less));
        let of = |count: usize| u32::try_from(both * 40 / count.max(1)).unwrap_or(0);
        renamed.then(|| (of(less) + of(more) + names * 20 / 100, new.place().to_string()))
    });
    ranked(new, String::as_str)
}

fn ordered(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}

/// The best first, and by name where they are equally good.
fn ranked<T>(scored: impl Iterator<Item = (u32, T)>, name: impl Fn(&T) -> &str) -> Vec<T> {
    let mut scored: Vec<(u32, T)> = scored.collect();
    scored.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| name(x).cmp(name(y))));
    scored.into_iter().map(|(_, it)| it).collect()
}

/// How like two names are, of 100: `name` and `full_name` are, since one is a part of the other.
fn likeness(a: &str, b: &str) -> u32 {
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    let words = |name: &str| -> BTreeSet<String> { name.split('_').map(str::to_owned).collect() };
    let (x, y) = (words(&a), words(&b));
    if x.is_subset(&y) || y.is_subset(&x) {
        return 90;
    }
    (0..=100)
        .rev()
        .find(|score| strsim::jaro_winkler(&a, &b) * 100.0 >= f64::from(*score))
        .unwrap_or(0)
}

/// What is said of a column beside its type, without its name.
fn traits(column: &Column, table: &Table, dialect: Dialect) -> BTreeSet<String> {
    let name = &column.name;
    let mut found = BTreeSet::new();
    let mut add = |is: bool, what: &str| {
        if is {
            found.insert(what.to_owned());
        }
    };
    add(table.primary_key.contains(name), "key");
    add(table.uniques.iter().any(|it| it.columns.contains(name)), "unique");
    let own = Expr(name.clone());
    add(table.indexes.iter().any(|it| it.keys.iter().any(|key| key.expr == own)), "index");
    add(column.identity.is_some(), "identity");
    for key in table.foreign_keys.iter().filter(|it| it.columns.contains(name)) {
        add(true, &format!("references {}", key.target()));
    }
    add(column.default.is_some(), "default");
    let about = |expr: &Expr| expr.mentions(name, dialect);
    add(table.checks.iter().any(|it| about(&it.expr)), "check");
    add(column.comment.is_some(), "comment");
    found
}

/// The share of what either has that both have, of 100.
fn shared(a: &BTreeSet<String>, b: &BTreeSet<String>) -> u32 {
    let all = a.union(b).count();
    let share = (a.intersection(b).count() * 100).checked_div(all);
    share.map_or(100, |share| u32::try_from(share).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::likeness;

    #[test]
    fn names_are_like_that_share_words_or_letters() {
        for (a, b) in [("name", "full_name"), ("Email", "e_mail"), ("colour", "color")] {
            assert!(likeness(a, b) >= super::LIKE, "{a} {b}: {}", likeness(a, b));
        }
        for (a, b) in [("name", "age"), ("bio", "email"), ("title", "amount")] {
            assert!(likeness(a, b) < super::LIKE, "{a} {b}: {}", likeness(a, b));
        }
    }
}
