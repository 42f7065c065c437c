use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use diesel::connection::SimpleConnection;
use diesel::mysql::MysqlConnection;

use diesel_autogen_progress::{literal, quoted, told};
use diesel_autogen_schema::Flavour;

use super::connection::{connect_to_server, expect_flavour, with_database};
use super::rows::rows;
use super::scratch::Scratch;
use crate::database::url::without_secrets;
use crate::{Error, Value};

/// What the names of scratch databases begin with.
pub const SCRATCH_PREFIX: &str = "diesel_autogen_scratch_";

/// How old a scratch database is that nobody will come back to.
const STALE: Duration = Duration::from_secs(60 * 60);

/// A server that makes scratch databases.
#[derive(Clone, Debug)]
pub struct Server {
    /// A database on it, or the server itself.
    url: String,
    /// Which of the two it has to be, if that makes a difference.
    flavour: Option<Flavour>,
}

impl Server {
    /// The server at this `mysql://` URL. Nothing is opened.
    pub fn new(url: &str) -> Server {
        Server { url: url.to_owned(), flavour: None }
    }

    /// The same, which has to be of this flavour.
    #[must_use]
    pub fn of_flavour(self, flavour: Flavour) -> Server {
        Server { flavour: Some(flavour), ..self }
    }

    /// An empty database, with the collation of the one at the URL. Those that a process left
    /// behind which died are dropped on the way.
    ///
    /// # Errors
    /// When the server cannot be reached, or the user may not make databases.
    pub fn scratch(&self) -> Result<Scratch, Error> {
        let mut conn = connect_to_server(&self.url)?;
        if let Some(flavour) = self.flavour {
            expect_flavour(&mut conn, flavour)?;
        }
        drop_stale(&mut conn);
        let collation = rows(&mut conn, "SELECT @@collation_database")
            .map_err(|reason| Error::Query { what: "the server's collation".to_owned(), reason })?;
        let collation = collation.first().and_then(|row| row.first()?.as_text());
        self.create(&mut conn, collation.unwrap_or("utf8mb4_unicode_ci"))
    }

    /// A scratch database whose tables have this collation by themselves.
    pub(super) fn create(
        &self,
        conn: &mut MysqlConnection,
        collation: &str,
    ) -> Result<Scratch, Error> {
        let name = new_name();
        let sql = format!("CREATE DATABASE {} COLLATE {collation}", quoted(&name));
        conn.batch_execute(&sql).map_err(|error| Error::Open {
            place: without_secrets(&self.url),
            reason: format!(
                "no scratch database can be made there: {}; give the URL of a server on which the \
                 user may make databases called `{SCRATCH_PREFIX}…` with `--scratch-url`",
                told(&error)
            ),
        })?;
        Ok(Scratch::new(self.clone(), name))
    }

    /// Drops a database. Best effort: whoever comes next cleans up.
    pub(super) fn drop_database(&self, name: &str) {
        let Ok(mut conn) = connect_to_server(&self.url) else { return };
        let _ = conn.batch_execute(&drop_database(name));
    }

    /// The URL of another database on the server.
    pub(super) fn url_of(&self, name: &str) -> String {
        with_database(&self.url, name)
    }
}

pub(super) fn drop_database(name: &str) -> String {
    format!("DROP DATABASE IF EXISTS {}", quoted(name))
}

/// Drops scratch databases of processes that died: old ones to which nobody is connected.
fn drop_stale(conn: &mut MysqlConnection) {
    let sql = format!(
        "SELECT schema_name FROM information_schema.schemata WHERE LEFT(schema_name, {}) = {} \
         AND schema_name NOT IN \
         (SELECT db FROM information_schema.processlist WHERE db IS NOT NULL)",
        SCRATCH_PREFIX.len(),
        literal(SCRATCH_PREFIX)
    );
    let found = rows(conn, &sql);
    let now = now().as_secs();
    for name in found.iter().flatten().flatten().filter_map(Value::as_text) {
        let made = name[SCRATCH_PREFIX.len()..].split('_').next();
        let made = made.and_then(|text| u64::from_str_radix(text, 16).ok());
        if made.is_some_and(|made| made + STALE.as_secs() < now) {
            let _ = conn.batch_execute(&drop_database(name));
        }
    }
}

/// A name that no other process and no other thread makes up: when, who, and a count.
fn new_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let now = now();
    format!(
        "{SCRATCH_PREFIX}{:x}_{:x}_{:x}_{:x}",
        now.as_secs(),
        std::process::id(),
        now.subsec_nanos(),
        COUNT.fetch_add(1, Ordering::Relaxed),
    )
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
