use diesel_autogen_schema::config::Level;

use super::finding::{Finding, Spot};
use super::rule::Found;
use super::rules::{BAD_ALLOW, UNUSED_ALLOW};
use super::walk::finding;
use super::{Levels, nearest, rule};
use crate::script::{Allow, Statement};

/// The remarks of a script that let statements do what rules mind.
pub(super) struct Allows<'a> {
    /// Line of the statement, the remark, and whether it let anything.
    all: Vec<(usize, &'a Allow, bool)>,
}

impl<'a> Allows<'a> {
    pub(super) fn new(statements: &'a [Statement]) -> Allows<'a> {
        let of = |it: &'a Statement| it.allows.iter().map(|allow| (it.line, allow, false));
        Allows { all: statements.iter().flat_map(of).collect() }
    }

    /// Whether a remark with a reason lets it be. What is found of the whole is let be by a remark of
    /// the first statement, or of any.
    pub(super) fn covers(&mut self, code: &str, spot: Spot) -> bool {
        let mut covered = false;
        for (line, allow, used) in &mut self.all {
            let here = spot.line().is_none_or(|at| at == *line);
            if here && allow.code == code && !allow.reason.is_empty() {
                (*used, covered) = (true, true);
            }
        }
        covered
    }

    /// What is wrong with the remarks themselves.
    pub(super) fn complaints(&self, levels: &Levels) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (_, allow, used) in &self.all {
            let spot = Spot::Line(allow.line);
            let code = &allow.code;
            let known = rule(code);
            let is_off = known.is_some_and(|rule| levels.of(rule) == Level::Allow);
            let wrong = |text: String| finding(&BAD_ALLOW, spot, Found::new("", text), levels);
            if known.is_none() {
                let meant = nearest(code).map(|it| format!(": did you mean `{it}`?"));
                let text = format!("no lint has the code `{code}`{}", meant.unwrap_or_default());
                findings.push(wrong(text));
            } else if allow.reason.is_empty() {
                let text = format!("`allow({code})` has no reason, so it allows nothing");
                findings.push(wrong(text));
            } else if !used && !is_off {
                let text = format!("`allow({code})` allows nothing: nothing of it is found here");
                findings.push(finding(&UNUSED_ALLOW, spot, Found::new("", text), levels));
            }
        }
        findings
    }
}
