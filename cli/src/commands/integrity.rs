//! Whether what a database ran is what is on disk.

use std::collections::BTreeMap;

use diesel_autogen_database::Database;
use diesel_autogen_evolve::revision::{History, Late, Revision, checksum};

use crate::project::{Project, shown};
use crate::{Error, Exit};

/// The applied revisions whose `up.sql` is another one than the database ran.
pub(super) fn edited<'h>(
    history: &'h History,
    checksums: &BTreeMap<String, String>,
) -> Vec<&'h Revision> {
    let is_edited = |it: &&Revision| {
        checksums.get(&it.version).is_some_and(|applied| *applied != checksum(&it.up_sql))
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
    database: &mut Database,
) -> Result<(), Error> {
    let checksums = database.checksums()?;
    let edited = edited(history, &checksums);
    if edited.is_empty() {
        return Ok(());
    }
    Err(Error::all(Exit::Conflict, edited.iter().map(|it| edited_text(project, it))))
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
