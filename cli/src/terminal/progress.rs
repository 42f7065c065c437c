use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A progress bar on stderr, seen only at a terminal and only when the work takes long.
pub struct Progress {
    bar: ProgressBar,
    started: std::time::Instant,
}

/// How long people wait without wondering.
const PATIENCE: Duration = Duration::from_millis(400);

impl Progress {
    /// Progress over so many pieces of work.
    pub fn new(pieces: usize) -> Progress {
        let bar = ProgressBar::with_draw_target(Some(pieces as u64), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Progress { bar, started: std::time::Instant::now() }
    }

    /// The next piece begins.
    pub fn at(&self, done: usize, what: &str) {
        if self.started.elapsed() > PATIENCE && self.bar.is_hidden() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_message(what.to_owned());
        self.bar.set_position(done as u64);
    }

    /// Everything is done.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}
