//! Migrations as lints look at them.

use std::path::Path;

use diesel_autogen_evolve::lint::{Levels, Subject, Workflow};
use diesel_autogen_evolve::revision::{History, Revision};
use diesel_autogen_evolve::script::{Known, read};
use diesel_autogen_schema::Schema;

use super::{Project, directory, shown};
use crate::Error;

impl Project {
    /// How bad the package finds what lints find.
    ///
    /// # Errors
    /// When its manifest has a code that no lint has.
    pub fn levels(&self) -> Result<Levels, Error> {
        Levels::new(&self.config.lints).map_err(|error| {
            let manifest = shown(self.located.manifest_path());
            Error::failure(format!("`lints` in `{manifest}`: {error}"))
        })
    }

    /// What is known of a database with this schema, and with what these revisions did that nobody
    /// has learned yet.
    pub fn known(&self, schema: &Schema, unlearned: &[&Revision]) -> Known {
        let mut known = Known::schema(schema, self.config.backend);
        for revision in unlearned {
            let statements = read(&revision.up_sql, known.engine());
            statements.iter().for_each(|it| known.advance(&it.action));
        }
        known
    }

    /// What is looked at when a revision is, on a database as `known`.
    pub fn subject<'r>(
        &self,
        revision: &'r Revision,
        known: Known,
        metadata: Option<&'r str>,
    ) -> Subject<'r> {
        Subject {
            flavour: self.target().flavour,
            minimum: self.target().minimum,
            sql: &revision.up_sql,
            transaction: revision.transaction,
            known,
            revision: Some(Workflow {
                message: revision.title(),
                down_sql: revision.down_sql.as_deref(),
                metadata,
                edited: revision.edited_files(),
                generated: !revision.by_hand && revision.records.is_some(),
            }),
        }
    }

    /// The text of a revision's `metadata.toml`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn metadata(&self, revision: &Revision) -> Result<Option<String>, Error> {
        directory::text(&self.directory(revision).join("metadata.toml"))
    }

    /// The directory of a revision.
    pub fn directory(&self, revision: &Revision) -> std::path::PathBuf {
        self.migrations().join(&revision.dir_name)
    }
}

/// What is known before each of these revisions, in their order.
///
/// # Errors
/// When the recorded changes do not fit each other.
pub fn before<'h>(
    project: &Project,
    history: &'h History,
    revisions: &[&'h Revision],
) -> Result<Vec<Known>, Error> {
    let is_line = history.heads().len() < 2 && history.branch_points().is_empty();
    if !is_line {
        // Branches need not fit each other, so each revision is looked at from its own base.
        return revisions.iter().map(|it| before_one(project, history, it)).collect();
    }
    let states = history.replay()?;
    let mut found = Vec::new();
    for revision in revisions {
        let at = states.iter().position(|it| it.revision.version == revision.version);
        let earlier = &states[..at.unwrap_or(states.len())];
        let unlearned: Vec<&Revision> =
            earlier.iter().map(|it| it.revision).filter(|it| it.is_unlearned()).collect();
        let schema = earlier.last().map_or(&Schema::EMPTY, |it| &it.schema);
        found.push(project.known(schema, &unlearned));
    }
    Ok(found)
}

fn before_one(project: &Project, history: &History, revision: &Revision) -> Result<Known, Error> {
    let line = history.leading_to(&[revision]);
    let states = line.replay()?;
    let earlier = &states[..states.len().saturating_sub(1)];
    let unlearned: Vec<&Revision> =
        earlier.iter().map(|it| it.revision).filter(|it| it.is_unlearned()).collect();
    let schema = earlier.last().map_or(&Schema::EMPTY, |it| &it.schema);
    Ok(project.known(schema, &unlearned))
}

/// The revision whose `up.sql` is this file.
pub fn revision_of<'h>(
    project: &Project,
    history: &'h History,
    file: &Path,
) -> Option<&'h Revision> {
    let file = file.canonicalize().ok()?;
    let own = |it: &&Revision| {
        let path = project.directory(it).join("up.sql");
        path.canonicalize().is_ok_and(|path| path == file)
    };
    history.revisions().iter().find(own)
}
