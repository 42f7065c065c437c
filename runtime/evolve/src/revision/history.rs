use std::collections::BTreeSet;
use std::fmt;

use diesel_autogen_schema::change::{ReplayError, advance, follow};
use diesel_autogen_schema::{Change, Schema};

use super::Revision;

/// Every revision of a package, in the order in which Diesel runs them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Sorted by version, no version twice.
    revisions: Vec<Revision>,
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
    /// Everything that keeps them from being one history: a version twice, a parent that is
    /// missing, a parent that Diesel would run after its child.
    pub fn new(mut revisions: Vec<Revision>) -> Result<History, Vec<HistoryError>> {
        revisions.sort_by(|a, b| (&a.version, &a.dir_name).cmp(&(&b.version, &b.dir_name)));
        let mut errors = Vec::new();
        for pair in revisions.windows(2) {
            if pair[0].version == pair[1].version {
                errors.push(HistoryError::Duplicate {
                    version: pair[0].version.clone(),
                    first: pair[0].dir_name.clone(),
                    second: pair[1].dir_name.clone(),
                });
            }
        }
        let history = History { revisions };
        for revision in &history.revisions {
            for parent in revision.parents.iter().flatten() {
                errors.extend(history.wrong_parent(revision, parent));
            }
        }
        if errors.is_empty() { Ok(history) } else { Err(errors) }
    }

    fn wrong_parent(&self, revision: &Revision, parent: &str) -> Option<HistoryError> {
        let (dir_name, parent) = (revision.dir_name.clone(), parent.to_owned());
        match self.get(&parent) {
            None => Some(HistoryError::MissingParent { dir_name, parent }),
            Some(found) if found.version >= revision.version => {
                Some(HistoryError::Order { dir_name, parent: found.dir_name.clone() })
            }
            Some(_) => None,
        }
    }

    /// The revisions, first to last.
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// The revision of exactly this version.
    pub fn get(&self, version: &str) -> Option<&Revision> {
        self.position(version).map(|at| &self.revisions[at])
    }

    fn position(&self, version: &str) -> Option<usize> {
        self.revisions.binary_search_by(|revision| revision.version.as_str().cmp(version)).ok()
    }

    /// Versions that a revision follows. One that was written by hand follows whatever sorts
    /// before it.
    pub fn parents(&self, revision: &Revision) -> Vec<&str> {
        let Some(at) = self.position(&revision.version) else { return Vec::new() };
        match &self.revisions[at].parents {
            Some(parents) => parents.iter().map(String::as_str).collect(),
            None => self.revisions[..at].last().map(|it| it.version.as_str()).into_iter().collect(),
        }
    }

    /// The revisions that none follows, in order: one, unless work went on in parallel.
    ///
    /// One that was written by hand says nothing of its place, so it is a head only when it is
    /// the last of all.
    pub fn heads(&self) -> Vec<&Revision> {
        let followed: BTreeSet<&str> =
            self.revisions.iter().flat_map(|revision| self.parents(revision)).collect();
        let last = self.revisions.last();
        self.revisions
            .iter()
            .filter(|it| !followed.contains(it.version.as_str()))
            .filter(|it| it.parents.is_some() || Some(*it) == last)
            .collect()
    }

    /// The heads of what has been recorded: what `head` in the snapshot says.
    pub fn recorded_heads(&self) -> Vec<&Revision> {
        let mut followed: BTreeSet<&str> = BTreeSet::new();
        for revision in self.revisions.iter().rev() {
            if revision.records.is_some() || followed.contains(revision.version.as_str()) {
                followed.extend(self.parents(revision));
            }
        }
        self.revisions
            .iter()
            .filter(|it| it.records.is_some() && !followed.contains(it.version.as_str()))
            .collect()
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

/// What keeps revisions from being one history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryError {
    /// Two directories have one version: Diesel would run only one of them, and say nothing.
    Duplicate {
        /// The version.
        version: String,
        /// Name of one directory.
        first: String,
        /// Name of the other.
        second: String,
    },
    /// A revision follows one that is not there.
    MissingParent {
        /// Directory of the revision.
        dir_name: String,
        /// Version that it follows.
        parent: String,
    },
    /// A revision follows one that Diesel runs after it.
    Order {
        /// Directory of the revision.
        dir_name: String,
        /// Directory of its parent.
        parent: String,
    },
    /// A recorded change does not fit the schema before it.
    Replay {
        /// Directory of the revision.
        dir_name: String,
        /// Which change, and why.
        error: ReplayError,
    },
}

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HistoryError::Duplicate { version, first, second } => write!(
                f,
                "`{first}` and `{second}` share the version {version}, so Diesel would silently \
                 skip one of them: rename one directory to a later version"
            ),
            HistoryError::MissingParent { dir_name, parent } => write!(
                f,
                "`{dir_name}/metadata.toml` follows revision {parent}, which is not on disk: \
                 restore its directory, or correct `parents`"
            ),
            HistoryError::Order { dir_name, parent } => write!(
                f,
                "`{dir_name}/metadata.toml` follows `{parent}`, but Diesel runs that one later: \
                 rename the directory of the child to a later version"
            ),
            HistoryError::Replay { dir_name, error } => write!(
                f,
                "`{dir_name}/metadata.toml` does not fit the revisions before it: {error}; \
                 restore the directory as it was generated"
            ),
        }
    }
}

impl std::error::Error for HistoryError {}
