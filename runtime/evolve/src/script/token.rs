use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::sql::{self, Kind};

/// A word, name, literal or sign of a script, with the line that it begins on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    /// Where it begins, in bytes.
    pub(crate) start: usize,
    /// The line, from 1.
    pub(crate) line: usize,
}

impl Token<'_> {
    /// Where it ends, in bytes.
    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is this keyword.
    pub(crate) fn is(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// The name that it stands for, as the engine keeps it.
    pub(crate) fn name(&self, engine: Dialect) -> Option<String> {
        match (self.kind, engine) {
            (Kind::Word, Dialect::Postgres) => Some(self.text.to_lowercase()),
            (Kind::Word, Dialect::Sqlite | Dialect::Mysql) => Some(self.text.to_owned()),
            (Kind::Quoted, _) => {
                let token = sql::Token { kind: self.kind, text: self.text };
                token.name()
            }
            // SQLite takes a string for a name where a name must be.
            (Kind::String, Dialect::Sqlite) => sql::literal_text(self.text),
            (Kind::String | Kind::Number | Kind::Punctuation | Kind::Space, _) => None,
        }
    }
}

/// The tokens of a script, comments and white space included.
pub(crate) fn tokens(text: &str, engine: Dialect) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let (mut start, mut line) = (0, 1);
    while let Some((kind, length)) = next(&text[start..], engine) {
        let text = &text[start..start + length];
        found.push(Token { kind, text, start, line });
        line += text.matches('\n').count();
        start += length;
    }
    found
}

fn next(rest: &str, engine: Dialect) -> Option<(Kind, usize)> {
    let special = match engine {
        Dialect::Sqlite | Dialect::Postgres => None,
        Dialect::Mysql => remark(rest).or_else(|| with_backslashes(rest)),
    };
    let plain = || sql::tokens(rest, engine).next().map(|token| (token.kind, token.text.len()));
    special.or_else(plain)
}

/// `'it\'s'`.
fn with_backslashes(rest: &str) -> Option<(Kind, usize)> {
    let inner = rest.strip_prefix('\'')?;
    let mut at = 0;
    while at < inner.len() {
        let left = &inner[at..];
        if let Some(behind) = left.strip_prefix('\\') {
            at += 1 + behind.chars().next().map_or(0, char::len_utf8);
        } else if left.starts_with("''") {
            at += 2;
        } else if left.starts_with('\'') {
            return Some((Kind::String, at + 2));
        } else {
            at += left.chars().next().map_or(1, char::len_utf8);
        }
    }
    Some((Kind::String, rest.len()))
}

/// `# …` to the end of the line.
fn remark(rest: &str) -> Option<(Kind, usize)> {
    rest.starts_with('#').then(|| (Kind::Space, rest.find('\n').unwrap_or(rest.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn solid(text: &str, engine: Dialect) -> Vec<&str> {
        let tokens = tokens(text, engine).into_iter();
        tokens.filter(|it| it.kind != Kind::Space).map(|it| it.text).collect()
    }

    #[test]
    fn texts_of_each_engine_are_one_token() {
        assert_eq!(solid("DO $$ a; 'b $$; x", Dialect::Postgres), ["DO", "$$ a; 'b $$", ";", "x"]);
        assert_eq!(solid("$a$ $$ ; $a$ y", Dialect::Postgres), ["$a$ $$ ; $a$", "y"]);
        assert_eq!(solid(r"E'it\'s; ' z", Dialect::Postgres), [r"E'it\'s; '", "z"]);
        assert_eq!(solid("e1 'x'", Dialect::Postgres), ["e1", "'x'"]);
        assert_eq!(solid(r"'it\'s' # a; b", Dialect::Mysql), [r"'it\'s'"]);
        assert_eq!(solid("'it''s' $1", Dialect::Sqlite), ["'it''s'", "$1"]);
    }

    #[test]
    fn tokens_put_together_are_the_text_and_know_their_lines() {
        for engine in Dialect::ALL {
            for text in ["a\n'b\nc' d", "$$ open", "E'open\\", "'open", "# x\ny", "\u{e9}'\\\u{e9}"]
            {
                let found = tokens(text, engine);
                let joined: String = found.iter().map(|it| it.text).collect();
                assert_eq!(joined, text);
            }
        }
        let found = tokens("a\n'b\nc' d", Dialect::Postgres);
        assert_eq!(found.last().map(|it| (it.text, it.line)), Some(("d", 3)));
    }
}
