use std::ops::Range;

use diesel::connection::CacheSize;
use diesel::pg::PgConnection;
use diesel::result::Error as DieselError;
use diesel::{Connection as _, ConnectionError};

use crate::Error;
use crate::database::url::without_secrets;

/// A connection of Diesel's, and where it leads, if that is known.
pub struct Connection {
    conn: PgConnection,
    url: Option<String>,
}

impl Connection {
    /// Connects to the database at a `postgres://` URL.
    pub(crate) fn open(url: &str) -> Result<Connection, Error> {
        let conn = PgConnection::establish(url).map_err(|error| {
            let reason = match error {
                ConnectionError::BadConnection(reason) => reason,
                error => error.to_string(),
            };
            Error::Open { place: without_secrets(url), reason: refused(reason.trim()) }
        })?;
        let mut conn = Connection { conn, url: Some(url.to_owned()) };
        // What stands between it and the server may hand each query to another session.
        conn.keep_statements(false);
        Ok(conn)
    }

    /// Whether statements are prepared under names, for the next time.
    pub(crate) fn keep_statements(&mut self, keep: bool) {
        let size = if keep { CacheSize::Unbounded } else { CacheSize::Disabled };
        self.conn.set_prepared_statement_cache_size(size);
    }

    /// Diesel's connection.
    pub(crate) fn diesel(&mut self) -> &mut PgConnection {
        &mut self.conn
    }

    /// The URL that it was opened with.
    pub(crate) fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }
}

/// Why a server cannot be reached, and what to do where this build is why.
fn refused(reason: &str) -> String {
    let without_tls = cfg!(feature = "postgres-bundled") && !cfg!(feature = "postgres-bundled-tls");
    let asked = ["SSL", "sslmode", "no encryption"].iter().any(|word| reason.contains(word));
    if without_tls && asked {
        return format!(
            "{reason}; this build does not speak TLS: install it with `--features postgres-tls`"
        );
    }
    reason.to_owned()
}

/// One that was opened by other means.
impl From<PgConnection> for Connection {
    fn from(conn: PgConnection) -> Connection {
        Connection { conn, url: None }
    }
}

/// What the server says of a failure: its message, and what it adds as detail and as hint.
pub(crate) fn told(error: &DieselError) -> String {
    let DieselError::DatabaseError(_, info) = error else { return error.to_string() };
    let mut text = info.message().to_owned();
    for more in [info.details(), info.hint()].into_iter().flatten() {
        text.push_str(": ");
        text.push_str(more);
    }
    text
}

/// Where the statement of a script is in which the server stopped, when it says a position.
pub(crate) fn statement_at(error: &DieselError, script: &str) -> Option<Range<usize>> {
    let DieselError::DatabaseError(_, info) = error else { return None };
    // The position counts characters from one.
    let at = usize::try_from(info.statement_position()?).ok()?.checked_sub(1)?;
    let at = script.char_indices().nth(at).map_or(script.len(), |(at, _)| at);
    let all = super::note::statements(script);
    all.into_iter().find(|range| range.contains(&at) || range.end == at)
}
