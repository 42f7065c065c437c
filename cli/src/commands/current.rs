use clap::Args;
use serde::Serialize;

use super::view::{RevisionView, Views};
use super::{DatabaseUrl, Selection};
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// Show how far a database has come. Exit code 3 when revisions are pending.
#[derive(Debug, Args)]
#[command(after_help = "Example: diesel-autogen current --database-url shop.db")]
pub(super) struct Current {
    #[command(flatten)]
    database: DatabaseUrl,
}

#[derive(Serialize)]
struct Report {
    current: Option<RevisionView>,
    pending: Vec<RevisionView>,
    /// Versions that the database has and the disk has not.
    not_on_disk: Vec<String>,
}

impl Current {
    pub(super) fn run(
        &self,
        selection: &Selection,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let project = selection.open(terminal)?;
        let history = project.history()?;
        let applied = self.database.applied(&project, terminal)?;
        let views = Views::new(&history, Some(&applied));
        let newest = history.revisions().iter().rfind(|it| applied.contains(&it.version));
        let pending: Vec<RevisionView> = history
            .revisions()
            .iter()
            .filter(|it| !applied.contains(&it.version))
            .map(|it| views.of(it))
            .collect();
        let not_on_disk: Vec<String> =
            applied.iter().filter(|version| history.get(version).is_none()).cloned().collect();
        match newest {
            Some(newest) => terminal.line(views.of(newest).line()),
            None => terminal.line("base: no revision is applied"),
        }
        for revision in &pending {
            terminal.line(revision.line());
        }
        for version in &not_on_disk {
            terminal.warn(format!(
                "the database has revision {version} that is not on disk: check out the branch \
                 that has it, or restore its directory"
            ));
        }
        if !pending.is_empty() {
            terminal.note(format!("{} pending: run diesel-autogen upgrade", pending.len()));
        }
        let exit = match (not_on_disk.is_empty(), pending.is_empty()) {
            (false, _) => Exit::Conflict,
            (true, false) => Exit::Drift,
            (true, true) => Exit::Fine,
        };
        terminal.json(&Report { current: newest.map(|it| views.of(it)), pending, not_on_disk });
        Ok(exit)
    }
}
