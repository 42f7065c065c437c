//! Packages written to disk and read without compiling them.

mod across;
mod features;
mod mistakes;
mod modules;
mod packages;
mod parity;
mod schema_file;
mod scope;

use std::fs;
use std::path::Path;

use cli::source::{Fact, Request, Source, read};
use diesel_autogen_schema::{Place, Table};
use tempfile::TempDir;

/// A package in a directory of its own.
pub(crate) struct Package {
    dir: TempDir,
    request: Request,
}

/// A manifest that asks for nothing special.
pub(crate) const MANIFEST: &str = "[package]\nname = \"shop\"\nedition = \"2024\"\n";

impl Package {
    /// Writes these files, and [`MANIFEST`] if none of them is the manifest.
    pub(crate) fn new(files: &[(&str, &str)]) -> Package {
        let dir = TempDir::new().expect("a temporary directory");
        let package = Package {
            request: Request {
                manifest_path: Some(dir.path().join("Cargo.toml")),
                ..Request::default()
            },
            dir,
        };
        package.write("Cargo.toml", MANIFEST);
        for (path, text) in files {
            package.write(path, text);
        }
        package
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.dir.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        fs::write(path, text).expect("a file");
    }

    pub(crate) fn ask(mut self, change: impl FnOnce(&mut Request)) -> Package {
        change(&mut self.request);
        self
    }

    pub(crate) fn read(&self) -> Source {
        match read(&self.request) {
            Ok(source) => source,
            Err(errors) => {
                panic!("{}", errors.iter().map(|e| format!("{e}\n")).collect::<String>())
            }
        }
    }

    /// Names of the tables that were read.
    pub(crate) fn tables(&self) -> Vec<String> {
        self.read().schema.tables.iter().map(|table| table.name.to_string()).collect()
    }

    /// What is wrong, one line each.
    pub(crate) fn errors(&self) -> Vec<String> {
        match read(&self.request) {
            Ok(source) => panic!("nothing is wrong: {source:?}"),
            Err(errors) => errors.iter().map(ToString::to_string).collect(),
        }
    }

    /// The only thing that is wrong.
    pub(crate) fn error(&self) -> String {
        let errors = self.errors();
        assert_eq!(errors.len(), 1, "{errors:#?}");
        errors.into_iter().next().expect("one error")
    }
}

/// A model with a key and these fields.
pub(crate) fn model(name: &str, fields: &str) -> String {
    format!("#[derive(Model)] pub struct {name} {{ pub id: i64, {fields} }}\n")
}

/// `line:column` of the first occurrence of `what` in a text.
pub(crate) fn place(text: &str, what: &str) -> String {
    let before = text.split(what).next().filter(|it| it.len() < text.len()).expect("an occurrence");
    let line = before.rsplit('\n').next().unwrap_or_default();
    format!("{}:{}", before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// The table of this name.
pub(crate) fn table<'a>(source: &'a Source, name: &str) -> &'a Table {
    source.schema.table(name).unwrap_or_else(|| panic!("no table {name}"))
}

/// `table.column: Type` of every column whose type is not the key's.
pub(crate) fn types(source: &Source) -> Vec<String> {
    let mut types = Vec::new();
    for table in source.schema.tables.iter() {
        for column in table.columns.iter().filter(|column| column.name != "id") {
            let ty = column.sql_type.diesel_name();
            types.push(format!("{}.{}: {ty}", table.name, column.name));
        }
    }
    types
}

#[test]
fn a_package_is_read() {
    let package = Package::new(&[(
        "src/lib.rs",
        "use diesel_autogen::{DbEnum, Model};\n\n\
         #[derive(Model)]\n\
         #[model(index(email, name))]\n\
         pub struct User {\n    \
             pub id: i64,\n    \
             #[column(unique)]\n    \
             pub email: String,\n    \
             pub name: Option<String>,\n    \
             pub role: Role,\n\
         }\n\n\
         #[derive(DbEnum)]\npub enum Role { Admin, Member }\n",
    )]);
    let source = package.read();
    assert_eq!(source.package, "shop");
    assert_eq!(source.root, package.path().canonicalize().unwrap());
    assert_eq!(source.config, None);
    let users = table(&source, "users");
    assert_eq!(types(&source), ["users.email: Text", "users.name: Text", "users.role: role"]);
    assert!(users.column("name").is_some_and(|column| column.nullable));
    assert!(users.column("id").is_some_and(|column| column.identity.is_some()));
    let at = |fact| source.origins.of(Place::plain("users"), &fact).map(ToString::to_string);
    assert_eq!(at(Fact::Table).as_deref(), Some("src/lib.rs:5:12"));
    assert_eq!(at(Fact::Column("email".into())).as_deref(), Some("src/lib.rs:8:9"));
    assert_eq!(at(Fact::Unique("users_email_key".into())).as_deref(), Some("src/lib.rs:8:9"));
    assert_eq!(at(Fact::Index("users_email_name_idx".into())).as_deref(), Some("src/lib.rs:5:12"));
    assert_eq!(at(Fact::Column("gone".into())).as_deref(), Some("src/lib.rs:5:12"));
    assert_eq!(source.origins.of(Place::plain("teams"), &Fact::Table), None);
}

#[test]
fn the_order_of_files_and_items_makes_no_difference() {
    let (a, b) = (model("A", "pub x: i32"), model("B", "pub y: i32"));
    let one = Package::new(&[("src/lib.rs", &format!("{a}{b}"))]).read();
    let other = Package::new(&[("src/lib.rs", &format!("mod a; {b}")), ("src/a.rs", &a)]).read();
    assert_eq!(one.schema, other.schema);
}

#[test]
fn many_files_are_read_as_one_is() {
    let models: Vec<String> = (0..100)
        .map(|at| {
            let fields = format!(
                "pub role: Role, #[column(references = t{}s::id)] pub next: i64",
                (at * 7 + 1) % 100
            );
            model(&format!("T{at}"), &fields)
        })
        .collect();
    let role = "#[derive(DbEnum)] pub enum Role { A, B }\n";
    let one = Package::new(&[("src/lib.rs", &format!("{role}{}", models.concat()))]).read();
    assert_eq!(one.schema.tables.len(), 100);

    let modules: String = (0..100).map(|at| format!("mod m{at}; pub use m{at}::*;\n")).collect();
    let many = Package::new(&[("src/lib.rs", &format!("{role}{modules}"))]);
    for (at, model) in models.iter().enumerate() {
        many.write(&format!("src/m{at}.rs"), &format!("use super::*;\n{model}"));
    }
    let source = many.read();
    assert_eq!(source.schema, one.schema);
    for at in 0..100 {
        let place =
            source.origins.of(Place::plain(&format!("t{at}s")), &Fact::Column("next".into()));
        assert!(place.is_some_and(|place| place.file.ends_with(format!("m{at}.rs"))));
    }

    for at in [3, 97, 50] {
        many.write(&format!("src/m{at}.rs"), &model(&format!("T{at}"), "pub x: Nothing"));
    }
    let errors = many.errors();
    let places: Vec<&str> = errors.iter().filter_map(|error| error.split(':').next()).collect();
    assert_eq!(places, ["src/m3.rs", "src/m50.rs", "src/m97.rs"], "{errors:#?}");
}
