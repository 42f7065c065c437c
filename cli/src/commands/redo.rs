use clap::Args;
use diesel_autogen_evolve::revision::Way;

use super::args::LockTimeout;
use super::downgrade::unclear;
use super::integrity::AllowEdited;
use super::losses::AllowLoss;
use super::walk::Walked;
use super::{DatabaseUrl, Selection, half, integrity};
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// Revert applied revisions and apply them again. What would be lost on the way, and what was edited
/// after it ran, stops it as it stops downgrade.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  diesel-autogen redo -1\n  diesel-autogen redo --allow-edited")]
pub(super) struct Redo {
    /// `-N`, `base`, or the revision to go back to.
    #[arg(default_value = "-1", allow_negative_numbers = true)]
    target: String,
    #[command(flatten)]
    losses: AllowLoss,
    #[command(flatten)]
    edits: AllowEdited,
    #[command(flatten)]
    lock: LockTimeout,
    #[command(flatten)]
    database: DatabaseUrl,
}

impl Redo {
    pub(super) fn run(
        &self,
        selection: &Selection,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let project = selection.open(terminal)?;
        let history = project.history()?;
        let mut database = self.database.open_existing(&project)?;
        self.lock.acquire(&mut database, terminal)?;
        let applied = database.applied()?;
        let half = database.half_done()?;
        let mut path = half::downwards(&history, half.as_ref(), &applied, &self.target)?;
        unclear(&history, &applied, &self.target, terminal);
        self.edits.check(&project, &history, &applied, &path, &mut database, terminal)?;
        integrity::recognise(&history, &applied, &mut database)?;
        if path.is_empty() {
            terminal.line(format!("nothing to redo: the database is at {}", self.target));
        }
        self.losses.check(&project, &history, &path, &mut database, terminal)?;
        let mut walked = Walked::default();
        walked.walk(Way::Down, &path, &project, &mut database, terminal)?;
        path.reverse();
        walked.walk(Way::Up, &path, &project, &mut database, terminal)?;
        terminal.json(&walked);
        Ok(Exit::Fine)
    }
}
