use std::fmt;
use std::path::PathBuf;

use diesel_autogen_schema::Flavour;

/// What can go wrong with a live or a scratch database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The database cannot be opened.
    Open {
        /// Where it is, without secrets.
        place: String,
        /// The engine's message.
        reason: String,
    },
    /// A statement of a script failed. Nothing of an open transaction is left.
    Statement {
        /// The statement, as written.
        statement: String,
        /// The engine's message.
        reason: String,
    },
    /// A script ended inside a transaction that it had begun.
    LeftOpen,
    /// A question about the database failed.
    Query {
        /// What was asked for: `the tables`, `rows of table users`.
        what: String,
        /// The engine's message.
        reason: String,
    },
    /// The definition of an object cannot be understood.
    Unreadable {
        /// The object: `table users`.
        object: String,
        /// Where the reader stopped.
        reason: String,
    },
    /// A migration failed and was rolled back as far as it ran in a transaction.
    Migration {
        /// The script that failed.
        file: PathBuf,
        /// The engine's or Diesel's message.
        reason: String,
        /// Whether statements before the failing one stay, because the migration runs without a
        /// transaction and opens none itself.
        partial: bool,
    },
    /// A guard of a migration found rows that are in its way. Nothing has changed.
    Guard {
        /// The script.
        file: PathBuf,
        /// What was found, in a sentence: `12 rows of users have no email`.
        found: String,
    },
    /// A migration stopped half way, on an engine where every statement about tables commits by
    /// itself.
    HalfDone {
        /// The script that stopped.
        file: PathBuf,
        /// The engine's message, or why it cannot go on.
        reason: String,
        /// How many of its statements are done.
        done: usize,
        /// How many it has.
        of: usize,
    },
    /// Another migration than the one that is to run is half done.
    OtherHalfDone {
        /// Its version.
        version: String,
    },
    /// The server is MySQL where MariaDB was named, or the other way round.
    Flavour {
        /// What was named.
        named: Flavour,
        /// What the server says of itself: `10.11.19-MariaDB`.
        version: String,
    },
    /// Another process migrates the database.
    Locked {
        /// How long it was waited for.
        seconds: u64,
    },
    /// A migration directory is not what Diesel expects.
    Directory {
        /// The directory.
        path: PathBuf,
        /// Diesel's message.
        reason: String,
    },
}

impl Error {
    /// What the engine says, without the statement.
    pub fn into_reason(self) -> String {
        match self {
            Error::Statement { statement: _, reason } => reason,
            error @ (Error::Open { .. }
            | Error::LeftOpen
            | Error::Query { .. }
            | Error::Unreadable { .. }
            | Error::Migration { .. }
            | Error::Guard { .. }
            | Error::HalfDone { .. }
            | Error::OtherHalfDone { .. }
            | Error::Locked { .. }
            | Error::Flavour { .. }
            | Error::Directory { .. }) => error.to_string(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Open { place, reason } => write!(f, "cannot open database `{place}`: {reason}"),
            Error::Statement { statement, reason } => {
                write!(f, "{reason}, in the statement\n{}", indented(statement))
            }
            Error::LeftOpen => write!(
                f,
                "the script begins a transaction and does not end it: add `COMMIT;` at its end"
            ),
            Error::Query { what, reason } => write!(f, "cannot read {what}: {reason}"),
            Error::Unreadable { object, reason } => {
                write!(f, "cannot understand the definition of {object}: {reason}")
            }
            Error::Migration { file, reason, partial } => {
                write!(f, "`{}` failed: {reason}; {}", file.display(), left(*partial))
            }
            Error::Guard { file, found } => write!(
                f,
                "`{}` has changed nothing: {found}; change those rows, or what the migration wants \
                 of them, and run the command again",
                file.display()
            ),
            Error::HalfDone { file, reason, done, of } => write!(
                f,
                "`{}` stopped: {reason}; {done} of its {of} statements are done and stay: mend \
                 what is in the way, then `diesel-autogen upgrade` and `diesel-autogen downgrade` \
                 go on from there, forth or back",
                file.display()
            ),
            Error::OtherHalfDone { version } => write!(
                f,
                "migration {version} is half done: run `diesel-autogen upgrade` to finish it, or \
                 `diesel-autogen downgrade` to take it back, before another one"
            ),
            Error::Flavour { named, version } => other_server(*named, version, f),
            Error::Locked { seconds } => write!(
                f,
                "another process has been migrating this database for {seconds} s: see whether it \
                 still works, and wait longer with `--lock-timeout`"
            ),
            Error::Directory { path, reason } => {
                write!(
                    f,
                    "`{}` is no migration directory that Diesel can read: {reason}",
                    path.display()
                )
            }
        }
    }
}

impl std::error::Error for Error {}

/// What a failed migration leaves, and what to do about it.
fn left(partial: bool) -> &'static str {
    match partial {
        true => {
            "it runs without a transaction, so statements before the failing one stay: undo them by \
             hand, mend the file and run `diesel-autogen upgrade`"
        }
        false => "the database is as it was before: mend the file and run the command again",
    }
}

fn other_server(named: Flavour, version: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (named, other) = (named.name(), named.other().name());
    write!(
        f,
        "`flavour` in [package.metadata.diesel_autogen] of Cargo.toml says \"{named}\", and the \
         server is {version}: name another server, or set flavour = \"{other}\" and see with \
         `diesel-autogen verify` whether the migrations run there"
    )
}

/// The text with every line moved right, without blank lines round it.
pub(crate) fn indented(text: &str) -> String {
    let lines: Vec<String> = text.trim().lines().map(|line| format!("    {line}")).collect();
    lines.join("\n")
}
