//! The changes of the stories in phases: every plan is made, and an independent linter looks at each.

use std::collections::{BTreeMap, BTreeSet};

use cli::source::Located;
use diesel_autogen_evolve::Target;
use diesel_autogen_evolve::phases::{Asked, Stage, stages};
use diesel_autogen_evolve::script::Known;
use diesel_autogen_schema::{Dialect, Live, Schema};

use crate::lints::{Golden, found, golden_of, located, minimum};
use crate::package::Package;
use crate::squawk::{Script, seen};
use crate::story::Story;

/// What it minds in a script of a phase that holds a text, and why that is no news.
const KNOWN: &[(&str, &str, &str)] = &[
    (
        "require-statement-timeout",
        "SET LOCAL lock_timeout",
        "it waits for a moment; what takes longer, a lint tells",
    ),
    ("require-statement-timeout", "CONCURRENTLY", "readers and writers go on meanwhile"),
    ("require-lock-timeout", "CONCURRENTLY", "whoever comes behind it does not wait for it"),
    ("prefer-robust-stmts", "CONCURRENTLY", "what a failed build left is dropped by upgrade"),
    ("adding-not-nullable-field", "_present", "a check that was looked at says so already"),
    ("ban-drop-function", "_follows ON", "a phase before made it, and nobody else calls it"),
    ("renaming-column", "_follows ON", "one that followed it has its name and its values"),
];

/// Every change of a story can be made in phases, and what the linter minds of that is explained.
pub(crate) fn check(stories: &[Story]) -> Result<(), String> {
    let mut scripts = BTreeMap::new();
    let mut several = 0;
    let mut news = Vec::new();
    let mut packages = BTreeMap::new();
    for story in stories.iter().filter(|story| is_asked(story)) {
        let own = packages.entry(story.expect.extensions.clone());
        let own = own.or_insert_with(|| located(story.engine, story));
        let phases = phases(story, own).unwrap_or_else(|why| {
            news.push(format!("{}/{}: {why}", story.topic, story.name));
            Vec::new()
        });
        several += usize::from(phases.len() > 1);
        for (at, script) in phases.into_iter().enumerate() {
            scripts.insert(format!("{}.{}.{at}.sql", story.topic, story.name), script);
        }
    }
    if several < 100 {
        news.push(format!("{several} changes in several phases are too few"));
    }
    let mut used: BTreeSet<&(&str, &str, &str)> = BTreeSet::new();
    let seen = seen(&scripts, |rule, script| {
        let known = KNOWN.iter().find(|(of, part, _)| *of == rule && script.sql.contains(part));
        used.extend(known);
        known.is_some()
    })?;
    let idle = KNOWN.iter().filter(|it| !used.contains(it));
    news.extend(idle.map(|(rule, part, _)| format!("{rule} is never explained by `{part}`")));
    if seen.findings < 500 {
        news.push(format!("{} findings are too few for it to have looked", seen.findings));
    }
    news.extend(seen.news);
    if news.is_empty() { Ok(()) } else { Err(news.join("\n")) }
}

/// Whether the facts alone say what is changed.
pub(crate) fn is_asked(story: &Story) -> bool {
    let expect = &story.expect;
    story.engine == Dialect::Postgres
        && expect.refused.is_none()
        && !expect.unchanged
        && expect.fault.is_none()
        && expect.hand_written.is_none()
        && expect.rename.is_empty()
        && expect.retire.is_empty()
        && golden_of(story).is_some()
}

/// The scripts of a story's change in phases.
fn phases(story: &Story, own: &(Package, Located)) -> Result<Vec<Script>, String> {
    let (package, located) = own;
    let read = |models: &str| -> Result<Schema, String> {
        package.write("src/lib.rs", models);
        let source = located.read().map_err(|errors| format!("{errors:?}"))?;
        Ok(source.schema.canonical())
    };
    let (before, after) = (read(&story.before)?, read(&story.after)?);
    let target = Target { minimum: minimum(story), ..Target::new(story.engine) };
    let asked = Asked { phased: true, batch: None };
    let stages =
        stages(&before, &after, story.engine, asked).map_err(|errors| format!("{errors:?}"))?;
    let script = |stage: &Stage<'_>| {
        let live = Live::of(story.engine, stage.before.clone().into_owned());
        let changes = stage.changes().map_err(|errors| format!("{errors:?}"))?;
        let plan = stage.plan(&changes, &target, &live).map_err(|errors| format!("{errors:?}"))?;
        let (up, down, transaction) = (plan.up_sql(), plan.down_sql(), plan.transaction);
        let sql = Golden { up, down, transaction };
        let told = found(story, &sql, Known::schema(&stage.before, story.engine));
        Ok(Script { sql: sql.up, transaction, told: told.into_keys().collect() })
    };
    stages.iter().map(script).collect()
}
