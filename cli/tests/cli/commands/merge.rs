//! Branches that are joined, and those that cannot be.

use super::shop::{Shop, USER, USER_WITH_BIO};
use super::team::{Team, version};

const URL: [&str; 2] = ["--database-url", "shop.db"];
const TEAM: &str =
    "\n#[derive(Model)]\npub struct Team {\n    pub id: i64,\n    pub name: String,\n}\n";

fn with<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &URL].concat()
}

/// A column on one branch, a table that refers to the same table on the other.
fn apart() -> Team {
    let team = TEAM.replace(
        "pub name",
        "#[column(references = users::id)]\n    pub owner: i64,\n    pub name",
    );
    Team::new(
        Shop::with_users(),
        ("add user bio", USER_WITH_BIO),
        ("add teams", &format!("{USER}{team}")),
        &format!("{USER_WITH_BIO}{team}"),
    )
}

#[test]
fn branches_that_do_not_concern_each_other_are_joined_in_the_midst_of_a_conflict() {
    let Team { shop, left, right, .. } = &apart();
    assert!(shop.read("migrations/schema.toml").contains("<<<<<<< "));
    for arguments in [&["check"][..], &["generate", "-m", "add x"], &["verify"]] {
        let run = shop.run(arguments);
        assert_eq!(run.code, 6, "{run:?}");
        assert!(
            run.err.contains("has conflict markers") && run.err.contains("rebase"),
            "{}",
            run.err
        );
    }
    let run = shop.ok(&["merge", "heads", "-m", "join bio and teams"]);
    assert!(run.out.starts_with(&format!("joins {left} and {right}\n")), "{}", run.out);
    let instead = format!("diesel-autogen rebase {right} puts it on top of the other instead");
    assert!(run.err.contains(&instead), "{}", run.err);
    assert!(!run.out.contains("rows that went along: 0"), "{}", run.out);
    let merge = shop.revisions()[3].clone();
    let snapshot = shop.read("migrations/schema.toml");
    assert!(!snapshot.contains("<<<<<<<") && snapshot.contains("column.bio"), "{snapshot}");
    assert!(snapshot.contains(&format!("head = [\"{}\"]", version(&merge))), "{snapshot}");
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    let run = shop.ok(&["history", "--graph", "-v"]);
    let expected = format!("merges {} and {}", version(left), version(right));
    assert!(run.out.contains(&expected) && run.out.contains("|\\\n"), "{}", run.out);
    assert!(
        shop.ok(&["merge", "heads", "-m", "join them again"]).out.starts_with("nothing to merge")
    );

    // Work goes on, on one line.
    shop.models(&format!(
        "{}{TEAM}",
        USER_WITH_BIO.replace("pub bio", "pub age: Option<i32>,\n    pub bio")
    ));
    let run = shop.run(&["generate", "-m", "add user age", "--allow-loss", "teams.owner"]);
    assert_eq!(run.code, 0, "{run:?}");
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
}

#[test]
fn whoever_has_one_branch_gets_the_other_late_and_the_rows_stay() {
    for first in 0..2 {
        let Team { shop, left, right, .. } = &apart();
        shop.ok(&with(&["upgrade", [left, right][first]]));
        shop.execute("INSERT INTO users (id, email) VALUES (7, 'a@b.c')");
        let run = shop.ok(&with(&["merge", "heads", "-m", "join bio and teams"]));
        let movable = [right, left][first];
        assert!(run.err.contains(&format!("diesel-autogen rebase {movable} puts")), "{}", run.err);
        // It was proved that the order makes no difference, so nothing need be allowed.
        let run = shop.ok(&with(&["upgrade"]));
        assert_eq!(run.err.contains("was proved to work in that order"), first == 1, "{}", run.err);
        assert_eq!(shop.columns("users"), ["bio", "email", "id"]);
        assert_eq!(shop.columns("teams"), ["id", "name", "owner"]);
        assert_eq!(shop.rows("SELECT email AS value FROM users"), [Some("a@b.c".to_owned())]);
        let head = shop.revisions()[3].clone();
        let current = shop.ok(&with(&["current"]));
        assert_eq!(current.out, format!("{head} (head) (applied)\n"));
        shop.ok(&with(&["downgrade", "-3"]));
        assert_eq!(shop.columns("users"), ["email", "id"]);
        assert_eq!(shop.rows("SELECT email AS value FROM users"), [Some("a@b.c".to_owned())]);
    }
}

#[test]
fn branches_that_make_the_same_thing_are_refused_with_both_sides_and_the_ways_out() {
    let other = USER_WITH_BIO.replace("Option<String>", "Option<i32>");
    let team = Team::new(
        Shop::with_users(),
        ("add user bio", USER_WITH_BIO),
        ("add a bio as a number", &other),
        USER_WITH_BIO,
    );
    let Team { shop, left, right, .. } = &team;
    let before = shop.files();
    let run = shop.run(&["merge", "heads", "-m", "join the two bios"]);
    assert_eq!(run.code, 6, "{run:?}");
    assert!(run.err.contains("both branches concern column users.bio"), "{}", run.err);
    assert!(run.err.contains(&format!("    {left}")) && run.err.contains(&format!(" | {right}")));
    assert!(run.err.contains("  add column users.bio"), "{}", run.err);
    assert!(run.err.contains(&format!("diesel-autogen rebase {right}")), "{}", run.err);
    assert_eq!(shop.files(), before);
}

/// SQLite cannot add a check: the table is made anew, by a branch that knows nothing of the column
/// which the other added.
#[test]
fn a_table_that_is_made_anew_without_what_the_other_branch_added_is_refused() {
    let checked = USER.replace("pub email", "#[column(check = \"email <> ''\")]\n    pub email");
    for swapped in [false, true] {
        let (bio, check) = (("add user bio", USER_WITH_BIO), ("no empty emails", &*checked));
        let (left, right) = if swapped { (check, bio) } else { (bio, check) };
        let team = Team::new(Shop::with_users(), left, right, USER_WITH_BIO);
        let before = team.shop.files();
        let run = team.shop.run(&["merge", "heads", "-m", "join bio and check"]);
        assert_eq!(run.code, 6, "{run:?}");
        assert!(run.err.contains("the branches cannot be merged"), "{}", run.err);
        assert_eq!(team.shop.files(), before);
    }
}

#[test]
fn what_follows_the_other_already_is_no_branch() {
    let Team { shop, base, left, .. } = &apart();
    let run = shop.run(&["merge", base, left, "-m", "join base and left"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains(&format!("`{left}` follows `{base}` already")), "{}", run.err);
    assert_eq!(shop.run(&["merge", "heads"]).code, 2);
}
