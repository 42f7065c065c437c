//! A revision that nobody has applied is put on top of another.

use super::shop::{Shop, USER, USER_WITH_BIO, on_each_with_users};
use super::team::{Team, version};

const URL: [&str; 2] = ["--database-url", "shop.db"];

fn with<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &URL].concat()
}

const CHECK: &str = "#[column(check = \"email <> ''\")]\n    pub email";

/// A column on one branch; a check on the other, for which the table is made anew.
fn both() -> Team {
    both_from(Shop::with_users())
}

fn both_from(shop: Shop) -> Team {
    Team::new(
        shop,
        ("add user bio", USER_WITH_BIO),
        ("no empty emails", &USER.replace("pub email", CHECK)),
        &USER_WITH_BIO.replace("pub email", CHECK),
    )
}

#[test]
fn sql_is_made_anew_on_top_of_the_other_branch() {
    on_each_with_users(|shop| the_younger_goes_on_top(&both_from(shop)));
    // The older branch goes on top as well as the younger one.
    let Team { shop, left, right, .. } = &both();
    shop.ok(&["rebase", "add_user_bio"]);
    assert_eq!(shop.revisions()[1], *right);
    assert!(shop.revisions()[2].ends_with("_add_user_bio") && shop.revisions()[2] != *left);
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
}

fn the_younger_goes_on_top(team: &Team) {
    let Team { shop, base, left, right, .. } = team;
    let old = shop.read(&format!("migrations/{right}/up.sql"));
    assert!(!old.contains("bio"), "{old}");
    let run = shop.ok(&["rebase", right]);
    let [one, two, new] = &shop.revisions()[..] else { panic!("{:?}", shop.revisions()) };
    assert_eq!([one, two], [base, left]);
    assert!(version(new) > version(right) && new.ends_with("_no_empty_emails"));
    // Only SQLite makes the table anew, and has to speak of all of its columns.
    let is_anew = shop.read("Cargo.toml").contains("\"sqlite\"");
    let how = if is_anew { "was made anew" } else { "stays" };
    let expected = format!("moved {right} to {new}: its SQL {how}\nthey follow {left} now\n");
    assert!(run.out.starts_with(&expected), "{}", run.out);
    assert_eq!(shop.read(&format!("migrations/{new}/up.sql")).contains("bio"), is_anew);
    let metadata = shop.read(&format!("migrations/{new}/metadata.toml"));
    assert!(metadata.contains(&format!("parents = [\"{}\"]", version(left))), "{metadata}");
    assert!(metadata.contains("message = \"no empty emails\""), "{metadata}");
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    shop.ok(&["upgrade", left]);
    shop.execute("INSERT INTO users (id, email, bio) VALUES (7, 'a@b.c', 'x')");
    shop.ok(&["upgrade"]);
    assert_eq!(
        shop.rows("SELECT concat(email, bio) AS value FROM users"),
        [Some("a@b.cx".to_owned())]
    );
    assert!(shop.ok(&["rebase"]).out.starts_with("nothing to rebase"));
}

#[test]
fn what_a_database_has_stays_and_the_other_moves() {
    on_each_with_users(|shop| {
        let Team { shop, left, right, .. } = &both_from(shop);
        let run = shop.run(&["rebase", "--database-url", ""]);
        assert_eq!(run.code, 2, "{run:?}");
        let run = shop.run(&["rebase"]);
        assert_eq!(run.code, 4, "{run:?}");
        assert!(run.err.contains(&format!("\n  diesel-autogen rebase {left}")), "{}", run.err);
        shop.ok(&["upgrade", right]);
        let run = shop.run(&["rebase", right]);
        assert_eq!(run.code, 6, "{run:?}");
        assert!(run.err.contains(&format!("`{right}` is applied to the database")), "{}", run.err);
        assert_eq!(shop.revisions().len(), 3);
        shop.execute("INSERT INTO users (id, email) VALUES (7, 'a@b.c')");
        let report = shop.json(&["rebase"]);
        assert_eq!(report["moved"][0]["from"], left.as_str());
        assert_eq!(report["onto"], right.as_str());
        shop.ok(&["check"]);
        shop.ok(&["upgrade"]);
        assert_eq!(shop.columns("users"), ["bio", "email", "id"]);
        assert_eq!(shop.rows("SELECT email AS value FROM users"), [Some("a@b.c".to_owned())]);
    });
}

#[test]
fn values_for_rows_are_found_in_the_models() {
    let slug = "#[column(backfill = \"lower(email)\")]\n    pub slug: String,\n    pub email";
    let shop = Shop::with_users();
    shop.ok(&with(&["upgrade"]));
    let filled = USER.replace("pub email", slug);
    let both = USER_WITH_BIO.replace("pub email", slug);
    let team = Team::new(shop, ("add user bio", USER_WITH_BIO), ("add user slugs", &filled), &both);
    let Team { shop, left, right, .. } = &team;
    shop.ok(&["rebase", right]);
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    let new = shop.revisions()[2].clone();
    let up = shop.read(&format!("migrations/{new}/up.sql"));
    assert!(up.contains("lower(email)") && up.contains("bio"), "{up}");
    shop.execute("INSERT INTO users (id, email) VALUES (7, 'A@b.c')");
    shop.ok(&with(&["upgrade", left]));
    shop.ok(&with(&["upgrade"]));
    assert_eq!(shop.rows("SELECT slug AS value FROM users"), [Some("a@b.c".to_owned())]);
}

#[test]
fn a_whole_branch_moves_together() {
    let Team { shop, left, right, .. } = &both();
    // Another one on the younger branch, before the branches meet.
    let aside = shop.path().join("aside");
    let place = shop.path().join("migrations").join(left);
    std::fs::rename(&place, &aside).unwrap();
    std::fs::remove_file(shop.path().join("migrations/schema.toml")).unwrap();
    shop.ok(&["init"]);
    let age =
        USER.replace("pub email", CHECK).replace("pub id", "pub age: Option<i32>,\n    pub id");
    shop.models(&age);
    shop.ok(&["generate", "-m", "add user age"]);
    std::fs::rename(&aside, &place).unwrap();
    let run = shop.ok(&["rebase", "add_user_age"]);
    assert_eq!(run.out.matches("moved ").count(), 2, "{}", run.out);
    assert!(run.out.contains(&format!("moved {right} to ")), "{}", run.out);
    let slugs: Vec<String> =
        shop.revisions().iter().map(|it| it.split_once('_').unwrap().1.to_owned()).collect();
    assert_eq!(slugs, ["add_users", "add_user_bio", "no_empty_emails", "add_user_age"]);
    shop.models(&age.replace("pub id", "pub bio: Option<String>,\n    pub id"));
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
}

#[test]
fn what_cannot_be_on_top_of_the_other_is_refused_and_nothing_is_written() {
    let other = USER_WITH_BIO.replace("Option<String>", "Option<i32>");
    let team = Team::new(
        Shop::with_users(),
        ("add user bio", USER_WITH_BIO),
        ("add a bio as a number", &other),
        USER_WITH_BIO,
    );
    let Team { shop, right, left, .. } = &team;
    let before = shop.files();
    let run = shop.run(&["rebase", right]);
    assert_eq!(run.code, 6, "{run:?}");
    assert!(run.err.contains(&format!("`{right}` cannot be moved")), "{}", run.err);
    assert!(run.err.contains("generate it again"), "{}", run.err);
    assert_eq!(shop.files(), before);
    // The way out that it names.
    std::fs::remove_dir_all(shop.path().join("migrations").join(right)).unwrap();
    std::fs::remove_file(shop.path().join("migrations/schema.toml")).unwrap();
    shop.ok(&["init"]);
    shop.ok(&["check"]);
    // What was edited has no records that could be made anew.
    let Team { shop, right, .. } = &both();
    let up = format!("migrations/{right}/up.sql");
    shop.write(&up, &format!("{}-- edited\n", shop.read(&up)));
    let run = shop.run(&["rebase", right]);
    assert_eq!(run.code, 6);
    assert!(run.err.contains("is not as it was generated"), "{}", run.err);
    let _ = left;
}

#[test]
fn a_migration_by_hand_moves_as_it_is() {
    let shop = Shop::with_users();
    let team = Team::new(
        shop,
        ("add user bio", USER_WITH_BIO),
        ("add user age", &USER.replace("pub email", "pub age: Option<i32>,\n    pub email")),
        &USER_WITH_BIO.replace("pub email", "pub age: Option<i32>,\n    pub email"),
    );
    let Team { shop, right, .. } = &team;
    let metadata = format!("migrations/{right}/metadata.toml");
    let text = shop.read(&metadata);
    let head: String = text
        .lines()
        .take_while(|it| !it.starts_with("up = "))
        .map(|it| format!("{it}\n"))
        .collect();
    shop.write(&metadata, &format!("{head}by_hand = true\n"));
    let up = shop.read(&format!("migrations/{right}/up.sql"));
    shop.ok(&["rebase", right]);
    let new = shop.revisions()[2].clone();
    assert_eq!(shop.read(&format!("migrations/{new}/up.sql")), up);
    shop.ok(&["generate", "-m", "learn the age"]);
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
}
