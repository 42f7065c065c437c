//! Revisions as commands show them.

use diesel_autogen_evolve::revision::{History, Phase, Replayed, Revision};
use diesel_autogen_evolve::{HazardCode, plan};
use diesel_autogen_schema::{Live, Schema};
use serde::Serialize;

use crate::project::Project;
use crate::terminal::differences;

/// A revision in a document.
#[derive(Clone, Debug, Serialize)]
pub(super) struct RevisionView {
    pub(super) version: String,
    pub(super) directory: String,
    pub(super) message: String,
    pub(super) parents: Vec<String>,
    pub(super) head: bool,
    /// Whether the database has it, when a database is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) applied: Option<bool>,
    /// Whether a person wrote the SQL.
    pub(super) by_hand: bool,
    pub(super) run_in_transaction: bool,
    /// What it is to programs that run meanwhile, where one change is made by several revisions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) phase: Option<&'static str>,
    /// What it changed, in words, when that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) changes: Option<Vec<String>>,
    /// What it does to data and time, when that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hazards: Option<Vec<String>>,
    /// Whether its files are `as generated`, `as learned`, `edited` or `not recorded`, when that
    /// was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) files: Option<&'static str>,
    /// Versions that it replaces.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) replaces: Vec<String>,
}

/// What is told of a revision when more is asked for.
#[derive(Clone, Debug)]
pub(super) struct Said {
    changes: Vec<String>,
    hazards: Vec<String>,
    files: &'static str,
}

impl Said {
    /// Of a revision that was replayed on the schema `before` it.
    pub(super) fn new(project: &Project, before: Option<&Schema>, replayed: &Replayed<'_>) -> Said {
        let schema = before.cloned().unwrap_or(Schema::EMPTY);
        let live = Live { schema, ..Live::default() };
        // SQL that a person wrote is not the plan's.
        let target = project.target().phased(replayed.revision.phase.is_some());
        let plan = plan(&replayed.changes, &target, &live);
        let plan = plan.ok().filter(|_| !replayed.revision.by_hand);
        // What going back would do is for who goes back.
        let hazards = plan.iter().flat_map(|plan| plan.hazards());
        let hazards = hazards.filter(|it| it.code != HazardCode::LosesOnDown).map(|hazard| {
            let loss = if hazard.loss { ", loses data" } else { "" };
            format!("{}: {} [{}]{loss}", hazard.object, hazard.detail, hazard.code.name())
        });
        Said {
            changes: differences(&replayed.changes),
            hazards: hazards.collect(),
            files: files(replayed.revision),
        }
    }
}

/// Whether the files are what they were.
fn files(revision: &Revision) -> &'static str {
    let is_recorded = revision.up_checksum.is_some() || revision.down_checksum.is_some();
    match (is_recorded, revision.edited_files().is_empty(), revision.by_hand) {
        (false, _, _) => "not recorded",
        (true, false, _) => "edited",
        (true, true, true) => "as learned",
        (true, true, false) => "as generated",
    }
}

/// What views of the revisions of one history have in common.
pub(super) struct Views<'h> {
    history: &'h History,
    heads: Vec<&'h str>,
    applied: Option<&'h [String]>,
}

impl<'h> Views<'h> {
    /// Of this history, and of a database with the `applied` versions when one is known.
    pub(super) fn new(history: &'h History, applied: Option<&'h [String]>) -> Views<'h> {
        let heads = history.heads().into_iter().map(|it| it.version.as_str()).collect();
        Views { history, heads, applied }
    }

    /// The view of one revision.
    pub(super) fn of(&self, revision: &Revision) -> RevisionView {
        RevisionView {
            version: revision.version.clone(),
            directory: revision.dir_name.clone(),
            message: revision.title(),
            parents: self.history.parents(revision).into_iter().map(str::to_owned).collect(),
            head: self.heads.contains(&revision.version.as_str()),
            applied: self.applied.map(|applied| applied.contains(&revision.version)),
            by_hand: revision.by_hand,
            run_in_transaction: revision.transaction,
            phase: revision.phase.map(Phase::name),
            changes: None,
            hazards: None,
            files: None,
            replaces: revision.replaces.clone(),
        }
    }
}

impl RevisionView {
    /// Says what the revision changed, too.
    pub(super) fn with(mut self, said: &Said) -> RevisionView {
        let Said { changes, hazards, files } = said.clone();
        self.changes = Some(changes);
        self.hazards = Some(hazards);
        self.files = Some(files);
        self
    }

    /// What was asked for beside its line, one line each.
    pub(super) fn details(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.changes.iter().flatten().cloned().collect();
        lines.extend(self.hazards.iter().flatten().map(|hazard| format!("! {hazard}")));
        match self.files {
            Some("edited") => lines.push("files: edited since".to_owned()),
            Some("not recorded") => lines.push("files: no checksum is recorded".to_owned()),
            Some(_) | None => {}
        }
        if self.parents.len() > 1 {
            lines.push(format!("merges {}", self.parents.join(" and ")));
        }
        if !self.replaces.is_empty() {
            lines.push(format!("replaces {}", self.replaces.join(", ")));
        }
        lines
    }

    /// One line: directory, marks, message.
    pub(super) fn line(&self) -> String {
        let mut line = self.directory.clone();
        for (mark, shown) in [
            (" (head)", self.head),
            (" (applied)", self.applied == Some(true)),
            (" (pending)", self.applied == Some(false)),
            (" (by hand)", self.by_hand),
        ] {
            if shown {
                line.push_str(mark);
            }
        }
        line.extend(self.phase.map(|phase| format!(" ({phase})")));
        line
    }
}
