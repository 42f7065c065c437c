//! A revision as it would have been generated on top of another.

use std::borrow::Cow;

use diesel_autogen_database::Server;
use diesel_autogen_evolve::dialect::mysql::online;
use diesel_autogen_evolve::ownership::spelled;
use diesel_autogen_evolve::revision::{History, Revision, checksum, slug, version};
use diesel_autogen_evolve::{Plan, Target, plan};
use diesel_autogen_schema::change::follow;
use diesel_autogen_schema::{Live, Record, Schema, diff};

use crate::commands::verify::verified;
use crate::project::Project;
use crate::project::learn::{Steps, adopted};
use crate::{Error, Exit};

/// The line that revisions are moved along: where each stood, and where it goes.
pub(super) struct Line<'p> {
    project: &'p Project,
    before: Steps,
    after: Steps,
    /// The models, read when a record alone does not say how its SQL was made.
    models: Option<Schema>,
}

/// What became of the SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SqlIs {
    /// The text is the one that was there.
    Same,
    /// The text is another one.
    New,
}

impl<'p> Line<'p> {
    /// Stands before the first of `side` on the one hand, after `onto` on the other.
    pub(super) fn new(
        project: &'p Project,
        history: &History,
        side: &[&Revision],
        onto: &Revision,
        server: &Server,
    ) -> Result<Line<'p>, Error> {
        let mut before = Steps::new(server)?;
        let is_own = |it: &Revision| side.iter().any(|own| own.version == it.version);
        for revision in history.ancestors(side).into_iter().filter(|it| !is_own(it)) {
            before.step(revision)?;
        }
        let mut after = Steps::new(server)?;
        for revision in history.ancestors(&[onto]) {
            after.step(revision)?;
        }
        Ok(Line { project, before, after, models: None })
    }

    pub(super) fn owned(&self) -> &Schema {
        &self.after.owned
    }

    pub(super) fn live(&mut self) -> Result<Live, Error> {
        Ok(self.after.scratch.live()?)
    }

    /// Puts a revision after what stands there, under another name, and proves it there.
    pub(super) fn place(
        &mut self,
        revision: &Revision,
        dir_name: &str,
        parent: &str,
    ) -> Result<(Revision, SqlIs), Error> {
        let mut placed = revision.clone();
        placed.dir_name = dir_name.to_owned();
        placed.version = version(dir_name);
        placed.slug = slug(dir_name).to_owned();
        placed.recorded_version = Some(placed.version.clone());
        placed.parents = Some(vec![parent.to_owned()]);
        if revision.by_hand {
            // What it does is learned where it stands now.
            let learned = placed.records.take().is_some();
            self.before.step(revision)?;
            let after = self.after.step(&placed)?;
            return Ok((if learned { after } else { placed }, SqlIs::Same));
        }
        let records = revision.records.as_deref().unwrap_or_default();
        let plan = self.anew(revision, records)?;
        let mut sql = SqlIs::Same;
        if let Some(plan) = plan {
            let (up, down) = (plan.up_sql(), plan.down_sql());
            if up != revision.up_sql || Some(&down) != revision.down_sql.as_ref() {
                sql = SqlIs::New;
            }
            placed.transaction = plan.transaction;
            placed.up_checksum = Some(checksum(&up));
            placed.down_checksum = Some(checksum(&down));
            (placed.up_sql, placed.down_sql) = (up, Some(down));
        }
        self.before.step(revision)?;
        verified(self.project, &mut self.after, &placed).map_err(|error| {
            conflict(format!("it does not work on top of the other branch: {error}"), revision)
        })?;
        Ok((placed, sql))
    }

    /// The plan of these records where they go; `None` when the SQL that is there stays.
    fn anew(&mut self, revision: &Revision, records: &[Record]) -> Result<Option<Plan>, Error> {
        let (project, before, after) = (self.project, &mut self.before, &mut self.after);
        let made = planned(project, before, revision, records, None)?;
        if made.up_sql().is_empty() {
            return Ok(None);
        }
        let there = planned(project, after, revision, records, None)?;
        if is_of(&made, revision) {
            return Ok(Some(there));
        }
        // Values for rows are in the models alone.
        let models = match self.models.take() {
            Some(models) => models,
            None => project.read_models(|| Ok(()))?.0.schema,
        };
        let hinted = planned(project, before, revision, records, Some(&models));
        let there_hinted = planned(project, after, revision, records, Some(&models));
        self.models = Some(models);
        if is_of(&hinted?, revision) {
            return Ok(Some(there_hinted?));
        }
        if made.up_sql() == there.up_sql() && made.down_sql() == there.down_sql() {
            return Ok(None);
        }
        Err(conflict("its SQL is not what its records give".to_owned(), revision))
    }
}

/// The plan of these records where `here` stands.
fn planned(
    project: &Project,
    here: &mut Steps,
    revision: &Revision,
    records: &[Record],
    models: Option<&Schema>,
) -> Result<Plan, Error> {
    // How tables are altered is asked for when a revision is generated, and is in its SQL alone.
    let target = Target { online: online::said(&revision.up_sql), ..project.target() };
    let mut after = here.owned.clone();
    follow(&mut after, records).map_err(|error| conflict(error.to_string(), revision))?;
    let mut live = here.scratch.live()?;
    if let Cow::Owned(respelled) = spelled(&live, &[&after, &here.owned]) {
        live = respelled;
    }
    let before = adopted(&here.owned, &live, &after, &target, &mut here.scratch)?;
    if let Some(models) = models {
        after = hinted(after, &before, models);
    }
    let failed = |text: String| conflict(text, revision);
    let changes = diff(&before, &after).map_err(|errors| failed(joined(&errors)))?;
    let target = target.phased(revision.phase.is_some());
    plan(&changes, &target, &live).map_err(|refusals| failed(joined(&refusals)))
}

/// Whether the revision's SQL is what the plan gives.
fn is_of(plan: &Plan, revision: &Revision) -> bool {
    checksum(&plan.up_sql()) == checksum(&revision.up_sql)
        && revision.down_sql.as_deref().map(checksum) == Some(checksum(&plan.down_sql()))
}

/// The schema with the hints that the models carry for columns that come or change.
fn hinted(mut after: Schema, before: &Schema, models: &Schema) -> Schema {
    for table in after.tables.to_mut() {
        let Some(model) = models.tables.iter().find(|it| it.place() == table.place()) else {
            continue;
        };
        let there = before.tables.iter().find(|it| it.place() == table.place()).cloned();
        for column in table.columns.to_mut() {
            let old = there.as_ref().and_then(|it| it.column(&column.name));
            if old.is_some_and(|old| old.same_facts(column)) {
                continue;
            }
            if let Some(model) = model.column(&column.name) {
                column.backfill.clone_from(&model.backfill);
                column.using.clone_from(&model.using);
            }
        }
    }
    after
}

fn conflict(why: String, revision: &Revision) -> Error {
    Error::new(
        Exit::Conflict,
        format!(
            "`{}` cannot be moved: {why}; nothing was written: remove its directory and the \
             snapshot, restore the snapshot with diesel-autogen init, and generate it again",
            revision.dir_name
        ),
    )
}

fn joined<T: std::fmt::Display>(list: &[T]) -> String {
    list.iter().map(T::to_string).collect::<Vec<_>>().join("; ")
}
