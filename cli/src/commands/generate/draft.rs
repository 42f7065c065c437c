use std::borrow::Cow;

use diesel_autogen_evolve::lint::{Finding, Levels, Subject, Workflow, lint};
use diesel_autogen_evolve::ownership::{spelled, unmanaged};
use diesel_autogen_evolve::phases::{Asked, Together, together};
use diesel_autogen_evolve::retire::{Retired, retired};
use diesel_autogen_evolve::revision::{Revision, Title, version};
use diesel_autogen_evolve::script::Known;
use diesel_autogen_evolve::{Allowed, Refusal, RefusalKind, decide};
use diesel_autogen_schema::change::follow;
use diesel_autogen_schema::snapshot::{self, Snapshot};
use diesel_autogen_schema::{Change, Record, Schema, diff};

use super::hints;
use super::line::{Line, Proved};
use crate::project::Project;
use crate::project::learn::{Replayed, adopted, merged_metadata};
use crate::project::write::Changeset;
use crate::{Error, Exit};

/// Everything that would be written.
pub(super) struct Draft {
    /// The new revisions, in order; none when the models are where the history leads.
    pub(super) revisions: Vec<Proved>,
    /// Directories of the revisions by hand that were learned.
    pub(super) learned: Vec<String>,
    /// Text of the snapshot from now on.
    pub(super) snapshot: String,
    /// What is retired from now on.
    pub(super) retired: Vec<Retired>,
    /// What is filled in no revision of its own, although that was asked for.
    pub(super) together: Vec<Together>,
    /// The files.
    pub(super) changeset: Changeset,
}

impl Draft {
    /// Finds what differs, decides, plans and proves.
    pub(super) fn new(
        project: &Project,
        title: &Title,
        mut replayed: Replayed,
        models: Schema,
        allowed: &Allowed,
        asked: Asked,
    ) -> Result<Draft, Error> {
        let recorded = changes(&replayed.owned, &models)?;
        replayed.concern(&recorded, &project.target())?;
        if let Cow::Owned(live) = spelled(&replayed.live, &[&models, &replayed.owned]) {
            replayed.live = live;
        }
        let adopted = match &mut replayed.trial {
            Some(trial) => {
                let (owned, live) = (&replayed.owned, &replayed.live);
                adopted(owned, live, &models, &project.target(), &mut trial.scratch)?
            }
            None => replayed.owned.clone(),
        };
        let changes = changes(&adopted, &models)?;
        let learned = learned_files(project, &replayed)?;
        if recorded.is_empty() && changes.is_empty() {
            return Draft::without_revision(project, replayed, learned);
        }
        decide(&changes, project.target().dialect, allowed).map_err(refused)?;
        let unmanaged = replayed.unmanaged();
        let (before, from) = (replayed.owned.clone(), &adopted);
        let together = together(from, &models, project.target().dialect, asked);
        let line = Line { project, title, models: &models, asked, changes };
        let proved = line.prove(&mut replayed, from)?;
        replayed.owned = before;
        let draft =
            Draft::with_revisions(project, replayed, learned, proved, (&models, unmanaged))?;
        Ok(Draft { together, ..draft })
    }

    /// What lints think of the new revisions, the first on a database as `known`, each with its
    /// place in their order.
    pub(super) fn lints(
        &self,
        project: &Project,
        known: &Known,
        levels: &Levels,
    ) -> Vec<(usize, Finding)> {
        let mut found = Vec::new();
        for (at, proved) in self.revisions.iter().enumerate() {
            let subject = Subject {
                flavour: project.target().flavour,
                minimum: project.target().minimum,
                sql: &proved.up_sql,
                transaction: proved.plan.transaction,
                known: match at {
                    0 => known.clone(),
                    _ => project.known(&proved.before, &[]),
                },
                revision: Some(Workflow {
                    message: proved.title.message.clone(),
                    down_sql: Some(&proved.down_sql),
                    generated: true,
                    ..Workflow::default()
                }),
            };
            found.extend(lint(&subject, levels).into_iter().map(|it| (at, it)));
        }
        found
    }

    /// Nothing to change; but what was learned must still be recorded.
    fn without_revision(
        project: &Project,
        replayed: Replayed,
        mut files: Vec<(String, String)>,
    ) -> Result<Draft, Error> {
        let heads = replayed.history.recorded_heads();
        let retired = retired(&replayed.owned);
        let snapshot = snapshot::write(&Snapshot {
            backend: project.config.backend.name().to_owned(),
            head: heads.iter().map(|it| it.version.clone()).collect(),
            unmanaged: replayed.unmanaged(),
            schema: replayed.owned,
        });
        if !files.is_empty() {
            files.push((snapshot::FILE.to_owned(), snapshot.clone()));
        }
        let changeset = Changeset { files, ..Changeset::default() };
        let revisions = Vec::new();
        let (learned, together) = (replayed.learned, Vec::new());
        Ok(Draft { revisions, learned, snapshot, retired, together, changeset })
    }

    fn with_revisions(
        project: &Project,
        mut replayed: Replayed,
        mut files: Vec<(String, String)>,
        proved: Vec<Proved>,
        (models, unmanaged_before): (&Schema, Vec<String>),
    ) -> Result<Draft, Error> {
        let mut schema = std::mem::take(&mut replayed.owned);
        let mut parents: Vec<String> =
            replayed.history.heads().iter().map(|it| it.version.clone()).collect();
        let mut written = Vec::new();
        for proved in &proved {
            let records: Vec<Record> = proved.recorded.iter().map(Change::record).collect();
            follow(&mut schema, &records).map_err(|error| {
                Error::failure(format!("the changes cannot be recorded: {error}"))
            })?;
            let own = version(&proved.dir_name);
            let parents = std::mem::replace(&mut parents, vec![own.clone()]);
            written.push(proved.files(own, parents, records));
        }
        if !changes(&schema, models)?.is_empty() {
            return Err(Error::failure(
                "the recorded changes do not lead to the models: nothing was written; please \
                 report the models with which this happens",
            ));
        }
        let retired = retired(&schema);
        let snapshot = snapshot::write(&Snapshot {
            backend: project.config.backend.name().to_owned(),
            head: parents,
            unmanaged: left_unmanaged(&mut replayed, unmanaged_before, &schema)?,
            schema,
        });
        files.push((snapshot::FILE.to_owned(), snapshot.clone()));
        let mut written = written.into_iter();
        let changeset = Changeset {
            revision: written.next(),
            more: written.collect(),
            files,
            ..Changeset::default()
        };
        let learned = replayed.learned;
        let together = Vec::new();
        Ok(Draft { revisions: proved, learned, snapshot, retired, together, changeset })
    }

    /// Objects that may lose data and do not.
    pub(super) fn unused_allowances(&self, allowed: &Allowed) -> Vec<String> {
        let changes = self.revisions.iter().flat_map(|it| it.changes.iter().cloned());
        hints::unused_allowances(allowed, &changes.collect::<Vec<_>>())
    }
}

/// What no model owns after the revisions. They make nothing of that kind, so where there was
/// nothing before, nobody need look.
fn left_unmanaged(
    replayed: &mut Replayed,
    before: Vec<String>,
    schema: &Schema,
) -> Result<Vec<String>, Error> {
    match &mut replayed.trial {
        Some(trial) if !before.is_empty() => Ok(unmanaged(schema, &trial.scratch.live()?)),
        Some(_) | None => Ok(before),
    }
}

/// The files that record what was learned.
fn learned_files(project: &Project, replayed: &Replayed) -> Result<Vec<(String, String)>, Error> {
    let learned = |revision: &&Revision| replayed.learned.contains(&revision.dir_name);
    let mut files = Vec::new();
    for revision in replayed.history.revisions().iter().filter(learned) {
        let name = format!("{}/metadata.toml", revision.dir_name);
        let there = std::fs::read_to_string(project.migrations().join(&name)).ok();
        files.push((name, merged_metadata(there.as_deref(), revision)?));
    }
    Ok(files)
}

pub(super) fn changes(before: &Schema, after: &Schema) -> Result<Vec<Change>, Error> {
    diff(before, after).map_err(|errors| Error::all(Exit::Decision, errors))
}

pub(super) fn refused(refusals: Vec<Refusal>) -> Error {
    let losses = refusals.iter().all(|it| it.kind() == RefusalKind::Loss);
    let exit = if losses { Exit::Loss } else { Exit::Decision };
    let mut error = Error::all(exit, refusals);
    error.messages.push("nothing was written".to_owned());
    error
}
