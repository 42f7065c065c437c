use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use diesel_autogen_database::sqlite::{self, Scratch};

use crate::nasty::EVERYTHING;

fn dump(sql: &str) -> String {
    let mut scratch = Scratch::new().unwrap();
    scratch.execute(sql, false).unwrap();
    scratch.dump().unwrap().to_string()
}

#[test]
fn a_dump_reads_like_sql() {
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    conn.batch_execute(EVERYTHING).unwrap();
    let text = sqlite::dump(&mut conn).unwrap().to_string();
    assert_eq!(text, dump(EVERYTHING));
    let users = r#"CREATE TABLE "my ""users""" (
  "order" INTEGER,
  "e mail" VARCHAR(120) NOT NULL COLLATE nocase DEFAULT ('it''s (not) closed'),
  "größe" DOUBLE,
  loud TEXT NOT NULL GENERATED ALWAYS AS (upper(state)) STORED,
  made TIMESTAMP DEFAULT (current_timestamp),
  score NUMERIC(10, 2) DEFAULT (- 5),
  state TEXT NOT NULL DEFAULT (upper('new')),
  team INT,
  twice GENERATED ALWAYS AS (score * 2) VIRTUAL,
  CHECK (length("e mail") > 2),
  CHECK (score > - 10 and score < 1e3),
  CHECK (state in ('NEW', 'o''ld')),
  CONSTRAINT "sum (of)" CHECK (score + "größe" < 100 or state <> ')'),
  FOREIGN KEY (team) REFERENCES teams ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY ("order"),
  UNIQUE ("e mail"),
  UNIQUE (team, state)
);
"#;
    assert!(text.contains(&users.replace("\"order\"", "order")), "{text}");
    for line in [
        "CREATE UNIQUE INDEX lowered ON \"my \"\"users\"\"\" (lower(\"e mail\"), \"größe\" DESC) WHERE score is not null;",
        "create view busy as select name from teams;",
        "create virtual table notes using fts5(title, body, tokenize = 'porter');",
        ") STRICT, WITHOUT ROWID;",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("notes_data") && !text.contains("__diesel"), "{text}");
}

#[test]
fn the_same_schema_prints_the_same() {
    let one = dump(
        "CREATE TABLE parent (id INTEGER PRIMARY KEY);
         CREATE TABLE t (b TEXT UNIQUE CHECK (b<>'' ), a INTEGER PRIMARY KEY, c INT REFERENCES parent(id) DEFAULT 1, d TEXT);
         CREATE INDEX i ON t (b COLLATE NOCASE, \"c\") WHERE c>1;
         CREATE VIEW v AS SELECT b FROM t;
         CREATE TRIGGER r AFTER DELETE ON t BEGIN DELETE FROM parent WHERE id = OLD.c; END;",
    );
    let other = dump(
        "create table \"t\" ( [a] integer, \"c\" int default (1), `b` text, d text default null,
            foreign key(c) references \"parent\"(\"id\"), primary key (a), unique(b), check (( \"b\" <> '' )) );
         create table parent(id integer not null primary key);
         create trigger [r] after delete on \"t\" begin
            -- why
            delete from parent where \"id\"=old.\"c\";
         end;
         create view [v] as select \"b\" from \"t\";
         create index \"i\" on t (b collate nocase, c) where c > 1;",
    );
    assert_eq!(one, other);
}

#[test]
fn renaming_prints_like_writing_it_new() {
    let renamed = dump(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT CHECK (length(\"name\") > 0), g AS (upper(name)));
         CREATE INDEX i ON t (lower(name)) WHERE \"name\" <> '';
         CREATE TABLE child (t INT REFERENCES t (id));
         ALTER TABLE t RENAME COLUMN name TO \"full name\";
         ALTER TABLE t RENAME TO people;",
    );
    let written = dump(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, \"full name\" TEXT CHECK (length(\"full name\") > 0),
            g AS (upper(\"full name\")));
         CREATE INDEX i ON people (lower(\"full name\")) WHERE \"full name\" <> '';
         CREATE TABLE child (t INT REFERENCES people (id));",
    );
    assert_eq!(renamed, written);
}

#[test]
fn every_difference_shows() {
    let base = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT)";
    let others = [
        "CREATE TABLE T (id INTEGER PRIMARY KEY, a TEXT, b INT)",
        "CREATE TABLE t (id INT PRIMARY KEY, a TEXT, b INT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, b INT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE, b INT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT DEFAULT 'x', b INT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT DEFAULT 'X', b INT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b INT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE ON CONFLICT REPLACE, b INT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT REFERENCES t)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT REFERENCES t (id))",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT REFERENCES t ON DELETE CASCADE)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT REFERENCES t DEFERRABLE)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT CHECK (b > 1))",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT CONSTRAINT c CHECK (b > 1))",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b AS (id) VIRTUAL)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b AS (id) STORED)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT) STRICT",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT) WITHOUT ROWID",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT); CREATE INDEX i ON t (a)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT); CREATE INDEX i ON t (a DESC)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT); CREATE UNIQUE INDEX i ON t (a)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT); CREATE INDEX i ON t (a) WHERE b",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT); CREATE VIEW v AS SELECT 1",
    ];
    let mut dumps: Vec<String> = others.iter().map(|sql| dump(sql)).collect();
    dumps.push(dump(base));
    for (at, one) in dumps.iter().enumerate() {
        for other in &dumps[at + 1..] {
            assert_ne!(one, other);
        }
    }
}

#[test]
fn names_of_one_letter_stand_before_parentheses() {
    let sql = "CREATE TABLE t (a TEXT); CREATE VIEW v (x) AS SELECT a FROM t;
        CREATE TRIGGER r AFTER INSERT ON t BEGIN INSERT INTO t (a) VALUES (new.a || 'x'); END;";
    assert!(dump(sql).to_string().contains("t(a) values (new.a || 'x')"), "{}", dump(sql));
}
