//! Several things that happen to one table at once and get into each other's way.

use diesel_autogen_schema::testing::{big, column, id, schema, table};
use diesel_autogen_schema::{
    Action, Column, Custom, Dialect, Expr, Extra, Extras, Generated, Index, IndexKey, Live, Order,
    Schema, SqlType, Storage, Table, Text,
};

use crate::harness::{Db, Story, planned, refusals};

fn varchar(name: &str) -> Column {
    column(name, SqlType::Text { max_length: Some(40) })
}

const OF_AGE: &str = "CASE WHEN age IS NULL THEN 'a' ELSE 'b' END";

fn computed(name: &str, expr: &str) -> Column {
    let expr = Expr::from(expr.to_owned());
    let generated = Some(Generated { expr, storage: Storage::Virtual });
    Column { generated, ..varchar(name).null() }
}

fn index(name: &'static str, column: &str, order: Order) -> Index {
    let key = IndexKey { order, ..IndexKey::column(Text::from(column.to_owned())) };
    let (keys, extras) = (vec![key].into(), Extras::NONE);
    Index { name: name.into(), keys, unique: false, predicate: None, extras }
}

fn indexed(table: Table, indexes: Vec<Index>) -> Table {
    Table { indexes: indexes.into(), ..table }
}

/// Runs the change of one table there, back, and there again.
fn round(before: Table, after: Table) -> Option<String> {
    let story = Story::new(schema(vec![before]), schema(vec![after]), "SELECT 1")?;
    Some(story.round().up_sql())
}

#[test]
fn a_condition_on_no_column_outlives_a_column() {
    let users = || table("users", vec![id()]).check("always", "1 < 2");
    round(users().and(big("age")), users());
    round(users(), users().and(big("age").null()));
}

#[test]
fn what_is_made_anew_takes_its_indexes_along_whatever_its_name_is() {
    for name in ["plain", "tick`s", "e mail", "x'y"] {
        let users = |kind: Column| {
            let own = index("by_it", name, Order::Asc);
            indexed(table("users", vec![id(), big("age").null(), kind]), vec![own])
        };
        let number = column(name, SqlType::Integer).null();
        let text = Column { using: Some("'x'".into()), ..varchar(name).null() };
        round(users(number.clone()), users(text));
        round(users(number), users(computed(name, OF_AGE)));
    }
}

#[test]
fn an_index_of_another_name_over_what_is_computed_anew_is_another_index() {
    let users = |kind: Column, name: &'static str| {
        indexed(
            table("users", vec![id(), big("age").null(), kind]),
            vec![index(name, "code", Order::Asc)],
        )
    };
    let after = users(computed("code", OF_AGE), "later");
    round(users(varchar("code").null(), "earlier"), after);
}

#[test]
fn keys_on_one_column_have_one_index_whoever_came_first() {
    let users = || table("users", vec![id(), big("boss").null()]);
    let teams = || table("teams", vec![id()]).references("id", "users", Action::NoAction);
    let both = || {
        let own = users().references("boss", "users", Action::NoAction);
        let mut other =
            users().references("boss", "teams", Action::NoAction).foreign_keys[0].clone();
        other.name = "a_key_that_sorts_first".into();
        let keys = own.foreign_keys.iter().cloned().chain([other]).collect();
        Table { foreign_keys: keys, ..own }
    };
    let one = users().references("boss", "users", Action::NoAction);
    let (before, after) = (schema(vec![teams(), one]), schema(vec![teams(), both()]));
    if let Some(story) = Story::new(before, after, "SELECT 1") {
        story.round();
    }
}

#[test]
fn what_is_computed_from_a_key_that_counts_is_in_no_index() {
    let code = computed("code", "CASE WHEN id IS NULL THEN 'a' ELSE 'b' END");
    let users = table("users", vec![id(), code]);
    let of = |table: Table| schema(vec![table]);
    assert!(refusals(&Schema::EMPTY, &of(users.clone()), &Live::default()).is_empty());
    for kept in [users.clone().unique(&["code"]), users.index(&["code"])] {
        let found = refusals(&Schema::EMPTY, &of(kept), &Live::default());
        let told: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(told.len() == 1 && told[0].contains("known only afterwards"), "{told:?}");
    }
}

#[test]
fn names_are_taken_over_under_a_key() {
    let before = table("users", vec![id(), big("boss").null()]);
    let before = before.references("boss", "users", Action::NoAction);
    let mut after = table("users", vec![id().was("id"), varchar("id").default_sql("'x'")]);
    after.columns.to_mut()[0].name = "number".into();
    after.primary_key = vec!["number".into()].into();
    let after = after.and(computed("boss", "CASE WHEN id IS NULL THEN '1' END"));
    let story = Story::new(
        schema(vec![before]),
        schema(vec![after]),
        "INSERT INTO users (id, boss) VALUES (1, NULL), (2, NULL)",
    );
    let Some(story) = story else { return };
    story.round();
    let rows = story.db.rows("SELECT number, id FROM users ORDER BY number");
    assert_eq!(rows, ["1|x", "2|x"]);
}

#[test]
fn what_refers_to_its_own_renamed_table_comes_back() {
    let users = table("users", vec![id(), big("boss")]);
    let before = users.references("boss", "users", Action::NoAction);
    let after = table("people", vec![id()]).was("users");
    let (before, after) = (schema(vec![before]), schema(vec![after]));
    let rows = "INSERT INTO users (id, boss) VALUES (1, 1), (2, 1)";
    let Some(story) = Story::new(before, after, rows) else { return };
    let plan = story.round();
    story.db.down(&plan);
    assert_eq!(story.db.rows("SELECT id, boss FROM users ORDER BY id"), ["1|1", "2|1"]);
}

#[test]
fn a_shape_becomes_nothing_else_by_itself() {
    let point = |using: Option<&'static str>| Column {
        using: using.map(Expr::from),
        ..column("place", SqlType::Custom(Custom { name: "Point".into(), sql: "point".into() }))
            .null()
    };
    let number = |using: Option<&'static str>| Column {
        using: using.map(Expr::from),
        ..column("place", SqlType::Double).null()
    };
    let of = |column: Column| schema(vec![table("shops", vec![id(), column])]);
    let live = |before: &Schema| Live::of(Dialect::Mysql, before.clone());
    for (before, after) in
        [(of(point(None)), of(number(None))), (of(number(None)), of(point(None)))]
    {
        let found = refusals(&before, &after, &live(&before));
        let told: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(told.len() == 1 && told[0].contains("`using`"), "{told:?}");
    }
    let rows = "INSERT INTO shops (place) VALUES (point(1.5, 2))";
    let Some(story) = Story::new(of(point(None)), of(number(Some("st_x(place)"))), rows) else {
        return;
    };
    story.up();
    assert_eq!(story.db.rows("SELECT place FROM shops"), ["1.5"]);
    // Nothing brings the shape back, and the column comes back empty.
    let back = Story::new(of(point(None)), of(number(Some("st_x(place)"))), rows);
    back.expect("the server that was there").round();
}

#[test]
fn a_key_comes_with_the_engine_that_knows_keys_and_goes_before_it() {
    let users = || table("users", vec![id(), big("boss").null()]);
    let aria = Table { extras: vec![Extra::Engine("Aria".into())].into(), ..users() };
    let teams = || table("teams", vec![id()]);
    let (before, after) = (
        schema(vec![teams(), aria]),
        schema(vec![teams(), users().references("boss", "teams", Action::NoAction)]),
    );
    if let Some(story) = Story::new(before, after, "SELECT 1") {
        story.round();
    }
}

#[test]
fn a_key_that_hands_null_on_to_a_required_column_is_refused() {
    let of = |boss: Column, code: Column, on_update: Action| {
        let users = table("users", vec![id(), boss, code]).unique(&["code"]);
        let mut users = users.references("boss", "users", Action::NoAction);
        let key = &mut users.foreign_keys.to_mut()[0];
        key.references = vec!["code".into()].into();
        key.on_update = on_update;
        schema(vec![users])
    };
    let (required, optional) = (|| big("boss"), || big("boss").null());
    let wrong = of(required(), big("code").null(), Action::Cascade);
    for (before, after, refused) in [
        (Schema::EMPTY, wrong.clone(), 1),
        (of(optional(), big("code").null(), Action::Cascade), wrong.clone(), 1),
        (Schema::EMPTY, of(optional(), big("code").null(), Action::Cascade), 0),
        (Schema::EMPTY, of(required(), big("code"), Action::Cascade), 0),
        (Schema::EMPTY, of(required(), big("code").null(), Action::NoAction), 0),
    ] {
        let found = refusals(&before, &after, &Live::of(Dialect::Mysql, before.clone()));
        assert_eq!(found.len(), refused, "{found:#?}");
        if refused == 0
            && let Some(db) = Db::new()
        {
            db.up(&planned(&before, &after, &Live::default()));
        }
    }
}
