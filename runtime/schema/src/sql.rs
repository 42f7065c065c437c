//! SQL as tokens: just enough to compare expressions, find names in them and rename those.

mod lists;
mod names;
mod same;

use crate::Dialect;

pub use lists::sort_lists;
pub use names::{column_names, names, rename, unqualified};
pub use same::same;

/// What a [`Token`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An unquoted word: keyword, name or function.
    Word,
    /// A name in `"…"`; on SQLite and MySQL also in `` `…` ``, on SQLite in `[…]`.
    Quoted,
    /// A string literal `'…'` or blob literal `x'…'`; on PostgreSQL also `E'…'` and `$$…$$`.
    String,
    /// A number.
    Number,
    /// Anything else, one character each.
    Punctuation,
    /// White space or a comment.
    Space,
}

/// A piece of SQL text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: Kind,
    /// The text, quotes included.
    pub text: &'a str,
}

impl Token<'_> {
    /// The name that this word or quoted name stands for, without quotes.
    pub fn name(&self) -> Option<String> {
        match self.kind {
            Kind::Word => Some(self.text.to_owned()),
            Kind::Quoted => {
                let inner = &self.text[1..self.text.len() - 1];
                let quote = &self.text[self.text.len() - 1..];
                Some(inner.replace(&quote.repeat(2), quote))
            }
            Kind::String | Kind::Number | Kind::Punctuation | Kind::Space => None,
        }
    }

    /// Whether this token is the word or name `name`, whatever its case.
    pub fn is_name(&self, name: &str) -> bool {
        match self.kind {
            Kind::Word => self.text.eq_ignore_ascii_case(name),
            Kind::Quoted => self.name().is_some_and(|own| own.eq_ignore_ascii_case(name)),
            Kind::String | Kind::Number | Kind::Punctuation | Kind::Space => false,
        }
    }

    /// Whether this token is the name of the column `name` to the engine. PostgreSQL reads a word
    /// without quotes in lower case; to the others case makes no difference.
    pub fn is_column(&self, name: &str, dialect: Dialect) -> bool {
        match (self.kind, dialect) {
            (Kind::Word, Dialect::Postgres) => self.text.to_ascii_lowercase() == name,
            (Kind::Quoted, Dialect::Postgres) => self.name().is_some_and(|own| own == name),
            (_, Dialect::Sqlite | Dialect::Mysql) => self.is_name(name),
            (Kind::String | Kind::Number | Kind::Punctuation | Kind::Space, _) => false,
        }
    }
}

/// The text that an expression is when it is one string literal and nothing else.
pub fn literal_text(sql: &str) -> Option<String> {
    let solid: Vec<Token> =
        tokens(sql, Dialect::Sqlite).filter(|token| token.kind != Kind::Space).collect();
    let [Token { kind: Kind::String, text }] = solid[..] else { return None };
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(inner.replace("''", "'"))
}

/// The tokens of `sql` as an engine reads them, white space and comments included: their texts put
/// together are `sql`. An unclosed quote or comment runs to the end.
pub fn tokens(sql: &str, dialect: Dialect) -> impl Iterator<Item = Token<'_>> {
    let mut rest = sql;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let (kind, length) = scan(rest, first, dialect);
        let (text, tail) = rest.split_at(length);
        rest = tail;
        Some(Token { kind, text })
    })
}

fn scan(rest: &str, first: char, dialect: Dialect) -> (Kind, usize) {
    let is_postgres = dialect == Dialect::Postgres;
    let run = |accept: fn(char) -> bool| rest.find(|c: char| !accept(c)).unwrap_or(rest.len());
    match first {
        c if c.is_whitespace() => (Kind::Space, run(char::is_whitespace)),
        '-' if rest.starts_with("--") => (Kind::Space, rest.find('\n').unwrap_or(rest.len())),
        '/' if rest.starts_with("/*") => {
            let end = rest[2..].find("*/").map_or(rest.len(), |at| at + 4);
            (Kind::Space, end)
        }
        '\'' => (Kind::String, quoted(rest, '\'')),
        'x' | 'X' if rest[1..].starts_with('\'') => (Kind::String, 1 + quoted(&rest[1..], '\'')),
        'e' | 'E' if is_postgres && rest[1..].starts_with('\'') => {
            (Kind::String, 1 + escaped(&rest[1..]))
        }
        '$' if is_postgres => match dollars(rest) {
            Some(length) => (Kind::String, length),
            None => (Kind::Word, run(word)),
        },
        '"' => closed(rest, first),
        '`' if !is_postgres => closed(rest, first),
        '[' if dialect == Dialect::Sqlite => closed(rest, ']'),
        c if c.is_ascii_digit() => (Kind::Number, number(rest)),
        '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => (Kind::Number, number(rest)),
        c if word(c) => (Kind::Word, run(word)),
        c => (Kind::Punctuation, c.len_utf8()),
    }
}

/// A quoted name, or plain punctuation when it is never closed.
fn closed(rest: &str, quote: char) -> (Kind, usize) {
    let length = quoted(rest, quote);
    if length >= 2 && rest[..length].ends_with(quote) {
        (Kind::Quoted, length)
    } else {
        (Kind::Punctuation, 1)
    }
}

fn word(c: char) -> bool {
    // To SQLite every character beyond ASCII is a letter.
    c.is_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}

/// Length of the text up to the closing `quote`; a doubled quote stands for itself.
fn quoted(rest: &str, quote: char) -> usize {
    let mut at = 1;
    while let Some(found) = rest[at..].find(quote) {
        at += found + 1;
        if quote == ']' || !rest[at..].starts_with(quote) {
            return at;
        }
        at += 1;
    }
    rest.len()
}

/// Length of the text `'it\'s'`, in which a backslash stands before what is itself.
fn escaped(rest: &str) -> usize {
    let mut at = 1;
    while let Some(found) = rest[at..].find(['\'', '\\']) {
        at += found + 1;
        let next = rest[at..].chars().next();
        match (&rest[at - 1..at], next) {
            ("\\", Some(next)) => at += next.len_utf8(),
            ("'", Some('\'')) => at += 1,
            _ => return at,
        }
    }
    rest.len()
}

/// Length of the text `$$ … $$` or `$body$ … $body$`.
fn dollars(rest: &str) -> Option<usize> {
    let tag_end = rest.strip_prefix('$')?.find('$')? + 2;
    let tag = &rest[..tag_end];
    let is_tag = tag[1..tag_end - 1].chars().all(|c| c.is_alphanumeric() || c == '_');
    let end = rest[tag_end..].find(tag)?;
    is_tag.then_some(tag_end + end + tag_end)
}

fn number(rest: &str) -> usize {
    let mut previous = ' ';
    for (at, c) in rest.char_indices() {
        let exponent_sign = (c == '+' || c == '-') && matches!(previous, 'e' | 'E');
        if !(c.is_alphanumeric() || c == '.' || c == '_' || exponent_sign) {
            return at;
        }
        previous = c;
    }
    rest.len()
}

/// Whether a word cannot stand for a column unquoted on one engine or another.
pub fn is_reserved(name: &str) -> bool {
    RESERVED.split(' ').any(|word| word.eq_ignore_ascii_case(name))
}

const RESERVED: &str = "ADD ALL ALTER ANALYSE ANALYZE AND ANY ARRAY AS ASC ASYMMETRIC \
AUTOINCREMENT BEFORE BEGIN BETWEEN BIGINT BINARY BLOB BOTH BY CALL CASCADE CASE CAST CHANGE CHAR \
CHARACTER CHECK COLLATE COLUMN COMMIT CONDITION CONSTRAINT CONTINUE CONVERT CREATE CROSS \
CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER CURSOR DATABASE DECIMAL DECLARE DEFAULT \
DEFERRABLE DELETE DESC DESCRIBE DISTINCT DIV DO DOUBLE DROP EACH ELSE END ESCAPE EXCEPT EXISTS \
EXIT EXPLAIN FALSE FETCH FLOAT FOR FORCE FOREIGN FROM FULLTEXT FUNCTION GENERATED GRANT GROUP \
HAVING IF IGNORE ILIKE IN INDEX INITIALLY INNER INOUT INSERT INT INTEGER INTERSECT INTERVAL INTO \
IS ISNULL ITERATE JOIN KEY KEYS KILL LATERAL LEADING LEAVE LEFT LIKE LIMIT LINES LOAD LOCALTIME \
LOCALTIMESTAMP LOCK LONG LOOP MATCH MOD NATURAL NOT NOTHING NOTNULL NULL NUMERIC OFFSET ON ONLY \
OPTIMIZE OPTION OR ORDER OUT OUTER OVER OVERLAPS PARTITION PLACING PRECISION PRIMARY PROCEDURE \
RANGE RANK READ REAL RECURSIVE REFERENCES REGEXP RELEASE RENAME REPEAT REPLACE REQUIRE RESTRICT \
RETURN RETURNING REVOKE RIGHT ROLLBACK ROW ROWS SCHEMA SELECT SET SHOW SIMILAR SMALLINT SOME SQL \
STORED SYMMETRIC SYSTEM TABLE TERMINATED THEN TO TRAILING TRANSACTION TRIGGER TRUE UNDO UNION \
UNIQUE UNLOCK UNSIGNED UPDATE USAGE USE USER USING VALUES VARBINARY VARCHAR VARIADIC VIRTUAL WHEN \
WHERE WHILE WINDOW WITH WRITE XOR ZEROFILL";

/// Whether a name needs no quotes: letters, digits and `_`, not starting with a digit.
pub fn plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_one_string_and_nothing_else() {
        assert_eq!(literal_text(" 'it''s' ").as_deref(), Some("it's"));
        for sql in ["x'00'", "'a' || 'b'", "('a')", "a", "", "'unclosed"] {
            assert_eq!(literal_text(sql), None, "{sql}");
        }
    }

    #[test]
    fn tokens_put_together_are_the_text() {
        for sql in [
            "lower(\"a b\") || 'it''s' -- note\n + 1.5e-3 /* x */ [c] `d`",
            "x'00ff' <> X'' and a.b >= .5",
            "'unclosed",
            "\"unclosed",
            "/* unclosed",
            "größe > 3 and 名前 = '値'",
            "E'it\\'s' $$ it's $$ $b$ $ $b$ $1 a$b E'\\",
            "$$ unclosed",
        ] {
            for dialect in Dialect::ALL {
                let joined: String = tokens(sql, dialect).map(|token| token.text).collect();
                assert_eq!(joined, sql);
            }
        }
    }

    #[test]
    fn quotes_are_those_of_the_engine() {
        let kinds = |sql, dialect| -> Vec<Kind> {
            let solid = tokens(sql, dialect).filter(|token| token.kind != Kind::Space);
            solid.map(|token| token.kind).collect()
        };
        assert_eq!(kinds("[a b] `c`", Dialect::Sqlite), [Kind::Quoted, Kind::Quoted]);
        assert_eq!(kinds("`c` \"d\"", Dialect::Mysql), [Kind::Quoted, Kind::Quoted]);
        let list = [Kind::Punctuation, Kind::Word, Kind::Punctuation];
        assert_eq!(kinds("[a]", Dialect::Postgres), list);
        assert_eq!(kinds("`a`", Dialect::Postgres), list);
        for text in ["E'it\\'s'", "e'\\\\'", "$$ it's $$", "$b$ $$ $b$"] {
            assert_eq!(kinds(text, Dialect::Postgres), [Kind::String], "{text}");
        }
        assert_eq!(kinds("$1 e1", Dialect::Postgres), [Kind::Word, Kind::Word]);
    }
}
