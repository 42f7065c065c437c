use super::shop::{Shop, USER, USER_WITH_BIO};

#[test]
fn it_sets_a_package_up_once() {
    let shop = Shop::bare(USER);
    let run = shop.ok(&["init"]);
    assert!(run.out.starts_with("wrote Cargo.toml\nwrote migrations/schema.toml\n"), "{run:?}");
    let manifest = shop.read("Cargo.toml");
    assert!(manifest.ends_with("\n[package.metadata.diesel_autogen]\nbackend = \"sqlite\"\n"));
    let snapshot = shop.read("migrations/schema.toml");
    assert!(snapshot.contains("\nhead = []\n"), "{snapshot}");

    let again = shop.ok(&["init"]);
    assert_eq!(again.out, "shop is set up already: nothing to do\n");
    assert_eq!(
        (shop.read("Cargo.toml"), shop.read("migrations/schema.toml")),
        (manifest, snapshot)
    );
}

#[test]
fn it_follows_diesels_own_configuration() {
    let shop = Shop::bare(USER);
    shop.write(
        "diesel.toml",
        "[print_schema]\nfile = \"src/schema.rs\"\n[migrations_directory]\ndir = \"./db\"\n",
    );
    shop.write("src/schema.rs", "");
    shop.write("db/2024-01-01-000000_old/up.sql", "CREATE TABLE old (id INTEGER PRIMARY KEY);");
    let run = shop.ok(&["init"]);
    assert!(run.out.contains("1 migrations written by hand were found"), "{run:?}");
    let manifest = shop.read("Cargo.toml");
    assert!(manifest.contains("migrations = \"db\"\n"), "{manifest}");
    assert!(manifest.contains("schema-file = \"src/schema.rs\"\n"), "{manifest}");
    assert!(shop.path().join("db/schema.toml").exists());
}

#[test]
fn other_commands_say_that_it_is_missing() {
    let shop = Shop::bare(USER);
    let run = shop.run(&["check"]);
    assert_eq!(run.code, 1);
    assert_eq!(
        run.err,
        "error: `Cargo.toml` has no [package.metadata.diesel_autogen]: set the package up with \
         diesel-autogen init\n"
    );
}

#[test]
fn a_workspace_may_name_its_default_package() {
    let root = tempfile::TempDir::new().unwrap();
    let member = root.path().join("quickstart");
    std::fs::create_dir_all(member.join("src")).unwrap();
    std::fs::write(member.join("src/lib.rs"), USER).unwrap();
    std::fs::write(member.join("Cargo.toml"), "[package]\nname = \"quickstart\"\n").unwrap();
    std::fs::write(
        root.path().join("Cargo.toml"),
        "[workspace]\nmembers = [\"quickstart\"]\nresolver = \"3\"\n\
         [workspace.metadata.diesel_autogen]\ndefault-package = \"quickstart\"\n",
    )
    .unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_diesel-autogen"))
        .arg("init")
        .current_dir(root.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(member.join("migrations/schema.toml").exists());
}

#[test]
fn the_first_revision_needs_no_snapshot_and_later_ones_restore_it() {
    let shop = Shop::bare(USER);
    let manifest = shop.read("Cargo.toml");
    shop.write("Cargo.toml", &format!("{manifest}\n[package.metadata.diesel_autogen]\n"));
    assert_eq!(shop.run(&["check"]).code, 3);
    let run = shop.ok(&["generate", "-m", "add users"]);
    assert!(run.out.contains("\nupdated migrations/schema.toml\n"), "{run:?}");
    shop.write(
        "migrations/2030-01-01-000000_by_hand/up.sql",
        "CREATE TABLE notes (id INTEGER PRIMARY KEY);",
    );
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    let snapshot = shop.read("migrations/schema.toml");
    assert!(snapshot.contains("table notes"), "{snapshot}");

    std::fs::remove_file(shop.path().join("migrations/schema.toml")).unwrap();
    let run = shop.run(&["generate", "-m", "one more"]);
    assert_eq!(run.code, 6);
    assert!(run.err.contains("restore it from the recorded changes with diesel-autogen init"));
    let run = shop.ok(&["init"]);
    assert!(run.out.starts_with("wrote migrations/schema.toml\n"), "{run:?}");
    assert_eq!(shop.read("migrations/schema.toml"), snapshot);
    shop.ok(&["check"]);
}

#[test]
fn the_engine_is_the_one_that_diesel_is_used_with() {
    let shop = Shop::bare(USER);
    let manifest = shop.read("Cargo.toml");
    let diesel = "[dependencies]\ndiesel = { version = \"2\", features = [\"sqlite\"] }\n";
    shop.write("Cargo.toml", &format!("{manifest}\n{diesel}"));
    shop.ok(&["init"]);
    assert!(shop.read("Cargo.toml").contains("\nbackend = \"sqlite\"\n"));
    shop.ok(&["init", "--backend", "sqlite"]);
    let run = shop.run(&["init", "--backend", "oracle"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("engines are sqlite"), "{run:?}");
}
