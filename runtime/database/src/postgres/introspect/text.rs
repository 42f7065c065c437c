//! What unmanaged objects are made of, as SQL that the server writes: whether one is still the same
//! is asked of two databases, so it need only be the same text for the same thing.

/// What is unusual of a relation, each followed by a `;`.
pub(super) const SETTINGS: &str = "concat(CASE WHEN c.relpersistence = 'u' \
    THEN 'unlogged storage;' END, CASE WHEN c.relrowsecurity THEN 'row security;' END, \
    CASE WHEN c.relforcerowsecurity THEN 'forced row security;' END)";

/// Relations that facts do not model. They are told apart before their text is asked for: for
/// thousands of tables the planner would compile the question, which takes longer than to answer it.
pub(super) const RELATIONS: &str = "c.relkind IN ('v', 'm', 'p', 'f', 'c') OR c.relispartition \
    OR c.relkind = 'S' AND c.oid NOT IN (SELECT d.objid FROM pg_depend d \
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass \
    AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')) \
    OR c.relkind = 'r' AND c.oid IN (SELECT h.inhrelid FROM pg_inherits h)";

/// Of such a relation.
pub(super) fn relation() -> String {
    let parameters = "array_to_string(c.reloptions, ', ')";
    let indexes = "(SELECT string_agg(pg_get_indexdef(i.indexrelid), '; ' \
         ORDER BY i.indexrelid::regclass::text) FROM pg_index i WHERE i.indrelid = c.oid)";
    let columns = "(SELECT string_agg(concat_ws(' ', quote_ident(a.attname), \
         format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END, \
         nullif(a.attidentity::text, ''), nullif(a.attgenerated::text, ''), \
         pg_get_expr(d.adbin, d.adrelid)), ', ' \
         ORDER BY CASE c.relkind WHEN 'c' THEN a.attnum ELSE 0 END, a.attname) \
         FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid \
         AND d.adnum = a.attnum \
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)";
    let rules = "(SELECT string_agg(quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid), \
         ', ' ORDER BY k.conname) FROM pg_constraint k \
         WHERE k.conrelid = c.oid AND k.contype <> 'n')";
    let parents = "(SELECT string_agg(h.inhparent::regclass::text, ', ' ORDER BY h.inhseqno) \
         FROM pg_inherits h WHERE h.inhrelid = c.oid)";
    let elsewhere = "(SELECT concat_ws(' ', s.srvname, array_to_string(f.ftoptions, ', ')) \
         FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver \
         WHERE f.ftrelid = c.oid)";
    let sequence = "(SELECT concat_ws(' ', format_type(s.seqtypid, NULL), s.seqstart, \
         s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle) \
         FROM pg_sequence s WHERE s.seqrelid = c.oid)";
    format!(
        "coalesce(CASE WHEN c.relkind IN ('v', 'm') \
         THEN concat_ws(' ', {parameters}, pg_get_viewdef(c.oid), {indexes}) \
         WHEN c.relkind = 'S' THEN {sequence} \
         ELSE concat_ws(' ', {SETTINGS}, {parameters}, {columns}, {rules}, {indexes}, {parents}, {elsewhere}, \
         CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END, \
         pg_get_expr(c.relpartbound, c.oid)) END, '')"
    )
}

/// Of a domain or a range type.
pub(super) fn typed() -> &'static str {
    "coalesce(CASE t.typtype \
     WHEN 'd' THEN concat_ws(' ', format_type(t.typbasetype, t.typtypmod), \
     CASE WHEN t.typnotnull THEN 'NOT NULL' END, t.typdefault, \
     (SELECT string_agg(quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid), ', ' \
     ORDER BY k.conname) FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype <> 'n')) \
     WHEN 'r' THEN (SELECT concat_ws(' ', r.rngsubtype::regtype, \
     nullif(r.rngcanonical, 0)::regproc, nullif(r.rngsubdiff, 0)::regproc) \
     FROM pg_range r WHERE r.rngtypid = t.oid) END, '')"
}

/// Of an object in this catalogue, under the alias that the query for it has.
pub(super) fn other(class: &str) -> &'static str {
    match class {
        // An aggregate has no definition that the server writes.
        "pg_proc" => {
            "CASE p.prokind WHEN 'a' THEN (SELECT concat_ws(' ', g.aggtransfn::regproc, \
             g.aggtranstype::regtype, nullif(g.aggfinalfn, 0)::regproc, g.agginitval) \
             FROM pg_aggregate g WHERE g.aggfnoid = p.oid) ELSE pg_get_functiondef(p.oid) END"
        }
        // The server would write the columns in their order in the table, which is no fact.
        "pg_statistic_ext" => {
            "concat_ws(' ', s.stxkind::text, s.stxrelid::regclass, (SELECT string_agg(a.attname, \
             ', ' ORDER BY a.attname) FROM pg_attribute a WHERE a.attrelid = s.stxrelid \
             AND a.attnum = ANY (s.stxkeys::int2[])))"
        }
        "pg_collation" => {
            "(to_jsonb(o) - '{oid,collnamespace,collowner,collversion}'::text[])::text"
        }
        "pg_ts_dict" => "coalesce(t.dictinitoption, '')",
        "pg_trigger" => "g.tgenabled::text || ' ' || pg_get_triggerdef(g.oid)",
        "pg_policy" => {
            "concat_ws(' ', y.polcmd, y.polpermissive, y.polroles::regrole[]::text, \
             pg_get_expr(y.polqual, y.polrelid), pg_get_expr(y.polwithcheck, y.polrelid))"
        }
        "pg_rewrite" => "r.ev_enabled::text || ' ' || pg_get_ruledef(r.oid)",
        "pg_event_trigger" => {
            "concat_ws(' ', v.evtevent, v.evtfoid::regproc, v.evtenabled, v.evttags::text)"
        }
        "pg_publication" => {
            "concat_ws(' ', (to_jsonb(b) - '{oid,pubowner}'::text[])::text, \
             (SELECT string_agg(l.prrelid::regclass::text, ', ' ORDER BY l.prrelid::regclass::text) \
             FROM pg_publication_rel l WHERE l.prpubid = b.oid))"
        }
        // Of those it is told whether they are there.
        _ => "''",
    }
}
