//! What Alembic gets wrong, as cases of one table: each is run up, down and up again with rows.

use diesel_autogen_schema::testing::{big, column, id, one_of, schema, table, text};
use diesel_autogen_schema::{
    Action, Column, Deferrable, Excluded, Exclusion, Extra, Identity, Index, IndexKey, PgType,
    RangeOf, Schema, SqlType, Table,
};

use crate::harness::Story;

fn run(name: &str, before: Vec<Table>, after: Vec<Table>, seed: &str) {
    for (way, before, after, seed) in
        [("there", before.clone(), after.clone(), seed), ("back", after, before, "")]
    {
        let (before, after) = (schema(before), schema(after));
        let Some(mut story) = Story::new(before, after, seed) else { return };
        let plan = story.round();
        assert!(!plan.up_sql().contains("CASCADE;"), "{name} {way}\n{}", plan.up_sql());
    }
}

fn t(columns: Vec<Column>) -> Table {
    let mut all = vec![id()];
    all.extend(columns);
    table("t", all)
}

const T: &str = "INSERT INTO t (x) VALUES (7)";

fn int(name: &str) -> Column {
    column(name, SqlType::Integer).null()
}

fn indexed(predicate: Option<&'static str>, order: bool) -> Table {
    let mut table = t(vec![int("x")]).index(&["x"]);
    let index: &mut Index = &mut table.indexes.to_mut()[0];
    index.predicate = predicate.map(Into::into);
    if order {
        index.keys.to_mut()[0].order = diesel_autogen_schema::Order::Desc;
    }
    table
}

#[test]
fn changes_that_alembic_misses() {
    run("MIS2 predicate", vec![indexed(None, false)], vec![indexed(Some("x > 5"), false)], T);
    run(
        "MIS2 other predicate",
        vec![indexed(Some("x > 1"), false)],
        vec![indexed(Some("x > 5"), false)],
        T,
    );
    run("MIS21 order", vec![indexed(None, false)], vec![indexed(None, true)], T);
    let unique = |extras: Vec<Extra>, columns: &[&str]| {
        let mut table = t(vec![int("x"), int("y")]).unique(columns);
        let rule = &mut table.uniques.to_mut()[0];
        rule.name = "u".into();
        rule.extras = extras.into();
        table
    };
    let deferred = vec![Extra::Deferrable(Deferrable::InitiallyDeferred)];
    run("MIS4 deferrable", vec![unique(vec![], &["x"])], vec![unique(deferred, &["x"])], T);
    let include = vec![Extra::Include(vec!["y".into()].into())];
    run("MIS4 include", vec![unique(vec![], &["x"])], vec![unique(include, &["x"])], T);
    run("MIS4 order", vec![unique(vec![], &["x", "y"])], vec![unique(vec![], &["y", "x"])], T);
    let check = |sql| t(vec![int("x")]).check("c", sql);
    run("MIS5", vec![check("x > 0")], vec![check("x > 5")], T);
    let excluded = |there: bool| {
        let range = SqlType::Pg(PgType::Range(RangeOf::Int4));
        let mut table = t(vec![column("x", range).null()]);
        let element = Excluded { key: IndexKey::column("x".into()), operator: "&&".into() };
        let rule = Exclusion {
            name: "e".into(),
            elements: vec![element].into(),
            predicate: None,
            extras: vec![Extra::Method("gist".into())].into(),
        };
        table.exclusions.to_mut().extend(there.then_some(rule));
        table
    };
    run("MIS9", vec![excluded(false)], vec![excluded(true)], "INSERT INTO t (x) VALUES ('[1,2)')");
}

#[test]
fn types_that_alembic_misses() {
    let of = |of: SqlType| vec![t(vec![column("x", of).null()])];
    let short = |n| SqlType::Text { max_length: Some(n) };
    let number = |scale| SqlType::Numeric { precision: Some(10), scale };
    run("MIS12 varchar", of(short(50)), of(SqlType::Pg(PgType::Varchar)), T);
    run("MIS12 numeric", of(number(Some(2))), of(number(None)), T);
    let stamp = |precision| SqlType::Timestamp { precision };
    run("MIS12 timestamp", of(stamp(None)), of(stamp(Some(3))), "INSERT INTO t (x) VALUES (now())");
    let key = |of: SqlType, identity| {
        let mut table = table("t", vec![Column { identity, ..column("id", of) }, int("x")]);
        table.primary_key = vec!["id".into()].into();
        vec![table]
    };
    let seed = "INSERT INTO t (id, x) VALUES (1, 7)";
    run("MIS14", key(SqlType::Integer, None), key(SqlType::Integer, Some(Identity::Serial)), seed);
    run(
        "MIS14",
        key(SqlType::Integer, None),
        key(SqlType::Integer, Some(Identity::ByDefault)),
        seed,
    );
    let serial = Some(Identity::Serial);
    run("MIS20", key(SqlType::Integer, serial), key(SqlType::BigInt, serial), T);
    let role = || t(vec![int("x"), one_of("role", &["a"]).default_sql("'a'")]);
    run("MIS19 column", vec![role()], vec![t(vec![int("x")])], T);
    run("MIS19 table", vec![role()], vec![], T);
}

#[test]
fn scripts_that_alembic_orders_wrong() {
    let p = || table("p", vec![id()]);
    let c = || table("c", vec![id(), big("p_id").null()]);
    let refers = || c().references("p_id", "p", Action::NoAction);
    run("ORD1", vec![p(), refers()], vec![], "INSERT INTO p DEFAULT VALUES");
    run("ORD2", vec![p(), refers()], vec![c()], "INSERT INTO c DEFAULT VALUES");
    let ring = || {
        let a =
            table("a", vec![id(), big("b_id").null()]).references("b_id", "b", Action::NoAction);
        let b =
            table("b", vec![id(), big("a_id").null()]).references("a_id", "a", Action::NoAction);
        vec![a, b]
    };
    run("ORD5, ORD6", vec![], ring(), "");
    let mut moved = refers();
    moved.foreign_keys.to_mut()[0].table = "q".into();
    let q = table("q", vec![id()]).was("p");
    let (before, after) = (schema(vec![p(), refers()]), schema(vec![q, moved]));
    let seed = "INSERT INTO p DEFAULT VALUES; INSERT INTO c (p_id) VALUES (1)";
    let Some(mut story) = Story::new(before, after, seed) else { return };
    story.round();
    assert_eq!(story.db.rows(&["p_id"], "c"), ["1"], "ORD7");
    run("ORD9", vec![t(vec![int("x")])], vec![t(vec![int("x"), one_of("role", &["a"]).null()])], T);
    let word = |of: Column| vec![t(vec![of.null().default_sql("'a'")])];
    run(
        "ORD10",
        word(text("role")),
        word(one_of("role", &["a", "b"])),
        "INSERT INTO t DEFAULT VALUES",
    );
    let named = |name: &'static str| {
        let mut column = one_of("role", &["a", "b"]);
        if let SqlType::Enum(of) = &mut column.sql_type {
            of.name = name.into();
        }
        column
    };
    run("ORD10 to another", word(named("e1")), word(named("e2")), "INSERT INTO t DEFAULT VALUES");
    let mut apart = t(vec![int("x")]);
    apart.schema = Some("fresh".into());
    run("ORD12", vec![], vec![apart], "");
}

#[test]
fn casts_that_alembic_leaves_out() {
    let of = |of: SqlType| vec![t(vec![column("x", of).null()])];
    let list = |of: SqlType| SqlType::array(of);
    run("ORD13 int", of(SqlType::TEXT), of(SqlType::Integer), T);
    run("ORD13 bool", of(SqlType::Integer), of(SqlType::Bool), "INSERT INTO t (x) VALUES (1)");
    let uuid = "INSERT INTO t (x) VALUES ('00000000-0000-0000-0000-000000000001')";
    run("ORD13 uuid", of(SqlType::TEXT), of(SqlType::Pg(PgType::Uuid)), uuid);
    run(
        "ORD14 list",
        of(list(SqlType::Integer)),
        of(list(SqlType::TEXT)),
        "INSERT INTO t (x) VALUES ('{1}')",
    );
    let short = SqlType::Text { max_length: Some(40) };
    run("ORD14 uuid", of(SqlType::Pg(PgType::Uuid)), of(short), uuid);
    let made = |identity| Column { identity, ..big("x") };
    run(
        "ORD16",
        vec![t(vec![made(Some(Identity::ByDefault))])],
        vec![t(vec![made(None)])],
        "INSERT INTO t DEFAULT VALUES",
    );
    let plain = Column { nullable: true, ..made(None) };
    run("ORD22", vec![t(vec![plain])], vec![t(vec![made(Some(Identity::Always))])], T);
}

#[test]
fn a_default_that_says_nothing_is_none() {
    let (before, after) =
        (schema(vec![t(vec![int("x")])]), schema(vec![t(vec![int("x").default_sql("NULL")])]));
    let Some(mut story) = Story::new(before, after, T) else { return };
    let plan = crate::harness::planned(&story.before, &story.after, &story.live);
    story.db.up(&plan);
    story.db.down(&plan);
    assert_eq!(story.db.rows(&["x"], "t"), ["7"]);
}

#[test]
fn a_plan_that_changes_facts_alone_still_runs() {
    let key = |identity| vec![Column { identity: Some(identity), ..big("id") }, int("x")];
    let before = schema(vec![table("t", key(Identity::ByDefault))]);
    let after = schema(vec![table("t", key(Identity::Autoincrement))]);
    let Some(mut story) = Story::new(before, after, T) else { return };
    let plan = story.round();
    assert!(
        plan.up_sql().contains("SELECT 1;") && plan.down_sql().contains("SELECT 1;"),
        "{}",
        plan.up_sql()
    );
}

#[test]
fn nothing_is_dropped_with_what_hangs_on_it() {
    let all = vec![
        table("a", vec![id(), one_of("k", &["x"])]).unique(&["k"]),
        table("b", vec![id(), big("a_id")]).references("a_id", "a", Action::Cascade),
    ];
    let plan = crate::harness::planned(&schema(all), &Schema::EMPTY, &Default::default());
    assert!(!plan.up_sql().contains("CASCADE"), "{}", plan.up_sql());
}
