use diesel_autogen_schema::testing::{big, column, id, one_of, schema, table, text};
use diesel_autogen_schema::{Action, Column, Identity, Schema, SqlType, names};

use crate::harness::Story;

#[test]
fn every_name_survives() {
    for name in [
        "Users",
        "order",
        "user",
        "a b",
        "größe",
        "x\"; DROP TABLE y; --",
        "it's",
        "100%",
        "select",
        "Ünïcode☃",
    ] {
        let all = |name: &str| {
            schema(vec![
                table(
                    name,
                    vec![
                        id(),
                        text("name"),
                        one_of("Kind", &["it's", "\"b\""]).default_sql("'it''s'"),
                    ],
                )
                .index(&["name"]),
                table("child", vec![id(), big(name)]).references(name, name, Action::Cascade),
            ])
        };
        let Some(mut story) = Story::new(Schema::EMPTY, all(name), "") else { return };
        story.round();
        let renamed = schema(vec![
            table(
                name,
                vec![
                    id(),
                    text(name).was("name"),
                    one_of("Kind", &["it's", "\"b\""]).default_sql("'it''s'"),
                ],
            )
            .index(&[name]),
            table("child", vec![id(), big(name)]).references(name, name, Action::Cascade),
        ]);
        let Some(mut story) = Story::new(all(name), renamed, "") else { return };
        story.round();
    }
}

#[test]
fn long_names_are_cut_alike_everywhere() {
    let long = "t".repeat(50);
    let longer = "u".repeat(55);
    let made = |name: &str, identity| {
        let key = Column { identity: Some(identity), ..column("number_of_it", SqlType::BigInt) };
        table(name, vec![key, text("a_column_of_some_length")])
            .unique(&["a_column_of_some_length"])
            .index(&["a_column_of_some_length"])
    };
    for identity in [Identity::Serial, Identity::ByDefault, Identity::Always] {
        let before = schema(vec![made(&long, identity)]);
        let after = schema(vec![made(&longer, identity).was(&long)]);
        assert!(names::sequence(&longer, "number_of_it").len() <= names::MAX_BYTES);
        let seed = format!("INSERT INTO {long} (a_column_of_some_length) VALUES ('a')");
        let Some(mut story) = Story::new(before, after, &seed) else { return };
        story.round();
        story.db.run(&format!("INSERT INTO {longer} (a_column_of_some_length) VALUES ('b')"));
        assert_eq!(story.db.rows(&["number_of_it"], &format!("{longer} ORDER BY 1")), ["1", "2"]);
    }
}

#[test]
fn sequences_follow_tables_columns_and_swaps() {
    for identity in [Identity::Serial, Identity::ByDefault] {
        let key =
            |name: &str| Column { identity: Some(identity), ..column(name, SqlType::Integer) };
        let before = schema(vec![
            table("a", vec![key("id"), text("x")]),
            table("b", vec![key("id"), text("y")]),
        ]);
        let swapped = schema(vec![
            table("b", vec![key("id"), text("x")]).was("a"),
            table("a", vec![key("id"), text("y")]).was("b"),
        ]);
        let seed = "INSERT INTO a (x) VALUES ('1'), ('2'); INSERT INTO b (y) VALUES ('1')";
        let Some(mut story) = Story::new(before.clone(), swapped, seed) else { return };
        story.round();
        assert_eq!(
            story.db.lines("INSERT INTO b (x) VALUES ('3') RETURNING id::text AS text"),
            ["3"]
        );
        let renamed = schema(vec![
            table("a", vec![key("key").was("id"), text("x")]),
            table("c", vec![key("id"), text("y")]).was("b"),
        ]);
        let Some(mut story) = Story::new(before, renamed, seed) else { return };
        story.round();
        assert_eq!(
            story.db.lines("INSERT INTO a (x) VALUES ('3') RETURNING key::text AS text"),
            ["3"]
        );
    }
}

#[test]
fn three_tables_change_names_in_a_ring() {
    let of = |name: &str, was: Option<&str>, column: &str| {
        let table = table(name, vec![id(), text(column)]).unique(&[column]);
        match was {
            Some(was) => table.was(was),
            None => table,
        }
    };
    let before = schema(vec![of("a", None, "x"), of("b", None, "y"), of("c", None, "z")]);
    let after =
        schema(vec![of("b", Some("a"), "x"), of("c", Some("b"), "y"), of("a", Some("c"), "z")]);
    let seed = "INSERT INTO a (x) VALUES ('x1'); INSERT INTO c (z) VALUES ('z1')";
    let Some(mut story) = Story::new(before, after, seed) else { return };
    story.round();
    assert_eq!(story.db.rows(&["x"], "b"), ["x1"]);
    assert_eq!(story.db.rows(&["z"], "a"), ["z1"]);
}

#[test]
fn renames_reach_what_the_server_takes_for_the_column() {
    let checked = |a: Column, big_a: &str, conditions: [&str; 3]| {
        let mut items = table("items", vec![id(), a, text("b"), text(big_a), text("date")]);
        for (at, sql) in conditions.into_iter().enumerate() {
            items = items.check(&format!("c{at}"), sql);
        }
        schema(vec![items])
    };
    let before = checked(
        text("a"),
        "A",
        ["'x' <> ALL (ARRAY[a, b])", "\"A\" <> a", "date::date > DATE '2000-01-01'"],
    );
    let after = checked(
        text("first").was("a"),
        "A",
        ["'x' <> ALL (ARRAY[first,b])", "\"A\" <> first", "date::date > DATE '2000-01-01'"],
    );
    let rows = "INSERT INTO items (a, b, \"A\", date) VALUES ('p', 'q', 'r', '2026-01-01')";
    let Some(mut story) = Story::new(before.clone(), after, rows) else { return };
    let plan = story.round();
    // The server follows in conditions, so they stay as they are.
    assert_eq!(plan.up_sql().matches(';').count(), 1, "{}", plan.up_sql());
    let mut other = before.clone();
    let items = &mut other.tables.to_mut()[0];
    let own = items.columns.to_mut().iter_mut().find(|it| it.name == "A").expect("its column");
    *own = text("Big").was("A");
    let own = items.checks.to_mut().iter_mut().find(|it| it.name == "c1").expect("its check");
    own.expr = "\"Big\" <> a".into();
    let Some(mut story) = Story::new(before, other, rows) else { return };
    let plan = story.round();
    assert_eq!(plan.up_sql().matches(';').count(), 1, "{}", plan.up_sql());
    assert_eq!(story.db.rows(&["\"Big\"", "a"], "items"), ["r|p"]);
}
