//! SQL as tokens: just enough to compare expressions, find names in them and rename those.

mod lists;

use std::borrow::Cow;

pub use lists::sort_lists;

/// What a [`Token`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An unquoted word: keyword, name or function.
    Word,
    /// A name in `"…"`, `` `…` `` or `[…]`.
    Quoted,
    /// A string literal `'…'` or blob literal `x'…'`.
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

    /// Whether this token is the name `name`. Case does not count, as SQLite has it.
    pub fn is_name(&self, name: &str) -> bool {
        match self.kind {
            Kind::Word => self.text.eq_ignore_ascii_case(name),
            Kind::Quoted => self.name().is_some_and(|own| own.eq_ignore_ascii_case(name)),
            Kind::String | Kind::Number | Kind::Punctuation | Kind::Space => false,
        }
    }
}

/// The text that an expression is when it is one string literal and nothing else.
pub fn literal_text(sql: &str) -> Option<String> {
    let solid: Vec<Token> = tokens(sql).filter(|token| token.kind != Kind::Space).collect();
    let [Token { kind: Kind::String, text }] = solid[..] else { return None };
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(inner.replace("''", "'"))
}

/// The tokens of `sql`, white space and comments included: their texts put together are `sql`.
/// An unclosed quote or comment runs to the end.
pub fn tokens(sql: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = sql;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let (kind, length) = scan(rest, first);
        let (text, tail) = rest.split_at(length);
        rest = tail;
        Some(Token { kind, text })
    })
}

fn scan(rest: &str, first: char) -> (Kind, usize) {
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
        '"' | '`' => closed(rest, first),
        '[' => closed(rest, ']'),
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

/// The tokens that may name a column: words and quoted names that are no function call and no
/// keyword.
pub fn names(sql: &str) -> impl Iterator<Item = Token<'_>> {
    let mut solid = tokens(sql).filter(|token| token.kind != Kind::Space).peekable();
    let mut keywords = Keywords::default();
    std::iter::from_fn(move || {
        loop {
            let token = solid.next()?;
            let keyword = keywords.next(&token);
            let call = solid.peek().is_some_and(|next| next.text == "(");
            match token.kind {
                Kind::Quoted => return Some(token),
                Kind::Word if !call && !keyword => return Some(token),
                _ => {}
            }
        }
    })
}

/// Tells keywords from names, one token after the other.
#[derive(Default)]
struct Keywords {
    /// How many `CASE` wait for their `END`, which is a name elsewhere.
    cases: usize,
}

impl Keywords {
    /// Whether the next token can be no name.
    fn next(&mut self, token: &Token<'_>) -> bool {
        if token.kind != Kind::Word {
            return false;
        }
        if token.text.eq_ignore_ascii_case("END") {
            let closes = self.cases > 0;
            self.cases = self.cases.saturating_sub(1);
            return closes;
        }
        self.cases += usize::from(token.text.eq_ignore_ascii_case("CASE"));
        NEVER_NAMES.split(' ').any(|word| word.eq_ignore_ascii_case(token.text))
    }
}

/// Words of expressions that no engine takes for a name.
const NEVER_NAMES: &str =
    "AND AS BETWEEN CASE COLLATE DISTINCT ELSE FROM IN IS NOT NULL OR ORDER SELECT THEN WHEN WHERE";

/// Whether the two texts have the same tokens; see [`crate::Expr`] for what does not count.
pub fn same(a: &str, b: &str) -> bool {
    let solid = |sql| -> Vec<Token> {
        let mut tokens: Vec<Token> = tokens(sql).filter(|t| t.kind != Kind::Space).collect();
        sort_lists(&mut tokens);
        tokens
    };
    let (a, b) = (solid(a), solid(b));
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

/// The text after columns were renamed, all at once, from the first name of each pair to the
/// second. The rest of the text stays as it is.
pub fn rename(sql: &str, renames: &[(&str, &str)]) -> String {
    let tokens: Vec<Token> = tokens(sql).collect();
    let mut out = String::with_capacity(sql.len());
    let mut keywords = Keywords::default();
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens[at + 1..].iter().find(|next| next.kind != Kind::Space);
        let call = token.kind == Kind::Word && next.is_some_and(|next| next.text == "(");
        let name = !keywords.next(token) && !call;
        let renamed = renames.iter().find(|(from, _)| name && token.is_name(from));
        match renamed {
            Some((_, to)) if token.kind == Kind::Word && plain(to) && !is_reserved(to) => {
                out.push_str(to);
            }
            Some((_, to)) => out.push_str(&format!("\"{}\"", to.replace('"', "\"\""))),
            None => out.push_str(token.text),
        }
    }
    out
}

/// The text with `table.` in front of column names taken away: where there is one table only it
/// says nothing, and it would have to follow when the table is renamed or made anew.
pub fn unqualified(sql: &str, table: &str) -> String {
    let tokens: Vec<Token> = tokens(sql).collect();
    let mut out = String::with_capacity(sql.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let solid = |from: usize| {
            let next = tokens.iter().enumerate().skip(from);
            next.filter(|(_, token)| token.kind != Kind::Space).map(|(at, _)| at).next()
        };
        let dot = solid(at + 1).filter(|dot| tokens[*dot].text == "." && token.is_name(table));
        match dot {
            Some(dot) => at = solid(dot + 1).unwrap_or(tokens.len()),
            None => {
                out.push_str(token.text);
                at += 1;
            }
        }
    }
    out
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
        ] {
            let joined: String = tokens(sql).map(|token| token.text).collect();
            assert_eq!(joined, sql);
        }
    }

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
    fn renames_reach_names_only() {
        let renames = [("name", "full name"), ("len", "size")];
        assert_eq!(
            rename("length(name) > len and len(name) <> 'name'", &renames),
            "length(\"full name\") > size and len(\"full name\") <> 'name'"
        );
        assert_eq!(rename("a < b", &[("a", "b"), ("b", "a")]), "b < a");
        assert_eq!(rename("\"A\" < 1", &[("a", "b")]), "\"b\" < 1");
        assert_eq!(
            rename("CASE WHEN a AND \"and\" THEN \"end\" END", &[("end", "x"), ("and", "y")]),
            "CASE WHEN a AND \"y\" THEN \"x\" END"
        );
        assert_eq!(rename("end > 1 or CASE x END", &[("end", "y")]), "y > 1 or CASE x END");
        assert_eq!(rename("rank > 1", &[("rank", "order")]), "\"order\" > 1");
    }

    #[test]
    fn the_own_table_is_no_part_of_a_name() {
        assert_eq!(
            unqualified("items.price > 0 or ITEMS . \"a b\" < b.c", "items"),
            "price > 0 or \"a b\" < b.c"
        );
        assert_eq!(
            unqualified("\"my \"\"t\".x = 'items.x' and items > 1", "my \"t"),
            "x = 'items.x' and items > 1"
        );
    }

    #[test]
    fn names_leave_out_functions_keywords_and_strings() {
        let found: Vec<_> = names("lower(email) like 'email%' and \"x y\" is null")
            .map(|token| token.text)
            .collect();
        assert_eq!(found, ["email", "like", "\"x y\""]);
    }
}
