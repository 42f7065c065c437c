use std::fs;
use std::io;
use std::path::Path;

use clap::Args;
use diesel_autogen_database::Database;
use diesel_autogen_evolve::Target;
use diesel_autogen_evolve::revision::History;
use diesel_autogen_schema::config::Config;
use diesel_autogen_schema::snapshot::{self, Snapshot};
use diesel_autogen_schema::{Dialect, Flavour};
use serde::Serialize;

use super::{ScratchUrl, Selection};
use crate::project::learn::Replayed;
use crate::project::{directory, manifest, shown, write};
use crate::source::{Located, locate};
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// Set a package up: a section in its Cargo.toml and an empty snapshot.
#[derive(Debug, Args)]
#[command(after_help = "Example: diesel-autogen init -p shop --backend sqlite")]
pub(super) struct Init {
    /// The engine; otherwise the one whose feature of Diesel the package turns on.
    #[arg(long, value_name = "ENGINE", value_parser = engine)]
    backend: Option<Dialect>,
    /// For MySQL's engine, which server it is, `mysql` or `mariadb`; otherwise that of DATABASE_URL.
    #[arg(long, value_name = "SERVER", value_parser = flavour)]
    flavour: Option<Flavour>,
    #[command(flatten)]
    scratch: ScratchUrl,
}

#[derive(Serialize)]
struct Report {
    package: String,
    /// Files that were written or changed.
    written: Vec<String>,
    /// Revisions that were there already.
    by_hand: usize,
}

impl Init {
    pub(super) fn run(
        &self,
        selection: &Selection,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let located = locate(&selection.request())?;
        let path = located.manifest_path();
        let text = read(path)?.unwrap_or_default();
        let found = Config::from_manifest(&text)
            .map_err(|error| Error::failure(format!("`{}`: {error}", shown(path))))?;
        let mut written = Vec::new();
        let (target, migrations) = match found {
            Some(config) => (self.agreed(&config, path)?, config.migrations),
            None => {
                let target = self.chosen(&located)?;
                let (keys, migrations) = keys(located.root(), &target)?;
                if let Some(text) = manifest::set_up(&text, &keys)? {
                    write::replace(path, &text)?;
                    written.push(shown(path));
                }
                (target, migrations)
            }
        };
        let migrations = located.root().join(migrations);
        let history = directory::read(&migrations)?;
        let snapshot = migrations.join(snapshot::FILE);
        if !snapshot.exists() {
            fs::create_dir_all(&migrations)
                .map_err(|error| Error::file("write", &migrations, &error))?;
            write::replace(
                &snapshot,
                &snapshot::write(&self.recorded(&history, &target, &located)?),
            )?;
            written.push(shown(&snapshot));
            // Builds watch the manifest, and no file that was not there.
            write::replace(path, &read(path)?.unwrap_or_default())?;
        }
        let by_hand = history.unlearned().count();
        tell(terminal, located.name(), &written, by_hand);
        terminal.json(&Report { package: located.name().to_owned(), written, by_hand });
        Ok(Exit::Fine)
    }
}

impl Init {
    /// The engine of a package that is set up, which is not changed by setting it up again.
    fn agreed(&self, config: &Config, manifest: &Path) -> Result<Target, Error> {
        let says = |key: &str, value: &str| {
            Err(Error::usage(format!(
                "`{}` says {key} = \"{value}\": its migrations are of that engine, so another one \
                 wants a package or a `migrations` directory of its own",
                shown(manifest),
            )))
        };
        match (self.backend, self.flavour) {
            (Some(backend), _) if backend != config.backend => {
                says("backend", config.backend.name())
            }
            (_, Some(flavour)) if flavour != config.flavour => {
                says("flavour", config.flavour.name())
            }
            _ => Ok(Target::of(config.backend, config.flavour)),
        }
    }

    /// The engine of a package that is set up for the first time.
    fn chosen(&self, located: &Located) -> Result<Target, Error> {
        let backend = match (self.backend, &located.engines()[..]) {
            (Some(backend), _) => backend,
            (None, []) => Dialect::default(),
            (None, [one]) => *one,
            (None, [first, ..]) => {
                return Err(Error::usage(format!(
                    "{} uses Diesel with several engines: say which one its migrations are for, \
                     as in diesel-autogen init --backend {}",
                    located.name(),
                    first.name()
                )));
            }
        };
        match (backend, self.flavour) {
            (Dialect::Sqlite | Dialect::Postgres, None) => Ok(Target::new(backend)),
            (Dialect::Sqlite | Dialect::Postgres, Some(_)) => {
                Err(Error::usage(format!("--flavour means nothing to {backend}")))
            }
            (Dialect::Mysql, Some(flavour)) => Ok(Target::of(backend, flavour)),
            (Dialect::Mysql, None) => Ok(Target::of(backend, self.asked(located)?)),
        }
    }

    /// The flavour of the server that is named.
    fn asked(&self, located: &Located) -> Result<Flavour, Error> {
        let server = self.scratch.url(Dialect::Mysql, located.root())?;
        let found = match server {
            Some(url) => Database::open(&url)?.flavour()?,
            None => None,
        };
        found.ok_or_else(|| {
            Error::new(
                Exit::Decision,
                "MySQL and MariaDB do not run the same SQL: say which one the migrations are for \
                 with --flavour mysql or --flavour mariadb, or name a server with DATABASE_URL",
            )
        })
    }
}

impl Init {
    /// The snapshot that the recorded changes add up to: empty at first.
    fn recorded(
        &self,
        history: &History,
        target: &Target,
        located: &Located,
    ) -> Result<Snapshot, Error> {
        if history.heads().len() > 1 {
            history.find("head")?;
        }
        let recorded = history.revisions().iter().filter(|it| it.records.is_some()).cloned();
        let recorded = History::new(recorded.collect())?;
        let server = self.scratch.server(target, located.root())?;
        if server.is_none() && recorded.revisions().iter().any(|it| it.by_hand) {
            return Err(Error::new(
                Exit::Decision,
                "what migrations by hand made beside the models is found by running them: name a \
                 server with --scratch-url or DATABASE_URL, on which a database is made for it and \
                 dropped again",
            ));
        }
        // What was never run need not be run.
        let server = server.filter(|_| !recorded.revisions().is_empty());
        let replayed = Replayed::new(&recorded, server.as_ref(), &[], target)?;
        Ok(Snapshot {
            backend: target.dialect.name().to_owned(),
            head: replayed.history.heads().iter().map(|it| it.version.clone()).collect(),
            unmanaged: replayed.unmanaged(),
            schema: replayed.owned,
        })
    }
}

fn engine(name: &str) -> Result<Dialect, String> {
    let names = || Dialect::ALL.map(Dialect::name).join(", ");
    Dialect::from_name(name).ok_or_else(|| format!("engines are {}", names()))
}

fn flavour(name: &str) -> Result<Flavour, String> {
    let found = Flavour::ALL.into_iter().find(|it| it.name() == name);
    found.ok_or_else(|| format!("servers are {}", Flavour::ALL.map(Flavour::name).join(", ")))
}

fn tell(terminal: &mut Terminal, package: &str, written: &[String], by_hand: usize) {
    if written.is_empty() {
        terminal.line(format!("{package} is set up already: nothing to do"));
        return;
    }
    for file in written {
        terminal.line(format!("wrote {file}"));
    }
    if by_hand > 0 {
        terminal.line(format!(
            "{by_hand} migrations written by hand were found: what they made is learned when the \
             next revision is generated"
        ));
    }
    terminal.line(
        "next: derive Model on your structs, then run diesel-autogen generate -m \"initial tables\"",
    );
}

type Keys = Vec<(&'static str, String)>;

/// The keys of the section and the migrations directory, as Diesel's own configuration has it.
fn keys(root: &Path, target: &Target) -> Result<(Keys, String), Error> {
    let mut keys = vec![("backend", target.dialect.name().to_owned())];
    match target.dialect {
        Dialect::Sqlite | Dialect::Postgres => {}
        Dialect::Mysql => keys.push(("flavour", target.flavour.name().to_owned())),
    }
    let mut migrations = Config::default().migrations;
    let path = root.join("diesel.toml");
    let Some(text) = read(&path)? else { return Ok((keys, migrations)) };
    let diesel: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        Error::failure(format!("`{}`: {}", shown(&path), error.message()))
    })?;
    let entry = |table: &str, key: &str| {
        let value = diesel.get(table).and_then(|table| table.get(key)).and_then(|it| it.as_str());
        // The configuration of ours is relative to the same directory.
        value.map(|value| value.strip_prefix("./").unwrap_or(value).to_owned())
    };
    if let Some(directory) = entry("migrations_directory", "dir") {
        if directory != migrations {
            keys.push(("migrations", directory.clone()));
        }
        migrations = directory;
    }
    if let Some(file) = entry("print_schema", "file").filter(|file| root.join(file).is_file()) {
        keys.push(("schema-file", file));
    }
    Ok((keys, migrations))
}

fn read(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file("read", path, &error)),
    }
}
