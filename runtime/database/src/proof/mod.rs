//! Whether a migration does what its plan says, found by doing it.
//!
//! Here is what holds for every engine: the course of a proof, what became what, and whether rows
//! are kept. What only one engine knows is beside its introspection.

mod course;
mod demands;
mod failure;
mod future;
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) mod items;
mod mapping;
mod matching;
mod rows;
mod sieve;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod tables;

use diesel_autogen_schema::{Change, Live, Table};

pub(crate) use course::{Bench, concerned, run};
pub(crate) use demands::of as demands;
pub use failure::{Moment, Pass, ProofFailure, Step};
pub(crate) use mapping::Mapping;
pub(crate) use rows::{Lost, Named, Rows, Snapshot, Values, keeps_key};
pub(crate) use sieve::sieved;
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) use tables::{Tables, Wrong, differing as differing_tables};

use crate::Scratch;
use crate::seed::Seeded;

/// A migration and what it claims to do.
pub struct Proof<'a> {
    /// The database after the migrations before this one.
    pub history: &'a mut Scratch,
    /// What `history` holds.
    pub live: &'a Live,
    /// `up.sql`, or those of several migrations that belong together, first to last.
    pub up: &'a [Script<'a>],
    /// One script that fails on the rows on which `up` fails, where those are several.
    pub at_once: Option<Script<'a>>,
    /// Whether `up` may leave it to a migration that follows to look at rows for a rule, where it
    /// says so: `NOT VALID`.
    pub phased: bool,
    /// `down.sql`, or those of several, in the order in which they run: last to first.
    pub down: &'a [Script<'a>],
    /// What the migration changes, from the facts before it.
    pub changes: &'a [Change],
    /// Whether `changes` still carry `using` and the former names of labels, as they do when they
    /// come from a diff. Changes that were recorded do not; then values of columns that change
    /// their type are not compared.
    pub hints: bool,
    /// Whether `up` is said to work whatever the rows are. A backfill may find nothing, say; then
    /// rows with which `up` fails are left out of the proof.
    pub certain: bool,
    /// What is said of `down`.
    pub way_back: WayBack,
    /// SQL that makes these tables in an empty database, from their facts alone.
    pub create: Create<'a>,
    /// Whether a tool of the server's is asked for dumps as well, where there is one that suits it:
    /// `pg_dump`. Engines that write their own dump are always asked.
    pub by_dump: bool,
}

/// Gives the SQL that makes tables in an empty database, or the reason why there is none.
pub type Create<'a> = &'a dyn Fn(&[Table]) -> Result<String, String>;

/// Runs the migration up, down and up again on copies of the database that the history left,
/// without rows of its own and with rows in every table concerned, and compares each time.
///
/// After up, the changed tables must be what their facts say, and everything else must be as it
/// was: rows, counters, objects that no model owns, references. After down, all is as before; after
/// up again, all is as after up. What the changes themselves drop is excepted.
///
/// # Errors
/// The first thing that is not as it should be, with the statement, object or row.
pub fn prove(proof: &mut Proof<'_>) -> Result<Report, ProofFailure> {
    let (history, claim) = proof.parts();
    history.prove(&claim)
}

impl Proof<'_> {
    /// The database, and the claim that is tried there.
    pub(crate) fn parts(&mut self) -> (&mut Scratch, Claim<'_>) {
        let Proof {
            history,
            live,
            up,
            at_once,
            phased,
            down,
            changes,
            hints,
            certain,
            way_back,
            create,
            by_dump,
        } = self;
        let claim = Claim {
            live,
            up,
            at_once: *at_once,
            phased: *phased,
            down,
            changes,
            hints: *hints,
            certain: *certain,
            way_back: *way_back,
            create: *create,
            by_dump: *by_dump,
        };
        (history, claim)
    }
}

/// Whether `down` is said to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayBack {
    /// Whatever the rows are.
    Certain,
    /// Where no rows are, and perhaps where there are some. A dropped column whose values must all
    /// differ, say, cannot come back where there are rows.
    Uncertain,
    /// Only when something goes first that no model owns, as a view over a column of an enum type
    /// that would have to be made anew.
    Blocked,
}

/// What a migration claims to do, whatever the engine of its history.
pub(crate) struct Claim<'a> {
    pub(crate) live: &'a Live,
    pub(crate) up: &'a [Script<'a>],
    pub(crate) at_once: Option<Script<'a>>,
    pub(crate) phased: bool,
    pub(crate) down: &'a [Script<'a>],
    pub(crate) changes: &'a [Change],
    pub(crate) hints: bool,
    pub(crate) certain: bool,
    pub(crate) way_back: WayBack,
    pub(crate) create: Create<'a>,
    pub(crate) by_dump: bool,
}

/// A migration script and how Diesel's runner is told to run it.
#[derive(Clone, Copy, Debug)]
pub struct Script<'a> {
    /// The text.
    pub sql: &'a str,
    /// Whether it runs in a transaction of the runner's.
    pub in_transaction: bool,
}

/// What a proof that held was made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows that went through the migration and back.
    pub rows: usize,
    /// Rows that were made for it, by table, and tables that no row could be made for.
    pub seeded: Seeded,
    /// Whether dumps were compared beside what introspection reads.
    pub dumped: bool,
    /// Why `down.sql` does not run, when it does not and need not.
    pub stuck: Option<String>,
}
