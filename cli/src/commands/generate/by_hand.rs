use chrono::Utc;
use diesel_autogen_evolve::revision::{Metadata, Title};
use serde::Serialize;

use crate::project::write::{self, Changeset, NewRevision};
use crate::project::{Project, shown, stamp};
use crate::terminal::Terminal;
use crate::{Error, Exit};

const UP: &str = "-- Write here what this migration does.\n";
const DOWN: &str = "-- Write here how it is undone.\n";

#[derive(Serialize)]
struct Report {
    package: String,
    written: bool,
    directory: String,
}

/// Writes a revision without SQL. Its effect is learned by running it when the next one is
/// generated.
pub(super) fn write_skeleton(
    project: &Project,
    title: &Title,
    terminal: &mut Terminal,
) -> Result<Exit, Error> {
    let history = project.history()?;
    if history.heads().len() > 1 {
        history.find("head")?;
    }
    let parents = history.heads().iter().map(|it| it.version.clone()).collect();
    let dir_name = format!("{}_{}", stamp(Utc::now(), history.newest_directory())?, title.slug);
    let metadata = Metadata {
        message: Some(title.message.clone()),
        parents: Some(parents),
        ..Metadata::default()
    };
    let revision = NewRevision {
        dir_name: dir_name.clone(),
        up_sql: UP.to_owned(),
        down_sql: DOWN.to_owned(),
        metadata: metadata.write(),
    };
    let changeset = Changeset { revision: Some(revision), ..Changeset::default() };
    write::write(project.migrations(), &changeset)?;
    let directory = shown(&project.migrations().join(&dir_name));
    terminal.line(format!("wrote {directory}/{{up.sql,down.sql,metadata.toml}}"));
    terminal.line("next: write its SQL; what it changes is learned when the next is generated");
    terminal.json(&Report { package: project.package().to_owned(), written: true, directory });
    Ok(Exit::Fine)
}
