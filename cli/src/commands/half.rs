//! A revision that stopped between two of its statements, on an engine where each commits by
//! itself.

use diesel_autogen_database::{Database, HalfDone};
use diesel_autogen_evolve::revision::{History, Revision};

use crate::{Error, Exit};

/// What is to be applied: a revision that was half reverted is applied again first.
pub(super) fn upwards<'h>(
    history: &'h History,
    half: Option<&HalfDone>,
    mut path: Vec<&'h Revision>,
) -> Result<Vec<&'h Revision>, Error> {
    if let Some(half) = half {
        put_first(find(history, half)?, &mut path);
    }
    Ok(path)
}

/// What is to be reverted: a revision that was half applied is taken back first, and is the first
/// of those that a number counts.
pub(super) fn downwards<'h>(
    history: &'h History,
    half: Option<&HalfDone>,
    applied: &[String],
    target: &str,
) -> Result<Vec<&'h Revision>, Error> {
    let Some(half) = half else { return Ok(history.downgrade_path(applied, target)?) };
    let revision = find(history, half)?;
    let count = target.strip_prefix('-').and_then(|it| it.parse::<usize>().ok());
    let mut path = match count {
        Some(count) if !applied.contains(&half.version) => match count.saturating_sub(1) {
            0 => Vec::new(),
            more => history.downgrade_path(applied, &format!("-{more}"))?,
        },
        Some(_) | None => history.downgrade_path(applied, target)?,
    };
    put_first(revision, &mut path);
    Ok(path)
}

/// The state of the revision in words.
pub(super) fn told(history: &History, half: &HalfDone) -> String {
    let name = find(history, half).map_or(half.version.as_str(), |it| &it.dir_name);
    let (script, other, doing) = match half.up {
        true => ("up.sql", "downgrade", "upgrade"),
        false => ("down.sql", "upgrade", "downgrade"),
    };
    format!(
        "{name} is half done: the first {} statements of its {script} are done; diesel-autogen \
         {doing} goes on from there, diesel-autogen {other} takes them back",
        half.done
    )
}

/// That no revision is half done, where SQL is written for a database as it is.
pub(super) fn none(history: &History, database: &mut Database) -> Result<(), Error> {
    match database.half_done()? {
        None => Ok(()),
        Some(half) => Err(Error::new(Exit::Conflict, told(history, &half))),
    }
}

fn put_first<'h>(revision: &'h Revision, path: &mut Vec<&'h Revision>) {
    path.retain(|it| it.version != revision.version);
    path.insert(0, revision);
}

fn find<'h>(history: &'h History, half: &HalfDone) -> Result<&'h Revision, Error> {
    history.revisions().iter().find(|it| it.version == half.version).ok_or_else(|| {
        Error::new(
            Exit::Conflict,
            format!(
                "revision {} is half done in the database and not on disk: check out the branch \
                 that has it, or restore its directory",
                half.version
            ),
        )
    })
}
