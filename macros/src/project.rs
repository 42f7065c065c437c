//! The package that is being compiled: its configuration and its snapshot, read once.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use diesel_autogen_grammar::SchemaFile;
use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::config::{Config, Drift};
use diesel_autogen_schema::snapshot::{self, Snapshot};
use proc_macro2::{Span, TokenStream};
use quote::quote;

/// What the macros know about the package.
pub(crate) struct Project {
    dir: PathBuf,
    stamp: Option<Stamp>,
    /// What `Cargo.toml` says; the defaults when it says nothing.
    pub(crate) config: Config,
    /// What drift is measured against, or `None` when it is not measured.
    drift: Option<Measure>,
    snapshot_file: Option<PathBuf>,
    schema_file: Option<PathBuf>,
    schema_stamp: Option<Stamp>,
    /// What the file with the `table!`s says, when the package keeps its own.
    pub(crate) described: Option<SchemaFile>,
    wrong: Option<String>,
    told: AtomicBool,
    asked: Mutex<BTreeSet<String>>,
}

/// What a build does about drift, and the last migration.
pub(crate) struct Measure {
    /// Whether drift stops the build.
    pub(crate) deny: bool,
    /// The snapshot; empty when there is none yet.
    pub(crate) snapshot: Snapshot,
}

type Stamp = (Option<SystemTime>, u64);

/// The package that is being compiled. A server that expands for several packages, or for a long
/// time, is given what is on disk now.
pub(crate) fn project() -> Arc<Project> {
    static LAST: Mutex<Option<Arc<Project>>> = Mutex::new(None);
    let dir = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(project) = &*last
        && project.dir == dir
        && project.stamp == project.snapshot_file.as_deref().and_then(stamp)
        && project.schema_stamp == project.schema_file.as_deref().and_then(stamp)
    {
        return Arc::clone(project);
    }
    let project = Arc::new(Project::read(dir));
    *last = Some(Arc::clone(&project));
    project
}

/// The configuration of a package that says nothing. Its engine is SQLite, unless the tests of this
/// crate ask for another: what trybuild builds has no section, whatever the engine.
fn unsaid() -> Config {
    let asked = std::env::var("DIESEL_AUTOGEN_TEST_BACKEND").ok();
    let backend = Dialect::ALL.into_iter().find(|it| Some(it.name()) == asked.as_deref());
    Config { backend: backend.unwrap_or_default(), ..Config::default() }
}

fn stamp(file: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(file).ok()?;
    Some((metadata.modified().ok(), metadata.len()))
}

fn describe(file: &Path, name: &str, dialect: Dialect) -> Result<SchemaFile, String> {
    let text = fs::read_to_string(file)
        .map_err(|error| format!("{name}: {error}; `schema-file` in Cargo.toml names it"))?;
    SchemaFile::read(name, &text, dialect).map_err(|error| format!("{name}: {error}"))
}

fn snapshot_of(text: &str, config: &Config) -> Result<Snapshot, String> {
    let snapshot = snapshot::read(text).map_err(|error| error.to_string())?;
    let backend = config.backend.name();
    if snapshot.backend == backend {
        return Ok(snapshot);
    }
    Err(format!(
        "it is of {}, but Cargo.toml says backend = \"{backend}\": correct the manifest",
        snapshot.backend
    ))
}

impl Project {
    fn read(dir: PathBuf) -> Project {
        let manifest = fs::read_to_string(dir.join("Cargo.toml")).unwrap_or_default();
        let (config, mut wrong) = match Config::from_manifest(&manifest) {
            Ok(config) => (config, None),
            Err(error) => (None, Some(error.to_string())),
        };
        // A package without the section has not begun to use migrations.
        let measured = config.as_ref().filter(|config| config.drift != Drift::Allow);
        let file = measured.map(|config| dir.join(&config.migrations).join(snapshot::FILE));
        let stamp = file.as_deref().and_then(stamp);
        let drift = measured.and_then(|config| {
            let text = file.as_deref().map(fs::read_to_string);
            let snapshot = match text {
                Some(Ok(text)) => snapshot_of(&text, config),
                Some(Err(_)) | None => Ok(Snapshot::default()),
            };
            let deny = config.drift == Drift::Deny;
            match snapshot {
                Ok(snapshot) => Some(Measure { deny, snapshot }),
                Err(error) => {
                    let file = format!("{}/{}", config.migrations, snapshot::FILE);
                    wrong = Some(format!("{file}: {error}"));
                    None
                }
            }
        });
        let config = config.unwrap_or_else(unsaid);
        let schema_file = config.schema_file.as_ref().map(|name| dir.join(name));
        let schema_stamp = schema_file.as_deref().and_then(self::stamp);
        let described = config.schema_file.as_ref().and_then(|name| {
            let described = describe(&dir.join(name), name, config.backend);
            described.map_err(|error| wrong = Some(error)).ok()
        });
        Project {
            dir,
            stamp,
            config,
            drift,
            snapshot_file: file,
            schema_file,
            schema_stamp,
            described,
            wrong,
            told: AtomicBool::new(false),
            asked: Mutex::default(),
        }
    }

    /// What is said once for the package: the files that cargo must watch, and what is wrong with
    /// the configuration.
    pub(crate) fn once(&self) -> TokenStream {
        if self.told.swap(true, Ordering::Relaxed) {
            return TokenStream::new();
        }
        // Cargo itself builds nothing again when only the metadata of a package changed.
        let manifest = self.dir.join("Cargo.toml");
        let manifest = Some(&manifest).filter(|manifest| manifest.exists());
        let snapshot = self.stamp.and(self.snapshot_file.as_ref());
        let schema = self.schema_stamp.and(self.schema_file.as_ref());
        let watched = manifest.into_iter().chain(snapshot).chain(schema);
        let watched = watched.filter_map(|file| file.to_str());
        let watched = watched.map(|file| {
            quote! { const _: &[u8] = ::core::include_bytes!(#file); }
        });
        let wrong = self.wrong.as_ref().map(|wrong| quote! { ::core::compile_error!(#wrong); });
        quote! { #(#watched)* #wrong }
    }

    /// Whether this is the first time that the package asks the compiler for it.
    pub(crate) fn asks_first(&self, question: &str) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.insert(question.to_owned())
    }

    /// What the drift of an item at this place is measured against. Tables of tests, benchmarks and
    /// examples are nobody's to migrate, and the program does not read them.
    pub(crate) fn measure(&self, place: Span) -> Option<&Measure> {
        self.drift.as_ref().filter(|_| !self.is_aside(place))
    }

    fn is_aside(&self, place: Span) -> bool {
        // Cargo sets it for tests and benchmarks alone, wherever they are.
        if std::env::var_os("CARGO_TARGET_TMPDIR").is_some() {
            return true;
        }
        let (Some(file), Ok(here)) = (place.unwrap().local_file(), std::env::current_dir()) else {
            return false;
        };
        let file = here.join(file);
        ["benches", "examples", "tests"].iter().any(|aside| file.starts_with(self.dir.join(aside)))
    }

    /// The directory of the package.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The engine.
    pub(crate) fn dialect(&self) -> Dialect {
        self.config.backend
    }

    /// Diesel's name of the engine.
    pub(crate) fn backend(&self) -> TokenStream {
        match self.config.backend {
            Dialect::Sqlite => quote!(::diesel::sqlite::Sqlite),
            Dialect::Postgres => quote!(::diesel::pg::Pg),
            Dialect::Mysql => quote!(::diesel::mysql::Mysql),
        }
    }

    /// Whether the `table!`s are in a file of the package's own.
    pub(crate) fn has_schema_file(&self) -> bool {
        self.config.schema_file.is_some()
    }

    /// Module of the file that has the `table!`s: `src/db/schema.rs` is `crate::db::schema`.
    pub(crate) fn schema_module(&self) -> Option<TokenStream> {
        let file = Path::new(self.config.schema_file.as_ref()?).with_extension("");
        let mut names: Vec<&str> = file.iter().filter_map(|part| part.to_str()).collect();
        if names.first() == Some(&"src") {
            names.remove(0);
        }
        if names.last() == Some(&"mod") {
            names.pop();
        }
        let names = names.iter().map(|name| quote::format_ident!("{name}"));
        Some(quote! { crate #(:: #names)* })
    }
}
