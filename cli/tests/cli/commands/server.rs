//! Engines that migrations are tried on a server of, and what is done where none is named.

use diesel_autogen_database::testing;

use super::shop::{Shop, USER, USER_WITH_BIO};

#[test]
fn without_a_server_a_migration_is_written_unproved() {
    let shop = Shop::postgres(USER);
    let run = shop.ok(&["generate", "-m", "add users"]);
    assert!(run.out.contains("CREATE TABLE users"), "{run:?}");
    assert!(run.out.contains("UNPROVED: no server was named"), "{run:?}");
    shop.models(USER_WITH_BIO);
    let report = shop.json(&["generate", "-m", "add user bio"]);
    assert_eq!(report["written"], true);
    assert_eq!(report["revision"]["proof"], serde_json::Value::Null);
    shop.ok(&["check"]);
    let run = shop.run(&["verify"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("name a server with --scratch-url or DATABASE_URL"), "{run:?}");
}

#[test]
fn what_only_a_server_knows_is_refused_without_one() {
    let Some(server) = testing::postgres() else { return };
    let shop = Shop::postgres(USER);
    shop.ok(&["generate", "-m", "add users"]);
    shop.write(
        "migrations/2090-01-01-000000_by_hand/up.sql",
        "CREATE TABLE notes (id BIGINT PRIMARY KEY, body TEXT NOT NULL);",
    );
    shop.models(USER_WITH_BIO);
    let before = shop.files();
    let run = shop.run(&["generate", "-m", "add user bio"]);
    assert_eq!(run.code, 4, "{run:?}");
    assert!(run.err.contains("what `2090-01-01-000000_by_hand` does is not recorded"), "{run:?}");
    assert_eq!(shop.run(&["check"]).code, 4);
    assert_eq!(shop.files(), before);

    shop.ok(&["generate", "-m", "add user bio", "--scratch-url", &server.url()]);
    let snapshot = shop.read("migrations/schema.toml");
    assert!(snapshot.contains("table notes"), "{snapshot}");
    // Whether the table is as the model has it, only the database knows.
    shop.models(&format!(
        "{USER_WITH_BIO}#[derive(Model)]\npub struct Note {{\n    pub id: i64,\n    pub body: \
         String,\n}}\n"
    ));
    let run = shop.run(&["generate", "-m", "notes have a model"]);
    assert_eq!(run.code, 4, "{run:?}");
    assert!(run.err.contains("table notes is in the database already"), "{run:?}");
    let run = shop.ok(&["generate", "-m", "notes have a model", "--scratch-url", &server.url()]);
    assert!(!run.out.contains("CREATE TABLE"), "{run:?}");
}

#[test]
fn a_migration_is_proved_on_the_server_and_leaves_nothing_there() {
    let Some(server) = testing::postgres() else { return };
    let shop = Shop::postgres(USER).at(server.url());
    let run = shop.ok(&["generate", "-m", "add users"]);
    assert!(run.out.contains("up, down and up again"), "{run:?}");
    shop.models(USER_WITH_BIO);
    let report = shop.json(&["generate", "-m", "add user bio"]);
    assert!(report["revision"]["proof"]["rows"].as_u64().unwrap() > 0, "{report}");
    shop.ok(&["verify"]);
    let unproved = shop.ok(&["generate", "-m", "nothing at all", "--unproved"]);
    assert!(unproved.out.starts_with("no changes"), "{unproved:?}");

    assert_eq!(shop.run(&["current"]).code, 3);
    shop.ok(&["upgrade"]);
    shop.ok(&["current"]);
    let run = shop.ok(&["check", "--database"]);
    assert!(run.out.ends_with("\nthe database is what its revisions made\n"), "{run:?}");
    let mut database = server.open();
    database.rows("INSERT INTO users (email, bio) VALUES ('a', 'b') RETURNING id").unwrap();
    database.rows("ALTER TABLE users ALTER email DROP NOT NULL").unwrap();
    let run = shop.run(&["check", "--database"]);
    assert_eq!(run.code, 3);
    assert!(
        run.out.contains("beside its revisions: change column users.email: required → nullable"),
        "{run:?}"
    );
    database.rows("ALTER TABLE users ALTER email SET NOT NULL").unwrap();
    shop.ok(&["downgrade", "--", "-1"]);
    shop.ok(&["upgrade"]);
    let rows = database.rows("SELECT email, bio FROM users").unwrap();
    assert_eq!(rows.len(), 1);
}

#[test]
fn another_engine_or_a_server_that_is_not_there_is_told() {
    let shop = Shop::postgres(USER).at("shop.db");
    let run = shop.run(&["generate", "-m", "add users"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("this is a database of SQLite"), "{run:?}");
    let shop = shop.at("postgres://nobody@127.0.0.1:1/nowhere");
    let run = shop.run(&["generate", "-m", "add users"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("cannot open"), "{run:?}");
    assert!(shop.revisions().is_empty());
    shop.ok(&["generate", "-m", "add users", "--unproved"]);
}
