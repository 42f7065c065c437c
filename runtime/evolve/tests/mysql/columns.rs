use diesel_autogen_evolve::{HazardCode, Plan};
use diesel_autogen_schema::testing::{big, column, id, schema, table, text};
use diesel_autogen_schema::{
    Column, Extra, Generated, MyType, Schema, Size, SqlType, Storage, Table, Width,
};

use crate::harness::{Story, alters};

const ROWS: &str = "INSERT INTO users (name) VALUES ('Ann'), ('Bob')";

fn varchar(name: &str, length: u32) -> Column {
    column(name, SqlType::Text { max_length: Some(length) })
}

fn users(columns: Vec<Column>) -> Schema {
    let mut table = table("users", vec![id(), varchar("name", 60)]);
    table.columns.to_mut().extend(columns);
    schema(vec![table])
}

fn computed(column: Column, expr: &'static str, storage: Storage) -> Column {
    Column { generated: Some(Generated { expr: expr.into(), storage }), ..column.null() }
}

fn filled(column: Column, backfill: &'static str) -> Column {
    Column { backfill: Some(backfill.into()), ..column }
}

fn using(column: Column, using: &'static str) -> Column {
    Column { using: Some(using.into()), ..column }
}

fn my(name: &str, of: MyType) -> Column {
    column(name, SqlType::My(of))
}

fn touched() -> Column {
    let precision = Some(6);
    Column {
        extras: vec![Extra::OnUpdateNow].into(),
        ..my("touched", MyType::Datetime { precision }).default_sql("CURRENT_TIMESTAMP")
    }
}

#[test]
fn plain_columns_come_and_go_in_one_statement() {
    let columns = vec![
        text("bio").null(),
        big("score").default_sql("-1"),
        Column { collation: Some("utf8mb4_bin".into()), ..varchar("nick", 10).default_sql("''") },
        computed(varchar("shout", 60), "upper(name)", Storage::Stored),
        computed(varchar("quiet", 60), "lower(name)", Storage::Virtual),
        column("born", SqlType::Date).null(),
        touched(),
        Column {
            comment: Some("it's \\ \"new\"".into()),
            ..my("age", MyType::Unsigned(Width::Tiny))
        },
        my("long", MyType::Text(Size::Long)).null().default_sql("'x'"),
        column("data", SqlType::Json).default_sql("'{}'"),
        column("on", SqlType::Bool).default_sql("true"),
        column("price", SqlType::Numeric { precision: Some(12), scale: Some(2) }),
    ];
    let Some(story) = Story::new(users(vec![]), users(columns), ROWS) else { return };
    let plan = story.round();
    assert_eq!(alters(&plan.up_sql()), 1, "{}", plan.up_sql());
    assert_eq!(alters(&plan.down_sql()), 1, "{}", plan.down_sql());
    let rows =
        "SELECT bio, score, nick, shout, quiet, age, `long`, data, `on` FROM users WHERE id = 1";
    assert_eq!(story.db.rows(rows), ["NULL|-1||ANN|ann|0|x|{}|1"]);
    let drops = plan.down_hazards().filter(|it| it.code == HazardCode::DropsColumn && it.loss);
    assert_eq!(drops.count(), 10, "the computed ones lose nothing");
}

#[test]
fn every_type_is_made_and_made_again() {
    let columns = vec![
        my("a", MyType::TinyInt),
        my("b", MyType::Unsigned(Width::Small)),
        my("c", MyType::Unsigned(Width::Normal)),
        my("d", MyType::Unsigned(Width::Big)),
        my("e", MyType::Char { length: 2 }),
        my("f", MyType::Text(Size::Tiny)),
        my("g", MyType::Text(Size::Medium)),
        my("h", MyType::Binary { length: 16 }),
        my("i", MyType::Varbinary { length: 20 }),
        my("j", MyType::Blob(Size::Tiny)),
        my("k", MyType::Blob(Size::Medium)),
        my("l", MyType::Blob(Size::Long)),
        my("m", MyType::Bit { length: 3 }),
        my("n", MyType::Datetime { precision: None }),
        my("o", MyType::Datetime { precision: Some(3) }),
        column("p", SqlType::Timestamp { precision: Some(6) }).null(),
        column("q", SqlType::Time { precision: Some(2) }),
        column("r", SqlType::SmallInt),
        column("s", SqlType::Float),
        column("t", SqlType::Double),
        column("u", SqlType::Binary),
        column("v", SqlType::Date),
    ];
    let Some(story) = Story::new(users(columns), users(vec![]), "SELECT 1") else { return };
    story.db.run(
        "SET sql_mode = ''; INSERT INTO users (name, n, o, q, v) \
         VALUES ('Ann', '2026-11-22', '2026-11-22', '12:00', '2026-11-22')",
    );
    let plan = story.up();
    story.db.down(&plan);
    crate::harness::same(&story.db, &story.before, &plan.down_sql());
    let rows = "SELECT a, d, e, HEX(h), HEX(m), n, p, q, t, HEX(u), v FROM users";
    assert_eq!(
        story.db.rows(rows),
        [format!("0|0||{}|0|1970-01-02 00:00:00|NULL|00:00:00.00|0||1970-01-01", "0".repeat(32))],
        "what was dropped is blank"
    );
}

#[test]
fn rows_are_filled_before_a_column_is_required() {
    let columns = vec![
        filled(big("size"), "char_length(name)"),
        filled(varchar("tag", 9).null(), "concat('x', id)"),
        touched(),
    ];
    let before = users(vec![touched()]);
    let seed =
        "INSERT INTO users (name, touched) VALUES ('Ann', '2001-01-01'), ('Bob', '2002-02-02')";
    let Some(story) = Story::new(before, users(columns), seed) else { return };
    let plan = story.round();
    assert_eq!(alters(&plan.up_sql()), 2, "{}", plan.up_sql());
    assert_eq!(
        story.db.rows("SELECT size, tag, year(touched) FROM users ORDER BY id"),
        ["3|x1|2001", "3|x2|2002"],
        "no update is seen by the column that tells of updates"
    );
}

#[test]
fn a_column_is_filled_from_one_that_goes() {
    let before = users(vec![varchar("old", 20)]);
    let after = users(vec![filled(varchar("new", 20), "concat(old, '!')")]);
    let seed = "INSERT INTO users (name, old) VALUES ('Ann', 'o')";
    let Some(story) = Story::new(before, after, seed) else { return };
    let plan = story.up();
    assert_eq!(story.db.rows("SELECT new FROM users"), ["o!"]);
    story.db.down(&plan);
    assert_eq!(story.db.rows("SELECT old FROM users"), [""], "what was dropped is blank");
}

#[test]
fn a_change_restates_the_whole_column() {
    let old = Column { comment: Some("kept".into()), ..varchar("nick", 20).default_sql("'n'") };
    let new = Column { sql_type: SqlType::Text { max_length: Some(300) }, ..old.clone() };
    let Some(story) = Story::new(users(vec![old]), users(vec![new]), ROWS) else { return };
    let plan = story.round();
    assert!(
        plan.up_sql().contains(
            "ALTER TABLE `users` MODIFY COLUMN `nick` VARCHAR(300) CHARACTER SET utf8mb4 COLLATE \
             utf8mb4_unicode_ci NOT NULL DEFAULT 'n' COMMENT 'kept'"
        ),
        "{}",
        plan.up_sql()
    );
    assert_eq!(story.db.rows("SELECT nick FROM users"), ["n", "n"]);
}

#[test]
fn null_is_filled_by_a_default_or_by_what_is_told() {
    for after in [big("n").default_sql("7"), filled(big("n"), "7")] {
        let before = users(vec![big("n").null()]);
        let seed = "INSERT INTO users (name, n) VALUES ('Ann', NULL), ('Bob', 2)";
        let Some(story) = Story::new(before, users(vec![after]), seed) else { return };
        story.round();
        assert_eq!(story.db.rows("SELECT n FROM users ORDER BY id"), ["7", "2"]);
    }
}

#[test]
fn null_that_nothing_fills_is_an_error_and_no_zero() {
    let (before, after) = (users(vec![big("n").null()]), users(vec![big("n")]));
    let seed = "INSERT INTO users (name, n) VALUES ('Ann', NULL)";
    let Some(story) = Story::new(before, after, seed) else { return };
    let mut plan = crate::harness::planned(&story.before, &story.after, &story.live);
    let loose = |plan: &Plan| format!("SET sql_mode = '';\n{}", plan.up_sql());
    let error = story.db.try_run(&loose(&plan)).expect_err("a guard finds it");
    assert!(error.contains("1 rows of users have no n"), "{error}");
    plan.steps.retain(|step| step.guards.is_empty());
    assert!(story.db.try_run(&loose(&plan)).is_err_and(|error| error.contains("truncated")));
    assert_eq!(story.db.rows("SELECT n FROM users"), ["NULL"]);
}

#[test]
fn columns_are_renamed_and_swapped_where_they_stand() {
    let before = users(vec![big("a"), big("b"), computed(big("sum"), "a - b", Storage::Stored)]);
    let after = users(vec![
        big("b").was("a"),
        big("a").was("b"),
        computed(big("sum"), "b - a", Storage::Stored),
    ]);
    let seed = "INSERT INTO users (name, a, b) VALUES ('Ann', 1, 2)";
    let Some(story) = Story::new(before, after, seed) else { return };
    let plan = story.round();
    // One has the server open the table anew, since an expression reads what is renamed.
    assert_eq!(alters(&plan.up_sql()), 2, "{}", plan.up_sql());
    assert_eq!(story.db.rows("SELECT b, a, sum FROM users"), ["1|2|-1"]);
}

#[test]
fn a_column_is_renamed_and_changed_at_once() {
    let (before, after) =
        (users(vec![varchar("nick", 5)]), users(vec![varchar("alias", 50).was("nick").null()]));
    let seed = "INSERT INTO users (name, nick) VALUES ('Ann', 'n')";
    let Some(story) = Story::new(before, after, seed) else { return };
    let plan = story.round();
    assert!(
        plan.up_sql().contains("CHANGE COLUMN `nick` `alias` VARCHAR(50)"),
        "{}",
        plan.up_sql()
    );
    assert_eq!(story.db.rows("SELECT alias FROM users"), ["n"]);
}

#[test]
fn values_are_converted_by_an_expression_and_what_hangs_on_them_stays() {
    let both = |price: Column| {
        let mut table = table("users", vec![id(), varchar("name", 60), price, big("other")]);
        let half = computed(big("half"), "price / 2", Storage::Stored);
        table =
            table.and(half).index(&["price", "other"]).check("users_price_check", "price <> ''");
        schema(vec![table])
    };
    let before = both(varchar("price", 20));
    let after = both(using(big("price"), "cast(replace(price, '$', '') as signed) * 100"));
    let seed = "INSERT INTO users (name, price, other) VALUES ('Ann', '12', 1), ('Bob', '7', 2)";
    let Some(story) = Story::new(before, after, seed) else { return };
    let plan = story.up();
    assert_eq!(story.db.rows("SELECT price, half FROM users ORDER BY id"), ["1200|600", "700|350"]);
    story.db.down(&plan);
    crate::harness::same(&story.db, &story.before, &plan.down_sql());
    assert_eq!(story.db.rows("SELECT price FROM users ORDER BY id"), ["1200", "700"]);
}

#[test]
fn computed_columns_become_others_and_plain_ones_and_keep_values() {
    let stored = |expr| computed(big("n"), expr, Storage::Stored);
    let lazy = |expr| computed(big("n"), expr, Storage::Virtual);
    let cases = [
        (stored("base + 1"), stored("base + 2"), "3"),
        (lazy("base + 1"), lazy("base + 2"), "3"),
        (lazy("base + 1"), stored("base + 1"), "2"),
        (stored("base + 1"), lazy("base + 1"), "2"),
        (lazy("base + 1"), big("n").null(), "2"),
        (stored("base + 1"), big("n"), "2"),
        (big("n").null(), lazy("base + 1"), "2"),
        (big("n").null(), stored("base + 1"), "2"),
    ];
    for (before, after, value) in cases {
        let table = |column: Column| {
            let table: Table = table("users", vec![id(), big("base"), column]);
            schema(vec![table.index(&["n"])])
        };
        let seed = "INSERT INTO users (base) VALUES (1)";
        let Some(story) = Story::new(table(before), table(after), seed) else { return };
        story.round();
        assert_eq!(story.db.rows("SELECT n FROM users"), [value]);
    }
}

#[test]
fn a_required_column_that_comes_back_is_numbered_where_it_must_differ() {
    let table = |columns: Vec<Column>| table("users", [vec![id()], columns].concat());
    let before = schema(vec![table(vec![varchar("code", 20)]).unique(&["code"])]);
    let after = schema(vec![table(vec![])]);
    let seed = "INSERT INTO users (code) VALUES ('a'), ('b')";
    let Some(story) = Story::new(before, after, seed) else { return };
    let plan = story.up();
    story.db.down(&plan);
    crate::harness::same(&story.db, &story.before, &plan.down_sql());
    assert_eq!(story.db.rows("SELECT code FROM users ORDER BY id"), ["1", "2"]);
}

#[test]
fn another_collation_of_the_table_reaches_its_columns() {
    let table = |collation: Option<&'static str>| {
        let own = Column { collation: Some("ascii_bin".into()), ..varchar("code", 9) };
        let mut table = table("users", vec![id(), varchar("name", 60), own, text("bio").null()]);
        table.extras =
            collation.into_iter().map(|it| Extra::Collate(it.into())).collect::<Vec<_>>().into();
        table.comment = collation.map(|_| "collated".into());
        schema(vec![table])
    };
    let seed = "INSERT INTO users (name, code) VALUES ('Änn', 'c')";
    let Some(story) = Story::new(table(None), table(Some("utf8mb4_bin")), seed) else { return };
    let plan = story.round();
    assert_eq!(alters(&plan.up_sql()), 1, "{}", plan.up_sql());
    assert_eq!(story.db.rows("SELECT name FROM users"), ["Änn"]);
}

/// While it counts, the server computes nothing from it.
#[test]
fn a_column_is_computed_from_a_number_that_counts_no_longer() {
    let before = schema(vec![table("users", vec![id(), text("name")])]);
    let plain = Column { identity: None, ..varchar("id", 20) };
    let kind = computed(varchar("kind", 40), "concat('user ', id)", Storage::Stored);
    let columns = vec![plain, text("name"), filled(text("nick"), "name"), kind];
    let after = schema(vec![table("users", columns)]);
    let Some(story) = Story::new(before, after, ROWS) else { return };
    story.up();
    let rows = story.db.rows("SELECT id, nick, kind FROM users ORDER BY id");
    assert_eq!(rows, ["1|Ann|user 1", "2|Bob|user 2"]);
}
