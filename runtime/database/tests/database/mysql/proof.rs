//! Migrations put to the test: those that do what their facts say, and those that do not.

use diesel_autogen_database::{Proof, ProofFailure, Report, Script, Server, WayBack, prove, seed};
use diesel_autogen_schema::testing::{column, schema};
use diesel_autogen_schema::{
    Action, Change, Column, Deferrable, Extras, ForeignKey, Identity, Live, Schema, SqlType, Table,
    diff,
};

use super::{made, server};

const USERS: &str = "CREATE TABLE `users` (`id` bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, \
                     `name` varchar(20) NOT NULL) ENGINE=InnoDB CHARACTER SET utf8mb4 \
                     COLLATE utf8mb4_unicode_ci;";
const POSTS: &str = "CREATE TABLE `posts` (`id` bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, \
                     `user_id` bigint NOT NULL, CONSTRAINT `posts_user_id_fkey` FOREIGN KEY \
                     (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE) ENGINE=InnoDB \
                     CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;";

fn id() -> Column {
    Column { identity: Some(Identity::ByDefault), ..column("id", SqlType::BigInt) }
}

fn users(more: Option<Column>) -> Table {
    let mut table = Table::new("users".into());
    let mut columns = vec![id(), column("name", SqlType::Text { max_length: Some(20) })];
    columns.extend(more);
    table.columns = columns.into();
    table.primary_key = vec!["id".into()].into();
    table
}

fn posts() -> Table {
    let mut table = Table::new("posts".into());
    table.columns = vec![id(), column("user_id", SqlType::BigInt)].into();
    table.primary_key = vec!["id".into()].into();
    table.foreign_keys = vec![ForeignKey {
        name: "posts_user_id_fkey".into(),
        columns: vec!["user_id".into()].into(),
        schema: None,
        table: "users".into(),
        references: vec!["id".into()].into(),
        on_delete: Action::Cascade,
        on_update: Action::NoAction,
        deferrable: Deferrable::No,
        extras: Extras::NONE,
    }]
    .into();
    table
}

/// What makes these tables: what the planner would write, by hand.
fn create(tables: &[Table]) -> Result<String, String> {
    let one = |table: &Table| match (&*table.name, table.columns.len()) {
        ("users", 2) => USERS.to_owned(),
        ("users", _) => USERS.replace("(20) NOT NULL", "(20) NOT NULL, `bio` int NULL"),
        _ => POSTS.to_owned(),
    };
    Ok(tables.iter().map(one).collect())
}

fn bio() -> Column {
    Column { nullable: true, ..column("bio", SqlType::Integer) }
}

/// Proves that these scripts add a column.
fn add(server: &Server, history: &str, up: &str, down: &str) -> Result<Report, ProofFailure> {
    let before = schema(vec![users(None)]);
    let after = schema(vec![users(Some(bio()))]);
    change(server, history, &before, &after, up, down)
}

fn change(
    server: &Server,
    history: &str,
    before: &Schema,
    after: &Schema,
    up: &str,
    down: &str,
) -> Result<Report, ProofFailure> {
    let mut history = made(server, history);
    let live: Live = history.live().unwrap();
    let changes: Vec<Change> = diff(before, after).unwrap();
    let script = |sql| Script { sql, in_transaction: false };
    prove(&mut Proof {
        history: &mut history,
        live: &live,
        up: &[script(up)],
        at_once: None,
        phased: false,
        down: &[script(down)],
        changes: &changes,
        hints: true,
        certain: true,
        way_back: WayBack::Certain,
        create: &create,
        by_dump: false,
    })
}

const ADD: &str = "ALTER TABLE `users` ADD COLUMN `bio` int NULL;";
const DROP: &str = "ALTER TABLE `users` DROP COLUMN `bio`;";

#[test]
fn a_migration_that_does_what_it_says_holds_with_rows_in_every_table_concerned() {
    let Some(server) = server() else { return };
    let report = add(&server, &format!("{USERS}{POSTS}"), ADD, DROP).unwrap();
    assert_eq!(report.seeded.notes, [""; 0]);
    assert_eq!(report.seeded.rows["users"], 5);
    assert_eq!(report.seeded.rows["posts"], 5);
    assert_eq!(report.rows, 10);
    let before = schema(vec![users(None)]);
    let both = schema(vec![users(None), posts()]);
    let report = change(&server, USERS, &before, &both, POSTS, "DROP TABLE `posts`;").unwrap();
    assert_eq!(report.rows, 0, "what is new has nothing to lose");
}

#[test]
fn what_a_script_does_besides_is_found() {
    let Some(server) = server() else { return };
    let history = format!(
        "{USERS}{POSTS}CREATE VIEW names AS SELECT name FROM users; \
         CREATE TRIGGER t BEFORE INSERT ON posts FOR EACH ROW SET NEW.id = NEW.id;"
    );
    for (up, down, expected) in [
        (ADD.replace("int", "bigint"), DROP.to_owned(), "table `users`"),
        (format!("{ADD} DELETE FROM posts;"), DROP.to_owned(), "rows"),
        (format!("{ADD} UPDATE users SET name = 'x';"), DROP.to_owned(), "is not what it was"),
        (format!("{ADD} DROP VIEW names;"), DROP.to_owned(), "view `names`"),
        (format!("{ADD} DROP TRIGGER t;"), DROP.to_owned(), "trigger `t`"),
        (format!("{ADD} CREATE TABLE stray (id int);"), DROP.to_owned(), "table `stray`"),
        (format!("{ADD} SET foreign_key_checks = 0;"), DROP.to_owned(), "foreign_key_checks"),
        (format!("{ADD} ALTER TABLE posts COMMENT 'x';"), DROP.to_owned(), "table `posts`"),
        (format!("{ADD} ALTER TABLE users ROW_FORMAT = REDUNDANT;"), DROP.to_owned(), "`users`"),
        (ADD.to_owned(), "SELECT 1;".to_owned(), "table `users`"),
        (ADD.to_owned(), format!("{DROP} SELECT wrong;"), "SELECT wrong"),
        (
            format!(
                "{ADD} SET foreign_key_checks = 0; DELETE FROM users WHERE id = 1; \
                     SET foreign_key_checks = 1;"
            ),
            DROP.to_owned(),
            "rows",
        ),
    ] {
        let failure = add(&server, &history, &up, &down).unwrap_err().to_string();
        assert!(failure.contains(expected), "{up}\n{down}\n{failure}");
    }
}

#[test]
fn rows_of_every_type_are_made_and_kept() {
    let Some(server) = server() else { return };
    let everything = "CREATE TABLE `all` (id bigint AUTO_INCREMENT PRIMARY KEY, yes boolean NOT NULL, \
         tiny tinyint NOT NULL, small smallint unsigned NOT NULL, medium mediumint NOT NULL, \
         whole int, huge bigint unsigned NOT NULL, f float NOT NULL, d double NOT NULL, \
         n decimal(12,2) NOT NULL, c char(3) NOT NULL, v varchar(20) NOT NULL UNIQUE, x text, \
         b binary(4) NOT NULL, vb varbinary(20) NOT NULL, bl blob NOT NULL, bits bit(5) NOT NULL, \
         day date NOT NULL, at time(3) NOT NULL, moment timestamp NOT NULL, dt datetime(3) NOT NULL, \
         y year NOT NULL, j json NOT NULL, e enum('a','b''c') NOT NULL, s set('p','q') NOT NULL, \
         p point NOT NULL, twice int AS (whole * 2) STORED, \
         CONSTRAINT few CHECK (tiny BETWEEN 3 AND 5), CONSTRAINT long_enough CHECK (char_length(v) > 2));";
    let history = format!(
        "{USERS}{everything}\
        ALTER TABLE users ADD COLUMN all_id bigint, ADD CONSTRAINT a FOREIGN KEY (all_id) REFERENCES `all` (id);"
    );
    let mut scratch = made(&server, &history);
    let place = diesel_autogen_schema::Place::plain("users");
    let seeded = seed(&mut scratch, &[place], &Schema::EMPTY).unwrap();
    assert_eq!(seeded.notes, [""; 0]);
    assert_eq!(seeded.rows["all"], 5, "{seeded:?}");
    let distinct = scratch
        .rows(
            "SELECT COUNT(DISTINCT yes), COUNT(DISTINCT e), COUNT(DISTINCT b), \
        COUNT(DISTINCT p), COUNT(DISTINCT dt) FROM \"all\"",
        )
        .unwrap();
    let all_vary = distinct[0].iter().all(|it| it.as_integer() > Some(1));
    assert!(all_vary, "{distinct:?}");
    let report = add(&server, &history, ADD, DROP);
    report.unwrap();
}
