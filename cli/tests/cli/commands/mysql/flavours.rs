//! Which of the two servers a package is for, and that it is that one.

use diesel_autogen_database::testing;

use crate::commands::shop::{Shop, USER};

#[test]
fn init_asks_for_the_flavour_unless_it_is_said_or_a_server_tells() {
    let shop = Shop::bare(USER);
    let before = shop.read("Cargo.toml");
    let run = shop.run(&["init", "--backend", "mysql"]);
    assert_eq!(run.code, 4, "{run:?}");
    assert!(run.err.contains("with --flavour mysql or --flavour mariadb"), "{}", run.err);
    let run = shop.run(&["init", "--backend", "sqlite", "--flavour", "mariadb"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.err.contains("--flavour means nothing to SQLite"), "{}", run.err);
    let run = shop.run(&["init", "--backend", "mysql", "--flavour", "percona"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.err.contains("servers are mysql, mariadb"), "{}", run.err);
    assert_eq!(shop.read("Cargo.toml"), before);
    for flavour in ["mysql", "mariadb"] {
        let shop = Shop::bare(USER);
        shop.ok(&["init", "--backend", "mysql", "--flavour", flavour]);
        let said = format!("backend = \"mysql\"\nflavour = \"{flavour}\"\n");
        assert!(shop.read("Cargo.toml").contains(&said), "{}", shop.read("Cargo.toml"));
        // What a package is for is not changed by setting it up again.
        let before = shop.read("Cargo.toml");
        let other = if flavour == "mysql" { "mariadb" } else { "mysql" };
        let run = shop.run(&["init", "--flavour", other]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.err.contains(&format!("says flavour = \"{flavour}\"")), "{}", run.err);
        assert_eq!(shop.read("Cargo.toml"), before);
    }
    let Some(own) = testing::mysql() else { return };
    let shop = Shop::bare(USER).at(own.url());
    shop.ok(&["init", "--backend", "mysql"]);
    assert!(shop.read("Cargo.toml").contains("flavour = \"mariadb\""));
}

#[test]
fn a_server_of_the_other_flavour_is_refused_before_anything_is_made_there() {
    let Some(own) = testing::mysql() else { return };
    let shop = Shop::bare(USER).at(own.url());
    shop.ok(&["init", "--backend", "mysql", "--flavour", "mysql"]);
    shop.ok(&["generate", "-m", "add users", "--unproved"]);
    let before = shop.files();
    for words in [&["upgrade"][..], &["verify"], &["check", "--database"]] {
        let run = shop.run(words);
        assert_eq!(run.code, 1, "{words:?}: {run:?}");
        assert!(run.err.contains("says \"mysql\", and the server is "), "{words:?}: {}", run.err);
        assert!(run.err.contains("set flavour = \"mariadb\""), "{words:?}: {}", run.err);
    }
    assert_eq!(shop.files(), before);
    assert!(own.open().live().unwrap().schema.tables.is_empty());
    assert!(own.open().applied().unwrap().is_empty());
}
