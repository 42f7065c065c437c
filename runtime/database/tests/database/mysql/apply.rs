use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::{Connection, InstrumentationEvent};
use diesel::mysql::MysqlConnection;
use diesel_autogen_database::testing::{self, OwnDatabase};
use diesel_autogen_database::{Database, Error, Value};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use tempfile::TempDir;

struct Project {
    dir: TempDir,
    own: OwnDatabase,
}

impl Project {
    fn new() -> Option<Project> {
        let own = testing::mysql()?;
        Some(Project { dir: tempfile::tempdir().unwrap(), own })
    }

    fn migration(&self, name: &str, up: &str, down: &str) -> PathBuf {
        let dir = self.dir.path().join(name);
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join("up.sql"), up).unwrap();
        std::fs::write(dir.join("down.sql"), down).unwrap();
        std::fs::write(dir.join("metadata.toml"), "run_in_transaction = false\n").unwrap();
        dir
    }

    /// A connection that dies before its nth statement from now on.
    fn mortal(&self, after: usize) -> Database {
        let mut conn = MysqlConnection::establish(&self.own.url()).unwrap();
        let count = Arc::new(AtomicUsize::new(0));
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { .. } = event
                && count.fetch_add(1, Ordering::Relaxed) == after
            {
                std::panic::resume_unwind(Box::new("killed"));
            }
        });
        Database::from_connection(conn)
    }
}

fn up(database: &mut Database, dirs: &[PathBuf]) -> Result<(), Error> {
    database.upgrade(dirs, &mut |_: &Path| {})
}

fn down(database: &mut Database, dirs: &[PathBuf]) -> Result<(), Error> {
    database.downgrade(dirs, &mut |_: &Path| {})
}

const BEFORE: &str = "CREATE TABLE a (id int AUTO_INCREMENT PRIMARY KEY, x int NOT NULL); \
                      INSERT INTO a (x) VALUES (10), (20), (30);";
const UP: &str = "ALTER TABLE a ADD COLUMN y int NULL;\n\
                  UPDATE a SET y = COALESCE(y, 0) + x;\n\
                  ALTER TABLE a MODIFY y int NOT NULL;\n\
                  CREATE TABLE b (id int PRIMARY KEY, a int, CONSTRAINT b_a FOREIGN KEY (a) \
                  REFERENCES a (id));\n\
                  INSERT INTO b SELECT id, id FROM a;\n";
const DOWN: &str = "DELETE FROM b;\nDROP TABLE b;\nALTER TABLE a MODIFY y int NULL;\n\
                    UPDATE a SET y = NULL;\nALTER TABLE a DROP COLUMN y;\n";

/// The database with the first migration applied, and the second one still to come.
fn two(project: &Project) -> (PathBuf, PathBuf) {
    let one = project.migration("2024-01-01-000000_one", BEFORE, "DROP TABLE a");
    let two = project.migration("2024-01-02-000000_two", UP, DOWN);
    (one, two)
}

fn rows(database: &mut Database, sql: &str) -> Vec<Vec<Value>> {
    database.rows(sql).unwrap()
}

fn numbers(database: &mut Database, sql: &str) -> Vec<i64> {
    rows(database, sql).iter().flatten().filter_map(Value::as_integer).collect()
}

fn is_whole(database: &mut Database, at: usize) {
    assert_eq!(numbers(database, "SELECT y FROM a ORDER BY id"), [10, 20, 30], "at {at}");
    assert_eq!(numbers(database, "SELECT a FROM b ORDER BY id"), [1, 2, 3], "at {at}");
    assert_eq!(numbers(database, "SELECT COUNT(*) FROM __diesel_autogen_progress"), [0], "at {at}");
    assert_eq!(database.applied().unwrap().len(), 2, "at {at}");
}

#[test]
fn a_client_that_dies_between_any_two_statements_goes_on_where_it_was() {
    let Some(project) = Project::new() else { return };
    let (one, two) = two(&project);
    let mut database = project.own.open();
    up(&mut database, std::slice::from_ref(&one)).unwrap();
    let before = database.dump().unwrap();
    let mut whole = None;
    let mut stopped = std::collections::BTreeSet::new();
    for at in 0.. {
        let mut mortal = project.mortal(at);
        let ran = catch_unwind(AssertUnwindSafe(|| up(&mut mortal, std::slice::from_ref(&two))));
        drop(mortal);
        let died = ran.is_err();
        let half = database.half_done().unwrap();
        if let Some(half) = &half {
            stopped.insert(half.done);
            assert!(half.up && half.version == "20240102000000", "{half:?}");
        }
        up(&mut database, std::slice::from_ref(&two)).unwrap();
        is_whole(&mut database, at);
        let after = database.dump().unwrap();
        assert_eq!(*whole.get_or_insert(after.clone()), after, "at {at}");
        down(&mut database, std::slice::from_ref(&two)).unwrap();
        assert_eq!(database.dump().unwrap(), before, "at {at}");
        assert_eq!(numbers(&mut database, "SELECT x FROM a ORDER BY id"), [10, 20, 30]);
        if !died {
            assert!(at > 20, "only {at} statements");
            break;
        }
    }
    assert_eq!(stopped.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
}

#[test]
fn what_is_half_done_is_taken_back_as_far_as_it_came() {
    let Some(project) = Project::new() else { return };
    let (one, two) = two(&project);
    let mut database = project.own.open();
    up(&mut database, std::slice::from_ref(&one)).unwrap();
    let before = database.dump().unwrap();
    for at in 0.. {
        let mut mortal = project.mortal(at);
        let ran = catch_unwind(AssertUnwindSafe(|| up(&mut mortal, std::slice::from_ref(&two))));
        drop(mortal);
        down(&mut database, std::slice::from_ref(&two)).unwrap();
        assert_eq!(database.dump().unwrap(), before, "at {at}");
        assert_eq!(numbers(&mut database, "SELECT x FROM a ORDER BY id"), [10, 20, 30]);
        assert_eq!(database.applied().unwrap(), ["20240101000000"], "at {at}");
        assert_eq!(database.half_done().unwrap(), None);
        if ran.is_ok() {
            break;
        }
    }
}

#[test]
fn a_way_back_that_is_half_done_goes_on_or_is_turned_round() {
    let Some(project) = Project::new() else { return };
    let (one, two) = two(&project);
    let mut database = project.own.open();
    up(&mut database, &[one, two.clone()]).unwrap();
    let whole = database.dump().unwrap();
    for at in 0.. {
        let mut mortal = project.mortal(at);
        let ran = catch_unwind(AssertUnwindSafe(|| down(&mut mortal, std::slice::from_ref(&two))));
        drop(mortal);
        if at % 2 == 0 {
            down(&mut database, std::slice::from_ref(&two)).unwrap();
            assert_eq!(database.applied().unwrap(), ["20240101000000"], "at {at}");
        }
        up(&mut database, std::slice::from_ref(&two)).unwrap();
        is_whole(&mut database, at);
        assert_eq!(database.dump().unwrap(), whole, "at {at}");
        if ran.is_ok() {
            break;
        }
    }
}

#[test]
fn a_statement_that_fails_is_mended_and_the_rest_runs() {
    let Some(project) = Project::new() else { return };
    let script = "SET @some = 3;\nCREATE TABLE c (id int PRIMARY KEY);\n\
                  INSERT INTO c VALUES (@some);\nALTER TABLE c ADD wrong nothing;\n\
                  INSERT INTO c VALUES (@some + 1);\n";
    let dir = project.migration("2024-01-01-000000_one", script, "DROP TABLE c");
    let other = project.migration("2024-01-02-000000_two", "SELECT 1", "SELECT 1");
    let mut database = project.own.open();
    let error = up(&mut database, std::slice::from_ref(&dir)).unwrap_err();
    let Error::HalfDone { done: 3, of: 5, reason, .. } = &error else { panic!("{error:?}") };
    assert!(reason.contains("ALTER TABLE c ADD wrong nothing"), "{reason}");
    assert!(error.to_string().contains("3 of its 5 statements are done"), "{error}");
    let half = database.half_done().unwrap().unwrap();
    assert_eq!((half.version.as_str(), half.up, half.done), ("20240101000000", true, 3));
    assert_eq!(database.applied().unwrap(), [""; 0]);
    let error = up(&mut database, std::slice::from_ref(&other)).unwrap_err();
    assert!(matches!(&error, Error::OtherHalfDone { version } if version == "20240101000000"));

    let edited = script.replace("CREATE TABLE c (id int", "CREATE TABLE c (id bigint");
    std::fs::write(dir.join("up.sql"), edited).unwrap();
    let error = up(&mut project.own.open(), std::slice::from_ref(&dir)).unwrap_err();
    assert!(error.to_string().contains("its statement 2 has run"), "{error}");

    std::fs::write(dir.join("up.sql"), script.replace("wrong nothing", "INDEX (id)")).unwrap();
    up(&mut project.own.open(), std::slice::from_ref(&dir)).unwrap();
    assert_eq!(numbers(&mut database, "SELECT id FROM c ORDER BY id"), [3, 4]);
    assert_eq!(database.half_done().unwrap(), None);
    // Its way back has another number of statements.
    std::fs::write(dir.join("up.sql"), format!("{script};SELECT wrong")).unwrap();
    down(&mut database, std::slice::from_ref(&dir)).unwrap();
    up(&mut database, std::slice::from_ref(&dir)).unwrap_err();
    let error = down(&mut database, std::slice::from_ref(&dir)).unwrap_err();
    assert!(error.to_string().contains("nobody can tell"), "{error}");
}

#[test]
fn transactions_of_a_script_are_its_own() {
    let Some(project) = Project::new() else { return };
    let script = "CREATE TABLE c (id int PRIMARY KEY);\nSTART TRANSACTION;\n\
                  INSERT INTO c VALUES (1);\nINSERT INTO c VALUES (2);\nCOMMIT;\n";
    let dir = project.migration("2024-01-01-000000_one", script, "DROP TABLE c");
    for at in 0.. {
        let mut mortal = project.mortal(at);
        let ran = catch_unwind(AssertUnwindSafe(|| up(&mut mortal, std::slice::from_ref(&dir))));
        drop(mortal);
        let mut database = project.own.open();
        up(&mut database, std::slice::from_ref(&dir)).unwrap();
        assert_eq!(numbers(&mut database, "SELECT id FROM c ORDER BY id"), [1, 2], "at {at}");
        down(&mut database, std::slice::from_ref(&dir)).unwrap();
        if ran.is_ok() {
            break;
        }
    }
    let open = project.migration("2024-01-02-000000_two", "BEGIN; SELECT 1", "SELECT 1");
    let error = up(&mut project.own.open(), &[open]).unwrap_err();
    assert!(error.to_string().contains("add `COMMIT;`"), "{error}");
    let client = "DELIMITER //\nSELECT 1//";
    let client = project.migration("2024-01-03-000000_three", client, "SELECT 1");
    let error = up(&mut project.own.open(), &[client]).unwrap_err();
    assert!(error.to_string().contains("`DELIMITER` is a word of the client"), "{error}");
}

#[test]
fn diesels_own_runner_takes_the_same_directories() {
    let Some(project) = Project::new() else { return };
    let (one, two) = two(&project);
    let program = "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN \
                   IF NEW.x IS NULL THEN SET NEW.x = 1; END IF; SET NEW.x = NEW.x + 1; END;";
    let three = project.migration("2024-01-03-000000_three", program, "DROP TRIGGER t;");
    let mut database = project.own.open();
    up(&mut database, std::slice::from_ref(&one)).unwrap();
    let source = FileBasedMigrations::from_path(project.dir.path()).unwrap();
    let conn = &mut MysqlConnection::establish(&project.own.url()).unwrap();
    conn.run_pending_migrations(source.clone()).unwrap();
    assert_eq!(database.applied().unwrap().len(), 3);
    let theirs = database.dump().unwrap();
    down(&mut database, &[three.clone(), two.clone()]).unwrap();
    up(&mut database, &[one, two, three]).unwrap();
    assert_eq!(database.dump().unwrap(), theirs);
    conn.revert_all_migrations(source).unwrap();
    assert_eq!(database.applied().unwrap(), [""; 0]);
}

#[test]
fn only_one_migrates_a_database_at_a_time() {
    let Some(project) = Project::new() else { return };
    let Some(elsewhere) = testing::mysql() else { return };
    let patience = std::time::Duration::from_millis(120);
    let mut first = project.own.open();
    first.lock(patience, &mut || panic!("nobody is there")).unwrap();
    first.lock(patience, &mut || panic!("it is held already")).unwrap();
    let mut second = project.own.open();
    let mut waited = 0;
    let error = second.lock(patience, &mut || waited += 1).unwrap_err();
    assert!(matches!(error, Error::Locked { .. }) && waited == 1, "{error:?}");
    elsewhere.open().lock(patience, &mut || panic!("that is another database")).unwrap();
    drop(first);
    second.lock(patience * 10, &mut || {}).unwrap();
}
