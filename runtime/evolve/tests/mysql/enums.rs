use diesel_autogen_evolve::{HazardCode, Plan};
use diesel_autogen_schema::testing::{id, one_of, schema, table};
use diesel_autogen_schema::{Column, Enum, Label, Schema, SqlType};

use crate::harness::{Story, alters};

const LABELS: &[&str] = &["open", "paid", "it's \\ \"odd\" ü"];

fn orders(state: Column) -> Schema {
    schema(vec![table("orders", vec![id(), state]).index(&["state"])])
}

fn renamed(labels: &[(&str, Option<&str>)]) -> Column {
    let label = |(name, from): &(&str, Option<&str>)| Label {
        name: (*name).to_owned().into(),
        renamed_from: from.map(|from| from.to_owned().into()),
    };
    let of = Enum::new("state", labels.iter().map(label).collect());
    Column { sql_type: SqlType::Enum(of), ..one_of("state", &[]) }
}

const ROWS: &str = "INSERT INTO orders (state) VALUES ('open'), ('paid')";

#[test]
fn a_label_is_appended_and_taken_away() {
    let after = one_of("state", &[LABELS, &["lost"]].concat());
    let Some(story) = Story::new(orders(one_of("state", LABELS)), orders(after), ROWS) else {
        return;
    };
    let plan = story.round();
    assert_eq!(alters(&plan.up_sql()), 1, "{}", plan.up_sql());
    assert!(plan.hazards().all(|it| it.code != HazardCode::RewritesTable), "it is instant");
    assert_eq!(story.db.rows("SELECT state FROM orders ORDER BY id"), ["open", "paid"]);
}

#[test]
fn labels_in_another_order_keep_what_rows_hold() {
    let after = one_of("state", &["paid", "new", "it's \\ \"odd\" ü", "open"]);
    let Some(story) = Story::new(orders(one_of("state", LABELS)), orders(after), ROWS) else {
        return;
    };
    story.round();
    assert_eq!(story.db.rows("SELECT state FROM orders ORDER BY id"), ["open", "paid"]);
}

#[test]
fn rows_follow_a_label_that_is_renamed() {
    let before = one_of("state", &["open", "paid"]).default_sql("'open'");
    let after = renamed(&[("Open", Some("open")), ("done", Some("paid"))]).default_sql("'Open'");
    let Some(story) = Story::new(orders(before), orders(after), ROWS) else { return };
    let plan = story.up();
    assert_eq!(story.db.rows("SELECT state FROM orders ORDER BY id"), ["Open", "done"]);
    story.db.down(&plan);
    crate::harness::same(&story.db, &story.before, &plan.down_sql());
    assert_eq!(story.db.rows("SELECT state FROM orders ORDER BY id"), ["open", "paid"]);
}

#[test]
fn a_label_that_a_row_holds_does_not_go_whatever_the_session_says() {
    let (before, after) = (one_of("state", &["open", "paid"]), one_of("state", &["open"]));
    let Some(story) = Story::new(orders(before), orders(after), ROWS) else { return };
    let mut plan = crate::harness::planned(&story.before, &story.after, &story.live);
    let loose = |plan: &Plan| format!("SET sql_mode = '';\n{}", plan.up_sql());
    let error = story.db.try_run(&loose(&plan)).expect_err("a guard finds it");
    assert!(error.contains("1 rows of orders have a label in state that goes: paid"), "{error}");
    plan.steps.retain(|step| step.guards.is_empty());
    assert!(story.db.try_run(&loose(&plan)).is_err_and(|error| error.contains("truncated")));
    assert_eq!(story.db.rows("SELECT state FROM orders ORDER BY id"), ["open", "paid"]);
}

#[test]
fn a_label_that_no_row_holds_goes() {
    let (before, after) =
        (one_of("state", &["open", "paid", "lost"]), one_of("state", &["open", "paid"]));
    let Some(story) = Story::new(orders(before), orders(after), ROWS) else { return };
    story.round();
    assert_eq!(story.db.rows("SELECT state FROM orders ORDER BY id"), ["open", "paid"]);
}
