//! Databases for tests.
//!
//! A test that needs a server asks for one here. Where none answers it is passed over, unless
//! `AUTOGEN_REQUIRE_DATABASES` is set: then it fails, so that nobody takes a gate for green that
//! never ran.

use std::sync::OnceLock;

#[cfg(feature = "mysql")]
use crate::mysql;
#[cfg(feature = "postgres")]
use crate::postgres;
use crate::{Database, Error};
#[cfg(any(feature = "postgres", feature = "mysql"))]
use crate::{Proof, ProofFailure, Report};

/// Names the PostgreSQL server that tests make their databases on.
pub const POSTGRES_URL: &str = "AUTOGEN_POSTGRES_URL";

/// Names the server of MySQL or MariaDB that tests make their databases on.
pub const MYSQL_URL: &str = "AUTOGEN_MYSQL_URL";

/// The address of the PostgreSQL server: `AUTOGEN_POSTGRES_URL`, or the one on this machine.
pub fn postgres_url() -> String {
    std::env::var(POSTGRES_URL)
        .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned())
}

/// The address of the server of MySQL or MariaDB: `AUTOGEN_MYSQL_URL`, or the one on this machine.
pub fn mysql_url() -> String {
    std::env::var(MYSQL_URL).unwrap_or_else(|_| "mysql://root@127.0.0.1:3306/mysql".to_owned())
}

/// A database of the test's own; `None` where no server answers and none has to.
///
/// # Panics
/// When no server answers although `AUTOGEN_REQUIRE_DATABASES` is set, or when one answers and
/// makes no database.
#[cfg(feature = "postgres")]
pub fn postgres() -> Option<OwnDatabase> {
    has_postgres().then(|| OwnDatabase::new(&postgres_url()).expect("a database for the test"))
}

/// A database of the test's own; `None` where no server of MySQL or MariaDB answers and none has
/// to.
///
/// # Panics
/// As [`postgres`].
#[cfg(feature = "mysql")]
pub fn mysql() -> Option<OwnDatabase> {
    has_mysql().then(|| OwnDatabase::mysql(&mysql_url()).expect("a database for the test"))
}

/// As [`crate::prove`] on PostgreSQL, but in the history's own database, which is left as it comes:
/// making and dropping databases takes longer than most proofs. `again` makes of a database what
/// the history was.
///
/// # Errors
/// As [`crate::prove`].
///
/// # Panics
/// When the history is no PostgreSQL database.
#[cfg(feature = "postgres")]
pub fn prove_in_place(
    proof: &mut Proof<'_>,
    again: &mut dyn FnMut(&mut postgres::Scratch) -> Result<(), Error>,
) -> Result<Report, ProofFailure> {
    let (history, claim) = proof.parts();
    let history = history.postgres().expect("a PostgreSQL database");
    postgres::prove_on(history, &claim, again)
}

/// The same on MySQL or MariaDB.
///
/// # Errors
/// As [`crate::prove`].
///
/// # Panics
/// When the history is no database of MySQL or MariaDB.
#[cfg(feature = "mysql")]
pub fn prove_in_place_on_mysql(
    proof: &mut Proof<'_>,
    again: &mut dyn FnMut(&mut mysql::Scratch) -> Result<(), Error>,
) -> Result<Report, ProofFailure> {
    let (history, claim) = proof.parts();
    let history = history.mysql().expect("a database of MySQL or MariaDB");
    mysql::prove_on(history, &claim, again)
}

/// Whether a server answers; where none has to, none may.
///
/// # Panics
/// When no server answers although `AUTOGEN_REQUIRE_DATABASES` is set.
#[cfg(feature = "postgres")]
pub fn has_postgres() -> bool {
    static REASON: OnceLock<Option<String>> = OnceLock::new();
    answers(&REASON, &postgres_url(), POSTGRES_URL)
}

/// Whether a server of MySQL or MariaDB answers; where none has to, none may.
///
/// # Panics
/// When no server answers although `AUTOGEN_REQUIRE_DATABASES` is set.
#[cfg(feature = "mysql")]
pub fn has_mysql() -> bool {
    static REASON: OnceLock<Option<String>> = OnceLock::new();
    answers(&REASON, &mysql_url(), MYSQL_URL)
}

fn answers(reason: &OnceLock<Option<String>>, url: &str, variable: &str) -> bool {
    let reason = reason.get_or_init(|| Database::open(url).err().map(|error| error.to_string()));
    match reason {
        None => true,
        Some(reason) if std::env::var_os("AUTOGEN_REQUIRE_DATABASES").is_some() => {
            panic!("{reason}; set {variable}")
        }
        Some(_) => false,
    }
}

/// A database that is dropped together with this value.
pub struct OwnDatabase {
    scratch: Own,
}

enum Own {
    #[cfg(feature = "postgres")]
    Postgres(postgres::Scratch),
    #[cfg(feature = "mysql")]
    Mysql(mysql::Scratch),
}

impl OwnDatabase {
    /// Makes one on the PostgreSQL server of the database at a URL.
    ///
    /// # Errors
    /// When the server cannot be reached, or the role may not make databases.
    #[cfg(feature = "postgres")]
    pub fn new(url: &str) -> Result<OwnDatabase, Error> {
        Ok(OwnDatabase { scratch: Own::Postgres(postgres::Server::new(url).scratch()?) })
    }

    /// Makes one on the server of MySQL or MariaDB at a URL.
    ///
    /// # Errors
    /// When the server cannot be reached, or the user may not make databases.
    #[cfg(feature = "mysql")]
    pub fn mysql(url: &str) -> Result<OwnDatabase, Error> {
        Ok(OwnDatabase { scratch: Own::Mysql(mysql::Server::new(url).scratch()?) })
    }

    /// Its address.
    pub fn url(&self) -> String {
        match &self.scratch {
            #[cfg(feature = "postgres")]
            Own::Postgres(scratch) => scratch.url(),
            #[cfg(feature = "mysql")]
            Own::Mysql(scratch) => scratch.url(),
        }
    }

    /// A connection to it.
    ///
    /// # Panics
    /// When there is none to be had.
    pub fn open(&self) -> Database {
        Database::open(&self.url()).expect("a connection to the test's database")
    }
}
