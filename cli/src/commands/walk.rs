use std::path::{Path, PathBuf};

use diesel_autogen_database::Database;
use diesel_autogen_evolve::revision::{Revision, Way, checksum};
use serde::Serialize;

use super::filling;
use crate::Error;
use crate::project::Project;
use crate::terminal::Terminal;

/// What was done to a database.
#[derive(Default, Serialize)]
pub(super) struct Walked {
    /// Directories of the revisions that were reverted, in order.
    reverted: Vec<String>,
    /// Directories of the revisions that were applied, in order.
    applied: Vec<String>,
}

impl Walked {
    /// Applies or reverts these revisions in this order, and says which were done, also when one of
    /// them fails. Before one that fills rows in batches, that is done batch by batch.
    pub(super) fn walk(
        &mut self,
        way: Way,
        path: &[&Revision],
        project: &Project,
        database: &mut Database,
        terminal: &mut Terminal,
    ) -> Result<(), Error> {
        let engine = database.engine();
        let fills = |it: &Revision| match way {
            Way::Up => filling::in_batches(it, engine),
            Way::Down => None,
        };
        for part in path.chunk_by(|_, next| fills(next).is_none()) {
            if let Some((first, steps)) = part.first().and_then(|it| Some((it, fills(it)?))) {
                filling::fill(first, &steps, database, terminal)?;
            }
            self.part(way, part, project, database, terminal)?;
        }
        Ok(())
    }

    /// The same through Diesel's own harness.
    fn part(
        &mut self,
        way: Way,
        path: &[&Revision],
        project: &Project,
        database: &mut Database,
        terminal: &mut Terminal,
    ) -> Result<(), Error> {
        let directories: Vec<PathBuf> =
            path.iter().map(|revision| project.migrations().join(&revision.dir_name)).collect();
        let (doing, did, done) = match way {
            Way::Up => ("applying", "applied", &mut self.applied),
            Way::Down => ("reverting", "reverted", &mut self.reverted),
        };
        let first = done.len();
        let mut told = |directory: &Path| {
            let name = directory.file_name().unwrap_or_default().to_string_lossy().into_owned();
            terminal.step(format!("{doing} {name}"));
            done.push(name);
        };
        let noted = |directory: &Path| {
            let revision = path.iter().find(|it| directory.ends_with(&it.dir_name))?;
            Some((revision.version.clone(), checksum(&revision.up_sql)))
        };
        let result = match way {
            Way::Up => database.upgrade_noting(&directories, &mut told, &noted),
            Way::Down => database.downgrade(&directories, &mut told),
        };
        if result.is_err() {
            done.pop();
        }
        for name in &done[first..] {
            terminal.line(format!("{did} {name}"));
        }
        result.map_err(|error| Error::from(error).after(self))
    }
}
