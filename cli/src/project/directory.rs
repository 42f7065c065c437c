//! The migrations directory as Diesel sees it.

use std::fs;
use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;

use diesel_autogen_evolve::revision::{History, Revision};

use super::shown;
use crate::{Error, Exit};

/// Reads every revision of a migrations directory. A directory that is not there has none.
///
/// # Errors
/// Everything that would make Diesel stop or silently skip something, and every `metadata.toml`
/// that cannot be understood: all of them at once.
pub fn read(migrations: &Path) -> Result<History, Error> {
    Ok(History::new(revisions(migrations)?)?)
}

/// The revisions of a migrations directory, whether they are one history or not.
///
/// # Errors
/// As [`read`], but for what is wrong between them.
pub fn revisions(migrations: &Path) -> Result<Vec<Revision>, Error> {
    let mut revisions = Vec::new();
    let mut problems = Vec::new();
    let mut exit = Exit::Failure;
    for result in read_all(&directories(migrations)?) {
        match result {
            Ok(revision) => revisions.push(revision),
            Err(error) => {
                if error.exit == Exit::Conflict {
                    exit = Exit::Conflict;
                }
                problems.extend(error.messages);
            }
        }
    }
    if problems.is_empty() { Ok(revisions) } else { Err(Error::all(exit, problems)) }
}

/// Reads the directories on all processors, since most of the time is spent waiting for files.
fn read_all(directories: &[PathBuf]) -> Vec<Result<Revision, Error>> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let share = directories.len().div_ceil(threads);
    // A thread costs more than reading a few files.
    if share < 16 {
        return directories.iter().map(|directory| revision(directory)).collect();
    }
    let read = |part: &[PathBuf]| -> Vec<_> { part.iter().map(|it| revision(it)).collect() };
    thread::scope(|scope| {
        let parts: Vec<_> =
            directories.chunks(share).map(|part| (part, scope.spawn(move || read(part)))).collect();
        let results = parts.into_iter();
        // Nothing in there panics; if something did, this thread would tell it.
        results.flat_map(|(part, thread)| thread.join().unwrap_or_else(|_| read(part))).collect()
    })
}

/// The entries that Diesel takes for migrations: directories whose names do not begin with a dot.
fn directories(migrations: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = match fs::read_dir(migrations) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::file("read", migrations, &error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Error::file("read", migrations, &error))?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        // A link to a directory counts, so the type of the entry itself does not answer.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) || path.is_dir() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn revision(directory: &Path) -> Result<Revision, Error> {
    let Some(name) = directory.file_name().and_then(|name| name.to_str()) else {
        return Err(Error::failure(format!(
            "the name of `{}` is no UTF-8: rename the directory",
            shown(directory)
        )));
    };
    let up = directory.join("up.sql");
    let up_sql = text(&up)?.ok_or_else(|| {
        Error::failure(format!(
            "`{}` has no up.sql, and Diesel runs nothing while it is there: add the file, or \
             remove the directory",
            shown(directory)
        ))
    })?;
    if up_sql.is_empty() {
        return Err(Error::failure(format!(
            "`{}` is empty, and Diesel stops at it: write its SQL, or remove the directory",
            shown(&up)
        )));
    }
    // Diesel cannot run an empty file, so for going back it is as good as none.
    let down_sql = text(&directory.join("down.sql"))?.filter(|text| !text.is_empty());
    let metadata_path = directory.join("metadata.toml");
    let metadata = text(&metadata_path)?;
    Revision::read(name, up_sql, down_sql, metadata.as_deref()).map_err(|error| {
        Error::new(
            Exit::Conflict,
            format!(
                "`{}`: {error}; restore the file as it was generated, or remove its \
                 [diesel_autogen] table",
                shown(&metadata_path)
            ),
        )
    })
}

/// The text of a file; `None` when it is not there.
///
/// # Errors
/// When it cannot be read.
pub fn text(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file("read", path, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn migrations(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    #[test]
    fn entries_that_diesel_ignores_are_ignored() {
        let root = migrations(&[
            ("1_a/up.sql", "SELECT 1;"),
            ("1_a/notes.txt", "x"),
            (".keep", ""),
            (".hidden/x", ""),
            ("schema.toml", ""),
        ]);
        let history = read(root.path()).unwrap();
        assert_eq!(history.revisions().len(), 1);
        assert_eq!(history.revisions()[0].down_sql, None);
        assert!(history.revisions()[0].transaction);
        assert!(read(&root.path().join("gone")).unwrap().revisions().is_empty());
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let root = migrations(&[
            ("1_a/down.sql", "SELECT 1;"),
            ("2_b/up.sql", ""),
            ("3_c/up.sql", "SELECT 1;"),
            ("3_c/metadata.toml", "run_in_transaction = true\n[diesel_autogen\n"),
        ]);
        let error = read(root.path()).unwrap_err();
        assert_eq!(error.messages.len(), 3);
        assert!(error.messages[0].contains("1_a` has no up.sql, and Diesel runs nothing"));
        assert!(error.messages[1].contains("up.sql` is empty"));
        assert!(error.messages[2].contains("metadata.toml`: line 2: "), "{error}");
    }

    #[test]
    fn many_revisions_are_read_whole_and_in_order() {
        let files: Vec<String> = (1000..1200).map(|at| format!("{at}_a/up.sql")).collect();
        let texts: Vec<(&str, &str)> = files.iter().map(|it| (it.as_str(), it.as_str())).collect();
        let history = read(migrations(&texts).path()).unwrap();
        let read: Vec<&str> = history.revisions().iter().map(|it| it.up_sql.as_str()).collect();
        assert_eq!(read, files);
    }

    #[test]
    fn a_version_twice_is_a_conflict() {
        let root = migrations(&[("1_a/up.sql", "SELECT 1;"), ("1_b/up.sql", "SELECT 1;")]);
        let error = read(root.path()).unwrap_err();
        assert_eq!(error.exit, Exit::Conflict);
        assert!(error.messages[0].starts_with("`1_a` and `1_b` share the version 1"));
    }

    #[test]
    fn metadata_of_others_is_left_alone() {
        let root = migrations(&[
            ("1_a/up.sql", "SELECT 1;"),
            ("1_a/metadata.toml", "run_in_transaction = false\n[other]\nx = 1\n"),
            ("2_b/up.sql", "SELECT 1;"),
            ("2_b/metadata.toml", "[other]\nx = 1\n"),
        ]);
        let history = read(root.path()).unwrap();
        // Diesel takes a file without the key for `false`, and so do we.
        assert!(history.revisions().iter().all(|it| !it.transaction && it.is_unlearned()));
    }
}
