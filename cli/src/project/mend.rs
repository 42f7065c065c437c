//! Putting in order what is wrong with the directories and can be told from them alone.

use std::collections::BTreeMap;

use diesel_autogen_evolve::revision::{History, Revision};
use diesel_autogen_schema::snapshot;

use super::learn::merged_metadata;
use super::write::{self, Changeset, Lock};
use super::{Project, directory};
use crate::{Error, Exit};

/// Makes the names of directories that were renamed those of their revisions, for good, and returns
/// them. `applied` are the versions of a database that is known.
///
/// # Errors
/// When the database has run one of them under its old name, or the directories are no history even
/// with their new names.
pub fn renamed(project: &Project, applied: &[String]) -> Result<Vec<String>, Error> {
    let mut lock = Lock::open(project.migrations())?;
    let _held = lock.acquire()?;
    write::recover_locked(project.migrations())?;
    let mut revisions = directory::revisions(project.migrations())?;
    let mut renamed: BTreeMap<String, Revision> = revisions
        .iter()
        .filter_map(|it| Some((it.recorded_version.clone()?, it.clone())))
        .filter(|(was, it)| *was != it.version)
        .collect();
    let names: Vec<String> = renamed.values().map(|it| it.dir_name.clone()).collect();
    // Two branches had the same version in the same second: what follows it follows the other.
    renamed.retain(|was, _| revisions.iter().all(|it| it.version != *was));
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
    let now = |version: &mut String| {
        if let Some(it) = renamed.get(version.as_str()) {
            *version = it.version.clone();
        }
    };
    let mut changeset = Changeset::default();
    for revision in &mut revisions {
        let before = revision.metadata();
        if let Some(recorded) = &mut revision.recorded_version {
            recorded.clone_from(&revision.version);
        }
        revision.parents.iter_mut().flatten().for_each(now);
        revision.replaces.iter_mut().for_each(now);
        if revision.metadata() != before {
            let path = format!("{}/metadata.toml", revision.dir_name);
            let text = read(project, &path)?;
            changeset.files.push((path, merged_metadata(text.as_deref(), revision)?));
        }
    }
    History::new(revisions)?;
    if let Some(text) = read(project, snapshot::FILE)? {
        let named = renamed_in(&text, &renamed);
        if named != text {
            changeset.files.push((snapshot::FILE.to_owned(), named));
        }
    }
    if !changeset.is_empty() {
        write::write(project.migrations(), &changeset)?;
    }
    Ok(names)
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
