use std::fs::File;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::sql_types::{Bool, Nullable, Text};
use diesel::{RunQueryDsl, SqliteConnection, select, sql_query};
use diesel_autogen_schema::Dialect;

use super::connection::{Applied, Work};
use super::{Embedded, Migrate, StartError, script};

impl Migrate for SqliteConnection {
    const ENGINE: &'static str = "sqlite";

    fn has_table(&mut self, name: &str) -> Result<bool, StartError> {
        let exists = format!("EXISTS (SELECT 1 FROM sqlite_schema WHERE name = '{name}')");
        Ok(select(sql::<Bool>(&exists)).get_result(self)?)
    }

    fn rows(&mut self, query: &str) -> Result<Vec<Applied>, StartError> {
        Ok(sql_query(query).load(self)?)
    }

    fn apply(&mut self, revision: &Embedded) -> Result<(), String> {
        let text = |error: diesel::result::Error| error.to_string();
        let enforced = select(sql::<Bool>("(SELECT foreign_keys FROM pragma_foreign_keys)"))
            .get_result::<bool>(self)
            .map_err(text)?;
        let scripts = script::noted(revision, Dialect::Sqlite);
        let result = scripts.iter().try_for_each(|it| self.batch_execute(it)).map_err(text);
        // There is nothing to roll back unless it failed in the middle, or left something open.
        let left_open = self.batch_execute("ROLLBACK").is_ok();
        let setting = if enforced { "ON" } else { "OFF" };
        self.batch_execute(&format!("PRAGMA foreign_keys = {setting}")).map_err(text)?;
        match (result, left_open) {
            (Ok(()), false) => Ok(()),
            (Ok(()), true) => Err("it begins a transaction and does not end it".to_owned()),
            (Err(reason), _) => Err(reason),
        }
    }

    fn locked(
        &mut self,
        patience: Duration,
        work: &mut Work<'_, SqliteConnection>,
    ) -> Result<Vec<&'static str>, StartError> {
        let main = "(SELECT file FROM pragma_database_list WHERE name = 'main')";
        let file = select(sql::<Nullable<Text>>(main)).get_result::<Option<String>>(self)?;
        // A database in memory is nobody else's.
        let Some(file) = file.filter(|file| !file.is_empty()) else { return work(self) };
        let deadline = Instant::now() + patience;
        loop {
            if let Some(_held) = beside(Path::new(&file))? {
                return work(self);
            }
            if Instant::now() >= deadline {
                return Err(StartError::Locked { seconds: patience.as_secs() });
            }
            sleep(Duration::from_millis(50));
        }
    }
}

/// A lock that is held until it is dropped.
struct Held {
    path: PathBuf,
    /// Closing it gives the lock back.
    _file: fd_lock::RwLock<File>,
}

impl Drop for Held {
    fn drop(&mut self) {
        if cfg!(unix) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// The lock of a database file, the one that `diesel-autogen upgrade` takes; `None` when somebody
/// else holds it.
fn beside(database: &Path) -> Result<Option<Held>, StartError> {
    let mut name = database.file_name().unwrap_or_default().to_os_string();
    name.push("-migrating");
    let path = database.with_file_name(name);
    let failed = |error: std::io::Error| StartError::Database {
        reason: format!("cannot lock `{}`: {error}", path.display()),
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
