//! Writing a revision so that a kill at any moment leaves the old state or the new one.
//!
//! Everything is prepared under names that begin with a dot, which Diesel ignores, and made
//! durable. Then a journal is put in place by one rename: before it, the old state stands and the
//! next command sweeps up what was prepared; after it, the new state stands and the next command
//! finishes the renames.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::Error;

/// What everything that is prepared begins with.
const PREPARED: &str = ".diesel_autogen-";
const DIRECTORY: &str = ".diesel_autogen-revision";
const REMOVED: &str = ".diesel_autogen-removed-";
const JOURNAL: &str = ".diesel_autogen-journal";
const JOURNAL_DRAFT: &str = ".diesel_autogen-journal.draft";
/// The file by which Diesel's own command keeps two of itself apart.
const LOCK: &str = ".diesel_lock";

/// What is written at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changeset {
    /// A revision that was not there.
    pub revision: Option<NewRevision>,
    /// More of them.
    pub more: Vec<NewRevision>,
    /// Names of directories that go. A new revision may take the name of one.
    pub removed: Vec<String>,
    /// Files that get a new text, by their path in the migrations directory.
    pub files: Vec<(String, String)>,
}

impl Changeset {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        let Changeset { revision, more, removed, files } = self;
        revision.is_none() && more.is_empty() && removed.is_empty() && files.is_empty()
    }
}

/// The files of a new revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRevision {
    /// Name of its directory.
    pub dir_name: String,
    /// Text of `up.sql`.
    pub up_sql: String,
    /// Text of `down.sql`.
    pub down_sql: String,
    /// Text of `metadata.toml`.
    pub metadata: String,
}

/// What an earlier command left half done, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovered {
    /// Everything is in its place now: the revision's directory, or the files.
    Finished(String),
    /// Nothing of it is left.
    Swept,
}

/// Keeps other commands from writing to the same migrations directory.
#[derive(Debug)]
pub struct Lock(fd_lock::RwLock<File>);

impl Lock {
    /// Opens the lock of a migrations directory, which is made when it is not there.
    ///
    /// # Errors
    /// When the directory cannot be written to.
    pub fn open(migrations: &Path) -> Result<Lock, Error> {
        let path = migrations.join(LOCK);
        fs::create_dir_all(migrations)
            .and_then(|()| File::options().create(true).append(true).open(&path))
            .map(|file| Lock(fd_lock::RwLock::new(file)))
            .map_err(|error| Error::file("write", &path, &error))
    }

    /// Waits until no other command holds the lock; it is free again when the result is dropped.
    ///
    /// # Errors
    /// When the file system knows no locks.
    pub fn acquire(&mut self) -> Result<impl Drop + '_, Error> {
        self.0.write().map_err(|error| Error::failure(format!("cannot lock `{LOCK}`: {error}")))
    }
}

/// Writes everything. The caller holds the [`Lock`].
///
/// # Errors
/// When something cannot be written; then nothing is.
pub fn write(migrations: &Path, changeset: &Changeset) -> Result<(), Error> {
    let result = write_by_steps(migrations, changeset, &mut |_| Ok(()));
    result.map_err(|error| {
        // What cannot be swept up now is swept up by the next command.
        let _ = sweep(migrations, &mut |_| Ok(()));
        let name = changeset.revision.as_ref().map_or("", |new| &new.dir_name);
        Error::file("write", &migrations.join(name), &error)
    })
}

/// Finishes or sweeps up what a command that was killed left behind.
///
/// # Errors
/// When the directory cannot be written to.
pub fn recover(migrations: &Path) -> Result<Option<Recovered>, Error> {
    if leftovers(migrations).is_empty() {
        return Ok(None);
    }
    let mut lock = Lock::open(migrations)?;
    let _held = lock.acquire()?;
    recover_locked(migrations)
}

/// As [`recover`], for a caller that holds the [`Lock`].
///
/// # Errors
/// When the directory cannot be written to.
pub fn recover_locked(migrations: &Path) -> Result<Option<Recovered>, Error> {
    // While this command waited for the lock, another one may have done its work.
    if leftovers(migrations).is_empty() {
        return Ok(None);
    }
    recover_by_steps(migrations, &mut |_| Ok(()))
        .map(Some)
        .map_err(|error| Error::file("write", migrations, &error))
}

/// Replaces a file by one rename, with the permissions that it had.
///
/// # Errors
/// When it cannot be written; then it is as it was.
pub fn replace(path: &Path, text: &str) -> Result<(), Error> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = path.with_file_name(format!(".{name}.diesel_autogen"));
    let result = (|| {
        durable(&draft, text)?;
        if let Ok(old) = fs::metadata(path) {
            fs::set_permissions(&draft, old.permissions())?;
        }
        fs::rename(&draft, path)?;
        sync_directory(path.parent().unwrap_or(Path::new(".")))
    })();
    result.map_err(|error| {
        let _ = fs::remove_file(&draft);
        Error::file("write", path, &error)
    })
}

/// Told before each step; tests stop there.
type Step<'a> = &'a mut dyn FnMut(&'static str) -> io::Result<()>;

fn write_by_steps(migrations: &Path, changes: &Changeset, step: Step<'_>) -> io::Result<()> {
    let mut journal = String::new();
    for (number, name) in changes.removed.iter().enumerate() {
        journal.push_str(&format!("{name}\t{REMOVED}{number}\n"));
    }
    for (number, new) in changes.revision.iter().chain(&changes.more).enumerate() {
        if migrations.join(&new.dir_name).exists() && !changes.removed.contains(&new.dir_name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let prepared = match number {
            0 => DIRECTORY.to_owned(),
            more => format!("{DIRECTORY}-{more}"),
        };
        prepare_directory(&migrations.join(&prepared), new, step)?;
        journal.push_str(&format!("{prepared}\t{}\n", new.dir_name));
    }
    for (number, (path, text)) in changes.files.iter().enumerate() {
        step("prepare a file to replace")?;
        let prepared = format!("{PREPARED}{number}");
        durable(&migrations.join(&prepared), text)?;
        journal.push_str(&format!("{prepared}\t{path}\n"));
    }
    step("draft the journal")?;
    durable(&migrations.join(JOURNAL_DRAFT), &journal)?;
    step("put the journal in place")?;
    fs::rename(migrations.join(JOURNAL_DRAFT), migrations.join(JOURNAL))?;
    sync_directory(migrations)?;
    finish(migrations, &journal, step)
}

fn prepare_directory(prepared: &Path, new: &NewRevision, step: Step<'_>) -> io::Result<()> {
    let NewRevision { dir_name: _, up_sql, down_sql, metadata } = new;
    step("prepare the directory")?;
    fs::create_dir(prepared)?;
    for (name, text) in [("up.sql", up_sql), ("down.sql", down_sql), ("metadata.toml", metadata)] {
        step("prepare a file")?;
        durable(&prepared.join(name), text)?;
    }
    step("sync the directory")?;
    sync_directory(prepared)
}

/// The second half of a write: everything is prepared, and the journal says where it goes.
fn finish(migrations: &Path, journal: &str, step: Step<'_>) -> io::Result<()> {
    for (prepared, path) in renames(journal) {
        let target = migrations.join(path);
        // A new directory may have the name of one that went.
        if path.starts_with(REMOVED) && target.exists() {
            continue;
        }
        step("rename")?;
        rename_if_there(&migrations.join(prepared), &target)?;
        sync_directory(target.parent().unwrap_or(migrations))?;
    }
    step("remove the journal")?;
    fs::remove_file(migrations.join(JOURNAL))?;
    sync_directory(migrations)?;
    sweep(migrations, step)
}

fn renames(journal: &str) -> impl Iterator<Item = (&str, &str)> {
    journal.lines().filter_map(|line| line.split_once('\t'))
}

fn recover_by_steps(migrations: &Path, step: Step<'_>) -> io::Result<Recovered> {
    match fs::read_to_string(migrations.join(JOURNAL)) {
        Ok(journal) => {
            finish(migrations, &journal, step)?;
            let names = renames(&journal).map(|(_, path)| path);
            let names: Vec<&str> =
                names.filter(|path| !path.starts_with(REMOVED)).take(1).collect();
            Ok(Recovered::Finished(names.concat()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            sweep(migrations, step)?;
            Ok(Recovered::Swept)
        }
        Err(error) => Err(error),
    }
}

/// Removes what was prepared. Once there is a journal, it is no longer this function's business.
fn sweep(migrations: &Path, step: Step<'_>) -> io::Result<()> {
    if migrations.join(JOURNAL).exists() {
        return Ok(());
    }
    for path in leftovers(migrations) {
        step("remove what was prepared")?;
        if path.is_dir() {
            fs::remove_dir_all(path)?;
        } else {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Everything in the directory that a write prepares, journal included.
fn leftovers(migrations: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(migrations).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .filter(|entry| entry.file_name().as_encoded_bytes().starts_with(PREPARED.as_bytes()))
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

fn rename_if_there(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        // It has been renamed before the kill.
        Err(error) if error.kind() == io::ErrorKind::NotFound && to.exists() => Ok(()),
        other => other,
    }
}

fn durable(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Makes renames in a directory durable, where a directory can be opened for that.
fn sync_directory(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
