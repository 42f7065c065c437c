//! Models beside a file of `table!`s.

use diesel_autogen_grammar::{ColumnType, ModelItem, SchemaFile, model};
use diesel_autogen_schema::{Column, Custom, Dialect, Identity, SqlType, Table};
use syn::DeriveInput;

const FILE: &str = "
    diesel::table! {
        use diesel::sql_types::*;
        use super::sql_types::Mood;
        #[sql_name = \"Person\"]
        people (number) {
            number -> BigInt,
            #[max_length = 40]
            name -> Varchar,
            born -> Nullable<Date>,
            #[sql_name = \"type\"]
            type_ -> Integer,
            homepage -> Nullable<Text>,
            seen_at -> TimestamptzSqlite,
            mood -> Mood,
            extra -> Text,
        }
    }
    pub mod auth { diesel::table! { auth.tokens (id) { id -> Integer, secret -> Binary, } } }
    pub mod mail { diesel::table! { mail.tokens (id) { id -> Integer, secret -> Text, } } }
    #[cfg(feature = \"wide\")]
    diesel::table! { rows (id) { id -> BigInt, name -> Text, } }
    #[cfg(not(feature = \"wide\"))]
    diesel::table! { rows (id) { id -> Integer, name -> Text, } }
";

fn read(source: &str) -> Result<ModelItem, Vec<String>> {
    let file = SchemaFile::read("src/schema.rs", FILE, Dialect::Sqlite).unwrap();
    let input: DeriveInput = syn::parse_str(source).unwrap();
    model(&input, Some(&file), Dialect::Sqlite)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

fn errors(source: &str) -> Vec<String> {
    read(source).err().unwrap_or_default()
}

/// The only mistake of a model of `people` with these fields.
fn mistake(fields: &str) -> String {
    let errors = errors(&format!(
        "#[diesel(table_name = people)] struct Person {{ number: i64, {fields} }}"
    ));
    let [only] = &errors[..] else { panic!("one mistake: {errors:?}") };
    only.clone()
}

/// The table when no type of the user's has a derive.
fn table(source: &str) -> Table {
    let item = read(source).unwrap();
    let mut beside = item.columns.iter().filter_map(|column| column.beside.clone());
    let types = |_: &syn::Path| Ok(beside.next().unwrap().unwrap());
    item.resolve(types, |reference| Ok(reference.as_named())).unwrap()
}

#[test]
fn what_the_struct_does_not_say_comes_from_the_file() {
    let people = table(
        "#[diesel(table_name = crate::schema::people)]
         struct Person {
             number: i64,
             name: Name,
             born: Option<chrono::NaiveDate>,
             #[diesel(column_name = type_)] kind: Kind,
             homepage: Option<url::Url>,
             seen_at: NaiveDateTime,
             #[column(type_name = \"TEXT\")] mood: Mood,
         }",
    );
    assert_eq!((people.name.as_ref(), people.primary_key.join(", ")), ("Person", "number".into()));
    let column = |name: &'static str, ty| Column::new(name.into(), ty);
    let nullable = |column: Column| Column { nullable: true, ..column };
    let mood = Custom { name: "Mood".into(), sql: "TEXT".into() };
    assert_eq!(
        *people.columns,
        [
            Column { identity: Some(Identity::ByDefault), ..column("number", SqlType::BigInt) },
            column("name", SqlType::Text { max_length: Some(40) }),
            nullable(column("born", SqlType::Date)),
            column("type", SqlType::Integer),
            nullable(column("homepage", SqlType::Text { max_length: None })),
            column("seen_at", SqlType::TimestamptzSqlite),
            column("mood", SqlType::Custom(mood)),
        ],
        "`extra` is nobody's"
    );
}

#[test]
fn types_whose_name_cannot_have_a_derive_are_the_files() {
    let item = read(
        "#[diesel(table_name = people)] struct Person {
             number: Id<Person>, name: [u8; 4], born: Option<Value>, homepage: Option<Json<Page>>,
             seen_at: DateTime<FixedOffset>, extra: Secret,
         }",
    )
    .unwrap();
    let open: Vec<&str> = item
        .columns
        .iter()
        .filter(|column| matches!(column.ty, ColumnType::Named(_)))
        .map(|column| column.facts.name.as_ref())
        .collect();
    assert_eq!(open, ["extra"]);
    let known = item.columns.iter().map(|column| column.facts.sql_type.diesel_name());
    assert_eq!(
        known.collect::<Vec<_>>(),
        ["BigInt", "Text", "Date", "Text", "TimestamptzSqlite", "Text"]
    );
    assert_eq!(item.columns[0].facts.identity, Some(Identity::ByDefault));
}

#[test]
fn what_the_struct_says_must_agree() {
    assert_eq!(
        mistake("name: i32"),
        "this is `Integer`, and `Text` in src/schema.rs: change one of them"
    );
    let text = "#[diesel(table_name = people)] struct P { number: i64, seen_at: String }";
    assert_eq!(errors(text), [""; 0]);
    assert_eq!(
        mistake("#[column(sql_type = Text)] seen_at: String"),
        "this is `Text`, and `TimestamptzSqlite` in src/schema.rs: change one of them"
    );
    assert_eq!(
        mistake("name: Option<Name>"),
        "`name` can be NULL here, and is required in src/schema.rs: one is wrong"
    );
    assert_eq!(
        mistake("born: NaiveDate"),
        "`born` is `Nullable<…>` in src/schema.rs: make it an `Option<…>`, or change the file"
    );
    assert_eq!(
        mistake("#[column(max_length = 41)] name: String"),
        "`#[max_length = 40]` stands at `name` in src/schema.rs"
    );
    assert_eq!(
        mistake("#[column(sql_name = \"kind\")] type_: i32"),
        "src/schema.rs calls the column `type`: it has another SQL name there"
    );
    assert_eq!(
        mistake("born: Option<Option<NaiveDate>>"),
        "a column is NULL or is not: `Option<Option<…>>` belongs into a changeset"
    );
    assert_eq!(
        errors(
            "#[diesel(table_name = people)] #[model(sql_name = \"people\")] struct P { number: i64 }"
        ),
        ["src/schema.rs calls the table `Person`"]
    );
}

#[test]
fn what_the_file_does_not_have_is_told_with_a_suggestion() {
    assert_eq!(
        mistake("home_page: Option<Url>"),
        "`people` in src/schema.rs has no column `home_page`: did you mean `homepage`? if it is \
         new, add it there"
    );
    assert_eq!(
        mistake("r#match: Option<i32>"),
        "`people` in src/schema.rs has no column `match`: add `r#match -> Nullable<Integer>,` there"
    );
    assert_eq!(
        mistake("r#type: i32"),
        "`people` in src/schema.rs has no column `type`: it is called `type_` there; say \
         `#[diesel(column_name = type_)]`"
    );
    assert_eq!(
        errors("#[diesel(table_name = crate::schema::poeple)] struct A { x: Url, y: Vec<i32> }"),
        ["src/schema.rs has no `table!` of `poeple`: did you mean `people`?"]
    );
    assert_eq!(
        errors("struct Invoice { id: i32 }"),
        ["src/schema.rs has no `table!` of `invoices`: add it there"]
    );
}

#[test]
fn a_type_that_the_file_does_not_explain_must_be_spelled() {
    let message = "`mood` is `Mood` in src/schema.rs, which is none of Diesel's types on SQLite: \
                   say how the database spells it with `#[column(type_name = \"…\")]`";
    assert_eq!(mistake("mood: String"), message);
    assert_eq!(mistake("mood: Wrapped<Mood>"), message);
    // A derive may know it, which only both drivers see.
    let item = read("#[diesel(table_name = people)] struct P { number: i64, mood: Mood }").unwrap();
    assert_eq!(item.columns[1].beside, Some(Err(message.to_owned())));
}

#[test]
fn tables_of_one_name_are_told_apart_by_their_modules() {
    let secret = |path: &str, ty: &str| {
        let source = format!("#[diesel(table_name = {path})] struct T {{ id: i32, secret: {ty} }}");
        read(&source).map(|item| item.columns[1].facts.sql_type.diesel_name().to_owned())
    };
    assert_eq!(secret("crate::schema::auth::tokens", "Vec<u8>").unwrap(), "Binary");
    assert_eq!(secret("mail::tokens", "String").unwrap(), "Text");
    let several = "src/schema.rs has several `table!`s of `tokens` that differ in column \
                   `secret`: say which is meant with `#[diesel(table_name = …)]`, or make them agree";
    assert_eq!(secret("tokens", "String").unwrap_err(), [several]);
}

#[test]
fn tables_that_cfg_chooses_from_need_to_agree_only_where_the_model_looks() {
    assert_eq!(errors("#[diesel(primary_key(name))] struct Row { name: String }"), [""; 0]);
    let errors = errors("struct Row { id: i32, name: String }");
    assert!(errors[0].contains("that differ in column `id`"), "{errors:?}");
}
