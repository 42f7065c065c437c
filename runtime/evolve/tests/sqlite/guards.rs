//! What a migration asks of rows before it changes anything.

use diesel_autogen_evolve::guard::told;
use diesel_autogen_evolve::{Dialect, HazardCode};
use diesel_autogen_schema::testing::{big, column, id, one_of, schema, table, text};
use diesel_autogen_schema::{Action, Column, Expr, Schema, SqlType, Table};

use crate::harness::Story;

fn users(columns: Vec<Column>) -> Table {
    let mut users = table("users", vec![id()]);
    users.columns.to_mut().extend(columns);
    users
}

/// The migration goes with the good rows. With the bad ones it fails with the sentence, changes
/// nothing, and the guard is what failed.
fn stops(
    (before, after): (Schema, Schema),
    good: &str,
    bad: &str,
    (code, sentence): (HazardCode, &str),
) {
    let mut fine = Story::new(before.clone(), after.clone(), good);
    fine.up("");
    let mut story = Story::new(before, after, &format!("{good}; {bad}"));
    let plan =
        crate::harness::planned(&story.before, &story.after, &story.live, crate::harness::OLDEST);
    assert!(plan.hazards().any(|it| it.code == code), "{:?}", plan.hazards().collect::<Vec<_>>());
    let tables: Vec<String> = story.before.tables.iter().map(|it| it.name.to_string()).collect();
    let rows = |story: &mut Story| -> Vec<Vec<String>> {
        let quoted = tables.iter().map(|it| format!("\"{}\"", it.replace('"', "\"\"")));
        quoted.map(|from| story.db.rows(&["count(*)"], &from)).collect()
    };
    let (structure, there) = (story.db.structure(), rows(&mut story));
    let error = story.db.file(&plan.up_sql(), plan.transaction).expect_err("rows are in the way");
    let reason = error.lines().next().unwrap_or_default();
    let guards = told(&plan.up_sql(), Dialect::Sqlite);
    let found: Vec<String> = guards.iter().filter_map(|it| it.sentence(reason)).collect();
    assert_eq!(found, [sentence], "{error}");
    assert!(guards.iter().any(|it| it.code.as_deref() == Some(code.name())));
    assert_eq!(story.db.structure(), structure);
    assert_eq!(rows(&mut story), there);
    // No transaction is left open, and no setting is left changed.
    story.db.run("BEGIN; COMMIT");
    assert!(story.db.foreign_keys_on());
}

#[test]
fn a_column_that_becomes_required() {
    let change =
        (schema(vec![users(vec![text("email").null()])]), schema(vec![users(vec![text("email")])]));
    let good = "INSERT INTO users (email) VALUES ('a'), ('')";
    let bad = "INSERT INTO users (email) VALUES (NULL), (NULL)";
    let code = HazardCode::TightensNotNull;
    stops(change.clone(), good, bad, (code, "2 rows of users have no email"));
    let bad = "INSERT INTO users (email) VALUES (NULL)";
    stops(change, good, bad, (code, "1 row of users has no email"));
}

#[test]
fn a_column_under_its_new_name() {
    let change = (
        schema(vec![users(vec![text("mail").null()])]),
        schema(vec![
            Table { name: "people".into(), ..users(vec![text("email").was("mail")]) }.was("users"),
        ]),
    );
    let good = "INSERT INTO users (mail) VALUES ('a')";
    let bad = "INSERT INTO users (mail) VALUES (NULL), (NULL)";
    stops(change, good, bad, (HazardCode::TightensNotNull, "2 rows of users have no mail"));
}

#[test]
fn what_fills_a_column_may_be_nothing() {
    let filled = Column { backfill: Some(Expr::from("lower(name)")), ..text("slug") };
    let change = (
        schema(vec![users(vec![text("name").null()])]),
        schema(vec![users(vec![text("name").null(), filled])]),
    );
    let good = "INSERT INTO users (name) VALUES ('A')";
    let bad = "INSERT INTO users (name) VALUES (NULL), (NULL)";
    stops(change, good, bad, (HazardCode::FillMayFail, "2 rows of users get no slug"));
}

#[test]
fn a_uniqueness_rule() {
    let before = schema(vec![users(vec![text("email").null(), big("team")])]);
    let after = users(vec![text("email").null(), big("team")]).unique(&["email"]);
    let good = "INSERT INTO users (email, team) VALUES ('a', 1), (NULL, 1), (NULL, 1)";
    let bad = "INSERT INTO users (email, team) VALUES ('a', 2), ('b', 1), ('b', 1), ('b', 2)";
    let expected = (HazardCode::TightensUnique, "2 values of users.email are there more than once");
    stops((before.clone(), schema(vec![after])), good, bad, expected);
    let after = users(vec![text("email").null(), big("team")]).unique(&["email", "team"]);
    let expected =
        (HazardCode::TightensUnique, "1 value of users (email, team) is there more than once");
    stops((before, schema(vec![after])), good, bad, expected);
}

#[test]
fn a_check() {
    let before = schema(vec![users(vec![big("age").null()])]);
    let after = users(vec![big("age").null()]).check("users_age_check", "age >= 0 -- or so");
    let good = "INSERT INTO users (age) VALUES (1), (NULL)";
    let bad = "INSERT INTO users (age) VALUES (-1), (-2)";
    let expected = (HazardCode::TightensCheck, "2 rows of users break users_age_check");
    stops((before, schema(vec![after])), good, bad, expected);
}

#[test]
fn a_foreign_key() {
    let teams = || table("teams", vec![id()]);
    let members = || users(vec![big("team_id").null()]);
    let before = schema(vec![members(), teams()]);
    let after = schema(vec![members().references("team_id", "teams", Action::NoAction), teams()]);
    let good = "INSERT INTO teams (id) VALUES (1); INSERT INTO users (team_id) VALUES (1), (NULL)";
    let bad = "INSERT INTO users (team_id) VALUES (7), (8)";
    let expected =
        (HazardCode::TightensForeignKey, "2 rows of users refer by team_id to no row of teams");
    stops((before, after.clone()), good, bad, expected);
    // The other table is yet to come.
    let good = "INSERT INTO users (team_id) VALUES (NULL)";
    stops((schema(vec![members()]), after), good, bad, expected);
}

#[test]
fn labels_that_go_and_texts_that_are_none() {
    let of = |column: Column| schema(vec![users(vec![column])]);
    let after = || of(one_of("state", &["on", "off"]));
    let good = "INSERT INTO users (state) VALUES ('on'), ('off')";
    let bad = "INSERT INTO users (state) VALUES ('lost'), ('lost')";
    let before = of(one_of("state", &["on", "off", "lost"]));
    let expected =
        (HazardCode::RemovesLabels, "2 rows of users have a label in state that goes: lost");
    stops((before, after()), good, bad, expected);
}

#[test]
fn values_of_another_kind_than_their_column() {
    let before = schema(vec![users(vec![column("age", SqlType::Integer), text("name")])]);
    let mut after = before.clone();
    after.tables.to_mut()[0].strict = true;
    let good = "INSERT INTO users (age, name) VALUES (1, 'a'), ('2', 3)";
    let bad = "INSERT INTO users (age, name) VALUES ('many', 'a'), (1, x'00')";
    let expected =
        (HazardCode::TightensKind, "2 rows of users hold values of another kind than their column");
    stops((before, after), good, bad, expected);
}

#[test]
fn names_are_what_they_are_in_a_sentence() {
    let odd = |null: bool| {
        let mut it = table("it's; a \"table\"", vec![id(), text("no, 'value'")]);
        it.columns.to_mut()[1].nullable = null;
        schema(vec![it])
    };
    let into = "INSERT INTO \"it's; a \"\"table\"\"\" (\"no, 'value'\") VALUES";
    let expected = (HazardCode::TightensNotNull, "1 row of it's; a \"table\" has no no, 'value'");
    stops((odd(true), odd(false)), &format!("{into} ('x')"), &format!("{into} (NULL)"), expected);
}

#[test]
fn a_new_table_and_what_cannot_fail_are_not_asked_about() {
    let checked = table("orders", vec![id(), big("price")]).check("price", "price > 0");
    let plan = Story::new(schema(vec![]), schema(vec![checked.unique(&["price"])]), "").up("");
    assert_eq!((plan.guards().count(), plan.down_guards().count()), (0, 0));
    let filled = Column { backfill: Some(Expr::from("'none'")), ..text("email") };
    let before = schema(vec![users(vec![text("email").null()])]);
    let plan = Story::new(before, schema(vec![users(vec![filled])]), "").up("");
    assert_eq!((plan.guards().count(), plan.down_guards().count()), (0, 0));
}
