//! A package's migrations on disk: what is there, and how more of it is written.

pub mod compare;
mod concerned;
pub mod directory;
mod early;
pub mod learn;
pub mod lints;
pub mod manifest;
pub mod mend;
mod nothing;
mod offline;
pub mod parallel;
mod recorded;
mod stamp;
pub mod trial;
pub mod write;

use std::fs;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use diesel_autogen_evolve::Target;
use diesel_autogen_evolve::revision::History;
use diesel_autogen_schema::config::Config;
use diesel_autogen_schema::{Online, snapshot};

use crate::source::{Located, Request, STACK, Source, SourceError, locate};
use crate::{Error, Exit};
pub use early::Early;
pub use nothing::nothing;
pub use recorded::Recorded;
pub use stamp::stamp;
use write::Recovered;

/// A package that is set up.
#[derive(Debug)]
pub struct Project {
    located: Located,
    /// What the package says about itself.
    pub config: Config,
    migrations: PathBuf,
    /// What an earlier command left half done and this one put in order.
    pub recovered: Option<Recovered>,
}

impl Project {
    /// Finds the package and puts in order what a command that was killed left behind.
    ///
    /// # Errors
    /// When it is not clear which package is meant, or the package is not set up.
    pub fn open(request: &Request) -> Result<Project, Error> {
        let located = locate(request)?;
        let path = located.manifest_path();
        let text = fs::read_to_string(path).map_err(|error| Error::file("read", path, &error))?;
        let config = Config::from_manifest(&text)
            .map_err(|error| Error::failure(format!("`{}`: {error}", shown(path))))?
            .ok_or_else(|| {
                Error::failure(format!(
                    "`{}` has no [package.metadata.diesel_autogen]: set the package up with \
                     diesel-autogen init",
                    shown(path)
                ))
            })?;
        let migrations = located.root().join(&config.migrations);
        let recovered = write::recover(&migrations)?;
        Ok(Project { located, config, migrations, recovered })
    }

    /// Name of the package.
    pub fn package(&self) -> &str {
        self.located.name()
    }

    /// The directory of the package.
    pub fn root(&self) -> &Path {
        self.located.root()
    }

    /// The directory of the migrations.
    pub fn migrations(&self) -> &Path {
        &self.migrations
    }

    /// The snapshot's file.
    pub fn snapshot_path(&self) -> PathBuf {
        self.migrations.join(snapshot::FILE)
    }

    /// Reads every revision.
    ///
    /// # Errors
    /// As [`directory::read`].
    pub fn history(&self) -> Result<History, Error> {
        directory::read(&self.migrations)
    }

    /// Makes builds look again: they watch the manifest, and no file that was not there.
    ///
    /// # Errors
    /// When the manifest cannot be written.
    pub fn wake_builds(&self) -> Result<(), Error> {
        let path = self.located.manifest_path();
        let text = fs::read_to_string(path).map_err(|error| Error::file("read", path, &error))?;
        write::replace(path, &text)
    }

    /// What migrations are planned for. That a change is made in phases is said where it is.
    pub fn target(&self) -> Target {
        let config = &self.config;
        Target {
            dialect: config.backend,
            flavour: config.flavour,
            minimum: config.minimum(),
            online: Online { phased: false, ..config.online },
        }
    }

    /// Reads the models, and does something else meanwhile that needs no models.
    ///
    /// # Errors
    /// Those of the other work; else everything that is wrong with the models.
    pub fn read_models<T>(
        &self,
        meanwhile: impl FnOnce() -> Result<T, Error>,
    ) -> Result<(Source, T), Error> {
        thread::scope(|scope| {
            let thread = thread::Builder::new().stack_size(STACK);
            let models = thread
                .spawn_scoped(scope, || self.located.read())
                .map_err(|error| Error::failure(format!("no thread could be started: {error}")))?;
            let done = meanwhile();
            let models = models.join().unwrap_or_else(|panic| resume_unwind(panic));
            let done = done?;
            Ok((models?, done))
        })
    }
}

/// A path as a person at this directory would write it.
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let relative = here.as_deref().and_then(|here| path.strip_prefix(here).ok());
    relative.unwrap_or(path).display().to_string()
}

impl From<SourceError> for Error {
    fn from(error: SourceError) -> Error {
        Error::failure(error.to_string())
    }
}

impl From<Vec<SourceError>> for Error {
    fn from(errors: Vec<SourceError>) -> Error {
        Error::all(Exit::Failure, errors)
    }
}
