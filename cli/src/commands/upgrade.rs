use clap::Args;
use diesel_autogen_database::Database;
use diesel_autogen_evolve::revision::{History, Revision, Spot, Way};

use super::args::LockTimeout;
use super::walk::Walked;
use super::{DatabaseUrl, Selection, half, integrity, offline};
use crate::project::Project;
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// Apply pending revisions to a database.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  diesel-autogen upgrade\n  diesel-autogen upgrade +1\n  \
                        diesel-autogen upgrade 2026-11-22 --database-url shop.db\n  \
                        diesel-autogen upgrade add_users:head --sql > next.sql")]
pub(super) struct Upgrade {
    /// `head`, `heads`, `+N`, a version, the name of a directory, the beginning of either, or so
    /// many from there: `head-1`. With `--sql` also a range `a:b`.
    #[arg(default_value = "head", allow_negative_numbers = true)]
    target: String,
    /// Write the SQL and run nothing: from the base, from the start of a range, or from where the
    /// database is that --database-url names.
    #[arg(long)]
    sql: bool,
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
        let path = history.upgrade_path(&applied, &self.target)?;
        let half = database.half_done()?;
        let path = half::upwards(&history, half.as_ref(), path)?;
        integrity::unedited(&project, &history, &applied, &mut database)?;
        for name in integrity::recognise(&history, &applied, &mut database)? {
            terminal.note(format!("the database has applied all that `{name}` replaces"));
        }
        self.in_order(&history, &applied, &path, terminal)?;
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
        let (applied, target) = match self.target.split_once(':') {
            Some(_) => {
                let (start, end) = history.ends(&self.target, None)?;
                (start_of(history, start), address(end))
            }
            None => (self.applied(project)?, self.target.clone()),
        };
        let path = history.upgrade_path(&applied, &target)?;
        let engine = project.config.backend;
        offline::show(engine, &offline::script(engine, Way::Up, &path), terminal);
        Ok(Exit::Fine)
    }

    /// What is applied where the SQL will run: nobody looks at DATABASE_URL for that.
    fn applied(&self, project: &Project) -> Result<Vec<String>, Error> {
        match self.database.database_url {
            Some(_) => Ok(Database::applied(&mut self.database.open_existing(project)?)?),
            None => Ok(Vec::new()),
        }
    }
}

/// The versions that are applied at a place.
pub(super) fn start_of(history: &History, start: Spot<'_>) -> Vec<String> {
    let heads = match start {
        Spot::Base => Vec::new(),
        Spot::At(revision) => vec![revision],
        Spot::Heads => history.heads(),
    };
    history.ancestors(&heads).into_iter().map(|it| it.version.clone()).collect()
}

/// A place as it is written.
pub(super) fn address(spot: Spot<'_>) -> String {
    match spot {
        Spot::Base => "base".to_owned(),
        Spot::At(revision) => revision.dir_name.clone(),
        Spot::Heads => "heads".to_owned(),
    }
}
