use clap::Args;
use serde::Serialize;

use super::Selection;
use super::view::{RevisionView, Views};
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// Show where work went on in parallel: what follows each revision that more than one follows.
#[derive(Debug, Args)]
#[command(after_help = "Example: diesel-autogen branches")]
pub(super) struct Branches {}

#[derive(Serialize)]
struct Report {
    branches: Vec<Branch>,
}

#[derive(Serialize)]
struct Branch {
    /// `None` when histories that knew nothing of each other were put together.
    after: Option<RevisionView>,
    followed_by: Vec<RevisionView>,
}

impl Branches {
    pub(super) fn run(
        &self,
        selection: &Selection,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let history = selection.open(terminal)?.history()?;
        let views = Views::new(&history, None);
        let all = |revisions: Vec<_>| revisions.into_iter().map(|it| views.of(it)).collect();
        let mut branches = Vec::new();
        let roots = history.roots();
        if roots.len() > 1 {
            branches.push(Branch { after: None, followed_by: all(roots) });
        }
        for revision in history.branch_points() {
            let followed_by = all(history.children(revision));
            branches.push(Branch { after: Some(views.of(revision)), followed_by });
        }
        if branches.is_empty() {
            terminal.line("no branches: every revision follows the one before it");
        }
        for branch in &branches {
            terminal.line(branch.after.as_ref().map_or("base".to_owned(), RevisionView::line));
            for revision in &branch.followed_by {
                terminal.line(format!("    -> {}", revision.line()));
            }
        }
        terminal.json(&Report { branches });
        Ok(Exit::Fine)
    }
}
