//! What stands round a migration that cannot be one transaction.

use crate::guard::Guarded;
use crate::plan::Step;

/// The step that begins or ends the transaction of everything but what comes ahead.
fn bound(up: &str, down: &str) -> Step {
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

/// The steps with what has to be committed before them, in either direction. Guards stand in the
/// first transaction of a script, so that nothing is committed where one fails.
pub(crate) fn framed(
    steps: Vec<Step>,
    guarded: Guarded,
    up: Vec<String>,
    down: Vec<String>,
) -> Vec<Step> {
    let mut all = steps;
    all.insert(0, bound("BEGIN", "COMMIT"));
    all.push(bound("COMMIT", "BEGIN"));
    match up.is_empty() {
        true => all.splice(1..1, guarded.up).for_each(drop),
        false => all.splice(0..0, ahead(up, guarded.up, false)).for_each(drop),
    }
    match down.is_empty() {
        true => all.splice(all.len() - 1..all.len() - 1, guarded.down).for_each(drop),
        false => all.extend(ahead(down, guarded.down, true)),
    }
    all
}

/// A transaction of its own for what comes first: several statements sent at once would be in one
/// with the rest. In the order of a plan, which `down.sql` runs backwards.
fn ahead(statements: Vec<String>, guards: Vec<Step>, down: bool) -> Vec<Step> {
    let why = why(&statements);
    let begin = std::iter::once("BEGIN".to_owned());
    let commit = std::iter::once("COMMIT".to_owned());
    let step = |why: &str, statements: Vec<String>| match down {
        true => Step { down_why: why.to_owned(), down: statements, ..Step::default() },
        false => Step { why: why.to_owned(), up: statements, ..Step::default() },
    };
    if guards.is_empty() {
        return vec![step(&why, begin.chain(statements).chain(commit).collect())];
    }
    let first = step("before anything changes", begin.collect());
    let last = step(&why, statements.into_iter().chain(commit).collect());
    match down {
        true => std::iter::once(last).chain(guards).chain([first]).collect(),
        false => std::iter::once(first).chain(guards).chain([last]).collect(),
    }
}

fn why(ahead: &[String]) -> String {
    match ahead {
        [] => String::new(),
        [_] => "a new label can be used only when it is committed".to_owned(),
        _ => "new labels can be used only when they are committed".to_owned(),
    }
}
