use diesel_autogen_database::Server;
use diesel_autogen_database::postgres::{Connection, catalogue_dump};
use diesel_autogen_database::{Dump, Scratch};

use super::{made, server};

/// The two dumps: of `pg_dump` where it is there, and of the catalogue.
fn dumps(server: &Server, sql: &str) -> [Dump; 2] {
    let mut scratch = made(server, sql);
    [scratch.dump().unwrap(), of_catalogue(&mut scratch)]
}

pub(super) fn of_catalogue(scratch: &mut Scratch) -> Dump {
    let url = scratch.postgres().unwrap().url();
    let conn = <diesel::PgConnection as diesel::Connection>::establish(&url).unwrap();
    catalogue_dump(&mut Connection::from(conn)).unwrap()
}

const ONE: &str = "
    CREATE TYPE mood AS ENUM ('sad', 'happy');
    CREATE TABLE p (a int PRIMARY KEY, b text NOT NULL DEFAULT 'x,
y', c mood, CONSTRAINT small CHECK (a < 10), UNIQUE (b, c));
    CREATE INDEX i ON p (lower(b)) WHERE a > 1;
    CREATE TABLE q (id serial PRIMARY KEY, p int REFERENCES p ON DELETE CASCADE);
    CREATE VIEW v AS SELECT a, b FROM p;
    COMMENT ON COLUMN p.a IS 'it; \"is\"';";

#[test]
fn the_order_of_columns_and_statements_makes_no_difference() {
    let Some(server) = server() else { return };
    let other = "
        CREATE TYPE mood AS ENUM ('sad', 'happy');
        CREATE TABLE q (p int, id serial);
        CREATE TABLE p (c mood, dropped int, b text, a int);
        ALTER TABLE p DROP COLUMN dropped, ALTER b SET NOT NULL, ALTER b SET DEFAULT 'x,
y', ADD CONSTRAINT p_b_c_key UNIQUE (b, c), ADD CONSTRAINT small CHECK (a < 10);
        COMMENT ON COLUMN p.a IS 'it; \"is\"';
        ALTER TABLE p ADD PRIMARY KEY (a);
        ALTER TABLE q ADD PRIMARY KEY (id), ADD FOREIGN KEY (p) REFERENCES p ON DELETE CASCADE;
        CREATE VIEW v AS SELECT a, b FROM p;
        CREATE INDEX i ON p (lower(b)) WHERE a > 1;
        CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY);";
    assert_eq!(dumps(&server, ONE), dumps(&server, other));
}

#[test]
fn every_difference_is_seen() {
    let Some(server) = server() else { return };
    let one = dumps(&server, ONE);
    for more in [
        "ALTER TABLE p ALTER b DROP DEFAULT",
        "ALTER TABLE p ALTER b DROP NOT NULL",
        "ALTER TABLE q ALTER p TYPE bigint",
        "ALTER TABLE p ADD e varchar(80)",
        "ALTER TABLE p ADD e text COLLATE \"POSIX\"",
        "ALTER TABLE p ADD d int",
        "ALTER TABLE p ADD d int GENERATED ALWAYS AS (a + 1) STORED",
        "ALTER TABLE p DROP CONSTRAINT small",
        "ALTER TABLE p DROP CONSTRAINT small; ALTER TABLE p ADD CONSTRAINT small CHECK (a < 10) NOT VALID",
        "ALTER TABLE p RENAME CONSTRAINT small TO little",
        "ALTER TABLE p SET (fillfactor = 50)",
        "ALTER TABLE q SET UNLOGGED",
        "ALTER TABLE p ALTER b SET DEFAULT 'x'",
        "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'",
        "DROP INDEX i",
        "DROP INDEX i; CREATE INDEX i ON p (lower(b))",
        "DROP INDEX i; CREATE UNIQUE INDEX i ON p (lower(b)) WHERE a > 1",
        "ALTER TABLE q DROP CONSTRAINT q_p_fkey; ALTER TABLE q ADD FOREIGN KEY (p) REFERENCES p",
        "ALTER SEQUENCE q_id_seq INCREMENT BY 2",
        "ALTER SEQUENCE q_id_seq OWNED BY NONE",
        "CREATE SEQUENCE s",
        "CREATE SCHEMA x",
        "DROP VIEW v; CREATE VIEW v AS SELECT b, a FROM p",
        "COMMENT ON COLUMN p.a IS 'it'",
        "COMMENT ON TYPE mood IS 'it'",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END';
         CREATE TRIGGER t BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION f()",
        "CREATE DOMAIN d AS int CHECK (VALUE > 1)",
        "CREATE TYPE pair AS (a int, b int)",
        "CREATE POLICY y ON p USING (a > 1)",
        "CREATE EXTENSION citext",
    ] {
        let other = dumps(&server, &format!("{ONE} {more}"));
        assert_ne!(one[0], other[0], "{more}");
        assert_ne!(one[1], other[1], "{more}");
    }
}

#[test]
fn a_dump_of_the_catalogue_reads_like_sql() {
    let Some(server) = server() else { return };
    let [_, dump] = dumps(&server, ONE);
    let text = dump.to_string();
    for line in [
        "ALTER TABLE public.p ADD CONSTRAINT small CHECK ((a < 10));",
        "CREATE TYPE public.mood AS ENUM 'sad', 'happy';",
        "CREATE INDEX i ON public.p USING btree (lower(b)) WHERE (a > 1);",
        "CREATE TABLE public.q (\n    id integer NOT NULL DEFAULT nextval('public.q_id_seq'::regclass),\n    p integer\n);",
        "COMMENT ON table column public.p.a IS 'it; \"is\"';",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}
