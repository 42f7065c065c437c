use diesel_autogen_database::{Database, Error, Server, Value, testing};
use diesel_autogen_schema::Dialect;

use super::{made, server};

#[test]
fn a_copy_has_everything_and_goes_its_own_way() {
    let Some(server) = server() else { return };
    let mut first = made(
        &server,
        "CREATE TABLE `a b` (id int AUTO_INCREMENT PRIMARY KEY, x varchar(9), \
         y int AS (char_length(x)) STORED, parent int, FOREIGN KEY (parent) REFERENCES `a b` (id)); \
         INSERT INTO `a b` (id, x) VALUES (1, 'it''s'), (7, NULL); \
         DELETE FROM `a b` WHERE id = 7; \
         CREATE VIEW z AS SELECT * FROM `a b`; CREATE VIEW b AS SELECT * FROM z; \
         CREATE TRIGGER t BEFORE INSERT ON `a b` FOR EACH ROW SET NEW.x = UPPER(NEW.x); \
         CREATE FUNCTION f() RETURNS int DETERMINISTIC RETURN 3; \
         CREATE PROCEDURE p() SELECT 1; \
         CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM z;",
    );
    let mut second = first.fork().unwrap();
    assert_eq!(second.live().unwrap(), first.live().unwrap());
    assert_eq!(second.dump().unwrap(), first.dump().unwrap());
    let all = "SELECT * FROM b";
    assert_eq!(second.rows(all).unwrap(), first.rows(all).unwrap());
    second.execute("INSERT INTO `a b` (x, parent) VALUES ('new', 1)", false).unwrap();
    let added = second.rows("SELECT id, x FROM \"a b\" WHERE parent = 1").unwrap();
    assert_eq!(added, [[Value::Integer(8), Value::Text("NEW".into())]]);
    assert_eq!(first.rows(all).unwrap().len(), 1);
}

#[test]
fn a_scratch_database_is_dropped_with_its_value() {
    let Some(server) = server() else { return };
    let mut scratch = server.scratch().unwrap();
    let name = scratch.mysql().unwrap().name().to_owned();
    let mut other = Database::open(&testing::mysql_url()).unwrap();
    let mut there = || {
        let sql = format!("SELECT 1 FROM information_schema.schemata WHERE schema_name = '{name}'");
        other.rows(&sql).unwrap().len()
    };
    assert_eq!(there(), 1);
    drop(scratch);
    assert_eq!(there(), 0);
}

#[test]
fn a_failure_names_its_statement_and_an_open_transaction_is_told() {
    let Some(server) = server() else { return };
    let mut scratch = made(&server, "CREATE TABLE a (id int PRIMARY KEY)");
    let error = scratch.execute("INSERT INTO a VALUES (1); SELECT nothing; SELECT 2", true);
    let Err(Error::Statement { statement, .. }) = error else { panic!("{error:?}") };
    assert_eq!(statement, "SELECT nothing");
    assert_eq!(scratch.execute("BEGIN; INSERT INTO a VALUES (2)", false), Err(Error::LeftOpen));
    assert_eq!(scratch.rows("SELECT id FROM a").unwrap(), [[Value::Integer(1)]]);
}

#[test]
fn the_word_that_only_a_client_knows_is_no_secret() {
    let Some(_) = server() else { return };
    let url = testing::mysql_url().replace("root@", "nobody:s3cret@");
    let Err(error) = Database::open(&url) else { panic!("nobody may connect") };
    assert!(!error.to_string().contains("s3cret"), "{error}");
    assert!(error.to_string().contains("nobody:***@"), "{error}");
    let error = Server::of(Dialect::Mysql, Some(&url)).unwrap().scratch().err().unwrap();
    assert!(!error.to_string().contains("s3cret"), "{error}");
}

#[test]
fn values_are_read_as_they_are() {
    let Some(server) = server() else { return };
    let mut scratch = server.scratch().unwrap();
    let rows = scratch
        .rows(
            "SELECT -5, 18446744073709551615, 1.5e0, 'ü', NULL, CAST('2024-02-29' AS DATE), \
             CAST('12:34:56' AS TIME), CAST('2024-02-29 12:34:56.5' AS DATETIME(1)), 1.50, \
             X'FF00'",
        )
        .unwrap();
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(
        rows,
        [[
            Value::Integer(-5),
            text("18446744073709551615"),
            Value::Real(1.5),
            text("ü"),
            Value::Null,
            text("2024-02-29"),
            text("12:34:56"),
            text("2024-02-29 12:34:56.500000"),
            text("1.50"),
            Value::Blob(vec![0xff, 0]),
        ]]
    );
}
