mod report;
mod sarif;
mod since;
mod what;

use clap::Args;
use diesel_autogen_evolve::Target;
use diesel_autogen_evolve::lint::{Finding, Levels, Subject, lint, worst};
use diesel_autogen_evolve::script::Known;
use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::config::Level;

use self::what::What;
use super::Selection;
use crate::project::{Project, lints, shown};
use crate::terminal::Terminal;
use crate::{Error, Exit};

pub(super) use report::FindingView;

/// Say what migrations do to running applications, to rows and to those who come after. Exit 1 when
/// something is found whose level is `deny`, or, with --strict, `warn`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  diesel-autogen lint\n  diesel-autogen lint --since origin/main \
                  --format github\n  diesel-autogen lint migrations/*/up.sql --strict\n  \
                  cat dump.sql | diesel-autogen lint - --backend postgres\n\nLevels are set in \
                  Cargo.toml, lints = { drops-column = \"deny\", varchar-limit = \"allow\" }; one \
                  statement is let through by a line before it, -- autogen: allow(drops-column) \
                  reason. What a code means says diesel-autogen explain CODE."
)]
pub(super) struct Lint {
    /// Revisions as `show` takes them, files whose names end in `.sql`, or `-` for standard input;
    /// otherwise the newest revision.
    what: Vec<String>,
    /// The revisions that are not, or not as they are, at this commit of git.
    #[arg(long, value_name = "COMMIT", conflicts_with_all = ["what", "all"])]
    since: Option<String>,
    /// Every revision.
    #[arg(long, conflicts_with = "what")]
    all: bool,
    /// Fail at warnings, too.
    #[arg(long)]
    strict: bool,
    /// Whose SQL the files are, where no package says so.
    #[arg(long, value_name = "ENGINE", value_parser = engine, requires = "what")]
    backend: Option<Dialect>,
    /// The files run in no transaction of a runner.
    #[arg(long, requires = "what")]
    outside_transaction: bool,
}

fn engine(name: &str) -> Result<Dialect, String> {
    Dialect::from_name(name).ok_or_else(|| {
        format!("one of {} was expected", Dialect::ALL.map(Dialect::name).join(", "))
    })
}

/// Findings of one migration, and the file that they are in.
pub(super) struct Linted {
    /// The directory of a revision, or the path of a file.
    path: String,
    /// Whether it is a directory.
    revision: bool,
    findings: Vec<Finding>,
}

impl Lint {
    pub(super) fn run(
        &self,
        selection: &Selection,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let linted = match self.backend {
            Some(engine) => self.alone(engine)?,
            None => self.in_package(selection, terminal)?,
        };
        report::all(&linted, terminal);
        let worst = linted.iter().map(|it| worst(&it.findings)).max().unwrap_or(Level::Allow);
        let fails = if self.strict { Level::Warn } else { Level::Deny };
        Ok(if worst >= fails { Exit::Failure } else { Exit::Fine })
    }

    /// Files that no package is asked about.
    fn alone(&self, engine: Dialect) -> Result<Vec<Linted>, Error> {
        let mut linted = Vec::new();
        for name in &self.what {
            let What::File(file) = What::new(name) else {
                return Err(Error::usage(format!(
                    "`{name}` is no file: with --backend the names of files are expected, which \
                     end in .sql, or `-`"
                )));
            };
            let known = Known::nothing(engine);
            linted.push(self.file(&file, known, &Target::new(engine), &Levels::default())?);
        }
        Ok(linted)
    }

    fn file(
        &self,
        file: &what::File,
        known: Known,
        target: &Target,
        levels: &Levels,
    ) -> Result<Linted, Error> {
        let sql = file.text()?;
        let transaction = !self.outside_transaction;
        let Target { flavour, minimum, .. } = *target;
        let subject = Subject { flavour, minimum, sql: &sql, transaction, known, revision: None };
        let findings = lint(&subject, levels);
        Ok(Linted { path: file.name(), revision: false, findings })
    }

    fn in_package(
        &self,
        selection: &Selection,
        terminal: &mut Terminal,
    ) -> Result<Vec<Linted>, Error> {
        let project = selection.open(terminal)?;
        let levels = project.levels()?;
        let history = project.history()?;
        let mut revisions = Vec::new();
        let mut files = Vec::new();
        for name in &self.what {
            match What::new(name) {
                What::Revision(address) => revisions.push(history.find(&address)?),
                What::File(file) => match file.of_revision(&project, &history) {
                    Some(revision) => revisions.push(revision),
                    None => files.push(file),
                },
            }
        }
        if let Some(commit) = &self.since {
            let changed = since::changed(project.migrations(), commit)?;
            let is_new = |name: &str| changed.iter().any(|it| it == name);
            revisions.extend(history.revisions().iter().filter(|it| is_new(&it.dir_name)));
        } else if self.all {
            revisions.extend(history.revisions());
        } else if self.what.is_empty() {
            revisions.extend(history.heads());
        }
        let mut linted = Vec::new();
        let befores = lints::before(&project, &history, &revisions)?;
        for (revision, known) in revisions.into_iter().zip(befores) {
            let metadata = project.metadata(revision)?;
            let subject = project.subject(revision, known, metadata.as_deref());
            let path = shown(&project.directory(revision));
            linted.push(Linted { path, revision: true, findings: lint(&subject, &levels) });
        }
        if files.is_empty() {
            return Ok(linted);
        }
        let known = after_all(&project, &history)?;
        for file in files {
            linted.push(self.file(&file, known.clone(), &project.target(), &levels)?);
        }
        Ok(linted)
    }
}

/// What is known of a database that has run every revision.
fn after_all(
    project: &Project,
    history: &diesel_autogen_evolve::revision::History,
) -> Result<Known, Error> {
    let unlearned: Vec<_> = history.unlearned().collect();
    Ok(project.known(&history.schema()?, &unlearned))
}
