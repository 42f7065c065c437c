//! What the README shows compiles as it stands.

use std::fs;

use crate::workspace::{SECTION, Workspace, repository};

/// The first block of Rust under a heading of the README.
fn example(heading: &str) -> String {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let (_, section) = readme.split_once(&format!("\n## {heading}\n")).expect("the heading");
    let (_, code) = section.split_once("```rust\n").expect("a block of Rust");
    code.split_once("```").expect("its end").0.to_owned()
}

#[test]
fn the_models_of_the_readme_compile_without_a_warning_once_they_are_generated() {
    let (workspace, name) = (Workspace::new("readme"), "shown");
    workspace.package(name, SECTION);
    workspace.write(name, "src/lib.rs", &example("In your package"));
    workspace.ok(name, &["init"]);
    workspace.ok(name, &["generate", "-m", "add teams and users"]);
    let build = workspace.check();
    assert!(build.fine, "{:?}", build.told);
    assert!(build.told.is_empty(), "{:?}", build.told);
}
