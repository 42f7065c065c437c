use std::collections::{BTreeMap, BTreeSet};

use diesel_autogen_schema::{
    Check, Column, Dialect, Enum, Exclusion, Expr, ForeignKey, Index, Live, Object, ObjectKind,
    OwnPlace, PgLive, Place, Schema, SqlType, Table, Unique, Unmanaged,
};

use super::spelling::spelled;
use super::{has_unique, same_key};

/// What the database holds and no model owns, one line each, sorted: `table audit_log`,
/// `column users.search`, `trigger users_ai on users`.
pub fn unmanaged(owned: &Schema, live: &Live) -> Vec<String> {
    let live = spelled(live, &[owned]);
    let mut lines: Vec<String> = live.objects.iter().map(of_object).collect();
    lines.extend(of_server(owned, &live.pg));
    let extensions = live.schema.extensions.iter().filter(|it| !owned.extensions.contains(it));
    lines.extend(extensions.map(|name| format!("extension {name}")));
    let owned: BTreeMap<Place<'_>, &Table> =
        owned.tables.iter().map(|table| (table.place(), table)).collect();
    for table in &live.schema.tables[..] {
        match owned.get(&table.place()) {
            Some(own) => of_table(live.engine, own, table, &mut lines),
            None => lines.push(format!("table {}", table.place())),
        }
    }
    lines.sort();
    lines
}

/// What PostgreSQL holds beside tables.
fn of_server(owned: &Schema, live: &PgLive) -> Vec<String> {
    let enums = free_enums(owned, live).map(of_enum);
    live.unmanaged.iter().map(of_unmanaged).chain(enums).collect()
}

/// The types that no column of the models has.
pub(super) fn free_enums<'l>(owned: &Schema, live: &'l PgLive) -> impl Iterator<Item = &'l Enum> {
    let columns = owned.tables.iter().flat_map(|table| &table.columns[..]);
    let types = columns.filter_map(|column| column.sql_type.enumeration());
    let types: BTreeSet<OwnPlace> = types.map(|it| it.place().into()).collect();
    live.enums.iter().filter(move |it| !types.contains(&OwnPlace::from(it.place())))
}

pub(super) fn of_enum(of: &Enum) -> String {
    format!("enum {}", of.place())
}

pub(super) fn of_unmanaged(of: &Unmanaged) -> String {
    let Unmanaged { kind, place, table, text: _ } = of;
    match table {
        Some(table) => format!("{} {} on {}", kind.name(), place.name, table.place()),
        None => format!("{} {}", kind.name(), place.place()),
    }
}

pub(super) fn of_object(of: &Object) -> String {
    let Object { kind, name, table, sql: _ } = of;
    match kind {
        ObjectKind::Trigger => format!("trigger {name} on {table}"),
        ObjectKind::View
        | ObjectKind::VirtualTable
        | ObjectKind::Procedure
        | ObjectKind::Function
        | ObjectKind::Event => format!("{} {name}", kind.name()),
    }
}

fn of_table(engine: Dialect, owned: &Table, live: &Table, lines: &mut Vec<String>) {
    let name = live.place();
    let Rest { columns, uniques, indexes, checks, exclusions, foreign_keys } =
        Rest::of(engine, owned, live);
    lines.extend(columns.iter().map(|it| format!("column {name}.{}", it.name)));
    lines.extend(indexes.iter().map(|it| format!("index {} on {name}", it.name)));
    lines.extend(uniques.iter().map(|it| format!("unique ({}) on {name}", it.columns.join(", "))));
    lines.extend(checks.iter().map(|it| format!("check ({}) on {name}", it.expr.as_str())));
    lines.extend(exclusions.iter().map(|it| format!("exclude {} on {name}", it.name)));
    let keys = foreign_keys.iter();
    lines.extend(keys.map(|it| format!("foreign key ({}) on {name}", it.columns.join(", "))));
}

/// What a table of the models holds that is none of theirs.
pub(super) struct Rest<'l> {
    pub(super) columns: Vec<&'l Column>,
    pub(super) uniques: Vec<&'l Unique>,
    pub(super) indexes: Vec<&'l Index>,
    pub(super) checks: Vec<&'l Check>,
    pub(super) exclusions: Vec<&'l Exclusion>,
    pub(super) foreign_keys: Vec<&'l ForeignKey>,
}

impl<'l> Rest<'l> {
    pub(super) fn of(engine: Dialect, owned: &Table, live: &'l Table) -> Rest<'l> {
        // A unique index over columns is found as such a rule.
        let is_unique = |it: &Unique| {
            let index = owned.indexes.iter().any(|own| own.name == it.name);
            let mut rules = owned.uniques.iter();
            index || rules.any(|own| has_unique(live, own) && own.columns == it.columns)
        };
        let is_check = |it: &Check| match engine {
            Dialect::Sqlite => {
                owned.checks.iter().any(|own| own.expr == it.expr)
                    || implied(owned, &it.expr, engine)
            }
            Dialect::Postgres | Dialect::Mysql => {
                owned.checks.iter().any(|own| own.name == it.name)
            }
        };
        let is_index = |it: &Index| owned.indexes.iter().any(|own| own.name == it.name);
        let is_rule = |it: &Exclusion| owned.exclusions.iter().any(|own| own.name == it.name);
        let is_key = |it: &ForeignKey| owned.foreign_keys.iter().any(|own| same_key(own, it));
        Rest {
            columns: live.columns.iter().filter(|it| owned.column(&it.name).is_none()).collect(),
            uniques: live.uniques.iter().filter(|it| !is_unique(it)).collect(),
            indexes: live.indexes.iter().filter(|it| !is_index(it)).collect(),
            checks: live.checks.iter().filter(|it| !is_check(it)).collect(),
            exclusions: live.exclusions.iter().filter(|it| !is_rule(it)).collect(),
            foreign_keys: live.foreign_keys.iter().filter(|it| !is_key(it)).collect(),
        }
    }
}

/// Whether an enum column implies a condition that mentions it.
fn implied(owned: &Table, expr: &Expr, engine: Dialect) -> bool {
    owned.columns.iter().any(|column| {
        matches!(column.sql_type, SqlType::Enum(_)) && expr.mentions(&column.name, engine)
    })
}
