//! What only all tables together show.

use std::collections::BTreeMap;

use diesel_autogen_grammar::Fact;
use diesel_autogen_schema::{Column, ForeignKey, Table};

use super::desk::Settled;
use super::error::SourceError;

/// Checks names that a database has once, and foreign keys against what they refer to.
pub(crate) fn check(tables: &[Settled]) -> Vec<SourceError> {
    let mut errors = Vec::new();
    let mut by_name: BTreeMap<String, &Settled> = BTreeMap::new();
    for read in tables {
        let name = &read.table.name;
        // Upper and lower case are one name to the database.
        if let Some(first) = by_name.insert(name.to_ascii_lowercase(), read) {
            let what = format!("table `{name}`");
            tell_twice(&what, (first, &Fact::Table), (read, &Fact::Table), &mut errors);
        }
    }
    index_names(tables, &by_name, &mut errors);
    for read in tables {
        for key in read.table.foreign_keys.iter() {
            // What is not in the package was found by the sources of another.
            if let Some(target) = by_name.get(&key.table.to_ascii_lowercase())
                && let Some(message) = wrong_key(&read.table, key, &target.table)
            {
                let fact = Fact::ForeignKey(key.name.to_string());
                errors.extend(read.at(&fact).map(|at| SourceError::at(at, message)));
            }
        }
    }
    errors
}

fn tell_twice(
    what: &str,
    first: (&Settled, &Fact),
    second: (&Settled, &Fact),
    errors: &mut Vec<SourceError>,
) {
    if let (Some(first), Some(second)) = (first.0.at(first.1), second.0.at(second.1)) {
        let message = format!("{what} is declared twice: the other one is at {first}");
        errors.push(SourceError::at(second, message));
    }
}

/// Indexes of all tables, uniqueness rules among them, share one space of names with the tables.
fn index_names(
    tables: &[Settled],
    by_name: &BTreeMap<String, &Settled>,
    errors: &mut Vec<SourceError>,
) {
    let mut taken: BTreeMap<String, (&Settled, Fact)> = BTreeMap::new();
    for read in tables {
        let uniques = read.table.uniques.iter().map(|it| &it.name);
        let uniques = uniques.map(|name| (name, Fact::Unique(name.to_string())));
        let indexes = read.table.indexes.iter().map(|it| &it.name);
        let indexes = indexes.map(|name| (name, Fact::Index(name.to_string())));
        for (name, fact) in uniques.chain(indexes) {
            let key = name.to_ascii_lowercase();
            if let Some(table) = by_name.get(&key) {
                let what = format!("the name `{name}` of a table and an index");
                tell_twice(&what, (table, &Fact::Table), (read, &fact), errors);
            }
            if let Some((first, other)) = taken.get(&key) {
                tell_twice(&format!("index `{name}`"), (first, other), (read, &fact), errors);
            }
            taken.insert(key, (read, fact));
        }
    }
}

/// What keeps a foreign key from working.
fn wrong_key(table: &Table, key: &ForeignKey, target: &Table) -> Option<String> {
    for (own, theirs) in key.columns.iter().zip(key.references.iter()) {
        let (Some(own), Some(theirs)) = (table.column(own), target.column(theirs)) else {
            continue;
        };
        if !comparable(own, theirs) {
            return Some(format!(
                "`{}.{}` is {} and refers to `{}.{}`, which is {}",
                table.name,
                own.name,
                own.sql_type.diesel_name(),
                target.name,
                theirs.name,
                theirs.sql_type.diesel_name()
            ));
        }
    }
    if is_unique(target, key) {
        return None;
    }
    let columns: Vec<&str> = key.references.iter().map(AsRef::as_ref).collect();
    Some(format!(
        "no foreign key can refer to `{}({})`, which is neither the primary key nor unique",
        target.name,
        columns.join(", ")
    ))
}

fn comparable(a: &Column, b: &Column) -> bool {
    a.sql_type.diesel_name() == b.sql_type.diesel_name()
}

/// Whether no two rows of the target can be meant.
fn is_unique(target: &Table, key: &ForeignKey) -> bool {
    let same = |columns: &mut dyn Iterator<Item = &str>| {
        let mut columns: Vec<&str> = columns.collect();
        let mut wanted: Vec<&str> = key.references.iter().map(AsRef::as_ref).collect();
        columns.sort_unstable();
        wanted.sort_unstable();
        columns == wanted
    };
    let plain = |index: &diesel_autogen_schema::Index| {
        index.unique && index.predicate.is_none() && index.keys.iter().all(|key| key.is_column)
    };
    same(&mut target.primary_key.iter().map(AsRef::as_ref))
        || target.uniques.iter().any(|it| same(&mut it.columns.iter().map(AsRef::as_ref)))
        || target
            .indexes
            .iter()
            .filter(|it| plain(it))
            .any(|it| same(&mut it.keys.iter().map(|key| key.expr.as_str())))
}
