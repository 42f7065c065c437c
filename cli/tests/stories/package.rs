use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use diesel_autogen_schema::Dialect;
use tempfile::TempDir;

use crate::engine;
use crate::story::Expect;

/// A package in a folder of its own, driven by the real binary.
pub(crate) struct Package {
    pub(crate) engine: Dialect,
    directory: TempDir,
}

/// What a command printed and how it ended.
pub(crate) struct Output {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The files of one revision.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Revision {
    pub(crate) name: String,
    pub(crate) up: String,
    pub(crate) down: String,
    pub(crate) metadata: String,
}

const MANIFEST: &str = "\
[package]
name = \"story\"
version = \"0.1.0\"
edition = \"2024\"

[package.metadata.diesel_autogen]
";

impl Package {
    /// A package without models.
    pub(crate) fn new(engine: Dialect, expect: &Expect) -> Package {
        let directory = tempfile::tempdir().expect("a temporary folder");
        let package = Package { engine, directory };
        let mut manifest = format!("{MANIFEST}backend = \"{}\"\n", engine.name());
        if engine == Dialect::Mysql {
            let flavour = expect.flavour.as_deref().unwrap_or("mariadb");
            manifest.push_str(&format!("flavour = \"{flavour}\"\n"));
        }
        if let Some(minimum) = &expect.minimum_server {
            manifest.push_str(&format!("minimum-server = \"{minimum}\"\n"));
        }
        if !expect.extensions.is_empty() {
            manifest.push_str(&format!("extensions = {:?}\n", expect.extensions));
        }
        package.write("Cargo.toml", &manifest);
        package.write("src/lib.rs", "");
        let output = package.run(&["init"]);
        assert_eq!(output.code, 0, "{}", output.stderr);
        package
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn migrations(&self) -> PathBuf {
        self.path().join("migrations")
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("writable");
        fs::write(path, text).expect("writable");
    }

    /// Runs a command that may ask a server.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, engine::server(self.engine))
    }

    fn run_with(&self, arguments: &[&str], server: Option<(&str, String)>) -> Output {
        let output = Command::new(env!("CARGO_BIN_EXE_diesel-autogen"))
            .args(arguments)
            .current_dir(self.path())
            .env_remove("DATABASE_URL")
            .envs(server)
            .env("NO_COLOR", "1")
            // The laws compare the dumps of every story themselves, so that the proof need not ask
            // `pg_dump` six times a story.
            .env("PATH", "")
            .env("CARGO", env!("CARGO"))
            // Half of what cargo does for an answer is to read certificates that it has no use for.
            .env("SSL_CERT_FILE", "/dev/null")
            .output()
            .expect("the binary runs");
        Output {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    pub(crate) fn generate(&self, message: &str, flags: &[String]) -> Output {
        self.run(&generating(message, flags))
    }

    /// As [`Package::generate`], without the time that a proof on a server takes.
    pub(crate) fn generate_unproved(&self, message: &str, flags: &[String]) -> Output {
        self.run_with(&generating(message, flags), None)
    }

    /// Adds a migration that a person wrote, later than all that are there.
    pub(crate) fn hand_write(&self, up: &str, down: &str) {
        let last = self.revisions().pop().map(|revision| revision.name);
        let last = last.as_deref().unwrap_or("2020-01-01-000000_none");
        let (version, _) = last.split_once('_').expect("a directory has a version");
        let (day, time) = version.rsplit_once('-').expect("a version has a time");
        let time: u32 = time.parse().expect("a time is a number");
        let name = format!("{day}-{:06}_by_hand", time + 1);
        self.write(&format!("migrations/{name}/up.sql"), up);
        self.write(&format!("migrations/{name}/down.sql"), down);
    }

    /// The revisions on disk, oldest first.
    pub(crate) fn revisions(&self) -> Vec<Revision> {
        let Ok(entries) = fs::read_dir(self.migrations()) else { return Vec::new() };
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("readable"))
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort();
        let read = |name: &str, file: &str| {
            fs::read_to_string(self.migrations().join(name).join(file)).unwrap_or_default()
        };
        names
            .into_iter()
            .map(|name| Revision {
                up: read(&name, "up.sql"),
                down: read(&name, "down.sql"),
                metadata: read(&name, "metadata.toml"),
                name,
            })
            .collect()
    }

    pub(crate) fn snapshot(&self) -> String {
        fs::read_to_string(self.migrations().join("schema.toml")).expect("a snapshot")
    }

    /// Everything under `migrations`, to see whether a command wrote anything.
    pub(crate) fn state(&self) -> (Vec<Revision>, String) {
        (self.revisions(), self.snapshot())
    }
}

fn generating<'a>(message: &'a str, flags: &'a [String]) -> Vec<&'a str> {
    let mut arguments = vec!["generate", "-m", message];
    arguments.extend(flags.iter().map(String::as_str));
    arguments
}
