//! What sources for PostgreSQL say, as facts, and what is wrong with them.

use diesel_autogen_grammar::{ColumnType, ModelItem, SchemaFile, db_enum, db_type, model};
use diesel_autogen_schema::{
    Action, Check, Column, Custom, Deferrable, Dialect, Enum, Excluded, Exclusion, Extra, Extras,
    Identity, Index, IndexKey, Order, PgType, RangeOf, SqlType, Storage, Table, Unique,
};
use syn::DeriveInput;

const PG: Dialect = Dialect::Postgres;

fn item(source: &str) -> ModelItem {
    let input: DeriveInput = syn::parse_str(source).unwrap();
    let told = |errors: Vec<syn::Error>| -> Vec<String> {
        errors.iter().map(ToString::to_string).collect()
    };
    model(&input, None, PG).map_err(told).unwrap()
}

fn errors(source: &str) -> Vec<String> {
    let input: DeriveInput = syn::parse_str(source).unwrap();
    model(&input, None, PG).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

fn error(source: &str) -> String {
    let errors = errors(source);
    let [error] = &errors[..] else { panic!("one mistake in {source}: {errors:?}") };
    error.clone()
}

/// The table when `Id` is a BigInt and `State` an enum.
fn table(source: &str) -> Table {
    let types = |path: &syn::Path| match path.segments.last().unwrap().ident.to_string().as_str() {
        "Id" => Ok(SqlType::BigInt),
        "State" => Ok(state()),
        other => panic!("{other}"),
    };
    item(source).resolve(types, |reference| Ok(reference.as_named())).unwrap()
}

fn state() -> SqlType {
    let label =
        |name: &'static str| diesel_autogen_schema::Label { name: name.into(), renamed_from: None };
    SqlType::Enum(Enum::new("state", vec![label("draft"), label("sent")]))
}

/// Types of the fields in a list, without the key.
fn types(fields: &str) -> Vec<SqlType> {
    let table = table(&format!("struct A {{ id: i64, {fields} }}"));
    table.columns.iter().skip(1).map(|column| column.sql_type.clone()).collect()
}

fn ty(field: &str) -> SqlType {
    types(field).remove(0)
}

const fn pg(of: PgType) -> SqlType {
    SqlType::Pg(of)
}

const TIMESTAMPTZ: SqlType = SqlType::Pg(PgType::Timestamptz { precision: None });

#[test]
fn rust_types_are_mapped_as_diesel_maps_them() {
    let numeric = SqlType::Numeric { precision: None, scale: None };
    for (rust, sql) in [
        ("i16", SqlType::SmallInt),
        ("i32", SqlType::Integer),
        ("i64", SqlType::BigInt),
        ("u32", pg(PgType::Oid)),
        ("u8", pg(PgType::CChar)),
        ("f32", SqlType::Float),
        ("f64", SqlType::Double),
        ("bool", SqlType::Bool),
        ("String", SqlType::TEXT),
        ("Vec<u8>", SqlType::Binary),
        ("chrono::NaiveDate", SqlType::Date),
        ("time::Date", SqlType::Date),
        ("PgDate", SqlType::Date),
        ("NaiveTime", SqlType::TIME),
        ("NaiveDateTime", SqlType::TIMESTAMP),
        ("time::PrimitiveDateTime", SqlType::TIMESTAMP),
        ("std::time::SystemTime", SqlType::TIMESTAMP),
        ("DateTime<Utc>", TIMESTAMPTZ),
        ("chrono::DateTime<chrono::Local>", TIMESTAMPTZ),
        ("OffsetDateTime", TIMESTAMPTZ),
        ("PgInterval", pg(PgType::Interval)),
        ("chrono::Duration", pg(PgType::Interval)),
        ("uuid::Uuid", pg(PgType::Uuid)),
        ("serde_json::Value", SqlType::Jsonb),
        ("BigDecimal", numeric.clone()),
        ("PgNumeric", numeric),
        ("PgMoney", pg(PgType::Money)),
        ("Cents", pg(PgType::Money)),
        ("ipnetwork::IpNetwork", pg(PgType::Inet)),
        ("IpNet", pg(PgType::Inet)),
        ("[u8; 6]", pg(PgType::MacAddr)),
        ("[u8; 8]", pg(PgType::MacAddr8)),
        ("PgLsn", pg(PgType::PgLsn)),
        ("(Bound<i32>, Bound<i32>)", pg(PgType::Range(RangeOf::Int4))),
        ("(std::ops::Bound<i64>, std::ops::Bound<i64>)", pg(PgType::Range(RangeOf::Int8))),
        ("(Bound<BigDecimal>, Bound<BigDecimal>)", pg(PgType::Range(RangeOf::Num))),
        ("(Bound<NaiveDateTime>, Bound<NaiveDateTime>)", pg(PgType::Range(RangeOf::Ts))),
        ("(Bound<DateTime<Utc>>, Bound<DateTime<Utc>>)", pg(PgType::Range(RangeOf::Tstz))),
        ("(Bound<NaiveDate>, Bound<NaiveDate>)", pg(PgType::Range(RangeOf::Date))),
        ("Vec<String>", SqlType::array(SqlType::TEXT)),
        ("Vec<Option<i32>>", SqlType::array(SqlType::Integer)),
        ("Vec<Vec<u8>>", SqlType::array(SqlType::Binary)),
        ("Vec<State>", SqlType::array(state())),
        ("Vec<Option<State>>", SqlType::array(state())),
    ] {
        assert_eq!(ty(&format!("a: {rust}")), sql, "{rust}");
        let column = &table(&format!("struct A {{ id: i64, a: Option<{rust}> }}")).columns[1];
        assert_eq!((&column.sql_type, column.nullable), (&sql, true), "Option<{rust}>");
    }
}

#[test]
fn sql_types_are_named() {
    let custom = |name: &'static str, sql: &'static str| {
        SqlType::Custom(Custom { name: name.into(), sql: sql.into() })
    };
    for (attribute, rust, sql) in [
        ("sql_type = Json", "Value", SqlType::Json),
        ("sql_type = diesel::sql_types::Citext", "String", pg(PgType::Citext)),
        ("sql_type = Varchar", "String", pg(PgType::Varchar)),
        ("max_length = 9", "String", SqlType::Text { max_length: Some(9) }),
        ("sql_type = Varchar, max_length = 9", "String", SqlType::Text { max_length: Some(9) }),
        ("sql_type = Bpchar, max_length = 2", "String", pg(PgType::Bpchar { length: Some(2) })),
        ("sql_type = Timestamptz", "NaiveDateTime", TIMESTAMPTZ),
        ("precision = 3", "DateTime<Utc>", pg(PgType::Timestamptz { precision: Some(3) })),
        ("precision = 0", "NaiveTime", SqlType::Time { precision: Some(0) }),
        ("precision = 6", "NaiveDateTime", SqlType::Timestamp { precision: Some(6) }),
        (
            "precision = 12, scale = 2",
            "BigDecimal",
            SqlType::Numeric { precision: Some(12), scale: Some(2) },
        ),
        ("sql_type = Cidr", "IpNetwork", pg(PgType::Cidr)),
        ("sql_type = Range<Int4>", "Span", pg(PgType::Range(RangeOf::Int4))),
        (
            "sql_type = diesel::sql_types::Multirange<diesel::sql_types::Date>",
            "Vec<(Bound<NaiveDate>, Bound<NaiveDate>)>",
            pg(PgType::Multirange(RangeOf::Date)),
        ),
        (
            "sql_type = Int4multirange",
            "Vec<(Bound<i32>, Bound<i32>)>",
            pg(PgType::Multirange(RangeOf::Int4)),
        ),
        (
            "sql_type = Array<Int4range>",
            "Vec<(Bound<i32>, Bound<i32>)>",
            SqlType::array(pg(PgType::Range(RangeOf::Int4))),
        ),
        (
            "sql_type = Array<Nullable<Citext>>",
            "Vec<Option<String>>",
            SqlType::array(pg(PgType::Citext)),
        ),
        ("max_length = 20", "Vec<String>", SqlType::array(SqlType::Text { max_length: Some(20) })),
        ("sql_type = crate::Ltree, type_name = \"ltree\"", "String", custom("Ltree", "ltree")),
        (
            "sql_type = Array<crate::Ltree>, type_name = \"ltree\"",
            "Vec<String>",
            SqlType::array(custom("Ltree", "ltree")),
        ),
        (
            "sql_type = crate::Point, type_name = \"geo.geometry(Point, 4326)\"",
            "Point",
            custom("Point", "geo.geometry(Point, 4326)"),
        ),
        ("sql_type = search::Tsvector", "Search", custom("Tsvector", "tsvector")),
    ] {
        assert_eq!(ty(&format!("#[column({attribute})] a: {rust}")), sql, "{attribute}");
    }
}

#[test]
fn lists_know_how_diesel_reads_their_elements() {
    let item = item("struct A { id: i64, a: Vec<Option<i32>>, b: Option<Vec<State>> }");
    let ColumnType::List { of, holds_null: true } = &item.columns[1].ty else { panic!("a list") };
    assert!(matches!(**of, ColumnType::Known(SqlType::Integer)));
    assert_eq!(item.columns[2].ty.named().unwrap().segments[0].ident, "State");
    let found = item.resolve(
        |path| Err(syn::Error::new_spanned(path, "unknown")),
        |reference| Ok(reference.as_named()),
    );
    assert_eq!(found.unwrap_err().len(), 1);
}

#[test]
fn schemas_and_what_a_table_says_of_itself() {
    let table = table(
        "#[diesel(table_name = auth_users)]
         #[model(schema = \"auth\", sql_name = \"Users\", comment = \"who\", \
                 with(fillfactor = 70, \"toast.autovacuum_enabled\" = false))]
         struct User { id: i64 }",
    );
    assert_eq!(table.place().to_string(), "auth.Users");
    let with = |name: &'static str, value: &'static str| Extra::With(name.into(), value.into());
    let expected = vec![with("fillfactor", "70"), with("toast.autovacuum_enabled", "false")];
    assert_eq!(table.extras, expected.into());
    assert_eq!(self::table("#[model(schema = \"public\")] struct A { id: i64 }").schema, None);
}

#[test]
fn keys_are_made_up_as_asked() {
    let first = |field: &str| {
        let table = table(&format!("struct A {{ {field}, n: i32 }}"));
        (table.columns[0].identity, table.columns[0].extras.clone())
    };
    assert_eq!(first("id: i64"), (Some(Identity::ByDefault), Extras::NONE));
    assert_eq!(first("id: Id"), (Some(Identity::ByDefault), Extras::NONE));
    assert_eq!(first("id: uuid::Uuid"), (None, Extras::NONE));
    assert_eq!(first("#[column(identity = none)] id: i64"), (None, Extras::NONE));
    assert_eq!(first("#[column(identity = always)] id: i64").0, Some(Identity::Always));
    assert_eq!(first("#[column(identity = always)] id: Id").0, Some(Identity::Always));
    assert_eq!(first("#[column(serial)] id: i16").0, Some(Identity::Serial));
    let options = vec![
        Extra::Start(100),
        Extra::Increment(-5),
        Extra::Least(-1000),
        Extra::Greatest(100),
        Extra::Cache(20),
        Extra::Cycle,
    ];
    assert_eq!(
        first(
            "#[column(identity(always, start = 100, increment = -5, least = -1_000, \
             greatest = 100, cache = 20, cycle))] id: i64"
        ),
        (Some(Identity::Always), options.into())
    );
    let other = table("struct A { id: i64, #[column(identity(start = 7))] number: i32 }");
    assert_eq!(other.columns[1].identity, Some(Identity::ByDefault));
    assert_eq!(other.columns[1].extras, vec![Extra::Start(7)].into());
    let wrong = item("struct A { id: i64, #[column(serial)] a: State }");
    let found = wrong.resolve(|_| Ok(state()), |it| Ok(it.as_named())).unwrap_err();
    assert_eq!(found[0].to_string(), "only an integer column can be `serial`");
}

#[test]
fn indexes_say_how_they_are_kept() {
    let table = table(
        "#[model(
            index(a desc nulls last, b gin_trgm_ops, c collate \"C\" text_pattern_ops),
            index(name = \"search\", columns(b), using = gin, with(fastupdate = off), \
                  where = \"a > 0\", comment = \"c\"),
            index(name = \"low\", on = \"lower(b) text_pattern_ops, a nulls first\", unique, \
                  include(c, e), nulls_not_distinct),
            index(name = \"sig\", columns(c gist_trgm_ops(siglen = 32)), using = gist),
            index(name = \"plain\", columns(a), using = btree),
         )]
         struct Item {
            id: i64, a: i64, b: String, c: String,
            #[diesel(column_name = e)] #[column(sql_name = \"Ee\", index(desc, nulls last))]
            d: i32,
            #[column(index(using = gin, opclass = \"jsonb_path_ops\"))] doc: Value,
         }",
    );
    let key = |name: &'static str, order, extras: Vec<Extra>| IndexKey {
        order,
        extras: extras.into(),
        ..IndexKey::column(name.into())
    };
    let opclass = |name: &'static str| Extra::Opclass(name.into());
    let index = |name: &'static str, keys: Vec<IndexKey>, extras: Vec<Extra>| Index {
        name: name.into(),
        keys: keys.into(),
        unique: false,
        predicate: None,
        extras: extras.into(),
    };
    let (asc, desc) = (Order::Asc, Order::Desc);
    let method = |name: &'static str| Extra::Method(name.into());
    let pattern = opclass("text_pattern_ops");
    let expected = [
        index("items_Ee_idx", vec![key("Ee", desc, vec![Extra::NullsLast])], vec![]),
        index(
            "items_doc_idx",
            vec![key("doc", asc, vec![opclass("jsonb_path_ops")])],
            vec![method("gin")],
        ),
        index(
            "items_a_b_c_idx",
            vec![
                key("a", desc, vec![Extra::NullsLast]),
                key("b", asc, vec![opclass("gin_trgm_ops")]),
                key("c", asc, vec![Extra::Collate("C".into()), pattern.clone()]),
            ],
            vec![],
        ),
        Index {
            predicate: Some("a > 0".into()),
            ..index(
                "search",
                vec![key("b", asc, vec![])],
                vec![
                    method("gin"),
                    Extra::With("fastupdate".into(), "off".into()),
                    Extra::Comment("c".into()),
                ],
            )
        },
        Index {
            unique: true,
            ..index(
                "low",
                vec![
                    IndexKey {
                        extras: vec![pattern].into(),
                        ..IndexKey::expression("lower(b)".into())
                    },
                    key("a", asc, vec![Extra::NullsFirst]),
                ],
                vec![Extra::Include(vec!["c".into(), "Ee".into()].into()), Extra::NullsNotDistinct],
            )
        },
        index(
            "sig",
            vec![key("c", asc, vec![opclass("gist_trgm_ops(siglen=32)")])],
            vec![method("gist")],
        ),
        index("plain", vec![key("a", asc, vec![])], vec![]),
    ];
    assert_eq!(table.indexes.to_vec(), expected);
}

#[test]
fn rules_say_when_and_how_they_hold() {
    let table = table(
        "#[model(
            unique(a, b, deferrable, nulls_not_distinct, include(c), comment = \"u\"),
            unique(name = \"own\", columns(c), deferrable = initially_deferred),
            check(name = \"small\", \"a < 9\", comment = \"k\"),
            exclude(using = gist, a with \"=\", during with \"&&\", where = \"b > 0\", \
                    deferrable = initially_deferred, comment = \"x\"),
            exclude(name = \"odd\", using = gist, \"int4range(a, b)\" with \"&&\", \
                    \"during\" range_ops with \"-|-\"),
            foreign_key(columns(a, b), references = auth::pairs(l, r), match = full, \
                        on_delete = set_null(b), on_update = cascade, comment = \"f\"),
         )]
         struct Item {
            id: i64, a: i32, b: Option<i32>,
            #[column(unique(nulls_not_distinct, deferrable))] c: Option<i32>,
            during: (Bound<i32>, Bound<i32>),
         }",
    );
    let unique = |name: &'static str, columns: &[&'static str], extras: Vec<Extra>| Unique {
        name: name.into(),
        columns: columns.iter().map(|column| (*column).into()).collect(),
        extras: extras.into(),
    };
    let (now, later) = (Deferrable::InitiallyImmediate, Deferrable::InitiallyDeferred);
    let comment = |text: &'static str| Extra::Comment(text.into());
    assert_eq!(
        table.uniques.to_vec(),
        [
            unique("items_c_key", &["c"], vec![Extra::NullsNotDistinct, Extra::Deferrable(now)]),
            unique(
                "items_a_b_key",
                &["a", "b"],
                vec![
                    Extra::Include(vec!["c".into()].into()),
                    Extra::NullsNotDistinct,
                    Extra::Deferrable(now),
                    comment("u"),
                ]
            ),
            unique("own", &["c"], vec![Extra::Deferrable(later)]),
        ]
    );
    assert_eq!(
        table.checks.to_vec(),
        [Check { name: "small".into(), expr: "a < 9".into(), extras: vec![comment("k")].into() }]
    );
    let excluded =
        |key: IndexKey, operator: &'static str| Excluded { key, operator: operator.into() };
    let column = |name: &'static str| IndexKey::column(name.into());
    let gist = Extra::Method("gist".into());
    let range_ops = vec![Extra::Opclass("range_ops".into())].into();
    assert_eq!(
        table.exclusions.to_vec(),
        [
            Exclusion {
                name: "items_a_during_excl".into(),
                elements: vec![excluded(column("a"), "="), excluded(column("during"), "&&")].into(),
                predicate: Some("b > 0".into()),
                extras: vec![gist.clone(), Extra::Deferrable(later), comment("x")].into(),
            },
            Exclusion {
                name: "odd".into(),
                elements: vec![
                    excluded(IndexKey::expression("int4range(a, b)".into()), "&&"),
                    excluded(IndexKey { extras: range_ops, ..column("during") }, "-|-"),
                ]
                .into(),
                predicate: None,
                extras: vec![gist].into(),
            },
        ]
    );
    let key = &table.foreign_keys[0];
    assert_eq!((key.on_delete, key.on_update), (Action::SetNull, Action::Cascade));
    let set = Extra::SetColumns(vec!["b".into()].into());
    assert_eq!(key.extras, vec![Extra::MatchFull, set, comment("f")].into());
}

#[test]
fn columns_say_the_rest() {
    let table = table(
        "#[model(hidden(name = \"search\", sql_type = Tsvector, \
                        generated = \"to_tsvector('simple', a)\", stored, \
                        index(using = gin)))]
         struct Item {
            id: i64,
            #[column(collation = \"C\", comment = \"c\", default = \"gen_random_uuid()::text\")]
            a: String,
            #[column(default = \"'{}'\")] tags: Vec<String>,
            #[column(default = \"'draft'\")] state: State,
            #[column(default = \"now()\")] at: DateTime<Utc>,
            #[column(generated = \"id * 2\", virtual)] twice: i64,
         }",
    );
    let [_, a, tags, state, at, twice, search] = &table.columns[..] else { panic!("seven") };
    assert_eq!(a.collation.as_deref(), Some("C"));
    assert_eq!(tags.default, Some("'{}'".into()));
    assert_eq!(state.default, Some("'draft'".into()));
    assert_eq!(at.default, Some("now()".into()));
    assert_eq!(twice.generated.as_ref().map(|it| it.storage), Some(Storage::Virtual));
    let tsvector = Custom { name: "Tsvector".into(), sql: "tsvector".into() };
    assert_eq!(search.sql_type, SqlType::Custom(tsvector));
    assert_eq!(table.indexes[0].extras, vec![Extra::Method("gin".into())].into());
}

#[test]
fn enums_and_newtypes_are_the_server_s() {
    let input = |source: &str| syn::parse_str::<DeriveInput>(source).unwrap();
    let state = db_enum(
        &input(
            "#[db_enum(name = \"OrderState\", schema = \"shop\", comment = \"c\", \
                       sql_type = crate::schema::sql_types::OrderState)]
             pub enum State { New, Old }",
        ),
        PG,
    );
    let state = state.ok().unwrap();
    assert_eq!(state.facts.place().to_string(), "shop.OrderState");
    assert_eq!(state.facts.comment.as_deref(), Some("c"));
    assert!(state.sql_type.is_some());
    let ty = |source: &str| {
        let item = db_type(&input(source), PG).ok().unwrap();
        item.resolve(|_| Ok(self::state())).unwrap()
    };
    assert_eq!(ty("pub struct Id(uuid::Uuid);"), pg(PgType::Uuid));
    assert_eq!(ty("pub struct Tags(Vec<String>);"), SqlType::array(SqlType::TEXT));
    assert_eq!(ty("pub struct States(Vec<State>);"), SqlType::array(self::state()));
    assert_eq!(
        ty("#[db_type(precision = 3)] pub struct At(DateTime<Utc>);"),
        pg(PgType::Timestamptz { precision: Some(3) })
    );
    let long = format!("pub enum State {{ #[db_enum(rename = \"{}\")] A }}", "x".repeat(64));
    assert!(db_enum(&input(&long), PG).is_err());
    assert!(db_enum(&input(&long), Dialect::Sqlite).is_ok());
}

#[test]
fn names_keep_their_case_and_their_length() {
    let table = table(
        "#[model(unique(a, b))] struct Item { id: i64, a: i32, #[column(sql_name = \"A\")] b: i32 }",
    );
    assert_eq!(table.uniques[0].name, "items_a_A_key");
    let long = "x".repeat(64);
    for source in [
        format!("#[model(sql_name = \"{long}\")] struct A {{ id: i64 }}"),
        format!("#[model(index(name = \"{long}\", columns(id)))] struct A {{ id: i64 }}"),
        format!("#[model(check(name = \"{long}\", \"id > 0\"))] struct A {{ id: i64 }}"),
        format!("struct A {{ id: i64, #[column(sql_name = \"{long}\")] b: i64 }}"),
        format!("#[model(schema = \"{long}\")] struct A {{ id: i64 }}"),
    ] {
        assert!(error(&source).contains("64 bytes"), "{source}");
    }
    let cut = format!("struct A {{ id: i64, #[column(unique)] {}: i64 }}", "y".repeat(63));
    let cut = self::table(&cut);
    assert_eq!(cut.uniques[0].name.len(), 63);
    assert!(cut.uniques[0].name.ends_with("_key"));
}

#[test]
fn mistakes_are_told() {
    let fields = |field: &str| format!("struct A {{ id: i64, b: String, {field} }}");
    let model = |attribute: &str| {
        format!("#[model({attribute})] struct A {{ id: i64, b: String, n: Option<i32> }}")
    };
    for (source, part) in [
        (fields("c: u64"), "the widest one is `i64`"),
        (fields("c: HashMap<String, String>"), "serde_json::Value"),
        (fields("c: std::net::IpAddr"), "ipnetwork::IpNetwork"),
        (fields("c: Vec<Vec<i32>>"), "list of lists"),
        (fields("c: Vec<(Bound<i32>, Bound<i32>)>"), "Int4multirange"),
        (fields("c: (Bound<u8>, Bound<u8>)"), "no range of this type"),
        (fields("c: (Bound<i32>, Bound<i64>)"), "have one type"),
        (fields("c: DateTime<FixedOffset>"), "from PostgreSQL"),
        (fields("#[column(sql_type = TimestamptzSqlite)] c: Stamp"), "on PostgreSQL"),
        (fields("#[column(sql_type = Range<Text>)] c: Span"), "no range of this type"),
        (fields("#[column(autoincrement)] c: i64"), "PostgreSQL has no `autoincrement`"),
        (fields("#[column(identity = allways)] c: i64"), "did you mean `always`"),
        (fields("#[column(identity = always)] c: String"), "only an integer column"),
        (fields("#[column(serial)] c: Option<i32>"), "is never NULL"),
        (fields("#[column(identity(start = 1, start = 2))] c: i32"), "given twice"),
        (fields("#[column(identity(stat = 1))] c: i32"), "did you mean `start`"),
        (fields("#[column(serial, default = 0)] c: i32"), "has no default"),
        (fields("#[column(serial, identity = none)] c: i32"), "contradict"),
        (fields("#[column(collation = \"NOCASE\")] c: String"), "Citext"),
        (fields("#[column(collation = \"c\")] c: String"), "did you mean `C`"),
        (fields("#[column(collation = \"C\")] c: i32"), "only text has a collation"),
        (fields("#[column(default = \"datetime('now')\")] c: NaiveDateTime"), "`now()`"),
        (fields("#[column(max_length = 3)] c: i32"), "only text has a `max_length`"),
        (fields("#[column(precision = 9)] c: DateTime<Utc>"), "at most 6 digits"),
        (fields("#[column(index(using = ginn))] c: i32"), "did you mean `gin`"),
        (fields("#[column(unique(using = hash))] c: i32"), "`index(…, unique)`"),
        (
            fields("#[column(references = bs::id, on_delete = set_null(c))] c: Option<i32>"),
            "that one",
        ),
        (
            fields(
                "#[column(generated = \"b\", stored)] c: String, \
                 #[column(generated = \"c\", stored)] d: String",
            ),
            "computed itself",
        ),
        (model("strict"), "PostgreSQL has no `strict`"),
        (model("without_rowid"), "PostgreSQL has no `without_rowid`"),
        (model("engine = \"x\""), "PostgreSQL has no `engine`"),
        (model("schema = \"two words\""), "cannot name the schema"),
        (model("schema = \"type\""), "cannot name the schema"),
        (model("schema = \"pg_own\""), "the server's own"),
        (model("index(b, using = gin, unique)"), "cannot be `unique`"),
        (model("index(b desc, using = gin)"), "has no order"),
        (model("index(b, n, using = hash)"), "has one key"),
        (model("index(b, using = gin, include(n))"), "carries no columns"),
        (model("index(b, nulls_not_distinct)"), "only a `unique` index"),
        (model("index(b dsec)"), "expected `asc`"),
        (model("index(b nulls frist)"), "`nulls first` or `nulls last`"),
        (model("index(b, include(z))"), "which is no column"),
        (model("index(b, deferrable)"), "`unique(…, deferrable)`"),
        (model("index(b, with(fillfactor))"), "`name = value`"),
        (model("unique(b desc)"), "has no order"),
        (model("exclude(using = gist)"), "during with"),
        (model("exclude(using = gist, z with \"=\")"), "which is no column"),
        (model("exclude(using = gist, b with \"equals\")"), "no operator"),
        (
            model("foreign_key(columns(n), references = bs(id), on_update = set_null(n))"),
            "for `on_delete` only",
        ),
        (
            model("foreign_key(columns(n), references = bs(id), on_delete = set_default(b))"),
            "no default to be set to",
        ),
        (
            model("foreign_key(columns(n), references = bs(id), on_delete = cascade(n))"),
            "only `set_null` and `set_default`",
        ),
        (
            model("foreign_key(columns(n), references = bs(id), match = partial)"),
            "none of `full`, `simple`",
        ),
        (
            model("unique(name = \"x\", columns(b)), check(name = \"x\", \"b <> ''\")"),
            "two constraints",
        ),
        (model("check(\"bb <> ''\")"), "no column of `as`"),
    ] {
        let errors = errors(&source);
        assert!(errors.iter().any(|it| it.contains(part)), "{source}: {part}: {errors:?}");
    }
}

#[test]
fn sqlite_has_none_of_it() {
    let told = |source: &str| -> Vec<String> {
        let input: DeriveInput = syn::parse_str(source).unwrap();
        let errors = model(&input, None, Dialect::Sqlite).err().unwrap_or_default();
        errors.iter().map(ToString::to_string).collect()
    };
    for attribute in [
        "schema = \"auth\"",
        "exclude(id with \"=\")",
        "with(fillfactor = 70)",
        "index(id, using = gin)",
        "index(id, include(id))",
        "index(id, nulls_not_distinct)",
        "unique(id, deferrable)",
        "check(\"id > 0\", comment = \"c\")",
        "foreign_key(columns(id), references = bs(id), match = full)",
        "foreign_key(columns(id), references = bs(id), on_delete = set_null(id))",
    ] {
        let errors = told(&format!("#[model({attribute})] struct A {{ id: i64 }}"));
        assert!(errors.iter().any(|it| it.contains("SQLite has no")), "{attribute}: {errors:?}");
    }
    for attribute in ["serial", "identity = always", "identity(always)"] {
        let errors = told(&format!("struct A {{ #[column({attribute})] id: i64 }}"));
        assert_eq!(errors.len(), 1, "{attribute}");
    }
}

const FILE: &str = "
    pub mod sql_types {
        #[derive(diesel::sql_types::SqlType)]
        #[diesel(postgres_type(name = \"state\"))]
        pub struct State;
    }
    pub mod auth {
        diesel::table! {
            use diesel::sql_types::*;
            use super::sql_types::State;
            auth.users (id) {
                id -> Int8,
                email -> Citext,
                #[max_length = 3]
                code -> Bpchar,
                #[max_length = 40]
                name -> Varchar,
                tags -> Array<Nullable<Text>>,
                states -> Nullable<Array<State>>,
                span -> Int4range,
                at -> Timestamptz,
                doc -> Json,
            }
        }
    }";

#[test]
fn a_file_of_the_application_is_read() {
    let file = SchemaFile::read("src/schema.rs", FILE, PG).unwrap();
    let input = |fields: &str| -> DeriveInput {
        syn::parse_str(&format!("struct User {{ {fields} }}")).unwrap()
    };
    let right = "id: i64, email: String, code: String, name: String, tags: Vec<Option<String>>, \
                 states: Option<Vec<State>>, span: (Bound<i32>, Bound<i32>), at: NaiveDateTime, \
                 doc: Value";
    let item = model(&input(right), Some(&file), PG).ok().unwrap();
    let table = item.resolve(|_| Ok(state()), |it| Ok(it.as_named())).unwrap();
    assert_eq!(table.place().to_string(), "auth.users");
    let types: Vec<&SqlType> = table.columns.iter().map(|column| &column.sql_type).collect();
    assert_eq!(
        types,
        [
            &SqlType::BigInt,
            &pg(PgType::Citext),
            &pg(PgType::Bpchar { length: Some(3) }),
            &SqlType::Text { max_length: Some(40) },
            &SqlType::array(SqlType::TEXT),
            &SqlType::array(state()),
            &pg(PgType::Range(RangeOf::Int4)),
            &TIMESTAMPTZ,
            &SqlType::Json,
        ]
    );
    for (from, to, part) in [
        ("Vec<Option<String>>", "Vec<String>", "is `Nullable<…>` in src/schema.rs"),
        ("email: String", "email: i32", "`Citext` in src/schema.rs"),
        ("Option<Vec<State>>", "Option<Vec<i32>>", "none of Diesel's types on PostgreSQL"),
    ] {
        let errors = model(&input(&right.replace(from, to)), Some(&file), PG).err().unwrap();
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert!(errors.iter().any(|it| it.contains(part)), "{to}: {errors:?}");
    }
}

#[test]
fn the_plain_column_stays_plain() {
    let table = table("struct A { id: i64, a: String }");
    assert_eq!(table.columns[1], Column::new("a".into(), SqlType::TEXT));
}

#[test]
fn what_an_old_server_has_not_is_told_with_the_setting() {
    let item = item(
        r#"#[model(unique(columns(name), nulls_not_distinct))]
        struct Item {
            id: i64,
            name: Option<String>,
            #[column(generated = "id * 2", virtual)]
            double: Option<i64>,
        }"#,
    );
    let told = |minimum| -> Vec<String> {
        item.too_new(minimum).iter().map(ToString::to_string).collect()
    };
    let old = told((12, 0, 0));
    assert!(old[0].contains("`nulls_not_distinct` needs PostgreSQL 15"), "{old:?}");
    assert!(old[1].contains("`virtual`") && old[1].contains("`minimum-server`"), "{old:?}");
    assert_eq!((old.len(), told((15, 2, 0)).len(), told((18, 0, 0)).len()), (2, 1, 0));
}
