use diesel_autogen_database::Database;

use super::shop::{Shop, USER, USER_WITH_BIO};

/// Two revisions, and a database at the base.
fn two() -> Shop {
    let shop = Shop::with_users();
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    shop
}

const URL: [&str; 2] = ["--database-url", "shop.db"];

fn with<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &URL].concat()
}

#[test]
fn a_database_goes_up_and_down_and_keeps_its_rows() {
    let shop = two();
    let run = shop.ok(&with(&["upgrade", "+1"]));
    assert_eq!(run.out, format!("applied {}\n", shop.revisions()[0]));
    assert!(run.err.contains("applying "), "{}", run.err);
    assert_eq!(shop.columns("users"), ["email", "id"]);
    shop.execute("INSERT INTO users (id, email) VALUES (7, 'a@b.c')");

    shop.ok(&with(&["upgrade"]));
    assert_eq!(shop.columns("users"), ["bio", "email", "id"]);
    let rows = "SELECT id || email AS value FROM users";
    assert_eq!(shop.rows(rows), [Some("7a@b.c".to_owned())]);
    let again = shop.ok(&with(&["run"]));
    assert!(again.out.starts_with("nothing to apply: the database is at "), "{}", again.out);

    let run = shop.ok(&with(&["downgrade", "-1"]));
    assert_eq!(run.out, format!("reverted {}\n", shop.revisions()[1]));
    assert_eq!(shop.columns("users"), ["email", "id"]);
    assert_eq!(shop.rows(rows), [Some("7a@b.c".to_owned())]);

    let run = shop.run(&with(&["downgrade", "base"]));
    assert_eq!(run.code, 5, "{run:?}");
    assert_eq!(shop.columns("users"), ["email", "id"]);
    let report = shop.json(&with(&["downgrade", "base", "--allow-loss", "users"]));
    assert_eq!(report["reverted"][0], shop.revisions()[0].as_str());
    assert!(shop.columns("users").is_empty());
    let run = shop.ok(&with(&["downgrade", "base"]));
    assert_eq!(run.out, "nothing to revert: the database is at base\n");
}

#[test]
fn revisions_are_addressed_by_version_prefix_and_name() {
    let shop = two();
    let [first, second] = &shop.revisions()[..] else { panic!() };
    let version = second.split('_').next().unwrap();
    shop.ok(&with(&["upgrade", first]));
    assert_eq!(shop.columns("users"), ["email", "id"]);
    shop.ok(&with(&["upgrade", version]));
    assert_eq!(shop.columns("users"), ["bio", "email", "id"]);
    shop.ok(&with(&["revert", "add_users"]));
    assert_eq!(shop.columns("users"), ["email", "id"]);
    for (arguments, expected) in [
        (&["upgrade", "20"][..], "`20` is the beginning of 2 revisions"),
        (&["upgrade", "ad_users"], "did you mean `"),
        (&["upgrade", "+5"], "only 1 revision is pending, so +5 goes too far"),
        (&["upgrade", "base"], "run diesel-autogen downgrade base"),
        (&["upgrade", "-1"], "run diesel-autogen downgrade -1"),
        (&["downgrade", "add_user_bio"], "is not applied to this database"),
        (&["downgrade", "-2"], "only 1 revision is applied"),
        (&["downgrade", "head"], "run diesel-autogen upgrade head"),
    ] {
        let run = shop.run(&with(arguments));
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.err.contains(expected), "{}", run.err);
    }
    assert_eq!(shop.columns("users"), ["email", "id"]);
}

#[test]
fn an_empty_url_is_no_database() {
    let shop = two();
    let run = shop.run(&["upgrade", "--database-url", ""]);
    assert_eq!(run.code, 2);
    assert_eq!(run.err, "error: --database-url is empty: give the path of a database\n");
    shop.write(".env", "DATABASE_URL=\n");
    let run = shop.run(&["upgrade"]);
    assert_eq!(run.code, 2);
    assert!(run.err.starts_with("error: no database is named"), "{}", run.err);
}

#[test]
fn a_script_that_fails_is_named_as_it_lies_here() {
    let shop = two();
    shop.execute("CREATE TABLE users (id INTEGER PRIMARY KEY)");
    let run = shop.run(&with(&["upgrade"]));
    assert_eq!(run.code, 1);
    let first = &shop.revisions()[0];
    let expected = format!("error: `migrations/{first}/up.sql` failed: table users already exists");
    assert!(run.err.contains(&expected), "{}", run.err);
    std::fs::create_dir(shop.path().join("migrations/unfinished")).unwrap();
    let run = shop.run(&with(&["upgrade"]));
    assert!(run.err.starts_with("error: `migrations/unfinished` has no up.sql"), "{}", run.err);
}

#[test]
fn redo_reverts_and_applies() {
    let shop = two();
    shop.ok(&with(&["upgrade"]));
    shop.execute("INSERT INTO users (email, bio) VALUES ('a@b.c', 'x')");
    assert_eq!(shop.run(&with(&["redo"])).code, 5);
    let run = shop.ok(&with(&["redo", "--allow-loss", "users.bio"]));
    let second = &shop.revisions()[1];
    assert_eq!(run.out, format!("reverted {second}\napplied {second}\n"));
    assert_eq!(shop.rows("SELECT bio AS value FROM users"), [None]);
}

#[test]
fn current_and_history_know_what_is_applied() {
    let shop = two();
    let [first, second] = &shop.revisions()[..] else { panic!() };
    let run = shop.run(&with(&["current"]));
    assert_eq!(run.code, 3);
    assert!(run.out.starts_with("base: no revision is applied\n"), "{}", run.out);
    assert!(!shop.path().join("shop.db").exists(), "asking made a database");

    shop.ok(&with(&["upgrade", "+1"]));
    let run = shop.run(&with(&["current"]));
    assert_eq!(run.code, 3);
    assert_eq!(run.out, format!("{first} (applied)\n{second} (head) (pending)\n"));
    let run = shop.ok(&with(&["history", "--verbose"]));
    assert_eq!(
        run.out,
        format!(
            "{second} (head) (pending)\n    add column users.bio\n\
             {first} (applied)\n    create table users\n"
        )
    );
    let run = shop.ok(&["history"]);
    assert_eq!(run.out, format!("{second} (head)\n{first}\n"));
    shop.ok(&with(&["upgrade"]));
    assert_eq!(shop.ok(&with(&["current"])).out, format!("{second} (head) (applied)\n"));
    let report = shop.json(&with(&["history"]));
    assert_eq!(report["revisions"][0]["applied"], true);
    assert_eq!(report["revisions"][0]["head"], true);
    assert_eq!(report["revisions"][1]["message"], "add users");
}

#[test]
fn the_url_comes_from_the_environment_or_a_file() {
    let shop = two();
    let run = shop.run(&["upgrade"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("give --database-url, set DATABASE_URL"), "{}", run.err);
    shop.write(".env", "OTHER=1\nDATABASE_URL=shop.db\n");
    shop.ok(&["upgrade"]);
    assert_eq!(shop.columns("users"), ["bio", "email", "id"]);

    // The environment comes before the file, and the argument before both.
    let shop = shop.at("environment.db");
    shop.ok(&["upgrade", "+1"]);
    shop.ok(&["upgrade", "--database-url", "argument.db"]);
    let applied = |name: &str| {
        let path = shop.path().join(name);
        Database::open(path.to_str().unwrap()).unwrap().applied().unwrap().len()
    };
    assert_eq!(["shop.db", "environment.db", "argument.db"].map(applied), [2, 1, 2]);
}

#[test]
fn whole_versions_and_beginnings_of_them_are_walked_to() {
    let shop = two();
    let versions: Vec<String> = shop
        .revisions()
        .iter()
        .map(|name| name.split('_').next().unwrap().replace('-', ""))
        .collect();
    let [first, second] = &versions[..] else { panic!("{versions:?}") };
    // The last digit alone tells the two apart.
    shop.ok(&with(&["upgrade", first]));
    assert_eq!(shop.columns("users"), ["email", "id"]);
    shop.ok(&with(&["upgrade", second]));
    assert_eq!(shop.columns("users"), ["bio", "email", "id"]);
    shop.ok(&with(&["downgrade", first]));
    assert_eq!(shop.columns("users"), ["email", "id"]);
    shop.write("migrations/2099-12-31-000000_later/up.sql", "CREATE TABLE later (id INTEGER);");
    shop.write("migrations/2099-12-31-000000_later/down.sql", "DROP TABLE later;");
    shop.ok(&with(&["upgrade", "2099"]));
    assert_eq!(shop.columns("later"), ["id"]);
}

#[test]
fn commands_that_report_do_so_for_programs() {
    let shop = two();
    let upgraded = shop.json(&with(&["upgrade"]));
    assert_eq!(upgraded["applied"].as_array().map(Vec::len), Some(2), "{upgraded}");
    let redone = shop.json(&with(&["redo"]));
    assert_eq!(redone["reverted"], redone["applied"]);
    assert_eq!(redone["applied"][0], shop.revisions()[1].as_str());
    let heads = shop.json(&["heads"]);
    assert_eq!(heads["heads"].as_array().map(Vec::len), Some(1), "{heads}");
    let bare = Shop::bare(USER);
    let set_up = bare.json(&["init"]);
    assert_eq!(set_up["package"], "shop");
}

#[test]
fn a_revision_that_is_not_on_disk_is_named() {
    let shop = two();
    shop.ok(&with(&["upgrade"]));
    shop.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000000')");
    for command in ["upgrade", "downgrade", "redo"] {
        let run = shop.run(&with(&[command]));
        assert_eq!(run.code, 6, "{run:?}");
        assert!(
            run.err.contains("the database has revision 20990101000000 that is not on disk"),
            "{}",
            run.err
        );
    }
    assert_eq!(shop.run(&with(&["current"])).code, 6);
}

#[test]
fn a_revision_that_fails_leaves_the_rest() {
    let shop = two();
    shop.write("migrations/2090-01-01-000000_broken/up.sql", "CREATE TABLE a (id); NONSENSE;");
    shop.write("migrations/2090-01-01-000000_broken/down.sql", "DROP TABLE a;");
    let run = shop.run(&with(&["upgrade"]));
    assert_eq!(run.code, 1);
    assert_eq!(run.out.lines().count(), 2, "{}", run.out);
    assert!(run.err.contains("2090-01-01-000000_broken/up.sql` failed"), "{}", run.err);
    assert_eq!(shop.columns("users"), ["bio", "email", "id"]);
    assert!(shop.columns("a").is_empty());
}

#[test]
fn downgrading_a_database_that_is_not_there_makes_none() {
    let shop = two();
    let run = shop.run(&with(&["downgrade", "base"]));
    assert_eq!(run.code, 1);
    assert!(run.err.contains("database `shop.db` does not exist"), "{}", run.err);
    assert!(!shop.path().join("shop.db").exists());
}

#[test]
fn what_was_changed_beside_the_revisions_is_found() {
    let shop = Shop::with_users();
    let check = ["check", "--database", "--database-url", "shop.db"];
    let run = shop.run(&check);
    assert_eq!(run.code, 1, "there is none yet: {run:?}");
    shop.ok(&["upgrade", "--database-url", "shop.db"]);
    let run = shop.ok(&check);
    assert!(run.out.ends_with("\nthe database is what its revisions made\n"), "{run:?}");

    // What no model owns may come and go.
    shop.execute(
        "CREATE TABLE notes (id INTEGER PRIMARY KEY); ALTER TABLE users ADD COLUMN x TEXT",
    );
    shop.ok(&check);

    shop.execute("ALTER TABLE users RENAME COLUMN email TO mail");
    let run = shop.run(&check);
    assert_eq!(run.code, 3);
    assert!(
        run.out.contains("changed in the database beside its revisions: drop column users.email"),
        "{run:?}"
    );
    let report = shop.json(&check);
    assert_eq!(report["database"]["changed"][0], "drop column users.email");
    assert_eq!(report["in_sync"], true);

    shop.execute("ALTER TABLE users RENAME COLUMN mail TO email");
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    let run = shop.run(&check);
    assert_eq!(run.code, 3);
    let version = shop.revisions()[1][..17].replace('-', "");
    assert!(run.out.ends_with(&format!("revision {version} is pending\n")), "{run:?}");

    shop.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('20200101000000')");
    assert_eq!(shop.run(&check).code, 6);
}
