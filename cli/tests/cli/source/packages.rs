//! Which package is read, and which of its crates.

use super::{Fact, Package, model};
use diesel_autogen_schema::Place;

#[test]
fn all_targets_are_found_where_cargo_finds_them() {
    let package = Package::new(&[
        ("src/lib.rs", &model("Lib", "")),
        ("src/main.rs", &model("Main", "")),
        ("src/bin/tool.rs", &model("Tool", "")),
        ("src/bin/server/main.rs", &model("Server", "")),
        ("tests/it.rs", &model("Test", "")),
        ("examples/ex.rs", &model("Example", "")),
        ("build.rs", &model("Build", "")),
    ]);
    assert_eq!(package.tables(), ["libs", "mains", "servers", "tools"]);
}

#[test]
fn the_manifest_may_place_and_hide_targets() {
    let package = Package::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"shop\"\nedition = \"2024\"\nautobins = false\n\
             [lib]\npath = \"lib/root.rs\"\n\
             [[bin]]\nname = \"here\"\npath = \"programs/here.rs\"\n\
             [[bin]]\nname = \"later\"\npath = \"programs/later.rs\"\n\
             required-features = [\"later\"]\n\
             [features]\nlater = []\n",
        ),
        ("lib/root.rs", "mod beside;"),
        ("lib/beside.rs", &model("Lib", "")),
        ("programs/here.rs", &model("Here", "")),
        ("programs/later.rs", &model("Later", "")),
        ("src/bin/hidden.rs", &model("Hidden", "")),
    ]);
    assert_eq!(package.tables(), ["heres", "libs"]);
    let package = package.ask(|request| request.features.push("later".into()));
    assert_eq!(package.tables(), ["heres", "laters", "libs"]);
}

#[test]
fn a_model_that_two_targets_share_is_one_model() {
    let package = Package::new(&[
        ("src/lib.rs", "pub mod models;"),
        ("src/main.rs", "mod models; fn main() {}"),
        ("src/models.rs", &model("User", "")),
    ]);
    assert_eq!(package.tables(), ["users"]);
}

#[test]
fn a_program_sees_the_library_by_its_name() {
    let package = Package::new(&[
        ("src/lib.rs", "#[derive(DbEnum)] pub enum Role { A }"),
        ("src/main.rs", &model("User", "pub role: shop::Role")),
    ]);
    assert_eq!(super::types(&package.read()), ["users.role: role"]);
}

const WORKSPACE: &str = "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"3\"\n\
                         [workspace.package]\nedition = \"2024\"\nversion = \"1.2.3\"\n";

fn member(name: &str, set_up: bool) -> String {
    let section = if set_up { "[package.metadata.diesel_autogen]\n" } else { "" };
    format!(
        "[package]\nname = \"{name}\"\nversion.workspace = true\nedition.workspace = true\n\
         {section}"
    )
}

fn workspace(a: bool, b: bool, more: &str) -> Package {
    Package::new(&[
        ("Cargo.toml", &format!("{WORKSPACE}{more}")),
        ("a/Cargo.toml", &member("a", a)),
        ("a/src/lib.rs", &model("InA", "")),
        ("b/Cargo.toml", &member("b", b)),
        ("b/src/lib.rs", &model("InB", "")),
    ])
}

#[test]
fn a_member_of_a_workspace_is_chosen_by_name() {
    let package = workspace(false, false, "").ask(|request| request.package = Some("b".into()));
    assert_eq!(package.tables(), ["in_bs"]);
    let source = package.read();
    assert_eq!(source.root, package.path().canonicalize().unwrap().join("b"));
    let at = source.origins.of(Place::plain("in_bs"), &Fact::Table).map(ToString::to_string);
    assert_eq!(at.as_deref(), Some("b/src/lib.rs:1:29"), "relative to the workspace, as in rustc");
    let package = package.ask(|request| request.package = Some("c".into()));
    assert!(package.error().contains("no package `c`"));
}

#[test]
fn a_member_of_a_workspace_is_chosen_by_its_manifest() {
    let package = workspace(true, true, "");
    let manifest = package.path().join("a/Cargo.toml");
    let package = package.ask(|request| request.manifest_path = Some(manifest));
    assert_eq!(package.tables(), ["in_as"]);
}

#[test]
fn the_only_member_that_is_set_up_is_meant() {
    assert_eq!(workspace(false, true, "").tables(), ["in_bs"]);
    assert!(workspace(true, true, "").error().contains("(a, b); choose one with -p"));
    assert!(workspace(false, false, "").error().contains("diesel-autogen init"));
    let chosen =
        workspace(true, true, "[workspace.metadata.diesel_autogen]\ndefault-package = \"a\"\n");
    assert_eq!(chosen.tables(), ["in_as"]);
}

#[test]
fn the_config_of_the_package_is_read() {
    let manifest =
        format!("{}[package.metadata.diesel_autogen]\nmigrations = \"db\"\n", super::MANIFEST);
    let package = Package::new(&[("Cargo.toml", &manifest), ("src/lib.rs", "")]);
    assert_eq!(package.read().config.map(|config| config.migrations).as_deref(), Some("db"));
    package.write("Cargo.toml", &manifest.replace("migrations", "migration"));
    assert!(package.error().contains("`migration` in [package.metadata.diesel_autogen]"));
}

#[test]
fn a_manifest_that_is_wrong_is_an_error() {
    let package = Package::new(&[("src/lib.rs", "")]);
    package.write("Cargo.toml", "[package\n");
    assert!(package.error().contains("Cargo.toml"));
    let package = package.ask(|request| request.manifest_path = Some("/nowhere/Cargo.toml".into()));
    assert!(package.error().contains("/nowhere/Cargo.toml"));
}
