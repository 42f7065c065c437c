//! Whether what a database ran is what is on disk, and in which order it ran.

use super::shop::{Shop, USER, USER_WITH_BIO, on_each_with_users};
use super::team::Team;

const URL: [&str; 2] = ["--database-url", "shop.db"];

fn with<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &URL].concat()
}

#[test]
fn an_applied_revision_that_was_edited_is_an_error_until_it_is_owned_up_to() {
    on_each_with_users(|shop| {
        shop.ok(&["upgrade"]);
        let first = shop.revisions()[0].clone();
        let up = format!("migrations/{first}/up.sql");
        let text = shop.read(&up);
        // Another setting of line ends is no edit.
        shop.write(&up, &text.replace('\n', "\r\n"));
        shop.ok(&["upgrade"]);
        shop.write(&up, &format!("{text}CREATE TABLE more (x INTEGER);\n"));
        shop.models(USER_WITH_BIO);
        shop.ok(&["generate", "-m", "add user bio"]);
        let run = shop.run(&["upgrade"]);
        assert_eq!(run.code, 6, "{run:?}");
        assert!(run.err.contains(&format!("`{up}` is not what this database ran")), "{}", run.err);
        assert_eq!(shop.columns("users"), ["email", "id"]);
        let run = shop.run(&["current"]);
        assert_eq!(run.code, 6, "{run:?}");
        assert!(run.err.contains(&format!("`{up}` is not what this database ran")), "{}", run.err);
        assert_eq!(shop.json(&["current"])["edited"][0], first.as_str());
        let url = shop.url();
        let run = shop.run(&["upgrade", "--sql", "--database-url", &url]);
        assert_eq!(run.code, 6, "{run:?}");

        shop.execute("CREATE TABLE more (x INTEGER)");
        shop.ok(&["stamp", "current"]);
        shop.ok(&["upgrade"]);
        assert_eq!(shop.columns("users"), ["bio", "email", "id"]);
    });
}

#[test]
fn what_diesel_ran_has_no_checksum_and_is_believed() {
    use diesel_migrations::{FileBasedMigrations, MigrationHarness};
    let shop = Shop::with_users();
    let mut database = shop.database();
    let source = || FileBasedMigrations::from_path(shop.path().join("migrations")).unwrap();
    database.sqlite().unwrap().run_pending_migrations(source()).unwrap();
    let up = format!("migrations/{}/up.sql", shop.revisions()[0]);
    let text = shop.read(&up);
    shop.write(&up, &format!("{text}-- edited\n"));
    shop.ok(&with(&["upgrade"]));

    // Ours is not believed any more once Diesel reverted it and applied it again.
    shop.ok(&with(&["redo"]));
    assert_eq!(shop.database().checksums().unwrap().len(), 1);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    database.sqlite().unwrap().revert_last_migration(source()).unwrap();
    shop.write(&up, &text);
    database.sqlite().unwrap().run_pending_migrations(source()).unwrap();
    assert!(shop.database().checksums().unwrap().is_empty());
    shop.ok(&with(&["upgrade"]));
}

#[test]
fn a_revision_that_was_applied_by_us_is_forgotten_when_it_is_reverted() {
    on_each_with_users(|shop| {
        shop.ok(&["upgrade"]);
        let up = format!("migrations/{}/up.sql", shop.revisions()[0]);
        let text = shop.read(&up);
        shop.write(&up, &format!("{text}-- edited before it is run again\n"));
        for command in ["downgrade", "redo"] {
            let run = shop.run(&[command, "-1"]);
            assert_eq!(run.code, 6, "{run:?}");
            assert!(run.err.contains("is not what this database ran"), "{}", run.err);
            assert!(run.err.contains("run it again with --allow-edited"), "{}", run.err);
            assert_eq!(shop.columns("users"), ["email", "id"]);
        }
        let run = shop.ok(&["downgrade", "-1", "--allow-edited"]);
        assert!(run.err.contains("is not what this database ran"), "{}", run.err);
        assert!(shop.columns("users").is_empty());
        shop.ok(&["upgrade"]);
        assert_eq!(shop.columns("users"), ["email", "id"]);
    });
}

#[test]
fn an_older_revision_is_applied_after_a_newer_one_only_if_that_is_allowed() {
    on_each_with_users(|shop| {
        let right = format!("{USER}\n#[derive(Model)]\npub struct Team {{\n    pub id: i64,\n}}\n");
        let team = Team::new(shop, ("add user bio", USER_WITH_BIO), ("add teams", &right), &right);
        let Team { shop, left, right, .. } = &team;
        shop.ok(&["upgrade", right]);
        shop.execute("INSERT INTO users (email) VALUES ('a@b.c')");
        let run = shop.run(&["current"]);
        let text =
            format!("`{left}` is pending, but `{right}`, which runs after it, is applied already");
        assert!(run.err.contains(&text), "{}", run.err);
        let url = shop.url();
        let offline = ["--sql", "--database-url", &url];
        let between = format!("{right}:heads");
        for (target, more) in [
            ("heads", &[][..]),
            (left, &[]),
            ("+1", &[]),
            ("heads", &offline),
            (&between, &["--sql"]),
        ] {
            let run = shop.run(&[&["upgrade", target], more].concat());
            assert_eq!(run.code, 6, "{run:?}");
            assert!(
                run.err.contains(&text) && run.err.contains("--allow-out-of-order"),
                "{}",
                run.err
            );
            assert_eq!(shop.columns("users"), ["email", "id"]);
        }
        let run = shop.ok(&["upgrade", "heads", "--allow-out-of-order"]);
        assert!(run.err.contains(&text), "{}", run.err);
        assert_eq!(shop.columns("users"), ["bio", "email", "id"]);
        assert_eq!(shop.rows("SELECT email AS value FROM users"), [Some("a@b.c".to_owned())]);
    });
}
