use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use diesel_autogen_schema::change::ReplayError;

use super::Revision;

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
    /// A directory was called otherwise when it was generated, so databases that ran it take it
    /// for another revision.
    Renamed {
        /// Name of the directory.
        dir_name: String,
        /// Its version when it was generated.
        was: String,
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
    /// Revisions follow each other in a circle.
    Circle {
        /// Their directories, each following the next and the last the first.
        dir_names: Vec<String>,
    },
    /// A recorded change does not fit the schema before it.
    Replay {
        /// Directory of the revision.
        dir_name: String,
        /// Which change, and why.
        error: ReplayError,
    },
}

/// What is wrong with revisions that are sorted by version.
pub(super) fn errors(revisions: &[Revision]) -> Vec<HistoryError> {
    let mut errors: Vec<HistoryError> = revisions
        .windows(2)
        .filter(|pair| pair[0].version == pair[1].version)
        .map(|pair| HistoryError::Duplicate {
            version: pair[0].version.clone(),
            first: pair[0].dir_name.clone(),
            second: pair[1].dir_name.clone(),
        })
        .collect();
    let known: BTreeMap<&str, &Revision> =
        revisions.iter().map(|it| (it.version.as_str(), it)).collect();
    let renamed: BTreeMap<&str, &Revision> = revisions
        .iter()
        .filter_map(|it| it.recorded_version.as_deref().map(|was| (was, it)))
        .filter(|(was, it)| *was != it.version)
        .collect();
    errors.extend(renamed.iter().map(|(was, it)| HistoryError::Renamed {
        dir_name: it.dir_name.clone(),
        was: (*was).to_owned(),
    }));
    let circles = circles(&known);
    let in_circle: BTreeSet<&str> = circles.iter().flatten().copied().collect();
    for circle in &circles {
        let dir_names = circle.iter().map(|version| known[version].dir_name.clone()).collect();
        errors.push(HistoryError::Circle { dir_names });
    }
    for revision in revisions.iter().filter(|it| !in_circle.contains(it.version.as_str())) {
        let dir_name = || revision.dir_name.clone();
        for parent in revision.parents.iter().flatten() {
            match known.get(parent.as_str()) {
                // The renamed directory is the cause, and it was told.
                None if renamed.contains_key(parent.as_str()) => {}
                None => errors.push(HistoryError::MissingParent {
                    dir_name: dir_name(),
                    parent: parent.clone(),
                }),
                Some(found) if found.version >= revision.version => {
                    errors.push(HistoryError::Order {
                        dir_name: dir_name(),
                        parent: found.dir_name.clone(),
                    })
                }
                Some(_) => {}
            }
        }
    }
    errors
}

/// The circles among the revisions, each told once.
fn circles<'r>(known: &BTreeMap<&'r str, &'r Revision>) -> Vec<Vec<&'r str>> {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let mut found = Vec::new();
    for start in known.keys() {
        // The way from the start, with the parents of each that are still to be looked at.
        let mut way: Vec<(&str, Vec<&str>)> = Vec::new();
        let mut next = Some(*start);
        loop {
            if let Some(version) = next.take() {
                if let Some(at) = way.iter().position(|(on_way, _)| *on_way == version) {
                    found.push(way[at..].iter().map(|(version, _)| *version).collect());
                } else if let Some(revision) =
                    known.get(version).filter(|_| !done.contains(version))
                {
                    let parents = revision.parents.iter().flatten().map(String::as_str);
                    way.push((&revision.version, parents.collect()));
                }
            }
            let Some((_, parents)) = way.last_mut() else { break };
            next = parents.pop();
            if next.is_none() {
                done.extend(way.pop().map(|(version, _)| version));
            }
        }
    }
    found
}

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HistoryError::Duplicate { version, first, second } => write!(
                f,
                "`{first}` and `{second}` share the version {version}, so Diesel would silently \
                 skip one of them: rename one directory to a later version, or, where no \
                 database has run them, let diesel-autogen history --fix do it"
            ),
            HistoryError::Renamed { dir_name, was } => write!(
                f,
                "`{dir_name}` was generated as revision {was}, and databases that ran it know it \
                 by that: give the directory its name back, or, where no database has run it, \
                 take the new name for good with diesel-autogen history --fix"
            ),
            HistoryError::MissingParent { dir_name, parent } => write!(
                f,
                "`{dir_name}/metadata.toml` follows revision {parent}, which is not on disk: \
                 restore its directory from version control, or, where it is gone for good, let \
                 the revision follow what stands before it with diesel-autogen history --fix"
            ),
            HistoryError::Order { dir_name, parent } => write!(
                f,
                "`{dir_name}/metadata.toml` follows `{parent}`, but Diesel runs that one later: \
                 rename the directory of the child to a later version, or let it follow what stands \
                 before it with diesel-autogen history --fix"
            ),
            HistoryError::Circle { dir_names } => match &dir_names[..] {
                [one] => write!(
                    f,
                    "`{one}/metadata.toml` follows itself: restore its `parents` from version \
                     control, or let it follow what stands before it with diesel-autogen history \
                     --fix"
                ),
                several => write!(
                    f,
                    "`{}` follow each other in a circle, so none can be the first: restore the \
                     `parents` in their metadata.toml from version control, or let each follow what \
                     stands before it with diesel-autogen history --fix",
                    several.join("`, `")
                ),
            },
            HistoryError::Replay { dir_name, error } => write!(
                f,
                "`{dir_name}/metadata.toml` does not fit the revisions before it: {error}; \
                 restore the directory as it was generated"
            ),
        }
    }
}

impl std::error::Error for HistoryError {}
