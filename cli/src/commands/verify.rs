use std::borrow::Cow;

use clap::Args;
use diesel_autogen_database::{self as database, Proof, Scratch, Script, WayBack, prove};
use diesel_autogen_evolve::ownership::spelled;
use diesel_autogen_evolve::plan;
use diesel_autogen_evolve::revision::Revision;
use diesel_autogen_schema::{Schema, diff};
use serde::Serialize;

use super::{ScratchUrl, Selection, check};
use crate::project::Project;
use crate::project::learn::{Steps, adopted};
use crate::project::trial::{certain, create, extensions, way_back};
use crate::terminal::{Progress, Terminal};
use crate::{Error, Exit};

/// Prove every revision again: up, down and up on scratch databases, with rows.
#[derive(Debug, Args)]
#[command(after_help = "Example: diesel-autogen verify")]
pub(super) struct Verify {
    #[command(flatten)]
    scratch: ScratchUrl,
}

#[derive(Serialize)]
struct Report {
    package: String,
    revisions: Vec<Verified>,
}

#[derive(Serialize)]
pub(super) struct Verified {
    directory: String,
    /// Whether a person wrote it: then it is run up, down and up, and what it should do is
    /// known to nobody.
    by_hand: bool,
    /// Whether there is no way back to be tried.
    only_up: bool,
    /// Rows that went through it.
    rows: usize,
    /// Whether dumps were compared beside what is read of the catalogue.
    dumped: bool,
    notes: Vec<String>,
}

impl Verify {
    pub(super) fn run(
        &self,
        selection: &Selection,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let project = selection.open(terminal)?;
        let history = project.history()?;
        project.recorded(&history)?.schema?;
        let progress = Progress::new(history.revisions().len());
        let server = self.scratch.server(&project.target(), project.root())?.ok_or_else(|| {
            Error::usage(
                "revisions are proved by running them: name a server with --scratch-url or \
                 DATABASE_URL, on which databases are made for it and dropped again",
            )
        })?;
        let mut steps = Steps::new(&server)?;
        let mut revisions = Vec::new();
        for (at, revision) in history.revisions().iter().enumerate() {
            progress.at(at, &revision.dir_name);
            for file in revision.edited_files() {
                terminal.warn(check::edited(&project, revision, file));
            }
            revisions.push(verified(&project, &mut steps, revision)?);
        }
        progress.finish();
        for it in &revisions {
            terminal.line(it.line());
            for note in &it.notes {
                terminal.line(format!("    {note}"));
            }
        }
        terminal.line(format!("revisions that hold: {} of {0}", revisions.len()));
        terminal.json(&Report { package: project.package().to_owned(), revisions });
        Ok(Exit::Fine)
    }
}

impl Verified {
    fn line(&self) -> String {
        let how = match (self.by_hand, self.only_up) {
            (true, true) => "by hand: runs up".to_owned(),
            (false, true) => "runs up".to_owned(),
            (true, false) => "by hand: runs up, down and up again".to_owned(),
            (false, false) => format!("up, down and up again with {} rows", self.rows),
        };
        format!("{}  {how}", self.directory)
    }
}

/// Proves one revision where `steps` stand, and takes the step.
pub(super) fn verified(
    project: &Project,
    steps: &mut Steps,
    revision: &Revision,
) -> Result<Verified, Error> {
    let mut verified = Verified {
        directory: revision.dir_name.clone(),
        by_hand: revision.by_hand,
        only_up: revision.down_sql.is_none(),
        rows: 0,
        dumped: false,
        notes: Vec::new(),
    };
    match (&revision.down_sql, &revision.records) {
        (None, _) => {
            verified.notes.push("it has no way back: its down.sql is missing or empty".to_owned());
        }
        (Some(down_sql), Some(records)) if !revision.by_hand => {
            let owned = steps.ahead(records, revision)?;
            let report = proved(project, steps, revision, down_sql, &owned)?;
            verified.rows = report.rows;
            verified.dumped = report.dumped;
            verified.notes = report.seeded.notes;
            let stuck =
                report.stuck.map(|why| format!("down.sql does not run as things are: {why}"));
            verified.notes.extend(stuck);
        }
        (Some(down_sql), _) => {
            let mut scratch = steps.scratch.fork()?;
            steps.step(revision)?;
            verified.notes.extend(run_by_hand(&mut scratch, revision, down_sql)?);
            return Ok(verified);
        }
    }
    steps.step(revision)?;
    Ok(verified)
}

/// Proves a revision that was generated and leads to what the models own after it.
fn proved(
    project: &Project,
    steps: &mut Steps,
    revision: &Revision,
    down_sql: &str,
    owned: &Schema,
) -> Result<database::Report, Error> {
    let Steps { scratch, owned: before } = steps;
    let mut live = scratch.live()?;
    if let Cow::Owned(respelled) = spelled(&live, &[owned, before]) {
        live = respelled;
    }
    let target = project.target();
    let changes = changes(&adopted(before, &live, owned, &target, scratch)?, owned)?;
    let plan = plan(&changes, &target.phased(revision.phase.is_some()), &live);
    let extensions = extensions(&live.schema, owned);
    prove(&mut Proof {
        history: scratch,
        live: &live,
        up: &[Script { sql: &revision.up_sql, in_transaction: revision.transaction }],
        at_once: None,
        phased: revision.phase.is_some(),
        down: &[Script { sql: down_sql, in_transaction: revision.transaction }],
        changes: &changes,
        hints: false,
        certain: plan.as_ref().is_ok_and(certain),
        way_back: plan.as_ref().map_or(WayBack::Uncertain, way_back),
        create: &|tables| create(tables, &extensions, &target),
        by_dump: true,
    })
    .map_err(|failure| Error::failure(format!("`{}`: {failure}", revision.dir_name)))
}

fn changes(before: &Schema, after: &Schema) -> Result<Vec<diesel_autogen_schema::Change>, Error> {
    diff(before, after).map_err(|errors| Error::all(Exit::Failure, errors))
}

/// Nobody knows what it should do; but both scripts must run, and going back should leave
/// nothing behind.
fn run_by_hand(
    scratch: &mut Scratch,
    revision: &Revision,
    down_sql: &str,
) -> Result<Option<String>, Error> {
    let before = scratch.dump()?;
    for (file, sql) in [("up.sql", &*revision.up_sql), ("down.sql", down_sql)] {
        scratch.execute(sql, revision.transaction).map_err(|error| {
            Error::failure(format!("`{}/{file}` fails: {error}", revision.dir_name))
        })?;
    }
    let restored = scratch.dump()? == before;
    scratch.execute(&revision.up_sql, revision.transaction).map_err(|error| {
        Error::failure(format!("`{}/up.sql` fails after down.sql: {error}", revision.dir_name))
    })?;
    Ok((!restored).then(|| "its down.sql does not leave the schema as it was".to_owned()))
}
