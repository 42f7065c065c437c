//! Revisions as commands show them.

use diesel_autogen_evolve::revision::{History, Replayed, Revision};
use serde::Serialize;

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
    /// What it changed, in words, when that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) changes: Option<Vec<String>>,
}

impl RevisionView {
    pub(super) fn new(
        history: &History,
        revision: &Revision,
        applied: Option<&[String]>,
    ) -> RevisionView {
        RevisionView {
            version: revision.version.clone(),
            directory: revision.dir_name.clone(),
            message: revision.title(),
            parents: history.parents(revision).into_iter().map(str::to_owned).collect(),
            head: history.heads().contains(&revision),
            applied: applied.map(|applied| applied.contains(&revision.version)),
            by_hand: revision.by_hand,
            run_in_transaction: revision.transaction,
            changes: None,
        }
    }

    /// Says what the revision changed, too.
    pub(super) fn with_changes(mut self, replayed: &Replayed<'_>) -> RevisionView {
        self.changes = Some(change_lines(replayed));
        self
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
        line
    }
}

/// What a revision changed, in words.
pub(super) fn change_lines(replayed: &Replayed<'_>) -> Vec<String> {
    differences(&replayed.changes).into_iter().map(|it| it.text).collect()
}
