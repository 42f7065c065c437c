use diesel_autogen_schema::{OwnPlace, Unmanaged, UnmanagedKind, Use, Used};

use super::{live, server};

fn place(name: &str) -> OwnPlace {
    let (schema, name) = match name.split_once('/') {
        Some((schema, name)) => (Some(schema.to_owned().into()), name),
        None => (None, name),
    };
    OwnPlace { schema, name: name.to_owned().into() }
}

fn object(kind: UnmanagedKind, name: &str, table: Option<&str>) -> Unmanaged {
    Unmanaged { kind, place: place(name), table: table.map(place), text: "".into() }
}

/// Something of every kind, in the way of a person who knows them all.
const EVERYTHING: &str = r#"
    CREATE EXTENSION hstore; CREATE EXTENSION citext; CREATE EXTENSION pg_trgm;
    CREATE SCHEMA app;
    CREATE TYPE mood AS ENUM ('sad', 'happy');
    CREATE DOMAIN email AS citext CHECK (VALUE ~ '@');
    CREATE DOMAIN feeling AS mood;
    CREATE TYPE app.pair AS (a int, m mood);
    CREATE TYPE app.span AS RANGE (subtype = float8);
    CREATE COLLATION german (locale = 'C');
    CREATE SEQUENCE app.numbers;
    CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL, mood mood, notes text, part int);
    CREATE TABLE plain (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
    CREATE TABLE parent (a int, b text);
    CREATE TABLE child (c mood) INHERITS (parent);
    CREATE TABLE app.log (at date NOT NULL, who int REFERENCES users, m mood) PARTITION BY RANGE (at);
    CREATE TABLE app.log_2024 PARTITION OF app.log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    CREATE INDEX log_at ON app.log (at);
    CREATE VIEW names AS SELECT id, name FROM users WHERE mood = 'happy';
    CREATE VIEW app.of_names AS SELECT name FROM names;
    CREATE VIEW grouped AS SELECT id, notes, count(*) FROM users GROUP BY id;
    CREATE MATERIALIZED VIEW counts AS SELECT part, count(*) FROM users GROUP BY part;
    CREATE UNIQUE INDEX counts_part ON counts (part);
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE FUNCTION app."odd name"(a int, m mood, VARIADIC rest text[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE PROCEDURE clean() LANGUAGE sql AS '';
    CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int);
    CREATE FUNCTION full_name(u users) RETURNS text LANGUAGE sql AS 'SELECT u.name';
    CREATE TRIGGER touched BEFORE UPDATE OF notes ON users FOR EACH ROW WHEN (OLD.part > 1) EXECUTE FUNCTION touch();
    CREATE TRIGGER instead INSTEAD OF INSERT ON names FOR EACH ROW EXECUTE FUNCTION touch();
    CREATE TRIGGER logged BEFORE INSERT ON app.log FOR EACH ROW EXECUTE FUNCTION touch();
    ALTER TABLE users ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON users USING (part = 1);
    CREATE RULE keep AS ON DELETE TO plain DO INSTEAD NOTHING;
    CREATE STATISTICS together ON name, notes FROM users;
    CREATE TEXT SEARCH CONFIGURATION app.search (COPY = simple);
    CREATE TEXT SEARCH DICTIONARY words (TEMPLATE = simple);
    CREATE FUNCTION same(mood, mood) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
    CREATE OPERATOR === (LEFTARG = mood, RIGHTARG = mood, FUNCTION = same);
    CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing;
    CREATE FOREIGN TABLE far (a int, m mood) SERVER nowhere;
    CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
    CREATE EVENT TRIGGER watching ON sql_drop EXECUTE FUNCTION watch();
    CREATE PUBLICATION news FOR TABLE plain;
    CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY, run_on timestamp);
    CREATE TABLE __diesel_autogen_new_users (id int PRIMARY KEY);
    CREATE TRIGGER theirs BEFORE UPDATE ON __diesel_schema_migrations FOR EACH ROW EXECUTE FUNCTION touch();
    CREATE FUNCTION diesel_manage_updated_at(_tbl regclass) RETURNS void AS $$ BEGIN
        EXECUTE format('CREATE TRIGGER set_updated_at BEFORE UPDATE ON %s FOR EACH ROW EXECUTE PROCEDURE diesel_set_updated_at()', _tbl);
    END; $$ LANGUAGE plpgsql;
    CREATE FUNCTION diesel_set_updated_at() RETURNS trigger AS $$ BEGIN RETURN NEW; END; $$ LANGUAGE plpgsql;
    SELECT diesel_manage_updated_at('plain');
"#;

#[test]
fn what_no_fact_models_is_told_and_nothing_else() {
    use UnmanagedKind as Kind;
    let Some(server) = server() else { return };
    let live = live(&server, EVERYTHING);
    let mut expected = vec![
        object(Kind::View, "app/of_names", None),
        object(Kind::View, "grouped", None),
        object(Kind::View, "names", None),
        object(Kind::MaterializedView, "counts", None),
        object(Kind::PartitionedTable, "app/log", None),
        object(Kind::Partition, "app/log_2024", None),
        object(Kind::InheritingTable, "child", None),
        object(Kind::ForeignTable, "far", None),
        object(Kind::Trigger, "app/logged", Some("app/log")),
        object(Kind::Trigger, "instead", Some("names")),
        object(Kind::Trigger, "set_updated_at", Some("plain")),
        object(Kind::Trigger, "touched", Some("users")),
        object(Kind::Policy, "own", Some("users")),
        object(Kind::Rule, "keep", Some("plain")),
        object(Kind::Function, "app/odd name(a integer, m mood, VARIADIC rest text[])", None),
        object(Kind::Function, "clean()", None),
        object(Kind::Function, "full_name(u users)", None),
        object(Kind::Function, "same(mood, mood)", None),
        object(Kind::Function, "total(integer)", None),
        object(Kind::Function, "touch()", None),
        object(Kind::Function, "watch()", None),
        object(Kind::Domain, "email", None),
        object(Kind::Domain, "feeling", None),
        object(Kind::Composite, "app/pair", None),
        object(Kind::Range, "app/span", None),
        object(Kind::Sequence, "app/numbers", None),
        object(Kind::Statistics, "together", None),
        object(Kind::Collation, "german", None),
        object(Kind::TextSearch, "app/search", None),
        object(Kind::TextSearch, "words", None),
        object(Kind::Operator, "===", None),
        object(Kind::EventTrigger, "watching", None),
        object(Kind::Publication, "news", None),
    ];
    expected.sort();
    let mute = |it: Unmanaged| Unmanaged { text: "".into(), ..it };
    let found: Vec<Unmanaged> = live.pg.unmanaged.iter().cloned().map(mute).collect();
    assert_eq!(found, expected);
    // Of these the server writes nothing.
    let silent = live.pg.unmanaged.iter().filter(|it| it.text.is_empty());
    let silent: Vec<&str> = silent.map(|it| it.kind.name()).collect();
    assert_eq!(silent, ["text search object", "text search object", "operator"]);
    let tables: Vec<&str> = live.schema.tables.iter().map(|it| &*it.name).collect();
    assert_eq!(tables, ["parent", "plain", "users"]);
    let ours = live.pg.names.iter().find(|it| it.name.contains("__diesel"));
    assert_eq!(ours, None);
    let theirs = live.pg.names.iter().find(|it| it.name.contains("hstore"));
    assert_eq!(theirs, None);
}

#[test]
fn what_rests_on_what_models_can_own_is_told() {
    use UnmanagedKind as Kind;
    let Some(server) = server() else { return };
    let live = live(&server, EVERYTHING);
    let column = |table: &str, name: &str| Used::Column(place(table), name.to_owned().into());
    let mood = || Used::Type(place("mood"));
    let uses = |of: Used, kind: Kind, by: &str| Use { of, kind, by: place(by) };
    let mut expected = vec![
        uses(column("users", "id"), Kind::View, "names"),
        uses(column("users", "name"), Kind::View, "names"),
        uses(column("users", "mood"), Kind::View, "names"),
        uses(mood(), Kind::View, "names"),
        uses(column("users", "id"), Kind::View, "grouped"),
        uses(column("users", "notes"), Kind::View, "grouped"),
        uses(Used::Constraint(place("users"), "users_pkey".into()), Kind::View, "grouped"),
        uses(column("users", "part"), Kind::MaterializedView, "counts"),
        uses(column("users", "notes"), Kind::Trigger, "touched"),
        uses(column("users", "part"), Kind::Trigger, "touched"),
        uses(column("users", "part"), Kind::Policy, "own"),
        uses(Used::Table(place("users")), Kind::Function, "full_name(u users)"),
        uses(mood(), Kind::Function, "app/odd name(a integer, m mood, VARIADIC rest text[])"),
        uses(mood(), Kind::Function, "same(mood, mood)"),
        uses(mood(), Kind::Operator, "==="),
        uses(mood(), Kind::Domain, "feeling"),
        uses(mood(), Kind::Composite, "app/pair"),
        uses(mood(), Kind::InheritingTable, "child"),
        uses(Used::Table(place("parent")), Kind::InheritingTable, "child"),
        uses(mood(), Kind::ForeignTable, "far"),
        uses(mood(), Kind::PartitionedTable, "app/log"),
        uses(mood(), Kind::Partition, "app/log_2024"),
        uses(column("users", "id"), Kind::PartitionedTable, "app/log"),
        uses(column("users", "id"), Kind::Partition, "app/log_2024"),
        uses(Used::Index(place("users_pkey")), Kind::PartitionedTable, "app/log"),
        uses(Used::Index(place("users_pkey")), Kind::Partition, "app/log_2024"),
        uses(column("users", "name"), Kind::Statistics, "together"),
        uses(column("users", "notes"), Kind::Statistics, "together"),
        uses(Used::Table(place("plain")), Kind::Publication, "news"),
    ];
    expected.sort();
    for it in &live.pg.uses {
        assert!(expected.contains(it), "told: {it:?}");
    }
    for it in &expected {
        assert!(live.pg.uses.contains(it), "not told: {it:?}");
    }
    assert_eq!(live.pg.uses, expected);
}

#[test]
fn an_empty_database_has_nothing() {
    let Some(server) = server() else { return };
    let live = live(&server, "CREATE EXTENSION citext; CREATE EXTENSION ltree;");
    assert!(live.schema.tables.is_empty());
    assert_eq!(live.schema.extensions[..], ["citext", "ltree"]);
    let extensions = live.schema.extensions.clone();
    let mut nothing = super::live(&server, "SELECT 1");
    nothing.schema.extensions = extensions;
    assert_eq!(live, nothing);
    assert!(live.pg.unmanaged.is_empty() && live.pg.names.is_empty(), "{:?}", live.pg);
}

#[test]
fn what_a_function_of_sql_reads_is_told() {
    let Some(server) = server() else { return };
    let mut scratch = server.scratch().unwrap();
    let sql = "CREATE TABLE t (a int, b int);
        CREATE FUNCTION most() RETURNS int RETURN (SELECT max(a) FROM t);
        CREATE FUNCTION all_of() RETURNS SETOF t LANGUAGE sql BEGIN ATOMIC SELECT * FROM t; END;";
    if scratch.execute(sql, true).is_err() {
        return; // Since release 14.
    }
    let uses = |of: Used, by: &str| Use { of, kind: UnmanagedKind::Function, by: place(by) };
    let column = |name: &'static str| Used::Column(place("t"), name.into());
    let mut expected = vec![
        uses(column("a"), "most()"),
        uses(column("a"), "all_of()"),
        uses(column("b"), "all_of()"),
        uses(Used::Table(place("t")), "all_of()"),
    ];
    expected.sort();
    assert_eq!(scratch.live().unwrap().pg.uses, expected);
}
