use std::collections::BTreeSet;

use clap::Args;
use diesel_autogen_database::Server;
use diesel_autogen_evolve::revision::{History, Metadata, Revision, Title, checksum};
use diesel_autogen_evolve::{Allowed, decide, plan};
use diesel_autogen_schema::change::hinted;
use diesel_autogen_schema::snapshot::{self, Snapshot};
use diesel_autogen_schema::{Change, Schema, diff};
use serde::Serialize;

use super::verify::verified;
use super::{DatabaseUrl, ScratchUrl, Selection};
use crate::project::learn::Steps;
use crate::project::parallel::equal;
use crate::project::write::{self, Changeset, Lock, NewRevision};
use crate::project::{Project, shown};
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// Make one revision of several that follow each other, and prove that it leads to the same.
/// Databases that have applied all of them are recognised.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  diesel-autogen squash base:head -m \"the shop of 2026\"\n  \
                        diesel-autogen squash add_users:add_user_bio -m \"users with a bio\"")]
pub(super) struct Squash {
    /// From the first to the last, as history takes it: `base:head`, `add_users:add_user_bio`.
    #[arg(value_name = "RANGE", allow_hyphen_values = true)]
    range: String,
    /// What it does, in a few words.
    #[arg(short, long, value_name = "TEXT")]
    message: Option<String>,
    #[command(flatten)]
    scratch: ScratchUrl,
    /// Where `current` is looked up.
    #[command(flatten)]
    database: DatabaseUrl,
}

#[derive(Serialize)]
struct Report {
    package: String,
    /// The directory; `None` when there was nothing to do.
    directory: Option<String>,
    /// Directories that it replaces.
    replaces: Vec<String>,
}

impl Squash {
    pub(super) fn run(
        &self,
        selection: &Selection,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let title = Title::new(self.message.as_deref().unwrap_or_default())?;
        let project = selection.open(terminal)?;
        let mut lock = Lock::open(project.migrations())?;
        let _held = lock.acquire()?;
        write::recover_locked(project.migrations())?;
        let history = project.history()?;
        project.recorded(&history)?.schema?;
        let applied = self.database.applied_if_answered(&project, terminal)?;
        let chain = chain(&history, &self.range, applied.as_deref())?;
        let package = project.package().to_owned();
        let replaces: Vec<String> = chain.iter().map(|it| it.dir_name.clone()).collect();
        if chain.len() < 2 {
            terminal.line("nothing to squash: the range holds no two revisions");
            terminal.json(&Report { package, directory: None, replaces: Vec::new() });
            return Ok(Exit::Fine);
        }
        let server = self.scratch.server(&project.target(), project.root())?.ok_or_else(|| {
            Error::usage(
                "that one revision leads where several led is proved by running them: name a \
                     server with --scratch-url or DATABASE_URL, on which databases are made for it",
            )
        })?;
        let one = made(&project, &history, &chain, &title, &server)?;
        let changeset = changeset(&project, &history, &chain, &one)?;
        write::write(project.migrations(), &changeset)?;
        let directory = shown(&project.migrations().join(&one.dir_name));
        terminal.line(format!("{} revisions are one now: {}", chain.len(), replaces.join(", ")));
        terminal.line("it leads to the same schema and the same rows, up, down and up again");
        terminal.line(format!("wrote {directory}/{{up.sql,down.sql,metadata.toml}}"));
        terminal.note(
            "a database that has applied all of them is recognised; one that has applied some must \
             get the rest before: keep the old directories in version control",
        );
        terminal.json(&Report { package, directory: Some(directory), replaces });
        Ok(Exit::Fine)
    }
}

/// The revisions of the range, which must be one line that nothing leaves or joins on the way.
fn chain<'h>(
    history: &'h History,
    range: &str,
    applied: Option<&[String]>,
) -> Result<Vec<&'h Revision>, Error> {
    let refused = |text: String| Err(Error::new(Exit::Conflict, text));
    let chain = history.range(range, applied)?;
    for (at, revision) in chain.iter().enumerate() {
        let name = &revision.dir_name;
        let before = at.checked_sub(1).map(|at| chain[at].version.as_str());
        let parents = history.parents(revision);
        if before.is_some() && parents != before.into_iter().collect::<Vec<_>>() {
            return refused(format!(
                "`{name}` does not follow `{}` alone: squash what lies before or after the \
                 branches, see diesel-autogen history --graph",
                chain[at - 1].dir_name
            ));
        }
        let is_last = at + 1 == chain.len();
        if !is_last && history.children(revision).len() > 1 {
            return refused(format!(
                "work went on in parallel after `{name}`: squash what lies before or after it, see \
                 diesel-autogen branches"
            ));
        }
        if let Some(file) = revision.edited_files().first() {
            return refused(format!(
                "`{name}/{file}` is not as it was generated: what it does is not known; run \
                 diesel-autogen check"
            ));
        }
        if revision.is_unlearned() {
            return refused(format!(
                "what `{name}` does is not recorded yet: record it with diesel-autogen generate -m \
                 \"…\" first"
            ));
        }
    }
    Ok(chain)
}

/// The one revision, proved to lead where the chain led.
fn made(
    project: &Project,
    history: &History,
    chain: &[&Revision],
    title: &Title,
    server: &Server,
) -> Result<Revision, Error> {
    let first = chain[0];
    let mut steps = Steps::new(server)?;
    for revision in history.ancestors(&[first]).into_iter().filter(|it| it.version != first.version)
    {
        steps.step(revision)?;
    }
    let one = generated(project, history, chain, title, &mut steps)?;
    equal(&mut steps, chain, &one).map_err(|error| {
        Error::new(
            Exit::Conflict,
            format!(
                "one revision would not lead where the {} led, so nothing was written: {error}; \
                 leave out what a person wrote and what fills rows",
                chain.len()
            ),
        )
    })?;
    verified(project, &mut steps, &one)?;
    Ok(one)
}

/// The one revision, as it would be generated now.
fn generated(
    project: &Project,
    history: &History,
    chain: &[&Revision],
    title: &Title,
    steps: &mut Steps,
) -> Result<Revision, Error> {
    let (first, last) = (chain[0], chain[chain.len() - 1]);
    let line = history.leading_to(&[last]);
    let states = line.replay()?;
    let done: Vec<&[Change]> = states
        .iter()
        .filter(|state| chain.iter().any(|it| it.version == state.revision.version))
        .map(|state| &*state.changes)
        .collect();
    let after = states.last().map_or(&Schema::EMPTY, |state| &state.schema);
    let changes = diff(&steps.owned, &hinted(&done, after)).map_err(|errors| refused(&errors))?;
    decide(&changes, project.target().dialect, &gone_already(&changes))
        .map_err(|refusals| refused(&refusals))?;
    let plan = plan(&changes, &project.target(), &steps.scratch.live()?)
        .map_err(|refusals| refused(&refusals))?;
    let text = |sql: String| match sql.is_empty() {
        true => "-- Nothing to run: what the revisions did was undone again.\n".to_owned(),
        false => sql,
    };
    let (up_sql, down_sql) = (text(plan.up_sql()), text(plan.down_sql()));
    let stamp = last.dir_name.split_once('_').map_or(&*last.dir_name, |(stamp, _)| stamp);
    let mut replaces: Vec<String> = chain.iter().flat_map(|it| it.replaces.clone()).collect();
    replaces.extend(chain.iter().map(|it| it.version.clone()).filter(|it| *it != last.version));
    replaces.sort();
    let metadata = Metadata {
        transaction: plan.transaction,
        version: Some(last.version.clone()),
        message: Some(title.message.clone()),
        parents: Some(history.parents(first).into_iter().map(str::to_owned).collect()),
        replaces,
        by_hand: false,
        phase: None,
        up_checksum: Some(checksum(&up_sql)),
        down_checksum: Some(checksum(&down_sql)),
        records: Some(changes.iter().map(Change::record).collect()),
    };
    let dir_name = format!("{stamp}_{}", title.slug);
    let one = Revision::read(&dir_name, up_sql, Some(down_sql), Some(&metadata.write()))
        .map_err(|error| Error::failure(error.to_string()))?;
    Ok(one)
}

/// What the chain dropped was allowed when it was generated, and what it renamed has its hint.
fn gone_already(changes: &[Change]) -> Allowed {
    let mut loss = BTreeSet::new();
    for table in changes.iter().filter_map(Change::before) {
        let place = table.place().to_string();
        loss.extend(table.columns.iter().map(|column| format!("{place}.{}", column.name)));
        loss.insert(place);
    }
    Allowed { loss }
}

fn refused<T: std::fmt::Display>(list: &[T]) -> Error {
    let texts: Vec<String> = list.iter().map(T::to_string).collect();
    let text = texts.join("; ");
    Error::new(Exit::Decision, format!("the range cannot be made one revision: {text}"))
}

fn changeset(
    project: &Project,
    history: &History,
    chain: &[&Revision],
    one: &Revision,
) -> Result<Changeset, Error> {
    let stays = |it: &&Revision| !chain.iter().any(|gone| gone.version == it.version);
    let mut revisions: Vec<Revision> = history.revisions().iter().filter(stays).cloned().collect();
    revisions.push(one.clone());
    let after = History::new(revisions)?;
    let schema = after.schema()?;
    let before = history.schema()?;
    if !diff(&before, &schema).is_ok_and(|changes| changes.is_empty()) {
        return Err(Error::failure(
            "the one revision does not record what the several recorded: nothing was written; \
             please report the revisions with which this happens",
        ));
    }
    let snapshot = snapshot::write(&Snapshot {
        backend: project.config.backend.name().to_owned(),
        head: after.recorded_heads().iter().map(|it| it.version.clone()).collect(),
        unmanaged: project.recorded(history)?.unmanaged,
        schema,
    });
    let revision = NewRevision {
        dir_name: one.dir_name.clone(),
        up_sql: one.up_sql.clone(),
        down_sql: one.down_sql.clone().unwrap_or_default(),
        metadata: one.metadata().write(),
    };
    Ok(Changeset {
        revision: Some(revision),
        removed: chain.iter().map(|it| it.dir_name.clone()).collect(),
        files: vec![(snapshot::FILE.to_owned(), snapshot)],
        ..Changeset::default()
    })
}
