//! The schema as the sources of a package say it, read without compiling them.
//!
//! The derives' own grammar runs over the module tree of the package's library and programs, so
//! what is read here is what rustc compiles into `Model::TABLE`. Nothing is guessed: what cannot
//! be told apart is refused with both places named.

mod across;
mod assemble;
mod body;
mod cfg;
mod derives;
mod desk;
mod digest;
mod error;
mod features;
mod heads;
mod include;
mod load;
mod locate;
mod package;
mod scope;
mod table;
mod targets;
mod tree;
mod types;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use diesel_autogen_grammar::Fact;
use diesel_autogen_schema::config::Config;
use diesel_autogen_schema::{OwnPlace, Place, Schema};

pub(crate) use error::did_you_mean;
pub use error::{Origin, SourceError};
pub(crate) use load::STACK;
pub use locate::{Located, locate};

/// Which package is read, as the command line says it.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// `--manifest-path`; else the manifest of the current directory or of one above it.
    pub manifest_path: Option<PathBuf>,
    /// `--package`; else the manifest's own package, or the one package that is set up.
    pub package: Option<String>,
    /// `--features`, each a name or several with commas or spaces between them.
    pub features: Vec<String>,
    /// `--all-features`
    pub all_features: bool,
    /// `--no-default-features`
    pub no_default_features: bool,
}

/// What the sources of a package say.
#[derive(Clone, Debug)]
pub struct Source {
    /// Every table that a model declares, in canonical order.
    pub schema: Schema,
    /// Where each fact is declared.
    pub origins: Origins,
    /// What `[package.metadata.diesel_autogen]` says; `None` before `init`.
    pub config: Option<Config>,
    /// Name of the package.
    pub package: String,
    /// Its manifest.
    pub manifest_path: PathBuf,
    /// The directory of its manifest.
    pub root: PathBuf,
}

/// Where facts are declared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    tables: BTreeMap<OwnPlace, BTreeMap<Fact, Origin>>,
}

impl Origins {
    /// Where a fact of a table is declared: a field, or the struct for what the struct declares.
    /// For a fact that no model has, the struct; for a table that no model has, nothing.
    pub fn of(&self, table: Place<'_>, fact: &Fact) -> Option<&Origin> {
        let facts = self.tables.get(&OwnPlace::from(table))?;
        facts.get(fact).or_else(|| facts.get(&Fact::Table))
    }
}

/// Reads the models of a package.
///
/// # Errors
/// Everything that is wrong with them, in the order of the files.
pub fn read(request: &Request) -> Result<Source, Vec<SourceError>> {
    locate(request).map_err(|error| vec![error])?.read()
}
