//! Two deployers at once.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel_autogen_database::{Value, testing};

use super::shop::{Shop, USER, USER_WITH_BIO};

fn start(shop: &Shop, arguments: &[&str], url: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_diesel-autogen"))
        .args(arguments)
        .args(["--database-url", url])
        .current_dir(shop.path())
        .env_remove("DATABASE_URL")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Two revisions more than users: a column, and one that makes the column required.
fn grown(shop: &Shop) {
    shop.ok(&["generate", "-m", "add users"]);
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    shop.models(
        &USER_WITH_BIO
            .replace("pub bio: Option", "#[column(backfill = \"''\")]\n    pub bio: Option")
            .replace("Option<String>", "String"),
    );
    shop.ok(&["generate", "-m", "a bio for all"]);
}

/// Eight processes, fifty rounds.
fn deploy_by_eight(shop: &Shop, url: &str, mut begun: impl FnMut(), done: impl Fn()) {
    for round in 0..50 {
        begun();
        let children: Vec<Child> = (0..8).map(|_| start(shop, &["upgrade"], url)).collect();
        let mut applied = 0;
        for child in children {
            let output = child.wait_with_output().unwrap();
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let (out, err) = (text(&output.stdout), text(&output.stderr));
            assert!(output.status.success(), "round {round}: {out}{err}");
            match out.lines().next() {
                Some(line) if line.starts_with("applied ") => {
                    assert_eq!(out.lines().count(), shop.revisions().len(), "{out}");
                    applied += 1;
                }
                line => assert!(line.unwrap().starts_with("nothing to apply"), "{out}"),
            }
        }
        assert_eq!(applied, 1, "round {round}");
        done();
    }
}

#[test]
fn of_eight_deployers_one_applies_and_the_others_find_nothing_to_do() {
    let shop = Shop::new(USER);
    grown(&shop);
    let begun = || drop(fs::remove_file(shop.path().join("shop.db")));
    let done = || assert_eq!(shop.columns("users"), ["bio", "email", "id"]);
    deploy_by_eight(&shop, "shop.db", begun, done);
    let left: Vec<String> = fs::read_dir(shop.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("migrating"))
        .collect();
    assert_eq!(left, [""; 0]);
}

#[test]
fn of_eight_deployers_to_a_server_one_applies() {
    let Some(server) = testing::postgres() else { return };
    let shop = Shop::postgres(USER);
    grown(&shop);
    // One that would wait for ever for a server that lets the others wait inside of a statement.
    let index = "migrations/2090-01-01-000000_index";
    shop.write(&format!("{index}/up.sql"), "CREATE INDEX CONCURRENTLY i ON users (email);");
    shop.write(&format!("{index}/metadata.toml"), "run_in_transaction = false\n");
    let mut database = server.open();
    let begun = || database.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public").unwrap();
    let columns = "SELECT attname::text FROM pg_attribute WHERE attrelid = 'users'::regclass AND \
                   attnum > 0 ORDER BY 1";
    let names = ["bio", "email", "id"].map(|name| vec![Value::Text(name.to_owned())]);
    let done = || assert_eq!(server.open().rows(columns).unwrap(), names);
    deploy_by_eight(&shop, &server.url(), begun, done);
}

#[cfg(feature = "mysql")]
#[test]
fn of_eight_deployers_to_mariadb_one_applies() {
    let Some(server) = testing::mysql() else { return };
    let shop = Shop::mariadb(USER);
    grown(&shop);
    let mut database = server.open();
    let begun = || {
        let sql = "DROP TABLE IF EXISTS users, __diesel_schema_migrations, \
                   __diesel_autogen_applied, __diesel_autogen_progress";
        database.execute(sql).unwrap();
    };
    let columns = "SELECT column_name FROM information_schema.columns WHERE table_name = 'users' \
                   AND table_schema = DATABASE() ORDER BY 1";
    let names = ["bio", "email", "id"].map(|name| vec![Value::Text(name.to_owned())]);
    let done = || assert_eq!(server.open().rows(columns).unwrap(), names);
    deploy_by_eight(&shop, &server.url(), begun, done);
    assert_eq!(server.open().half_done().unwrap(), None);
}

#[test]
fn who_waits_too_long_is_told_and_a_process_that_dies_holds_nobody_up() {
    let shop = Shop::with_users();
    let slow = "CREATE TABLE slow AS SELECT max(i) AS i FROM (WITH RECURSIVE n(i) AS (SELECT 1 \
                UNION ALL SELECT i + 1 FROM n LIMIT 1000000000) SELECT i FROM n);";
    let name = "2090-01-01-000000_slow";
    shop.write(&format!("migrations/{name}/up.sql"), slow);
    let mut child = start(&shop, &["upgrade"], "shop.db");
    let lock = shop.path().join("shop.db-migrating");
    let deadline = Instant::now() + Duration::from_secs(30);
    while shop.columns("users").is_empty() && Instant::now() < deadline {
        sleep(Duration::from_millis(10));
    }
    assert!(lock.exists());
    for command in [&["upgrade"][..], &["downgrade"], &["stamp", "base"], &["redo"]] {
        let run =
            shop.run(&[command, &["--lock-timeout", "0", "--database-url", "shop.db"]].concat());
        assert_eq!(run.code, 1, "{run:?}");
        assert!(
            run.err.contains("another process has been migrating this database"),
            "{}",
            run.err
        );
    }
    let run = shop.run(&["upgrade", "--lock-timeout", "1", "--database-url", "shop.db"]);
    assert!(run.err.contains("waiting up to 1 s for it"), "{}", run.err);
    // Looking needs no lock.
    assert_eq!(shop.run(&["current", "--database-url", "shop.db"]).code, 3);

    child.kill().unwrap();
    child.wait().unwrap();
    fs::remove_dir_all(shop.path().join("migrations").join(name)).unwrap();
    let run = shop.ok(&["upgrade", "--lock-timeout", "0", "--database-url", "shop.db"]);
    assert!(run.out.starts_with("nothing to apply"), "{}", run.out);
}
