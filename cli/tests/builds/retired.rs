//! What is retired is nobody's model, and no build misses one.

use crate::workspace::{SECTION, Workspace};

const BOTH: &str = "#[derive(diesel_autogen::Model)]
pub struct User {
    pub id: i64,
    pub bio: Option<String>,
}

#[derive(diesel_autogen::Model)]
pub struct Team {
    pub id: i64,
}

diesel_autogen::schema!(User, Team);
";

const ONE: &str = "#[derive(diesel_autogen::Model)]
pub struct User {
    pub id: i64,
}

diesel_autogen::schema!(User);
";

#[test]
fn what_is_retired_is_told_until_it_is_generated_and_never_again() {
    let (workspace, name) = (Workspace::new("retired"), "kept");
    workspace.package(name, SECTION);
    workspace.write(name, "src/lib.rs", BOTH);
    workspace.ok(name, &["init"]);
    workspace.ok(name, &["generate", "-m", "add users and teams"]);
    workspace.write(name, "src/lib.rs", ONE);
    let build = workspace.check();
    let texts: Vec<&str> = build.of(name).iter().map(|it| it.text.as_str()).collect();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(texts.iter().any(|it| it.contains("users.bio")), "{texts:?}");
    assert!(texts.iter().any(|it| it.contains("teams")), "{texts:?}");
    let retire = ["--retire", "users.bio", "--retire", "teams"];
    workspace.ok(name, &[&["generate", "-m", "retire teams and bios"][..], &retire].concat());
    let build = workspace.check();
    assert!(build.fine && build.told.is_empty(), "{:?}", build.told);
    // It may go later, of which a build knows nothing.
    let lose = ["--allow-loss", "users.bio", "--allow-loss", "teams"];
    workspace.ok(name, &[&["generate", "-m", "drop teams and bios"][..], &lose].concat());
    let build = workspace.check();
    assert!(build.fine && build.told.is_empty(), "{:?}", build.told);
    workspace.ok(name, &["verify"]);
}
