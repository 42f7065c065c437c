//! The commands on MariaDB, where every statement about tables commits by itself.

mod asked;
mod flavours;
mod killed;
mod warehouse;

use diesel_autogen_database::{Database, Value, testing};

use super::shell::shell;
use super::shop::{Shop, USER};

const MORE: &str = "#[derive(Model)]\npub struct User {\n    pub id: i64,\n    \
                    pub email: String,\n    pub bio: Option<String>,\n}\n\n#[derive(Model)]\n\
                    pub struct Post {\n    pub id: i64,\n    \
                    #[column(references = users::id, on_delete = cascade)]\n    pub user_id: i64,\n    \
                    #[column(check = \"score >= 0\")]\n    pub score: u32,\n}\n";

/// The models, with texts that the engine can look for.
fn models(text: &str) -> String {
    text.replace("    pub email", "    #[column(max_length = 120, unique)]\n    pub email")
}

fn rows(database: &mut Database, sql: &str) -> Vec<Vec<Value>> {
    database.rows(sql).unwrap()
}

#[test]
fn a_package_goes_all_the_way_and_back() {
    let Some(server) = testing::mysql() else { return };
    let shop = Shop::mariadb(&models(USER)).at(server.url());
    let run = shop.ok(&["generate", "-m", "add users"]);
    assert!(run.out.contains("up, down and up again"), "{run:?}");
    assert_eq!(shop.run(&["current"]).code, 3);
    shop.ok(&["upgrade"]);
    let mut database = server.open();
    database.execute("INSERT INTO users (email) VALUES ('a@b.c'), ('d')").unwrap();
    shop.models(&models(MORE));
    let report = shop.json(&["generate", "-m", "add posts"]);
    assert!(report["revision"]["proof"]["rows"].as_u64().unwrap() > 0, "{report}");
    shop.ok(&["verify"]);
    shop.ok(&["upgrade"]);
    shop.ok(&["current"]);
    let run = shop.ok(&["check", "--database"]);
    assert!(run.out.ends_with("\nthe database is what its revisions made\n"), "{run:?}");
    shop.ok(&["redo"]);
    assert_eq!(rows(&mut database, "SELECT COUNT(*) FROM users"), [[Value::Integer(2)]]);

    database.execute("ALTER TABLE users MODIFY email varchar(121)").unwrap();
    let run = shop.run(&["check", "--database"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.out.contains("change column users.email"), "{run:?}");
    shop.ok(&["downgrade", "base", "--allow-loss", "users"]);
    assert!(database.live().unwrap().schema.tables.is_empty());
}

#[test]
fn a_revision_that_stopped_half_way_is_shown_finished_or_taken_back() {
    let Some(server) = testing::mysql() else { return };
    let shop = Shop::mariadb(&models(USER)).at(server.url());
    shop.ok(&["generate", "-m", "add users"]);
    shop.ok(&["upgrade"]);
    shop.models(&models(MORE));
    shop.ok(&["generate", "-m", "add posts"]);
    let mut database = server.open();
    database.execute("INSERT INTO users (email) VALUES ('a@b.c'), ('d')").unwrap();
    let before = database.dump().unwrap();
    // Something is in the way of the third of the statements that change tables.
    let in_the_way = "CREATE TABLE other (id bigint NOT NULL PRIMARY KEY, \
                      CONSTRAINT posts_user_id_fkey FOREIGN KEY (id) REFERENCES users (id))";
    for back in [true, false] {
        database.execute(in_the_way).unwrap();
        let run = shop.run(&["upgrade"]);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(run.err.contains("statements are done and stay"), "{run:?}");
        let run = shop.run(&["current"]);
        assert_eq!(run.code, 3, "{run:?}");
        assert!(run.err.contains("is half done: the first "), "{run:?}");
        let half = &shop.json(&["current"])["half_done"];
        assert_eq!(half["direction"], "up");
        assert!(half["done"].as_u64().unwrap() >= 2, "{half}");
        database.execute("DROP TABLE other").unwrap();
        if back {
            shop.ok(&["downgrade"]);
            assert_eq!(database.dump().unwrap(), before);
            assert_eq!(database.applied().unwrap().len(), 1);
        } else {
            shop.ok(&["upgrade"]);
            shop.ok(&["current"]);
            shop.ok(&["check", "--database"]);
        }
        let emails = rows(&mut database, "SELECT email FROM users ORDER BY email");
        assert_eq!(emails, [[Value::Text("a@b.c".into())], [Value::Text("d".into())]]);
    }
    assert_eq!(database.half_done().unwrap(), None);
}

#[test]
fn the_sql_runs_in_the_servers_own_shell() {
    let Some(server) = testing::mysql() else { return };
    let shop = Shop::mariadb(&models(MORE));
    shop.ok(&["generate", "-m", "add users and posts", "--unproved"]);
    let sql = shop.ok(&["upgrade", "--sql"]).out;
    let shop = shop.at(server.url());
    let Some(success) = shell(&shop, &sql) else { return };
    assert!(success, "{sql}");
    shop.ok(&["current"]);
    shop.ok(&["check", "--database"]);
}

#[test]
fn a_password_is_in_no_message() {
    let Some(_) = testing::mysql() else { return };
    let url = testing::mysql_url().replace("root@", "nobody:s3cret@");
    let shop = Shop::mariadb(&models(USER)).at(url);
    for arguments in [&["upgrade"][..], &["current"], &["generate", "-m", "add users"]] {
        let run = shop.run(arguments);
        assert_ne!(run.code, 0, "{run:?}");
        assert!(!format!("{run:?}").contains("s3cret"), "{run:?}");
        assert!(run.err.contains("nobody:***@"), "{run:?}");
    }
}
