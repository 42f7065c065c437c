use diesel::connection::SimpleConnection;
use diesel::mysql::MysqlConnection;
use diesel_autogen_progress::{leave_open, statements, told};
use diesel_autogen_schema::Live;

use super::connection::connect;
use super::copy::copy;
use super::rows::rows;
use super::server::{Server, drop_database};
use crate::{Dump, Error, Value};

/// A database of a server's to try migrations on; dropped in the end.
pub struct Scratch {
    server: Server,
    name: String,
    /// Where scripts run, as they do in an application.
    conn: Option<MysqlConnection>,
    /// Where questions are asked, with names in double quotes as all engines here write them.
    asking: Option<MysqlConnection>,
}

impl Scratch {
    pub(super) fn new(server: Server, name: String) -> Scratch {
        Scratch { server, name, conn: None, asking: None }
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
    /// tables, stays behind.
    ///
    /// # Errors
    /// When the server makes no copy.
    pub fn fork(&mut self) -> Result<Scratch, Error> {
        let mut to = self.sibling()?;
        let name = self.name.clone();
        copy(self.connection()?, &name, to.connection()?)?;
        Ok(to)
    }

    /// An empty database beside this one, whose tables are like those here where nothing is said.
    pub(super) fn sibling(&mut self) -> Result<Scratch, Error> {
        let server = self.server.clone();
        let conn = self.connection()?;
        let collation = collation(conn)?;
        server.create(conn, &collation)
    }

    /// Runs a whole migration script as Diesel's runner does, statement by statement. On this
    /// engine a transaction holds nothing together that changes tables, so there is none.
    ///
    /// # Errors
    /// When a statement fails or a transaction is left open. Then no transaction is open.
    pub fn execute(&mut self, sql: &str, _in_transaction: bool) -> Result<(), Error> {
        let conn = self.connection()?;
        let statements = statements(sql);
        for statement in &statements {
            if let Err(error) = conn.batch_execute(statement.sql) {
                let _ = conn.batch_execute("ROLLBACK");
                let (statement, reason) = (statement.sql.to_owned(), told(&error));
                return Err(Error::Statement { statement, reason });
            }
        }
        if leave_open(&statements) {
            let _ = conn.batch_execute("ROLLBACK");
            return Err(Error::LeftOpen);
        }
        Ok(())
    }

    /// What the database holds, as [`super::introspect`] tells it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn live(&mut self) -> Result<Live, Error> {
        super::introspect(self.connection()?)
    }

    /// The dump of the database.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn dump(&mut self) -> Result<Dump, Error> {
        super::dump(self.connection()?)
    }

    /// The rows of a query. Double quotes are round names there.
    ///
    /// # Errors
    /// When the query fails.
    pub fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Value>>, Error> {
        rows(self.asking()?, sql)
            .map_err(|reason| Error::Statement { statement: sql.to_owned(), reason })
    }

    /// Runs a statement and takes it back when one of the queries finds something then or fails.
    /// Double quotes are round names there.
    ///
    /// # Errors
    /// Why it was taken back.
    pub(crate) fn attempt(&mut self, sql: &str, forbidden: &[String]) -> Result<(), String> {
        let conn = self.asking().map_err(|error| error.to_string())?;
        conn.batch_execute("BEGIN").map_err(|error| told(&error))?;
        let mut result = conn.batch_execute(sql).map_err(|error| told(&error));
        for query in forbidden {
            if result.is_ok() {
                result = match rows(conn, query) {
                    Ok(rows) if rows.is_empty() => Ok(()),
                    Ok(_) => Err(format!("the migration will not take its rows: {query}")),
                    Err(refused) => Err(refused),
                };
            }
        }
        let end = if result.is_ok() { "COMMIT" } else { "ROLLBACK" };
        conn.batch_execute(end).map_err(|error| told(&error))?;
        result
    }

    /// The rows of a query, asked where scripts run.
    pub(super) fn told(&mut self, sql: &str) -> Result<Vec<Vec<Value>>, Error> {
        rows(self.connection()?, sql)
            .map_err(|reason| Error::Statement { statement: sql.to_owned(), reason })
    }

    /// Runs a statement where questions are asked.
    pub(super) fn ask(&mut self, sql: &str) -> Result<(), Error> {
        let failed = |error| Error::Statement { statement: sql.to_owned(), reason: told(&error) };
        self.asking()?.batch_execute(sql).map_err(failed)
    }

    /// Enforces foreign keys, for the rows that are put in by questions, or does not.
    pub(super) fn enforce(&mut self, enforced: bool) -> Result<(), Error> {
        self.ask(&format!("SET foreign_key_checks = {}", u8::from(enforced)))
    }

    /// The connection of scripts, made when it is asked for.
    pub(super) fn connection(&mut self) -> Result<&mut MysqlConnection, Error> {
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None => connect(&self.url())?,
        };
        Ok(self.conn.insert(conn))
    }

    fn asking(&mut self) -> Result<&mut MysqlConnection, Error> {
        let conn = match self.asking.take() {
            Some(conn) => conn,
            None => {
                let mut conn = connect(&self.url())?;
                conn.batch_execute("SET sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')").map_err(
                    |error| Error::Open { place: self.name.clone(), reason: told(&error) },
                )?;
                conn
            }
        };
        Ok(self.asking.insert(conn))
    }
}

/// The collation of the database, by its name.
fn collation(conn: &mut MysqlConnection) -> Result<String, Error> {
    let found = rows(conn, "SELECT @@collation_database")
        .map_err(|reason| Error::Query { what: "the collation".to_owned(), reason })?;
    let name = found.first().and_then(|row| row.first()?.as_text());
    Ok(name.unwrap_or_default().to_owned())
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.asking = None;
        // Another connection takes longer than all the rest.
        let sql = drop_database(&self.name);
        let dropped = self.conn.take().is_some_and(|mut conn| conn.batch_execute(&sql).is_ok());
        if !dropped {
            self.server.drop_database(&self.name);
        }
    }
}
