use clap::Args;
use diesel_autogen_database::Database;
use diesel_autogen_evolve::revision::{History, Way};

use super::args::LockTimeout;
use super::integrity::AllowEdited;
use super::losses::AllowLoss;
use super::upgrade::versions;
use super::walk::Walked;
use super::{DatabaseUrl, Selection, half, integrity, offline};
use crate::project::Project;
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// Revert applied revisions, newest first. Rows and values that would be lost are counted, and stop
/// it unless they may be.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  diesel-autogen downgrade -1\n  \
                        diesel-autogen downgrade 2026-11-22\n  diesel-autogen downgrade base\n  diesel-autogen downgrade add_teams@-1\n  \
                        diesel-autogen downgrade --allow-loss users.bio\n  \
                        diesel-autogen downgrade head:add_users --sql > back.sql")]
pub(super) struct Downgrade {
    /// `-N`, `base`, or the revision to stop at, as upgrade takes it. `REVISION@` in front means the
    /// branch of that revision alone: `add_teams@-1`, `add_teams@base`. With `--sql` also a range
    /// `from:to`.
    #[arg(default_value = "-1", allow_negative_numbers = true)]
    target: String,
    /// Write the SQL and run nothing: from the start of a range, or from where the database is.
    #[arg(long)]
    sql: bool,
    #[command(flatten)]
    losses: AllowLoss,
    #[command(flatten)]
    edits: AllowEdited,
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
        unclear(&history, &applied, &self.target, terminal);
        self.edits.check(&project, &history, &applied, &path, &mut database, terminal)?;
        integrity::recognise(&history, &applied, &mut database)?;
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
        let mut database = self.database.open_if_given(project)?;
        let here = database.as_mut().map(Database::applied).transpose()?;
        let (applied, path) = match (self.target.split_once(':'), here) {
            // Its start is the newer end.
            (Some((from, to)), here) => {
                let (to, from) = history.ends(&format!("{to}:{from}"), here.as_deref())?;
                let applied = versions(history, from);
                let path = history.way_down(&applied, to)?;
                (applied, path)
            }
            (None, None) => {
                return Err(Error::usage(
                    "downgrade --sql goes from one revision to another: write both, as in \
                     diesel-autogen downgrade head:base --sql, or name the database with \
                     --database-url",
                ));
            }
            (None, Some(applied)) => {
                let path = history.downgrade_path(&applied, &self.target)?;
                (applied, path)
            }
        };
        if let Some(database) = &mut database {
            half::none(history, database)?;
            self.edits.check(project, history, &applied, &path, database, terminal)?;
        }
        let engine = project.config.backend;
        offline::show(engine, &offline::script(engine, Way::Down, &path), terminal);
        Ok(Exit::Fine)
    }
}

/// Says which revision a step reverts where branches were applied that are not merged.
pub(super) fn unclear(
    history: &History,
    applied: &[String],
    target: &str,
    terminal: &mut Terminal,
) {
    let reached = history.reached(applied);
    if let [first, .., last] = reached[..]
        && target.starts_with('-')
    {
        terminal.note(format!(
            "{} branches are applied, and {target} begins with the newest revision, `{}`: to go \
             back on one branch, name it as in {}@{target}",
            reached.len(),
            last.dir_name,
            first.dir_name
        ));
    }
}
