use clap::Args;
use serde::Serialize;

use super::view::{RevisionView, Said, Views};
use super::{DatabaseUrl, Selection};
use crate::terminal::{Terminal, highlighted};
use crate::{Error, Exit};

/// Show one revision: what it is about, what it changed, its SQL.
#[derive(Debug, Args)]
#[command(after_help = "Example: diesel-autogen show head")]
pub(super) struct Show {
    /// `head`, `current`, a version, the name of a directory, the beginning of either, or so many
    /// from there: `head-1`.
    #[arg(default_value = "head", allow_negative_numbers = true)]
    revision: String,
    #[command(flatten)]
    database: DatabaseUrl,
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
        let project = selection.open(terminal)?;
        let history = project.history()?;
        let applied = self.database.applied_if_answered(&project, terminal)?;
        let found = history.found(&self.revision, applied.as_deref())?;
        let line = history.leading_to(&[found]);
        let mut view = Views::new(&history, applied.as_deref()).of(found);
        match line.replay() {
            Ok(states) => {
                let mut states = states.iter().rev();
                if let Some(state) = states.next() {
                    view =
                        view.with(&Said::new(&project, states.next().map(|it| &it.schema), state));
                }
            }
            Err(error) => terminal.warn(error),
        }
        terminal.heading(view.line());
        terminal.line(format!("message:      {}", view.message));
        terminal.line(format!("version:      {}", view.version));
        let parents = if view.parents.is_empty() { "base".into() } else { view.parents.join(", ") };
        terminal.line(format!("follows:      {parents}"));
        let transaction = if view.run_in_transaction { "one" } else { "none, it has its own" };
        terminal.line(format!("transaction:  {transaction}"));
        for line in view.details() {
            terminal.line(format!("    {line}"));
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
