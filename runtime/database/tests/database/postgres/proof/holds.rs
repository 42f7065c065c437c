use diesel_autogen_database::WayBack;

use super::{BY_HAND, SHOP, STORY, Story, shop};

#[test]
fn an_added_column_holds_beside_what_was_made_by_hand() {
    let after = shop("UNIQUE);", "UNIQUE, bio text);");
    Story {
        before: SHOP,
        after: &after,
        then: BY_HAND,
        up: "ALTER TABLE customers ADD COLUMN bio text",
        down: "ALTER TABLE customers DROP COLUMN bio;",
        ..STORY
    }
    .holds_with("orders", 3);
}

#[test]
fn creating_and_dropping_tables_holds() {
    let down = "DROP TABLE orders; DROP TABLE customers; DROP TYPE state;";
    let story = Story {
        after: SHOP,
        then: "CREATE TABLE log (what text); INSERT INTO log VALUES ('x');",
        up: SHOP,
        down,
        ..STORY
    };
    story.holds();
    Story { before: SHOP, after: "", up: down, down: SHOP, ..STORY }.holds_with("customers", 3);
}

#[test]
fn renames_are_followed_through_everything() {
    let after = SHOP
        .replace("customers (id", "people (id")
        .replace("TABLE customers", "TABLE people")
        .replace("email", "\"e mail\"")
        .replace("UNIQUE);", "CONSTRAINT customers_email_key UNIQUE);")
        .replace("PRIMARY KEY, \"e", "CONSTRAINT customers_pkey PRIMARY KEY, \"e");
    Story {
        before: SHOP,
        after: &after,
        then: BY_HAND,
        renames: &[("customers", "people"), ("people.email", "e mail")],
        up: "ALTER TABLE customers RENAME TO people; ALTER TABLE people RENAME COLUMN email TO \"e mail\";",
        down: "ALTER TABLE people RENAME COLUMN \"e mail\" TO email; ALTER TABLE people RENAME TO customers;",
        ..STORY
    }
    .holds_with("customers", 3);
}

#[test]
fn a_table_moves_to_another_schema_and_back() {
    let table = "(id int PRIMARY KEY, name text NOT NULL, up int REFERENCES";
    Story {
        before: &format!("CREATE TABLE users {table} users (id));"),
        after: &format!("CREATE SCHEMA auth; CREATE TABLE auth.users {table} auth.users (id));"),
        then: "CREATE VIEW names AS SELECT name FROM users;",
        renames: &[("public.users", "auth.users")],
        up: "CREATE SCHEMA auth; ALTER TABLE users SET SCHEMA auth;",
        down: "ALTER TABLE auth.users SET SCHEMA public; DROP SCHEMA auth;",
        ..STORY
    }
    .holds_with("users", 3);
}

#[test]
fn types_are_converted_as_the_server_converts() {
    let table = |a: &str, b: &str| format!("CREATE TABLE t (id int PRIMARY KEY, a {a}, b {b});");
    let (before, after) = (table("integer", "numeric(8,4)"), table("text", "numeric(6,1)"));
    Story {
        before: &before,
        after: &after,
        up: "ALTER TABLE t ALTER a TYPE text, ALTER b TYPE numeric(6,1);",
        down: "ALTER TABLE t ALTER a TYPE integer USING a::integer, ALTER b TYPE numeric(8,4);",
        certain: false,
        way_back: WayBack::Uncertain,
        ..STORY
    }
    .holds_with("t", 3);
    let after = table("bigint", "text");
    Story {
        before: &before,
        after: &after,
        using: &[("t.a", "a * 2"), ("t.b", "'no ' || b")],
        up: "ALTER TABLE t ALTER a TYPE bigint USING a::bigint * 3, ALTER b TYPE text USING 'no ' || b;",
        down: "ALTER TABLE t ALTER a TYPE integer USING 0, ALTER b TYPE numeric(8,4) USING 0;",
        certain: false,
        ..STORY
    }
    .fails(&["a row is not what it was"]);
    Story {
        before: &before,
        after: &after,
        using: &[("t.a", "length(a::text)"), ("t.b", "'no ' || b")],
        up: "ALTER TABLE t ALTER a TYPE bigint USING length(a::text), ALTER b TYPE text USING 'no ' || b;",
        down: "ALTER TABLE t ALTER a TYPE integer USING 0, ALTER b TYPE numeric(8,4) USING 0;",
        ..STORY
    }
    .holds_with("t", 3);
}

#[test]
fn enums_grow_outside_of_a_transaction_and_are_swapped() {
    let after = shop("'paid')", "'paid', 'sent')");
    let swap = |labels: &str| {
        format!(
            "ALTER TYPE state RENAME TO state_old; CREATE TYPE state AS ENUM ({labels});
             ALTER TABLE orders ALTER state DROP DEFAULT;
             ALTER TABLE orders ALTER state TYPE state USING state::text::state;
             ALTER TABLE orders ALTER state SET DEFAULT 'new'; DROP TYPE state_old;"
        )
    };
    let story = Story {
        before: SHOP,
        after: &after,
        up: "ALTER TYPE state ADD VALUE IF NOT EXISTS 'sent';",
        down: &swap("'new', 'paid'"),
        ..STORY
    };
    story.holds_with("orders", 3);
    // A function holds the type in place: the label stays.
    let kept = Story {
        then: "CREATE FUNCTION is_new(state) RETURNS bool LANGUAGE sql AS $$ SELECT $1 = 'new' $$;",
        down: "SELECT 1;",
        ..story
    };
    kept.holds_with("orders", 3);
    Story { then: "", ..kept }.fails(&["down.sql", "table `orders`", "sent"]);
}

#[test]
fn an_index_is_made_without_a_transaction() {
    Story {
        before: SHOP,
        after: &format!("{SHOP} CREATE INDEX orders_total_idx ON orders (total);"),
        up: "CREATE INDEX CONCURRENTLY orders_total_idx ON orders (total);",
        down: "DROP INDEX CONCURRENTLY orders_total_idx;",
        in_transaction: false,
        ..STORY
    }
    .holds_with("orders", 3);
}

#[test]
fn serial_and_identity_become_each_other() {
    let before = "CREATE TABLE t (id serial PRIMARY KEY, a text);";
    let after = "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text);";
    let up = "ALTER TABLE t ALTER id DROP DEFAULT; DROP SEQUENCE t_id_seq;
        ALTER TABLE t ALTER id ADD GENERATED ALWAYS AS IDENTITY;
        SELECT setval(pg_get_serial_sequence('t', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM t), false);";
    let down =
        "ALTER TABLE t ALTER id DROP IDENTITY; CREATE SEQUENCE t_id_seq AS integer OWNED BY t.id;
        ALTER TABLE t ALTER id SET DEFAULT nextval('t_id_seq');
        SELECT setval('t_id_seq', (SELECT coalesce(max(id), 0) + 1 FROM t), false);";
    let story = Story { before, after, up, down, ..STORY };
    story.holds_with("t", 3);
    let careless = up.split("SELECT setval").next().unwrap();
    Story { up: careless, ..story }.fails(&["table `t`", "sequence", "next key"]);
    let careless = down.split("SELECT setval").next().unwrap();
    Story { down: careless, ..story }.fails(&["down.sql", "table `t`", "sequence", "next key"]);
}

#[test]
fn objects_that_facts_rest_on_may_be_anybodys() {
    let table = |more: &str| {
        format!("CREATE TABLE t (id text PRIMARY KEY DEFAULT make_id(), a code NOT NULL{more});")
    };
    Story {
        first: "CREATE DOMAIN code AS varchar(8) CHECK (VALUE ~ '^[A-Z]{3}$');
            CREATE FUNCTION make_id() RETURNS text LANGUAGE sql AS $$ SELECT gen_random_uuid()::text $$;",
        before: &table(""),
        after: &table(", b code"),
        up: "ALTER TABLE t ADD b code;",
        down: "ALTER TABLE t DROP b;",
        ..STORY
    }
    .holds_with("t", 3);
}

#[test]
fn a_constraint_that_comes_later_finds_rows_that_fit() {
    let table = |more: &str| {
        format!("CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, b text NOT NULL{more});")
    };
    let rules = ", CONSTRAINT c CHECK (a BETWEEN 200 AND 300), CONSTRAINT u UNIQUE (b)";
    Story {
        before: &table(""),
        after: &table(rules),
        up: "ALTER TABLE t ADD CONSTRAINT c CHECK (a BETWEEN 200 AND 300); ALTER TABLE t ADD CONSTRAINT u UNIQUE (b);",
        down: "ALTER TABLE t DROP CONSTRAINT u; ALTER TABLE t DROP CONSTRAINT c;",
        certain: false,
        ..STORY
    }
    .holds_with("t", 3);
}

#[test]
fn what_cannot_come_back_is_told() {
    let before = "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL UNIQUE);";
    let story = Story {
        before,
        after: "CREATE TABLE t (id int PRIMARY KEY);",
        up: "ALTER TABLE t DROP a;",
        down: "ALTER TABLE t ADD a text NOT NULL DEFAULT '' UNIQUE; ALTER TABLE t ALTER a DROP DEFAULT;",
        ..STORY
    };
    story.fails(&["down.sql", "t_a_key"]);
    let report = Story { way_back: WayBack::Uncertain, ..story }.holds();
    assert!(report.stuck.is_none_or(|why| why.contains("t_a_key")));
}
