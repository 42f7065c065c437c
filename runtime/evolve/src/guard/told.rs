//! Guards as a script tells them.

use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::sql::Kind;

use super::placed::SAID;
use crate::script::parts;

/// A guard of a script: a statement that only reads, and fails when it finds something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The line that it begins on, from 1.
    pub line: usize,
    /// What it counts: `rows of users have no email`.
    pub found: String,
    /// The code of the hazard, when the comment names one.
    pub code: Option<String>,
    /// The statement, without its `;`.
    pub sql: String,
}

/// The guards of a script, in order: each statement with a comment `-- guard: …` right before it.
pub fn told(text: &str, engine: Dialect) -> Vec<Told> {
    let mut all = Vec::new();
    for tokens in parts(text, engine) {
        let before = tokens.iter().take_while(|token| token.kind == Kind::Space);
        let said = before.filter_map(|it| it.text.trim_end().strip_prefix("--")).last();
        let Some(said) = said.and_then(|it| it.trim_start().strip_prefix(SAID)) else { continue };
        let mut solid = tokens.iter().filter(|token| token.kind != Kind::Space);
        let Some(first) = solid.next() else { continue };
        let end = solid.next_back().map_or(first.end(), |last| last.end());
        let (found, code) =
            match said.trim_end().strip_suffix(']').and_then(|it| it.rsplit_once(" [")) {
                Some((found, code)) => (found, Some(code.to_owned())),
                None => (said.trim_end(), None),
            };
        all.push(Told {
            line: first.line,
            found: found.to_owned(),
            code,
            sql: text[first.start..end].to_owned(),
        });
    }
    all
}

impl Told {
    /// What the guard found, in a sentence, when that is why a statement failed for this reason.
    pub fn sentence(&self, reason: &str) -> Option<String> {
        // Some engines cut long texts in their messages.
        let known: String = self.found.chars().take(100).collect();
        // Others write quotes twice.
        let reason = &match reason.contains(&*known) {
            true => reason.to_owned(),
            false => reason.replace("''", "'"),
        };
        let at = reason.find(&format!(" {known}"))?;
        let digits = reason[..at].chars().rev().take_while(char::is_ascii_digit).count();
        let number = &reason[at - digits..at];
        match number {
            "" => None,
            "1" => Some(format!("1 {}", singular(&self.found))),
            _ => Some(format!("{number} {}", self.found)),
        }
    }
}

/// The end of a sentence about one.
fn singular(found: &str) -> String {
    let (first, rest) = found.split_once(' ').unwrap_or((found, ""));
    let verbs = [
        ("have", "has"),
        ("are", "is"),
        ("refer", "refers"),
        ("break", "breaks"),
        ("hold", "holds"),
        ("get", "gets"),
        ("conflict", "conflicts"),
    ];
    let mut words: Vec<String> = rest.split(' ').map(str::to_owned).collect();
    // The verb is behind `of` and what it is of, where that is said.
    let behind = if words.first().is_some_and(|word| word == "of") { 2 } else { 0 };
    let verb = words.iter_mut().skip(behind).find_map(|word| {
        let (_, one) = verbs.iter().find(|(many, _)| *many == word.as_str())?;
        Some((word, one))
    });
    if let Some((word, one)) = verb {
        *word = (*one).to_owned();
    }
    format!("{} {}", first.strip_suffix('s').unwrap_or(first), words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "-- why\nSELECT 1;\n\n-- guard: rows of users have no email [tightens-not-null]\n\
                        SELECT ';' FROM users;\n\n-- guard: rows of mine are odd\nSELECT 2;\n-- guard: none";

    #[test]
    fn guards_are_found_by_the_comment_before_them() {
        let found = told(TEXT, Dialect::Sqlite);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0].found, "rows of users have no email");
        assert_eq!(found[0].code.as_deref(), Some("tightens-not-null"));
        assert_eq!((found[0].line, &*found[0].sql), (5, "SELECT ';' FROM users"));
        assert_eq!((&*found[1].found, &found[1].code), ("rows of mine are odd", &None));
    }

    #[test]
    fn what_was_found_is_said_for_one_and_for_many() {
        let guard = &told(TEXT, Dialect::Sqlite)[0];
        let said = |reason: &str| guard.sentence(reason);
        let many = "bad JSON path: '12 rows of users have no email'";
        assert_eq!(said(many).as_deref(), Some("12 rows of users have no email"));
        let one = "1 rows of users have no email";
        assert_eq!(said(one).as_deref(), Some("1 row of users has no email"));
        assert_eq!(said("no such column: email"), None);
    }
}
