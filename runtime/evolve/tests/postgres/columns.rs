use diesel_autogen_evolve::HazardCode;
use diesel_autogen_schema::testing::{big, column, id, schema, table, text};
use diesel_autogen_schema::{
    Action, Column, Deferrable, Extra, Extras, ForeignKey, Generated, Identity, Schema, SqlType,
    Storage, Table,
};

use crate::harness::Story;

const ROWS: &str = "INSERT INTO users (name) VALUES ('Ann'), ('Bob')";

fn users(columns: Vec<Column>) -> Schema {
    let mut table = table("users", vec![id(), text("name")]);
    table.columns.to_mut().extend(columns);
    schema(vec![table])
}

fn computed(column: Column, expr: &'static str) -> Column {
    Column { generated: Some(Generated { expr: expr.into(), storage: Storage::Stored }), ..column }
}

fn filled(column: Column, backfill: &'static str) -> Column {
    Column { backfill: Some(backfill.into()), ..column }
}

#[test]
fn plain_columns_come_and_go_in_one_statement() {
    let columns = vec![
        text("bio").null(),
        big("score").default_sql("-1"),
        Column { collation: Some("C".into()), ..text("nick").default_sql("''") },
        computed(text("shout"), "upper(name)"),
        column("born", SqlType::Date).null(),
    ];
    let Some(mut story) = Story::new(users(vec![]), users(columns), ROWS) else { return };
    let plan = story.round();
    assert_eq!(plan.up_sql().matches("ALTER TABLE").count(), 1, "{}", plan.up_sql());
    assert_eq!(
        story.db.rows(&["bio", "score", "nick", "shout"], "users WHERE id = 1"),
        ["NULL|-1||ANN"]
    );
    let drops = plan.down_hazards().filter(|it| it.code == HazardCode::DropsColumn && it.loss);
    assert_eq!(drops.count(), 4, "the computed one loses nothing");
}

#[test]
fn rows_are_filled_before_a_column_is_required() {
    let columns =
        vec![filled(big("size"), "length(name)"), filled(text("tag").null(), "'x' || id")];
    let Some(mut story) = Story::new(users(vec![]), users(columns), ROWS) else { return };
    let plan = story.round();
    assert!(
        plan.up_sql().contains(
            "ALTER TABLE users\n    ADD COLUMN size BIGINT,\n    ADD COLUMN tag TEXT;\n\
         UPDATE users SET size = length(name);\n\
         UPDATE users SET tag = 'x' || id;\n\
         ALTER TABLE users ALTER COLUMN size SET NOT NULL;\n"
        ),
        "{}",
        plan.up_sql()
    );
    assert_eq!(story.db.rows(&["size", "tag"], "users ORDER BY id"), ["3|x1", "3|x2"]);
}

#[test]
fn a_column_is_filled_from_one_that_goes() {
    let before = users(vec![text("old")]);
    let after = users(vec![filled(text("new"), "old || '!'")]);
    let seed = "INSERT INTO users (name, old) VALUES ('Ann', 'o')";
    let Some(mut story) = Story::new(before, after, seed) else { return };
    story.round();
    assert_eq!(
        story.db.rows(&["new"], "users"),
        ["!"],
        "up, down and up: what was dropped is blank"
    );
}

#[test]
fn null_is_filled_by_a_default_or_by_what_is_told() {
    for (after, value) in
        [(text("bio").default_sql("'none'"), "none"), (filled(text("bio"), "name || '?'"), "Ann?")]
    {
        let seed = "INSERT INTO users (name) VALUES ('Ann')";
        let before = users(vec![text("bio").null()]);
        let Some(mut story) = Story::new(before, users(vec![after]), seed) else { return };
        story.round();
        assert_eq!(story.db.rows(&["bio"], "users"), [value]);
    }
}

#[test]
fn defaults_and_nullability_change_where_they_stand() {
    let cases = [
        (text("x").null(), text("x").null().default_sql("'a'")),
        (text("x").null().default_sql("'a'"), text("x").null().default_sql("'it''s'")),
        (text("x").default_sql("'a'"), text("x").default_sql("'a'").null()),
        (text("x").default_sql("'a'"), text("x").default_sql("lower('A' COLLATE \"C\")")),
        (
            column("x", SqlType::Bool).default_sql("true"),
            column("x", SqlType::Bool).default_sql("1 = 1 AND NOT false"),
        ),
        (
            column("x", SqlType::TIMESTAMP).default_sql("now()"),
            column("x", SqlType::TIMESTAMP).default_sql("now() AT TIME ZONE 'utc'"),
        ),
        (big("x").default_sql("5"), big("x").default_sql("NULL").null()),
        (
            text("x").default_sql("'a'"),
            Column { comment: Some("it's -- a 'remark'".into()), ..text("x").default_sql("'a'") },
        ),
        (
            text("x").default_sql("''"),
            Column { collation: Some("C".into()), ..text("x").default_sql("''") },
        ),
    ];
    for (before, after) in cases {
        let (before, after) = (users(vec![before]), users(vec![after]));
        let Some(mut story) = Story::new(before, after, ROWS) else { return };
        story.round();
        assert_eq!(story.db.rows(&["count(*)"], "users"), ["2"]);
    }
}

#[test]
fn a_dropped_column_comes_back_with_a_blank_and_says_so() {
    let before = users(vec![text("bio"), big("age").null()]);
    let seed = "INSERT INTO users (name, bio, age) VALUES ('Ann', 'b', 3)";
    let Some(mut story) = Story::new(before, users(vec![]), seed) else { return };
    let plan = story.round();
    assert!(
        plan.up_sql().starts_with(
            "-- loses data: users.age (column dropped) [drops-column]\n-- loses data: users.bio (column dropped) [drops-column]\n"
        ),
        "{}",
        plan.up_sql()
    );
    assert!(
        plan.down_sql().starts_with(
            "-- does not come back: users.bio (its values were dropped, rows get '') [irreversible-data]\n"
        ) || plan.down_sql().starts_with(
            "-- does not come back: users.age (its values were dropped) [irreversible-data]\n\
             -- does not come back: users.bio (its values were dropped, rows get '') [irreversible-data]\n"
        ),
        "{}",
        plan.down_sql()
    );
    story.db.down(&plan);
    assert_eq!(story.db.rows(&["bio", "age"], "users"), ["|NULL"]);
}

#[test]
fn what_comes_back_meets_the_rules_about_it() {
    let rich = |mut table: Table| {
        table.columns.to_mut().extend([text("code"), big("team_id"), column("at", SqlType::Date)]);
        table.unique(&["code"]).unique(&["at"]).references("team_id", "teams", Action::NoAction)
    };
    let teams = table("teams", vec![id()]);
    let plain = || table("users", vec![id(), text("name")]);
    let before = schema(vec![teams.clone(), rich(plain())]);
    let after = schema(vec![teams, plain()]);
    let seed = "INSERT INTO teams DEFAULT VALUES;
        INSERT INTO users (name, code, team_id, at) VALUES ('Ann', 'a', 1, '2020-01-01'), ('Bob', 'b', 1, '2020-01-02')";
    let Some(mut story) = Story::new(before, after, seed) else { return };
    let plan = story.round();
    story.db.down(&plan);
    assert_eq!(story.db.rows(&["name", "team_id"], "users ORDER BY id"), ["Ann|1", "Bob|1"]);
}

#[test]
fn a_dropped_serial_or_identity_comes_back_numbered() {
    for identity in [Identity::Serial, Identity::ByDefault, Identity::Always] {
        let number = Column { identity: Some(identity), ..big("number") };
        let (before, after) = (users(vec![number]), users(vec![]));
        let Some(mut story) = Story::new(before, after, ROWS) else { return };
        let plan = story.round();
        story.db.down(&plan);
        assert_eq!(story.db.rows(&["number"], "users ORDER BY id"), ["1", "2"]);
    }
}

/// What the next row is numbered.
fn next(story: &mut Story) -> Vec<String> {
    story.db.lines("INSERT INTO users (name) VALUES ('next') RETURNING number::text AS text")
}

#[test]
fn numbers_count_on_however_they_are_made_up() {
    let plain = |nullable| Column { nullable, ..big("number") };
    let made = |identity| Column { identity: Some(identity), ..big("number") };
    let (serial, default, always) =
        (made(Identity::Serial), made(Identity::ByDefault), made(Identity::Always));
    let stepped = |column: &Column| Column {
        extras: vec![Extra::Start(100), Extra::Increment(5), Extra::Cache(1)].into(),
        ..column.clone()
    };
    let cases = [
        (plain(false), default.clone(), "8"),
        (plain(false), always.clone(), "8"),
        (plain(false), serial.clone(), "8"),
        (plain(false), stepped(&default), "100"),
        (serial.clone(), default.clone(), "3"),
        (serial.clone(), always.clone(), "3"),
        (default.clone(), serial.clone(), "3"),
        (always.clone(), serial.clone(), "3"),
        (always.clone(), default.clone(), "3"),
        (default.clone(), stepped(&default), "7"),
        (serial.clone(), stepped(&serial), "7"),
        (stepped(&serial), serial.clone(), "106"),
        (stepped(&default), stepped(&serial), "110"),
    ];
    for (before, after, expected) in cases {
        let words = format!("{before:?}\n{after:?}");
        let numbered = before.identity.is_some();
        let seed =
            if numbered { ROWS } else { "INSERT INTO users (name, number) VALUES ('Ann', 7)" };
        let (before, after) = (users(vec![before]), users(vec![after]));
        let Some(mut story) = Story::new(before, after, seed) else { return };
        story.round();
        assert_eq!(next(&mut story), [expected], "{words}");
    }
}

#[test]
fn numbers_stop_being_made_up() {
    for identity in [Identity::Serial, Identity::ByDefault, Identity::Always] {
        let before = users(vec![Column { identity: Some(identity), ..big("number") }]);
        let Some(mut story) = Story::new(before, users(vec![big("number")]), ROWS) else { return };
        let plan = story.round();
        assert!(story.db.try_run("INSERT INTO users (name) VALUES ('Cid')").is_err());
        story.db.down(&plan);
        assert_eq!(next(&mut story), ["3"]);
    }
}

#[test]
fn a_serial_key_grows_with_its_sequence() {
    for identity in [Identity::Serial, Identity::ByDefault] {
        let key = |of| Column { identity: Some(identity), ..column("number", of) };
        let before = users(vec![key(SqlType::Integer)]);
        let after = users(vec![key(SqlType::BigInt)]);
        let Some(mut story) = Story::new(before, after, ROWS) else { return };
        story.round();
        assert_eq!(next(&mut story), ["3"]);
    }
}

#[test]
fn what_is_computed_changes() {
    let base = || big("price").default_sql("2");
    let cases = [
        // Another expression, another type, no longer, from now on.
        (
            computed(big("twice").null(), "price * 2"),
            computed(big("twice").null(), "price * 3"),
            "6",
        ),
        (
            computed(big("twice").null(), "price * 2"),
            computed(column("twice", SqlType::Integer).null(), "price * 2"),
            "4",
        ),
        (computed(big("twice").null(), "price * 2"), big("twice").null(), "4"),
        (computed(big("twice"), "price * 2"), big("twice"), "4"),
        (big("twice").null(), computed(big("twice").null(), "price * 2"), "4"),
        (big("twice").default_sql("0"), computed(big("twice"), "price * 2"), "4"),
    ];
    for (before, after, value) in cases {
        let with = |column: Column| {
            let mut table = table("users", vec![id(), text("name"), base(), column]);
            table = table.index(&["twice"]);
            schema(vec![table])
        };
        let Some(mut story) = Story::new(with(before), with(after), ROWS) else { return };
        story.round();
        assert_eq!(story.db.rows(&["twice"], "users WHERE id = 1"), [value]);
        story.target.minimum = (13, 0, 0);
    }
}

#[test]
fn a_computed_column_makes_way_for_what_it_is_computed_from() {
    let of = |sql_type| {
        users(vec![
            column("price", sql_type).default_sql("2"),
            Column { comment: Some("both".into()), ..computed(big("twice").null(), "price * 2") },
        ])
    };
    let Some(mut story) = Story::new(of(SqlType::Integer), of(SqlType::BigInt), ROWS) else {
        return;
    };
    story.round();
    assert_eq!(story.db.rows(&["twice"], "users"), ["4", "4"]);
}

#[test]
fn renames_reach_everything_and_copy_nothing() {
    let before = schema(vec![
        table("users", vec![id(), text("name"), computed(text("low"), "lower(name)")])
            .index(&["name"])
            .unique(&["name"])
            .check("users_name_check", "name <> ''"),
        table("posts", vec![id(), big("user_id")]).references("user_id", "users", Action::Cascade),
    ]);
    let after = schema(vec![
        table(
            "people",
            vec![
                id(),
                text("full name").was("name"),
                computed(text("low"), "lower(\"full name\")"),
            ],
        )
        .was("users")
        .index(&["full name"])
        .unique(&["full name"])
        .check("people_name_check", "\"full name\" <> ''"),
        table("posts", vec![id(), big("owner_id").was("user_id")]).references(
            "owner_id",
            "people",
            Action::Cascade,
        ),
    ]);
    let seed = "INSERT INTO users (name) VALUES ('Ann'); INSERT INTO posts (user_id) VALUES (1)";
    let Some(mut story) = Story::new(before, after, seed) else { return };
    let plan = story.round();
    for word in ["DROP", "ADD", "UPDATE"] {
        assert!(!plan.up_sql().contains(word), "{}", plan.up_sql());
    }
    assert_eq!(story.db.rows(&["\"full name\"", "low"], "people"), ["Ann|ann"]);
    let back = story.back();
    story.db.up(&back);
    crate::harness::same(&mut story.db, &story.before, &back.up_sql());
}

#[test]
fn names_are_swapped_with_their_rows() {
    let before = schema(vec![
        table("a", vec![id(), text("x"), text("y")])
            .check("a_x_check", "x <> 'never'")
            .unique(&["x"]),
        table("b", vec![id(), text("z")]).unique(&["z"]),
    ]);
    let after = schema(vec![
        table("b", vec![id(), text("x").was("y"), text("y").was("x")])
            .was("a")
            .check("b_y_check", "y <> 'never'")
            .unique(&["y"]),
        table("a", vec![id(), text("z")]).was("b").unique(&["z"]),
    ]);
    let seed = "INSERT INTO a (x, y) VALUES ('x1', 'y1'); INSERT INTO b (z) VALUES ('z2')";
    let Some(mut story) = Story::new(before, after, seed) else { return };
    let plan = story.round();
    assert_eq!(story.db.rows(&["x", "y"], "b"), ["y1|x1"]);
    assert_eq!(story.db.rows(&["z"], "a"), ["z2"]);
    story.db.down(&plan);
    assert_eq!(story.db.rows(&["x", "y"], "a"), ["x1|y1"]);
}

#[test]
fn a_rename_leaves_its_name_to_something_new() {
    let before =
        schema(vec![table("old", vec![id(), text("a"), text("b")]).index(&["a"]).unique(&["b"])]);
    let after = schema(vec![
        table("moved", vec![id(), text("a"), text("c").was("b"), text("b").default_sql("''")])
            .was("old")
            .unique(&["c"]),
        table("old", vec![id(), big("next").null()]).references("next", "moved", Action::SetNull),
    ]);
    let seed = "INSERT INTO old (a, b) VALUES ('a1', 'b1')";
    let Some(mut story) = Story::new(before, after, seed) else { return };
    story.round();
    assert_eq!(story.db.rows(&["a", "b", "c"], "moved"), ["a1||b1"]);
}

#[test]
fn columns_that_refer_to_one_another_come_back_in_turn() {
    let key = |name: &str, own: &str, target: &str, reference: &str| ForeignKey {
        name: name.to_owned().into(),
        columns: vec![own.to_owned().into()].into(),
        schema: None,
        table: target.to_owned().into(),
        references: vec![reference.to_owned().into()].into(),
        on_delete: Action::NoAction,
        on_update: Action::NoAction,
        deferrable: Deferrable::No,
        extras: Extras::NONE,
    };
    // Whichever table is the first by name, and across tables and within one.
    for (parents, children) in [("a_parents", "children"), ("parents", "children")] {
        let parent = table(parents, vec![id(), big("code")]).unique(&["code"]);
        let mut child =
            table(children, vec![id(), big("of"), text("tag"), text("same"), text("k")])
                .unique(&["tag"]);
        child.foreign_keys = vec![
            key("of_parent", "of", parents, "code"),
            key("of_itself", "same", children, "tag"),
        ]
        .into();
        let before = schema(vec![parent, child]);
        let stays = table(children, vec![id(), text("kind").was("k")]);
        let after = schema(vec![table(parents, vec![id()]), stays]);
        let rows = format!(
            "INSERT INTO {parents} (code) VALUES (7), (9);
             INSERT INTO {children} (of, tag, same, k) VALUES (7, 'x', 'y', 'k1'), (9, 'y', 'x', 'k2')"
        );
        let Some(mut story) = Story::new(before, after, &rows) else { return };
        let plan = story.up();
        story.db.down(&plan);
        let down = plan.down_sql();
        assert_eq!(
            story.db.rows(&["tag = same", "k"], &format!("{children} ORDER BY id")),
            ["true|k1", "true|k2"],
            "{down}"
        );
        let fits = format!("{children} WHERE of IN (SELECT code FROM {parents})");
        assert_eq!(story.db.rows(&["count(*)"], &fits), ["2"], "{down}");
    }
}

#[test]
fn a_column_comes_back_from_one_that_is_computed() {
    let mut before = table("notes", vec![id(), text("word"), text("own")])
        .and(computed(text("shout"), "upper(word)"))
        .unique(&["shout"]);
    before.foreign_keys = vec![ForeignKey {
        name: "own_shout".into(),
        columns: vec!["own".into()].into(),
        schema: None,
        table: "notes".into(),
        references: vec!["shout".into()].into(),
        on_delete: Action::NoAction,
        on_update: Action::NoAction,
        deferrable: Deferrable::No,
        extras: Extras::NONE,
    }]
    .into();
    let (before, after) =
        (schema(vec![before]), schema(vec![table("notes", vec![id(), text("word")])]));
    let rows = "INSERT INTO notes (word, own) VALUES ('a', 'A'), ('b', 'A')";
    let Some(mut story) = Story::new(before, after, rows) else { return };
    let plan = story.up();
    story.db.down(&plan);
    assert_eq!(story.db.rows(&["own", "shout"], "notes ORDER BY id"), ["A|A", "B|B"]);
}
