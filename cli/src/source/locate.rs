use std::path::Path;

use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::config::Config;

use super::package::{Package, Workspace};
use super::{Request, Source, SourceError, assemble};

/// A package that was found, and whose sources have not been read.
#[derive(Debug)]
pub struct Located {
    workspace: Workspace,
    package: Package,
}

/// Finds the package that is meant.
///
/// # Errors
/// When cargo cannot read the manifest, or it is not clear which package is meant.
pub fn locate(request: &Request) -> Result<Located, SourceError> {
    let workspace = Workspace::load(request.manifest_path.as_deref())?;
    let package = workspace.package(request)?;
    Ok(Located { workspace, package })
}

impl Located {
    /// Name of the package.
    pub fn name(&self) -> &str {
        &self.package.name
    }

    /// Its manifest.
    pub fn manifest_path(&self) -> &Path {
        &self.package.manifest
    }

    /// The directory of its manifest.
    pub fn root(&self) -> &Path {
        self.package.root()
    }

    /// What `[package.metadata.diesel_autogen]` says; `None` before `init`.
    pub fn config(&self) -> Option<&Config> {
        self.package.config.as_ref()
    }

    /// The engines whose features of Diesel it turns on.
    pub fn engines(&self) -> Vec<Dialect> {
        let of = |dialect: &Dialect| match dialect {
            Dialect::Sqlite => self.package.asks_diesel_for(&["sqlite"]),
            Dialect::Postgres => self.package.asks_diesel_for(&["postgres", "postgres_backend"]),
            Dialect::Mysql => self.package.asks_diesel_for(&["mysql", "mysql_backend"]),
        };
        Dialect::ALL.into_iter().filter(of).collect()
    }

    /// Reads its models.
    ///
    /// # Errors
    /// As [`super::read`].
    pub fn read(&self) -> Result<Source, Vec<SourceError>> {
        assemble::assemble(&self.workspace, self.package.clone())
    }
}
