//! Whether a database is where the revisions lead.

use diesel_autogen_database::Server;
use diesel_autogen_evolve::revision::{AddressError, History};
use serde::Serialize;

use super::guards::{self, Stopped};
use crate::commands::{DatabaseUrl, integrity};
use crate::project::Project;
use crate::project::compare::{Compared, compare};
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// What was found in a database.
#[derive(Serialize)]
pub(super) struct DatabaseReport {
    pending: Vec<String>,
    not_on_disk: Vec<String>,
    changed: Vec<String>,
    /// What is in the database besides: no revision made it, and it is left alone.
    unmanaged: Vec<String>,
    /// Directories of revisions that were edited after the database ran them.
    edited: Vec<String>,
    /// Versions of pending revisions that are older than an applied one, and that nobody has
    /// proved to work after it.
    out_of_order: Vec<String>,
    /// What guards of pending revisions found: with these rows the revisions would fail.
    stopped: Vec<Stopped>,
    #[serde(skip)]
    allow_pending: bool,
    /// Whether it has some of the revisions that one replaces, and not all.
    #[serde(skip)]
    halfway: bool,
}

/// Compares a database with the revisions that it has, and says what it found.
pub(super) fn look(
    url: &DatabaseUrl,
    scratch: Option<Server>,
    allow_pending: bool,
    project: &Project,
    history: &History,
    terminal: &mut Terminal,
) -> Result<DatabaseReport, Error> {
    let mut database = url.open_existing(project)?;
    let server = url.server(project, scratch)?;
    let applied = database.applied()?;
    let Compared { pending, not_on_disk, changed, more } =
        compare(history, &mut database, &server, &project.target())?;
    let checksums = database.checksums()?;
    let edited = integrity::edited(history, &applied, &checksums);
    let late = history.late(&applied);
    let late: Vec<_> = late.iter().filter(|it| !it.is_merged).collect();
    for line in &changed {
        terminal.found(None, format!("changed in the database beside its revisions: {line}"));
    }
    for line in &more {
        terminal.line(format!("in the database besides, and left alone: {line}"));
    }
    let missing = history.all_here(&applied).err();
    let halfway = missing.filter(|error| matches!(error, AddressError::Halfway { .. }));
    if let Some(error) = &halfway {
        terminal.found(None, error);
    } else {
        for version in &not_on_disk {
            terminal.found(None, format!("revision {version} of the database is not on disk"));
        }
    }
    for revision in &edited {
        terminal.found(None, integrity::edited_text(project, revision));
    }
    for it in &late {
        terminal.found(None, integrity::late_text(it));
    }
    for version in &pending {
        let text = format!("revision {version} is pending");
        match allow_pending {
            true => terminal.line(text),
            false => terminal.found(None, text),
        }
    }
    let stopped = guards::stopped(project, history, &pending, &mut database, terminal);
    let report = DatabaseReport {
        pending,
        not_on_disk,
        changed,
        unmanaged: more,
        edited: edited.iter().map(|it| it.dir_name.clone()).collect(),
        out_of_order: late.iter().map(|it| it.revision.version.clone()).collect(),
        stopped,
        allow_pending,
        halfway: halfway.is_some(),
    };
    report.advise(terminal);
    Ok(report)
}

impl DatabaseReport {
    /// What to do next.
    fn advise(&self, terminal: &mut Terminal) {
        if !self.changed.is_empty() {
            terminal.note(
                "undo it there, or write it into a migration by hand with diesel-autogen generate \
                 -m \"…\" --empty",
            );
        } else if self.halfway {
            // What to do was said with it.
        } else if !self.not_on_disk.is_empty() {
            terminal.note(
                "check out the branch that has what is not on disk, restore its directory, or \
                 forget it with diesel-autogen stamp REVISION --purge",
            );
        } else if !self.out_of_order.is_empty() {
            terminal.note(
                "where the order makes no difference, apply it with diesel-autogen upgrade \
                 --allow-out-of-order",
            );
        } else if !self.stopped.is_empty() {
            terminal.note(
                "change those rows first, or what the models want of them: what a code means says \
                 diesel-autogen explain",
            );
        } else if !self.pending.is_empty() {
            terminal.note("apply what is pending with diesel-autogen upgrade");
        } else if self.edited.is_empty() {
            terminal.line("the database is what its revisions made");
        }
    }

    /// How the command ends for the database's sake.
    pub(super) fn exit(&self) -> Exit {
        let DatabaseReport {
            pending,
            not_on_disk,
            changed,
            unmanaged: _,
            edited,
            out_of_order,
            stopped,
            allow_pending,
            halfway: _,
        } = self;
        if !not_on_disk.is_empty() || !edited.is_empty() || !out_of_order.is_empty() {
            return Exit::Conflict;
        }
        match changed.is_empty() && stopped.is_empty() && (*allow_pending || pending.is_empty()) {
            true => Exit::Fine,
            false => Exit::Drift,
        }
    }
}
