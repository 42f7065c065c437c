//! The way down after a loss, with rows there.

use diesel_autogen_schema::testing::{big, id, schema, table, text};
use diesel_autogen_schema::{Action, Column, Schema, SqlType};

use crate::harness::Story;

const ROWS: &str = "INSERT INTO teams (id, name) VALUES (1, 'red');
    INSERT INTO users (id, email, team_id) VALUES (10, 'a', 1), (11, 'b', 1)";

fn teams(team_id: Column) -> Schema {
    let users = table("users", vec![id(), text("email"), team_id]);
    let users = users.references("team_id", "teams", Action::NoAction);
    schema(vec![users, table("teams", vec![id(), text("name")])])
}

fn users(columns: Vec<Column>) -> Schema {
    let mut users = table("users", vec![id(), text("email")]);
    users.columns.to_mut().extend(columns);
    schema(vec![users])
}

#[test]
fn an_optional_reference_to_a_table_that_comes_back_empty_is_let_go() {
    let after = users(vec![big("team_id").null()]);
    let mut story = Story::new(teams(big("team_id").null()), after, ROWS);
    let plan = story.up("");
    assert_eq!(story.db.rows(&["id", "team_id"], "users"), ["10|1", "11|1"]);
    let why = "-- loses data: users.team_id (the rows that it referred to were dropped, \
               it becomes NULL)";
    assert!(plan.down_sql().contains(why), "{}", plan.down_sql());
    assert!(!plan.up_sql().contains(why));
    assert!(plan.down_hazards().all(|hazard| !hazard.code.may_fail()));
    story.down_and_up(&plan, ("", ""));
    assert_eq!(story.db.rows(&["id", "team_id"], "users"), ["10|NULL", "11|NULL"]);
}

/// Down fails with rows and leaves all as it was; without rows it does not.
fn is_stuck(mut story: Story, message: &str) {
    let plan = story.up("");
    let said = "were dropped: this fails while there are rows) [irreversible-data]\n";
    assert!(plan.down_sql().starts_with("-- does not come back: "), "{}", plan.down_sql());
    assert!(plan.down_sql().contains(said), "{}", plan.down_sql());
    assert!(plan.down_hazards().any(|hazard| hazard.code.may_fail()));
    let (structure, rows) = (story.db.structure(), story.db.rows(&["id", "email"], "users"));
    let error = story.db.file(&plan.down_sql(), plan.transaction).expect_err("there are rows");
    assert!(error.contains(message), "{error}");
    // Diesel's runner leaves this setting as the script left it.
    story.db.run("PRAGMA foreign_keys = ON; BEGIN; COMMIT");
    assert_eq!(story.db.structure(), structure);
    assert_eq!(story.db.rows(&["id", "email"], "users"), rows);
    story.db.run("DELETE FROM users");
    story.down_and_up(&plan, ("", ""));
}

#[test]
fn a_required_reference_to_a_table_that_comes_back_empty_stops_the_way_down() {
    let kept = users(vec![big("team_id")]);
    is_stuck(
        Story::new(teams(big("team_id")), kept, ROWS),
        "2 rows of users refer by team_id to no row of teams",
    );
}

#[test]
fn a_required_reference_that_comes_back_without_its_parents_stops_the_way_down() {
    is_stuck(
        Story::new(teams(big("team_id")), users(vec![]), ROWS),
        "2 rows of users would have no team_id",
    );
}

#[test]
fn keys_that_cannot_be_converted_back_are_said_to_stop_the_way_down() {
    let invoices = |number: Column| schema(vec![table("invoices", vec![number, big("total")])]);
    let number = || Column { identity: None, ..big("number") };
    let worded = |using: Option<&'static str>| Column {
        using: using.map(Into::into),
        ..Column::new("number".into(), SqlType::Text { max_length: None })
    };
    let rows = "INSERT INTO invoices (number, total) VALUES (7, 1), (8, 2)";

    let dressed = invoices(worded(Some("'I-' || number")));
    let mut story = Story::new(invoices(number()), dressed, rows);
    let plan = story.up("");
    assert!(plan.down_hazards().any(|hazard| hazard.code.may_fail()));
    let error = story.db.file(&plan.down_sql(), plan.transaction).expect_err("both become 0");
    assert!(error.contains("UNIQUE constraint failed"), "{error}");
    story.db.run("PRAGMA foreign_keys = ON; BEGIN; COMMIT");
    assert_eq!(story.db.rows(&["number"], "invoices"), ["'I-7'", "'I-8'"]);

    let mut plain = Story::new(invoices(number()), invoices(worded(None)), rows);
    let plan = plain.round();
    assert!(plan.down_hazards().all(|hazard| !hazard.code.may_fail()));
    plain.db.down(&plan);
    assert_eq!(plain.db.rows(&["number"], "invoices"), ["7", "8"]);
}
