use diesel_autogen_evolve::lint::Finding;
use diesel_autogen_schema::config::Level;
use serde::Serialize;

use super::{Linted, sarif};
use crate::terminal::{Place, Terminal};

/// A finding in a document.
#[derive(Serialize)]
pub(in crate::commands) struct FindingView {
    pub(in crate::commands) code: &'static str,
    pub(in crate::commands) level: &'static str,
    pub(super) file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<usize>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(in crate::commands) object: String,
    pub(in crate::commands) message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::commands) safe: Option<String>,
}

#[derive(Serialize)]
struct Report {
    /// What was looked at.
    linted: Vec<String>,
    findings: Vec<FindingView>,
}

impl FindingView {
    /// Of a revision in this directory, or of a file.
    pub(in crate::commands) fn new(path: &str, revision: bool, finding: &Finding) -> FindingView {
        let Finding { code, level, spot, object, message, safe } = finding;
        let file = match revision {
            true => format!("{path}/{}", spot.file()),
            false => path.to_owned(),
        };
        FindingView {
            code,
            level: level.name(),
            file,
            line: spot.line(),
            object: object.clone(),
            message: message.clone(),
            safe: safe.clone(),
        }
    }
}

/// All that was found.
pub(super) fn all(linted: &[Linted], terminal: &mut Terminal) {
    let mut views = Vec::new();
    let mut counts = [0; Level::ALL.len()];
    for Linted { path, revision, findings } in linted {
        for finding in findings {
            let view = FindingView::new(path, *revision, finding);
            let place = Place { file: &view.file, line: view.line, column: None };
            terminal.finding(finding.level, place, finding, view.safe.as_deref());
            views.push(view);
            counts[finding.level as usize] += 1;
        }
    }
    let many =
        |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let of = many(linted.len(), "migration");
    if views.is_empty() {
        terminal.line(format!("nothing to mind in {of}"));
    } else {
        let levels = Level::ALL.iter().rev().filter(|level| counts[**level as usize] > 0);
        let levels: Vec<String> =
            levels.map(|level| format!("{} {}", counts[*level as usize], level.name())).collect();
        terminal.note(format!(
            "found in {of}: {}; what a code means says diesel-autogen explain CODE",
            levels.join(", ")
        ));
    }
    terminal.sarif(&sarif::log(&views));
    let linted = linted.iter().map(|it| it.path.clone()).collect();
    terminal.json(&Report { linted, findings: views });
}
