//! Packages that keep a file of `table!`s.

use diesel_autogen_schema::{Custom, SqlType};

use super::{Package, place, table, types};

const MANIFEST: &str = "[package]\nname = \"shop\"\nedition = \"2024\"\n\
                        [package.metadata.diesel_autogen]\nschema-file = \"src/schema.rs\"\n";

fn package(schema: &str, models: &str) -> Package {
    Package::new(&[
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "mod schema; mod models; mod types;"),
        ("src/schema.rs", schema),
        ("src/models.rs", models),
        ("src/types.rs", "pub enum Mood { A } pub struct Wrapped<T>(T); pub type Alias = Mood;"),
    ])
}

/// A file with the table `users`, whose columns besides the key are these.
fn users(columns: &str) -> String {
    format!("diesel::table! {{ users (id) {{ id -> BigInt, {columns} }} }}")
}

/// A model of it with these fields, and what else stands in its module.
fn user(fields: &str, rest: &str) -> String {
    format!(
        "{rest}\n#[derive(Model)] #[diesel(table_name = crate::schema::users)]\n\
         pub struct User {{ pub id: i64, {fields} }}"
    )
}

#[test]
fn foreign_keys_lead_to_the_file() {
    let schema = "diesel::table! { users (id) {
                      id -> BigInt, kind -> Nullable<crate::models::Kind>, team_id -> BigInt,
                  } }
                  diesel::table! { #[sql_name = \"team\"] teams (id) { id -> BigInt, } }
                  diesel::allow_tables_to_appear_in_same_query!(users, teams);";
    let models = user(
        "pub kind: Option<Kind>, #[column(references = teams::id)] pub team_id: i64",
        "use crate::schema::teams;
         #[derive(DbEnum)] pub enum Kind { A }
         #[derive(Model)] pub struct Team { pub id: i64 }",
    );
    let source = package(schema, &models).read();
    assert_eq!(types(&source), ["users.kind: kind", "users.team_id: BigInt"]);
    assert_eq!(table(&source, "users").foreign_keys[0].table, "team");
}

#[test]
fn types_without_a_derive_are_what_the_file_says() {
    let schema = users(
        "#[max_length = 8] a -> VarChar, b -> Integer, c -> Nullable<Text>, d -> Text, \
         e -> Binary, f -> Jsonb, g -> TimestamptzSqlite, unread -> Text,",
    );
    let models = user(
        "pub a: types::Mood, pub b: types::Alias, pub c: Option<url::Url>, pub d: made::Later, \
         pub e: Wrapped<u8>, pub f: Value, pub g: NaiveDateTime",
        "use crate::types::{self, *}; use std::path::PathBuf;",
    );
    let source = package(&schema, &models).read();
    assert_eq!(
        types(&source),
        [
            "users.a: Text",
            "users.b: Integer",
            "users.c: Text",
            "users.d: Text",
            "users.e: Binary",
            "users.f: Jsonb",
            "users.g: TimestamptzSqlite"
        ]
    );
    let a = table(&source, "users").column("a").unwrap();
    assert_eq!(a.sql_type, SqlType::Text { max_length: Some(8) });
}

#[test]
fn types_with_a_derive_know_more_than_the_file() {
    let schema = users("#[max_length = 8] role -> VarChar, email -> Varchar, moods -> Text,");
    let models = user(
        "pub role: Role, pub email: Email, #[column(max_length = 9)] pub moods: Email",
        "#[derive(DbEnum)] pub enum Role { Admin }
         #[derive(DbType)] #[db_type(max_length = 120)] pub struct Email(pub String);",
    );
    let source = package(&schema, &models).read();
    let users = table(&source, "users");
    let ty = |name: &str| &users.column(name).unwrap().sql_type;
    assert!(matches!(ty("role"), SqlType::Enum(_)));
    assert_eq!(ty("email"), &SqlType::Text { max_length: Some(120) });
    assert_eq!(ty("moods"), &SqlType::Text { max_length: Some(9) });
}

#[test]
fn a_derive_round_a_type_that_has_none_is_not_helped_by_the_file() {
    let models = user("pub a: A", "use crate::types::Mood; #[derive(DbType)] pub struct A(Mood);");
    let error = package(&users("a -> Text,"), &models).error();
    assert!(error.contains("it needs `#[derive(DbEnum)]`"), "{error}");
}

#[test]
fn a_type_that_the_file_does_not_explain_is_spelled_by_the_model() {
    let schema = "pub mod sql_types { pub struct Mood; }
                  diesel::table! { use diesel::sql_types::*; use super::sql_types::Mood;
                      users (id) { id -> BigInt, mood -> Mood, } }";
    let models = user("pub mood: types::Mood", "use crate::types;");
    assert_eq!(
        package(schema, &models).error(),
        format!(
            "src/models.rs:{}: `mood` is `Mood` in src/schema.rs, which is none of Diesel's types \
             on SQLite: say how the database spells it with `#[column(type_name = \"…\")]`",
            place(&models, "types::Mood")
        )
    );
    let models = models.replace("pub mood", "#[column(type_name = \"MOOD\")] pub mood");
    let source = package(schema, &models).read();
    let mood = SqlType::Custom(Custom { name: "Mood".into(), sql: "MOOD".into() });
    assert_eq!(table(&source, "users").column("mood").unwrap().sql_type, mood);
}

#[test]
fn what_does_not_agree_is_told_at_its_token() {
    let schema = users("name -> Text, born -> Nullable<Date>,");
    let models = user("pub name: i32, pub born: Born, pub nmae: String", "");
    let at = |what| format!("src/models.rs:{}: ", place(&models, what));
    assert_eq!(
        package(&schema, &models).errors(),
        [
            at("i32") + "this is `Integer`, and `Text` in src/schema.rs: change one of them",
            at("Born")
                + "`born` is `Nullable<…>` in src/schema.rs: make it an `Option<…>`, or change \
                   the file",
            at("nmae")
                + "`users` in src/schema.rs has no column `nmae`: did you mean `name`? if it is \
                   new, add `nmae -> Text,` there",
        ]
    );
    let models = user("pub name: Name", "").replace("schema::users", "schema::user");
    assert_eq!(
        package(&schema, &models).error(),
        format!(
            "src/models.rs:{}: src/schema.rs has no `table!` of `user`: did you mean `users`?",
            place(&models, "user)")
        )
    );
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let package = package("diesel::table! { a (id) { id: Integer } }", "");
    let error = package.error();
    assert!(error.starts_with("src/schema.rs:1:29: expected `->`"), "{error}");
    std::fs::remove_file(package.path().join("src/schema.rs")).unwrap();
    let errors = package.errors();
    assert!(errors[0].starts_with("src/schema.rs: "), "{errors:?}");
    assert!(errors[0].contains("`schema-file` in "), "{errors:?}");
}
