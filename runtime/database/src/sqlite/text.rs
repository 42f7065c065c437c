//! Statements as tokens: expressions as they were written, and one spelling for all that mean
//! the same.

use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::sql::{self, Kind, Token};
use sqlite3_parser::dialect::keyword_token;

use crate::ident::{shown, solid};

/// The expressions of a `CREATE TABLE`, each kind in the order of the text.
#[derive(Default)]
pub(crate) struct Expressions {
    pub(crate) checks: Vec<String>,
    pub(crate) defaults: Vec<String>,
    pub(crate) generated: Vec<String>,
}

/// The parts of a `CREATE INDEX`.
pub(crate) struct IndexText {
    pub(crate) unique: bool,
    /// Each key without its sort order, and whether that is `DESC`.
    pub(crate) keys: Vec<(String, bool)>,
    pub(crate) predicate: Option<String>,
}

impl Expressions {
    /// The keywords looked for are reserved: as names they would be quoted.
    pub(crate) fn of(create_table: &str) -> Expressions {
        let tokens = solid(create_table, Dialect::Sqlite);
        let mut found = Expressions::default();
        let mut depth = 0;
        for (at, token) in tokens.iter().enumerate() {
            match token.text {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ if depth == 1 && token.kind == Kind::Word => {
                    let group = || group(&tokens[at + 1..]).map(written);
                    let after_set = at > 0 && is_word(&tokens[at - 1], "set");
                    if is_word(token, "check") {
                        found.checks.extend(group());
                    } else if is_word(token, "as") {
                        found.generated.extend(group());
                    } else if is_word(token, "default") && !after_set {
                        let text = group().unwrap_or_else(|| literal(&tokens[at + 1..]));
                        found.defaults.push(text);
                    }
                }
                _ => {}
            }
        }
        found
    }
}

impl IndexText {
    pub(crate) fn of(create_index: &str) -> Option<IndexText> {
        let tokens = solid(create_index, Dialect::Sqlite);
        let open = tokens.iter().position(|token| token.text == "(")?;
        let keys = group(&tokens[open..])?;
        let rest = &tokens[open + keys.len() + 2..];
        let predicate = match rest {
            [first, rest @ ..] if is_word(first, "where") => Some(written(rest)),
            _ => None,
        };
        let keys = split(keys).into_iter().map(|key| match key {
            [key @ .., last] if is_word(last, "desc") => (written(key), true),
            [key @ .., last] if is_word(last, "asc") && !key.is_empty() => (written(key), false),
            key => (written(key), false),
        });
        let unique = tokens.get(1).is_some_and(|token| is_word(token, "unique"));
        Some(IndexText { unique, keys: keys.collect(), predicate })
    }
}

/// The name that a single token stands for.
pub(crate) fn single_name(sql: &str) -> Option<String> {
    match &solid(sql, Dialect::Sqlite)[..] {
        [token] => token.name(),
        _ => None,
    }
}

/// The text of a name as SQL writes it, without quotes.
pub(crate) fn unquoted(name: &str) -> String {
    let inner = |quote: &str| name[1..name.len() - 1].replace(&quote.repeat(2), quote);
    match name.as_bytes() {
        [b'"', .., b'"'] => inner("\""),
        [b'`', .., b'`'] => inner("`"),
        [b'\'', .., b'\''] => inner("'"),
        [b'[', .., b']'] => name[1..name.len() - 1].to_owned(),
        _ => name.to_owned(),
    }
}

/// The one spelling of everything that means the same: no comments, words and names in lower
/// case, names unquoted where possible, one layout, no parentheses round the whole, lists of
/// literals in one order.
pub(crate) fn normal(sql: &str) -> String {
    normal_with(sql, |name| name)
}

/// [`normal`] after each name went through `map`, in lower case and unquoted.
pub(crate) fn normal_with(sql: &str, map: impl Fn(String) -> String) -> String {
    let mut tokens = solid(sql, Dialect::Sqlite);
    sql::sort_lists(&mut tokens);
    let mut out = String::with_capacity(sql.len());
    let mut before: Option<&Token<'_>> = None;
    for token in unwrapped(&tokens) {
        if before.is_some_and(|before| spaced(before, token)) {
            out.push(' ');
        }
        match token.name() {
            Some(name) => out.push_str(&shown(&map(name.to_lowercase()))),
            None => out.push_str(token.text),
        }
        before = Some(token);
    }
    out
}

/// The literals of `column IN ('a', 'b')`, when the condition is just that.
pub(crate) fn in_list(condition: &str, column: &str) -> Option<Vec<String>> {
    let tokens = solid(condition, Dialect::Sqlite);
    let [name, within, list @ ..] = unwrapped(&tokens) else { return None };
    if !name.is_name(column) || !is_word(within, "in") {
        return None;
    }
    let inner = group(list).filter(|inner| inner.len() + 2 == list.len())?;
    split(inner)
        .into_iter()
        .map(|part| match part {
            [one] if one.kind == Kind::String && one.text.starts_with('\'') => {
                Some(unquoted(one.text))
            }
            _ => None,
        })
        .collect()
}

/// Whether a script begins a transaction itself.
pub(crate) fn begins(script: &str) -> bool {
    let tokens = solid(script, Dialect::Sqlite);
    tokens.iter().enumerate().any(|(at, token)| {
        let first = at == 0 || tokens[at - 1].text == ";";
        first && (is_word(token, "begin") || is_word(token, "savepoint"))
    })
}

fn is_word(token: &Token<'_>, word: &str) -> bool {
    token.kind == Kind::Word && token.text.eq_ignore_ascii_case(word)
}

/// What is inside the parentheses that `tokens` begins with.
fn group<'t, 'a>(tokens: &'t [Token<'a>]) -> Option<&'t [Token<'a>]> {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return tokens.get(1..at).filter(|_| at > 0);
        }
    }
    None
}

/// The parts between commas outside parentheses.
fn split<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let mut depth = 0;
    tokens
        .split(|token| {
            match token.text {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            depth == 0 && token.text == ","
        })
        .collect()
}

/// A default that is no parenthesised expression: one token, perhaps with a sign.
fn literal(tokens: &[Token<'_>]) -> String {
    match tokens {
        [sign, value, ..] if matches!(sign.text, "+" | "-") => {
            format!("{}{}", sign.text, value.text)
        }
        [value, ..] => value.text.to_owned(),
        [] => String::new(),
    }
}

/// The tokens as they stand in the text that they were cut from, comments left out.
fn written(tokens: &[Token<'_>]) -> String {
    let mut out = String::new();
    let mut end: Option<*const u8> = None;
    for token in tokens {
        // Tokens of one text that touch each other were written without a space between.
        if end.is_some_and(|end| end != token.text.as_ptr()) {
            out.push(' ');
        }
        out.push_str(token.text);
        end = Some(token.text.as_bytes().as_ptr_range().end);
    }
    out
}

fn unwrapped<'t, 'a>(mut tokens: &'t [Token<'a>]) -> &'t [Token<'a>] {
    while let Some(inner) = group(tokens).filter(|inner| inner.len() + 2 == tokens.len()) {
        tokens = inner;
    }
    tokens
}

/// Whether a space stands between two tokens in the one layout.
fn spaced(before: &Token<'_>, token: &Token<'_>) -> bool {
    const PAIRS: [&str; 9] = ["<=", ">=", "<>", "!=", "==", "||", "->", ">>", "<<"];
    if matches!(before.text, "(" | ".") || matches!(token.text, ")" | "," | "." | ";") {
        return false;
    }
    if token.text == "(" {
        // No keyword has one letter, and looking for one is not allowed.
        let keyword = before.text.len() > 1 && keyword_token(before.text.as_bytes()).is_some();
        return before.kind != Kind::Word || keyword;
    }
    let touching = before.text.as_bytes().as_ptr_range().end == token.text.as_ptr();
    let operator = before.kind == Kind::Punctuation
        && token.kind == Kind::Punctuation
        && PAIRS.contains(&format!("{}{}", before.text, token.text).as_str());
    !(touching && operator)
}
