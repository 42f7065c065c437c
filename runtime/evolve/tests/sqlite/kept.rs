use diesel_autogen_evolve::{Dialect, Refusal, Target, plan};
use diesel_autogen_schema::testing::{big, id, schema, table, text};
use diesel_autogen_schema::{
    Action, Check, Column, Extras, Live, Schema, SqlType, Table, Unique, Written, diff,
};

use crate::harness::{Db, OLDEST, Story, planned};

fn users(n: SqlType) -> Table {
    let mut users = table("users", vec![id(), text("name")]).and(Column::new("n".into(), n));
    users = users.index(&["name"]);
    users
}

fn before() -> Schema {
    schema(vec![users(SqlType::BigInt)])
}

fn after() -> Schema {
    schema(vec![users(SqlType::Text { max_length: None })])
}

const BY_HAND: &str = "
    CREATE VIEW v AS SELECT id, name FROM users; -- the view
    CREATE VIEW on_v AS SELECT name FROM v;
    CREATE TABLE log (id INTEGER PRIMARY KEY, what TEXT);
    CREATE VIEW other AS SELECT what FROM log;
    CREATE TRIGGER attached AFTER UPDATE ON users BEGIN INSERT INTO log (what) VALUES (new.name); END;
    CREATE TRIGGER instead INSTEAD OF INSERT ON v BEGIN INSERT INTO users (name, n) VALUES (new.name, 0); END;
    CREATE TRIGGER elsewhere AFTER DELETE ON log BEGIN UPDATE users SET name = 'x' WHERE id = old.id; END;
    CREATE INDEX by_hand ON users (n DESC, lower(name)) WHERE n > 0;";

#[test]
fn views_triggers_and_indexes_made_by_hand_survive() {
    let seed = format!("{BY_HAND} INSERT INTO users (id, name, n) VALUES (1, 'Ann', 3)");
    let mut story = Story::new(before(), after(), &seed);
    story.live.schema = live_with_index();
    let plan = story.up(BY_HAND);
    assert!(!plan.up_sql().contains("DROP VIEW other"), "{}", plan.up_sql());
    story.down_and_up(&plan, (BY_HAND, BY_HAND));
    story.db.run("INSERT INTO v (name) VALUES ('Bob'); UPDATE users SET name = 'Cid' WHERE id = 1");
    assert_eq!(story.db.rows(&["name"], "on_v ORDER BY name"), ["'Bob'", "'Cid'"]);
    assert_eq!(story.db.rows(&["what"], "log"), ["'Cid'"], "the copy set off no trigger");
}

fn live_with_index() -> Schema {
    let mut live = before();
    let key = |expr: &'static str, is_column, order| diesel_autogen_schema::IndexKey {
        expr: expr.into(),
        is_column,
        order,
        extras: Extras::NONE,
    };
    let index = diesel_autogen_schema::Index {
        name: "by_hand".into(),
        keys: vec![
            key("n", true, diesel_autogen_schema::Order::Desc),
            key("lower(name)", false, diesel_autogen_schema::Order::Asc),
        ]
        .into(),
        unique: false,
        predicate: Some("n > 0".into()),
        extras: Extras::NONE,
    };
    live.tables.to_mut()[0].indexes.to_mut().push(index);
    live
}

#[test]
fn children_are_not_cascaded_away() {
    let kids =
        table("kids", vec![id(), big("user_id")]).references("user_id", "users", Action::Cascade);
    let nulls = table("nulls", vec![id(), big("user_id").null()]).references(
        "user_id",
        "users",
        Action::SetNull,
    );
    let with = |schema: Schema| {
        let mut tables = schema.tables.into_owned();
        tables.extend([kids.clone(), nulls.clone()]);
        diesel_autogen_schema::testing::schema(tables)
    };
    let seed = "INSERT INTO users (id, name, n) VALUES (1, 'Ann', 3);
        INSERT INTO kids VALUES (5, 1); INSERT INTO nulls VALUES (6, 1)";
    let mut story = Story::new(with(before()), with(after()), seed);
    story.round();
    assert_eq!(story.db.rows(&["id", "user_id"], "kids"), ["5|1"]);
    assert_eq!(story.db.rows(&["id", "user_id"], "nulls"), ["6|1"]);
    assert!(story.db.try_run("INSERT INTO kids VALUES (8, 99)").is_err(), "still enforced");
}

#[test]
fn rowids_survive_even_under_another_name() {
    let keyed = |n: SqlType, extra: Option<Column>| {
        let mut t = table("t", vec![text("code")]).and(Column::new("n".into(), n));
        t.columns.to_mut().extend(extra);
        schema(vec![t])
    };
    let seed = "INSERT INTO t (rowid, code, n) VALUES (40, 'a', 1), (7, 'b', 2)";
    let mut story = Story::new(keyed(SqlType::BigInt, None), keyed(SqlType::Integer, None), seed);
    story.round();
    assert_eq!(story.db.rows(&["rowid", "code"], "t ORDER BY code"), ["40|'a'", "7|'b'"]);
    let shadow = Some(text("rowid").null());
    let seed = "INSERT INTO t (oid, code, n) VALUES (40, 'a', 1)";
    let mut story =
        Story::new(keyed(SqlType::BigInt, shadow.clone()), keyed(SqlType::Integer, shadow), seed);
    story.round();
    assert_eq!(story.db.rows(&["oid", "rowid"], "t"), ["40|NULL"]);
}

#[test]
fn new_violations_fail_and_roll_back_and_old_ones_do_not_count() {
    let parent = table("parents", vec![id()]);
    let child = || table("kids", vec![id(), big("parent_id")]);
    let before = schema(vec![parent.clone(), child()]);
    let after = schema(vec![parent, child().references("parent_id", "parents", Action::NoAction)]);
    let seed = "INSERT INTO parents VALUES (1); INSERT INTO kids VALUES (1, 1), (2, 99)";
    let mut story = Story::new(before, after, seed);
    let plan = planned(&story.before, &story.after, &story.live, OLDEST);
    let there = story.db.structure();
    let error = story.db.file(&plan.up_sql(), false).unwrap_err();
    assert!(error.contains("no_new_foreign_key_violations"), "{error}");
    assert_eq!(story.db.structure(), there);
    assert_eq!(story.db.rows(&["id"], "kids"), ["1", "2"]);
    story.db.run("DELETE FROM kids WHERE id = 2");
    story.db.up(&plan);

    let broken = |n: SqlType| {
        schema(vec![
            table("kids", vec![id(), big("parent_id")])
                .references("parent_id", "parents", Action::NoAction)
                .and(Column::new("n".into(), n)),
            table("parents", vec![id()]),
        ])
    };
    let seed = "PRAGMA foreign_keys = OFF; INSERT INTO kids VALUES (1, 1, 5), (2, 99, 99);
        PRAGMA foreign_keys = ON";
    Story::new(broken(SqlType::BigInt), broken(SqlType::Integer), seed).round();
    let mut renamed = broken(SqlType::Integer);
    let tables = renamed.tables.to_mut();
    tables[0].name = "children".into();
    tables[0].renamed_from = Some("kids".into());
    tables[0].foreign_keys.to_mut()[0].name = "children_parent_id_fkey".into();
    Story::new(broken(SqlType::BigInt), renamed, seed).round();
}

#[test]
fn columns_and_rules_that_no_model_claims_survive_a_rebuild() {
    let mut found = users(SqlType::BigInt).and(text("extra").null());
    found.checks =
        vec![Check { name: "users_n_check".into(), expr: "n >= 0".into(), extras: Extras::NONE }]
            .into();
    found.uniques.to_mut().push(Unique {
        name: "sqlite_autoindex_users_1".into(),
        columns: vec!["extra".into()].into(),
        extras: Extras::NONE,
    });
    let by_hand = "DROP TABLE users;
        CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL,
            n BIGINT NOT NULL CHECK (n >= 0), extra TEXT UNIQUE);
        CREATE INDEX users_name_idx ON users (name);
        INSERT INTO users VALUES (1, 'Ann', 3, 'e');";
    let mut story = Story::new(before(), after(), by_hand);
    story.live.schema = Schema::of(vec![found]);
    let plan = planned(&story.before, &story.after, &story.live, OLDEST);
    for _ in 0..2 {
        story.db.up(&plan);
        assert_eq!(story.db.rows(&["n", "extra"], "users"), ["'3'|'e'"]);
        assert!(
            story.db.try_run("INSERT INTO users (name, n, extra) VALUES ('x', '1', 'e')").is_err()
        );
        assert!(
            story.db.try_run("INSERT INTO users (name, n, extra) VALUES ('x', -1, 'f')").is_err()
        );
        story.db.down(&plan);
        assert_eq!(story.db.rows(&["n", "extra"], "users"), ["3|'e'"]);
    }
}

#[test]
fn what_is_in_use_is_not_dropped() {
    let refused = |after: &Schema, by_hand: &str| -> Vec<String> {
        let mut db = Db::of(&before());
        db.run(by_hand);
        let live = db.live(&before());
        let changes = diff(&before(), after).expect("no hints");
        let target = Target::new(Dialect::Sqlite);
        let refusals: Vec<Refusal> = plan(&changes, &target, &live).expect_err("in use");
        refusals.iter().map(Refusal::message).collect()
    };
    let less = schema(vec![table("users", vec![id(), text("name")]).index(&["name"])]);
    assert_eq!(
        refused(&less, "CREATE VIEW v AS SELECT n FROM users"),
        ["`users.n` is used by view `v`, which no model claims"]
    );
    assert_eq!(
        refused(&Schema::EMPTY, "CREATE VIEW v AS SELECT 1 FROM users"),
        ["`users` is used by view `v`, which no model claims"]
    );
}

#[test]
fn a_table_that_another_refers_to_by_hand_is_not_dropped() {
    let teams = || table("teams", vec![id()]);
    let before = schema(vec![users(SqlType::BigInt), teams()]);
    let refused = |live: Schema| -> Vec<String> {
        let live = Live { schema: live, ..Live::default() };
        let changes = diff(&before, &schema(vec![users(SqlType::BigInt)])).expect("no hints");
        match plan(&changes, &Target::new(Dialect::Sqlite), &live) {
            Ok(_) => Vec::new(),
            Err(refusals) => refusals.iter().map(Refusal::message).collect(),
        }
    };
    let note =
        |to: &str| table("notes", vec![id(), big("of")]).references("of", to, Action::Cascade);
    let with = |more: Table| schema(vec![users(SqlType::BigInt), teams(), more]);
    assert_eq!(
        refused(with(note("Teams"))),
        ["`teams` is used by table `notes`, which no model claims"]
    );
    assert_eq!(refused(with(note("users"))), [""; 0]);
    let marked = users(SqlType::BigInt).references("n", "teams", Action::Cascade);
    assert_eq!(
        refused(schema(vec![marked, teams()])),
        ["`teams` is used by table `users`, which no model claims"]
    );
}

#[test]
fn a_dropped_table_takes_its_triggers_and_brings_them_back() {
    let trigger = "CREATE TABLE log (x); CREATE TRIGGER g AFTER INSERT ON users
        BEGIN INSERT INTO log VALUES (new.name); END";
    let mut story = Story::new(before(), Schema::EMPTY, trigger);
    let plan = story.up("CREATE TABLE log (x)");
    story.down_and_up(&plan, (trigger, ""));
}

#[test]
fn a_trigger_on_a_dropped_table_is_not_in_the_way_of_a_rebuild() {
    let extra = || table("extra", vec![id()]);
    let with = schema(vec![users(SqlType::BigInt), extra()]);
    let trigger = "CREATE TRIGGER g AFTER INSERT ON extra
        BEGIN UPDATE users SET name = 'x' WHERE id = new.id; END";
    let mut story = Story::new(with, after(), trigger);
    let plan = story.up("");
    story.down_and_up(&plan, (trigger, ""));
}

#[test]
fn unowned_columns_keep_the_type_that_they_are_declared_with() {
    let mut live = users(SqlType::BigInt);
    live.columns.to_mut().extend([
        Column::new("size".into(), SqlType::BigInt).null(),
        text("any").null(),
        text("mark").null(),
    ]);
    let types = [("size", "UNSIGNED BIG INT"), ("any", ""), ("mark", "CHARACTER(20)")];
    let by_hand = types.map(|(name, of)| format!("ALTER TABLE users ADD COLUMN \"{name}\" {of};"));
    let by_hand = by_hand.concat();
    let seed = format!("{by_hand} INSERT INTO users (id, name, n, size) VALUES (1, 'Ann', 3, 4)");
    let mut story = Story::new(before(), after(), &seed);
    story.live.schema = Schema::of(vec![live]);
    let types = types.map(|(name, of)| (name.into(), of.into())).to_vec();
    let written = Written { types, apart: Vec::new() };
    story.live.written = [("users".to_owned(), written)].into();
    let plan = story.up(&by_hand);
    assert_eq!(story.db.rows(&["n", "size"], "users"), ["'3'|4"]);
    story.down_and_up(&plan, (&by_hand, &by_hand));
}

#[test]
fn a_column_in_a_constraint_behind_the_columns_goes_by_a_rebuild() {
    let parents = || table("parents", vec![id()]);
    let owned = table("notes", vec![id(), text("body"), big("of").null()]);
    let owned = owned.references("of", "parents", Action::NoAction);
    let less = schema(vec![table("notes", vec![id(), text("body")]), parents()]);
    let by_hand = "DROP TABLE notes; CREATE TABLE notes (
            id INTEGER PRIMARY KEY, body TEXT NOT NULL, of BIGINT,
            FOREIGN KEY (of) REFERENCES parents (id)
        );
        INSERT INTO parents VALUES (1); INSERT INTO notes VALUES (1, 'x', 1)";
    let mut story = Story::new(schema(vec![owned, parents()]), less, by_hand);
    let written = Written { types: Vec::new(), apart: vec!["of".into()] };
    story.live.written = [("notes".to_owned(), written)].into();
    let plan = story.round();
    assert!(plan.up_sql().contains("autogen_new_notes"), "{}", plan.up_sql());
    assert_eq!(story.db.rows(&["id", "body"], "notes"), ["1|'x'"]);
}
