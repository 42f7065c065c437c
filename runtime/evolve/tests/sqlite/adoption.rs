use diesel_autogen_evolve::ownership::{adopt, learn, unmanaged};
use diesel_autogen_schema::testing::{big, id, one_of, schema, table, text};
use diesel_autogen_schema::{
    Action, Check, Column, Extras, Live, Object, ObjectKind, Schema, Table, Unique, diff,
};

use crate::harness::{OLDEST, Story, planned};

/// A table with an inline `UNIQUE`, as introspection finds it.
fn found() -> Table {
    let mut found = table("users", vec![id(), text("email")]);
    found.uniques = vec![Unique {
        name: "sqlite_autoindex_users_1".into(),
        columns: vec!["email".into()].into(),
        extras: Extras::NONE,
    }]
    .into();
    found
}

const BY_HAND: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE);
    INSERT INTO users VALUES (1, 'e')";

fn story(before: Schema, after: Schema) -> Story {
    let mut story = Story::new(Schema::EMPTY, after, BY_HAND);
    story.before = before;
    story.live = Live { schema: schema(vec![found()]), ..Live::default() };
    story
}

fn owned() -> Table {
    table("users", vec![id(), text("email")]).unique(&["email"])
}

#[test]
fn a_table_made_by_hand_is_adopted_without_sql() {
    let mut story = story(Schema::EMPTY, schema(vec![owned()]));
    let plan = planned(&story.before, &story.after, &story.live, OLDEST);
    assert_eq!(plan.up_sql(), "-- users: claimed by a model, nothing for SQLite to do\n");
    story.db.up(&plan);
    story.db.down(&plan);
    assert_eq!(story.db.rows(&["email"], "users"), ["'e'"]);
}

#[test]
fn an_adopted_table_is_altered_where_facts_differ() {
    let more = owned().and(text("bio").default_sql("''"));
    let mut story = story(Schema::EMPTY, schema(vec![more]));
    let plan = planned(&story.before, &story.after, &story.live, OLDEST);
    assert!(plan.transaction, "{}", plan.up_sql());
    for _ in 0..2 {
        story.db.up(&plan);
        assert_eq!(story.db.rows(&["email", "bio"], "users"), ["'e'|''"]);
        story.db.down(&plan);
    }
}

#[test]
fn an_inline_unique_stays_through_rebuilds_and_goes_by_one() {
    let kept = owned().check("users_email_check", "email <> ''");
    let mut keeping = story(schema(vec![owned()]), schema(vec![kept]));
    let plan = planned(&keeping.before, &keeping.after, &keeping.live, OLDEST);
    keeping.db.up(&plan);
    assert!(keeping.db.try_run("INSERT INTO users VALUES (2, 'e')").is_err());
    assert!(keeping.db.rows(&["name"], "sqlite_schema WHERE name = 'users_email_key'").is_empty());

    let plain = table("users", vec![id(), text("email")]);
    let mut dropping = story(schema(vec![owned()]), schema(vec![plain]));
    let plan = planned(&dropping.before, &dropping.after, &dropping.live, OLDEST);
    for _ in 0..2 {
        dropping.db.up(&plan);
        dropping.db.run("INSERT INTO users VALUES (2, 'e'); DELETE FROM users WHERE id = 2");
        dropping.db.down(&plan);
        assert!(dropping.db.try_run("INSERT INTO users VALUES (2, 'e')").is_err());
    }
}

#[test]
fn a_column_of_an_owned_table_is_adopted_with_its_labels() {
    let base = || table("t", vec![id()]);
    let mut live = base().and(text("role"));
    live.checks = vec![Check {
        name: "t_role_check".into(),
        expr: "role in ('b', 'a')".into(),
        extras: Extras::NONE,
    }]
    .into();
    // In another order than the model has them.
    let by_hand =
        "ALTER TABLE t ADD COLUMN role TEXT NOT NULL DEFAULT 'a' CHECK (role in ('b', 'a'))";
    live.columns.to_mut()[1].default = Some("'a'".into());
    let after = schema(vec![base().and(one_of("role", &["a", "b"]).default_sql("'a'"))]);
    let mut story = Story::new(schema(vec![base()]), after, by_hand);
    story.live.schema = Schema::of(vec![live]);
    let plan = planned(&story.before, &story.after, &story.live, OLDEST);
    assert_eq!(plan.up_sql(), "-- t: role is claimed by a model, nothing for SQLite to do\n");
}

/// `users` as somebody spelled it by hand, and what refers to it.
fn shouted() -> (Live, &'static str) {
    let key = || Column { name: "ID".into(), ..id() };
    let users = table("USERS", vec![key(), text("Email")]).index(&["Email"]);
    let notes = table("Notes", vec![key(), big("User_Id")]);
    let notes = notes.references("User_Id", "Users", Action::NoAction);
    let mut schema = schema(vec![users, notes]);
    for table in schema.tables.to_mut() {
        for key in table.foreign_keys.to_mut() {
            key.references = vec!["Id".into()].into();
        }
        for index in table.indexes.to_mut() {
            index.name = "Users_Email_Idx".into();
        }
    }
    let sql = "CREATE TRIGGER told AFTER DELETE ON UserS BEGIN SELECT old.EMAIL; END";
    let (name, on) = ("told".into(), "UserS".into());
    let trigger = Object { kind: ObjectKind::Trigger, name, table: on, sql: sql.into() };
    let by_hand = "CREATE TABLE USERS (ID INTEGER PRIMARY KEY, Email TEXT NOT NULL);
        CREATE INDEX Users_Email_Idx ON USERS (Email);
        CREATE TABLE Notes (ID INTEGER PRIMARY KEY, User_Id BIGINT NOT NULL REFERENCES Users (Id));
        INSERT INTO users VALUES (1, 'e'); INSERT INTO notes VALUES (1, 1);
        CREATE TRIGGER told AFTER DELETE ON UserS BEGIN SELECT old.EMAIL; END";
    (Live { schema, objects: vec![trigger], ..Live::default() }, by_hand)
}

#[test]
fn another_case_of_a_name_is_the_same_name() {
    let (live, by_hand) = shouted();
    let model = || table("users", vec![id(), text("email")]).index(&["email"]);
    let models = schema(vec![model()]);
    let built = Live { schema: models.clone(), ..Live::default() };
    let adopted = adopt(&Schema::EMPTY, &live, &models, &built);
    assert_eq!(diff(&adopted, &models).expect("no hints"), []);
    assert_eq!(unmanaged(&models, &live), ["table Notes", "trigger told on users"]);
    assert_eq!(learn(&models, &live, &live), models, "a migration by hand takes nothing away");

    let checked = schema(vec![model().check("users_email_check", "email <> ''")]);
    let mut story = Story::new(Schema::EMPTY, checked, by_hand);
    (story.before, story.live) = (models, live);
    let plan = planned(&story.before, &story.after, &story.live, OLDEST);
    for _ in 0..2 {
        story.db.up(&plan);
        assert!(story.db.try_run("INSERT INTO users VALUES (2, '')").is_err());
        assert_eq!(story.db.rows(&["user_id", "(SELECT email FROM USERS)"], "notes"), ["1|'e'"]);
        assert_eq!(story.db.rows(&["name"], "sqlite_schema WHERE type = 'trigger'"), ["'told'"]);
        assert!(story.db.try_run("DELETE FROM users").is_err(), "notes still refer to users");
        story.db.down(&plan);
    }
}
