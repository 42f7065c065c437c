//! Times and how they are shown.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

/// How long something took, the shortest of several times.
#[derive(Clone, Copy)]
pub(crate) struct Shortest(Duration);

impl Shortest {
    pub(crate) const NONE: Shortest = Shortest(Duration::MAX);

    pub(crate) fn measure<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        self.0 = self.0.min(start.elapsed());
        result
    }

    pub(crate) fn millis(self) -> f64 {
        self.0.as_secs_f64() * 1000.0
    }

    pub(crate) fn over(self, floor: Shortest) -> f64 {
        self.0.as_secs_f64() / floor.0.as_secs_f64()
    }
}

/// The least that must be done: every file is read and parsed, on one thread.
pub(crate) fn floor(files: &[PathBuf]) -> usize {
    let parse = |path: &PathBuf| {
        let text = fs::read_to_string(path).expect("a file");
        syn::parse_file(&text).expect("Rust").items.len()
    };
    files.iter().map(parse).sum()
}

/// The same on every core.
pub(crate) fn floor_on_all_cores(files: &[PathBuf]) -> usize {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let parts = files.chunks(files.len().div_ceil(cores));
        let threads: Vec<_> = parts.map(|part| scope.spawn(move || floor(part))).collect();
        threads.into_iter().map(|thread| thread.join().expect("items")).sum()
    })
}

/// One line of the result.
pub(crate) struct Row {
    pub(crate) models: usize,
    pub(crate) what: &'static str,
    pub(crate) floor: Shortest,
    /// The call of the library.
    pub(crate) call: Shortest,
    /// The whole program, with its start and its end.
    pub(crate) process: Option<Shortest>,
    pub(crate) goal: &'static str,
}

impl Row {
    pub(crate) fn head(out: &mut dyn Write) {
        let _ = writeln!(
            out,
            "| models | what | floor | in process | × floor | whole program | × floor | goal |\n\
             |---:|---|---:|---:|---:|---:|---:|---|"
        );
    }

    pub(crate) fn show(&self, out: &mut dyn Write) {
        let Row { models, what, floor, call, process, goal } = self;
        let process = process.map_or("| ".to_owned(), |process| {
            format!("{:.1} ms | {:.2}", process.millis(), process.over(*floor))
        });
        let _ = writeln!(
            out,
            "| {models} | {what} | {:.1} ms | {:.1} ms | {:.2} | {process} | {goal} |",
            floor.millis(),
            call.millis(),
            call.over(*floor),
        );
    }

    /// How much more one command takes than another.
    pub(crate) fn difference(what: &str, more: &Row, less: &Row, goal: &str, out: &mut dyn Write) {
        let added = |more: Shortest, less: Shortest| {
            format!(
                "{:+.1} ms | {:+.0} %",
                more.millis() - less.millis(),
                (more.over(less) - 1.0) * 100.0
            )
        };
        let process = more.process.zip(less.process);
        let process = process.map_or("| ".to_owned(), |(more, less)| added(more, less));
        let call = added(more.call, less.call);
        let _ = writeln!(out, "| {} | {what} | | {call} | {process} | {goal} |", more.models);
    }
}
