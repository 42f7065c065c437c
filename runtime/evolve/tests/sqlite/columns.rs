use diesel_autogen_evolve::HazardCode;
use diesel_autogen_schema::testing::{big, column, id, one_of, schema, table, text};
use diesel_autogen_schema::{
    Action, Column, Enum, Extras, ForeignKey, Generated, Identity, Label, Schema, SqlType, Storage,
    Table,
};

use crate::harness::Story;

const ROWS: &str = "INSERT INTO users (id, name) VALUES (1, 'Ann'), (2, 'Bob')";

fn users(columns: Vec<Column>) -> Schema {
    let mut table = table("users", vec![id(), text("name")]);
    table.columns.to_mut().extend(columns);
    schema(vec![table])
}

fn story(after: Vec<Column>) -> Story {
    Story::new(users(vec![]), users(after), ROWS)
}

fn generated(column: Column, expr: &'static str, storage: Storage) -> Column {
    Column { generated: Some(Generated { expr: expr.into(), storage }), ..column }
}

#[test]
fn plain_columns_come_and_go_by_alter_table() {
    let columns = vec![
        text("bio").null(),
        big("score").default_sql("-1"),
        Column { collation: Some("NOCASE".into()), ..text("nick").default_sql("''") },
        one_of("role", &["admin", "member"]).default_sql("'member'"),
        generated(text("shout"), "upper(name)", Storage::Virtual),
        column("born", SqlType::Date).null(),
    ];
    let mut story = story(columns);
    let plan = story.round();
    assert!(plan.transaction, "{}", plan.up_sql());
    assert!(!plan.up_sql().contains("INSERT"), "{}", plan.up_sql());
    assert_eq!(
        story.db.rows(&["bio", "score", "nick", "role", "shout"], "users WHERE id = 1"),
        ["NULL|-1|''|'member'|'ANN'"]
    );
    let drops = plan.down_hazards().filter(|it| it.code == HazardCode::DropsColumn && it.loss);
    assert_eq!(drops.count(), 5, "the generated one loses nothing");
}

#[test]
fn a_dropped_column_comes_back_with_a_blank_and_says_so() {
    let before = users(vec![text("bio"), big("age").null()]);
    let mut story = Story::new(
        before,
        users(vec![]),
        "INSERT INTO users (id, name, bio, age) VALUES (1, 'Ann', 'b', 3)",
    );
    let plan = story.round();
    assert!(plan.up_sql().starts_with(
        "-- loses data: users.age (column dropped) [drops-column]\n-- loses data: users.bio (column dropped) [drops-column]\n"
    ));
    assert!(
        plan.down_sql().starts_with(
            "-- does not come back: users.age (its values were dropped) [irreversible-data]\n\
             -- does not come back: users.bio (its values were dropped, rows get '') [irreversible-data]\n"
        ),
        "{}",
        plan.down_sql()
    );
    story.db.down(&plan);
    assert_eq!(story.db.rows(&["bio", "age"], "users"), ["''|NULL"]);
}

#[test]
fn what_add_column_refuses_is_made_by_a_rebuild() {
    let columns = vec![
        vec![column("at", SqlType::TIMESTAMP).default_sql("CURRENT_TIMESTAMP")],
        vec![big("n").default_sql("1 + 1")],
        vec![generated(text("low"), "lower(name)", Storage::Stored)],
        vec![Column { backfill: Some("length(name)".into()), ..big("n") }],
    ];
    for columns in columns {
        let mut story = story(columns);
        let plan = story.round();
        assert!(!plan.transaction);
        assert_eq!(story.db.rows(&["name"], "users"), ["'Ann'", "'Bob'"]);
    }
}

#[test]
fn rows_get_defaults_and_backfills() {
    let fill = |column: Column| Column { backfill: Some("name || '!'".into()), ..column };
    let cases = [
        (big("x").default_sql("1 + 1"), "2"),
        (fill(text("x")), "'Ann!'"),
        (fill(text("x").null()), "'Ann!'"),
        (fill(text("x").default_sql("'d'")), "'Ann!'"),
        (generated(text("x"), "name || id", Storage::Stored), "'Ann1'"),
    ];
    for (column, value) in cases {
        let mut story = story(vec![column]);
        story.round();
        assert_eq!(story.db.rows(&["x"], "users WHERE id = 1"), [value]);
    }
}

#[test]
fn columns_with_references_come_natively_and_keep_the_rule() {
    let teams = table("teams", vec![id()]);
    let before = schema(vec![teams.clone(), table("users", vec![id()])]);
    let after = schema(vec![
        teams,
        table("users", vec![id(), big("team_id").null()]).references(
            "team_id",
            "teams",
            Action::Cascade,
        ),
    ]);
    let mut story = Story::new(before, after, "INSERT INTO users VALUES (1)");
    let plan = story.round();
    assert!(plan.transaction);
    story.db.run("INSERT INTO teams VALUES (1)");
    assert!(story.db.try_run("UPDATE users SET team_id = 2").is_err());
    story.db.run("UPDATE users SET team_id = 1");
}

#[test]
fn a_required_reference_that_comes_back_refers_to_the_first_row() {
    let teams = table("teams", vec![id()]);
    let with =
        table("users", vec![id(), big("team_id")]).references("team_id", "teams", Action::Cascade);
    let before = schema(vec![teams.clone(), with]);
    let after = schema(vec![teams, table("users", vec![id()])]);
    let seed = "INSERT INTO teams VALUES (3), (4); INSERT INTO users VALUES (1, 4)";
    let mut story = Story::new(before, after, seed);
    let plan = story.round();
    story.db.down(&plan);
    assert_eq!(story.db.rows(&["team_id"], "users"), ["3"]);
}

#[test]
fn a_unique_column_that_comes_back_differs_from_row_to_row() {
    for of in [SqlType::Integer, SqlType::Text { max_length: None }, SqlType::Binary] {
        let before = schema(vec![table("users", vec![id(), column("code", of)]).unique(&["code"])]);
        let after = schema(vec![table("users", vec![id()])]);
        let seed = "INSERT INTO users VALUES (1, 7), (2, 8)";
        Story::new(before, after, seed).round();
    }
}

#[test]
fn nullability_fills_or_fails() {
    let seed = "INSERT INTO users (id, name, bio) VALUES (1, 'Ann', NULL), (2, 'Bob', 'b')";
    let filled = Column { backfill: Some("'by ' || name".into()), ..text("bio") };
    let mut story = Story::new(users(vec![text("bio").null()]), users(vec![filled]), seed);
    story.round();
    assert_eq!(story.db.rows(&["bio"], "users"), ["'by Ann'", "'b'"]);
    let default = text("bio").default_sql("'none'");
    let mut story = Story::new(users(vec![text("bio").null()]), users(vec![default]), seed);
    let plan = story.round();
    assert_eq!(story.db.rows(&["bio"], "users"), ["'none'", "'b'"]);
    let codes: Vec<_> = plan.down_hazards().map(|hazard| hazard.code).collect();
    assert!(codes.contains(&HazardCode::IrreversibleData));

    let mut story = Story::new(users(vec![text("bio").null()]), users(vec![text("bio")]), seed);
    let plan =
        crate::harness::planned(&story.before, &story.after, &story.live, crate::harness::OLDEST);
    assert!(plan.hazards().any(|hazard| hazard.code.may_fail()));
    let structure = story.db.structure();
    let error = story.db.file(&plan.up_sql(), plan.transaction).unwrap_err();
    assert!(error.contains("1 rows of users have no bio"), "{error}");
    assert_eq!(story.db.structure(), structure, "rolled back");
    assert_eq!(story.db.rows(&["bio"], "users"), ["NULL", "'b'"]);
}

#[test]
fn types_change_with_a_cast_where_values_differ() {
    let text_type = SqlType::Text { max_length: None };
    let cases = [
        (SqlType::Integer, SqlType::BigInt, "7", "7"),
        (SqlType::Integer, text_type.clone(), "7", "'7'"),
        (SqlType::Float, SqlType::Double, "1.5", "1.5"),
        (text_type.clone(), SqlType::Integer, "'7'", "7"),
        (SqlType::Date, text_type.clone(), "'2024-01-01'", "'2024-01-01'"),
        (text_type.clone(), SqlType::TIMESTAMP, "'2024-01-01 10:00:00'", "'2024-01-01 10:00:00'"),
        (text_type.clone(), SqlType::Binary, "'a'", "X'61'"),
        (SqlType::Json, SqlType::Jsonb, "'null'", "X'00'"),
        (SqlType::Integer, SqlType::Double, "7", "7.0"),
        (text_type, SqlType::Text { max_length: Some(9) }, "'a'", "'a'"),
    ];
    for (from, to, old, new) in cases {
        let seed = format!("INSERT INTO users (id, name, x) VALUES (1, 'Ann', {old})");
        let mut story = Story::new(
            users(vec![column("x", from.clone())]),
            users(vec![column("x", to.clone())]),
            &seed,
        );
        let plan = story.up("");
        assert_eq!(story.db.rows(&["x"], "users"), [new], "{from:?} to {to:?}");
        story.down_and_up(&plan, ("", ""));
        story.db.down(&plan);
        assert_eq!(story.db.rows(&["x"], "users"), [old], "{to:?} back to {from:?}");
    }
}

#[test]
fn using_says_what_becomes_of_values_and_only_when_the_type_changes() {
    let cents = |of| Column { using: Some("x * 100".into()), ..column("x", of) };
    let seed = "INSERT INTO users (id, name, x) VALUES (1, 'Ann', 1.5)";
    let before = users(vec![column("x", SqlType::Double)]);
    let mut story = Story::new(before, users(vec![cents(SqlType::Integer)]), seed);
    let plan = story.up("");
    assert_eq!(story.db.rows(&["x"], "users"), ["150"]);
    assert!(plan.up_sql().starts_with("-- loses data: users.x"), "{}", plan.up_sql());
    let mut again = users(vec![cents(SqlType::Integer)]);
    again.tables.to_mut()[0].columns.to_mut()[1].default = Some("'x'".into());
    let mut story = Story::new(story.after.clone(), again, "INSERT INTO users VALUES (1, 'a', 2)");
    story.up("");
    assert_eq!(story.db.rows(&["x"], "users"), ["2"]);
}

fn role(labels: &[(&'static str, Option<&'static str>)]) -> Column {
    let label = |(name, from): &(&'static str, Option<&'static str>)| Label {
        name: (*name).into(),
        renamed_from: from.map(Into::into),
    };
    let labels = labels.iter().map(label).collect();
    column("role", SqlType::Enum(Enum { name: "role".into(), labels, comment: None, schema: None }))
}

#[test]
fn labels_come_and_are_renamed_in_rows() {
    let before = users(vec![role(&[("admin", None), ("guest", None), ("it's", None)])]);
    let after = users(vec![role(&[
        ("boss", Some("admin")),
        ("guest", None),
        ("its", Some("it's")),
        ("new", None),
    ])]);
    let seed = "INSERT INTO users (id, name, role) VALUES (1, 'a', 'admin'), (2, 'b', 'it''s')";
    let mut story = Story::new(before, after, seed);
    let plan = story.up("");
    assert_eq!(story.db.rows(&["role"], "users"), ["'boss'", "'its'"]);
    assert!(story.db.try_run("UPDATE users SET role = 'admin'").is_err());
    story.down_and_up(&plan, ("", ""));
    story.db.down(&plan);
    assert_eq!(story.db.rows(&["role"], "users"), ["'admin'", "'it''s'"]);
}

#[test]
fn labels_that_are_put_together_do_not_come_apart() {
    let before = users(vec![role(&[("guest", None), ("member", None)])]);
    let after = users(vec![role(&[("member", Some("guest"))])]);
    let seed = "INSERT INTO users (id, name, role) VALUES (1, 'a', 'guest'), (2, 'b', 'member')";
    let mut story = Story::new(before, after, seed);
    let plan = story.round();
    assert_eq!(story.db.rows(&["role"], "users"), ["'member'", "'member'"]);
    assert!(plan.down_sql().contains("does not come back: users.role (labels were put together)"));
}

#[test]
fn generated_columns_are_left_out_of_the_copy_and_computed_anew() {
    let make = |expr: &'static str, storage, extra: SqlType| {
        users(vec![generated(text("tag"), expr, storage), column("n", extra)])
    };
    let seed = "INSERT INTO users (id, name, n) VALUES (1, 'Ann', 3)";
    for storage in [Storage::Stored, Storage::Virtual] {
        let before = make("lower(name)", storage, SqlType::Integer);
        let mut story =
            Story::new(before.clone(), make("upper(name)", storage, SqlType::Integer), seed);
        story.round();
        assert_eq!(story.db.rows(&["tag"], "users"), ["'ANN'"]);
        Story::new(before, make("lower(name)", storage, SqlType::BigInt), seed).round();
    }
    let stored = make("lower(name)", Storage::Stored, SqlType::Integer);
    let plain = users(vec![text("tag"), column("n", SqlType::Integer)]);
    let mut story = Story::new(stored, plain, seed);
    let plan = story.round();
    assert_eq!(story.db.rows(&["tag"], "users"), ["'ann'"]);
    assert!(plan.down_hazards().any(|it| it.code == HazardCode::ReplacesValues && it.loss));
}

#[test]
fn keys_and_options_change_by_a_rebuild() {
    let pair = |key: &[&'static str]| Table {
        primary_key: key.iter().map(|name| (*name).into()).collect(),
        ..table("t", vec![big("a"), text("b"), big("c")])
    };
    let seed = "INSERT INTO t VALUES (1, 'x', 10), (2, 'y', 20)";
    let strict = Table { strict: true, ..pair(&["a"]) };
    let bare = Table { without_rowid: true, ..pair(&["a"]) };
    let both = Table { strict: true, without_rowid: true, ..pair(&["a", "b"]) };
    for other in [pair(&["a", "b"]), pair(&["b"]), strict, bare, both] {
        let mut story = Story::new(schema(vec![pair(&["a"])]), schema(vec![other]), seed);
        story.round();
        assert_eq!(story.db.rows(&["a", "b", "c"], "t ORDER BY a"), ["1|'x'|10", "2|'y'|20"]);
    }
}

#[test]
fn defaults_collations_checks_and_foreign_keys_change_by_a_rebuild() {
    let base = || table("t", vec![id(), text("a"), big("b").null()]);
    let seed = "INSERT INTO t (id, a, b) VALUES (1, 'x', 1)";
    let with = |column: Column| {
        let mut table = base();
        for old in table.columns.to_mut() {
            if old.name == column.name {
                *old = column.clone();
            }
        }
        table
    };
    let wide = ForeignKey {
        name: "t_pair".into(),
        columns: vec!["id".into(), "b".into()].into(),
        table: "t".into(),
        references: vec!["id".into(), "b".into()].into(),
        on_delete: Action::Cascade,
        on_update: Action::SetNull,
        deferrable: diesel_autogen_schema::Deferrable::InitiallyDeferred,
        extras: Extras::NONE,
        schema: None,
    };
    let mut composite = base().unique(&["id", "b"]);
    composite.foreign_keys = vec![wide].into();
    let others = vec![
        with(text("a").default_sql("'it''s'")),
        with(text("a").default_sql("lower('A') -- note")),
        with(Column { collation: Some("NOCASE".into()), ..text("a") }),
        base().check("t_a_check", "a <> ''"),
        base().check("named", "b > 0 -- note"),
        base().check("wide", "b > 0 or a = 'x'"),
        base().references("b", "t", Action::SetNull),
        composite,
    ];
    for other in others {
        let mut story = Story::new(schema(vec![base()]), schema(vec![other]), seed);
        let plan = story.round();
        assert!(!plan.transaction);
        assert_eq!(story.db.rows(&["id", "a", "b"], "t"), ["1|'x'|1"]);
    }
}

#[test]
fn counters_stay_ahead_of_deleted_rows() {
    let auto = || Column { identity: Some(Identity::Autoincrement), ..id() };
    let before = schema(vec![table("t", vec![auto(), big("n")])]);
    let after = schema(vec![table("t", vec![auto(), text("n")])]);
    let seed = "INSERT INTO t VALUES (1, 1), (9, 9); DELETE FROM t WHERE id = 9";
    let mut story = Story::new(before.clone(), after, seed);
    let plan = story.round();
    assert_eq!(story.db.rows(&["name", "seq"], "sqlite_sequence"), ["'t'|9"]);
    story.db.down(&plan);
    assert_eq!(story.db.rows(&["name", "seq"], "sqlite_sequence"), ["'t'|9"]);

    let mut empty = Story::new(
        before.clone(),
        schema(vec![table("t", vec![auto(), text("n")])]),
        "INSERT INTO t VALUES (5, 5); DELETE FROM t",
    );
    empty.round();
    assert_eq!(empty.db.rows(&["name", "seq"], "sqlite_sequence"), ["'t'|5"]);

    let plain = schema(vec![table("t", vec![id(), big("n")])]);
    let mut toggled = Story::new(before, plain, seed);
    let plan = toggled.round();
    assert!(toggled.db.rows(&["name"], "sqlite_sequence").is_empty());
    toggled.db.down(&plan);
    assert_eq!(toggled.db.rows(&["seq"], "sqlite_sequence"), ["1"]);
}

#[test]
fn a_key_without_identity_is_no_rowid() {
    let plain = Column { identity: None, ..column("id", SqlType::Integer) };
    let before = schema(vec![table("t", vec![id(), text("n")])]);
    let after = schema(vec![table("t", vec![plain, text("n")])]);
    let mut story = Story::new(before, after, "INSERT INTO t VALUES (4, 'x')");
    story.round();
    assert_eq!(story.db.rows(&["rowid", "id"], "t"), ["4|4"]);
    assert!(story.db.try_run("INSERT INTO t (n) VALUES ('y')").is_err(), "nobody numbers it");
}
