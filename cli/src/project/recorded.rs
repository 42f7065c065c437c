use std::fs;
use std::io;
use std::path::Path;

use diesel_autogen_evolve::revision::{History, HistoryError};
use diesel_autogen_schema::snapshot::{self, Snapshot};
use diesel_autogen_schema::{Schema, diff};

use super::{Project, shown};
use crate::terminal::differences;
use crate::{Error, Exit};

/// What the snapshot and the changes that are recorded beside it say.
#[derive(Debug)]
pub struct Recorded {
    /// The snapshot's text.
    pub text: String,
    /// What the database holds and no model owns.
    pub unmanaged: Vec<String>,
    /// The schema at the head, on which the two agree; else everything that is different.
    pub schema: Result<Schema, Error>,
}

impl Project {
    /// Reads the snapshot and compares it with the recorded changes. Before the first revision it
    /// need not be there.
    ///
    /// # Errors
    /// When the snapshot is missing, cannot be understood, or is of another engine.
    pub fn recorded(&self, history: &History) -> Result<Recorded, Error> {
        let text = self.snapshot_text(history)?;
        let replayed = history.schema();
        // Parsing a large snapshot takes longer than writing one, and it is as it should be.
        let top = replayed.as_ref().ok().zip(text.as_deref());
        let top = top.and_then(|(schema, text)| snapshot::read_beside(text, schema));
        let as_replayed = top.is_some();
        let snapshot = match (top, &text) {
            (Some(top), _) => self.of_backend(top)?,
            (None, Some(text)) => self.of_backend(self.parsed(text)?)?,
            (None, None) => Snapshot::default(),
        };
        let unmanaged = snapshot.unmanaged.clone();
        let schema = agreed(history, replayed, snapshot, as_replayed, &self.snapshot_path());
        Ok(Recorded { text: text.unwrap_or_default(), unmanaged, schema })
    }

    /// The snapshot's text; `None` when it is not there, and need not be.
    fn snapshot_text(&self, history: &History) -> Result<Option<String>, Error> {
        let path = self.snapshot_path();
        let name = shown(&path);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if history.recorded_heads().is_empty() {
                    return Ok(None);
                }
                return Err(Error::new(
                    Exit::Conflict,
                    format!(
                        "`{name}` is missing: take it from version control, or restore it from \
                         the recorded changes with diesel-autogen init"
                    ),
                ));
            }
            Err(error) => return Err(Error::file("read", &path, &error)),
        };
        if text.lines().any(|line| line.starts_with("<<<<<<< ")) {
            return Err(Error::new(
                Exit::Conflict,
                format!(
                    "`{name}` has conflict markers, because two branches generated a revision \
                     each: put the one that no database has applied on top of the other with \
                     diesel-autogen rebase REVISION, or join them with diesel-autogen merge heads \
                     -m \"…\"; both write the file anew"
                ),
            ));
        }
        Ok(Some(text))
    }

    fn parsed(&self, text: &str) -> Result<Snapshot, Error> {
        snapshot::read(text).map_err(|error| {
            Error::new(Exit::Conflict, format!("`{}`: {error}", shown(&self.snapshot_path())))
        })
    }

    fn of_backend(&self, snapshot: Snapshot) -> Result<Snapshot, Error> {
        let backend = self.config.backend.name();
        if snapshot.backend == backend {
            return Ok(snapshot);
        }
        Err(Error::failure(format!(
            "`{}` is of {}, but `{}` says backend = \"{backend}\": correct the manifest",
            shown(&self.snapshot_path()),
            snapshot.backend,
            shown(self.located.manifest_path())
        )))
    }
}

fn agreed(
    history: &History,
    replayed: Result<Schema, HistoryError>,
    snapshot: Snapshot,
    as_replayed: bool,
    path: &Path,
) -> Result<Schema, Error> {
    let path = shown(path);
    let conflict = |message: String| Err(Error::new(Exit::Conflict, message));
    if history.heads().len() > 1 {
        history.find("head")?;
    }
    let heads: Vec<&str> =
        history.recorded_heads().iter().map(|revision| revision.version.as_str()).collect();
    if snapshot.head != heads {
        return conflict(format!(
            "`{path}` is of {}, but the directories beside it are of {}: restore what is missing, \
             or take the file and the directories of one commit",
            revisions(&snapshot.head),
            revisions(&heads)
        ));
    }
    let replayed = replayed?;
    if as_replayed {
        return Ok(replayed);
    }
    let text = match diff(&replayed, &snapshot.schema) {
        Ok(changes) if changes.is_empty() => return Ok(snapshot.schema),
        Ok(changes) => {
            let lines: Vec<String> =
                differences(&changes).iter().map(|it| format!("\n  {it}")).collect();
            lines.concat()
        }
        Err(errors) => errors.iter().map(|error| format!("\n  {error}")).collect(),
    };
    conflict(format!(
        "`{path}` is not what the recorded changes add up to: restore it and the metadata.toml \
         files as they were generated; what the file has beyond the changes:{text}"
    ))
}

fn revisions<S: AsRef<str>>(versions: &[S]) -> String {
    match versions {
        [] => "no revision".to_owned(),
        [one] => format!("revision {}", one.as_ref()),
        several => {
            let names: Vec<&str> = several.iter().map(AsRef::as_ref).collect();
            format!("revisions {}", names.join(" and "))
        }
    }
}
