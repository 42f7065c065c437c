use super::shop::{Shop, USER, USER_WITH_BIO};

#[test]
fn in_sync_is_said_and_drift_is_listed_with_its_place() {
    let shop = Shop::with_users();
    let run = shop.ok(&["check"]);
    assert_eq!(run.out, "shop: the models are in sync with migrations/schema.toml\n");

    shop.models(USER_WITH_BIO);
    let run = shop.run(&["check"]);
    assert_eq!(run.code, 3);
    assert_eq!(
        run.out,
        "src/lib.rs:7: column `users.bio` is not in the last migration (Text, nullable)\n"
    );
    let report = shop.json(&["check"]);
    assert_eq!(report["in_sync"], false);
    assert_eq!(report["differences"][0]["line"], 7);
    assert_eq!(
        report["differences"][0]["message"],
        "column `users.bio` is not in the last migration (Text, nullable)"
    );

    shop.models("");
    let run = shop.run(&["check"]);
    assert_eq!(run.code, 3);
    assert_eq!(
        run.out,
        "migrations/schema.toml: table `users` of the last migration has no model\n"
    );
}

#[test]
fn edited_sql_is_a_conflict_until_it_is_owned_up_to() {
    let shop = Shop::with_users();
    let up = format!("migrations/{}/up.sql", shop.revisions()[0]);
    let text = shop.read(&up);
    shop.write(&up, &text.replace('\n', "\r\n"));
    shop.ok(&["check"]);
    shop.write(&up, &format!("{text}-- by hand\n"));
    let run = shop.run(&["check"]);
    assert_eq!(run.code, 6);
    assert!(run.err.contains("up.sql` is not as it was generated"), "{}", run.err);

    let metadata = format!("migrations/{}/metadata.toml", shop.revisions()[0]);
    let without: String = shop
        .read(&metadata)
        .lines()
        .filter(|line| !line.starts_with("up = "))
        .map(|line| format!("{line}\n"))
        .collect();
    shop.write(&metadata, &without);
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
}

#[test]
fn a_missing_directory_is_named() {
    let shop = Shop::with_users();
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    let [first, second] = &shop.revisions()[..] else { panic!() };
    let version = |name: &str| name.split('_').next().unwrap().replace('-', "");
    let away = shop.path().join("away");
    std::fs::rename(shop.path().join("migrations").join(first), &away).unwrap();
    let run = shop.run(&["check"]);
    assert_eq!(run.code, 6);
    let expected = format!("follows revision {}, which is not on disk", version(first));
    assert!(run.err.contains(&expected), "{}", run.err);

    std::fs::rename(&away, shop.path().join("migrations").join(first)).unwrap();
    std::fs::rename(shop.path().join("migrations").join(second), &away).unwrap();
    let run = shop.run(&["check"]);
    assert_eq!(run.code, 6);
    let expected = format!("is of revision {}, but the directories beside it", version(second));
    assert!(run.err.contains(&expected), "{}", run.err);
}

#[test]
fn models_that_cannot_be_read_are_told_with_their_place() {
    let shop = Shop::new("#[derive(Model)]\npub struct User {\n    pub email: String,\n}\n");
    let run = shop.run(&["check"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("src/lib.rs:"), "{}", run.err);
    shop.models(USER);
    assert_eq!(shop.run(&["check", "--features", "nope"]).code, 1);
}
