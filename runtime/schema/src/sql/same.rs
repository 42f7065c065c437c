//! Whether two expressions say the same.

use std::borrow::Cow;

use super::names::is_keyword;
use super::{Kind, Token, sort_lists, tokens, word};
use crate::Dialect;

/// Whether the two texts have the same tokens; see [`crate::Expr`] for what does not count.
pub fn same(a: &str, b: &str) -> bool {
    let read = |sql| -> Vec<Token> {
        let mut tokens: Vec<Token> = solid(sql, Dialect::Sqlite);
        if has_subscripts(&tokens) {
            tokens = solid(sql, Dialect::Postgres);
        }
        sort_lists(&mut tokens);
        tokens
    };
    let (a, b) = (read(a), read(b));
    let (a, b) = (unwrapped(&a), unwrapped(&b));
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b))
}

fn alike(a: &Token<'_>, b: &Token<'_>) -> bool {
    match (a.kind, b.kind) {
        (Kind::Word, Kind::Word) => a.text.eq_ignore_ascii_case(b.text),
        (Kind::Quoted, _) | (_, Kind::Quoted) => folded(a) == folded(b),
        (Kind::Word | Kind::String | Kind::Number | Kind::Punctuation | Kind::Space, _) => {
            a.text == b.text
        }
    }
}

fn folded<'a>(token: &Token<'a>) -> Cow<'a, str> {
    match token.kind {
        Kind::Word => token.text.to_ascii_lowercase().into(),
        // Quotes that a lower-case name does not need say nothing, and one kind is like another.
        Kind::Quoted => match token.name() {
            Some(name) if bare(&name) && name == name.to_ascii_lowercase() => name.into(),
            Some(name) => format!("\"{}\"", name.replace('"', "\"\"")).into(),
            None => token.text.into(),
        },
        Kind::String | Kind::Number | Kind::Punctuation | Kind::Space => token.text.into(),
    }
}

/// Whether some engine takes the name without quotes.
fn bare(name: &str) -> bool {
    name.starts_with(|c: char| word(c) && !c.is_ascii_digit()) && name.chars().all(word)
}

/// The tokens without parentheses round the whole.
fn unwrapped<'t, 'a>(mut tokens: &'t [Token<'a>]) -> &'t [Token<'a>] {
    while let [first, inner @ .., last] = tokens {
        let mut depth = 1;
        let whole = first.text == "("
            && last.text == ")"
            && inner.iter().all(|token| {
                match token.text {
                    "(" => depth += 1,
                    ")" => depth -= 1,
                    _ => {}
                }
                depth > 0
            });
        if !whole {
            break;
        }
        tokens = inner;
    }
    tokens
}

fn solid(sql: &str, dialect: Dialect) -> Vec<Token<'_>> {
    tokens(sql, dialect).filter(|token| token.kind != Kind::Space).collect()
}

/// Whether brackets are none round a name: they stand behind a value, as in `ARRAY[a, b]`.
fn has_subscripts(tokens: &[Token<'_>]) -> bool {
    tokens.windows(2).any(|pair| {
        let is_value = match pair[0].kind {
            Kind::Word => !is_keyword(pair[0].text),
            Kind::Quoted => true,
            Kind::Punctuation => matches!(pair[0].text, ")" | "]"),
            Kind::String | Kind::Number | Kind::Space => false,
        };
        is_value && pair[1].text.starts_with('[')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sameness_ignores_layout_and_word_case_but_not_literals() {
        assert!(same("( price>=0 )", "PRICE >= 0"));
        assert!(same("((a) or (b))", "(a) OR (b)"));
        assert!(!same("(a) or (b)", "a or b"));
        assert!(same("\"größe\" > 1", "größe > 1") && same("sn☃w > 1", "\"sn☃w\" > 1"));
        assert!(same("\"order\" > 1", "\"order\">1") && same("\"name\" > 1", "name > 1"));
        assert!(!same("name = 'A'", "name = 'a'"));
        assert!(same("a in ('x', 2, 'y') or b", "a IN ('y','x',2) OR b"));
        assert!(!same("a in (b, 'x')", "a in ('x', b)") && !same("a in ('x')", "a in ('y')"));
        assert!(!same("f('x', 'y')", "f('y', 'x')") && same("a in (", "a in ("));
        assert!(!same("\"A\" = 1", "\"a\" = 1"));
    }

    #[test]
    fn brackets_behind_a_value_hold_an_expression() {
        assert!(same("tags <@ ARRAY['a', 'b']", "tags <@ array['a','b']"));
        assert!(same("tags[ 1 ] = A", "tags[1] = a") && !same("tags[1] = 1", "tags[2] = 1"));
        assert!(!same("[a b] = 1", "[a  b] = 1") && same("[a] = 1", "\"a\" = 1"));
    }
}
