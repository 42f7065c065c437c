//! What sources say, as facts.

use diesel_autogen_grammar::{Fact, ModelItem, db_enum, db_type, model, sketch};
use diesel_autogen_schema::{
    Action, Check, Column, Custom, Deferrable, Dialect, Enum, Extras, ForeignKey, Generated,
    Identity, Index, IndexKey, Label, Order, SqlType, Storage, Table, Unique,
};
use syn::DeriveInput;

fn item(source: &str) -> ModelItem {
    let input: DeriveInput = syn::parse_str(source).unwrap();
    model(&input, None, Dialect::Sqlite).unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn errors(source: &str) -> Vec<String> {
    let input: DeriveInput = syn::parse_str(source).unwrap();
    model(&input, None, Dialect::Sqlite)
        .err()
        .unwrap_or_default()
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// The table when `TeamId` is a BigInt and `State` an enum.
fn table(source: &str) -> Table {
    let types = |path: &syn::Path| match path.segments.last().unwrap().ident.to_string().as_str() {
        "TeamId" => Ok(SqlType::BigInt),
        "Name" => Ok(SqlType::Text { max_length: Some(9) }),
        "State" => Ok(state()),
        other => panic!("{other}"),
    };
    item(source).resolve(types, |reference| Ok(reference.as_named())).unwrap()
}

fn state() -> SqlType {
    let label = |name: &'static str| Label { name: name.into(), renamed_from: None };
    SqlType::Enum(Enum {
        name: "state".into(),
        labels: vec![label("draft"), label("sent")].into(),
        comment: None,
        schema: None,
    })
}

fn text(name: &'static str) -> Column {
    Column::new(name.into(), SqlType::Text { max_length: None })
}

#[test]
fn names_are_inferred_given_or_raw() {
    let inferred = item("struct FooBar { id: i64 }");
    assert_eq!(inferred.table.ident, "foo_bars");
    assert_eq!(inferred.table.sql_name, "foo_bars");
    let given = item(
        "#[diesel(table_name = crate::schema::r#type, check_for_backend(diesel::sqlite::Sqlite))]
         #[model(sql_name = \"two words\", renamed_from = \"one\", comment = \"c\")]
         struct Foo {
             id: i64,
             r#match: String,
             #[diesel(column_name = kind_)] #[column(sql_name = \"kind\")] kind: String,
             #[diesel(column_name = \"fn\")] function: String,
         }",
    );
    assert_eq!(given.table.ident.to_string(), "r#type");
    assert_eq!(given.facts.name, "two words");
    assert_eq!(given.facts.renamed_from.as_deref(), Some("one"));
    assert_eq!(given.facts.comment.as_deref(), Some("c"));
    let names: Vec<_> = given.columns.iter().map(|it| it.facts.name.to_string()).collect();
    assert_eq!(names, ["id", "match", "kind", "fn"]);
    let rust: Vec<_> = given.columns.iter().filter_map(|it| it.field.as_ref()).collect();
    let rust: Vec<_> = rust.iter().map(|it| it.column.to_string()).collect();
    assert_eq!(rust, ["id", "r#match", "kind_", "r#fn"]);
    let raw = item("struct Foo { id: i64 } ");
    assert_eq!(raw.table.sql_name, "foos");
    assert_eq!(item("#[diesel(table_name = r#type)] struct F { id: i64 }").facts.name, "type");
}

#[test]
fn every_column_fact_is_read() {
    let table = table(
        "struct Item {
            id: i64,
            #[column(default = \"lower('X')\", collation = \"NOCASE\", comment = \"c\")]
            a: String,
            #[column(default = -1_000, renamed_from = \"bb\", backfill = \"7\", using = \"b + 1\")]
            b: Option<i32>,
            #[column(default = true)] c: bool,
            #[column(default = 1.5)] d: f64,
            #[column(generated = \"b * 2\", stored)] e: i32,
            #[column(generated = \"b * 3\", virtual)] f: Option<i32>,
            #[column(max_length = 12)] g: String,
            #[column(precision = 10, scale = 2)] h: BigDecimal,
            #[column(sql_type = crate::Point, type_name = \"POINT\")] i: (f64, f64),
            #[column(sql_type = diesel::sql_types::Nullable<Timestamp>)] j: Stamp,
            #[diesel(deserialize_as = Option<String>)] k: Text,
            #[column(default = \"'draft'\")] l: State,
            #[column(max_length = 5)] m: Name,
         }",
    );
    let expected = [
        Column { identity: Some(Identity::ByDefault), ..Column::new("id".into(), SqlType::BigInt) },
        Column {
            default: Some("lower('X')".into()),
            collation: Some("NOCASE".into()),
            comment: Some("c".into()),
            ..text("a")
        },
        Column {
            nullable: true,
            default: Some("-1000".into()),
            renamed_from: Some("bb".into()),
            backfill: Some("7".into()),
            using: Some("b + 1".into()),
            ..Column::new("b".into(), SqlType::Integer)
        },
        Column { default: Some("TRUE".into()), ..Column::new("c".into(), SqlType::Bool) },
        Column { default: Some("1.5".into()), ..Column::new("d".into(), SqlType::Double) },
        Column {
            generated: Some(Generated { expr: "b * 2".into(), storage: Storage::Stored }),
            ..Column::new("e".into(), SqlType::Integer)
        },
        Column {
            nullable: true,
            generated: Some(Generated { expr: "b * 3".into(), storage: Storage::Virtual }),
            ..Column::new("f".into(), SqlType::Integer)
        },
        Column::new("g".into(), SqlType::Text { max_length: Some(12) }),
        Column::new("h".into(), SqlType::Numeric { precision: Some(10), scale: Some(2) }),
        Column::new(
            "i".into(),
            SqlType::Custom(Custom { name: "Point".into(), sql: "POINT".into() }),
        ),
        Column { nullable: true, ..Column::new("j".into(), SqlType::TIMESTAMP) },
        Column { nullable: true, ..text("k") },
        Column { default: Some("'draft'".into()), ..Column::new("l".into(), state()) },
        Column::new("m".into(), SqlType::Text { max_length: Some(5) }),
    ];
    assert_eq!(table.columns.to_vec(), expected);
}

#[test]
fn constraints_are_read_from_fields_and_struct() {
    let table = table(
        "#[diesel(primary_key(a, b))]
         #[model(
            strict, without_rowid,
            index(a, c),
            index(name = \"odd\", on = \"lower(c), d desc\", unique, where = \"d IS NOT NULL\"),
            index(columns(d desc, \"hid den\")),
            unique(c, d), unique(name = \"own\", columns(d)),
            check(name = \"small\", \"a < 9\"),
            foreign_key(columns(a, b), references = crate::x::pairs(l, r), on_update = cascade),
            hidden(name = \"hid den\", sql_type = Text, nullable, index, unique)
         )]
         struct Item {
            a: i64,
            #[column(references = teams::id, on_delete = restrict, deferrable = initially_deferred)]
            b: i64,
            #[column(unique, index(name = \"by_c\", desc), check = \"c <> ''\")] c: String,
            d: Option<i32>,
         }",
    );
    let key = |name: &'static str, is_column, order| IndexKey {
        expr: name.into(),
        is_column,
        order,
        extras: Extras::NONE,
    };
    let names = |names: &[&'static str]| names.iter().map(|it| (*it).into()).collect::<Vec<_>>();
    assert_eq!(table.primary_key.to_vec(), names(&["a", "b"]));
    assert!(table.strict && table.without_rowid);
    let unique = |name: &'static str, columns: &[&'static str]| Unique {
        name: name.into(),
        columns: names(columns).into(),
        extras: Extras::NONE,
    };
    assert_eq!(
        table.uniques.to_vec(),
        [
            unique("items_c_key", &["c"]),
            unique("items_hid den_key", &["hid den"]),
            unique("items_c_d_key", &["c", "d"]),
            unique("own", &["d"]),
        ]
    );
    let index = |name: &'static str, keys: Vec<IndexKey>| Index {
        name: name.into(),
        keys: keys.into(),
        unique: false,
        predicate: None,
        extras: Extras::NONE,
    };
    assert_eq!(
        table.indexes.to_vec(),
        [
            index("by_c", vec![key("c", true, Order::Desc)]),
            index("items_hid den_idx", vec![key("hid den", true, Order::Asc)]),
            index("items_a_c_idx", vec![key("a", true, Order::Asc), key("c", true, Order::Asc)]),
            Index {
                unique: true,
                predicate: Some("d IS NOT NULL".into()),
                ..index(
                    "odd",
                    vec![key("lower(c)", false, Order::Asc), key("d", true, Order::Desc)]
                )
            },
            index(
                "items_d_hid den_idx",
                vec![key("d", true, Order::Desc), key("hid den", true, Order::Asc)]
            ),
        ]
    );
    let check = |name: &'static str, expr: &'static str| Check {
        name: name.into(),
        expr: expr.into(),
        extras: Extras::NONE,
    };
    assert_eq!(table.checks.to_vec(), [check("items_c_check", "c <> ''"), check("small", "a < 9")]);
    assert_eq!(
        table.foreign_keys.to_vec(),
        [
            ForeignKey {
                name: "items_b_fkey".into(),
                columns: names(&["b"]).into(),
                table: "teams".into(),
                references: names(&["id"]).into(),
                on_delete: Action::Restrict,
                on_update: Action::NoAction,
                deferrable: Deferrable::InitiallyDeferred,
                extras: Extras::NONE,
                schema: None
            },
            ForeignKey {
                name: "items_a_b_fkey".into(),
                columns: names(&["a", "b"]).into(),
                table: "pairs".into(),
                references: names(&["l", "r"]).into(),
                on_delete: Action::NoAction,
                on_update: Action::Cascade,
                deferrable: Deferrable::No,
                extras: Extras::NONE,
                schema: None
            },
        ]
    );
}

#[test]
fn only_a_lone_integer_key_is_generated() {
    let identity = |source: &str| table(source).columns[0].identity;
    assert_eq!(identity("struct A { id: i32 }"), Some(Identity::ByDefault));
    assert_eq!(identity("struct A { id: TeamId }"), Some(Identity::ByDefault));
    assert_eq!(
        identity("struct A { #[column(autoincrement)] id: TeamId }"),
        Some(Identity::Autoincrement)
    );
    assert_eq!(identity("struct A { #[column(identity = none)] id: i64 }"), None);
    assert_eq!(identity("struct A { id: String }"), None);
    assert_eq!(identity("struct A { id: Name }"), None);
    assert_eq!(identity("#[model(without_rowid)] struct A { id: i64 }"), None);
    assert_eq!(identity("struct A { #[column(references = bs::id)] id: i64 }"), None);
    assert_eq!(identity("#[diesel(primary_key(id, b))] struct A { id: i64, b: i64 }"), None);
}

#[test]
fn types_of_the_user_s_stay_open() {
    let item = item("struct A { id: i64, state: crate::x::State, team: Option<TeamId> }");
    let open: Vec<_> = item
        .columns
        .iter()
        .map(|column| column.ty.named().map_or(0, |path| path.segments.len()))
        .collect();
    assert_eq!(open, [0, 3, 1]);
    let unknown = |path: &syn::Path| Err(syn::Error::new_spanned(path.get_ident(), "unknown"));
    let found = item.resolve(unknown, |reference| Ok(reference.as_named()));
    assert_eq!(found.unwrap_err().len(), 2, "every unknown type is told");
}

#[test]
fn a_default_must_be_one_of_the_labels() {
    let item = item("struct A { id: i64, #[column(default = \"'daft'\")] state: State }");
    let errors = item.resolve(|_| Ok(state()), |it| Ok(it.as_named())).unwrap_err();
    assert_eq!(
        errors[0].to_string(),
        "default `'daft'` is none of the labels: did you mean `draft`?"
    );
}

#[test]
fn facts_know_where_they_are_declared() {
    let source =
        "#[model(check(\"a > 0\"))]\nstruct Item {\n  id: i64,\n  #[column(unique)]\n  a: i64,\n}";
    let item = item(source);
    let line = |fact: Fact| item.spans.of(&fact).start().line;
    assert_eq!(line(Fact::Table), 2);
    assert_eq!(line(Fact::Column("a".to_owned())), 5);
    assert_eq!(line(Fact::Unique("items_a_key".to_owned())), 5);
    assert_eq!(line(Fact::Check("items_check".to_owned())), 2);
    assert_eq!(line(Fact::Column("gone".to_owned())), 2);
}

#[test]
fn every_mistake_is_told_and_a_sketch_is_still_made() {
    let source = "#[model(strct, index(nmae))]
        struct Item { id: i64, name: u64, #[column(defalt = \"0\")] b: String, items: String }";
    assert_eq!(
        errors(source),
        [
            "`strct` is no key of `#[model(…)]`: did you mean `strict`?",
            "Diesel maps `u64` to no SQLite type (the widest one is `i64`); name another with \
             `#[column(sql_type = …)]`, or wrap it in a newtype with `#[derive(DbType)]`",
            "`defalt` is no key of `#[column(…)]`: did you mean `default`?",
            "the index names `nmae`, which is no column of `items`: did you mean `name`?",
            "Diesel allows no column called like its table: call it `items_` with \
             `#[diesel(column_name = items_)]` and `#[column(sql_name = \"items\")]`",
        ]
    );
    let item = sketch(&syn::parse_str(source).unwrap(), None, Dialect::Sqlite).unwrap();
    let names: Vec<_> = item.columns.iter().map(|it| it.facts.name.to_string()).collect();
    assert_eq!(names, ["id", "name", "b"]);
}

#[test]
fn enums_and_newtypes() {
    let of = |source: &str| {
        db_enum(&syn::parse_str(source).unwrap(), Dialect::Sqlite).ok().unwrap().facts
    };
    let facts = of("#[db_enum(name = \"s\", rename_all = \"SCREAMING_SNAKE_CASE\")]
        pub enum State { NewDraft, #[db_enum(rename = \"x y\", renamed_from = \"z\")] Old }");
    assert_eq!(facts.name, "s");
    let labels: Vec<_> =
        facts.labels.iter().map(|it| (&*it.name, it.renamed_from.as_deref())).collect();
    assert_eq!(labels, [("NEW_DRAFT", None), ("x y", Some("z"))]);
    let facts = of("pub enum OrderState { InCart, r#Done }");
    assert_eq!(
        (&*facts.name, &*facts.labels[0].name, &*facts.labels[1].name),
        ("order_state", "in_cart", "done")
    );
    let ty = |source: &str| {
        let item = db_type(&syn::parse_str(source).unwrap(), Dialect::Sqlite).ok().unwrap();
        item.resolve(|_| Ok(SqlType::Text { max_length: Some(3) })).unwrap()
    };
    assert_eq!(ty("pub struct Id(i64);"), SqlType::BigInt);
    assert_eq!(ty("pub struct Code(Inner);"), SqlType::Text { max_length: Some(3) });
    assert_eq!(
        ty("#[db_type(sql_type = Numeric, precision = 4)] pub struct Price(Money);"),
        SqlType::Numeric { precision: Some(4), scale: None }
    );
}
