//! One command for a pipeline: models, snapshot, records, database, one head, nothing pending.

use super::shop::{Shop, USER, USER_WITH_BIO, on_each_with_users};
use super::team::Team;

const URL: [&str; 2] = ["--database-url", "shop.db"];

fn with<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &URL].concat()
}

#[test]
fn everything_is_looked_at_and_told_apart_by_exit_code() {
    let shop = Shop::with_users();
    shop.ok(&with(&["upgrade"]));
    let check = ["check", "--heads", "--database", "shop.db"];
    let run = shop.ok(&check);
    assert!(run.out.contains("the database is what its revisions made"), "{}", run.out);

    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    let run = shop.run(&check);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.err.contains("apply what is pending with diesel-autogen upgrade"), "{}", run.err);
    // One head alone, or also a database that has it, once one is named.
    shop.ok(&["check", "--heads"]);
    shop.ok(&with(&["check"]));
    assert_eq!(shop.run(&with(&["check", "--heads"])).code, 3);
    assert_eq!(shop.run(&with(&["current", "--check-heads"])).code, 3);
    let allowed = [&check[..], &["--allow-pending"]].concat();
    shop.ok(&allowed);
    // Somebody changed the database beside the revisions.
    shop.execute("ALTER TABLE users ADD COLUMN extra TEXT");
    shop.ok(&allowed);
    shop.execute("CREATE UNIQUE INDEX mine ON users (email)");
    shop.execute("ALTER TABLE users RENAME COLUMN email TO mail");
    let report = shop.json(&allowed);
    assert!(!report["database"]["changed"].as_array().unwrap().is_empty(), "{report}");
    assert_eq!(shop.run(&allowed).code, 3);
}

#[test]
fn a_deploy_on_each_engine_is_told_what_is_pending_and_what_was_changed_beside_the_revisions() {
    on_each_with_users(|shop| {
        let check = ["check", "--heads", "--database"];
        shop.ok(&["upgrade"]);
        shop.ok(&check);
        shop.models(USER_WITH_BIO);
        shop.ok(&["generate", "-m", "add user bio"]);
        let report = shop.json(&check);
        let pending = report["database"]["pending"].as_array().unwrap();
        assert_eq!(pending.len(), 1, "{report}");
        assert_eq!(shop.run(&check).code, 3);
        let allowed = [&check[..], &["--allow-pending"]].concat();
        shop.ok(&allowed);
        shop.ok(&["upgrade"]);
        shop.ok(&check);
        shop.execute("ALTER TABLE users ADD COLUMN extra INTEGER");
        shop.ok(&check);
        shop.execute("ALTER TABLE users RENAME COLUMN email TO mail");
        let report = shop.json(&check);
        assert!(!report["database"]["changed"].as_array().unwrap().is_empty(), "{report}");
        assert_eq!(shop.run(&check).code, 3);
    });
}

#[test]
fn edited_and_late_revisions_and_those_that_are_gone_are_a_conflict() {
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
    let Team { shop, left, right, .. } = &team;
    shop.ok(&with(&["upgrade", right]));
    // Two heads.
    assert_eq!(shop.run(&["check", "--heads"]).code, 6);
    shop.ok(&["rebase", right, "--database-url", "other.db"]);
    // The database has what is gone under its new name.
    let report = shop.json(&with(&["check", "--database"]));
    assert_eq!(report["database"]["not_on_disk"].as_array().unwrap().len(), 1, "{report}");
    assert_eq!(shop.run(&with(&["check", "--database"])).code, 6);
    shop.ok(&with(&["stamp", "add_users", "--purge"]));
    shop.execute("DROP TABLE teams");

    shop.ok(&with(&["upgrade"]));
    shop.execute("DELETE FROM __diesel_schema_migrations WHERE version LIKE (SELECT min(version) FROM __diesel_schema_migrations WHERE version > (SELECT min(version) FROM __diesel_schema_migrations))");
    shop.execute("ALTER TABLE users DROP COLUMN bio");
    let report = shop.json(&with(&["check", "--database"]));
    assert_eq!(report["database"]["out_of_order"].as_array().unwrap().len(), 1, "{report}");
    assert_eq!(shop.run(&with(&["check", "--database", "--allow-pending"])).code, 6);
    shop.ok(&with(&["upgrade", "--allow-out-of-order"]));
    shop.ok(&with(&["check", "--database"]));

    let up = format!("migrations/{left}/up.sql");
    let metadata = format!("migrations/{left}/metadata.toml");
    shop.write(&up, &format!("{}-- edited\n", shop.read(&up)));
    let owned: String = shop
        .read(&metadata)
        .lines()
        .filter(|it| !it.starts_with("up = "))
        .map(|it| format!("{it}\n"))
        .collect();
    shop.write(&metadata, &owned);
    let report = shop.json(&with(&["check", "--database"]));
    assert_eq!(report["database"]["edited"][0], left.as_str(), "{report}");
    assert_eq!(shop.run(&with(&["check", "--database"])).code, 6);
}

#[test]
fn github_gets_annotations() {
    let shop = Shop::with_users();
    shop.models(USER_WITH_BIO);
    let run = shop.run(&["check", "--format", "github"]);
    assert_eq!(run.code, 3);
    let expected = "::error file=src/lib.rs,line=7,col=9::column `users.bio` is not in the last \
                    migration (Text, nullable)\n";
    assert_eq!(run.out, expected);
    shop.write("migrations/2090-01-01-000000_empty/down.sql", "SELECT 1;");
    let run = shop.run(&["check", "--format", "github"]);
    assert!(
        run.out.starts_with("::error::`migrations/2090-01-01-000000_empty` has no up.sql"),
        "{}",
        run.out
    );
}
