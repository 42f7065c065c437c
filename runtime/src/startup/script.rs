//! A script and the note that it ran, in one transaction.

use diesel_autogen_progress::{checksum, ledger};
use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::sql::{Kind, tokens};

use super::Embedded;

/// The scripts that apply a migration and note it, each to be sent at once: one, unless the migration
/// is a single command that may have to stand outside of every transaction, as a `CREATE INDEX
/// CONCURRENTLY` does. A server takes commands that are sent together for one transaction.
pub(super) fn noted(revision: &Embedded, dialect: Dialect) -> Vec<String> {
    let Embedded { version, up, transaction, .. } = revision;
    let mut notes = ledger::applied(version);
    notes.extend(ledger::checksum(version, &checksum(up)));
    let note = format!("{};\n", notes.join(";\n"));
    if *transaction {
        return vec![format!("BEGIN;\n{up}\n;\n{note}COMMIT;\n")];
    }
    match commit(up, dialect) {
        Some(at) => vec![format!("{}{note}{}", &up[..at], &up[at..])],
        None if is_single(up, dialect) => vec![(*up).to_owned(), note],
        None => vec![format!("{up}\n;\n{note}")],
    }
}

/// Whether a script is one command.
fn is_single(script: &str, dialect: Dialect) -> bool {
    let solid = tokens(script, dialect).filter(|it| it.kind != Kind::Space);
    let commands: Vec<bool> = solid.map(|it| it.text == ";").collect();
    commands.iter().rev().skip_while(|is_end| **is_end).all(|is_end| !is_end)
}

/// Where the last `COMMIT` of a script begins that is one transaction, or some one after the other.
fn commit(script: &str, dialect: Dialect) -> Option<usize> {
    let (mut at, mut is_start) = (0, true);
    let (mut open, mut last) = (false, None);
    for token in tokens(script, dialect) {
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

    fn scripts(up: &'static str, transaction: bool, dialect: Dialect) -> Vec<String> {
        let revision =
            Embedded { version: "it's", name: "n", up, transaction, replaces: &[], joined: &[] };
        let spaced = |it: &String| {
            let words: Vec<&str> = it.split_whitespace().collect();
            words.join(" ").replace(&checksum(up), "SUM")
        };
        noted(&revision, dialect).iter().map(spaced).collect()
    }

    fn script(up: &'static str, transaction: bool) -> String {
        let [all] = &scripts(up, transaction, Dialect::Sqlite)[..] else { panic!("{up}") };
        all.clone()
    }

    const NOTE: &str = "INSERT INTO __diesel_schema_migrations (version) VALUES ('it''s'); \
                        DELETE FROM __diesel_autogen_applied WHERE version = 'it''s'; \
                        INSERT INTO __diesel_autogen_applied (version, checksum, run_on) \
                        SELECT version, 'SUM', run_on FROM __diesel_schema_migrations \
                        WHERE version = 'it''s';";

    #[test]
    fn the_note_is_in_the_transaction_of_the_script() {
        assert_eq!(script("SELECT 1 -- x", true), format!("BEGIN; SELECT 1 -- x ; {NOTE} COMMIT;"));
        assert_eq!(
            script("PRAGMA x; BEGIN; SELECT 'COMMIT;'; COMMIT; PRAGMA y;", false),
            format!("PRAGMA x; BEGIN; SELECT 'COMMIT;'; {NOTE} COMMIT; PRAGMA y;")
        );
        let two = "BEGIN; COMMIT; BEGIN;";
        assert_eq!(script("BEGIN; COMMIT; BEGIN; COMMIT;", false), format!("{two} {NOTE} COMMIT;"));
        assert_eq!(script(two, false), format!("{two} ; {NOTE}"));
        let trigger = "BEGIN; CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END; COMMIT;";
        assert!(script(trigger, false).ends_with(&format!("END; {NOTE} COMMIT;")));
    }

    #[test]
    fn what_a_block_of_postgresql_says_is_no_transaction_and_a_single_command_stands_alone() {
        let block = "BEGIN; DO $$ DECLARE n int; BEGIN RAISE 'x'; END $$; COMMIT;";
        let inside = block.replace("COMMIT;", &format!("{NOTE} COMMIT;"));
        assert_eq!(scripts(block, false, Dialect::Postgres), [inside]);
        let alone = "-- why; CREATE INDEX CONCURRENTLY i ON t (a) ; ;";
        let commented = "-- why;\nCREATE INDEX CONCURRENTLY i ON t (a)\n;\n;";
        assert_eq!(scripts(commented, false, Dialect::Postgres), [alone, NOTE]);
        let several = "SET x = 1; SELECT 1";
        assert_eq!(scripts(several, false, Dialect::Postgres), [format!("{several} ; {NOTE}")]);
    }
}
