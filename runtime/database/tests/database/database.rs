use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use diesel_autogen_database::sqlite::Scratch;
use diesel_autogen_database::{Database, Error, without_secrets};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use tempfile::TempDir;

struct Project {
    dir: TempDir,
}

impl Project {
    fn new() -> Project {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("migrations")).unwrap();
        Project { dir }
    }

    fn migration(&self, name: &str, up: &str, down: &str, transaction: bool) -> PathBuf {
        let dir = self.migrations().join(name);
        std::fs::create_dir(&dir).unwrap();
        std::fs::write(dir.join("up.sql"), up).unwrap();
        std::fs::write(dir.join("down.sql"), down).unwrap();
        let metadata = format!("run_in_transaction = {transaction}\n");
        std::fs::write(dir.join("metadata.toml"), metadata).unwrap();
        dir
    }

    fn migrations(&self) -> PathBuf {
        self.dir.path().join("migrations")
    }

    fn url(&self) -> String {
        format!("sqlite://{}", self.dir.path().join("my data.db").display())
    }

    fn connection(&self) -> SqliteConnection {
        SqliteConnection::establish(&self.url()).unwrap()
    }
}

fn names(told: &[PathBuf]) -> Vec<String> {
    told.iter().map(|dir| dir.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

const REBUILD: &str = "PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TABLE new_t (id INTEGER PRIMARY KEY, a TEXT NOT NULL);
INSERT OR ROLLBACK INTO new_t SELECT id, a FROM t;
DROP TABLE t;
ALTER TABLE new_t RENAME TO t;
COMMIT;
PRAGMA foreign_keys = ON;";

#[test]
fn migrations_are_applied_and_reverted_one_by_one_and_mixed_with_diesels_own_runner() {
    let project = Project::new();
    let one = project.migration(
        "2024-01-01-000000_one",
        "CREATE TABLE a (id INTEGER PRIMARY KEY);",
        "DROP TABLE a;",
        true,
    );
    let two = project.migration(
        "2024-01-02-000000_two",
        "CREATE TABLE b (id INTEGER PRIMARY KEY);",
        "DROP TABLE b;",
        true,
    );
    let mut database = Database::open(&project.url()).unwrap();
    assert_eq!(database.applied().unwrap(), [""; 0]);
    assert!(database.dump().unwrap().to_string().is_empty(), "asking writes nothing");

    let mut told = Vec::new();
    database
        .upgrade(std::slice::from_ref(&one), &mut |dir: &Path| told.push(dir.to_path_buf()))
        .unwrap();
    let source = FileBasedMigrations::from_path(project.migrations()).unwrap();
    project.connection().run_pending_migrations(source).unwrap();
    assert_eq!(database.applied().unwrap(), ["20240101000000", "20240102000000"]);
    assert_eq!(database.live().unwrap().schema.tables.len(), 2);

    let all = [one.clone(), two.clone()];
    database.upgrade(&all, &mut |_: &Path| panic!("both are applied")).unwrap();
    told.clear();
    let back = [two, one];
    database.downgrade(&back, &mut |dir: &Path| told.push(dir.to_path_buf())).unwrap();
    assert_eq!(names(&told), ["2024-01-02-000000_two", "2024-01-01-000000_one"]);
    assert_eq!(database.applied().unwrap(), [""; 0]);
    assert!(database.live().unwrap().schema.tables.is_empty());
}

#[test]
fn a_failing_migration_leaves_the_ones_before_it_and_nothing_of_itself() {
    let project = Project::new();
    let good = project.migration("1_good", "CREATE TABLE a (id INTEGER PRIMARY KEY);", "", true);
    let bad = project.migration(
        "2_bad",
        "CREATE TABLE b (id INT); INSERT INTO nowhere VALUES (1);",
        "",
        true,
    );
    let mut database = Database::open(&project.url()).unwrap();
    let error = database.upgrade(&[good, bad], &mut |_: &Path| {}).unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains("2_bad/up.sql` failed: ") && message.contains("no such table: nowhere"),
        "{message}"
    );
    assert!(message.contains("the database is as it was before"), "{message}");
    assert_eq!(database.applied().unwrap(), ["1"]);
    assert_eq!(database.live().unwrap().schema.tables.len(), 1);
}

#[test]
fn a_failing_rebuild_is_rolled_back_and_the_setting_of_foreign_keys_survives() {
    for setting in ["ON", "OFF"] {
        let project = Project::new();
        let first = project.migration(
            "1_first",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, NULL);
             CREATE TABLE child (t INT REFERENCES t (id) ON DELETE CASCADE); INSERT INTO child VALUES (1);",
            "",
            true,
        );
        let rebuild = project.migration("2_rebuild", REBUILD, "", false);
        let mut database = Database::open(&project.url()).unwrap();
        database.upgrade(&[first], &mut |_: &Path| {}).unwrap();
        let mut conn = project.connection();
        conn.batch_execute(&format!("PRAGMA foreign_keys = {setting}")).unwrap();
        let mut held = Database::from_connection(conn);
        let error = held.upgrade(std::slice::from_ref(&rebuild), &mut |_: &Path| {}).unwrap_err();
        let Error::Migration { partial: false, reason, .. } = &error else { panic!("{error:?}") };
        assert!(reason.contains("NOT NULL constraint failed: new_t.a"), "{reason}");
        assert_eq!(held.applied().unwrap(), ["1"]);
        assert_eq!(held.count("SELECT count(*) FROM t WHERE a IS NULL"), 1);
        assert_eq!(held.count("PRAGMA foreign_keys"), i64::from(setting == "ON"));

        held.sqlite().unwrap().batch_execute("UPDATE t SET a = 'x'").unwrap();
        held.upgrade(&[rebuild], &mut |_: &Path| {}).unwrap();
        assert_eq!(held.count("PRAGMA foreign_keys"), i64::from(setting == "ON"));
        assert_eq!(held.count("SELECT count(*) FROM child"), 1);
        assert_eq!(held.applied().unwrap(), ["1", "2"]);
    }
}

trait Count {
    fn count(&mut self, sql: &str) -> i64;
}

impl Count for Database {
    fn count(&mut self, sql: &str) -> i64 {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            n: i64,
        }
        let sql = match sql.strip_prefix("PRAGMA ") {
            Some(pragma) => format!("SELECT {pragma} AS n FROM pragma_{pragma}"),
            None => sql.replacen("count(*)", "count(*) AS n", 1),
        };
        let row: Row =
            diesel::RunQueryDsl::get_result(diesel::sql_query(sql), self.sqlite().unwrap())
                .unwrap();
        row.n
    }
}

#[test]
fn what_stays_of_a_script_without_transaction_is_told() {
    let project = Project::new();
    let half =
        project.migration("1_half", "CREATE TABLE a (id INT); CREATE TABLE a (id INT);", "", false);
    let rows = project.migration(
        "2_rows",
        "INSERT INTO a VALUES (1); INSERT INTO b VALUES (1);",
        "",
        false,
    );
    let none = project.migration("3_none", "CREATE TABLE c (id INT", "", false);
    let open = project.migration("4_open", "BEGIN; CREATE TABLE d (id INT);", "", false);
    let mut database = Database::open(&project.url()).unwrap();
    let mut partial = |dir: PathBuf| match database.upgrade(&[dir], &mut |_: &Path| {}) {
        Err(Error::Migration { partial, .. }) => partial,
        other => panic!("{other:?}"),
    };
    assert_eq!([half, rows, none, open].map(&mut partial), [true, true, false, false]);
    assert_eq!(database.applied().unwrap(), [""; 0]);
    assert_eq!(database.live().unwrap().schema.tables.len(), 1);
}

#[test]
fn a_migration_that_cannot_be_reverted_says_so() {
    let project = Project::new();
    let one = project.migration("1_one", "CREATE TABLE a (id INT);", "", true);
    std::fs::remove_file(one.join("down.sql")).unwrap();
    let mut database = Database::open(&project.url()).unwrap();
    database.upgrade(std::slice::from_ref(&one), &mut |_: &Path| {}).unwrap();
    let message = database.downgrade(&[one], &mut |_: &Path| {}).unwrap_err().to_string();
    assert!(message.contains("1_one/down.sql` failed"), "{message}");
    assert_eq!(database.applied().unwrap(), ["1"]);
    let missing = project.migrations().join("9_missing");
    let message = database.upgrade(&[missing], &mut |_: &Path| {}).unwrap_err().to_string();
    assert!(message.contains("9_missing") && message.contains("up.sql"), "{message}");
}

#[test]
fn a_live_database_and_a_scratch_database_tell_the_same() {
    let project = Project::new();
    let up = crate::nasty::EVERYTHING.replace("CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP);", "");
    let one = project.migration("1_one", &up, "", true);
    let mut database = Database::open(&project.url()).unwrap();
    database.upgrade(&[one], &mut |_: &Path| {}).unwrap();
    let mut scratch = Scratch::new().unwrap();
    scratch.execute(&up, true).unwrap();
    assert_eq!(database.live().unwrap(), scratch.live().unwrap());
    assert_eq!(database.dump().unwrap(), scratch.dump().unwrap());
}

#[test]
fn secrets_are_never_shown() {
    for (url, shown) in [
        ("postgres://me:s3cret@host/db", "postgres://me:***@host/db"),
        ("postgres://me:s3/cr@et@host/db?sslpassword=s3cret", "postgres://me:***@host/db"),
        ("sqlite:///tmp/a.db?key=s3cret", "sqlite:///tmp/a.db"),
        ("data/my@app.db", "data/my@app.db"),
    ] {
        assert_eq!(without_secrets(url), shown);
    }
    let message = Database::open("oracle://me:s3cret@host/db").err().unwrap().to_string();
    assert!(
        message.contains("`oracle` is no engine that is known") && !message.contains("s3cret"),
        "{message}"
    );
    let dir = tempfile::tempdir().unwrap();
    let message = Database::open(&format!("{}/no/such/dir.db", dir.path().display()))
        .err()
        .unwrap()
        .to_string();
    assert!(
        message.contains("no/such/dir.db`: ") && message.contains("unable to open"),
        "{message}"
    );
    let text = dir.path().join("text");
    std::fs::write(
        &text,
        "this is no database, but it is long enough to be taken for one".repeat(20),
    )
    .unwrap();
    let message = Database::open(text.to_str().unwrap()).err().unwrap().to_string();
    assert!(message.contains("not a database"), "{message}");
}
