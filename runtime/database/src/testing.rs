//! Databases for tests.
//!
//! A test that needs a server asks for one here. Where none answers it is passed over, unless
//! `AUTOGEN_REQUIRE_DATABASES` is set: then it fails, so that nobody takes a gate for green that
//! never ran.

use std::sync::OnceLock;

use crate::postgres::{self, Scratch};
use crate::{Database, Error, Proof, ProofFailure, Report};

/// Names the PostgreSQL server that tests make their databases on.
pub const POSTGRES_URL: &str = "AUTOGEN_POSTGRES_URL";

/// The address of the PostgreSQL server: `AUTOGEN_POSTGRES_URL`, or the one on this machine.
pub fn postgres_url() -> String {
    std::env::var(POSTGRES_URL)
        .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned())
}

/// A database of the test's own; `None` where no server answers and none has to.
///
/// # Panics
/// When no server answers although `AUTOGEN_REQUIRE_DATABASES` is set, or when one answers and
/// makes no database.
pub fn postgres() -> Option<OwnDatabase> {
    has_postgres().then(|| OwnDatabase::new(&postgres_url()).expect("a database for the test"))
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
pub fn prove_in_place(
    proof: &mut Proof<'_>,
    again: &mut dyn FnMut(&mut Scratch) -> Result<(), Error>,
) -> Result<Report, ProofFailure> {
    let (history, claim) = proof.parts();
    let history = history.postgres().expect("a PostgreSQL database");
    postgres::prove_on(history, &claim, again)
}

/// Whether a server answers; where none has to, none may.
///
/// # Panics
/// When no server answers although `AUTOGEN_REQUIRE_DATABASES` is set.
pub fn has_postgres() -> bool {
    static REASON: OnceLock<Option<String>> = OnceLock::new();
    let url = postgres_url();
    let reason = REASON.get_or_init(|| Database::open(&url).err().map(|error| error.to_string()));
    match reason {
        None => true,
        Some(reason) if std::env::var_os("AUTOGEN_REQUIRE_DATABASES").is_some() => {
            panic!("{reason}; set {POSTGRES_URL}")
        }
        Some(_) => false,
    }
}

/// A database that is dropped together with this value.
pub struct OwnDatabase {
    scratch: Scratch,
}

impl OwnDatabase {
    /// Makes one on the server of the database at a URL.
    ///
    /// # Errors
    /// When the server cannot be reached, or the role may not make databases.
    pub fn new(url: &str) -> Result<OwnDatabase, Error> {
        Ok(OwnDatabase { scratch: postgres::Server::new(url).scratch()? })
    }

    /// Its address.
    pub fn url(&self) -> String {
        self.scratch.url()
    }

    /// A connection to it.
    ///
    /// # Panics
    /// When there is none to be had.
    pub fn open(&self) -> Database {
        Database::open(&self.url()).expect("a connection to the test's database")
    }
}
