//! What no fact models, and what it rests on.

use std::collections::{BTreeMap, BTreeSet};

use diesel::QueryableByName;
use diesel::sql_types::{Integer, Nullable, Oid, Text};
use diesel_autogen_schema::{OwnPlace, Unmanaged, UnmanagedKind, Use, Used, names};

use super::Reader;
use super::catalogue::of_extension;
use super::text;

/// An object that is no relation and no type.
#[derive(QueryableByName)]
pub(super) struct Other {
    /// The catalogue that it is in.
    #[diesel(sql_type = Text)]
    class: String,
    #[diesel(sql_type = Oid)]
    oid: u32,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Nullable<Text>)]
    schema: Option<String>,
    #[diesel(sql_type = Text)]
    name: String,
    /// The relation that it hangs on, or zero.
    #[diesel(sql_type = Oid)]
    relation: u32,
    /// What it is made of.
    #[diesel(sql_type = Text)]
    text: String,
}

/// That one thing needs another.
#[derive(QueryableByName)]
pub(super) struct Dependency {
    /// The catalogue of the object that needs it.
    #[diesel(sql_type = Text)]
    class: String,
    #[diesel(sql_type = Oid)]
    oid: u32,
    /// The catalogue of what it needs.
    #[diesel(sql_type = Text)]
    of_class: String,
    #[diesel(sql_type = Oid)]
    of: u32,
    /// A column of that, or zero.
    #[diesel(sql_type = Integer)]
    column: i32,
}

/// Functions that Diesel's first migration makes.
const OF_DIESEL: &str = "(p.proname = 'diesel_set_updated_at' AND p.pronargs = 0 \
    OR p.proname = 'diesel_manage_updated_at' AND p.pronargs = 1)";

pub(super) fn others(version: i32) -> String {
    // What partitions have of their parent's is told with that.
    let clones = if version >= 130_000 { " AND g.tgparentid = 0" } else { "" };
    // What makes the values of a range type comes and goes with that.
    let of_type = "EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_proc'::regclass \
        AND i.objid = p.oid AND i.deptype = 'i')";
    let arguments = "p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'";
    let parts = [
        format!(
            "{} AND NOT {OF_DIESEL} AND NOT {of_type}",
            in_schema("pg_proc", "function", "p", arguments, "p.pronamespace")
        ),
        in_schema("pg_statistic_ext", "statistics", "s", "s.stxname", "s.stxnamespace"),
        in_schema("pg_collation", "collation", "o", "o.collname", "o.collnamespace"),
        in_schema("pg_ts_config", "search", "t", "t.cfgname", "t.cfgnamespace"),
        in_schema("pg_ts_dict", "search", "t", "t.dictname", "t.dictnamespace"),
        in_schema("pg_operator", "operator", "o", "o.oprname", "o.oprnamespace"),
        in_schema("pg_opclass", "operator", "o", "o.opcname", "o.opcnamespace"),
        in_schema("pg_opfamily", "operator", "o", "o.opfname", "o.opfnamespace"),
        hanging(
            "pg_trigger",
            "trigger",
            "g",
            "g.tgname",
            "g.tgrelid",
            &format!("NOT g.tgisinternal{clones}"),
        ),
        hanging("pg_policy", "policy", "y", "y.polname", "y.polrelid", "true"),
        hanging("pg_rewrite", "rule", "r", "r.rulename", "r.ev_class", "r.rulename <> '_RETURN'"),
        everywhere("pg_event_trigger", "event trigger", "v", "v.evtname"),
        everywhere("pg_publication", "publication", "b", "b.pubname"),
        relations(),
    ];
    format!(
        "SELECT * FROM ({}) AS x WHERE x.oid >= 16384 AND (x.schema IS NULL \
         OR x.schema !~ '^pg_' AND x.schema <> 'information_schema') ORDER BY kind, schema, name",
        parts.join(" UNION ALL ")
    )
}

/// What relations are made of, beside what is asked of all of them.
fn relations() -> String {
    format!(
        "SELECT 'pg_class', c.oid, '{RELATION}', n.nspname::text, c.relname::text, 0, {} \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT {} AND ({})",
        text::relation(),
        of_extension("pg_class", "c.oid"),
        text::RELATIONS
    )
}

fn in_schema(class: &str, kind: &str, alias: &str, name: &str, of: &str) -> String {
    let (outside, text) = (of_extension(class, &format!("{alias}.oid")), text::other(class));
    format!(
        "SELECT '{class}' AS class, {alias}.oid, '{kind}' AS kind, n.nspname::text AS schema, \
         {name}::text AS name, 0::oid AS relation, {text} AS text FROM {class} {alias} \
         JOIN pg_namespace n ON n.oid = {of} WHERE NOT {outside}"
    )
}

fn hanging(class: &str, kind: &str, alias: &str, name: &str, on: &str, only: &str) -> String {
    let (outside, text) = (of_extension(class, &format!("{alias}.oid")), text::other(class));
    format!(
        "SELECT '{class}', {alias}.oid, '{kind}', n.nspname::text, {name}::text, {on}, {text} \
         FROM {class} {alias} JOIN pg_class c ON c.oid = {on} \
         JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {only} AND NOT {outside}"
    )
}

fn everywhere(class: &str, kind: &str, alias: &str, name: &str) -> String {
    let (outside, text) = (of_extension(class, &format!("{alias}.oid")), text::other(class));
    format!(
        "SELECT '{class}', {alias}.oid, '{kind}', NULL, {name}::text, 0, {text} \
         FROM {class} {alias} WHERE NOT {outside}"
    )
}

/// What needs what, as far as that which needs it is none of a plain table's own.
pub(super) fn dependencies() -> String {
    "WITH kept AS (SELECT c.oid FROM pg_class c WHERE c.oid >= 16384 \
     AND (c.relkind IN ('p', 'v', 'm', 'f', 'c') OR c.relispartition \
     OR EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = c.oid))), \
     needs AS (SELECT d.*, CASE \
     WHEN d.classid = 'pg_rewrite'::regclass THEN \
     (SELECT CASE r.rulename WHEN '_RETURN' THEN r.ev_class ELSE 0 END \
     FROM pg_rewrite r WHERE r.oid = d.objid) \
     WHEN d.classid = 'pg_constraint'::regclass THEN \
     (SELECT o.conrelid FROM pg_constraint o WHERE o.oid = d.objid) \
     WHEN d.classid = 'pg_attrdef'::regclass THEN \
     (SELECT a.adrelid FROM pg_attrdef a WHERE a.oid = d.objid) \
     WHEN d.classid = 'pg_class'::regclass THEN d.objid ELSE 0 END AS relation \
     FROM pg_depend d WHERE d.objid >= 16384 AND d.refobjid >= 16384 \
     AND d.refclassid IN ('pg_class'::regclass, 'pg_type'::regclass, 'pg_constraint'::regclass) \
     AND d.classid IN ('pg_rewrite'::regclass, 'pg_constraint'::regclass, 'pg_attrdef'::regclass, \
     'pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass, 'pg_trigger'::regclass, \
     'pg_policy'::regclass, 'pg_operator'::regclass, 'pg_opclass'::regclass, \
     'pg_statistic_ext'::regclass, 'pg_publication_rel'::regclass) \
     AND d.deptype IN ('n', 'a')) \
     SELECT DISTINCT class, oid, of_class, of, \"column\" FROM (SELECT \
     CASE WHEN relation <> 0 THEN 'pg_class' \
     WHEN classid = 'pg_constraint'::regclass THEN 'pg_type' \
     WHEN classid = 'pg_publication_rel'::regclass THEN 'pg_publication' \
     ELSE classid::regclass::text END AS class, \
     CASE WHEN relation <> 0 THEN relation \
     WHEN classid = 'pg_constraint'::regclass THEN \
     (SELECT o.contypid FROM pg_constraint o WHERE o.oid = objid) \
     WHEN classid = 'pg_publication_rel'::regclass THEN \
     (SELECT b.prpubid FROM pg_publication_rel b WHERE b.oid = objid) \
     ELSE objid END AS oid, \
     refclassid::regclass::text AS of_class, refobjid AS of, refobjsubid AS \"column\" \
     FROM needs WHERE relation = 0 OR relation IN (SELECT oid FROM kept)) AS x \
     ORDER BY 1, 2, 3, 4, 5"
        .to_owned()
}

/// The word for what a relation is made of, among the kinds of other objects.
const RELATION: &str = "relation";

/// The unmanaged objects by catalogue and identifier.
type Found = BTreeMap<(String, u32), Unmanaged>;

/// What no fact models, and what it rests on, both sorted.
pub(super) fn unmanaged(reader: &Reader<'_>) -> (Vec<Unmanaged>, Vec<Use>) {
    let found = found(reader);
    let mut uses = BTreeSet::new();
    for needs in &reader.catalogue.uses {
        let Some(by) = found.get(&(needs.class.clone(), needs.oid)) else { continue };
        let Some(of) = used(reader, needs) else { continue };
        // That a trigger hangs on its table is told with the trigger.
        if by.table.as_ref().is_some_and(|table| of == Used::Table(table.clone())) {
            continue;
        }
        uses.insert(Use { of, kind: by.kind, by: by.place.clone() });
    }
    let mut all: Vec<Unmanaged> = found.into_values().collect();
    all.sort();
    all.dedup();
    (all, uses.into_iter().collect())
}

fn found(reader: &Reader<'_>) -> Found {
    let mut found = Found::new();
    let texts = reader.catalogue.others.iter().filter(|it| it.kind == RELATION);
    let texts: BTreeMap<u32, &String> = texts.map(|it| (it.oid, &it.text)).collect();
    let owned: BTreeSet<u32> = reader.catalogue.sequences.iter().map(|it| it.oid).collect();
    for relation in &reader.catalogue.relations {
        if relation.of_extension || super::is_ours(&relation.name) {
            continue;
        }
        let kind = match relation.kind.as_str() {
            "v" => UnmanagedKind::View,
            "m" => UnmanagedKind::MaterializedView,
            "f" => UnmanagedKind::ForeignTable,
            "c" => UnmanagedKind::Composite,
            "S" if !owned.contains(&relation.oid) => UnmanagedKind::Sequence,
            "r" | "p" if relation.partition => UnmanagedKind::Partition,
            "p" => UnmanagedKind::PartitionedTable,
            "r" if relation.inherits => UnmanagedKind::InheritingTable,
            _ => continue,
        };
        let place = super::place(&relation.schema, &relation.name);
        let text = texts.get(&relation.oid).map_or("", |it| it).to_owned().into();
        let object = Unmanaged { kind, place, table: None, text };
        found.insert(("pg_class".to_owned(), relation.oid), object);
    }
    for of in &reader.catalogue.types {
        let kind = match of.kind.as_str() {
            "d" => UnmanagedKind::Domain,
            "r" => UnmanagedKind::Range,
            _ => continue,
        };
        let (place, text) = (super::place(&of.schema, &of.name), of.text.clone().into());
        let object = Unmanaged { kind, place, table: None, text };
        found.insert(("pg_type".to_owned(), of.oid), object);
    }
    for other in &reader.catalogue.others {
        let Some(kind) = kind(&other.kind) else { continue };
        // It is told with the column that it keeps.
        if other.name.starts_with(names::FOLLOWING) {
            continue;
        }
        let table = reader.places.get(&other.relation).cloned();
        // What hangs on a table of an extension's, or of Diesel's, is theirs.
        if other.relation != 0 && table.is_none() {
            continue;
        }
        let place = match &other.schema {
            Some(schema) => super::place(schema, &other.name),
            None => OwnPlace { schema: None, name: other.name.clone().into() },
        };
        let text = other.text.clone().into();
        found.insert((other.class.clone(), other.oid), Unmanaged { kind, place, table, text });
    }
    found
}

fn kind(word: &str) -> Option<UnmanagedKind> {
    Some(match word {
        "function" => UnmanagedKind::Function,
        "statistics" => UnmanagedKind::Statistics,
        "collation" => UnmanagedKind::Collation,
        "search" => UnmanagedKind::TextSearch,
        "operator" => UnmanagedKind::Operator,
        "trigger" => UnmanagedKind::Trigger,
        "policy" => UnmanagedKind::Policy,
        "rule" => UnmanagedKind::Rule,
        "event trigger" => UnmanagedKind::EventTrigger,
        "publication" => UnmanagedKind::Publication,
        _ => return None,
    })
}

/// What is needed, if models can own it.
fn used(reader: &Reader<'_>, needs: &Dependency) -> Option<Used> {
    match needs.of_class.as_str() {
        "pg_class" => {
            if let Some((table, name)) = reader.index_names.get(&needs.of) {
                let managed = reader.tables.contains(table);
                let schema = reader.places.get(table)?.schema.clone();
                let place = OwnPlace { schema, name: name.clone().into() };
                return managed.then_some(Used::Index(place));
            }
            let table = reader.places.get(&needs.of)?.clone();
            if !reader.tables.contains(&needs.of) {
                return None;
            }
            let column = i16::try_from(needs.column).ok()?;
            Some(match reader.column_names.get(&(needs.of, column)) {
                Some(name) => Used::Column(table, (*name).to_owned().into()),
                None => Used::Table(table),
            })
        }
        "pg_type" => reader.used_types.get(&needs.of).cloned(),
        "pg_constraint" => {
            let (table, name) = reader.constraint_names.get(&needs.of)?;
            let place = reader.places.get(table)?.clone();
            let managed = reader.tables.contains(table);
            managed.then(|| Used::Constraint(place, name.clone().into()))
        }
        _ => None,
    }
}
