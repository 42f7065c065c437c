//! The password of a URL is in nothing that is printed or written.

use diesel_autogen_database::testing;

use crate::commands::shop::{Shop, USER, USER_WITH_BIO};

const PASSWORD: &str = "hunter2-and-more";

/// The URL with a password, which a server that trusts does not ask for.
fn with_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap();
    let (user, place) = rest.split_once('@').unwrap_or(("postgres", rest));
    let user = user.split(':').next().unwrap();
    format!("{scheme}://{user}:{PASSWORD}@{place}")
}

fn every_command(shop: &Shop) {
    let commands: [&[&str]; 20] = [
        &["generate", "-m", "add user bio"],
        &["current"],
        &["upgrade"],
        &["history", "-v"],
        &["check", "--database"],
        &["check", "--database", "--heads", "--format", "json"],
        &["inspect"],
        &["diff", "database", "models"],
        &["show", "head"],
        &["upgrade", "base:head", "--sql"],
        &["downgrade", "-1"],
        &["downgrade", "no_such_thing"],
        &["redo"],
        &["stamp", "head"],
        &["verify"],
        &["heads"],
        &["branches"],
        &["lint", "--all", "--format", "sarif"],
        &["squash", "base:head", "-m", "all of them"],
        &["merge", "heads", "-m", "nothing to join"],
    ];
    for command in commands {
        for extra in [&[][..], &["--format", "json"]] {
            let run = shop.run(&[command, extra].concat());
            let said = format!("{}{}", run.out, run.err);
            assert!(!said.contains(PASSWORD), "{command:?}: {said}");
        }
    }
    for (path, text) in shop.files() {
        assert!(!text.contains(PASSWORD), "{}", path.display());
    }
}

#[test]
fn a_password_is_neither_printed_nor_written() {
    let Some(server) = testing::postgres() else { return };
    let shop = Shop::postgres(USER).at(with_password(&server.url()));
    shop.ok(&["generate", "-m", "add users"]);
    shop.ok(&["upgrade"]);
    shop.models(USER_WITH_BIO);
    every_command(&shop);
}

#[test]
fn a_password_of_a_server_that_does_not_answer_is_not_printed() {
    let url = with_password("postgres://me@127.0.0.1:1/nowhere?connect_timeout=1");
    let shop = Shop::postgres(USER).at(url);
    every_command(&shop);
}

#[cfg(feature = "mysql")]
#[test]
fn a_password_of_a_mysql_url_is_not_printed() {
    let shop = Shop::mariadb(USER).at(with_password("mysql://me@127.0.0.1:1/nowhere"));
    every_command(&shop);
}
