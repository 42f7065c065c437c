//! Help, usage and what a terminal gets.

use std::process::Command;

use super::shop::{Shop, USER, USER_WITH_BIO};

const COMMANDS: [&str; 22] = [
    "init",
    "generate",
    "check",
    "upgrade",
    "downgrade",
    "redo",
    "current",
    "history",
    "heads",
    "branches",
    "show",
    "diff",
    "inspect",
    "stamp",
    "merge",
    "rebase",
    "squash",
    "verify",
    "lint",
    "explain",
    "completions",
    "man",
];

#[test]
fn every_command_has_help_with_an_example() {
    let shop = Shop::bare(USER);
    let help = shop.ok(&["--help"]).out;
    for command in COMMANDS {
        assert!(help.contains(&format!("\n  {command} ")), "{help}");
        let own = shop.ok(&[command, "--help"]).out;
        assert!(own.contains(&format!("diesel-autogen {command}")), "{own}");
        assert!(own.contains("Example"), "{own}");
    }
}

#[test]
fn wrong_calls_are_usage_errors_with_a_suggestion() {
    let shop = Shop::new(USER);
    let run = shop.run(&["chek"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("check"), "{}", run.err);
    assert_eq!(shop.run(&[]).code, 2);
    assert_eq!(shop.run(&["check", "--format", "xml"]).code, 2);
    let run = shop.run(&["check", "-p", "shp"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("shop"), "{}", run.err);
}

#[test]
fn packages_are_found_from_elsewhere() {
    let shop = Shop::with_users();
    let elsewhere = Shop::bare(USER);
    let manifest = shop.path().join("Cargo.toml");
    let run = elsewhere.ok(&["check", "--manifest-path", manifest.to_str().unwrap()]);
    assert!(run.out.starts_with("shop: the models are in sync with "), "{}", run.out);
}

#[test]
fn show_tells_everything_about_a_revision() {
    let shop = Shop::with_users();
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    let [first, second] = &shop.revisions()[..] else { panic!() };
    let run = shop.ok(&["show"]);
    assert!(run.out.starts_with(&format!("{second} (head)\nmessage:      add user bio\n")));
    assert!(run.out.contains("    add column users.bio\n"), "{}", run.out);
    assert!(run.out.contains("\nup.sql\n") && run.out.contains("\ndown.sql\n"), "{}", run.out);
    let report = shop.json(&["show", first]);
    assert_eq!(report["changes"][0], "create table users");
    assert!(report["up_sql"].as_str().unwrap().contains("CREATE TABLE users"));
    assert_eq!(shop.run(&["show", "nope"]).code, 2);
}

#[test]
fn verify_proves_the_whole_history() {
    let shop = Shop::with_users();
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    let report = shop.json(&["verify"]);
    assert_eq!(report["revisions"].as_array().unwrap().len(), 2);
    assert!(report["revisions"][1]["rows"].as_u64().unwrap() > 0, "{report}");

    let down = format!("migrations/{}/down.sql", shop.revisions()[1]);
    shop.write(&down, "SELECT 1;");
    let run = shop.run(&["verify"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains(&shop.revisions()[1]), "{}", run.err);
}

/// Among its revisions is one that makes a text with rows an enum, and tables that refer to it.
#[test]
fn verify_has_rows_for_every_table_of_an_old_application() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/existing/Cargo.toml");
    let report = Shop::bare(USER).json(&["verify", "--manifest-path", manifest]);
    let revisions = report["revisions"].as_array().unwrap();
    assert_eq!(revisions.len(), 5);
    for revision in revisions.iter().filter(|it| it["by_hand"] == false) {
        assert_eq!(revision["notes"].as_array().unwrap().len(), 0, "{revision}");
        assert!(revision["rows"].as_u64().unwrap() >= 15, "{revision}");
    }
}

#[test]
fn colours_are_for_those_who_see_them() {
    let shop = Shop::new(USER);
    let coloured = |variables: &[(&str, &str)]| {
        let output = Command::new(env!("CARGO_BIN_EXE_diesel-autogen"))
            .args(["generate", "-m", "add users", "--dry-run"])
            .current_dir(shop.path())
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap().contains('\u{1b}')
    };
    assert!(coloured(&[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}

#[test]
fn completions_and_the_manual_know_every_command() {
    let shop = Shop::bare(USER);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let text = shop.ok(&["completions", shell]).out;
        for command in COMMANDS {
            assert!(text.contains(command), "{shell} does not know {command}");
        }
    }
    let page = shop.ok(&["man"]).out;
    assert!(
        page.contains(".TH diesel\\-autogen 1") || page.contains(".TH diesel-autogen 1"),
        "{page}"
    );
    shop.ok(&["man", "--dir", "man"]);
    for command in COMMANDS {
        let page = shop.read(&format!("man/diesel-autogen-{command}.1"));
        assert!(page.contains("Example"), "{command}: {page}");
    }
}
