//! `ALGORITHM` and `LOCK`, where a package asks for them: a copy that nobody expected is an error.

use diesel_autogen_database::{Value, testing};

use crate::commands::shop::{Shop, USER, USER_WITH_BIO};
use crate::commands::team::Team;

fn manifest(shop: &Shop, more: &str) {
    let manifest = shop.read("Cargo.toml");
    shop.write("Cargo.toml", &manifest.replace("flavour", &format!("{more}\nflavour")));
}

#[test]
fn what_is_instant_is_asked_to_be() {
    let Some(own) = testing::mysql() else { return };
    let shop = Shop::mariadb(USER).at(own.url());
    shop.ok(&["generate", "-m", "add users"]);
    shop.ok(&["upgrade"]);
    own.open().execute("INSERT INTO users (email) VALUES ('a')").unwrap();
    manifest(&shop, "algorithm = \"instant\"\nlock = \"none\"");
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    let name = shop.revisions()[1].clone();
    let read = |file: &str| shop.read(&format!("migrations/{name}/{file}"));
    let up = read("up.sql");
    assert!(up.contains("ALGORITHM = INSTANT,\n    LOCK = NONE"), "{up}");
    assert!(!read("down.sql").contains("ALGORITHM"), "who goes back must get back");
    shop.ok(&["check"]);
    shop.ok(&["upgrade"]);
    shop.ok(&["check", "--database"]);
    let rows = own.open().rows("SELECT email, bio FROM users").unwrap();
    assert_eq!(rows, [[Value::Text("a".into()), Value::Null]]);
}

#[test]
fn what_would_copy_the_table_is_told_before_it_is_written() {
    let Some(own) = testing::mysql() else { return };
    let shop = Shop::mariadb(USER).at(own.url());
    shop.ok(&["generate", "-m", "add users"]);
    shop.models(&USER.replace("pub id: i64", "pub id: i32"));
    let before = shop.files();
    let words = ["generate", "-m", "smaller keys", "--allow-loss", "users.id"];
    let run = shop.run(&[&words[..], &["--algorithm", "nocopy", "--lock", "none"]].concat());
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("ALGORITHM=NOCOPY is not supported"), "{}", run.err);
    assert_eq!(shop.files(), before);
    shop.ok(&words);
    // On the server it is the statement that refuses, and nothing has happened.
    let name = shop.revisions()[1].clone();
    let path = format!("migrations/{name}/up.sql");
    shop.write(
        &path,
        &shop.read(&path).replace("AUTO_INCREMENT;", "AUTO_INCREMENT, ALGORITHM = INSTANT;"),
    );
    let shop = shop.at(own.url());
    shop.ok(&["upgrade", "+1"]);
    own.open().execute("INSERT INTO users (id, email) VALUES (7, 'a')").unwrap();
    let before = own.open().dump().unwrap();
    let run = shop.run(&["upgrade"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("ALGORITHM=INSTANT is not supported"), "{}", run.err);
    assert_eq!(own.open().dump().unwrap(), before);
}

#[test]
fn words_that_an_engine_does_not_have_are_told() {
    let shop = Shop::with_users();
    shop.models(USER_WITH_BIO);
    let run = shop.run(&["generate", "-m", "add user bio", "--lock", "none"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("mean nothing to SQLite"), "{}", run.err);
    let shop = Shop::mariadb(USER);
    let run = shop.run(&["generate", "-m", "add users", "--algorithm", "fast"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("instant, nocopy, inplace, copy"), "{}", run.err);
}

#[test]
fn a_revision_that_is_moved_asks_for_what_it_asked_for() {
    let Some(own) = testing::mysql() else { return };
    let name = "    #[column(max_length = 40)]\n    pub name: Option<String>,\n    pub email";
    let with_name = |models: &str| models.replace("    pub email", name);
    let asking = "algorithm = \"instant\"\nlock = \"none\"";
    for asked in [true, false] {
        let shop = Shop::mariadb(USER).at(own.url());
        shop.ok(&["generate", "-m", "add users"]);
        let plain = shop.read("Cargo.toml");
        if asked {
            manifest(&shop, asking);
        }
        let left = ("add user bio", USER_WITH_BIO);
        let right = ("add user name", &*with_name(USER));
        let Team { shop, right, .. } = &Team::new(shop, left, right, &with_name(USER_WITH_BIO));
        // The package asks for something else by now.
        shop.write("Cargo.toml", &plain);
        if !asked {
            manifest(shop, asking);
        }
        shop.ok(&["rebase", right]);
        let new = shop.revisions().last().unwrap().clone();
        let up = shop.read(&format!("migrations/{new}/up.sql"));
        assert_eq!(up.contains("ALGORITHM = INSTANT,\n    LOCK = NONE"), asked, "{up}");
        shop.ok(&["check"]);
    }
}
