//! Packages that keep a file of `table!`s.

use crate::package::{Package, SECTION};

const SCHEMA: &str = include_str!("existing/schema.rs");
const HAND: &str = include_str!("existing/hand.rs");
const LIB: &str = include_str!("existing/lib.rs");

fn package(name: &'static str, lib: &str) -> Package {
    let package = Package::new(name);
    package.metadata(&format!("{SECTION}\nschema-file = \"src/db/schema.rs\"\ndrift = \"allow\""));
    package.write("src/db/schema.rs", SCHEMA);
    package.write("src/hand.rs", HAND);
    package.write("src/lib.rs", lib);
    package
}

#[test]
fn models_that_fit_the_file_build_without_a_word() {
    assert_eq!(package("file_fits", LIB).check(), (true, vec![]));
}

/// Texts and lines that the build says after `from` became `to` in the models.
fn mistakes(name: &'static str, from: &str, to: &str) -> Vec<(String, String)> {
    assert!(LIB.contains(from));
    let lib = LIB.replace(from, to).replace(", Queryable, Selectable, Insertable", "");
    let end = lib.find("diesel_autogen::schema!").unwrap();
    let lib = &lib[..end];
    let (fine, told) = package(name, lib).check();
    assert!(!fine);
    let line = |at: u64| lib.lines().nth(at as usize - 1).unwrap().trim().to_owned();
    told.into_iter().filter(|it| it.level == "error").map(|it| (line(it.line), it.text)).collect()
}

/// That this is all that the build says, and where: at the line that begins so.
fn assert_mistake(name: &'static str, from: &str, to: &str, line: &str, text: &str) {
    let told = mistakes(name, from, to);
    let [(at, told)] = &told[..] else { panic!("one error: {told:#?}") };
    assert!(at.starts_with(line), "{at}");
    assert_eq!(told, text);
}

#[test]
fn another_type_is_told_at_the_field() {
    let line = "pub name: i32";
    let text = "this is `Integer`, and `Text` in src/db/schema.rs: change one of them";
    assert_mistake("file_type", "pub name: String", line, line, text);
    let field = "pub made_at: String";
    let given = format!("#[column(sql_type = diesel::sql_types::Date)]\n{field}");
    let text = "this is `Date`, and `Timestamp` in src/db/schema.rs: change one of them";
    assert_mistake("file_sql_type", field, &given, "#[column(sql_type", text);
}

#[test]
fn a_type_that_diesel_cannot_read_from_the_column_is_told_at_the_field() {
    let told = mistakes("file_hand", "pub address: hand::Url", "pub address: hand::Status");
    assert!(!told.is_empty());
    for (line, text) in &told {
        assert_eq!(line, "pub address: hand::Status,");
        assert!(text.contains("Text") && text.contains("Status"), "{text}");
    }
}

#[test]
fn other_nullability_is_told_at_the_field() {
    let text = "`role` is `Nullable<…>` in src/db/schema.rs: make it an `Option<…>`, or change the \
                file";
    let line = "pub role: Role,";
    assert_mistake("file_null", "pub role: Option<Role>,", line, line, text);
    let text = "`status` can be NULL here, and is required in src/db/schema.rs: one is wrong";
    let line = "pub status: Option<hand::Status>,";
    assert_mistake("file_not_null", "pub status: hand::Status,", line, line, text);
}

#[test]
fn a_missing_column_is_told_at_the_field() {
    let text = "`teams` in src/db/schema.rs has no column `nmae`: did you mean `name`? if it is \
                new, add `nmae -> Text,` there";
    assert_mistake("file_missing", "pub name: String", "pub nmae: String", "pub nmae", text);
}

#[test]
fn a_missing_table_is_told_at_its_name() {
    let text = "src/db/schema.rs has no `table!` of `pagse`: did you mean `pages`?";
    let from = "pub struct Page {";
    let to = "#[diesel(table_name = crate::db::schema::pagse)]\npub struct Page {";
    assert_mistake("file_no_table", from, to, "#[diesel(table_name", text);
    let to = "pub struct Label {";
    let text = "src/db/schema.rs has no `table!` of `labels`: add it there";
    assert_mistake("file_no_such", from, to, to, text);
}

#[test]
fn another_sql_name_is_told_at_the_field() {
    let field = "pub kind: String,";
    let to = format!("#[column(sql_name = \"kind\")]\n{field}");
    let text = "src/db/schema.rs calls the column `type`: it has another SQL name there";
    assert_mistake("file_name", field, &to, "#[column(sql_name", text);
}

#[test]
fn a_type_that_the_file_does_not_explain_is_told_at_the_field() {
    let given = "#[column(type_name = \"TEXT\")]\n    pub language";
    let text = "`language` is `Language` in src/db/schema.rs, which is none of Diesel's types on \
                SQLite: say how the database spells it with `#[column(type_name = \"…\")]`";
    let told = mistakes("file_unknown", given, "pub language");
    let [(line, told)] = &told[..] else { panic!("one error: {told:#?}") };
    assert_eq!(line, "pub language: hand::Language,");
    assert_eq!(told, &format!("evaluation panicked: {text}"));
}

#[test]
fn another_key_is_told_at_the_struct() {
    let told = mistakes(
        "file_key",
        "pub struct Team {",
        "#[diesel(primary_key(name))]\npub struct Team {",
    );
    let [(line, text)] = &told[..] else { panic!("one error: {told:#?}") };
    assert_eq!(line, "pub struct Team {");
    assert!(text.contains("another primary key"), "{text}");
}

#[test]
fn a_file_that_is_not_there_or_no_rust_is_told() {
    let package = package("file_gone", "");
    package.metadata(&format!("{SECTION}\nschema-file = \"src/shcema.rs\""));
    package.write("src/lib.rs", "#[derive(diesel_autogen::Model)]\nstruct A { id: i64 }\n");
    let (fine, told) = package.check();
    assert!(!fine);
    let text = &told[0].text;
    assert!(text.starts_with("src/shcema.rs: "), "{told:#?}");
    assert!(text.ends_with("; `schema-file` in Cargo.toml names it"), "{text}");
    package.write("src/shcema.rs", "diesel::table! { a (id) { id: BigInt } }");
    let (fine, told) = package.check();
    assert!(!fine);
    assert!(told[0].text.contains("src/shcema.rs: expected `->`"), "{told:#?}");
}

/// The build notices that the file has changed, also when no module has it.
#[test]
fn the_file_is_watched() {
    let package = package("file_watched", "");
    package.metadata(&format!("{SECTION}\nschema-file = \"tables.rs\"\ndrift = \"allow\""));
    package.write("tables.rs", "diesel::table! { a (id) { id -> BigInt, } }");
    let lib = "include!(\"../tables.rs\");
        #[derive(diesel_autogen::Model)]
        #[diesel(table_name = a)]
        pub struct A { pub id: i64 }";
    package.write("src/lib.rs", lib);
    assert_eq!(package.check(), (true, vec![]));
    package.write("tables.rs", "diesel::table! { a (id) { id -> Integer, } }");
    let (fine, told) = package.check();
    assert!(!fine && told[0].text.contains("`Integer` in tables.rs"), "{told:#?}");
}

#[test]
fn drift_of_a_type_by_hand_is_what_the_file_says() {
    let package = package("file_drift", "");
    package.metadata(&format!("{SECTION}\nschema-file = \"src/db/schema.rs\""));
    let lib = "pub mod db { pub mod schema; }
pub mod hand;
#[derive(diesel_autogen::Model)]
pub struct Page {
    pub address: hand::Url,
    pub status: hand::Status,
    pub old_status: Option<hand::Status>,
}
#[derive(diesel_autogen::DbType, Debug)]
pub struct Email(pub String);
";
    package.write("src/lib.rs", lib);
    let snapshot = |status: &str| {
        format!(
            "format = 1\nbackend = \"sqlite\"\nhead = []\n[table.pages]\n\
             primary_key = [\"address\"]\n\
             column.address = {{ type = \"Text\", max_length = 200 }}\n\
             column.old_status = {{ type = \"SmallInt\", nullable = true }}\n{status}"
        )
    };
    package.write("migrations/schema.toml", &snapshot("column.status = { type = \"Integer\" }\n"));
    assert_eq!(package.check(), (true, vec![]));
    package.write("migrations/schema.toml", &snapshot("column.status = { type = \"Text\" }\n"));
    let (fine, told) = package.check();
    let [told] = &told[..] else { panic!("one warning: {told:#?}") };
    assert!(fine && told.line == 6 && told.level == "warning", "{told:#?}");
    let text = "column `pages.status` is a `Status`, which is no longer Text as in the last \
                migration; run";
    assert!(told.text.starts_with(text), "{told:#?}");
    package.write("migrations/schema.toml", &snapshot(""));
    let (fine, told) = package.check();
    let [told] = &told[..] else { panic!("one warning: {told:#?}") };
    let text = "column `pages.status` is not in the last migration (Status); run";
    assert!(fine && told.line == 6 && told.text.starts_with(text), "{told:#?}");
}
