//! Comparing compiled-in facts while compiling.

use std::mem::forget;

use crate::DbType;
use diesel_autogen_schema::{List, PUBLIC, SqlType, Table, Text};

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

/// As [`labelled`], of the type that a type of the user's has in the database.
///
/// # Panics
/// As [`labelled`].
#[track_caller]
pub const fn labelled_as<T: DbType>(default: &str, message: &str) {
    labelled(const { &T::TYPE }, default, message);
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
    ty.is_integer()
}

/// A table of the last migration. Texts that are missing are empty.
#[derive(Clone, Copy, Debug)]
pub struct LastTable {
    /// The schema that it was in.
    pub schema: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The name that it had before.
    pub renamed_from: &'static str,
}

/// The tables of the last migration.
pub type Last = [LastTable];

const fn schema_of(table: &Table) -> &str {
    match &table.schema {
        Some(schema) => borrowed(schema),
        None => "",
    }
}

/// Whether the two are at one place.
const fn is_at(table: &Table, place: &LastTable) -> bool {
    same(borrowed(&table.name), place.name) && same(schema_of(table), place.schema)
}

/// Whether one of the tables is the one at this place in the last migration.
pub const fn owns(tables: &[Table], last: &Last, place: &LastTable) -> bool {
    let mut at = 0;
    while at < tables.len() {
        let table = &tables[at];
        if is_at(table, place) {
            return true;
        }
        // A name that is taken can be taken over only from a table that gives it up.
        if was(table, last, place) && (!knows(last, table) || is_given_up(tables, last, table)) {
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
            if was(&tables[by], last, &last[at])
                && knows(last, &tables[by])
                && is_given_up(tables, last, &tables[by])
            {
                return true;
            }
            by += 1;
        }
        at += 1;
    }
    false
}

/// Whether a table says that it was at this place, and the last migration does not know it yet.
const fn was(table: &Table, last: &Last, place: &LastTable) -> bool {
    let Some(from) = &table.renamed_from else { return false };
    if !means(borrowed(from), schema_of(table), place) || is_at(table, place) {
        return false;
    }
    let mut at = 0;
    while at < last.len() {
        if is_at(table, &last[at]) && means(last[at].renamed_from, last[at].schema, place) {
            return false;
        }
        at += 1;
    }
    true
}

/// Whether a name that a person wrote at a table in the schema `beside` is that of this place:
/// `users` beside it, or `auth.users`.
const fn means(text: &str, beside: &str, place: &LastTable) -> bool {
    let schema = if place.schema.is_empty() { PUBLIC } else { place.schema };
    (same(text, place.name) && same(beside, place.schema)) || joined(text, schema, place.name)
}

/// Whether the text is the schema, a dot and the name.
const fn joined(text: &str, schema: &str, name: &str) -> bool {
    let (text, schema, name) = (text.as_bytes(), schema.as_bytes(), name.as_bytes());
    if text.len() != schema.len() + 1 + name.len() || text[schema.len()] != b'.' {
        return false;
    }
    let mut at = 0;
    while at < text.len() {
        let wanted = if at < schema.len() {
            schema[at]
        } else if at == schema.len() {
            b'.'
        } else {
            name[at - schema.len() - 1]
        };
        if text[at] != wanted {
            return false;
        }
        at += 1;
    }
    true
}

/// Whether another table says that it had the place that this one has now.
const fn is_given_up(tables: &[Table], last: &Last, table: &Table) -> bool {
    let mut place = 0;
    while place < last.len() {
        if is_at(table, &last[place]) {
            let mut at = 0;
            while at < tables.len() {
                if was(&tables[at], last, &last[place]) {
                    return true;
                }
                at += 1;
            }
        }
        place += 1;
    }
    false
}

const fn knows(last: &Last, table: &Table) -> bool {
    let mut at = 0;
    while at < last.len() {
        if is_at(table, &last[at]) {
            return true;
        }
        at += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn last(
        schema: &'static str,
        name: &'static str,
        renamed_from: &'static str,
    ) -> LastTable {
        LastTable { schema, name, renamed_from }
    }

    fn table(schema: Option<&'static str>, name: &'static str, from: &'static str) -> Table {
        let renamed_from = Some(from).filter(|from| !from.is_empty()).map(Into::into);
        Table { schema: schema.map(Into::into), renamed_from, ..Table::new(name.into()) }
    }

    #[test]
    fn tables_are_told_apart_by_their_schema() {
        let users = [last("", "users", ""), last("auth", "users", "")];
        let (public, auth) = (table(None, "users", ""), table(Some("auth"), "users", ""));
        let here = std::slice::from_ref(&public);
        assert!(owns(here, &users, &users[0]));
        assert!(!owns(here, &users, &users[1]));
        assert!(owns(&[public.clone(), auth.clone()], &users, &users[1]));
        assert!(!swaps(&[public, auth], &users));
    }

    #[test]
    fn a_table_that_moved_is_the_one_that_it_says_it_was() {
        let users = [last("", "users", "")];
        for (schema, name, from, is) in [
            (Some("auth"), "users", "public.users", true),
            (Some("auth"), "users", "users", false),
            (None, "people", "users", true),
            (None, "people", "public.users", true),
            (None, "people", "auth.users", false),
        ] {
            assert_eq!(owns(&[table(schema, name, from)], &users, &users[0]), is, "{from}");
        }
        let both = [last("", "a", ""), last("", "b", "")];
        let swapped = [table(None, "a", "b"), table(None, "b", "a")];
        assert!(swaps(&swapped, &both) && owns(&swapped, &both, &both[0]));
        let followed = [last("", "a", "b"), last("", "b", "a")];
        assert!(!swaps(&swapped, &followed));
    }
}
