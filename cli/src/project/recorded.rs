use diesel_autogen_evolve::revision::History;
use diesel_autogen_schema::snapshot::Snapshot;
use diesel_autogen_schema::{Schema, diff};

use crate::terminal::differences;
use crate::{Error, Exit};

/// The schema at the head, which the recorded changes and the snapshot at `path` agree on.
///
/// # Errors
/// When there is more than one head, or the two do not agree: everything that is different.
pub fn recorded_schema(
    history: &History,
    snapshot: &Snapshot,
    path: &str,
) -> Result<Schema, Error> {
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
    let replayed = history.schema()?;
    let recorded = snapshot.schema.clone().canonical();
    let text = match diff(&replayed, &recorded) {
        Ok(changes) if changes.is_empty() => return Ok(recorded),
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
