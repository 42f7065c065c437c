use diesel_autogen_schema::testing::{big, column, id, schema, table};
use diesel_autogen_schema::{
    Action, Column, Extra, Extras, Index, IndexKey, Live, Order, Schema, SqlType, Table,
};

use crate::harness::{Story, alters, planned, refusals};

fn varchar(name: &str, length: u32) -> Column {
    column(name, SqlType::Text { max_length: Some(length) })
}

fn teams() -> Table {
    table("teams", vec![id(), varchar("name", 40)])
}

fn users() -> Table {
    table("users", vec![id(), varchar("email", 90), big("team_id"), big("age")])
}

const ROWS: &str = "INSERT INTO teams (name) VALUES ('t'); \
    INSERT INTO users (email, team_id, age) VALUES ('a', 1, 5), ('b', 1, 6)";

fn round(before: Vec<Table>, after: Vec<Table>) -> Option<String> {
    let story = Story::new(schema(before), schema(after), ROWS)?;
    let plan = story.round();
    assert_eq!(story.db.rows("SELECT email, age FROM users ORDER BY id"), ["a|5", "b|6"]);
    Some(plan.up_sql())
}

#[test]
fn everything_about_a_table_is_one_statement() {
    let before = users().index(&["age"]).unique(&["email"]).check("c", "age > 0");
    let after = users().index(&["age", "email"]).unique(&["age"]).check("c", "age > 1").references(
        "team_id",
        "teams",
        Action::Cascade,
    );
    let Some(sql) = round(vec![teams(), before], vec![teams(), after]) else { return };
    assert_eq!(alters(&sql), 1, "{sql}");
}

#[test]
fn a_foreign_key_has_an_index_only_while_nothing_else_does() {
    let key = || users().references("team_id", "teams", Action::Restrict);
    let steps = [
        users(),
        key(),
        key().index(&["team_id", "age"]),
        key().unique(&["team_id", "age"]),
        key(),
        users().index(&["team_id"]),
        key().index(&["team_id"]),
        users(),
    ];
    for pair in steps.windows(2) {
        let (before, after) = (vec![teams(), pair[0].clone()], vec![teams(), pair[1].clone()]);
        if round(before, after).is_none() {
            return;
        }
    }
}

#[test]
fn a_key_that_acts_otherwise_is_dropped_and_added_in_two_statements() {
    let key = |action| users().references("team_id", "teams", action);
    let before = vec![teams(), key(Action::Restrict)];
    let Some(sql) = round(before, vec![teams(), key(Action::Cascade)]) else { return };
    assert_eq!(alters(&sql), 2, "{sql}");
}

#[test]
fn both_ends_of_a_key_get_another_type() {
    let narrow = |column: Column| Column { sql_type: SqlType::Integer, ..column };
    let both = |of: fn(Column) -> Column| {
        let teams = table("teams", vec![of(id()), varchar("name", 40)]);
        let users =
            table("users", vec![id(), varchar("email", 90), of(big("team_id")), big("age")]);
        vec![teams, users.references("team_id", "teams", Action::Cascade)]
    };
    round(both(narrow), both(|column| column));
}

#[test]
fn what_is_referred_to_is_renamed_under_the_key() {
    let before = vec![teams(), users().references("team_id", "teams", Action::Cascade)];
    let mut groups = teams().was("teams");
    groups.name = "groups".into();
    groups.columns.to_mut()[0] = Column { name: "key".into(), ..id() }.was("id");
    groups.primary_key = vec!["key".into()].into();
    let mut users = users().references("team_id", "groups", Action::Cascade);
    users.foreign_keys.to_mut()[0].references = vec!["key".into()].into();
    round(before, vec![groups, users]);
}

#[test]
fn the_primary_key_moves() {
    let Some(story) = Story::new(
        schema(vec![table("users", vec![id(), varchar("email", 90)])]),
        {
            let id = Column { identity: None, ..id() };
            let mut users = table("users", vec![id, varchar("email", 90)]);
            users.primary_key = vec!["email".into()].into();
            schema(vec![users])
        },
        "INSERT INTO users (email) VALUES ('a'), ('b')",
    ) else {
        return;
    };
    story.round();
    assert_eq!(story.db.rows("SELECT id, email FROM users ORDER BY id"), ["1|a", "2|b"]);
}

fn indexed(indexes: Vec<Index>) -> Schema {
    let mut table = table("users", vec![id(), varchar("email", 90), big("team_id"), big("age")]);
    table = table.and(column("bio", SqlType::TEXT));
    let place = SqlType::Custom(diesel_autogen_schema::Custom {
        name: "Point".into(),
        sql: "point".into(),
    });
    table = table.and(column("place", place));
    table.indexes = indexes.into();
    schema(vec![table])
}

fn index(name: &'static str, keys: Vec<IndexKey>, extras: Vec<Extra>) -> Index {
    Index {
        name: name.into(),
        keys: keys.into(),
        unique: false,
        predicate: None,
        extras: extras.into(),
    }
}

#[test]
fn indexes_of_every_kind_come_change_and_go() {
    let key = |name: &'static str| IndexKey::column(name.into());
    let prefix = |name: &'static str, length| IndexKey {
        extras: vec![Extra::Prefix(length)].into(),
        ..key(name)
    };
    let method = |name: &'static str| vec![Extra::Method(name.into())];
    let all = |length| {
        vec![
            index("by_bio", vec![prefix("bio", length)], vec![Extra::Comment("it's".into())]),
            index("words", vec![key("bio")], method("fulltext")),
            index("places", vec![key("place")], method("spatial")),
            index(
                "down",
                vec![IndexKey { order: Order::Desc, ..key("age") }, key("email")],
                vec![],
            ),
            Index { unique: true, ..index("apart", vec![prefix("email", length)], vec![]) },
        ]
    };
    let steps = [indexed(vec![]), indexed(all(10)), indexed(all(20)), indexed(vec![])];
    for pair in steps.windows(2) {
        let (before, after) = (pair[0].clone(), pair[1].clone());
        let Some(story) = Story::new(before, after, "SELECT 1") else { return };
        assert_eq!(alters(&story.round().up_sql()), 1);
    }
}

#[test]
fn an_index_is_renamed_and_not_made_again() {
    let key = || vec![IndexKey::column("age".into())];
    let (before, after) =
        (indexed(vec![index("a", key(), vec![])]), indexed(vec![index("b", key(), vec![])]));
    let Some(story) = Story::new(before, after, "SELECT 1") else { return };
    let plan = story.round();
    assert!(
        plan.up_sql().contains("ALTER TABLE `users` RENAME INDEX `a` TO `b`"),
        "{}",
        plan.up_sql()
    );
}

#[test]
fn what_the_servers_do_not_have_is_refused() {
    let partial = Index {
        predicate: Some("age > 1".into()),
        ..index("some", vec![IndexKey::column("age".into())], vec![])
    };
    let expression = index("lower", vec![IndexKey::expression("lower(email)".into())], vec![]);
    let long = index("long", vec![IndexKey::column("bio".into())], vec![]);
    let after = indexed(vec![partial, expression, long]);
    let found = refusals(&Schema::EMPTY, &after, &Live::default());
    let objects: Vec<String> = found.iter().map(|it| it.object()).collect();
    assert_eq!(objects, ["users.lower", "users.some", "users.long"]);
}

#[test]
fn an_index_that_nobody_owns_serves_a_key_and_stays() {
    let before = schema(vec![teams(), users()]);
    let after = schema(vec![teams(), users().references("team_id", "teams", Action::Cascade)]);
    let Some(story) = Story::new(before.clone(), after.clone(), ROWS) else { return };
    story.db.run("CREATE INDEX by_hand ON users (team_id)");
    let mut live = Live { ..story.live.clone() };
    let tables = live.schema.tables.to_mut();
    let own = tables.iter_mut().find(|table| table.name == "users").unwrap();
    let extras = Extras::NONE;
    let keys = vec![IndexKey::column("team_id".into())].into();
    own.indexes =
        vec![Index { name: "by_hand".into(), keys, unique: false, predicate: None, extras }].into();
    let there = story.db.structure();
    let plan = planned(&before, &after, &live);
    story.db.up(&plan);
    story.db.down(&plan);
    assert_eq!(story.db.structure(), there);
}
