//! What the guards of pending revisions find in a database.

use diesel_autogen_database::Database;
use diesel_autogen_evolve::guard::told;
use diesel_autogen_evolve::revision::{History, Revision};
use serde::Serialize;

use crate::project::{Project, shown};
use crate::terminal::{Place, Terminal};

/// What one guard found.
#[derive(Serialize)]
pub(super) struct Stopped {
    /// Directory of the revision that would fail.
    revision: String,
    /// The file that the guard is in, and its line.
    file: String,
    line: usize,
    /// The code of its hazard, when it names one.
    code: Option<String>,
    /// What was found, in a sentence.
    found: String,
}

/// Asks the guards of these pending revisions, in the order in which they would be applied, and says
/// what they find. A question that cannot be asked yet, as one about a table that an earlier pending
/// revision makes, is put off.
pub(super) fn stopped(
    project: &Project,
    history: &History,
    pending: &[String],
    database: &mut Database,
    terminal: &mut Terminal,
) -> Vec<Stopped> {
    let mut all = Vec::new();
    let pending = history.revisions().iter().filter(|it| pending.contains(&it.version));
    for (at, revision) in pending.enumerate() {
        let file = shown(&project.migrations().join(&revision.dir_name).join("up.sql"));
        for guard in told(&revision.up_sql, database.engine()) {
            match database.ask(&guard) {
                Ok(None) => {}
                Ok(Some(found)) => {
                    let place = Place { file: &file, line: Some(guard.line), column: None };
                    terminal.found(Some(place), text(revision, &found));
                    all.push(Stopped {
                        revision: revision.dir_name.clone(),
                        file: file.clone(),
                        line: guard.line,
                        code: guard.code,
                        found,
                    });
                }
                Err(_) if at > 0 => terminal.note(format!(
                    "whether {} can only be asked when what is pending before `{}` is applied",
                    guard.found, revision.dir_name
                )),
                Err(error) => {
                    terminal.warn(format!("whether {} cannot be asked: {error}", guard.found))
                }
            }
        }
    }
    all
}

fn text(revision: &Revision, found: &str) -> String {
    format!("revision {} would change nothing and fail: {found}", revision.dir_name)
}
