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

const PREPARED: &str = ".diesel_autogen-revision";
const SNAPSHOT: &str = ".diesel_autogen-schema.toml";
const JOURNAL: &str = ".diesel_autogen-journal";
const JOURNAL_DRAFT: &str = ".diesel_autogen-journal.draft";
/// The file by which Diesel's own command keeps two of itself apart.
const LOCK: &str = ".diesel_lock";

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
    /// Text of `schema.toml` from now on; `None` leaves it as it is.
    pub snapshot: Option<String>,
}

/// What an earlier command left half done, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovered {
    /// The revision is complete now.
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

/// Writes the revision. The caller holds the [`Lock`].
///
/// # Errors
/// When something cannot be written; then nothing is.
pub fn write(migrations: &Path, new: &NewRevision) -> Result<(), Error> {
    let result = write_by_steps(migrations, new, &mut |_| Ok(()));
    result.map_err(|error| {
        let path = migrations.join(&new.dir_name);
        // What cannot be swept up now is swept up by the next command.
        let _ = sweep(migrations, &mut |_| Ok(()));
        Error::file("write", &path, &error)
    })
}

/// Finishes or sweeps up what a command that was killed left behind.
///
/// # Errors
/// When the directory cannot be written to.
pub fn recover(migrations: &Path) -> Result<Option<Recovered>, Error> {
    if !has_leftovers(migrations) {
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
    if !has_leftovers(migrations) {
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

fn write_by_steps(migrations: &Path, new: &NewRevision, step: Step<'_>) -> io::Result<()> {
    let NewRevision { dir_name, up_sql, down_sql, metadata, snapshot } = new;
    if migrations.join(dir_name).exists() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let prepared = migrations.join(PREPARED);
    step("prepare the directory")?;
    fs::create_dir(&prepared)?;
    for (name, text) in [("up.sql", up_sql), ("down.sql", down_sql), ("metadata.toml", metadata)] {
        step("prepare a file")?;
        durable(&prepared.join(name), text)?;
    }
    step("sync the directory")?;
    sync_directory(&prepared)?;
    if let Some(text) = snapshot {
        step("prepare the snapshot")?;
        durable(&migrations.join(SNAPSHOT), text)?;
    }
    step("draft the journal")?;
    durable(&migrations.join(JOURNAL_DRAFT), dir_name)?;
    step("put the journal in place")?;
    fs::rename(migrations.join(JOURNAL_DRAFT), migrations.join(JOURNAL))?;
    sync_directory(migrations)?;
    finish(migrations, dir_name, step)
}

/// The second half of a write: everything is prepared, and the journal says so.
fn finish(migrations: &Path, dir_name: &str, step: Step<'_>) -> io::Result<()> {
    step("rename the directory")?;
    rename_if_there(&migrations.join(PREPARED), &migrations.join(dir_name))?;
    step("rename the snapshot")?;
    rename_if_there(&migrations.join(SNAPSHOT), &migrations.join("schema.toml"))?;
    sync_directory(migrations)?;
    step("remove the journal")?;
    fs::remove_file(migrations.join(JOURNAL))?;
    sync_directory(migrations)
}

fn recover_by_steps(migrations: &Path, step: Step<'_>) -> io::Result<Recovered> {
    match fs::read_to_string(migrations.join(JOURNAL)) {
        Ok(dir_name) => {
            finish(migrations, &dir_name, step)?;
            Ok(Recovered::Finished(dir_name))
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
    let remove = |result: io::Result<()>| match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    };
    step("remove the prepared directory")?;
    remove(fs::remove_dir_all(migrations.join(PREPARED)))?;
    step("remove the prepared snapshot")?;
    remove(fs::remove_file(migrations.join(SNAPSHOT)))?;
    step("remove the draft of the journal")?;
    remove(fs::remove_file(migrations.join(JOURNAL_DRAFT)))
}

fn has_leftovers(migrations: &Path) -> bool {
    [JOURNAL, PREPARED, SNAPSHOT, JOURNAL_DRAFT].iter().any(|name| migrations.join(name).exists())
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
    if cfg!(unix) { File::open(PathBuf::from(path))?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
