//! The revisions, read while cargo is asked for the package.
//!
//! Cargo takes as long to say which package is meant as a thousand revisions take to be read, and
//! mostly it is the one of the nearest manifest.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use diesel_autogen_evolve::revision::History;
use diesel_autogen_schema::config::Config;

use super::{Project, directory};
use crate::Error;
use crate::source::{Request, STACK};

/// A history that is being read. Only for commands that write nothing: what another process writes
/// meanwhile may be in it or not.
#[derive(Debug)]
pub struct Early(Option<(PathBuf, JoinHandle<Result<History, Error>>)>);

impl Early {
    /// Begins to read the revisions of the package that is probably meant.
    pub fn begin(request: &Request) -> Early {
        Early(migrations(request).and_then(|migrations| {
            let path = migrations.clone();
            let thread = thread::Builder::new().stack_size(STACK);
            let thread = thread.spawn(move || directory::read(&path)).ok()?;
            Some((migrations, thread))
        }))
    }

    /// The history of the package that is meant.
    ///
    /// # Errors
    /// As [`Project::history`].
    pub fn history(self, project: &Project) -> Result<History, Error> {
        match self.0 {
            Some((migrations, thread))
                if migrations == project.migrations && project.recovered.is_none() =>
            {
                thread.join().unwrap_or_else(|_| project.history())
            }
            Some(_) | None => project.history(),
        }
    }
}

/// The migrations directory of the manifest that is named, or of the nearest one.
fn migrations(request: &Request) -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let manifest = match (&request.manifest_path, &request.package) {
        (Some(path), None) => here.join(path),
        (None, None) => {
            let mut manifests = here.ancestors().map(|it| it.join("Cargo.toml"));
            manifests.find(|manifest| manifest.is_file())?
        }
        (_, Some(_)) => return None,
    };
    let config = Config::from_manifest(&fs::read_to_string(&manifest).ok()?).ok()??;
    manifest.parent().map(|root: &Path| root.join(config.migrations))
}
