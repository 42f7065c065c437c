//! A synthetic package: as many models of 12 columns as are asked for.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Models in a file.
const FILE: usize = 5;
/// Files in a folder.
const FOLDER: usize = 10;

const MANIFEST: &str = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
                        [package.metadata.diesel_autogen]\nbackend = \"sqlite\"\n";

const KINDS: &str = "//! Types of the package's own.

use diesel_autogen::{DbEnum, DbType};

#[derive(DbEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[db_enum(name = \"order_state\", rename_all = \"SCREAMING_SNAKE_CASE\")]
pub enum State {
    Open,
    Paid,
    #[db_enum(rename = \"ON ITS WAY\")]
    Shipped,
    Returned,
}

#[derive(DbType, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cents(pub i64);

#[derive(DbType, Clone, Debug, PartialEq, Eq, Hash)]
pub struct Email(pub String);
";

/// A package in a directory of its own, which goes with it.
pub(crate) struct Package {
    dir: TempDir,
    models: usize,
}

impl Package {
    pub(crate) fn new(models: usize) -> Package {
        let package = Package { dir: TempDir::new().expect("a temporary directory"), models };
        package.write("Cargo.toml", MANIFEST);
        package.write("src/kinds.rs", KINDS);
        let files = models.div_ceil(FILE);
        let folders = files.div_ceil(FOLDER);
        let mut root = String::from("//! Many models.\n\npub mod kinds;\n");
        for folder in 0..folders {
            let _ = writeln!(root, "pub mod area_{folder};");
            let mut module = String::from("//! Some of the models.\n\n");
            for file in folder * FOLDER..files.min((folder + 1) * FOLDER) {
                let _ = writeln!(module, "pub mod models_{file};");
                package.write_file(file, None);
            }
            package.write(&format!("src/area_{folder}/mod.rs"), &module);
        }
        package.write("src/lib.rs", &root);
        fs::create_dir_all(package.migrations()).expect("a directory");
        package
    }

    pub(crate) fn manifest(&self) -> PathBuf {
        self.dir.path().join("Cargo.toml")
    }

    pub(crate) fn migrations(&self) -> PathBuf {
        self.dir.path().join("migrations")
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.dir.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        fs::write(path, text).expect("a file");
    }

    /// Gives the model in the middle one column more, or takes it away again.
    pub(crate) fn add_column(&self, there: bool) {
        let model = self.models / 2;
        self.write_file(model / FILE, there.then_some(model));
    }

    /// Every Rust file.
    pub(crate) fn sources(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        collect(&self.dir.path().join("src"), &mut files);
        files.sort();
        files
    }

    fn write_file(&self, file: usize, with_column: Option<usize>) {
        let models = file * FILE..self.models.min((file + 1) * FILE);
        let mut text = String::from(
            "//! Five models.\n\nuse chrono::NaiveDateTime;\nuse diesel::prelude::*;\n\
             use diesel_autogen::Model;\n\nuse crate::kinds::{Cents, Email, State};\n",
        );
        for model in models.clone() {
            let to = referred(model);
            if to / FILE != file {
                let (file, folder) = (to / FILE, to / FILE / FOLDER);
                let _ = writeln!(text, "use crate::area_{folder}::models_{file}::entry_{to};");
            }
        }
        for model in models {
            text.push_str(&source(model, with_column == Some(model)));
        }
        self.write(&format!("src/area_{}/models_{file}.rs", file / FOLDER), &text);
    }
}

/// The model that another refers to.
fn referred(model: usize) -> usize {
    model / 3
}

fn source(model: usize, with_column: bool) -> String {
    let to = referred(model);
    let added = if with_column { "    pub added: Option<String>,\n" } else { "" };
    format!(
        "
/// What is kept of an entry of kind {model}.
#[derive(Model, Queryable, Selectable, Insertable, Identifiable, Clone, Debug, PartialEq)]
#[diesel(table_name = entry_{model})]
#[model(
    index(columns(state, created_at desc)),
    unique(parent_id, number),
    check(name = \"entry_{model}_dates\", \"updated_at IS NULL OR updated_at >= created_at\"),
)]
pub struct Entry{model} {{
    pub id: i64,
    /// Where it hangs.
    #[column(references = entry_{to}::id, on_delete = cascade)]
    pub parent_id: i64,
    pub number: i32,
    #[column(unique, collation = \"NOCASE\")]
    pub email: Email,
    #[column(max_length = 120, index)]
    pub title: String,
    #[column(default = \"'OPEN'\")]
    pub state: State,
    #[column(check = \"price >= 0\")]
    pub price: Cents,
    #[column(default = 1.0)]
    pub weight: f64,
    #[column(default = true)]
    pub active: bool,
    #[column(default = \"CURRENT_TIMESTAMP\")]
    pub created_at: NaiveDateTime,
    pub updated_at: Option<NaiveDateTime>,
    pub notes: Option<String>,
{added}}}
"
    )
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}
