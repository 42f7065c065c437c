//! Migrations that a person wrote.

use super::shop::{Shop, USER, USER_WITH_BIO};

fn written(shop: &Shop, name: &str, up: &str, down: &str) {
    shop.write(&format!("migrations/{name}/up.sql"), up);
    shop.write(&format!("migrations/{name}/down.sql"), down);
}

#[test]
fn a_skeleton_is_written_filled_and_learned() {
    let shop = Shop::with_users();
    let run = shop.ok(&["generate", "-m", "drop email", "--empty"]);
    assert!(run.out.starts_with("wrote migrations/"), "{}", run.out);
    let name = shop.revisions()[1].clone();
    // As long as it is empty it means nothing.
    shop.ok(&["check"]);
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    let metadata = shop.read(&format!("migrations/{name}/metadata.toml"));
    assert!(!metadata.contains("changes"), "{metadata}");
    shop.ok(&["verify"]);
}

#[test]
fn what_it_did_to_the_models_is_recorded_with_the_next_revision() {
    let shop = Shop::new(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add users"]);
    let name = "2090-01-01-000000_by_hand";
    written(
        &shop,
        name,
        "ALTER TABLE users DROP COLUMN bio;\nCREATE TABLE audit (id INTEGER PRIMARY KEY);",
        "ALTER TABLE users ADD COLUMN bio TEXT;\nDROP TABLE audit;",
    );
    let run = shop.run(&["check"]);
    assert_eq!(run.code, 3, "{run:?}");
    let unrecorded = "migrations/schema.toml: what `2090-01-01-000000_by_hand` changed is not \
                      recorded yet\n";
    assert_eq!(
        run.out,
        format!(
            "src/lib.rs:7: column `users.bio` is not in the last migration (Text, nullable)\n\
             {unrecorded}"
        )
    );
    assert!(run.err.contains("1 change that no revision makes"), "{}", run.err);

    // The model agrees with the hand: nothing is to be run, but the snapshot must know.
    shop.models(USER);
    let run = shop.run(&["check"]);
    assert_eq!((run.code, run.out.as_str()), (3, unrecorded), "{run:?}");
    assert!(run.err.contains("record it with diesel-autogen generate"), "{}", run.err);
    assert_eq!(shop.json(&["check"])["in_sync"], false);
    let run = shop.ok(&["generate", "-m", "follow the hand"]);
    assert!(run.out.contains("-column.bio"), "{}", run.out);
    assert!(run.out.contains("no changes of the models"), "{}", run.out);
    assert_eq!(shop.revisions().len(), 2);
    let metadata = shop.read(&format!("migrations/{name}/metadata.toml"));
    assert!(metadata.contains("by_hand = true\n"), "{metadata}");
    assert!(metadata.contains("{ column = \"bio\", before = "), "{metadata}");
    let snapshot = shop.read("migrations/schema.toml");
    assert!(snapshot.contains("head = [\"20900101000000\"]\n"), "{snapshot}");
    assert!(snapshot.contains("table audit"), "{snapshot}");
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    let before = shop.files();
    shop.ok(&["generate", "-m", "nothing else"]);
    assert_eq!(shop.files(), before);
    shop.ok(&["upgrade", "--database-url", "shop.db"]);
    assert_eq!(shop.columns("users"), ["email", "id"]);
}

#[test]
fn what_was_edited_after_it_was_learned_is_learned_anew_when_asked() {
    let shop = Shop::new(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add users"]);
    let name = "2090-01-01-000000_by_hand";
    written(&shop, name, "CREATE TABLE audit (id INTEGER PRIMARY KEY);", "DROP TABLE audit;");
    shop.ok(&["generate", "-m", "learn it"]);
    shop.ok(&["check"]);

    written(
        &shop,
        name,
        "ALTER TABLE users DROP COLUMN bio;",
        "ALTER TABLE users ADD COLUMN bio TEXT;",
    );
    let run = shop.run(&["check"]);
    assert_eq!(run.code, 6, "{run:?}");
    let command = "diesel-autogen generate -m \"…\" --relearn 2090-01-01-000000_by_hand";
    assert!(run.err.contains(command), "{}", run.err);

    shop.models(USER);
    let run = shop.ok(&["generate", "-m", "learn it again", "--relearn", "by_hand"]);
    assert!(run.err.contains("learned what `2090-01-01-000000_by_hand` does"), "{}", run.err);
    let metadata = shop.read(&format!("migrations/{name}/metadata.toml"));
    assert!(metadata.contains("{ column = \"bio\", before = "), "{metadata}");
    let snapshot = shop.read("migrations/schema.toml");
    assert!(!snapshot.contains("audit") && !snapshot.contains("bio"), "{snapshot}");
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    shop.ok(&["upgrade", "--database-url", "shop.db"]);
    assert_eq!(shop.columns("users"), ["email", "id"]);

    let generated = shop.revisions()[0].clone();
    let before = shop.files();
    for (address, said) in [
        (generated.as_str(), "was generated, and only what a person wrote is learned"),
        ("nothing_of_this_name", "nothing_of_this_name"),
    ] {
        let run = shop.run(&["generate", "-m", "learn more", "--relearn", address]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.err.contains(said), "{}", run.err);
    }
    assert_eq!(shop.files(), before);
}

#[test]
fn what_is_learned_anew_must_fit_what_came_after() {
    let shop = Shop::new(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add users"]);
    // Between that one and the next.
    let first = shop.revisions()[0].clone();
    let (day, time) = first.split('_').next().unwrap().rsplit_once('-').unwrap();
    let name = format!("{day}-{:06}_by_hand", time.parse::<u32>().unwrap() + 1);
    written(&shop, &name, "CREATE TABLE audit (id INTEGER PRIMARY KEY);", "DROP TABLE audit;");
    shop.models(
        &USER_WITH_BIO.replace("pub bio: Option", "#[column(unique)]\n    pub bio: Option"),
    );
    shop.ok(&["generate", "-m", "one bio each"]);

    let back = "ALTER TABLE users ADD COLUMN bio TEXT;";
    written(&shop, &name, "ALTER TABLE users DROP COLUMN bio;", back);
    let before = shop.files();
    let run = shop.run(&["generate", "-m", "learn it again", "--relearn", &name]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("_one_bio_each/up.sql` fails on a database"), "{}", run.err);
    assert_eq!(shop.files(), before);
}

#[test]
fn what_no_model_claims_stays() {
    let shop = Shop::with_users();
    written(
        &shop,
        "2090-01-01-000000_by_hand",
        "ALTER TABLE users ADD COLUMN search TEXT;\n\
         CREATE TABLE audit (id INTEGER PRIMARY KEY, what TEXT);\n\
         CREATE TRIGGER users_ai AFTER INSERT ON users BEGIN\n\
         INSERT INTO audit (what) VALUES (new.email); END;",
        "DROP TRIGGER users_ai;\nDROP TABLE audit;\nALTER TABLE users DROP COLUMN search;",
    );
    shop.ok(&["upgrade", "--database-url", "shop.db"]);
    shop.execute("INSERT INTO users (email, search) VALUES ('a@b.c', 's')");
    // A tightening that rebuilds the table.
    shop.models(&USER.replace("pub email", "#[column(check = \"email <> ''\")]\n    pub email"));
    shop.ok(&["generate", "-m", "users need an email"]);
    shop.ok(&["upgrade", "--database-url", "shop.db"]);
    assert_eq!(shop.columns("users"), ["email", "id", "search"]);
    assert_eq!(shop.rows("SELECT search AS value FROM users"), [Some("s".to_owned())]);
    shop.execute("INSERT INTO users (email) VALUES ('d@e.f')");
    let audit = shop.rows("SELECT what AS value FROM audit ORDER BY id");
    assert_eq!(audit, [Some("a@b.c".to_owned()), Some("d@e.f".to_owned())]);
}

#[test]
fn a_model_that_claims_a_table_adopts_it() {
    let shop = Shop::new(USER);
    written(
        &shop,
        "2024-01-01-000000_users",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);",
        "DROP TABLE users;",
    );
    shop.ok(&["upgrade", "--database-url", "shop.db"]);
    shop.execute("INSERT INTO users (email) VALUES ('a@b.c')");
    shop.ok(&["generate", "-m", "adopt users"]);
    let up = shop.read(&format!("migrations/{}/up.sql", shop.revisions()[1]));
    assert!(up.starts_with("-- Nothing to run"), "{up}");
    shop.ok(&["upgrade", "--database-url", "shop.db"]);
    assert_eq!(shop.rows("SELECT email AS value FROM users"), [Some("a@b.c".to_owned())]);
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    shop.ok(&["upgrade", "--database-url", "shop.db"]);
    assert_eq!(shop.columns("users"), ["bio", "email", "id"]);
    shop.ok(&["verify"]);
}

#[test]
fn metadata_of_others_stays() {
    let shop = Shop::with_users();
    let name = "2090-01-01-000000_by_hand";
    written(&shop, name, "CREATE TABLE a (id INTEGER PRIMARY KEY);", "DROP TABLE a;");
    let metadata = format!("migrations/{name}/metadata.toml");
    shop.write(&metadata, "# ours\nrun_in_transaction = false\n\n[team]\nowner = \"x\"\n");
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    let text = shop.read(&metadata);
    assert!(text.starts_with("# ours\nrun_in_transaction = false\n"), "{text}");
    assert!(text.contains("[team]\nowner = \"x\"\n") && text.contains("changes = []"), "{text}");
    shop.ok(&["check"]);
}

#[test]
fn a_migration_that_does_not_run_is_named() {
    let shop = Shop::with_users();
    written(&shop, "2090-01-01-000000_broken", "NONSENSE;", "SELECT 1;");
    shop.models(USER_WITH_BIO);
    let run = shop.run(&["generate", "-m", "add user bio"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("`2090-01-01-000000_broken/up.sql` fails"), "{}", run.err);
    shop.write("migrations/2091-01-01-000000_no_up/down.sql", "SELECT 1;");
    let run = shop.run(&["check"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("has no up.sql, and Diesel runs nothing"), "{}", run.err);
}
