//! Packages that keep a file of `table!`s.

use crate::package::{Package, SECTION};

const SCHEMA: &str = "
diesel::table! { teams (id) { id -> BigInt, name -> Text, } }
diesel::table! {
    use diesel::sql_types::*;
    use crate::Email;
    users (id) {
        id -> BigInt,
        team_id -> BigInt,
        role -> Nullable<Text>,
        email -> Email,
        #[sql_name = \"type\"]
        type_ -> Text,
        made_at -> Timestamp,
        search -> Nullable<Text>,
    }
}
diesel::joinable!(users -> teams (team_id));
diesel::allow_tables_to_appear_in_same_query!(teams, users);
";

const LIB: &str = "\
use diesel::prelude::*;
use diesel_autogen::{DbEnum, DbType, Model};
pub mod db { pub mod schema; }
use db::schema::{teams, users};

#[derive(DbEnum, Debug)]
pub enum Role { Admin, Member }

#[derive(DbType, Debug)]
pub struct Email(pub String);

#[derive(Model, Queryable, Selectable, Insertable)]
pub struct Team {
    pub id: i64,
    pub name: String,
}

#[derive(Model, Queryable, Selectable, Insertable)]
#[model(hidden(name = \"search\", sql_type = Text, nullable))]
pub struct User {
    pub id: i64,
    #[column(references = teams::id)]
    pub team_id: i64,
    pub role: Option<Role>,
    pub email: Email,
    #[diesel(column_name = type_)]
    #[column(sql_name = \"type\")]
    pub kind: String,
    #[column(sql_type = diesel::sql_types::Timestamp)]
    pub made_at: String,
}

diesel_autogen::schema!(Team, User);

pub fn admins(db: &mut SqliteConnection) -> QueryResult<Vec<(User, Team)>> {
    users::table
        .inner_join(teams::table)
        .select((User::as_select(), Team::as_select()))
        .load(db)
}
";

fn package(name: &'static str, lib: &str) -> Package {
    let package = Package::new(name);
    package.metadata(&format!("{SECTION}\nschema-file = \"src/db/schema.rs\"\ndrift = \"allow\""));
    package.write("src/db/schema.rs", SCHEMA);
    package.write("src/lib.rs", lib);
    package
}

#[test]
fn models_that_fit_the_file_build_without_a_word() {
    assert_eq!(package("file_fits", LIB).check(), (true, vec![]));
}

/// Texts and lines that the build says after `from` became `to` in the models.
fn mistake(name: &'static str, from: &str, to: &str) -> Vec<(String, String)> {
    assert!(LIB.contains(from));
    let lib = LIB.replace(from, to).replace(", Queryable, Selectable, Insertable", "");
    let end = lib.find("pub fn admins").unwrap();
    let lib = &lib[..end];
    let (fine, told) = package(name, lib).check();
    assert!(!fine);
    let line = |at: u64| lib.lines().nth(at as usize - 1).unwrap().trim().to_owned();
    told.into_iter().filter(|it| it.level == "error").map(|it| (line(it.line), it.text)).collect()
}

#[test]
fn another_type_is_told_at_the_field() {
    let told = mistake("file_type", "pub name: String", "pub name: i32");
    let [(line, text)] = &told[..] else { panic!("one error: {told:#?}") };
    assert_eq!(line, "pub name: i32,");
    assert!(text.contains("the field needs the SQL type `diesel::sql_types::Integer`"), "{text}");
    assert!(text.contains("the `table!` says `diesel::sql_types::Text`"), "{text}");
}

#[test]
fn other_nullability_is_told_at_the_field() {
    let told = mistake("file_null", "pub role: Option<Role>", "pub role: Role");
    let [(line, text)] = &told[..] else { panic!("one error: {told:#?}") };
    assert_eq!(line, "pub role: Role,");
    assert!(text.contains("Nullable<diesel::sql_types::Text>"), "{text}");
}

#[test]
fn a_missing_column_is_told_at_the_field() {
    let told = mistake("file_missing", "pub name: String", "pub title: String");
    assert!(!told.is_empty());
    for (line, text) in &told {
        assert_eq!(line, "pub title: String,");
        assert!(text.contains("`title`"), "{text}");
    }
}

#[test]
fn another_sql_name_is_told_at_the_field() {
    let told = mistake("file_name", "sql_name = \"type\"", "sql_name = \"kind\"");
    let [(line, text)] = &told[..] else { panic!("one error: {told:#?}") };
    assert_eq!(line, "pub kind: String,");
    assert!(text.contains("another SQL name"), "{text}");
}

#[test]
fn another_key_is_told_at_the_struct() {
    let told =
        mistake("file_key", "pub struct Team {", "#[diesel(primary_key(name))]\npub struct Team {");
    let [(line, text)] = &told[..] else { panic!("one error: {told:#?}") };
    assert_eq!(line, "pub struct Team {");
    assert!(text.contains("another primary key"), "{text}");
}
