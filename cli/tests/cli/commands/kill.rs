//! What a command that was killed leaves behind.

use std::fs;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::shop::{Shop, USER_WITH_BIO};

#[test]
fn the_next_command_finishes_what_has_a_journal() {
    let shop = Shop::with_users();
    let before = shop.files();
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    let after = shop.files();
    // Back to the moment after the journal was put in place.
    let migrations = shop.path().join("migrations");
    let second = shop.revisions()[1].clone();
    fs::rename(migrations.join(&second), migrations.join(".diesel_autogen-revision")).unwrap();
    fs::rename(migrations.join("schema.toml"), migrations.join(".diesel_autogen-0")).unwrap();
    for (path, text) in &before {
        fs::write(path, text).unwrap();
    }
    let journal = format!(".diesel_autogen-revision\t{second}\n.diesel_autogen-0\tschema.toml\n");
    fs::write(migrations.join(".diesel_autogen-journal"), journal).unwrap();

    let run = shop.ok(&["check"]);
    assert!(run.err.contains(&format!("finished `{second}`")), "{}", run.err);
    assert_eq!(shop.files(), after);
    assert_eq!(shop.ok(&["check"]).err, "");
}

#[test]
fn the_next_command_sweeps_up_what_has_none() {
    let shop = Shop::with_users();
    let before = shop.files();
    shop.write("migrations/.diesel_autogen-revision/up.sql", "SELECT 1;");
    shop.write("migrations/.diesel_autogen-0", "half a snap");
    let run = shop.ok(&["heads"]);
    assert!(run.err.contains("had begun to write"), "{}", run.err);
    assert_eq!(shop.files(), before);
}

#[test]
fn commands_at_the_same_time_write_one_revision() {
    let shop = Shop::with_users();
    shop.models(USER_WITH_BIO);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| shop.ok(&["generate", "-m", "add user bio"]));
        }
    });
    assert_eq!(shop.revisions().len(), 2);
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
}

/// A question that takes long.
const BUSY: &str = "SELECT max(i) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n \
                    LIMIT 1000000000) SELECT i FROM n)";

/// Runs a command until the database holds this many tables of a name, and kills it there.
fn killed_when(shop: &Shop, command: &str, (table, count): (&str, &str)) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_diesel-autogen"))
        .args([command, "--database-url", "shop.db"])
        .current_dir(shop.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    let sql = format!("SELECT count(*) || '' AS value FROM sqlite_schema WHERE name = '{table}'");
    while shop.rows(&sql) != [Some(count.to_owned())] && Instant::now() < deadline {
        sleep(Duration::from_millis(5));
    }
    assert!(child.try_wait().unwrap().is_none(), "it is not where it should be killed");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_process_that_dies_right_after_a_revision_has_noted_it() {
    let shop = Shop::with_users();
    shop.ok(&["upgrade", "--database-url", "shop.db"]);
    let name = "2090-01-01-000000_by_hand";
    let script = |sql: &str| {
        format!(
            "PRAGMA foreign_keys = OFF;\nBEGIN IMMEDIATE;\n{sql};\nCOMMIT;\n\
             PRAGMA foreign_keys = ON;\n{BUSY};"
        )
    };
    let write = |file: &str, text: &str| shop.write(&format!("migrations/{name}/{file}"), text);
    write("metadata.toml", "run_in_transaction = false\n");
    write("up.sql", &script("CREATE TABLE audit (id INTEGER PRIMARY KEY)"));
    write("down.sql", &script("DROP TABLE audit"));

    let pending = || shop.run(&["current", "--database-url", "shop.db"]).out.contains("(pending)");
    assert!(pending());
    killed_when(&shop, "upgrade", ("audit", "1"));
    assert!(!pending());
    let again = shop.ok(&["upgrade", "--database-url", "shop.db"]);
    assert!(again.out.starts_with("nothing to apply"), "{}", again.out);

    killed_when(&shop, "downgrade", ("audit", "0"));
    assert!(pending());
}

/// Begins `generate`, and kills it when `moment` has come.
fn killed_generate(shop: &Shop, moment: impl Fn(&Shop)) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_diesel-autogen"))
        .args(["generate", "-m", "add user bio"])
        .current_dir(shop.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    moment(shop);
    // It may have ended before.
    let _ = child.kill();
    child.wait().unwrap();
}

#[test]
fn a_generate_that_is_killed_leaves_the_old_state_or_the_new_one() {
    let shop = Shop::with_users();
    let before = shop.files();
    shop.models(USER_WITH_BIO);
    let begun = Instant::now();
    shop.ok(&["generate", "-m", "add user bio"]);
    let whole = begun.elapsed();
    let is_writing = |shop: &Shop| {
        let entries = fs::read_dir(shop.path().join("migrations")).unwrap();
        entries
            .filter_map(Result::ok)
            .any(|entry| entry.file_name().to_string_lossy().starts_with(".diesel_autogen-"))
    };
    let mut ends = [0, 0];
    for round in 0..60_u32 {
        for name in &shop.revisions()[1..] {
            fs::remove_dir_all(shop.path().join("migrations").join(name)).unwrap();
        }
        for (path, text) in &before {
            fs::write(path, text).unwrap();
        }
        // Half of them at any moment, half while it writes.
        killed_generate(&shop, |shop| {
            let begun = Instant::now();
            if round % 2 == 0 {
                return sleep(whole * round / 60);
            }
            while !is_writing(shop) && begun.elapsed() < Duration::from_secs(10) {}
            sleep(Duration::from_micros(u64::from(round) * 40));
        });
        let check = shop.run(&["check"]);
        let new = shop.revisions().len() - 1;
        assert_eq!(check.code, if new == 1 { 0 } else { 3 }, "{check:#?}");
        if new == 0 {
            assert_eq!(shop.files(), before);
        }
        ends[new] += 1;
    }
    assert!(ends[0] > 0, "{ends:?}");
}
