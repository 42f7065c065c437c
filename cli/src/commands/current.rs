use clap::Args;
use diesel_autogen_database::HalfDone;
use serde::Serialize;

use super::args::Seen;
use super::view::{RevisionView, Views};
use super::{DatabaseUrl, Selection, half, integrity};
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// Show how far a database has come. Exit code 3 when revisions are pending.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  diesel-autogen current --database-url shop.db\n  \
                        diesel-autogen current --check-heads && ./deploy")]
pub(super) struct Current {
    /// Insist that the database has every head: this command does that anyway, and says so to
    /// whoever reads the pipeline.
    #[arg(long)]
    check_heads: bool,
    #[command(flatten)]
    database: DatabaseUrl,
}

#[derive(Serialize)]
struct Report {
    /// Where the database is: more than one when branches were applied that are not merged.
    current: Vec<RevisionView>,
    /// What is to be applied, in order.
    pending: Vec<RevisionView>,
    /// Versions of pending revisions that should have run before others that are applied.
    out_of_order: Vec<String>,
    /// Versions that the database has and the disk has not.
    not_on_disk: Vec<String>,
    /// Directories of revisions that were edited after the database ran them.
    edited: Vec<String>,
    /// The revision that stopped between two of its statements.
    #[serde(skip_serializing_if = "Option::is_none")]
    half_done: Option<HalfView>,
}

#[derive(Serialize)]
struct HalfView {
    version: String,
    /// `up` or `down`.
    direction: &'static str,
    /// How many statements of that script are done.
    done: usize,
}

impl From<HalfDone> for HalfView {
    fn from(half: HalfDone) -> HalfView {
        let direction = if half.up { "up" } else { "down" };
        HalfView { version: half.version, direction, done: half.done }
    }
}

impl Current {
    pub(super) fn run(
        &self,
        selection: &Selection,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let project = selection.open(terminal)?;
        let history = project.history()?;
        let Seen { applied, checksums, half } = self.database.seen(&project, terminal)?;
        let views = Views::new(&history, Some(&applied));
        let current: Vec<RevisionView> =
            history.reached(&applied).into_iter().map(|it| views.of(it)).collect();
        let pending: Vec<RevisionView> = history
            .revisions()
            .iter()
            .filter(|it| !applied.contains(&it.version))
            .map(|it| views.of(it))
            .collect();
        let not_on_disk = history.missing(&applied);
        for revision in &current {
            terminal.line(revision.line());
        }
        if current.is_empty() {
            terminal.line("base: no revision is applied");
        }
        for revision in &pending {
            terminal.line(revision.line());
        }
        let late = history.late(&applied);
        for it in &late {
            terminal.warn(integrity::late_text(it));
        }
        if let Err(error) = history.all_here(&applied) {
            terminal.warn(error);
        }
        let edited = integrity::edited(&history, &applied, &checksums);
        for revision in &edited {
            terminal.warn(integrity::edited_text(&project, revision));
        }
        if let Some(half) = &half {
            terminal.warn(half::told(&history, half));
        }
        if !pending.is_empty() {
            terminal.note(format!("{} pending: run diesel-autogen upgrade", pending.len()));
        }
        let settled = pending.is_empty() && half.is_none();
        let exit = match (not_on_disk.is_empty() && edited.is_empty(), settled) {
            (false, _) => Exit::Conflict,
            (true, false) => Exit::Drift,
            (true, true) => Exit::Fine,
        };
        let out_of_order = late.iter().map(|it| it.revision.version.clone()).collect();
        terminal.json(&Report {
            current,
            pending,
            out_of_order,
            not_on_disk,
            edited: edited.iter().map(|it| it.dir_name.clone()).collect(),
            half_done: half.map(HalfView::from),
        });
        Ok(exit)
    }
}
