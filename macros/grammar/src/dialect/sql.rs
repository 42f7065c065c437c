//! SQL that every engine reads alike.

use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::sql::{self, Kind, Token};

/// What is wrong with the layout of a piece of SQL: quotes, parentheses, statements.
pub(super) fn malformed(sql: &str, dialect: Dialect) -> Option<&'static str> {
    let (mut depth, mut brackets) = (0_i32, 0_i32);
    for token in sql::tokens(sql, dialect) {
        match (token.kind, token.text) {
            (Kind::String, text) if text.len() < 2 || !text.ends_with('\'') => {
                return Some("has an unclosed quote");
            }
            (Kind::Punctuation, "`") if dialect == Dialect::Postgres => {
                return Some("has a backtick: names stand in double quotes there");
            }
            (Kind::Punctuation, "[" | "]") if dialect == Dialect::Mysql => {
                return Some("has a bracket: names stand in backticks there");
            }
            (Kind::Punctuation, "[") if dialect == Dialect::Postgres => brackets += 1,
            (Kind::Punctuation, "]") if dialect == Dialect::Postgres => brackets -= 1,
            (Kind::Punctuation, "\"" | "`" | "[" | "'") => return Some("has an unclosed quote"),
            (Kind::Punctuation, "(") => depth += 1,
            (Kind::Punctuation, ")") => depth -= 1,
            (Kind::Punctuation, ";") => return Some("has a `;`: it is one expression"),
            (Kind::Space, text) if text.starts_with("--") || text.starts_with("/*") => {
                return Some("has a comment: say it in Rust");
            }
            _ => {}
        }
        if depth < 0 || brackets < 0 {
            break;
        }
    }
    if brackets != 0 {
        return Some("has unbalanced brackets");
    }
    (depth != 0).then_some("has unbalanced parentheses")
}

/// What a literal is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Literal {
    Null,
    Bool,
    Integer,
    Real,
    Text,
    Blob,
    Now,
}

impl Literal {
    /// That it is no value of a column.
    pub(super) fn misfit(self) -> &'static str {
        match self {
            Literal::Text => "text is no value of the column's type",
            Literal::Integer | Literal::Real => "a number is no value of the column's type",
            Literal::Bool => "a truth value is no value of the column's type",
            Literal::Blob => "a blob is no value of the column's type",
            Literal::Now => "a point in time is no value of the column's type",
            Literal::Null => "the column is required",
        }
    }
}

/// The literal that an expression is, when it is one and nothing else.
pub(super) fn literal(solid: &[Token]) -> Option<Literal> {
    let only = match solid {
        [only] => only,
        [sign, number] if matches!(sign.text, "-" | "+") && number.kind == Kind::Number => number,
        _ => return None,
    };
    Some(match only.kind {
        Kind::Number if only.text.starts_with("0x") => Literal::Integer,
        Kind::Number if only.text.contains(['.', 'e', 'E']) => Literal::Real,
        Kind::Number => Literal::Integer,
        Kind::String if only.text.starts_with('\'') => Literal::Text,
        Kind::String => Literal::Blob,
        Kind::Word if only.is_name("null") => Literal::Null,
        Kind::Word if only.is_name("true") || only.is_name("false") => Literal::Bool,
        Kind::Word => Literal::Now,
        Kind::Quoted | Kind::Punctuation | Kind::Space => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_sql_is_told() {
        for dialect in Dialect::ALL {
            let malformed = |sql| malformed(sql, dialect);
            assert_eq!(malformed("lower('a;b')"), None);
            assert!(malformed("lower('a").is_some());
            assert!(malformed("(a").is_some());
            assert!(malformed("a) or (b").is_some());
            assert!(malformed("1; drop table users").is_some());
        }
        assert_eq!(malformed("ARRAY[a, b[1]]", Dialect::Postgres), None);
        assert!(malformed("ARRAY[a, b[1]", Dialect::Postgres).is_some());
        assert!(malformed("`a`", Dialect::Postgres).is_some());
        assert_eq!(malformed("`a` < 1", Dialect::Mysql), None);
        assert!(malformed("[a]", Dialect::Mysql).is_some());
        assert_eq!(malformed("[a] < `b`", Dialect::Sqlite), None);
        assert!(malformed("[a", Dialect::Sqlite).is_some());
    }
}
