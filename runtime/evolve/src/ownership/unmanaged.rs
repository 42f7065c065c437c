use std::collections::{BTreeMap, BTreeSet};

use diesel_autogen_schema::{
    Dialect, Enum, Live, ObjectKind, PgLive, Place, Schema, Table, Unmanaged,
};

use super::spelling::spelled;
use super::{has_unique, same_key};

/// What the database holds and no model owns, one line each, sorted: `table audit_log`,
/// `column users.search`, `trigger users_ai on users`.
pub fn unmanaged(owned: &Schema, live: &Live) -> Vec<String> {
    let live = spelled(live, &[owned]);
    let mut lines: Vec<String> = live
        .objects
        .iter()
        .map(|object| match object.kind {
            ObjectKind::Trigger => format!("trigger {} on {}", object.name, object.table),
            ObjectKind::View
            | ObjectKind::VirtualTable
            | ObjectKind::Procedure
            | ObjectKind::Function
            | ObjectKind::Event => format!("{} {}", object.kind.name(), object.name),
        })
        .collect();
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
    let columns = owned.tables.iter().flat_map(|table| &table.columns[..]);
    let types: BTreeSet<Place<'_>> =
        columns.filter_map(|column| column.sql_type.enumeration()).map(Enum::place).collect();
    let objects = live.unmanaged.iter().map(|it| {
        let Unmanaged { kind, place, table } = it;
        match table {
            Some(table) => format!("{} {} on {}", kind.name(), place.name, table.place()),
            None => format!("{} {}", kind.name(), place.place()),
        }
    });
    let enums = live.enums.iter().filter(|it| !types.contains(&it.place()));
    objects.chain(enums.map(|it| format!("enum {}", it.place()))).collect()
}

fn of_table(engine: Dialect, owned: &Table, live: &Table, lines: &mut Vec<String>) {
    let name = live.place();
    for column in live.columns.iter().filter(|it| owned.column(&it.name).is_none()) {
        lines.push(format!("column {name}.{}", column.name));
    }
    for index in &live.indexes[..] {
        if !owned.indexes.iter().any(|it| it.name == index.name) {
            lines.push(format!("index {} on {name}", index.name));
        }
    }
    for unique in &live.uniques[..] {
        // A unique index over columns is found as such a rule.
        let index = owned.indexes.iter().any(|it| it.name == unique.name);
        let rule =
            owned.uniques.iter().any(|it| has_unique(live, it) && it.columns == unique.columns);
        if !index && !rule {
            lines.push(format!("unique ({}) on {name}", unique.columns.join(", ")));
        }
    }
    for check in &live.checks[..] {
        let own = match engine {
            Dialect::Sqlite => {
                owned.checks.iter().any(|it| it.expr == check.expr)
                    || implied(owned, &check.expr, engine)
            }
            Dialect::Postgres | Dialect::Mysql => {
                owned.checks.iter().any(|it| it.name == check.name)
            }
        };
        if !own {
            lines.push(format!("check ({}) on {name}", check.expr.as_str()));
        }
    }
    for rule in &live.exclusions[..] {
        if !owned.exclusions.iter().any(|it| it.name == rule.name) {
            lines.push(format!("exclude {} on {name}", rule.name));
        }
    }
    for key in &live.foreign_keys[..] {
        if !owned.foreign_keys.iter().any(|it| same_key(it, key)) {
            lines.push(format!("foreign key ({}) on {name}", key.columns.join(", ")));
        }
    }
}

/// Whether an enum column implies a condition that mentions it.
fn implied(owned: &Table, expr: &diesel_autogen_schema::Expr, engine: Dialect) -> bool {
    owned.columns.iter().any(|column| {
        matches!(column.sql_type, diesel_autogen_schema::SqlType::Enum(_))
            && expr.mentions(&column.name, engine)
    })
}
