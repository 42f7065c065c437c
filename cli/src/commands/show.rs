use clap::Args;
use serde::Serialize;

use super::Selection;
use super::view::{RevisionView, Views};
use crate::terminal::{Terminal, highlighted};
use crate::{Error, Exit};

/// Show one revision: what it is about, what it changed, its SQL.
#[derive(Debug, Args)]
#[command(after_help = "Example: diesel-autogen show head")]
pub(super) struct Show {
    /// `head`, a version, the name of a directory, or the beginning of either.
    #[arg(default_value = "head")]
    revision: String,
}

#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    revision: RevisionView,
    up_sql: String,
    down_sql: Option<String>,
}

impl Show {
    pub(super) fn run(
        &self,
        selection: &Selection,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let history = selection.open(terminal)?.history()?;
        let found = history.find(&self.revision)?;
        let replayed = history.replay()?;
        let mut view = Views::new(&history, None).of(found);
        if let Some(replayed) = replayed.iter().find(|it| it.revision == found) {
            view = view.with_changes(replayed);
        }
        terminal.heading(view.line());
        terminal.line(format!("message:      {}", view.message));
        terminal.line(format!("version:      {}", view.version));
        let parents = if view.parents.is_empty() { "base".into() } else { view.parents.join(", ") };
        terminal.line(format!("follows:      {parents}"));
        let transaction = if view.run_in_transaction { "one" } else { "none, it has its own" };
        terminal.line(format!("transaction:  {transaction}"));
        for change in view.changes.iter().flatten() {
            terminal.line(format!("    {change}"));
        }
        for file in found.edited_files() {
            terminal.warn(format!("`{}/{file}` was edited after it was generated", found.dir_name));
        }
        terminal.heading("\nup.sql");
        terminal.line(highlighted(&found.up_sql));
        terminal.heading("\ndown.sql");
        terminal.line(found.down_sql.as_deref().map_or("(none)".to_owned(), highlighted));
        terminal.json(&Report {
            revision: view,
            up_sql: found.up_sql.clone(),
            down_sql: found.down_sql.clone(),
        });
        Ok(Exit::Fine)
    }
}
