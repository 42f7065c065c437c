use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use diesel::connection::SimpleConnection;

use super::connection::{Connection, told};
use super::rows::rows;
use super::scratch::Scratch;
use crate::database::url::without_secrets;
use crate::{Error, Value};

/// What the names of scratch databases begin with.
pub const SCRATCH_PREFIX: &str = "autogen_scratch_";

/// How old a scratch database is that nobody will come back to.
const STALE: Duration = Duration::from_secs(60 * 60);

/// A server that makes scratch databases.
#[derive(Clone)]
pub struct Server {
    /// A database on it, from which others are made.
    url: String,
    /// The connection to it, once there is one: a server starts a process for each.
    conn: Arc<Mutex<Option<Connection>>>,
}

impl Server {
    /// The server of the database at this `postgres://` URL. Nothing is opened.
    pub fn new(url: &str) -> Server {
        Server { url: url.to_owned(), conn: Arc::default() }
    }

    /// An empty database, with the encoding and the locale of the one at the URL. Those that a
    /// process left behind which died are dropped on the way.
    ///
    /// # Errors
    /// When the server cannot be reached, or the role may not make databases.
    pub fn scratch(&self) -> Result<Scratch, Error> {
        let name = new_name();
        self.with(|conn| {
            drop_stale(conn);
            let like = format!("{}{}", self.like(conn)?, strategy(conn)?);
            self.create(conn, &format!("CREATE DATABASE {name} TEMPLATE template0{like}"))
        })?;
        Ok(Scratch::new(self.clone(), name))
    }

    /// A copy of a database that nobody is connected to.
    pub(crate) fn copy(&self, of: &str) -> Result<Scratch, Error> {
        let name = new_name();
        self.with(|conn| {
            let strategy = strategy(conn)?;
            until_left(conn, of);
            self.create(conn, &format!("CREATE DATABASE {name} TEMPLATE {of}{strategy}"))
        })?;
        Ok(Scratch::new(self.clone(), name))
    }

    /// Drops a database, whoever is connected to it. Best effort: whoever comes next cleans up.
    pub(crate) fn drop_database(&self, name: &str) {
        // A connection that was kept may be broken by now.
        for _ in 0..2 {
            if self.with(|conn| dropped(conn, name)).is_ok() {
                return;
            }
        }
    }

    /// The URL of another database on the server.
    pub(crate) fn url_of(&self, name: &str) -> String {
        with_database(&self.url, name)
    }

    /// Does something with the connection, which is given up when that fails.
    fn with<T>(&self, run: impl FnOnce(&mut Connection) -> Result<T, Error>) -> Result<T, Error> {
        let mut kept = self.conn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut conn = match kept.take() {
            Some(conn) => conn,
            None => Connection::open(&self.url)?,
        };
        let result = run(&mut conn)?;
        *kept = Some(conn);
        Ok(result)
    }

    fn create(&self, conn: &mut Connection, sql: &str) -> Result<(), Error> {
        conn.diesel().batch_execute(sql).map_err(|error| Error::Open {
            place: without_secrets(&self.url),
            reason: format!(
                "no scratch database can be made there: {}; give the URL of a server on which the \
                 role may make databases with `--scratch-url`",
                told(&error)
            ),
        })
    }

    /// What makes a new database like the one at the URL, where text is compared and sorted.
    fn like(&self, conn: &mut Connection) -> Result<String, Error> {
        let found = rows(
            conn.diesel(),
            "SELECT quote_literal(pg_encoding_to_char(encoding)), quote_literal(datcollate), \
             quote_literal(datctype), to_jsonb(d) ->> 'datlocprovider' \
             FROM pg_database d WHERE datname = current_database()",
        )
        .map_err(|reason| Error::Query { what: "the server's locale".to_owned(), reason })?;
        let text = |value: &Value| value.as_text().unwrap_or_default().to_owned();
        let Some([encoding, collate, ctype, provider]) = found.first().map(Vec::as_slice) else {
            return Ok(String::new());
        };
        // Before release 15 there is one kind of locales alone; others than that have more options
        // than this needs to know, and what the server does by itself is like them.
        let provider = match provider.as_text() {
            None => "",
            Some("c") => " LOCALE_PROVIDER libc",
            Some(_) => return Ok(format!(" ENCODING {}", text(encoding))),
        };
        Ok(format!(
            " ENCODING {} LC_COLLATE {} LC_CTYPE {}{provider}",
            text(encoding),
            text(collate),
            text(ctype)
        ))
    }
}

/// How a database is copied. Copying its files takes two checkpoints, which cost nothing where the
/// server does not wait for the disk; and there it is the quicker way.
fn strategy(conn: &mut Connection) -> Result<&'static str, Error> {
    let found = rows(
        conn.diesel(),
        "SELECT 1 WHERE current_setting('fsync') = 'off' \
         AND current_setting('server_version_num')::int >= 150000",
    )
    .map_err(|reason| Error::Query { what: "the server's settings".to_owned(), reason })?;
    Ok(if found.is_empty() { "" } else { " STRATEGY file_copy" })
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("place", &without_secrets(&self.url)).finish()
    }
}

/// Waits a moment for connections to a database that were closed just now. The server itself, which
/// has to find none, looks again no sooner than after a tenth of a second.
fn until_left(conn: &mut Connection, name: &str) {
    let connected = format!("SELECT FROM pg_stat_activity WHERE datname = '{name}' LIMIT 1");
    for _ in 0..10 {
        match rows(conn.diesel(), &connected) {
            Ok(found) if !found.is_empty() => std::thread::sleep(Duration::from_millis(2)),
            Ok(_) | Err(_) => return,
        }
    }
}

/// Drops a database, whoever is connected to it.
fn dropped(conn: &mut Connection, name: &str) -> Result<(), Error> {
    until_left(conn, name);
    let conn = conn.diesel();
    let mut result = conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
    // Before release 13 whoever is connected has to be sent away first.
    let away =
        format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    for _ in 0..10 {
        if result.is_ok() || rows(conn, &away).is_err() {
            break;
        }
        result = conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name}"));
        if result.is_err() {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    result.map_err(|error| Error::Open { place: name.to_owned(), reason: told(&error) })
}

/// Drops scratch databases of processes that died: old ones to which nobody is connected.
fn drop_stale(conn: &mut Connection) {
    let found = rows(
        conn.diesel(),
        &format!(
            "SELECT datname FROM pg_database d WHERE starts_with(datname, '{SCRATCH_PREFIX}') \
             AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)"
        ),
    );
    let now = now().as_secs();
    for name in found.iter().flatten().flatten().filter_map(Value::as_text) {
        let made = name[SCRATCH_PREFIX.len()..].split('_').next();
        let made = made.and_then(|text| u64::from_str_radix(text, 16).ok());
        if made.is_some_and(|made| made + STALE.as_secs() < now) {
            // One that somebody connects to just now stays.
            let _ = conn.diesel().batch_execute(&format!("DROP DATABASE IF EXISTS {name}"));
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

/// The URL with another database in it.
fn with_database(url: &str, name: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
    let (rest, parameters) = match rest.split_once('?') {
        Some((rest, parameters)) => (rest, parameters),
        None => (rest, ""),
    };
    // libpq takes what is before the last `@` for the user, and a socket's path is escaped.
    let host = rest.rfind('@').map_or(0, |at| at + 1);
    let authority = rest[host..].find('/').map_or(rest, |at| &rest[..host + at]);
    // A parameter would win over the path.
    let parameters: Vec<&str> =
        parameters.split('&').filter(|it| !it.is_empty() && !it.starts_with("dbname=")).collect();
    let parameters =
        if parameters.is_empty() { String::new() } else { format!("?{}", parameters.join("&")) };
    format!("{scheme}://{authority}/{name}{parameters}")
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn the_database_in_a_url_is_exchanged() {
        for (url, expected) in [
            ("postgres://localhost/app", "postgres://localhost/x"),
            ("postgresql://localhost", "postgresql://localhost/x"),
            ("postgres://a:b/c@h:5/app?sslmode=require", "postgres://a:b/c@h:5/x?sslmode=require"),
            ("postgres:///app?host=/tmp&dbname=app", "postgres:///x?host=/tmp"),
            ("postgres://%2Ftmp/app", "postgres://%2Ftmp/x"),
        ] {
            assert_eq!(with_database(url, "x"), expected);
        }
    }
}
