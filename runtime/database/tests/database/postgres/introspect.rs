use diesel_autogen_schema::{
    Action, Check, Column, Custom, Deferrable, Enum, Excluded, Exclusion, Expr, Extra, Extras,
    ForeignKey, Generated, Identity, Index, IndexKey, Label, Order, OwnPlace, PgType, RangeOf,
    SqlType, Storage, Table, Text, Unique,
};

use super::{live, made, server, table};

fn column(name: &'static str, sql_type: SqlType) -> Column {
    Column::new(name.into(), sql_type)
}

fn nullable(name: &'static str, sql_type: SqlType) -> Column {
    Column { nullable: true, ..column(name, sql_type) }
}

fn custom(name: &'static str, sql: &'static str) -> SqlType {
    SqlType::Custom(Custom { name: name.into(), sql: sql.into() })
}

fn plain(name: &'static str) -> OwnPlace {
    OwnPlace { schema: None, name: name.into() }
}

fn labels(names: &[&'static str]) -> Vec<Label> {
    names.iter().map(|name| Label { name: (*name).into(), renamed_from: None }).collect()
}

fn texts(names: &[&'static str]) -> diesel_autogen_schema::List<Text> {
    names.iter().map(|name| Text::from(*name)).collect()
}

#[test]
fn every_type_is_read() {
    let Some(server) = server() else { return };
    let text = |max_length| SqlType::Text { max_length };
    let numeric = |precision, scale| SqlType::Numeric { precision, scale };
    let stamptz = |precision| SqlType::Pg(PgType::Timestamptz { precision });
    let mood = || {
        let mut of = Enum::new("Mood", labels(&["sad", "it's ok", "Happy"]));
        of.schema = Some("other".into());
        of.comment = Some("how it goes".into());
        SqlType::Enum(of)
    };
    let expected = [
        ("smallint", SqlType::SmallInt),
        ("integer", SqlType::Integer),
        ("bigint", SqlType::BigInt),
        ("real", SqlType::Float),
        ("double precision", SqlType::Double),
        ("numeric", numeric(None, None)),
        ("numeric(12)", numeric(Some(12), None)),
        ("numeric(12, 3)", numeric(Some(12), Some(3))),
        ("numeric(1000, 999)", numeric(Some(1000), Some(999))),
        ("boolean", SqlType::Bool),
        ("text", SqlType::TEXT),
        ("varchar", SqlType::Pg(PgType::Varchar)),
        ("varchar(120)", text(Some(120))),
        ("char", SqlType::Pg(PgType::Bpchar { length: Some(1) })),
        ("char(3)", SqlType::Pg(PgType::Bpchar { length: Some(3) })),
        ("bpchar", custom("Bpchar", "bpchar")),
        ("bytea", SqlType::Binary),
        ("date", SqlType::Date),
        ("time", SqlType::TIME),
        ("time(3)", SqlType::Time { precision: Some(3) }),
        ("timetz", custom("TimeWithTimeZone", "time with time zone")),
        ("timestamp", SqlType::TIMESTAMP),
        ("timestamp(0)", SqlType::Timestamp { precision: Some(0) }),
        ("timestamptz", stamptz(None)),
        ("timestamptz(6)", stamptz(Some(6))),
        ("interval", SqlType::Pg(PgType::Interval)),
        ("interval day to second(2)", custom("IntervalDayToSecond", "interval day to second(2)")),
        ("json", SqlType::Json),
        ("jsonb", SqlType::Jsonb),
        ("uuid", SqlType::Pg(PgType::Uuid)),
        ("inet", SqlType::Pg(PgType::Inet)),
        ("cidr", SqlType::Pg(PgType::Cidr)),
        ("macaddr", SqlType::Pg(PgType::MacAddr)),
        ("macaddr8", SqlType::Pg(PgType::MacAddr8)),
        ("money", SqlType::Pg(PgType::Money)),
        ("oid", SqlType::Pg(PgType::Oid)),
        ("pg_lsn", SqlType::Pg(PgType::PgLsn)),
        ("\"char\"", SqlType::Pg(PgType::CChar)),
        ("int4range", SqlType::Pg(PgType::Range(RangeOf::Int4))),
        ("int8range", SqlType::Pg(PgType::Range(RangeOf::Int8))),
        ("numrange", SqlType::Pg(PgType::Range(RangeOf::Num))),
        ("tsrange", SqlType::Pg(PgType::Range(RangeOf::Ts))),
        ("tstzrange", SqlType::Pg(PgType::Range(RangeOf::Tstz))),
        ("daterange", SqlType::Pg(PgType::Range(RangeOf::Date))),
        ("tstzmultirange", SqlType::Pg(PgType::Multirange(RangeOf::Tstz))),
        ("text[]", SqlType::array(SqlType::TEXT)),
        ("varchar(5)[]", SqlType::array(text(Some(5)))),
        ("numeric(5, 2)[]", SqlType::array(numeric(Some(5), Some(2)))),
        ("timestamptz(3)[][]", SqlType::array(stamptz(Some(3)))),
        ("citext", SqlType::Pg(PgType::Citext)),
        ("citext[]", SqlType::array(SqlType::Pg(PgType::Citext))),
        ("ltree", custom("Ltree", "ltree")),
        ("tsvector", custom("Tsvector", "tsvector")),
        ("bit varying(8)", custom("BitVarying", "bit varying(8)")),
        ("int2vector", custom("Int2vector", "int2vector")),
        ("positive", custom("Positive", "positive")),
        ("other.\"an address\"", custom("AnAddress", "other.\"an address\"")),
        ("other.span", custom("Span", "other.span")),
        ("other.\"Mood\"", mood()),
        ("other.\"Mood\"[]", SqlType::array(mood())),
    ];
    let columns: Vec<String> =
        expected.iter().enumerate().map(|(at, (sql, _))| format!("c{at:02} {sql}")).collect();
    let live = live(
        &server,
        &format!(
            "CREATE EXTENSION citext; CREATE EXTENSION ltree; CREATE SCHEMA other;
             CREATE TYPE other.\"Mood\" AS ENUM ('sad', 'Happy');
             ALTER TYPE other.\"Mood\" ADD VALUE 'it''s ok' BEFORE 'Happy';
             COMMENT ON TYPE other.\"Mood\" IS 'how it goes';
             CREATE TYPE unused AS ENUM ();
             CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
             CREATE TYPE other.\"an address\" AS (street text, town text);
             CREATE TYPE other.span AS RANGE (subtype = float8);
             CREATE TABLE t ({});",
            columns.join(", ")
        ),
    );
    let found = &live.schema.tables[0].columns;
    assert_eq!(found.len(), expected.len());
    for (column, (sql, sql_type)) in found.iter().zip(&expected) {
        assert_eq!(column.sql_type, *sql_type, "{sql}");
        assert_eq!(
            (column.nullable, &column.default, &column.extras),
            (true, &None, &Extras::NONE)
        );
    }
    let SqlType::Enum(mood) = mood() else { unreachable!("it is one") };
    assert_eq!(live.pg.enums, [Enum::new("unused", vec![]), mood]);
    assert_eq!(live.pg.schemas, ["other"]);
    assert_eq!(live.schema.extensions[..], ["citext", "ltree"]);
    let multirange = OwnPlace { schema: Some("other".into()), name: "span_multirange".into() };
    assert!(live.pg.names.contains(&multirange));
    for name in ["t", "positive", "unused"] {
        assert!(live.pg.names.contains(&plain(name)), "{name}");
    }
}

#[test]
fn a_scale_below_zero_is_a_type_of_its_own() {
    let Some(server) = server() else { return };
    let mut scratch = server.scratch().unwrap();
    if scratch.execute("CREATE TABLE t (a numeric(5, -2))", true).is_err() {
        return; // Release 14 and before have none.
    }
    let live = scratch.live().unwrap();
    assert_eq!(live.schema.tables[0].columns[0].sql_type, custom("Numeric", "numeric(5,-2)"));
}

#[test]
fn keys_that_the_database_makes_up_are_told_apart() {
    let Some(server) = server() else { return };
    let live = live(
        &server,
        "CREATE SEQUENCE loose;
         CREATE SEQUENCE mine AS bigint;
         CREATE TABLE \"my users\" (
            a serial, b bigserial, c smallserial,
            d int GENERATED ALWAYS AS IDENTITY,
            e bigint GENERATED BY DEFAULT AS IDENTITY (START WITH 100 INCREMENT BY 10 MINVALUE 100 MAXVALUE 1000 CACHE 5 CYCLE),
            f int GENERATED BY DEFAULT AS IDENTITY (INCREMENT BY -1),
            g int GENERATED BY DEFAULT AS IDENTITY (START WITH 5),
            h int DEFAULT nextval('loose'),
            i bigint DEFAULT nextval('mine'),
            j serial, k serial);
         ALTER SEQUENCE mine OWNED BY \"my users\".i;
         ALTER TABLE \"my users\" ALTER j SET DEFAULT 7;
         ALTER TABLE \"my users\" ALTER k DROP NOT NULL;
         ALTER SEQUENCE \"my users_k_seq\" INCREMENT BY 2;",
    );
    let with = |name, sql_type, identity, extras: Vec<Extra>| Column {
        identity: Some(identity),
        extras: extras.into(),
        ..column(name, sql_type)
    };
    let (int, big) = (SqlType::Integer, SqlType::BigInt);
    let expected = [
        with("a", int.clone(), Identity::Serial, vec![]),
        with("b", big.clone(), Identity::Serial, vec![]),
        with("c", SqlType::SmallInt, Identity::Serial, vec![]),
        with("d", int.clone(), Identity::Always, vec![]),
        with(
            "e",
            big.clone(),
            Identity::ByDefault,
            vec![
                Extra::Increment(10),
                Extra::Least(100),
                Extra::Greatest(1000),
                Extra::Cache(5),
                Extra::Cycle,
            ],
        ),
        with("f", int.clone(), Identity::ByDefault, vec![Extra::Increment(-1)]),
        with("g", int.clone(), Identity::ByDefault, vec![Extra::Start(5)]),
        Column { default: Some("nextval('loose'::regclass)".into()), ..nullable("h", int.clone()) },
        Column { nullable: true, ..with("i", big, Identity::Serial, vec![]) },
        Column { default: Some("7".into()), ..column("j", int.clone()) },
        Column { nullable: true, ..with("k", int, Identity::Serial, vec![Extra::Increment(2)]) },
    ];
    assert_eq!(live.schema.tables[0].columns[..], expected);
    let odd: Vec<_> = live.pg.sequences.iter().collect();
    assert_eq!(odd, [(&(plain("my users"), Text::from("i")), &plain("mine"))]);
}

#[test]
fn columns_are_read_with_all_that_is_said_of_them() {
    let Some(server) = server() else { return };
    let table = table(
        &server,
        "CREATE SCHEMA shop;
         CREATE TYPE state AS ENUM ('new', 'sold');
         CREATE COLLATION shop.numeric (provider = icu, locale = 'en-u-kn-true');
         CREATE TABLE shop.\"Order\" (
            \"Größe \"\"x\" int NOT NULL DEFAULT 3,
            code text COLLATE \"C\" DEFAULT 'a''b',
            natural_code text COLLATE shop.numeric,
            made timestamptz NOT NULL DEFAULT now(),
            state state DEFAULT 'new',
            tags text[] DEFAULT '{}',
            price numeric(10, 2), amount int,
            total numeric GENERATED ALWAYS AS (price * amount) STORED,
            gone int,
            PRIMARY KEY (code, \"Größe \"\"x\"));
         ALTER TABLE shop.\"Order\" DROP COLUMN gone;
         COMMENT ON TABLE shop.\"Order\" IS 'what was ''ordered''';
         COMMENT ON COLUMN shop.\"Order\".code IS 'printed';
         ALTER TABLE shop.\"Order\" SET (fillfactor = 70, autovacuum_enabled = false);",
    );
    let state = SqlType::Enum(Enum::new("state", labels(&["new", "sold"])));
    let numeric = SqlType::Numeric { precision: None, scale: None };
    let mut expected = Table::new("Order".into());
    expected.schema = Some("shop".into());
    expected.primary_key = texts(&["code", "Größe \"x"]);
    expected.comment = Some("what was 'ordered'".into());
    expected.extras = vec![
        Extra::With("fillfactor".into(), "70".into()),
        Extra::With("autovacuum_enabled".into(), "false".into()),
    ]
    .into();
    expected.columns = vec![
        Column {
            default: Some("'a''b'::text".into()),
            collation: Some("C".into()),
            comment: Some("printed".into()),
            ..column("code", SqlType::TEXT)
        },
        Column { default: Some("3".into()), ..column("Größe \"x", SqlType::Integer) },
        nullable("amount", SqlType::Integer),
        Column {
            default: Some("now()".into()),
            ..column("made", SqlType::Pg(PgType::Timestamptz { precision: None }))
        },
        Column {
            collation: Some("\"shop\".\"numeric\"".into()),
            ..nullable("natural_code", SqlType::TEXT)
        },
        nullable("price", SqlType::Numeric { precision: Some(10), scale: Some(2) }),
        Column { default: Some("'new'::state".into()), ..nullable("state", state) },
        Column {
            default: Some("'{}'::text[]".into()),
            ..nullable("tags", SqlType::array(SqlType::TEXT))
        },
        Column {
            generated: Some(Generated {
                expr: "price * (amount)::numeric".into(),
                storage: Storage::Stored,
            }),
            ..nullable("total", numeric)
        },
    ]
    .into();
    assert_eq!(table, expected);
}

#[test]
fn rules_are_read() {
    let Some(server) = server() else { return };
    let live = live(
        &server,
        "CREATE EXTENSION btree_gist;
         CREATE SCHEMA auth;
         CREATE TABLE auth.accounts (id int, part int, email text UNIQUE, PRIMARY KEY (id, part),
            CONSTRAINT later UNIQUE (part) INCLUDE (email) WITH (fillfactor = 50) DEFERRABLE INITIALLY DEFERRED);
         CREATE TABLE rooms (
            id int CONSTRAINT rooms_key PRIMARY KEY, account int, part int, during tsrange, owner int,
            CONSTRAINT positive CHECK (id > 0 AND owner <> id),
            CONSTRAINT plain FOREIGN KEY (account, part) REFERENCES auth.accounts,
            CONSTRAINT full_key FOREIGN KEY (account, part) REFERENCES auth.accounts (id, part)
                MATCH FULL ON DELETE CASCADE ON UPDATE RESTRICT DEFERRABLE,
            CONSTRAINT self FOREIGN KEY (owner) REFERENCES rooms ON DELETE SET DEFAULT
                ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED,
            CONSTRAINT apart EXCLUDE USING gist (owner WITH =, during WITH &&) WHERE (owner > 0) DEFERRABLE,
            CONSTRAINT one_each EXCLUDE (abs(owner) WITH =));
         ALTER TABLE rooms ADD CONSTRAINT young CHECK (part < 10) NOT VALID;
         ALTER TABLE rooms ADD CONSTRAINT unseen FOREIGN KEY (part) REFERENCES rooms NOT VALID;
         COMMENT ON CONSTRAINT positive ON rooms IS 'no zero';
         COMMENT ON CONSTRAINT self ON rooms IS 'who pays';",
    );
    let [rooms, accounts] = &live.schema.tables[..] else { panic!("{:#?}", live.schema) };
    assert_eq!(
        accounts.uniques[..],
        [
            Unique {
                name: "accounts_email_key".into(),
                columns: texts(&["email"]),
                extras: Extras::NONE
            },
            Unique {
                name: "later".into(),
                columns: texts(&["part"]),
                extras: vec![
                    Extra::Include(texts(&["email"])),
                    Extra::With("fillfactor".into(), "50".into()),
                    Extra::Deferrable(Deferrable::InitiallyDeferred),
                ]
                .into(),
            },
        ]
    );
    let check = |name: &'static str, expr: &'static str, extras: Vec<Extra>| Check {
        name: name.into(),
        expr: expr.into(),
        extras: extras.into(),
    };
    assert_eq!(
        rooms.checks[..],
        [
            check("positive", "(id > 0) AND (owner <> id)", vec![Extra::Comment("no zero".into())]),
            check("young", "part < 10", vec![]),
        ]
    );
    let key = |name: &'static str, columns: &[&'static str], extras: Vec<Extra>| ForeignKey {
        name: name.into(),
        columns: texts(columns),
        schema: Some("auth".into()),
        table: "accounts".into(),
        references: texts(&["id", "part"]),
        on_delete: Action::NoAction,
        on_update: Action::NoAction,
        deferrable: Deferrable::No,
        extras: extras.into(),
    };
    assert_eq!(
        rooms.foreign_keys[..],
        [
            ForeignKey {
                on_delete: Action::Cascade,
                on_update: Action::Restrict,
                deferrable: Deferrable::InitiallyImmediate,
                ..key("full_key", &["account", "part"], vec![Extra::MatchFull])
            },
            key("plain", &["account", "part"], vec![]),
            ForeignKey {
                schema: None,
                table: "rooms".into(),
                references: texts(&["id"]),
                on_delete: Action::SetDefault,
                on_update: Action::SetNull,
                deferrable: Deferrable::InitiallyDeferred,
                ..key("self", &["owner"], vec![Extra::Comment("who pays".into())])
            },
            ForeignKey {
                schema: None,
                table: "rooms".into(),
                references: texts(&["id"]),
                ..key("unseen", &["part"], vec![])
            },
        ]
    );
    let element = |key, operator: &'static str| Excluded { key, operator: operator.into() };
    assert_eq!(
        rooms.exclusions[..],
        [
            Exclusion {
                name: "apart".into(),
                elements: vec![
                    element(IndexKey::column("owner".into()), "="),
                    element(IndexKey::column("during".into()), "&&"),
                ]
                .into(),
                predicate: Some("owner > 0".into()),
                extras: vec![
                    Extra::Method("gist".into()),
                    Extra::Deferrable(Deferrable::InitiallyImmediate)
                ]
                .into(),
            },
            Exclusion {
                name: "one_each".into(),
                elements: vec![element(IndexKey::expression("abs(owner)".into()), "=")].into(),
                predicate: None,
                extras: Extras::NONE,
            },
        ]
    );
    assert!(rooms.indexes.is_empty() && rooms.uniques.is_empty(), "{rooms:#?}");
    let not_valid = [(plain("rooms"), "unseen".into()), (plain("rooms"), "young".into())];
    assert_eq!(live.pg.not_valid, not_valid);
    let keys: Vec<_> = live.pg.keys.into_iter().collect();
    assert_eq!(keys, [(plain("rooms"), "rooms_key".into())]);
}

#[test]
fn a_reference_to_a_table_with_partitions_is_one() {
    let Some(server) = server() else { return };
    let table = table(
        &server,
        "CREATE TABLE log (at date PRIMARY KEY) PARTITION BY RANGE (at);
         CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
         CREATE TABLE log_2 PARTITION OF log DEFAULT;
         CREATE TABLE t (at date REFERENCES log);",
    );
    let [key] = &table.foreign_keys[..] else { panic!("{:#?}", table.foreign_keys) };
    assert_eq!((&*key.table, &key.references[..]), ("log", &texts(&["at"])[..]));
}

#[test]
fn the_columns_that_are_set_and_nulls_that_count_are_read_where_the_server_has_them() {
    let Some(server) = server() else { return };
    let mut scratch = server.scratch().unwrap();
    let sql = "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b));
        CREATE TABLE t (a int, b int, UNIQUE NULLS NOT DISTINCT (a),
            FOREIGN KEY (a, b) REFERENCES p ON DELETE SET NULL (b));
        CREATE UNIQUE INDEX one ON t (b) NULLS NOT DISTINCT;";
    if scratch.execute(sql, true).is_err() {
        return; // Since release 15.
    }
    let live = scratch.live().unwrap();
    let t = live.schema.table("t").unwrap();
    assert_eq!(t.uniques[0].extras, vec![Extra::NullsNotDistinct].into());
    assert_eq!(t.indexes[0].extras, vec![Extra::NullsNotDistinct].into());
    assert_eq!(t.foreign_keys[0].on_delete, Action::SetNull);
    assert_eq!(t.foreign_keys[0].extras, vec![Extra::SetColumns(texts(&["b"]))].into());
}

#[test]
fn indexes_are_read() {
    let Some(server) = server() else { return };
    let mut scratch = made(
        &server,
        "CREATE SCHEMA ext; CREATE EXTENSION pg_trgm SCHEMA ext; CREATE EXTENSION ltree;
         CREATE TABLE t (a int, b text, c jsonb, d text COLLATE \"C\", e timestamptz, p ltree, tags text[], v varchar(9));
         CREATE INDEX i01 ON t (a);
         CREATE INDEX i02 ON t (a DESC, b NULLS FIRST, e DESC NULLS LAST);
         CREATE UNIQUE INDEX i03 ON t (lower(b), (a + 1), d) WHERE a > 0 AND b IS NOT NULL;
         CREATE INDEX i04 ON t USING gin (c jsonb_path_ops);
         CREATE INDEX i05 ON t USING gin (b ext.gin_trgm_ops, tags);
         CREATE INDEX i06 ON t USING gist (p gist_ltree_ops (siglen = 100));
         CREATE INDEX i07 ON t USING hash (b);
         CREATE INDEX i08 ON t USING brin (e) WITH (pages_per_range = 32);
         CREATE INDEX i09 ON t (b COLLATE \"C\" text_pattern_ops, d COLLATE \"default\") INCLUDE (a, e);
         CREATE INDEX i10 ON t (v varchar_pattern_ops DESC) WITH (fillfactor = 80, deduplicate_items = off);
         CREATE INDEX \"I 11\" ON t (v);
         COMMENT ON INDEX \"I 11\" IS 'for \"search\"';",
    );
    let live = scratch.live().unwrap();
    let key = |name: &'static str, order, extras: Vec<Extra>| IndexKey {
        order,
        extras: extras.into(),
        ..IndexKey::column(name.into())
    };
    let asc = |name| key(name, Order::Asc, vec![]);
    let class = |name: &'static str| Extra::Opclass(name.into());
    let index = |name: &'static str, keys: Vec<IndexKey>, extras: Vec<Extra>| Index {
        name: name.into(),
        keys: keys.into(),
        unique: false,
        predicate: None,
        extras: extras.into(),
    };
    let method = |name: &'static str| Extra::Method(name.into());
    let with = |name: &'static str, value: &'static str| Extra::With(name.into(), value.into());
    let expected = [
        index("I 11", vec![asc("v")], vec![Extra::Comment("for \"search\"".into())]),
        index("i01", vec![asc("a")], vec![]),
        index(
            "i02",
            vec![
                key("a", Order::Desc, vec![]),
                key("b", Order::Asc, vec![Extra::NullsFirst]),
                key("e", Order::Desc, vec![Extra::NullsLast]),
            ],
            vec![],
        ),
        Index {
            unique: true,
            predicate: Some(Expr::from("(a > 0) AND (b IS NOT NULL)")),
            ..index(
                "i03",
                vec![
                    IndexKey::expression("lower(b)".into()),
                    IndexKey::expression("a + 1".into()),
                    asc("d"),
                ],
                vec![],
            )
        },
        index(
            "i04",
            vec![key("c", Order::Asc, vec![class("jsonb_path_ops")])],
            vec![method("gin")],
        ),
        index(
            "i05",
            vec![key("b", Order::Asc, vec![class("ext.gin_trgm_ops")]), asc("tags")],
            vec![method("gin")],
        ),
        index(
            "i06",
            vec![key("p", Order::Asc, vec![class("gist_ltree_ops(siglen='100')")])],
            vec![method("gist")],
        ),
        index("i07", vec![asc("b")], vec![method("hash")]),
        index("i08", vec![asc("e")], vec![method("brin"), with("pages_per_range", "32")]),
        index(
            "i09",
            vec![
                key("b", Order::Asc, vec![Extra::Collate("C".into()), class("text_pattern_ops")]),
                key("d", Order::Asc, vec![Extra::Collate("default".into())]),
            ],
            vec![Extra::Include(texts(&["a", "e"]))],
        ),
        index(
            "i10",
            vec![key("v", Order::Desc, vec![class("varchar_pattern_ops")])],
            vec![with("fillfactor", "80"), with("deduplicate_items", "off")],
        ),
    ];
    for (found, expected) in live.schema.tables[0].indexes.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(live.schema.tables[0].indexes.len(), expected.len());
    assert!(live.pg.names.contains(&plain("I 11")));
}

#[test]
fn an_index_that_was_never_finished_is_none_but_keeps_its_name() {
    let Some(server) = server() else { return };
    let mut scratch = made(&server, "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1);");
    scratch.execute("CREATE UNIQUE INDEX CONCURRENTLY one ON t (a)", false).unwrap_err();
    let live = scratch.live().unwrap();
    assert!(live.schema.tables[0].indexes.is_empty());
    assert!(live.pg.names.contains(&plain("one")));
}

#[test]
fn names_in_expressions_are_told_as_they_are_found_by_anybody() {
    let Some(server) = server() else { return };
    // Whatever the role or the database has set, what is read is the same.
    let sql = "CREATE SCHEMA auth;
        CREATE FUNCTION clean(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';
        CREATE FUNCTION auth.clean(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';
        CREATE FUNCTION lower(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';
        CREATE TABLE t (a text DEFAULT public.clean('x'), b text DEFAULT auth.clean('x'), c text DEFAULT public.lower('x'));";
    let mut scratch = made(&server, sql);
    let one = scratch.live().unwrap();
    let defaults: Vec<_> = one.schema.tables[0]
        .columns
        .iter()
        .map(|it| it.default.as_ref().unwrap().as_str().to_owned())
        .collect();
    assert_eq!(defaults, ["clean('x'::text)", "auth.clean('x'::text)", "public.lower('x'::text)"]);
    scratch.execute("SET search_path = auth, public", false).unwrap();
    assert_eq!(scratch.live().unwrap(), one);
    let path = scratch.rows("SHOW search_path").unwrap();
    assert_eq!(path[0][0].as_text(), Some("auth, public"), "the setting of the session is its own");
}

#[test]
fn the_number_of_queries_does_not_depend_on_the_number_of_tables() {
    let Some(_) = server() else { return };
    let count = |tables: usize| {
        let own = diesel_autogen_database::testing::postgres().unwrap();
        let mut database = own.open();
        let mut sql = String::new();
        for at in 0..tables {
            sql.push_str(&format!(
                "CREATE TABLE t{at} (id serial PRIMARY KEY, a text UNIQUE, b int REFERENCES t{at});
                 CREATE INDEX ON t{at} (a); CREATE VIEW v{at} AS SELECT a FROM t{at};"
            ));
        }
        let conn = database.postgres().unwrap();
        diesel::connection::SimpleConnection::batch_execute(conn, &sql).unwrap();
        let queries = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let seen = queries.clone();
        diesel::Connection::set_instrumentation(
            conn,
            move |event: diesel::connection::InstrumentationEvent<'_>| {
                if let diesel::connection::InstrumentationEvent::StartQuery { .. } = event {
                    seen.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                }
            },
        );
        assert_eq!(database.live().unwrap().schema.tables.len(), tables);
        queries.load(std::sync::atomic::Ordering::Relaxed)
    };
    let (few, many) = (count(1), count(60));
    assert_eq!(few, many);
    assert!(few <= 12, "{few}");
}
