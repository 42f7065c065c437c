use std::fmt;

/// Why an application should not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartError {
    /// Migrations are pending.
    Behind {
        /// Their directories.
        pending: Vec<&'static str>,
    },
    /// The database has migrations that this binary does not know: a newer one was here.
    Ahead {
        /// Their versions.
        versions: Vec<String>,
    },
    /// The database has some of the migrations that one replaces, and not all.
    Halfway {
        /// Directory of the one.
        name: &'static str,
    },
    /// The database ran another text under the version of a migration.
    Edited {
        /// Its directory.
        name: &'static str,
    },
    /// A migration would run after one that should have run after it.
    Late {
        /// Its directory.
        name: &'static str,
        /// Directory of the newest one that has run.
        after: &'static str,
    },
    /// A migration was left half done that this binary cannot go on with.
    HalfDone {
        /// Its version.
        version: String,
    },
    /// Another process migrates the database.
    Locked {
        /// How long it was waited for.
        seconds: u64,
    },
    /// The migrations are for another engine.
    Engine {
        /// Engine of the migrations.
        migrations: &'static str,
        /// Engine of the connection.
        connection: &'static str,
    },
    /// A migration failed. Those before it stay.
    Migration {
        /// Its directory.
        name: &'static str,
        /// The engine's message.
        reason: String,
    },
    /// The database cannot be read or locked.
    Database {
        /// The engine's message.
        reason: String,
    },
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::Behind { pending } => write!(
                f,
                "the database is behind this binary: `{}` is pending; run diesel-autogen upgrade",
                pending.join("`, `")
            ),
            StartError::Ahead { versions } => write!(
                f,
                "the database has migration {}, which this binary does not know: a newer one was \
                 here; deploy that one",
                versions.join(", ")
            ),
            StartError::Halfway { name } => write!(
                f,
                "the database has some of the migrations that `{name}` replaces, and not all: run \
                 a binary that has them first"
            ),
            StartError::Edited { name } => write!(
                f,
                "the database ran another `{name}/up.sql` than this binary has: restore it from \
                 version control and write what else must change to another migration; where the \
                 database has been changed to fit, run diesel-autogen stamp current"
            ),
            StartError::Late { name, after } => write!(
                f,
                "migration `{name}` is older than `{after}`, which the database has applied, and \
                 nothing says that their order makes no difference: where it makes none, run \
                 diesel-autogen upgrade --allow-out-of-order, or compile with \
                 `Migrations::allow_out_of_order`"
            ),
            StartError::HalfDone { version } => write!(
                f,
                "migration {version} was left half done, and this binary cannot go on with it: run \
                 diesel-autogen current, then upgrade or downgrade"
            ),
            StartError::Locked { seconds } => write!(
                f,
                "another process has been migrating this database for {seconds} s: see whether it \
                 still works"
            ),
            StartError::Engine { migrations, connection } => {
                write!(
                    f,
                    "the migrations are for {migrations}, and the connection is to {connection}"
                )
            }
            StartError::Migration { name, reason } => {
                write!(f, "migration `{name}` failed: {reason}")
            }
            StartError::Database { reason } => {
                write!(f, "the database cannot be asked for its migrations: {reason}")
            }
        }
    }
}

impl std::error::Error for StartError {}

#[cfg(feature = "start")]
impl From<diesel::result::Error> for StartError {
    fn from(error: diesel::result::Error) -> StartError {
        StartError::Database { reason: error.to_string() }
    }
}
