//! Branches that are joined, moved and squashed where migrations are tried on a server.

use diesel_autogen_database::testing::{self, OwnDatabase};
use diesel_autogen_database::{Database, Value};

use super::shell::shell;
use super::shop::{Shop, USER, USER_WITH_BIO};
use super::team::{Team, version};

const STATES: &str = "use diesel_autogen::DbEnum;
#[derive(DbEnum)]
pub enum State { Open, Closed }
";

fn user(fields: &str) -> String {
    format!("{STATES}{}", USER.replace("pub email", &format!("{fields}    pub email")))
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

/// The names of the columns of `users`.
fn columns(database: &mut Database) -> Vec<Value> {
    let sql = "SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass('users') AND \
               attnum > 0 AND NOT attisdropped ORDER BY 1";
    database.rows(sql).unwrap().into_iter().flatten().collect()
}

fn emails(database: &mut Database) -> Vec<Value> {
    database.rows("SELECT email FROM users").unwrap().into_iter().flatten().collect()
}

/// A column of a type that it brings with it on one branch, an optional text on the other.
fn team(server: &OwnDatabase) -> Team {
    let state = "#[column(default = \"'open'\")]\n    pub state: State,\n";
    let shop = Shop::postgres(USER).at(server.url());
    shop.ok(&["generate", "-m", "add users"]);
    Team::new(
        shop,
        ("add user bio", USER_WITH_BIO),
        ("add user state", &user(state)),
        &user(&format!("{state}    pub bio: Option<String>,\n")),
    )
}

#[test]
fn branches_are_joined_and_whoever_has_one_gets_the_other() {
    let Some(server) = testing::postgres() else { return };
    let Team { shop, right, .. } = &team(&server);
    shop.ok(&["upgrade", right]);
    let mut database = server.open();
    database.execute("INSERT INTO users (email, state) VALUES ('a@b.c', 'closed')").unwrap();
    shop.ok(&["merge", "heads", "-m", "join bio and state"]);
    let run = shop.ok(&["upgrade"]);
    assert!(run.err.contains("was proved to work in that order"), "{run:?}");
    assert_eq!(columns(&mut database), ["bio", "email", "id", "state"].map(text));
    assert_eq!(emails(&mut database), [text("a@b.c")]);
    shop.ok(&["check", "--database"]);
    shop.ok(&["verify"]);
    shop.ok(&["downgrade", "-3", "--allow-loss", "users.state"]);
    assert_eq!(columns(&mut database), ["email", "id"].map(text));
    assert_eq!(emails(&mut database), [text("a@b.c")]);
}

#[test]
fn a_revision_moves_on_top_of_the_other() {
    let Some(server) = testing::postgres() else { return };
    let Team { shop, left, right, .. } = &team(&server);
    shop.ok(&["rebase", right]);
    let [_, two, new] = &shop.revisions()[..] else { panic!("{:?}", shop.revisions()) };
    assert_eq!(two, left);
    assert!(version(new) > version(right) && new.ends_with("_add_user_state"));
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    shop.ok(&["upgrade"]);
    assert_eq!(columns(&mut server.open()), ["bio", "email", "id", "state"].map(text));
}

#[test]
fn one_revision_leads_where_three_led() {
    let Some(server) = testing::postgres() else { return };
    let shop = Shop::postgres(USER).at(server.url());
    shop.ok(&["generate", "-m", "add users"]);
    let state = "#[column(default = \"'open'\")]\n    pub state: State,\n";
    shop.models(&user(state));
    shop.ok(&["generate", "-m", "add user state"]);
    shop.models(&user(&state.replace("default", "index, default")));
    shop.ok(&["generate", "-m", "find users by state"]);
    shop.ok(&["upgrade"]);
    let mut database = server.open();
    database.execute("INSERT INTO users (email, state) VALUES ('a@b.c', 'closed')").unwrap();
    let expected = database.dump().unwrap().to_string();
    shop.ok(&["squash", "base:head", "-m", "users of 2026"]);
    assert_eq!(shop.revisions().len(), 1);
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    assert!(shop.ok(&["upgrade"]).out.starts_with("nothing to apply"));
    shop.ok(&["check", "--database"]);
    assert_eq!(database.dump().unwrap().to_string(), expected);
    assert_eq!(emails(&mut database), [text("a@b.c")]);
    shop.ok(&["downgrade", "base", "--allow-loss", "users"]);
    assert!(columns(&mut database).is_empty());
    shop.ok(&["upgrade"]);
    assert_eq!(columns(&mut database), ["email", "id", "state"].map(text));
}

#[test]
fn scripts_are_run_by_the_shell_of_the_server() {
    let Some(server) = testing::postgres() else { return };
    let shop = Shop::postgres(USER).at(server.url());
    shop.ok(&["generate", "-m", "add users"]);
    let state = "#[column(default = \"'open'\")]\n    pub state: State,\n";
    shop.models(&user(state));
    shop.ok(&["generate", "-m", "add user state"]);
    // A label is added, and taken by a default at once: that needs two transactions.
    shop.models(&user(&state.replace("'open'", "'new'")).replace("{ Open", "{ New, Open"));
    shop.ok(&["generate", "-m", "users begin as new"]);
    let second = shop.revisions()[1].clone();
    if shell(&shop, "SELECT 1").is_none() {
        return;
    }
    let psql = |script: &str| assert_eq!(shell(&shop, script), Some(true), "{script}");

    psql(&shop.ok(&["upgrade", &format!("base:{second}"), "--sql"]).out);
    let mut database = server.open();
    database.execute("INSERT INTO users (email) VALUES ('a@b.c')").unwrap();
    assert_eq!(shop.run(&["current"]).code, 3);
    psql(&shop.ok(&["upgrade", &format!("{second}:head"), "--sql"]).out);
    shop.ok(&["current"]);
    shop.ok(&["check", "--database"]);
    database.execute("INSERT INTO users (email) VALUES ('d@e.f')").unwrap();
    let states = |database: &mut Database| -> Vec<Value> {
        let sql = "SELECT state::text FROM users ORDER BY email";
        database.rows(sql).unwrap().into_iter().flatten().collect()
    };
    assert_eq!(states(&mut database), ["open", "new"].map(text));
    // The way back would have no label for the row.
    database.execute("UPDATE users SET state = 'closed'").unwrap();
    psql(&shop.ok(&["downgrade", &format!("head:{second}"), "--sql"]).out);
    assert_eq!(states(&mut database), ["closed", "closed"].map(text));
    psql(&shop.ok(&["downgrade", &format!("{second}:base"), "--sql"]).out);
    assert!(columns(&mut database).is_empty());
    psql(&shop.ok(&["stamp", "head", "--sql"]).out);
    shop.ok(&["current"]);
    psql(&shop.ok(&["stamp", "base", "--sql"]).out);
    assert_eq!(shop.run(&["current"]).code, 3);
}
