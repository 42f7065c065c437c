//! Renames that the server does wrong when it is asked in the plainest way.

use diesel_autogen_schema::testing::{big, column, id, schema, table};
use diesel_autogen_schema::{Column, Schema, SqlType};

use crate::harness::{Story, planned};

fn json(name: &'static str) -> Column {
    column(name, SqlType::Json).null()
}

fn items(columns: Vec<Column>) -> Schema {
    let mut table = table("items", vec![id()]);
    table.columns.to_mut().extend(columns);
    schema(vec![table])
}

/// MariaDB keeps a table open under the alias of the last query, and knows its columns by that.
const QUERY: &str = "SELECT other.id FROM items AS other";

#[test]
fn a_condition_follows_whatever_a_query_called_its_table() {
    let both = |name: &str, check: &'static str, column: Column| {
        let table = table("items", vec![id(), column]).check("items_check", check);
        assert!(check.contains(name));
        schema(vec![table])
    };
    let before = both("price", "price > 0", big("price"));
    let after = both("amount", "amount > 0", big("amount").was("price"));
    let seed = "INSERT INTO items (price) VALUES (5)";
    let Some(story) = Story::new(before, after, seed) else { return };
    story.db.rows(QUERY);
    story.round();
    let refused = story.db.try_run("INSERT INTO items (amount) VALUES (-1)").unwrap_err();
    assert!(refused.contains("items_check"), "{refused}");
}

#[test]
fn json_stays_json_when_names_are_taken_over() {
    let before = items(vec![json("a"), big("b").null()]);
    let after = items(vec![json("b").was("a"), big("a").null().was("b")]);
    let seed = "INSERT INTO items (a, b) VALUES ('[1]', 2)";
    let Some(story) = Story::new(before, after, seed) else { return };
    let plan = planned(&story.before, &story.after, &story.live);
    for (json, number) in [("b", "a"), ("a", "b")] {
        story.db.rows(QUERY);
        story.db.run(&if json == "b" { plan.up_sql() } else { plan.down_sql() });
        let rows = story.db.rows(&format!("SELECT {json}, {number} FROM items WHERE id = 1"));
        assert_eq!(rows, ["[1]|2"]);
        story.db.run(&format!("INSERT INTO items ({number}) VALUES (70000)"));
        let wrong = format!("INSERT INTO items ({json}) VALUES ('no json')");
        // The condition keeps the name that the column had at first.
        let refused = story.db.try_run(&wrong).unwrap_err();
        assert!(refused.contains("CONSTRAINT `items.a` failed"), "{refused}");
    }
}

/// Where an index comes in the same statement, MariaDB ends after some of these.
#[test]
fn an_index_comes_after_names_are_taken_over() {
    let text = |name: &'static str| column(name, SqlType::Text { max_length: Some(40) }).null();
    let before = schema(vec![table("items", vec![id(), text("Title"), big("select")])]);
    let after = schema(vec![
        table("items", vec![id(), text("größe").was("Title"), big("Title").was("select")])
            .index(&["größe"]),
    ]);
    let seed = "INSERT INTO items (`Title`, `select`) VALUES ('a', 1), ('b', 2), (NULL, 3)";
    let Some(story) = Story::new(before, after, seed) else { return };
    let plan = story.round();
    for _ in 0..12 {
        story.db.down(&plan);
        story.db.up(&plan);
    }
    assert_eq!(story.db.rows("SELECT `größe`, `Title` FROM items"), ["a|1", "b|2", "NULL|3"]);
}
