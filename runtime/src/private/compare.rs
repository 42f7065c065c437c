//! Comparing compiled-in facts while compiling.

use std::mem::forget;

use diesel_autogen_schema::{List, SqlType, Table, Text};

/// Whether two names are the same.
pub const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Whether two names are the same, or both missing.
pub const fn same_maybe(a: Option<&str>, b: Option<&str>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => same(a, b),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

const fn borrowed(text: &Text) -> &str {
    match text {
        Text::Borrowed(text) => text,
        Text::Owned(_) => panic!("facts of a binary are compiled in"),
    }
}

/// What a compiled-in type is to the database: see [`SqlType::mark`].
pub const fn mark(ty: SqlType) -> u64 {
    let mark = ty.mark();
    // Nothing that is compiled in has to be given back.
    forget(ty);
    mark
}

/// That a default of a column is one of the labels, if its type has any.
///
/// # Panics
/// With the message, while compiling.
#[track_caller]
pub const fn labelled(ty: &SqlType, default: &str, message: &str) {
    let SqlType::Enum(of) = ty else { return };
    let List::Borrowed(labels) = &of.labels else { panic!("facts of a binary are compiled in") };
    let mut at = 0;
    while at < labels.len() {
        if same(borrowed(&labels[at].name), default) {
            return;
        }
        at += 1;
    }
    panic!("{}", message)
}

/// Whether a column of this type holds a key that the database makes up.
pub const fn is_integer(ty: &SqlType) -> bool {
    matches!(ty, SqlType::SmallInt | SqlType::Integer | SqlType::BigInt)
}

/// The tables of the last migration: their names, and the names that they had, or nothing.
pub type Last = [(&'static str, &'static str)];

/// Whether one of the tables is the one that had this name in the last migration.
pub const fn owns(tables: &[Table], last: &Last, name: &str) -> bool {
    let mut at = 0;
    while at < tables.len() {
        let table = &tables[at];
        let own = borrowed(&table.name);
        if same(own, name) {
            return true;
        }
        // A name that is taken can be taken over only from a table that gives it up.
        if was(table, last, name) && (!knows(last, own) || is_given_up(tables, last, own)) {
            return true;
        }
        at += 1;
    }
    false
}

/// Whether tables have taken over names from each other.
pub const fn swaps(tables: &[Table], last: &Last) -> bool {
    let mut at = 0;
    while at < last.len() {
        let mut by = 0;
        while by < tables.len() {
            let own = borrowed(&tables[by].name);
            if was(&tables[by], last, last[at].0)
                && knows(last, own)
                && is_given_up(tables, last, own)
            {
                return true;
            }
            by += 1;
        }
        at += 1;
    }
    false
}

/// Whether a table says that it had this name, and the last migration does not know it yet.
const fn was(table: &Table, last: &Last, name: &str) -> bool {
    let own = borrowed(&table.name);
    let Some(from) = &table.renamed_from else { return false };
    if !same(borrowed(from), name) || same(own, name) {
        return false;
    }
    let mut at = 0;
    while at < last.len() {
        if same(last[at].0, own) && same(last[at].1, name) {
            return false;
        }
        at += 1;
    }
    true
}

const fn is_given_up(tables: &[Table], last: &Last, name: &str) -> bool {
    let mut at = 0;
    while at < tables.len() {
        if was(&tables[at], last, name) {
            return true;
        }
        at += 1;
    }
    false
}

const fn knows(last: &Last, name: &str) -> bool {
    let mut at = 0;
    while at < last.len() {
        if same(last[at].0, name) {
            return true;
        }
        at += 1;
    }
    false
}
