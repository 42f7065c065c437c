//! Putting in order what is wrong with the directories and can be told from them alone.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Utc;
use diesel_autogen_evolve::revision::{History, HistoryError, Revision, version};
use diesel_autogen_schema::snapshot;

use super::learn::merged_metadata;
use super::write::{self, Changeset, Lock, NewRevision};
use super::{Project, directory, shown, stamp};
use crate::{Error, Exit};

/// What was put in order.
pub struct Mended {
    /// Directories that were renamed and whose names are those of their revisions now.
    pub renamed: Vec<String>,
    /// Directories that shared a version with another one, under their new names.
    pub moved: Vec<String>,
    /// Directories that followed what is not there or runs later, and follow what stands before
    /// them now.
    pub followed: Vec<String>,
}

/// Makes one history of the directories: names of directories that were renamed are those of their
/// revisions, for good; of two directories of one version one gets a later version; and who follows
/// what is not there, or what Diesel runs later, follows what stands before it. `applied` are the
/// versions of a database that is known.
///
/// # Errors
/// When the database has run one that would get another version, the recorded changes do not fit
/// without what is missing, or the directories are no history even so. Then nothing is written.
pub fn mended(project: &Project, applied: &[String]) -> Result<Mended, Error> {
    let mut lock = Lock::open(project.migrations())?;
    let _held = lock.acquire()?;
    write::recover_locked(project.migrations())?;
    let mut revisions = directory::revisions(project.migrations())?;
    revisions.sort_by(|a, b| (&a.version, &a.dir_name).cmp(&(&b.version, &b.dir_name)));
    let before: BTreeMap<String, Revision> =
        revisions.iter().map(|it| (it.dir_name.clone(), it.clone())).collect();
    let mut changeset = Changeset::default();
    let moved = told_apart(&mut revisions, applied, &mut changeset)?;
    let now = renames(&revisions, applied)?;
    let renamed = take_names(&mut revisions, &now);
    let (followed, wrong) = follow(&mut revisions);
    for revision in &revisions {
        if before.get(&revision.dir_name).is_some_and(|it| it.metadata() != revision.metadata()) {
            let path = format!("{}/metadata.toml", revision.dir_name);
            let text = read(project, &path)?;
            changeset.files.push((path, merged_metadata(text.as_deref(), revision)?));
        }
    }
    let history = History::new(revisions)?;
    fits(&history, wrong)?;
    if let Some(text) = read(project, snapshot::FILE)? {
        let again = !moved.is_empty() || !followed.is_empty();
        let named = renamed_in(&text, &now);
        let named = if again { resummed(project, &history, &named)? } else { named };
        if named != text {
            changeset.files.push((snapshot::FILE.to_owned(), named));
        }
    }
    if !changeset.is_empty() {
        write::write(project.migrations(), &changeset)?;
    }
    Ok(Mended { renamed, moved, followed })
}

/// Gives the second of two directories of one version a later version.
fn told_apart(
    revisions: &mut Vec<Revision>,
    applied: &[String],
    changeset: &mut Changeset,
) -> Result<Vec<String>, Error> {
    let mut known = BTreeSet::new();
    let (first, seconds): (Vec<Revision>, Vec<Revision>) =
        revisions.drain(..).partition(|it| known.insert(it.version.clone()));
    *revisions = first;
    let mut moved = Vec::new();
    for mut second in seconds {
        if applied.contains(&second.version) {
            return Err(Error::new(
                Exit::Conflict,
                format!(
                    "`{}` shares the version {} with another directory, and the database has run \
                     one of the two: give the one that it has not run a later version by hand",
                    second.dir_name, second.version
                ),
            ));
        }
        let old = second.dir_name.clone();
        let newest = revisions.iter().max_by(|a, b| a.version.cmp(&b.version));
        let stamp = stamp(Utc::now(), newest.map(|it| it.dir_name.as_str()))?;
        second.dir_name = format!("{stamp}_{}", second.slug);
        second.version = version(&second.dir_name);
        second.recorded_version = second.recorded_version.map(|_| second.version.clone());
        changeset.removed.push(old);
        changeset.more.push(NewRevision {
            dir_name: second.dir_name.clone(),
            up_sql: second.up_sql.clone(),
            down_sql: second.down_sql.clone().unwrap_or_default(),
            metadata: second.metadata().write(),
        });
        moved.push(second.dir_name.clone());
        revisions.push(second);
    }
    Ok(moved)
}

/// What directories that were renamed are called now, by the versions that they had.
fn renames(
    revisions: &[Revision],
    applied: &[String],
) -> Result<BTreeMap<String, Revision>, Error> {
    let mut renamed: BTreeMap<String, Revision> = revisions
        .iter()
        .filter_map(|it| Some((it.recorded_version.clone()?, it.clone())))
        .filter(|(was, it)| *was != it.version)
        .collect();
    if let Some((was, it)) = renamed.iter().find(|(was, _)| applied.contains(was)) {
        return Err(Error::new(
            Exit::Conflict,
            format!(
                "the database has run `{}` as revision {was}: give the directory a name that \
                 begins with that version again",
                it.dir_name
            ),
        ));
    }
    // Two branches had the same version in the same second: what follows it follows the other.
    renamed.retain(|was, _| revisions.iter().all(|it| it.version != *was));
    Ok(renamed)
}

/// Makes the names of directories those of their revisions, and returns them.
fn take_names(revisions: &mut [Revision], renamed: &BTreeMap<String, Revision>) -> Vec<String> {
    let now = |version: &mut String| {
        if let Some(it) = renamed.get(version.as_str()) {
            *version = it.version.clone();
        }
    };
    let mut names = Vec::new();
    for revision in revisions {
        if let Some(recorded) = &mut revision.recorded_version
            && *recorded != revision.version
        {
            recorded.clone_from(&revision.version);
            names.push(revision.dir_name.clone());
        }
        revision.parents.iter_mut().flatten().for_each(now);
        revision.replaces.iter_mut().for_each(now);
    }
    names
}

/// Lets whoever follows what is not there, or what runs later, follow what stands before it. Returns
/// their directories, and what was wrong.
fn follow(revisions: &mut [Revision]) -> (Vec<String>, Vec<HistoryError>) {
    revisions.sort_by(|a, b| a.version.cmp(&b.version));
    let wrong = History::new(revisions.to_vec()).err().unwrap_or_default();
    let versions: Vec<String> = revisions.iter().map(|it| it.version.clone()).collect();
    let mut followed = Vec::new();
    for (at, revision) in revisions.iter_mut().enumerate() {
        let Some(parents) = &mut revision.parents else { continue };
        let count = parents.len();
        parents.retain(|it| versions[..at].contains(it));
        if parents.len() == count {
            continue;
        }
        if parents.is_empty() {
            parents.extend(at.checked_sub(1).map(|before| versions[before].clone()));
        }
        followed.push(revision.dir_name.clone());
    }
    (followed, wrong)
}

/// That the recorded changes fit each other on the way to every head, where something was wrong.
fn fits(history: &History, wrong: Vec<HistoryError>) -> Result<(), Error> {
    if wrong.is_empty() {
        return Ok(());
    }
    for head in history.heads() {
        if let Err(error) = history.leading_to(&[head]).replay() {
            let mut told = Error::all(Exit::Conflict, wrong);
            told.messages.push(format!(
                "nothing was mended: what is there does not fit together without what is \
                 missing: {error}"
            ));
            return Err(told);
        }
    }
    Ok(())
}

/// The snapshot as the sum of the recorded changes. One that has conflict markers stays as it is for
/// whoever merges or rebases.
fn resummed(project: &Project, history: &History, text: &str) -> Result<String, Error> {
    let Ok(mut snapshot) = snapshot::read(text) else { return Ok(text.to_owned()) };
    if history.heads().len() > 1 {
        return Ok(text.to_owned());
    }
    snapshot.head = history.recorded_heads().iter().map(|it| it.version.clone()).collect();
    snapshot.schema = history.schema().map_err(|error| {
        Error::new(Exit::Conflict, format!("`{}`: {error}", shown(&project.snapshot_path())))
    })?;
    Ok(snapshot::write(&snapshot))
}

/// The snapshot with the new versions in its line of heads.
fn renamed_in(text: &str, renamed: &BTreeMap<String, Revision>) -> String {
    let line = |line: &str| match line.starts_with("head = ") {
        false => line.to_owned(),
        true => renamed.iter().fold(line.to_owned(), |line, (was, it)| {
            line.replace(&format!("\"{was}\""), &format!("\"{}\"", it.version))
        }),
    };
    let lines: Vec<String> = text.split('\n').map(line).collect();
    lines.join("\n")
}

fn read(project: &Project, path: &str) -> Result<Option<String>, Error> {
    directory::text(&project.migrations().join(path))
}
