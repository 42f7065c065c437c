use super::{BY_HAND, SHOP, STORY, Story, shop};

/// The shop gets a required note, right but for what the caller changes.
const UP: &str = "UPDATE orders SET note = 'none' WHERE note IS NULL;
ALTER TABLE orders ALTER note SET DEFAULT 'none', ALTER note SET NOT NULL;
CREATE INDEX orders_note_idx ON orders (note DESC) WHERE note <> '';
ALTER TABLE orders ADD CONSTRAINT note_is CHECK (note <> 'x');
COMMENT ON TABLE orders IS 'all';";
const DOWN: &str = "COMMENT ON TABLE orders IS NULL;
ALTER TABLE orders DROP CONSTRAINT note_is;
DROP INDEX orders_note_idx;
ALTER TABLE orders ALTER note DROP NOT NULL, ALTER note DROP DEFAULT;";

fn after() -> String {
    shop("note text)", "note text NOT NULL DEFAULT 'none', CONSTRAINT note_is CHECK (note <> 'x'))")
        + "CREATE INDEX orders_note_idx ON orders (note DESC) WHERE note <> ''; COMMENT ON TABLE orders IS 'all';"
}

fn fails(up: &str, down: &str, texts: &[&str]) {
    let after = after();
    Story { before: SHOP, after: &after, then: BY_HAND, up, down, ..STORY }.fails(texts);
}

#[test]
fn the_careful_one_holds() {
    let after = after();
    Story { before: SHOP, after: &after, then: BY_HAND, up: UP, down: DOWN, ..STORY }
        .holds_with("orders", 3);
}

#[test]
fn rows_that_are_lost_or_changed_are_missed() {
    let more = |sql: &str| format!("{UP} {sql}");
    let up = |sql: &str, texts: &[&str]| fails(&more(sql), DOWN, texts);
    up(
        "DELETE FROM orders WHERE id = (SELECT min(id) FROM orders);",
        &["table `orders`: there were"],
    );
    up("DELETE FROM orders;", &["table `orders`: all", "rows are gone"]);
    up("TRUNCATE customers CASCADE;", &["rows are gone"]);
    up(
        "UPDATE orders SET total = total / 2;",
        &["table `orders`: a row is not what it was", "total = "],
    );
    up("INSERT INTO log VALUES ('x');", &["table `log`"]);
    up("UPDATE customers SET email = upper(email);", &["customers", "a row is not what it was"]);
    fails(UP, &format!("{DOWN} DELETE FROM orders WHERE total = 0;"), &["down.sql", "orders"]);
    fails(
        UP,
        &format!("{DOWN} UPDATE customers SET email = id::text;"),
        &["down.sql", "customers"],
    );
}

#[test]
fn facts_that_are_not_so_are_told() {
    let up = |from: &str, to: &str, texts: &[&str]| {
        assert!(UP.contains(from), "{from}");
        fails(&UP.replace(from, to), DOWN, texts);
    };
    up(
        "SET DEFAULT 'none'",
        "SET DEFAULT 'nothing'",
        &["up.sql", "table `orders`", "'nothing'", "'none'"],
    );
    up(", ALTER note SET NOT NULL", "", &["column.note", "nullable"]);
    up("(note DESC)", "(note)", &["index.orders_note_idx"]);
    up(" WHERE note <> ''", "", &["index.orders_note_idx", "where"]);
    up("CREATE INDEX orders_note_idx", "CREATE UNIQUE INDEX orders_note_idx", &["unique"]);
    up("CHECK (note <> 'x')", "CHECK (note <> 'y')", &["check.note_is", "'x'", "'y'"]);
    up("COMMENT ON TABLE orders IS 'all'", "SELECT 1", &["comment"]);
    up("COMMENT", "DROP INDEX orders_customer_id_idx; COMMENT", &["index.orders_customer_id_idx"]);
    up(
        "COMMENT",
        "ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey; COMMENT",
        &["orders_customer_id_fkey", "cascade"],
    );
    up("COMMENT", "COMMENT ON COLUMN orders.note IS NULL; COMMENT", &["column.note", "it's"]);
    up("COMMENT", "ALTER TABLE orders ADD extra int; COMMENT", &["column.extra"]);
    up(
        "COMMENT",
        "ALTER TABLE orders ALTER note TYPE varchar(900); COMMENT",
        &["column.note", "900"],
    );
    up("'x');", "'x') NOT VALID;", &["note_is", "NOT VALID"]);
}

/// Whether there is a `pg_dump`.
fn has_tool() -> bool {
    std::process::Command::new("pg_dump").arg("--version").output().is_ok()
}

#[test]
fn what_nobody_owns_stays() {
    let up = |sql: &str, texts: &[&str]| fails(&format!("{UP} {sql}"), DOWN, texts);
    up("DROP TRIGGER told ON orders;", &["trigger `told` on `orders`", "found: nothing"]);
    up("ALTER TABLE orders DISABLE TRIGGER told;", &["trigger `told`"]);
    up("DROP VIEW rich;", &["view `rich`"]);
    up(
        "CREATE OR REPLACE VIEW rich AS SELECT c.email, o.total FROM customers c JOIN orders o ON customer_id = c.id WHERE total > 99;",
        &["view `rich`", "99", "100"],
    );
    up("DROP INDEX by_hand;", &["table `customers`", "index.by_hand"]);
    up("DROP POLICY mine ON customers;", &["policy `mine` on `customers`"]);
    up("ALTER TABLE customers DISABLE ROW LEVEL SECURITY;", &["settings of table `customers`"]);
    up("ALTER DOMAIN positive DROP CONSTRAINT positive_check;", &["domain `positive`"]);
    up("DROP TABLE log;", &["table `log`", "found: nothing"]);
    up("CREATE TABLE leftover (a int);", &["table `leftover`"]);
    up("CREATE TYPE leftover AS ENUM ('a');", &["type `leftover`"]);
    up("CREATE SCHEMA leftover;", &["schema `leftover`"]);
    up("SELECT setval('numbers', 1, false);", &["`numbers`", "sequence went back"]);
    let dumped = "what pg_dump says";
    let storage = if has_tool() { dumped } else { "settings of column" };
    up("ALTER TABLE orders ALTER note SET STORAGE EXTERNAL;", &[storage]);
    if has_tool() {
        // Nothing that introspection reads.
        up("CREATE STATISTICS pairs ON total, note FROM orders;", &[dumped, "pairs"]);
    }
    up("CREATE TEMP TABLE guard (a int);", &["temporary guard", "is left in the session"]);
    up("SET search_path = pg_catalog;", &["search_path", "is left in the session"]);
    up("ALTER TABLE orders ALTER id RESTART WITH 1;", &["table `orders`", "sequence went back"]);
}

#[test]
fn statements_that_fail_are_shown() {
    fails(
        &UP.replace("UPDATE orders SET note = 'none' WHERE note IS NULL;", ""),
        DOWN,
        &["up.sql on a database with rows fails", "column \"note\"", "null values"],
    );
    fails(&format!("{UP} SELECT nowhere();"), DOWN, &["up.sql", "without rows", "nowhere"]);
    fails(UP, "SELECT 1;", &["down.sql", "table `orders`", "note_is"]);
    fails(UP, &DOWN.replace("DROP INDEX orders_note_idx;", ""), &["down.sql", "orders_note_idx"]);
    fails(UP, &DOWN.replace("COMMENT ON TABLE orders IS NULL;", ""), &["down.sql", "comment"]);
    fails(UP, &format!("{DOWN} DROP TRIGGER told ON orders;"), &["down.sql", "trigger `told`"]);
    fails(
        UP,
        &format!("{DOWN} CREATE TYPE leftover AS ENUM ();"),
        &["down.sql", "type `leftover`"],
    );
    fails(UP, &format!("{DOWN} DROP FUNCTION nowhere();"), &["down.sql", "nowhere"]);
}

#[test]
fn facts_that_cannot_be_made_are_told() {
    Story {
        before: SHOP,
        after: &shop("note text)", "note text, more text)"),
        up: "ALTER TABLE orders ADD more text;",
        down: "ALTER TABLE orders DROP more;",
        then: "CREATE TABLE more (orders_note_idx int);",
        ..STORY
    }
    .holds();
}
