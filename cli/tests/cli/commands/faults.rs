//! Disks that are full, directories that may not be written to, servers that hang up, locks that
//! are not had in time, and Ctrl-C: afterwards everything is as it was, or as it shall be, or goes
//! on where it stopped, and every row is there.

use std::fs;
use std::io::{Write, stderr};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel_autogen_database::testing::{self, OwnDatabase};
use diesel_autogen_database::{Database, Value};

use super::shop::{Shop, USER, USER_WITH_BIO};

const PROGRAM: &str = env!("CARGO_BIN_EXE_diesel-autogen");

/// A model whose files are longer than a few blocks.
fn wide(columns: usize) -> String {
    let columns = (0..columns).map(|at| format!("    pub column_{at}: Option<String>,\n"));
    format!(
        "#[derive(Model)]\npub struct Wide {{\n    pub id: i64,\n{}}}\n",
        columns.collect::<String>()
    )
}

/// Runs the program where no file may be longer than so many blocks of 512 bytes; it is told that
/// one is, or killed.
fn limited(shop: &Shop, blocks: usize, is_told: bool, arguments: &[&str]) -> Output {
    let told = if is_told { "trap '' XFSZ; " } else { "" };
    Command::new("sh")
        .args([
            "-c",
            &format!("{told}ulimit -c 0; ulimit -f {blocks}; exec \"$0\" \"$@\""),
            PROGRAM,
        ])
        .args(arguments)
        .current_dir(shop.path())
        .env_remove("DATABASE_URL")
        .output()
        .unwrap()
}

#[test]
fn a_full_disk_leaves_files_as_they_were_or_as_they_shall_be() {
    let mut failed = 0;
    for is_told in [true, false] {
        let shop = Shop::new(&wide(20));
        shop.ok(&["generate", "-m", "add wide"]);
        shop.models(&wide(40));
        let before = shop.files();
        for blocks in 0.. {
            let arguments = ["generate", "-m", "make it wider"];
            let run = limited(&shop, blocks, is_told, &arguments);
            if run.status.success() {
                break;
            }
            assert!(blocks < 100, "{run:?}");
            failed += 1;
            let err = String::from_utf8_lossy(&run.stderr).into_owned();
            if is_told {
                assert_eq!(run.status.code(), Some(1), "{err}");
                assert!(err.contains("File too large") && err.contains("migrations"), "{err}");
                assert_eq!(shop.files(), before, "{blocks} blocks");
            }
            shop.ok(&["heads"]);
            assert_eq!(shop.files(), before, "{blocks} blocks");
        }
        assert_eq!(shop.revisions().len(), 2);
        shop.ok(&["check"]);
        shop.ok(&["verify"]);
    }
    assert!(failed > 5, "{failed}");
    let _ = writeln!(stderr(), "{failed} writes of revisions met a full disk");
}

#[test]
fn a_full_disk_leaves_a_database_as_it_was() {
    let shop = Shop::with_users();
    shop.ok(&["upgrade", "--database-url", "shop.db"]);
    shop.execute(
        "INSERT INTO users (email) SELECT printf('%.200c', 'x') FROM (WITH RECURSIVE n(i) AS \
         (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 500) SELECT i FROM n)",
    );
    // Every row is copied.
    shop.models(&USER.replace("pub email", "#[column(check = \"email <> ''\")]\n    pub email"));
    shop.ok(&["generate", "-m", "no empty emails"]);
    let dump = shop.database().dump().unwrap().to_string();
    let sum = || shop.rows("SELECT count(*) || ' ' || sum(length(email)) AS value FROM users");
    let rows = sum();
    let mut failed = 0;
    for blocks in (0..).step_by(24) {
        let run = limited(&shop, blocks, true, &["upgrade", "--database-url", "shop.db"]);
        assert_eq!(sum(), rows, "{blocks} blocks");
        if run.status.success() {
            break;
        }
        assert!(blocks < 2000, "{run:?}");
        failed += 1;
        assert_eq!(run.status.code(), Some(1), "{run:?}");
        assert_eq!(shop.database().dump().unwrap().to_string(), dump, "{blocks} blocks: {run:?}");
    }
    assert!(failed > 5, "{failed}");
    assert_ne!(shop.database().dump().unwrap().to_string(), dump);
    shop.ok(&["check", "--database", "shop.db"]);
    let _ = writeln!(stderr(), "{failed} upgrades met a full disk");
}

/// Runs the program as somebody for whom permissions count, which they do not for root.
fn without_leave(shop: &Shop, arguments: &[&str]) -> Output {
    let is_root = fs::metadata(shop.path()).unwrap().uid() == 0;
    let mut command = match is_root {
        true => {
            let mut command = Command::new("setpriv");
            command.args(["--bounding-set", "-dac_override,-dac_read_search", PROGRAM]);
            command
        }
        false => Command::new(PROGRAM),
    };
    command.args(arguments).current_dir(shop.path()).env_remove("DATABASE_URL").output().unwrap()
}

#[test]
fn what_may_not_be_written_stays_as_it_was() {
    let shop = Shop::with_users();
    shop.ok(&["upgrade", "--database-url", "shop.db"]);
    shop.execute("INSERT INTO users (email) VALUES ('a@b.c')");
    shop.models(USER_WITH_BIO);
    let before = shop.files();
    let allow = |path: &str, mode: u32| {
        fs::set_permissions(shop.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    let denied = |arguments: &[&str], name: &str| {
        let run = without_leave(&shop, arguments);
        let err = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(run.status.code(), Some(1), "{err}");
        assert!(err.contains(name), "{err}");
        err
    };
    let generate = ["generate", "-m", "add user bio"];
    allow("migrations", 0o555);
    assert!(denied(&generate, "migrations").contains("Permission denied"));
    allow("migrations", 0o755);
    assert_eq!(shop.files(), before);
    for path in ["src/lib.rs", "migrations/schema.toml", "Cargo.toml"] {
        allow(path, 0);
        denied(&generate, path);
        allow(path, 0o644);
        assert_eq!(shop.files(), before);
    }
    shop.ok(&generate);
    let dump = shop.database().dump().unwrap().to_string();
    allow("shop.db", 0o444);
    denied(&["upgrade", "--database-url", "shop.db"], "readonly database");
    allow("shop.db", 0o644);
    assert_eq!(shop.database().dump().unwrap().to_string(), dump);
    shop.ok(&["upgrade", "--database-url", "shop.db"]);
    assert_eq!(shop.rows("SELECT email AS value FROM users"), [Some("a@b.c".to_owned())]);
}

/// What becomes of a run that waits for a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    HungUp,
    Interrupted,
    TimedOut,
}

const FAULTS: [Fault; 3] = [Fault::HungUp, Fault::Interrupted, Fault::TimedOut];

/// What a server is asked in its own words.
struct Words {
    /// Has readers of `users`, so that it cannot be altered.
    block: &'static str,
    unblock: &'static str,
    /// Who waits for them.
    waiting: &'static str,
    /// Has that one no more; `?` is who.
    hang_up: &'static str,
    /// How many of that one are left.
    left: &'static str,
}

const POSTGRES: Words = Words {
    block: "BEGIN; LOCK TABLE users IN ACCESS SHARE MODE",
    unblock: "ROLLBACK",
    waiting: "SELECT pid::bigint FROM pg_stat_activity WHERE datname = current_database() AND \
              wait_event_type = 'Lock'",
    hang_up: "SELECT pg_terminate_backend(?)",
    left: "SELECT count(*) FROM pg_stat_activity WHERE pid = ?",
};

#[cfg(feature = "mysql")]
const MARIADB: Words = Words {
    block: "LOCK TABLES users READ",
    unblock: "UNLOCK TABLES",
    waiting: "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND state LIKE \
              'Waiting for table metadata lock'",
    hang_up: "KILL ?",
    left: "SELECT count(*) FROM information_schema.processlist WHERE id = ?",
};

fn number(database: &mut Database, sql: &str) -> Option<usize> {
    database.rows(sql).unwrap().first().and_then(|row| row[0].as_count())
}

/// What is there once it is.
fn awaited<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "it does not come");
        sleep(Duration::from_millis(10));
    }
}

/// The program, which hears Ctrl-C even where whoever runs the tests does not.
fn program() -> Command {
    let mut command = Command::new("env");
    command.args(["--default-signal=INT", PROGRAM]);
    command
}

/// Ends the program as Ctrl-C does.
fn interrupt(child: &mut Child) -> ExitStatus {
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    awaited(|| child.try_wait().unwrap())
}

/// Upgrades while somebody reads, with a fault.
fn upgrade(shop: &Shop, server: &OwnDatabase, words: &Words, fault: Fault) {
    let (mut reader, mut other) = (server.open(), server.open());
    reader.execute(words.block).unwrap();
    let mut child = program()
        .args(["upgrade", "--database-url", &server.url()])
        .current_dir(shop.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let who = awaited(|| number(&mut other, words.waiting)).to_string();
    let status = match fault {
        Fault::HungUp => {
            other.execute(&words.hang_up.replace('?', &who)).unwrap();
            child.wait().unwrap()
        }
        Fault::Interrupted => interrupt(&mut child),
        Fault::TimedOut => child.wait().unwrap(),
    };
    let code = if fault == Fault::Interrupted { None } else { Some(1) };
    assert_eq!(status.code(), code, "{fault:?}");
    reader.execute(words.unblock).unwrap();
    let left = words.left.replace('?', &who);
    awaited(|| (number(&mut other, &left) == Some(0)).then_some(()));
}

/// The revision is not there or goes on, and every row is there.
fn goes_on(shop: &Shop, server: &OwnDatabase, before: Option<&str>) {
    let mut database = server.open();
    let users = "SELECT count(*) FROM users";
    assert_eq!(number(&mut database, users), Some(3));
    if let Some(dump) = before {
        assert_eq!(database.dump().unwrap().to_string(), dump);
    }
    shop.ok(&["upgrade"]);
    shop.ok(&["check", "--database"]);
    assert_eq!(database.half_done().unwrap(), None);
    let emails = database.rows("SELECT email FROM users ORDER BY id").unwrap().concat();
    assert_eq!(emails, ["a", "b", "c"].map(|it| Value::Text(it.to_owned())));
    shop.ok(&["downgrade", "-1"]);
}

fn with_three(shop: &Shop, server: &OwnDatabase) {
    shop.ok(&["generate", "-m", "add users"]);
    shop.ok(&["upgrade"]);
    server.open().execute("INSERT INTO users (email) VALUES ('a'), ('b'), ('c')").unwrap();
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
}

#[test]
fn postgresql_hangs_up_times_out_or_hears_nothing_more() {
    let Some(server) = testing::postgres() else { return };
    let shop = Shop::postgres(USER).at(server.url());
    with_three(&shop, &server);
    let limit = |milliseconds: u32| {
        let sql = format!(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET lock_timeout = {milliseconds}', \
             current_database()); END $$"
        );
        server.open().execute(&sql).unwrap();
    };
    for fault in FAULTS {
        let dump = server.open().dump().unwrap().to_string();
        if fault == Fault::TimedOut {
            limit(1000);
        }
        upgrade(&shop, &server, &POSTGRES, fault);
        limit(0);
        goes_on(&shop, &server, Some(&dump));
    }
    let _ = writeln!(stderr(), "{} upgrades of PostgreSQL met a fault", FAULTS.len());
}

#[cfg(feature = "mysql")]
#[test]
fn mariadb_hangs_up_times_out_or_hears_nothing_more() {
    let Some(server) = testing::mysql() else { return };
    let shop = Shop::mariadb(USER).at(server.url());
    with_three(&shop, &server);
    for fault in FAULTS {
        if fault == Fault::TimedOut {
            let up = format!("migrations/{}/up.sql", shop.revisions()[1]);
            // Nobody else may wait shorter, so the script says it.
            shop.write(&up, &format!("SET SESSION lock_wait_timeout = 1;\n{}", shop.read(&up)));
        }
        upgrade(&shop, &server, &MARIADB, fault);
        if fault == Fault::TimedOut {
            let run = shop.run(&["upgrade"]);
            assert_eq!(run.code, 0, "{run:?}");
            assert_eq!(number(&mut server.open(), "SELECT COUNT(*) FROM users"), Some(3));
            assert_eq!(server.open().half_done().unwrap(), None);
        } else {
            goes_on(&shop, &server, None);
        }
    }
    let _ = writeln!(stderr(), "{} upgrades of MariaDB met a fault", FAULTS.len());
}

#[test]
fn sqlite_is_busy_or_hears_nothing_more() {
    let shop = Shop::with_users();
    shop.ok(&["upgrade", "--database-url", "shop.db"]);
    shop.execute("INSERT INTO users (email) VALUES ('a@b.c')");
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    let dump = shop.database().dump().unwrap().to_string();
    for is_interrupted in [true, false] {
        let mut writer = shop.database();
        writer.execute("BEGIN IMMEDIATE; UPDATE users SET email = 'none'").unwrap();
        let mut child = program()
            .args(["upgrade", "--database-url", "shop.db"])
            .current_dir(shop.path())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        if is_interrupted {
            sleep(Duration::from_secs(1));
            assert!(child.try_wait().unwrap().is_none(), "it does not wait");
            assert_eq!(interrupt(&mut child).code(), None);
        } else {
            assert_eq!(child.wait().unwrap().code(), Some(1));
        }
        writer.execute("ROLLBACK").unwrap();
        assert_eq!(shop.database().dump().unwrap().to_string(), dump);
        assert_eq!(shop.rows("SELECT email AS value FROM users"), [Some("a@b.c".to_owned())]);
    }
    shop.ok(&["upgrade", "--database-url", "shop.db"]);
    assert_eq!(shop.rows("SELECT email AS value FROM users"), [Some("a@b.c".to_owned())]);
}
