//! Names, texts and expressions as both servers read them, whatever `sql_mode` is set.

use std::fmt::Write;

use diesel_autogen_schema::sql::{Kind, tokens};
use diesel_autogen_schema::{Dialect, Text};

/// The name in backticks.
pub fn ident(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// Names in parentheses.
pub(crate) fn list(names: &[Text]) -> String {
    let names: Vec<String> = names.iter().map(|name| ident(name)).collect();
    format!("({})", names.join(", "))
}

/// A text as a literal. What a backslash is hangs on `sql_mode`, so a text with one is told in
/// bytes.
pub fn string(text: &str) -> String {
    if text.contains('\\') { bytes(text) } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn bytes(text: &str) -> String {
    let mut hex = String::with_capacity(text.len() * 2 + 3);
    for byte in text.bytes() {
        let _ = write!(hex, "{byte:02x}");
    }
    format!("X'{hex}'")
}

/// A remark. No bytes can stand there, so that a backslash needs a session whose `sql_mode` is
/// known; see [`super::frame`].
pub(crate) fn remark(text: &str) -> String {
    quoted(&text.replace('\\', "\\\\"))
}

/// A piece of SQL that somebody wrote: double quotes stand round names there, on every engine, and
/// a backslash in a text is one, which needs a session like [`remark`].
pub fn expr(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    for token in tokens(sql, Dialect::Mysql) {
        match token.kind {
            Kind::Quoted if !token.text.starts_with('[') => {
                out.push_str(&ident(&token.name().unwrap_or_default()));
            }
            Kind::String => out.push_str(&token.text.replace('\\', "\\\\")),
            Kind::Quoted | Kind::Word | Kind::Number | Kind::Punctuation | Kind::Space => {
                out.push_str(token.text)
            }
        }
    }
    out
}

/// Whether parentheses stand round the whole.
pub(crate) fn is_wrapped(sql: &str) -> bool {
    let mut depth = 0_usize;
    let solid = tokens(sql, Dialect::Mysql).filter(|token| token.kind != Kind::Space);
    let depths: Vec<usize> = solid
        .map(|token| {
            match token.text {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth
        })
        .collect();
    match depths.split_last() {
        Some((0, inner)) => !inner.is_empty() && inner.iter().all(|depth| *depth > 0),
        Some(_) | None => false,
    }
}

/// Whether `sql_mode` says how the expression is read: `||` stands in it, or a backslash.
pub(crate) fn hangs_on_mode(sql: &str) -> bool {
    let mut before = "";
    tokens(sql, Dialect::Mysql).any(|token| {
        let pipes = before == "|" && token.text == "|";
        before = token.text;
        pipes || token.text.contains('\\')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_end_where_they_should() {
        assert_eq!(ident("a`b\"c"), "`a``b\"c`");
        assert_eq!(string("it's"), "'it''s'");
        assert_eq!(string("a\\' OR 1 -- "), "X'615c27204f522031202d2d20'");
        assert_eq!(remark("a\\'b"), "'a\\\\''b'");
    }

    #[test]
    fn parentheses_round_the_whole_are_seen() {
        for (sql, wrapped) in [("(uuid())", true), ("(a) + (b)", false), ("a", false), ("", false)]
        {
            assert_eq!(is_wrapped(sql), wrapped, "{sql}");
        }
    }

    #[test]
    fn expressions_are_read_alike_in_every_mode() {
        assert_eq!(expr("\"full name\" <> 'it''s'"), "`full name` <> 'it''s'");
        assert_eq!(expr("`a` = 'x\\y' and [1]"), "`a` = 'x\\\\y' and [1]");
        assert!(hangs_on_mode("a || b") && hangs_on_mode("'\\'") && !hangs_on_mode("a | b"));
    }
}
