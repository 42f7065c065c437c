use std::fmt;
use std::io;
use std::path::Path;

use serde::Serialize;

use crate::project::shown;
use diesel_autogen_evolve::revision::{AddressError, HistoryError, MessageError};

/// How a command ended, as the number that a script sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Fine = 0,
    /// Something does not work: a file, a database, a proof.
    Failure = 1,
    /// The command was called wrongly.
    Usage = 2,
    /// Models, snapshot and database are not at the same point.
    Drift = 3,
    /// There is more than one way, and a person must choose.
    Decision = 4,
    /// Data would be lost, and nobody allowed it.
    Loss = 5,
    /// The revisions on disk are not one history.
    Conflict = 6,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        self as u8
    }
}

/// Why a command did not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// How the process ends.
    pub exit: Exit,
    /// Fragments that name the object, the file and the next command: one, or all that were
    /// found.
    pub messages: Vec<String>,
    /// What was done before, as a document of the command has it.
    pub done: Option<serde_json::Value>,
}

impl Error {
    /// An error of one message.
    pub fn new(exit: Exit, message: impl Into<String>) -> Error {
        Error { exit, messages: vec![message.into()], done: None }
    }

    /// An error of all these messages.
    pub fn all<M: fmt::Display>(exit: Exit, messages: impl IntoIterator<Item = M>) -> Error {
        let messages = messages.into_iter().map(|it| it.to_string()).collect();
        Error { exit, messages, done: None }
    }

    /// The error of a command that did this much of its work.
    pub fn after(self, done: &impl Serialize) -> Error {
        Error { done: serde_json::to_value(done).ok(), ..self }
    }

    /// Something that does not work.
    pub fn failure(message: impl Into<String>) -> Error {
        Error::new(Exit::Failure, message)
    }

    /// A wrong call.
    pub fn usage(message: impl Into<String>) -> Error {
        Error::new(Exit::Usage, message)
    }

    /// A file that cannot be read or written; `verb` says which: `read`, `write`.
    pub fn file(verb: &str, path: &Path, error: &io::Error) -> Error {
        Error::failure(format!("cannot {verb} `{}`: {error}", shown(path)))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.messages.join("\n"))
    }
}

impl std::error::Error for Error {}

impl From<AddressError> for Error {
    fn from(error: AddressError) -> Error {
        let exit = match &error {
            AddressError::NotOnDisk { .. }
            | AddressError::Halfway { .. }
            | AddressError::SeveralHeads { .. } => Exit::Conflict,
            AddressError::NoDown { .. } => Exit::Failure,
            AddressError::Entangled { .. } => Exit::Decision,
            AddressError::Empty
            | AddressError::Base { .. }
            | AddressError::NoDatabase
            | AddressError::OutOfHistory { .. }
            | AddressError::NoWay { .. }
            | AddressError::Unknown { .. }
            | AddressError::NoBranch { .. }
            | AddressError::NotInBranch { .. }
            | AddressError::Overlap { .. }
            | AddressError::Ambiguous { .. }
            | AddressError::Number { .. }
            | AddressError::TooFar { .. }
            | AddressError::WrongWay { .. }
            | AddressError::Behind { .. }
            | AddressError::NotApplied { .. } => Exit::Usage,
        };
        Error::new(exit, error.to_string())
    }
}

impl From<MessageError> for Error {
    fn from(error: MessageError) -> Error {
        Error::usage(error.to_string())
    }
}

impl From<HistoryError> for Error {
    fn from(error: HistoryError) -> Error {
        Error::new(Exit::Conflict, error.to_string())
    }
}

impl From<Vec<HistoryError>> for Error {
    fn from(errors: Vec<HistoryError>) -> Error {
        Error::all(Exit::Conflict, errors)
    }
}

impl From<diesel_autogen_database::Error> for Error {
    fn from(error: diesel_autogen_database::Error) -> Error {
        use diesel_autogen_database::Error as Database;
        let error = match error {
            Database::Migration { file, reason, partial } => {
                Database::Migration { file: shown(&file).into(), reason, partial }
            }
            Database::Directory { path, reason } => {
                Database::Directory { path: shown(&path).into(), reason }
            }
            Database::Guard { file, found } => Database::Guard { file: shown(&file).into(), found },
            Database::HalfDone { file, reason, done, of } => {
                Database::HalfDone { file: shown(&file).into(), reason, done, of }
            }
            other @ (Database::Open { .. }
            | Database::Statement { .. }
            | Database::LeftOpen
            | Database::Locked { .. }
            | Database::Flavour { .. }
            | Database::OtherHalfDone { .. }
            | Database::Query { .. }
            | Database::Unreadable { .. }) => other,
        };
        Error::failure(error.to_string())
    }
}
