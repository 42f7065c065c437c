use diesel_autogen_database::{Scratch, Seeded, Server, Value, seed};
use diesel_autogen_schema::testing::{column, schema, table};
use diesel_autogen_schema::{Column, Dialect, Identity, Place, Schema, SqlType};

use crate::nasty::EVERYTHING;

fn empty() -> Scratch {
    Server::of(Dialect::Sqlite, None).unwrap().scratch().unwrap()
}

fn seeded(sql: &str, tables: &[&str]) -> (Scratch, Seeded) {
    let mut scratch = empty();
    scratch.execute(sql, true).unwrap();
    let tables: Vec<Place<'_>> = tables.iter().map(|name| Place::plain(name)).collect();
    let seeded = seed(&mut scratch, &tables, &Schema::EMPTY).unwrap();
    assert_eq!(scratch.rows("PRAGMA foreign_keys").unwrap(), [[Value::Integer(1)]]);
    assert_eq!(scratch.rows("PRAGMA foreign_key_check").unwrap(), [[]; 0]);
    assert_eq!(scratch.rows("PRAGMA integrity_check").unwrap(), [[Value::Text("ok".into())]]);
    (scratch, seeded)
}

fn number(scratch: &mut Scratch, sql: &str) -> i64 {
    scratch.rows(sql).unwrap()[0][0].as_integer().unwrap()
}

#[test]
fn every_constraint_of_a_nasty_schema_is_kept() {
    let (mut scratch, seeded) = seeded(EVERYTHING, &["my \"users\"", "lines", "pairs"]);
    assert_eq!(seeded.notes, [""; 0]);
    for (table, rows) in &seeded.rows {
        assert!(*rows >= 3, "{table} has {rows}");
    }
    assert_eq!(seeded.rows.len(), 4, "teams is referred to: {:?}", seeded.rows);
    let users = "FROM \"my \"\"users\"\"\"";
    assert!(number(&mut scratch, &format!("SELECT count(*) {users} WHERE score IS NULL")) > 0);
    assert!(number(&mut scratch, &format!("SELECT count(*) {users} WHERE team IS NOT NULL")) > 0);
    assert!(number(&mut scratch, &format!("SELECT count(DISTINCT state) {users}")) == 2);
    assert!(
        number(
            &mut scratch,
            "SELECT count(*) FROM lines WHERE parent IS NOT NULL AND parent <> id"
        ) > 0
    );
    assert!(number(&mut scratch, "SELECT count(*) FROM lines WHERE pa IS NOT NULL") > 0);
    assert!(number(&mut scratch, "SELECT max(id) FROM lines") > 1 << 53);
}

#[test]
fn values_are_hard_to_copy_wrongly() {
    let (mut scratch, _) = seeded(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b BIGINT NOT NULL, c BLOB NOT NULL, d VARCHAR(3) NOT NULL)",
        &["t"],
    );
    assert!(number(&mut scratch, "SELECT count(*) FROM t WHERE a LIKE '%''%'") > 0);
    assert!(number(&mut scratch, "SELECT count(*) FROM t WHERE a LIKE '%☃%'") > 0);
    assert!(number(&mut scratch, "SELECT count(*) FROM t WHERE b = 9223372036854775807") > 0);
    assert!(number(&mut scratch, "SELECT count(*) FROM t WHERE hex(c) = '00FF27'") > 0);
    assert_eq!(number(&mut scratch, "SELECT max(length(d)) FROM t"), 3);
    assert!(number(&mut scratch, "SELECT count(*) FROM t WHERE id > 1 << 53") > 0);
}

#[test]
fn only_the_tables_asked_for_and_their_parents_get_rows() {
    let (_, seeded) = seeded(
        "CREATE TABLE grandparent (id INTEGER PRIMARY KEY);
         CREATE TABLE parent (id INTEGER PRIMARY KEY, g INT NOT NULL REFERENCES grandparent);
         CREATE TABLE child (id INTEGER PRIMARY KEY, p INT NOT NULL REFERENCES Parent (id));
         CREATE TABLE other (id INTEGER PRIMARY KEY);",
        &["parent"],
    );
    assert_eq!(seeded.rows.keys().collect::<Vec<_>>(), ["grandparent", "parent"]);
    assert!(seeded.rows.values().all(|rows| *rows >= 3), "{seeded:?}");
}

#[test]
fn conditions_of_many_kinds_are_met() {
    for condition in [
        "a BETWEEN 10 AND 20",
        "a > 3.5 AND a < 4",
        "a IN (7, 9, 11)",
        "length(b) = 12",
        "length(b) >= 3 AND b = lower(b)",
        "b LIKE '%_@_%.org'",
        "b GLOB '[0-9][0-9]-*'",
        "b IN ('x', 'y''s')",
        "json_valid(b)",
        "a <> 0 AND b <> ''",
        "a < c",
        "a + c = 143",
        "(b IS NULL) <> (c IS NULL)",
        "c IS NOT NULL OR a = 5",
        "a >= -90 AND a <= 90",
        "upper(b) = b AND length(b) = 3",
    ] {
        let sql = format!(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT NOT NULL, b TEXT, c INT, CHECK ({condition}))"
        );
        let (mut scratch, seeded) = seeded(&sql, &["t"]);
        assert_eq!(seeded.notes, [""; 0], "{condition}");
        assert!(seeded.rows["t"] >= 3, "{condition}: {seeded:?}");
        // NULL fulfils a condition without being anything.
        let met = number(&mut scratch, &format!("SELECT count(*) FROM t WHERE {condition}"));
        assert!(met > 0, "{condition}");
    }
}

#[test]
fn circles_are_closed() {
    for nullable in ["", "NOT NULL"] {
        let (mut scratch, seeded) = seeded(
            &format!(
                "CREATE TABLE a (id BIGINT PRIMARY KEY NOT NULL, b TEXT {nullable} REFERENCES b (name) DEFERRABLE INITIALLY DEFERRED);
                 CREATE TABLE b (name TEXT PRIMARY KEY NOT NULL, a BIGINT NOT NULL REFERENCES a (id)) WITHOUT ROWID;
                 CREATE TABLE c (x INT, y INT, up_x INT, up_y INT, UNIQUE (x, y), FOREIGN KEY (up_x, up_y) REFERENCES c (x, y));"
            ),
            &["a", "b", "c"],
        );
        assert!(seeded.rows.values().all(|rows| *rows >= 3), "{seeded:?}");
        assert!(number(&mut scratch, "SELECT count(*) FROM b JOIN a ON a.id = b.a") >= 3);
        assert!(
            number(
                &mut scratch,
                "SELECT count(*) FROM c WHERE up_x IS NOT NULL AND up_y IS NOT NULL"
            ) > 0
        );
        if !nullable.is_empty() {
            assert!(number(&mut scratch, "SELECT count(*) FROM a JOIN b ON b.name = a.b") >= 3);
        }
    }
}

#[test]
fn strict_tables_and_one_to_one_references() {
    let (_, seeded) = seeded(
        "CREATE TABLE p (id INTEGER PRIMARY KEY) STRICT;
         CREATE TABLE s (p INT NOT NULL UNIQUE REFERENCES p, i INT NOT NULL, r REAL NOT NULL, t TEXT NOT NULL, b BLOB NOT NULL,
            y ANY, g INT AS (i / 2) STORED) STRICT;",
        &["s"],
    );
    assert!(seeded.rows["s"] >= 3, "{seeded:?}");
}

#[test]
fn a_table_that_nothing_fits_is_noted() {
    let (_, seeded) = seeded(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, CONSTRAINT magic CHECK (hex(a) = 'C0FFEE'));
         CREATE TABLE child (id INTEGER PRIMARY KEY, t INT NOT NULL REFERENCES t)",
        &["child"],
    );
    assert_eq!(seeded.rows["t"], 0);
    assert_eq!(
        seeded.notes,
        [
            "no rows could be made for table `t`: CHECK constraint failed: magic",
            "no rows could be made for table `child`: FOREIGN KEY constraint failed",
        ]
    );
}

#[test]
fn the_same_rows_come_every_time_beside_those_that_are_there() {
    let dump = |sql: &str| {
        let (mut scratch, _) = seeded(sql, &["t"]);
        scratch.rows("SELECT * FROM t ORDER BY id").unwrap()
    };
    let sql =
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE); INSERT INTO t VALUES (1, 'plain')";
    assert_eq!(dump(sql), dump(sql));
    assert!(dump(sql).len() >= 4);
    assert!(dump(sql).contains(&vec![Value::Integer(1), Value::Text("plain".into())]));
}

#[test]
fn keys_fit_the_models_that_are_known() {
    let mut scratch = empty();
    scratch.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)", true).unwrap();
    let mut largest = |models: &Schema| {
        let mut scratch = scratch.fork().unwrap();
        seed(&mut scratch, &[Place::plain("t")], models).unwrap();
        scratch.rows("SELECT max(id) FROM t").unwrap()[0][0].as_integer().unwrap()
    };
    let model = |of: SqlType| {
        let id = Column { identity: Some(Identity::ByDefault), ..column("id", of) };
        schema(vec![table("t", vec![id])])
    };
    assert_eq!(largest(&model(SqlType::SmallInt)), i64::from(i16::MAX));
    assert_eq!(largest(&model(SqlType::Integer)), i64::from(i32::MAX));
    assert!(largest(&model(SqlType::BigInt)) > 1 << 53);
    assert!(largest(&Schema::EMPTY) > 1 << 53, "the declaration is the same for all");
}
