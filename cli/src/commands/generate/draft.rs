use std::borrow::Cow;

use chrono::Utc;
use diesel_autogen_database::{self as database, Proof, Script};
use diesel_autogen_evolve::lint::{Finding, Levels, Subject, Workflow, lint};
use diesel_autogen_evolve::ownership::{spelled, unmanaged};
use diesel_autogen_evolve::retire::{Retired, retired};
use diesel_autogen_evolve::revision::{Metadata, Revision, Title, checksum, version};
use diesel_autogen_evolve::script::Known;
use diesel_autogen_evolve::{Allowed, Plan, Refusal, RefusalKind, decide, plan};
use diesel_autogen_schema::snapshot::{self, Snapshot};
use diesel_autogen_schema::{Change, Record, Schema, diff, replay};

use super::hints;
use crate::project::learn::{Replayed, Trial, adopted, merged_metadata};
use crate::project::trial::{certain, create, extensions, way_back};
use crate::project::write::{Changeset, NewRevision};
use crate::project::{Project, nothing, stamp};
use crate::{Error, Exit};

/// Why a revision may have no statements.
const ADOPTED: &str = "the models own now what the database had already";

/// Everything that would be written.
pub(super) struct Draft {
    /// The new revision; `None` when the models are where the history leads.
    pub(super) revision: Option<Proved>,
    /// Directories of the revisions by hand that were learned.
    pub(super) learned: Vec<String>,
    /// Text of the snapshot from now on.
    pub(super) snapshot: String,
    /// What is retired from now on.
    pub(super) retired: Vec<Retired>,
    /// The files.
    pub(super) changeset: Changeset,
}

/// A revision whose SQL does what it should.
pub(super) struct Proved {
    pub(super) dir_name: String,
    /// What its SQL changes.
    pub(super) changes: Vec<Change>,
    /// What becomes the models', adopted things included.
    pub(super) recorded: Vec<Change>,
    pub(super) plan: Plan,
    pub(super) up_sql: String,
    pub(super) down_sql: String,
    /// What the proof found; `None` when there was no server to try it on.
    pub(super) proof: Option<database::Report>,
}

impl Draft {
    /// Finds what differs, decides, plans and proves.
    pub(super) fn new(
        project: &Project,
        title: &Title,
        mut replayed: Replayed,
        models: Schema,
        allowed: &Allowed,
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
        let proved = prove(project, title, &mut replayed, changes, recorded, &models, allowed)?;
        Draft::with_revision(project, title, replayed, learned, proved, &models)
    }

    /// What lints think of the new revision, on a database as `known`.
    pub(super) fn lints(
        &self,
        project: &Project,
        title: &Title,
        known: Known,
        levels: &Levels,
    ) -> Vec<Finding> {
        let Some(proved) = &self.revision else { return Vec::new() };
        let subject = Subject {
            minimum: project.target().minimum,
            sql: &proved.up_sql,
            transaction: proved.plan.transaction,
            known,
            revision: Some(Workflow {
                message: title.message.clone(),
                down_sql: Some(&proved.down_sql),
                generated: true,
                ..Workflow::default()
            }),
        };
        lint(&subject, levels)
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
        Ok(Draft { revision: None, learned: replayed.learned, snapshot, retired, changeset })
    }

    fn with_revision(
        project: &Project,
        title: &Title,
        mut replayed: Replayed,
        mut files: Vec<(String, String)>,
        proved: Proved,
        models: &Schema,
    ) -> Result<Draft, Error> {
        let records: Vec<Record> = proved.recorded.iter().map(Change::record).collect();
        let (schema, _) = replay(&replayed.owned, &records)
            .map_err(|error| Error::failure(format!("the changes cannot be recorded: {error}")))?;
        if !changes(&schema, models)?.is_empty() {
            return Err(Error::failure(
                "the recorded changes do not lead to the models: nothing was written; please \
                 report the models with which this happens",
            ));
        }
        let retired = retired(&schema);
        let snapshot = snapshot::write(&Snapshot {
            backend: project.config.backend.name().to_owned(),
            head: vec![version(&proved.dir_name)],
            unmanaged: left_unmanaged(&mut replayed, &proved, &schema)?,
            schema,
        });
        files.push((snapshot::FILE.to_owned(), snapshot.clone()));
        let metadata = Metadata {
            transaction: proved.plan.transaction,
            version: Some(version(&proved.dir_name)),
            message: Some(title.message.clone()),
            parents: Some(replayed.history.heads().iter().map(|it| it.version.clone()).collect()),
            replaces: Vec::new(),
            by_hand: false,
            up_checksum: Some(checksum(&proved.up_sql)),
            down_checksum: Some(checksum(&proved.down_sql)),
            records: Some(records),
        };
        let revision = NewRevision {
            dir_name: proved.dir_name.clone(),
            up_sql: proved.up_sql.clone(),
            down_sql: proved.down_sql.clone(),
            metadata: metadata.write(),
        };
        let changeset = Changeset { revision: Some(revision), files, ..Changeset::default() };
        let learned = replayed.learned;
        Ok(Draft { revision: Some(proved), learned, snapshot, retired, changeset })
    }

    /// Objects that may lose data and do not.
    pub(super) fn unused_allowances(&self, allowed: &Allowed) -> Vec<String> {
        let changes = self.revision.as_ref().map_or(&[][..], |it| &it.changes);
        hints::unused_allowances(allowed, changes)
    }
}

/// What no model owns after the revision. It makes nothing of that kind, so where there was
/// nothing before, nobody need look.
fn left_unmanaged(
    replayed: &mut Replayed,
    proved: &Proved,
    schema: &Schema,
) -> Result<Vec<String>, Error> {
    let before = replayed.unmanaged();
    let Some(trial) = &mut replayed.trial else { return Ok(before) };
    if before.is_empty() {
        return Ok(before);
    }
    let after = &mut trial.scratch;
    after.execute(&proved.up_sql, proved.plan.transaction)?;
    Ok(unmanaged(schema, &after.live()?))
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

fn changes(before: &Schema, after: &Schema) -> Result<Vec<Change>, Error> {
    diff(before, after).map_err(|errors| Error::all(Exit::Decision, errors))
}

fn refused(refusals: Vec<Refusal>) -> Error {
    let losses = refusals.iter().all(|it| it.kind() == RefusalKind::Loss);
    let exit = if losses { Exit::Loss } else { Exit::Decision };
    let mut error = Error::all(exit, refusals);
    error.messages.push("nothing was written".to_owned());
    error
}

fn prove(
    project: &Project,
    title: &Title,
    replayed: &mut Replayed,
    changes: Vec<Change>,
    recorded: Vec<Change>,
    models: &Schema,
    allowed: &Allowed,
) -> Result<Proved, Error> {
    decide(&changes, project.target().dialect, allowed).map_err(refused)?;
    let target = project.target();
    let plan = plan(&changes, &target, &replayed.everything()).map_err(refused)?;
    let text = |sql: String| if sql.is_empty() { nothing(ADOPTED, target.dialect) } else { sql };
    let (up_sql, down_sql) = (text(plan.up_sql()), text(plan.down_sql()));
    let extensions = extensions(&replayed.owned, models);
    let tried = |trial: &mut Trial| {
        database::prove(&mut Proof {
            history: &mut trial.scratch,
            live: &replayed.live,
            up: Script { sql: &up_sql, in_transaction: plan.transaction },
            down: Script { sql: &down_sql, in_transaction: plan.transaction },
            changes: &changes,
            hints: true,
            certain: certain(&plan),
            way_back: way_back(&plan),
            create: &|tables| create(tables, &extensions, &target),
            by_dump: true,
        })
        .map_err(|failure| {
            Error::failure(format!(
                "the migration does not do what it should, so nothing was written: {failure}"
            ))
        })
    };
    let proof = replayed.trial.as_mut().map(tried).transpose()?;
    let dir_name = format!("{}_{}", stamp(Utc::now(), &replayed.history)?, title.slug);
    Ok(Proved { dir_name, changes, recorded, plan, up_sql, down_sql, proof })
}
