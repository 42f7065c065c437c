//! A script as the statements that the server finds in it.
//!
//! `DELIMITER` is a word of the client `mysql`, not of the server: the server finds the end of a
//! stored program by reading it, and so does this.

use std::ops::Range;

/// What a statement does to the transaction that it runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It says how the session goes on, and is lost with it.
    Session,
    /// It begins a transaction.
    Begins,
    /// It ends a transaction.
    Ends,
    /// What it does to rows can be part of a transaction.
    Rows,
    /// It commits by itself, as every statement about tables does.
    Commits,
}

/// A statement of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement<'a> {
    /// Without the `;` behind it, comments in front of it included.
    pub sql: &'a str,
    /// What it does to its transaction.
    pub effect: Effect,
}

/// The statements of a script. What is a comment and nothing else is none.
pub fn statements(script: &str) -> Vec<Statement<'_>> {
    let mut found = Vec::new();
    let mut reader = Reader::default();
    let mut start = 0;
    for word in Words::of(script) {
        if &script[word.clone()] == ";" && reader.depth == 0 {
            found.extend(reader.statement(&script[start..word.start]));
            reader = Reader::default();
            start = word.end;
        } else {
            reader.read(&script[word]);
        }
    }
    found.extend(reader.statement(&script[start..]));
    found
}

/// Whether a transaction is open when all of these have run.
pub fn leave_open(statements: &[Statement<'_>]) -> bool {
    let last = statements.iter().rev().find(|it| match it.effect {
        Effect::Begins | Effect::Ends | Effect::Commits => true,
        Effect::Session | Effect::Rows => false,
    });
    last.is_some_and(|it| it.effect == Effect::Begins)
}

/// The words of a statement, without comments and white space.
pub fn words(sql: &str) -> impl Iterator<Item = &str> {
    Words::of(sql).map(|range| &sql[range])
}

/// What was read of one statement.
#[derive(Default)]
struct Reader {
    /// The first words in lower case.
    head: Vec<String>,
    /// The word before.
    last: String,
    /// How many blocks of a stored program are open.
    depth: usize,
}

/// So many words tell what a statement is: `create or replace definer = a @ b procedure`.
const HEAD: usize = 12;

impl Reader {
    fn read(&mut self, word: &str) {
        let word = word.to_ascii_lowercase();
        if self.is_program() {
            match word.as_str() {
                _ if self.last == "end" && CLOSED.contains(&word.as_str()) => {}
                "end" => self.depth = self.depth.saturating_sub(1),
                "begin" | "case" => self.depth += 1,
                "loop" | "while" | "repeat" | "if" if self.at_a_statement() => self.depth += 1,
                _ => {}
            }
        }
        if self.head.len() < HEAD {
            self.head.push(word.clone());
        }
        self.last = word;
    }

    /// Whether the statement makes something that has statements of its own in it.
    fn is_program(&self) -> bool {
        let makes = matches!(self.head.first().map(String::as_str), Some("create" | "alter"));
        let what = ["procedure", "function", "trigger", "event"];
        makes && self.head.iter().any(|word| what.contains(&word.as_str()))
            || self.head.first().is_some_and(|word| word == "begin")
                && self.head.get(1).is_some_and(|word| word == "not")
    }

    /// Whether a statement of a program may begin after the word before.
    fn at_a_statement(&self) -> bool {
        let before = [";", "begin", "then", "else", "do", "loop", "repeat", ":", "row", ")"];
        before.contains(&self.last.as_str())
            || ["deterministic", "data", "sql", "contains", "invoker", "definer"]
                .contains(&self.last.as_str())
    }

    fn statement<'a>(&self, sql: &'a str) -> Option<Statement<'a>> {
        let word = |at: usize| self.head.get(at).map(String::as_str);
        let effect = match word(0)? {
            "set" if matches!(word(1), Some("global" | "persist" | "password" | "role")) => {
                Effect::Commits
            }
            "set" | "use" => Effect::Session,
            "begin" if word(1) == Some("not") => Effect::Rows,
            "begin" => Effect::Begins,
            "start" if word(1) == Some("transaction") => Effect::Begins,
            "commit" => Effect::Ends,
            "rollback" if self.head.contains(&"to".to_owned()) => Effect::Rows,
            "rollback" => Effect::Ends,
            "savepoint" | "release" | "insert" | "update" | "delete" | "replace" | "select"
            | "with" | "values" | "do" | "call" | "(" => Effect::Rows,
            _ => Effect::Commits,
        };
        Some(Statement { sql: sql.trim(), effect })
    }
}

/// What may stand behind the `END` of a block.
const CLOSED: [&str; 5] = ["if", "case", "loop", "while", "repeat"];

/// Where words are: names, texts, numbers and single signs.
struct Words<'a> {
    sql: &'a str,
    at: usize,
}

impl<'a> Words<'a> {
    fn of(sql: &'a str) -> Words<'a> {
        Words { sql, at: 0 }
    }
}

impl Iterator for Words<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        loop {
            let rest = &self.sql[self.at..];
            let first = rest.chars().next()?;
            let length = match space(rest, first) {
                Some(length) => {
                    self.at += length;
                    continue;
                }
                None => match first {
                    '\'' | '"' | '`' => quotation(rest, first),
                    first if is_word(first) => {
                        rest.find(|c: char| !is_word(c)).unwrap_or(rest.len())
                    }
                    first => first.len_utf8(),
                },
            };
            let start = self.at;
            self.at += length;
            return Some(start..self.at);
        }
    }
}

/// The length of white space or of a comment. Comments that the server runs are words.
fn space(rest: &str, first: char) -> Option<usize> {
    let line = || rest.find('\n').unwrap_or(rest.len());
    if first.is_whitespace() {
        return Some(first.len_utf8());
    }
    if let Some(behind) = rest.strip_prefix("--") {
        // Two minus signs without a space behind them take away twice.
        let comment = behind.chars().next().is_none_or(|c| c.is_whitespace() || c.is_control());
        return comment.then(line);
    }
    if first == '#' {
        return Some(line());
    }
    let comment = rest.starts_with("/*") && !rest.starts_with("/*!") && !rest.starts_with("/*M!");
    comment.then(|| rest.find("*/").map_or(rest.len(), |at| at + 2))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}

/// The length of a text or a name in quotes.
fn quotation(rest: &str, quote: char) -> usize {
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && quote != '`' {
            chars.next();
        } else if c == quote && chars.next_if(|(_, next)| *next == quote).is_none() {
            return at + c.len_utf8();
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(script: &str) -> Vec<&str> {
        statements(script).into_iter().map(|it| it.sql).collect()
    }

    #[test]
    fn a_script_is_split_where_the_server_splits_it() {
        let text = "INSERT INTO a VALUES ('it\\'s; so', \"a;b\", 'x'';')";
        let named = "# one; two\nDROP TABLE `a;b`";
        assert_eq!(split(&format!("{text};\n{named};-- the end;\n /* ; */ ;")), [text, named]);
        assert_eq!(split("SELECT 1--1; SELECT 2"), ["SELECT 1--1", "SELECT 2"]);
        assert_eq!(split(" -- nothing\n"), [""; 0]);
    }

    #[test]
    fn a_stored_program_is_one_statement() {
        let trigger = "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN\n\
            IF NEW.x IS NULL THEN SET NEW.x = IF(1, 2, 3); END IF;\n\
            CASE NEW.y WHEN 1 THEN SET NEW.y = CASE WHEN 1 THEN 2 END; ELSE BEGIN END; END CASE;\n\
            again: WHILE NEW.x < 3 DO SET NEW.x = NEW.x + 1; END WHILE;\n\
            REPEAT SET NEW.z = REPEAT('x', 3); UNTIL TRUE END REPEAT;\n\
            END";
        let short = "CREATE TRIGGER u BEFORE UPDATE ON a FOR EACH ROW SET NEW.x = 1";
        let bare = "CREATE PROCEDURE p(a INT) IF a > 1 THEN SELECT 1; ELSE SELECT 2; END IF";
        let table = "CREATE TABLE `begin` (`case` INT)";
        assert_eq!(
            split(&[trigger, short, bare, table].join(";\n")),
            [trigger, short, bare, table]
        );
    }

    #[test]
    fn what_commits_is_told_from_what_does_not() {
        let effect = |sql| statements(sql)[0].effect;
        for (sql, expected) in [
            ("SET foreign_key_checks = 0", Effect::Session),
            ("SET GLOBAL max_connections = 1", Effect::Commits),
            ("START TRANSACTION", Effect::Begins),
            ("ROLLBACK", Effect::Ends),
            ("ROLLBACK TO a", Effect::Rows),
            ("-- why\nUPDATE a SET b = 1", Effect::Rows),
            ("(SELECT 1)", Effect::Rows),
            ("alter table a add b int", Effect::Commits),
            ("RENAME TABLE a TO b", Effect::Commits),
        ] {
            assert_eq!(effect(sql), expected, "{sql}");
        }
        assert!(leave_open(&statements("BEGIN; UPDATE a SET b = 1")));
        assert!(!leave_open(&statements("BEGIN; UPDATE a SET b = 1; COMMIT; SELECT 1")));
        assert!(!leave_open(&statements("BEGIN; CREATE TABLE a (b INT)")));
    }
}
