use std::io::Read;
use std::path::PathBuf;

use diesel_autogen_evolve::revision::{History, Revision};

use crate::Error;
use crate::project::{Project, lints, shown};

/// What an argument names.
pub(super) enum What {
    Revision(String),
    File(File),
}

/// Where SQL is read from.
pub(super) enum File {
    Path(PathBuf),
    Standard,
}

impl What {
    pub(super) fn new(name: &str) -> What {
        if name == "-" {
            What::File(File::Standard)
        } else if name.ends_with(".sql") {
            What::File(File::Path(name.into()))
        } else {
            What::Revision(name.to_owned())
        }
    }
}

impl File {
    pub(super) fn name(&self) -> String {
        match self {
            File::Path(path) => shown(path),
            File::Standard => "<stdin>".to_owned(),
        }
    }

    pub(super) fn text(&self) -> Result<String, Error> {
        match self {
            File::Path(path) => {
                std::fs::read_to_string(path).map_err(|error| Error::file("read", path, &error))
            }
            File::Standard => {
                let mut text = String::new();
                let read = std::io::stdin().read_to_string(&mut text);
                read.map_err(|error| {
                    Error::failure(format!("cannot read standard input: {error}"))
                })?;
                Ok(text)
            }
        }
    }

    /// The revision whose `up.sql` it is.
    pub(super) fn of_revision<'h>(
        &self,
        project: &Project,
        history: &'h History,
    ) -> Option<&'h Revision> {
        match self {
            File::Path(path) => lints::revision_of(project, history, path),
            File::Standard => None,
        }
    }
}
