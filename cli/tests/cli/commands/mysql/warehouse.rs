//! The fixture `warehouse` on a server: every type is written, read and compared, every rule holds.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use bigdecimal::BigDecimal;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use diesel::connection::SimpleConnection;
use diesel::mysql::data_types::{MysqlTime, MysqlTimestampType};
use diesel::prelude::*;
use diesel_autogen_database::testing::{self, OwnDatabase};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use serde_json::json;
use time::macros::{date, datetime, time};
use warehouse::every::{
    Moment, Number, Octet, Own, Word, moments, numbers, octets, own_types, words,
};
use warehouse::goods::{Article, Shelf, articles, movements, shelves};
use warehouse::types::{ArticleId, Climate, CountedAt, ShelfCode};

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/warehouse"))
}

fn migrations() -> FileBasedMigrations {
    FileBasedMigrations::from_path(root().join("migrations")).unwrap()
}

/// A database in which Diesel's own runner has run the warehouse's migrations; `None` where no
/// server answers and none has to. It lives as long as the first part.
fn database() -> Option<(OwnDatabase, MysqlConnection)> {
    let own = testing::mysql()?;
    let mut connection = MysqlConnection::establish(&own.url()).unwrap();
    connection.run_pending_migrations(migrations()).unwrap();
    Some((own, connection))
}

fn number(text: &str) -> BigDecimal {
    text.parse().unwrap()
}

fn moment(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn shelf(hall: u16, code: &str) -> Shelf {
    Shelf { hall, code: ShelfCode(code.to_owned()), climate: Climate::Cold, note: None }
}

#[test]
fn the_migrations_lead_there_and_back_and_nothing_is_taken_for_a_difference() {
    let Some((own, mut connection)) = database() else { return };
    let dump = || own.open().dump().unwrap().to_string();
    let there = dump();
    assert!(there.contains("CREATE TABLE `shelves`"), "{there}");
    connection.revert_all_migrations(migrations()).unwrap();
    assert!(!dump().contains("shelves"));
    connection.run_pending_migrations(migrations()).unwrap();
    assert_eq!(dump(), there);
    let (manifest, url) = (root().join("Cargo.toml"), own.url());
    let words = ["diesel-autogen", "check", "--database", "--manifest-path"];
    let words = words.into_iter().map(OsString::from).chain([
        manifest.into(),
        "--database-url".into(),
        url.into(),
    ]);
    let exit = cli::commands::run(words, Box::new(io::stdout()), Box::new(io::stderr()));
    assert_eq!(exit.unwrap(), cli::Exit::Fine);
}

#[test]
fn numbers_of_every_width() {
    let Some((_own, mut db)) = database() else { return };
    let least = Number {
        id: u64::MAX,
        tiny: i8::MIN,
        small: i16::MIN,
        medium: i32::MIN,
        big: i64::MIN,
        unsigned_tiny: u8::MAX,
        unsigned_small: u16::MAX,
        unsigned_medium: u32::MAX,
        unsigned_big: Some(u64::MAX),
        float: 1.5,
        double: -0.1,
        yes: true,
        perhaps: None,
        exact: number("-12345678901234.567890"),
        whole: Some(number("99999")),
    };
    let rest =
        Number { id: 0, yes: false, perhaps: Some(true), unsigned_big: None, ..least.clone() };
    for row in [&least, &rest] {
        diesel::insert_into(numbers::table).values(row).execute(&mut db).unwrap();
    }
    let found = numbers::table
        .filter(numbers::unsigned_big.eq(u64::MAX))
        .filter(numbers::tiny.eq(i8::MIN))
        .filter(numbers::yes.eq(true))
        .filter(numbers::exact.lt(number("0")))
        .select(Number::as_select())
        .get_result(&mut db);
    assert_eq!(found, Ok(least));
    assert_eq!(numbers::table.find(0).select(Number::as_select()).get_result(&mut db), Ok(rest));
}

#[test]
fn texts_and_documents() {
    let Some((_own, mut db)) = database() else { return };
    let row = Word {
        id: 1,
        text: "größe '\"\\ ☃ 🦀".to_owned(),
        limited: "Zwölf".to_owned(),
        padded: "abc".to_owned(),
        tiny: "t".repeat(255),
        medium: Some("m".repeat(70_000)),
        long: "l".repeat(70_000),
        document: json!({"a": [1, null, "b\\"]}),
        maybe: None,
    };
    diesel::insert_into(words::table).values(&row).execute(&mut db).unwrap();
    let of = |limited: &'static str| words::table.filter(words::limited.eq(limited));
    let found = of("Zwölf").select(Word::as_select()).get_result(&mut db);
    assert_eq!(found, Ok(row.clone()));
    assert_eq!(of("zwölf").count().get_result(&mut db), Ok(0), "bytes are compared");
    let same = words::table.filter(words::padded.eq("ABC")).count().get_result(&mut db);
    assert_eq!(same, Ok(1), "letters are compared");
    for wrong in [
        Word { id: 2, limited: "x".repeat(21), ..row.clone() },
        Word { id: 2, padded: "ü".to_owned(), ..row.clone() },
        Word { id: 2, tiny: "t".repeat(256), ..row },
    ] {
        assert!(diesel::insert_into(words::table).values(&wrong).execute(&mut db).is_err());
    }
}

#[test]
fn bytes_and_bits() {
    let Some((_own, mut db)) = database() else { return };
    let row = Octet {
        id: (0..16).collect(),
        limited: vec![0, 255],
        blob: vec![7; 65_535],
        tiny: Vec::new(),
        medium: Some(vec![1; 70_000]),
        long: vec![2; 70_000],
        flags: vec![0b0000_1010, 0b1111_0000],
    };
    diesel::insert_into(octets::table).values(&row).execute(&mut db).unwrap();
    let id: Vec<u8> = (0..16).collect();
    let found = octets::table.find(id).select(Octet::as_select()).get_result(&mut db);
    assert_eq!(found, Ok(row.clone()));
    let long = Octet { id: vec![1; 16], limited: vec![0; 10], ..row };
    assert!(diesel::insert_into(octets::table).values(&long).execute(&mut db).is_err());
}

#[test]
fn moments_with_and_without_fractions() {
    let Some((_own, mut db)) = database() else { return };
    db.batch_execute("SET time_zone = '+00:00'").unwrap();
    let raw = MysqlTime::new(
        2026,
        11,
        22,
        13,
        14,
        15,
        0,
        false,
        MysqlTimestampType::MYSQL_TIMESTAMP_DATETIME,
        0,
    );
    let row = Moment {
        id: -1,
        date: NaiveDate::from_ymd_opt(1000, 1, 1).unwrap(),
        time: NaiveTime::from_hms_opt(23, 59, 59).unwrap(),
        fine_time: NaiveTime::from_hms_micro_opt(0, 0, 0, 1).unwrap(),
        datetime: moment("9999-12-31T23:59:59"),
        fine: moment("2026-11-22T12:34:56.123456"),
        stamp: moment("1970-01-01T00:00:01"),
        fine_stamp: Some(moment("2038-01-19T03:14:07.999")),
        t_date: date!(2024 - 02 - 29),
        t_time: time!(1:02:03),
        t_plain: datetime!(2024-02-29 1:02:03),
        t_offset: Some(datetime!(2024-02-29 1:02:03 UTC)),
        raw,
    };
    diesel::insert_into(moments::table).values(&row).execute(&mut db).unwrap();
    let found = moments::table
        .filter(moments::fine.gt(moment("2026-11-22T12:34:56.123455")))
        .filter(moments::stamp.lt(diesel::dsl::now))
        .select(Moment::as_select())
        .get_result(&mut db);
    assert_eq!(found.map(|found| format!("{found:?}")), Ok(format!("{row:?}")));
}

#[test]
fn types_of_the_user_s() {
    let Some((_own, mut db)) = database() else { return };
    let counted = moment("2026-11-22T12:34:56.123");
    let row = Own {
        id: u32::MAX - 1,
        climate: Climate::Frozen,
        before: None,
        code: ShelfCode("A-1".to_owned()),
        counted_at: CountedAt(counted),
    };
    diesel::insert_into(own_types::table).values(&row).execute(&mut db).unwrap();
    diesel::insert_into(own_types::table)
        .values((
            own_types::climate.eq(Climate::Cold),
            own_types::code.eq(ShelfCode("A-2".to_owned())),
            own_types::counted_at.eq(CountedAt(counted)),
        ))
        .execute(&mut db)
        .unwrap();
    let found = own_types::table
        .filter(own_types::climate.eq_any([Climate::Frozen, Climate::Dry]))
        .filter(own_types::before.is_null())
        .filter(own_types::code.eq(ShelfCode("A-1".to_owned())))
        .select(Own::as_select())
        .get_result(&mut db);
    assert_eq!(found, Ok(row));
    let rest: Vec<(u32, Option<Climate>)> = own_types::table
        .order(own_types::climate)
        .select((own_types::id, own_types::before))
        .load(&mut db)
        .unwrap();
    assert_eq!(rest, [(u32::MAX, Some(Climate::Dry)), (u32::MAX - 1, None)]);
}

#[test]
fn keys_references_and_rules_do_what_the_models_say() {
    let Some((_own, mut db)) = database() else { return };
    diesel::insert_into(shelves::table).values(&shelf(1, "A")).execute(&mut db).unwrap();
    let article = |number: &'static str| {
        (
            articles::name.eq("Tea"),
            articles::description.eq("green leaves"),
            articles::maker.eq("acme"),
            articles::number.eq(number),
            articles::price.eq("10.00".parse::<BigDecimal>().unwrap()),
        )
    };
    diesel::insert_into(articles::table).values(article("1")).execute(&mut db).unwrap();
    let twin = diesel::insert_into(articles::table).values(article("1")).execute(&mut db);
    assert!(twin.unwrap_err().to_string().contains("articles_once"));
    let found: Article = articles::table
        .filter(articles::full_name.eq("acme Tea"))
        .select(Article::as_select())
        .get_result(&mut db)
        .unwrap();
    assert_eq!((found.id, found.gross), (ArticleId(1), Some(number("11.9000"))));
    let cheap =
        diesel::update(articles::table).set(articles::price.eq(number("-1"))).execute(&mut db);
    assert!(cheap.unwrap_err().to_string().contains("articles_cost"));
    let movement = |hall: u16| {
        (
            movements::article_id.eq(ArticleId(1)),
            movements::hall.eq(hall),
            movements::code.eq(ShelfCode("A".to_owned())),
            movements::pieces.eq(3),
        )
    };
    diesel::insert_into(movements::table).values(movement(1)).execute(&mut db).unwrap();
    let nowhere = diesel::insert_into(movements::table).values(movement(2)).execute(&mut db);
    assert!(nowhere.unwrap_err().to_string().contains("movements_from"));
    let full = diesel::delete(shelves::table).execute(&mut db);
    assert!(full.unwrap_err().to_string().contains("movements_from"));
    diesel::update(shelves::table).set(shelves::hall.eq(9)).execute(&mut db).unwrap();
    let moved: Vec<(u16, String)> = movements::table
        .inner_join(articles::table)
        .select((movements::hall, articles::name))
        .load(&mut db)
        .unwrap();
    assert_eq!(moved, [(9, "Tea".to_owned())]);
    diesel::delete(articles::table).execute(&mut db).unwrap();
    assert_eq!(movements::table.count().get_result(&mut db), Ok(0));
}
