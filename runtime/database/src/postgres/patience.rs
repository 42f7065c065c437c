//! What a migration that gave way to others needs to be tried again.

use std::thread;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel_autogen_evolve::script::{Action, read};
use diesel_autogen_schema::Dialect;

use super::rows::rows;
use crate::{Error, Value};

/// How often a migration is tried that waits for a lock no longer than its `lock_timeout`, or that
/// the server ends because it and another wait for each other.
const TRIES: u32 = 20;

/// Runs a migration, again where it gave up waiting for a lock. What a try left behind that keeps
/// the next one from succeeding goes first.
pub(super) fn with_patience(
    conn: &mut PgConnection,
    script: &str,
    run: &mut dyn FnMut(&mut PgConnection) -> Result<(), Error>,
) -> Result<(), Error> {
    let built = built(script);
    for tried in 1..TRIES {
        clear(conn, built.as_ref())?;
        match run(conn) {
            // What did a part of its work would do that again.
            Err(Error::Migration { reason, partial, .. })
                if gave_way(&reason) && (!partial || built.is_some()) =>
            {
                thread::sleep(pause(tried));
            }
            other => return other,
        }
    }
    clear(conn, built.as_ref())?;
    run(conn)
}

/// Whether the server says that a lock was not to be had in time. Drivers tell no more of an error
/// than its text.
fn gave_way(reason: &str) -> bool {
    reason.contains("lock timeout") || reason.contains("deadlock detected")
}

/// Longer each time, and not the same for two that wait for each other.
fn pause(tried: u32) -> Duration {
    let own = u64::from(std::process::id() % 97);
    Duration::from_millis(100 * u64::from(tried.min(20)) + own)
}

/// Drops the index that an earlier try left behind, which finds no row and slows all that write: of
/// that name, of that table, and not valid. One that somebody builds right now stays.
fn clear(conn: &mut PgConnection, built: Option<&(String, String)>) -> Result<(), Error> {
    let Some((table, name)) = built else { return Ok(()) };
    let text = |name: &str| format!("'{}'", name.replace('\'', "''"));
    let sql = format!(
        "SELECT format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname) \
         FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
         JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace \
         WHERE NOT i.indisvalid AND c.relname = {} \
         AND {} IN (t.relname, n.nspname || '.' || t.relname) \
         AND NOT EXISTS (SELECT 1 FROM pg_stat_progress_create_index p \
         WHERE p.index_relid = i.indexrelid)",
        text(name),
        text(table)
    );
    let failed = |reason| Error::Query { what: "the indexes".to_owned(), reason };
    let left = rows(conn, &sql).map_err(failed)?;
    for drop in left.iter().flatten().filter_map(Value::as_text) {
        conn.batch_execute(drop).map_err(|error| failed(error.to_string()))?;
    }
    Ok(())
}

/// The table and the name of the index that a script builds while others write, and nothing else.
fn built(script: &str) -> Option<(String, String)> {
    let statements = read(script, Dialect::Postgres);
    let [statement] = &statements[..] else { return None };
    let Action::CreateIndex { table, index, concurrently: true, .. } = &statement.action else {
        return None;
    };
    Some((table.clone(), index.name.clone()?))
}
