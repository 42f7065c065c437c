use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use diesel_autogen_database::{Database, HalfDone, Server, engine, expect_engine, without_secrets};
use diesel_autogen_evolve::Target;
use diesel_autogen_schema::Dialect;

use crate::Error;
use crate::project::write::Recovered;
use crate::project::{Project, shown};
use crate::source::Request;
use crate::terminal::Terminal;

/// Which package, with which features.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Package")]
pub struct Selection {
    /// Path of the package's Cargo.toml.
    #[arg(long, global = true, value_name = "PATH")]
    pub manifest_path: Option<PathBuf>,
    /// Package of the workspace.
    #[arg(short, long, global = true, value_name = "NAME")]
    pub package: Option<String>,
    /// Features to turn on, separated by commas.
    #[arg(short = 'F', long, global = true, value_name = "FEATURES")]
    pub features: Vec<String>,
    /// Turn all features on.
    #[arg(long, global = true)]
    pub all_features: bool,
    /// Leave the default features off.
    #[arg(long, global = true)]
    pub no_default_features: bool,
}

impl Selection {
    /// The selection as the source reader takes it.
    pub fn request(&self) -> Request {
        Request {
            manifest_path: self.manifest_path.clone(),
            package: self.package.clone(),
            features: self.features.clone(),
            all_features: self.all_features,
            no_default_features: self.no_default_features,
        }
    }

    /// The project of the selected package.
    pub(super) fn open(&self, terminal: &mut Terminal) -> Result<Project, Error> {
        let project = Project::open(&self.request())?;
        match &project.recovered {
            None => {}
            Some(Recovered::Finished(name)) => {
                terminal.note(format!("finished `{name}`, which a command that was killed began"));
            }
            Some(Recovered::Swept) => {
                terminal.note("removed what a command that was killed had begun to write");
            }
        }
        Ok(project)
    }
}

/// How long to wait for others.
#[derive(Clone, Debug, Args)]
pub(super) struct LockTimeout {
    /// Seconds to wait while another process migrates the same database.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(super) lock_timeout: u64,
}

impl LockTimeout {
    /// Keeps other processes from migrating the database from here on.
    pub(super) fn acquire(
        &self,
        database: &mut Database,
        terminal: &mut Terminal,
    ) -> Result<(), Error> {
        let seconds = self.lock_timeout;
        Ok(database.lock(Duration::from_secs(seconds), &mut || {
            terminal.note(format!(
                "another process migrates this database: waiting up to {seconds} s for it"
            ));
        })?)
    }
}

/// Which database.
#[derive(Clone, Debug, Default, Args)]
pub struct DatabaseUrl {
    /// URL of the database; otherwise DATABASE_URL, from the environment or a .env file.
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
}

/// What a database says of its revisions.
#[derive(Default)]
pub(super) struct Seen {
    /// Versions that it has.
    pub(super) applied: Vec<String>,
    /// Checksums of what it ran, by version.
    pub(super) checksums: BTreeMap<String, String>,
    /// The revision that it has half of.
    pub(super) half: Option<HalfDone>,
}

impl DatabaseUrl {
    /// Opens the database; one that is not there is made.
    pub(super) fn open(&self, project: &Project) -> Result<Database, Error> {
        open(&self.named(project)?, project)
    }

    /// Where others are made: on the scratch server, or else on the server of the database.
    pub(super) fn server(
        &self,
        project: &Project,
        scratch: Option<Server>,
    ) -> Result<Server, Error> {
        if let Some(server) = scratch {
            return Ok(server);
        }
        let url = self.named(project)?;
        let target = project.target();
        Server::of(target.dialect, Some(&url))
            .map(|server| server.of_flavour(target.flavour))
            .ok_or_else(|| Error::failure("the database is on no server"))
    }

    /// Opens the database, which must be there.
    pub(super) fn open_existing(&self, project: &Project) -> Result<Database, Error> {
        let url = self.named(project)?;
        if is_there(&url) {
            return open(&url, project);
        }
        Err(Error::failure(format!(
            "database `{}` does not exist: make it with diesel-autogen upgrade",
            without_secrets(&url)
        )))
    }

    /// Versions that the database has; none when it is not there.
    pub(super) fn applied(
        &self,
        project: &Project,
        terminal: &mut Terminal,
    ) -> Result<Vec<String>, Error> {
        Ok(self.seen(project, terminal)?.applied)
    }

    /// What the database says of its revisions; nothing when it is not there.
    pub(super) fn seen(&self, project: &Project, terminal: &mut Terminal) -> Result<Seen, Error> {
        let url = self.named(project)?;
        if is_there(&url) {
            let mut database = open(&url, project)?;
            let (applied, checksums) = (database.applied()?, database.checksums()?);
            return Ok(Seen { applied, checksums, half: database.half_done()? });
        }
        terminal.note(format!("database `{}` does not exist yet", without_secrets(&url)));
        Ok(Seen::default())
    }

    /// As [`DatabaseUrl::applied`], if a database is named.
    pub(super) fn applied_if_named(
        &self,
        project: &Project,
        terminal: &mut Terminal,
    ) -> Result<Option<Vec<String>>, Error> {
        match self.find(project)? {
            Some(_) => self.applied(project, terminal).map(Some),
            None => Ok(None),
        }
    }

    /// As [`DatabaseUrl::applied_if_named`], for commands that tell of what is on disk: a database
    /// that only the environment names need not answer.
    pub(super) fn applied_if_answered(
        &self,
        project: &Project,
        terminal: &mut Terminal,
    ) -> Result<Option<Vec<String>>, Error> {
        match self.applied_if_named(project, terminal) {
            Err(error) if self.database_url.is_none() => {
                terminal.warn(format!(
                    "what the database has is not shown: {error}; name another with --database-url"
                ));
                Ok(None)
            }
            applied => applied,
        }
    }

    /// The database, which must be there, if --database-url names it: for scripts that run
    /// elsewhere, where DATABASE_URL means nothing.
    pub(super) fn open_if_given(&self, project: &Project) -> Result<Option<Database>, Error> {
        self.database_url.as_ref().map(|_| self.open_existing(project)).transpose()
    }

    /// Versions that the database has, if it is one of [`DatabaseUrl::open_if_given`].
    pub(super) fn applied_if_given(&self, project: &Project) -> Result<Option<Vec<String>>, Error> {
        let database = self.open_if_given(project)?;
        Ok(database.map(|mut database| database.applied()).transpose()?)
    }

    /// Whether a database is named.
    pub(super) fn is_named(&self, project: &Project) -> Result<bool, Error> {
        Ok(self.find(project)?.is_some())
    }

    fn named(&self, project: &Project) -> Result<String, Error> {
        let url = self.find(project)?.ok_or_else(|| {
            Error::usage(
                "no database is named: give --database-url, set DATABASE_URL, or write it to a \
                 .env file",
            )
        })?;
        expect_engine(&url, project.target().dialect)?;
        Ok(url)
    }

    fn find(&self, project: &Project) -> Result<Option<String>, Error> {
        if let Some(url) = &self.database_url {
            // SQLite would make a database that is gone with this command.
            return match url.trim().is_empty() {
                true => Err(Error::usage("--database-url is empty: give the path of a database")),
                false => Ok(Some(url.clone())),
            };
        }
        from_environment(project.root())
    }
}

/// Where migrations are tried.
#[derive(Clone, Debug, Default, Args)]
pub struct ScratchUrl {
    /// URL of the server that migrations are tried on, in databases that are made there and
    /// dropped again; otherwise that of DATABASE_URL. SQLite needs none.
    #[arg(long, value_name = "URL")]
    pub scratch_url: Option<String>,
}

impl ScratchUrl {
    /// The server for a package whose directory is `root`; `None` when the engine needs one and none
    /// is named.
    pub(super) fn server(&self, target: &Target, root: &Path) -> Result<Option<Server>, Error> {
        let url = self.url(target.dialect, root)?;
        let server = Server::of(target.dialect, url.as_deref());
        Ok(server.map(|server| server.of_flavour(target.flavour)))
    }

    /// The URL of the server, where the engine has one.
    pub(super) fn url(&self, dialect: Dialect, root: &Path) -> Result<Option<String>, Error> {
        match dialect {
            Dialect::Sqlite => return Ok(None),
            Dialect::Postgres | Dialect::Mysql => {}
        }
        let url = match &self.scratch_url {
            Some(url) if url.trim().is_empty() => {
                return Err(Error::usage("--scratch-url is empty: give the URL of a server"));
            }
            Some(url) => Some(url.clone()),
            None => from_environment(root)?,
        };
        if let Some(url) = &url {
            expect_engine(url, dialect)?;
        }
        Ok(url)
    }
}

/// The database at a URL, which is on a server of the flavour that the package names.
fn open(url: &str, project: &Project) -> Result<Database, Error> {
    let mut database = Database::open(url)?;
    database.expect_flavour(project.config.flavour)?;
    Ok(database)
}

/// DATABASE_URL of the environment or of the nearest `.env`.
fn from_environment(root: &Path) -> Result<Option<String>, Error> {
    if let Some(url) = std::env::var("DATABASE_URL").ok().filter(|url| !url.trim().is_empty()) {
        return Ok(Some(url));
    }
    let here = std::env::current_dir().unwrap_or_default();
    for directory in here.ancestors().chain(root.ancestors()) {
        let file = directory.join(".env");
        if file.is_file() {
            return from_file(&file);
        }
    }
    Ok(None)
}

/// The nearest `.env` speaks alone, as it does for Diesel's own command.
fn from_file(file: &Path) -> Result<Option<String>, Error> {
    let wrong = |error: dotenvy::Error| Error::failure(format!("`{}`: {error}", shown(file)));
    for entry in dotenvy::from_path_iter(file).map_err(wrong)? {
        let (key, value) = entry.map_err(wrong)?;
        if key == "DATABASE_URL" && !value.trim().is_empty() {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// Whether a database is there: asking must not make an empty one. A server says it itself.
fn is_there(url: &str) -> bool {
    match engine(url) {
        Ok(Dialect::Sqlite) => {}
        Ok(Dialect::Postgres | Dialect::Mysql) | Err(_) => return true,
    }
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("file:")).unwrap_or(url);
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    path == ":memory:" || Path::new(path).exists()
}
