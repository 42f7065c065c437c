//! What an operation does, in the words of the comment above its statements.

use diesel_autogen_schema::{Column, Delta, Extra, Table, Text};

use super::op::{Alteration, Op};
use super::render::collation_of;
use super::types::spelled;
use crate::decide::relabelled;
use crate::dialect::words;

/// The comment above the statements of an operation.
pub(crate) fn why(op: &Op) -> String {
    match op {
        Op::CreateTable(table, _) => format!("{}: create the table", table.name),
        Op::DropTable(table, _) => format!("{}: drop the table", table.name),
        Op::Alter(it) => format!("{}: {}", it.after.name, alteration(it)),
        Op::AddKeys(table, keys) => {
            let names: Vec<String> =
                keys.iter().map(|key| format!("add foreign key {}", key.name)).collect();
            format!("{table}: {}", names.join(", "))
        }
        Op::DropKeys(table, keys) => {
            let names: Vec<String> =
                keys.iter().map(|key| format!("drop foreign key {}", key.name)).collect();
            format!("{table}: {}", names.join(", "))
        }
        Op::RenameTables(names) => {
            let names: Vec<String> =
                names.iter().map(|(from, to)| format!("{from}: rename to {to}")).collect();
            names.join(", ")
        }
    }
}

fn alteration(it: &Alteration) -> String {
    let mut parts = Vec::new();
    for delta in &it.columns {
        match delta {
            Delta::Added(column) => parts.push(format!("add {}", column.name)),
            Delta::Removed(column) => parts.push(format!("drop {}", column.name)),
            Delta::Changed { before, after } => {
                parts.extend(changed(&super::rename::column(it, before), after));
            }
        }
    }
    let mapped = super::rename::mapped(it);
    let after = &it.after;
    if mapped.primary_key != after.primary_key {
        parts.push(format!("primary key ({})", after.primary_key.join(", ")));
    }
    rules(&mut parts, "unique", names(&mapped.uniques, &after.uniques, |it| &it.name));
    rules(&mut parts, "index", names(&mapped.indexes, &after.indexes, |it| &it.name));
    rules(&mut parts, "check", names(&mapped.checks, &after.checks, |it| &it.name));
    let keys = (
        it.gone.iter().map(|key| key.name.clone()).collect(),
        it.came.iter().map(|key| key.name.clone()).collect(),
    );
    rules(&mut parts, "foreign key", keys);
    options(it, &mut parts);
    if parts.is_empty() { "indexes of foreign keys".to_owned() } else { parts.join(", ") }
}

fn names<T: PartialEq>(
    before: &[T],
    after: &[T],
    name: impl Fn(&T) -> &Text,
) -> (Vec<Text>, Vec<Text>) {
    let only = |these: &[T], those: &[T]| -> Vec<Text> {
        these.iter().filter(|it| !those.contains(it)).map(|it| name(it).clone()).collect()
    };
    (only(before, after), only(after, before))
}

fn rules(parts: &mut Vec<String>, what: &str, (gone, came): (Vec<Text>, Vec<Text>)) {
    for name in &gone {
        if !came.contains(name) {
            parts.push(format!("drop {what} {name}"));
        }
    }
    for name in &came {
        let doing = if gone.contains(name) { "change" } else { "add" };
        parts.push(format!("{doing} {what} {name}"));
    }
}

fn options(it: &Alteration, parts: &mut Vec<String>) {
    let Alteration { before, after, .. } = it;
    let (was, is) = (collation_of(before), collation_of(after));
    if was != is {
        parts.push(format!("collate by {is}"));
    }
    let rest = |table: &Table| -> Vec<Extra> {
        let collation = |extra: &&Extra| !matches!(extra, Extra::Collate(_));
        table.extras.iter().filter(collation).cloned().collect()
    };
    if rest(before) != rest(after) {
        parts.push("options of the table".to_owned());
    }
    if before.comment != after.comment {
        parts.push("the comment on the table".to_owned());
    }
}

fn changed(before: &Column, after: &Column) -> Vec<String> {
    let name = &after.name;
    let mut parts = Vec::new();
    if before.name != after.name {
        parts.push(format!("rename {} to {name}", before.name));
    }
    parts.extend(retyped(before, after));
    if before.nullable != after.nullable {
        parts.push(words::nullability(after));
    }
    if before.default != after.default {
        parts.push(words::default(after));
    }
    if before.collation != after.collation {
        parts.push(words::collation(after, "as the table does"));
    }
    parts.extend(words::computing(before, after));
    if before.identity != after.identity {
        let doing = if after.identity.is_some() { "number" } else { "no longer number" };
        parts.push(format!("{doing} {name}"));
    }
    if before.extras != after.extras {
        let on = after.extras.has(&Extra::OnUpdateNow);
        let doing = if on { "set" } else { "no longer set" };
        parts.push(format!("{doing} {name} at every update"));
    }
    if before.comment != after.comment {
        parts.push(format!("the comment on {name}"));
    }
    parts
}

fn retyped(before: &Column, after: &Column) -> Vec<String> {
    let name = &after.name;
    let labels = (before.sql_type.enumeration(), after.sql_type.enumeration());
    let (Some(a), Some(b)) = labels else {
        let (was, is) = (spelled(&before.sql_type), spelled(&after.sql_type));
        let other = was != is;
        return other.then(|| format!("change {name} from {was} to {is}")).into_iter().collect();
    };
    let (mut parts, mut images) = (Vec::new(), Vec::new());
    for label in a.labels.iter().map(|it| &*it.name) {
        match relabelled(label, a, b) {
            Some(now) => {
                images.push(now);
                if now != label {
                    parts.push(format!("{name}: rename label {label} to {now}"));
                }
            }
            None => parts.push(format!("{name}: drop label {label}")),
        }
    }
    let new = b.labels.iter().filter(|it| !images.contains(&&*it.name));
    parts.extend(new.map(|it| format!("{name}: add label {}", it.name)));
    if parts.is_empty() && !before.sql_type.same_facts(&after.sql_type) {
        parts.push(format!("{name}: order of labels"));
    }
    parts
}
