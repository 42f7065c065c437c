//! What is noted of applied migrations, and the lock, on every engine.

use std::path::PathBuf;
use std::time::Duration;

use diesel_autogen_database::{Database, Error, Value, ledger, testing};
use tempfile::TempDir;

/// Does the same on a SQLite file, and on PostgreSQL and MariaDB, where a server answers: `open`
/// connects to the one database again and again.
fn on_each(test: &dyn Fn(&dyn Fn() -> Database)) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("test.db");
    test(&|| Database::open(path.to_str().unwrap()).unwrap());
    if let Some(own) = testing::postgres() {
        test(&|| own.open());
    }
    #[cfg(feature = "mysql")]
    if let Some(own) = testing::mysql() {
        test(&|| own.open());
    }
}

fn rows(versions: &[&str]) -> Vec<(String, String)> {
    versions.iter().map(|it| ((*it).to_owned(), format!("sum of {it}"))).collect()
}

fn pairs(database: &mut Database) -> Vec<(String, String)> {
    database.checksums().unwrap().into_iter().collect()
}

#[test]
fn exactly_what_is_stamped_is_applied() {
    on_each(&|open| {
        let mut database = open();
        assert!(database.checksums().unwrap().is_empty());
        database.stamp(&rows(&["1", "2", "it's"])).unwrap();
        assert_eq!(database.applied().unwrap(), ["1", "2", "it's"]);
        assert_eq!(pairs(&mut database), rows(&["1", "2", "it's"]));
        let times = "SELECT run_on FROM __diesel_schema_migrations WHERE version = '1'";
        let time: Vec<Vec<Value>> = database.rows(times).unwrap();
        database.stamp(&rows(&["1", "3"])).unwrap();
        assert_eq!(database.applied().unwrap(), ["1", "3"]);
        assert_eq!(pairs(&mut database), rows(&["1", "3"]));
        assert_eq!(database.rows(times).unwrap(), time, "what stays ran when it ran");
        database.stamp(&[]).unwrap();
        assert!(database.applied().unwrap().is_empty());
        assert!(database.checksums().unwrap().is_empty());
    });
}

#[test]
fn a_stamp_that_fails_half_way_leaves_what_was_noted() {
    on_each(&|open| {
        let mut database = open();
        database.stamp(&rows(&["1", "2"])).unwrap();
        // What is noted twice fails after everything else was forgotten.
        let error = database.stamp(&rows(&["3", "3"])).unwrap_err();
        assert!(matches!(error, Error::Statement { .. }), "{error}");
        for mut database in [database, open()] {
            assert_eq!(database.applied().unwrap(), ["1", "2"]);
            assert_eq!(pairs(&mut database), rows(&["1", "2"]));
        }
    });
}

#[test]
fn checksums_of_what_another_runner_applied_again_are_not_believed() {
    on_each(&|open| {
        let mut database = open();
        database.stamp(&rows(&["1"])).unwrap();
        database
            .execute("UPDATE __diesel_schema_migrations SET run_on = '2020-01-01 00:00:00'")
            .unwrap();
        assert!(database.checksums().unwrap().is_empty());
        assert!(database.dump().map_or(true, |dump| !dump.to_string().contains("autogen_applied")));
    });
}

#[test]
fn migrations_are_noted_with_their_checksums() {
    on_each(&|open| {
        let dir = TempDir::new().unwrap();
        let place = dir.path().join("1_a");
        std::fs::create_dir(&place).unwrap();
        std::fs::write(place.join("up.sql"), "CREATE TABLE a (x INTEGER)").unwrap();
        std::fs::write(place.join("down.sql"), "DROP TABLE a").unwrap();
        let steps: Vec<PathBuf> = vec![place];
        let mut database = open();
        let noted = |_: &std::path::Path| Some(("1".to_owned(), "sum of 1".to_owned()));
        database.upgrade_noting(&steps, &mut |_| {}, &noted).unwrap();
        assert_eq!(pairs(&mut database), rows(&["1"]));
        assert!(database.rows("SELECT * FROM a").unwrap().is_empty());
        database.downgrade(&steps, &mut |_| {}).unwrap();
        assert!(database.checksums().unwrap().is_empty());
        // As text, with the statements that note it.
        let notes = [ledger::applied("1"), ledger::checksum("1", "sum of 1")].concat();
        let script =
            Database::script(database.engine(), "CREATE TABLE a (x INTEGER) -- a", true, &notes);
        database.execute(&script).unwrap();
        assert_eq!(pairs(&mut database), rows(&["1"]));
        let own = "BEGIN;\nDROP TABLE a;\nCOMMIT;\n";
        let script = Database::script(database.engine(), own, false, &ledger::reverted("1"));
        assert_eq!(script.matches("COMMIT").count(), 1, "{script}");
        database.execute(&script).unwrap();
        assert!(database.applied().unwrap().is_empty());
    });
}

#[test]
fn a_lock_is_held_until_the_database_is_dropped() {
    on_each(&|open| {
        let (mut first, mut second) = (open(), open());
        first.lock(Duration::ZERO, &mut || panic!("nobody to wait for")).unwrap();
        first.lock(Duration::ZERO, &mut || panic!("it is ours")).unwrap();
        let mut told = 0;
        let error = second.lock(Duration::from_millis(300), &mut || told += 1).unwrap_err();
        assert_eq!((error, told), (Error::Locked { seconds: 0 }, 1));
        drop(first);
        second.lock(Duration::from_secs(10), &mut || {}).unwrap();
    });
    let mut memory = Database::open(":memory:").unwrap();
    memory.lock(Duration::ZERO, &mut || panic!("it is nobody else's")).unwrap();
}
