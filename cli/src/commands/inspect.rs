use clap::Args;
use diesel_autogen_evolve::ownership::unmanaged;
use diesel_autogen_schema::snapshot::{self, Snapshot};
use serde::Serialize;

use super::{DatabaseUrl, Selection};
use crate::source::did_you_mean;
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// Show what a database holds, as the facts that models would state: tables in the words of the
/// snapshot, and what no model can state. Nothing is written.
#[derive(Debug, Args)]
#[command(after_help = "Example: diesel-autogen inspect --database-url postgres://localhost/shop")]
pub(super) struct Inspect {
    /// Show these tables alone, `auth.users` for one of another schema.
    #[arg(value_name = "TABLE")]
    tables: Vec<String>,
    #[command(flatten)]
    database: DatabaseUrl,
}

#[derive(Serialize)]
struct Report {
    tables: Vec<String>,
    /// What is no table and no part of one, one line each: `view active_users`.
    unmanaged: Vec<String>,
    /// The facts, in the words of the snapshot.
    snapshot: String,
}

impl Inspect {
    pub(super) fn run(
        &self,
        selection: &Selection,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let project = selection.open(terminal)?;
        let live = self.database.open_existing(&project)?.live()?;
        let unmanaged = unmanaged(&live.schema, &live);
        let mut schema = live.schema;
        let names = |schema: &diesel_autogen_schema::Schema| -> Vec<String> {
            schema.tables.iter().map(|table| table.place().to_string()).collect()
        };
        let there = names(&schema);
        if let Some(missing) = self.tables.iter().find(|name| !there.contains(name)) {
            let near = did_you_mean(missing, there.iter().map(String::as_str));
            return Err(Error::usage(format!("the database has no table `{missing}`{near}")));
        }
        if !self.tables.is_empty() {
            schema.tables.to_mut().retain(|it| self.tables.contains(&it.place().to_string()));
        }
        let tables = names(&schema);
        let text = snapshot::write(&Snapshot {
            backend: project.config.backend.name().to_owned(),
            head: Vec::new(),
            unmanaged: unmanaged.clone(),
            schema: schema.canonical(),
        });
        // What is said of the file and of revisions is not true of a database.
        let facts = text.find("\n[").map_or("", |at| &text[at + 1..]);
        for line in facts.lines() {
            terminal.line(line);
        }
        if tables.is_empty() {
            terminal.line("the database has no table");
        }
        for line in &unmanaged {
            terminal.note(format!("no model can state it: {line}"));
        }
        terminal.json(&Report { tables, unmanaged, snapshot: facts.to_owned() });
        Ok(Exit::Fine)
    }
}
