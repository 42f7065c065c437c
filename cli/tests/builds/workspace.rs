//! Packages that are built with cargo, and what it says about them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The section of a package that uses migrations.
pub(crate) const SECTION: &str = "backend = \"sqlite\"\n";

/// What a build says about a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Told {
    pub(crate) file: String,
    pub(crate) line: u64,
    pub(crate) column: u64,
    pub(crate) level: String,
    pub(crate) text: String,
}

/// What a build said, by package, and whether it went well.
pub(crate) struct Build {
    pub(crate) fine: bool,
    pub(crate) told: BTreeMap<String, Vec<Told>>,
}

impl Build {
    pub(crate) fn of(&self, package: &str) -> &[Told] {
        self.told.get(package).map_or(&[], Vec::as_slice)
    }
}

/// Packages that are built together; they share what the repository itself has built.
pub(crate) struct Workspace {
    dir: PathBuf,
    /// The folder of the packages. Cargo takes packages of two workspaces for the same one when
    /// they have one name and one place in them.
    packages: String,
}

pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the root")
}

/// Diesel with the features that it has in a build of the whole repository: it is built once.
const DEPENDENCIES: &str = "\
bigdecimal = { version = \"0.4\", default-features = false, features = [\"std\"] }
chrono = { version = \"0.4\", default-features = false, features = [\"std\", \"clock\"] }
libsqlite3-sys = { version = \"0.38\", features = [\"bundled\"] }
serde_json = \"1\"
time = { version = \"0.3\", default-features = false, features = [\"std\", \"macros\"] }

[dependencies.diesel]
version = \"2.3.14\"
default-features = false
features = [
    \"32-column-tables\", \"chrono\", \"numeric\", \"returning_clauses_for_sqlite_3_35\",
    \"serde_json\", \"sqlite\", \"time\",
]
";

impl Workspace {
    /// An empty workspace.
    pub(crate) fn new(name: &str) -> Workspace {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("drift").join(name);
        let _ = fs::remove_dir_all(&dir);
        let workspace = Workspace { dir, packages: name.to_owned() };
        let root = format!(
            "[workspace]\nmembers = [\"{name}/*\"]\nresolver = \"3\"\n\n\
             [profile.dev]\ndebug = \"line-tables-only\"\n\n\
             [profile.dev.package.libsqlite3-sys]\nopt-level = 3\n"
        );
        workspace.put("Cargo.toml", &root);
        fs::copy(repository().join("Cargo.lock"), workspace.dir.join("Cargo.lock")).unwrap();
        workspace
    }

    /// Adds a package, or gives it another configuration.
    pub(crate) fn package(&self, name: &str, section: &str) {
        self.manifest(name, &format!("[package.metadata.diesel_autogen]\n{section}\n"));
    }

    /// Adds a package that has not begun to use migrations.
    pub(crate) fn bare_package(&self, name: &str) {
        self.manifest(name, "");
    }

    fn manifest(&self, name: &str, metadata: &str) {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             {metadata}\
             [features]\ndefault = [\"loyalty\"]\nloyalty = []\n\n\
             [dependencies]\ndiesel_autogen = {{ path = '{}' }}\n{DEPENDENCIES}",
            repository().join("runtime").display()
        );
        self.write(name, "Cargo.toml", &manifest);
    }

    pub(crate) fn path(&self, package: &str, file: &str) -> PathBuf {
        self.dir.join(&self.packages).join(package).join(file)
    }

    pub(crate) fn write(&self, package: &str, file: &str, text: &str) {
        self.put(&format!("{}/{package}/{file}", self.packages), text);
    }

    fn put(&self, file: &str, text: &str) {
        let path = self.dir.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs the program in a package.
    pub(crate) fn run(&self, package: &str, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_diesel-autogen"))
            .args(arguments)
            .current_dir(self.path(package, ""))
            .env_remove("DATABASE_URL")
            .output()
            .unwrap()
    }

    /// Runs the program in a package, which must succeed.
    pub(crate) fn ok(&self, package: &str, arguments: &[&str]) {
        let output = self.run(package, arguments);
        assert!(output.status.success(), "{package}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Checks every package with cargo and reads what is told at a line.
    pub(crate) fn check(&self) -> Build {
        self.check_with(&[])
    }

    /// The same with further arguments for cargo.
    pub(crate) fn check_with(&self, arguments: &[&str]) -> Build {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let output = Command::new(env!("CARGO"))
            .args(["check", "--workspace", "--keep-going", "--offline", "--message-format=json"])
            .args(arguments)
            .current_dir(&self.dir)
            .env("CARGO_TARGET_DIR", target)
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let mut told: BTreeMap<String, Vec<Told>> = BTreeMap::new();
        for (package, message) in text.lines().filter_map(told_of) {
            told.entry(package).or_default().push(message);
        }
        told.values_mut().for_each(|told| told.sort());
        let fine = output.status.success();
        assert!(fine || !told.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        Build { fine, told }
    }
}

/// The package and the message of a line that cargo prints. What has no place in a package of the
/// workspace is kept at line 0, so that no warning goes unseen.
fn told_of(line: &str) -> Option<(String, Told)> {
    let line: Value = serde_json::from_str(line).unwrap();
    if line["reason"] != "compiler-message" {
        return None;
    }
    let message = &line["message"];
    let text = message["message"].as_str()?;
    let counts = text.ends_with(" emitted") || text.starts_with("aborting due to ");
    if counts || message["level"] == "failure-note" {
        return None;
    }
    let text = match text.split_once("schema_drift`: ") {
        None => text,
        Some((head, told)) => {
            assert!(head.starts_with("use of deprecated "), "{text}");
            told
        }
    };
    let span = message["spans"].as_array()?.iter().find(|span| span["is_primary"] == true);
    let place = span.and_then(|span| place_of(span["file_name"].as_str()?));
    let number = |key: &str| match &place {
        Some(_) => span.and_then(|span| span[key].as_u64()).unwrap_or_default(),
        None => 0,
    };
    let (line_start, column) = (number("line_start"), number("column_start"));
    let (package, file) = place.unwrap_or_else(|| {
        (line["target"]["name"].as_str().unwrap_or("").to_owned(), String::new())
    });
    let (level, text) = (message["level"].as_str()?.to_owned(), text.to_owned());
    Some((package, Told { file, line: line_start, column, level, text }))
}

/// The package of a path in a workspace, and the file in the package.
pub(crate) fn place_of(path: &str) -> Option<(String, String)> {
    let (_, path) = path.split_once('/')?;
    let (package, file) = path.split_once('/')?;
    Some((package.to_owned(), file.to_owned()))
}
