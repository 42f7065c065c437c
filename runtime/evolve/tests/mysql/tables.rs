use diesel_autogen_schema::testing::{big, column, id, schema, table};
use diesel_autogen_schema::{
    Action, Column, Extra, Live, Object, ObjectKind, Schema, SqlType, Table,
};

use crate::harness::{Story, refusals};

fn varchar(name: &str, length: u32) -> Column {
    column(name, SqlType::Text { max_length: Some(length) })
}

fn named(name: &str) -> Table {
    table(name, vec![id(), varchar("name", 40)])
}

#[test]
fn tables_of_a_ring_come_and_go() {
    let a = table("a", vec![id(), big("b_id").null()]).references("b_id", "b", Action::Cascade);
    let b = table("b", vec![id(), big("a_id").null()]).references("a_id", "a", Action::SetNull);
    let own =
        table("own", vec![id(), big("own_id").null()]).references("own_id", "own", Action::Cascade);
    let all = schema(vec![a, b, own]);
    let Some(story) = Story::new(Schema::EMPTY, all.clone(), "SELECT 1") else { return };
    story.round();
    let Some(story) = Story::new(all, Schema::EMPTY, "SELECT 1") else { return };
    story.round();
}

#[test]
fn tables_swap_their_names_and_rows_go_along() {
    let before = schema(vec![named("a"), named("b"), named("c")]);
    let swapped = vec![named("b").was("a"), named("a").was("b"), named("d").was("c")];
    let seed = "INSERT INTO a (name) VALUES ('a'); INSERT INTO b (name) VALUES ('b')";
    let Some(story) = Story::new(before, schema(swapped), seed) else { return };
    let plan = story.round();
    assert_eq!(plan.up_sql().matches("RENAME TABLE").count(), 1, "{}", plan.up_sql());
    assert_eq!(story.db.rows("SELECT a.name, b.name FROM a, b"), ["b|a"]);
}

#[test]
fn a_new_table_takes_the_name_of_one_that_is_renamed() {
    let before = schema(vec![named("users")]);
    let after = schema(vec![named("people").was("users"), table("users", vec![id(), big("n")])]);
    let seed = "INSERT INTO users (name) VALUES ('Ann')";
    let Some(story) = Story::new(before, after, seed) else { return };
    story.round();
    assert_eq!(story.db.rows("SELECT name FROM people"), ["Ann"]);
}

#[test]
fn a_renamed_table_renames_what_is_called_like_it() {
    let before = schema(vec![named("users").unique(&["name"]).index(&["id", "name"])]);
    let after = schema(vec![named("people").was("users").unique(&["name"]).index(&["id", "name"])]);
    let seed = "INSERT INTO users (name) VALUES ('Ann')";
    let Some(story) = Story::new(before, after, seed) else { return };
    let plan = story.round();
    assert_eq!(plan.up_sql().matches("RENAME INDEX").count(), 2, "{}", plan.up_sql());
}

#[test]
fn options_and_remarks_of_a_table_change() {
    let mut after = named("logs");
    after.extras =
        vec![Extra::Engine("MyISAM".into()), Extra::With("row_format".into(), "DYNAMIC".into())]
            .into();
    after.comment = Some("it's \\ kept".into());
    let seed = "INSERT INTO logs (name) VALUES ('x')";
    let Some(story) = Story::new(schema(vec![named("logs")]), schema(vec![after]), seed) else {
        return;
    };
    story.up();
    assert_eq!(story.db.rows("SELECT name FROM logs"), ["x"]);
}

#[test]
fn odd_names_survive() {
    let odd = "we`ird \"tä'ble\"; DROP TABLE x -- \\";
    let mut table = table(odd, vec![id(), varchar("a`b \"c\" \\", 9).default_sql("'x; it''s \\'")]);
    table = table.unique(&["a`b \"c\" \\"]).check("ch`eck", "\"a`b \"\"c\"\" \\\" <> '\\'");
    let Some(story) = Story::new(Schema::EMPTY, schema(vec![table]), "SELECT 1") else { return };
    story.round();
    story.db.run("INSERT INTO `we``ird \"tä'ble\"; DROP TABLE x -- \\` VALUES ()");
    let rows = "SELECT HEX(`a``b \"c\" \\`) FROM `we``ird \"tä'ble\"; DROP TABLE x -- \\`";
    assert_eq!(story.db.rows(rows), ["783B2069742773205C"]);
}

#[test]
fn what_reads_a_column_by_hand_stands_in_the_way() {
    let before = schema(vec![named("users").and(big("age"))]);
    let after = schema(vec![named("users")]);
    let mut live = Live { schema: before.clone(), ..Live::default() };
    live.objects = vec![Object {
        kind: ObjectKind::View,
        name: "old".into(),
        table: "old".into(),
        sql: "select `users`.`age` AS `age` from `users`".into(),
    }];
    let found = refusals(&before, &after, &live);
    assert!(found[0].message().contains("view `old`"), "{found:?}");
}
