//! Expressions over columns of any type: none of them fails, whatever the values are.

use super::names::{is_bare, pick};
use crate::Dialect;
use crate::facts::Expr;
use crate::sql::{self, Kind, Token};

/// A name in double quotes.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The name of a column in one of the ways in which people write names.
pub(super) fn spelled(name: &str, style: u8) -> String {
    match style % 10 {
        0..=4 if is_bare(name) => name.to_owned(),
        5 if is_bare(name) => name.to_ascii_uppercase(),
        6 if !name.contains(']') => format!("[{name}]"),
        7 if !name.contains('`') => format!("`{name}`"),
        _ => quoted(name),
    }
}

/// A condition that most rows fulfil, over one column or two.
pub(super) fn condition(form: u8, style: u8, columns: (&str, &str)) -> Expr {
    let (a, b) = (spelled(columns.0, style), spelled(columns.1, style / 10));
    let text = columns.0.replace('\'', "''");
    Expr::from(match form % 8 {
        0 => format!("{a} IS NULL OR {a} <> 77"),
        1 => format!("length({a}) < 1000 OR {a} IS NULL"),
        2 => format!("coalesce({a}, 0) <> 78 OR {b} IS NOT NULL"),
        3 => format!("{a} IS NULL OR {a} NOT IN ('a;b', '{text}', 'it''s \"{text}\"')"),
        4 => format!("({b} IS NULL) OR ({a} IS NULL) OR ({b} <> 'never' AND {a} <> 'x\"y')"),
        5 => format!("CASE WHEN {a} IS NULL THEN 1 ELSE length({a}) >= 0 END"),
        6 => format!("typeof({a}) || ';' <> 'nothing'"),
        _ => format!("( {a} is null\n  or lower( {a} ) <> '--' )"),
    })
}

/// What an index may sort by besides a column.
pub(super) fn key(form: u8, style: u8, (a, b): (&str, &str)) -> Expr {
    let (a, b) = (spelled(a, style), spelled(b, style / 10));
    Expr::from(match form % 5 {
        0 => format!("lower({a})"),
        1 => format!("coalesce({a}, {b})"),
        2 => format!("{a} || ','"),
        3 => format!("length({a})"),
        _ => format!("{a} COLLATE NOCASE"),
    })
}

/// Which rows a partial index covers.
pub(super) fn predicate(form: u8, style: u8, a: &str) -> Expr {
    let a = spelled(a, style);
    Expr::from(match form % 3 {
        0 => format!("{a} IS NOT NULL"),
        1 => format!("{a} > 0"),
        _ => format!("{a} <> ';'"),
    })
}

/// What a generated column is computed to; whether it is a number, and whether it is never NULL.
pub(super) fn computed(form: u8, style: u8, (a, b): (&str, &str)) -> (Expr, bool, bool) {
    let (a, b) = (spelled(a, style), spelled(b, style / 10));
    let (text, number, sure) = match form % 5 {
        0 => (format!("{a} || {b}"), false, false),
        1 => (format!("coalesce(CAST({a} AS TEXT), 'it''s')"), false, true),
        2 => (format!("length({a})"), true, false),
        3 => (format!("length(coalesce({a}, {b}, ''))"), true, true),
        _ => (format!("upper({a})"), false, false),
    };
    (Expr::from(text), number, sure)
}

/// Whether the expression names the column. Words that would need quotes as names are keywords.
pub(super) fn mentions(expr: &Expr, column: &str) -> bool {
    sql::tokens(expr.as_str(), Dialect::Sqlite).any(|token| is_column(&token, column))
}

fn is_column(token: &Token<'_>, column: &str) -> bool {
    match token.kind {
        Kind::Word => is_bare(column) && token.text.eq_ignore_ascii_case(column),
        Kind::Quoted => token.is_name(column),
        Kind::String | Kind::Number | Kind::Punctuation | Kind::Space => false,
    }
}

/// The expression after columns got other names.
pub(super) fn renamed(expr: &Expr, columns: &[(String, String)], style: u8) -> Expr {
    let tokens: Vec<Token<'_>> = sql::tokens(expr.as_str(), Dialect::Sqlite).collect();
    let mut out = String::new();
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).map_or("", |next| next.text);
        let called = token.kind == Kind::Word && next == "(";
        match columns.iter().find(|(from, _)| !called && is_column(token, from)) {
            Some((_, to)) => out.push_str(&spelled(to, style)),
            None => out.push_str(token.text),
        }
    }
    Expr::from(out)
}

/// A word from a list, for comments.
pub(super) fn remark(number: u8) -> &'static str {
    pick(&["plain", "it's \"quoted\"", "two\nlines", "-- ; /*", "Größe ☃", "back\\slash"], number)
}
