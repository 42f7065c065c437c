use std::fmt;

use diesel_autogen_schema::Dialect;

use crate::Error;
use crate::error::indented;

/// Why a migration is not what its plan says.
#[derive(Clone, Debug, PartialEq)]
pub enum ProofFailure {
    /// The databases for the proof could not be made ready.
    Setup(Error),
    /// The facts themselves cannot be made into tables.
    Facts {
        /// Why not.
        reason: String,
    },
    /// A default cannot be evaluated.
    Default {
        /// The engine.
        engine: Dialect,
        /// `table.column`.
        column: String,
        /// The expression.
        default: String,
        /// The engine's message.
        reason: String,
    },
    /// A script failed.
    Script {
        /// When.
        moment: Moment,
        /// What the engine says and about which statement.
        error: Error,
    },
    /// An object is not what it should be.
    Object {
        /// When.
        moment: Moment,
        /// The object: `table users`.
        object: String,
        /// What it should be; `None` when it should not be there.
        expected: Option<String>,
        /// What it is; `None` when it is not there.
        found: Option<String>,
    },
    /// Rows are not what they should be.
    Rows {
        /// When.
        moment: Moment,
        /// The table.
        table: String,
        /// What happened to the rows, as a fragment.
        what: String,
        /// What should be there; `None` when nothing should.
        expected: Option<String>,
        /// What is there instead; `None` when nothing is.
        found: Option<String>,
    },
    /// The database is in disorder.
    Disorder {
        /// When.
        moment: Moment,
        /// What is found.
        found: String,
    },
}

/// A moment of the proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The script that ran last.
    pub step: Step,
    /// On what.
    pub pass: Pass,
}

/// A step of the proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// `up.sql`.
    Up,
    /// `down.sql` after it.
    Down,
    /// `up.sql` once more.
    UpAgain,
}

/// What the scripts are run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// What the earlier migrations leave.
    Empty,
    /// Rows in every table concerned, foreign keys enforced.
    Enforced,
    /// The same rows, foreign keys not enforced.
    NotEnforced,
    /// Rows in every table concerned, of an engine that always enforces foreign keys.
    Filled,
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.step {
            Step::Up => "up.sql",
            Step::Down => "down.sql, run after up.sql,",
            Step::UpAgain => "up.sql, run again after down.sql,",
        })?;
        f.write_str(match self.pass {
            Pass::Empty => " on a database without rows of its own",
            Pass::Enforced => " on a database with rows and enforced foreign keys",
            Pass::Filled => " on a database with rows",
            Pass::NotEnforced => " on a database with rows and foreign keys that are not enforced",
        })
    }
}

impl fmt::Display for ProofFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ProofFailure::Setup(error) => write!(f, "the proof could not be prepared: {error}"),
            ProofFailure::Facts { reason } => {
                write!(f, "the models cannot be made into tables: {reason}")
            }
            ProofFailure::Default { engine, column, default, reason } => write!(
                f,
                "the default of `{column}` is `{default}`, which {engine} cannot evaluate: {reason}"
            ),
            ProofFailure::Script { moment, error } => write!(f, "{moment} fails: {error}"),
            ProofFailure::Object { moment, object, expected, found } => {
                write!(f, "{moment} does not leave {object} as it should be")?;
                sides(f, expected.as_deref(), found.as_deref())
            }
            ProofFailure::Rows { moment, table, what, expected, found } => {
                write!(f, "{moment} does not keep the rows of table `{table}`: {what}")?;
                sides(f, expected.as_deref(), found.as_deref())
            }
            ProofFailure::Disorder { moment, found } => {
                write!(f, "{moment} leaves the database in disorder: {found}")
            }
        }
    }
}

fn sides(f: &mut fmt::Formatter<'_>, expected: Option<&str>, found: Option<&str>) -> fmt::Result {
    for (word, side) in [("expected", expected), ("found", found)] {
        match side {
            Some(text) => write!(f, "\n  {word}:\n{}", indented(text))?,
            None => write!(f, "\n  {word}: nothing")?,
        }
    }
    Ok(())
}

impl std::error::Error for ProofFailure {}
