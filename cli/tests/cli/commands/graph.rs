//! What the commands that only look say of histories with branches, and of broken ones.

use std::fs;

use super::shop::{Shop, USER, USER_WITH_BIO, on_each, on_each_with_users};
use super::team::{Team, version};

const TEAM: &str =
    "#[derive(Model)]\npub struct Team {\n    pub id: i64,\n    pub name: String,\n}\n";

fn forked() -> Team {
    forked_from(Shop::with_users())
}

fn forked_from(shop: Shop) -> Team {
    let left = ("add user bio", USER_WITH_BIO);
    let right = ("add teams", &*format!("{USER}\n{TEAM}"));
    Team::new(shop, left, right, &format!("{USER_WITH_BIO}\n{TEAM}"))
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
    shop.ok(&with(&["upgrade", left]));
    let run = shop.ok(&with(&["history", "-r", "-1:current"]));
    assert_eq!(run.out, format!("{left} (head) (applied)\n{base} (applied)\n"));
    // At a terminal branches are drawn without being asked for.
    let program = env!("CARGO_BIN_EXE_diesel-autogen");
    let watched = std::process::Command::new("script")
        .args(["-qec", &format!("NO_COLOR=1 {program} history"), "/dev/null"])
        .current_dir(shop.path())
        .env_remove("DATABASE_URL")
        .output()
        .unwrap();
    let drawn = String::from_utf8(watched.stdout).unwrap().replace('\r', "");
    assert_eq!(drawn, format!("* {right} (head)\n| * {left} (head)\n|/\n* {base}\n"));

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
    let before = shop.files();
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
    let run = shop.ok(&["history", "--fix"]);
    assert_eq!(run.out, format!("`{first}` follows what stands before it now\n"));
    assert_eq!(shop.files(), before);
}

#[test]
fn one_branch_goes_on_and_back_alone() {
    on_each_with_users(|shop| {
        let Team { shop, left, right, .. } = &forked_from(shop);
        shop.ok(&["upgrade", "add_teams@head"]);
        assert_eq!(shop.columns("users"), ["email", "id"]);
        assert_eq!(shop.run(&["upgrade", "add_user_bio@+1"]).code, 6);
        shop.ok(&["upgrade", "add_user_bio@+1", "--allow-out-of-order"]);
        assert_eq!(shop.columns("users"), ["bio", "email", "id"]);
        shop.execute("INSERT INTO teams (name) VALUES ('a')");
        // Without a branch it is the younger one, and that is said.
        let run = shop.run(&["downgrade", "-1"]);
        assert_eq!(run.code, 5, "{run:?}");
        let text =
            format!("2 branches are applied, and -1 begins with the newest revision, `{right}`");
        assert!(run.err.contains(&text), "{}", run.err);
        // The older one goes, and the younger stays with its rows.
        let run = shop.ok(&["downgrade", "add_user_bio@-1"]);
        assert_eq!(run.out, format!("reverted {left}\n"));
        assert_eq!(shop.columns("users"), ["email", "id"]);
        assert_eq!(shop.rows("SELECT name AS value FROM teams"), [Some("a".to_owned())]);
        shop.ok(&["downgrade", &format!("{right}@add_users"), "--allow-loss", "teams"]);
        let run = shop.ok(&["upgrade", "+1"]);
        let text = format!("2 revisions may be next, and +1 begins with the oldest, `{left}`");
        assert!(run.err.contains(&text), "{}", run.err);
        let run = shop.ok(&["upgrade", left, right]);
        assert_eq!(run.out, format!("applied {right}\n"));
        assert_eq!(shop.columns("teams"), ["id", "name"]);
        let run = shop.run(&["upgrade", "add_teams@add_user_bio"]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.err.contains(&format!("is not on the branch of `{right}`")), "{}", run.err);
        let run = shop.ok(&["history", "-r", "add_teams@base:add_teams@head"]);
        assert_eq!(run.out, format!("{right} (head) (applied)\n"));
    });
}

#[test]
fn a_first_deploy_finds_nothing_to_do() {
    on_each("", |shop| {
        for command in [
            &["upgrade"][..],
            &["upgrade", "heads"],
            &["downgrade", "base"],
            &["stamp", "head"],
            &["history", "-r", "base:head"],
            &["current", "--check-heads"],
            &["check", "--database", "--heads"],
        ] {
            shop.ok(command);
        }
        assert!(shop.ok(&["upgrade", "head"]).out.starts_with("nothing to apply"));
    });
}

#[test]
fn what_was_done_before_an_error_is_in_the_document() {
    on_each_with_users(|shop| {
        shop.models(USER_WITH_BIO);
        shop.ok(&["generate", "-m", "add user bio"]);
        let [first, second] = &shop.revisions()[..] else { panic!() };
        let broken = "migrations/2090-01-01-000000_broken";
        shop.write(&format!("{broken}/up.sql"), "SELECT nonsense;");
        shop.write(&format!("{broken}/down.sql"), "SELECT nonsense;");
        shop.write("migrations/2090-01-02-000000_more/up.sql", "SELECT 1;");
        let report = shop.json(&["upgrade"]);
        assert_eq!(report["applied"], serde_json::json!([first, second]));
        assert_eq!(report["error"]["exit"], 1);
        assert!(report["error"]["messages"][0].as_str().unwrap().contains("nonsense"));
        shop.write(&format!("{broken}/up.sql"), "SELECT 1;");
        shop.ok(&["upgrade", "2090-01-01"]);
        let report = shop.json(&["redo"]);
        assert_eq!(report["reverted"], serde_json::json!([]));
        assert_eq!(report["error"]["exit"], 1);
        let report = shop.json(&["downgrade", "nowhere"]);
        assert_eq!(report["error"]["exit"], 2);
    });
    let Team { shop, .. } = &forked();
    assert_eq!(shop.json(&with(&["upgrade"]))["error"]["exit"], 6);
}

#[test]
fn what_follows_a_revision_that_is_gone_follows_what_stands_before_it() {
    let shop = Shop::with_users();
    shop.models(&format!("{USER}{TEAM}"));
    shop.ok(&["generate", "-m", "add teams"]);
    shop.models(&format!("{USER_WITH_BIO}{TEAM}"));
    shop.ok(&["generate", "-m", "add user bio"]);
    let [first, second, third] = &shop.revisions()[..] else { panic!() };
    let remove =
        |name: &str| fs::remove_dir_all(shop.path().join("migrations").join(name)).unwrap();
    remove(second);
    let run = shop.run(&["history"]);
    assert_eq!(run.code, 6);
    assert!(run.err.contains("is not on disk") && run.err.contains("history --fix"), "{}", run.err);
    let run = shop.ok(&["history", "--fix"]);
    assert_eq!(run.out, format!("`{third}` follows what stands before it now\n"));
    assert_eq!(shop.run(&["check"]).code, 3, "no revision makes the teams");
    shop.models(USER_WITH_BIO);
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    shop.ok(&with(&["upgrade"]));
    assert_eq!(shop.columns("users"), ["bio", "email", "id"]);
    // One that is needed cannot be done without.
    remove(first);
    let before = shop.files();
    let run = shop.run(&["history", "--fix"]);
    assert_eq!(run.code, 6, "{run:?}");
    assert!(run.err.contains("nothing was mended"), "{}", run.err);
    assert_eq!(shop.files(), before);
}

#[test]
fn of_two_directories_of_one_version_one_gets_another() {
    let shop = Shop::with_users();
    let first = shop.revisions()[0].clone();
    let twin = first.replace("add_users", "by_hand");
    shop.write(&format!("migrations/{twin}/up.sql"), "CREATE TABLE notes (x INTEGER);");
    shop.write(&format!("migrations/{twin}/down.sql"), "DROP TABLE notes;");
    let run = shop.run(&["history"]);
    assert_eq!(run.code, 6);
    assert!(run.err.contains(&format!("`{first}` and `{twin}` share the version")), "{}", run.err);
    assert!(run.err.contains("diesel-autogen history --fix"), "{}", run.err);
    let mut database = shop.database();
    database.stamp(&[(version(&first), "x".to_owned())]).unwrap();
    let run = shop.run(&with(&["history", "--fix"]));
    assert_eq!(run.code, 6, "{run:?}");
    assert!(run.err.contains("has run one of the two"), "{}", run.err);
    database.stamp(&[]).unwrap();
    let run = shop.ok(&with(&["history", "--fix"]));
    assert!(run.out.contains("_by_hand` has a version of its own now"), "{}", run.out);
    assert_eq!(shop.revisions().len(), 2);
    shop.ok(&with(&["upgrade"]));
    assert_eq!(shop.database().applied().unwrap().len(), 2);
    shop.database().rows("SELECT x FROM notes").unwrap();
}

/// Histories that knew nothing of each other, put together.
#[test]
fn several_roots_are_stamped_applied_and_joined() {
    on_each_with_users(|shop| {
        let Team { shop, base, left, right, .. } = &forked_from(shop);
        // The teams have nothing to do with the users, so they might have been the first.
        let metadata = format!("migrations/{right}/metadata.toml");
        let parents = format!("parents = [\"{}\"]", version(base));
        let text = shop.read(&metadata);
        assert!(text.contains(&parents), "{text}");
        shop.write(&metadata, &text.replace(&parents, "parents = []"));
        let run = shop.ok(&["branches"]);
        assert_eq!(run.out, format!("base\n    -> {base}\n    -> {right} (head)\n"));
        assert!(shop.ok(&["heads"]).err.contains("in parallel after base"));
        shop.ok(&["stamp", "heads"]);
        let all = [base, left, right].map(|it| version(it));
        assert_eq!(shop.database().applied().unwrap(), all);
        assert!(shop.ok(&["stamp", "heads"]).out.starts_with("nothing to note"));
        shop.ok(&["stamp", "add_users@base"]);
        assert_eq!(shop.database().applied().unwrap(), all[2..]);
        shop.ok(&["stamp", "base"]);
        shop.ok(&["merge", "heads", "-m", "join shop and teams"]);
        shop.ok(&["check"]);
        shop.ok(&["upgrade"]);
        assert_eq!(shop.columns("users"), ["bio", "email", "id"]);
        assert_eq!(shop.columns("teams"), ["id", "name"]);
        // Back over the revision that joins, to one side.
        shop.ok(&["downgrade", left]);
        shop.ok(&["downgrade", &format!("{right}@-1")]);
        assert_eq!(shop.database().applied().unwrap(), all[..2]);
        shop.ok(&["upgrade"]);
        assert_eq!(shop.database().applied().unwrap().len(), 4);
        shop.ok(&["check", "--database"]);
    });
}
