use clap::Args;
use diesel_autogen_database::Database;
use diesel_autogen_evolve::revision::{History, Phase, Revision, Spot, Way};

use super::args::LockTimeout;
use super::walk::Walked;
use super::{DatabaseUrl, Selection, half, integrity, offline};
use crate::project::Project;
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// Apply pending revisions to a database.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  diesel-autogen upgrade\n  diesel-autogen upgrade +1\n  \
                        diesel-autogen upgrade --phase expand\n  \
                        diesel-autogen upgrade 2026-11-22 --database-url shop.db\n  \
                        diesel-autogen upgrade add_users:head --sql > next.sql")]
pub(super) struct Upgrade {
    /// `head`, `heads`, `+N`, a version, the name of a directory, the beginning of either, or so
    /// many from there: `head-1`; several for several branches. `REVISION@` in front means the
    /// branch of that revision alone: `add_teams@head`, `add_teams@+1`. With `--sql` also a range
    /// `a:b`.
    #[arg(default_value = "head", allow_negative_numbers = true, value_name = "REVISION")]
    targets: Vec<String>,
    /// Write the SQL and run nothing: from the base, from the start of a range, or from where the
    /// database is that --database-url names.
    #[arg(long)]
    sql: bool,
    /// Stop before the first revision of a later phase: `expand`, what programs from before can live
    /// with; `migrate`, the filling of rows as well. The rest is applied without this, when none of
    /// them runs any more.
    #[arg(long, value_name = "PHASE", value_parser = phase, conflicts_with = "sql")]
    phase: Option<Phase>,
    /// Apply revisions that are older than one that is applied.
    #[arg(long)]
    allow_out_of_order: bool,
    #[command(flatten)]
    lock: LockTimeout,
    #[command(flatten)]
    database: DatabaseUrl,
}

impl Upgrade {
    pub(super) fn run(
        &self,
        selection: &Selection,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let project = selection.open(terminal)?;
        let history = project.history()?;
        if self.sql {
            return self.write(&project, &history, terminal);
        }
        let mut database = self.database.open(&project)?;
        self.lock.acquire(&mut database, terminal)?;
        let applied = database.applied()?;
        let path = history.upgrade_paths(&applied, &self.targets)?;
        if let [target] = &self.targets[..] {
            unclear(&history, &applied, target, terminal);
        }
        let half = database.half_done()?;
        let path = half::upwards(&history, half.as_ref(), path)?;
        integrity::unedited(&project, &history, &applied, &mut database)?;
        for name in integrity::recognise(&history, &applied, &mut database)? {
            terminal.note(format!("the database has applied all that `{name}` replaces"));
        }
        self.in_order(&history, &applied, &path, terminal)?;
        let (path, waiting) = self.expanding(path);
        if let Some(first) = waiting.first() {
            terminal.note(format!(
                "revisions that wait for diesel-autogen upgrade, when no program from before runs \
                 any more: {}, from `{}` on",
                waiting.len(),
                first.dir_name
            ));
        }
        if path.is_empty() {
            let newest = history.newest(&applied);
            let at = newest.map_or("base", |it| it.dir_name.as_str());
            terminal.line(format!("nothing to apply: the database is at {at}"));
        }
        let mut walked = Walked::default();
        walked.walk(Way::Up, &path, &project, &mut database, terminal)?;
        terminal.json(&walked);
        Ok(Exit::Fine)
    }

    /// What is applied, and what waits for its phase.
    fn expanding<'h>(&self, mut path: Vec<&'h Revision>) -> (Vec<&'h Revision>, Vec<&'h Revision>) {
        let last = self.phase.unwrap_or(Phase::Contract);
        let end = path.iter().position(|it| it.phase.is_some_and(|phase| phase > last));
        let waiting = path.split_off(end.unwrap_or(path.len()));
        (path, waiting)
    }

    /// That no revision of the path is older than one that is applied, unless that is allowed or
    /// known to make no difference.
    fn in_order(
        &self,
        history: &History,
        applied: &[String],
        path: &[&Revision],
        terminal: &mut Terminal,
    ) -> Result<(), Error> {
        let late = history.late(applied);
        let late = late.iter().filter(|it| path.contains(&it.revision));
        let (known, unknown): (Vec<_>, Vec<_>) = late.partition(|it| it.is_merged);
        for it in known {
            terminal.note(integrity::late_text(it));
        }
        if unknown.is_empty() {
            return Ok(());
        }
        let texts: Vec<String> = unknown.iter().map(|it| integrity::late_text(it)).collect();
        if self.allow_out_of_order {
            texts.iter().for_each(|text| terminal.warn(text));
            return Ok(());
        }
        let mut error = Error::all(Exit::Conflict, texts);
        error.messages.push(
            "nothing was applied: where the order makes no difference, run it again with \
             --allow-out-of-order; a revision that was published nowhere gets a place after the \
             others when its directory is removed and it is generated again"
                .to_owned(),
        );
        Err(error)
    }

    fn write(
        &self,
        project: &Project,
        history: &History,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let mut database = self.database.open_if_given(project)?;
        let here = database.as_mut().map(Database::applied).transpose()?;
        let (applied, path) = match &self.targets[..] {
            [range] if range.contains(':') => {
                let (start, end) = history.ends(range, here.as_deref())?;
                let applied = versions(history, start);
                let path = history.way_up(&applied, end)?;
                (applied, path)
            }
            targets => {
                let applied = here.unwrap_or_default();
                let path = history.upgrade_paths(&applied, targets)?;
                (applied, path)
            }
        };
        if let Some(database) = &mut database {
            half::none(history, database)?;
            integrity::unedited(project, history, &applied, database)?;
        }
        self.in_order(history, &applied, &path, terminal)?;
        let engine = project.config.backend;
        offline::show(engine, &offline::script(engine, Way::Up, &path), terminal);
        Ok(Exit::Fine)
    }
}

/// Says which revision a step goes to where branches part.
fn unclear(history: &History, applied: &[String], target: &str, terminal: &mut Terminal) {
    let has = |version: &str| applied.iter().any(|it| it == version);
    let mut next = history.revisions().iter().filter(|it| !has(&it.version));
    let is_next = |it: &&Revision| history.parents(it).into_iter().all(has);
    let next: Vec<&Revision> = next.by_ref().filter(is_next).collect();
    if let [first, .., _] = next[..]
        && target.starts_with('+')
    {
        terminal.note(format!(
            "{} revisions may be next, and {target} begins with the oldest, `{}`: to go on one \
             branch, name it as in {}@{target}",
            next.len(),
            first.dir_name,
            next[next.len() - 1].dir_name
        ));
    }
}

/// The versions that are applied at a place.
pub(super) fn versions(history: &History, spot: Spot<'_>) -> Vec<String> {
    history.upto(spot).into_iter().map(|it| it.version.clone()).collect()
}

fn phase(name: &str) -> Result<Phase, String> {
    let names = || Phase::ALL.map(Phase::name).join(", ");
    Phase::from_name(name).ok_or_else(|| format!("phases are {}", names()))
}
