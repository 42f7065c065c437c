//! A script and the note that it ran, in one transaction.

use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::sql::{Kind, tokens};

use super::Embedded;

/// The script that applies a migration and notes it.
#[cfg_attr(
    not(any(feature = "sqlite", feature = "postgres")),
    expect(dead_code, reason = "without an engine there is nothing to run it on")
)]
pub(super) fn noted(revision: &Embedded) -> String {
    let version = revision.version.replace('\'', "''");
    let note = format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}');\n");
    let Embedded { up, transaction, .. } = revision;
    if *transaction {
        return format!("BEGIN;\n{up}\n;\n{note}COMMIT;\n");
    }
    match commit(up) {
        Some(at) => format!("{}{note}{}", &up[..at], &up[at..]),
        None => format!("{up}\n;\n{note}"),
    }
}

/// Where the last `COMMIT` of a script begins that is one transaction, or some one after the other.
fn commit(script: &str) -> Option<usize> {
    let (mut at, mut is_start) = (0, true);
    let (mut open, mut last) = (false, None);
    for token in tokens(script, Dialect::Sqlite) {
        if token.kind != Kind::Space {
            match token.text.to_ascii_lowercase().as_str() {
                "begin" if is_start && !open => open = true,
                "commit" if is_start && open => (open, last) = (false, Some(at)),
                "begin" | "commit" if is_start => return None,
                "rollback" | "savepoint" | "release" if is_start => return None,
                _ => {}
            }
            is_start = token.text == ";";
        }
        at += token.text.len();
    }
    last.filter(|_| !open)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(up: &'static str, transaction: bool) -> String {
        let revision = Embedded { version: "it's", name: "n", up, transaction, replaces: &[] };
        noted(&revision).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_note_is_in_the_transaction_of_the_script() {
        let note = "INSERT INTO __diesel_schema_migrations (version) VALUES ('it''s');";
        assert_eq!(script("SELECT 1 -- x", true), format!("BEGIN; SELECT 1 -- x ; {note} COMMIT;"));
        assert_eq!(
            script("PRAGMA x; BEGIN; SELECT 'COMMIT;'; COMMIT; PRAGMA y;", false),
            format!("PRAGMA x; BEGIN; SELECT 'COMMIT;'; {note} COMMIT; PRAGMA y;")
        );
        let two = "BEGIN; COMMIT; BEGIN;";
        assert_eq!(script("BEGIN; COMMIT; BEGIN; COMMIT;", false), format!("{two} {note} COMMIT;"));
        assert_eq!(script(two, false), format!("{two} ; {note}"));
        let trigger = "BEGIN; CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END; COMMIT;";
        assert!(script(trigger, false).ends_with(&format!("END; {note} COMMIT;")));
    }
}
