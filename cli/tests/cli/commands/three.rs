//! Three branches of one package that each generated a migration.

use std::fs;

use super::shop::{Shop, USER, on_each_with_users};
use super::team::{next_second, version};

const NAMES: [&str; 3] = ["teams", "rooms", "desks"];

fn table(name: &str) -> String {
    format!(
        "\n#[derive(Model)]\n#[diesel(table_name = {name})]\npub struct Of_{name} {{\n    pub id: \
         i64,\n    #[column(references = users::id)]\n    pub owner: i64,\n}}\n"
    )
}

/// A table on each branch, all on top of the one revision of the package; the models are those of
/// all. Returns the directories of the branches, the oldest first.
fn apart(shop: &Shop) -> [String; 3] {
    let before = shop.read("migrations/schema.toml");
    let path = |dir: &str| shop.path().join("migrations").join(dir);
    let branches = NAMES.map(|name| {
        next_second();
        shop.write("migrations/schema.toml", &before);
        shop.models(&format!("{USER}{}", table(name)));
        shop.ok(&["generate", "-m", &format!("add {name}")]);
        let dir = shop.revisions().last().unwrap().clone();
        fs::rename(path(&dir), shop.path().join(&dir)).unwrap();
        dir
    });
    branches.iter().for_each(|dir| fs::rename(shop.path().join(dir), path(dir)).unwrap());
    shop.models(&format!("{USER}{}", NAMES.map(table).concat()));
    branches
}

fn tables(shop: &Shop) -> Vec<&'static str> {
    NAMES.into_iter().filter(|name| !shop.columns(name).is_empty()).collect()
}

#[test]
fn three_branches_are_joined_at_once_and_each_is_left_alone_when_the_others_are_reverted() {
    on_each_with_users(|shop| {
        let branches = apart(&shop);
        let heads = shop.ok(&["heads"]).out;
        assert!(branches.iter().all(|it| heads.contains(it.as_str())), "{heads}");
        // A database has the youngest alone, with a row.
        shop.ok(&["upgrade", &branches[2]]);
        shop.execute("INSERT INTO users (id, email) VALUES (7, 'a@b.c')");
        shop.execute("INSERT INTO desks (id, owner) VALUES (1, 7)");
        let run = shop.ok(&["merge", "heads", "-m", "teams and rooms and desks"]);
        assert!(branches.iter().all(|it| run.out.contains(it.as_str())), "{}", run.out);
        shop.ok(&["check"]);
        shop.ok(&["verify"]);
        shop.ok(&["upgrade"]);
        assert_eq!(tables(&shop), NAMES);
        shop.ok(&["check", "--database", "--heads"]);
        // Behind the merge all three are heads of the database, and one goes back alone.
        shop.ok(&["downgrade", "-1"]);
        let current = shop.run(&["current"]).out;
        assert!(branches.iter().all(|it| current.contains(it.as_str())), "{current}");
        shop.ok(&["downgrade", &format!("{}@-1", version(&branches[1]))]);
        assert_eq!(tables(&shop), ["teams", "desks"]);
        let current = shop.run(&["current"]).out;
        for (at, state) in ["applied", "pending", "applied"].into_iter().enumerate() {
            assert!(current.contains(&format!("{} ({state})", branches[at])), "{current}");
        }
        let rows = "SELECT email AS value FROM users JOIN desks ON owner = users.id";
        assert_eq!(shop.rows(rows), [Some("a@b.c".to_owned())]);
        shop.ok(&["upgrade"]);
        assert_eq!(tables(&shop), NAMES);
        assert_eq!(shop.rows(rows), [Some("a@b.c".to_owned())]);
    });
}

#[test]
fn three_branches_become_one_line() {
    on_each_with_users(|shop| {
        let branches = apart(&shop);
        let run = shop.run(&["rebase", &branches[2]]);
        assert_eq!(run.code, 4, "{run:?}");
        assert!(run.err.contains("there are 3 heads: say which one"), "{}", run.err);
        shop.ok(&["rebase", &branches[2], "--onto", &branches[0]]);
        let heads = shop.ok(&["heads"]).out;
        assert_eq!(heads.lines().filter(|it| it.contains("_add_")).count(), 2, "{heads}");
        shop.ok(&["rebase", &branches[1]]);
        let heads = shop.ok(&["heads"]).out;
        assert_eq!(heads.lines().filter(|it| it.contains("_add_")).count(), 1, "{heads}");
        shop.ok(&["check"]);
        shop.ok(&["verify"]);
        shop.ok(&["upgrade"]);
        assert_eq!(tables(&shop), NAMES);
        shop.ok(&["check", "--database", "--heads"]);
        shop.ok(&["downgrade", "base"]);
        assert_eq!(tables(&shop), [""; 0]);
    });
}
