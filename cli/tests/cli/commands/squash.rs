//! Several revisions become one.

use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use super::shop::{Shop, USER, USER_WITH_BIO, on_each_with_users};
use super::team::{Team, version};

const URL: [&str; 2] = ["--database-url", "shop.db"];

fn with<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &URL].concat()
}

/// A table, a column that comes and gets another name, and a table that is made anew.
fn three() -> Shop {
    three_from(Shop::with_users())
}

fn three_from(shop: Shop) -> Shop {
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    shop.models(
        &USER_WITH_BIO.replace("pub email", "#[column(check = \"email <> ''\")]\n    pub email"),
    );
    shop.ok(&["generate", "-m", "no empty emails"]);
    shop
}

fn dump(shop: &Shop) -> String {
    shop.database().dump().unwrap().to_string()
}

fn applied(shop: &Shop) -> Vec<String> {
    shop.database().applied().unwrap()
}

#[test]
fn one_revision_leads_where_three_led_and_databases_are_recognised() {
    on_each_with_users(|shop| {
        let shop = three_from(shop);
        let old = shop.revisions();
        shop.ok(&["upgrade"]);
        shop.execute("INSERT INTO users (id, email) VALUES (7, 'a@b.c')");
        let expected = dump(&shop);
        let run = shop.ok(&["squash", "base:head", "-m", "users of 2026"]);
        assert!(run.out.starts_with("3 revisions are one now: "), "{}", run.out);
        let [one] = &shop.revisions()[..] else { panic!("{:?}", shop.revisions()) };
        assert_eq!(version(one), version(&old[2]));
        assert!(one.ends_with("_users_of_2026"));
        shop.ok(&["check"]);
        shop.ok(&["verify"]);
        assert!(shop.ok(&["show"]).out.contains(&format!("replaces {}", version(&old[0]))));

        // The database that has all of them.
        assert_eq!(shop.ok(&["current"]).out, format!("{one} (head) (applied)\n"));
        shop.ok(&["check", "--database"]);
        let run = shop.ok(&["upgrade"]);
        assert!(run.out.starts_with("nothing to apply"), "{}", run.out);
        assert!(run.err.contains(&format!("has applied all that `{one}` replaces")), "{}", run.err);
        assert_eq!(applied(&shop), [version(one)]);
        assert_eq!(shop.ok(&["upgrade"]).err, "");
        assert_eq!(dump(&shop), expected);
        assert_eq!(shop.rows("SELECT email AS value FROM users"), [Some("a@b.c".to_owned())]);
        shop.ok(&["downgrade", "base", "--allow-loss", "users"]);
        assert!(applied(&shop).is_empty() && shop.columns("users").is_empty());
        // An empty one.
        shop.ok(&["upgrade"]);
        assert_eq!(dump(&shop), expected);
        // Work goes on.
        shop.models(&USER_WITH_BIO.replace("pub bio", "pub age: Option<i32>,\n    pub bio"));
        shop.ok(&["generate", "-m", "add user age"]);
        shop.ok(&["upgrade"]);
    });
}

#[test]
fn diesel_takes_a_database_of_before_for_up_to_date() {
    let shop = three();
    let source = || FileBasedMigrations::from_path(shop.path().join("migrations")).unwrap();
    let mut database = shop.database();
    database.sqlite().unwrap().run_pending_migrations(source()).unwrap();
    shop.ok(&["squash", "base:head", "-m", "users of 2026"]);
    assert!(!database.sqlite().unwrap().has_pending_migration(source()).unwrap());
    assert_eq!(applied(&shop).len(), 3);
    shop.ok(&with(&["current"]));
    shop.ok(&with(&["stamp", "head"]));
    assert_eq!(applied(&shop).len(), 1);
}

#[test]
fn a_database_halfway_is_told_to_get_the_rest_first() {
    on_each_with_users(|shop| {
        let shop = three_from(shop);
        shop.ok(&["upgrade", "+2"]);
        let before = dump(&shop);
        shop.ok(&["squash", "base:head", "-m", "users of 2026"]);
        for command in [&["upgrade"][..], &["downgrade"], &["current"], &["stamp", "head"]] {
            let run = shop.run(command);
            assert_eq!(run.code, 6, "{run:?}");
            assert!(run.err.contains("has 2 of the 3 revisions that"), "{}", run.err);
            assert!(!run.err.contains("--purge"), "{}", run.err);
        }
        assert_eq!(dump(&shop), before);
    });
}

#[test]
fn a_part_is_squashed_and_what_follows_it_stays() {
    let shop = three();
    let old = shop.revisions();
    shop.ok(&["squash", "add_users:add_user_bio", "-m", "users with a bio"]);
    let now = shop.revisions();
    assert_eq!(now[1], old[2]);
    assert_eq!(version(&now[0]), version(&old[1]));
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    shop.ok(&["squash", "base:head", "-m", "users of 2026"]);
    let metadata = shop.read(&format!("migrations/{}/metadata.toml", shop.revisions()[0]));
    let replaces = format!("replaces = [\"{}\", \"{}\"]", version(&old[0]), version(&old[1]));
    assert!(metadata.contains(&replaces), "{metadata}");
    assert!(shop.ok(&["squash", "base:head", "-m", "users again"]).out.starts_with("nothing to"));
}

#[test]
fn what_facts_cannot_tell_is_not_squashed() {
    let shop = three();
    let by_hand = |up: &str| {
        shop.ok(&["generate", "-m", "by hand", "--empty"]);
        let name = shop.revisions().last().unwrap().clone();
        shop.write(&format!("migrations/{name}/up.sql"), up);
        shop.write(&format!("migrations/{name}/down.sql"), "SELECT 1;");
        name
    };
    let name = by_hand("INSERT INTO users (email) VALUES ('admin@b.c');");
    let run = shop.run(&["squash", "base:head", "-m", "users of 2026"]);
    assert_eq!(run.code, 6);
    assert!(run.err.contains(&format!("what `{name}` does is not recorded yet")), "{}", run.err);
    shop.models(
        &USER_WITH_BIO.replace("pub email", "#[column(check = \"email <> ''\")]\n    pub email"),
    );
    shop.ok(&["generate", "-m", "learn it"]);
    let before = shop.files();
    let run = shop.run(&["squash", "base:head", "-m", "users of 2026"]);
    assert_eq!(run.code, 6);
    assert!(
        run.err.contains("would not lead where the 4 led") && run.err.contains("rows have"),
        "{}",
        run.err
    );
    assert_eq!(shop.files(), before);
}

/// A column that took two names on the way, beside one that went and one that came.
#[test]
fn a_column_that_was_renamed_twice_is_renamed_once() {
    let shop = Shop::with_users();
    let generate = |model: &str, message: &str, allow: &[&str]| {
        shop.models(model);
        shop.ok(&[&["generate", "-m", message], allow].concat());
    };
    let renamed = |from: &str, to: &str| {
        USER.replace("pub email", &format!("#[column(renamed_from = \"{from}\")]\n    pub {to}"))
    };
    let also = |model: String, field: &str| {
        model.replace("pub id: i64,", &format!("pub id: i64,\n    pub {field}: Option<String>,"))
    };
    generate(&also(USER.to_owned(), "nick"), "add nick", &[]);
    generate(&also(renamed("email", "mail"), "nick"), "email is mail", &[]);
    generate(&renamed("email", "mail"), "drop nick", &["--allow-loss", "users.nick"]);
    generate(&also(renamed("mail", "address"), "phone"), "mail is address", &[]);
    shop.ok(&with(&["upgrade", "add_nick"]));
    shop.execute("INSERT INTO users (id, email, nick) VALUES (7, 'a@b.c', 'ann')");
    shop.ok(&["squash", "email_is_mail:head", "-m", "email is an address"]);
    let name = shop.revisions().last().unwrap().clone();
    let up = shop.read(&format!("migrations/{name}/up.sql"));
    assert!(up.contains("RENAME COLUMN email TO address"), "{up}");
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    shop.ok(&with(&["upgrade"]));
    assert_eq!(shop.columns("users"), ["address", "id", "phone"]);
    assert_eq!(shop.rows("SELECT address AS value FROM users"), [Some("a@b.c".to_owned())]);
    shop.ok(&with(&["downgrade", "-1"]));
    assert_eq!(shop.rows("SELECT email AS value FROM users"), [Some("a@b.c".to_owned())]);
    shop.ok(&["squash", "base:head", "-m", "users with an address"]);
    shop.ok(&["check"]);
}

#[test]
fn branches_are_not_squashed() {
    let right = format!("{USER}\n#[derive(Model)]\npub struct Team {{\n    pub id: i64,\n}}\n");
    let both = right.replacen(
        "pub email: String,\n",
        "pub email: String,\n    pub bio: Option<String>,\n",
        1,
    );
    let team = Team::new(
        Shop::with_users(),
        ("add user bio", USER_WITH_BIO),
        ("add teams", &right),
        &both,
    );
    let Team { shop, base, .. } = &team;
    shop.ok(&["merge", "heads", "-m", "join bio and teams"]);
    let before = shop.files();
    for range in ["base:head", "add_users:add_teams"] {
        let run = shop.run(&["squash", range, "-m", "users and teams"]);
        assert_eq!(run.code, 6, "{run:?}");
        assert!(run.err.contains(base.as_str()), "{}", run.err);
    }
    assert_eq!(shop.files(), before);
}
