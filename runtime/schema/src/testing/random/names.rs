//! Names that are hard to carry.

/// Names of columns, and whether they can be written without quotes.
pub(super) const COLUMNS: [(&str, bool); 24] = [
    ("name", true),
    ("age", true),
    ("price", true),
    ("note", true),
    ("e mail", false),
    ("select", false),
    ("größe", true),
    ("a \"b\"", false),
    ("x'y", false),
    ("Title", true),
    ("rowid", true),
    ("; DROP TABLE users; --", false),
    ("名前", true),
    ("a]b", false),
    ("tick`s", false),
    ("end", false),
    ("a_column_with_a_name_that_is_longer_than_what_postgresql_keeps_of_it", true),
    ("line\nbreak", false),
    ("%s {}", false),
    ("lower", true),
    ("desc", false),
    ("autogen_name", true),
    ("sn☃w", true),
    ("1st", false),
];

/// Names of key columns.
pub(super) const KEYS: [(&str, bool); 6] = [
    ("id", true),
    ("code", true),
    ("key", false),
    ("ID no", false),
    ("schlüssel", true),
    ("part", true),
];

/// Names of tables.
pub(super) const TABLES: [&str; 16] = [
    "users",
    "teams",
    "order",
    "my \"table\"",
    "straße",
    "Pets",
    "it's",
    "dotted.name",
    "*/ -- ;",
    "a_table_with_a_name_that_is_longer_than_what_postgresql_keeps_of_it",
    "autogen_users",
    "autogen_new_users",
    "two\nlines",
    "表",
    "group",
    "_x",
];

/// Names of constraints and indexes that were given one.
pub(super) const RULES: [&str; 8] =
    ["first_rule", "second rule", "the \"third\"", "fourth's", "fünfte", "index", "Sixth", "; --"];

/// The one that a number picks.
pub(super) fn pick<T: Copy>(of: &[T], number: u8) -> T {
    of[usize::from(number) % of.len()]
}

/// Whether the name of a column can be written without quotes.
pub(super) fn is_bare(name: &str) -> bool {
    COLUMNS.iter().chain(&KEYS).any(|(own, bare)| *own == name && *bare)
}

/// A small number that stands for a text.
pub(super) fn number(text: &str) -> u32 {
    text.bytes().fold(2_166_136_261, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619))
}

/// One in so many texts.
pub(super) fn rarely(text: &str, what: &str, one_in: u32) -> bool {
    number(&format!("{what} {text}")).is_multiple_of(one_in)
}

/// One of a list, by a text; what another list gives, or one in so many, does not hang on it.
pub(super) fn choice<T: Clone>(text: &str, what: &str, list: &[T]) -> T {
    // The low bits of a number follow from those of the letters alone.
    list[(number(&format!("{what} {text}")) >> 8) as usize % list.len()].clone()
}
