use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;

use diesel_autogen_database::testing::{self, OwnDatabase};
use diesel_autogen_database::{Database, Value};
use diesel_autogen_schema::Dialect;
use tempfile::TempDir;

const MANIFEST: &str = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
                        [package.metadata.diesel_autogen]\nbackend = \"sqlite\"\n";

pub(crate) const USER: &str =
    "#[derive(Model)]\npub struct User {\n    pub id: i64,\n    pub email: String,\n}\n";

pub(crate) const USER_WITH_BIO: &str = "#[derive(Model)]\npub struct User {\n    pub id: i64,\n    \
                                        pub email: String,\n    pub bio: Option<String>,\n}\n";

/// A package in a directory of its own.
pub(crate) struct Shop {
    dir: TempDir,
    /// DATABASE_URL of the program, when it has one.
    server: Option<String>,
}

/// Does the same with a package that has these models on every engine of which a server answers.
/// DATABASE_URL names a database of the package's own.
pub(crate) fn on_each(models: &str, test: impl Fn(Shop)) {
    let shop = |engine: Dialect| match engine {
        Dialect::Sqlite => Some((Shop::new(models).at("shop.db"), None)),
        #[cfg(feature = "postgres")]
        Dialect::Postgres => Some(in_its(Shop::postgres(models), testing::postgres()?)),
        #[cfg(not(feature = "postgres"))]
        Dialect::Postgres => None,
        #[cfg(feature = "mysql")]
        Dialect::Mysql => Some(in_its(Shop::mariadb(models), testing::mysql()?)),
        #[cfg(not(feature = "mysql"))]
        Dialect::Mysql => None,
    };
    for engine in [Dialect::Sqlite, Dialect::Postgres, Dialect::Mysql] {
        let Some((shop, _own)) = shop(engine) else { continue };
        let result = catch_unwind(AssertUnwindSafe(|| test(shop)));
        assert!(result.is_ok(), "on {}", engine.name());
    }
}

/// The package with a database that lasts as long as is held on to.
#[cfg(any(feature = "postgres", feature = "mysql"))]
fn in_its(shop: Shop, own: OwnDatabase) -> (Shop, Option<OwnDatabase>) {
    (shop.at(own.url()), Some(own))
}

/// As [`on_each`], with `USER` and its revision.
pub(crate) fn on_each_with_users(test: impl Fn(Shop)) {
    on_each(USER, |shop| {
        shop.ok(&["generate", "-m", "add users"]);
        test(shop);
    });
}

/// What a run of the program came to.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Shop {
    /// A package with these models that is set up and has no revision.
    pub(crate) fn new(models: &str) -> Shop {
        let shop = Shop::bare(models);
        shop.write("Cargo.toml", MANIFEST);
        let init = shop.run(&["init"]);
        assert_eq!(init.code, 0, "{init:?}");
        shop
    }

    /// As [`Shop::new`], for PostgreSQL; no server is named.
    pub(crate) fn postgres(models: &str) -> Shop {
        let shop = Shop::bare(models);
        shop.write("Cargo.toml", &MANIFEST.replace("sqlite", "postgres"));
        shop.ok(&["init"]);
        shop
    }

    /// As [`Shop::new`], for MariaDB; no server is named.
    #[cfg(feature = "mysql")]
    pub(crate) fn mariadb(models: &str) -> Shop {
        let shop = Shop::bare(models);
        let backend = "backend = \"mysql\"\nflavour = \"mariadb\"";
        shop.write("Cargo.toml", &MANIFEST.replace("backend = \"sqlite\"", backend));
        shop.ok(&["init"]);
        shop
    }

    /// From here on the program finds this DATABASE_URL.
    pub(crate) fn at(self, url: impl Into<String>) -> Shop {
        Shop { server: Some(url.into()), ..self }
    }

    /// A package that is not set up.
    pub(crate) fn bare(models: &str) -> Shop {
        let shop = Shop { dir: TempDir::new().unwrap(), server: None };
        let manifest = MANIFEST.split("\n[package.metadata").next().unwrap();
        shop.write("Cargo.toml", manifest);
        shop.models(models);
        shop
    }

    /// A package with `USER`, and its revision.
    pub(crate) fn with_users() -> Shop {
        let shop = Shop::new(USER);
        shop.ok(&["generate", "-m", "add users"]);
        shop
    }

    pub(crate) fn models(&self, models: &str) {
        self.write("src/lib.rs", &format!("use diesel_autogen::Model;\n\n{models}"));
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.dir.path().join(path)).unwrap()
    }

    /// Runs the program in the package's directory.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let output = Command::new(env!("CARGO_BIN_EXE_diesel-autogen"))
            .args(arguments)
            .current_dir(self.dir.path())
            .env_remove("DATABASE_URL")
            .envs(self.server.iter().map(|url| ("DATABASE_URL", url)))
            .env_remove("CLICOLOR_FORCE")
            .output()
            .unwrap();
        Run {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs the program, which must succeed.
    pub(crate) fn ok(&self, arguments: &[&str]) -> Run {
        let run = self.run(arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {run:#?}");
        run
    }

    /// Runs the program with `--format json` and reads what it says.
    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let run = self.run(&[arguments, &["--format", "json"]].concat());
        serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {run:#?}"))
    }

    /// Directories of the revisions, in order.
    pub(crate) fn revisions(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.dir.path().join("migrations"))
            .unwrap()
            .map(Result::unwrap)
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// Every file of the migrations directory with its text, except Diesel's lock.
    pub(crate) fn files(&self) -> Vec<(PathBuf, String)> {
        let mut files = Vec::new();
        let mut open = vec![self.dir.path().join("migrations")];
        while let Some(directory) = open.pop() {
            for entry in fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else if path.file_name().unwrap() != ".diesel_lock" {
                    let text = fs::read_to_string(&path).unwrap();
                    files.push((path, text));
                }
            }
        }
        files.sort();
        files
    }

    /// What DATABASE_URL is, or what it may be.
    pub(crate) fn url(&self) -> String {
        self.server.clone().unwrap_or_else(|| "shop.db".to_owned())
    }

    /// The database that DATABASE_URL names, or else `shop.db`.
    pub(crate) fn database(&self) -> Database {
        match self.server.as_deref() {
            None | Some("shop.db") => self.sqlite(),
            Some(url) => Database::open(url).unwrap(),
        }
    }

    fn sqlite(&self) -> Database {
        Database::open(self.dir.path().join("shop.db").to_str().unwrap()).unwrap()
    }

    pub(crate) fn execute(&self, sql: &str) {
        self.database().execute(sql).unwrap();
    }

    /// What a query that makes one value of each row, called `value`, finds.
    pub(crate) fn rows(&self, sql: &str) -> Vec<Option<String>> {
        let rows = self.database().rows(&format!("SELECT value FROM ({sql}) AS asked")).unwrap();
        let text = |value: Value| match value {
            Value::Null => None,
            Value::Integer(number) => Some(number.to_string()),
            Value::Real(number) => Some(number.to_string()),
            Value::Text(text) => Some(text),
            Value::Blob(bytes) => Some(String::from_utf8(bytes).unwrap()),
        };
        rows.into_iter().flatten().map(text).collect()
    }

    /// The names of the columns of a table; none when there is no such table.
    pub(crate) fn columns(&self, table: &str) -> Vec<String> {
        let live = self.database().live().unwrap();
        let tables = live.schema.tables.iter().filter(|it| it.name == table);
        let names = tables.flat_map(|it| it.columns.iter().map(|it| it.name.to_string()));
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }
}
