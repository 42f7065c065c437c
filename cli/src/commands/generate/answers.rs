//! What a person said of the changes: on the command line, or when asked.

use std::collections::BTreeSet;

use clap::Args;
use diesel_autogen_evolve::{Allowed, decide};
use diesel_autogen_schema::{Schema, diff};

use super::ask::{Person, ask};
use super::{hints, retired};
use crate::project::Project;
use crate::project::learn::Replayed;
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// What the flags say.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Answers {
    /// A column or table that has another name now: users.name:full_name, people:users.
    #[arg(long, value_name = "OLD:NEW")]
    pub(super) rename: Vec<String>,
    /// SQL that fills the rows that are there when a column comes or becomes required:
    /// users.slug="lower(name)".
    #[arg(long, value_name = "COLUMN=SQL")]
    pub(super) backfill: Vec<String>,
    /// A column or table whose data may be lost: users.bio, users. Also a column that becomes required
    /// although nothing fills its rows: a guard stops the migration where one holds NULL.
    #[arg(long, value_name = "OBJECT")]
    pub(super) allow_loss: Vec<String>,
    /// A column or table that no model claims any more and that is kept for now: it is renamed to
    /// deprecated_…, and dropped when a later revision is generated with --allow-loss.
    #[arg(long, value_name = "OBJECT")]
    pub(super) retire: Vec<String>,
}

impl Answers {
    /// What may be lost.
    pub(super) fn allowed(&self) -> Allowed {
        Allowed { loss: self.allow_loss.iter().cloned().collect::<BTreeSet<_>>() }
    }

    /// The models with what is said here; that a hint was followed once does not count where it is
    /// said again.
    ///
    /// # Errors
    /// When a flag fits nothing.
    pub(super) fn applied(&self, models: Schema, replayed: &mut Replayed) -> Result<Schema, Error> {
        let models = hints::with_renames(models, &mut replayed.owned, &self.rename)?;
        let models = hints::with_backfills(models, &self.backfill)?;
        retired::with_retired(models, replayed, &self.retire, &self.allowed())
    }

    /// The models with what is said here, after a person was asked for what is not, one question
    /// after the other: each answer may settle others. Nobody is asked where nobody is there, or
    /// no more after the first answer that says so; then what is open is refused later.
    ///
    /// # Errors
    /// As [`Answers::applied`]; when the terminal fails.
    pub(super) fn completed(
        &mut self,
        models: Schema,
        replayed: &mut Replayed,
        project: &Project,
        person: Option<&mut dyn Person>,
        terminal: &mut Terminal,
    ) -> Result<Schema, Error> {
        let Some(person) = person else { return self.applied(models, replayed) };
        let mut known = self.applied(models.clone(), replayed)?;
        let before = self.clone();
        loop {
            let changes = diff(&replayed.owned, &known)
                .map_err(|errors| Error::all(Exit::Decision, errors))?;
            let open = decide(&changes, project.target().dialect, &self.allowed());
            let Err(open) = open else { break };
            if !ask(&open, person, self)? {
                break;
            }
            known = self.applied(models.clone(), replayed)?;
        }
        let said = self.beyond(&before);
        if !said.is_empty() {
            terminal.note(format!("without questions the same is said by {}", said.join(" ")));
        }
        Ok(known)
    }

    /// The flags that these answers have and those have not, as a shell takes them.
    fn beyond(&self, before: &Answers) -> Vec<String> {
        let Answers { rename, backfill, allow_loss, retire } = self;
        let all = [
            ("--rename", rename, &before.rename),
            ("--backfill", backfill, &before.backfill),
            ("--allow-loss", allow_loss, &before.allow_loss),
            ("--retire", retire, &before.retire),
        ];
        let said = all.into_iter().flat_map(|(flag, now, then)| {
            let new = now.iter().filter(|it| !then.contains(it));
            new.map(move |it| format!("{flag} {}", shell_words::quote(it)))
        });
        said.collect()
    }
}
