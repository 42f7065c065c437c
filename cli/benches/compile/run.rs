//! What a process took.

use std::process::Command;
use std::time::Duration;

use wait4::Wait4;

/// What one build took, with everything that cargo started.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    cpu: Duration,
    /// The most that one process had, in bytes.
    memory: u64,
}

/// Runs the command, which must succeed.
pub(crate) fn run(mut command: Command) -> Run {
    let child = command.spawn().expect("cargo");
    let used = child.wait4().expect("an end");
    assert!(used.status.success(), "{command:?}");
    Run { cpu: used.rusage.utime + used.rusage.stime, memory: used.rusage.maxrss }
}

/// What builds of one kind took.
#[derive(Default)]
pub(crate) struct Runs(Vec<Run>);

impl Runs {
    pub(crate) fn add(&mut self, run: Run) {
        self.0.push(run);
    }

    fn seconds(&self) -> Vec<f64> {
        let mut seconds: Vec<f64> = self.0.iter().map(|run| run.cpu.as_secs_f64()).collect();
        seconds.sort_by(f64::total_cmp);
        seconds
    }

    pub(crate) fn least(&self) -> f64 {
        self.seconds()[0]
    }

    pub(crate) fn median(&self) -> f64 {
        let seconds = self.seconds();
        seconds[seconds.len() / 2]
    }

    /// The least that the largest process needed, in megabytes.
    pub(crate) fn memory(&self) -> f64 {
        let least = self.0.iter().map(|run| run.memory).min().expect("a build");
        least as f64 / 1e6
    }
}
