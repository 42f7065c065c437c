use diesel_autogen_evolve::lint::Finding;
use diesel_autogen_evolve::retire::Retired;
use diesel_autogen_evolve::revision::Phase;
use diesel_autogen_evolve::{Guard, Hazard};
use serde::Serialize;

use super::draft::Draft;
use super::line::Proved;
use crate::commands::lint::FindingView;
use crate::project::{Project, shown};
use crate::terminal::{Terminal, differences, highlighted, unified};

/// What `generate` found, for a person and for a program.
#[derive(Serialize)]
pub(super) struct Report {
    package: String,
    written: bool,
    /// Directories of the revisions by hand whose effect was learned.
    learned: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<RevisionReport>,
    /// What no model claims and is kept.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    retired: Vec<RetiredReport>,
    /// The revisions that follow it, where one change is made by several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    more: Vec<RevisionReport>,
    #[serde(skip)]
    snapshot: String,
    #[serde(skip)]
    snapshot_diff: String,
}

#[derive(Serialize)]
struct RevisionReport {
    directory: String,
    /// What it is to programs that run meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<&'static str>,
    changes: Vec<String>,
    up_sql: String,
    down_sql: String,
    run_in_transaction: bool,
    hazards: Vec<HazardReport>,
    /// What the scripts count before they change anything.
    guards: Vec<GuardReport>,
    lints: Vec<FindingView>,
    /// `null` when there was no server to try it on.
    proof: Option<ProofReport>,
}

#[derive(Serialize)]
struct RetiredReport {
    /// What it is called.
    object: String,
    /// What it was called.
    was: String,
}

#[derive(Serialize)]
struct HazardReport {
    script: &'static str,
    code: &'static str,
    object: String,
    detail: String,
    loses_data: bool,
}

#[derive(Serialize)]
struct GuardReport {
    script: &'static str,
    code: &'static str,
    object: String,
    /// What the script fails on when there are some: `rows of users have no email`.
    found: String,
}

#[derive(Serialize)]
struct ProofReport {
    /// Rows that went through up, down and up again.
    rows: usize,
    /// Tables that no row could be made for, and why.
    notes: Vec<String>,
    /// Whether the server's own dump was compared beside what is read of its catalogue.
    dumped: bool,
    /// Why `down.sql` does not run, when it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    stuck: Option<String>,
}

impl Report {
    pub(super) fn new(
        project: &Project,
        draft: &Draft,
        snapshot_before: &str,
        findings: &[(usize, Finding)],
    ) -> Report {
        let snapshot = shown(&project.snapshot_path());
        let mut revisions = draft.revisions.iter().enumerate().map(|(at, it)| {
            let own = findings.iter().filter(|(of, _)| *of == at).map(|(_, finding)| finding);
            RevisionReport::new(project, it, own)
        });
        let revision = revisions.next();
        let more = revisions.collect();
        let changed = revision.is_some() || !draft.learned.is_empty();
        let snapshot_diff = if changed {
            unified(&snapshot, snapshot_before, &draft.snapshot)
        } else {
            String::new()
        };
        let retired = draft.retired.iter().map(|Retired { object, was }| RetiredReport {
            object: object.clone(),
            was: was.clone(),
        });
        Report {
            package: project.package().to_owned(),
            written: false,
            learned: draft.learned.clone(),
            revision,
            retired: retired.collect(),
            more,
            snapshot,
            snapshot_diff,
        }
    }

    /// What would be written.
    pub(super) fn show(&self, terminal: &mut Terminal) {
        for name in &self.learned {
            terminal.note(format!("learned what `{name}` does by running it"));
        }
        if !self.snapshot_diff.is_empty() {
            terminal.line(&self.snapshot_diff);
        }
        self.revision.iter().chain(&self.more).for_each(|it| it.show(terminal));
    }

    fn next(&self) -> &'static str {
        let contract = Some(Phase::Contract.name());
        let mut all = self.revision.iter().chain(&self.more);
        let expands = all.clone().any(|it| it.phase == Some(Phase::Expand.name()));
        match expands && all.any(|it| it.phase == contract) {
            true => {
                "next: review them, then run diesel-autogen upgrade --phase expand; when no program \
                 from before runs any more, diesel-autogen upgrade"
            }
            false if !self.more.is_empty() => "next: review them, then run diesel-autogen upgrade",
            false => "next: review it, then run diesel-autogen upgrade",
        }
    }

    /// What became of it.
    pub(super) fn finish(mut self, dry_run: bool, terminal: &mut Terminal) {
        for RetiredReport { object, was } in &self.retired {
            terminal.note(format!(
                "`{object}` is retired and kept, with what `{was}` held: drop it with --allow-loss \
                 {object}, or take it back with --rename once a model claims it"
            ));
        }
        match &self.revision {
            None if self.learned.is_empty() => {
                terminal.line(format!(
                    "no changes: the models are in sync with {}, nothing was written",
                    self.snapshot
                ));
            }
            Some(_) | None if dry_run => terminal.line("\ndry run: nothing was written"),
            None => {
                self.written = true;
                terminal.line(format!("\nno changes of the models; updated {}", self.snapshot));
            }
            Some(revision) => {
                self.written = true;
                terminal.line("");
                for it in std::iter::once(revision).chain(&self.more) {
                    let phase = it.phase.map(|it| format!(" ({it})")).unwrap_or_default();
                    let directory = &it.directory;
                    terminal.line(format!(
                        "wrote {directory}/{{up.sql,down.sql,metadata.toml}}{phase}"
                    ));
                }
                terminal.line(format!("updated {}", self.snapshot));
                terminal.line(self.next());
            }
        }
        terminal.json(&self);
    }
}

impl RevisionReport {
    fn new<'f>(
        project: &Project,
        proved: &Proved,
        findings: impl Iterator<Item = &'f Finding>,
    ) -> RevisionReport {
        let Proved {
            dir_name,
            title: _,
            phase,
            changes: _,
            recorded,
            before: _,
            plan,
            up_sql,
            down_sql,
            proof,
        } = proved;
        let up = plan.hazards().map(|it| HazardReport::new("up.sql", it));
        let down = plan.down_hazards().map(|it| HazardReport::new("down.sql", it));
        let guards = plan.guards().map(|it| GuardReport::new("up.sql", it));
        let down_guards = plan.down_guards().map(|it| GuardReport::new("down.sql", it));
        let directory = shown(&project.migrations().join(dir_name));
        let lints = findings.map(|it| FindingView::new(&directory, true, it)).collect();
        RevisionReport {
            directory,
            phase: phase.map(Phase::name),
            changes: differences(recorded),
            up_sql: up_sql.clone(),
            down_sql: down_sql.clone(),
            run_in_transaction: plan.transaction,
            hazards: up.chain(down).collect(),
            guards: guards.chain(down_guards).collect(),
            lints,
            proof: proof.as_ref().map(|proof| ProofReport {
                rows: proof.rows,
                notes: proof.seeded.notes.clone(),
                dumped: proof.dumped,
                stuck: proof.stuck.clone(),
            }),
        }
    }

    /// What would be written of it.
    fn show(&self, terminal: &mut Terminal) {
        if let Some(phase) = self.phase {
            terminal.heading(format!("\n{} ({phase})", self.directory));
        }
        for (name, sql) in [("up.sql", &self.up_sql), ("down.sql", &self.down_sql)] {
            terminal.heading(format!("\n{}/{name}", self.directory));
            terminal.line(highlighted(sql));
        }
        if !self.hazards.is_empty() {
            terminal.heading("\nhazards");
        }
        for hazard in &self.hazards {
            let HazardReport { script, code, object, detail, loses_data } = hazard;
            let loss = if *loses_data { ", loses data" } else { "" };
            terminal.line(format!("  {script}: {object}: {detail} [{code}]{loss}"));
        }
        if !self.guards.is_empty() {
            terminal.heading("\nguards");
        }
        for GuardReport { script, code, object: _, found } in &self.guards {
            terminal.line(format!("  {script} changes nothing if {found} [{code}]"));
        }
        self.show_lints(terminal);
        terminal.heading("\nproof");
        let Some(ProofReport { rows, notes, dumped, stuck }) = &self.proof else {
            terminal.line(
                "  UNPROVED: no server was named, so neither script has run anywhere; name one with \
                 --scratch-url or DATABASE_URL, or prove it later with diesel-autogen verify",
            );
            return;
        };
        let what = match dumped {
            true => "schema and dump are as they should be",
            false => "the schema is as it should be (no pg_dump of the server's release was found)",
        };
        terminal.line(format!("  up, down and up again: {what}; rows that went along: {rows}"));
        for note in notes {
            terminal.line(format!("  {note}"));
        }
        if let Some(why) = stuck {
            terminal.line(format!("  down.sql does not run as things are: {why}"));
        }
    }

    /// What should be thought of before it is applied; notes are for `lint`.
    fn show_lints(&self, terminal: &mut Terminal) {
        let told: Vec<&FindingView> = self.lints.iter().filter(|it| it.level != "note").collect();
        if !told.is_empty() {
            terminal.heading("\nlints");
        }
        for it in told {
            let object = if it.object.is_empty() { "" } else { ": " };
            let (of, message, code) = (&it.object, &it.message, it.code);
            terminal.line(format!("  {}: {of}{object}{message} [{code}]", it.level));
            it.safe.iter().for_each(|safe| terminal.line(format!("      safe: {safe}")));
        }
    }
}

impl GuardReport {
    fn new(script: &'static str, guard: &Guard) -> GuardReport {
        let Guard { code, object, looks_at: _, found, counts: _ } = guard;
        GuardReport { script, code: code.name(), object: object.clone(), found: found.clone() }
    }
}

impl HazardReport {
    fn new(script: &'static str, hazard: &Hazard) -> HazardReport {
        let Hazard { code, object, detail, loss } = hazard;
        HazardReport {
            script,
            code: code.name(),
            object: object.clone(),
            detail: detail.clone(),
            loses_data: *loss,
        }
    }
}
