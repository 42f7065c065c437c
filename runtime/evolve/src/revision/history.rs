use diesel_autogen_schema::change::{advance, follow};
use diesel_autogen_schema::lineage::Lineage;
use diesel_autogen_schema::{Change, Schema};

use super::graph::lineage;
use super::{HistoryError, Revision};

/// Every revision of a package, in the order in which Diesel runs them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Sorted by version, no version twice.
    pub(super) revisions: Vec<Revision>,
    pub(super) lineage: Lineage,
}

/// One revision with the schema that it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed<'h> {
    /// The revision.
    pub revision: &'h Revision,
    /// What it changed, both sides whole. Empty for one that has not been learned.
    pub changes: Vec<Change>,
    /// All that models own after it.
    pub schema: Schema,
}

impl History {
    /// The history of these revisions, given in any order.
    ///
    /// # Errors
    /// Everything that keeps them from being one history: a version twice, a directory that was
    /// renamed, a parent that is missing, a parent that Diesel would run after its child, a circle.
    pub fn new(mut revisions: Vec<Revision>) -> Result<History, Vec<HistoryError>> {
        revisions.sort_by(|a, b| (&a.version, &a.dir_name).cmp(&(&b.version, &b.dir_name)));
        let errors = super::broken::errors(&revisions);
        if !errors.is_empty() {
            return Err(errors);
        }
        let lineage = lineage(&revisions);
        Ok(History { revisions, lineage })
    }

    /// The revisions, first to last.
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// Name of the last revision's directory.
    pub fn newest_directory(&self) -> Option<&str> {
        self.revisions.last().map(|it| it.dir_name.as_str())
    }

    /// The revision of exactly this version.
    pub fn get(&self, version: &str) -> Option<&Revision> {
        self.position(version).map(|at| &self.revisions[at])
    }

    pub(super) fn position(&self, version: &str) -> Option<usize> {
        self.revisions.binary_search_by(|revision| revision.version.as_str().cmp(version)).ok()
    }

    /// Revisions that were written by hand and have not been learned, in order.
    pub fn unlearned(&self) -> impl Iterator<Item = &Revision> {
        self.revisions.iter().filter(|revision| revision.is_unlearned())
    }

    /// Every revision with the schema after it, from nothing to the head. A revision that has
    /// not been learned changes nothing.
    ///
    /// # Errors
    /// At the first recorded change that does not fit the schema before it.
    pub fn replay(&self) -> Result<Vec<Replayed<'_>>, HistoryError> {
        let mut schema = Schema::EMPTY;
        let mut states = Vec::with_capacity(self.revisions.len());
        for revision in &self.revisions {
            let records = revision.records.as_deref().unwrap_or_default();
            let changes = advance(&mut schema, records).map_err(|error| HistoryError::Replay {
                dir_name: revision.dir_name.clone(),
                error,
            })?;
            states.push(Replayed { revision, changes, schema: schema.clone() });
        }
        Ok(states)
    }

    /// The part of the history that leads to these revisions.
    pub fn leading_to(&self, heads: &[&Revision]) -> History {
        let revisions: Vec<Revision> = self.ancestors(heads).into_iter().cloned().collect();
        let lineage = lineage(&revisions);
        History { revisions, lineage }
    }

    /// The part of the history that a database with the `applied` versions has run, whether all
    /// that it follows is there or not.
    pub fn only(&self, applied: &[String]) -> History {
        let revisions = self.revisions.iter().filter(|it| applied.contains(&it.version));
        let revisions: Vec<Revision> = revisions.cloned().collect();
        let lineage = lineage(&revisions);
        History { revisions, lineage }
    }

    /// The schema at the head, by the recorded changes alone.
    ///
    /// # Errors
    /// As [`History::replay`].
    pub fn schema(&self) -> Result<Schema, HistoryError> {
        let mut schema = Schema::EMPTY;
        for revision in &self.revisions {
            let records = revision.records.as_deref().unwrap_or_default();
            follow(&mut schema, records).map_err(|error| HistoryError::Replay {
                dir_name: revision.dir_name.clone(),
                error,
            })?;
        }
        Ok(schema)
    }
}
