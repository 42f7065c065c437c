//! Several columns of one table that hang on each other.

use diesel_autogen_schema::testing::{big, id, schema, table, text};
use diesel_autogen_schema::{Column, Generated, Schema, Storage};

use crate::harness::Story;

fn computed(name: &str, from: &'static str) -> Column {
    let generated = Generated { expr: from.into(), storage: Storage::Virtual };
    Column { generated: Some(generated), ..big(name).null() }
}

fn items(columns: Vec<Column>) -> Schema {
    let mut table = table("items", vec![id(), text("name")]);
    table.columns.to_mut().extend(columns);
    schema(vec![table])
}

const ROWS: &str = "INSERT INTO items (id, name) VALUES (1, 'a'), (2, 'b')";

#[test]
fn computed_columns_come_after_what_they_are_computed_from_and_go_before_it() {
    let chain =
        || vec![computed("a", "b + 1"), computed("b", "\"z\" * 2"), big("z").default_sql("5")];
    let mut coming = Story::new(items(vec![]), items(chain()), ROWS);
    let plan = coming.round();
    assert!(plan.transaction, "{}", plan.up_sql());
    assert_eq!(coming.db.rows(&["z", "b", "a"], "items WHERE id = 1"), ["5|10|11"]);

    let mut going = Story::new(items(chain()), items(vec![]), ROWS);
    let plan = going.round();
    assert!(plan.transaction, "{}", plan.up_sql());
    assert_eq!(going.db.rows(&["name"], "items WHERE id = 2"), ["'b'"]);
    going.db.down(&plan);
    assert_eq!(going.db.rows(&["z", "b", "a"], "items WHERE id = 1"), ["5|10|11"]);
}

#[test]
fn a_column_is_filled_from_one_that_goes() {
    let filled = Column { backfill: Some("first || ' ' || last".into()), ..text("whole").null() };
    let before = items(vec![text("first"), text("last")]);
    let rows = "INSERT INTO items (id, name, first, last) VALUES (1, 'a', 'Ada', 'Byron')";
    let mut story = Story::new(before, items(vec![filled]), rows);
    let plan = story.up("");
    assert_eq!(story.db.rows(&["whole"], "items"), ["'Ada Byron'"], "{}", plan.up_sql());
    story.down_and_up(&plan, ("", ""));
}

#[test]
fn queries_and_lists_of_words_can_fill_and_convert() {
    let rows = "INSERT INTO items (id, name, age) VALUES (1, 'a', NULL), (2, 'b', 7)";
    let queries = [
        "SELECT max(id) FROM items",
        "(SELECT max(id) FROM items)",
        "VALUES (2)",
        "WITH most(n) AS (SELECT max(id) FROM items) SELECT n FROM most -- the newest",
    ];
    for query in queries {
        let new = Column { backfill: Some(query.into()), ..big("newest").null() };
        let required = Column { backfill: Some(query.into()), ..big("age") };
        let before = items(vec![big("age").null()]);
        let mut story = Story::new(before, items(vec![new, required]), rows);
        let plan = story.round();
        assert_eq!(story.db.rows(&["newest", "age"], "items"), ["2|2", "2|7"], "{query}");
        let sql = plan.up_sql();
        let mut statements = sql.lines().filter(|line| !line.starts_with("--"));
        assert!(!statements.any(|line| line.contains("((SELECT")), "{sql}");
    }
    let using = Column { using: Some("SELECT 'n' || age".into()), ..text("age").null() };
    let mut story = Story::new(items(vec![big("age").null()]), items(vec![using]), rows);
    story.up("");
    assert_eq!(story.db.rows(&["age"], "items"), ["NULL", "'n7'"]);
}
