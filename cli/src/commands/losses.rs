//! What going back would lose of a database.

use std::collections::BTreeSet;

use clap::Args;
use diesel_autogen_database::{Database, Value};
use diesel_autogen_evolve::loss::{Loss, losses};
use diesel_autogen_evolve::revision::{History, Replayed, Revision};

use crate::project::Project;
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// What may be lost.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct AllowLoss {
    /// A column or table whose values or rows may be lost, as it is called after the revision:
    /// users.bio, users. A table stands for its columns, too.
    #[arg(long, value_name = "OBJECT")]
    pub(super) allow_loss: Vec<String>,
}

impl AllowLoss {
    /// That nothing that is in the database is lost when these revisions are reverted in this
    /// order, but for what may be.
    ///
    /// # Errors
    /// When something would be: everything, with how much of it, and the arguments that allow it.
    pub(super) fn check(
        &self,
        project: &Project,
        history: &History,
        path: &[&Revision],
        database: &mut Database,
        terminal: &mut Terminal,
    ) -> Result<(), Error> {
        // Branches that were not merged need not fit each other, so each is followed alone.
        let versions: Vec<String> = path.iter().map(|it| it.version.clone()).collect();
        let heads = history.reached(&versions);
        let lines: Vec<History> = heads.iter().map(|it| history.leading_to(&[it])).collect();
        let replayed: Vec<Vec<Replayed<'_>>> =
            lines.iter().map(History::replay).collect::<Result<_, _>>()?;
        let find = |it: &&Revision| -> Option<&Replayed<'_>> {
            replayed.iter().flatten().find(|other| other.revision.version == it.version)
        };
        let path: Vec<&Replayed<'_>> = path.iter().filter_map(find).collect();
        let mut messages = Vec::new();
        let mut flags = BTreeSet::new();
        for loss in losses(&path, &project.target()) {
            if self.allow_loss.iter().any(|it| *it == loss.object || *it == loss.table) {
                continue;
            }
            match counted(&loss, database) {
                Ok(0) => {}
                Ok(number) => {
                    messages.push(loss.sentence(number));
                    flags.insert(format!("--allow-loss {}", loss.object));
                }
                Err(error) => terminal.warn(format!(
                    "what downgrading {} would lose of {} cannot be counted: {error}",
                    loss.revision, loss.object
                )),
            }
        }
        if messages.is_empty() {
            return Ok(());
        }
        let flags: Vec<String> = flags.into_iter().collect();
        messages.push(format!(
            "nothing was reverted: where that is meant, run it again with {}",
            flags.join(" ")
        ));
        Err(Error::all(Exit::Loss, messages))
    }
}

/// How many there are.
fn counted(loss: &Loss, database: &mut Database) -> Result<usize, Error> {
    let rows = database.rows(&loss.count)?;
    Ok(rows.iter().flatten().find_map(Value::as_count).unwrap_or_default())
}
