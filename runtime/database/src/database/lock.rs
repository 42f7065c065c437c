//! Keeping two processes from migrating one database at the same time.
//!
//! On SQLite a migration brings its own transactions, and only one connection may write, so a lock
//! cannot be a transaction that stays open meanwhile: it is a lock of the operating system on a
//! file beside the database, which is free again when a process dies. PostgreSQL has advisory
//! locks; they are asked for again and again, because waiting for one inside the server would keep
//! a concurrent index build of the process that holds it waiting for ever. MySQL's are of the whole
//! server, so the name of one holds that of the database.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{Connection, Database};
use crate::{Error, Value};

/// How long to wait between two attempts.
const PAUSE: Duration = Duration::from_millis(50);

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    path: PathBuf,
    /// Closing it gives the lock back.
    _file: fd_lock::RwLock<File>,
}

impl Drop for Held {
    fn drop(&mut self) {
        // Whoever waits for the file that goes finds out, see `has_its_name`.
        if cfg!(unix) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Database {
    /// Waits until no other process migrates this database, and keeps others from it until the
    /// database is dropped. `waiting` hears of it once when there is somebody to wait for. A
    /// database in memory is nobody else's.
    ///
    /// # Errors
    /// When another process holds the lock for longer than `patience`, or there can be no lock.
    pub fn lock(&mut self, patience: Duration, waiting: &mut dyn FnMut()) -> Result<(), Error> {
        if self.held.is_some() {
            return Ok(());
        }
        let deadline = Instant::now() + patience;
        let mut told = false;
        while !self.try_lock()? {
            if Instant::now() >= deadline {
                return Err(Error::Locked { seconds: patience.as_secs() });
            }
            if !told {
                told = true;
                waiting();
            }
            sleep(PAUSE.min(deadline - Instant::now()));
        }
        Ok(())
    }

    fn try_lock(&mut self) -> Result<bool, Error> {
        match &mut self.connection {
            Connection::Sqlite(_) => {
                let rows =
                    self.rows("SELECT file FROM pragma_database_list WHERE name = 'main'")?;
                let file = rows.first().and_then(|row| row.first()).and_then(Value::as_text);
                let Some(file) = file.filter(|file| !file.is_empty()) else { return Ok(true) };
                self.held = beside(Path::new(file))?;
                Ok(self.held.is_some())
            }
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => {
                let sql = format!("SELECT 1 WHERE pg_try_advisory_lock({ADVISORY})");
                Ok(!self.rows(&sql)?.is_empty())
            }
            #[cfg(feature = "mysql")]
            Connection::Mysql(_) => {
                let taken = self.rows(diesel_autogen_progress::LOCK)?;
                Ok(taken.first().and_then(|row| row.first()) == Some(&Value::Integer(1)))
            }
        }
    }
}

/// The number of the advisory lock, which is of one database: `autogen` in ASCII.
#[cfg(feature = "postgres")]
const ADVISORY: i64 = 0x0061_7574_6f67_656e;

/// The lock of a database file; `None` when somebody else holds it.
fn beside(database: &Path) -> Result<Option<Held>, Error> {
    let mut name = database.file_name().unwrap_or_default().to_os_string();
    name.push("-migrating");
    let path = database.with_file_name(name);
    let failed = |error: std::io::Error| Error::Open {
        place: path.display().to_string(),
        reason: format!("it is the lock of the database: {error}"),
    };
    let file = File::options().create(true).append(true).open(&path).map_err(failed)?;
    let mut lock = fd_lock::RwLock::new(file);
    match lock.try_write() {
        Ok(guard) => {
            if !has_its_name(&guard, &path).map_err(failed)? {
                return Ok(None);
            }
            // The lock lasts as long as the file is open, and that is what is wanted.
            std::mem::forget(guard);
        }
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return Ok(None),
        Err(error) => return Err(failed(error)),
    }
    Ok(Some(Held { path, _file: lock }))
}

/// Whether the locked file is still the one of that name: the process that held it before may have
/// removed it.
#[cfg(unix)]
fn has_its_name(file: &File, path: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let opened = file.metadata()?;
    match std::fs::metadata(path) {
        Ok(named) => Ok((opened.dev(), opened.ino()) == (named.dev(), named.ino())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn has_its_name(_file: &File, _path: &Path) -> std::io::Result<bool> {
    Ok(true)
}
