//! What `cargo check` of many models takes: Diesel's derives beside hand-written `table!`s, and the
//! same beside `Model`; and what looking for drift takes of it.
//!
//! Times are of the processor (user and system, of cargo and all that it runs), not of the clock,
//! so that other work on the machine counts as little as it can; builds of the kinds take turns.
//! What everything depends on is built before. `cargo bench -p cli --bench compile -- 50 3` asks
//! for 50 models and 3 rounds.

mod package;
mod run;

use std::io::{self, Write};

use package::{Drift, Kind, Package};
use run::Runs;

fn main() {
    let mut out = io::stdout().lock();
    // Words that cargo hands on, `--bench` among them, are no numbers.
    let asked: Vec<usize> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    let models = asked.first().copied().unwrap_or(200);
    let rounds = asked.get(1).copied().unwrap_or(5);
    let bench = Bench { models, rounds };
    let _ = writeln!(out, "{models} models of 12 columns, `cargo check`, {rounds} rounds\n");
    bench.beside_diesel(&mut out);
    bench.drift(&mut out);
}

struct Bench {
    models: usize,
    rounds: usize,
}

/// One kind of package, what it is called in the result, and its builds.
struct Line {
    what: &'static str,
    package: Package,
    runs: Runs,
}

impl Bench {
    fn lines(&self, kinds: &[(&'static str, Kind)]) -> Vec<Line> {
        let line = |&(what, kind): &(&'static str, Kind)| {
            let package = Package::new(kind, self.models);
            Line { what, package, runs: Runs::default() }
        };
        let mut lines: Vec<Line> = kinds.iter().map(line).collect();
        lines.iter().for_each(|line| line.package.prepare());
        for round in 0..self.rounds {
            // Now one comes first, now another: what warms up meets all.
            let count = lines.len();
            for at in 0..count {
                let line = &mut lines[(at + round) % count];
                line.runs.add(line.package.check());
            }
        }
        lines
    }

    /// What a user notices who has Diesel's derives anyway.
    fn beside_diesel(&self, out: &mut dyn Write) {
        let lines = self.lines(&[
            ("Diesel's derives and `table!`", Kind::Table { derives: true }),
            ("Diesel's derives and `Model`", Kind::Model { derives: true, drift: Drift::InStep }),
        ]);
        head(out);
        let [before, after] = &lines[..] else { unreachable!("two kinds") };
        row(before, None, out);
        row(after, Some(before), out);
        let _ = writeln!(out, "\ngoal: at most +3 % of time and of memory\n");
    }

    /// What the parts take, without what Diesel's derives take of the time.
    fn drift(&self, out: &mut dyn Write) {
        let model = |drift| Kind::Model { derives: false, drift };
        let lines = self.lines(&[
            ("`table!` alone", Kind::Table { derives: false }),
            ("`Model` alone, drift is not looked for", model(Drift::Ignored)),
            ("`Model` alone, in step", model(Drift::InStep)),
            ("`Model` alone, a warning each", model(Drift::OneEach)),
        ]);
        head(out);
        let [table, ignored, in_step, one_each] = &lines[..] else { unreachable!("four kinds") };
        row(table, None, out);
        for line in [ignored, in_step, one_each] {
            row(line, Some(table), out);
        }
        let _ = writeln!(out);
        for (what, line) in [("in step", in_step), ("a warning each", one_each)] {
            let least = self.each(line.runs.least() - ignored.runs.least());
            let median = self.each(line.runs.median() - ignored.runs.median());
            let _ = writeln!(
                out,
                "the drift check, {what}: {least:.2} ms a model by the least, {median:.2} ms by the \
                 median"
            );
        }
        let _ = writeln!(out, "goal: under 2 ms");
    }

    /// Milliseconds a model.
    fn each(&self, seconds: f64) -> f64 {
        seconds * 1000.0 / self.models as f64
    }
}

fn head(out: &mut dyn Write) {
    let _ = writeln!(
        out,
        "| what | CPU, least | more | CPU, median | more | peak memory | more |\n\
         |---|---:|---:|---:|---:|---:|---:|"
    );
}

fn row(line: &Line, than: Option<&Line>, out: &mut dyn Write) {
    let of = |value: fn(&Runs) -> f64| {
        let more = than.map(|than| (value(&line.runs) / value(&than.runs) - 1.0) * 100.0);
        more.map_or(String::new(), |more| format!("{more:+.1} %"))
    };
    let _ = writeln!(
        out,
        "| {} | {:.2} s | {} | {:.2} s | {} | {:.0} MB | {} |",
        line.what,
        line.runs.least(),
        of(Runs::least),
        line.runs.median(),
        of(Runs::median),
        line.runs.memory(),
        of(Runs::memory),
    );
}
