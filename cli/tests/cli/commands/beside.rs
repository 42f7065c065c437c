//! `check --database` on what no model owns: what migrations by hand made must be as they made it,
//! and what somebody else put there is told and left alone.

use diesel_autogen_database::testing;

use super::shop::{Shop, USER};

/// A package whose second migration was written by hand and recorded.
fn shop(shop: &Shop, up: &str) {
    shop.ok(&["generate", "-m", "add users"]);
    shop.write("migrations/2090-01-01-000000_by_hand/up.sql", up);
    shop.ok(&["generate", "-m", "record it"]);
    shop.ok(&["upgrade"]);
    let run = shop.ok(&["check", "--database"]);
    assert!(run.out.ends_with("the database is what its revisions made\n"), "{run:?}");
    assert!(!run.out.contains("besides"), "{run:?}");
}

/// What `check` finds changed, after a change that is taken back afterwards.
fn changed(shop: &Shop, run: &mut dyn FnMut(&str), change: &str, back: &str) -> Vec<String> {
    run(change);
    let found = shop.run(&["check", "--database"]);
    let report = shop.json(&["check", "--database"]);
    let lines = report["database"]["changed"].as_array().unwrap().iter();
    let lines: Vec<String> = lines.map(|it| it.as_str().unwrap().to_owned()).collect();
    assert_eq!(found.code, if lines.is_empty() { 0 } else { 3 }, "{found:?}");
    for line in &lines {
        let told = format!("changed in the database beside its revisions: {line}");
        assert!(found.out.contains(&told), "{found:?}");
    }
    run(back);
    let run = shop.ok(&["check", "--database"]);
    assert!(run.out.ends_with("the database is what its revisions made\n"), "{run:?}");
    lines
}

const MADE: &str = "CREATE VIEW names AS SELECT email FROM users WHERE id > 1;
CREATE MATERIALIZED VIEW counts AS SELECT count(*) AS n FROM users;
CREATE INDEX counts_n ON counts (n);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE AGGREGATE product(bigint) (SFUNC = int8mul, STYPE = bigint, INITCOND = '1');
CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON users USING (id > 0);
CREATE RULE keep AS ON DELETE TO users DO INSTEAD NOTHING;
CREATE DOMAIN percent AS integer CHECK (VALUE <= 100);
CREATE TYPE pair AS (a int, b text);
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE SEQUENCE numbers;
CREATE STATISTICS together ON id, email FROM users;
CREATE TABLE logs (day date NOT NULL, n int) PARTITION BY RANGE (day);
CREATE TABLE logs_rest PARTITION OF logs DEFAULT;
CREATE UNLOGGED TABLE notes (id bigint PRIMARY KEY, body text NOT NULL DEFAULT 'x');
CREATE INDEX notes_body ON notes (lower(body));
ALTER TABLE users ADD COLUMN search text;";

/// A change by hand, what is found then, and how it is taken back.
const CHANGES: &[(&str, &[&str], &str)] = &[
    (
        "CREATE OR REPLACE VIEW names AS SELECT email FROM users WHERE id > 2",
        &["change view names"],
        "CREATE OR REPLACE VIEW names AS SELECT email FROM users WHERE id > 1",
    ),
    (
        "DROP VIEW names",
        &["drop view names"],
        "CREATE VIEW names AS SELECT email FROM users WHERE id > 1",
    ),
    (
        "DROP INDEX counts_n",
        &["change materialized view counts"],
        "CREATE INDEX counts_n ON counts (n)",
    ),
    (
        "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
        &["change function touch()"],
        "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    ),
    (
        "DROP AGGREGATE product(bigint);
         CREATE AGGREGATE product(bigint) (SFUNC = int8mul, STYPE = bigint, INITCOND = '2')",
        &["change function product(bigint)"],
        "DROP AGGREGATE product(bigint);
         CREATE AGGREGATE product(bigint) (SFUNC = int8mul, STYPE = bigint, INITCOND = '1')",
    ),
    (
        "ALTER TABLE users DISABLE TRIGGER touched",
        &["change trigger touched on users"],
        "ALTER TABLE users ENABLE TRIGGER touched",
    ),
    (
        "DROP TRIGGER touched ON users",
        &["drop trigger touched on users"],
        "CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch()",
    ),
    (
        "ALTER TABLE users DISABLE ROW LEVEL SECURITY; ALTER TABLE notes SET LOGGED",
        &["drop row security on users", "drop unlogged storage on notes"],
        "ALTER TABLE users ENABLE ROW LEVEL SECURITY; ALTER TABLE notes SET UNLOGGED",
    ),
    (
        "ALTER POLICY own ON users USING (id > 1)",
        &["change policy own on users"],
        "ALTER POLICY own ON users USING (id > 0)",
    ),
    (
        "DROP RULE keep ON users",
        &["drop rule keep on users"],
        "CREATE RULE keep AS ON DELETE TO users DO INSTEAD NOTHING",
    ),
    (
        "ALTER DOMAIN percent ADD CHECK (VALUE > 0)",
        &["change domain percent"],
        "ALTER DOMAIN percent DROP CONSTRAINT percent_check1",
    ),
    (
        "ALTER TYPE pair ALTER ATTRIBUTE a TYPE bigint",
        &["change composite type pair"],
        "ALTER TYPE pair ALTER ATTRIBUTE a TYPE int",
    ),
    (
        "ALTER TYPE mood RENAME VALUE 'sad' TO 'so so'",
        &["change enum mood"],
        "ALTER TYPE mood RENAME VALUE 'so so' TO 'sad'",
    ),
    (
        "ALTER SEQUENCE numbers INCREMENT 2",
        &["change sequence numbers"],
        "ALTER SEQUENCE numbers INCREMENT 1",
    ),
    (
        "DROP STATISTICS together",
        &["drop statistics object together"],
        "CREATE STATISTICS together ON id, email FROM users",
    ),
    (
        "ALTER TABLE logs ALTER COLUMN n SET NOT NULL",
        &["change partition logs_rest", "change partitioned table logs"],
        "ALTER TABLE logs ALTER COLUMN n DROP NOT NULL",
    ),
    (
        "ALTER TABLE notes ALTER COLUMN body SET DEFAULT 'y'; DROP INDEX notes_body",
        &[
            "change column notes.body: default `'x'::text` → `'y'::text`",
            "drop index notes_body on notes",
        ],
        "ALTER TABLE notes ALTER COLUMN body SET DEFAULT 'x'; CREATE INDEX notes_body ON notes (lower(body))",
    ),
    (
        "ALTER TABLE notes RENAME TO remarks",
        &["drop table notes"],
        "ALTER TABLE remarks RENAME TO notes",
    ),
    (
        "ALTER TABLE users DROP COLUMN search",
        &["drop column users.search"],
        "ALTER TABLE users ADD COLUMN search text",
    ),
];

#[test]
fn what_migrations_by_hand_made_is_compared_on_postgresql() {
    let Some(server) = testing::postgres() else { return };
    let it = Shop::postgres(USER).at(server.url());
    shop(&it, MADE);
    let mut database = server.open();
    let mut run = |sql: &str| database.execute(sql).unwrap();
    for (change, expected, back) in CHANGES {
        assert_eq!(changed(&it, &mut run, change, back), *expected, "{change}");
    }

    // What somebody put there is nobody's business, and is told.
    run("CREATE TABLE theirs (id int); CREATE VIEW own AS SELECT 1 AS one;
         CREATE INDEX users_by_hand ON users (email); CREATE TYPE colour AS ENUM ('red');
         ALTER TABLE users FORCE ROW LEVEL SECURITY;
         CREATE TRIGGER more BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION touch()");
    let found = it.ok(&["check", "--database"]);
    assert!(found.out.contains("in the database besides, and left alone: view own\n"), "{found:?}");
    assert!(found.out.ends_with("the database is what its revisions made\n"), "{found:?}");
    let report = it.json(&["check", "--database"]);
    assert_eq!(
        report["database"]["unmanaged"],
        serde_json::json!([
            "enum colour",
            "forced row security on users",
            "index users_by_hand on users",
            "table theirs",
            "trigger more on users",
            "view own",
        ])
    );
    assert_eq!(report["database"]["changed"], serde_json::json!([]));
}

#[test]
fn what_migrations_by_hand_made_is_compared_on_sqlite() {
    let it = Shop::new(USER).at("shop.db");
    let view = "CREATE VIEW names AS SELECT email FROM users WHERE id > 1";
    let told =
        "CREATE TRIGGER told AFTER INSERT ON users BEGIN INSERT INTO notes VALUES (NEW.id); END";
    shop(&it, &format!("CREATE TABLE notes (id INTEGER PRIMARY KEY);\n{view};\n{told};"));
    let mut run = |sql: &str| it.execute(sql);
    let mut found = |change: &str, back: &str| changed(&it, &mut run, change, back);
    let other = view.replace('1', "2");
    assert_eq!(
        found(&format!("DROP VIEW names; {other}"), &format!("DROP VIEW names; {view}")),
        ["change view names"]
    );
    assert_eq!(found("DROP VIEW names", view), ["drop view names"]);
    assert_eq!(found("DROP TRIGGER told", told), ["drop trigger told on users"]);
    assert_eq!(
        found("ALTER TABLE notes ADD COLUMN x TEXT", "ALTER TABLE notes DROP COLUMN x"),
        [""; 0]
    );
    // It may be written otherwise, and be the same.
    let same = view.replace("email", "\"email\"").replace(" WHERE", "\n  WHERE");
    assert_eq!(
        found(&format!("DROP VIEW names; {same}"), &format!("DROP VIEW names; {view}")),
        [""; 0]
    );
    it.execute("ALTER TABLE notes ADD COLUMN x TEXT; CREATE VIEW own AS SELECT 1 AS one");
    let report = it.json(&["check", "--database"]);
    let more = serde_json::json!(["column notes.x", "view own"]);
    assert_eq!(report["database"]["unmanaged"], more);
    it.execute("DROP TRIGGER told; DROP TABLE notes");
    let report = it.json(&["check", "--database"]);
    let gone = serde_json::json!(["drop table notes", "drop trigger told on users"]);
    assert_eq!(report["database"]["changed"], gone);
}

#[cfg(feature = "mysql")]
#[test]
fn what_migrations_by_hand_made_is_compared_on_mariadb() {
    let Some(server) = testing::mysql() else { return };
    let models = USER.replace("    pub email", "    #[column(max_length = 120)]\n    pub email");
    let it = Shop::mariadb(&models).at(server.url());
    let view = "CREATE OR REPLACE VIEW names AS SELECT email FROM users WHERE id > 1";
    let told =
        "CREATE TRIGGER told AFTER INSERT ON users FOR EACH ROW INSERT INTO notes VALUES (NEW.id)";
    shop(
        &it,
        &format!(
            "CREATE TABLE notes (id BIGINT PRIMARY KEY);\n{view};\n{told};\n\
             CREATE PROCEDURE sweep() DELETE FROM notes;"
        ),
    );
    let mut database = server.open();
    let mut run = |sql: &str| database.execute(sql).unwrap();
    let mut found = |change: &str, back: &str| changed(&it, &mut run, change, back);
    assert_eq!(found(&view.replace('1', "2"), view), ["change view names"]);
    assert_eq!(found("DROP VIEW names", view), ["drop view names"]);
    assert_eq!(found("DROP TRIGGER told", told), ["drop trigger told on users"]);
    assert_eq!(
        found(
            "DROP PROCEDURE sweep; CREATE PROCEDURE sweep() DELETE FROM users",
            "DROP PROCEDURE sweep; CREATE PROCEDURE sweep() DELETE FROM notes"
        ),
        ["change procedure sweep"]
    );
    run("CREATE VIEW own AS SELECT 1 AS one");
    let report = it.json(&["check", "--database"]);
    assert_eq!(report["database"]["unmanaged"], serde_json::json!(["view own"]));
}
