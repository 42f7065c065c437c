use clap::Args;
use diesel_autogen_evolve::revision::Way;

use super::walk::Walked;
use super::{DatabaseUrl, Selection};
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// Revert applied revisions, newest first.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  diesel-autogen downgrade -1\n  \
                        diesel-autogen downgrade 2026-11-22\n  diesel-autogen downgrade base")]
pub(super) struct Downgrade {
    /// `-N`, `base`, or the revision to stop at.
    #[arg(default_value = "-1", allow_negative_numbers = true)]
    target: String,
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
        let mut database = self.database.open_existing(&project)?;
        let path = history.downgrade_path(&database.applied()?, &self.target)?;
        if path.is_empty() {
            terminal.line(format!("nothing to revert: the database is at {}", self.target));
        }
        let mut walked = Walked::default();
        walked.walk(Way::Down, &path, &project, &mut database, terminal)?;
        terminal.json(&walked);
        Ok(Exit::Fine)
    }
}
