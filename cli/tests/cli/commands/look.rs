//! What differs between two states of a schema, and what a database holds.

use super::shop::{Shop, USER_WITH_BIO};

const URL: [&str; 2] = ["--database-url", "shop.db"];

#[test]
fn two_states_are_compared() {
    let shop = Shop::with_users();
    assert_eq!(shop.ok(&["diff"]).out, "snapshot and models are the same\n");
    shop.models(USER_WITH_BIO);
    let run = shop.run(&["diff"]);
    assert_eq!((run.code, run.out.as_str()), (3, "add column users.bio\n"));
    assert_eq!(shop.run(&["diff", "models", "head"]).out, "drop column users.bio\n");
    shop.ok(&["generate", "-m", "add user bio"]);
    assert_eq!(shop.run(&["diff", "base", "add_users"]).out, "create table users\n");
    assert_eq!(shop.run(&["diff", "head-1", "head"]).out, "add column users.bio\n");
    let report = shop.json(&["diff", "add_users", "models"]);
    assert_eq!(report["differences"], serde_json::json!(["add column users.bio"]));
    let run = shop.run(&["diff", "add_usrs"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.err.contains("add_users"), "{run:?}");
}

#[test]
fn a_database_is_a_state_as_well() {
    let shop = Shop::with_users();
    shop.ok(&[&["upgrade"][..], &URL].concat());
    let diff = |from: &str, to: &str| shop.run(&[&["diff", from, to][..], &URL].concat());
    assert_eq!(diff("database", "models").code, 0);
    shop.execute("ALTER TABLE users DROP COLUMN email");
    let run = diff("database", "models");
    assert_eq!((run.code, run.out.as_str()), (3, "add column users.email\n"), "{run:?}");
    assert_eq!(diff("current", "head").code, 0);
    assert_eq!(shop.run(&["diff", "database"]).code, 2);
}

#[test]
fn a_database_shows_its_facts() {
    let shop = Shop::with_users();
    assert_eq!(shop.run(&[&["inspect"][..], &URL].concat()).code, 1);
    shop.ok(&[&["upgrade"][..], &URL].concat());
    shop.execute(
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT);
         CREATE VIEW mails AS SELECT email FROM users;",
    );
    let run = shop.ok(&[&["inspect", "users"][..], &URL].concat());
    assert_eq!(
        run.out,
        "[table.users]\nprimary_key = [\"id\"]\ncolumn.email = { type = \"Text\" }\n\
         column.id = { type = \"Integer\", identity = \"by_default\" }\n"
    );
    assert!(run.err.contains("no model can state it: view mails"), "{run:?}");
    let report = shop.json(&[&["inspect"][..], &URL].concat());
    assert_eq!(report["tables"], serde_json::json!(["notes", "users"]));
    assert_eq!(report["unmanaged"], serde_json::json!(["view mails"]));
    let run = shop.run(&[&["inspect", "user"][..], &URL].concat());
    assert_eq!(run.code, 2);
    assert!(run.err.contains("the database has no table `user`: did you mean `users`?"), "{run:?}");
}
