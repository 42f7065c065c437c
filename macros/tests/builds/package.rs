//! Packages that are built with cargo, and what it says about them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The section of a package that uses migrations.
pub(crate) const SECTION: &str = "[package.metadata.diesel_autogen]";

/// What cargo says about a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Told {
    pub(crate) line: u64,
    pub(crate) column: u64,
    pub(crate) level: String,
    pub(crate) text: String,
}

/// A package of its own, which shares what is built with the workspace.
pub(crate) struct Package {
    name: &'static str,
    dir: PathBuf,
}

impl Package {
    pub(crate) fn new(name: &'static str) -> Package {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(dir.join("src/db")).unwrap();
        fs::create_dir_all(dir.join("migrations")).unwrap();
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        fs::copy(workspace.join("Cargo.lock"), dir.join("Cargo.lock")).unwrap();
        Package { name, dir }
    }

    /// Writes the manifest; `metadata` is the package's own section.
    pub(crate) fn metadata(&self, metadata: &str) {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let manifest = format!(
            "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{metadata}\n\
             [dependencies]\n\
             diesel_autogen = {{ path = '{}' }}\n\
             libsqlite3-sys = {{ version = \"*\", features = [\"bundled\"] }}\n\
             [dependencies.diesel]\nversion = \"2.3\"\ndefault-features = false\n\
             features = [\"sqlite\", \"32-column-tables\"]\n\
             [profile.dev]\ndebug = \"line-tables-only\"\n\
             [profile.dev.package.libsqlite3-sys]\nopt-level = 3\n[workspace]\n",
            self.name,
            workspace.join("runtime").display()
        );
        self.write("Cargo.toml", &manifest);
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        fs::write(self.dir.join(file), text).unwrap();
    }

    /// Builds; whether it went well, and every message that points at a line.
    pub(crate) fn check(&self) -> (bool, Vec<Told>) {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let output = Command::new(env!("CARGO"))
            .args(["check", "--offline", "--message-format=json"])
            .current_dir(&self.dir)
            .env("CARGO_TARGET_DIR", target)
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let mut told: Vec<Told> = text.lines().filter_map(|line| told(self.name, line)).collect();
        told.sort();
        if !output.status.success() && told.is_empty() {
            panic!("{}", String::from_utf8_lossy(&output.stderr));
        }
        (output.status.success(), told)
    }
}

fn told(package: &str, line: &str) -> Option<Told> {
    let message: Value = serde_json::from_str(line).unwrap();
    if message["reason"] != "compiler-message" || message["target"]["name"] != package {
        return None;
    }
    let message = &message["message"];
    let span = message["spans"].as_array()?.iter().find(|span| span["is_primary"] == true)?;
    assert_eq!(span["file_name"], "src/lib.rs");
    let text = message["message"].as_str()?;
    let text = text.split_once("drift`: ").map_or(text, |(_, text)| text);
    Some(Told {
        line: span["line_start"].as_u64()?,
        column: span["column_start"].as_u64()?,
        level: message["level"].as_str()?.to_owned(),
        text: text.to_owned(),
    })
}
