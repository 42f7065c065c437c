//! What a migration asks of rows before it changes anything, which no transaction could take back.

use diesel_autogen_evolve::guard::told;
use diesel_autogen_evolve::{Dialect, HazardCode};
use diesel_autogen_schema::testing::{big, column, id, one_of, schema, table, text};
use diesel_autogen_schema::{Action, Column, Schema, SqlType, Table};

use crate::harness::{Story, planned};

fn users(columns: Vec<Column>) -> Table {
    let mut users = table("users", vec![id()]);
    users.columns.to_mut().extend(columns);
    users
}

fn of(column: Column) -> Schema {
    schema(vec![users(vec![column])])
}

fn stops((before, after): (Schema, Schema), good: &str, bad: &str, expected: (HazardCode, &str)) {
    let (code, sentence) = expected;
    let Some(fine) = Story::new(before.clone(), after.clone(), &format!("{good};")) else { return };
    fine.up();
    let Some(story) = Story::new(before, after, &format!("{good}; {bad};")) else { return };
    let plan = planned(&story.before, &story.after, &story.live);
    assert!(plan.hazards().any(|it| it.code == code), "{:?}", plan.hazards().collect::<Vec<_>>());
    let structure = story.db.structure();
    let count = || story.db.rows("SELECT count(*) FROM users;");
    let there = count();
    let error = story.db.try_run(&plan.up_sql()).expect_err("rows are in the way");
    let guards = told(&plan.up_sql(), Dialect::Mysql);
    let reason = error.lines().find(|line| line.starts_with("ERROR")).unwrap_or_default();
    let found: Vec<String> = guards.iter().filter_map(|it| it.sentence(reason)).collect();
    assert_eq!(found, [sentence], "{error}");
    assert_eq!(story.db.structure(), structure);
    assert_eq!(count(), there);
}

#[test]
fn columns_and_rules() {
    let good = "INSERT INTO users (x) VALUES (1), (NULL)";
    let bad = "INSERT INTO users (x) VALUES (7), (7)";
    let before = || of(big("x").null());
    let with = |own: Table| schema(vec![own]);
    let unique = with(users(vec![big("x").null()]).unique(&["x"]));
    let found = "1 value of users.x is there more than once";
    stops((before(), unique), good, bad, (HazardCode::TightensUnique, found));
    let check = with(users(vec![big("x").null()]).check("few", "x < 5"));
    stops((before(), check), good, bad, (HazardCode::TightensCheck, "2 rows of users break few"));
    let teams = || table("teams", vec![id()]);
    let key = users(vec![big("x").null()]).references("x", "teams", Action::NoAction);
    let change = (schema(vec![users(vec![big("x").null()]), teams()]), schema(vec![key, teams()]));
    let found = "2 rows of users refer by x to no row of teams";
    let good = "INSERT INTO teams (id) VALUES (1); INSERT INTO users (x) VALUES (1), (NULL)";
    stops(change, good, bad, (HazardCode::TightensForeignKey, found));
    let good = "INSERT INTO users (x) VALUES (1)";
    let bad = "INSERT INTO users (x) VALUES (NULL)";
    let found = "1 row of users has no x";
    stops((before(), of(big("x"))), good, bad, (HazardCode::TightensNotNull, found));
}

#[test]
fn values_that_do_not_fit_into_another_type() {
    let into = "INSERT INTO users (x) VALUES";
    let long = |length| SqlType::Text { max_length: Some(length) };
    let exact =
        |precision, scale| SqlType::Numeric { precision: Some(precision), scale: Some(scale) };
    for (from, to, good, bad, name) in [
        (SqlType::BigInt, SqlType::Integer, "(2147483647)", "(2147483648), (-3000000000)", "INT"),
        (long(9), long(3), "('abc'), ('äöü')", "('abcd'), ('ab  ')", "VARCHAR(3)"),
        (exact(9, 2), exact(5, 1), "(9999.94)", "(9999.95), (-10000)", "DECIMAL(5, 1)"),
        (SqlType::TEXT, SqlType::Json, "('[1]')", "('[1'), ('')", "JSON"),
    ] {
        let change = (of(column("x", from)), of(column("x", to)));
        let found = format!("2 rows of users have a value in x that does not fit into {name}");
        let (good, bad) = (format!("{into} {good}"), format!("{into} {bad}"));
        stops(change, &good, &bad, (HazardCode::CastMayFail, &found));
    }
}

#[test]
fn labels_that_go() {
    let into = "INSERT INTO users (state) VALUES";
    let (good, bad) = (format!("{into} ('on')"), format!("{into} ('lost'), ('lost')"));
    let before = of(one_of("state", &["on", "off", "lost"]));
    let after = of(one_of("state", &["on", "off"]));
    let expected =
        (HazardCode::RemovesLabels, "2 rows of users have a label in state that goes: lost");
    stops((before, after), &good, &bad, expected);
    let expected =
        (HazardCode::CastMayFail, "2 rows of users have a value in state that is no label");
    let before = of(text("state"));
    stops((before, of(one_of("state", &["on", "off"]))), &good, &bad, expected);
}
