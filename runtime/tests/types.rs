//! Every type that Diesel maps to SQLite, written and read through a real database.

#![allow(missing_docs, reason = "the models are the tests' own")]

use bigdecimal::BigDecimal;
use chrono::{DateTime, Local, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel_autogen::{DbEnum, DbType, Identity, Model, SqlType, schema};
use time::{OffsetDateTime, PrimitiveDateTime};

fn database(ddl: &str) -> SqliteConnection {
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    connection.batch_execute(ddl).unwrap();
    connection
}

fn types(table: &diesel_autogen::Table) -> Vec<(&str, &SqlType, bool)> {
    table.columns.iter().map(|it| (it.name.as_ref(), &it.sql_type, it.nullable)).collect()
}

const TEXT: SqlType = SqlType::Text { max_length: None };
const NUMERIC: SqlType = SqlType::Numeric { precision: None, scale: None };

#[derive(Model, Queryable, Selectable, Insertable, Identifiable, Clone, Debug, PartialEq)]
pub struct Plain {
    pub id: i64,
    pub small: i16,
    pub medium: i32,
    pub float: f32,
    pub double: f64,
    pub yes: bool,
    pub text: String,
    pub bytes: Vec<u8>,
    pub json: serde_json::Value,
    #[column(sql_type = diesel::sql_types::Jsonb)]
    pub jsonb: serde_json::Value,
    pub numeric: BigDecimal,
    #[diesel(column_name = type_)]
    #[column(sql_name = "type")]
    pub kind: String,
    pub r#match: Option<String>,
}

#[test]
fn numbers_text_bytes_and_json() {
    let mut db = database(
        "CREATE TABLE plains (id INTEGER PRIMARY KEY, small SMALLINT NOT NULL, \
         medium INTEGER NOT NULL, float FLOAT NOT NULL, double DOUBLE NOT NULL, \
         yes BOOLEAN NOT NULL, text TEXT NOT NULL, bytes BLOB NOT NULL, json TEXT NOT NULL, \
         jsonb BLOB NOT NULL, numeric NUMERIC NOT NULL, type TEXT NOT NULL, \"match\" TEXT)",
    );
    let row = Plain {
        id: i64::MAX,
        small: i16::MIN,
        medium: i32::MIN,
        float: 1.5,
        double: 1e300,
        yes: true,
        text: "größe '\"".to_owned(),
        bytes: vec![0, 255, 1],
        json: serde_json::json!({ "a": [1, null, "x"] }),
        jsonb: serde_json::json!({ "b": { "c": true } }),
        numeric: "12.25".parse().unwrap(),
        kind: "kind".to_owned(),
        r#match: None,
    };
    diesel::insert_into(plains::table).values(&row).execute(&mut db).unwrap();
    let found = plains::table
        .filter(plains::type_.eq("kind"))
        .filter(plains::r#match.is_null())
        .filter((plains::medium + 1).eq(i32::MIN + 1))
        .select(Plain::as_select())
        .get_result(&mut db)
        .unwrap();
    assert_eq!(found, row);
    assert_eq!(
        types(&Plain::TABLE),
        [
            ("id", &SqlType::BigInt, false),
            ("small", &SqlType::SmallInt, false),
            ("medium", &SqlType::Integer, false),
            ("float", &SqlType::Float, false),
            ("double", &SqlType::Double, false),
            ("yes", &SqlType::Bool, false),
            ("text", &TEXT, false),
            ("bytes", &SqlType::Binary, false),
            ("json", &SqlType::Json, false),
            ("jsonb", &SqlType::Jsonb, false),
            ("numeric", &NUMERIC, false),
            ("type", &TEXT, false),
            ("match", &TEXT, true),
        ]
    );
    assert_eq!(Plain::TABLE.columns[0].identity, Some(Identity::ByDefault));
}

#[derive(Model, Queryable, Selectable, Insertable, Clone, Debug, PartialEq)]
#[diesel(table_name = chronos)]
pub struct Chrono {
    pub id: i32,
    pub date: NaiveDate,
    pub time: NaiveTime,
    pub naive: NaiveDateTime,
    pub utc: DateTime<Utc>,
    pub local: chrono::DateTime<Local>,
    pub maybe: Option<DateTime<Utc>>,
}

#[test]
fn chrono_dates_and_times() {
    let mut db = database(
        "CREATE TABLE chronos (id INTEGER PRIMARY KEY, date DATE NOT NULL, time TIME NOT NULL, \
         naive TIMESTAMP NOT NULL, utc TIMESTAMPTZ NOT NULL, local TIMESTAMPTZ NOT NULL, \
         maybe TIMESTAMPTZ)",
    );
    let naive =
        NaiveDate::from_ymd_opt(2024, 2, 29).unwrap().and_hms_milli_opt(23, 59, 58, 125).unwrap();
    let row = Chrono {
        id: 1,
        date: naive.date(),
        time: naive.time(),
        naive,
        utc: Utc.from_utc_datetime(&naive),
        local: Local.from_utc_datetime(&naive),
        maybe: Some(Utc.from_utc_datetime(&naive)),
    };
    diesel::insert_into(chronos::table).values(&row).execute(&mut db).unwrap();
    let found = chronos::table
        .filter(chronos::utc.eq(row.utc))
        .select(Chrono::as_select())
        .get_result(&mut db)
        .unwrap();
    assert_eq!(found, row);
    assert_eq!(
        types(&Chrono::TABLE),
        [
            ("id", &SqlType::Integer, false),
            ("date", &SqlType::Date, false),
            ("time", &SqlType::TIME, false),
            ("naive", &SqlType::TIMESTAMP, false),
            ("utc", &SqlType::TimestamptzSqlite, false),
            ("local", &SqlType::TimestamptzSqlite, false),
            ("maybe", &SqlType::TimestamptzSqlite, true),
        ]
    );
}

#[derive(Model, Queryable, Selectable, Insertable, Clone, Debug, PartialEq)]
pub struct Timed {
    pub id: i64,
    pub date: time::Date,
    pub time: time::Time,
    pub plain: PrimitiveDateTime,
    pub offset: OffsetDateTime,
    pub maybe: Option<time::Date>,
}

#[test]
fn time_dates_and_times() {
    let mut db = database(
        "CREATE TABLE timeds (id INTEGER PRIMARY KEY, date DATE NOT NULL, time TIME NOT NULL, \
         plain TIMESTAMP NOT NULL, offset TIMESTAMPTZ NOT NULL, maybe DATE)",
    );
    let plain = time::macros::datetime!(2024-02-29 23:59:58.125);
    let row = Timed {
        id: 7,
        date: plain.date(),
        time: plain.time(),
        plain,
        offset: plain.assume_utc(),
        maybe: None,
    };
    diesel::insert_into(timeds::table).values(&row).execute(&mut db).unwrap();
    let found = timeds::table.select(Timed::as_select()).get_result(&mut db).unwrap();
    assert_eq!(found, row);
    assert_eq!(
        types(&Timed::TABLE),
        [
            ("id", &SqlType::BigInt, false),
            ("date", &SqlType::Date, false),
            ("time", &SqlType::TIME, false),
            ("plain", &SqlType::TIMESTAMP, false),
            ("offset", &SqlType::TimestamptzSqlite, false),
            ("maybe", &SqlType::Date, true),
        ]
    );
}

/// The same types, each of them optional.
#[derive(Model, Queryable, Selectable, Insertable, Clone, Debug, PartialEq)]
#[diesel(table_name = options)]
pub struct Perhaps {
    pub id: i64,
    pub small: Option<i16>,
    pub medium: Option<i32>,
    pub large: Option<i64>,
    pub float: Option<f32>,
    pub double: Option<f64>,
    pub yes: Option<bool>,
    pub text: Option<String>,
    pub bytes: Option<Vec<u8>>,
    pub json: Option<serde_json::Value>,
    pub numeric: Option<BigDecimal>,
    pub date: Option<NaiveDate>,
    pub time: Option<NaiveTime>,
    pub naive: Option<NaiveDateTime>,
    pub utc: Option<DateTime<Utc>>,
    pub local: Option<DateTime<Local>>,
    pub day: Option<time::Date>,
    pub hour: Option<time::Time>,
    pub plain: Option<PrimitiveDateTime>,
    pub offset: Option<OffsetDateTime>,
}

#[test]
fn every_type_may_be_null() {
    let mut db = database(
        "CREATE TABLE options (id INTEGER PRIMARY KEY, \
         small SMALLINT, medium INTEGER, large BIGINT, float FLOAT, \
         double DOUBLE, yes BOOLEAN, text TEXT, bytes BLOB, \
         json TEXT, numeric NUMERIC, date DATE, time TIME, \
         naive TIMESTAMP, utc TIMESTAMPTZ, local TIMESTAMPTZ, day DATE, \
         hour TIME, plain TIMESTAMP, offset TIMESTAMPTZ)",
    );
    let naive = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap().and_hms_opt(23, 59, 58).unwrap();
    let plain = time::macros::datetime!(2024-02-29 23:59:58);
    let some = Perhaps {
        id: 1,
        small: Some(-7),
        medium: Some(i32::MIN),
        large: Some(i64::MIN),
        float: Some(0.5),
        double: Some(-1e-300),
        yes: Some(false),
        text: Some(String::new()),
        bytes: Some(Vec::new()),
        json: Some(serde_json::json!({ "a": [1, null] })),
        numeric: Some("0.5".parse().unwrap()),
        date: Some(naive.date()),
        time: Some(naive.time()),
        naive: Some(naive),
        utc: Some(naive.and_utc()),
        local: Some(Local.from_utc_datetime(&naive)),
        day: Some(plain.date()),
        hour: Some(plain.time()),
        plain: Some(plain),
        offset: Some(plain.assume_utc()),
    };
    let none = Perhaps {
        id: 2,
        small: None,
        medium: None,
        large: None,
        float: None,
        double: None,
        yes: None,
        text: None,
        bytes: None,
        json: None,
        numeric: None,
        date: None,
        time: None,
        naive: None,
        utc: None,
        local: None,
        day: None,
        hour: None,
        plain: None,
        offset: None,
    };
    diesel::insert_into(options::table).values([&some, &none]).execute(&mut db).unwrap();
    let found = options::table.order(options::id).select(Perhaps::as_select()).load(&mut db);
    assert_eq!(found.unwrap(), [some, none]);
    let nulls = options::table.filter(options::numeric.is_null()).filter(options::offset.is_null());
    assert_eq!(nulls.count().get_result(&mut db), Ok(1));
    let expected = [
        ("small", &SqlType::SmallInt, true),
        ("medium", &SqlType::Integer, true),
        ("large", &SqlType::BigInt, true),
        ("float", &SqlType::Float, true),
        ("double", &SqlType::Double, true),
        ("yes", &SqlType::Bool, true),
        ("text", &TEXT, true),
        ("bytes", &SqlType::Binary, true),
        ("json", &SqlType::Json, true),
        ("numeric", &NUMERIC, true),
        ("date", &SqlType::Date, true),
        ("time", &SqlType::TIME, true),
        ("naive", &SqlType::TIMESTAMP, true),
        ("utc", &SqlType::TimestamptzSqlite, true),
        ("local", &SqlType::TimestamptzSqlite, true),
        ("day", &SqlType::Date, true),
        ("hour", &SqlType::TIME, true),
        ("plain", &SqlType::TIMESTAMP, true),
        ("offset", &SqlType::TimestamptzSqlite, true),
    ];
    assert_eq!(types(&Perhaps::TABLE)[1..], expected);
}

/// Diesel writes dates from text as well: `sql_type` says what a `String` is.
#[derive(Model, Queryable, Selectable, Insertable, Clone, Debug, PartialEq)]
pub struct Written {
    pub id: i32,
    #[column(sql_type = diesel::sql_types::Date)]
    pub date: String,
    #[column(sql_type = diesel::sql_types::Time)]
    pub time: String,
    #[column(sql_type = diesel::sql_types::Timestamp)]
    pub timestamp: Option<String>,
    #[column(max_length = 3)]
    pub code: String,
    #[column(precision = 10, scale = 2)]
    pub price: BigDecimal,
}

#[test]
fn types_named_by_attribute() {
    let mut db = database(
        "CREATE TABLE writtens (id INTEGER PRIMARY KEY, date DATE NOT NULL, time TIME NOT NULL, \
         timestamp TIMESTAMP, code VARCHAR(3) NOT NULL, \
         price NUMERIC(10, 2) NOT NULL)",
    );
    let row = Written {
        id: 1,
        date: "2024-02-29".to_owned(),
        time: "12:00:00".to_owned(),
        timestamp: Some("2024-02-29 12:00:00".to_owned()),
        code: "abc".to_owned(),
        price: "0.5".parse().unwrap(),
    };
    diesel::insert_into(writtens::table).values(&row).execute(&mut db).unwrap();
    let found = writtens::table.select(Written::as_select()).get_result(&mut db).unwrap();
    assert_eq!(found, row);
    assert_eq!(
        types(&Written::TABLE)[1..],
        [
            ("date", &SqlType::Date, false),
            ("time", &SqlType::TIME, false),
            ("timestamp", &SqlType::TIMESTAMP, true),
            ("code", &SqlType::Text { max_length: Some(3) }, false),
            ("price", &SqlType::Numeric { precision: Some(10), scale: Some(2) }, false),
        ]
    );
}

/// What Diesel reads from a zoned column, but inserts only as a zoned value.
#[derive(Model, Queryable, Selectable, Clone, Debug, PartialEq)]
pub struct Zoned {
    pub id: i32,
    #[column(sql_type = diesel::sql_types::TimestamptzSqlite)]
    pub naive: NaiveDateTime,
    #[column(sql_type = diesel::sql_types::TimestamptzSqlite)]
    pub plain: PrimitiveDateTime,
    #[column(sql_type = diesel::sql_types::TimestamptzSqlite)]
    pub text: String,
}

#[test]
fn zoned_columns_read_as_other_types() {
    let mut db = database(
        "CREATE TABLE zoneds (id INTEGER PRIMARY KEY, naive TIMESTAMPTZ NOT NULL, \
         plain TIMESTAMPTZ NOT NULL, text TIMESTAMPTZ NOT NULL);
         INSERT INTO zoneds VALUES (1, '2024-02-29 12:00:00', '2024-02-29 12:00:00', \
         '2024-02-29 12:00:00+00:00')",
    );
    let noon = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap().and_hms_opt(12, 0, 0).unwrap();
    let row = Zoned {
        id: 1,
        naive: noon,
        plain: time::macros::datetime!(2024-02-29 12:00),
        text: "2024-02-29 12:00:00+00:00".to_owned(),
    };
    assert_eq!(zoneds::table.select(Zoned::as_select()).get_result(&mut db), Ok(row));
}

mod ids {
    use super::*;

    #[derive(DbType, Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct TeamId(pub i64);

    #[derive(DbType, Clone, Debug, PartialEq)]
    #[db_type(max_length = 40)]
    pub struct Email(pub String);

    /// A newtype round a newtype.
    #[derive(DbType, Clone, Debug, PartialEq)]
    pub struct Login(pub Email);

    #[derive(DbType, Clone, Debug, PartialEq)]
    #[db_type(sql_type = diesel::sql_types::Timestamp)]
    pub struct Written(pub String);
}

#[derive(DbType, Clone, Debug)]
#[db_type(precision = 10, scale = 2)]
pub struct Price(pub BigDecimal);

#[derive(Model)]
pub struct Priced {
    pub id: i64,
    pub plain: Price,
    #[column(precision = 12)]
    pub wide: Option<Price>,
}

#[test]
fn a_column_adds_to_the_parameters_of_its_type() {
    let numeric = |precision| SqlType::Numeric { precision: Some(precision), scale: Some(2) };
    assert_eq!(
        types(&Priced::TABLE)[1..],
        [("plain", &numeric(10), false), ("wide", &numeric(12), true)]
    );
}

#[derive(DbEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[db_enum(rename_all = "kebab-case")]
pub enum Role {
    Admin,
    TeamMember,
    #[db_enum(rename = "ex'", renamed_from = "former")]
    Gone,
}

#[derive(Model, Queryable, Selectable, Insertable, Identifiable, Clone, Debug, PartialEq)]
pub struct Team {
    pub id: ids::TeamId,
    #[column(unique)]
    pub name: String,
}

#[derive(Model, Queryable, Selectable, Insertable, Identifiable, Clone, Debug, PartialEq)]
pub struct User {
    pub id: i64,
    #[column(default = "'admin'")]
    pub role: Role,
    pub second: Option<Role>,
    #[column(references = teams::id, on_delete = cascade)]
    pub team_id: self::ids::TeamId,
    #[column(max_length = 20)]
    pub email: crate::ids::Email,
    pub login: Option<ids::Login>,
    pub written: ids::Written,
    #[column(references = users::id)]
    pub boss: Option<i64>,
}

schema!(User, Team);

const PEOPLE: &str = "CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE users (id INTEGER PRIMARY KEY, role TEXT NOT NULL, second TEXT, \
    team_id INTEGER NOT NULL REFERENCES teams (id), email TEXT NOT NULL, login TEXT, \
    written TIMESTAMP NOT NULL, boss INTEGER REFERENCES users (id));";

fn person() -> User {
    User {
        id: 1,
        role: Role::TeamMember,
        second: Some(Role::Gone),
        team_id: ids::TeamId(9),
        email: ids::Email("a@b".to_owned()),
        login: Some(ids::Login(ids::Email("c@d".to_owned()))),
        written: ids::Written("2024-02-29 12:00:00".to_owned()),
        boss: None,
    }
}

#[test]
fn enums_and_newtypes_insert_filter_and_join() {
    let mut db = database(PEOPLE);
    let team = Team { id: ids::TeamId(9), name: "red".to_owned() };
    diesel::insert_into(teams::table).values(&team).execute(&mut db).unwrap();
    let user = person();
    diesel::insert_into(users::table).values(&user).execute(&mut db).unwrap();
    let found: Vec<(User, Team)> = users::table
        .inner_join(teams::table)
        .filter(users::role.eq(Role::TeamMember))
        .filter(users::second.eq(Role::Gone))
        .filter(users::team_id.eq_any([ids::TeamId(9)]))
        .filter(users::email.eq(&user.email))
        .order(users::login.desc())
        .select((User::as_select(), Team::as_select()))
        .load(&mut db)
        .unwrap();
    assert_eq!(found, [(user, team)]);
    let most: Option<ids::TeamId> =
        teams::table.select(diesel::dsl::max(teams::id)).get_result(&mut db).unwrap();
    assert_eq!(most, Some(ids::TeamId(9)));
    let kept: String = users::table
        .select(diesel::dsl::sql::<diesel::sql_types::Text>("role || ',' || second"))
        .get_result(&mut db)
        .unwrap();
    assert_eq!(kept, "team-member,ex'");
    db.batch_execute("UPDATE users SET role = 'nobody'").unwrap();
    let error = users::table.select(User::as_select()).load(&mut db).unwrap_err();
    let chain = std::iter::successors(Some(&error as &dyn std::error::Error), |it| it.source());
    let chain: Vec<String> = chain.map(ToString::to_string).collect();
    assert!(chain.contains(&"`nobody` is no label of `role`".to_owned()), "{chain:?}");
}

#[test]
fn tables_of_one_schema_appear_in_one_query() {
    let mut db = database(PEOPLE);
    let none: Vec<User> = users::table
        .filter(diesel::dsl::exists(teams::table.filter(teams::id.eq(users::team_id))))
        .select(User::as_select())
        .load(&mut db)
        .unwrap();
    assert_eq!(none, []);
}

#[test]
fn facts_of_own_types_and_references_are_compiled_in() {
    assert_eq!(SCHEMA.tables.len(), 2);
    let users = SCHEMA.table("users").unwrap();
    let SqlType::Enum(role) = &users.column("role").unwrap().sql_type else { panic!("an enum") };
    let labels: Vec<_> =
        role.labels.iter().map(|it| (&*it.name, it.renamed_from.as_deref())).collect();
    assert_eq!(role.name, "role");
    assert_eq!(labels, [("admin", None), ("team-member", None), ("ex'", Some("former"))]);
    let ty = |name: &str| users.column(name).unwrap().sql_type.clone();
    assert_eq!(ty("team_id"), SqlType::BigInt);
    assert_eq!(ty("email"), SqlType::Text { max_length: Some(20) });
    assert_eq!(ty("login"), SqlType::Text { max_length: Some(40) });
    assert_eq!(ty("written"), SqlType::TIMESTAMP);
    let keys: Vec<_> = users.foreign_keys.iter().map(|it| (&*it.name, &*it.table)).collect();
    assert_eq!(keys, [("users_team_id_fkey", "teams"), ("users_boss_fkey", "users")]);
    let teams = SCHEMA.table("teams").unwrap();
    assert_eq!(teams.columns[0].identity, Some(Identity::ByDefault));
    assert_eq!(teams.uniques[0].name, "teams_name_key");
}

/// Two tables that refer to each other: Diesel has one way to join them, so one key gives way.
#[derive(Model, Queryable, Selectable, Insertable, Clone, Debug, PartialEq)]
pub struct Cart {
    pub id: i64,
    #[column(references = items::code)]
    pub first_code: Option<String>,
}

#[derive(Model, Queryable, Selectable, Insertable, Clone, Debug, PartialEq)]
pub struct Item {
    pub id: i64,
    #[column(unique)]
    pub code: String,
    #[column(references = carts::id, no_join)]
    pub cart_id: Option<i64>,
}

diesel::allow_tables_to_appear_in_same_query!(carts, items);

#[test]
fn a_join_follows_the_key_and_not_the_primary_key() {
    let mut db = database(
        "CREATE TABLE items (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, cart_id INTEGER);
         CREATE TABLE carts (id INTEGER PRIMARY KEY, first_code TEXT REFERENCES items (code));",
    );
    let item = Item { id: 5, code: "x".to_owned(), cart_id: None };
    let cart = Cart { id: 1, first_code: Some("x".to_owned()) };
    diesel::insert_into(items::table).values(&item).execute(&mut db).unwrap();
    diesel::insert_into(carts::table).values(&cart).execute(&mut db).unwrap();
    let found: Vec<(Cart, Option<Item>)> =
        carts::table.left_join(items::table).load(&mut db).unwrap();
    assert_eq!(found, [(cart.clone(), Some(item.clone()))]);
    let found: Vec<(Item, Cart)> = items::table.inner_join(carts::table).load(&mut db).unwrap();
    assert_eq!(found, [(item, cart)]);
}
