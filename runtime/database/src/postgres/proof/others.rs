//! What a database holds that is no fact, as text: two databases that differ in it differ here.

use std::collections::BTreeSet;

use diesel_autogen_schema::{OwnPlace, PUBLIC, Text};

use super::super::Scratch;
use crate::Error;

/// Something that is no fact.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Other {
    /// What it is, for people: `view`.
    pub(super) kind: String,
    /// Its name, for people.
    pub(super) name: String,
    /// The table that it hangs on.
    pub(super) table: Option<OwnPlace>,
    /// The column that it hangs on.
    pub(super) column: Option<String>,
    /// Everything about it.
    pub(super) text: String,
}

/// Objects that extensions brought and those of the system. Those that came with the server have lesser
/// identifiers than 16384, too, which an index finds.
const FOREIGN: &str = "nspname IN ('pg_catalog', 'information_schema', 'pg_toast') \
    OR nspname LIKE 'pg\\_temp\\_%' OR nspname LIKE 'pg\\_toast\\_temp\\_%'";

/// Everything that is no fact.
pub(super) fn others(scratch: &mut Scratch) -> Result<BTreeSet<Other>, Error> {
    let rows = scratch.standing(&format!(
        "WITH ours AS (SELECT oid, nspname::text FROM pg_namespace WHERE NOT ({FOREIGN})), \
         brought AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e') \
         SELECT kind, name, nspname, relname, attname, text FROM ({}) AS found",
        [VIEWS, TRIGGERS, FUNCTIONS, POLICIES, RULES, TYPES, TABLES, COLUMNS, SEQUENCES]
            .join(" UNION ALL ")
    ))?;
    let other = |row: &Vec<crate::Value>| {
        let text = |at: usize| row[at].as_text().map(str::to_owned);
        let schema = text(2).map(Text::from).filter(|it| it != PUBLIC);
        Some(Other {
            kind: text(0)?,
            name: text(1)?,
            table: text(3).map(|name| OwnPlace { schema, name: name.into() }),
            column: text(4),
            text: text(5).unwrap_or_default(),
        })
    };
    Ok(rows.iter().filter_map(other).collect())
}

const VIEWS: &str = "SELECT CASE relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END AS kind, \
    c.oid::regclass::text AS name, NULL AS nspname, NULL AS relname, NULL AS attname, \
    coalesce(reloptions::text, '') || pg_get_viewdef(c.oid) AS text \
    FROM pg_class c JOIN ours n ON n.oid = relnamespace WHERE c.oid >= 16384 \
    AND relkind IN ('v', 'm') AND (1259, c.oid) NOT IN (SELECT classid::int, objid FROM brought)";

/// What keeps a column as another one says is part of the fact that it does.
const TRIGGERS: &str = "SELECT 'trigger', tgname::text, nspname, relname::text, NULL, \
    tgenabled::text || ' ' || pg_get_triggerdef(t.oid) \
    FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid JOIN ours n ON n.oid = relnamespace \
    WHERE tgrelid >= 16384 AND NOT tgisinternal \
    AND tgname NOT LIKE 'zz\\_\\_diesel\\_autogen%'";

const FUNCTIONS: &str = "SELECT 'function', p.oid::regprocedure::text, NULL, NULL, NULL, \
    CASE WHEN prokind IN ('f', 'p', 'w') THEN pg_get_functiondef(p.oid) ELSE prosrc END \
    FROM pg_proc p JOIN ours n ON n.oid = pronamespace \
    WHERE p.oid >= 16384 AND proname NOT LIKE 'zz\\_\\_diesel\\_autogen%' \
    AND NOT EXISTS (SELECT FROM brought WHERE classid = 'pg_proc'::regclass AND objid = p.oid) \
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass \
    AND d.objid = p.oid AND d.deptype = 'i')";

const POLICIES: &str = "SELECT 'policy', polname::text, nspname, relname::text, NULL, \
    concat_ws(' ', polcmd, polpermissive, polroles::regrole[]::text, \
    pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) \
    FROM pg_policy p JOIN pg_class c ON c.oid = polrelid JOIN ours n ON n.oid = relnamespace";

const RULES: &str = "SELECT 'rule', rulename::text, nspname, relname::text, NULL, \
    pg_get_ruledef(r.oid) \
    FROM pg_rewrite r JOIN pg_class c ON c.oid = ev_class JOIN ours n ON n.oid = relnamespace \
    WHERE ev_class >= 16384 AND rulename <> '_RETURN'";

/// Enums are facts; the types of tables and arrays come along with what they are of.
const TYPES: &str = "SELECT CASE typtype WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range type' \
    ELSE 'composite type' END, t.oid::regtype::text, NULL, NULL, NULL, \
    concat_ws(' ', format_type(typbasetype, typtypmod), typnotnull, typdefault, \
    (SELECT string_agg(conname || ' ' || pg_get_constraintdef(k.oid), ' ' ORDER BY conname) \
    FROM pg_constraint k WHERE contypid = t.oid), \
    (SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) \
    FROM pg_attribute a WHERE a.attrelid = typrelid AND NOT attisdropped AND typtype = 'c')) \
    FROM pg_type t JOIN ours n ON n.oid = typnamespace LEFT JOIN pg_class c ON c.oid = typrelid \
    WHERE t.oid >= 16384 AND (typtype IN ('d', 'r') OR typtype = 'c' AND relkind = 'c') \
    AND NOT EXISTS (SELECT FROM brought WHERE classid = 'pg_type'::regclass AND objid = t.oid)";

const TABLES: &str = "SELECT 'settings of table', c.oid::regclass::text, nspname, relname::text, \
    NULL, concat_ws(' ', relkind, relpersistence, relrowsecurity, relforcerowsecurity, \
    relreplident, relispartition, pg_get_expr(relpartbound, c.oid), relacl::text, \
    pg_get_userbyid(relowner)) \
    FROM pg_class c JOIN ours n ON n.oid = relnamespace \
    WHERE c.oid >= 16384 AND relkind IN ('r', 'p', 'f') \
    AND NOT EXISTS (SELECT FROM brought WHERE classid = 'pg_class'::regclass AND objid = c.oid)";

/// What somebody set of a column that its type would have otherwise.
const COLUMNS: &str = "SELECT 'settings of column', c.oid::regclass::text || '.' || attname, \
    nspname, relname::text, attname::text, concat_ws(' ', \
    CASE WHEN attstorage <> typstorage THEN 'storage ' || attstorage::text END, \
    CASE WHEN attstattarget > 0 THEN 'statistics ' || attstattarget END, \
    attacl::text, (SELECT string_agg(it, ' ' ORDER BY it) FROM unnest(attoptions) it \
    WHERE it LIKE 'n\\_distinct%')) \
    FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN ours n ON n.oid = relnamespace \
    JOIN pg_type t ON t.oid = atttypid \
    WHERE attrelid >= 16384 AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped \
    AND (attstorage <> typstorage OR attstattarget > 0 \
    OR attacl IS NOT NULL OR attoptions::text LIKE '%n\\_distinct%') \
    AND NOT EXISTS (SELECT FROM brought WHERE classid = 'pg_class'::regclass AND objid = c.oid)";

const SEQUENCES: &str = "SELECT 'sequence', c.oid::regclass::text, NULL, NULL, NULL, \
    concat_ws(' ', format_type(seqtypid, NULL), seqstart, seqincrement, seqmax, seqmin, seqcache, \
    seqcycle) FROM pg_sequence JOIN pg_class c ON c.oid = seqrelid \
    JOIN ours n ON n.oid = relnamespace WHERE seqrelid >= 16384 \
    AND NOT EXISTS (SELECT FROM pg_depend d \
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i', 'e'))";
