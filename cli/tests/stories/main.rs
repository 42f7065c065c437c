//! Every story of `fixtures/stories` under all laws on a real database of every engine that can
//! express it, one test a story and engine, with its SQL and messages as goldens in
//! `snapshots/<engine>`.
//!
//! `cargo test -p cli --test stories columns::` runs one topic, `postgres::` one engine;
//! `INSTA_UPDATE=always` accepts what comes out.

mod engine;
mod faults;
mod golden;
mod laws;
mod lints;
mod online;
mod package;
mod phases;
mod records;
mod shuffle;
mod squawk;
mod story;

use std::thread::available_parallelism;

use diesel_autogen_schema::Dialect;
use libtest_mimic::{Arguments, Trial};

fn main() {
    let mut arguments = Arguments::from_args();
    // A story waits for servers and for processes a third of its time.
    let threads = available_parallelism().map_or(2, |cores| cores.get() * 3 / 2);
    arguments.test_threads.get_or_insert(threads);
    let stories = story::all();
    assert!(!stories.is_empty(), "no stories were found");
    let missing: Vec<Dialect> =
        story::TOLD.into_iter().filter(|engine| engine::is_missing(*engine)).collect();
    let trials = stories.into_iter().map(|story| {
        let name = format!("{}::{}::{}", story.engine.name(), story.topic, story.name);
        let is_missing = missing.contains(&story.engine);
        let trial = Trial::test(name, move || laws::check(&story).map_err(Into::into));
        trial.with_ignored_flag(is_missing)
    });
    let faults = story::all().into_iter().filter(faults::is_chosen).map(|story| {
        let name = format!("{}::faults::{}::{}", story.engine.name(), story.topic, story.name);
        let is_missing = missing.contains(&story.engine);
        let trial = Trial::test(name, move || faults::check(&story).map_err(Into::into));
        trial.with_ignored_flag(is_missing)
    });
    let phases = story::on_disk().into_iter().filter(phases::is_chosen).map(|story| {
        let name = format!("{}::online::{}::{}", story.engine.name(), story.topic, story.name);
        let is_missing = missing.contains(&story.engine);
        let trial = Trial::test(name, move || phases::check(&story).map_err(Into::into));
        trial.with_ignored_flag(is_missing)
    });
    let lints = story::TOLD.into_iter().map(|engine| {
        let check = move || lints::check(engine, &story::on_disk()).map_err(Into::into);
        Trial::test(format!("{}::lints", engine.name()), check)
    });
    let squawk =
        Trial::test("postgres::squawk", || squawk::check(&story::on_disk()).map_err(Into::into));
    let online =
        Trial::test("postgres::online", || online::check(&story::on_disk()).map_err(Into::into));
    let minded = [squawk, online].map(|trial| trial.with_ignored_flag(squawk::is_missing()));
    let others = lints.chain(minded);
    libtest_mimic::run(&arguments, trials.chain(faults).chain(phases).chain(others).collect())
        .exit();
}
