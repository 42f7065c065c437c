mod answers;
mod ask;
mod by_hand;
mod draft;
mod hints;
mod line;
mod online;
mod relearn;
mod report;
mod retired;

use clap::Args;
use diesel_autogen_evolve::lint::Finding;
use diesel_autogen_evolve::revision::Title;
use diesel_autogen_schema::config::Level;

use super::{ScratchUrl, Selection};
use crate::project::Project;
use crate::project::learn::Replayed;
use crate::project::write::{self, Lock};
use crate::terminal::Terminal;
use crate::{Error, Exit};
use answers::Answers;
use draft::Draft;
use online::Asked;
use report::Report;

/// Write the migration that brings the database to where the models are, and prove it first.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  diesel-autogen generate -m \"add user bio\"\n  \
                        diesel-autogen generate -m \"split name\" --rename users.name:full_name\n  \
                        diesel-autogen generate -m \"drop bio\" --allow-loss users.bio\n  \
                        diesel-autogen generate -m \"retire bio\" --retire users.bio\n  \
                        diesel-autogen generate -m \"fill slugs\" --empty")]
pub(super) struct Generate {
    /// What the revision changes, in a few words.
    #[arg(short, long, value_name = "TEXT")]
    message: Option<String>,
    /// Show everything and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Write a migration without SQL, to be filled in by hand.
    #[arg(long, conflicts_with_all = ["rename", "backfill", "allow_loss", "retire", "dry_run", "relearn"])]
    empty: bool,
    #[command(flatten)]
    answers: Answers,
    /// A migration by hand that was edited after its effect was learned, and that no database has
    /// run yet: its version, the beginning of that, or its name.
    #[arg(long, value_name = "REVISION")]
    relearn: Vec<String>,
    #[command(flatten)]
    online: Asked,
    #[command(flatten)]
    scratch: ScratchUrl,
    /// Write the migration without trying it anywhere.
    #[arg(long, conflicts_with = "scratch_url")]
    unproved: bool,
    /// What this command does anyway; taken so that old habits work.
    #[arg(long, hide = true)]
    autogenerate: bool,
}

impl Generate {
    pub(super) fn run(
        &self,
        selection: &Selection,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let title = Title::new(self.message.as_deref().unwrap_or_default())?;
        let mut project = selection.open(terminal)?;
        self.online.put(&mut project)?;
        if self.dry_run {
            return self.generate(&project, &title, terminal);
        }
        let mut lock = Lock::open(project.migrations())?;
        let _held = lock.acquire()?;
        // Another command may have been killed while this one waited.
        write::recover_locked(project.migrations())?;
        if self.empty {
            return by_hand::write_skeleton(&project, &title, terminal);
        }
        self.generate(&project, &title, terminal)
    }

    fn generate(
        &self,
        project: &Project,
        title: &Title,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let target = project.target();
        let server = if self.unproved {
            None
        } else {
            self.scratch.server(&project.target(), project.root())?
        };
        let (source, (mut replayed, snapshot)) = project.read_models(|| {
            let history = project.history()?;
            let recorded = project.recorded(&history)?;
            let owned = recorded.schema?;
            let history = relearn::forgotten(history, &self.relearn)?;
            for revision in history.revisions() {
                for file in revision.edited_files() {
                    terminal.warn(super::check::edited(project, revision, file));
                }
            }
            let unmanaged = &recorded.unmanaged;
            let replayed =
                Replayed::for_changes(history, owned, unmanaged, server.as_ref(), &target)?;
            Ok((replayed, recorded.text))
        })?;
        let (levels, known) = (project.levels()?, project.known(&replayed.owned, &[]));
        let mut person = ask::at_terminal().filter(|_| terminal.is_for_a_person());
        let mut answers = self.answers.clone();
        let models = answers.completed(
            source.schema,
            &mut replayed,
            project,
            person.as_mut().map(|it| it as &mut dyn ask::Person),
            terminal,
        )?;
        let allowed = answers.allowed();
        for message in hints::dangling(&models, replayed.tables()) {
            terminal.warn(message);
        }
        let asked = self.online.phases(project);
        let draft = Draft::new(project, title, replayed, models.canonical(), &allowed, asked)?;
        for object in draft.unused_allowances(&allowed) {
            terminal.note(format!("--allow-loss {object}: nothing of it is lost"));
        }
        draft.together.iter().for_each(|it| terminal.note(it));
        let findings = draft.lints(project, &known, &levels);
        let report = Report::new(project, &draft, &snapshot, &findings);
        report.show(terminal);
        denied(&findings)?;
        if !self.dry_run && !draft.changeset.is_empty() {
            let first = !project.snapshot_path().exists();
            write::write(project.migrations(), &draft.changeset)?;
            if first {
                project.wake_builds()?;
            }
        }
        report.finish(self.dry_run, terminal);
        Ok(Exit::Fine)
    }
}

/// Nothing is written that the package does not want.
fn denied(findings: &[(usize, Finding)]) -> Result<(), Error> {
    let denied: Vec<String> = findings
        .iter()
        .map(|(_, finding)| finding)
        .filter(|finding| finding.level == Level::Deny)
        .map(|finding| {
            format!(
                "{finding}: this package denies it, so nothing was written; change the models, or \
                 `lints` in Cargo.toml; what the code means says diesel-autogen explain {}",
                finding.code
            )
        })
        .collect();
    if denied.is_empty() { Ok(()) } else { Err(Error::all(Exit::Failure, denied)) }
}
