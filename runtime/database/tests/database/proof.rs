use diesel_autogen_database::{
    Pass, Proof, ProofFailure, Report, Scratch, Script, Server, Step, WayBack, prove,
};
use diesel_autogen_schema::{Dialect, Expr, Schema, Table, diff};

/// A migration, and the schemas before and after it as SQL.
struct Story<'a> {
    before: &'a str,
    after: &'a str,
    /// What else the history holds.
    unowned: &'a str,
    up: &'a str,
    down: &'a str,
    /// `old -> new` table names and `table.old -> new` column names (tables as they are after).
    renames: &'a [(&'a str, &'a str)],
    using: &'a [&'a str],
    in_transaction: bool,
    certain: bool,
    way_back: WayBack,
}

const STORY: Story<'_> = Story {
    before: "",
    after: "",
    unowned: "",
    up: "",
    down: "",
    renames: &[],
    using: &[],
    in_transaction: true,
    certain: true,
    way_back: WayBack::Certain,
};

fn scratch(sql: &str) -> Scratch {
    let mut scratch = Server::of(Dialect::Sqlite, None).unwrap().scratch().unwrap();
    scratch.execute(sql, true).unwrap();
    scratch
}

/// SQL of single tables: each statement that makes the table or hangs an index on it.
fn statements(sql: &str, table: &Table) -> Option<String> {
    let mut scratch = scratch(sql);
    let live = scratch.live().unwrap();
    if live.schema.table(&table.name)?.columns.len() != table.columns.len() {
        return None;
    }
    let name = table.name.replace('\'', "''");
    let rows = scratch
        .rows(&format!("SELECT sql || ';' FROM sqlite_schema WHERE tbl_name = '{name}' AND sql <> '' ORDER BY rowid"))
        .unwrap();
    Some(rows.iter().map(|row| row[0].as_text().unwrap()).collect())
}

impl Story<'_> {
    fn prove(&self) -> Result<Report, ProofFailure> {
        let mut history = scratch(&format!("{};{}", self.before, self.unowned));
        let before = scratch(self.before).live().unwrap().schema;
        let mut after = scratch(self.after).live().unwrap().schema;
        self.hint(&mut after);
        let changes = diff(&before, &after).unwrap();
        let befores: Vec<Table> = before.tables.to_vec();
        let create = |tables: &[Table]| {
            let sql = |table: &Table| {
                let old = befores.contains(table);
                statements(if old { self.before } else { self.after }, table).unwrap()
            };
            Ok(tables.iter().map(sql).collect::<String>())
        };
        let live = history.live().unwrap();
        prove(&mut Proof {
            history: &mut history,
            live: &live,
            up: &[Script { sql: self.up, in_transaction: self.in_transaction }],
            at_once: None,
            phased: false,
            down: &[Script { sql: self.down, in_transaction: self.in_transaction }],
            changes: &changes,
            hints: true,
            certain: self.certain,
            way_back: self.way_back,
            create: &create,
            by_dump: false,
        })
    }

    fn hint(&self, after: &mut Schema) {
        for table in after.tables.to_mut() {
            for (from, to) in self.renames {
                match from.split_once('.') {
                    None if table.name == *to => table.renamed_from = Some(from.to_string().into()),
                    Some((of, from)) if table.name == of => {
                        for column in table.columns.to_mut().iter_mut().filter(|it| it.name == *to)
                        {
                            column.renamed_from = Some(from.to_owned().into());
                        }
                    }
                    _ => {}
                }
            }
            let name = table.name.clone();
            for column in table.columns.to_mut() {
                if self.using.contains(&&*format!("{name}.{}", column.name)) {
                    column.using = Some(Expr::from("1"));
                }
            }
        }
    }

    fn holds(&self) -> Report {
        self.prove().unwrap_or_else(|failure| panic!("{failure}"))
    }

    fn fails(&self) -> ProofFailure {
        let failure = self.prove().expect_err("the proof holds");
        assert!(!failure.to_string().is_empty());
        failure
    }
}

const SHOP: &str = "
CREATE TABLE customers (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL);
CREATE UNIQUE INDEX customers_email_key ON customers (email);
CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id BIGINT NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    total INT NOT NULL CHECK (total >= 0), note TEXT);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
";

/// What somebody made by hand beside the models.
const BY_HAND: &str = "
CREATE TABLE log (what TEXT);
CREATE INDEX by_hand ON customers (lower(email)) WHERE email <> '';
CREATE VIEW rich AS SELECT email FROM customers JOIN orders ON customer_id = customers.id WHERE total > 100;
CREATE TRIGGER told AFTER INSERT ON orders BEGIN INSERT INTO log VALUES (NEW.id || ';'); END;
CREATE VIRTUAL TABLE search USING fts5(body);
INSERT INTO customers VALUES (77, 'old@example.org'); INSERT INTO search VALUES ('a word');
";

fn shop(after: &str) -> String {
    SHOP.replace("email VARCHAR(120) NOT NULL)", after)
}

#[test]
fn an_added_column_holds() {
    let after = shop("email VARCHAR(120) NOT NULL, bio TEXT)");
    let story = Story {
        before: SHOP,
        after: &after,
        unowned: BY_HAND,
        up: "ALTER TABLE customers ADD COLUMN bio TEXT;",
        down: "ALTER TABLE customers DROP COLUMN bio;",
        ..STORY
    };
    let report = story.holds();
    assert_eq!(report.seeded.notes, [""; 0]);
    assert!(
        report.seeded.rows["customers"] >= 4 && report.seeded.rows["orders"] >= 3,
        "{report:?}"
    );
    assert!(report.rows >= 10, "the trigger wrote as well: {report:?}");
}

#[test]
fn creating_and_dropping_tables_holds() {
    let story = Story {
        before: "",
        after: SHOP,
        unowned: "CREATE TABLE log (what TEXT); INSERT INTO log VALUES ('x');",
        up: SHOP,
        down: "DROP TABLE orders; DROP TABLE customers;",
        ..STORY
    };
    story.holds();
    Story { before: SHOP, after: "", up: story.down, down: SHOP, ..STORY }.holds();
}

#[test]
fn renames_are_followed_through_everything() {
    let after = "
        CREATE TABLE people (id INTEGER PRIMARY KEY, \"e mail\" VARCHAR(120) NOT NULL);
        CREATE UNIQUE INDEX customers_email_key ON people (\"e mail\");
        CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT,
            customer_id BIGINT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
            total INT NOT NULL CHECK (total >= 0), note TEXT);
        CREATE INDEX orders_customer_id_idx ON orders (customer_id);";
    let story = Story {
        before: SHOP,
        after,
        unowned: BY_HAND,
        renames: &[("customers", "people"), ("people.email", "e mail")],
        up: "ALTER TABLE customers RENAME TO people; ALTER TABLE people RENAME COLUMN email TO \"e mail\";",
        down: "ALTER TABLE people RENAME COLUMN \"e mail\" TO email; ALTER TABLE people RENAME TO customers;",
        ..STORY
    };
    story.holds();
    let swapped = Story { down: "ALTER TABLE people RENAME TO customers;", ..story };
    let failure = swapped.fails();
    assert!(
        matches!(failure, ProofFailure::Object { moment, .. } if moment.step == Step::Down),
        "{failure}"
    );
}

/// A rebuild that makes `note` required, right but for what the caller changes.
fn rebuild(copy: &str, after: &str) -> String {
    format!(
        "PRAGMA foreign_keys = OFF;
         BEGIN IMMEDIATE;
         CREATE TABLE new_orders (id INTEGER PRIMARY KEY AUTOINCREMENT,
            customer_id BIGINT NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
            total INT NOT NULL CHECK (total >= 0), note TEXT NOT NULL DEFAULT 'none');
         {copy}
         UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'orders') WHERE name = 'new_orders';
         DROP TABLE orders;
         ALTER TABLE new_orders RENAME TO orders;
         CREATE INDEX orders_customer_id_idx ON orders (customer_id);
         {after}
         COMMIT;
         PRAGMA foreign_keys = ON;"
    )
}

const COPY: &str = "INSERT OR ROLLBACK INTO new_orders (id, customer_id, total, note) \
    SELECT id, customer_id, total, coalesce(note, 'none') FROM orders;";
const TRIGGER: &str =
    "CREATE TRIGGER told AFTER INSERT ON orders BEGIN INSERT INTO log VALUES (NEW.id || ';'); END;";

fn required<'a>(up: &'a str, down: &'a str, after: &'a str) -> Story<'a> {
    Story { before: SHOP, after, unowned: BY_HAND, up, down, in_transaction: false, ..STORY }
}

fn rebuild_back() -> String {
    rebuild(
        "INSERT OR ROLLBACK INTO new_orders (id, customer_id, total, note) SELECT id, customer_id, total, note FROM orders;",
        TRIGGER,
    )
    .replace("note TEXT NOT NULL DEFAULT 'none'", "note TEXT")
    .replace("DROP TABLE orders;", "DROP VIEW rich; DROP TABLE orders;")
    .replace("COMMIT;", "CREATE VIEW rich AS SELECT email FROM customers JOIN orders ON customer_id = customers.id WHERE total > 100; COMMIT;")
}

fn rebuild_up(copy: &str, trigger: &str) -> String {
    rebuild(copy, trigger)
        .replace("DROP TABLE orders;", "DROP VIEW rich; DROP TABLE orders;")
        .replace("COMMIT;", "CREATE VIEW rich AS SELECT email FROM customers JOIN orders ON customer_id = customers.id WHERE total > 100; COMMIT;")
}

fn required_after() -> String {
    SHOP.replace("note TEXT", "note TEXT NOT NULL DEFAULT 'none'")
}

#[test]
fn a_careful_rebuild_holds() {
    let (up, down, after) = (rebuild_up(COPY, TRIGGER), rebuild_back(), required_after());
    required(&up, &down, &after).holds();
}

#[test]
fn a_rebuild_that_forgets_is_caught() {
    let (good, down, after) = (rebuild_up(COPY, TRIGGER), rebuild_back(), required_after());
    let told = |up: &str| required(up, &down, &after).fails().to_string();

    let message = told(&rebuild_up(COPY, ""));
    assert!(message.contains("trigger `told`") && message.contains("found: nothing"), "{message}");

    let message =
        told(&good.replace("CREATE INDEX orders_customer_id_idx ON orders (customer_id);", ""));
    assert!(
        message.contains("table `orders`") && message.contains("index orders_customer_id_idx"),
        "{message}"
    );

    let message = told(&good.replace("CREATE VIEW rich", "CREATE VIEW poor"));
    assert!(message.contains("view `rich`"), "{message}");

    let message = told(&good.replace("ON DELETE CASCADE", ""));
    assert!(message.contains("on delete cascade"), "{message}");

    let message = told(&good.replace("CHECK (total >= 0)", "CHECK (total > 0)"));
    assert!(
        message.contains("check (total >= 0)") && message.contains("check (total > 0)"),
        "{message}"
    );

    let message = told(&good.replace("BIGINT", "INT8"));
    assert!(
        message.contains("customer_id BIGINT") && message.contains("customer_id INT8"),
        "only the dump shows it: {message}"
    );

    let message = told(&good.replace(
        "coalesce(note, 'none') FROM orders;",
        "coalesce(note, 'none') FROM orders WHERE id <> 2;",
    ));
    assert!(
        message.contains("table `orders`: there were") && message.contains("id = 2"),
        "{message}"
    );

    let message = told(&good.replace("coalesce(note, 'none')", "coalesce(upper(note), 'none')"));
    assert!(
        message.contains("a row is not what it was") && message.contains("note = 'plain'"),
        "{message}"
    );

    let message = told(&good.replace("UPDATE sqlite_sequence", "UPDATE sqlite_sequence SET seq = 1 WHERE name = 'none'; UPDATE log SET what = what WHERE 0; DELETE FROM sqlite_sequence WHERE name = 'new_orders'; UPDATE sqlite_sequence"));
    assert!(message.contains("AUTOINCREMENT counter"), "{message}");

    let message = told(&good.replace("coalesce(note, 'none') FROM", "note FROM"));
    assert!(
        message.contains("NOT NULL constraint failed: new_orders.note")
            && message.contains("INSERT OR ROLLBACK"),
        "{message}"
    );

    let message = told(&good.replace("COMMIT;", "CREATE TEMP TABLE guard (a INT); COMMIT;"));
    assert!(message.contains("temporary table \"guard\" is left"), "{message}");

    let message = told(&good.replace("COMMIT;", "CREATE TABLE leftover (a INT); COMMIT;"));
    assert!(message.contains("table `leftover`"), "{message}");

    let message = told(&good.replace("COMMIT;", "DELETE FROM customers WHERE id = 1; COMMIT;"));
    assert!(message.contains("customers") && message.contains("id = 1"), "{message}");

    let message =
        told(&good.replace("DROP TABLE orders", "INSERT INTO log VALUES ('x'); DROP TABLE orders"));
    assert!(message.contains("table `log`"), "{message}");
}

#[test]
fn children_that_go_along_with_a_rebuilt_parent_are_missed() {
    let after = SHOP.replace("email VARCHAR(120)", "email VARCHAR(200)");
    let rebuild = |length: &str, off: &str| {
        format!(
            "{off} BEGIN IMMEDIATE;
             CREATE TABLE new_customers (id INTEGER PRIMARY KEY, email VARCHAR({length}) NOT NULL);
             INSERT INTO new_customers SELECT id, email FROM customers;
             DROP TABLE customers;
             ALTER TABLE new_customers RENAME TO customers;
             CREATE UNIQUE INDEX customers_email_key ON customers (email);
             COMMIT; PRAGMA foreign_keys = ON;"
        )
    };
    let off = "PRAGMA foreign_keys = OFF;";
    let (up, down) = (rebuild("200", off), rebuild("120", off));
    let story =
        Story { before: SHOP, after: &after, up: &up, down: &down, in_transaction: false, ..STORY };
    story.holds();

    let careless = rebuild("200", "");
    let failure = Story { up: &careless, ..story }.fails();
    let ProofFailure::Rows { moment, table, what, .. } = &failure else { panic!("{failure}") };
    assert_eq!((moment.pass, moment.step, table.as_str()), (Pass::Enforced, Step::Up, "orders"));
    assert!(what.contains("rows are gone"), "{what}");
}

#[test]
fn rowids_are_kept() {
    let before = "CREATE TABLE t (name TEXT NOT NULL PRIMARY KEY, a INT);";
    let after = "CREATE TABLE t (name TEXT NOT NULL PRIMARY KEY, a BIGINT);";
    let rebuild = |to: &str, columns: &str| {
        format!(
            "CREATE TABLE new_t (name TEXT NOT NULL PRIMARY KEY, a {to});
             INSERT INTO new_t ({columns}name, a) SELECT {columns}name, a FROM t ORDER BY name DESC;
             DROP TABLE t; ALTER TABLE new_t RENAME TO t;"
        )
    };
    let (up, down) = (rebuild("BIGINT", "rowid, "), rebuild("INT", "rowid, "));
    let story = Story { before, after, up: &up, down: &down, ..STORY };
    story.holds();
    let careless = rebuild("BIGINT", "");
    let failure = Story { up: &careless, ..story }.fails();
    assert!(matches!(failure, ProofFailure::Rows { .. }), "{failure}");
}

#[test]
fn rows_without_rowid_are_watched() {
    let before = "CREATE TABLE t (name TEXT NOT NULL PRIMARY KEY, a INT) WITHOUT ROWID;";
    let after = "CREATE TABLE t (name TEXT NOT NULL PRIMARY KEY, a INT, b TEXT) WITHOUT ROWID;";
    let up = "ALTER TABLE t ADD COLUMN b TEXT;";
    let story = Story { before, after, up, down: "ALTER TABLE t DROP COLUMN b;", ..STORY };
    story.holds();
    let careless = format!("{up} DELETE FROM t WHERE name = 'plain';");
    let failure = Story { up: &careless, ..story }.fails();
    assert!(failure.to_string().contains("name = 'plain'"), "{failure}");
    let careless = format!("{up} DELETE FROM t;");
    let failure = Story { up: &careless, ..story }.fails();
    assert!(failure.to_string().contains("rows are gone"), "{failure}");
}

#[test]
fn converted_values_are_what_sqlite_makes_of_them() {
    let before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT);";
    let after = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);";
    let rebuild = |to: &str, value: &str| {
        format!(
            "CREATE TABLE new_t (id INTEGER PRIMARY KEY, a {to}, b TEXT);
             INSERT INTO new_t SELECT id, {value}, b FROM t;
             DROP TABLE t; ALTER TABLE new_t RENAME TO t;"
        )
    };
    let down = rebuild("INT", "CAST(a AS INT)");
    for value in ["CAST(a AS TEXT)", "a"] {
        let up = rebuild("TEXT", value);
        Story { before, after, up: &up, down: &down, ..STORY }.holds();
    }
    let up = rebuild("TEXT", "a + 1");
    let wrong = Story { before, after, up: &up, down: &down, ..STORY };
    let failure = wrong.fails();
    assert!(failure.to_string().contains("a row is not what it was"), "{failure}");
    Story { using: &["t.a"], ..wrong }.holds();
}

#[test]
fn keys_of_rows_fit_the_type_of_the_model() {
    // A larger one is no value of the field: whatever becomes of it proves nothing.
    let copy = |to: &str| {
        format!(
            "CREATE TABLE new_t (id INTEGER PRIMARY KEY, a {to});
             INSERT INTO new_t SELECT iif(id > 2147483647, 99, id), a FROM t;
             DROP TABLE t; ALTER TABLE new_t RENAME TO t;"
        )
    };
    let story = Story {
        before: "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT);",
        after: "CREATE TABLE t (id INTEGER PRIMARY KEY, a BIGINT);",
        up: &copy("BIGINT"),
        down: &copy("INT"),
        ..STORY
    };
    assert!(story.holds().seeded.rows["t"] >= 3);
}

#[test]
fn a_down_that_does_not_undo_is_caught() {
    let after = shop("email VARCHAR(120) NOT NULL, bio TEXT)");
    let story = Story {
        before: SHOP,
        after: &after,
        up: "ALTER TABLE customers ADD COLUMN bio TEXT;",
        down: "SELECT 1;",
        ..STORY
    };
    let failure = story.fails();
    assert!(failure.to_string().contains("bio TEXT"), "{failure}");
    let down = "ALTER TABLE customers DROP COLUMN bio; DELETE FROM orders WHERE id = 3;";
    let failure = Story { down, ..story }.fails();
    assert!(
        failure.to_string().contains("run after up.sql") && failure.to_string().contains("id = 3"),
        "{failure}"
    );
    let failure = Story { down: "ALTER TABLE customers DROP COLUMN nowhere;", ..story }.fails();
    assert!(failure.to_string().contains("no such column: \"nowhere\""), "{failure}");
}

#[test]
fn a_default_that_sqlite_does_not_know_is_told() {
    let after = shop("email VARCHAR(120) NOT NULL, made TIMESTAMP DEFAULT (now()))");
    let up = "ALTER TABLE customers ADD COLUMN made TIMESTAMP DEFAULT (now());";
    let failure = Story { before: SHOP, after: &after, up, down: "", ..STORY }.fails();
    assert_eq!(
        failure.to_string(),
        "the default of `customers.made` is `now()`, which SQLite cannot evaluate: no such function: now"
    );
}

#[test]
fn rows_fit_the_constraints_that_come() {
    let before = "CREATE TABLE p (id INTEGER PRIMARY KEY);
        CREATE TABLE t (id INTEGER PRIMARY KEY, a INT NOT NULL, b TEXT NOT NULL, p INT NOT NULL);";
    let after = "CREATE TABLE p (id INTEGER PRIMARY KEY);
        CREATE TABLE t (id INTEGER PRIMARY KEY, a INT NOT NULL CHECK (a BETWEEN 200 AND 300),
            b TEXT NOT NULL CHECK (b IN ('x', 'y')), p INT NOT NULL REFERENCES p (id), CHECK (a <> 201));
        CREATE UNIQUE INDEX t_a_key ON t (a);";
    let rebuild = |table: &str, index: &str| {
        format!(
            "PRAGMA foreign_keys = OFF; BEGIN; CREATE TABLE new_t {table};
             INSERT INTO new_t SELECT * FROM t; DROP TABLE t; ALTER TABLE new_t RENAME TO t; {index} COMMIT; PRAGMA foreign_keys = ON;"
        )
    };
    let up = rebuild(
        "(id INTEGER PRIMARY KEY, a INT NOT NULL CHECK (a BETWEEN 200 AND 300),
            b TEXT NOT NULL CHECK (b IN ('x', 'y')), p INT NOT NULL REFERENCES p (id), CHECK (a <> 201))",
        "CREATE UNIQUE INDEX t_a_key ON t (a);",
    );
    let down =
        rebuild("(id INTEGER PRIMARY KEY, a INT NOT NULL, b TEXT NOT NULL, p INT NOT NULL)", "");
    let report =
        Story { before, after, up: &up, down: &down, in_transaction: false, ..STORY }.holds();
    assert!(report.seeded.rows["t"] >= 3, "{report:?}");
}

#[test]
fn what_nobody_owns_on_a_changed_table_must_stay() {
    let before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT);";
    let after = "CREATE TABLE t (id INTEGER PRIMARY KEY, a BIGINT);";
    let unowned =
        "ALTER TABLE t ADD COLUMN extra TEXT DEFAULT 'x'; CREATE INDEX by_hand ON t (extra);";
    let rebuild = |to: &str, extra: &str, copy: &str, index: &str| {
        format!(
            "CREATE TABLE new_t (id INTEGER PRIMARY KEY, a {to}{extra}); INSERT INTO new_t SELECT id, a{copy} FROM t;
             DROP TABLE t; ALTER TABLE new_t RENAME TO t; {index}"
        )
    };
    let index = "CREATE INDEX by_hand ON t (extra);";
    let extra = ", extra TEXT DEFAULT 'x'";
    let (up, down) =
        (rebuild("BIGINT", extra, ", extra", index), rebuild("INT", extra, ", extra", index));
    let story = Story { before, after, unowned, up: &up, down: &down, ..STORY };
    story.holds();
    let up = rebuild("BIGINT", extra, ", extra", "");
    let failure = Story { up: &up, ..story }.fails();
    assert!(failure.to_string().contains("index by_hand (extra)"), "{failure}");
    let up = rebuild("BIGINT", "", "", "");
    let failure = Story { up: &up, ..story }.fails();
    assert!(failure.to_string().contains("column extra Text"), "{failure}");
    let up = rebuild("BIGINT", extra, ", NULL", index);
    let failure = Story { up: &up, ..story }.fails();
    assert!(failure.to_string().contains("a row is not what it was"), "{failure}");
}

#[test]
fn what_facts_cannot_say_is_not_lost_in_silence() {
    let before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT UNIQUE);";
    let after = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT UNIQUE, b TEXT);";
    let adopted =
        "CREATE TABLE t (id INTEGER PRIMARY KEY NOT NULL, a INTEGER UNIQUE ON CONFLICT REPLACE);";
    let rebuild = |a: &str, b: &str| {
        format!("CREATE TABLE new_t (id INTEGER PRIMARY KEY, a {a}{b}); INSERT INTO new_t (id, a) SELECT id, a FROM t;
            DROP TABLE t; ALTER TABLE new_t RENAME TO t;")
    };
    // The models say what introspection finds in the hand-made table.
    let run = |up: &str, down: &str| {
        let mut history = scratch(adopted);
        let live = history.live().unwrap();
        let changes = diff(&live.schema, &scratch(after).live().unwrap().schema).unwrap();
        let create = |tables: &[Table]| {
            let sql =
                |table: &Table| statements(before, table).or_else(|| statements(after, table));
            Ok(tables.iter().filter_map(sql).collect::<String>())
        };
        prove(&mut Proof {
            history: &mut history,
            live: &live,
            up: &[Script { sql: up, in_transaction: true }],
            at_once: None,
            phased: false,
            down: &[Script { sql: down, in_transaction: true }],
            changes: &changes,
            hints: true,
            certain: true,
            way_back: WayBack::Certain,
            create: &create,
            by_dump: false,
        })
    };
    let careful = "INTEGER UNIQUE ON CONFLICT REPLACE";
    run(&rebuild(careful, ", b TEXT"), &rebuild(careful, "")).unwrap();
    let failure = run(&rebuild("INT UNIQUE", ", b TEXT"), &rebuild("INT UNIQUE", "")).unwrap_err();
    assert!(failure.to_string().contains("ON CONFLICT REPLACE"), "{failure}");
}

#[test]
fn a_table_that_rows_refer_to_can_go() {
    let before = "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, p INT REFERENCES p (id), a INT);";
    let after = "CREATE TABLE c (id INTEGER PRIMARY KEY, p INT, a INT);";
    let rebuild = |p: &str, more: &str| {
        format!(
            "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE; {more}
             CREATE TABLE new_c (id INTEGER PRIMARY KEY, p INT{p}, a INT); INSERT INTO new_c SELECT * FROM c;
             DROP TABLE c; ALTER TABLE new_c RENAME TO c; COMMIT; PRAGMA foreign_keys = ON;"
        )
    };
    let (up, down) = (
        rebuild("", "DROP TABLE p;"),
        rebuild(" REFERENCES p (id)", "CREATE TABLE p (id INTEGER PRIMARY KEY);"),
    );
    let story = Story { before, after, up: &up, down: &down, in_transaction: false, ..STORY };
    let report = story.holds();
    assert!(report.seeded.rows["c"] >= 3, "{report:?}");
}

#[test]
fn a_loss_that_down_cannot_mend_must_be_declared() {
    let after = "CREATE TABLE t (id INTEGER PRIMARY KEY);";
    let story = Story {
        before: "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL); CREATE UNIQUE INDEX t_a_key ON t (a);",
        after,
        up: "DROP INDEX t_a_key; ALTER TABLE t DROP COLUMN a;",
        down: "ALTER TABLE t ADD COLUMN a TEXT NOT NULL DEFAULT ''; CREATE UNIQUE INDEX t_a_key ON t (a);",
        ..STORY
    };
    let down = "CREATE TABLE new_t (id INTEGER PRIMARY KEY, a TEXT NOT NULL); INSERT INTO new_t SELECT id, '' FROM t;
        DROP TABLE t; ALTER TABLE new_t RENAME TO t; CREATE UNIQUE INDEX t_a_key ON t (a);";
    let story = Story { down, ..story };
    let failure = story.fails();
    assert!(
        matches!(&failure, ProofFailure::Script { moment, .. } if moment.step == Step::Down),
        "{failure}"
    );
    let stuck = Story { way_back: WayBack::Uncertain, ..story }.holds().stuck.unwrap();
    assert!(stuck.contains("UNIQUE constraint failed: t.a"), "{stuck}");
}

#[test]
fn hostile_names_hold() {
    let before = "CREATE TABLE \"a\"\"; DROP TABLE x; --\" (\"select\" INTEGER PRIMARY KEY, \"'\" TEXT NOT NULL, \"größe ?\" INT);
        CREATE TABLE \"order\" (\"from\" INTEGER PRIMARY KEY, \"to\" INT REFERENCES \"a\"\"; DROP TABLE x; --\" (\"select\"));";
    let after = "CREATE TABLE \"a\"\"; DROP TABLE x; --\" (\"select\" INTEGER PRIMARY KEY, \"'\" TEXT NOT NULL, \"größe ?\" INT, \"]\" TEXT);
        CREATE TABLE \"order\" (\"from\" INTEGER PRIMARY KEY, \"to\" INT REFERENCES \"a\"\"; DROP TABLE x; --\" (\"select\"));";
    Story {
        before,
        after,
        up: "ALTER TABLE \"a\"\"; DROP TABLE x; --\" ADD COLUMN \"]\" TEXT;",
        down: "ALTER TABLE \"a\"\"; DROP TABLE x; --\" DROP COLUMN \"]\";",
        ..STORY
    }
    .holds();
}

#[test]
fn rows_can_be_read_by_what_is_computed_from_them() {
    let table = |more: &str| {
        format!("CREATE TABLE events (id INTEGER PRIMARY KEY, body TEXT NOT NULL, day TEXT{more});")
    };
    let index = "CREATE INDEX by_day ON events (julianday(day));";
    let kind = "kind TEXT GENERATED ALWAYS AS (json_extract(body, '$.kind')) VIRTUAL";
    let by_kind = "CREATE INDEX by_kind ON events (kind);";
    let (before, after) = (table(""), table(&format!(", {kind}")) + index + by_kind);
    let story = Story {
        before: &before,
        after: &after,
        up: &format!("ALTER TABLE events ADD COLUMN {kind}; {by_kind} {index}"),
        down: "DROP INDEX by_kind; DROP INDEX by_day; ALTER TABLE events DROP COLUMN kind;",
        ..STORY
    };
    let report = story.holds();
    assert_eq!(report.seeded.notes, [""; 0]);
    assert!(report.rows >= 3, "{report:?}");
}

#[test]
fn conditions_on_columns_to_come_are_kept() {
    let rebuild = |columns: &str, list: &str, values: &str| {
        format!(
            "CREATE TABLE new_t (id INTEGER PRIMARY KEY, price INTEGER NOT NULL{columns});
             INSERT INTO new_t ({list}) SELECT {values} FROM t; DROP TABLE t;
             ALTER TABLE new_t RENAME TO t;"
        )
    };
    let off = ", off INTEGER NOT NULL DEFAULT 5, CHECK (off <= price)";
    let story = Story {
        before: "CREATE TABLE t (id INTEGER PRIMARY KEY, price INTEGER NOT NULL);",
        after: &format!("CREATE TABLE t (id INTEGER PRIMARY KEY, price INTEGER NOT NULL{off});"),
        up: &rebuild(off, "id, price", "id, price"),
        down: &rebuild("", "id, price", "id, price"),
        ..STORY
    };
    let report = story.holds();
    assert!(report.rows >= 2, "{report:?}");
}

#[test]
fn rows_that_up_may_refuse_are_left_out_only_when_it_says_so() {
    let before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL);";
    let after = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL) STRICT;";
    let rebuild = |end: &str| {
        format!(
            "CREATE TABLE new_t (id INTEGER PRIMARY KEY, a TEXT NOT NULL) {end};
             INSERT INTO new_t (id, a) SELECT id, nullif(a, 'plain') FROM t; DROP TABLE t;
             ALTER TABLE new_t RENAME TO t;"
        )
    };
    let story = Story {
        before,
        after,
        up: &rebuild("STRICT"),
        down: &rebuild(""),
        certain: false,
        ..STORY
    };
    let report = story.holds();
    assert!(report.rows >= 2, "{report:?}");
    assert_eq!(report.seeded.rows["t"], report.rows);
    let failure = Story { certain: true, ..story }.fails();
    assert!(failure.to_string().contains("NOT NULL constraint failed"), "{failure}");
}

#[test]
fn a_filled_row_does_not_take_the_place_of_another() {
    // The key goes, so that nothing but `a` tells the rows apart, and NULL becomes anything.
    let story = Story {
        before: "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);",
        after: "CREATE TABLE t (code INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'zzz');",
        up: "CREATE TABLE new_t (code INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'zzz');
             INSERT INTO new_t (a) SELECT coalesce(a, 'zzz') FROM t ORDER BY a DESC;
             DROP TABLE t; ALTER TABLE new_t RENAME TO t;",
        down:
            "CREATE TABLE new_t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO new_t SELECT * FROM t;
               DROP TABLE t; ALTER TABLE new_t RENAME TO t;",
        ..STORY
    };
    story.holds();
    let wrong = Story { up: &story.up.replace("coalesce(a, 'zzz')", "'zzz'"), ..story };
    let failure = wrong.fails();
    assert!(failure.to_string().contains("a row is not what it was"), "{failure}");
}
