//! What sources for MySQL and MariaDB say, as facts, and what is wrong with them.

use diesel_autogen_grammar::{ModelItem, db_type, model};
use diesel_autogen_schema::{
    Column, Custom, Dialect, Enum, Extra, Extras, Identity, IndexKey, Label, MyType, Order, Size,
    SqlType, Table, Width,
};
use syn::DeriveInput;

const MY: Dialect = Dialect::Mysql;

fn item(source: &str) -> ModelItem {
    let input: DeriveInput = syn::parse_str(source).unwrap();
    let told = |errors: Vec<syn::Error>| -> Vec<String> {
        errors.iter().map(ToString::to_string).collect()
    };
    model(&input, None, MY).map_err(told).unwrap()
}

fn error(source: &str) -> String {
    let input: DeriveInput = syn::parse_str(source).unwrap();
    let errors = model(&input, None, MY).err().unwrap_or_default();
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    let [error] = &errors[..] else { panic!("one mistake in {source}: {errors:?}") };
    error.clone()
}

fn table(source: &str) -> Table {
    let types = |path: &syn::Path| match path.segments.last().unwrap().ident.to_string().as_str() {
        "State" => Ok(state()),
        other => panic!("{other}"),
    };
    item(source).resolve(types, |reference| Ok(reference.as_named())).unwrap()
}

fn state() -> SqlType {
    let label = |name: &'static str| Label { name: name.into(), renamed_from: None };
    SqlType::Enum(Enum::new("state", vec![label("draft"), label("sent")]))
}

fn column(field: &str) -> Column {
    table(&format!("struct A {{ id: i64, {field} }}")).column("a").unwrap().clone()
}

fn wrong(field: &str) -> String {
    error(&format!("struct A {{ id: i64, {field} }}"))
}

const fn my(of: MyType) -> SqlType {
    SqlType::My(of)
}

const DATETIME: SqlType = SqlType::My(MyType::Datetime { precision: None });

#[test]
fn rust_types_are_mapped_as_diesel_maps_them() {
    for (rust, sql) in [
        ("i8", my(MyType::TinyInt)),
        ("i16", SqlType::SmallInt),
        ("i32", SqlType::Integer),
        ("i64", SqlType::BigInt),
        ("u8", my(MyType::Unsigned(Width::Tiny))),
        ("u16", my(MyType::Unsigned(Width::Small))),
        ("u32", my(MyType::Unsigned(Width::Normal))),
        ("u64", my(MyType::Unsigned(Width::Big))),
        ("f32", SqlType::Float),
        ("f64", SqlType::Double),
        ("bool", SqlType::Bool),
        ("String", SqlType::TEXT),
        ("Vec<u8>", SqlType::Binary),
        ("chrono::NaiveDate", SqlType::Date),
        ("chrono::NaiveTime", SqlType::TIME),
        ("chrono::NaiveDateTime", DATETIME),
        ("time::PrimitiveDateTime", DATETIME),
        ("serde_json::Value", SqlType::Json),
        ("State", state()),
    ] {
        assert_eq!(column(&format!("a: {rust}")).sql_type, sql, "{rust}");
    }
}

#[test]
fn diesels_names_and_lengths_say_more() {
    let ty = |attributes: &str, rust: &str| {
        column(&format!("#[column({attributes})] a: {rust}")).sql_type
    };
    let text = |length| SqlType::Text { max_length: Some(length) };
    let bytes = "Vec<u8>";
    assert_eq!(ty("max_length = 120", "String"), text(120));
    assert_eq!(
        ty("sql_type = diesel::sql_types::Char, max_length = 2", "String"),
        my(MyType::Char { length: 2 })
    );
    assert_eq!(ty("sql_type = Char", "String"), my(MyType::Char { length: 1 }));
    assert_eq!(ty("sql_type = VarChar, max_length = 9", "String"), text(9));
    assert_eq!(ty("sql_type = Longtext", "String"), my(MyType::Text(Size::Long)));
    assert_eq!(ty("sql_type = Tinytext", "String"), my(MyType::Text(Size::Tiny)));
    assert_eq!(ty("max_length = 20", bytes), my(MyType::Varbinary { length: 20 }));
    assert_eq!(
        ty("sql_type = Varbinary, max_length = 20", bytes),
        my(MyType::Varbinary { length: 20 })
    );
    assert_eq!(ty("sql_type = Binary, max_length = 16", bytes), my(MyType::Binary { length: 16 }));
    assert_eq!(ty("sql_type = Blob", bytes), SqlType::Binary);
    assert_eq!(ty("sql_type = Mediumblob", bytes), my(MyType::Blob(Size::Medium)));
    assert_eq!(ty("sql_type = Bit, max_length = 3", bytes), my(MyType::Bit { length: 3 }));
    assert_eq!(ty("sql_type = Unsigned<SmallInt>", "u16"), my(MyType::Unsigned(Width::Small)));
    assert_eq!(
        ty("sql_type = Timestamp, precision = 6", "NaiveDateTime"),
        SqlType::Timestamp { precision: Some(6) }
    );
    assert_eq!(ty("precision = 3", "NaiveDateTime"), my(MyType::Datetime { precision: Some(3) }));
    assert_eq!(ty("precision = 0", "NaiveDateTime"), DATETIME, "what the server does by itself");
    let money = SqlType::Numeric { precision: Some(12), scale: Some(2) };
    assert_eq!(ty("precision = 12, scale = 2", "BigDecimal"), money);
    let whole = SqlType::Numeric { precision: Some(12), scale: Some(0) };
    assert_eq!(ty("precision = 12", "BigDecimal"), whole);
    let point = Custom { name: "Point".into(), sql: "point".into() };
    assert_eq!(ty("sql_type = Point", "Vec<u8>"), SqlType::Custom(point));
}

#[test]
fn types_that_lose_or_are_none_are_told() {
    for (field, told) in [
        ("a: BigDecimal", "give it `precision` and `scale`"),
        ("#[column(sql_type = Varbinary)] a: Vec<u8>", "without one it is a Blob"),
        ("a: DateTime<Utc>", "`NaiveDateTime`"),
        ("a: uuid::Uuid", "max_length = 16"),
        ("a: usize", "`u64`"),
        ("#[column(sql_type = Jsonb)] a: Value", "none of Diesel's types on MySQL"),
        ("#[column(sql_type = Unsigned<Text>)] a: u16", "only integers are unsigned"),
        ("#[column(sql_type = Array<Text>)] a: u16", "none of Diesel's types on MySQL"),
        ("#[column(precision = 7)] a: NaiveDateTime", "at most 6 digits"),
        ("#[column(default = 256)] a: u8", "goes from 0 to 255"),
        ("#[column(default = -1)] a: u64", "goes from 0 to"),
        ("#[column(default = \"gen_random_uuid()\")] a: String", "write `(uuid())`"),
        ("#[column(default = \"draft\")] a: String", "that is a name"),
    ] {
        let message = wrong(field);
        assert!(message.contains(told), "{field}: {message}");
    }
    let newtype: DeriveInput = syn::parse_str("pub struct Price(BigDecimal);").unwrap();
    let errors = db_type(&newtype, MY).err().expect("no digits are said");
    assert!(errors[0].to_string().contains("precision"), "{}", errors[0]);
}

#[test]
fn integer_keys_count_by_themselves() {
    for rust in ["i8", "u16", "u64", "i64"] {
        let table = table(&format!("struct A {{ id: {rust} }}"));
        assert_eq!(table.columns[0].identity, Some(Identity::ByDefault), "{rust}");
    }
    let own = table("struct A { #[column(identity = none)] id: u64 }");
    assert_eq!(own.columns[0].identity, None);
    assert!(error("struct A { #[column(identity = always)] id: u64 }").contains("MySQL has no"));
}

#[test]
fn character_sets_and_collations_are_one_fact() {
    let table = |of: &str, field: &str| {
        table(&format!("#[model({of})] struct A {{ id: i64, #[column({field})] a: String }}"))
    };
    let collate = |name: &'static str| Extras::from(vec![Extra::Collate(name.into())]);
    assert_eq!(table("engine = \"InnoDB\"", "index(prefix = 3)").extras, Extras::NONE);
    assert_eq!(table("charset = \"utf8mb4\"", "default = \"'x'\"").extras, Extras::NONE);
    let latin = table("charset = \"latin1\"", "collation = \"latin1_swedish_ci\"");
    assert_eq!(latin.extras, collate("latin1_swedish_ci"));
    assert_eq!(latin.column("a").unwrap().collation, None, "it is the table's");
    let own = table(
        "collation = \"utf8mb4_bin\", engine = \"MyISAM\", with(row_format = dynamic)",
        "charset = \"ascii\"",
    );
    let with = Extra::With("row_format".into(), "dynamic".into());
    assert_eq!(own.extras, collate("utf8mb4_bin").and(Extra::Engine("MyISAM".into())).and(with));
    assert_eq!(own.column("a").unwrap().collation.as_deref(), Some("ascii_general_ci"));
    for (of, told) in [
        (
            "charset = \"latin1\", collation = \"utf8mb4_bin\"",
            "a collation of `utf8mb4`, not of `latin1`",
        ),
        ("charset = \"klingon\"", "say the `collation` too"),
        ("collation = \"nocase\"", "which is SQLite's"),
        ("strict", "MySQL has no `strict`"),
        ("schema = \"app\"", "MySQL has no `schema`"),
    ] {
        let message = error(&format!("#[model({of})] struct A {{ id: i64 }}"));
        assert!(message.contains(told), "{of}: {message}");
    }
}

#[test]
fn a_column_tells_of_updates() {
    let touched = column(
        "#[column(on_update_now, precision = 6, default = \"CURRENT_TIMESTAMP\")] a: NaiveDateTime",
    );
    assert_eq!(touched.extras, Extras::from(vec![Extra::OnUpdateNow]));
    assert!(wrong("#[column(on_update_now)] a: i64").contains("only a date and time"));
}

#[test]
fn indexes_say_prefixes_order_and_kind() {
    let index = |of: &str| {
        let table = table(&format!("#[model({of})] struct A {{ id: i64, a: String, b: i64 }}"));
        table.indexes[0].clone()
    };
    let mixed = index("index(a(10), b desc)");
    let prefix = Extras::from(vec![Extra::Prefix(10)]);
    assert_eq!(mixed.keys[0], IndexKey { extras: prefix, ..IndexKey::column("a".into()) });
    assert_eq!(mixed.keys[1].order, Order::Desc);
    assert_eq!(index("index(columns(a(10)), unique)").name, "as_a_idx");
    let words = index("index(a, using = fulltext, with(parser = ngram), comment = \"words\")");
    assert!(words.extras.has(&Extra::Method("fulltext".into())));
    assert!(words.extras.has(&Extra::With("parser".into(), "ngram".into())));
    let field = table("struct A { id: i64, #[column(index(prefix = 5))] a: String }");
    assert!(field.indexes[0].keys[0].extras.has(&Extra::Prefix(5)));
    for (of, told) in [
        ("index(a, using = gin)", "no index is kept by `gin`"),
        ("index(a, using = fulltext, unique)", "cannot be `unique`"),
        ("index(a desc, using = fulltext)", "has no order"),
        ("index(b, where = \"b > 1\")", "an index there covers every row"),
        ("index(a nulls first)", "expected a length in parentheses"),
        ("unique(columns(a(10)))", "use `index(…, unique)`"),
    ] {
        let message = error(&format!("#[model({of})] struct A {{ id: i64, a: String, b: i64 }}"));
        assert!(message.contains(told), "{of}: {message}");
    }
}

#[test]
fn a_unique_index_of_whole_columns_is_a_uniqueness_rule() {
    let table = table("#[model(index(b, unique, name = \"by_b\"))] struct A { id: i64, b: i64 }");
    assert!(table.indexes.is_empty());
    assert_eq!(table.uniques[0].name, "by_b");
}

#[test]
fn rules_cannot_wait() {
    let message = wrong("#[column(references = teams::id, deferrable)] a: i64");
    assert!(message.contains("its rules are checked at every row"), "{message}");
}

#[test]
fn names_have_sixty_four_characters() {
    let long = "a".repeat(64);
    assert_eq!(
        table(&format!("#[model(sql_name = \"{long}\")] struct A {{ id: i64 }}")).name,
        long
    );
    let message = error(&format!("#[model(sql_name = \"{long}b\")] struct A {{ id: i64 }}"));
    assert!(message.contains("at most 64"), "{message}");
}
