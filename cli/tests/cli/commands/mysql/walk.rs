//! A migration from the check before it to the conflict after it, on MariaDB, step by step as a
//! checklist for Alembic has it.

use diesel_autogen_database::{Value, testing};

use crate::commands::shop::{Shop, USER, USER_WITH_BIO};
use crate::commands::team::Team;

const NOTIFICATION: &str = "\n#[derive(Model)]\n#[model(index(name = \"by_user\", columns(user_id)))]\n\
                            pub struct Notification {\n    pub id: i64,\n    \
                            #[column(references = users::id, on_delete = cascade)]\n    \
                            pub user_id: i64,\n    #[column(default = \"'new'\")]\n    \
                            pub state: String,\n    pub note: Option<String>,\n}\n";

fn text(value: &str) -> Vec<Vec<Value>> {
    vec![vec![Value::Text(value.to_owned())]]
}

#[test]
fn a_checklist_is_walked_to_its_end() {
    let Some(own) = testing::mysql() else { return };
    let shop = Shop::mariadb(USER).at(own.url());
    let mut database = own.open();
    shop.ok(&["generate", "-m", "add users"]);
    shop.ok(&["upgrade", "head"]);
    database.execute("INSERT INTO users (id, email) VALUES (7, 'a@b.c')").unwrap();
    // 1. Before: where is the database, is anything pending?
    let first = shop.revisions()[0].clone();
    assert_eq!(shop.ok(&["current"]).out, format!("{first} (head) (applied)\n"));
    shop.ok(&["check", "--database"]);
    // 2. to 4. The models change; the migration is generated and reviewed.
    shop.models(&format!("{USER}{NOTIFICATION}"));
    assert_eq!(shop.run(&["check"]).code, 3);
    shop.ok(&["revision", "--autogenerate", "-m", "add_notification_table"]);
    let name = shop.revisions()[1].clone();
    let shown = shop.ok(&["show", "head"]).out;
    for part in
        ["CREATE TABLE `notifications`", "by_user", "ON DELETE CASCADE", "'new'", "DROP TABLE"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let run = shop.run(&["current"]);
    assert_eq!(run.code, 3);
    assert!(run.out.contains(&format!("{name} (head) (pending)")), "{}", run.out);
    // 6. Apply, verify, take back, apply again.
    shop.ok(&["upgrade", "head"]);
    database.execute("INSERT INTO notifications (user_id) VALUES (7)").unwrap();
    assert_eq!(database.rows("SELECT state FROM notifications").unwrap(), text("new"));
    let run = shop.run(&["downgrade", "-1"]);
    assert!(run.code == 5 && run.err.contains("would lose 1 row of notifications"), "{run:?}");
    shop.ok(&["downgrade", "-1", "--allow-loss", "notifications"]);
    shop.ok(&["upgrade", "head"]);
    shop.ok(&["verify"]);
    shop.ok(&["check", "--database", "--heads"]);
    assert_eq!(database.rows("SELECT email FROM users").unwrap(), text("a@b.c"));
    // What is required at once is refused while there are rows; with a value for them it is filled.
    let with_bio = format!("{USER_WITH_BIO}{NOTIFICATION}");
    let required = with_bio.replace("pub bio: Option<String>", "pub bio: String");
    shop.models(&required);
    let run = shop.run(&["generate", "-m", "add user bio"]);
    assert_eq!(run.code, 4);
    assert!(run.err.contains("backfill"), "{}", run.err);
    shop.models(&required.replace("pub bio", "#[column(backfill = \"'default'\")]\n    pub bio"));
    shop.ok(&["generate", "-m", "add user bio"]);
    shop.ok(&["upgrade"]);
    assert_eq!(database.rows("SELECT bio FROM users").unwrap(), text("default"));
    shop.models(&required.replace("pub bio", "pub about"));
    shop.ok(&["generate", "-m", "bio is about", "--rename", "users.bio:about"]);
    shop.ok(&["upgrade"]);
    assert_eq!(database.rows("SELECT about FROM users").unwrap(), text("default"));
    shop.models(&format!("{USER}{NOTIFICATION}"));
    assert_eq!(shop.run(&["generate", "-m", "drop user about"]).code, 5);
    shop.ok(&["generate", "-m", "drop user about", "--allow-loss", "users.about"]);
    shop.ok(&["upgrade"]);
    shop.ok(&["check", "--database", "--heads"]);
}

#[test]
fn branches_meet_and_are_joined() {
    let Some(own) = testing::mysql() else { return };
    let shop = Shop::mariadb(USER).at(own.url());
    shop.ok(&["generate", "-m", "add users"]);
    shop.ok(&["upgrade", "head"]);
    let mut database = own.open();
    database.execute("INSERT INTO users (id, email) VALUES (7, 'a@b.c')").unwrap();
    let team = "\n#[derive(Model)]\npub struct Team {\n    pub id: i64,\n}\n";
    let met = Team::new(
        shop,
        ("add user bio", USER_WITH_BIO),
        ("add teams", &format!("{USER}{team}")),
        &format!("{USER_WITH_BIO}{team}"),
    );
    let shop = &met.shop;
    let run = shop.run(&["upgrade", "head"]);
    assert_eq!(run.code, 6);
    assert!(run.err.contains("there are 2 heads"), "{}", run.err);
    shop.ok(&["merge", "heads", "-m", "merge_migration_heads"]);
    shop.ok(&["upgrade", "head"]);
    shop.ok(&["check", "--database", "--heads"]);
    assert_eq!(database.rows("SELECT email FROM users").unwrap(), text("a@b.c"));
}
