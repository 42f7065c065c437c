use chrono::Utc;
use clap::Args;
use diesel_autogen_evolve::ownership::unmanaged;
use diesel_autogen_evolve::revision::{History, Metadata, Revision, Title, checksum, version};
use diesel_autogen_schema::snapshot::{self, Snapshot};
use serde::Serialize;

use super::rebase::{movable, moved};
use super::{DatabaseUrl, ScratchUrl, Selection};
use crate::project::parallel::{Joined, Parallel};
use crate::project::write::{self, Changeset, Lock, NewRevision};
use crate::project::{Project, nothing, shown, stamp};
use crate::terminal::{Terminal, differences, side_by_side};
use crate::{Error, Exit};

/// Why a revision that only joins others has no statements.
const JOINS: &str = "this revision joins branches that were done in parallel";

/// Join branches that were generated in parallel by a revision that follows all of them, if their
/// order makes no difference. Works while the snapshot has conflict markers.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  diesel-autogen merge heads -m \"join bio and teams\"\n  \
                        diesel-autogen merge add_user_bio add_teams -m \"join bio and teams\"")]
pub(super) struct Merge {
    /// The heads to join: `heads`, or two and more of them by version, name, or the beginning of
    /// either.
    #[arg(default_value = "heads", allow_negative_numbers = true, value_name = "REVISION")]
    revisions: Vec<String>,
    /// What is joined, in a few words.
    #[arg(short, long, value_name = "TEXT")]
    message: Option<String>,
    #[command(flatten)]
    scratch: ScratchUrl,
    /// Where it is looked up whether one of them was applied yet.
    #[command(flatten)]
    database: DatabaseUrl,
}

#[derive(Serialize)]
struct Report {
    package: String,
    /// The directory; `None` when there was nothing to join.
    directory: Option<String>,
    /// The head that could be put on top of the other instead, for all that is known here.
    rebase_instead: Option<String>,
    /// Directories that it follows.
    merges: Vec<String>,
    /// Rows that went through every order.
    rows: usize,
    notes: Vec<String>,
}

impl Merge {
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
        let applied = self.database.applied_if_answered(&project, terminal)?;
        let heads = self.heads(&history, applied.as_deref())?;
        let package = project.package().to_owned();
        if heads.len() < 2 {
            terminal.line("nothing to merge: there is one head");
            let (merges, notes, rebase_instead) = (Vec::new(), Vec::new(), None);
            terminal.json(&Report {
                package,
                directory: None,
                rebase_instead,
                merges,
                rows: 0,
                notes,
            });
            return Ok(Exit::Fine);
        }
        let applied = applied.unwrap_or_default();
        let rebase_instead = unpublished(&history, &heads, &applied);
        let joining = Joining {
            project: &project,
            history: &history,
            heads: &heads,
            applied: &applied,
            scratch: &self.scratch,
        };
        let joined = joining.joined()?;
        if let Some(head) = &rebase_instead {
            terminal.note(format!(
                "no database that is known here has applied `{head}`: diesel-autogen rebase \
                 {head} puts it on top of the other instead, and history stays one line"
            ));
        }
        let dir_name = format!("{}_{}", stamp(Utc::now(), history.newest_directory())?, title.slug);
        let changeset = changeset(&project, &history, &heads, &title, &dir_name, &joined);
        let Joined { rows, notes, .. } = joined;
        write::write(project.migrations(), &changeset?)?;
        for note in &notes {
            terminal.warn(note);
        }
        let directory = shown(&project.migrations().join(&dir_name));
        let merges: Vec<String> = heads.iter().map(|it| it.dir_name.clone()).collect();
        terminal.line(format!("joins {}", merges.join(" and ")));
        terminal.line(format!(
            "the branches lead to the same in every order; rows that went along: {rows}"
        ));
        terminal.line(format!("wrote {directory}/{{up.sql,down.sql,metadata.toml}}"));
        terminal.line(format!("updated {}", shown(&project.snapshot_path())));
        terminal.line("next: run diesel-autogen check, then diesel-autogen upgrade");
        let directory = Some(directory);
        terminal.json(&Report { package, directory, rebase_instead, merges, rows, notes });
        Ok(Exit::Fine)
    }

    /// The revisions to join.
    fn heads<'h>(
        &self,
        history: &'h History,
        applied: Option<&[String]>,
    ) -> Result<Vec<&'h Revision>, Error> {
        let mut found: Vec<&Revision> = Vec::new();
        for address in &self.revisions {
            match address.as_str() {
                "heads" => found.extend(history.heads()),
                address => found.push(history.found(address, applied)?),
            }
        }
        found.sort_by(|a, b| a.version.cmp(&b.version));
        found.dedup_by(|a, b| a.version == b.version);
        for (at, one) in found.iter().enumerate() {
            let in_line = found[at + 1..].iter().find(|other| history.are_in_line(one, other));
            if let Some(other) = in_line {
                return Err(Error::usage(format!(
                    "`{}` follows `{}` already, so there is nothing to join between them: name \
                     heads, see diesel-autogen heads",
                    other.dir_name, one.dir_name
                )));
            }
        }
        match found[..] {
            [only] if history.heads().len() > 1 => Err(Error::usage(format!(
                "`{}` alone cannot be merged: name what it is to be joined with, or write heads \
                 for all, see diesel-autogen heads",
                only.dir_name
            ))),
            [] | [_] | [_, ..] => Ok(found),
        }
    }
}

/// The newest of two heads that can still be moved: nothing that only it follows was applied.
fn unpublished(history: &History, heads: &[&Revision], applied: &[String]) -> Option<String> {
    let [older, newer] = heads else { return None };
    [(newer, older), (older, newer)]
        .into_iter()
        .find(|(mine, onto)| movable(history, mine, onto, applied).is_ok())
        .map(|(mine, _)| mine.dir_name.clone())
}

/// Branches that are to be joined.
struct Joining<'m> {
    project: &'m Project,
    history: &'m History,
    heads: &'m [&'m Revision],
    applied: &'m [String],
    scratch: &'m ScratchUrl,
}

impl Joining<'_> {
    /// What the branches lead to together.
    fn joined(&self) -> Result<Joined, Error> {
        let parallel = Parallel::new(self.history, self.heads);
        let clashes = parallel.clashes();
        if !clashes.is_empty() {
            let what = format!("both branches concern {}", clashes.join(", "));
            return Err(self.refused(&parallel, what));
        }
        let server = self.scratch.server(&self.project.target(), self.project.root())?;
        let server = server.ok_or_else(|| {
            Error::usage(
                "branches are joined after both were run in either order: name a server with \
                 --scratch-url or DATABASE_URL, on which databases are made for it and dropped \
                 again",
            )
        })?;
        parallel.join(&server).map_err(|error| self.refused(&parallel, error.to_string()))
    }

    /// Why the branches cannot be joined, what each does, and the ways out.
    fn refused(&self, parallel: &Parallel<'_>, why: String) -> Error {
        let mut lines = vec![format!("the branches cannot be merged: {why}")];
        let side = |side: &Vec<&Revision>| -> Vec<String> {
            let mut lines = Vec::new();
            for revision in side {
                lines.push(revision.dir_name.clone());
                let line = self.history.leading_to(&[revision]);
                let states = line.replay().unwrap_or_default();
                let changes = differences(states.last().map_or(&[], |it| &it.changes));
                lines.extend(changes.into_iter().map(|change| format!("  {change}")));
            }
            lines
        };
        let sides: Vec<Vec<String>> = parallel.sides.iter().map(side).collect();
        lines.extend(side_by_side(&sides));
        for name in self.heads.iter().rev().filter(|head| self.may_move(head)) {
            let name = &name.dir_name;
            lines.push(format!("  put it on top of the other: diesel-autogen rebase {name}"));
        }
        let gone = |head: &&&Revision| !self.applied.contains(&head.version);
        let gone = self.heads.iter().rev().find(gone).or(self.heads.last());
        let gone = gone.map_or("one", |head| &head.dir_name);
        lines.push(format!(
            "  or remove the directory of {gone} and the snapshot, restore the snapshot with \
             diesel-autogen init, and generate it again"
        ));
        Error::new(Exit::Conflict, lines.join("\n"))
    }

    /// Whether rebase moves a head on top of the other: it is tried, and nothing is written.
    fn may_move(&self, mine: &Revision) -> bool {
        let others: Vec<_> = self.heads.iter().filter(|it| it.version != mine.version).collect();
        let [onto] = others[..] else { return false };
        movable(self.history, mine, onto, self.applied)
            .and_then(|side| moved(self.scratch, self.project, self.history, &side, onto))
            .is_ok()
    }
}

fn changeset(
    project: &Project,
    history: &History,
    heads: &[&Revision],
    title: &Title,
    dir_name: &str,
    joined: &Joined,
) -> Result<Changeset, Error> {
    let sql = nothing(JOINS, project.target().dialect);
    let metadata = Metadata {
        version: Some(version(dir_name)),
        message: Some(title.message.clone()),
        parents: Some(heads.iter().map(|it| it.version.clone()).collect()),
        by_hand: false,
        up_checksum: Some(checksum(&sql)),
        down_checksum: Some(checksum(&sql)),
        records: Some(Vec::new()),
        ..Metadata::default()
    };
    let metadata = metadata.write();
    let (up_sql, down_sql) = (sql.clone(), sql);
    let mut revisions = history.revisions().to_vec();
    revisions.push(
        Revision::read(dir_name, up_sql.clone(), Some(down_sql.clone()), Some(&metadata))
            .map_err(|error| Error::failure(error.to_string()))?,
    );
    let after = History::new(revisions)?;
    let snapshot = snapshot::write(&Snapshot {
        backend: project.config.backend.name().to_owned(),
        head: after.recorded_heads().iter().map(|it| it.version.clone()).collect(),
        unmanaged: unmanaged(&joined.schema, &joined.live),
        schema: after.schema()?,
    });
    let revision = NewRevision { dir_name: dir_name.to_owned(), up_sql, down_sql, metadata };
    let files = vec![(snapshot::FILE.to_owned(), snapshot)];
    Ok(Changeset { revision: Some(revision), files, ..Changeset::default() })
}
