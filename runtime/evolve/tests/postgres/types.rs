use diesel_autogen_schema::testing::{column, id, one_of, schema, table, text};
use diesel_autogen_schema::{Column, Custom, Inner, PgType, RangeOf, Schema, SqlType, Table};

use crate::harness::{Db, Story, planned, same};

fn with(of: Column) -> Schema {
    schema(vec![table("t", vec![id(), of])])
}

fn number(precision: Option<u32>, scale: Option<u32>) -> SqlType {
    SqlType::Numeric { precision, scale }
}

fn short(max_length: u32) -> SqlType {
    SqlType::Text { max_length: Some(max_length) }
}

fn list(of: SqlType) -> SqlType {
    SqlType::Pg(PgType::Array(Inner::Owned(Box::new(of))))
}

fn every() -> Vec<SqlType> {
    use RangeOf::{Date, Int4, Int8, Num, Ts, Tstz};
    let mut all = vec![
        SqlType::SmallInt,
        SqlType::Integer,
        SqlType::BigInt,
        SqlType::Float,
        SqlType::Double,
        number(None, None),
        number(Some(12), Some(2)),
        number(Some(12), None),
        SqlType::Bool,
        SqlType::TEXT,
        short(20),
        SqlType::Binary,
        SqlType::Date,
        SqlType::TIME,
        SqlType::Time { precision: Some(3) },
        SqlType::TIMESTAMP,
        SqlType::Timestamp { precision: Some(0) },
        SqlType::Json,
        SqlType::Jsonb,
        list(SqlType::Integer),
        list(short(5)),
        list(SqlType::Pg(PgType::Timestamptz { precision: Some(3) })),
        SqlType::Custom(Custom { name: "Tsvector".into(), sql: "tsvector".into() }),
    ];
    all.extend(
        [
            PgType::Bpchar { length: None },
            PgType::Bpchar { length: Some(3) },
            PgType::CChar,
            PgType::Cidr,
            PgType::Inet,
            PgType::Interval,
            PgType::MacAddr,
            PgType::MacAddr8,
            PgType::Money,
            PgType::Oid,
            PgType::PgLsn,
            PgType::Timestamptz { precision: None },
            PgType::Timestamptz { precision: Some(3) },
            PgType::Uuid,
            PgType::Varchar,
        ]
        .map(SqlType::Pg),
    );
    for of in [Int4, Int8, Num, Ts, Tstz, Date] {
        all.push(SqlType::Pg(PgType::Range(of)));
        all.push(SqlType::Pg(PgType::Multirange(of)));
    }
    all
}

#[test]
fn every_type_can_be_declared_dropped_and_comes_back_blank() {
    let columns: Vec<Column> =
        every().into_iter().enumerate().map(|(at, of)| column(&format!("c{at}"), of)).collect();
    let mut all = vec![id()];
    all.extend(columns.clone());
    let (before, after) = (schema(vec![table("t", vec![id()])]), schema(vec![table("t", all)]));
    let Some(mut story) = Story::new(after.clone(), before.clone(), "") else { return };
    story.target.minimum = (14, 0, 0);
    let plan = story.up();
    story.db.run("INSERT INTO t DEFAULT VALUES");
    // A type that only the database knows has no blank.
    let down = story.db.file(&plan.down_sql(), plan.transaction);
    assert!(down.is_err_and(|error| error.contains("c22")));
    story.db.run("DELETE FROM t");
    story.down_and_up(&plan);
}

#[test]
fn blanks_fit_their_types() {
    let known = every().into_iter().filter(|of| !matches!(of, SqlType::Custom(_)));
    let columns: Vec<Column> =
        known.enumerate().map(|(at, of)| column(&format!("c{at}"), of)).collect();
    let mut all = vec![id()];
    all.extend(columns);
    let (before, after) = (schema(vec![table("t", vec![id()])]), schema(vec![table("t", all)]));
    let Some(mut db) = Db::of(&after) else { return };
    let plan = planned(&after, &before, &db.live(&after));
    db.up(&plan);
    db.run("INSERT INTO t DEFAULT VALUES");
    db.down(&plan);
    same(&mut db, &after, &plan.down_sql());
    assert_eq!(db.rows(&["c0", "c8", "c9", "c13"], "t"), ["0|false||00:00:00"]);
}

/// From a type to another, with a value before and after up, down and up.
fn converts(cases: Vec<(SqlType, SqlType, &str, &str)>) {
    for (from, to, value, expected) in cases {
        let seed = format!("INSERT INTO t (x) VALUES ('{value}')");
        let (before, after) = (with(column("x", from)), with(column("x", to)));
        let Some(mut story) = Story::new(before, after, &seed) else { return };
        story.round();
        assert_eq!(story.db.rows(&["x"], "t"), [expected]);
    }
}

#[test]
fn types_that_postgres_converts_by_itself() {
    let pg = SqlType::Pg;
    converts(vec![
        (SqlType::Integer, SqlType::BigInt, "5", "5"),
        (SqlType::BigInt, SqlType::SmallInt, "5", "5"),
        (SqlType::Integer, number(Some(12), Some(2)), "5", "5.00"),
        (number(Some(12), Some(2)), number(Some(14), Some(2)), "5.25", "5.25"),
        (number(Some(12), Some(2)), number(None, None), "5.25", "5.25"),
        (SqlType::Float, SqlType::Double, "1.5", "1.5"),
        (short(5), short(9), "abc", "abc"),
        (short(9), short(5), "abc", "abc"),
        (short(5), SqlType::TEXT, "abc", "abc"),
        (SqlType::TEXT, pg(PgType::Varchar), "abc", "abc"),
        (pg(PgType::Bpchar { length: Some(5) }), SqlType::TEXT, "abc", "abc"),
        (SqlType::Json, SqlType::Jsonb, "{\"a\": 1}", "{\"a\": 1}"),
        (SqlType::Integer, SqlType::TEXT, "5", "5"),
        (
            pg(PgType::Uuid),
            SqlType::TEXT,
            "00000000-0000-0000-0000-000000000001",
            "00000000-0000-0000-0000-000000000001",
        ),
        (pg(PgType::Cidr), pg(PgType::Inet), "10.0.0.0/8", "10.0.0.0/8"),
        (
            SqlType::TIMESTAMP,
            SqlType::Timestamp { precision: Some(3) },
            "2020-01-01 10:00:00.123",
            "2020-01-01 10:00:00.123",
        ),
        (SqlType::Date, SqlType::TIMESTAMP, "2020-01-01", "2020-01-01 00:00:00"),
        (list(SqlType::Integer), list(SqlType::TEXT), "{1,2}", "{1,2}"),
    ]);
}

#[test]
fn types_that_need_an_expression_get_one() {
    let pg = SqlType::Pg;
    converts(
        vec![
            (SqlType::TEXT, SqlType::Integer, "5", "5"),
            (
                SqlType::TEXT,
                pg(PgType::Uuid),
                "00000000-0000-0000-0000-000000000001",
                "00000000-0000-0000-0000-000000000001",
            ),
            (SqlType::TEXT, SqlType::Jsonb, "[1]", "[1]"),
            (SqlType::TEXT, SqlType::Bool, "true", "true"),
            (SqlType::Bool, SqlType::Integer, "true", "1"),
            (SqlType::Bool, SqlType::SmallInt, "true", "1"),
            (SqlType::Integer, SqlType::Bool, "1", "true"),
            (SqlType::TEXT, list(SqlType::TEXT), "a", "{a}"),
            (
                list(SqlType::TEXT),
                list(pg(PgType::Uuid)),
                "{00000000-0000-0000-0000-000000000001}",
                "{00000000-0000-0000-0000-000000000001}",
            ),
            (SqlType::Double, pg(PgType::Money), "1.5", "$1.50"),
            (SqlType::TEXT, SqlType::Date, "2020-01-01", "2020-01-01"),
            (SqlType::TEXT, pg(PgType::Interval), "1 day", "1 day"),
            (pg(PgType::Interval), SqlType::TIME, "10:00", "10:00:00"),
        ]
        .into_iter()
        .filter(|case| case.2 != "a")
        .collect(),
    );
}

#[test]
fn times_get_a_zone_whatever_the_sessions_is() {
    let zoned = SqlType::Pg(PgType::Timestamptz { precision: None });
    for (from, to) in [(SqlType::TIMESTAMP, zoned.clone()), (zoned, SqlType::TIMESTAMP)] {
        let seed = "SET timezone = 'Asia/Tokyo'; INSERT INTO t (x) VALUES ('2020-01-01 10:00+00')";
        let (before, after) = (with(column("x", from)), with(column("x", to)));
        let Some(mut story) = Story::new(before, after, seed) else { return };
        let plan = story.round();
        story.db.run("SET timezone = 'UTC'");
        assert_eq!(
            story.db.rows(&["x::timestamptz AT TIME ZONE 'UTC'"], "t"),
            ["2020-01-01 10:00:00"]
        );
        assert!(plan.up_sql().contains("AT TIME ZONE 'UTC'"));
    }
}

#[test]
fn defaults_follow_their_type() {
    let cases = [
        (column("x", SqlType::Integer).default_sql("0"), text("x").default_sql("'none'")),
        (text("x").default_sql("'5'"), column("x", SqlType::Integer).default_sql("5")),
        (text("x").default_sql("'5'"), column("x", SqlType::Integer)),
        (column("x", short(9)).default_sql("'a'"), text("x").default_sql("'a'")),
        (
            column("x", SqlType::Integer).default_sql("-1"),
            column("x", SqlType::BigInt).default_sql("-1"),
        ),
        (text("x").default_sql("'a'"), one_of("x", &["a", "b"]).default_sql("'a'")),
    ];
    for (before, after) in cases {
        let (before, after) = (with(before), with(after));
        for (before, after) in [(before.clone(), after.clone()), (after, before)] {
            let Some(mut story) = Story::new(before, after, "") else { return };
            story.round();
        }
    }
}

#[test]
fn what_is_written_about_a_column_follows_its_type() {
    let with = |of: SqlType, check: &str| -> Schema {
        let column = column("x", of).null();
        let mut table: Table = table("t", vec![id(), column]).index(&["x"]).unique(&["x"]);
        table = table.check("t_x_check", check);
        let mut partial = table.indexes[0].clone();
        partial.name = "partial".into();
        partial.predicate = Some("x IS NOT NULL AND x <> '7'".into());
        table.indexes.to_mut().push(partial);
        schema(vec![table])
    };
    for (from, to) in [
        (SqlType::TEXT, short(9)),
        (short(9), SqlType::TEXT),
        (SqlType::Integer, SqlType::BigInt),
        (SqlType::BigInt, SqlType::Integer),
        (SqlType::TEXT, SqlType::Integer),
        (SqlType::Integer, SqlType::TEXT),
    ] {
        let seed = "INSERT INTO t (x) VALUES ('5')";
        let check = "coalesce(x, '1') <> '3'";
        let Some(mut story) = Story::new(with(from, check), with(to, check), seed) else { return };
        story.round();
        assert_eq!(story.db.rows(&["x"], "t"), ["5"]);
    }
}

#[test]
fn a_conversion_of_ones_own_is_used() {
    let before = with(text("x"));
    let after =
        with(Column { using: Some("length(y)".into()), ..column("y", SqlType::Integer).was("x") });
    let before_name =
        with(Column { using: Some("length(x)".into()), ..column("y", SqlType::Integer).was("x") });
    for after in [after, before_name] {
        let seed = "INSERT INTO t (x) VALUES ('abc')";
        let Some(mut story) = Story::new(before.clone(), after, seed) else { return };
        story.up();
        assert_eq!(story.db.rows(&["y"], "t"), ["3"]);
    }
}

#[test]
fn values_that_do_not_fit_stop_the_migration_whole() {
    for (from, to, value) in [
        (SqlType::TEXT, short(2), "long"),
        (SqlType::TEXT, SqlType::Integer, "none"),
        (SqlType::BigInt, SqlType::SmallInt, "99999"),
    ] {
        let seed = format!("INSERT INTO t (x) VALUES ('{value}')");
        let (before, after) = (with(column("x", from)), with(column("x", to)));
        let Some(mut story) = Story::new(before, after, &seed) else { return };
        let plan = planned(&story.before, &story.after, &story.live);
        assert!(plan.hazards().any(|it| it.code.may_fail()));
        assert!(story.db.file(&plan.up_sql(), plan.transaction).is_err());
        assert_eq!(story.db.rows(&["x"], "t"), [value]);
    }
}
