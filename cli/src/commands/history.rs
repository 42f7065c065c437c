use clap::Args;
use serde::Serialize;

use super::view::{RevisionView, Views};
use super::{DatabaseUrl, Selection};
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// List the revisions, newest first.
#[derive(Debug, Args)]
#[command(after_help = "Example: diesel-autogen history --verbose")]
pub(super) struct History {
    /// Say what each revision changed.
    #[arg(short, long)]
    verbose: bool,
    #[command(flatten)]
    database: DatabaseUrl,
}

#[derive(Serialize)]
struct Report {
    revisions: Vec<RevisionView>,
}

impl History {
    pub(super) fn run(
        &self,
        selection: &Selection,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let project = selection.open(terminal)?;
        let history = project.history()?;
        let applied = self.database.applied_if_named(&project, terminal)?;
        let replayed = if self.verbose { Some(history.replay()?) } else { None };
        let views = Views::new(&history, applied.as_deref());
        let mut revisions = Vec::new();
        for (at, revision) in history.revisions().iter().enumerate().rev() {
            let view = views.of(revision);
            revisions.push(match &replayed {
                Some(replayed) => view.with_changes(&replayed[at]),
                None => view,
            });
        }
        if revisions.is_empty() {
            terminal.line("no revision yet: write the first with diesel-autogen generate -m \"…\"");
        }
        for revision in &revisions {
            terminal.line(revision.line());
            for change in revision.changes.iter().flatten() {
                terminal.line(format!("    {change}"));
            }
        }
        terminal.json(&Report { revisions });
        Ok(Exit::Fine)
    }
}
