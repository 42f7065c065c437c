//! What a migration asks of rows before it changes anything.

use diesel_autogen_evolve::guard::told;
use diesel_autogen_evolve::{Dialect, HazardCode};
use diesel_autogen_schema::testing::{big, column, id, one_of, schema, table, text};
use diesel_autogen_schema::{
    Action, Column, Custom, Excluded, Exclusion, Expr, Extra, Extras, Index, IndexKey, Live,
    PgType, RangeOf, Schema, SqlType, Table,
};

use crate::harness::{Story, planned};

fn users(columns: Vec<Column>) -> Table {
    let mut users = table("users", vec![id()]);
    users.columns.to_mut().extend(columns);
    users
}

fn of(column: Column) -> Schema {
    schema(vec![users(vec![column])])
}

/// The migration goes with the good rows. With the bad ones it fails with the sentence as the
/// server's message, and changes nothing.
fn stops((before, after): (Schema, Schema), good: &str, bad: &str, expected: (HazardCode, &str)) {
    let (code, sentence) = expected;
    let Some(mut fine) = Story::new(before.clone(), after.clone(), good) else { return };
    fine.up();
    let Some(mut story) = Story::new(before, after, &format!("{good}; {bad}")) else { return };
    let plan = planned(&story.before, &story.after, &story.live);
    assert!(plan.hazards().any(|it| it.code == code), "{:?}", plan.hazards().collect::<Vec<_>>());
    let counts = |story: &mut Story| -> Vec<Vec<String>> {
        let places: Vec<String> =
            story.before.tables.iter().map(|it| it.place().to_string()).collect();
        places.iter().map(|from| story.db.rows(&["count(*)"], from)).collect()
    };
    let (structure, there) = (story.db.structure(), counts(&mut story));
    let error = story.db.file(&plan.up_sql(), plan.transaction).expect_err("rows are in the way");
    let reason = error.lines().next().unwrap_or_default();
    let guards = told(&plan.up_sql(), Dialect::Postgres);
    let found: Vec<String> = guards.iter().filter_map(|it| it.sentence(reason)).collect();
    assert_eq!(found, [sentence], "{error}");
    if !sentence.starts_with("1 ") {
        assert_eq!(reason, sentence);
    }
    assert_eq!(story.db.structure(), structure);
    assert_eq!(counts(&mut story), there);
    story.db.run("BEGIN; COMMIT");
}

#[test]
fn a_column_that_becomes_required() {
    let change = (of(text("email").null()), of(text("email")));
    let good = "INSERT INTO users (email) VALUES ('a'), ('')";
    let bad = "INSERT INTO users (email) VALUES (NULL), (NULL)";
    stops(change, good, bad, (HazardCode::TightensNotNull, "2 rows of users have no email"));
    let filled = Column { backfill: Some(Expr::from("lower(name)")), ..text("email") };
    let change = (
        schema(vec![users(vec![text("email").null(), text("name").null()])]),
        schema(vec![users(vec![filled, text("name").null()])]),
    );
    let good = "INSERT INTO users (email, name) VALUES ('a', NULL), (NULL, 'A')";
    let bad = "INSERT INTO users (email, name) VALUES (NULL, NULL), (NULL, NULL)";
    let expected = (HazardCode::FillMayFail, "2 rows of users have no email, and get none");
    stops(change, good, bad, expected);
}

#[test]
fn tables_and_columns_under_new_names_and_in_schemas() {
    let before = Table { schema: Some("auth".into()), ..users(vec![text("mail").null()]) };
    let after = Table { name: "people".into(), ..users(vec![text("email").was("mail")]) };
    let change = (schema(vec![before]), schema(vec![after.was("auth.users")]));
    let good = "INSERT INTO auth.users (mail) VALUES ('a')";
    let bad = "INSERT INTO auth.users (mail) VALUES (NULL), (NULL)";
    let expected = (HazardCode::TightensNotNull, "2 rows of auth.users have no mail");
    stops(change, good, bad, expected);
}

#[test]
fn rules_that_come() {
    let members = || users(vec![big("team_id").null()]);
    let teams = || table("teams", vec![id()]);
    let before = || schema(vec![members(), teams()]);
    let with = |own: Table| schema(vec![own, teams()]);
    let good = "INSERT INTO teams (id) VALUES (1); INSERT INTO users (team_id) VALUES (1), (NULL)";
    let bad = "INSERT INTO users (team_id) VALUES (7), (8), (8), (7)";
    let key = with(members().references("team_id", "teams", Action::NoAction));
    let found = "4 rows of users refer by team_id to no row of teams";
    stops((before(), key), good, bad, (HazardCode::TightensForeignKey, found));
    let unique = with(members().unique(&["team_id"]));
    let found = "2 values of users.team_id are there more than once";
    stops((before(), unique), good, bad, (HazardCode::TightensUnique, found));
    let check = with(members().check("few", "team_id < 5"));
    let expected = (HazardCode::TightensCheck, "4 rows of users break few");
    stops((before(), check), good, bad, expected);
}

#[test]
fn what_another_collation_takes_for_the_same_is_there_more_than_once() {
    let key = IndexKey {
        extras: vec![Extra::Collate("\"pg_catalog\".\"C\"".into())].into(),
        ..IndexKey::column("email".into())
    };
    let index = unique_of(key);
    let mut after = users(vec![text("email")]);
    after.indexes = vec![index].into();
    let good = "INSERT INTO users (email) VALUES ('a'), ('A')";
    let bad = "INSERT INTO users (email) VALUES ('b'), ('b'), ('c'), ('c')";
    let found = "2 values of users.email are there more than once";
    let change = (of(text("email")), schema(vec![after]));
    stops(change, good, bad, (HazardCode::TightensUnique, found));
}

fn unique_of(key: IndexKey) -> Index {
    let keys = vec![key].into();
    let (name, predicate) = ("users_email".into(), None);
    Index { name, keys, unique: true, predicate, extras: Extras::NONE }
}

#[test]
fn what_another_class_takes_for_the_same_is_there_more_than_once() {
    let found = "2 values of users.email are there more than once";
    let into = "INSERT INTO users (email) VALUES";
    let bpchar = SqlType::Pg(PgType::Bpchar { length: Some(9) });
    for (of_column, class, good, bad) in [
        (SqlType::TEXT, "text_pattern_ops", "('a'), ('A'), ('a ')", "('b'), ('b'), ('c'), ('c')"),
        (SqlType::TEXT, "bpchar_pattern_ops", "('a'), ('A')", "('b'), ('b '), ('c'), ('c  ')"),
        (
            SqlType::Pg(PgType::Varchar),
            "varchar_pattern_ops",
            "('a')",
            "('b'), ('b'), ('c'), ('c')",
        ),
        (bpchar, "bpchar_pattern_ops", "('a'), ('A')", "('b'), ('b '), ('c'), ('c')"),
        (SqlType::Integer, "int4_ops", "(1)", "(2), (2), (3), (3)"),
    ] {
        let email = || column("email", of_column.clone());
        let extras = vec![Extra::Opclass(class.into())].into();
        let mut after = users(vec![email()]);
        after.indexes =
            vec![unique_of(IndexKey { extras, ..IndexKey::column("email".into()) })].into();
        let change = (of(email()), schema(vec![after]));
        let (good, bad) = (format!("{into} {good}"), format!("{into} {bad}"));
        stops(change, &good, &bad, (HazardCode::TightensUnique, found));
    }
}

fn excluding(elements: &[(IndexKey, &'static str)], predicate: Option<Expr>) -> Exclusion {
    let one = |(key, operator): &(IndexKey, &'static str)| Excluded {
        key: key.clone(),
        operator: (*operator).into(),
    };
    let extras = vec![Extra::Method("gist".into())].into();
    let elements: Vec<Excluded> = elements.iter().map(one).collect();
    Exclusion { name: "apart".into(), elements: elements.into(), predicate, extras }
}

#[test]
fn rows_that_a_new_rule_excludes() {
    let spans = || {
        let during = column("during", SqlType::Pg(PgType::Range(RangeOf::Int4))).null();
        users(vec![column("room", SqlType::Pg(PgType::Inet)).null(), during, big("since").null()])
    };
    let of = |rule: Exclusion| {
        let after = Table { exclusions: vec![rule].into(), ..spans() };
        (schema(vec![spans()]), schema(vec![after]))
    };
    let range = || IndexKey::column("during".into());
    let room = || IndexKey {
        extras: vec![Extra::Opclass("inet_ops".into())].into(),
        ..IndexKey::column("room".into())
    };
    let into = "INSERT INTO users (room, during, since) VALUES";
    let good = format!(
        "{into} ('::1', '[1,5)', 1), ('::1', '[5,7)', 2), ('::1', 'empty', 3), (NULL, '[7,8)', 4), \
         ('::1', NULL, 5), ('::2', '[8,)', 6)"
    );
    let bad = format!("{into} ('::1', '[4,6)', 1)");
    let expected = (HazardCode::TightensExclusion, "2 rows of users conflict with others by apart");
    stops(of(excluding(&[(range(), "&&")], None)), &good, &bad, expected);
    // Other rooms, and rows that the rule is not about, are in nobody's way.
    let some = Some(Expr::from("since > 0"));
    let fine = format!("{good}; {into} ('::2', '[1,5)', 7), ('::1', '[2,3)', 0)");
    let rule = || excluding(&[(room(), "="), (range(), "&&")], some.clone());
    stops(of(rule()), &fine, &bad, expected);
    let made = IndexKey { is_column: false, ..IndexKey::column("int4range(since::int, 9)".into()) };
    let good = format!("{into} ('::1', NULL, 1), ('::2', NULL, 9), ('::3', NULL, 9)");
    let bad = format!("{into} ('::1', NULL, 3), ('::1', NULL, 2)");
    stops(of(excluding(&[(made, "&&")], None)), &good, &bad, expected);
    // What cannot be sorted is compared with what shares a value with it.
    let rule = excluding(&[(room(), "="), (range(), "-|-")], None);
    let good = format!("{into} ('::1', '[1,5)', 1), ('::1', '[2,7)', 2), ('::2', '[5,6)', 2)");
    let bad = format!("{into} ('::1', '[5,6)', 1), ('::1', '[7,9)', 1)");
    stops(of(rule), &good, &bad, expected);
    // Ranges that touch begin where others end.
    let rule = excluding(&[(range(), "-|-")], None);
    let good = format!("{into} (NULL, '[1,5)', 1), (NULL, '[2,7]', 2), (NULL, 'empty', 3)");
    let bad = format!("{into} (NULL, '[8,)', 4), (NULL, '(,0]', 5), (NULL, '[10,)', 6)");
    stops(of(rule), &good, &bad, expected);
    // Few rows are compared each with each, by what the server has itself.
    let addresses = || IndexKey {
        extras: vec![Extra::Opclass("inet_ops".into())].into(),
        ..IndexKey::column("room".into())
    };
    let rule = excluding(&[(addresses(), "&&")], None);
    let good = format!("{into} ('10.1.0.0/16', NULL, 1), ('10.2.0.0/16', NULL, 2)");
    let bad = format!("{into} ('10.1.2.0/24', NULL, 3), ('10.2.2.2', NULL, 4)");
    stops(of(rule), &good, &bad, expected);
    // Nobody knows what another operator takes.
    let (before, after) = of(excluding(&[(range(), "OPERATOR(pg_catalog.-|-)")], None));
    let plan = planned(&before, &after, &Live::of(Dialect::Postgres, before.clone()));
    assert_eq!(plan.guards().count(), 0);
    // A rule that was wider holds for the rows.
    let (_, before) = of(excluding(&[(range(), "&&")], None));
    let (_, after) = of(excluding(&[(range(), "&&")], some));
    let plan = planned(&before, &after, &Live::of(Dialect::Postgres, before.clone()));
    assert_eq!((plan.guards().count(), plan.down_guards().count()), (0, 1));
}

#[test]
fn areas_that_a_new_rule_keeps_apart() {
    let area = SqlType::Custom(Custom { name: "Area".into(), sql: "box".into() });
    let plots = || users(vec![column("plot", area.clone()).null(), big("at").null()]);
    let change = |key: IndexKey| {
        let rule = excluding(&[(key, "&&")], None);
        (schema(vec![plots()]), schema(vec![Table { exclusions: vec![rule].into(), ..plots() }]))
    };
    let into = "INSERT INTO users (plot, at) VALUES";
    let good = format!("{into} ('(0,0),(1,1)', 0), ('(2,2),(3,3)', 10), (NULL, NULL)");
    let bad = format!("{into} ('(0.5,0.5),(0.6,2.5)', 1), ('(2,2),(9,9)', 11)");
    let expected = (HazardCode::TightensExclusion, "2 rows of users conflict with others by apart");
    stops(change(IndexKey::column("plot".into())), &good, &bad, expected);
    let made = "box(point(at, at), point(at + 1, at + 1))";
    let made = IndexKey { is_column: false, ..IndexKey::column(made.into()) };
    stops(change(made.clone()), &good, &bad, expected);

    // Of many rows the server says so itself, at its first.
    let many = format!("{into} ('(0,0),(1,1)', 0), ('(0,0),(1,1)', 0)");
    let more = "INSERT INTO users (plot) SELECT box(point(n * 9, 0), point(n * 9 + 1, 1)) \
                FROM generate_series(1, 5000) AS n";
    let (before, after) = change(IndexKey::column("plot".into()));
    let Some(mut story) = Story::new(before, after, &format!("{many}; {more}")) else { return };
    let plan = planned(&story.before, &story.after, &story.live);
    let error = story.db.file(&plan.up_sql(), plan.transaction).expect_err("rows are in the way");
    assert!(error.starts_with("could not create exclusion constraint \"apart\""), "{error}");
}

#[test]
fn values_that_do_not_fit_into_another_type() {
    let into = "INSERT INTO users (x) VALUES";
    let long = |length| SqlType::Text { max_length: Some(length) };
    let exact =
        |precision, scale| SqlType::Numeric { precision: Some(precision), scale: Some(scale) };
    for (from, to, good, bad, name) in [
        (
            SqlType::BigInt,
            SqlType::Integer,
            "(2147483647)",
            "(2147483648), (-3000000000)",
            "INTEGER",
        ),
        (SqlType::Integer, SqlType::SmallInt, "(32767)", "(32768), (-32769)", "SMALLINT"),
        (SqlType::TEXT, long(3), "('abc  '), ('äöü')", "('abcd'), ('a   b')", "VARCHAR(3)"),
        (exact(9, 2), exact(5, 1), "(9999.94)", "(9999.95), (-10000)", "NUMERIC(5, 1)"),
        (SqlType::TEXT, SqlType::Integer, "(' 12 '), ('-3')", "('many'), ('')", "INTEGER"),
        (
            SqlType::TEXT,
            SqlType::Pg(PgType::Uuid),
            "('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'), ('{a0eebc999c0b4ef8bb6d6bb9bd380a11}')",
            "('a0eebc99'), ('none')",
            "UUID",
        ),
    ] {
        let change = (of(column("x", from)), of(column("x", to)));
        let found = format!("2 rows of users have a value in x that does not fit into {name}");
        let (good, bad) = (format!("{into} {good}"), format!("{into} {bad}"));
        stops(change, &good, &bad, (HazardCode::CastMayFail, &found));
    }
}

const TEXTS: &[&str] = &[
    "",
    " ",
    "0",
    "1",
    "-1",
    " 12 ",
    "+5",
    "1.5",
    "1e3",
    "NaN",
    "Infinity",
    "99999",
    "40000",
    "3000000000",
    "99999999999999999999",
    "1_000",
    "0x1F",
    "t",
    "TRUE",
    "yes",
    "off",
    "maybe",
    "o",
    "2024-01-31",
    "2024-02-30",
    "31.01.2024",
    "Jan 31 2024",
    "infinity",
    "now",
    "epoch",
    "today",
    "2024-01-31 12:00",
    "2024-01-31T12:00:00Z",
    "2024-01-31 25:00",
    "12:30",
    "24:00",
    "24:01",
    "2024-01-31 12:00 Europe/Berlin",
    "2024-01-31 12:00 Nowhere/City",
    "294277-01-01",
    "allballs",
    "{}",
    "[1, 2]",
    "{\"a\": 1}",
    "{a: 1}",
    "null",
    "\"\\u0000\"",
    "{1,2}",
    "{1,two}",
    "{{1},{2}}",
    "10.0.0.1",
    "10.0.0.1/8",
    "10.0.0.0/8",
    "300.0.0.1",
    "::1",
    "08:00:2b:01:02:03",
    "08:00:2b",
    "a0eebc999c0b4ef8bb6d6bb9bd380a11",
    "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}",
    "[1,5)",
    "[5,1)",
    "empty",
    "1 day",
    "P1DT2H",
    "1 fortnight",
    "$1.00",
    "0/16B3748",
    "\\x00",
    "\\x0",
    "\\001",
];

/// What the guard counts is what the server refuses, value by value.
#[test]
fn texts_that_the_server_does_not_read() {
    let plain = [PgType::Cidr, PgType::Inet, PgType::Interval, PgType::MacAddr, PgType::MacAddr8];
    let more = [PgType::Money, PgType::Oid, PgType::PgLsn, PgType::Uuid];
    let ranges = [PgType::Range(RangeOf::Int4), PgType::Timestamptz { precision: None }];
    let own = plain.into_iter().chain(more).chain(ranges).map(SqlType::Pg);
    let own = own.chain([SqlType::array(SqlType::Integer)]);
    let exact = SqlType::Numeric { precision: Some(6), scale: Some(2) };
    let any = SqlType::Numeric { precision: None, scale: None };
    let time = SqlType::Time { precision: None };
    let timestamp = SqlType::Timestamp { precision: None };
    let numbers = [SqlType::SmallInt, SqlType::Integer, SqlType::BigInt, SqlType::Float, exact];
    let others = [SqlType::Bool, SqlType::Binary, SqlType::Date, time, timestamp, any];
    let documents = [SqlType::Json, SqlType::Jsonb, SqlType::Double];
    let types: Vec<SqlType> =
        numbers.into_iter().chain(others).chain(documents).chain(own).collect();
    let name = |at: usize| format!("x{at:02}");
    let columns = |of: &dyn Fn(usize) -> SqlType| -> Schema {
        let all = (0..types.len()).map(|at| column(&name(at), of(at)).null());
        schema(vec![users(all.collect())])
    };
    let change = (columns(&|_| SqlType::TEXT), columns(&|at| types[at].clone()));
    let Some(mut story) = Story::new(change.0, change.1, "") else { return };
    let plan = planned(&story.before, &story.after, &story.live);
    let names: Vec<String> = (0..types.len()).map(name).collect();
    for text in TEXTS {
        let values = vec![format!("'{}'", text.replace('\'', "''")); types.len()].join(", ");
        story.db.run(&format!("INSERT INTO users ({}) VALUES ({values})", names.join(", ")));
    }
    let all = plan.up_sql();
    let usings: Vec<&str> = all.split(" USING ").skip(1).collect();
    let guards = told(&all, Dialect::Postgres);
    assert_eq!((guards.len(), usings.len()), (types.len(), types.len() + guards.len()), "{all}");
    let usings = usings.iter().filter(|it| !it.starts_with("MESSAGE"));
    for ((guard, using), own) in guards.iter().zip(usings).zip(&names) {
        let using = using.lines().next().unwrap().trim_end_matches([',', ';']);
        let refused = |id: &usize| {
            let read = format!("SELECT {using} FROM users WHERE id = {id}");
            story.db.try_run(&read).is_err()
        };
        let refused: Vec<String> =
            (1..=TEXTS.len()).filter(refused).map(|id| id.to_string()).collect();
        let found = format!("{} rows of users have a value in {own} that does", refused.len());
        let error = story.db.try_run(&guard.sql).expect_err("some are no value");
        assert!(error.starts_with(&found), "{refused:?} are refused, and {error}");
        assert!(refused.len() > 1 && refused.len() < TEXTS.len(), "{found}");
        let gone = refused.join(", ");
        story.db.run(&format!("UPDATE users SET {own} = NULL WHERE id IN ({gone})"));
    }
    story.up();
}

#[test]
fn what_a_cast_of_ones_own_does_not_read() {
    let using = |using: &'static str| {
        let inet = SqlType::Pg(PgType::Inet);
        let own = Column { using: Some(Expr::from(using)), ..column("found", inet) };
        of(own)
    };
    let into = "INSERT INTO users (found) VALUES";
    let good = format!("{into} ('10.0.0.1'), (' ::1 ')");
    let bad = format!("{into} ('300.0.0.1'), ('')");
    let found = "2 rows of users have a value in found that does not fit into INET";
    let expected = || (HazardCode::CastMayFail, found);
    stops((of(text("found")), using("trim(found)::inet")), &good, &bad, expected());
    let plain = format!("{into} ('10.0.0.1'), ('::1')");
    stops((of(text("found")), using("found::cidr")), &plain, &bad, expected());
    stops((of(text("found")), using("users.found::inet")), &plain, &bad, expected());
    let bad = format!("{into} (NULL), (NULL)");
    let loose = of(text("found").null());
    let expected = (HazardCode::TightensNotNull, "2 rows of users have no found");
    stops((loose, using("trim(found)::inet")), &good, &bad, expected);
}

#[test]
fn a_column_with_the_name_of_a_variable_that_blocks_have() {
    let change = (of(text("found").null()), of(text("found")));
    let good = "INSERT INTO users (found) VALUES ('a')";
    let bad = "INSERT INTO users (found) VALUES (NULL), (NULL)";
    stops(change, good, bad, (HazardCode::TightensNotNull, "2 rows of users have no found"));
}

#[test]
fn numbers_that_do_not_fit() {
    let into = "INSERT INTO users (x) VALUES";
    let exact =
        |precision, scale| SqlType::Numeric { precision: Some(precision), scale: Some(scale) };
    let any = SqlType::Numeric { precision: None, scale: None };
    for (from, to, good, bad, name) in [
        (SqlType::Double, SqlType::Integer, "(2147483647.4)", "('NaN'), (1e10)", "INTEGER"),
        (SqlType::Double, SqlType::Float, "('Infinity')", "(1e300), (1e-300)", "REAL"),
        (SqlType::Double, exact(5, 1), "(9999.94), ('NaN')", "(1e9), (9999.96)", "NUMERIC(5, 1)"),
        (any.clone(), SqlType::SmallInt, "(32767.4)", "(32767.5), ('NaN')", "SMALLINT"),
        (any, exact(5, 1), "(9999.94), ('NaN')", "(9999.95), (1e9)", "NUMERIC(5, 1)"),
    ] {
        let change = (of(column("x", from)), of(column("x", to)));
        let found = format!("2 rows of users have a value in x that does not fit into {name}");
        let (good, bad) = (format!("{into} {good}"), format!("{into} {bad}"));
        stops(change, &good, &bad, (HazardCode::CastMayFail, &found));
    }
}

#[test]
fn labels_that_go_and_texts_that_are_none() {
    let into = "INSERT INTO users (state) VALUES";
    let (good, bad) = (format!("{into} ('on')"), format!("{into} ('lost'), ('lost')"));
    let after = || of(one_of("state", &["on", "off"]));
    let before = of(one_of("state", &["on", "off", "lost"]));
    let expected =
        (HazardCode::RemovesLabels, "2 rows of users have a label in state that goes: lost");
    stops((before, after()), &good, &bad, expected);
    let expected =
        (HazardCode::CastMayFail, "2 rows of users have a value in state that is no label");
    stops((of(text("state")), after()), &good, &bad, expected);
}

/// A label that must be committed before it can be used is not committed where a guard fails.
#[test]
fn nothing_is_committed_before_a_guard() {
    let state = |labels: &[&str]| one_of("state", labels).default_sql("'on'");
    let before = schema(vec![users(vec![state(&["on"]), text("email").null()])]);
    let filled = Column { backfill: Some(Expr::from("'off'")), ..one_of("other", &["on", "off"]) };
    let filled = Column { sql_type: one_of("state", &["on", "off"]).sql_type, ..filled };
    let after = schema(vec![users(vec![state(&["on", "off"]), text("email"), filled])]);
    let good = "INSERT INTO users (email) VALUES ('a')";
    let bad = "INSERT INTO users (email) VALUES (NULL), (NULL)";
    stops(
        (before, after),
        good,
        bad,
        (HazardCode::TightensNotNull, "2 rows of users have no email"),
    );
}

#[test]
fn the_way_back_asks_as_well() {
    let change = (of(text("email")), of(text("email").null()));
    let Some(mut story) = Story::new(change.0, change.1, "INSERT INTO users (email) VALUES ('a')")
    else {
        return;
    };
    let plan = story.round();
    assert_eq!((plan.guards().count(), plan.down_guards().count()), (0, 1));
    story.db.run("INSERT INTO users (email) VALUES (NULL), (NULL)");
    let error = story.db.file(&plan.down_sql(), plan.transaction).expect_err("rows are in the way");
    assert!(error.starts_with("2 rows of users have no email\n"), "{error}");
    assert_eq!(story.db.rows(&["count(*)"], "users"), ["3"]);
}
