//! What a migration asks of rows before it changes anything.

use diesel_autogen_evolve::guard::told;
use diesel_autogen_evolve::{Dialect, HazardCode};
use diesel_autogen_schema::testing::{big, column, id, one_of, schema, table, text};
use diesel_autogen_schema::{
    Action, Column, Expr, Extra, Extras, Index, IndexKey, PgType, Schema, SqlType, Table,
};

use crate::harness::{Story, planned};

fn users(columns: Vec<Column>) -> Table {
    let mut users = table("users", vec![id()]);
    users.columns.to_mut().extend(columns);
    users
}

fn of(column: Column) -> Schema {
    schema(vec![users(vec![column])])
}

/// The migration goes with the good rows. With the bad ones it fails with the sentence as the
/// server's message, and changes nothing.
fn stops((before, after): (Schema, Schema), good: &str, bad: &str, expected: (HazardCode, &str)) {
    let (code, sentence) = expected;
    let Some(mut fine) = Story::new(before.clone(), after.clone(), good) else { return };
    fine.up();
    let Some(mut story) = Story::new(before, after, &format!("{good}; {bad}")) else { return };
    let plan = planned(&story.before, &story.after, &story.live);
    assert!(plan.hazards().any(|it| it.code == code), "{:?}", plan.hazards().collect::<Vec<_>>());
    let counts = |story: &mut Story| -> Vec<Vec<String>> {
        let places: Vec<String> =
            story.before.tables.iter().map(|it| it.place().to_string()).collect();
        places.iter().map(|from| story.db.rows(&["count(*)"], from)).collect()
    };
    let (structure, there) = (story.db.structure(), counts(&mut story));
    let error = story.db.file(&plan.up_sql(), plan.transaction).expect_err("rows are in the way");
    let reason = error.lines().next().unwrap_or_default();
    let guards = told(&plan.up_sql(), Dialect::Postgres);
    let found: Vec<String> = guards.iter().filter_map(|it| it.sentence(reason)).collect();
    assert_eq!(found, [sentence], "{error}");
    if !sentence.starts_with("1 ") {
        assert_eq!(reason, sentence);
    }
    assert_eq!(story.db.structure(), structure);
    assert_eq!(counts(&mut story), there);
    story.db.run("BEGIN; COMMIT");
}

#[test]
fn a_column_that_becomes_required() {
    let change = (of(text("email").null()), of(text("email")));
    let good = "INSERT INTO users (email) VALUES ('a'), ('')";
    let bad = "INSERT INTO users (email) VALUES (NULL), (NULL)";
    stops(change, good, bad, (HazardCode::TightensNotNull, "2 rows of users have no email"));
    let filled = Column { backfill: Some(Expr::from("lower(name)")), ..text("email") };
    let change = (
        schema(vec![users(vec![text("email").null(), text("name").null()])]),
        schema(vec![users(vec![filled, text("name").null()])]),
    );
    let good = "INSERT INTO users (email, name) VALUES ('a', NULL), (NULL, 'A')";
    let bad = "INSERT INTO users (email, name) VALUES (NULL, NULL), (NULL, NULL)";
    let expected = (HazardCode::FillMayFail, "2 rows of users have no email, and get none");
    stops(change, good, bad, expected);
}

#[test]
fn tables_and_columns_under_new_names_and_in_schemas() {
    let before = Table { schema: Some("auth".into()), ..users(vec![text("mail").null()]) };
    let after = Table { name: "people".into(), ..users(vec![text("email").was("mail")]) };
    let change = (schema(vec![before]), schema(vec![after.was("auth.users")]));
    let good = "INSERT INTO auth.users (mail) VALUES ('a')";
    let bad = "INSERT INTO auth.users (mail) VALUES (NULL), (NULL)";
    let expected = (HazardCode::TightensNotNull, "2 rows of auth.users have no mail");
    stops(change, good, bad, expected);
}

#[test]
fn rules_that_come() {
    let members = || users(vec![big("team_id").null()]);
    let teams = || table("teams", vec![id()]);
    let before = || schema(vec![members(), teams()]);
    let with = |own: Table| schema(vec![own, teams()]);
    let good = "INSERT INTO teams (id) VALUES (1); INSERT INTO users (team_id) VALUES (1), (NULL)";
    let bad = "INSERT INTO users (team_id) VALUES (7), (8), (8), (7)";
    let key = with(members().references("team_id", "teams", Action::NoAction));
    let found = "4 rows of users refer by team_id to no row of teams";
    stops((before(), key), good, bad, (HazardCode::TightensForeignKey, found));
    let unique = with(members().unique(&["team_id"]));
    let found = "2 values of users.team_id are there more than once";
    stops((before(), unique), good, bad, (HazardCode::TightensUnique, found));
    let check = with(members().check("few", "team_id < 5"));
    let expected = (HazardCode::TightensCheck, "4 rows of users break few");
    stops((before(), check), good, bad, expected);
}

#[test]
fn what_another_collation_takes_for_the_same_is_there_more_than_once() {
    let key = IndexKey {
        extras: vec![Extra::Collate("\"pg_catalog\".\"C\"".into())].into(),
        ..IndexKey::column("email".into())
    };
    let index = Index {
        name: "users_email".into(),
        keys: vec![key].into(),
        unique: true,
        predicate: None,
        extras: Extras::NONE,
    };
    let mut after = users(vec![text("email")]);
    after.indexes = vec![index].into();
    let good = "INSERT INTO users (email) VALUES ('a'), ('A')";
    let bad = "INSERT INTO users (email) VALUES ('b'), ('b'), ('c'), ('c')";
    let found = "2 values of users.email are there more than once";
    let change = (of(text("email")), schema(vec![after]));
    stops(change, good, bad, (HazardCode::TightensUnique, found));
}

#[test]
fn values_that_do_not_fit_into_another_type() {
    let into = "INSERT INTO users (x) VALUES";
    let long = |length| SqlType::Text { max_length: Some(length) };
    let exact =
        |precision, scale| SqlType::Numeric { precision: Some(precision), scale: Some(scale) };
    for (from, to, good, bad, name) in [
        (
            SqlType::BigInt,
            SqlType::Integer,
            "(2147483647)",
            "(2147483648), (-3000000000)",
            "INTEGER",
        ),
        (SqlType::Integer, SqlType::SmallInt, "(32767)", "(32768), (-32769)", "SMALLINT"),
        (SqlType::TEXT, long(3), "('abc  '), ('äöü')", "('abcd'), ('a   b')", "VARCHAR(3)"),
        (exact(9, 2), exact(5, 1), "(9999.94)", "(9999.95), (-10000)", "NUMERIC(5, 1)"),
        (SqlType::TEXT, SqlType::Integer, "(' 12 '), ('-3')", "('many'), ('')", "INTEGER"),
        (
            SqlType::TEXT,
            SqlType::Pg(PgType::Uuid),
            "('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'), ('{a0eebc999c0b4ef8bb6d6bb9bd380a11}')",
            "('a0eebc99'), ('none')",
            "UUID",
        ),
    ] {
        let change = (of(column("x", from)), of(column("x", to)));
        let found = format!("2 rows of users have a value in x that does not fit into {name}");
        let (good, bad) = (format!("{into} {good}"), format!("{into} {bad}"));
        stops(change, &good, &bad, (HazardCode::CastMayFail, &found));
    }
}

#[test]
fn labels_that_go_and_texts_that_are_none() {
    let into = "INSERT INTO users (state) VALUES";
    let (good, bad) = (format!("{into} ('on')"), format!("{into} ('lost'), ('lost')"));
    let after = || of(one_of("state", &["on", "off"]));
    let before = of(one_of("state", &["on", "off", "lost"]));
    let expected =
        (HazardCode::RemovesLabels, "2 rows of users have a label in state that goes: lost");
    stops((before, after()), &good, &bad, expected);
    let expected =
        (HazardCode::CastMayFail, "2 rows of users have a value in state that is no label");
    stops((of(text("state")), after()), &good, &bad, expected);
}

/// A label that must be committed before it can be used is not committed where a guard fails.
#[test]
fn nothing_is_committed_before_a_guard() {
    let state = |labels: &[&str]| one_of("state", labels).default_sql("'on'");
    let before = schema(vec![users(vec![state(&["on"]), text("email").null()])]);
    let filled = Column { backfill: Some(Expr::from("'off'")), ..one_of("other", &["on", "off"]) };
    let filled = Column { sql_type: one_of("state", &["on", "off"]).sql_type, ..filled };
    let after = schema(vec![users(vec![state(&["on", "off"]), text("email"), filled])]);
    let good = "INSERT INTO users (email) VALUES ('a')";
    let bad = "INSERT INTO users (email) VALUES (NULL), (NULL)";
    stops(
        (before, after),
        good,
        bad,
        (HazardCode::TightensNotNull, "2 rows of users have no email"),
    );
}

#[test]
fn the_way_back_asks_as_well() {
    let change = (of(text("email")), of(text("email").null()));
    let Some(mut story) = Story::new(change.0, change.1, "INSERT INTO users (email) VALUES ('a')")
    else {
        return;
    };
    let plan = story.round();
    assert_eq!((plan.guards().count(), plan.down_guards().count()), (0, 1));
    story.db.run("INSERT INTO users (email) VALUES (NULL), (NULL)");
    let error = story.db.file(&plan.down_sql(), plan.transaction).expect_err("rows are in the way");
    assert!(error.starts_with("2 rows of users have no email\n"), "{error}");
    assert_eq!(story.db.rows(&["count(*)"], "users"), ["3"]);
}
