use clap::Args;
use diesel_autogen_evolve::revision::Way;

use super::walk::Walked;
use super::{DatabaseUrl, Selection};
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// Apply pending revisions to a database.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  diesel-autogen upgrade\n  diesel-autogen upgrade +1\n  \
                        diesel-autogen upgrade 2026-11-22 --database-url shop.db")]
pub(super) struct Upgrade {
    /// `head`, `+N`, a version, the name of a directory, or the beginning of either.
    #[arg(default_value = "head", allow_negative_numbers = true)]
    target: String,
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
        let mut database = self.database.open(&project)?;
        let applied = database.applied()?;
        let path = history.upgrade_path(&applied, &self.target)?;
        for late in path.iter().filter(|it| applied.iter().max() > Some(&it.version)) {
            terminal.warn(format!(
                "`{}` is older than the newest applied revision and runs after it",
                late.dir_name
            ));
        }
        if path.is_empty() {
            let newest = history.revisions().iter().rfind(|it| applied.contains(&it.version));
            let at = newest.map_or("base", |it| it.dir_name.as_str());
            terminal.line(format!("nothing to apply: the database is at {at}"));
        }
        let mut walked = Walked::default();
        walked.walk(Way::Up, &path, &project, &mut database, terminal)?;
        terminal.json(&walked);
        Ok(Exit::Fine)
    }
}
