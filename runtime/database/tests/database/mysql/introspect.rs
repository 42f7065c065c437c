use diesel_autogen_schema::{
    Action, Custom, Expr, Extra, Flavour, Identity, Index, MyType, ObjectKind, Order, Size,
    SqlType, Storage, Table, Width,
};

use super::{live, made, server, table};

fn of<'a>(table: &'a Table, column: &str) -> &'a SqlType {
    &table.column(column).unwrap_or_else(|| panic!("no column {column}")).sql_type
}

fn default(table: &Table, column: &str) -> Option<String> {
    table.column(column).unwrap().default.as_ref().map(|it| it.as_str().to_owned())
}

fn index<'a>(table: &'a Table, name: &str) -> &'a Index {
    table.indexes.iter().find(|it| it.name == name).unwrap_or_else(|| panic!("no index {name}"))
}

#[test]
fn types_are_diesels() {
    let Some(server) = server() else { return };
    let table = table(
        &server,
        "CREATE TABLE t (id bigint AUTO_INCREMENT PRIMARY KEY, yes boolean NOT NULL, tiny tinyint, \
         small smallint, medium mediumint unsigned, whole int, count int unsigned, big bigint, \
         huge bigint unsigned, f float, d double, n decimal(12,2), c char(3), v varchar(20), \
         x text, tx tinytext, mx mediumtext, lx longtext, b binary(16), vb varbinary(20), bl blob, \
         tb tinyblob, mb mediumblob, lb longblob, bits bit(5), day date, at time(3), \
         moment timestamp NULL, precise timestamp(6) NULL, dt datetime, dt3 datetime(3), y year, \
         j json, e enum('a','b''c','d,e','') NOT NULL, s set('a','b'))",
    );
    let my = SqlType::My;
    for (column, expected) in [
        ("id", SqlType::BigInt),
        ("yes", SqlType::Bool),
        ("tiny", my(MyType::TinyInt)),
        ("small", SqlType::SmallInt),
        ("whole", SqlType::Integer),
        ("count", my(MyType::Unsigned(Width::Normal))),
        ("big", SqlType::BigInt),
        ("huge", my(MyType::Unsigned(Width::Big))),
        ("f", SqlType::Float),
        ("d", SqlType::Double),
        ("n", SqlType::Numeric { precision: Some(12), scale: Some(2) }),
        ("c", my(MyType::Char { length: 3 })),
        ("v", SqlType::Text { max_length: Some(20) }),
        ("x", SqlType::TEXT),
        ("tx", my(MyType::Text(Size::Tiny))),
        ("mx", my(MyType::Text(Size::Medium))),
        ("lx", my(MyType::Text(Size::Long))),
        ("b", my(MyType::Binary { length: 16 })),
        ("vb", my(MyType::Varbinary { length: 20 })),
        ("bl", SqlType::Binary),
        ("tb", my(MyType::Blob(Size::Tiny))),
        ("mb", my(MyType::Blob(Size::Medium))),
        ("lb", my(MyType::Blob(Size::Long))),
        ("bits", my(MyType::Bit { length: 5 })),
        ("day", SqlType::Date),
        ("at", SqlType::Time { precision: Some(3) }),
        ("moment", SqlType::TIMESTAMP),
        ("precise", SqlType::Timestamp { precision: Some(6) }),
        ("dt", my(MyType::Datetime { precision: None })),
        ("dt3", my(MyType::Datetime { precision: Some(3) })),
        ("j", SqlType::Json),
    ] {
        assert_eq!(*of(&table, column), expected, "{column}");
    }
    let custom = |name: &'static str, sql: &'static str| {
        SqlType::Custom(Custom { name: name.into(), sql: sql.into() })
    };
    assert_eq!(*of(&table, "medium"), custom("Mediumint", "mediumint unsigned"));
    assert_eq!(*of(&table, "y"), custom("Year", "year"));
    assert_eq!(*of(&table, "s"), custom("Set", "set('a','b')"));
    let SqlType::Enum(labels) = of(&table, "e") else { panic!("{:?}", of(&table, "e")) };
    let labels: Vec<&str> = labels.labels.iter().map(|it| &*it.name).collect();
    assert_eq!(labels, ["a", "b'c", "d,e", ""]);
    assert_eq!(table.column("id").unwrap().identity, Some(Identity::ByDefault));
    assert!(table.column("j").unwrap().collation.is_none(), "a JSON column's own is implied");
    assert_eq!(table.checks[..], [], "so is its condition");
}

#[test]
fn defaults_have_one_spelling() {
    let Some(server) = server() else { return };
    let table = table(
        &server,
        "CREATE TABLE t (id int PRIMARY KEY, a timestamp NOT NULL DEFAULT now() ON UPDATE now(), \
         b datetime(3) DEFAULT localtimestamp(3), c varchar(20) DEFAULT 'it''s \\\\ x', \
         d int DEFAULT -1, e decimal(5,2) DEFAULT 1.5, f bool NOT NULL DEFAULT true, \
         g varchar(40) DEFAULT (uuid()), h int DEFAULT NULL, i bit(3) DEFAULT b'101', \
         j date DEFAULT '2024-02-29', k int AS (d + 1) STORED, l int AS (d * 2), \
         m enum('x', 'y') NOT NULL DEFAULT 'y', n varchar(4) NOT NULL DEFAULT 'NULL')",
    );
    assert_eq!(default(&table, "a").as_deref(), Some("CURRENT_TIMESTAMP"));
    assert_eq!(table.column("a").unwrap().extras.0[..], [Extra::OnUpdateNow]);
    assert_eq!(default(&table, "b").as_deref(), Some("CURRENT_TIMESTAMP(3)"));
    assert_eq!(default(&table, "c").as_deref(), Some("'it''s \\\\ x'"));
    assert_eq!(default(&table, "d").as_deref(), Some("-1"));
    assert_eq!(default(&table, "e").as_deref(), Some("1.50"));
    assert_eq!(default(&table, "f").as_deref(), Some("1"));
    assert_eq!(default(&table, "g").as_deref(), Some("uuid()"));
    assert_eq!(default(&table, "h"), None);
    assert_eq!(default(&table, "i").as_deref(), Some("b'101'"));
    assert_eq!(default(&table, "m").as_deref(), Some("'y'"));
    assert_eq!(default(&table, "n").as_deref(), Some("'NULL'"));
    let computed = |name| table.column(name).unwrap().generated.clone().unwrap();
    assert_eq!(computed("k").storage, Storage::Stored);
    assert_eq!(computed("k").expr, Expr::from("`d` + 1"));
    assert_eq!(computed("l").storage, Storage::Virtual);
    assert_eq!(default(&table, "k"), None);
}

#[test]
fn collations_and_engines_are_said_where_they_are_others() {
    let Some(server) = server() else { return };
    let live = live(
        &server,
        "CREATE TABLE plain (id int PRIMARY KEY, a varchar(5), b varchar(5) COLLATE utf8mb4_bin, \
         c varchar(5) CHARACTER SET latin1) COMMENT 'it''s'; \
         CREATE TABLE other (id int PRIMARY KEY, a varchar(5)) ENGINE=MyISAM CHARSET=latin1;",
    );
    let [other, plain] = &live.schema.tables[..] else { panic!() };
    assert_eq!(plain.extras.0[..], []);
    assert_eq!(plain.comment.as_deref(), Some("it's"));
    let collation = |table: &Table, name| table.column(name).unwrap().collation.clone();
    assert_eq!(collation(plain, "a"), None);
    assert_eq!(collation(plain, "b").as_deref(), Some("utf8mb4_bin"));
    assert_eq!(collation(plain, "c").as_deref(), Some("latin1_swedish_ci"));
    assert_eq!(
        other.extras.0[..],
        [Extra::Collate("latin1_swedish_ci".into()), Extra::Engine("MyISAM".into())]
    );
    assert_eq!(collation(other, "a"), None);
    assert_eq!(live.my.flavour, Flavour::Mariadb);
    assert!(live.my.release >= (10, 6, 0), "{:?}", live.my.release);
    assert_eq!(live.my.collation, "utf8mb4_unicode_ci");
}

#[test]
fn indexes_are_what_they_are() {
    let Some(server) = server() else { return };
    let table = table(
        &server,
        "CREATE TABLE t (id int, b int, s varchar(200), x text, p point NOT NULL, \
         PRIMARY KEY (b, id), UNIQUE KEY whole (s, id), UNIQUE KEY part (s(10)), KEY down (s DESC), \
         KEY pre (x(20), b), FULLTEXT KEY words (x), SPATIAL KEY place (p), \
         KEY said (id) COMMENT 'why', CONSTRAINT positive CHECK (b > 0 AND s <> 'a\\\\b'))",
    );
    assert_eq!(table.primary_key[..], ["b", "id"]);
    let [whole] = &table.uniques[..] else { panic!("{:?}", table.uniques) };
    assert_eq!((&*whole.name, &whole.columns[..]), ("whole", &["s".into(), "id".into()][..]));
    let part = index(&table, "part");
    assert!(part.unique && part.keys[0].extras.0[..] == [Extra::Prefix(10)]);
    assert_eq!(index(&table, "down").keys[0].order, Order::Desc);
    assert_eq!(index(&table, "pre").keys[0].extras.0[..], [Extra::Prefix(20)]);
    assert_eq!(index(&table, "words").extras.0[..], [Extra::Method("fulltext".into())]);
    assert_eq!(index(&table, "place").extras.0[..], [Extra::Method("spatial".into())]);
    assert_eq!(index(&table, "place").keys[0].extras.0[..], []);
    assert_eq!(index(&table, "said").extras.0[..], [Extra::Comment("why".into())]);
    let [check] = &table.checks[..] else { panic!("{:?}", table.checks) };
    assert_eq!(check.name, "positive");
    assert_eq!(check.expr.as_str(), "`b` > 0 and `s` <> 'a\\\\b'");
}

#[test]
fn an_index_that_a_foreign_key_brings_is_no_fact_and_one_that_somebody_made_is() {
    let Some(server) = server() else { return };
    let live = live(
        &server,
        "CREATE TABLE p (id int PRIMARY KEY, a int, b int, UNIQUE KEY ab (a, b)); \
         CREATE TABLE c (id int PRIMARY KEY, p int, a int, b int, \
         CONSTRAINT c_p FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE ON UPDATE SET NULL, \
         CONSTRAINT c_ab FOREIGN KEY (a, b) REFERENCES p (a, b), \
         CONSTRAINT c_self FOREIGN KEY (id) REFERENCES p (id) ON DELETE RESTRICT); \
         CREATE TABLE d (id int PRIMARY KEY, p int, KEY own (p, id), \
         CONSTRAINT d_p FOREIGN KEY (p) REFERENCES p (id)); \
         CREATE TABLE e (id int PRIMARY KEY, p int, KEY e_p (p), KEY own (p, id), \
         CONSTRAINT e_p FOREIGN KEY (p) REFERENCES p (id));",
    );
    let find = |name: &str| live.schema.tables.iter().find(|it| it.name == name).unwrap();
    let c = find("c");
    assert_eq!(c.indexes[..], []);
    let key = |name: &str| c.foreign_keys.iter().find(|it| it.name == name).unwrap();
    assert_eq!(key("c_p").on_delete, Action::Cascade);
    assert_eq!(key("c_p").on_update, Action::SetNull);
    assert_eq!(key("c_ab").references[..], ["a", "b"]);
    assert_eq!(key("c_self").on_delete, Action::NoAction);
    let names =
        |of: &str| find(of).indexes.iter().map(|it| it.name.to_string()).collect::<Vec<_>>();
    assert_eq!(names("d"), ["own"]);
    // The key has another to rest on, so this one was made by somebody.
    assert_eq!(names("e"), ["e_p", "own"]);
}

#[test]
fn what_no_fact_models_is_listed_as_it_is_made() {
    let Some(server) = server() else { return };
    let live = live(
        &server,
        "CREATE TABLE a (id int PRIMARY KEY, b int); \
         CREATE VIEW v AS SELECT id, b + 1 AS c FROM a; \
         CREATE FUNCTION f(x int, y varchar(5)) RETURNS int DETERMINISTIC BEGIN \
         IF x > 1 THEN RETURN 1; END IF; RETURN 2; END; \
         CREATE PROCEDURE p(IN x int, OUT y int) SET y = x; \
         CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.b = 1; \
         CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM a;",
    );
    let found: Vec<(ObjectKind, &str, &str)> =
        live.objects.iter().map(|it| (it.kind, &*it.name, &*it.table)).collect();
    assert_eq!(
        found,
        [
            (ObjectKind::View, "v", "v"),
            (ObjectKind::Trigger, "t", "a"),
            (ObjectKind::Function, "f", "f"),
            (ObjectKind::Procedure, "p", "p"),
            (ObjectKind::Event, "e", "e"),
        ]
    );
    assert_eq!(
        &*live.objects[0].sql,
        "CREATE VIEW `v` AS select `a`.`id` AS `id`,`a`.`b` + 1 AS `c` from `a`"
    );
    assert!(live.objects[1].sql.contains("BEFORE INSERT ON `a`"), "{}", live.objects[1].sql);
    let [table] = &live.schema.tables[..] else { panic!() };
    assert_eq!(table.name, "a");
}

#[test]
fn asking_takes_so_many_queries_however_many_tables_there_are() {
    let Some(server) = server() else { return };
    let mut counts = Vec::new();
    for tables in [1, 30] {
        let sql: String = (0..tables)
            .map(|at| format!("CREATE TABLE t{at} (id int PRIMARY KEY, b int);"))
            .collect();
        let mut scratch = made(&server, &sql);
        let asked = |scratch: &mut diesel_autogen_database::Scratch| -> i64 {
            let url = scratch.mysql().unwrap().url();
            let mut database = diesel_autogen_database::Database::open(&url).unwrap();
            let count = "SELECT CAST(variable_value AS SIGNED) FROM \
                         information_schema.session_status WHERE variable_name = 'QUESTIONS'";
            let mut ask = || database.rows(count).unwrap()[0][0].as_integer().unwrap();
            let before = ask();
            let _ = ask;
            database.live().unwrap();
            database.rows(count).unwrap()[0][0].as_integer().unwrap() - before
        };
        counts.push(asked(&mut scratch));
    }
    assert_eq!(counts[0], counts[1]);
}
