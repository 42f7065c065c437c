use diesel_autogen_evolve::{Dialect, Target, plan};
use diesel_autogen_schema::testing::{big, column, id, schema, table, text};
use diesel_autogen_schema::{
    Action, Change, Column, Delta, Edit, Generated, Index, Schema, SqlType, Storage, Table,
    TableChange,
};

use crate::harness::{Db, Story};

#[test]
fn renames_are_native_and_reach_everything() {
    let computed = |name: &str, expr: &'static str| Column {
        generated: Some(Generated { expr: expr.into(), storage: Storage::Stored }),
        ..text(name)
    };
    let partial = |table: Table, expr: &'static str| {
        let mut table = table;
        let mut index: Index = table.indexes[0].clone();
        index.name = "partial".into();
        index.predicate = Some(expr.into());
        table.indexes.to_mut().push(index);
        table
    };
    let before = schema(vec![
        partial(
            table("users", vec![id(), text("name"), computed("low", "lower(name)")])
                .index(&["name"])
                .unique(&["name"])
                .check("users_name_check", "name <> ''"),
            "name > 'a'",
        ),
        table("posts", vec![id(), big("user_id")]).references("user_id", "users", Action::Cascade),
    ]);
    let after = schema(vec![
        partial(
            table(
                "people",
                vec![id(), text("full name").was("name"), computed("low", "lower(\"full name\")")],
            )
            .was("users")
            .index(&["full name"])
            .unique(&["full name"])
            .check("people_full name_check", "\"full name\" <> ''"),
            "\"full name\" > 'a'",
        ),
        table("posts", vec![id(), big("owner_id").was("user_id")]).references(
            "owner_id",
            "people",
            Action::Cascade,
        ),
    ]);
    let seed = "INSERT INTO users (id, name) VALUES (1, 'Ann'); INSERT INTO posts VALUES (7, 1)";
    let mut story = Story::new(before, after, seed);
    let plan = story.round();
    assert!(plan.transaction, "{}", plan.up_sql());
    assert_eq!(story.db.rows(&["\"full name\"", "low"], "people"), ["'Ann'|'ann'"]);
    assert_eq!(story.db.rows(&["owner_id"], "posts"), ["1"]);
}

#[test]
fn names_are_swapped_with_their_rows() {
    let before = schema(vec![
        table("a", vec![id(), text("x"), text("y")]).check("a_x_check", "x <> 'never'"),
        table("b", vec![id(), text("z")]),
    ]);
    let after = schema(vec![
        table("b", vec![id(), text("x").was("y"), text("y").was("x")])
            .was("a")
            .check("b_y_check", "y <> 'never'"),
        table("a", vec![id(), text("z")]).was("b"),
    ]);
    let seed = "INSERT INTO a VALUES (1, 'x1', 'y1'); INSERT INTO b VALUES (2, 'z2')";
    let mut story = Story::new(before, after, seed);
    let plan = story.round();
    assert!(plan.transaction);
    assert_eq!(story.db.rows(&["x", "y"], "b"), ["'y1'|'x1'"]);
    assert_eq!(story.db.rows(&["z"], "a"), ["'z2'"]);
    story.db.down(&plan);
    assert_eq!(story.db.rows(&["x", "y"], "a"), ["'x1'|'y1'"]);
}

#[test]
fn a_rename_takes_a_name_that_goes_and_leaves_one_that_comes() {
    let old = table("old", vec![id(), text("a")]).index(&["a"]);
    let gone = table("gone", vec![id(), text("b")]).index(&["b"]);
    let moved = table("gone", vec![id(), text("a")]).was("old").index(&["a"]);
    let fresh = table("old", vec![id(), text("a"), big("next").null()]).index(&["a"]).references(
        "next",
        "gone",
        Action::SetNull,
    );
    let before = schema(vec![old.clone(), gone.clone()]);
    let after = schema(vec![moved.clone(), fresh.clone()]);
    let index = |delta| Edit::Index(delta);
    let edits = vec![
        index(Delta::Removed(old.indexes[0].clone())),
        index(Delta::Added(moved.indexes[0].clone())),
    ];
    let changes = vec![
        Change::DropTable(gone),
        Change::AlterTable(TableChange { before: old, after: moved, edits }),
        Change::CreateTable(fresh),
    ];
    let mut db = Db::of(&before);
    db.run("INSERT INTO old VALUES (1, 'kept'); INSERT INTO gone VALUES (2, 'lost')");
    let live = db.live(&before);
    let plan = plan(&changes, &Target::new(Dialect::Sqlite), &live).expect("nothing in the way");
    for _ in 0..2 {
        db.up(&plan);
        assert_eq!(db.structure(), Db::of(&after).structure(), "{}", plan.up_sql());
        assert_eq!(db.rows(&["a"], "gone"), ["'kept'"]);
        assert!(db.rows(&["a"], "old").is_empty());
        db.down(&plan);
        assert_eq!(db.structure(), Db::of(&before).structure(), "{}", plan.down_sql());
        assert_eq!(db.rows(&["a"], "old"), ["'kept'"]);
    }
}

#[test]
fn renames_and_rebuilds_of_one_plan_agree() {
    let before = schema(vec![
        table("users", vec![id(), text("name"), column("age", SqlType::Integer)])
            .index(&["name"])
            .check("users_age_check", "age > 0")
            .check("both", "age > 0 or name = 'x'"),
        table("posts", vec![id(), big("user_id")]).references("user_id", "users", Action::Cascade),
    ]);
    let using = Column {
        using: Some("coalesce(years, 0) + 1".into()),
        ..column("years", SqlType::Text { max_length: None }).was("age")
    };
    let fresh = Column { backfill: Some("full_name || years".into()), ..text("tag") };
    let after = schema(vec![
        table("people", vec![id(), text("full_name").was("name"), using, fresh])
            .was("users")
            .index(&["full_name"])
            .check("people_years_check", "years > 0")
            .check("both", "years > 0 or full_name = 'x'"),
        table("posts", vec![id(), big("user_id")]).references("user_id", "people", Action::Cascade),
    ]);
    let seed =
        "INSERT INTO users (id, name, age) VALUES (1, 'Ann', 41); INSERT INTO posts VALUES (7, 1)";
    let mut story = Story::new(before, after, seed);
    let plan = story.round();
    assert!(!plan.transaction);
    // Up again after down: 41 became '42', came back as 42, and became '43'.
    assert_eq!(story.db.rows(&["full_name", "years", "tag"], "people"), ["'Ann'|'43'|'Ann42'"]);
    assert_eq!(story.db.rows(&["id", "user_id"], "posts"), ["7|1"]);
}

#[test]
fn views_and_triggers_follow_renames_through_a_rebuild() {
    let before = schema(vec![
        table("users", vec![id(), text("name"), big("n")]),
        table("log", vec![id(), text("name")]),
    ]);
    let after = schema(vec![
        table("people", vec![id(), text("full_name").was("name"), text("n")]).was("users"),
        table("log", vec![id(), text("name")]),
    ]);
    let seed = "
        CREATE VIEW named AS SELECT u.name AS label, l.name FROM users u JOIN log l ON l.id = u.id;
        CREATE VIEW deep AS SELECT label FROM named;
        CREATE TRIGGER noted AFTER INSERT ON users
          BEGIN INSERT INTO log (id, name) VALUES (new.id, new.name); END;
        INSERT INTO users (id, name, n) VALUES (1, 'Ann', 3)";
    let mut story = Story::new(before.clone(), after, seed);
    let plan =
        crate::harness::planned(&story.before, &story.after, &story.live, crate::harness::OLDEST);
    for _ in 0..2 {
        story.db.up(&plan);
        assert_eq!(story.db.rows(&["label"], "deep"), ["'Ann'"]);
        story.db.run("INSERT INTO people (id, full_name, n) VALUES (2, 'Bob', 'x')");
        assert_eq!(story.db.rows(&["label"], "deep"), ["'Ann'", "'Bob'"]);
        story.db.run("DELETE FROM people WHERE id = 2; DELETE FROM log WHERE id = 2");
        story.db.down(&plan);
        let mut scratch = crate::harness::Db::of(&before);
        scratch.run(seed);
        assert_eq!(story.db.structure(), scratch.structure());
    }
}

#[test]
fn foreign_keys_to_renamed_columns_need_nothing() {
    let before = schema(vec![
        table("teams", vec![id()]),
        table("users", vec![id(), big("team_id")]).references("team_id", "teams", Action::Cascade),
    ]);
    let key = Column { name: "key".into(), renamed_from: Some("id".into()), ..id() };
    let mut users =
        table("users", vec![id(), big("team_id")]).references("team_id", "teams", Action::Cascade);
    users.foreign_keys.to_mut()[0].references = vec!["key".into()].into();
    let after: Schema = schema(vec![table("teams", vec![key]), users]);
    let seed = "INSERT INTO teams VALUES (1); INSERT INTO users VALUES (1, 1)";
    let plan = Story::new(before, after, seed).round();
    assert_eq!(plan.up_sql().matches("ALTER").count(), 1, "{}", plan.up_sql());
}

#[test]
fn new_columns_that_wait_for_their_names_do_not_meet() {
    let before = schema(vec![table("t", vec![id(), text("name")])]);
    let new = |name| text(name).default_sql("'new'");
    let after = vec![id(), text("legal").was("name"), new("name"), new("autogen_name")];
    let after = schema(vec![table("t", after)]);
    let mut story = Story::new(before, after, "INSERT INTO t VALUES (1, 'x')");
    let plan = story.round();
    assert!(plan.up_sql().contains("-- t: add autogen_name, add name, as autogen_name_2 until "));
    let header = "-- loses data: t.name (the column that up made is dropped) [drops-column]\n";
    assert!(plan.down_sql().contains(header), "{}", plan.down_sql());
    let row = story.db.rows(&["legal", "name", "autogen_name"], "t");
    assert_eq!(row, ["'x'|'new'|'new'"]);
}
