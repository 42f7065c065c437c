//! How long `check` and `generate` take, beside the least that reading the models can take.

mod history;
mod measure;
mod package;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use diesel_autogen_schema::snapshot::{self, Snapshot};
use measure::{Row, Shortest, floor, floor_on_all_cores};
use package::Package;

/// Revisions before the one that is generated, where the history is long.
const REVISIONS: usize = 1000;

const CHECK: &[&str] = &["check"];
const EVERYTHING: &[&str] = &["generate", "-m", "add everything"];
const ONE: &[&str] = &["generate", "-m", "add one column"];

fn main() {
    let mut out = io::stdout().lock();
    // Words that cargo hands on, `--bench` among them, are no numbers.
    let asked: Vec<usize> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![10, 100, 1000] } else { asked };
    Row::head(&mut out);
    for models in sizes {
        let rounds = if models < 1000 { 15 } else { 9 };
        let bench = Bench { package: Package::new(models), models, rounds };
        bench.floors(&mut out);
        let check = bench.without_history(&mut out);
        if models >= REVISIONS {
            bench.with_history(&check, &mut out);
        }
    }
}

struct Bench {
    package: Package,
    models: usize,
    rounds: usize,
}

impl Bench {
    /// The floor on one core, to which everything is compared, and on all of them.
    fn floors(&self, out: &mut dyn Write) {
        let files = self.package.sources();
        let (mut one, mut all) = (Shortest::NONE, Shortest::NONE);
        for _ in 0..self.rounds {
            one.measure(|| floor(&files));
            all.measure(|| floor_on_all_cores(&files));
        }
        let what = "the floor on all cores";
        Row { models: self.models, what, floor: one, call: all, process: None, goal: "" }.show(out);
    }

    /// What things take where one revision made everything. Returns what `check` takes.
    fn without_history(&self, out: &mut dyn Write) -> Row {
        let large = self.models == 1000;
        let goal = |goal: &'static str| if large { goal } else { "" };
        let empty = Snapshot { backend: "sqlite".to_owned(), ..Snapshot::default() };
        self.package.write("migrations/schema.toml", &snapshot::write(&empty));
        self.row("`generate` of everything", EVERYTHING, "").show(out);
        self.call(EVERYTHING);
        let check = self.row("`check`", CHECK, goal("≤ 2"));
        check.show(out);
        self.package.add_column(true);
        self.row("`generate` of one column", ONE, goal("≤ 5")).show(out);
        self.package.add_column(false);
        check
    }

    /// What things take where many revisions made the same.
    fn with_history(&self, check: &Row, out: &mut dyn Write) {
        let migrations = self.package.migrations();
        fs::remove_dir_all(&migrations).expect("a directory to remove");
        fs::create_dir_all(&migrations).expect("a directory");
        history::write(&self.package.manifest(), &migrations, REVISIONS);
        let after = self.row("`check` after 1,000 revisions", CHECK, "see below");
        after.show(out);
        Row::difference("what 1,000 revisions add to `check`", &after, check, "≤ 20 %", out);
        self.package.add_column(true);
        self.row("`generate` of one column after 1,000 revisions", ONE, "≤ 10").show(out);
    }

    /// Floor, call and program take turns, so that whatever else the machine does meets all.
    fn row(&self, what: &'static str, command: &[&str], goal: &'static str) -> Row {
        let files = self.package.sources();
        let (mut least, mut call, mut process) = (Shortest::NONE, Shortest::NONE, Shortest::NONE);
        let state = State::of(self.package.migrations());
        for _ in 0..self.rounds {
            least.measure(|| floor(&files));
            call.measure(|| self.call(command));
            state.restore();
            process.measure(|| self.spawn(command));
            state.restore();
        }
        Row { models: self.models, what, floor: least, call, process: Some(process), goal }
    }

    /// The command as a call of the library.
    fn call(&self, command: &[&str]) {
        let manifest = self.package.manifest();
        let words = ["diesel-autogen"].iter().chain(command).map(OsString::from);
        let words = words.chain(["--manifest-path".into(), manifest.into_os_string()]);
        let exit = cli::commands::run(words, Box::new(io::sink()), Box::new(io::sink()));
        assert_eq!(exit.expect("arguments"), cli::Exit::Fine, "{command:?}");
    }

    /// The command as a program.
    fn spawn(&self, command: &[&str]) {
        let status = Command::new(env!("CARGO_BIN_EXE_diesel-autogen"))
            .args(command)
            .arg("--manifest-path")
            .arg(self.package.manifest())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(status.expect("a program").success(), "{command:?}");
    }
}

/// What a migrations directory holds, so that a command can be run again.
struct State {
    migrations: PathBuf,
    snapshot: String,
    names: BTreeSet<OsString>,
}

impl State {
    fn of(migrations: PathBuf) -> State {
        let snapshot = fs::read_to_string(migrations.join(snapshot::FILE)).expect("a snapshot");
        let names = State::names(&migrations);
        State { migrations, snapshot, names }
    }

    fn names(migrations: &PathBuf) -> BTreeSet<OsString> {
        let entries = fs::read_dir(migrations).expect("a directory");
        entries.map(|entry| entry.expect("an entry").file_name()).collect()
    }

    /// Takes away what was generated. What begins with a dot is nobody's revision.
    fn restore(&self) {
        for name in State::names(&self.migrations).difference(&self.names) {
            if !name.as_encoded_bytes().starts_with(b".") {
                fs::remove_dir_all(self.migrations.join(name)).expect("a directory to remove");
            }
        }
        fs::write(self.migrations.join(snapshot::FILE), &self.snapshot).expect("a file");
    }
}
