use clap::Args;
use diesel_autogen_evolve::phases;
use diesel_autogen_schema::{Algorithm, Dialect, Locking};

use crate::Error;
use crate::project::Project;

/// What is asked of the statements that alter tables, in place of what the manifest asks.
#[derive(Debug, Args)]
pub(super) struct Asked {
    /// MySQL and MariaDB: how tables may be altered at most; what needs another way is an error.
    #[arg(long, value_name = "WAY", value_parser = algorithm)]
    algorithm: Option<Algorithm>,
    /// MySQL and MariaDB: what others may do to a table while it is altered.
    #[arg(long, value_name = "LOCK", value_parser = locking)]
    lock: Option<Locking>,
    /// PostgreSQL: make the change in several revisions, none of which keeps others from a table for
    /// longer than a moment.
    #[arg(long, overrides_with = "at_once")]
    online: bool,
    /// PostgreSQL: make the change in one revision, although the manifest says `online = true`.
    #[arg(long)]
    at_once: bool,
    /// Fill columns in revisions of their own, so many rows at a time [with --online: 10000].
    #[arg(long, value_name = "ROWS", value_parser = clap::value_parser!(u32).range(1..))]
    batch: Option<u32>,
}

impl Asked {
    /// Has the project ask for it.
    ///
    /// # Errors
    /// When its server has no such words.
    pub(super) fn put(&self, project: &mut Project) -> Result<(), Error> {
        let Asked { algorithm, lock, online, at_once: _, batch: _ } = self;
        let backend = project.config.backend;
        if *online && backend != Dialect::Postgres {
            let message = format!(
                "--online is of PostgreSQL and means nothing to {backend}: {}",
                instead(backend)
            );
            return Err(Error::usage(message));
        }
        if (algorithm.is_some() || lock.is_some()) && backend != Dialect::Mysql {
            let message = format!("--algorithm and --lock mean nothing to {backend}");
            return Err(Error::usage(message));
        }
        if algorithm.is_some_and(|it| !it.is_of(project.config.flavour)) {
            return Err(Error::usage("--algorithm nocopy is a word of MariaDB's: say inplace"));
        }
        let online = &mut project.config.online;
        online.phased = (online.phased || self.online) && !self.at_once;
        online.algorithm = algorithm.or(online.algorithm);
        online.lock = lock.or(online.lock);
        Ok(())
    }

    /// Whether the change is made in phases, and how rows are filled.
    pub(super) fn phases(&self, project: &Project) -> phases::Asked {
        phases::Asked { phased: project.config.online.phased, batch: self.batch }
    }
}

/// What fills and alters a table there while others go on.
fn instead(backend: Dialect) -> &'static str {
    match backend {
        Dialect::Postgres | Dialect::Sqlite => {
            "say --batch ROWS to have rows filled in a revision of its own"
        }
        Dialect::Mysql => {
            "say --batch ROWS to have rows filled in a revision of its own, and --algorithm and \
             --lock to bound how tables are altered"
        }
    }
}

fn algorithm(name: &str) -> Result<Algorithm, String> {
    let found = Algorithm::ALL.into_iter().find(|it| it.name() == name);
    found.ok_or_else(|| format!("ways are {}", Algorithm::ALL.map(Algorithm::name).join(", ")))
}

fn locking(name: &str) -> Result<Locking, String> {
    let found = Locking::ALL.into_iter().find(|it| it.name() == name);
    found.ok_or_else(|| format!("locks are {}", Locking::ALL.map(Locking::name).join(", ")))
}
