use clap::Args;
use serde::Serialize;

use super::Selection;
use super::view::{RevisionView, Views};
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// Show the revisions that none follows: more than one when work went on in parallel.
#[derive(Debug, Args)]
#[command(after_help = "Example: diesel-autogen heads")]
pub(super) struct Heads {}

#[derive(Serialize)]
struct Report {
    heads: Vec<RevisionView>,
}

impl Heads {
    pub(super) fn run(
        &self,
        selection: &Selection,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let history = selection.open(terminal)?.history()?;
        let views = Views::new(&history, None);
        let heads: Vec<RevisionView> = history.heads().into_iter().map(|it| views.of(it)).collect();
        if heads.is_empty() {
            terminal.line("no revision yet: write the first with diesel-autogen generate -m \"…\"");
        }
        for head in &heads {
            terminal.line(format!("{}  {}", head.directory, head.message));
        }
        if heads.len() > 1 {
            let after = history.branch_points();
            let after = after.last().map_or("base", |it| it.dir_name.as_str());
            terminal.note(format!(
                "{} heads: work went on in parallel after {after}; see diesel-autogen branches",
                heads.len()
            ));
        }
        terminal.json(&Report { heads });
        Ok(Exit::Fine)
    }
}
