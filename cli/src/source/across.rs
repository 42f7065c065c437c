//! What only all tables together show.

use std::collections::BTreeMap;

use diesel_autogen_grammar::Fact;
use diesel_autogen_schema::{
    Column, Dialect, Enum, Extra, ForeignKey, MyType, Place, SqlType, Table, Unique,
};

use super::desk::Settled;
use super::error::SourceError;

/// A name in its schema, as the engine compares it.
type Key = (Option<String>, String);

fn key(place: Place<'_>, dialect: Dialect) -> Key {
    let name = match dialect {
        // Upper and lower case are one name to the database.
        Dialect::Sqlite | Dialect::Mysql => place.name.to_ascii_lowercase(),
        Dialect::Postgres => place.name.to_owned(),
    };
    (place.schema.map(str::to_owned), name)
}

/// Checks names that a database has once, and foreign keys against what they refer to.
pub(crate) fn check(tables: &[Settled], dialect: Dialect) -> Vec<SourceError> {
    let mut errors = Vec::new();
    let mut by_name: BTreeMap<Key, &Settled> = BTreeMap::new();
    for read in tables {
        let place = read.table.place();
        if let Some(first) = by_name.insert(key(place, dialect), read) {
            let what = format!("table `{place}`");
            tell_twice(&what, (first, &Fact::Table), (read, &Fact::Table), &mut errors);
        }
    }
    match dialect {
        Dialect::Sqlite => index_names(tables, &by_name, dialect, &mut errors),
        Dialect::Postgres => {
            index_names(tables, &by_name, dialect, &mut errors);
            type_names(tables, &by_name, &mut errors);
        }
        // There each table has its own names of indexes.
        Dialect::Mysql => rule_names(tables, &mut errors),
    }
    for read in tables {
        for reference in read.table.foreign_keys.iter() {
            // What is not in the package was found by the sources of another.
            if let Some(target) = by_name.get(&key(reference.target(), dialect))
                && let Some(message) = wrong_key(&read.table, reference, &target.table)
            {
                let fact = Fact::ForeignKey(reference.name.to_string());
                errors.extend(read.at(&fact).map(|at| SourceError::at(at, message)));
            }
        }
    }
    errors
}

/// Types of the server's have a space of names that they share with tables: each table is a type.
/// Two Rust types may stand for one of them when they say the same of it.
fn type_names(
    tables: &[Settled],
    by_name: &BTreeMap<Key, &Settled>,
    errors: &mut Vec<SourceError>,
) {
    let mut taken: BTreeMap<Key, (&Settled, Fact, &Enum)> = BTreeMap::new();
    for read in tables {
        for column in read.table.columns.iter() {
            let Some(of) = column.sql_type.enumeration() else { continue };
            let (place, fact) = (of.place(), Fact::Column(column.name.to_string()));
            let name = key(place, Dialect::Postgres);
            if let Some(table) = by_name.get(&name) {
                let what = format!("the name `{place}` of a table and a type");
                tell_twice(&what, (table, &Fact::Table), (read, &fact), errors);
            }
            match taken.get(&name) {
                Some((first, other, same)) if *same != of => {
                    let what = format!("type `{place}`, otherwise,");
                    tell_twice(&what, (first, other), (read, &fact), errors);
                }
                Some(_) => {}
                None => {
                    taken.insert(name, (read, fact, of));
                }
            }
        }
    }
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

/// Indexes of all tables, those of rules among them, share one space of names with the tables of
/// their schema.
fn index_names(
    tables: &[Settled],
    by_name: &BTreeMap<Key, &Settled>,
    dialect: Dialect,
    errors: &mut Vec<SourceError>,
) {
    let mut taken: BTreeMap<Key, (&Settled, Fact)> = BTreeMap::new();
    for read in tables {
        let uniques = read.table.uniques.iter().map(|it| &it.name);
        let uniques = uniques.map(|name| (name, Fact::Unique(name.to_string())));
        let indexes = read.table.indexes.iter().map(|it| &it.name);
        let indexes = indexes.map(|name| (name, Fact::Index(name.to_string())));
        let exclusions = read.table.exclusions.iter().map(|it| &it.name);
        let exclusions = exclusions.map(|name| (name, Fact::Exclusion(name.to_string())));
        for (name, fact) in uniques.chain(indexes).chain(exclusions) {
            // An index is where its table is.
            let place = Place { name, ..read.table.place() };
            let key = key(place, dialect);
            if let Some(table) = by_name.get(&key) {
                let what = format!("the name `{place}` of a table and an index");
                tell_twice(&what, (table, &Fact::Table), (read, &fact), errors);
            }
            if let Some((first, other)) = taken.get(&key) {
                tell_twice(&format!("index `{place}`"), (first, other), (read, &fact), errors);
            }
            taken.insert(key, (read, fact));
        }
    }
}

/// On MySQL a database has each name of a foreign key once, and each name of a condition.
fn rule_names(tables: &[Settled], errors: &mut Vec<SourceError>) {
    let mut taken: BTreeMap<(&str, String), (&Settled, Fact)> = BTreeMap::new();
    for read in tables {
        let keys = read.table.foreign_keys.iter().map(|it| &it.name);
        let keys = keys.map(|name| ("foreign key", name, Fact::ForeignKey(name.to_string())));
        let checks = read.table.checks.iter().map(|it| &it.name);
        let checks = checks.map(|name| ("check", name, Fact::Check(name.to_string())));
        for (what, name, fact) in keys.chain(checks) {
            let key = (what, name.to_lowercase());
            if let Some((first, other)) = taken.get(&key) {
                let twice = format!("{what} `{name}`");
                tell_twice(&twice, (first, other), (read, &fact), errors);
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
                table.place(),
                own.name,
                own.sql_type.diesel_name(),
                target.place(),
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
        target.place(),
        columns.join(", ")
    ))
}

fn comparable(a: &Column, b: &Column) -> bool {
    let unsigned = |column: &Column| match column.sql_type {
        SqlType::My(MyType::Unsigned(width)) => Some(width),
        _ => None,
    };
    a.sql_type.diesel_name() == b.sql_type.diesel_name() && unsigned(a) == unsigned(b)
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
        || target
            .uniques
            .iter()
            .filter(|it| at_once(it))
            .any(|it| same(&mut it.columns.iter().map(AsRef::as_ref)))
        || target
            .indexes
            .iter()
            .filter(|it| plain(it))
            .any(|it| same(&mut it.keys.iter().map(|key| key.expr.as_str())))
}

/// Whether a rule is checked at every statement: no foreign key can rest on one that may wait.
fn at_once(unique: &Unique) -> bool {
    !unique.extras.iter().any(|extra| matches!(extra, Extra::Deferrable(_)))
}
