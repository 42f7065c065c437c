//! Every story of `fixtures/stories` under all laws on a real SQLite database, one test a story,
//! with its SQL and messages as goldens in `snapshots/sqlite`.
//!
//! `cargo test -p cli --test stories columns::` runs one topic; `INSTA_UPDATE=always` accepts
//! what comes out.

mod database;
mod golden;
mod laws;
mod package;
mod shuffle;
mod story;

use libtest_mimic::{Arguments, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let stories = story::all();
    assert!(!stories.is_empty(), "no stories were found");
    let trials = stories.into_iter().map(|story| {
        Trial::test(format!("{}::{}", story.topic, story.name), move || {
            laws::check(&story).map_err(Into::into)
        })
    });
    libtest_mimic::run(&arguments, trials.collect()).exit();
}
