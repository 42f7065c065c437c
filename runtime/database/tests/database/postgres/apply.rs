use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
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
        let own = testing::postgres()?;
        Some(Project { dir: tempfile::tempdir().unwrap(), own })
    }

    fn migration(&self, name: &str, up: &str, down: &str, transaction: bool) -> PathBuf {
        let dir = self.dir.path().join(name);
        std::fs::create_dir(&dir).unwrap();
        std::fs::write(dir.join("up.sql"), up).unwrap();
        std::fs::write(dir.join("down.sql"), down).unwrap();
        let metadata = format!("run_in_transaction = {transaction}\n");
        std::fs::write(dir.join("metadata.toml"), metadata).unwrap();
        dir
    }
}

fn up(database: &mut Database, dirs: &[PathBuf]) -> Result<(), Error> {
    database.upgrade(dirs, &mut |_: &Path| {})
}

fn down(database: &mut Database, dirs: &[PathBuf]) -> Result<(), Error> {
    database.downgrade(dirs, &mut |_: &Path| {})
}

fn one(database: &mut Database, sql: &str) -> Value {
    database.rows(sql).unwrap()[0][0].clone()
}

fn names(told: &[PathBuf]) -> Vec<String> {
    told.iter().map(|dir| dir.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn migrations_are_applied_and_reverted_one_by_one_and_mixed_with_diesels_own_runner() {
    let Some(project) = Project::new() else { return };
    let one_dir = project.migration(
        "2024-01-01-000000_one",
        "CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (1), (2);",
        "DROP TABLE a;",
        true,
    );
    let two = project.migration(
        "2024-01-02-000000_two",
        "ALTER TABLE a ADD b text NOT NULL DEFAULT 'x';",
        "ALTER TABLE a DROP b;",
        true,
    );
    let mut database = project.own.open();
    assert_eq!(database.applied().unwrap(), [""; 0]);
    assert!(database.live().unwrap().pg.names.is_empty());
    let there = "SELECT count(*) FROM pg_class WHERE relname = '__diesel_schema_migrations'";
    assert_eq!(one(&mut database, there), Value::Integer(0), "asking writes nothing");

    let mut told = Vec::new();
    database
        .upgrade(std::slice::from_ref(&one_dir), &mut |dir: &Path| told.push(dir.to_path_buf()))
        .unwrap();
    let source = FileBasedMigrations::from_path(project.dir.path()).unwrap();
    let mut other = project.own.open();
    other.postgres().unwrap().run_pending_migrations(source).unwrap();
    assert_eq!(database.applied().unwrap(), ["20240101000000", "20240102000000"]);
    let all = [one_dir.clone(), two.clone()];
    database.upgrade(&all, &mut |_: &Path| panic!("both are applied")).unwrap();
    let rows = database.rows("SELECT id, b FROM a ORDER BY id").unwrap();
    let x = || Value::Text("x".into());
    assert_eq!(rows, [[Value::Integer(1), x()], [Value::Integer(2), x()]]);

    told.clear();
    let back = [two, one_dir];
    database.downgrade(&back[..1], &mut |dir: &Path| told.push(dir.to_path_buf())).unwrap();
    assert_eq!(one(&mut database, "SELECT count(*) FROM a"), Value::Integer(2));
    database.downgrade(&back, &mut |dir: &Path| told.push(dir.to_path_buf())).unwrap();
    assert_eq!(names(&told), ["2024-01-02-000000_two", "2024-01-01-000000_one"]);
    assert_eq!(database.applied().unwrap(), [""; 0]);
    assert!(database.live().unwrap().schema.tables.is_empty());
}

#[test]
fn a_failing_migration_leaves_the_ones_before_it_and_nothing_of_itself() {
    let Some(project) = Project::new() else { return };
    let good = project.migration("1_good", "CREATE TABLE a (id int PRIMARY KEY);", "", true);
    let bad = project.migration(
        "2_bad",
        "CREATE TABLE b (id int);\nINSERT INTO a VALUES (1);\n-- why\nINSERT INTO nowhere VALUES (1);\nSELECT 1;",
        "",
        true,
    );
    let mut database = project.own.open();
    let message = up(&mut database, &[good, bad]).unwrap_err().to_string();
    assert!(
        message.contains("2_bad/up.sql` failed: relation \"nowhere\" does not exist, in the statement\n-- why\nINSERT INTO nowhere VALUES (1)\n"),
        "{message}"
    );
    assert!(
        message
            .contains("the database is as it was before: mend the file and run the command again"),
        "{message}"
    );
    assert_eq!(database.applied().unwrap(), ["1"]);
    assert_eq!(database.live().unwrap().schema.tables.len(), 1);
    assert_eq!(one(&mut database, "SELECT count(*) FROM a"), Value::Integer(0));
}

#[test]
fn what_the_server_says_of_rows_is_in_the_message() {
    let Some(project) = Project::new() else { return };
    let dir = project.migration(
        "1_rows",
        "CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (1), (1);",
        "",
        true,
    );
    let mut database = project.own.open();
    let message = up(&mut database, &[dir]).unwrap_err().to_string();
    assert!(
        message.contains("\"a_pkey\"") && message.contains("Key (id)=(1) already exists."),
        "{message}"
    );
}

#[test]
fn a_script_with_a_transaction_of_its_own_is_noted_in_that_very_transaction() {
    let Some(project) = Project::new() else { return };
    // Nothing but the migration's own transaction may make the note: whoever makes it outside fails.
    let guard = "CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF current_setting('app.inside', true) IS DISTINCT FROM 'yes' THEN RAISE 'outside'; END IF;
            RETURN NULL; END $$;
        CREATE TRIGGER guard AFTER INSERT OR DELETE ON __diesel_schema_migrations FOR EACH ROW
            EXECUTE FUNCTION guard();";
    let script = |sql: &str| {
        format!(
            "SET lock_timeout = '5s';\nBEGIN;\nSET LOCAL app.inside = 'yes';\n{sql};\nCOMMIT;\nRESET lock_timeout;"
        )
    };
    let dir = project.migration(
        "1_own",
        &script("CREATE TABLE a (id int)"),
        &script("DROP TABLE a"),
        false,
    );
    let mut database = project.own.open();
    up(&mut database, &[]).unwrap();
    database.postgres().unwrap().batch_execute(guard).unwrap();
    up(&mut database, std::slice::from_ref(&dir)).unwrap();
    assert_eq!(database.applied().unwrap(), ["1"]);
    down(&mut database, &[dir]).unwrap();
    assert_eq!(database.applied().unwrap(), [""; 0]);
    assert!(database.live().unwrap().schema.tables.is_empty());
}

#[test]
fn a_transaction_that_broke_is_rolled_back_and_the_connection_goes_on() {
    let Some(project) = Project::new() else { return };
    let mut database = project.own.open();
    let broken = project.migration(
        "1_broken",
        "BEGIN; CREATE TABLE a (id int); INSERT INTO nowhere VALUES (1); COMMIT;",
        "",
        false,
    );
    let Err(Error::Migration { partial: false, reason, .. }) =
        up(&mut database, std::slice::from_ref(&broken))
    else {
        panic!("there is no such table")
    };
    assert!(reason.contains("relation \"nowhere\" does not exist"), "{reason}");
    assert!(database.live().unwrap().schema.tables.is_empty());
    assert_eq!(database.applied().unwrap(), [""; 0]);
    std::fs::write(broken.join("up.sql"), "BEGIN; CREATE TABLE a (id int); COMMIT;").unwrap();
    up(&mut database, &[broken]).unwrap();
    assert_eq!(database.applied().unwrap(), ["1"]);
}

#[test]
fn what_stays_of_a_script_without_transaction_is_told() {
    let Some(project) = Project::new() else { return };
    let mut database = project.own.open();
    let base = "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1);";
    database.postgres().unwrap().batch_execute(base).unwrap();
    let cases = [
        // The server takes several statements for one transaction.
        ("1_plain", "CREATE TABLE b (id int); CREATE TABLE b (id int);", false),
        ("2_syntax", "CREATE TABLE c (id int", false),
        ("3_open", "BEGIN; CREATE TABLE d (id int);", false),
        ("4_index", "CREATE UNIQUE INDEX CONCURRENTLY one ON t (a)", true),
        ("5_two", "BEGIN; CREATE TABLE e (id int); COMMIT; BEGIN; SELECT nothing; COMMIT;", true),
        (
            "7_early",
            "BEGIN; SELECT nothing; COMMIT; BEGIN; CREATE TABLE g (id int); COMMIT;",
            false,
        ),
        ("6_together", "CREATE TABLE f (id int); CREATE INDEX CONCURRENTLY two ON t (a);", false),
    ];
    for (name, sql, stays) in cases {
        let before = database.live().unwrap().pg.names;
        let dir = project.migration(name, sql, "", false);
        let error = up(&mut database, &[dir]).unwrap_err();
        let Error::Migration { partial, .. } = &error else { panic!("{error:?}") };
        assert_eq!(*partial, stays, "{name}: {error}");
        let drop = error.to_string().contains("DROP INDEX one;");
        assert_eq!(drop, name == "4_index", "{error}");
        assert_eq!(database.live().unwrap().pg.names != before, stays, "{name}: {error}");
    }
    assert_eq!(database.applied().unwrap(), [""; 0]);
}

#[test]
fn an_index_is_made_concurrently() {
    let Some(project) = Project::new() else { return };
    let mut database = project.own.open();
    database.postgres().unwrap().batch_execute("CREATE TABLE t (a int)").unwrap();
    let dir = project.migration(
        "1_index",
        "CREATE INDEX CONCURRENTLY one ON t (a);",
        "DROP INDEX CONCURRENTLY one;",
        false,
    );
    up(&mut database, std::slice::from_ref(&dir)).unwrap();
    assert_eq!(database.live().unwrap().schema.tables[0].indexes[0].name, "one");
    down(&mut database, &[dir]).unwrap();
    assert!(database.live().unwrap().schema.tables[0].indexes.is_empty());
}

#[test]
fn a_migration_that_cannot_be_reverted_says_so() {
    let Some(project) = Project::new() else { return };
    let dir = project.migration("1_one", "CREATE TABLE a (id int);", "", true);
    std::fs::remove_file(dir.join("down.sql")).unwrap();
    let mut database = project.own.open();
    up(&mut database, std::slice::from_ref(&dir)).unwrap();
    let message = down(&mut database, &[dir]).unwrap_err().to_string();
    assert!(message.contains("1_one/down.sql` failed"), "{message}");
    assert_eq!(database.applied().unwrap(), ["1"]);
}

#[test]
fn a_server_that_is_not_there_is_told_without_the_password() {
    let message = Database::open("postgres://me:s3cret@127.0.0.1:1/app").err().unwrap().to_string();
    assert!(
        message.starts_with("cannot open database `postgres://me:***@127.0.0.1:1/app`: ")
            && message.contains("Connection refused")
            && !message.contains("s3cret"),
        "{message}"
    );
}

#[test]
fn a_build_without_tls_says_so_when_tls_is_asked_for() {
    if cfg!(feature = "postgres-bundled-tls") || !cfg!(feature = "postgres-bundled") {
        return;
    }
    let url = format!("{}?sslmode=require", testing::postgres_url());
    let message = Database::open(&url).err().unwrap().to_string();
    assert!(message.contains("`--features postgres-tls`"), "{message}");
}
