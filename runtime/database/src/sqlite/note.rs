//! Putting the note that a migration ran into the very transaction in which it ran.
//!
//! A script that turns foreign keys off cannot run inside a transaction of its runner, so Diesel's
//! runner makes the note after the script has committed. A process that dies exactly between leaves
//! a migration that is made and not noted, which the next run would make again.

use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::sql::Token;

use super::raw::first_statement;
use crate::ident::solid;

/// The script with `note` as the last thing in its transaction: `None` unless it is one transaction
/// with nothing round it but settings and questions.
pub(crate) fn with_note(script: &str, note: &str) -> Option<String> {
    let mut commit = None;
    let mut open = false;
    let mut at = 0;
    while at < script.len() {
        let statement = first_statement(&script[at..]);
        match (Kind::of(statement), open) {
            (Kind::Begin, false) if commit.is_none() => open = true,
            (Kind::Commit, true) => {
                open = false;
                commit = Some(at);
            }
            (Kind::Harmless, _) | (Kind::Other, true) => {}
            (Kind::Begin | Kind::Unclear | Kind::Commit, _) | (Kind::Other, false) => return None,
        }
        at += statement.len();
    }
    let at = commit.filter(|_| !open)?;
    Some(format!("{}\n{note};\n{}", &script[..at], &script[at..]))
}

/// What a statement means to the transaction of a script.
enum Kind {
    Begin,
    Commit,
    /// It ends the transaction in another way, or may.
    Unclear,
    /// It changes nothing that lasts.
    Harmless,
    Other,
}

impl Kind {
    fn of(statement: &str) -> Kind {
        let tokens = solid(statement, Dialect::Sqlite);
        let word = |token: &Token<'_>| token.text.to_ascii_lowercase();
        match tokens.first().map(word).as_deref() {
            Some("begin") => Kind::Begin,
            Some("commit" | "end") => Kind::Commit,
            Some("rollback" | "savepoint" | "release") => Kind::Unclear,
            None | Some(";" | "pragma" | "select" | "values") => Kind::Harmless,
            Some(_) => Kind::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::with_note;

    fn noted(script: &str) -> Option<String> {
        with_note(script, "NOTE").map(|it| it.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn the_note_is_the_last_thing_in_the_transaction() {
        let script = "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE;
            CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;
            INSERT INTO a VALUES ('COMMIT;'); -- COMMIT;
            COMMIT; PRAGMA foreign_keys = ON;";
        let expected = "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE; \
            CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END; \
            INSERT INTO a VALUES ('COMMIT;'); NOTE; -- COMMIT; COMMIT; PRAGMA foreign_keys = ON;";
        assert_eq!(noted(script).as_deref(), Some(expected));
        assert_eq!(noted("begin; SELECT 1; end").as_deref(), Some("begin; SELECT 1; NOTE; end"));
    }

    #[test]
    fn what_is_not_one_transaction_is_left_alone() {
        for script in [
            "",
            "SELECT 1",
            "VACUUM",
            "CREATE TABLE a (x); BEGIN; COMMIT",
            "BEGIN; COMMIT; CREATE TABLE a (x)",
            "BEGIN; COMMIT; BEGIN; COMMIT",
            "BEGIN; CREATE TABLE a (x)",
            "BEGIN; SAVEPOINT s; RELEASE s; COMMIT",
            "COMMIT",
        ] {
            assert_eq!(noted(script), None, "{script}");
        }
    }
}
