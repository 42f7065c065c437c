//! Facts as text: `schema.toml`, which people review, and the changes in `metadata.toml`.
//!
//! One line a column, index or constraint, everything sorted, expressions as the user wrote them.
//! `head` stands on a line of its own so that two parallel branches conflict in git on purpose.

mod node;
mod pieces;
mod read;
mod record;
mod types;
mod value;
mod write;

pub use pieces::split_records;
pub use read::{SnapshotError, read};
pub use record::{read_records, write_records};
pub use write::{quote, read_beside, write};

use crate::facts::Schema;

/// File name of the snapshot inside the migrations directory.
pub const FILE: &str = "schema.toml";

/// The format that this release writes, and the newest that it reads.
pub const FORMAT: i64 = 1;

/// What `schema.toml` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Name of the dialect: `sqlite`.
    pub backend: String,
    /// Versions of the newest revisions: one, or several while branches are not merged.
    pub head: Vec<String>,
    /// What the database holds and no model owns, one line each: `trigger users_ai on users`.
    pub unmanaged: Vec<String>,
    /// What the models own, canonical and without hints for one migration.
    pub schema: Schema,
}
