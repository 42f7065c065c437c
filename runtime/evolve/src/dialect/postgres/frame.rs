//! What stands round a migration that cannot be one transaction.

use crate::plan::Step;

/// The step that begins or ends the transaction of everything but what comes ahead.
pub(crate) fn bound(up: &str, down: &str) -> Step {
    let why = |word: &str| match word {
        "BEGIN" => "the rest, all or nothing".to_owned(),
        _ => "done".to_owned(),
    };
    Step {
        why: why(up),
        down_why: why(down),
        up: vec![up.to_owned()],
        down: vec![down.to_owned()],
        ..Step::default()
    }
}

/// Statements in a transaction of their own: several sent at once would be in one with the rest.
pub(crate) fn own(statements: Vec<String>) -> Vec<String> {
    if statements.is_empty() {
        return statements;
    }
    let begin = std::iter::once("BEGIN".to_owned());
    begin.chain(statements).chain(std::iter::once("COMMIT".to_owned())).collect()
}

pub(crate) fn why(ahead: &[String]) -> String {
    match ahead {
        [] => String::new(),
        [_] => "a new label can be used only when it is committed".to_owned(),
        _ => "new labels can be used only when they are committed".to_owned(),
    }
}
