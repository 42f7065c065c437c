//! Migrations inside an application: the fixture `service`, its pool, and its embedded migrations.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel_autogen::{Embedded, Migrate, Migrations, StartError};
use diesel_autogen_database::Database;
use service::{MIGRATIONS, notes, pool};
use tempfile::TempDir;

use crate::commands::shop::Shop;

fn count(conn: &mut SqliteConnection) -> i64 {
    notes::table.count().get_result(conn).unwrap()
}

/// What Diesel's table has, where there is one.
fn versions(conn: &mut impl Migrate) -> Vec<String> {
    let table = "__diesel_schema_migrations";
    if !conn.has_table(table).unwrap() {
        return Vec::new();
    }
    let query = format!("SELECT version, NULL AS checksum FROM {table} ORDER BY version");
    conn.rows(&query).unwrap().into_iter().map(|it| it.version).collect()
}

#[test]
fn of_several_instances_one_migrates_and_the_program_finds_nothing_to_do() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("service.db");
    let path = path.to_str().unwrap();
    let applied: Vec<usize> = std::thread::scope(|scope| {
        let instance = || {
            let pool = pool(path).unwrap();
            let mut conn = pool.get().unwrap();
            conn.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
            let applied = service::start(&mut conn).unwrap().len();
            diesel::insert_into(notes::table)
                .values(notes::body.eq("started"))
                .execute(&mut conn)
                .unwrap();
            applied
        };
        let started: Vec<_> = (0..4).map(|_| scope.spawn(instance)).collect();
        started.into_iter().map(|it| it.join().unwrap()).collect()
    });
    assert_eq!(applied.iter().sum::<usize>(), MIGRATIONS.revisions().len(), "{applied:?}");
    let mut conn = SqliteConnection::establish(path).unwrap();
    assert_eq!(count(&mut conn), 4);
    MIGRATIONS.expect(&mut conn).unwrap();
    // Diesel's row is as the program makes it.
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/service/Cargo.toml");
    let shop = Shop::bare("");
    let url = ["--manifest-path", manifest, "--database-url", path];
    let run = shop.ok(&[&["upgrade"][..], &url].concat());
    assert!(run.out.starts_with("nothing to apply"), "{}", run.out);
    shop.ok(&[&["check", "--database", "--heads"][..], &url].concat());
    let mut left = std::fs::read_dir(dir.path()).unwrap().map(|it| it.unwrap().file_name());
    assert!(!left.any(|it| it.to_string_lossy().contains("migrating")));
}

#[test]
fn a_binary_refuses_a_database_that_it_was_not_compiled_for() {
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    let error = MIGRATIONS.expect(&mut conn).unwrap_err();
    assert!(matches!(&error, StartError::Behind { pending } if pending.len() == 1), "{error}");
    assert!(error.to_string().contains("run diesel-autogen upgrade"), "{error}");
    assert!(versions(&mut conn).is_empty());
    let tables = "SELECT count(*) FROM sqlite_schema";
    let count: i64 =
        diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(&format!("({tables})")))
            .get_result(&mut conn)
            .unwrap();
    assert_eq!(count, 0, "asking wrote something");
    MIGRATIONS.run(&mut conn).unwrap();
    conn.batch_execute(
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000000')",
    )
    .unwrap();
    for result in [MIGRATIONS.expect(&mut conn), MIGRATIONS.run(&mut conn).map(|_| ())] {
        let versions = vec!["20990101000000".to_owned()];
        assert_eq!(result, Err(StartError::Ahead { versions }));
    }
}

#[test]
fn an_instance_and_the_program_keep_each_other_out() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("service.db");
    let mut program = Database::open(path.to_str().unwrap()).unwrap();
    program.lock(Duration::ZERO, &mut || {}).unwrap();
    let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    let begin = Instant::now();
    let error = MIGRATIONS.run_within(&mut conn, Duration::from_millis(300)).unwrap_err();
    assert_eq!(error, StartError::Locked { seconds: 0 });
    assert!(begin.elapsed() >= Duration::from_millis(300));
    drop(program);
    assert_eq!(MIGRATIONS.run(&mut conn).unwrap().len(), 1);
}

#[test]
fn what_an_instance_ran_is_known_to_the_program_and_to_instances_with_another_text() {
    let shop = Shop::with_users();
    let [dir] = &shop.revisions()[..] else { panic!("one revision") };
    let file = format!("migrations/{dir}/up.sql");
    let up: &'static str = shop.read(&file).leak();
    let version: &'static str = dir.split('_').next().unwrap().replace('-', "").leak();
    let embedded = |up: &'static str| {
        let all = Box::leak(Box::new([one(version, up, true)]));
        Migrations::new("sqlite", all)
    };
    let url = shop.path().join("app.db");
    let url = url.to_str().unwrap();
    let mut conn = SqliteConnection::establish(url).unwrap();
    assert_eq!(embedded(up).run(&mut conn).unwrap(), [version]);
    let url = ["--database-url", url];
    shop.ok(&[&["check", "--database"][..], &url].concat());
    // Line ends of a checkout are no other text, a comment is.
    let windows: &'static str = up.replace('\n', "\r\n").leak();
    embedded(windows).expect(&mut conn).unwrap();
    let edited: &'static str = format!("-- edited\n{up}").leak();
    let error = Err(StartError::Edited { name: version });
    assert_eq!(embedded(edited).expect(&mut conn), error);
    assert_eq!(embedded(edited).run(&mut conn).map(|_| ()), error);
    shop.write(&file, edited);
    let run = shop.run(&[&["upgrade"][..], &url].concat());
    assert!(run.err.contains("is not what this database ran"), "{}", run.err);
}

#[test]
fn one_that_is_older_than_what_has_run_waits_for_leave() {
    const A: Embedded = one("1", "CREATE TABLE a (x INTEGER)", true);
    const B: Embedded = one("2", "CREATE TABLE b (x INTEGER)", true);
    const C: Embedded = one("3", "CREATE TABLE c (x INTEGER)", true);
    const BEFORE: Migrations = Migrations::new("sqlite", &[A, C]);
    const LATE: Migrations = Migrations::new("sqlite", &[A, B, C]);
    const JOINED: Migrations = Migrations::new("sqlite", &[A, Embedded { joined: &["3"], ..B }, C]);
    for line in [LATE.allow_out_of_order(), JOINED] {
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        BEFORE.run(&mut conn).unwrap();
        let error = LATE.run(&mut conn).unwrap_err();
        assert_eq!(error, StartError::Late { name: "2", after: "3" });
        assert!(error.to_string().contains("upgrade --allow-out-of-order"), "{error}");
        assert_eq!(versions(&mut conn), ["1", "3"]);
        assert!(conn.batch_execute("SELECT * FROM b").is_err());
        assert_eq!(LATE.expect(&mut conn), Err(StartError::Behind { pending: vec!["2"] }));
        assert_eq!(line.run(&mut conn).unwrap(), ["2"]);
        conn.batch_execute("SELECT * FROM b").unwrap();
        LATE.expect(&mut conn).unwrap();
    }
}

#[test]
fn a_database_that_has_run_what_was_made_one_starts_with_the_one() {
    const PARTS: [Embedded; 3] = [
        one("1", "CREATE TABLE a (x INTEGER)", true),
        one("2", "ALTER TABLE a ADD y INTEGER", true),
        one("3", "CREATE INDEX i ON a (y)", true),
    ];
    const ALL: &str = "CREATE TABLE a (x INTEGER, y INTEGER);\nCREATE INDEX i ON a (y);\n";
    const WHOLE: [Embedded; 1] = [Embedded { replaces: &["1", "2"], ..one("3", ALL, true) }];
    const BEFORE: Migrations = Migrations::new("sqlite", &PARTS);
    const HALF: Migrations = Migrations::new("sqlite", PARTS.split_at(2).0);
    const AFTER: Migrations = Migrations::new("sqlite", &WHOLE);
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    HALF.run(&mut conn).unwrap();
    assert_eq!(AFTER.run(&mut conn), Err(StartError::Halfway { name: "3" }));
    BEFORE.run(&mut conn).unwrap();
    conn.batch_execute("INSERT INTO a VALUES (1, 2)").unwrap();
    AFTER.expect(&mut conn).unwrap();
    assert_eq!(AFTER.run(&mut conn).unwrap(), [""; 0]);
    conn.batch_execute("SELECT x, y FROM a").unwrap();
    let mut empty = SqliteConnection::establish(":memory:").unwrap();
    assert_eq!(AFTER.run(&mut empty).unwrap(), ["3"]);
    AFTER.expect(&mut empty).unwrap();
}

const OWN: &str = "PRAGMA foreign_keys = OFF;\nBEGIN;\nCREATE TABLE b (x INTEGER);\nCOMMIT;\n\
                   PRAGMA foreign_keys = ON;\n";

const fn one(version: &'static str, up: &'static str, transaction: bool) -> Embedded {
    Embedded { version, name: version, up, transaction, replaces: &[], joined: &[] }
}

#[test]
fn a_migration_that_fails_leaves_nothing_and_what_was_before_it_stays() {
    const LINE: Migrations = Migrations::new(
        "sqlite",
        &[
            one("1", "CREATE TABLE a (x INTEGER)", true),
            one("2", OWN, false),
            one("3", "BEGIN; CREATE TABLE c (x INTEGER); NONSENSE; COMMIT;", false),
        ],
    );
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    conn.batch_execute("PRAGMA foreign_keys = OFF").unwrap();
    for _ in 0..2 {
        let error = LINE.run(&mut conn).unwrap_err();
        assert!(error.to_string().starts_with("migration `3` failed: "), "{error}");
        assert_eq!(versions(&mut conn), ["1", "2"]);
        assert!(conn.batch_execute("SELECT * FROM c").is_err());
        conn.batch_execute("SELECT * FROM b; BEGIN; COMMIT").unwrap();
    }
    let other = Migrations::new("postgres", &[]).run(&mut conn).unwrap_err();
    assert!(matches!(other, StartError::Engine { .. }), "{other}");
}

#[cfg(feature = "postgres")]
#[test]
fn postgresql_is_migrated_under_its_own_lock() {
    let Some(own) = diesel_autogen_database::testing::postgres() else { return };
    const FIRST: Embedded = one("1", "CREATE TABLE a (x INTEGER)", true);
    const SECOND: Embedded = one("2", "BEGIN;\nCREATE TABLE b (x INTEGER);\nCOMMIT;\n", false);
    const LINE: Migrations = Migrations::new("postgres", &[FIRST, SECOND]);
    let url = own.url();
    let connect = || PgConnection::establish(&url).unwrap();
    let mut program = own.open();
    program.lock(Duration::ZERO, &mut || {}).unwrap();
    let error = LINE.run_within(&mut connect(), Duration::from_millis(200)).unwrap_err();
    assert_eq!(error, StartError::Locked { seconds: 0 });
    drop(program);
    let applied: usize = std::thread::scope(|scope| {
        let started: Vec<_> =
            (0..4).map(|_| scope.spawn(|| LINE.run(&mut connect()).unwrap().len())).collect();
        started.into_iter().map(|it| it.join().unwrap()).sum()
    });
    assert_eq!(applied, 2);
    let mut conn = connect();
    LINE.expect(&mut conn).unwrap();
    conn.batch_execute("SELECT * FROM a, b").unwrap();
    // The connection holds the lock no longer.
    own.open().lock(Duration::ZERO, &mut || {}).unwrap();
    const MORE: Migrations = Migrations::new(
        "postgres",
        &[FIRST, SECOND, one("3", "CREATE TABLE c (x INTEGER); SELECT nonsense", true)],
    );
    assert!(MORE.run(&mut conn).unwrap_err().to_string().contains("nonsense"));
    assert!(conn.batch_execute("SELECT * FROM c").is_err());
    assert_eq!(versions(&mut conn), ["1", "2"]);
}

#[cfg(feature = "mysql")]
#[test]
fn mysql_goes_on_where_a_migration_failed_and_refuses_what_it_cannot_go_on_with() {
    let Some(own) = diesel_autogen_database::testing::mysql() else { return };
    const FIRST: &str = "CREATE TABLE a (x INTEGER)";
    const SECOND: &str = "CREATE TABLE b (x INTEGER);\nSET @three = 3;\n\
                          INSERT INTO b VALUES (@three);\nINSERT INTO b SELECT x FROM late;\n\
                          CREATE TABLE c (x INTEGER);\nINSERT INTO c SELECT x + @three FROM b";
    const LINE: Migrations =
        Migrations::new("mysql", &[one("1", FIRST, true), one("2", SECOND, true)]);
    let url = own.url();
    let connect = || MysqlConnection::establish(&url).unwrap();
    let mut program = own.open();
    program.lock(Duration::ZERO, &mut || {}).unwrap();
    let error = LINE.run_within(&mut connect(), Duration::from_millis(200)).unwrap_err();
    assert_eq!(error, StartError::Locked { seconds: 0 });
    drop(program);
    let all = |sql: &str| -> Vec<i32> {
        use diesel::sql_types::Integer;
        let query = diesel::dsl::sql::<Integer>(sql);
        query.load(&mut connect()).unwrap()
    };
    for _ in 0..2 {
        let error = LINE.run(&mut connect()).unwrap_err().to_string();
        assert!(error.starts_with("migration `2` failed: "), "{error}");
        assert!(error.contains("late") && error.contains("3 of the 6 statements"), "{error}");
        assert_eq!(all("SELECT x FROM b"), [3]);
        // The program knows of it, and the connection holds the lock no longer.
        let mut program = own.open();
        program.lock(Duration::ZERO, &mut || {}).unwrap();
        let half = program.half_done().unwrap().unwrap();
        assert_eq!((&*half.version, half.up, half.done), ("2", true, 3));
    }
    let pending = vec!["2"];
    assert_eq!(LINE.expect(&mut connect()), Err(StartError::Behind { pending }));
    // What has run must be what it was, and of the migration that was begun.
    const EDITED: Migrations = Migrations::new(
        "mysql",
        &[one("1", FIRST, true), one("2", "CREATE TABLE b (x BIGINT);\nSELECT 1", true)],
    );
    let error = EDITED.run(&mut connect()).unwrap_err().to_string();
    assert!(error.contains("its statement 1 has run, and is not any more what it was"), "{error}");
    const OTHER: Migrations = Migrations::new(
        "mysql",
        &[one("1", FIRST, true), one("3", "CREATE TABLE d (x INT)", true)],
    );
    let version = "2".to_owned();
    assert_eq!(OTHER.run(&mut connect()), Err(StartError::HalfDone { version }));
    // Of several instances one goes on, with what its session has to know.
    connect().batch_execute("CREATE TABLE late (x INTEGER); INSERT INTO late VALUES (4)").unwrap();
    let applied: usize = std::thread::scope(|scope| {
        let started: Vec<_> =
            (0..4).map(|_| scope.spawn(|| LINE.run(&mut connect()).unwrap().len())).collect();
        started.into_iter().map(|it| it.join().unwrap()).sum()
    });
    assert_eq!(applied, 1);
    LINE.expect(&mut connect()).unwrap();
    assert_eq!(all("SELECT x FROM b ORDER BY x"), [3, 4]);
    assert_eq!(all("SELECT x FROM c ORDER BY x"), [6, 7]);
    assert!(own.open().half_done().unwrap().is_none());
}

#[cfg(feature = "mysql")]
#[test]
fn what_rows_are_in_the_way_of_on_mysql_changes_nothing() {
    let Some(own) = diesel_autogen_database::testing::mysql() else { return };
    const GUARDED: &str = "-- guard: rows of a have no x [tightens-not-null]\n\
        SET SESSION completion_type = (SELECT if(n > 0, concat(n, ' rows of a have no x'), \
        @@SESSION.completion_type) FROM (SELECT count(*) AS n FROM a WHERE x IS NULL) AS counted);\n\
        ALTER TABLE a ADD y INTEGER;\nALTER TABLE a MODIFY x INTEGER NOT NULL";
    const TABLE: Embedded = one("1", "CREATE TABLE a (x INTEGER)", true);
    const FIRST: Migrations = Migrations::new("mysql", &[TABLE]);
    const LINE: Migrations = Migrations::new("mysql", &[TABLE, one("2", GUARDED, true)]);
    let mut conn = MysqlConnection::establish(&own.url()).unwrap();
    FIRST.run(&mut conn).unwrap();
    conn.batch_execute("INSERT INTO a VALUES (NULL)").unwrap();
    let error = LINE.run(&mut conn).unwrap_err().to_string();
    assert!(error.contains("1 rows of a have no x"), "{error}");
    assert!(own.open().half_done().unwrap().is_none());
    assert!(conn.batch_execute("SELECT y FROM a").is_err());
    conn.batch_execute("UPDATE a SET x = 1").unwrap();
    assert_eq!(LINE.run(&mut conn).unwrap(), ["2"]);
    conn.batch_execute("SELECT y FROM a").unwrap();
}

/// What `generate` writes for PostgreSQL when an index is to be built beside running writers, and
/// when rows may be in the way.
#[cfg(feature = "postgres")]
#[test]
fn an_index_is_built_outside_of_transactions_and_a_guard_within() {
    let Some(own) = diesel_autogen_database::testing::postgres() else { return };
    const GUARD: &str = "BEGIN;\n-- guard: rows of a [x]\nDO $$ DECLARE n bigint; BEGIN SELECT \
                         count(*) INTO n FROM a; IF n > 1 THEN RAISE EXCEPTION 'too many'; END IF; \
                         END $$;\nALTER TABLE a ADD y INTEGER;\nCOMMIT;\n";
    const LINE: Migrations = Migrations::new(
        "postgres",
        &[
            one("1", "CREATE TABLE a (x INTEGER)", true),
            one("2", "-- writers go on;\nCREATE INDEX CONCURRENTLY i ON a (x);\n", false),
            one("3", GUARD, false),
        ],
    );
    let mut conn = PgConnection::establish(&own.url()).unwrap();
    const FIRST: Migrations =
        Migrations::new("postgres", &[one("1", "CREATE TABLE a (x INTEGER)", true)]);
    FIRST.run(&mut conn).unwrap();
    conn.batch_execute("INSERT INTO a VALUES (1), (2)").unwrap();
    let error = LINE.run(&mut conn).unwrap_err();
    assert!(error.to_string().contains("too many"), "{error}");
    assert_eq!(versions(&mut conn), ["1", "2"], "the index is noted, the guarded is not");
    conn.batch_execute("DELETE FROM a WHERE x = 2").unwrap();
    assert_eq!(LINE.run(&mut conn).unwrap(), ["3"]);
    let mut database = own.open();
    let valid = "SELECT count(*) FROM pg_index WHERE indexrelid = 'i'::regclass AND indisvalid";
    assert_eq!(database.rows(valid).unwrap(), [[diesel_autogen_database::Value::Integer(1)]]);
    conn.batch_execute("SELECT y FROM a").unwrap();
}
