//! Columns that are computed, begin to be or end being so, beside what they are computed from.

use diesel_autogen_schema::testing::{big, id, schema, table, text};
use diesel_autogen_schema::{Column, Enum, Generated, Label, Schema, SqlType, Storage};

use crate::harness::Story;

const ROWS: &str = "INSERT INTO spans (low, high) VALUES (9, 5)";

fn spans(columns: Vec<Column>) -> Schema {
    let mut table = table("spans", vec![id()]);
    table.columns.to_mut().extend(columns);
    schema(vec![table])
}

fn computed(column: Column, expr: &'static str) -> Column {
    Column { generated: Some(Generated { expr: expr.into(), storage: Storage::Stored }), ..column }
}

fn renamed(column: Column, from: &'static str) -> Column {
    Column { renamed_from: Some(from.into()), ..column }
}

#[test]
fn it_stays_computed_when_it_becomes_required() {
    let of = |width: Column| spans(vec![big("low"), big("high"), computed(width, "high - low")]);
    let (before, after) = (of(big("width").null()), of(big("width")));
    let Some(mut story) = Story::new(before, after, ROWS) else { return };
    let plan = story.round();
    assert!(!plan.up_sql().contains("DROP"), "{}", plan.up_sql());
    story.db.run("UPDATE spans SET high = 10");
    assert_eq!(story.db.rows(&["width"], "spans"), ["1"]);
}

#[test]
fn names_that_change_places_change_what_is_computed() {
    let of = |low, high| spans(vec![low, high, computed(big("width"), "high - low")]);
    let before = of(big("low"), big("high"));
    let after = of(renamed(big("low"), "high"), renamed(big("high"), "low"));
    let Some(mut story) = Story::new(before, after, ROWS) else { return };
    let plan = story.up();
    assert_eq!(story.db.rows(&["low", "high", "width"], "spans"), ["5|9|4"]);
    story.db.down(&plan);
    assert_eq!(story.db.rows(&["low", "high", "width"], "spans"), ["9|5|-4"]);
}

#[test]
fn it_ends_being_computed_from_a_column_that_goes() {
    let before = spans(vec![big("low"), big("high"), computed(big("sum").null(), "low + high")]);
    let after = spans(vec![big("low"), big("sum").null()]);
    let Some(mut story) = Story::new(before, after, ROWS) else { return };
    let plan = story.up();
    assert_eq!(story.db.rows(&["sum"], "spans"), ["14"]);
    story.down_and_up(&plan);
}

#[test]
fn one_begins_to_be_computed_under_another() {
    let before = spans(vec![big("low"), big("high"), computed(big("sum").null(), "low + high")]);
    let after = spans(vec![
        big("low"),
        computed(big("high").null(), "low * 2"),
        computed(big("sum").null(), "low + 1"),
    ]);
    let Some(mut story) = Story::new(before, after, ROWS) else { return };
    let plan = story.up();
    assert_eq!(story.db.rows(&["high", "sum"], "spans"), ["18|10"]);
    story.down_and_up(&plan);
}

#[test]
fn it_begins_and_ends_beside_other_labels() {
    let state = |labels: &[&'static str]| {
        let labels = labels.iter().map(|it| Label { name: (*it).into(), renamed_from: None });
        Column::new("state".into(), SqlType::Enum(Enum::new("state", labels.collect())))
    };
    let plain = |state: Column| spans(vec![state, text("told").null()]);
    let told = "CASE WHEN state = 'open' THEN 'yes' ELSE 'no' END";
    let tells = |state: Column| spans(vec![state, computed(text("told").null(), told)]);
    let (few, many) = (state(&["open", "paid"]), state(&["paid", "open", "lost"]));
    for (before, after) in [
        (plain(few.clone()), tells(many.clone())),
        (tells(few.clone()), plain(many.clone())),
        (tells(few), tells(many)),
    ] {
        let seed = "INSERT INTO spans (state) VALUES ('open')";
        let Some(mut story) = Story::new(before, after, seed) else { return };
        let plan = story.up();
        assert_eq!(story.db.rows(&["state", "told"], "spans"), ["open|yes"]);
        story.down_and_up(&plan);
    }
}

#[test]
fn another_remark_comes_where_it_ends_being_computed() {
    let remarked = |column: Column| Column { comment: Some("by hand".into()), ..column };
    let before =
        spans(vec![big("low"), big("high").null(), computed(big("sum").null(), "low + high")]);
    let after = spans(vec![big("low"), remarked(big("sum").null())]);
    let remark = "SELECT col_description(attrelid, attnum) FROM pg_attribute WHERE attrelid = \
                  'spans'::regclass AND attname = 'sum'";
    for (before, after, seed, up, down) in [
        (before.clone(), after.clone(), ROWS, "by hand", "NULL"),
        (after, before, "INSERT INTO spans (low, sum) VALUES (9, 5)", "NULL", "by hand"),
    ] {
        let Some(mut story) = Story::new(before, after, seed) else { return };
        let plan = story.up();
        assert_eq!(story.db.rows(&[remark], "spans"), [up]);
        story.db.down(&plan);
        assert_eq!(story.db.rows(&[remark], "spans"), [down], "{}", plan.down_sql());
    }
}
