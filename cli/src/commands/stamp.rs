use std::collections::BTreeSet;

use clap::Args;
use diesel_autogen_evolve::revision::{AddressError, History, Spot, checksum};
use serde::Serialize;

use super::args::LockTimeout;
use super::{DatabaseUrl, Selection, offline};
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// Note revisions as applied without running them: for a database that was brought there otherwise.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  diesel-autogen stamp head --database-url shop.db\n  \
                        diesel-autogen stamp add_users\n  diesel-autogen stamp add_teams@base\n  \
                        diesel-autogen stamp head --purge")]
pub(super) struct Stamp {
    /// Where the database is: `head`, `heads`, `base`, `current`, a version, the name of a
    /// directory, the beginning of either, or so many from there; several when branches were
    /// applied that are not merged; `REVISION@` in front leaves other branches alone.
    #[arg(required = true, allow_negative_numbers = true, value_name = "REVISION")]
    targets: Vec<String>,
    /// Forget everything else that the database has, also what is not on disk.
    #[arg(long)]
    purge: bool,
    /// Write the SQL and run nothing: it notes the revisions and forgets everything else.
    #[arg(long)]
    sql: bool,
    #[command(flatten)]
    lock: LockTimeout,
    #[command(flatten)]
    database: DatabaseUrl,
}

#[derive(Serialize)]
struct Report {
    /// Versions that are noted as applied now and were not.
    noted: Vec<String>,
    /// Versions that are no longer noted as applied.
    forgotten: Vec<String>,
}

impl Stamp {
    pub(super) fn run(
        &self,
        selection: &Selection,
        terminal: &mut Terminal,
    ) -> Result<Exit, Error> {
        let project = selection.open(terminal)?;
        let history = project.history()?;
        if self.sql {
            let here = self.database.applied_if_given(&project)?;
            let wanted = self.wanted(&history, &[], here.as_deref())?;
            let engine = project.config.backend;
            offline::show(engine, &offline::stamp(engine, &rows(&history, &wanted)), terminal);
            return Ok(Exit::Fine);
        }
        let mut database = self.database.open(&project)?;
        self.lock.acquire(&mut database, terminal)?;
        let applied = database.applied()?;
        let here: Vec<String> =
            applied.iter().filter(|version| history.get(version).is_some()).cloned().collect();
        match history.all_here(&applied) {
            Ok(()) => {}
            Err(_) if self.purge => {}
            Err(AddressError::NotOnDisk { versions }) => {
                return Err(Error::new(
                    Exit::Conflict,
                    format!(
                        "the database has revision {} that is not on disk: check out the branch \
                         that has it, or forget it with diesel-autogen stamp {} --purge",
                        versions.join(", "),
                        self.targets.join(" ")
                    ),
                ));
            }
            Err(error) => return Err(error.into()),
        }
        // Everything is found out before anything is written.
        let wanted = self.wanted(&history, &here, Some(&here))?;
        database.stamp(&rows(&history, &wanted))?;
        let (before, after): (BTreeSet<&String>, BTreeSet<&String>) =
            (applied.iter().collect(), wanted.iter().collect());
        let own = |versions: Vec<&&String>| versions.into_iter().map(|it| (*it).clone()).collect();
        let report = Report {
            noted: own(after.difference(&before).collect()),
            forgotten: own(before.difference(&after).collect()),
        };
        report.show(&history, terminal);
        terminal.json(&report);
        Ok(Exit::Fine)
    }

    /// The versions that are to be noted: the targets and what they follow, and what was applied in
    /// parallel to them.
    fn wanted(
        &self,
        history: &History,
        applied: &[String],
        current: Option<&[String]>,
    ) -> Result<BTreeSet<String>, Error> {
        let mut wanted = BTreeSet::new();
        let mut stays: BTreeSet<String> = applied.iter().cloned().collect();
        if self.purge {
            stays.clear();
        }
        history.are_apart(&self.targets, current)?;
        for target in &self.targets {
            let spot = history.locate(target, current)?;
            let goes = match spot {
                Spot::Base => history.revisions().iter().collect(),
                Spot::At(first) | Spot::Before { first, .. } => history.descendants(first),
                Spot::Heads => Vec::new(),
            };
            goes.iter().for_each(|it| {
                stays.remove(&it.version);
            });
            wanted.extend(history.upto(spot).into_iter().map(|it| it.version.clone()));
        }
        wanted.extend(stays);
        Ok(wanted)
    }
}

impl Report {
    fn show(&self, history: &History, terminal: &mut Terminal) {
        let name = |version: &String| {
            history.get(version).map_or(version.clone(), |it| it.dir_name.clone())
        };
        for version in &self.forgotten {
            terminal.line(format!("forgot {}", name(version)));
        }
        for version in &self.noted {
            terminal.line(format!("noted {}", name(version)));
        }
        if self.forgotten.is_empty() && self.noted.is_empty() {
            terminal.line("nothing to note: the database is there already");
        }
        terminal.note("no migration was run");
    }
}

/// Versions with the checksums of their files.
fn rows(history: &History, versions: &BTreeSet<String>) -> Vec<(String, String)> {
    let revisions = history.revisions().iter().filter(|it| versions.contains(&it.version));
    revisions.map(|it| (it.version.clone(), checksum(&it.up_sql))).collect()
}
