mod database;
mod guards;

use clap::Args;
use diesel_autogen_database::Server;
use diesel_autogen_evolve::Target;
use diesel_autogen_evolve::revision::{History, Revision};
use diesel_autogen_schema::{Schema, diff, drift};
use serde::Serialize;

use self::database::DatabaseReport;
use super::{DatabaseUrl, ScratchUrl, Selection};
use crate::later::drop_later;
use crate::project::learn::Replayed;
use crate::project::{Early, Project, shown};
use crate::source::Source;
use crate::terminal::{Place, Terminal};
use crate::{Error, Exit};

/// Compare the models with the snapshot, and the snapshot with the revisions. With `--database`
/// also a database with the revisions that it has.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  diesel-autogen check || diesel-autogen generate -m \"add user \
                        bio\"\n  diesel-autogen check --database --database-url \
                        postgres://localhost/shop\n  diesel-autogen check --database shop.db \
                        --heads --allow-pending --format github"
)]
pub(super) struct Check {
    /// Look at the database, too: what is pending and whether rows are in its way, what was edited
    /// after it ran, and what was changed in it beside the revisions. Without a URL it is the one of --database-url.
    #[arg(long, value_name = "URL", num_args = 0..=1)]
    database: Option<Option<String>>,
    /// Insist on one head, and, where --database-url or DATABASE_URL names a database, on one that
    /// has it, as with `--database`.
    #[arg(long)]
    heads: bool,
    /// Do not mind revisions that the database is still to get.
    #[arg(long)]
    allow_pending: bool,
    #[command(flatten)]
    url: DatabaseUrl,
    #[command(flatten)]
    scratch: ScratchUrl,
}

#[derive(Serialize)]
struct Report {
    package: String,
    in_sync: bool,
    differences: Vec<Found>,
    /// What was found in the database, when it was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<DatabaseReport>,
}

/// One difference between the models and the snapshot.
#[derive(Serialize)]
struct Found {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<String>,
    message: String,
}

impl Check {
    pub(super) fn run(
        &self,
        selection: &Selection,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let early = Early::begin(&selection.request());
        let project = selection.open(terminal)?;
        let path = shown(&project.snapshot_path());
        let (source, (history, recorded)) = project.read_models(|| {
            let history = early.history(&project)?;
            let recorded = with_edits(project.recorded(&history)?.schema, &project, &history)?;
            Ok((history, recorded))
        })?;
        let package = project.package().to_owned();
        let server = self.scratch.server(&project.target(), project.root())?;
        let (owned, learned) = learned(recorded, &history, server.as_ref(), &project.target())?;
        let mut found = found(&owned, &source)?;
        let changes = found.len();
        found.extend(learned.map(Found::unrecorded));
        if found.is_empty() {
            terminal.line(format!("{package}: the models are in sync with {path}"));
        }
        for difference in &found {
            difference.show(&path, terminal);
        }
        let in_sync = found.is_empty();
        let many = if changes == 1 { "change" } else { "changes" };
        if changes > 0 {
            terminal.note(format!(
                "{changes} {many} that no revision makes: write one with diesel-autogen generate \
                 -m \"…\""
            ));
        } else if !in_sync {
            terminal.note("record it with diesel-autogen generate -m \"…\"");
        }
        let database = match self.looked_at(&project)? {
            Some(url) => {
                let (allow, history) = (self.allow_pending, &history);
                Some(database::look(&url, server, allow, &project, history, terminal)?)
            }
            None => None,
        };
        let models = if in_sync { Exit::Fine } else { Exit::Drift };
        let exit = database.as_ref().map_or(Exit::Fine, DatabaseReport::exit);
        terminal.json(&Report { package, in_sync, differences: found, database });
        drop_later((source, history, owned));
        Ok(if exit == Exit::Fine { models } else { exit })
    }
}

impl Check {
    /// The database to look at, if one is.
    fn looked_at(&self, project: &Project) -> Result<Option<DatabaseUrl>, Error> {
        match &self.database {
            Some(url) => {
                let named = url.clone().or_else(|| self.url.database_url.clone());
                Ok(Some(DatabaseUrl { database_url: named }))
            }
            None if self.heads && self.url.is_named(project)? => Ok(Some(self.url.clone())),
            None => Ok(None),
        }
    }
}

/// What the models own at the head, and the migrations by hand that changed it and are not recorded
/// yet.
fn learned(
    recorded: Schema,
    history: &History,
    server: Option<&Server>,
    target: &Target,
) -> Result<(Schema, Option<Vec<String>>), Error> {
    if history.unlearned().next().is_none() {
        return Ok((recorded, None));
    }
    let Replayed { owned, learned, .. } = Replayed::new(history, server, &[], target)?;
    let unrecorded = (owned != recorded).then_some(learned);
    Ok((owned, unrecorded))
}

/// Adds what was edited after it was generated to what is wrong with the records.
fn with_edits(
    recorded: Result<Schema, Error>,
    project: &Project,
    history: &History,
) -> Result<Schema, Error> {
    let mut messages = Vec::new();
    for revision in history.revisions() {
        for file in revision.edited_files() {
            messages.push(edited(project, revision, file));
        }
    }
    match recorded {
        Ok(schema) if messages.is_empty() => Ok(schema),
        Ok(_) => Err(Error::all(Exit::Conflict, messages)),
        Err(mut error) => {
            error.messages.extend(messages);
            Err(error)
        }
    }
}

/// What is said about SQL that is no longer as it was generated or learned.
pub(super) fn edited(project: &Project, revision: &Revision, file: &str) -> String {
    let directory = project.migrations().join(&revision.dir_name);
    let name = shown(&directory.join(file));
    if revision.by_hand {
        return format!(
            "`{name}` is not as it was when its effect was learned: restore it, or, where no \
             database has run it yet, learn it anew with diesel-autogen generate -m \"…\" --relearn \
             {}; otherwise what else must change belongs into another migration, diesel-autogen \
             generate -m \"…\" --empty",
            revision.dir_name
        );
    }
    format!(
        "`{name}` is not as it was generated: restore it, or keep the edit by removing `{}` from \
         `{}` and prove it with diesel-autogen verify",
        file.trim_end_matches(".sql"),
        shown(&directory.join("metadata.toml")),
    )
}

fn found(recorded: &Schema, source: &Source) -> Result<Vec<Found>, Error> {
    let changes =
        diff(recorded, &source.schema).map_err(|errors| Error::all(Exit::Decision, errors))?;
    let mut found = Vec::new();
    for change in &changes {
        for difference in drift::differences(change) {
            let place = change.table();
            let origin = place.and_then(|place| source.origins.of(place, &difference.fact));
            found.push(Found {
                file: origin.map(|origin| origin.file.display().to_string()),
                line: origin.map(|origin| origin.line),
                column: origin.map(|origin| origin.column),
                table: place.map(|place| place.to_string()),
                message: difference.text,
            });
        }
    }
    found.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    Ok(found)
}

impl Found {
    fn unrecorded(revisions: Vec<String>) -> Found {
        let message = format!("what `{}` changed is not recorded yet", revisions.join("`, `"));
        Found { file: None, line: None, column: None, table: None, message }
    }

    /// What no model has any more is declared nowhere but in the snapshot.
    fn show(&self, snapshot: &str, terminal: &mut Terminal) {
        let place = match (&self.file, self.line) {
            (Some(file), Some(line)) => Place { file, line: Some(line), column: self.column },
            (Some(_), None) | (None, _) => Place { file: snapshot, line: None, column: None },
        };
        terminal.found(Some(place), &self.message);
    }
}
