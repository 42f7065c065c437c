//! What MySQL is told where it is told something else than MariaDB, in every story that only the two
//! servers have. The stories themselves run on MariaDB.

use std::fs;
use std::path::{Path, PathBuf};

use cli::source::{Request, read};
use diesel_autogen_evolve::{Dialect, Target, plan};
use diesel_autogen_schema::{Flavour, Live, Schema, diff};
use similar::TextDiff;
use tempfile::TempDir;

const MANIFEST: &str = "[package]\nname = \"story\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
                        [package.metadata.diesel_autogen]\nbackend = \"mysql\"\n";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The stories, by topic and name, with their texts.
fn stories() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for topic in fs::read_dir(root().join("fixtures/stories-mysql/src")).unwrap() {
        let topic = topic.unwrap().path();
        let Ok(files) = fs::read_dir(&topic) else { continue };
        for file in files.map(|file| file.unwrap().path()) {
            let (topic, name) = (topic.file_name().unwrap(), file.file_stem().unwrap());
            let name = format!("{}/{}", topic.to_str().unwrap(), name.to_str().unwrap());
            if !name.ends_with("/mod") {
                found.push((name, fs::read_to_string(&file).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// What the models of a module say.
fn schema(package: &TempDir, story: &str, module: &str) -> Option<Schema> {
    let (_, text) = story.split_once(&format!("\npub mod {module} {{\n"))?;
    let (models, _) = text.split_once("\n}\n")?;
    fs::write(package.path().join("src/lib.rs"), models).unwrap();
    let manifest_path = Some(package.path().join("Cargo.toml"));
    let source = read(&Request { manifest_path, ..Request::default() });
    Some(source.unwrap_or_else(|errors| panic!("{errors:#?}\n{models}")).schema)
}

/// Both scripts, or why there are none.
fn scripts(before: &Schema, after: &Schema, flavour: Flavour) -> String {
    let changes = diff(before, after).expect("hints that fit");
    let live = Live::of(Dialect::Mysql, before.clone());
    match plan(&changes, &Target::of(Dialect::Mysql, flavour), &live) {
        Ok(plan) => format!("{}\n-- down.sql\n{}", plan.up_sql(), plan.down_sql()),
        Err(refusals) => refusals.iter().map(|it| format!("refused: {it}\n")).collect(),
    }
}

#[test]
fn what_mysql_is_told_otherwise_than_mariadb_is_reviewed() {
    let package = TempDir::new().unwrap();
    fs::create_dir(package.path().join("src")).unwrap();
    fs::write(package.path().join("Cargo.toml"), MANIFEST).unwrap();
    let (mut text, mut compared) = (String::new(), 0);
    for (name, story) in stories() {
        let Some(after) = schema(&package, &story, "after") else { continue };
        let before = schema(&package, &story, "before").unwrap_or(Schema::EMPTY);
        // The tables that are there beforehand are made otherwise, too.
        for (step, before, after) in
            [("made", &Schema::EMPTY, &before), ("changed", &before, &after)]
        {
            let one = scripts(before, after, Flavour::Mariadb);
            let other = scripts(before, after, Flavour::Mysql);
            compared += 1;
            if one != other {
                let diff = TextDiff::from_lines(&one, &other);
                let diff = diff.unified_diff().context_radius(0).to_string();
                text.push_str(&format!("== {name}, {step}\n{diff}"));
            }
        }
    }
    assert!(compared >= 150, "{compared}");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("snapshots/mysql"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description("Lines of MariaDB's SQL (-), and of MySQL's in their place (+).");
    settings.bind(|| insta::assert_snapshot!("flavours", text));
}
