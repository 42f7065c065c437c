//! What `embed!` makes of migration directories.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use crate::workspace::{SECTION, Workspace};

const USERS: &str = "#[derive(diesel_autogen::Model)]\npub struct User {\n    pub id: i64,\n}\n";
const TEAMS: &str = "#[derive(diesel_autogen::Model)]\npub struct Team {\n    pub id: i64,\n}\n";
const ROOMS: &str = "#[derive(diesel_autogen::Model)]\npub struct Room {\n    pub id: i64,\n}\n";
const EMBED: &str =
    "pub const MIGRATIONS: diesel_autogen::Migrations = diesel_autogen::embed!();\n";

/// Nothing but a constant is looked at, so that a build alone tells.
const JOINED: &str = "const _: () = {
    let revisions = MIGRATIONS.revisions();
    assert!(revisions.len() == 4);
    assert!(revisions[0].joined.is_empty() && revisions[2].joined.is_empty());
    assert!(revisions[1].joined.len() == 1);
};\n";

#[test]
fn two_heads_do_not_compile_and_what_a_merge_brings_together_may_run_in_either_order() {
    let (workspace, name) = (Workspace::new("embedded"), "heads");
    workspace.package(name, SECTION);
    let models = |all: &[&str]| workspace.write(name, "src/lib.rs", &all.concat());
    let snapshot = workspace.path(name, "migrations/schema.toml");
    models(&[USERS, EMBED]);
    workspace.ok(name, &["init"]);
    workspace.ok(name, &["generate", "-m", "add users"]);
    let before = fs::read(&snapshot).unwrap();
    models(&[USERS, TEAMS, EMBED]);
    workspace.ok(name, &["generate", "-m", "add teams"]);
    let build = workspace.check();
    assert!(build.fine && build.told.is_empty(), "{:?}", build.told);
    // Somebody else began where this did.
    let migrations = workspace.path(name, "migrations");
    let mut all = fs::read_dir(&migrations).unwrap().map(|it| it.unwrap().path());
    let teams = all.find(|it| it.to_string_lossy().ends_with("_add_teams")).unwrap();
    let aside = workspace.path(name, "aside");
    fs::rename(&teams, &aside).unwrap();
    fs::write(&snapshot, before).unwrap();
    sleep(Duration::from_millis(1100));
    models(&[USERS, ROOMS, EMBED]);
    workspace.ok(name, &["generate", "-m", "add rooms"]);
    fs::rename(&aside, &teams).unwrap();
    models(&[USERS, TEAMS, ROOMS, EMBED]);
    let build = workspace.check();
    assert!(!build.fine);
    let heads = build.of(name).iter().find(|it| it.text.contains("heads")).expect("an error");
    assert_eq!((heads.level.as_str(), heads.line), ("error", 13));
    assert!(heads.text.starts_with("the migrations have 2 heads: nothing brings `"), "{heads:?}");
    assert!(heads.text.ends_with("run diesel-autogen merge heads, or diesel-autogen rebase"));
    workspace.ok(name, &["merge", "heads", "-m", "teams and rooms"]);
    models(&[USERS, TEAMS, ROOMS, EMBED, JOINED]);
    let build = workspace.check();
    assert!(build.fine && build.told.is_empty(), "{:?}", build.told);
}
