use clap::Args;
use diesel_autogen_evolve::revision::{History, Way};

use super::args::LockTimeout;
use super::losses::AllowLoss;
use super::upgrade::{address, start_of};
use super::walk::Walked;
use super::{DatabaseUrl, Selection, half, integrity, offline};
use crate::project::Project;
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// Revert applied revisions, newest first. Rows and values that would be lost are counted, and stop
/// it unless they may be.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  diesel-autogen downgrade -1\n  \
                        diesel-autogen downgrade 2026-11-22\n  diesel-autogen downgrade base\n  \
                        diesel-autogen downgrade --allow-loss users.bio\n  \
                        diesel-autogen downgrade head:add_users --sql > back.sql")]
pub(super) struct Downgrade {
    /// `-N`, `base`, or the revision to stop at, as upgrade takes it. With `--sql` also a range
    /// `from:to`.
    #[arg(default_value = "-1", allow_negative_numbers = true)]
    target: String,
    /// Write the SQL and run nothing: from the start of a range, or from where the database is.
    #[arg(long)]
    sql: bool,
    #[command(flatten)]
    losses: AllowLoss,
    #[command(flatten)]
    lock: LockTimeout,
    #[command(flatten)]
    database: DatabaseUrl,
}

impl Downgrade {
    pub(super) fn run(
        &self,
        selection: &Selection,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let project = selection.open(terminal)?;
        let history = project.history()?;
        if self.sql {
            return self.write(&project, &history, terminal);
        }
        let mut database = self.database.open_existing(&project)?;
        self.lock.acquire(&mut database, terminal)?;
        let applied = database.applied()?;
        let half = database.half_done()?;
        let path = half::downwards(&history, half.as_ref(), &applied, &self.target)?;
        if path.is_empty() {
            terminal.line(format!("nothing to revert: the database is at {}", self.target));
        }
        let checksums = database.checksums()?;
        let edited = integrity::edited(&history, &applied, &checksums);
        integrity::recognise(&history, &applied, &mut database)?;
        for revision in edited {
            if path.contains(&revision) {
                terminal.warn(integrity::edited_text(&project, revision));
            }
        }
        self.losses.check(&project, &history, &path, &mut database, terminal)?;
        let mut walked = Walked::default();
        walked.walk(Way::Down, &path, &project, &mut database, terminal)?;
        terminal.json(&walked);
        Ok(Exit::Fine)
    }

    fn write(
        &self,
        project: &Project,
        history: &History,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let (applied, target) = match self.target.split_once(':') {
            // Its start is the newer end.
            Some((from, to)) => {
                let (to, from) = history.ends(&format!("{to}:{from}"), None)?;
                (start_of(history, from), address(to))
            }
            None if self.database.database_url.is_none() => {
                return Err(Error::usage(
                    "downgrade --sql goes from one revision to another: write both, as in \
                     diesel-autogen downgrade head:base --sql, or name the database with \
                     --database-url",
                ));
            }
            None => (self.database.open_existing(project)?.applied()?, self.target.clone()),
        };
        let path = history.downgrade_path(&applied, &target)?;
        let engine = project.config.backend;
        offline::show(engine, &offline::script(engine, Way::Down, &path), terminal);
        Ok(Exit::Fine)
    }
}
