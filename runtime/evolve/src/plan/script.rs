use std::collections::BTreeSet;

use crate::hazard::{Hazard, HazardCode};

/// What one step puts into a script.
pub(super) struct Part<'a> {
    pub(super) why: &'a str,
    pub(super) statements: &'a [String],
    pub(super) hazards: &'a [Hazard],
}

/// The steps as a file: losses first, then each step under its comment.
pub(super) fn script<'a>(parts: impl Iterator<Item = Part<'a>>) -> String {
    let mut losses = Vec::new();
    let mut blocks = Vec::new();
    for part in parts {
        losses.extend(part.hazards.iter().filter_map(announcement));
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

fn announcement(hazard: &Hazard) -> Option<String> {
    if hazard.code == HazardCode::IrreversibleData {
        Some(format!("does not come back: {hazard}"))
    } else if hazard.code == HazardCode::Blocked {
        Some(format!("does not run as things are: {hazard}"))
    } else if hazard.loss {
        Some(format!("loses data: {hazard}"))
    } else {
        None
    }
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
    let last = diesel_autogen_schema::sql::tokens(statement).last();
    let gap = if last.is_some_and(|token| token.text.starts_with("--")) { "\n" } else { "" };
    format!("{statement}{gap};\n")
}
