//! The program and the build agree: what was just generated builds in silence, and what a later
//! edit of the models brings is told by both at the same places.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cover;
use crate::workspace::{Build, SECTION, Told, Workspace, place_of, repository};

#[path = "../stories/story.rs"]
#[allow(dead_code, reason = "only the sources of the stories are of interest here")]
pub(crate) mod story;

use story::Story;

/// A file, a line and a column.
pub(crate) type Place = (String, u64, u64);

pub(crate) fn places(told: &[Told]) -> BTreeSet<Place> {
    told.iter().map(|told| (told.file.clone(), told.line, told.column)).collect()
}

/// Where `check` sees differences. What no model has any more it sees nowhere, and a build where
/// `schema!` stands: at `listed`. `None` when a decision must be made before anything is compared.
pub(crate) fn checked(
    workspace: &Workspace,
    package: &str,
    listed: &Place,
) -> Option<BTreeSet<Place>> {
    checked_with(workspace, package, listed, &[])
}

fn checked_with(
    workspace: &Workspace,
    package: &str,
    listed: &Place,
    arguments: &[&str],
) -> Option<BTreeSet<Place>> {
    let arguments = [&["check", "--format", "json"], arguments].concat();
    let output = workspace.run(package, &arguments);
    let code = output.status.code();
    if !matches!(code, Some(0 | 3)) {
        assert_eq!(code, Some(4), "{package}: {}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let differences = report["differences"].as_array().unwrap().iter();
    let place = |found: &Value| match found["file"].as_str() {
        Some(file) => {
            let (of, file) = place_of(file).expect("as rustc names it");
            assert_eq!(of, package);
            let number = |key: &str| found[key].as_u64().unwrap();
            (file, number("line"), number("column"))
        }
        None => listed.clone(),
    };
    Some(differences.map(place).collect())
}

fn names_move(told: &Told) -> bool {
    told.text.starts_with("table")
        && told.text.contains(" in the last migration; run")
        && (told.text.contains(" is called ") || told.text.contains(" have names "))
}

/// Where `schema!` is called.
pub(crate) fn listed(source: &str) -> Place {
    let at = source.lines().position(|line| line.trim().starts_with("diesel_autogen::schema!"));
    let line = at.expect("the models are listed");
    let column = source.lines().nth(line).unwrap().find("diesel_autogen").unwrap();
    ("src/lib.rs".to_owned(), line as u64 + 1, column as u64 + 1)
}

fn name_of(story: &Story) -> String {
    format!("{}-{}", story.topic, story.name)
}

/// Writes the models of each story into its package and builds them all.
fn build(workspace: &Workspace, stories: &[&Story], side: fn(&Story) -> &str) -> Build {
    for story in stories {
        workspace.write(&name_of(story), "src/lib.rs", side(story));
    }
    workspace.check()
}

/// Stories that together show everything that can be told are generated and built before their
/// change, and built after it.
#[test]
fn stories_that_show_every_kind_of_change() {
    let stories = story::all();
    let stories: Vec<&Story> = cover::choose(&stories);
    let workspace = Workspace::new("stories");
    for story in &stories {
        let name = name_of(story);
        workspace.package(&name, SECTION);
        workspace.write(&name, "src/lib.rs", &story.before);
        workspace.ok(&name, &["init"]);
        workspace.ok(&name, &["generate", "-m", "set up the models"]);
    }
    let before = build(&workspace, &stories, |story| &story.before);
    assert!(before.fine && before.told.is_empty(), "false alarms: {:#?}", before.told);

    let after = build(&workspace, &stories, |story| &story.after);
    let mut wrong = Vec::new();
    for story in stories {
        let name = name_of(story);
        let told = after.of(&name);
        let Some(checked) = checked(&workspace, &name, &listed(&story.after)) else {
            if told.is_empty() {
                wrong.push(format!("{name} needs a decision, and builds in silence"));
            }
            continue;
        };
        // A derive sees one model: where a table's name went to another, it says so at other fields.
        let agree = match told.iter().any(names_move) {
            true => !checked.is_empty(),
            false => places(told) == checked,
        };
        if !agree {
            wrong.push(format!("{name}: check sees {checked:?}, the build tells {told:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every file of a fixture's folder.
fn copy(workspace: &Workspace, package: &str, folder: &Path) {
    let fixture = repository().join("fixtures").join(package);
    for entry in fs::read_dir(fixture.join(folder)).unwrap() {
        let entry = entry.unwrap();
        let path = folder.join(entry.file_name());
        if entry.path().is_dir() {
            copy(workspace, package, &path);
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            workspace.write(package, path.to_str().unwrap(), &text);
        }
    }
}

#[test]
fn fixtures_are_in_step_but_for_what_check_sees() {
    let workspace = Workspace::new("fixtures");
    let packages = ["existing", "quickstart", "shop"];
    for package in packages {
        let manifest = repository().join("fixtures").join(package).join("Cargo.toml");
        let manifest: toml::Table = fs::read_to_string(manifest).unwrap().parse().unwrap();
        let section = &manifest["package"]["metadata"]["diesel_autogen"];
        workspace.package(package, &toml::to_string(section).unwrap());
        copy(&workspace, package, Path::new("src"));
        copy(&workspace, package, Path::new("migrations"));
    }
    for arguments in [&[][..], &["--no-default-features"]] {
        let build = workspace.check_with(arguments);
        assert!(build.fine);
        for package in packages {
            let path = workspace.path(package, "src/lib.rs");
            let listed = listed(&fs::read_to_string(path).unwrap());
            let checked = checked_with(&workspace, package, &listed, arguments);
            assert_eq!(Some(places(build.of(package))), checked, "{package}");
        }
        assert!(build.of("existing").is_empty());
        assert_eq!(build.of("shop").is_empty(), arguments.is_empty(), "points are a feature");
    }
}
