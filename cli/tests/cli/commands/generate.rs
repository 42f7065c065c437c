use super::shop::{Shop, USER, USER_WITH_BIO};

#[test]
fn a_revision_is_written_whole_and_once() {
    let shop = Shop::new(USER);
    let run = shop.ok(&["generate", "-m", "add users"]);
    let [directory] = &shop.revisions()[..] else { panic!("{:?}", shop.revisions()) };
    assert!(directory.ends_with("_add_users"), "{directory}");
    assert!(run.out.contains("+[table.users]\n"), "{}", run.out);
    assert!(run.out.contains("CREATE TABLE users ("), "{}", run.out);
    assert!(run.out.contains("up, down and up again"), "{}", run.out);
    assert!(!run.out.contains('\u{1b}'), "colours without a terminal");
    let metadata = shop.read(&format!("migrations/{directory}/metadata.toml"));
    assert!(metadata.starts_with("run_in_transaction = true\n"), "{metadata}");
    assert!(metadata.contains("parents = []\n"), "{metadata}");

    let before = shop.files();
    let again = shop.ok(&["generate", "-m", "nothing to add"]);
    assert!(again.out.starts_with("no changes: "), "{}", again.out);
    assert_eq!(shop.files(), before);
}

#[test]
fn revisions_follow_each_other_even_within_a_second() {
    let shop = Shop::with_users();
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    let [first, second] = &shop.revisions()[..] else { panic!("{:?}", shop.revisions()) };
    let metadata = shop.read(&format!("migrations/{second}/metadata.toml"));
    let version = first.split('_').next().unwrap().replace('-', "");
    assert!(metadata.contains(&format!("parents = [\"{version}\"]\n")), "{metadata}");
    assert!(metadata.contains("{ column = \"bio\", after = "), "{metadata}");
}

#[test]
fn a_dry_run_shows_everything_and_writes_nothing() {
    let shop = Shop::new(USER);
    let before = shop.files();
    let run = shop.ok(&["generate", "-m", "add users", "--dry-run"]);
    assert!(run.out.contains("CREATE TABLE users ("), "{}", run.out);
    assert!(run.out.ends_with("dry run: nothing was written\n"), "{}", run.out);
    assert_eq!(shop.files(), before);
}

#[test]
fn messages_that_say_nothing_are_refused() {
    let shop = Shop::new(USER);
    for message in ["", "update", "changes", "Fix."] {
        let run = shop.run(&["generate", "-m", message]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.err.contains("for example -m \"add user bio\""), "{}", run.err);
    }
    assert_eq!(shop.run(&["generate"]).code, 2);
    assert!(shop.revisions().is_empty());
}

#[test]
fn an_undeclared_rename_is_a_decision_and_rename_makes_it() {
    let shop = Shop::with_users();
    shop.ok(&["upgrade", "--database-url", "shop.db"]);
    shop.execute("INSERT INTO users (email) VALUES ('a@b.c')");
    shop.models(&USER.replace("email", "mail"));
    let before = shop.files();
    let run = shop.run(&["generate", "-m", "rename email"]);
    assert_eq!(run.code, 4, "{run:?}");
    assert!(run.err.contains("--rename users.email:mail"), "{}", run.err);
    assert!(run.err.contains("--allow-loss users.email"), "{}", run.err);
    assert_eq!(shop.files(), before);

    shop.ok(&["generate", "-m", "rename email", "--rename", "users.email:mail"]);
    shop.ok(&["upgrade", "--database-url", "shop.db"]);
    assert_eq!(shop.rows("SELECT mail AS value FROM users"), [Some("a@b.c".to_owned())]);
    // The hint was followed, so nothing is left to say.
    assert_eq!(shop.ok(&["check"]).out.lines().count(), 1);
    shop.ok(&["downgrade", "-1", "--database-url", "shop.db"]);
    assert_eq!(shop.rows("SELECT email AS value FROM users"), [Some("a@b.c".to_owned())]);
}

#[test]
fn a_swap_can_be_asked_for_again() {
    let fields = "pub id: i64, pub low: i64, pub high: i64,";
    let shop = Shop::new(&USER.replace("pub id: i64,", fields));
    shop.ok(&["generate", "-m", "add users"]);
    let swap = |message| {
        let asked = ["--rename", "users.low:high", "--rename", "users.high:low"];
        let run = shop.ok(&[&["generate", "-m", message], &asked[..]].concat());
        assert!(run.out.contains("RENAME COLUMN low TO "), "{}", run.out);
    };
    swap("swap the ends");
    assert!(shop.ok(&["generate", "-m", "nothing to swap"]).out.starts_with("no changes: "));
    swap("swap the ends back");
    shop.ok(&["verify"]);
    shop.ok(&["check"]);
}

#[test]
fn losing_data_must_be_allowed() {
    let shop = Shop::new(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add users"]);
    shop.models(USER);
    let run = shop.run(&["generate", "-m", "drop user bio"]);
    assert_eq!(run.code, 5, "{run:?}");
    assert!(run.err.contains("--allow-loss users.bio"), "{}", run.err);
    assert_eq!(shop.revisions().len(), 1);

    let run = shop.ok(&[
        "generate",
        "-m",
        "drop user bio",
        "--allow-loss",
        "users.bio",
        "--allow-loss",
        "orders",
    ]);
    assert!(run.err.contains("--allow-loss orders: nothing of it is lost"), "{}", run.err);
    assert!(run.out.contains("users.bio: column dropped"), "{}", run.out);
    let up = shop.read(&format!("migrations/{}/up.sql", shop.revisions()[1]));
    assert!(up.starts_with("-- loses data: users.bio"), "{up}");
}

#[test]
fn a_required_column_needs_something_for_the_rows() {
    let shop = Shop::with_users();
    shop.models(&USER.replace("}", "    pub name: String,\n}"));
    let run = shop.run(&["generate", "-m", "add user name"]);
    assert_eq!(run.code, 4, "{run:?}");
    assert!(run.err.contains("backfill"), "{}", run.err);

    shop.models(
        &USER.replace("}", "    #[column(backfill = \"upper(email)\")]\n    pub name: String,\n}"),
    );
    shop.ok(&["upgrade", "--database-url", "shop.db"]);
    shop.execute("INSERT INTO users (email) VALUES ('a@b.c')");
    shop.ok(&["generate", "-m", "add user name"]);
    shop.ok(&["upgrade", "--database-url", "shop.db"]);
    assert_eq!(shop.rows("SELECT name AS value FROM users"), [Some("A@B.C".to_owned())]);
}

#[test]
fn a_snapshot_that_is_not_the_sum_of_the_changes_is_a_conflict() {
    let shop = Shop::with_users();
    let snapshot = shop.read("migrations/schema.toml");
    shop.write(
        "migrations/schema.toml",
        &snapshot.replace("column.email = { type = \"Text\" }\n", ""),
    );
    let run = shop.run(&["generate", "-m", "add user bio"]);
    assert_eq!(run.code, 6, "{run:?}");
    assert!(run.err.contains("\n  drop column users.email"), "{}", run.err);
    let run = shop.run(&["check"]);
    assert_eq!(run.code, 6, "{run:?}");
}

#[test]
fn a_migration_that_fails_its_proof_is_not_written() {
    let shop = Shop::new(&USER.replace(
        "    pub email",
        "    #[column(default = \"no_such_function()\")]\n    pub email",
    ));
    let run = shop.run(&["generate", "-m", "add users"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("no_such_function"), "{}", run.err);
    assert!(shop.revisions().is_empty());
}

#[test]
fn the_report_for_programs_has_everything() {
    let shop = Shop::new(USER);
    let report = shop.json(&["generate", "-m", "add users", "--dry-run"]);
    assert_eq!(report["written"], false);
    assert_eq!(report["revision"]["changes"][0], "create table users");
    assert!(report["revision"]["up_sql"].as_str().unwrap().contains("CREATE TABLE users"));
    let report = shop.json(&["revision", "--autogenerate", "-m", "add users"]);
    assert_eq!(report["written"], true);
    let report = shop.json(&["generate", "-m", "update"]);
    assert_eq!(report["error"]["exit"], 2);
}

#[test]
fn two_branches_are_a_conflict_that_names_both() {
    let shop = Shop::with_users();
    let base = shop.read("migrations/schema.toml");
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    let left = shop.read("migrations/schema.toml");
    // The other branch knows nothing of the first revision.
    let aside = tempfile::TempDir::new().unwrap();
    let second = shop.revisions()[1].clone();
    let directory = shop.path().join("migrations").join(&second);
    std::fs::rename(&directory, aside.path().join(&second)).unwrap();
    shop.write("migrations/schema.toml", &base);
    shop.models(&USER.replace("}", "    pub age: Option<i32>,\n}"));
    shop.ok(&["generate", "-m", "add user age"]);
    // Another second, whatever the clock says.
    let later = directory.with_file_name("2090-01-01-000000_add_user_bio");
    std::fs::rename(aside.path().join(&second), later).unwrap();
    shop.ok(&["history", "--fix"]);

    let heads = shop.ok(&["heads"]);
    assert_eq!(heads.out.lines().count(), 2, "{}", heads.out);
    for arguments in [&["check"][..], &["generate", "-m", "add user name"], &["show"]] {
        let run = shop.run(arguments);
        assert_eq!(run.code, 6, "{run:?}");
        assert!(run.err.contains("there are 2 heads"), "{}", run.err);
    }
    shop.write(
        "migrations/schema.toml",
        &format!("<<<<<<< ours\n{left}=======\n{left}>>>>>>> theirs\n"),
    );
    let run = shop.run(&["check"]);
    assert_eq!(run.code, 6, "{run:?}");
    assert!(run.err.contains("has conflict markers"), "{}", run.err);
}

#[test]
fn a_reference_to_a_table_that_nobody_makes_is_told() {
    let shop = Shop::new(
        "diesel::table! { teams (id) { id -> BigInt, } }\n\
         #[derive(diesel_autogen::Model)]\npub struct User {\n    pub id: i64,\n    \
         #[column(references = teams::id)]\n    pub team_id: i64,\n}\n",
    );
    let run = shop.ok(&["generate", "-m", "add users", "--dry-run"]);
    let expected = "warning: `users_team_id_fkey` refers from `users` to `teams`, which no model \
                    and no migration makes: until it is there, `users` takes no row\n";
    assert!(run.err.contains(expected), "{}", run.err);
    shop.write(
        "migrations/2024-01-01-000000_teams/up.sql",
        "CREATE TABLE Teams (id INTEGER PRIMARY KEY);",
    );
    let run = shop.ok(&["generate", "-m", "add users"]);
    assert!(!run.err.contains("warning"), "{}", run.err);
}
