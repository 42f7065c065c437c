//! Databases to try things on, whatever their engine.

use diesel_autogen_schema::{Dialect, Flavour, Live, Place, Schema, Table};

#[cfg(feature = "mysql")]
use crate::mysql;
#[cfg(feature = "postgres")]
use crate::postgres;
use crate::proof::{Claim, Create, ProofFailure, Report};
use crate::seed::Seeded;
use crate::{Dump, Error, Value, sqlite};

/// Where scratch databases come from.
#[derive(Clone, Debug)]
pub struct Server {
    origin: Origin,
}

#[derive(Clone, Debug)]
enum Origin {
    Memory,
    #[cfg(feature = "postgres")]
    Postgres(postgres::Server),
    #[cfg(feature = "mysql")]
    Mysql(mysql::Server),
    /// An engine that this build does not talk to, and the address.
    #[cfg(not(all(feature = "postgres", feature = "mysql")))]
    NotBuilt(Dialect, String),
}

impl Server {
    /// Memory for SQLite, whatever the address; for the others the server of the database at the
    /// address, `None` without one. Nothing is opened yet.
    pub fn of(dialect: Dialect, url: Option<&str>) -> Option<Server> {
        let origin = match dialect {
            Dialect::Sqlite => Origin::Memory,
            #[cfg(feature = "postgres")]
            Dialect::Postgres => Origin::Postgres(postgres::Server::new(url?)),
            #[cfg(not(feature = "postgres"))]
            Dialect::Postgres => Origin::NotBuilt(dialect, url?.to_owned()),
            #[cfg(feature = "mysql")]
            Dialect::Mysql => Origin::Mysql(mysql::Server::new(url?)),
            #[cfg(not(feature = "mysql"))]
            Dialect::Mysql => Origin::NotBuilt(dialect, url?.to_owned()),
        };
        Some(Server { origin })
    }

    /// The same, which has to be of this flavour where two servers speak one language.
    #[must_use]
    pub fn of_flavour(
        self,
        #[cfg_attr(not(feature = "mysql"), expect(unused, reason = "the others have none"))]
        flavour: Flavour,
    ) -> Server {
        #[cfg(feature = "mysql")]
        if let Origin::Mysql(server) = self.origin {
            return Server { origin: Origin::Mysql(server.of_flavour(flavour)) };
        }
        self
    }

    /// An empty database that is gone when it is dropped.
    ///
    /// # Errors
    /// When there is no memory, or the server cannot be reached or lets nobody make databases.
    pub fn scratch(&self) -> Result<Scratch, Error> {
        Ok(Scratch::from(match &self.origin {
            Origin::Memory => Inner::Sqlite(sqlite::Scratch::new()?),
            #[cfg(feature = "postgres")]
            Origin::Postgres(server) => Inner::Postgres(server.scratch()?),
            #[cfg(feature = "mysql")]
            Origin::Mysql(server) => Inner::Mysql(server.scratch()?),
            #[cfg(not(all(feature = "postgres", feature = "mysql")))]
            Origin::NotBuilt(dialect, url) => {
                return Err(crate::database::url::not_built(url, *dialect));
            }
        }))
    }
}

/// A database to try migrations on; gone when it is dropped.
pub struct Scratch {
    inner: Inner,
}

enum Inner {
    Sqlite(sqlite::Scratch),
    #[cfg(feature = "postgres")]
    Postgres(postgres::Scratch),
    #[cfg(feature = "mysql")]
    Mysql(mysql::Scratch),
}

impl From<Inner> for Scratch {
    fn from(inner: Inner) -> Scratch {
        Scratch { inner }
    }
}

impl Scratch {
    /// Its engine.
    pub fn engine(&self) -> Dialect {
        match &self.inner {
            Inner::Sqlite(_) => Dialect::Sqlite,
            #[cfg(feature = "postgres")]
            Inner::Postgres(_) => Dialect::Postgres,
            #[cfg(feature = "mysql")]
            Inner::Mysql(_) => Dialect::Mysql,
        }
    }

    /// What only SQLite's has, when it is one.
    pub fn sqlite(&mut self) -> Option<&mut sqlite::Scratch> {
        match &mut self.inner {
            Inner::Sqlite(scratch) => Some(scratch),
            #[cfg(feature = "postgres")]
            Inner::Postgres(_) => None,
            #[cfg(feature = "mysql")]
            Inner::Mysql(_) => None,
        }
    }

    /// What only PostgreSQL's has, when it is one.
    #[cfg(feature = "postgres")]
    pub fn postgres(&mut self) -> Option<&mut postgres::Scratch> {
        match &mut self.inner {
            Inner::Sqlite(_) => None,
            Inner::Postgres(scratch) => Some(scratch),
            #[cfg(feature = "mysql")]
            Inner::Mysql(_) => None,
        }
    }

    /// What only the one of MySQL or MariaDB has, when it is one.
    #[cfg(feature = "mysql")]
    pub fn mysql(&mut self) -> Option<&mut mysql::Scratch> {
        match &mut self.inner {
            Inner::Sqlite(_) => None,
            #[cfg(feature = "postgres")]
            Inner::Postgres(_) => None,
            Inner::Mysql(scratch) => Some(scratch),
        }
    }

    /// A copy that goes its own way from here on.
    ///
    /// # Errors
    /// When there is no place for it.
    pub fn fork(&mut self) -> Result<Scratch, Error> {
        Ok(Scratch::from(match &mut self.inner {
            Inner::Sqlite(scratch) => Inner::Sqlite(scratch.fork()?),
            #[cfg(feature = "postgres")]
            Inner::Postgres(scratch) => Inner::Postgres(scratch.fork()?),
            #[cfg(feature = "mysql")]
            Inner::Mysql(scratch) => Inner::Mysql(scratch.fork()?),
        }))
    }

    /// Runs a whole migration script as Diesel's runner does; with `in_transaction` in one
    /// transaction.
    ///
    /// # Errors
    /// When a statement fails or a transaction is left open. Then no transaction is open.
    pub fn execute(&mut self, sql: &str, in_transaction: bool) -> Result<(), Error> {
        match &mut self.inner {
            Inner::Sqlite(scratch) => scratch.execute(sql, in_transaction),
            #[cfg(feature = "postgres")]
            Inner::Postgres(scratch) => scratch.execute(sql, in_transaction),
            #[cfg(feature = "mysql")]
            Inner::Mysql(scratch) => scratch.execute(sql, in_transaction),
        }
    }

    /// What the database holds, as its engine's `introspect` tells it.
    ///
    /// # Errors
    /// When it cannot be read or a stored definition cannot be understood.
    pub fn live(&mut self) -> Result<Live, Error> {
        match &mut self.inner {
            Inner::Sqlite(scratch) => scratch.live(),
            #[cfg(feature = "postgres")]
            Inner::Postgres(scratch) => scratch.live(),
            #[cfg(feature = "mysql")]
            Inner::Mysql(scratch) => scratch.live(),
        }
    }

    /// The dump of the database.
    ///
    /// # Errors
    /// When it cannot be read or a stored definition cannot be understood.
    pub fn dump(&mut self) -> Result<Dump, Error> {
        match &mut self.inner {
            Inner::Sqlite(scratch) => scratch.dump(),
            #[cfg(feature = "postgres")]
            Inner::Postgres(scratch) => scratch.dump(),
            #[cfg(feature = "mysql")]
            Inner::Mysql(scratch) => scratch.dump(),
        }
    }

    /// The rows of a query.
    ///
    /// # Errors
    /// When the query fails.
    pub fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Value>>, Error> {
        match &mut self.inner {
            Inner::Sqlite(scratch) => scratch.rows(sql),
            #[cfg(feature = "postgres")]
            Inner::Postgres(scratch) => scratch.rows(sql),
            #[cfg(feature = "mysql")]
            Inner::Mysql(scratch) => scratch.rows(sql),
        }
    }

    /// What a database holds of tables that are made from their facts alone: on PostgreSQL this
    /// one, which may have functions and types that they need, as if what is `owned` were not in
    /// it. Nothing here is changed by it; `live` is what is here.
    ///
    /// # Errors
    /// When they cannot be made.
    pub fn build(
        &mut self,
        live: &Live,
        owned: &Schema,
        tables: &[Table],
        create: Create<'_>,
    ) -> Result<Live, ProofFailure> {
        match &mut self.inner {
            Inner::Sqlite(_) => sqlite::build(tables, create),
            #[cfg(feature = "postgres")]
            Inner::Postgres(scratch) => postgres::build(scratch, live, owned, tables, create),
            #[cfg(feature = "mysql")]
            Inner::Mysql(scratch) => mysql::build(scratch, tables, create),
        }
    }

    pub(crate) fn prove(&mut self, claim: &Claim<'_>) -> Result<Report, ProofFailure> {
        match &mut self.inner {
            Inner::Sqlite(scratch) => sqlite::prove(scratch, claim),
            #[cfg(feature = "postgres")]
            Inner::Postgres(scratch) => postgres::prove(scratch, claim),
            #[cfg(feature = "mysql")]
            Inner::Mysql(scratch) => mysql::prove(scratch, claim),
        }
    }

    pub(crate) fn seed(&mut self, tables: &[Place<'_>], models: &Schema) -> Result<Seeded, Error> {
        match &mut self.inner {
            Inner::Sqlite(scratch) => sqlite::seed(scratch, tables, models),
            #[cfg(feature = "postgres")]
            Inner::Postgres(scratch) => postgres::seed(scratch, tables, models),
            #[cfg(feature = "mysql")]
            Inner::Mysql(scratch) => mysql::seed(scratch, tables, models),
        }
    }

    /// Runs a statement and takes it back when one of the queries finds something then or fails.
    /// Returns why it was taken back.
    ///
    /// # Errors
    /// Why it was taken back, in the engine's words.
    pub fn attempt(&mut self, sql: &str, forbidden: &[String]) -> Result<(), String> {
        match &mut self.inner {
            Inner::Sqlite(scratch) => scratch.attempt(sql, forbidden),
            #[cfg(feature = "postgres")]
            Inner::Postgres(scratch) => scratch.attempt(sql, forbidden),
            #[cfg(feature = "mysql")]
            Inner::Mysql(scratch) => scratch.attempt(sql, forbidden),
        }
    }
}
