mod anew;

use chrono::Utc;
use clap::Args;
use diesel_autogen_evolve::ownership::unmanaged;
use diesel_autogen_evolve::revision::{History, Revision};
use diesel_autogen_schema::snapshot::{self, Snapshot};
use serde::Serialize;

use super::{DatabaseUrl, ScratchUrl, Selection};
use crate::project::write::{self, Changeset, Lock, NewRevision};
use crate::project::{Project, shown, stamp};
use crate::terminal::Terminal;
use crate::{Error, Exit};
use anew::{Line, SqlIs};

/// Put revisions that were published nowhere on top of what others did meanwhile: they get new
/// versions, their SQL is made anew and proved. Works while the snapshot has conflict markers.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  diesel-autogen rebase add_user_bio\n  \
                        diesel-autogen rebase add_user_bio --onto add_teams")]
pub(super) struct Rebase {
    /// The head to move, with all that only it follows; otherwise the one that the database has
    /// not applied, if that tells.
    revision: Option<String>,
    /// The head that it is to follow; the other one, if there are two.
    #[arg(long, value_name = "REVISION")]
    onto: Option<String>,
    #[command(flatten)]
    scratch: ScratchUrl,
    #[command(flatten)]
    database: DatabaseUrl,
}

#[derive(Serialize)]
struct Report {
    package: String,
    moved: Vec<Moved>,
    /// The directory that the first of them follows now.
    onto: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Moved {
    from: String,
    to: String,
    /// Whether its SQL is another one now.
    sql_changed: bool,
}

impl Rebase {
    pub(super) fn run(
        &self,
        selection: &Selection,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let project = selection.open(terminal)?;
        let mut lock = Lock::open(project.migrations())?;
        let _held = lock.acquire()?;
        write::recover_locked(project.migrations())?;
        let history = project.history()?;
        let package = project.package().to_owned();
        if history.heads().len() < 2 {
            terminal.line("nothing to rebase: there is one head");
            terminal.json(&Report { package, moved: Vec::new(), onto: None });
            return Ok(Exit::Fine);
        }
        let applied = self.database.applied_if_named(&project, terminal)?;
        let (mine, onto) = self.chosen(&history, applied.as_deref())?;
        let side = movable(&history, mine, onto, &applied.unwrap_or_default())?;
        let (changeset, moved) = moved(&self.scratch, &project, &history, &side, onto)?;
        write::write(project.migrations(), &changeset)?;
        for it in &moved {
            let sql = if it.sql_changed { "its SQL was made anew" } else { "its SQL stays" };
            terminal.line(format!("moved {} to {}: {sql}", it.from, it.to));
        }
        terminal.line(format!("they follow {} now", onto.dir_name));
        terminal.line(format!("updated {}", shown(&project.snapshot_path())));
        terminal.line("next: run diesel-autogen check, then diesel-autogen upgrade");
        terminal.json(&Report { package, moved, onto: Some(onto.dir_name.clone()) });
        Ok(Exit::Fine)
    }

    /// The head to move, and the one that it is to follow.
    fn chosen<'h>(
        &self,
        history: &'h History,
        applied: Option<&[String]>,
    ) -> Result<(&'h Revision, &'h Revision), Error> {
        let heads = history.heads();
        let mine = match (&self.revision, applied) {
            (Some(address), _) => {
                let named = history.found(address, applied)?;
                let mut after = heads.iter().filter(|head| history.are_in_line(head, named));
                match (after.next(), after.next()) {
                    (Some(one), None) => *one,
                    (Some(_), Some(_)) | (None, _) => {
                        return Err(Error::usage(format!(
                            "`{}` leads to more than one head: name a head, see diesel-autogen \
                             heads",
                            named.dir_name
                        )));
                    }
                }
            }
            (None, Some(applied)) => {
                let is_open = |it: &&&Revision| !applied.contains(&it.version);
                let mut open = heads.iter().filter(is_open);
                match (open.next(), open.next()) {
                    (Some(one), None) => *one,
                    (Some(_), Some(_)) | (None, _) => return Err(which(&heads)),
                }
            }
            (None, None) => return Err(which(&heads)),
        };
        let others = heads.iter().filter(|it| it.version != mine.version);
        let onto = match (&self.onto, &others.collect::<Vec<_>>()[..]) {
            (Some(address), _) => history.found(address, applied)?,
            (None, [one]) => one,
            (None, _) => {
                return Err(Error::new(
                    Exit::Decision,
                    format!(
                        "there are {} heads: say which one `{}` is to follow with --onto",
                        heads.len(),
                        mine.dir_name
                    ),
                ));
            }
        };
        Ok((mine, onto))
    }
}

/// The changes that put a side of a branch on top of `onto`, and which revision goes where. Nothing
/// is written.
pub(super) fn moved(
    scratch: &ScratchUrl,
    project: &Project,
    history: &History,
    side: &[&Revision],
    onto: &Revision,
) -> Result<(Changeset, Vec<Moved>), Error> {
    let target = project.target();
    let server = scratch.server(&target, project.root())?.ok_or_else(|| {
        Error::usage(
            "revisions are made anew by running them: name a server with --scratch-url or \
             DATABASE_URL, on which databases are made for it and dropped again",
        )
    })?;
    let stays = |it: &&Revision| !side.iter().any(|mine| mine.version == it.version);
    let mut rest: Vec<Revision> = history.revisions().iter().filter(stays).cloned().collect();
    let mut line = Line::new(project, history, side, onto, &server)?;
    // The new versions are later than the old ones too, which somebody may have run.
    let mut newest = history.newest_directory().map(str::to_owned);
    let (mut moved, mut parent) = (Vec::new(), onto.version.clone());
    let mut changeset = Changeset::default();
    for revision in side {
        let stamp = stamp(Utc::now(), newest.as_deref())?;
        let dir_name = format!("{stamp}_{}", revision.slug);
        let (placed, sql) = line.place(revision, &dir_name, &parent)?;
        parent.clone_from(&placed.version);
        moved.push(Moved {
            from: revision.dir_name.clone(),
            to: dir_name,
            sql_changed: sql == SqlIs::New,
        });
        changeset.removed.push(revision.dir_name.clone());
        changeset.more.push(NewRevision {
            dir_name: placed.dir_name.clone(),
            up_sql: placed.up_sql.clone(),
            down_sql: placed.down_sql.clone().unwrap_or_default(),
            metadata: placed.metadata().write(),
        });
        newest = Some(placed.dir_name.clone());
        rest.push(placed);
    }
    let after = History::new(rest)?;
    let snapshot = snapshot::write(&Snapshot {
        backend: project.config.backend.name().to_owned(),
        head: after.recorded_heads().iter().map(|it| it.version.clone()).collect(),
        unmanaged: unmanaged(&line.owned().clone(), &line.live()?),
        schema: after.schema()?,
    });
    changeset.files.push((snapshot::FILE.to_owned(), snapshot));
    Ok((changeset, moved))
}

/// What is to be moved, in order.
pub(super) fn movable<'h>(
    history: &'h History,
    mine: &'h Revision,
    onto: &Revision,
    applied: &[String],
) -> Result<Vec<&'h Revision>, Error> {
    let conflict = |text: String| Err(Error::new(Exit::Conflict, text));
    let side = history.sides(&[mine, onto]).into_iter().next().unwrap_or_default();
    for revision in &side {
        let name = &revision.dir_name;
        if applied.contains(&revision.version) {
            return conflict(format!(
                "`{name}` is applied to the database, so it keeps its version: revert it there \
                 first, or join the branches with diesel-autogen merge heads -m \"…\""
            ));
        }
        if revision.parents.as_ref().is_some_and(|parents| parents.len() > 1) {
            return conflict(format!(
                "`{name}` joins branches and cannot be moved: name the other"
            ));
        }
        if let Some(other) = history.descendants(revision).into_iter().find(|it| !side.contains(it))
        {
            return conflict(format!(
                "`{}` follows `{name}` and would lose it: move that one first",
                other.dir_name
            ));
        }
        if let Some(file) = revision.edited_files().first() {
            return conflict(format!(
                "`{name}/{file}` is not as it was generated, so it cannot be made anew: restore it \
                 first"
            ));
        }
    }
    Ok(side)
}

fn which(heads: &[&Revision]) -> Error {
    let ways: Vec<String> =
        heads.iter().map(|it| format!("\n  diesel-autogen rebase {}", it.dir_name)).collect();
    Error::new(
        Exit::Decision,
        format!(
            "say which head no database has applied yet, so that it may move:{}",
            ways.concat()
        ),
    )
}
