use diesel::connection::SimpleConnection;
use diesel::result::Error as DieselError;
use diesel_autogen_schema::{Dialect, Live, sql};

use super::connection::{Connection, statement_at, told};
use super::rows::{rows, standing};
use super::server::Server;
use crate::{Dump, Error, Value};

/// A database of a server's to try migrations on; dropped in the end.
pub struct Scratch {
    server: Server,
    name: String,
    /// There is none while the database is copied.
    conn: Option<Connection>,
}

impl Scratch {
    pub(crate) fn new(server: Server, name: String) -> Scratch {
        Scratch { server, name, conn: None }
    }

    /// Its name on the server.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its address.
    pub fn url(&self) -> String {
        self.server.url_of(&self.name)
    }

    /// A copy that goes its own way from here on. What belongs to a session, such as temporary
    /// tables, stays behind and is lost.
    ///
    /// # Errors
    /// When the server makes no copy.
    pub fn fork(&mut self) -> Result<Scratch, Error> {
        // A database is copied only while nobody is connected to it.
        self.conn = None;
        self.server.copy(&self.name)
    }

    /// Runs a whole migration script as Diesel's runner does: the server splits it into
    /// statements; with `in_transaction` they run in one transaction.
    ///
    /// # Errors
    /// When a statement fails or a transaction is left open. Then no transaction is open.
    pub fn execute(&mut self, sql: &str, in_transaction: bool) -> Result<(), Error> {
        let conn = self.connection_for(sql)?.diesel();
        let mut result = if in_transaction { conn.batch_execute("BEGIN") } else { Ok(()) };
        if result.is_ok() {
            result = conn.batch_execute(sql);
        }
        if result.is_ok() && in_transaction {
            result = conn.batch_execute("COMMIT");
        }
        match result {
            Ok(()) if in_transaction => Ok(()),
            Ok(()) if super::apply::close(conn) => Err(Error::LeftOpen),
            Ok(()) => Ok(()),
            Err(error) => {
                super::apply::close(conn);
                Err(statement(&error, sql))
            }
        }
    }

    /// What the database holds, as [`super::introspect`] tells it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn live(&mut self) -> Result<Live, Error> {
        super::introspect(self.connection()?.diesel())
    }

    /// The dump of the database.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn dump(&mut self) -> Result<Dump, Error> {
        super::dump(self.connection()?)
    }

    /// The rows of a query.
    ///
    /// # Errors
    /// When the query fails.
    pub fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Value>>, Error> {
        rows(self.connection()?.diesel(), sql)
            .map_err(|reason| Error::Statement { statement: sql.to_owned(), reason })
    }

    /// Runs a statement and takes it back when one of the queries finds something then or fails.
    ///
    /// # Errors
    /// Why it was taken back.
    pub(crate) fn attempt(&mut self, sql: &str, forbidden: &[String]) -> Result<(), String> {
        let conn = self.connection().map_err(|error| error.to_string())?.diesel();
        let failed = |error: DieselError| told(&error);
        conn.batch_execute("BEGIN").map_err(failed)?;
        let mut result = conn.batch_execute(sql).map_err(failed);
        if result.is_ok() {
            result = self.finds_nothing(forbidden);
        }
        let conn = self.connection().map_err(|error| error.to_string())?.diesel();
        if result.is_ok() {
            result = conn.batch_execute("COMMIT").map_err(failed);
        }
        super::apply::close(conn);
        result
    }

    /// Whether none of the queries finds a row. They are asked at once, and planned once: the same
    /// are asked for each of hundreds of rows.
    ///
    /// # Errors
    /// Which one finds some, or why one fails.
    pub(crate) fn finds_nothing(&mut self, queries: &[String]) -> Result<(), String> {
        if queries.is_empty() {
            return Ok(());
        }
        let arms = queries.iter().enumerate();
        let arms: String =
            arms.map(|(at, query)| format!(" WHEN EXISTS ({query}\n) THEN {at}")).collect();
        let found = self.standing(&format!("SELECT CASE{arms} END")).map_err(Error::into_reason)?;
        match found.first().and_then(|row| row.first()?.as_count()) {
            None => Ok(()),
            Some(at) => Err(format!("the migration will not take its rows: {}", queries[at])),
        }
    }

    /// The same inside of a transaction that is open.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) fn live_within(&mut self) -> Result<Live, Error> {
        super::introspect_within(self.connection()?.diesel())
    }

    /// Runs statements where the session stands, inside of a transaction that is open or not.
    ///
    /// # Errors
    /// When one fails. A transaction that was open is broken then.
    pub(crate) fn statement(&mut self, sql: &str) -> Result<(), Error> {
        let conn = self.connection_for(sql)?.diesel();
        conn.batch_execute(sql).map_err(|error| statement(&error, sql))
    }

    /// The rows of a query that is asked again and again.
    ///
    /// # Errors
    /// When the query fails.
    pub(crate) fn standing(&mut self, sql: &str) -> Result<Vec<Vec<Value>>, Error> {
        standing(self.connection()?.diesel(), sql)
            .map_err(|reason| Error::Statement { statement: sql.to_owned(), reason })
    }

    /// The connection for a script. One that throws away what the session has prepared would have
    /// Diesel look for what is not there any more.
    fn connection_for(&mut self, sql: &str) -> Result<&mut Connection, Error> {
        let conn = self.connection()?;
        let throws = |token: sql::Token<'_>| {
            ["discard", "deallocate"].iter().any(|it| token.text.eq_ignore_ascii_case(it))
        };
        if sql::tokens(sql, Dialect::Postgres).any(throws) {
            conn.keep_statements(false);
        }
        Ok(conn)
    }

    /// The connection, made when it is asked for.
    pub(crate) fn connection(&mut self) -> Result<&mut Connection, Error> {
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None => {
                let mut conn = Connection::open(&self.url())?;
                conn.keep_statements(true);
                // Nobody will miss what is lost with the server.
                conn.diesel()
                    .batch_execute("SET synchronous_commit = off; SET client_min_messages = error")
                    .map_err(|error| Error::Open {
                        place: self.name.clone(),
                        reason: told(&error),
                    })?;
                conn
            }
        };
        Ok(self.conn.insert(conn))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.conn = None;
        self.server.drop_database(&self.name);
    }
}

/// The error of a script, with the statement that it is about where the server tells.
fn statement(error: &DieselError, script: &str) -> Error {
    let statement = statement_at(error, script).map_or(script, |range| &script[range]);
    Error::Statement { statement: statement.trim().to_owned(), reason: told(error) }
}
