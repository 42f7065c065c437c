//! Noting revisions without running them, and migrations as text for the engine's shell.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use super::shop::{Shop, USER, USER_WITH_BIO};
use super::team::{Team, version};

const URL: [&str; 2] = ["--database-url", "shop.db"];

fn with<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &URL].concat()
}

fn two() -> Shop {
    let shop = Shop::with_users();
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    shop
}

fn applied(shop: &Shop) -> Vec<String> {
    shop.rows("SELECT version AS value FROM __diesel_schema_migrations ORDER BY version")
        .into_iter()
        .flatten()
        .collect()
}

#[test]
fn stamp_notes_and_forgets_and_runs_nothing() {
    let shop = two();
    let [first, second] = &shop.revisions()[..] else { panic!() };
    let run = shop.ok(&with(&["stamp", "head"]));
    assert_eq!(run.out, format!("noted {first}\nnoted {second}\n"));
    assert!(shop.columns("users").is_empty());
    assert_eq!(applied(&shop), [version(first), version(second)]);
    assert!(shop.ok(&with(&["upgrade"])).out.starts_with("nothing to apply"));
    assert!(shop.ok(&with(&["stamp", "head"])).out.starts_with("nothing to note"));

    let run = shop.ok(&with(&["stamp", "current-1"]));
    assert_eq!(run.out, format!("forgot {second}\n"));
    let report = shop.json(&with(&["stamp", "base"]));
    assert_eq!(report["forgotten"][0], version(first));
    assert!(applied(&shop).is_empty());
    shop.ok(&with(&["stamp", "add_users"]));
    assert_eq!(applied(&shop), [version(first)]);
}

#[test]
fn a_stamp_that_fails_leaves_the_table_as_it_was() {
    let shop = two();
    shop.ok(&with(&["upgrade"]));
    let before = applied(&shop);
    for target in ["nope", "2026-99", "head+1"] {
        for purge in [&[][..], &["--purge"]] {
            let run = shop.run(&[&with(&["stamp", target]), purge].concat());
            assert_eq!(run.code, 2, "{run:?}");
            assert_eq!(applied(&shop), before);
        }
    }
    // One that fails in the middle of writing.
    shop.execute(
        "CREATE TRIGGER no BEFORE INSERT ON __diesel_autogen_applied BEGIN SELECT RAISE(ABORT, 'full'); END",
    );
    let run = shop.run(&with(&["stamp", "add_users"]));
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("full"), "{}", run.err);
    assert_eq!(applied(&shop), before);
}

#[test]
fn a_revision_that_is_gone_is_forgotten_with_purge_only() {
    let shop = two();
    shop.ok(&with(&["upgrade"]));
    shop.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000000')");
    let run = shop.run(&with(&["upgrade"]));
    assert_eq!(run.code, 6);
    assert!(run.err.contains("diesel-autogen stamp REVISION --purge"), "{}", run.err);
    let run = shop.run(&with(&["stamp", "head"]));
    assert_eq!(run.code, 6);
    assert!(run.err.contains("forget it with diesel-autogen stamp head --purge"), "{}", run.err);
    let run = shop.ok(&with(&["stamp", "head", "--purge"]));
    assert_eq!(run.out, "forgot 20990101000000\n");
    shop.ok(&with(&["upgrade"]));
}

#[test]
fn stamps_of_a_branch_leave_the_other_alone() {
    let right = format!("{USER}\n#[derive(Model)]\npub struct Team {{\n    pub id: i64,\n}}\n");
    let team = Team::new(
        Shop::with_users(),
        ("add user bio", USER_WITH_BIO),
        ("add teams", &right),
        &right,
    );
    let Team { shop, base, left, right, .. } = &team;
    shop.ok(&with(&["stamp", left]));
    shop.ok(&with(&["stamp", right]));
    assert_eq!(applied(shop), [base, left, right].map(|it| version(it)));
    shop.ok(&with(&["stamp", left, "--purge"]));
    assert_eq!(applied(shop), [base, left].map(|it| version(it)));
    shop.ok(&with(&["stamp", base]));
    assert_eq!(applied(shop), [version(base)]);
    shop.ok(&with(&["stamp", left, right]));
    assert_eq!(applied(shop).len(), 3);
    shop.ok(&with(&["stamp", "base"]));
    shop.ok(&with(&["stamp", "heads"]));
    assert_eq!(applied(shop).len(), 3);
}

/// Runs a script by the shell of SQLite, which a machine may not have.
fn sqlite3(shop: &Shop, database: &str, script: &str) -> Option<bool> {
    let mut child = Command::new("sqlite3")
        .arg(database)
        .current_dir(shop.path())
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    Some(child.wait().unwrap().success())
}

/// The statements alone, as a library takes them.
fn by_library(shop: &Shop, database: &str, script: &str) {
    let path = shop.path().join(database);
    let mut database = diesel_autogen_database::Database::open(path.to_str().unwrap()).unwrap();
    database.execute(&script.replace(".bail on\n", "")).unwrap();
}

#[test]
fn sql_for_the_shell_leads_where_the_program_leads() {
    let shop = two();
    // One that brings its own transaction, because it makes a table anew, and one by hand whose
    // last statement nobody ended.
    shop.models(
        &USER_WITH_BIO.replace(
            "pub email: String",
            "#[column(check = \"email <> ''\")]\n    pub email: String",
        ),
    );
    shop.ok(&["generate", "-m", "no empty emails"]);
    shop.write("migrations/2090-01-01-000000_by_hand/up.sql", "CREATE TABLE notes (x) -- here");
    shop.write("migrations/2090-01-01-000000_by_hand/down.sql", "DROP TABLE notes");
    let third = shop.revisions()[2].clone();
    assert!(shop.read(&format!("migrations/{third}/up.sql")).contains("PRAGMA foreign_keys"));

    shop.ok(&with(&["upgrade"]));
    let expected = shop.database().dump().unwrap().to_string();
    let up = shop.ok(&["upgrade", "--sql"]);
    assert!(up.err.contains("nothing was run"), "{}", up.err);
    for name in ["library.db", "shell.db"] {
        let run = |script: &str| {
            let by_shell = name == "shell.db" && sqlite3(&shop, name, script).is_some();
            if !by_shell {
                by_library(&shop, name, script);
            }
        };
        run(&up.out);
        fs::copy(shop.path().join(name), shop.path().join("shop.db")).unwrap();
        assert_eq!(shop.database().dump().unwrap().to_string(), expected, "{name}");
        let current = shop.ok(&with(&["current"]));
        assert!(current.out.contains("by_hand (head) (applied)"), "{}", current.out);
        assert!(shop.ok(&with(&["upgrade"])).out.starts_with("nothing to apply"));
        assert_eq!(shop.database().checksums().unwrap().len(), 4);
        // And back, by ranges.
        let down = shop.ok(&["downgrade", "head:add_user_bio", "--sql"]).out;
        run(&down);
        let last = shop.ok(&["upgrade", "add_user_bio:+1", "--sql"]).out;
        assert_eq!(last.matches("-- apply ").count(), 1, "{last}");
        run(&last);
        run(&shop.ok(&["downgrade", &format!("{third}:base"), "--sql"]).out);
        fs::copy(shop.path().join(name), shop.path().join("shop.db")).unwrap();
        assert_eq!(applied(&shop), [""; 0]);
        assert!(shop.columns("users").is_empty());
    }
    let run = shop.run(&["downgrade", "base", "--sql"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("downgrade head:base --sql"), "{}", run.err);
}

#[test]
fn a_script_that_fails_in_the_shell_leaves_whole_migrations_behind() {
    let shop = two();
    let name = "2090-01-01-000000_broken";
    let up = "CREATE TABLE half (x); SELECT nonsense; CREATE TABLE other (x);";
    shop.write(&format!("migrations/{name}/up.sql"), up);
    let script = shop.ok(&["upgrade", "--sql"]).out;
    let Some(success) = sqlite3(&shop, "shop.db", &script) else { return };
    assert!(!success);
    assert_eq!(shop.columns("users"), ["bio", "email", "id"]);
    assert!(shop.columns("half").is_empty() && shop.columns("other").is_empty());
    assert_eq!(applied(&shop).len(), 2);
}

#[test]
fn sql_starts_where_the_named_database_is() {
    let shop = two();
    shop.ok(&with(&["upgrade", "+1"]));
    let script = shop.ok(&with(&["upgrade", "--sql"])).out;
    assert_eq!(script.matches("-- apply ").count(), 1, "{script}");
    let script = shop.ok(&with(&["downgrade", "base", "--sql"])).out;
    assert_eq!(script.matches("-- revert ").count(), 1, "{script}");
    let script = shop.ok(&["stamp", "head", "--sql"]).out;
    by_library(&shop, "shop.db", &script);
    assert_eq!(applied(&shop).len(), 2);
    assert_eq!(shop.columns("users"), ["email", "id"], "a stamp ran a migration");
}
