use std::fs;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use diesel_autogen_database::Database;

use super::{Live, Result, Runner};
use crate::package::Package;

pub(super) fn open(package: &Package, name: &str) -> Live {
    let path = package.path().join(format!("{name}.db"));
    let path = path.to_string_lossy();
    let mut conn = SqliteConnection::establish(&path).expect("a database");
    conn.batch_execute("PRAGMA foreign_keys = ON; PRAGMA synchronous = OFF").expect("pragma");
    let runner = Runner::new(conn, package, "PRAGMA foreign_keys = ON; BEGIN; COMMIT");
    let database = Database::open(&path).expect("a database");
    let url = path.into_owned();
    Live { harness: Box::new(runner), database, asking: None, engine: package.engine, url }
}

/// Whether the process has one of the files open that SQLite puts aside what it sorts in.
pub(super) fn is_pausing(process: u32) -> bool {
    let Ok(open) = fs::read_dir(format!("/proc/{process}/fd")) else { return false };
    let mut files = open.flatten().filter_map(|entry| fs::read_link(entry.path()).ok());
    files.any(|file| file.to_string_lossy().contains("etilqs_"))
}

pub(super) fn violations(live: &mut Live) -> Result<String> {
    let sound = live.query("PRAGMA integrity_check")?;
    if sound != "ok" {
        return Err(format!("the database is damaged: {sound}"));
    }
    live.query("SELECT count(*) FROM pragma_foreign_key_check")
}
