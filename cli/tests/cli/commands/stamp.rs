//! Noting revisions without running them, and migrations as text for the engine's shell.

use diesel_autogen_schema::Dialect;

use super::shell::shell;
use super::shop::{Shop, USER, USER_WITH_BIO, on_each_with_users};
use super::team::{Team, version};

const URL: [&str; 2] = ["--database-url", "shop.db"];

fn with<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &URL].concat()
}

fn two() -> Shop {
    two_from(Shop::with_users())
}

fn two_from(shop: Shop) -> Shop {
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    shop
}

fn applied(shop: &Shop) -> Vec<String> {
    shop.database().applied().unwrap()
}

#[test]
fn stamp_notes_and_forgets_and_runs_nothing() {
    on_each_with_users(|shop| {
        let shop = two_from(shop);
        let [first, second] = &shop.revisions()[..] else { panic!() };
        let run = shop.ok(&["stamp", "head"]);
        assert_eq!(run.out, format!("noted {first}\nnoted {second}\n"));
        assert!(shop.columns("users").is_empty());
        assert_eq!(applied(&shop), [version(first), version(second)]);
        assert!(shop.ok(&["upgrade"]).out.starts_with("nothing to apply"));
        assert!(shop.ok(&["stamp", "head"]).out.starts_with("nothing to note"));

        let run = shop.ok(&["stamp", "current-1"]);
        assert_eq!(run.out, format!("forgot {second}\n"));
        let report = shop.json(&["stamp", "base"]);
        assert_eq!(report["forgotten"][0], version(first));
        assert!(applied(&shop).is_empty());
        shop.ok(&["stamp", "add_users"]);
        assert_eq!(applied(&shop), [version(first)]);
    });
}

#[test]
fn a_stamp_that_fails_leaves_the_table_as_it_was() {
    on_each_with_users(|shop| {
        let shop = two_from(shop);
        shop.ok(&["upgrade"]);
        let before = applied(&shop);
        for target in ["nope", "2026-99", "head+1"] {
            for purge in [&[][..], &["--purge"]] {
                let run = shop.run(&[&["stamp", target], purge].concat());
                assert_eq!(run.code, 2, "{run:?}");
                assert_eq!(applied(&shop), before);
            }
        }
        // One that fails in the middle of writing.
        let fails = match shop.database().engine() {
            Dialect::Sqlite => "BEGIN SELECT RAISE(ABORT, 'full'); END",
            Dialect::Mysql => "FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'full'",
            Dialect::Postgres => {
                shop.execute(
                    "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE \
                 EXCEPTION 'full'; END $$",
                );
                "FOR EACH ROW EXECUTE FUNCTION no()"
            }
        };
        let sums = shop.database().checksums().unwrap();
        shop.execute(&format!(
            "CREATE TRIGGER no BEFORE INSERT ON __diesel_autogen_applied {fails}"
        ));
        let run = shop.run(&["stamp", "add_users"]);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(run.err.contains("full"), "{}", run.err);
        assert_eq!(applied(&shop), before);
        assert_eq!(shop.database().checksums().unwrap(), sums);
    });
}

#[test]
fn a_revision_that_is_gone_is_forgotten_with_purge_only() {
    on_each_with_users(|shop| {
        let shop = two_from(shop);
        shop.ok(&["upgrade"]);
        shop.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000000')");
        let run = shop.run(&["upgrade"]);
        assert_eq!(run.code, 6);
        assert!(run.err.contains("diesel-autogen stamp REVISION --purge"), "{}", run.err);
        let run = shop.run(&["current"]);
        assert_eq!(run.code, 6);
        assert!(run.err.contains("diesel-autogen stamp REVISION --purge"), "{}", run.err);
        let run = shop.run(&["stamp", "head"]);
        assert_eq!(run.code, 6);
        assert!(
            run.err.contains("forget it with diesel-autogen stamp head --purge"),
            "{}",
            run.err
        );
        let run = shop.ok(&["stamp", "head", "--purge"]);
        assert_eq!(run.out, "forgot 20990101000000\n");
        shop.ok(&["upgrade"]);
    });
}

#[test]
fn stamps_of_a_branch_leave_the_other_alone() {
    on_each_with_users(|shop| {
        let right = format!("{USER}\n#[derive(Model)]\npub struct Team {{\n    pub id: i64,\n}}\n");
        let team = Team::new(shop, ("add user bio", USER_WITH_BIO), ("add teams", &right), &right);
        let Team { shop, base, left, right, .. } = &team;
        shop.ok(&["stamp", left]);
        shop.ok(&["stamp", right]);
        assert_eq!(applied(shop), [base, left, right].map(|it| version(it)));
        shop.ok(&["stamp", left, "--purge"]);
        assert_eq!(applied(shop), [base, left].map(|it| version(it)));
        shop.ok(&["stamp", base]);
        assert_eq!(applied(shop), [version(base)]);
        shop.ok(&["stamp", left, right]);
        assert_eq!(applied(shop).len(), 3);
        shop.ok(&["stamp", "base"]);
        shop.ok(&["stamp", "heads"]);
        assert_eq!(applied(shop).len(), 3);
        shop.ok(&["stamp", &format!("{left}@base")]);
        assert_eq!(applied(shop), [base, right].map(|it| version(it)));
        shop.ok(&["stamp", "add_user_bio@head"]);
        assert_eq!(applied(shop).len(), 3);
        shop.ok(&["stamp", "add_teams@-1"]);
        assert_eq!(applied(shop), [base, left].map(|it| version(it)));
        // What is on the way to another target, or cannot be one with it.
        for targets in [[base.as_str(), left], [left, base], ["base", "heads"]] {
            let run = shop.run(&[&["stamp"], &targets[..]].concat());
            assert_eq!(run.code, 2, "{run:?}");
            assert!(run.err.contains("so they are one target and not two"), "{}", run.err);
        }
        shop.ok(&["stamp", right, right]);
        assert_eq!(applied(shop).len(), 3);
    });
}

/// A package with a third revision, which on SQLite brings its own transaction because it makes a
/// table anew, and one by hand whose last statement nobody ended.
fn four(shop: Shop) -> Shop {
    let shop = two_from(shop);
    let checked = "#[column(check = \"email <> ''\")]\n    pub email: String";
    shop.models(&USER_WITH_BIO.replace("pub email: String", checked));
    shop.ok(&["generate", "-m", "no empty emails"]);
    let by_hand = "migrations/2090-01-01-000000_by_hand";
    shop.write(&format!("{by_hand}/up.sql"), "CREATE TABLE notes (x INTEGER) -- here");
    shop.write(&format!("{by_hand}/down.sql"), "DROP TABLE notes");
    shop
}

#[test]
fn sql_for_the_shell_leads_where_the_program_leads() {
    on_each_with_users(|shop| {
        let shop = four(shop);
        let third = shop.revisions()[2].clone();
        shop.ok(&["upgrade"]);
        let expected = shop.database().dump().unwrap().to_string();
        shop.ok(&["downgrade", "base"]);
        let up = shop.ok(&["upgrade", "--sql"]);
        assert!(up.err.contains("nothing was run"), "{}", up.err);
        let Some(success) = shell(&shop, &up.out) else { return };
        assert!(success, "{}", up.out);
        assert_eq!(shop.database().dump().unwrap().to_string(), expected);
        let current = shop.ok(&["current"]);
        assert!(current.out.contains("by_hand (head) (applied)"), "{}", current.out);
        assert!(shop.ok(&["upgrade"]).out.starts_with("nothing to apply"));
        assert_eq!(shop.database().checksums().unwrap().len(), 4);
        // And back, by ranges, also such as begin where the database is.
        let url = shop.url();
        let run = |arguments: &[&str], count: usize| {
            let (command, rest) = arguments.split_at(1);
            let run = shop.ok(&[command, &["--sql", "--database-url", &url], rest].concat());
            let named = ["\n-- apply ", "\n-- revert "].map(|it| run.out.matches(it).count());
            assert_eq!(named.iter().sum::<usize>(), count, "{}", run.out);
            assert_eq!(shell(&shop, &run.out), Some(true), "{}", run.out);
        };
        run(&["downgrade", "head:add_user_bio"], 2);
        assert_eq!(shop.columns("notes"), [""; 0]);
        run(&["upgrade", "add_user_bio:+1"], 1);
        run(&["downgrade", "current:current-1"], 1);
        run(&["upgrade", "current:head"], 2);
        run(&["downgrade", &format!("current:{third}")], 1);
        run(&["upgrade", "--", "-1:head"], 1);
        run(&["downgrade", "current:base"], 4);
        assert_eq!(applied(&shop), [""; 0]);
        assert!(shop.columns("users").is_empty());
        // Notes alone.
        run(&["stamp", "add_user_bio"], 0);
        assert_eq!(applied(&shop).len(), 2);
        assert_eq!(shop.database().checksums().unwrap().len(), 2);
        run(&["stamp", "current-1"], 0);
        assert_eq!(applied(&shop).len(), 1);
        assert!(shop.columns("users").is_empty(), "a stamp ran a migration");
    });
    let shop = two();
    let run = shop.run(&["downgrade", "base", "--sql"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("downgrade head:base --sql"), "{}", run.err);
    // Relative to what, if no database is named?
    for command in
        [&["upgrade", "current:head"][..], &["downgrade", "current:base"], &["stamp", "current"]]
    {
        let run = shop.run(&[command, &["--sql"]].concat());
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.err.contains("name it with --database-url"), "{}", run.err);
    }
    let run = shop.run(&["upgrade", "-3:current", "--sql"]);
    assert!(run.err.contains("use '-- -3'"), "{}", run.err);
}

#[test]
fn steps_are_counted_from_the_database_by_whatever_command_takes_a_revision() {
    let shop = four(Shop::with_users());
    shop.ok(&with(&["upgrade", "+3"]));
    assert!(shop.ok(&with(&["show", "-1"])).out.contains("add_user_bio"));
    assert!(shop.ok(&with(&["show", "+1"])).out.contains("by_hand"));
    let run = shop.run(&with(&["diff", "-1", "current"]));
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.out.contains("email <> ''"), "{}", run.out);
    let run = shop.run(&with(&["merge", "current", "-1", "-m", "join these"]));
    assert!(run.err.contains("so there is nothing to join"), "{}", run.err);
    let run = shop.run(&["squash", "-1:current", "-m", "users of 2026"]);
    assert!(run.err.contains("name it with --database-url"), "{}", run.err);
    let run = shop.ok(&with(&["squash", "-2:current", "-m", "users of 2026"]));
    assert!(run.out.starts_with("3 revisions are one now"), "{}", run.out);
}

#[test]
fn a_script_that_fails_in_the_shell_leaves_whole_migrations_behind() {
    on_each_with_users(|shop| {
        let shop = two_from(shop);
        let name = "2090-01-01-000000_broken";
        let up = "CREATE TABLE half (x INTEGER); SELECT nonsense; CREATE TABLE other (x INTEGER);";
        shop.write(&format!("migrations/{name}/up.sql"), up);
        let script = shop.ok(&["upgrade", "--sql"]).out;
        let Some(success) = shell(&shop, &script) else { return };
        assert!(!success);
        assert_eq!(shop.columns("users"), ["bio", "email", "id"]);
        let there =
            |table: &str| shop.database().rows(&format!("SELECT count(*) FROM {table}")).is_ok();
        // There every statement about tables commits.
        let is_mysql = shop.database().engine() == Dialect::Mysql;
        assert_eq!((there("half"), there("other")), (is_mysql, false));
        assert_eq!(applied(&shop).len(), 2);
    });
}

#[test]
fn sql_starts_where_the_named_database_is() {
    let shop = two();
    shop.ok(&with(&["upgrade", "+1"]));
    let script = shop.ok(&with(&["upgrade", "--sql"])).out;
    assert_eq!(script.matches("-- apply ").count(), 1, "{script}");
    let script = shop.ok(&with(&["downgrade", "base", "--sql"])).out;
    assert_eq!(script.matches("-- revert ").count(), 1, "{script}");
}
