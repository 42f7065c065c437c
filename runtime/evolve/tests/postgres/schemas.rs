use diesel_autogen_schema::testing::{big, id, one_of, schema, table, text};
use diesel_autogen_schema::{Action, Column, Extra, Schema, SqlType, Table};

use crate::harness::Story;

fn within(schema: &'static str, mut table: Table) -> Table {
    table.schema = Some(schema.into());
    table
}

fn kind(schema: Option<&'static str>) -> Column {
    let mut column = one_of("kind", &["a", "b"]).default_sql("'a'");
    if let SqlType::Enum(of) = &mut column.sql_type {
        of.schema = schema.map(Into::into);
    }
    column
}

fn rounds(cases: Vec<(Schema, Schema)>, seed: &str) {
    for (before, after) in cases {
        for (before, after) in [(before.clone(), after.clone()), (after, before)] {
            let Some(mut story) = Story::new(before, after, "") else { return };
            if story.db.try_run(seed).is_err() {
                story.db.run("SELECT 1");
            }
            story.round();
        }
    }
}

#[test]
fn a_schema_comes_before_its_first_table_and_goes_with_its_last() {
    let users = || {
        within(
            "auth",
            table("users", vec![id(), kind(Some("auth"))]).unique(&["kind"]).index(&["kind"]),
        )
    };
    let posts = || {
        let mut table = table("posts", vec![id(), big("user_id")]).references(
            "user_id",
            "users",
            Action::Cascade,
        );
        table.foreign_keys.to_mut()[0].schema = Some("auth".into());
        table
    };
    let more = || within("auth", table("more", vec![id()]));
    rounds(
        vec![
            (Schema::EMPTY, schema(vec![users(), posts()])),
            (schema(vec![users()]), schema(vec![users(), posts(), more()])),
            (schema(vec![within("Other \"one\"", table("t", vec![id()]))]), schema(vec![users()])),
        ],
        "INSERT INTO auth.users DEFAULT VALUES",
    );
}

#[test]
fn tables_and_types_move_with_all_that_is_theirs() {
    let own = |schema: Option<&'static str>| {
        let mut table = table("users", vec![id(), text("name"), kind(schema)])
            .unique(&["name"])
            .index(&["kind"])
            .check("c", "name <> ''");
        table.schema = schema.map(Into::into);
        table
    };
    let posts = |schema: Option<&'static str>| {
        let mut table = table("posts", vec![id(), big("user_id")]).references(
            "user_id",
            "users",
            Action::Cascade,
        );
        table.foreign_keys.to_mut()[0].schema = schema.map(Into::into);
        table
    };
    let before = schema(vec![own(None), posts(None)]);
    let after = schema(vec![own(Some("auth")).was("public.users"), posts(Some("auth"))]);
    let Some(mut story) = Story::new(
        before.clone(),
        after,
        "INSERT INTO users (name) VALUES ('Ann'); INSERT INTO posts (user_id) VALUES (1)",
    ) else {
        return;
    };
    let plan = story.round();
    for word in ["ALTER TABLE users SET SCHEMA auth", "ALTER TYPE kind SET SCHEMA auth"] {
        assert!(plan.up_sql().contains(word), "{}", plan.up_sql());
    }
    assert!(!plan.up_sql().contains("DROP"), "{}", plan.up_sql());
    assert_eq!(story.db.rows(&["name", "kind"], "auth.users"), ["Ann|a"]);
    let renamed = {
        let mut people = own(Some("auth"));
        people.name = "people".into();
        people.renamed_from = Some("public.users".into());
        let mut posts = posts(Some("auth"));
        posts.foreign_keys.to_mut()[0].table = "people".into();
        schema(vec![people, posts])
    };
    let Some(mut story) = Story::new(before, renamed, "INSERT INTO users (name) VALUES ('Ann')")
    else {
        return;
    };
    story.round();
    assert_eq!(story.db.rows(&["name"], "auth.people"), ["Ann"]);
}

#[test]
fn everything_can_be_remarked_upon() {
    let plain = || {
        table("users", vec![id(), text("name")])
            .unique(&["name"])
            .index(&["name"])
            .check("c", "name <> ''")
    };
    let said = |word: &'static str| {
        let mut table = plain();
        table.comment = Some(word.into());
        table.columns.to_mut()[1].comment = Some(word.into());
        let extras = vec![Extra::Comment(word.into())];
        table.uniques.to_mut()[0].extras = extras.clone().into();
        table.indexes.to_mut()[0].extras = extras.clone().into();
        table.checks.to_mut()[0].extras = extras.into();
        table
    };
    rounds(
        vec![
            (schema(vec![plain()]), schema(vec![said("it's; -- \"so\"")])),
            (schema(vec![said("one")]), schema(vec![said("two")])),
            (Schema::EMPTY, schema(vec![said("new")])),
        ],
        "INSERT INTO users (name) VALUES ('Ann')",
    );
}

#[test]
fn extensions_come_first_and_go_last() {
    let with = |name: Option<&'static str>| Schema {
        extensions: name.into_iter().map(Into::into).collect(),
        ..schema(vec![table("t", vec![id()])])
    };
    let changes =
        diesel_autogen_schema::diff(&with(None), &with(Some("citext"))).expect("no hints");
    let plan =
        diesel_autogen_evolve::plan(&changes, &crate::harness::target(), &Default::default())
            .expect("a plan");
    assert_eq!(
        plan.up_sql(),
        "-- install extension citext\nCREATE EXTENSION IF NOT EXISTS citext;\n"
    );
    assert_eq!(plan.down_sql(), "-- remove extension citext\nDROP EXTENSION citext;\n");
    let Some(mut story) = Story::new(with(None), with(Some("citext")), "") else { return };
    // The server may not have what it can install.
    if story.db.try_run("CREATE EXTENSION citext; DROP EXTENSION citext").is_ok() {
        story.round();
    }
}
