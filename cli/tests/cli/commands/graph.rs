//! What the commands that only look say of histories with branches, and of broken ones.

use std::fs;

use super::shop::{Shop, USER, USER_WITH_BIO};
use super::team::{Team, version};

const TEAM: &str =
    "#[derive(Model)]\npub struct Team {\n    pub id: i64,\n    pub name: String,\n}\n";

fn forked() -> Team {
    let left = ("add user bio", USER_WITH_BIO);
    let right = ("add teams", &*format!("{USER}\n{TEAM}"));
    Team::new(Shop::with_users(), left, right, &format!("{USER_WITH_BIO}\n{TEAM}"))
}

const URL: [&str; 2] = ["--database-url", "shop.db"];

fn with<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &URL].concat()
}

#[test]
fn heads_branches_and_history_show_where_work_went_on_in_parallel() {
    let Team { shop, base, left, right, .. } = &forked();
    let run = shop.ok(&["heads"]);
    assert_eq!(run.out, format!("{left}  add user bio\n{right}  add teams\n"));
    assert!(run.err.contains(&format!("2 heads: work went on in parallel after {base}")));
    let run = shop.ok(&["branches"]);
    assert_eq!(run.out, format!("{base}\n    -> {left} (head)\n    -> {right} (head)\n"));
    let report = shop.json(&["branches"]);
    assert_eq!(report["branches"][0]["after"]["directory"], base.as_str());
    assert_eq!(report["branches"][0]["followed_by"][1]["directory"], right.as_str());

    let run = shop.ok(&["history", "--graph", "--verbose"]);
    let expected = format!(
        "* {right} (head)\n|     create table teams\n| * {left} (head)\n\
         | |     add column users.bio\n|/\n* {base}\n     create table users\n"
    );
    assert_eq!(run.out, expected);
    let report = shop.json(&["history", "-r", &format!("{base}:{left}")]);
    assert_eq!(report["revisions"].as_array().unwrap().len(), 2);
    assert_eq!(report["revisions"][0]["parents"][0], version(base));
    let run = shop.run(&["history", "-r", &format!("{left}:{right}")]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("is no range"), "{}", run.err);
    assert_eq!(shop.ok(&["history", "-r", &format!("-1:{right}")]).out.lines().count(), 2);

    let run = shop.run(&["show", "head"]);
    assert_eq!(run.code, 6);
    assert!(run.err.contains("there are 2 heads"), "{}", run.err);
    assert!(shop.ok(&["show", "add_teams"]).out.contains("create table teams"));
    let line = Shop::with_users();
    assert!(line.ok(&["branches"]).out.starts_with("no branches"));
}

#[test]
fn a_branch_is_applied_and_reverted_alone() {
    let Team { shop, left, right, .. } = &forked();
    let run = shop.run(&with(&["upgrade"]));
    assert_eq!(run.code, 6);
    assert!(run.err.contains("or `heads` for all"), "{}", run.err);
    shop.ok(&with(&["upgrade", left]));
    assert_eq!(shop.columns("users"), ["bio", "email", "id"]);
    assert!(shop.columns("teams").is_empty());
    shop.execute("INSERT INTO users (email, bio) VALUES ('a@b.c', 'x')");
    shop.ok(&with(&["upgrade", "heads"]));
    assert_eq!(shop.columns("teams"), ["id", "name"]);
    let run = shop.ok(&with(&["current"]));
    assert_eq!(run.out, format!("{left} (head) (applied)\n{right} (head) (applied)\n"));
    let run = shop.ok(&with(&["downgrade", "-1"]));
    assert_eq!(run.out, format!("reverted {right}\n"));
    assert_eq!(shop.rows("SELECT bio AS value FROM users"), [Some("x".to_owned())]);
    let report = shop.json(&with(&["current"]));
    assert_eq!(report["current"][0]["directory"], left.as_str());
    assert_eq!(report["pending"][0]["directory"], right.as_str());
    shop.ok(&with(&["upgrade", "heads"]));
    let run = shop.ok(&with(&["show", "current"]));
    assert!(run.out.starts_with(right.as_str()), "{}", run.out);
}

#[test]
fn history_tells_hazards_and_edited_files() {
    let shop = Shop::with_users();
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    shop.models(USER);
    shop.ok(&["generate", "-m", "drop user bio", "--allow-loss", "users.bio"]);
    let last = shop.revisions()[2].clone();
    shop.write(&format!("migrations/{last}/down.sql"), "SELECT 1;");
    let run = shop.ok(&["history", "-v"]);
    assert!(run.out.contains("    ! users.bio: "), "{}", run.out);
    assert!(run.out.contains("[drops-column], loses data"), "{}", run.out);
    assert!(run.out.contains("    files: edited since"), "{}", run.out);
    let report = shop.json(&["history", "-v"]);
    assert_eq!(report["revisions"][0]["files"], "edited");
    assert_eq!(report["revisions"][1]["files"], "as generated");
}

#[test]
fn a_renamed_directory_is_told_from_a_missing_one_and_fixed() {
    let shop = Shop::with_users();
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    let [first, second] = &shop.revisions()[..] else { panic!() };
    let path = |name: &str| shop.path().join("migrations").join(name);
    fs::rename(path(first), path("2001-01-01-000000_users")).unwrap();
    for command in [&["check"][..], &["history"], &["heads"], &["generate", "-m", "add x"]] {
        let run = shop.run(command);
        assert_eq!(run.code, 6, "{run:?}");
        assert_eq!(run.err.lines().count(), 1, "{}", run.err);
        assert!(
            run.err.contains("`2001-01-01-000000_users` was generated as revision"),
            "{}",
            run.err
        );
    }
    let run = shop.ok(&["history", "--fix"]);
    assert!(run.out.contains("`2001-01-01-000000_users`"), "{}", run.out);
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    assert!(shop.ok(&["history", "--fix"]).out.starts_with("nothing to fix"));

    shop.ok(&with(&["upgrade"]));
    fs::rename(path(second), path("2099-01-01-000000_bio")).unwrap();
    let run = shop.run(&with(&["history", "--fix"]));
    assert_eq!(run.code, 6);
    assert!(run.err.contains("the database has run `2099-01-01-000000_bio` as revision"));
    fs::rename(path("2099-01-01-000000_bio"), path(second)).unwrap();
    shop.ok(&["check"]);
    // The head under a new name is in the snapshot, too.
    fs::rename(path(second), path("2099-01-01-000000_bio")).unwrap();
    shop.ok(&["history", "--fix"]);
    shop.ok(&["check"]);
}

#[test]
fn circles_are_told_with_every_directory() {
    let shop = Shop::with_users();
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    let [first, second] = &shop.revisions()[..] else { panic!() };
    let metadata = format!("migrations/{first}/metadata.toml");
    let text = shop.read(&metadata);
    shop.write(
        &metadata,
        &text.replace("parents = []", &format!("parents = [\"{}\"]", version(second))),
    );
    for command in [&["check"][..], &["history"], &with(&["current"]), &with(&["upgrade"])] {
        let run = shop.run(command);
        assert_eq!(run.code, 6, "{run:?}");
        assert!(run.err.contains("follow each other in a circle"), "{}", run.err);
        assert!(run.err.contains(first.as_str()) && run.err.contains(second.as_str()));
    }
}
