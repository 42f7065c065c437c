//! Migrations as text, to be run by the engine's own shell.

use std::fmt::Write;

use diesel_autogen_database::{Database, ledger};
use diesel_autogen_evolve::revision::{Revision, Way, checksum};
use diesel_autogen_schema::Dialect;

use crate::terminal::Terminal;

/// The script that applies or reverts these revisions in this order and notes it as Diesel's runner
/// does.
pub(super) fn script(engine: Dialect, way: Way, path: &[&Revision]) -> String {
    let mut out = beginning(engine);
    for revision in path {
        let (doing, sql, notes) = match way {
            Way::Up => {
                let mut notes = ledger::applied(&revision.version);
                notes.extend(ledger::checksum(&revision.version, &checksum(&revision.up_sql)));
                ("apply", revision.up_sql.as_str(), notes)
            }
            Way::Down => {
                let sql = revision.down_sql.as_deref().unwrap_or_default();
                let versions = [&revision.version].into_iter().chain(&revision.replaces);
                ("revert", sql, versions.flat_map(|it| ledger::reverted(it)).collect())
            }
        };
        let script = Database::script(engine, sql, revision.transaction, &notes);
        // Writing to a `String` never fails.
        let _ = write!(out, "\n-- {doing} {}\n{script}", revision.dir_name);
    }
    out
}

/// The script that notes these versions as applied and no other.
pub(super) fn stamp(engine: Dialect, rows: &[(String, String)]) -> String {
    format!("{}\n{}", beginning(engine), ledger::transaction(&ledger::exactly(rows)))
}

/// Shells go on after a statement that failed, and would commit the half of a migration.
fn beginning(engine: Dialect) -> String {
    let setup = ledger::setup().join(";\n");
    match engine {
        Dialect::Sqlite => format!(".bail on\n{setup};\n"),
        // That the tables are there already is nothing to be told of.
        Dialect::Postgres => format!(
            "\\set ON_ERROR_STOP on\nSET client_min_messages = warning;\n{setup};\nRESET \
             client_min_messages;\n"
        ),
        // That shell stops by itself.
        Dialect::Mysql => format!("{setup};\n"),
    }
}

/// Says what the script is, beside it.
pub(super) fn show(engine: Dialect, script: &str, terminal: &mut Terminal) {
    terminal.line(script.trim_end());
    let shell = match engine {
        Dialect::Sqlite => "sqlite3 DATABASE < FILE",
        Dialect::Postgres => "psql URL -f FILE",
        Dialect::Mysql => "mysql DATABASE < FILE",
    };
    terminal.note(format!("nothing was run: save it to a file and run it with {shell}"));
    terminal.json(&serde_json::json!({ "sql": script }));
}
