use diesel_autogen_database::sqlite::Scratch;
use diesel_autogen_database::{Error, Value};

fn count(scratch: &mut Scratch, table: &str) -> i64 {
    scratch.rows(&format!("SELECT count(*) FROM {table}")).unwrap()[0][0].as_integer().unwrap()
}

fn tables(scratch: &mut Scratch) -> Vec<String> {
    let live = scratch.live().unwrap();
    live.schema.tables.iter().map(|table| table.name.to_string()).collect()
}

#[test]
fn a_failing_script_names_its_statement_and_leaves_nothing() {
    let mut scratch = Scratch::new().unwrap();
    let error = scratch
        .execute(
            "-- first\nCREATE TABLE a (id INTEGER PRIMARY KEY);\n\
             INSERT INTO a VALUES (1), (1);\nCREATE TABLE b (id INT);",
            true,
        )
        .unwrap_err();
    let Error::Statement { statement, reason } = &error else { panic!("{error:?}") };
    assert_eq!(statement, "INSERT INTO a VALUES (1), (1);");
    assert_eq!(reason, "UNIQUE constraint failed: a.id");
    assert_eq!(tables(&mut scratch), [""; 0]);
    scratch.execute("CREATE TABLE a (id INT)", true).unwrap();
}

#[test]
fn a_statement_that_does_not_parse_is_shown_up_to_its_end() {
    let mut scratch = Scratch::new().unwrap();
    let sql = "CREATE TABLE t (a INT); CREATE TRIGGER r AFTER INSERT ON t BEGIN\n  \
               UPDATE t SET a = ';' WHERE;\n  SELECT 1;\nEND; SELECT 2;";
    let Err(Error::Statement { statement, .. }) = scratch.execute(sql, false) else { panic!() };
    assert!(statement.starts_with("CREATE TRIGGER") && statement.ends_with("END;"), "{statement}");
    assert_eq!(tables(&mut scratch), ["t"], "without a transaction what ran before stays");
}

#[test]
fn a_failing_rebuild_is_rolled_back_and_foreign_keys_are_enforced_again() {
    for enforced in [true, false] {
        let mut scratch = Scratch::new().unwrap();
        scratch.execute("CREATE TABLE t (a INT); INSERT INTO t VALUES (1)", true).unwrap();
        scratch.set_foreign_keys(enforced).unwrap();
        scratch
            .execute(
                "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE; DROP TABLE t; SELECT nothing;",
                false,
            )
            .unwrap_err();
        assert_eq!(scratch.foreign_keys().unwrap(), enforced);
        assert_eq!(count(&mut scratch, "t"), 1);
        scratch.execute("BEGIN; COMMIT", false).unwrap();
    }
}

#[test]
fn a_transaction_left_open_is_an_error() {
    let mut scratch = Scratch::new().unwrap();
    let error = scratch.execute("BEGIN; CREATE TABLE t (a INT);", false).unwrap_err();
    assert_eq!(error, Error::LeftOpen);
    assert_eq!(tables(&mut scratch), [""; 0]);
}

#[test]
fn deferred_violations_fail_at_the_end_of_the_transaction() {
    let mut scratch = Scratch::new().unwrap();
    let sql = "CREATE TABLE p (id INTEGER PRIMARY KEY);
        CREATE TABLE c (p INT REFERENCES p DEFERRABLE INITIALLY DEFERRED);
        INSERT INTO c VALUES (7);";
    let Err(Error::Statement { statement, reason }) = scratch.execute(sql, true) else { panic!() };
    assert_eq!((statement.as_str(), reason.as_str()), ("COMMIT", "FOREIGN KEY constraint failed"));
    scratch.set_foreign_keys(false).unwrap();
    scratch.execute(sql, true).unwrap();
    assert_eq!(count(&mut scratch, "c"), 1);
}

#[test]
fn a_fork_goes_its_own_way() {
    let mut one = Scratch::new().unwrap();
    let mut empty = one.fork().unwrap();
    one.execute(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, b BLOB); INSERT INTO t (b) VALUES (x'00ff'), (NULL);
         CREATE VIRTUAL TABLE n USING fts5(a); INSERT INTO n VALUES ('hello world');",
        true,
    )
    .unwrap();
    let mut two = one.fork().unwrap();
    two.execute("DELETE FROM t; ALTER TABLE t ADD COLUMN c INT; CREATE TABLE more (a INT)", true)
        .unwrap();
    for at in 0..2_000 {
        two.execute(&format!("INSERT INTO more VALUES ({at})"), false).unwrap();
    }
    assert_eq!(count(&mut one, "t"), 2);
    assert_eq!(count(&mut two, "t"), 0);
    assert_eq!(count(&mut two, "more"), 2_000, "a copy can grow");
    assert_eq!(two.rows("SELECT a FROM n WHERE n MATCH 'world'").unwrap().len(), 1);
    assert_eq!(
        one.rows("SELECT b FROM t ORDER BY id").unwrap(),
        [[Value::Blob(vec![0, 255])], [Value::Null]]
    );
    assert_eq!(tables(&mut one), ["t"]);
    assert_eq!(tables(&mut empty), [""; 0]);
    assert!(two.foreign_keys().unwrap());
}

#[test]
fn values_print_as_literals_that_give_themselves_back() {
    let mut scratch = Scratch::new().unwrap();
    for value in [
        Value::Null,
        Value::Integer(i64::MIN),
        Value::Integer(i64::MAX),
        Value::Real(0.1),
        Value::Real(-1e300),
        Value::Real(2.0),
        Value::Real(f64::INFINITY),
        Value::Text("it's ü \"x\"\n".to_owned()),
        Value::Text("nul\0in".to_owned()),
        Value::Blob(vec![]),
        Value::Blob(vec![0, 39, 255]),
    ] {
        let rows = scratch.rows(&format!("SELECT {value}")).unwrap();
        assert_eq!(rows, [[value]]);
    }
}
