use std::collections::{BTreeMap, BTreeSet};

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
    let open = open(&parts);
    let mut losses = Vec::new();
    let mut blocks = Vec::new();
    for part in parts {
        losses.extend(part.hazards.iter().filter_map(|hazard| announcement(hazard, &open)));
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

/// What may fail without a guard that looks for it. Of several hazards of one object that are of one
/// kind nobody knows which it is that a guard looks for, so each of them needs one.
fn open<'a>(parts: &[Part<'a>]) -> BTreeSet<(HazardCode, &'a str)> {
    let mut missing: BTreeMap<(HazardCode, &str), i32> = BTreeMap::new();
    for part in parts {
        for hazard in part.hazards {
            *missing.entry((hazard.code, &hazard.object)).or_default() += 1;
        }
    }
    for guard in parts.iter().flat_map(|part| part.guards) {
        // SQLite renames a table after everything else, so that hazards have its name from before.
        let names = [&guard.looks_at, &guard.object].map(|it| (guard.code, it.as_str()));
        if let Some(name) = names.into_iter().find(|it| missing.contains_key(it)) {
            missing.entry(name).and_modify(|number| *number -= 1);
        }
    }
    missing.into_iter().filter(|(_, number)| *number > 0).map(|(of, _)| of).collect()
}

/// What is said of a hazard before anything else; of one that a guard looks for, the guard says it.
fn announcement(hazard: &Hazard, open: &BTreeSet<(HazardCode, &str)>) -> Option<String> {
    let code = hazard.code;
    let what = if code == HazardCode::IrreversibleData {
        "does not come back"
    } else if code == HazardCode::Blocked {
        "does not run as things are"
    } else if hazard.loss {
        "loses data"
    } else if code.may_fail() && open.contains(&(code, hazard.object.as_str())) {
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

#[cfg(test)]
mod tests {
    use super::{Part, script};
    use crate::guard::{Counts, Guard};
    use crate::hazard::{Hazard, HazardCode};

    fn guard(of: (&str, &str)) -> Guard {
        Guard {
            code: HazardCode::TightensNotNull,
            object: of.0.into(),
            looks_at: of.1.into(),
            found: "rows have none".into(),
            counts: Counts::Rows(Vec::new()),
        }
    }

    fn said(objects: &[&str], guards: &[(&str, &str)]) -> Vec<String> {
        let hazard =
            |it: &&str| Hazard::new(HazardCode::TightensNotNull, *it, "rows may hold NULL");
        let hazards: Vec<Hazard> = objects.iter().map(hazard).collect();
        let guards: Vec<Guard> = guards.iter().map(|it| guard(*it)).collect();
        let part = Part { why: "", statements: &[], hazards: &hazards, guards: &guards };
        let text = script(std::iter::once(part));
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_guard_speaks_for_what_it_looks_at_alone() {
        let line = |of: &str| format!("-- may fail: {of} (rows may hold NULL) [tightens-not-null]");
        assert_eq!(said(&["t.a", "t.b"], &[("t.a", "t.a")]), [line("t.b")]);
        assert_eq!(said(&["t.a", "t.b"], &[("t.b", "t.b"), ("t.a", "t.a")]), [""; 0]);
        // What is renamed is called as it will be, and on SQLite a table as it was.
        assert_eq!(said(&["new.a"], &[("old.b", "new.a")]), [""; 0]);
        assert_eq!(said(&["old.a"], &[("old.a", "new.a")]), [""; 0]);
        assert_eq!(said(&["other.a"], &[("old.a", "new.a")]), [line("other.a")]);
        // Nobody knows which of two it is.
        assert_eq!(said(&["t", "t"], &[("t", "t")]), [line("t")]);
        assert_eq!(said(&["t", "t"], &[("t", "t"), ("t", "t")]), [""; 0]);
    }
}
