//! What the servers cannot do, and what no model claims and a plan would break.

use diesel_autogen_schema::sql::tokens;
use diesel_autogen_schema::{
    Action, Change, Column, Deferrable, Delta, Dialect, Edit, Expr, Flavour, ForeignKey, Live,
    Object, ObjectKind, SqlType, Storage, Table, TableChange, Text,
};

use super::limits;
use super::render::collation_of;
use super::types::is_castable;
use crate::decide::Refusal;
use crate::dialect::Target;

/// Everything that is in the way of the changes.
pub(crate) fn blocked(changes: &[Change], target: &Target, live: &Live) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for change in changes {
        match change {
            Change::CreateTable(table) => cannot_be(table, target, &mut refusals),
            Change::DropTable(table) => drops(table, changes, live, &mut refusals),
            Change::AlterTable(change) => {
                cannot_be(&change.after, target, &mut refusals);
                turns(change, &mut refusals);
                alters(change, live, &mut refusals);
                loses_key(change, changes, live, &mut refusals);
            }
            Change::CreateExtension(name) | Change::DropExtension(name) => {
                let reason = "is an extension, which no server of MySQL's has";
                refusals.push(unsupported(name.to_string(), reason));
            }
        }
        if let Some(table) = change.after() {
            shared_names(table, changes, target, live, &mut refusals);
        }
    }
    refers_to_nothing(changes, live, &mut refusals);
    if target.flavour == Flavour::Mariadb {
        hands_on_null(changes, live, &mut refusals);
    }
    refusals
}

fn unsupported(object: String, reason: &'static str) -> Refusal {
    Refusal::Unsupported { object, reason }
}

/// Facts of a table that the servers do not have.
fn cannot_be(table: &Table, target: &Target, refusals: &mut Vec<Refusal>) {
    let mut refuse = |name: &str, reason| {
        refusals.push(unsupported(format!("{}.{name}", table.name), reason));
    };
    for column in &table.columns[..] {
        if matches!(column.sql_type, SqlType::Numeric { precision: None, scale: _ }) {
            let reason = "is a number without digits, of which the server keeps none behind the \
                          point: say its `precision` and `scale`";
            refuse(&column.name, reason);
        }
    }
    for column in table.columns.iter().filter(|it| has_like_labels(table, it)) {
        let reason = "has labels that are alike to its collation: give it one that tells letters \
                      apart, as `collation = \"utf8mb4_bin\"` does";
        refuse(&column.name, reason);
    }
    for index in &table.indexes[..] {
        if index.predicate.is_some() {
            refuse(&index.name, "covers some rows only, and an index of these servers covers all");
        }
        if index.keys.iter().any(|key| !key.is_column) && !has_computed_keys(target) {
            let reason = "is an index of an expression, which the server does not have: index a \
                          generated column";
            refuse(&index.name, reason);
        }
    }
    for (name, expr) in computed(table, target) {
        if table
            .columns
            .iter()
            .any(|it| it.identity.is_some() && expr.mentions(&it.name, Dialect::Mysql))
        {
            refuse(name, "reads the key that the server makes up, which is known only afterwards");
        }
    }
    for name in named(table).filter(|name| name.chars().any(|letter| letter > '\u{ffff}')) {
        refuse(name, "has a letter that names of these servers cannot have");
    }
    for (name, reason) in limits::broken(table, target.flavour) {
        refuse(&name, reason);
    }
    for rule in &table.exclusions[..] {
        refuse(&rule.name, "excludes rows, which no rule of these servers does");
    }
    for key in &table.foreign_keys[..] {
        if key.deferrable != Deferrable::No {
            refuse(&key.name, "waits, and the rules of these servers are checked at every row");
        }
        if [key.on_delete, key.on_update].contains(&Action::SetDefault) {
            refuse(&key.name, "sets a default, which no foreign key of InnoDB does");
        }
    }
}

/// Whether two labels of a column differ in the case of letters alone, and its collation does not
/// tell cases apart.
fn has_like_labels(table: &Table, column: &Column) -> bool {
    let Some(of) = column.sql_type.enumeration() else { return false };
    let collation = column.collation.as_deref().unwrap_or_else(|| collation_of(table));
    let mut labels: Vec<String> = of.labels.iter().map(|it| it.name.to_lowercase()).collect();
    labels.sort_unstable();
    collation.ends_with("_ci") && labels.windows(2).any(|pair| pair[0] == pair[1])
}

/// Everything that is computed from columns of a row when it is written.
fn computed<'t>(table: &'t Table, target: &Target) -> impl Iterator<Item = (&'t str, &'t Expr)> {
    let flavour = target.flavour;
    let columns = table.columns.iter().filter_map(move |column| {
        let generated = column.generated.as_ref()?;
        // MariaDB computes at every reading what is not stored, unless an index keeps it.
        let late = flavour == Flavour::Mariadb
            && generated.storage == Storage::Virtual
            && !is_indexed(table, &column.name);
        (!late).then_some((&*column.name, &generated.expr))
    });
    columns.chain(table.checks.iter().map(|check| (&*check.name, &check.expr)))
}

fn is_indexed(table: &Table, column: &str) -> bool {
    table.uniques.iter().any(|it| it.columns.iter().any(|name| name == column))
        || table
            .indexes
            .iter()
            .any(|it| it.keys.iter().any(|key| key.mentions(column, Dialect::Mysql)))
}

/// The names in a table, its own first.
fn named(table: &Table) -> impl Iterator<Item = &str> {
    let rules = table.uniques.iter().map(|it| &it.name);
    let rules = rules.chain(table.indexes.iter().map(|it| &it.name));
    let rules = rules.chain(table.checks.iter().map(|it| &it.name));
    let rules = rules.chain(table.foreign_keys.iter().map(|it| &it.name));
    let columns = table.columns.iter().map(|it| &it.name);
    std::iter::once(&table.name).chain(columns).chain(rules).map(|name| &**name)
}

fn has_computed_keys(target: &Target) -> bool {
    match target.flavour {
        Flavour::Mysql => target.minimum >= (8, 0, 13),
        Flavour::Mariadb => false,
    }
}

/// Tables that no model claims and that refer to one that goes, and what reads it.
fn drops(table: &Table, changes: &[Change], live: &Live, refusals: &mut Vec<Refusal>) {
    let known = |other: &Table| {
        changes.iter().filter_map(Change::before).any(|before| before.name == other.name)
    };
    for other in live.schema.tables.iter().filter(|other| !known(other)) {
        for key in other.foreign_keys.iter().filter(|key| key.table == table.name) {
            let by = format!("foreign key `{}` of `{}`", key.name, other.name);
            refusals.push(Refusal::InUse { object: table.name.to_string(), by });
        }
    }
    // A trigger on the table would go with it, and the way back would not bring it again.
    for object in live.objects.iter().filter(|object| reads(object, &table.name)) {
        refusals.push(Refusal::InUse { object: table.name.to_string(), by: phrase(object) });
    }
}

/// Columns whose values the server turns into none of the new type.
fn turns(change: &TableChange, refusals: &mut Vec<Refusal>) {
    for edit in change.edits.iter() {
        let Edit::Column(Delta::Changed { before, after }) = edit else { continue };
        let kept = after.generated.is_none();
        if kept && after.using.is_none() && !is_castable(&before.sql_type, &after.sql_type) {
            let reason = "is of a kind that the server turns into no other: say what becomes of \
                          its values with `using`";
            refusals.push(unsupported(format!("{}.{}", change.before.name, before.name), reason));
        }
    }
}

fn alters(change: &TableChange, live: &Live, refusals: &mut Vec<Refusal>) {
    let table = &change.before;
    let moved = change.edits.iter().filter_map(|edit| match edit {
        Edit::Column(Delta::Removed(column)) => Some(column),
        Edit::Column(Delta::Changed { before, after }) if before.name != after.name => Some(before),
        _ => None,
    });
    for column in moved {
        let object = format!("{}.{}", table.name, column.name);
        let gone = !change.column_renames().iter().any(|(from, _)| *from == column.name);
        let mut by: Vec<String> = live
            .objects
            .iter()
            .filter(|it| reads(it, &table.name) && names(&it.sql, &column.name))
            .map(phrase)
            .collect();
        if gone {
            by.extend(unowned_users(table, column, live));
        }
        refusals.extend(by.into_iter().map(|by| Refusal::InUse { object: object.clone(), by }));
    }
    if change.before.name != change.after.name {
        for object in live.objects.iter().filter(|it| reads(it, &table.name)) {
            if object.kind != ObjectKind::Trigger || object.table != table.name {
                let name = table.name.to_string();
                refusals.push(Refusal::InUse { object: name, by: phrase(object) });
            }
        }
    }
}

/// Tables that no model claims and that refer to what has no key or index any more.
fn loses_key(change: &TableChange, changes: &[Change], live: &Live, refusals: &mut Vec<Refusal>) {
    let TableChange { before, after, edits: _ } = change;
    let known = |other: &Table| {
        changes.iter().filter_map(Change::before).any(|before| before.name == other.name)
    };
    let renames = change.column_renames();
    let now = |name: &Text| -> Text {
        let renamed = renames.iter().find(|(from, _)| *from == *name);
        renamed.map_or_else(|| name.clone(), |(_, to)| (*to).to_owned().into())
    };
    for other in live.schema.tables.iter().filter(|other| !known(other)) {
        for key in other.foreign_keys.iter().filter(|key| key.table == before.name) {
            let references: Vec<Text> = key.references.iter().map(now).collect();
            let there = references.iter().all(|name| after.column(name).is_some());
            if there && before.serves(&key.references) && !after.serves(&references) {
                let by = format!("foreign key `{}` of `{}`", key.name, other.name);
                refusals.push(Refusal::InUse { object: before.name.to_string(), by });
            }
        }
    }
}

/// Indexes and rules of the table's that no model claims and that are about the column: the server
/// would take it out of them and say nothing.
fn unowned_users(table: &Table, column: &Column, live: &Live) -> Vec<String> {
    let Some(own) = live.schema.table(&table.name) else { return Vec::new() };
    let is = |expr: &Expr| expr.mentions(&column.name, Dialect::Mysql);
    let mut by = Vec::new();
    for index in own
        .indexes
        .iter()
        .filter(|index| index.keys.iter().any(|key| key.mentions(&column.name, Dialect::Mysql)))
    {
        if table.indexes.iter().all(|it| it.name != index.name) {
            by.push(format!("index `{}`", index.name));
        }
    }
    for rule in own.uniques.iter().filter(|it| it.columns.contains(&column.name)) {
        let owned = table.uniques.iter().any(|it| it.name == rule.name)
            || table.indexes.iter().any(|it| it.name == rule.name);
        if !owned {
            by.push(format!("unique index `{}`", rule.name));
        }
    }
    for check in own.checks.iter().filter(|it| is(&it.expr)) {
        if table.checks.iter().all(|it| it.name != check.name) {
            by.push(format!("check `{}`", check.name));
        }
    }
    for key in own.foreign_keys.iter().filter(|it| it.columns.contains(&column.name)) {
        if table.foreign_keys.iter().all(|it| it.name != key.name) {
            by.push(format!("foreign key `{}`", key.name));
        }
    }
    let computed = own.columns.iter().filter(|it| table.column(&it.name).is_none());
    for other in computed.filter(|it| it.generated.as_ref().is_some_and(|of| is(&of.expr))) {
        by.push(format!("column `{}`", other.name));
    }
    by
}

/// The tables that are there after the changes, of which any concerns them.
fn there<'a>(changes: &'a [Change], live: &'a Live) -> Vec<&'a Table> {
    let changed = |table: &Table| {
        changes.iter().filter_map(Change::before).any(|before| before.name == table.name)
    };
    let stay = live.schema.tables.iter().filter(|table| !changed(table));
    changes.iter().filter_map(Change::after).chain(stay).collect()
}

/// Whether a foreign key of the table is one that the changes concern.
fn concerns(changes: &[Change], table: &Table, key: &ForeignKey) -> bool {
    [&table.name, &key.table]
        .into_iter()
        .any(|name| changes.iter().filter_map(Change::after).any(|after| after.name == *name))
}

/// Foreign keys that refer to what no key and no index of the other table begins with.
fn refers_to_nothing(changes: &[Change], live: &Live, refusals: &mut Vec<Refusal>) {
    let there = there(changes, live);
    for table in &there {
        for key in table.foreign_keys.iter().filter(|key| concerns(changes, table, key)) {
            let parent = there.iter().find(|it| it.name == key.table && key.schema.is_none());
            if parent.is_some_and(|it| !it.answers(&key.references)) {
                let reason = "refers to columns with which no key and no index of the other table \
                              begins, in this order: give that a `unique(…)` of them";
                refusals.push(unsupported(format!("{}.{}", table.name, key.name), reason));
            }
        }
    }
}

/// Foreign keys that would hand NULL on to a column that takes none: MariaDB makes no such key, and
/// no change that leads to one.
fn hands_on_null(changes: &[Change], live: &Live, refusals: &mut Vec<Refusal>) {
    let there = there(changes, live);
    let takes = |table: &Table, name: &str| table.column(name).is_some_and(|it| it.nullable);
    for table in &there {
        for key in table.foreign_keys.iter().filter(|key| key.on_update == Action::Cascade) {
            let Some(parent) = there.iter().find(|parent| parent.name == key.table) else {
                continue;
            };
            let mut pairs = key.columns.iter().zip(key.references.iter());
            let passes = pairs.any(|(own, of)| !takes(table, own) && takes(parent, of));
            if passes && concerns(changes, table, key) {
                let reason = "hands an update to NULL on to a column that takes none: make the \
                              column optional, or leave `on_update` out";
                refusals.push(unsupported(format!("{}.{}", table.name, key.name), reason));
            }
        }
    }
}

/// Names that a database has once: those of foreign keys, and on MySQL those of conditions.
fn shared_names(
    table: &Table,
    changes: &[Change],
    target: &Target,
    live: &Live,
    refusals: &mut Vec<Refusal>,
) {
    let known = |other: &Table| {
        changes.iter().any(|it| it.before().is_some_and(|it| it.name == other.name))
    };
    let others = live.schema.tables.iter().filter(|other| !known(other));
    for other in others.filter(|other| other.name != table.name) {
        let key = |key: &&ForeignKey| {
            other.foreign_keys.iter().any(|it| it.name.eq_ignore_ascii_case(&key.name))
        };
        let taken = table.foreign_keys.iter().filter(key).map(|key| &key.name);
        let checks = table.checks.iter().filter(|check| {
            target.flavour == Flavour::Mysql
                && other.checks.iter().any(|it| it.name.eq_ignore_ascii_case(&check.name))
        });
        for name in taken.chain(checks.map(|check| &check.name)) {
            let by = format!("a rule of `{}` that has its name", other.name);
            let object = format!("{}.{name}", table.name);
            refusals.push(Refusal::InUse { object, by });
        }
    }
}

/// Whether the text of an object names the table.
fn reads(object: &Object, table: &str) -> bool {
    match object.kind {
        ObjectKind::View | ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Event => {
            names(&object.sql, table)
        }
        ObjectKind::Trigger => object.table == table || names(&object.sql, table),
        ObjectKind::VirtualTable => false,
    }
}

fn names(sql: &str, name: &str) -> bool {
    tokens(sql, Dialect::Mysql).any(|token| token.is_name(name))
}

fn phrase(object: &Object) -> String {
    format!("{} `{}`", object.kind.name(), object.name)
}
