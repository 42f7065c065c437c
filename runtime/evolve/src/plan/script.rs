use std::collections::BTreeSet;

use diesel_autogen_schema::Dialect;

use crate::guard::Guard;
use crate::hazard::{Hazard, HazardCode};

/// What one step puts into a script.
pub(super) struct Part<'a> {
    pub(super) why: &'a str,
    pub(super) statements: &'a [String],
    pub(super) hazards: &'a [Hazard],
    pub(super) guards: &'a [Guard],
}

/// The steps as a file: losses first, then each step under its comment.
pub(super) fn script<'a>(parts: impl Iterator<Item = Part<'a>>) -> String {
    let parts: Vec<Part<'_>> = parts.collect();
    let guards: Vec<&Guard> = parts.iter().flat_map(|part| part.guards).collect();
    let mut losses = Vec::new();
    let mut blocks = Vec::new();
    for part in parts {
        losses.extend(part.hazards.iter().filter_map(|hazard| announcement(hazard, &guards)));
        if part.why.is_empty() && part.statements.is_empty() {
            continue;
        }
        let mut block = comment(part.why);
        for statement in part.statements {
            block.push_str(&terminated(statement));
        }
        blocks.push(block);
    }
    let mut seen = BTreeSet::new();
    losses.retain(|line| seen.insert(line.clone()));
    if !losses.is_empty() {
        blocks.insert(0, losses.iter().map(|line| comment(line)).collect());
    }
    blocks.join("\n")
}

/// What is said of a hazard before anything else; of one that a guard looks for, the guard says it.
fn announcement(hazard: &Hazard, guards: &[&Guard]) -> Option<String> {
    let code = hazard.code;
    let what = if code == HazardCode::IrreversibleData {
        "does not come back"
    } else if code == HazardCode::Blocked {
        "does not run as things are"
    } else if hazard.loss {
        "loses data"
    } else if code.may_fail() && !guards.iter().any(|guard| guard.code == code) {
        "may fail"
    } else {
        return None;
    };
    Some(format!("{what}: {hazard} [{}]", code.name()))
}

/// A comment of one line, whatever names are in it.
fn comment(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("-- {line}\n")
}

/// A statement with its semicolon, on a line of its own where a comment would swallow it.
fn terminated(statement: &str) -> String {
    let last = diesel_autogen_schema::sql::tokens(statement, Dialect::Sqlite).last();
    let gap = if last.is_some_and(|token| token.text.starts_with("--")) { "\n" } else { "" };
    format!("{statement}{gap};\n")
}
