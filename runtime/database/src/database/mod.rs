//! A database of the user's, whatever its engine.

pub(crate) mod apply;
mod guards;
mod ledger;
mod lock;
mod text;
pub(crate) mod url;

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::sqlite::SqliteConnection;
use diesel_autogen_evolve::guard::Told;
use diesel_autogen_schema::{Dialect, Flavour, Live};

use self::apply::{Direction, run_all};
#[cfg(feature = "mysql")]
use crate::mysql;
#[cfg(feature = "postgres")]
use crate::postgres;
use crate::sqlite::{self, Source};
use crate::{Dump, Error, Value};

/// A live database that migrations are applied to.
pub struct Database {
    connection: Connection,
    /// What keeps other processes from migrating it, where that is no business of the server.
    held: Option<lock::Held>,
}

/// A connection of Diesel's, of one of the engines.
pub enum Connection {
    /// To SQLite.
    Sqlite(SqliteConnection),
    /// To PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres(postgres::Connection),
    /// To MySQL or MariaDB.
    #[cfg(feature = "mysql")]
    Mysql(diesel::MysqlConnection),
}

/// A migration that stopped between two of its statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HalfDone {
    /// Its version.
    pub version: String,
    /// Whether it was being applied; otherwise it was being reverted.
    pub up: bool,
    /// How many statements of the script are done.
    pub done: usize,
}

impl Database {
    /// Opens the SQLite database at a path, a `sqlite://` or a `file:` URL, made if it is not
    /// there; the PostgreSQL database at a `postgres://` or `postgresql://` URL; or the one of
    /// MySQL or MariaDB at a `mysql://` or `mariadb://` URL.
    ///
    /// # Errors
    /// When it cannot be opened, is no database, or this build does not know its engine.
    pub fn open(url: &str) -> Result<Database, Error> {
        let connection = match url::engine(url) {
            Ok(Dialect::Sqlite) => Connection::Sqlite(sqlite::connect(url)?),
            #[cfg(feature = "postgres")]
            Ok(Dialect::Postgres) => Connection::Postgres(postgres::Connection::open(url)?),
            #[cfg(not(feature = "postgres"))]
            Ok(dialect @ Dialect::Postgres) => return Err(url::not_built(url, dialect)),
            #[cfg(feature = "mysql")]
            Ok(Dialect::Mysql) => Connection::Mysql(mysql::connect(url)?),
            #[cfg(not(feature = "mysql"))]
            Ok(dialect @ Dialect::Mysql) => return Err(url::not_built(url, dialect)),
            Err(error) => return Err(error),
        };
        Ok(Database { connection, held: None })
    }

    /// A database that is open already.
    pub fn from_connection(connection: impl Into<Connection>) -> Database {
        Database { connection: connection.into(), held: None }
    }

    /// Its engine.
    pub fn engine(&self) -> Dialect {
        match &self.connection {
            Connection::Sqlite(_) => Dialect::Sqlite,
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => Dialect::Postgres,
            #[cfg(feature = "mysql")]
            Connection::Mysql(_) => Dialect::Mysql,
        }
    }

    /// The connection, for questions of one's own, when it is one to SQLite.
    pub fn sqlite(&mut self) -> Option<&mut SqliteConnection> {
        match &mut self.connection {
            Connection::Sqlite(conn) => Some(conn),
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => None,
            #[cfg(feature = "mysql")]
            Connection::Mysql(_) => None,
        }
    }

    /// The connection, for questions of one's own, when it is one to PostgreSQL.
    #[cfg(feature = "postgres")]
    pub fn postgres(&mut self) -> Option<&mut diesel::PgConnection> {
        match &mut self.connection {
            Connection::Sqlite(_) => None,
            Connection::Postgres(conn) => Some(conn.diesel()),
            #[cfg(feature = "mysql")]
            Connection::Mysql(_) => None,
        }
    }

    /// The connection, for questions of one's own, when it is one to MySQL or MariaDB.
    #[cfg(feature = "mysql")]
    pub fn mysql(&mut self) -> Option<&mut diesel::MysqlConnection> {
        match &mut self.connection {
            Connection::Sqlite(_) => None,
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => None,
            Connection::Mysql(conn) => Some(conn),
        }
    }

    /// Which of the servers it is that speak one language; `None` for engines that are one server.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub fn flavour(&mut self) -> Result<Option<Flavour>, Error> {
        match &mut self.connection {
            Connection::Sqlite(_) => Ok(None),
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => Ok(None),
            #[cfg(feature = "mysql")]
            Connection::Mysql(conn) => mysql::flavour(conn).map(|(flavour, _)| Some(flavour)),
        }
    }

    /// Makes sure that the server is of this flavour, where there are several.
    ///
    /// # Errors
    /// When it is of another one, or cannot be asked.
    #[cfg_attr(not(feature = "mysql"), expect(unused_variables, reason = "no server is of one"))]
    pub fn expect_flavour(&mut self, flavour: Flavour) -> Result<(), Error> {
        match &mut self.connection {
            Connection::Sqlite(_) => Ok(()),
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => Ok(()),
            #[cfg(feature = "mysql")]
            Connection::Mysql(conn) => mysql::expect_flavour(conn, flavour),
        }
    }

    /// Versions of the migrations that were applied, oldest first. Writes nothing.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn applied(&mut self) -> Result<Vec<String>, Error> {
        match &mut self.connection {
            Connection::Sqlite(conn) => sqlite::applied(conn),
            #[cfg(feature = "postgres")]
            Connection::Postgres(conn) => postgres::applied(conn.diesel()),
            #[cfg(feature = "mysql")]
            Connection::Mysql(conn) => mysql::applied(conn),
        }
    }

    /// Applies the migrations in these directories in this order; those that are applied are
    /// passed over. `told` hears of each before it runs. A migration that is one transaction, its
    /// own or the runner's, is noted as applied in that very transaction.
    ///
    /// # Errors
    /// When a migration fails. Those before it stay applied; its own transaction is rolled back.
    pub fn upgrade(
        &mut self,
        directories: &[PathBuf],
        told: &mut dyn FnMut(&Path),
    ) -> Result<(), Error> {
        self.run_all(directories, Direction::Up, told, &|_| Vec::new())
    }

    /// As [`Database::upgrade`], and notes the checksum that `checksum` has for each directory.
    ///
    /// # Errors
    /// As [`Database::upgrade`].
    pub fn upgrade_noting(
        &mut self,
        directories: &[PathBuf],
        told: &mut dyn FnMut(&Path),
        checksum: &dyn Fn(&Path) -> Option<(String, String)>,
    ) -> Result<(), Error> {
        self.execute(&format!("{};", crate::ledger::setup().join(";\n")))?;
        let note = |directory: &Path| match checksum(directory) {
            Some((version, checksum)) => crate::ledger::checksum(&version, &checksum),
            None => Vec::new(),
        };
        self.run_all(directories, Direction::Up, told, &note)
    }

    /// Reverts the migrations in these directories in this order; those that are not applied are
    /// passed over. `told` hears of each before it runs.
    ///
    /// # Errors
    /// When a migration fails. Those before it stay reverted; its own transaction is rolled back.
    pub fn downgrade(
        &mut self,
        directories: &[PathBuf],
        told: &mut dyn FnMut(&Path),
    ) -> Result<(), Error> {
        self.run_all(directories, Direction::Down, told, &|_| Vec::new())
    }

    fn run_all(
        &mut self,
        directories: &[PathBuf],
        direction: Direction,
        told: &mut dyn FnMut(&Path),
        note: &dyn Fn(&Path) -> Vec<String>,
    ) -> Result<(), Error> {
        let engine = self.engine();
        let result = match &mut self.connection {
            Connection::Sqlite(conn) => run_all(conn, directories, direction, told, note),
            #[cfg(feature = "postgres")]
            Connection::Postgres(conn) => {
                run_all(conn.diesel(), directories, direction, told, note)
            }
            #[cfg(feature = "mysql")]
            Connection::Mysql(conn) => run_all(conn, directories, direction, told, note),
        };
        result.map_err(|error| guards::recognised(error, engine))
    }

    /// Asks a guard of a migration: `None` when nothing is in its way, else what it found, in a
    /// sentence. Writes nothing, whatever the statement is.
    ///
    /// # Errors
    /// When the question cannot be asked, as where a table is yet to come.
    pub fn ask(&mut self, guard: &Told) -> Result<Option<String>, Error> {
        let (begin, end) = match self.engine() {
            Dialect::Sqlite => ("PRAGMA query_only = ON", "PRAGMA query_only = OFF"),
            Dialect::Postgres => ("BEGIN READ ONLY", "ROLLBACK"),
            Dialect::Mysql => ("START TRANSACTION READ ONLY", "ROLLBACK"),
        };
        self.execute(begin)?;
        let result = self.execute(&guard.sql);
        self.execute(end)?;
        match result {
            Ok(()) => Ok(None),
            Err(Error::Statement { statement, reason }) => match guard.sentence(&reason) {
                Some(found) => Ok(Some(found)),
                None => Err(Error::Statement { statement, reason }),
            },
            Err(error) => Err(error),
        }
    }

    /// A migration that was left half done, where the engine commits by itself. Writes nothing.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn half_done(&mut self) -> Result<Option<HalfDone>, Error> {
        match &mut self.connection {
            Connection::Sqlite(_) => Ok(None),
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => Ok(None),
            #[cfg(feature = "mysql")]
            Connection::Mysql(conn) => mysql::half_done(conn),
        }
    }

    /// Runs statements.
    ///
    /// # Errors
    /// The first that fails.
    pub fn execute(&mut self, sql: &str) -> Result<(), Error> {
        let result = match &mut self.connection {
            Connection::Sqlite(conn) => conn.batch_execute(sql),
            #[cfg(feature = "postgres")]
            Connection::Postgres(conn) => conn.diesel().batch_execute(sql),
            #[cfg(feature = "mysql")]
            Connection::Mysql(conn) => conn.batch_execute(sql),
        };
        result.map_err(|error| Error::Statement {
            statement: sql.to_owned(),
            reason: error.to_string(),
        })
    }

    /// Whether there is a table of this name, where Diesel's runner looks for its own.
    pub(crate) fn has_table(&mut self, name: &str) -> Result<bool, Error> {
        let sql = match &self.connection {
            Connection::Sqlite(_) => format!("SELECT 1 FROM sqlite_schema WHERE name = '{name}'"),
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => format!("SELECT 1 WHERE to_regclass('{name}') IS NOT NULL"),
            #[cfg(feature = "mysql")]
            Connection::Mysql(_) => mysql::has_table(name),
        };
        Ok(!self.rows(&sql)?.is_empty())
    }

    /// What the database holds, as its engine's `introspect` tells it.
    ///
    /// # Errors
    /// When the database cannot be read or a stored definition cannot be understood.
    pub fn live(&mut self) -> Result<Live, Error> {
        match &mut self.connection {
            Connection::Sqlite(conn) => sqlite::introspect(conn),
            #[cfg(feature = "postgres")]
            Connection::Postgres(conn) => postgres::introspect(conn.diesel()),
            #[cfg(feature = "mysql")]
            Connection::Mysql(conn) => mysql::introspect(conn),
        }
    }

    /// The dump of the database.
    ///
    /// # Errors
    /// When the database cannot be read or a stored definition cannot be understood.
    pub fn dump(&mut self) -> Result<Dump, Error> {
        match &mut self.connection {
            Connection::Sqlite(conn) => sqlite::dump(conn),
            #[cfg(feature = "postgres")]
            Connection::Postgres(conn) => postgres::dump(conn),
            #[cfg(feature = "mysql")]
            Connection::Mysql(conn) => mysql::dump(conn),
        }
    }

    /// The rows of a query.
    ///
    /// # Errors
    /// When the query fails.
    pub fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Value>>, Error> {
        match &mut self.connection {
            Connection::Sqlite(conn) => conn.read("rows", sql),
            #[cfg(feature = "postgres")]
            Connection::Postgres(conn) => postgres::rows(conn.diesel(), sql)
                .map_err(|reason| Error::Query { what: "rows".to_owned(), reason }),
            #[cfg(feature = "mysql")]
            Connection::Mysql(conn) => mysql::rows(conn, sql)
                .map_err(|reason| Error::Query { what: "rows".to_owned(), reason }),
        }
    }
}

impl From<SqliteConnection> for Connection {
    fn from(conn: SqliteConnection) -> Connection {
        Connection::Sqlite(conn)
    }
}

#[cfg(feature = "postgres")]
impl From<diesel::PgConnection> for Connection {
    fn from(conn: diesel::PgConnection) -> Connection {
        Connection::Postgres(postgres::Connection::from(conn))
    }
}

#[cfg(feature = "mysql")]
impl From<diesel::MysqlConnection> for Connection {
    fn from(conn: diesel::MysqlConnection) -> Connection {
        Connection::Mysql(conn)
    }
}
