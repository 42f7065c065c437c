//! What no model claims any more is kept for a while under another name.

use diesel_autogen_database::{Database, Value, testing};

use super::shop::{Shop, USER, USER_WITH_BIO};
use super::team::{Branch, Team};

const URL: [&str; 2] = ["--database-url", "shop.db"];
const POST: &str = "\n#[derive(Model)]\npub struct Post {\n    pub id: i64,\n    \
                    #[column(references = users::id, index)]\n    pub user_id: i64,\n}\n";

fn with<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &URL].concat()
}

/// Users whose bio is required, so that retiring it changes more than its name.
fn with_bio() -> String {
    let short = "    #[column(max_length = 120)]\n    pub";
    USER_WITH_BIO
        .replace("Option<String>", "String")
        .replace("    pub email", &format!("{short} email"))
}

fn without_bio() -> String {
    with_bio().replace("    pub bio: String,\n", "")
}

fn texts(database: &mut Database, sql: &str) -> Vec<Value> {
    database.rows(sql).unwrap().concat()
}

/// Retired, kept, back, retired again and dropped, with rows all the way.
fn lives_and_goes(shop: &Shop, database: &mut Database) {
    let text = |text: &str| Value::Text(text.to_owned());
    shop.ok(&["generate", "-m", "add users and posts"]);
    shop.ok(&["upgrade"]);
    database.execute("INSERT INTO users (email, bio) VALUES ('a', 'x'), ('b', 'y')").unwrap();
    database.execute("INSERT INTO posts (user_id) SELECT id FROM users").unwrap();
    shop.models(&without_bio());
    let run = shop.run(&["generate", "-m", "drop bio and posts"]);
    assert_eq!(run.code, 5, "{run:?}");
    for object in ["users.bio", "posts"] {
        let way = format!("keep it for now under another name: `--retire {object}`");
        assert!(run.err.contains(&way), "{}", run.err);
    }
    let retire =
        ["generate", "-m", "retire bio and posts", "--retire", "users.bio", "--retire", "posts"];
    let report = shop.json(&retire);
    assert_eq!(report["retired"][1]["object"], "users.deprecated_bio", "{report}");
    assert_eq!(report["retired"][1]["was"], "users.bio");
    assert_eq!(report["retired"][0]["object"], "deprecated_posts");
    let hazards = report["revision"]["hazards"].as_array().unwrap();
    assert!(hazards.iter().all(|it| it["loses_data"] == false), "{report}");
    shop.ok(&["upgrade"]);

    // It is there, it is known, and nothing is left to do.
    assert_eq!(
        texts(database, "SELECT deprecated_bio FROM users ORDER BY id"),
        [text("x"), text("y")]
    );
    assert_eq!(texts(database, "SELECT count(*) FROM deprecated_posts")[0].as_count(), Some(2));
    shop.ok(&["check", "--database"]);
    shop.ok(&["verify"]);
    assert!(shop.ok(&["diff"]).out.contains("are the same"));
    shop.ok(&["diff", "models", "head"]);
    let run = shop.ok(&["generate", "-m", "nothing is left"]);
    assert!(run.out.starts_with("no changes"), "{run:?}");
    let note = "`users.deprecated_bio` is retired and kept, with what `users.bio` held: drop it with \
                --allow-loss users.deprecated_bio";
    assert!(run.err.contains(note), "{}", run.err);
    assert_eq!(shop.revisions().len(), 2);

    // Rows that came meanwhile have none, so the way back waits for them.
    database.execute("INSERT INTO users (email) VALUES ('c')").unwrap();
    let run = shop.run(&["downgrade"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("1 row of users has no deprecated_bio"), "{}", run.err);
    assert_eq!(texts(database, "SELECT count(*) FROM users")[0].as_count(), Some(3));
    database.execute("UPDATE users SET deprecated_bio = 'z' WHERE email = 'c'").unwrap();
    shop.ok(&["downgrade"]);
    let bios = "SELECT bio FROM users ORDER BY id";
    assert_eq!(texts(database, bios), [text("x"), text("y"), text("z")]);
    assert_eq!(texts(database, "SELECT count(*) FROM posts")[0].as_count(), Some(2));
    shop.ok(&["upgrade"]);

    // A model takes it back, values and all.
    shop.models(&with_bio());
    let back = ["generate", "-m", "bio is back", "--rename", "users.deprecated_bio:bio"];
    let run = shop.run(&back);
    assert_eq!(run.code, 4, "{run:?}");
    assert!(run.err.contains("`users.bio` becomes required"), "{}", run.err);
    // A guard looks whether every row has one.
    let back = [&back[..], &["--allow-loss", "users.deprecated_bio"]].concat();
    let report = shop.json(&back);
    assert_eq!(report["retired"].as_array().unwrap().len(), 1, "{report}");
    shop.ok(&["upgrade"]);
    assert_eq!(texts(database, bios), [text("x"), text("y"), text("z")]);
    shop.models(&without_bio());
    shop.ok(&["generate", "-m", "retire bio again", "--retire", "users.bio"]);

    // It goes when a person says so, and what is not named stays.
    shop.ok(&["generate", "-m", "drop bio", "--allow-loss", "users.deprecated_bio"]);
    shop.ok(&["upgrade"]);
    let columns = database.live().unwrap().schema;
    assert_eq!(columns.table("users").unwrap().columns.len(), 2);
    assert_eq!(texts(database, "SELECT count(*) FROM deprecated_posts")[0].as_count(), Some(2));
    let allow = ["generate", "-m", "drop posts", "--allow-loss", "deprecated_posts"];
    assert_eq!(shop.json(&allow)["retired"], serde_json::Value::Null);
    shop.ok(&["upgrade"]);
    assert_eq!(database.live().unwrap().schema.table("deprecated_posts"), None);
    assert!(!shop.read("migrations/schema.toml").contains("retired"));
    shop.ok(&["check", "--database"]);
    shop.ok(&["verify"]);
}

#[test]
fn it_is_kept_and_goes_when_a_person_says_so() {
    let shop = Shop::new(&format!("{}{POST}", with_bio())).at("shop.db");
    lives_and_goes(&shop, &mut shop.database());
}

#[test]
fn it_is_kept_on_postgresql() {
    let Some(server) = testing::postgres() else { return };
    let shop = Shop::postgres(&format!("{}{POST}", with_bio())).at(server.url());
    lives_and_goes(&shop, &mut server.open());
}

#[cfg(feature = "mysql")]
#[test]
fn it_is_kept_on_mariadb() {
    let Some(server) = testing::mysql() else { return };
    let shop = Shop::mariadb(&format!("{}{POST}", with_bio())).at(server.url());
    lives_and_goes(&shop, &mut server.open());
}

#[test]
fn what_cannot_be_retired_is_told_all_at_once() {
    let shop = Shop::new(&format!("{}{POST}", with_bio()));
    shop.ok(&["generate", "-m", "add users and posts"]);
    shop.models(&format!("{}{POST}", without_bio()));
    let files = shop.files();
    let flags = ["users.email", "posts", "users.bios", "users.bio"];
    let flags = flags.into_iter().flat_map(|object| ["--retire", object]);
    let run = shop.run(&["generate", "-m", "retire"].into_iter().chain(flags).collect::<Vec<_>>());
    assert_eq!(run.code, 2, "{run:?}");
    for expected in [
        "a model has `users.email` still",
        "a model has `posts` still",
        "`users.bios` is no column and no table of the last snapshot",
    ] {
        assert!(run.err.contains(expected), "{}", run.err);
    }
    assert!(!run.err.contains("`users.bio`"), "{}", run.err);
    assert_eq!(shop.files(), files);
    shop.ok(&["generate", "-m", "retire bio", "--retire", "users.bio"]);
    let run = shop.run(&["generate", "-m", "again", "--retire", "users.deprecated_bio"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.err.contains("is retired already: drop it with --allow-loss"), "{}", run.err);
    // What is computed holds nothing.
    let computed = USER.replace("pub email: String", "pub email: String,\n    \
                                 #[column(generated = \"lower(email)\", virtual)]\n    pub low: String");
    let shop = Shop::new(&computed);
    shop.ok(&["generate", "-m", "add users"]);
    shop.models(USER);
    let run = shop.run(&["generate", "-m", "retire low", "--retire", "users.low"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.err.contains("nothing is lost when it is dropped"), "{}", run.err);
}

#[test]
fn a_model_may_claim_the_name_that_it_has() {
    let shop = Shop::new(&with_bio());
    shop.ok(&["generate", "-m", "add users"]);
    shop.models(&without_bio());
    shop.ok(&["generate", "-m", "retire bio", "--retire", "users.bio"]);
    shop.ok(&with(&["upgrade"]));
    shop.execute("INSERT INTO users (email, deprecated_bio) VALUES ('a', 'x')");
    let claimed = with_bio().replace("pub bio: String", "pub deprecated_bio: Option<String>");
    shop.models(&claimed);
    let run = shop.run(&["check"]);
    assert_eq!(run.code, 3, "{run:?}");
    shop.ok(&["generate", "-m", "bio stays deprecated"]);
    shop.ok(&with(&["upgrade"]));
    shop.ok(&with(&["check", "--database"]));
    assert_eq!(shop.rows("SELECT deprecated_bio AS value FROM users"), [Some("x".to_owned())]);
    assert!(!shop.read("migrations/schema.toml").contains("retired"));
    // Its table has another name meanwhile: what is retired goes along.
    shop.models(&without_bio());
    shop.ok(&["generate", "-m", "retire it again", "--retire", "users.deprecated_bio"]);
    shop.models(&without_bio().replace("struct User", "struct Person"));
    shop.ok(&["generate", "-m", "users are people", "--rename", "users:persons"]);
    shop.ok(&with(&["upgrade"]));
    shop.ok(&with(&["check", "--database"]));
    let sql = "SELECT deprecated_deprecated_bio AS value FROM persons";
    assert_eq!(shop.rows(sql), [Some("x".to_owned())]);
}

#[test]
fn revisions_that_retire_are_squashed() {
    let shop = Shop::new(&with_bio());
    shop.ok(&["generate", "-m", "add users"]);
    shop.models(&without_bio());
    shop.ok(&["generate", "-m", "retire bio", "--retire", "users.bio"]);
    shop.ok(&with(&["upgrade", "+1"]));
    shop.execute("INSERT INTO users (email, bio) VALUES ('a', 'x')");
    shop.ok(&with(&["upgrade"]));
    shop.ok(&["squash", "base:head", "-m", "users of 2026"]);
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    shop.ok(&with(&["upgrade"]));
    shop.ok(&with(&["check", "--database"]));
    assert_eq!(shop.rows("SELECT deprecated_bio AS value FROM users"), [Some("x".to_owned())]);
    shop.ok(&["generate", "-m", "drop bio", "--allow-loss", "users.deprecated_bio"]);
    shop.ok(&["squash", "base:head", "-m", "users of 2027"]);
    assert!(!shop.read(&format!("migrations/{}/up.sql", shop.revisions()[0])).contains("bio"));
    shop.ok(&["verify"]);
}

#[test]
fn revisions_that_retire_are_joined_and_moved() {
    let apart = || {
        let shop = Shop::new(USER_WITH_BIO);
        shop.ok(&["generate", "-m", "add users"]);
        let both = format!("{USER}{POST}");
        let flags = &["--retire", "users.bio"];
        let left = Branch { message: "retire bio", models: USER, flags };
        let models = &format!("{USER_WITH_BIO}{POST}");
        Team::of(shop, &left, &Branch { message: "add posts", models, flags: &[] }, &both)
    };
    let Team { shop, .. } = &apart();
    shop.ok(&["merge", "heads", "-m", "join bio and posts"]);
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    assert!(shop.read("migrations/schema.toml").contains("retired = \"bio\""));
    for which in [true, false] {
        let Team { shop, left, right, .. } = &apart();
        shop.ok(&["rebase", if which { left } else { right }]);
        shop.ok(&["check"]);
        shop.ok(&["verify"]);
        assert!(shop.read("migrations/schema.toml").contains("retired = \"bio\""));
    }
}
