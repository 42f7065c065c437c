use diesel_autogen_schema::testing::{column, id, one_of, schema, table, text};
use diesel_autogen_schema::{Column, Enum, Generated, Label, Schema, SqlType, Storage, Table};

use crate::harness::{Story, planned};

fn renamed(mut column: Column, from: &str, to: &str) -> Column {
    let SqlType::Enum(of) = &mut column.sql_type else { panic!("no enum") };
    for label in of.labels.to_mut().iter_mut().filter(|label| label.name == to) {
        *label = Label { name: label.name.clone(), renamed_from: Some(from.to_owned().into()) };
    }
    column
}

fn state(labels: &[&str]) -> Column {
    one_of("state", labels)
}

fn list(column: Column) -> Column {
    Column { sql_type: SqlType::array(column.sql_type.clone()), ..column }
}

fn orders(columns: Vec<Column>) -> Table {
    let mut all = vec![id()];
    all.extend(columns);
    table("orders", all)
}

fn with(columns: Vec<Column>) -> Schema {
    schema(vec![orders(columns)])
}

#[test]
fn labels_are_added_and_renamed_where_they_stand() {
    let cases: Vec<(Column, &[&str])> = vec![
        (state(&["new", "done", "lost"]), &["ADD VALUE 'lost'"]),
        (state(&["first", "new", "done"]), &["ADD VALUE 'first' BEFORE 'new'"]),
        (
            state(&["new", "mid", "more", "done"]),
            &["ADD VALUE 'mid' AFTER 'new'", "ADD VALUE 'more' AFTER 'mid'"],
        ),
        (renamed(state(&["open", "done"]), "new", "open"), &["RENAME VALUE 'new' TO 'open'"]),
        (renamed(renamed(state(&["done", "new"]), "new", "done"), "done", "new"), &[]),
        (state(&["new", "done", "it's \"quoted\" -- \u{1F600}"]), &["ADD VALUE 'it''s"]),
    ];
    for (after, words) in cases {
        let seed = "INSERT INTO orders (state) VALUES ('new'), ('done')";
        let before = with(vec![state(&["new", "done"])]);
        let Some(mut story) = Story::new(before, with(vec![after]), seed) else { return };
        let plan = story.round();
        for word in words {
            assert!(plan.up_sql().contains(word), "{}", plan.up_sql());
        }
        assert!(words.is_empty() || !plan.up_sql().contains("CREATE TYPE"), "{}", plan.up_sql());
        assert_eq!(story.db.rows(&["count(*)"], "orders"), ["2"]);
    }
}

#[test]
fn labels_go_by_a_type_that_takes_the_place_of_the_old_one() {
    let dressed = |column: Column| {
        let label = "state <> 'never'";
        let mut table = orders(vec![column.default_sql("'new'")]).index(&["state"]);
        let mut partial = table.indexes[0].clone();
        partial.name = "partial".into();
        partial.predicate = Some("state = 'new'".into());
        table.indexes.to_mut().push(partial);
        schema(vec![table.check("c", label)])
    };
    let before = dressed(state(&["new", "done", "never"]));
    let after = dressed(renamed(state(&["done", "never", "new"]), "x", "y"));
    let gone =
        schema(vec![orders(vec![state(&["new", "done"]).default_sql("'new'")]).index(&["state"])]);
    let seed = "INSERT INTO orders (state) VALUES ('new'), ('done')";
    for after in [after, gone] {
        let Some(mut story) = Story::new(before.clone(), after, seed) else { return };
        let plan = story.round();
        assert!(plan.up_sql().contains("CREATE TYPE state AS ENUM"), "{}", plan.up_sql());
        assert_eq!(story.db.rows(&["state"], "orders ORDER BY id"), ["new", "done"]);
    }
}

#[test]
fn rows_get_the_label_that_is_declared_or_the_migration_stops_whole() {
    let before = with(vec![state(&["new", "done", "lost"]).default_sql("'lost'")]);
    let mapped = with(vec![renamed(state(&["new", "done"]), "lost", "done").default_sql("'new'")]);
    let seed = "INSERT INTO orders (state) VALUES ('new'), ('lost')";
    let Some(mut story) = Story::new(before.clone(), mapped, seed) else { return };
    story.round();
    assert_eq!(story.db.rows(&["state"], "orders ORDER BY id"), ["new", "done"]);
    let plain = with(vec![state(&["new", "done"]).default_sql("'new'")]);
    let Some(mut story) = Story::new(before, plain, seed) else { return };
    let plan = planned(&story.before, &story.after, &story.live);
    let there = story.db.structure();
    let error = story.db.file(&plan.up_sql(), plan.transaction).expect_err("a row holds it");
    assert!(error.contains("1 rows of orders have a label in state that goes: lost"), "{error}");
    assert_eq!(story.db.structure(), there);
}

#[test]
fn what_a_column_says_of_its_rows_goes_before_what_the_labels_say() {
    let before = with(vec![state(&["new", "done", "lost"]).default_sql("'new'")]);
    let told = |using: &'static str| Column {
        using: Some(using.into()),
        ..state(&["new", "done"]).default_sql("'done'")
    };
    let seed = "INSERT INTO orders (state) VALUES ('new'), ('lost'), ('done')";
    for using in [
        "CASE WHEN state = 'lost' THEN 'new' ELSE state END",
        "(CASE state::text WHEN 'lost' THEN 'new' ELSE state::text END)::state",
        "replace(state::text, 'lost', 'new')",
    ] {
        let after = with(vec![told(using)]);
        let Some(mut story) = Story::new(before.clone(), after, seed) else { return };
        let plan = story.round();
        assert_eq!(story.db.rows(&["state"], "orders ORDER BY id"), ["new", "new", "done"]);
        assert!(plan.down_sql().contains("its values were converted"), "{}", plan.down_sql());
    }
}

#[test]
fn lists_of_labels_follow() {
    let of = |column: Column| with(vec![list(column).default_sql("'{}'")]);
    let before = of(state(&["a", "b", "c"]));
    let cases = [
        (of(state(&["a", "b", "c", "d"])), "{a,b,b}"),
        (of(state(&["b", "a"])), "{a,b,b}"),
        (of(renamed(state(&["x", "b"]), "a", "x")), "{x,b,b}"),
        (of(renamed(renamed(state(&["b", "a", "y"]), "a", "b"), "b", "a")), "{a,b,b}"),
    ];
    for (after, expected) in cases {
        let seed = "INSERT INTO orders (state) VALUES ('{a,b,b}')";
        let Some(mut story) = Story::new(before.clone(), after, seed) else { return };
        story.round();
        assert_eq!(story.db.rows(&["state"], "orders"), [expected]);
    }
}

#[test]
fn a_type_comes_before_its_first_column_and_goes_after_its_last() {
    let plain = table("orders", vec![id()]);
    let two = schema(vec![
        orders(vec![state(&["a"]).default_sql("'a'")]),
        table("other", vec![id(), list(state(&["a"])).null()]),
    ]);
    let one =
        schema(vec![orders(vec![state(&["a"]).default_sql("'a'")]), table("other", vec![id()])]);
    let none = schema(vec![plain, table("other", vec![id()])]);
    let seed = "INSERT INTO orders DEFAULT VALUES; INSERT INTO other DEFAULT VALUES";
    for (before, after) in [
        (none.clone(), two.clone()),
        (two.clone(), none.clone()),
        (two.clone(), one.clone()),
        (one.clone(), two),
        (one, Schema::EMPTY),
    ] {
        let Some(mut story) = Story::new(before, after, seed) else { return };
        story.round();
    }
}

#[test]
fn columns_change_between_text_and_enums() {
    let enum_of = |name: &str, labels: &[&str]| {
        let mut column = one_of("x", labels);
        if let SqlType::Enum(of) = &mut column.sql_type {
            of.name = name.to_owned().into();
        }
        column
    };
    let cases = [
        (text("x"), enum_of("kind", &["a", "b"])),
        (enum_of("kind", &["a", "b"]), enum_of("sort", &["b", "a", "c"])),
        (enum_of("kind", &["a", "b"]).default_sql("'a'"), text("x").default_sql("'a'")),
        (list(text("x")), list(enum_of("kind", &["a", "b"]))),
        (list(enum_of("kind", &["a"])), list(enum_of("sort", &["a"]))),
    ];
    for (before, after) in cases {
        let value = if matches!(&before.sql_type, SqlType::Pg(_)) { "{a}" } else { "a" };
        let seed = format!("INSERT INTO orders (x) VALUES ('{value}')");
        for (before, after) in [(before.clone(), after.clone()), (after, before)] {
            let Some(mut story) = Story::new(with(vec![before]), with(vec![after]), &seed) else {
                return;
            };
            story.round();
            assert_eq!(story.db.rows(&["x"], "orders"), [value]);
        }
    }
}

#[test]
fn a_type_of_another_name_is_renamed_and_keeps_its_values() {
    let called = |name: &str, labels: &[&str]| {
        let mut column = state(labels).default_sql("'a'");
        if let SqlType::Enum(of) = &mut column.sql_type {
            of.name = name.to_owned().into();
        }
        with(vec![column])
    };
    let seed = "INSERT INTO orders (state) VALUES ('a')";
    for labels in [&["a", "b"][..], &["a", "b", "c"], &["a"]] {
        let (before, after) = (called("kind", &["a", "b"]), called("sort", labels));
        let Some(mut story) = Story::new(before, after, seed) else { return };
        let plan = story.round();
        assert!(plan.up_sql().contains("ALTER TYPE kind RENAME TO sort"), "{}", plan.up_sql());
    }
}

#[test]
fn remarks_on_types_are_kept_and_changed() {
    let said = |text: Option<&'static str>, labels: &[&str]| {
        let mut column = state(labels);
        if let SqlType::Enum(of) = &mut column.sql_type {
            let of: &mut Enum = of;
            of.comment = text.map(Into::into);
        }
        with(vec![column])
    };
    for (before, after) in [
        (said(None, &["a"]), said(Some("it's"), &["a"])),
        (said(Some("x"), &["a", "b"]), said(Some("x"), &["b", "a"])),
        (said(Some("x"), &["a", "b"]), said(Some("y"), &["a"])),
        (said(Some("x"), &["a"]), said(None, &["a", "b"])),
    ] {
        let Some(mut story) = Story::new(before, after, "") else { return };
        story.round();
    }
}

/// Everything that speaks of a label.
fn spoken_of(state: Column, closed: &str, extra: &str) -> Schema {
    let computed = Column {
        generated: Some(Generated {
            expr: format!("state = '{closed}'").into(),
            storage: Storage::Stored,
        }),
        ..column("is_closed", SqlType::Bool)
    };
    let mut orders = orders(vec![state, text("name"), computed])
        .check("orders_named", &format!("state <> '{closed}' OR name = 'done'"))
        .index(&["is_closed"]);
    let mut partial = orders.clone().index(&["name"]).indexes[1].clone();
    partial.name = "orders_closed".into();
    partial.predicate = Some(format!("state IN ('{closed}', {extra})").into());
    orders.indexes.to_mut().push(partial);
    schema(vec![orders])
}

#[test]
fn what_speaks_of_a_label_follows_it() {
    let before = spoken_of(state(&["new", "done"]), "done", "'new'");
    let after = renamed(state(&["new", "closed"]), "done", "closed");
    let after = spoken_of(after, "closed", "'new'");
    let rows = "INSERT INTO orders (state, name) VALUES ('new', 'a'), ('done', 'done')";
    let Some(mut story) = Story::new(before, after, rows) else { return };
    let plan = story.round();
    for script in [plan.up_sql(), plan.down_sql()] {
        assert_eq!(script.matches(';').count(), 1, "{script}");
    }
    assert_eq!(
        story.db.rows(&["state", "is_closed"], "orders ORDER BY id"),
        ["new|false", "closed|true"]
    );
}

#[test]
fn what_speaks_of_a_label_is_made_anew_with_the_type_alone() {
    // Up renames and adds, down takes a label away: only that makes the type anew.
    let before = spoken_of(state(&["new", "done"]), "done", "'new'");
    let after = renamed(state(&["new", "closed", "lost"]), "done", "closed");
    let after = spoken_of(after, "closed", "'new'");
    let rows = "INSERT INTO orders (state, name) VALUES ('new', 'a'), ('done', 'done')";
    let Some(mut story) = Story::new(before, after, rows) else { return };
    let plan = story.round();
    assert!(!plan.up_sql().contains("DROP COLUMN"), "{}", plan.up_sql());
    assert!(plan.down_sql().contains("DROP COLUMN is_closed"), "{}", plan.down_sql());
    assert_eq!(
        story.db.rows(&["state", "is_closed"], "orders ORDER BY id"),
        ["new|false", "closed|true"]
    );
}
