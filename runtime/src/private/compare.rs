//! Comparing compiled-in facts while compiling.

use diesel_autogen_schema::{Custom, Enum, Inner, List, PgType, SqlType, Table, Text};

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

const fn same_size(a: Option<u32>, b: Option<u32>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a == b,
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Whether two compiled-in types are one to the database.
pub const fn same_type(a: &SqlType, b: &SqlType) -> bool {
    match a {
        SqlType::SmallInt => matches!(b, SqlType::SmallInt),
        SqlType::Integer => matches!(b, SqlType::Integer),
        SqlType::BigInt => matches!(b, SqlType::BigInt),
        SqlType::Float => matches!(b, SqlType::Float),
        SqlType::Double => matches!(b, SqlType::Double),
        SqlType::Numeric { precision, scale } => match b {
            SqlType::Numeric { precision: other, scale: places } => {
                same_size(*precision, *other) && same_size(*scale, *places)
            }
            _ => false,
        },
        SqlType::Bool => matches!(b, SqlType::Bool),
        SqlType::Text { max_length } => match b {
            SqlType::Text { max_length: other } => same_size(*max_length, *other),
            _ => false,
        },
        SqlType::Binary => matches!(b, SqlType::Binary),
        SqlType::Date => matches!(b, SqlType::Date),
        SqlType::Time { precision } => match b {
            SqlType::Time { precision: other } => same_size(*precision, *other),
            _ => false,
        },
        SqlType::Timestamp { precision } => match b {
            SqlType::Timestamp { precision: other } => same_size(*precision, *other),
            _ => false,
        },
        SqlType::TimestamptzSqlite => matches!(b, SqlType::TimestamptzSqlite),
        SqlType::Json => matches!(b, SqlType::Json),
        SqlType::Jsonb => matches!(b, SqlType::Jsonb),
        SqlType::Enum(a) => match b {
            SqlType::Enum(b) => same_enum(a, b),
            _ => false,
        },
        SqlType::Custom(Custom { name, sql }) => match b {
            SqlType::Custom(b) => {
                same(borrowed(name), borrowed(&b.name)) && same(borrowed(sql), borrowed(&b.sql))
            }
            _ => false,
        },
        SqlType::Pg(a) => match b {
            SqlType::Pg(b) => same_pg_type(a, b),
            _ => false,
        },
    }
}

const fn same_pg_type(a: &PgType, b: &PgType) -> bool {
    match (a, b) {
        (PgType::Array(Inner::Static(a)), PgType::Array(Inner::Static(b))) => same_type(a, b),
        (PgType::Bpchar { length: a }, PgType::Bpchar { length: b })
        | (PgType::Timestamptz { precision: a }, PgType::Timestamptz { precision: b }) => {
            same_size(*a, *b)
        }
        // Of the others, the name says all.
        (a, b) => same(a.diesel_name(), b.diesel_name()),
    }
}

const fn same_text(a: &Option<Text>, b: &Option<Text>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => same(borrowed(a), borrowed(b)),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

const fn same_enum(a: &Enum, b: &Enum) -> bool {
    let (List::Borrowed(ours), List::Borrowed(theirs)) = (&a.labels, &b.labels) else {
        panic!("facts of a binary are compiled in")
    };
    let called = same(borrowed(&a.name), borrowed(&b.name)) && same_text(&a.schema, &b.schema);
    if !called || !same_text(&a.comment, &b.comment) || ours.len() != theirs.len() {
        return false;
    }
    let mut at = 0;
    while at < ours.len() {
        if !same(borrowed(&ours[at].name), borrowed(&theirs[at].name)) {
            return false;
        }
        at += 1;
    }
    true
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
