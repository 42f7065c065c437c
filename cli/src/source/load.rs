//! Files, each read and parsed once, however many modules and targets it serves, on as many
//! threads as the machine has cores.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use super::body::Digest;
use super::desk::{Answers, Desk, Read, Settled, Unread};
use super::digest::Surroundings;
use super::error::SourceError;

/// Every file of every package that was read so far.
#[derive(Default)]
pub(crate) struct Files {
    /// By package and path, as text: paths compare by their components, which takes long.
    read: BTreeMap<(usize, OsString), Result<Read, SourceError>>,
    /// This thread's own desk, number 0.
    own: Desk,
    /// Other threads, from number 1; started when there is enough to do. What they keep is also
    /// dropped there, while this thread goes on.
    others: Vec<Colleague>,
}

/// Another thread with a desk. It ends when its sender goes.
struct Colleague {
    ask: Sender<Work>,
    answer: Receiver<Done>,
    thread: Option<JoinHandle<()>>,
}

enum Work {
    Read(Vec<PathBuf>, Arc<Surroundings>),
    Settle(Vec<Answers>),
}

enum Done {
    Read(Vec<(PathBuf, Result<Read, SourceError>)>),
    Settled(Vec<Result<Settled, Vec<SourceError>>>),
}

/// Stack of a thread that parses, in bytes: `syn` goes as deep as what it reads is nested, and a file
/// that a program wrote may be nested deeply. Memory is taken only as it is used.
pub(crate) const STACK: usize = 256 << 20;

/// Fewer files than this are parsed sooner than a thread has started.
const ENOUGH: usize = 24;

impl Files {
    /// Reads these files.
    pub(crate) fn read(&mut self, paths: Vec<PathBuf>, around: &Arc<Surroundings>) {
        let key = |path: &PathBuf| (around.package, path.clone().into_os_string());
        let mut new: Vec<PathBuf> =
            paths.into_iter().filter(|path| !self.read.contains_key(&key(path))).collect();
        new.sort_by(|a, b| a.as_os_str().cmp(b.as_os_str()));
        new.dedup();
        if new.len() < ENOUGH {
            for path in new {
                let read = self.own.read(&path, around);
                self.read.insert((around.package, path.into()), read);
            }
            return;
        }
        if self.others.is_empty() {
            let cores = thread::available_parallelism().map_or(1, usize::from);
            self.others = (1..=cores).map(Colleague::start).collect();
        }
        let share = new.len().div_ceil(self.others.len());
        let mut asked = 0;
        while !new.is_empty() {
            let part = new.split_off(new.len().saturating_sub(share));
            self.others[asked].ask(Work::Read(part, Arc::clone(around)));
            asked += 1;
        }
        for other in &mut self.others[..asked] {
            if let Some(Done::Read(part)) = other.answer() {
                let part = part
                    .into_iter()
                    .map(|(path, read)| ((around.package, path.into_os_string()), read));
                self.read.extend(part);
            }
        }
    }

    /// What a file that was read says.
    pub(crate) fn get(&self, path: &Path, package: usize) -> Option<Result<Read, SourceError>> {
        self.read.get(&(package, path.as_os_str().to_owned())).cloned()
    }

    /// Parses a file that was put off.
    pub(crate) fn parse(&mut self, unread: &Unread) -> Digest {
        self.own.parse(unread)
    }

    /// What is left to give back.
    pub(crate) fn close(self) -> impl Send + 'static {
        self.read
    }

    /// The tables of models, by the desk that keeps each.
    pub(crate) fn settle(
        &mut self,
        mut answers: BTreeMap<usize, Vec<Answers>>,
    ) -> Vec<Result<Settled, Vec<SourceError>>> {
        let own = answers.remove(&0).unwrap_or_default();
        let asked: Vec<usize> = answers.keys().copied().collect();
        for (desk, answers) in answers {
            self.others[desk - 1].ask(Work::Settle(answers));
        }
        let mut tables: Vec<_> = own.into_iter().map(|answers| self.own.settle(answers)).collect();
        for desk in asked {
            if let Some(Done::Settled(part)) = self.others[desk - 1].answer() {
                tables.extend(part);
            }
        }
        tables
    }
}

impl Colleague {
    fn start(number: usize) -> Colleague {
        let (ask, work) = channel::<Work>();
        let (done, answer) = channel();
        let thread = thread::Builder::new().stack_size(STACK).spawn(move || {
            let mut desk = Desk { number, ..Desk::default() };
            for work in work {
                if done.send(desk.carry_out(work)).is_err() {
                    break;
                }
            }
        });
        // As `thread::spawn` does where the system has no more threads.
        Colleague { ask, answer, thread: Some(thread.expect("a thread to start")) }
    }

    fn ask(&self, work: Work) {
        // Nobody listens only when the thread has panicked, which `answer` passes on.
        let _ = self.ask.send(work);
    }

    fn answer(&mut self) -> Option<Done> {
        let answer = self.answer.recv().ok();
        if answer.is_none()
            && let Some(thread) = self.thread.take()
            && let Err(panic) = thread.join()
        {
            std::panic::resume_unwind(panic);
        }
        answer
    }
}

impl Desk {
    fn carry_out(&mut self, work: Work) -> Done {
        match work {
            Work::Read(paths, around) => Done::Read(
                paths
                    .into_iter()
                    .map(|path| {
                        let read = self.read(&path, &around);
                        (path, read)
                    })
                    .collect(),
            ),
            Work::Settle(answers) => {
                Done::Settled(answers.into_iter().map(|answers| self.settle(answers)).collect())
            }
        }
    }
}
