//! Whether a live database is what its revisions made.

use diesel_autogen_database::{Database, Server};
use diesel_autogen_evolve::Target;
use diesel_autogen_evolve::ownership::{Beside, beside, everything, learn};
use diesel_autogen_evolve::revision::History;
use diesel_autogen_schema::{Live, Schema, diff};

use super::concerned;
use super::learn::Steps;
use super::trial::create;
use crate::terminal::differences;
use crate::{Error, Exit};

/// What was found when a database was looked at.
pub struct Compared {
    /// Versions on disk that the database does not have.
    pub pending: Vec<String>,
    /// Versions that the database has and the disk does not.
    pub not_on_disk: Vec<String>,
    /// What the revisions made and somebody changed in the database beside them, in words, whether
    /// a model owns it or not.
    pub changed: Vec<String>,
    /// What the revisions did not make and no model owns.
    pub more: Vec<String>,
}

/// Compares a database with the revisions that it has. Both sides are introspected, so no
/// expression is compared with what somebody wrote in another way.
///
/// # Errors
/// When the database cannot be read, or the revisions cannot be run on the server.
pub fn compare(
    history: &History,
    database: &mut Database,
    server: &Server,
    target: &Target,
) -> Result<Compared, Error> {
    let applied = database.applied()?;
    let has = |version: &String| applied.contains(version);
    let versions = history.revisions().iter().map(|revision| &revision.version);
    let pending = versions.filter(|version| !has(version)).cloned().collect();
    let not_on_disk = history.missing(&applied);
    let (owned, made) = built(&history.only(&applied), server, target)?;
    let live = database.live()?;
    let all = everything(&owned, &made);
    let now = learn(&all, &made, &live);
    let changes = diff(&all, &now).map_err(|errors| Error::all(Exit::Failure, errors))?;
    let mut changed = differences(&changes);
    let Beside { changed: others, more } = beside(&all, &made, &live);
    changed.extend(others);
    Ok(Compared { pending, not_on_disk, changed, more })
}

/// What the models own after a history, and what became of it in a database that has run it.
///
/// # Errors
/// As [`compare`].
pub fn owned_now(
    history: &History,
    database: &mut Database,
    server: &Server,
    target: &Target,
) -> Result<(Schema, Schema), Error> {
    let (owned, built) = built(history, server, target)?;
    let now = learn(&owned, &built, &database.live()?);
    Ok((owned, now))
}

/// What the models own at the head of a history, and a database that is there.
fn built(history: &History, server: &Server, target: &Target) -> Result<(Schema, Live), Error> {
    if !concerned::is_settled(history) {
        let mut steps = Steps::new(server)?;
        for revision in history.revisions() {
            steps.step(revision)?;
        }
        let live = steps.scratch.live()?;
        return Ok((steps.owned, live));
    }
    let owned = history.schema()?;
    let sql = create(&owned.tables, &owned.extensions, target).map_err(Error::failure)?;
    let mut scratch = server.scratch()?;
    if !sql.trim().is_empty() {
        scratch.execute(&sql, false)?;
    }
    Ok((owned, scratch.live()?))
}
