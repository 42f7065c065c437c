use diesel_autogen_evolve::{HazardCode, Refusal, Target};
use diesel_autogen_schema::testing::{big, column, id, one_of, schema, table, text};
use diesel_autogen_schema::{
    Action, Column, Extra, Generated, Identity, Live, OwnPlace, PgType, RangeOf, Schema, SqlType,
    Storage, Table, Unique, Unmanaged, UnmanagedKind, Use, Used, diff,
};

use crate::harness::{Story, planned, refusals, target};

fn here(name: &str) -> OwnPlace {
    OwnPlace { schema: None, name: name.to_owned().into() }
}

fn users() -> Table {
    table("users", vec![id(), text("name"), big("n").null(), one_of("role", &["a", "b"])])
        .unique(&["name"])
}

fn used(of: Used, kind: UnmanagedKind) -> Live {
    let mut live = Live { schema: schema(vec![users()]), ..Live::default() };
    live.pg.uses.push(Use { of, kind, by: here("it") });
    live
}

fn said(refusals: &[Refusal]) -> Vec<String> {
    refusals.iter().map(Refusal::message).collect()
}

fn changed(change: impl Fn(&mut Table)) -> Schema {
    let mut table = users();
    change(&mut table);
    schema(vec![table])
}

fn retype(name: &'static str, of: SqlType) -> Schema {
    changed(|table| {
        let columns = table.columns.to_mut();
        columns.iter_mut().find(|it| it.name == name).expect("there").sql_type = of.clone();
    })
}

#[test]
fn what_no_model_owns_is_named_before_anything_is_written() {
    let before = schema(vec![users()]);
    let without = |name: &str| {
        changed(|table| {
            table.columns.to_mut().retain(|it| it.name != name);
            table.uniques.to_mut().retain(|it| !it.columns.iter().any(|column| column == name));
        })
    };
    let column = |name: &'static str| Used::Column(here("users"), name.into());
    let cases = [
        (column("n"), UnmanagedKind::View, without("n"), "users.n", "view"),
        (column("n"), UnmanagedKind::Policy, without("n"), "users.n", "policy"),
        (column("n"), UnmanagedKind::Trigger, retype("n", SqlType::TEXT), "users.n", "trigger"),
        (column("n"), UnmanagedKind::Rule, retype("n", SqlType::Integer), "users.n", "rule"),
        (
            column("role"),
            UnmanagedKind::MaterializedView,
            retype("role", SqlType::TEXT),
            "users.role",
            "materialized view",
        ),
        (
            column("role"),
            UnmanagedKind::View,
            changed(|table| table.columns.to_mut()[3] = one_of("role", &["a"])),
            "role",
            "view",
        ),
        (
            Used::Type(here("role")),
            UnmanagedKind::Function,
            changed(|table| table.columns.to_mut()[3] = one_of("role", &["b", "a"])),
            "role",
            "function",
        ),
        (Used::Table(here("users")), UnmanagedKind::View, Schema::EMPTY, "users", "view"),
        (column("n"), UnmanagedKind::View, Schema::EMPTY, "users", "view"),
        (
            Used::Constraint(here("users"), "users_name_key".into()),
            UnmanagedKind::View,
            changed(|table| table.uniques = Vec::<Unique>::new().into()),
            "users_name_key",
            "view",
        ),
    ];
    for (of, kind, after, object, word) in cases {
        let found = refusals(&before, &after, &used(of.clone(), kind));
        let expected = format!("`{object}` is used by {word} `it`, which no model claims");
        assert_eq!(said(&found), [expected], "{of:?}");
        assert!(
            refusals(&before, &after, &Live { schema: before.clone(), ..Live::default() })
                .is_empty()
        );
    }
}

#[test]
fn what_rests_on_a_column_follows_its_name() {
    let before = schema(vec![users()]);
    let after = changed(|table| {
        let columns = table.columns.to_mut();
        columns[2] = Column { comment: Some("so".into()), ..big("m").null().was("n") };
        columns[3] = one_of("role", &["a", "b", "c"]);
    });
    let Some(mut story) = Story::new(before, after, "CREATE VIEW it AS SELECT n, role FROM users")
    else {
        return;
    };
    for name in ["n", "role"] {
        let of = Used::Column(here("users"), name.into());
        story.live.pg.uses.push(Use { of, kind: UnmanagedKind::View, by: here("it") });
    }
    let plan = planned(&story.before, &story.after, &story.live);
    story.db.up(&plan);
    assert_eq!(story.db.rows(&["count(*)"], "it"), ["0"]);
    // A label goes only by a new type, which the view does not let happen.
    assert!(
        plan.down_hazards()
            .any(|it| it.code == HazardCode::Blocked && it.detail.contains("view `it`"))
    );
    assert!(story.db.file(&plan.down_sql(), plan.transaction).is_err());
}

#[test]
fn what_hangs_on_a_table_would_be_lost_with_it() {
    let mut live = Live { schema: schema(vec![users()]), ..Live::default() };
    live.pg.unmanaged.push(Unmanaged {
        kind: UnmanagedKind::Trigger,
        place: here("audit"),
        table: Some(here("users")),
        text: "".into(),
    });
    let found = refusals(&schema(vec![users()]), &Schema::EMPTY, &live);
    assert_eq!(said(&found), ["`users` is used by trigger `audit`, which no model claims"]);
}

#[test]
fn tables_of_others_keep_what_they_refer_to() {
    let other =
        table("other", vec![id(), big("user_id")]).references("user_id", "users", Action::Cascade);
    let live = Live { schema: schema(vec![users(), other]), ..Live::default() };
    let before = schema(vec![users()]);
    let found = refusals(&before, &Schema::EMPTY, &live);
    assert_eq!(said(&found), ["`users` is used by table `other`, which no model claims"]);
    let words = [
        "`users` is used by foreign key `other_user_id_fkey` of table `other`, which no model claims",
    ];
    let found = refusals(&before, &retype("id", SqlType::TEXT), &live);
    assert!(said(&found).iter().any(|it| it == words[0]), "{found:?}");
    let keyless = changed(|table| table.primary_key = vec!["name".into()].into());
    assert_eq!(said(&refusals(&before, &keyless, &live)), words);
}

#[test]
fn rules_of_others_keep_their_columns() {
    let handmade = users().index(&["n"]);
    let live = Live { schema: schema(vec![handmade]), ..Live::default() };
    let after = changed(|table| table.columns.to_mut().retain(|it| it.name != "n"));
    let found = refusals(&schema(vec![users()]), &after, &live);
    assert_eq!(said(&found), ["`users.n` is used by index `users_n_idx`, which no model claims"]);
}

#[test]
fn what_was_made_by_hand_comes_back_with_its_table() {
    let seed = "ALTER TABLE users ADD COLUMN extra integer DEFAULT 5;
        CREATE INDEX by_hand ON users (extra) WHERE extra > 1";
    let Some(mut story) = Story::new(schema(vec![users()]), Schema::EMPTY, seed) else { return };
    let mut handmade =
        users().and(column("extra", SqlType::Integer).null().default_sql("5")).index(&["extra"]);
    handmade.indexes.to_mut()[0].name = "by_hand".into();
    handmade.indexes.to_mut()[0].predicate = Some("extra > 1".into());
    story.live.schema = schema(vec![handmade]);
    let there = story.db.structure();
    let plan = planned(&story.before, &story.after, &story.live);
    story.db.up(&plan);
    story.db.down(&plan);
    assert_eq!(story.db.structure(), there);
}

#[test]
fn names_that_are_taken_are_told() {
    let new = |name: &str| schema(vec![users(), table(name, vec![id()]).index(&["id"])]);
    let before = schema(vec![users()]);
    for (taken, object) in [
        ("posts", "posts"),
        ("posts_pkey", "posts_pkey"),
        ("posts_id_seq", "posts_id_seq"),
        ("posts_id_idx", "posts_id_idx"),
    ] {
        let mut live = Live { schema: before.clone(), ..Live::default() };
        live.pg.names.insert(here(taken));
        let found = said(&refusals(&before, &new("posts"), &live));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(&format!("`{object}` is the name of something")), "{found:?}");
    }
    let mut live = Live::default();
    live.pg.names.insert(here("role"));
    let found = said(&refusals(&Schema::EMPTY, &before, &live));
    assert!(found[0].starts_with("`role` is the name"), "{found:?}");
}

#[test]
fn a_type_of_the_databases_is_used_when_it_has_the_labels() {
    let mut live = Live::default();
    let SqlType::Enum(of) = one_of("role", &["a", "b"]).sql_type else { panic!("an enum") };
    live.pg.enums.push(of);
    let plan = planned(&Schema::EMPTY, &schema(vec![users()]), &live);
    assert!(!plan.up_sql().contains("CREATE TYPE"), "{}", plan.up_sql());
    let other = schema(vec![table("t", vec![id(), one_of("role", &["a"])])]);
    let found = said(&refusals(&Schema::EMPTY, &other, &live));
    assert_eq!(found, ["`role` is a type that the database has with other labels"]);
}

#[test]
fn a_type_that_something_else_needs_stays() {
    let before = schema(vec![table("t", vec![id(), one_of("role", &["a"])])]);
    let after = schema(vec![table("t", vec![id()])]);
    let seed = "CREATE FUNCTION f(r role) RETURNS int LANGUAGE sql AS 'SELECT 1'";
    let Some(mut story) = Story::new(before, after, seed) else { return };
    let of = Used::Type(here("role"));
    story.live.pg.uses.push(Use { of, kind: UnmanagedKind::Function, by: here("f") });
    let plan = planned(&story.before, &story.after, &story.live);
    assert!(plan.up_sql().contains("-- role: the type stays"), "{}", plan.up_sql());
    let there = story.db.structure();
    story.db.up(&plan);
    story.db.down(&plan);
    assert_eq!(story.db.structure(), there);
}

#[test]
fn labels_that_differ_from_place_to_place_are_told() {
    let after = schema(vec![
        table("a", vec![id(), one_of("role", &["a"])]),
        table("b", vec![id(), one_of("role", &["b"])]),
    ]);
    let found = said(&refusals(&Schema::EMPTY, &after, &Live::default()));
    assert_eq!(found, ["`role` is declared with different labels in different places"]);
}

#[test]
fn what_the_oldest_server_cannot_do_is_told_with_the_version() {
    let mut distinct = users();
    distinct.uniques.to_mut()[0].extras = vec![Extra::NullsNotDistinct].into();
    let mut some = table("c", vec![id(), big("u").null()]).references("u", "c", Action::SetNull);
    some.foreign_keys.to_mut()[0].extras = vec![Extra::SetColumns(vec!["u".into()].into())].into();
    let of = PgType::Multirange(RangeOf::Int4);
    let many = table("m", vec![id(), column("m", SqlType::Pg(of))]);
    let generated = Some(Generated { expr: "n + 1".into(), storage: Storage::Virtual });
    let late = table("v", vec![id(), big("n"), Column { generated, ..big("v").null() }]);
    for (table, object, version) in [
        (distinct, "users_name_key", 15),
        (some, "c_u_fkey", 15),
        (many, "m.m", 14),
        (late, "v.v", 18),
    ] {
        let after = schema(vec![table]);
        let found = said(&refusals(&Schema::EMPTY, &after, &Live::default()));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].contains(object) && found[0].contains(&format!("`minimum-server` {version}")),
            "{found:?}"
        );
        let changes = diff(&Schema::EMPTY, &after).expect("no hints");
        let newest = Target { minimum: (18, 0, 0), ..target() };
        assert!(diesel_autogen_evolve::plan(&changes, &newest, &Live::default()).is_ok());
    }
}

#[test]
fn an_identity_is_never_null() {
    let column = Column { identity: Some(Identity::Always), ..big("n").null() };
    let before = schema(vec![table("t", vec![id()])]);
    let after = schema(vec![table("t", vec![id(), column])]);
    let live = Live { schema: before.clone(), ..Live::default() };
    let found = said(&refusals(&before, &after, &live));
    assert_eq!(found, ["`t.n` is nullable, but an identity is never NULL"]);
}

#[test]
fn triggers_of_others_are_not_set_off() {
    let before = schema(vec![table("t", vec![id(), text("a").null()])]);
    let after = schema(vec![table(
        "t",
        vec![
            id(),
            text("a").default_sql("'x'"),
            Column { backfill: Some("id * 2".into()), ..big("b") },
        ],
    )]);
    let seed = "CREATE TABLE log (id bigint);
        CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN INSERT INTO log VALUES (NEW.id); RETURN NEW; END';
        INSERT INTO t (a) VALUES (NULL);
        CREATE TRIGGER log AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION log()";
    let Some(mut story) = Story::new(before, after, seed) else { return };
    story.live.pg.unmanaged.push(Unmanaged {
        kind: UnmanagedKind::Trigger,
        place: here("log"),
        table: Some(here("t")),
        text: "".into(),
    });
    let plan = planned(&story.before, &story.after, &story.live);
    story.db.up(&plan);
    assert_eq!(story.db.rows(&["a", "b"], "t"), ["x|2"]);
    assert_eq!(story.db.rows(&["count(*)"], "log"), ["0"], "{}", plan.up_sql());
}

#[test]
fn keys_and_sequences_with_names_of_their_own_are_told() {
    let before = schema(vec![users()]);
    let mut live = Live { schema: before.clone(), ..Live::default() };
    live.pg.names.extend(["users", "users_name_key", "role", "pk", "seq"].map(here));
    let keyless = changed(|table| table.primary_key = vec!["name".into()].into());
    let found = said(&refusals(&before, &keyless, &live));
    let words = "`users` has a primary key with a name of its own: give it the usual one first";
    assert_eq!(found, [words]);
    let serial = changed(|table| table.columns.to_mut()[0].identity = Some(Identity::Serial));
    let found = said(&refusals(&before, &serial, &live));
    let words = "`users.id` has a sequence with a name of its own: give it the usual one first";
    assert_eq!(found, [words]);
    live.pg.names.extend(["users_pkey", "users_id_seq"].map(here));
    assert!(refusals(&before, &keyless, &live).is_empty());
    assert!(refusals(&before, &serial, &live).is_empty());
}
