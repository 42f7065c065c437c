//! A migration from the check before it to the conflict after it, step by step as a checklist for
//! Alembic has it: the same words, and a message that ends each problem.

use super::shop::{Shop, USER, USER_WITH_BIO, on_each_with_users};
use super::team::Team;

const NOTIFICATION: &str = "\n#[derive(Model)]\n#[model(index(name = \"by_user\", columns(user_id)))]\n\
                            pub struct Notification {\n    pub id: i64,\n    \
                            #[column(references = users::id, on_delete = cascade)]\n    \
                            pub user_id: i64,\n    #[column(default = \"'new'\")]\n    \
                            pub state: String,\n    pub note: Option<String>,\n}\n";

/// Does the same on every engine, in a package whose database has its first revision and a row.
fn each(test: impl Fn(Shop)) {
    on_each_with_users(|shop| {
        shop.ok(&["upgrade", "head"]);
        shop.execute("INSERT INTO users (id, email) VALUES (7, 'a@b.c')");
        test(shop);
    });
}

#[test]
fn a_table_is_added_reviewed_tried_and_taken_back() {
    each(|shop| {
        // 1. Before: where is the database, is anything pending?
        let first = shop.revisions()[0].clone();
        assert_eq!(shop.ok(&["current"]).out, format!("{first} (head) (applied)\n"));
        shop.ok(&["check", "--database"]);
        // 2. and 3. The models change; the migration is generated.
        shop.models(&format!("{USER}{NOTIFICATION}"));
        let run = shop.run(&["check"]);
        assert_eq!(run.code, 3);
        assert!(run.err.contains("diesel-autogen generate -m"), "{}", run.err);
        let run = shop.ok(&["revision", "--autogenerate", "-m", "add_notification_table"]);
        assert!(
            run.out.contains("next: review it, then run diesel-autogen upgrade"),
            "{}",
            run.out
        );
        // 4. Review: tables, types, indexes, keys, defaults, and the way back.
        let name = shop.revisions()[1].clone();
        assert!(name.ends_with("_add_notification_table"), "{name}");
        let shown = shop.ok(&["show", "head"]).out.replace('`', "");
        for part in
            ["CREATE TABLE notifications", "by_user", "ON DELETE CASCADE", "'new'", "DROP TABLE"]
        {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        // "Target database is not up to date": pending revisions are named, with the command.
        let run = shop.run(&["current"]);
        assert_eq!(run.code, 3);
        assert!(run.out.contains(&format!("{name} (head) (pending)")), "{}", run.out);
        assert!(run.err.contains("1 pending: run diesel-autogen upgrade"), "{}", run.err);
        // 6. Apply, verify, take back, apply again.
        shop.ok(&["upgrade", "head"]);
        assert_eq!(shop.ok(&["current"]).out, format!("{name} (head) (applied)\n"));
        shop.execute("INSERT INTO notifications (user_id) VALUES (7)");
        assert_eq!(shop.rows("SELECT state AS value FROM notifications"), [Some("new".to_owned())]);
        let run = shop.run(&["downgrade", "-1"]);
        assert_eq!(run.code, 5, "{run:?}");
        assert!(run.err.contains("would lose 1 row of notifications"), "{}", run.err);
        shop.ok(&["downgrade", "-1", "--allow-loss", "notifications"]);
        assert!(shop.columns("notifications").is_empty());
        shop.ok(&["upgrade", "head"]);
        shop.ok(&["verify"]);
        shop.ok(&["check", "--database", "--heads"]);
        assert_eq!(shop.rows("SELECT email AS value FROM users"), [Some("a@b.c".to_owned())]);
        // "Don't use \"update\" or \"changes\"".
        for message in ["update", "changes"] {
            assert_eq!(shop.run(&["generate", "-m", message]).code, 2);
        }
    });
}

#[test]
fn data_is_filled_and_what_destroys_it_must_be_allowed() {
    each(|shop| {
        // NOT NULL at once is refused while there are rows; with a value for them it is filled.
        let required = USER_WITH_BIO.replace("Option<String>", "String");
        shop.models(&required);
        let run = shop.run(&["generate", "-m", "add user bio"]);
        assert_eq!(run.code, 4);
        assert!(run.err.contains("backfill"), "{}", run.err);
        shop.models(
            &required.replace("pub bio", "#[column(backfill = \"'default'\")]\n    pub bio"),
        );
        shop.ok(&["generate", "-m", "add user bio"]);
        shop.ok(&["upgrade"]);
        assert_eq!(shop.rows("SELECT bio AS value FROM users"), [Some("default".to_owned())]);
        // A rename is no drop, and a drop must be allowed by name.
        shop.models(&required.replace("pub bio", "pub about"));
        let run = shop.run(&["generate", "-m", "bio is about"]);
        assert_eq!(run.code, 4);
        assert!(run.err.contains("--rename users.bio:about"), "{}", run.err);
        shop.ok(&["generate", "-m", "bio is about", "--rename", "users.bio:about"]);
        shop.ok(&["upgrade"]);
        assert_eq!(shop.rows("SELECT about AS value FROM users"), [Some("default".to_owned())]);
        shop.models(USER);
        let run = shop.run(&["generate", "-m", "drop user about"]);
        assert_eq!(run.code, 5);
        assert!(run.err.contains("--allow-loss users.about"), "{}", run.err);
        shop.ok(&["generate", "-m", "drop user about", "--allow-loss", "users.about"]);
        let run = shop.ok(&["history", "--verbose"]);
        assert!(run.out.contains("loses data"), "{}", run.out);
    });
}

#[test]
fn conflicts_and_errors_have_a_message_that_ends_them() {
    each(|shop| {
        // 7. Two branches met: history, heads, merge.
        let team = "\n#[derive(Model)]\npub struct Team {\n    pub id: i64,\n}\n";
        let met = Team::new(
            shop,
            ("add user bio", USER_WITH_BIO),
            ("add teams", &format!("{USER}{team}")),
            &format!("{USER_WITH_BIO}{team}"),
        );
        let Team { shop, left, right, .. } = &met;
        let run = shop.run(&["upgrade", "head"]);
        assert_eq!(run.code, 6);
        assert!(
            run.err.contains("there are 2 heads") && run.err.contains("merge heads -m"),
            "{}",
            run.err
        );
        let run = shop.ok(&["history", "--verbose"]);
        assert!(run.out.contains("add column users.bio") && run.out.contains("create table teams"));
        assert_eq!(shop.ok(&["heads"]).out.lines().count(), 2);
        shop.ok(&["merge", "heads", "-m", "merge_migration_heads"]);
        assert_eq!(shop.ok(&["heads"]).out.lines().count(), 1);
        shop.ok(&["upgrade", "head"]);
        shop.ok(&["check", "--database", "--heads"]);

        // "Can't locate revision": the branch that had it is gone.
        for name in [left, right, shop.revisions().last().unwrap()] {
            std::fs::remove_dir_all(shop.path().join("migrations").join(name)).unwrap();
        }
        std::fs::remove_file(shop.path().join("migrations/schema.toml")).unwrap();
        shop.ok(&["init"]);
        let run = shop.run(&["upgrade", "head"]);
        assert_eq!(run.code, 6);
        assert!(
            run.err.contains("that is not on disk") && run.err.contains("--purge"),
            "{}",
            run.err
        );
        shop.execute("ALTER TABLE users DROP COLUMN bio; DROP TABLE teams");
        shop.ok(&["stamp", "head", "--purge"]);
        shop.models(USER);
        shop.ok(&["check", "--database", "--heads"]);
        assert_eq!(shop.rows("SELECT email AS value FROM users"), [Some("a@b.c".to_owned())]);
        // A broken chain: a directory that somebody deleted.
        shop.models(USER_WITH_BIO);
        shop.ok(&["generate", "-m", "add user bio"]);
        let first = shop.revisions()[0].clone();
        std::fs::remove_dir_all(shop.path().join("migrations").join(&first)).unwrap();
        let run = shop.run(&["history"]);
        assert_eq!(run.code, 6);
        assert!(run.err.contains("which is not on disk: restore its directory"), "{}", run.err);
    });
}
