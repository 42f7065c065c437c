use diesel_autogen_database::{Database, Error, Scratch, Server, Value, testing};
use diesel_autogen_schema::Dialect;

use super::server;

fn one(scratch: &mut Scratch, sql: &str) -> Value {
    scratch.rows(sql).unwrap()[0][0].clone()
}

/// Whether the server has a database of this name.
fn is_there(name: &str) -> bool {
    let mut server = Database::open(&testing::postgres_url()).unwrap();
    let sql = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
    !server.rows(&sql).unwrap().is_empty()
}

fn name(scratch: &mut Scratch) -> String {
    scratch.postgres().unwrap().name().to_owned()
}

#[test]
fn a_scratch_database_is_empty_and_gone_in_the_end() {
    let Some(server) = server() else { return };
    let mut scratch = server.scratch().unwrap();
    assert_eq!(scratch.engine(), Dialect::Postgres);
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(one(&mut scratch, tables), Value::Integer(0));
    let name = name(&mut scratch);
    assert!(is_there(&name));
    // Somebody who is still connected does not keep it.
    let mut other = Database::open(&scratch.postgres().unwrap().url()).unwrap();
    other.rows("SELECT 1").unwrap();
    drop(scratch);
    assert!(!is_there(&name));
}

#[test]
fn a_fork_goes_its_own_way() {
    let Some(server) = server() else { return };
    let mut scratch = server.scratch().unwrap();
    scratch.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1)", true).unwrap();
    let mut fork = scratch.fork().unwrap();
    fork.execute("INSERT INTO t VALUES (2); CREATE TABLE u (a int)", false).unwrap();
    assert_eq!(one(&mut scratch, "SELECT count(*) FROM t"), Value::Integer(1));
    assert_eq!(one(&mut fork, "SELECT count(*) FROM t"), Value::Integer(2));
    scratch.execute("DROP TABLE t", false).unwrap();
    assert_eq!(one(&mut fork, "SELECT count(*) FROM t"), Value::Integer(2));
    let names = [name(&mut scratch), name(&mut fork)];
    drop((scratch, fork));
    assert_eq!(names.map(|name| is_there(&name)), [false, false]);
}

#[test]
fn a_failing_script_leaves_nothing_and_no_transaction_and_names_its_statement() {
    let Some(server) = server() else { return };
    let mut scratch = server.scratch().unwrap();
    scratch.execute("CREATE TABLE t (a int)", true).unwrap();
    for in_transaction in [true, false] {
        let script = "INSERT INTO t VALUES (1);\nSELECT nothing FROM t;\nINSERT INTO t VALUES (2);";
        let Err(Error::Statement { statement, reason }) = scratch.execute(script, in_transaction)
        else {
            panic!("there is no such column")
        };
        assert_eq!(statement, "SELECT nothing FROM t");
        assert_eq!(reason, "column \"nothing\" does not exist");
    }
    assert_eq!(
        scratch.execute("BEGIN; INSERT INTO t VALUES (3);", false).unwrap_err(),
        Error::LeftOpen
    );
    let broken = "BEGIN; INSERT INTO t VALUES (4); INSERT INTO nowhere VALUES (5); COMMIT;";
    assert!(scratch.execute(broken, false).is_err());
    assert_eq!(one(&mut scratch, "SELECT count(*) FROM t"), Value::Integer(0));
}

#[test]
fn an_attempt_is_taken_back_when_it_does_what_is_forbidden() {
    let Some(server) = server() else { return };
    let mut scratch = server.scratch().unwrap();
    scratch.execute("CREATE TABLE t (a int)", true).unwrap();
    let forbidden = ["SELECT 1 FROM t WHERE a > 5".to_owned()];
    scratch.attempt("INSERT INTO t VALUES (1)", &forbidden).unwrap();
    let why = scratch.attempt("INSERT INTO t VALUES (6)", &forbidden).unwrap_err();
    assert!(why.contains("a > 5"), "{why}");
    let why = scratch.attempt("INSERT INTO t VALUES ('x')", &[]).unwrap_err();
    assert!(why.contains("invalid input syntax"), "{why}");
    assert_eq!(one(&mut scratch, "SELECT count(*) FROM t"), Value::Integer(1));
}

#[test]
fn rows_come_as_the_server_writes_them() {
    let Some(server) = server() else { return };
    let mut scratch = server.scratch().unwrap();
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(
        scratch
            .rows("SELECT 1::int2, -2::int4, 3::int8, 4::oid, 0.5::float8, true, 'a', NULL::int;")
            .unwrap(),
        [[
            Value::Integer(1),
            Value::Integer(-2),
            Value::Integer(3),
            Value::Integer(4),
            Value::Real(0.5),
            text("true"),
            text("a"),
            Value::Null
        ]]
    );
    let rows = scratch
        .rows(
            "SELECT 1 AS asked, 1.50::numeric AS asked, ARRAY['a,b', 'c\"d'], '\\x00ff'::bytea, \
             false, ''::text, NULL::uuid, '2024-01-02 03:04:05+02'::timestamptz, 'NaN'::float8 -- end",
        )
        .unwrap();
    assert_eq!(rows[0][8], text("NaN"), "as a number it would not be what it is");
    let odd = scratch.rows("SELECT '-infinity'::float4, 'infinity'::float8, 'NaN'::real").unwrap();
    assert_eq!(odd, [[text("-Infinity"), text("Infinity"), text("NaN")]]);
    assert_eq!(
        rows[0][..8],
        [
            Value::Integer(1),
            text("1.50"),
            text(r#"{"a,b","c\"d"}"#),
            text(r"\x00ff"),
            text("false"),
            text(""),
            Value::Null,
            text("2024-01-02 01:04:05+00"),
        ]
    );
}

#[test]
fn no_server_without_an_address_and_a_reason_when_it_does_not_answer() {
    assert!(Server::of(Dialect::Postgres, None).is_none());
    assert!(Server::of(Dialect::Sqlite, None).unwrap().scratch().is_ok());
    let url = "postgres://me:s3cret@127.0.0.1:1/app";
    let server = Server::of(Dialect::Postgres, Some(url)).unwrap();
    let message = server.scratch().err().unwrap().to_string();
    assert!(message.contains("postgres://me:***@127.0.0.1:1/app"), "{message}");
}

#[test]
fn what_a_dead_process_left_behind_is_dropped() {
    let Some(server) = server() else { return };
    // Made in 1970, as far as its name says.
    let name = format!("autogen_scratch_1_{:x}_0_0", std::process::id());
    let url = testing::postgres_url();
    let mut conn = Database::open(&url).unwrap();
    let make = |conn: &mut Database| {
        diesel::connection::SimpleConnection::batch_execute(
            conn.postgres().unwrap(),
            &format!("CREATE DATABASE {name}"),
        )
        .unwrap();
    };
    make(&mut conn);
    drop(server.scratch().unwrap());
    assert!(!is_there(&name));
}

#[test]
fn a_role_that_may_make_no_databases_is_told_what_to_give() {
    let Some(_) = server() else { return };
    let url = testing::postgres_url();
    let role = format!("autogen_role_{:x}", std::process::id());
    let theirs = url.replace("://postgres@", &format!("://{role}@"));
    if theirs == url {
        return; // Another role is asked for a password, which nobody knows here.
    }
    let mut admin = Database::open(&url).unwrap();
    let mut run = |sql: &str| {
        diesel::connection::SimpleConnection::batch_execute(admin.postgres().unwrap(), sql)
            .unwrap();
    };
    run(&format!("CREATE ROLE {role} LOGIN"));
    let error = Server::of(Dialect::Postgres, Some(&theirs)).unwrap().scratch().err();
    run(&format!("DROP ROLE {role}"));
    let message = error.unwrap().to_string();
    assert!(
        message.contains("permission denied to create database")
            && message.contains("`--scratch-url`"),
        "{message}"
    );
}
