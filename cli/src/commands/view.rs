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
            changes: None,
        }
    }
}

impl RevisionView {
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
    differences(&replayed.changes)
}
