//! What lints say, of what, in which format, and how it ends.

use std::process::{Command, Stdio};

use super::shop::{Run, Shop, USER, USER_WITH_BIO};

const LEVELS: &str = "lints = { drops-column = \"deny\" }\n";

fn by_hand(shop: &Shop, name: &str, up: &str, down: &str) {
    shop.write(&format!("migrations/{name}/up.sql"), up);
    shop.write(&format!("migrations/{name}/down.sql"), down);
}

fn with_manifest(shop: &Shop, more: &str) {
    let manifest = shop.read("Cargo.toml");
    shop.write("Cargo.toml", &format!("{manifest}{more}"));
}

#[test]
fn findings_name_the_line_the_code_and_the_safe_way() {
    let shop = Shop::with_users();
    assert_eq!(shop.ok(&["lint"]).out, "nothing to mind in 1 migration\n");
    let name = "2090-01-01-000000_wipe";
    by_hand(&shop, name, "-- a line\n\nDELETE FROM users;\n", "SELECT 1;");
    let run = shop.ok(&["lint"]);
    let expected = format!(
        "migrations/{name}/up.sql:3: warn: users: every row is deleted [no-where]\n    safe: a \
         WHERE that says which rows are meant\n"
    );
    assert_eq!(run.out, expected);
    assert!(run.err.contains("found in 1 migration: 1 warn;"), "{}", run.err);
    assert_eq!(shop.run(&["lint", "--strict"]).code, 1);
    assert_eq!(shop.ok(&["lint", "head-1"]).out, "nothing to mind in 1 migration\n");
    assert!(shop.ok(&["lint", "--all"]).err.contains("found in 2 migrations: 1 warn;"));
    let path = format!("migrations/{name}/up.sql");
    assert_eq!(shop.ok(&["lint", &path]).out, expected);
}

#[test]
fn the_package_says_how_bad_it_is_and_a_remark_lets_it_be() {
    let shop = Shop::new(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add users"]);
    with_manifest(&shop, LEVELS);
    shop.models(USER);
    let arguments = ["generate", "-m", "drop bio", "--allow-loss", "users.bio"];
    let run = shop.run(&arguments);
    assert_eq!((run.code, shop.revisions().len()), (1, 1), "{run:?}");
    assert!(run.err.contains("users.bio: its values are gone"), "{}", run.err);
    assert!(run.err.contains("diesel-autogen explain drops-column"), "{}", run.err);

    let drop = "ALTER TABLE users DROP COLUMN bio;\n";
    let name = "2090-01-01-000000_drop_bio";
    by_hand(&shop, name, drop, "SELECT 1;");
    assert_eq!(shop.run(&["lint"]).code, 1);
    by_hand(&shop, name, &format!("-- autogen: allow(drops-column)\n{drop}"), "SELECT 1;");
    let run = shop.run(&["lint"]);
    assert!(run.code == 1 && run.out.contains("has no reason"), "{run:?}");
    let allowed = format!("-- autogen: allow(drops-column) nobody reads it\n{drop}");
    by_hand(&shop, name, &allowed, "SELECT 1;");
    assert_eq!(shop.ok(&["lint"]).out, "nothing to mind in 1 migration\n");
}

#[test]
fn what_generate_writes_is_told_with_what_lints_think_of_it() {
    let shop = Shop::new(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add users"]);
    shop.models(USER);
    let arguments = ["generate", "-m", "drop bio", "--allow-loss", "users.bio"];
    let run = shop.ok(&[&arguments[..], &["--dry-run"]].concat());
    let lints = "\nlints\n  warn: users.bio: its values are gone, and what runs now still reads it \
                 [drops-column]\n      safe: ALTER TABLE users RENAME COLUMN bio TO deprecated_bio;";
    assert!(run.out.contains(lints), "{}", run.out);
    let report = shop.json(&arguments);
    assert_eq!(report["revision"]["lints"][0]["code"], "drops-column");
}

#[test]
fn codes_that_there_are_not_are_refused_with_the_nearest() {
    let shop = Shop::with_users();
    with_manifest(&shop, "lints = { drop-column = \"deny\" }\n");
    let run = shop.run(&["lint"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("`lints` in `Cargo.toml`: no lint has the code `drop-column`"));
    assert!(run.err.contains("did you mean `drops-column`?"), "{}", run.err);
    let run = shop.run(&["explain", "drop-columns"]);
    assert!(run.code == 2 && run.err.contains("did you mean `drops-column`?"), "{run:?}");
}

fn piped(shop: &Shop, arguments: &[&str], input: &str) -> Run {
    let file = shop.path().join("input");
    std::fs::write(&file, input).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_diesel-autogen"))
        .args(arguments)
        .current_dir(shop.path())
        .stdin(Stdio::from(std::fs::File::open(file).unwrap()))
        .output()
        .unwrap();
    Run {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn files_and_standard_input_need_no_package() {
    let shop = Shop::bare(USER);
    let arguments = ["lint", "-", "--backend", "postgres"];
    let run = piped(&shop, &arguments, "CREATE INDEX CONCURRENTLY a ON b (c);");
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.out.starts_with("<stdin>:1: deny: PostgreSQL runs nothing concurrently inside"));
    let outside = [&arguments[..], &["--outside-transaction"]].concat();
    let run = piped(&shop, &outside, "CREATE INDEX CONCURRENTLY a ON b (c);");
    assert!(run.code == 0 && run.out.contains("[concurrent-leftover]"), "{run:?}");
    shop.write("x.sql", "ALTER TABLE a ENGINE = MyISAM;");
    let run = shop.ok(&["lint", "x.sql", "--backend", "mysql"]);
    for told in ["myisam has no transactions", "another engine, myisam: nobody can write"] {
        assert!(run.out.contains(&format!("x.sql:1: warn: a: {told}")), "{}", run.out);
    }
    assert_eq!(shop.run(&["lint", "x.sql", "--backend", "oracle"]).code, 2);
    assert_eq!(shop.run(&["lint", "head", "--backend", "mysql"]).code, 2);
}

#[test]
fn programs_and_scanners_get_documents() {
    let shop = Shop::with_users();
    by_hand(&shop, "2090-01-01-000000_wipe", "DELETE FROM users;", "SELECT 1;");
    let report = shop.json(&["lint"]);
    assert_eq!(report["findings"][0]["code"], "no-where");
    assert_eq!(report["findings"][0]["line"], 1);
    assert_eq!(report["linted"][0], "migrations/2090-01-01-000000_wipe");
    let run = shop.ok(&["lint", "--format", "github"]);
    let expected = "::warning file=migrations/2090-01-01-000000_wipe/up.sql,line=1::users: every";
    assert!(run.out.starts_with(expected), "{}", run.out);
    let run = shop.ok(&["lint", "--format", "sarif"]);
    let log: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let result = &log["runs"][0]["results"][0];
    assert_eq!((&result["ruleId"], &result["level"]), (&"no-where".into(), &"warning".into()));
    let index = result["ruleIndex"].as_u64().unwrap() as usize;
    assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][index]["id"], "no-where");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["region"]["startLine"], 1);
    assert_eq!(shop.run(&["check", "--format", "sarif"]).code, 2);
}

#[test]
fn what_is_new_since_a_commit_is_told() {
    let shop = Shop::with_users();
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]);
        let output = git.args(arguments).current_dir(shop.path()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "migrations"]);
    git(&["commit", "-qm", "one"]);
    assert_eq!(shop.ok(&["lint", "--since", "HEAD"]).out, "nothing to mind in 0 migrations\n");
    by_hand(&shop, "2090-01-01-000000_wipe", "DELETE FROM users;", "SELECT 1;");
    assert!(shop.ok(&["lint", "--since", "HEAD"]).err.contains("found in 1 migration: 1 warn"));
    git(&["add", "migrations"]);
    git(&["commit", "-qm", "two"]);
    assert!(shop.ok(&["lint", "--since", "HEAD~1"]).err.contains("found in 1 migration: 1 warn"));
    let run = shop.run(&["lint", "--since", "nowhere"]);
    assert!(run.code == 1 && run.err.contains("git merge-base"), "{run:?}");
}

#[test]
fn explanations_have_the_damage_the_safe_way_and_examples() {
    let shop = Shop::bare(USER);
    let run = shop.ok(&["explain", "index-not-concurrent"]);
    for part in ["lock    SHARE", "damage  Building", "safe    Build", "CONCURRENTLY users_email"] {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }
    assert!(shop.ok(&["explain", "tightens-not-null"]).out.contains("a hazard"));
    let all = shop.ok(&["explain"]).out;
    assert!(all.contains("  no-where ") && all.contains("  loses-on-down "), "{all}");
    assert!(shop.json(&["explain"]).as_array().unwrap().len() > 40);
}
