use clap::Args;
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
}

impl Asked {
    /// Has the project ask for it.
    ///
    /// # Errors
    /// When its server has no such words.
    pub(super) fn put(&self, project: &mut Project) -> Result<(), Error> {
        let Asked { algorithm, lock } = self;
        let backend = project.config.backend;
        if (algorithm.is_some() || lock.is_some()) && backend != Dialect::Mysql {
            let message = format!("--algorithm and --lock mean nothing to {backend}");
            return Err(Error::usage(message));
        }
        if algorithm.is_some_and(|it| !it.is_of(project.config.flavour)) {
            return Err(Error::usage("--algorithm nocopy is a word of MariaDB's: say inplace"));
        }
        let online = &mut project.config.online;
        online.algorithm = algorithm.or(online.algorithm);
        online.lock = lock.or(online.lock);
        Ok(())
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
