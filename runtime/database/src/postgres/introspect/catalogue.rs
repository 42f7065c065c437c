//! What the server remembers of tables: a constant number of queries, whatever there is.
//!
//! Everything is asked for under `search_path = public`, so that the server itself writes names
//! as they are written where it looks first: without a schema in `public` and in its own
//! catalogue, unless another thing of that name would be found before, and with one elsewhere.

use diesel::pg::PgConnection;
use diesel::sql_types::Integer;
use diesel::{QueryableByName, RunQueryDsl};
use diesel_autogen_schema::names::FOLLOWING;

use super::row::{Column, Constraint, Index, Named, Relation, Sequence, Type};
use crate::Error;
use crate::postgres::connection::told;
use crate::postgres::standing::Standing;

/// Schemas of nobody but the server.
const OWN: &str = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

/// What came with the server has lesser identifiers than anything that was made since: an index
/// finds the rest, where a name has to be looked at one by one.
const MADE: &str = ">= 16384";

/// All that was asked.
pub(super) struct Catalogue {
    pub(super) relations: Vec<Relation>,
    pub(super) columns: Vec<Column>,
    pub(super) sequences: Vec<Sequence>,
    pub(super) constraints: Vec<Constraint>,
    pub(super) indexes: Vec<Index>,
    pub(super) types: Vec<Type>,
    pub(super) others: Vec<super::others::Other>,
    pub(super) uses: Vec<super::others::Dependency>,
    pub(super) named: Vec<Named>,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Integer)]
    number: i32,
}

impl Catalogue {
    /// Asks for everything, inside a transaction that sees one state.
    pub(super) fn read(conn: &mut PgConnection) -> Result<Catalogue, Error> {
        // A setting that lasts as long as the transaction.
        let version: Vec<Version> = load(
            conn,
            "the server's release",
            "SELECT current_setting('server_version_num')::int AS number, \
             set_config('search_path', 'public', true)",
        )?;
        let version = version.first().map_or(0, |it| it.number);
        Ok(Catalogue {
            relations: load(conn, "the tables", &relations())?,
            columns: load(conn, "the columns", &columns())?,
            sequences: load(conn, "the sequences", &sequences())?,
            constraints: load(conn, "the constraints", &constraints(version))?,
            indexes: load(conn, "the indexes", &indexes(version))?,
            types: load(conn, "the types", &types())?,
            others: load(conn, "the other objects", &super::others::others(version))?,
            uses: load(conn, "what rests on what", &super::others::dependencies())?,
            named: load(conn, "the schemas and extensions", &named())?,
        })
    }
}

fn load<T: QueryableByName<diesel::pg::Pg> + 'static>(
    conn: &mut PgConnection,
    what: &str,
    sql: &str,
) -> Result<Vec<T>, Error> {
    Standing(sql)
        .load(conn)
        .map_err(|error| Error::Query { what: what.to_owned(), reason: told(&error) })
}

/// Whether an object came with an extension.
pub(super) fn of_extension(class: &str, oid: &str) -> String {
    format!(
        "EXISTS (SELECT FROM pg_depend e WHERE e.classid = '{class}'::regclass AND e.objid = {oid} \
         AND e.deptype = 'e')"
    )
}

/// The remark on an object: functions that look one up cost more than all the rest.
fn described(class: &str, oid: &str, column: &str) -> String {
    format!(
        "LEFT JOIN pg_description y ON y.objoid = {oid} AND y.classoid = '{class}'::regclass \
         AND y.objsubid = {column}"
    )
}

/// How a collation is spelled: by its name, and as SQL where that does not do.
fn collation(of: &str) -> String {
    format!(
        "CASE WHEN pg_collation_is_visible({of}.oid) THEN {of}.collname::text \
         ELSE (SELECT format('\"%s\".\"%s\"', replace(s.nspname, '\"', '\"\"'), \
         replace({of}.collname, '\"', '\"\"')) \
         FROM pg_namespace s WHERE s.oid = {of}.collnamespace) END"
    )
}

fn relations() -> String {
    format!(
        "SELECT c.oid, n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind, \
         c.relispartition AS partition, \
         EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = c.oid) AS inherits, \
         {} AS of_extension, coalesce(c.reloptions, '{{}}') AS parameters, \
         y.description AS comment, {} AS settings, {} AS followers, {} AS bodies \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace {} \
         WHERE c.oid {MADE} AND c.relkind <> 't' AND {OWN} ORDER BY n.nspname, c.relname",
        of_extension("pg_class", "c.oid"),
        super::text::SETTINGS,
        followers("g.tgname::text"),
        followers("p.prosrc"),
        described("pg_class", "c.oid", "0"),
    )
}

/// Something of each trigger of a table that keeps a column as another one says.
fn followers(what: &str) -> String {
    format!(
        "CASE WHEN c.relhastriggers THEN ARRAY(SELECT {what} \
         FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid \
         WHERE g.tgrelid = c.oid AND NOT g.tgisinternal AND g.tgenabled = 'O' \
         AND left(g.tgname::text, {}) = '{FOLLOWING}' ORDER BY g.tgname) ELSE '{{}}' END",
        FOLLOWING.len()
    )
}

fn columns() -> String {
    let collation = collation("o");
    let described = described("pg_class", "a.attrelid", "a.attnum");
    format!(
        "SELECT a.attrelid AS relation, a.attnum AS number, a.attname::text AS name, \
         a.attnotnull AS required, coalesce(e.oid, t.oid) AS type_oid, \
         coalesce(e.typname, t.typname)::text AS type_name, \
         coalesce(e.typnamespace, t.typnamespace) = 'pg_catalog'::regnamespace \
         AS type_is_builtin, e.oid IS NOT NULL AS is_array, a.atttypmod AS modifier, \
         format_type(coalesce(e.oid, t.oid), a.atttypmod) AS type_text, \
         pg_get_expr(d.adbin, d.adrelid) AS expr, a.attgenerated::text AS generated, \
         a.attidentity::text AS identity, \
         CASE WHEN a.attcollation <> t.typcollation THEN (SELECT {collation} \
         FROM pg_collation o WHERE o.oid = a.attcollation) END AS collation, \
         y.description AS comment \
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid \
         LEFT JOIN pg_type e ON e.oid = t.typelem AND e.typarray = t.oid \
         LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum {described} \
         WHERE a.attrelid {MADE} AND c.relkind IN ('r', 'p') AND a.attnum > 0 \
         AND NOT a.attisdropped AND {OWN} ORDER BY a.attrelid, a.attnum"
    )
}

fn sequences() -> String {
    "SELECT s.seqrelid AS oid, d.refobjid AS relation, d.refobjsubid::int2 AS number, \
     s.seqrelid::regclass::text AS shown, t.typlen AS size, s.seqstart AS start, \
     s.seqincrement AS increment, s.seqmin AS least, s.seqmax AS greatest, s.seqcache AS cache, \
     s.seqcycle AS cycle \
     FROM pg_sequence s JOIN pg_type t ON t.oid = s.seqtypid \
     JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid \
     AND d.objsubid = 0 AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 \
     AND d.deptype IN ('a', 'i') ORDER BY s.seqrelid"
        .to_owned()
}

fn constraints(version: i32) -> String {
    let set_columns =
        if version >= 150_000 { "coalesce(o.confdelsetcols, '{}')" } else { "'{}'::int2[]" };
    let enforced =
        if version >= 180_000 { "o.convalidated AND o.conenforced" } else { "o.convalidated" };
    // A reference to a table with partitions has another behind it for each of them.
    let own = "(o.contype <> 'f' OR o.conparentid = 0)";
    format!(
        "SELECT o.oid, o.conrelid AS relation, o.conname::text AS name, o.contype::text AS kind, \
         o.condeferrable AS deferrable, o.condeferred AS deferred, {enforced} AS validated, \
         coalesce(o.conkey, '{{}}') AS columns, o.conindid AS index, o.confrelid AS target, \
         coalesce(o.confkey, '{{}}') AS references, o.confupdtype::text AS on_update, \
         o.confdeltype::text AS on_delete, o.confmatchtype::text AS matching, \
         {set_columns} AS set_columns, pg_get_expr(o.conbin, o.conrelid) AS expr, \
         ARRAY(SELECT CASE WHEN pg_operator_is_visible(p.oid) THEN p.oprname::text \
         ELSE 'OPERATOR(' || p.oprnamespace::regnamespace::text || '.' || p.oprname || ')' END \
         FROM unnest(o.conexclop) WITH ORDINALITY AS x (oid, place) \
         JOIN pg_operator p ON p.oid = x.oid ORDER BY x.place) AS operators, \
         y.description AS comment \
         FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace {} \
         WHERE o.conrelid {MADE} AND o.contype IN ('p', 'u', 'c', 'f', 'x') AND {own} AND {OWN} \
         ORDER BY o.conrelid, o.conname",
        described("pg_constraint", "o.oid", "0"),
    )
}

fn indexes(version: i32) -> String {
    let distinct = if version >= 150_000 { "i.indnullsnotdistinct" } else { "false" };
    format!(
        "WITH i AS (SELECT i.*, x.relname, x.relam, x.reloptions FROM pg_index i \
         JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace WHERE i.indrelid {MADE} AND {OWN}), k AS ({}) \
         SELECT i.indexrelid AS oid, i.indrelid AS relation, i.relname::text AS name, \
         m.amname::text AS method, i.indisunique AS unique, {distinct} AS nulls_not_distinct, \
         i.indisvalid AS valid, \
         pg_indexam_has_property(m.oid, 'can_order') AS ordered, i.indkey::int2[] AS columns, \
         i.indoption::int2[] AS options, k.exprs, k.classes, k.collations, \
         pg_get_expr(i.indpred, i.indrelid) AS predicate, \
         coalesce(i.reloptions, '{{}}') AS parameters, \
         y.description AS comment \
         FROM i JOIN k ON k.indexrelid = i.indexrelid JOIN pg_am m ON m.oid = i.relam {} \
         ORDER BY i.indrelid, i.relname",
        keys(),
        described("pg_class", "i.indexrelid", "0"),
    )
}

/// The keys of every index, in lists.
fn keys() -> String {
    let collation = collation("l");
    // Parameters of an operator class lie with the column of the index since release 13.
    format!(
        "SELECT i.indexrelid, array_agg(CASE WHEN i.indkey[k.at - 1] <> 0 THEN '' \
         ELSE pg_get_indexdef(i.indexrelid, k.at, false) END ORDER BY k.at) AS exprs, \
         array_agg(CASE WHEN p.opcdefault AND a.attoptions IS NULL THEN '' \
         ELSE CASE WHEN pg_opclass_is_visible(p.oid) THEN quote_ident(p.opcname) \
         ELSE p.opcnamespace::regnamespace::text || '.' || quote_ident(p.opcname) END \
         || coalesce((SELECT '(' || string_agg(split_part(o, '=', 1) || '=' \
         || quote_literal(substr(o, strpos(o, '=') + 1)), ', ') || ')' \
         FROM unnest(a.attoptions) AS o), '') END ORDER BY k.at) AS classes, \
         array_agg(CASE WHEN coalesce(l.oid, 0) IN (0, coalesce(b.attcollation, t.typcollation)) \
         THEN '' ELSE {collation} END ORDER BY k.at) AS collations \
         FROM i CROSS JOIN LATERAL generate_series(1, i.indnkeyatts) AS k (at) \
         JOIN pg_opclass p ON p.oid = i.indclass[k.at - 1] \
         JOIN pg_attribute a ON a.attrelid = i.indexrelid AND a.attnum = k.at \
         JOIN pg_type t ON t.oid = a.atttypid \
         LEFT JOIN pg_attribute b ON b.attrelid = i.indrelid AND b.attrelid {MADE} \
         AND b.attnum = i.indkey[k.at - 1] AND b.attnum <> 0 \
         LEFT JOIN pg_collation l ON l.oid = i.indcollation[k.at - 1] GROUP BY i.indexrelid"
    )
}

fn types() -> String {
    format!(
        "SELECT t.oid, t.typarray AS array, n.nspname::text AS schema, t.typname::text AS name, \
         t.typtype::text AS kind, t.typrelid AS relation, \
         ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid \
         ORDER BY e.enumsortorder) AS labels, y.description AS comment, {} AS text \
         FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace {} \
         WHERE t.oid {MADE} AND t.typtype IN ('e', 'd', 'c', 'r', 'm') AND {OWN} AND NOT {} \
         ORDER BY n.nspname, t.typname",
        super::text::typed(),
        described("pg_type", "t.oid", "0"),
        of_extension("pg_type", "t.oid"),
    )
}

fn named() -> String {
    format!(
        "SELECT 'schema' AS kind, n.nspname::text AS name FROM pg_namespace n \
         WHERE n.nspname <> 'public' AND {OWN} AND NOT {} \
         UNION ALL SELECT 'extension', extname::text FROM pg_extension \
         WHERE extname <> 'plpgsql' ORDER BY 1, 2",
        of_extension("pg_namespace", "n.oid"),
    )
}
