//! Branches that are joined, and those that cannot be.

use super::shop::{Shop, USER, USER_WITH_BIO, on_each_with_users};
use super::team::{Team, next_second, version};

const URL: [&str; 2] = ["--database-url", "shop.db"];
const TEAM: &str =
    "\n#[derive(Model)]\npub struct Team {\n    pub id: i64,\n    pub name: String,\n}\n";

fn with<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &URL].concat()
}

/// A column on one branch, a table that refers to the same table on the other.
fn apart() -> Team {
    apart_from(Shop::with_users())
}

fn apart_from(shop: Shop) -> Team {
    let team = TEAM.replace(
        "pub name",
        "#[column(references = users::id)]\n    pub owner: i64,\n    pub name",
    );
    Team::new(
        shop,
        ("add user bio", USER_WITH_BIO),
        ("add teams", &format!("{USER}{team}")),
        &format!("{USER_WITH_BIO}{team}"),
    )
}

#[test]
fn branches_that_do_not_concern_each_other_are_joined_in_the_midst_of_a_conflict() {
    on_each_with_users(|shop| {
        let Team { shop, left, right, .. } = &apart_from(shop);
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
            shop.ok(&["merge", "heads", "-m", "join them again"])
                .out
                .starts_with("nothing to merge")
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
    });
}

#[test]
fn whoever_has_one_branch_gets_the_other_late_and_the_rows_stay() {
    let late = |first: usize, shop: Shop| {
        let Team { shop, left, right, .. } = &apart_from(shop);
        shop.ok(&["upgrade", [left, right][first]]);
        shop.execute("INSERT INTO users (id, email) VALUES (7, 'a@b.c')");
        let run = shop.ok(&["merge", "heads", "-m", "join bio and teams"]);
        let movable = [right, left][first];
        assert!(run.err.contains(&format!("diesel-autogen rebase {movable} puts")), "{}", run.err);
        // It was proved that the order makes no difference, so nothing need be allowed.
        let run = shop.ok(&["upgrade"]);
        assert_eq!(run.err.contains("was proved to work in that order"), first == 1, "{}", run.err);
        assert_eq!(shop.columns("users"), ["bio", "email", "id"]);
        assert_eq!(shop.columns("teams"), ["id", "name", "owner"]);
        assert_eq!(shop.rows("SELECT email AS value FROM users"), [Some("a@b.c".to_owned())]);
        let head = shop.revisions()[3].clone();
        let current = shop.ok(&["current"]);
        assert_eq!(current.out, format!("{head} (head) (applied)\n"));
        shop.ok(&["downgrade", "-3"]);
        assert_eq!(shop.columns("users"), ["email", "id"]);
        assert_eq!(shop.rows("SELECT email AS value FROM users"), [Some("a@b.c".to_owned())]);
    };
    for first in 0..2 {
        on_each_with_users(|shop| late(first, shop));
    }
}

#[test]
fn branches_that_make_the_same_thing_are_refused_with_both_sides_and_the_ways_out() {
    on_each_with_users(|shop| {
        let other = USER_WITH_BIO.replace("Option<String>", "Option<i32>");
        let team = Team::new(
            shop,
            ("add user bio", USER_WITH_BIO),
            ("add a bio as a number", &other),
            USER_WITH_BIO,
        );
        let Team { shop, left, right, .. } = &team;
        let before = shop.files();
        let run = shop.run(&["merge", "heads", "-m", "join the two bios"]);
        assert_eq!(run.code, 6, "{run:?}");
        assert!(run.err.contains("both branches concern column users.bio"), "{}", run.err);
        assert!(
            run.err.contains(&format!("    {left}")) && run.err.contains(&format!(" | {right}"))
        );
        assert!(run.err.contains("  add column users.bio"), "{}", run.err);
        // Neither can be put on top of the other, so that is not offered.
        assert!(!run.err.contains("diesel-autogen rebase"), "{}", run.err);
        assert!(run.err.contains(&format!("remove the directory of {right} and")), "{}", run.err);
        assert_eq!(shop.files(), before);
    });
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
        for name in [&team.left, &team.right] {
            assert!(run.err.contains(&format!("diesel-autogen rebase {name}")), "{}", run.err);
        }
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
    // One head, also named twice, is none to join while there is another.
    for one in [&[left.as_str()][..], &[left, left]] {
        let run = shop.run(&[&["merge"], one, &["-m", "join left"]].concat());
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.err.contains(&format!("`{left}` alone cannot be merged")), "{}", run.err);
    }
}

/// What version control makes of two branches that each generated a migration.
#[test]
fn git_finds_a_conflict_in_the_snapshot_and_nowhere_else_in_the_migrations() {
    let shop = Shop::with_users();
    let git = |arguments: &[&str]| {
        let output = std::process::Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(shop.path())
            .output()
            .unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let commit = |message: &str| {
        assert!(git(&["add", "-A"]).0);
        assert!(git(&["commit", "-qm", message]).0);
    };
    assert!(git(&["init", "-q", "-b", "main"]).0);
    commit("users");
    assert!(git(&["checkout", "-qb", "feature"]).0);
    next_second();
    shop.models(&format!("{USER}{TEAM}"));
    shop.ok(&["generate", "-m", "add teams"]);
    commit("teams");
    assert!(git(&["checkout", "-q", "main"]).0);
    next_second();
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    commit("bio");
    assert!(!git(&["merge", "-q", "feature"]).0);
    let conflicts = git(&["diff", "--name-only", "--diff-filter=U"]).1;
    let of_migrations: Vec<&str> =
        conflicts.lines().filter(|it| it.starts_with("migrations")).collect();
    assert_eq!(of_migrations, ["migrations/schema.toml"]);
    assert_eq!(shop.run(&["check"]).code, 6);
    shop.models(&format!("{USER_WITH_BIO}{TEAM}"));
    shop.ok(&["merge", "heads", "-m", "join bio and teams"]);
    shop.ok(&["check"]);
    commit("both");
    shop.ok(&with(&["upgrade"]));
    assert_eq!(shop.columns("teams"), ["id", "name"]);
}

/// Branches that cannot be joined: the one that a database has can be taken back all the same.
#[test]
fn of_two_branches_that_do_not_fit_the_applied_one_is_reverted() {
    on_each_with_users(|shop| {
        let other = USER_WITH_BIO.replace("Option<String>", "Option<i32>");
        let left = ("add user bio", USER_WITH_BIO);
        let team = Team::new(shop, left, ("add a bio as a number", &other), USER_WITH_BIO);
        for head in [&team.left, &team.right] {
            let shop = &team.shop;
            shop.ok(&["upgrade", head]);
            shop.execute("INSERT INTO users (email, bio) VALUES ('a@b.c', '7')");
            let run = shop.run(&["downgrade", "-1"]);
            assert_eq!(run.code, 5, "{run:?}");
            assert!(run.err.contains("would lose 1 value of users.bio"), "{}", run.err);
            shop.ok(&["redo", "--allow-loss", "users.bio"]);
            assert_eq!(shop.columns("users"), ["bio", "email", "id"]);
            shop.ok(&["downgrade", &format!("{head}@base"), "--allow-loss", "users.bio"]);
            assert_eq!(shop.columns("users"), ["email", "id"]);
            assert_eq!(shop.rows("SELECT email AS value FROM users"), [Some("a@b.c".to_owned())]);
            shop.execute("DELETE FROM users");
        }
    });
}
