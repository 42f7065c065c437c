use clap::Args;
use diesel_autogen_evolve::retire::kept;
use diesel_autogen_evolve::revision::History;
use diesel_autogen_schema::{Schema, diff};
use serde::Serialize;

use super::{DatabaseUrl, ScratchUrl, Selection};
use crate::project::Project;
use crate::project::compare::owned_now;
use crate::terminal::{Terminal, differences};
use crate::{Error, Exit};

/// The name of the state that no revision needs to have made.
const MODELS: &str = "models";

/// Show what leads from one state of the schema to another. Exit code 3 when they differ.
///
/// A state is `models`, `snapshot`, `database` (what the models own there now), or a revision by
/// any name that `show` takes, `base` and `head` among them.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  diesel-autogen diff\n  diesel-autogen diff add_users head\n  \
                  diesel-autogen diff database models --database-url shop.db"
)]
pub(super) struct Diff {
    /// Where to begin.
    #[arg(value_name = "FROM", default_value = "snapshot", allow_negative_numbers = true)]
    from: String,
    /// Where to end.
    #[arg(value_name = "TO", default_value = "models", allow_negative_numbers = true)]
    to: String,
    #[command(flatten)]
    database: DatabaseUrl,
    #[command(flatten)]
    scratch: ScratchUrl,
}

#[derive(Serialize)]
struct Report<'r> {
    from: &'r str,
    to: &'r str,
    /// One line each: `add column users.bio`.
    differences: Vec<String>,
}

impl Diff {
    pub(super) fn run(
        &self,
        selection: &Selection,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let project = selection.open(terminal)?;
        let history = project.history()?;
        let from = self.state(&self.from, &project, &history, terminal)?;
        let to = self.state(&self.to, &project, &history, terminal)?;
        // What is retired is no difference to models.
        let to = if self.to == MODELS { with_retired(to, &from)? } else { to };
        let from = if self.from == MODELS { with_retired(from, &to)? } else { from };
        let changes = diff(&from, &to).map_err(|errors| Error::all(Exit::Decision, errors))?;
        let differences = differences(&changes);
        if differences.is_empty() {
            terminal.line(format!("{} and {} are the same", self.from, self.to));
        }
        for line in &differences {
            terminal.line(line);
        }
        let exit = if differences.is_empty() { Exit::Fine } else { Exit::Drift };
        terminal.json(&Report { from: &self.from, to: &self.to, differences });
        Ok(exit)
    }

    /// What the models own in the state of this name.
    fn state(
        &self,
        name: &str,
        project: &Project,
        history: &History,
        terminal: &mut Terminal,
    ) -> Result<Schema, Error> {
        match name {
            MODELS => Ok(project.read_models(|| Ok(()))?.0.schema),
            "snapshot" => project.recorded(history)?.schema,
            "database" => {
                let mut database = self.database.open_existing(project)?;
                let scratch = self.scratch.server(&project.target(), project.root())?;
                let server = self.database.server(project, scratch)?;
                let only = history.only(&database.applied()?);
                Ok(owned_now(&only, &mut database, &server, &project.target())?.1)
            }
            address => {
                let applied = self.database.applied_if_answered(project, terminal)?;
                let spot = history.locate(address, applied.as_deref())?;
                let part = history.leading_to(&history.upto(spot));
                if let Some(unlearned) = part.unlearned().next() {
                    terminal.warn(format!(
                        "what `{}` changes is not recorded yet and not shown: record it with \
                         diesel-autogen generate -m \"…\"",
                        unlearned.dir_name
                    ));
                }
                Ok(part.schema()?)
            }
        }
    }
}

fn with_retired(models: Schema, other: &Schema) -> Result<Schema, Error> {
    kept(models, other, |_| false).map_err(|errors| Error::all(Exit::Decision, errors))
}
