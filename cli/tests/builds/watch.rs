//! A package while its models, its snapshot and its configuration are edited.

use std::fs;

use crate::workspace::{Build, SECTION, Told, Workspace};

const LIB: &str = "//! Models in a file of their own.\n\npub mod people;\n\n\
                   diesel_autogen::schema!(people::User);\n";

const PEOPLE: &str = "\
use diesel_autogen::Model;

#[derive(Model)]
pub struct User {
    pub id: i64,
    #[column(max_length = 120)]
    pub email: String,
}
";

const BIO: &str = "column `users.bio` is not in the last migration (Text, nullable); \
                   run `diesel-autogen generate -m \"…\"`";

/// The models with a field that no migration covers, in line 8.
fn with_bio() -> String {
    PEOPLE.replace("String,\n}", "String,\n    pub bio: Option<String>,\n}")
}

fn told(file: &str, line: u64, column: u64, level: &str, text: &str) -> Told {
    let (file, level, text) = (file.to_owned(), level.to_owned(), text.to_owned());
    Told { file, line, column, level, text }
}

/// A package whose migrations cover its models.
fn covered(name: &str) -> Workspace {
    let workspace = Workspace::new(name);
    workspace.package(name, SECTION);
    workspace.write(name, "src/lib.rs", LIB);
    workspace.write(name, "src/people.rs", PEOPLE);
    workspace.ok(name, &["init"]);
    workspace.ok(name, &["generate", "-m", "add users"]);
    workspace
}

fn said(build: &Build, name: &str) -> (bool, Vec<Told>) {
    (build.fine, build.of(name).to_vec())
}

#[test]
fn an_added_field_is_told_in_its_file_until_a_migration_covers_it() {
    let name = "watched";
    let workspace = covered(name);
    assert_eq!(said(&workspace.check(), name), (true, vec![]));

    workspace.write(name, "src/people.rs", &with_bio());
    let warning = told("src/people.rs", 8, 9, "warning", BIO);
    assert_eq!(said(&workspace.check(), name), (true, vec![warning.clone()]));
    let again = said(&workspace.check(), name);
    assert_eq!(again, (true, vec![warning.clone()]), "a fresh build says it again");

    workspace.package(name, &format!("{SECTION}drift = \"deny\"\n"));
    let error = told("src/people.rs", 8, 9, "error", BIO);
    assert_eq!(said(&workspace.check(), name), (false, vec![error]));
    workspace.package(name, &format!("{SECTION}drift = \"allow\"\n"));
    assert_eq!(said(&workspace.check(), name), (true, vec![]));
    workspace.package(name, SECTION);
    assert_eq!(said(&workspace.check(), name), (true, vec![warning]));

    workspace.ok(name, &["generate", "-m", "add user bio"]);
    assert_eq!(said(&workspace.check(), name), (true, vec![]));
}

#[test]
fn the_snapshot_is_watched() {
    let name = "snapshot";
    let workspace = covered(name);
    assert_eq!(said(&workspace.check(), name), (true, vec![]));
    let path = workspace.path(name, "migrations/schema.toml");
    let text = fs::read_to_string(&path).unwrap();

    assert!(text.contains("120"), "{text}");
    workspace.write(name, "migrations/schema.toml", &text.replace("120", "80"));
    let length = "column `users.email` is Text(120), and Text(80) in the last migration; \
                  run `diesel-autogen generate -m \"…\"`";
    let expected = told("src/people.rs", 7, 9, "warning", length);
    assert_eq!(said(&workspace.check(), name), (true, vec![expected]));

    fs::remove_file(&path).unwrap();
    let missing = "table `users` is not in the last migration; \
                   run `diesel-autogen generate -m \"…\"`";
    let expected = told("src/people.rs", 4, 12, "warning", missing);
    assert_eq!(said(&workspace.check(), name), (true, vec![expected]));

    // `init` makes the build look again: cargo watches no file that is not there.
    workspace.ok(name, &["init"]);
    workspace.write(name, "migrations/schema.toml", &text);
    assert_eq!(said(&workspace.check(), name), (true, vec![]), "it is there again");
}

#[test]
fn a_snapshot_that_cannot_be_read_is_one_error() {
    let name = "unreadable";
    let workspace = covered(name);
    let path = workspace.path(name, "migrations/schema.toml");
    let text = fs::read_to_string(&path).unwrap();
    let head = text.lines().find(|line| line.starts_with("head = ")).expect("a head");
    let both = format!("<<<<<<< HEAD\n{head}\n=======\nhead = [\"20260101000000\"]\n>>>>>>> b");
    let cases = [
        (text.replace(head, &both), "conflict"),
        (text.replace("format = 1", "format = 999"), "format 999"),
        (text.replace("\"sqlite\"", "\"postgres\""), "it is of postgres"),
        ("format = 1\nnonsense".to_owned(), "line 2"),
    ];
    for (text, part) in cases {
        workspace.write(name, "migrations/schema.toml", &text);
        let build = workspace.check();
        assert!(!build.fine);
        let [told] = build.of(name) else { panic!("one error: {:#?}", build.of(name)) };
        assert!(told.text.starts_with("migrations/schema.toml: "), "{told:?}");
        assert!(told.text.contains(part), "{told:?}");
        assert_eq!(told.level, "error");
    }
    workspace.write(name, "migrations/schema.toml", &text);
    assert_eq!(said(&workspace.check(), name), (true, vec![]), "it is mended");
}

#[test]
fn a_section_that_cannot_be_read_is_one_error() {
    let name = "misspelled";
    let workspace = covered(name);
    workspace.package(name, &format!("{SECTION}drfit = \"deny\"\n"));
    let build = workspace.check();
    assert!(!build.fine);
    let [told] = build.of(name) else { panic!("one error: {:#?}", build.of(name)) };
    assert!(told.text.starts_with("`drfit` in [package.metadata.diesel_autogen]"), "{told:?}");
    assert_eq!(told.level, "error");
}

#[test]
fn a_package_without_the_section_is_left_alone() {
    let name = "bare";
    let workspace = Workspace::new(name);
    workspace.bare_package(name);
    workspace.write(name, "src/lib.rs", LIB);
    workspace.write(name, "src/people.rs", PEOPLE);
    assert_eq!(said(&workspace.check(), name), (true, vec![]));
}

/// A model of the tests', the benchmarks' or the examples' own, and a list of such models.
const ASIDE: &str = "use diesel_autogen::Model;\n#[derive(Model)]\npub struct Aside {\n    \
                     pub id: i64,\n}\npub mod listed {\n    \
                     diesel_autogen::schema!(super::Aside);\n}\n";

#[test]
fn tables_of_tests_and_examples_are_nobodys_to_migrate() {
    let name = "aside";
    let workspace = covered(name);
    for file in ["tests/one.rs", "benches/two.rs", "examples/three/main.rs"] {
        workspace.write(name, file, &format!("{ASIDE}fn main() {{}}\n"));
    }
    workspace.write(name, "src/lib.rs", &format!("{LIB}#[cfg(test)]\nmod tests {{\n{ASIDE}}}\n"));
    workspace.ok(name, &["check"]);
    let build = workspace.check_with(&["--all-targets"]);
    let drift = |told: &&Told| told.text.contains("last migration");
    let told: Vec<&Told> = build.of(name).iter().filter(drift).collect();
    assert!(build.fine && told.is_empty(), "{told:#?}");

    // What the program reads is told in tests as well.
    workspace.write(name, "src/people.rs", &with_bio());
    let build = workspace.check_with(&["--all-targets"]);
    let mut told: Vec<&Told> = build.of(name).iter().filter(drift).collect();
    told.dedup();
    let [only] = told[..] else { panic!("one difference: {told:#?}") };
    assert_eq!((only.file.as_str(), only.text.as_str()), ("src/people.rs", BIO));
}

#[test]
fn a_model_that_is_gone_is_told_where_models_are_listed() {
    let name = "gone";
    let workspace = covered(name);
    workspace.write(name, "src/lib.rs", "diesel_autogen::schema!();\n");
    let text = "table `users` of the last migration has no model in `schema!`; list the model, \
                or run `diesel-autogen generate -m \"…\"`";
    let expected = told("src/lib.rs", 1, 1, "warning", text);
    assert_eq!(said(&workspace.check(), name), (true, vec![expected]));
}
