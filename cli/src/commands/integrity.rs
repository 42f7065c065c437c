//! Whether what a database ran is what is on disk.

use std::collections::BTreeMap;

use clap::Args;
use diesel_autogen_database::{Database, ledger};
use diesel_autogen_evolve::revision::{History, Late, Revision, checksum};

use crate::project::{Project, shown};
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// The applied revisions whose `up.sql` is another one than the database ran.
pub(super) fn edited<'h>(
    history: &'h History,
    applied: &[String],
    checksums: &BTreeMap<String, String>,
) -> Vec<&'h Revision> {
    // A database that ran what a revision replaces has another checksum for its version.
    let replaced = history.replaced(applied);
    let is_edited = |it: &&Revision| {
        !it.replaces.iter().any(|version| replaced.contains(version))
            && checksums.get(&it.version).is_some_and(|applied| *applied != checksum(&it.up_sql))
    };
    history.revisions().iter().filter(is_edited).collect()
}

/// What is said about a revision that was edited after a database ran it.
pub(super) fn edited_text(project: &Project, revision: &Revision) -> String {
    let file = project.migrations().join(&revision.dir_name).join("up.sql");
    format!(
        "`{}` is not what this database ran: restore it from version control, and write what else \
         must change to another revision; where the database has been changed to fit, say so with \
         diesel-autogen stamp current",
        shown(&file)
    )
}

/// That no applied revision was edited.
///
/// # Errors
/// When one was: all of them.
pub(super) fn unedited(
    project: &Project,
    history: &History,
    applied: &[String],
    database: &mut Database,
) -> Result<(), Error> {
    let checksums = database.checksums()?;
    let edited = edited(history, applied, &checksums);
    if edited.is_empty() {
        return Ok(());
    }
    Err(Error::all(Exit::Conflict, edited.iter().map(|it| edited_text(project, it))))
}

/// Whether revisions that were edited after they ran may be reverted all the same.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(super) struct AllowEdited {
    /// Revert revisions whose up.sql was edited after the database ran it, by the down.sql that they
    /// have now.
    #[arg(long)]
    allow_edited: bool,
}

impl AllowEdited {
    /// That no revision that is to be reverted was edited after it ran, unless that is allowed.
    ///
    /// # Errors
    /// When one was: all of them, and the argument that allows it.
    pub(super) fn check(
        self,
        project: &Project,
        history: &History,
        applied: &[String],
        path: &[&Revision],
        database: &mut Database,
        terminal: &mut Terminal,
    ) -> Result<(), Error> {
        let checksums = database.checksums()?;
        let mut edited = edited(history, applied, &checksums);
        edited.retain(|it| path.contains(it));
        let texts: Vec<String> = edited.iter().map(|it| edited_text(project, it)).collect();
        if texts.is_empty() {
            return Ok(());
        }
        if self.allow_edited {
            texts.iter().for_each(|text| terminal.warn(text));
            return Ok(());
        }
        let mut error = Error::all(Exit::Conflict, texts);
        error.messages.push(
            "nothing was reverted: where the down.sql that is there now undoes what the database \
             ran, run it again with --allow-edited"
                .to_owned(),
        );
        Err(error)
    }
}

/// Notes that a database has applied the revisions that others replace, and returns their
/// directories.
///
/// # Errors
/// When the database cannot be written to.
pub(super) fn recognise(
    history: &History,
    applied: &[String],
    database: &mut Database,
) -> Result<Vec<String>, Error> {
    let replaced = history.replaced(applied);
    let mut names = Vec::new();
    for revision in history.revisions() {
        let gone = revision.replaces.iter().filter(|version| replaced.contains(version));
        let gone: Vec<&str> = gone.map(String::as_str).collect();
        if gone.is_empty() {
            continue;
        }
        let mut notes: Vec<String> = gone.iter().flat_map(|it| ledger::reverted(it)).collect();
        notes.extend(ledger::checksum(&revision.version, &checksum(&revision.up_sql)));
        database.note(&notes)?;
        names.push(revision.dir_name.clone());
    }
    Ok(names)
}

/// What is said of a pending revision that is older than an applied one.
pub(super) fn late_text(late: &Late<'_>) -> String {
    let Late { revision, after, is_merged } = late;
    let merged = match is_merged {
        true => ", and was proved to work in that order when both were merged",
        false => "",
    };
    format!(
        "`{}` is pending, but `{}`, which runs after it, is applied already{merged}",
        revision.dir_name, after.dir_name
    )
}
