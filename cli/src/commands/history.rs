use std::collections::BTreeMap;

use clap::Args;
use diesel_autogen_evolve::revision;
use serde::Serialize;

use super::view::{RevisionView, Said, Views};
use super::{DatabaseUrl, Selection};
use crate::project::Project;
use crate::project::mend::{self, Mended};
use crate::terminal::{Node, Terminal, lanes};
use crate::{Error, Exit};

/// List the revisions, newest first.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  diesel-autogen history --verbose\n  \
                        diesel-autogen history -r -3:current\n  \
                        diesel-autogen history -r 2026-11-22:head --graph\n  \
                        diesel-autogen history --fix")]
pub(super) struct History {
    /// Say what each revision changed, what it does to data and time, and whether its files are as
    /// they were generated.
    #[arg(short, long)]
    verbose: bool,
    /// Only those from one revision to another: `a:b`, `a:`, `:b`, `-3:current`.
    #[arg(short, long, value_name = "RANGE", allow_hyphen_values = true)]
    range: Option<String>,
    /// Draw which follows which, as a terminal gets it anyway where there are branches.
    #[arg(long)]
    graph: bool,
    /// Make one history of directories that were renamed, that share a version, or that follow what
    /// is not there or comes later: only where no database has run them, and the recorded changes
    /// fit each other.
    #[arg(long, conflicts_with_all = ["verbose", "range", "graph"])]
    fix: bool,
    #[command(flatten)]
    database: DatabaseUrl,
}

#[derive(Serialize)]
struct Report {
    revisions: Vec<RevisionView>,
}

impl History {
    pub(super) fn run(
        &self,
        selection: &Selection,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let project = selection.open(terminal)?;
        if self.fix {
            let applied = self.database.applied_if_named(&project, terminal)?;
            return fix(&project, &applied.unwrap_or_default(), terminal);
        }
        let history = project.history()?;
        let applied = self.database.applied_if_answered(&project, terminal)?;
        let wanted = match &self.range {
            Some(range) => history.range(range, applied.as_deref())?,
            None => history.revisions().iter().collect(),
        };
        let said = if self.verbose { said(&project, &history, terminal) } else { BTreeMap::new() };
        let views = Views::new(&history, applied.as_deref());
        let revisions: Vec<RevisionView> = wanted
            .iter()
            .rev()
            .map(|it| match said.get(it.version.as_str()) {
                Some(said) => views.of(it).with(said),
                None => views.of(it),
            })
            .collect();
        if revisions.is_empty() {
            terminal.line("no revision yet: write the first with diesel-autogen generate -m \"…\"");
        }
        let has_branches = !history.branch_points().is_empty() || history.heads().len() > 1;
        show(&revisions, self.graph || has_branches && terminal.is_watched(), terminal);
        terminal.json(&Report { revisions });
        Ok(Exit::Fine)
    }
}

fn show(revisions: &[RevisionView], graph: bool, terminal: &mut Terminal) {
    let nodes: Vec<Node<'_>> = revisions
        .iter()
        .map(|it| Node {
            name: &it.version,
            parents: it.parents.iter().map(String::as_str).collect(),
        })
        .collect();
    let drawn = if graph { lanes(&nodes) } else { Vec::new() };
    for (at, revision) in revisions.iter().enumerate() {
        let lane = drawn.get(at);
        for line in lane.iter().flat_map(|lane| &lane.above) {
            terminal.line(line);
        }
        let (mark, below) = match lane {
            Some(lane) => (format!("{} ", lane.mark), format!("{} ", lane.below)),
            None => (String::new(), String::new()),
        };
        terminal.line(format!("{mark}{}", revision.line()));
        for line in revision.details() {
            terminal.line(format!("{below}    {line}").trim_end());
        }
    }
}

/// What can be said of each revision, by its version. What is wrong with the records is said and
/// does not keep the rest from being told.
fn said(
    project: &Project,
    history: &revision::History,
    terminal: &mut Terminal,
) -> BTreeMap<String, Said> {
    let mut said = BTreeMap::new();
    // Branches that were not merged need not fit each other, so each is followed alone.
    for head in history.heads() {
        let line = history.leading_to(&[head]);
        let states = match line.replay() {
            Ok(states) => states,
            Err(error) => {
                terminal.warn(error);
                Vec::new()
            }
        };
        let mut before = None;
        for state in &states {
            let of = Said::new(project, before, state);
            said.insert(state.revision.version.clone(), of);
            before = Some(&state.schema);
        }
    }
    said
}

fn fix(project: &Project, applied: &[String], terminal: &mut Terminal) -> Result<Exit, Error> {
    let Mended { renamed, moved, followed } = mend::mended(project, applied)?;
    if renamed.is_empty() && moved.is_empty() && followed.is_empty() {
        terminal.line("nothing to fix: the directories are one history");
    }
    for name in &renamed {
        terminal.line(format!("`{name}` is the name of the revision from now on"));
    }
    for name in &moved {
        terminal.line(format!("`{name}` has a version of its own now"));
    }
    for name in &followed {
        terminal.line(format!("`{name}` follows what stands before it now"));
    }
    if !moved.is_empty() || !followed.is_empty() {
        terminal.note(
            "see what it came to with diesel-autogen history --graph and check, and prove it with \
             diesel-autogen verify",
        );
    }
    let fixed = [&renamed[..], &moved, &followed].concat();
    terminal.json(&serde_json::json!({ "fixed": fixed }));
    Ok(Exit::Fine)
}
