//! A script as statements, and putting the note that a migration ran into the very transaction in
//! which it ran: see [`crate::sqlite`]'s module of the same name for why.

use std::ops::Range;

/// How a script treats transactions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// It says nothing of them.
    Plain,
    /// It is one transaction after the other with nothing but settings round them, mostly one.
    Transactions {
        /// Where the first `COMMIT` begins, in bytes.
        first: usize,
        /// Where the last one begins.
        last: usize,
    },
    /// Anything else.
    Other {
        /// Where the first statement begins that ends a transaction or may end one.
        end: Option<usize>,
    },
}

impl Shape {
    pub(crate) fn of(script: &str) -> Shape {
        let mut commits: Option<(usize, usize)> = None;
        let mut end = None;
        let mut open = false;
        let mut other = false;
        let mut outside = false;
        for range in statements(script) {
            let start = range.start;
            let kind = Kind::of(&script[range]);
            if let Kind::Commit | Kind::Unclear = kind {
                end.get_or_insert(start);
            }
            match (kind, open) {
                (Kind::Begin, false) => open = true,
                (Kind::Commit, true) => {
                    open = false;
                    commits = Some((commits.map_or(start, |(first, _)| first), start));
                }
                (Kind::Begin | Kind::Commit | Kind::Unclear, _) => other = true,
                (Kind::Other, false) => outside = true,
                (Kind::Other, true) | (Kind::Setting, _) => {}
            }
        }
        match commits {
            Some((first, last)) if !open && !other && !outside => {
                Shape::Transactions { first, last }
            }
            None if !open && !other => Shape::Plain,
            Some(_) | None => Shape::Other { end },
        }
    }
}

/// The script with a statement before the one that begins at a place.
pub(crate) fn at(script: &str, at: usize, statement: &str) -> String {
    format!("{}\n{statement};\n{}", &script[..at], &script[at..])
}

/// The script with `note` as the last thing in its last transaction: `None` unless it is nothing
/// but transactions.
pub(crate) fn with_note(script: &str, note: &str) -> Option<String> {
    match Shape::of(script) {
        Shape::Transactions { first: _, last } => Some(at(script, last, note)),
        Shape::Plain | Shape::Other { end: _ } => None,
    }
}

/// The script with each name in one line, for whoever reads it line by line.
pub(crate) fn with_plain_names(script: &str) -> String {
    let token = |it: Lex<'_>| match it.kind == Lexed::Quoted && it.text.starts_with('"') {
        true => it.text.replace('\r', "\\r").replace('\n', "\\n"),
        false => it.text.to_owned(),
    };
    Lexer::new(script).map(token).collect()
}

/// Whether the script is a command that works in steps, each a transaction of its own.
pub(crate) fn is_concurrent(script: &str) -> bool {
    let all = statements(script);
    let [only] = &all[..] else { return false };
    Lexer::new(&script[only.clone()])
        .any(|token| token.kind == Lexed::Word && token.text.eq_ignore_ascii_case("concurrently"))
}

/// What a statement means to the transaction of a script.
enum Kind {
    Begin,
    Commit,
    /// It ends the transaction in another way, or may.
    Unclear,
    /// It changes nothing but the session.
    Setting,
    Other,
}

impl Kind {
    fn of(statement: &str) -> Kind {
        let mut words = Lexer::new(statement)
            .filter(|token| token.kind != Lexed::Space)
            .map(|token| token.text.to_ascii_lowercase());
        match words.next().as_deref() {
            Some("begin") => Kind::Begin,
            Some("start") => match words.next().as_deref() {
                Some("transaction") => Kind::Begin,
                Some(_) | None => Kind::Other,
            },
            Some("commit" | "end") => Kind::Commit,
            Some("rollback" | "abort" | "savepoint" | "release" | "prepare") => Kind::Unclear,
            None | Some("set" | "reset" | "show") => Kind::Setting,
            Some(_) => Kind::Other,
        }
    }
}

/// Where the statements of a script are, without the `;` at their ends and without what stands
/// between them, in bytes. Comments before a statement belong to it, those after the last do not.
pub(crate) fn statements(script: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let mut state = Nesting::default();
    for token in Lexer::new(script) {
        let begin = at;
        at += token.text.len();
        if token.text == ";" && token.kind == Lexed::Other && state.is_outside() {
            if state.words > 0 {
                found.push(start..begin);
            }
            start = at;
            state = Nesting::default();
        } else {
            state.see(&token);
        }
    }
    if state.words > 0 {
        found.push(start..at);
    }
    found
}

/// What a `;` stands inside of.
#[derive(Default)]
struct Nesting {
    /// Tokens so far that are no space.
    words: usize,
    parentheses: usize,
    /// Whether the statement makes a function, whose body may be statements.
    function: bool,
    /// `BEGIN ATOMIC` and `CASE` that wait for their `END`.
    bodies: usize,
    create: bool,
    begin: bool,
}

impl Nesting {
    fn is_outside(&self) -> bool {
        self.parentheses == 0 && self.bodies == 0
    }

    fn see(&mut self, token: &Lex<'_>) {
        if token.kind == Lexed::Space {
            return;
        }
        let word = token.text.to_ascii_lowercase();
        match (token.kind, word.as_str()) {
            (Lexed::Other, "(") => self.parentheses += 1,
            (Lexed::Other, ")") => self.parentheses = self.parentheses.saturating_sub(1),
            (Lexed::Word, "create") if self.words == 0 => self.create = true,
            (Lexed::Word, "function" | "procedure") if self.create && self.words <= 3 => {
                self.function = true;
            }
            (Lexed::Word, "atomic") if self.function && self.begin => self.bodies += 1,
            (Lexed::Word, "case") if self.bodies > 0 => self.bodies += 1,
            (Lexed::Word, "end") => self.bodies = self.bodies.saturating_sub(1),
            _ => {}
        }
        self.begin = token.kind == Lexed::Word && word == "begin";
        self.words += 1;
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lexed {
    Word,
    /// White space or a comment.
    Space,
    /// A literal or a quoted name.
    Quoted,
    /// Anything else, one character each.
    Other,
}

struct Lex<'a> {
    kind: Lexed,
    text: &'a str,
}

/// PostgreSQL's tokens: the texts put together are the script.
struct Lexer<'a> {
    rest: &'a str,
}

impl<'a> Lexer<'a> {
    fn new(script: &'a str) -> Lexer<'a> {
        Lexer { rest: script }
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Lex<'a>;

    fn next(&mut self) -> Option<Lex<'a>> {
        let first = self.rest.chars().next()?;
        let (kind, length) = scan(self.rest, first);
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(Lex { kind, text })
    }
}

fn scan(rest: &str, first: char) -> (Lexed, usize) {
    let run = |accept: fn(char) -> bool| rest.find(|c: char| !accept(c)).unwrap_or(rest.len());
    match first {
        c if c.is_whitespace() => (Lexed::Space, run(char::is_whitespace)),
        '-' if rest.starts_with("--") => (Lexed::Space, rest.find('\n').unwrap_or(rest.len())),
        '/' if rest.starts_with("/*") => (Lexed::Space, comment(rest)),
        '\'' => (Lexed::Quoted, quoted(rest, '\'', false)),
        '"' => (Lexed::Quoted, quoted(rest, '"', false)),
        'e' | 'E' if rest[1..].starts_with('\'') => {
            (Lexed::Quoted, 1 + quoted(&rest[1..], '\'', true))
        }
        '$' => match dollar(rest) {
            Some(length) => (Lexed::Quoted, length),
            None => (Lexed::Other, 1),
        },
        c if is_word(c) => (Lexed::Word, run(|c| is_word(c) || c == '$')),
        c => (Lexed::Other, c.len_utf8()),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || !c.is_ascii()
}

/// Length of a comment, in which others may be.
fn comment(rest: &str) -> usize {
    let (mut depth, mut at) = (1, 2);
    while depth > 0 {
        let Some(found) = rest[at..].find(['*', '/']) else { return rest.len() };
        at += found;
        if rest[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
        } else if rest[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else {
            at += 1;
        }
    }
    at
}

/// Length of a quoted text; a doubled quote ends and begins anew, which comes to the same.
fn quoted(rest: &str, quote: char, escapes: bool) -> usize {
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        if letter == quote {
            return at + 1;
        }
        if escapes && letter == '\\' {
            letters.next();
        }
    }
    rest.len()
}

/// Length of a text in dollar quotes.
fn dollar(rest: &str) -> Option<usize> {
    let tag = &rest[..rest[1..].find('$')? + 2];
    let name = &tag[1..tag.len() - 1];
    let digit = name.starts_with(|c: char| c.is_ascii_digit());
    if digit || !name.chars().all(is_word) {
        return None;
    }
    Some(rest[tag.len()..].find(tag).map_or(rest.len(), |at| at + 2 * tag.len()))
}

#[cfg(test)]
mod tests {
    use super::{Shape, at, is_concurrent, statements, with_note};

    fn split(script: &str) -> Vec<&str> {
        statements(script).into_iter().map(|range| script[range].trim()).collect()
    }

    #[test]
    fn a_script_is_split_where_the_server_splits_it() {
        let script = r#"CREATE TABLE "a;b" (x text DEFAULT 'it''s;', y text DEFAULT E'\';');
            -- not; here
            CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $body$ BEGIN RETURN 1; END $body$;
            CREATE FUNCTION g() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;
            CREATE RULE r AS ON DELETE TO a DO (SELECT 1; SELECT 2);
            /* a /* nested; */ comment; */ SELECT $1;;
            SELECT $$;$$
            -- the end;
            "#;
        let found = split(script);
        assert_eq!(found.len(), 6, "{found:#?}");
        assert!(found[2].starts_with("CREATE FUNCTION g") && found[2].ends_with("END"));
        assert_eq!(found[4], "/* a /* nested; */ comment; */ SELECT $1");
        assert_eq!(split("-- nothing;\n;;"), [""; 0]);
        assert_eq!(split("BEGIN; SELECT 1; END"), ["BEGIN", "SELECT 1", "END"]);
    }

    #[test]
    fn names_are_put_in_one_line_and_nothing_else() {
        let script = "ALTER TABLE \"a\nb\"\n    ADD CHECK (x <> 'c\nd' AND $$\n\"\n$$ <> y);";
        let plain = "ALTER TABLE \"a\\nb\"\n    ADD CHECK (x <> 'c\nd' AND $$\n\"\n$$ <> y);";
        assert_eq!(super::with_plain_names(script), plain);
    }

    #[test]
    fn the_note_is_the_last_thing_in_the_transaction() {
        let script = "SET lock_timeout = '1s'; BEGIN; SELECT 'COMMIT;'; -- COMMIT;\nCOMMIT; RESET lock_timeout;";
        let Shape::Transactions { first, last } = Shape::of(script) else { panic!("transactions") };
        assert_eq!(first, last);
        let noted = at(script, last, "NOTE");
        let places = ["SELECT 'COMMIT;'", "NOTE;", "\nCOMMIT;", "RESET"].map(|it| noted.find(it));
        assert!(places.is_sorted() && places.iter().all(Option::is_some), "{noted}");
    }

    #[test]
    fn the_note_of_several_transactions_is_in_the_last() {
        let script = "BEGIN; ALTER TYPE t ADD VALUE 'x'; COMMIT;\nBEGIN; SELECT 1; COMMIT;";
        assert_eq!(
            with_note(script, "NOTE").unwrap(),
            "BEGIN; ALTER TYPE t ADD VALUE 'x'; COMMIT;\nBEGIN; SELECT 1;\nNOTE;\n COMMIT;"
        );
        let Shape::Transactions { first, last } = Shape::of(script) else { panic!("transactions") };
        assert!(script[first..].trim_start().starts_with("COMMIT;\nBEGIN") && first < last);
    }

    #[test]
    fn other_scripts_are_left_alone() {
        for script in ["", "SELECT 1", "VACUUM", "CREATE TABLE a (x int); DROP TABLE b", "START x"]
        {
            assert_eq!(Shape::of(script), Shape::Plain, "{script}");
        }
        for script in [
            "CREATE TABLE a (x int); BEGIN; COMMIT",
            "BEGIN; COMMIT; CREATE TABLE a (x int)",
            "BEGIN; COMMIT; CREATE TABLE a (x int); BEGIN; COMMIT",
            "BEGIN; CREATE TABLE a (x int)",
            "START TRANSACTION; SAVEPOINT s; RELEASE s; COMMIT",
            "COMMIT",
        ] {
            let shape = Shape::of(script);
            let Shape::Other { end } = shape else { panic!("{script}: {shape:?}") };
            assert_eq!(end.is_some(), script.contains("COMMIT"), "{script}");
        }
        assert!(is_concurrent("CREATE INDEX CONCURRENTLY i ON t (a);"));
        assert!(!is_concurrent("CREATE INDEX i ON t (\"concurrently\");"));
    }
}
