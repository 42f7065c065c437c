//! Keys whose type changes in phases, on PostgreSQL, with what refers to them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use diesel_autogen_database::{Database, testing};

use super::shop::Shop;

const BEFORE: &str = "#[derive(Model)]
pub struct User {
    pub id: i32,
    #[column(unique)]
    pub number: i32,
    #[column(references = users::id, on_delete = set_null)]
    pub parent_id: Option<i32>,
}

#[derive(Model)]
#[diesel(primary_key(user_id, line))]
pub struct Order {
    #[column(references = users::id, on_delete = cascade)]
    pub user_id: i32,
    pub line: i16,
    pub note: Option<String>,
}

#[derive(Model)]
pub struct Visit {
    pub id: i64,
    #[column(references = users::number)]
    pub number: i32,
}
";

const ROWS: &str = "INSERT INTO users (number, parent_id) \
    SELECT n * 2, CASE WHEN n % 3 = 0 THEN n - 1 END FROM generate_series(1, 300) AS n; \
    DELETE FROM users WHERE id = 300; \
    INSERT INTO orders SELECT 1 + n % 290, n / 290, 'n' || n FROM generate_series(0, 899) AS n; \
    INSERT INTO visits (number) SELECT 2 * (1 + n % 290) FROM generate_series(1, 500) AS n;";

const GENERATE: [&str; 6] = ["generate", "-m", "wider keys", "--online", "--batch", "100"];

fn after(before: &str) -> String {
    before
        .replace("pub id: i32", "pub id: i64")
        .replace("pub number: i32", "pub number: i64")
        .replace("Option<i32>", "Option<i64>")
        .replace("pub user_id: i32", "pub user_id: i64")
}

fn one(database: &mut Database, sql: &str) -> String {
    let rows = database.rows(sql).unwrap();
    rows[0][0].as_text().map_or_else(|| format!("{:?}", rows[0][0]), str::to_owned)
}

fn number(database: &mut Database, of: &str) -> usize {
    one(database, &format!("SELECT count(*)::text FROM {of}")).parse().unwrap()
}

const FILES: &str = "SELECT string_agg(relfilenode::text, ' ' ORDER BY relname) FROM pg_class \
                     WHERE relname IN ('users', 'orders', 'visits')";

const TYPES: &str = "SELECT string_agg(attrelid::regclass || '.' || attname || ' ' || \
    format_type(atttypid, atttypmod), ', ' ORDER BY attrelid::regclass::text, attname) FROM pg_attribute \
    WHERE attrelid IN ('users'::regclass, 'orders'::regclass, 'visits'::regclass) AND attnum > 0 \
    AND NOT attisdropped AND atttypid IN (20, 23)";

const RULES: &str = "SELECT string_agg(conname || ' ' || pg_get_constraintdef(oid), E'\\n' ORDER BY conname) \
    FROM pg_constraint WHERE conrelid IN ('users'::regclass, 'orders'::regclass, 'visits'::regclass) \
    AND contype IN ('p', 'u', 'f')";

/// One revision after the other, with programs at work in between, up, down and up again.
fn changes_beside(before: &str) {
    let Some(server) = testing::postgres() else { return };
    let shop = Shop::postgres(before).at(server.url());
    shop.ok(&["generate", "-m", "users", "--unproved"]);
    shop.ok(&["upgrade"]);
    let mut database = server.open();
    database.execute(ROWS).unwrap();
    let (rules, files) = (one(&mut database, RULES), one(&mut database, FILES));
    shop.models(&after(before));
    shop.ok(&GENERATE);
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    let revisions = shop.revisions().len() - 1;
    let mut told = 0;
    for at in 0..revisions {
        let run = shop.ok(&["upgrade", "+1"]);
        assert_eq!(one(&mut database, FILES), files, "{run:?}");
        // Numbers go on where they stood, though the row that had the last one is gone.
        let id: usize = one(
            &mut database,
            &format!("INSERT INTO users (number) VALUES (1000 + {at}) RETURNING id::text"),
        )
        .parse()
        .unwrap();
        assert_eq!(id, 301 + told);
        told += 1;
        database
            .execute(&format!(
                "INSERT INTO orders (user_id, line, note) VALUES ({id}, 1, 'kept'), (280 - {at}, 50, 'gone'); \
                 DELETE FROM visits WHERE number = 2 * (280 - {at}); \
                 DELETE FROM users WHERE id = 280 - {at}; \
                 UPDATE users SET parent_id = {id} WHERE id = {at} + 1"
            ))
            .unwrap();
        for broken in [
            "INSERT INTO orders (user_id, line) VALUES (100000, 1)",
            "INSERT INTO users (id, number) VALUES (1, 77777)",
            "INSERT INTO users (number) VALUES (2)",
            "INSERT INTO visits (number) VALUES (-1)",
        ] {
            assert!(database.execute(broken).is_err(), "{broken} after {run:?}");
        }
        // A refused row has its number all the same.
        told += 1;
    }
    shop.ok(&["check", "--database", "--heads"]);
    assert_eq!(one(&mut database, RULES), rules);
    let types = one(&mut database, TYPES);
    assert_eq!(
        types,
        "orders.user_id bigint, users.id bigint, users.number bigint, users.parent_id bigint, \
         visits.id bigint, visits.number bigint"
    );
    assert_eq!(number(&mut database, "users"), 299);
    assert_eq!(number(&mut database, "orders WHERE note = 'kept'"), revisions);
    assert_eq!(number(&mut database, "orders WHERE note = 'gone'"), 0);
    assert_eq!(number(&mut database, "users WHERE id <= 270 AND number <> id * 2"), 0);
    assert_eq!(
        number(&mut database, &format!("users WHERE id <= {revisions} AND parent_id > 300")),
        revisions
    );
    let left = "pg_proc WHERE proname LIKE '%autogen%'";
    assert_eq!(number(&mut database, left), 0);

    shop.ok(&["downgrade", "--", &format!("-{revisions}")]);
    assert!(!one(&mut database, TYPES).contains("users.id bigint"));
    assert_eq!(one(&mut database, RULES), rules);
    assert_eq!(number(&mut database, "users"), 299);
    shop.ok(&["upgrade"]);
    assert_eq!(one(&mut database, TYPES), types);
    assert_eq!(one(&mut database, RULES), rules);
    assert_eq!(number(&mut database, "users"), 299);
    assert_eq!(number(&mut database, "orders WHERE note = 'kept'"), revisions);
    let id = one(&mut database, "INSERT INTO users (number) VALUES (5000) RETURNING id::text");
    assert_eq!(id, (301 + told).to_string());
}

/// A program writes to all the tables while the keys change, and is neither refused nor forgotten.
#[test]
fn nobody_is_refused_while_keys_change() {
    let Some(server) = testing::postgres() else { return };
    let shop = Shop::postgres(BEFORE).at(server.url());
    shop.ok(&["generate", "-m", "users", "--unproved"]);
    shop.ok(&["upgrade"]);
    let mut database = server.open();
    database.execute(ROWS).unwrap();
    shop.models(&after(BEFORE));
    shop.ok(&[&GENERATE[..], &["--unproved"]].concat());
    let (done, mut program) = (Arc::new(AtomicBool::new(false)), server.open());
    let writer = thread::spawn({
        let done = Arc::clone(&done);
        move || {
            let mut written = 0;
            while !done.load(Ordering::Relaxed) {
                let number = 10_001 + written;
                let rows = format!(
                    "BEGIN; INSERT INTO users (number, parent_id) VALUES ({number}, 5); \
                     INSERT INTO orders (user_id, line) SELECT id, 1 FROM users WHERE number = {number}; \
                     INSERT INTO visits (number) VALUES ({number}); \
                     UPDATE users SET parent_id = 7 WHERE number = {number}; COMMIT"
                );
                program.execute(&rows).unwrap();
                written += 1;
            }
            written
        }
    });
    let run = shop.run(&["upgrade"]);
    done.store(true, Ordering::Relaxed);
    let written = writer.join().unwrap();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(written > 10, "{written}");
    let kept = "users JOIN orders ON user_id = users.id JOIN visits USING (number) \
                WHERE number > 10000 AND parent_id = 7";
    assert_eq!(number(&mut database, kept), written);
    assert_eq!(number(&mut database, "users"), 299 + written);
    shop.ok(&["check", "--database", "--heads"]);
}

/// A table of nobody's models refers to a key as well.
#[test]
fn who_is_not_known_to_the_models_goes_on_referring() {
    let Some(server) = testing::postgres() else { return };
    let before = "#[derive(Model)]\npub struct User {\n    pub id: i32,\n}\n";
    let shop = Shop::postgres(before).at(server.url());
    shop.ok(&["generate", "-m", "users", "--unproved"]);
    shop.ok(&["upgrade"]);
    shop.ok(&["generate", "-m", "logins", "--empty"]);
    let name = shop.revisions().remove(1);
    shop.write(
        &format!("migrations/{name}/up.sql"),
        "CREATE TABLE logins (user_id INT CONSTRAINT logins_fk REFERENCES users ON DELETE CASCADE);",
    );
    shop.write(&format!("migrations/{name}/down.sql"), "DROP TABLE logins;");
    shop.ok(&["upgrade"]);
    let mut database = server.open();
    let rows = "INSERT INTO users SELECT FROM generate_series(1, 10); \
                INSERT INTO logins SELECT id FROM users;";
    database.execute(rows).unwrap();
    shop.models(&after(before));
    shop.ok(&GENERATE);
    shop.ok(&["upgrade"]);
    shop.ok(&["check", "--database", "--heads"]);
    assert!(database.execute("INSERT INTO logins VALUES (11)").is_err());
    database.execute("DELETE FROM users WHERE id = 3").unwrap();
    assert_eq!(number(&mut database, "logins"), 9);
    let valid = "SELECT string_agg(pg_get_constraintdef(oid) || convalidated, '') FROM pg_constraint \
                 WHERE conrelid = 'logins'::regclass AND contype = 'f'";
    let key = "FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADEtrue";
    assert_eq!(one(&mut database, valid), key);
    shop.ok(&["downgrade", "--", &format!("-{}", shop.revisions().len() - 2)]);
    assert_eq!(one(&mut database, valid), key);
    assert_eq!(number(&mut database, "logins"), 9);
}

/// A column is computed from it, so the type changes in one step, and the key makes way for it.
#[test]
fn a_key_that_only_makes_way_is_looked_at_when_it_comes_back() {
    let Some(server) = testing::postgres() else { return };
    let computed =
        "#[column(generated = \"number + 1\", stored)]\n    pub next: i64,\n    #[column(unique)]";
    let before = BEFORE.replacen("#[column(unique)]", computed, 1);
    let shop = Shop::postgres(&before).at(server.url());
    shop.ok(&["generate", "-m", "users", "--unproved"]);
    shop.ok(&["upgrade"]);
    let mut database = server.open();
    database.execute(ROWS).unwrap();
    let keys = "pg_constraint WHERE contype = 'f' AND convalidated";
    assert_eq!(number(&mut database, keys), 3);
    shop.models(&before.replace("pub number: i32", "pub number: i64"));
    shop.ok(&["generate", "-m", "wider numbers", "--online"]);
    assert_eq!(shop.revisions().len(), 2);
    for _ in 0..2 {
        shop.ok(&["upgrade"]);
        assert!(one(&mut database, TYPES).contains("users.number bigint"));
        assert_eq!(number(&mut database, keys), 3);
        shop.ok(&["downgrade", "--", "-1"]);
        assert!(one(&mut database, TYPES).contains("users.number integer"));
        assert_eq!(number(&mut database, keys), 3);
        assert_eq!(number(&mut database, "orders"), 900);
    }
}

/// A view goes on reading the column that it was made of, and would keep it from going.
#[test]
fn a_view_of_the_column_is_told_before_anything_is_written() {
    let Some(server) = testing::postgres() else { return };
    let before = "#[derive(Model)]\npub struct User {\n    pub id: i32,\n}\n";
    let shop = Shop::postgres(before).at(server.url());
    shop.ok(&["generate", "-m", "users", "--unproved"]);
    shop.ok(&["generate", "-m", "known", "--empty"]);
    let name = shop.revisions().remove(1);
    shop.write(&format!("migrations/{name}/up.sql"), "CREATE VIEW known AS SELECT id FROM users;");
    shop.write(&format!("migrations/{name}/down.sql"), "DROP VIEW known;");
    shop.models(&after(before));
    let run = shop.run(&GENERATE);
    assert_eq!(run.code, 4, "{run:?}");
    assert!(run.err.contains("`users.id` is used by view `known`"), "{run:?}");
    assert_eq!(shop.revisions().len(), 2);
}

#[test]
fn keys_that_are_counted_change_beside_what_refers_to_them() {
    changes_beside(BEFORE);
}
