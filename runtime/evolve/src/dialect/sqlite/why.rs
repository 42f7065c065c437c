//! What an operation does, in the words of the comment above its statements.

use diesel_autogen_schema::{
    Check, Column, Delta, Edit, Enum, Identity, SqlType, Storage, TableChange,
};

use super::alter::{converts, differs};
use super::middle::Asides;
use super::op::Op;
use super::quote::same;
use super::render::{inline_check, inline_column};
use super::shape::Shape;
use super::types::declared;
use crate::decide::relabelled;
use crate::dialect::words;

/// The comment above the statements of an operation; empty where none is wanted.
pub(crate) fn why(op: &Op, asides: &Asides) -> String {
    match op {
        Op::Open | Op::Close | Op::Park | Op::Restore => String::new(),
        Op::Create(shape, _) => {
            let name = &shape.table.name;
            match asides.table(name) {
                Some(own) => format!("{own}: create the table, as {name} until its name is free"),
                None => format!("{name}: create the table"),
            }
        }
        Op::Drop(shape, _) => format!("{}: drop the table", shape.table.name),
        // The way back of a conversion whose types are spelled alike.
        Op::Alter(old, new) if !differs(old, new) => {
            let both = old.table.columns.iter().zip(&new.table.columns[..]);
            let held = both.filter_map(|(before, after)| held(before, after)).collect();
            note(&new.table.name, held)
        }
        Op::Alter(old, new) => format!("{}: {}", new.table.name, alteration(old, new, asides)),
        Op::CreateIndex(table, index) => {
            let unique = if index.unique { "unique " } else { "" };
            format!("{table}: add {unique}index {}", index.name)
        }
        Op::DropIndex(table, index) => format!("{table}: drop index {}", index.name),
        Op::RenameColumn { table, from, to } => format!("{table}: rename {from} to {to}"),
        Op::RenameTable { from, to } => format!("{from}: rename to {to}"),
        Op::Note { table, up, down: _ } => note(table, vec![up.clone()]),
    }
}

fn note(table: &str, words: Vec<String>) -> String {
    format!("{table}: {}, nothing for SQLite to do", words.join(", "))
}

/// What changes in the facts of a table where nothing changes in SQLite.
pub(crate) fn facts(change: &TableChange) -> String {
    let mut words: Vec<String> = change.edits.iter().filter_map(fact).collect();
    words.dedup();
    if words.is_empty() { "facts only".to_owned() } else { words.join(", ") }
}

fn fact(edit: &Edit) -> Option<String> {
    match edit {
        Edit::Column(Delta::Changed { before, after }) if before.comment != after.comment => {
            Some(format!("the comment on {}", after.name))
        }
        Edit::Column(Delta::Changed { before, after }) => held(before, after),
        Edit::Unique(Delta::Added(it)) => Some(format!("how {} is declared", it.name)),
        Edit::Index(Delta::Added(it)) => Some(format!("how {} is declared", it.name)),
        Edit::ForeignKey(Delta::Changed { before, after }) if before.columns == after.columns => {
            let columns = after.columns.join(", ");
            Some(format!("the foreign key of {columns} follows what it refers to"))
        }
        Edit::Check(Delta::Added(_)) | Edit::ForeignKey(Delta::Added(_)) => {
            Some("a constraint has another name".to_owned())
        }
        Edit::Comment { .. } => Some("the comment on the table".to_owned()),
        Edit::Column(Delta::Added(it)) => Some(format!("{} is claimed by a model", it.name)),
        Edit::Column(Delta::Removed(it)) => Some(format!("no model claims {} any more", it.name)),
        Edit::PrimaryKey { .. }
        | Edit::Unique(_)
        | Edit::Index(_)
        | Edit::Check(_)
        | Edit::Exclusion(_)
        | Edit::ForeignKey(_)
        | Edit::Strict { .. }
        | Edit::WithoutRowid { .. }
        | Edit::Extras { .. } => None,
    }
}

/// What a column holds from now on, as far as only models know it.
fn held(before: &Column, after: &Column) -> Option<String> {
    let name = &after.name;
    match (&before.sql_type, &after.sql_type) {
        (a, b) if a.same_facts(b) => None,
        (SqlType::Enum(a), SqlType::Enum(b)) if a.name != b.name => {
            Some(format!("the enum of {name} is called {}", b.name))
        }
        (SqlType::Enum(_), SqlType::Enum(_)) => Some(format!("the order of the labels of {name}")),
        (_, of) => Some(format!("{name} holds {}", of.diesel_name())),
    }
}

fn alteration(old: &Shape, new: &Shape, asides: &Asides) -> String {
    let mut parts = Vec::new();
    let came = new.table.columns.iter().filter(|column| old.column(&column.name).is_none());
    parts.extend(came.map(|column| match asides.column(&new.table.name, &column.name) {
        Some(own) => format!("add {own}, as {} until its name is free", column.name),
        None => format!("add {}", column.name),
    }));
    for column in &old.table.columns[..] {
        match new.column(&column.name) {
            None => parts.push(format!("drop {}", column.name)),
            Some(after) => parts.extend(column_changes(old, new, column, after)),
        }
    }
    if old.table.primary_key != new.table.primary_key {
        parts.push(format!("make {} the primary key", new.table.primary_key.join(", ")));
    }
    let toggles = [
        (old.table.strict, new.table.strict, "STRICT"),
        (old.table.without_rowid, new.table.without_rowid, "WITHOUT ROWID"),
    ];
    for (before, after, word) in toggles {
        match (before, after) {
            (false, true) => parts.push(format!("make it {word}")),
            (true, false) => parts.push(format!("no longer {word}")),
            (true, true) | (false, false) => {}
        }
    }
    parts.extend(check_changes(old, new));
    parts.extend(key_changes(old, new));
    if parts.is_empty() || old.inline_uniques != new.inline_uniques {
        parts.push("change constraints".into());
    }
    parts.join(", ")
}

fn column_changes(old: &Shape, new: &Shape, before: &Column, after: &Column) -> Vec<String> {
    let name = &after.name;
    let mut parts: Vec<String> = retyped(old, new, before, after).into_iter().collect();
    if let (SqlType::Enum(a), SqlType::Enum(b)) = (&before.sql_type, &after.sql_type) {
        parts.extend(label_changes(name, a, b));
    }
    // A key is never NULL anyhow.
    let key = |shape: &Shape| shape.table.primary_key.contains(name);
    if before.nullable != after.nullable && !(key(old) || key(new)) {
        parts.push(words::nullability(after));
    }
    if before.default != after.default {
        parts.push(words::default(after));
    }
    if before.collation != after.collation {
        parts.push(words::collation(after, "by its bytes"));
    }
    parts.extend(match (&before.generated, &after.generated) {
        (Some(a), Some(b)) if a.expr == b.expr && a.storage != b.storage => Some(match b.storage {
            Storage::Stored => format!("store what {name} is computed to"),
            Storage::Virtual => format!("compute {name} when it is read"),
        }),
        (Some(_), Some(_)) | (Some(_), None) | (None, Some(_)) | (None, None) => {
            words::computing(before, after)
        }
    });
    parts.extend(numbered(before.identity, after.identity).map(|how| format!("{how} {name}")));
    parts
}

fn numbered(before: Option<Identity>, after: Option<Identity>) -> Option<&'static str> {
    let counts = |it: Identity| it == Identity::Autoincrement;
    match (before.map(counts), after.map(counts)) {
        (None, Some(false)) => Some("let SQLite number"),
        (None | Some(false), Some(true)) => Some("never reuse a number of"),
        (Some(true), Some(false)) => Some("let numbers be reused in"),
        (Some(_), None) => Some("no longer number"),
        (Some(false), Some(false)) | (Some(true), Some(true)) | (None, None) => None,
    }
}

fn retyped(old: &Shape, new: &Shape, before: &Column, after: &Column) -> Option<String> {
    let name = &after.name;
    if before.sql_type.same_facts(&after.sql_type) {
        // How it is spelled follows from what is said elsewhere.
        return None;
    }
    let spelled = |shape: &Shape, column: &Column| declared(column, shape.table.strict, false);
    let (was, is) = (spelled(old, before), spelled(new, after));
    let has_labels = |column: &Column| matches!(column.sql_type, SqlType::Enum(_));
    match (has_labels(before), has_labels(after)) {
        (true, true) => None,
        (false, true) if was == is => Some(format!("hold {name} to its labels")),
        (true, false) if was == is => Some(format!("no longer hold {name} to labels")),
        (false, false) if was == is => converts(before, after).then(|| format!("convert {name}")),
        (true, false) | (false, true) | (false, false) => {
            Some(format!("change {name} from {was} to {is}"))
        }
    }
}

/// What happens to labels, but for their order.
fn label_changes(column: &str, before: &Enum, after: &Enum) -> Vec<String> {
    let mut parts = Vec::new();
    let mut images = Vec::new();
    for label in before.labels.iter().map(|it| &it.name) {
        match relabelled(label, before, after) {
            Some(now) => {
                images.push(now);
                if now != label {
                    parts.push(format!("rename label {label} of {column} to {now}"));
                }
            }
            None => parts.push(format!("drop label {label} of {column}")),
        }
    }
    let new = after.labels.iter().filter(|it| !images.contains(&&*it.name));
    parts.extend(new.map(|it| format!("add label {} to {column}", it.name)));
    parts
}

/// Checks that came, went or changed, but for those that go along with their column.
fn check_changes(old: &Shape, new: &Shape) -> Vec<String> {
    let told = |shape: &Shape, other: &Shape| -> Vec<String> {
        let known = |check: &Check| {
            let mut checks = other.table.checks.iter();
            checks.any(|it| {
                it.name.eq_ignore_ascii_case(&check.name)
                    && same(it.expr.as_str(), check.expr.as_str())
            })
        };
        let checks = shape.table.checks.iter().filter(|check| !known(check));
        let checks = checks.filter_map(|check| match inline_check(&shape.table, check) {
            Some(column) if other.column(column).is_none() => None,
            Some(column) if check.name.is_empty() => Some(format!("the check on {column}")),
            None if check.name.is_empty() => Some("the check on the table".to_owned()),
            Some(_) | None => Some(format!("check {}", check.name)),
        });
        checks.collect()
    };
    verbs(&told(old, new), &told(new, old))
}

/// Foreign keys that came, went or changed, but for those that go along with their column.
fn key_changes(old: &Shape, new: &Shape) -> Vec<String> {
    let told = |shape: &Shape, other: &Shape| -> Vec<String> {
        let keys = shape.table.foreign_keys.iter();
        let keys = keys.filter(|key| !other.table.foreign_keys.contains(key));
        let keys =
            keys.filter(|key| inline_column(key).is_none_or(|it| other.column(it).is_some()));
        keys.map(|key| format!("the foreign key of {}", key.columns.join(", "))).collect()
    };
    verbs(&told(old, new), &told(new, old))
}

fn verbs(gone: &[String], came: &[String]) -> Vec<String> {
    let verb = |it: &String| if gone.contains(it) { "change" } else { "add" };
    let came_told = came.iter().map(|it| format!("{} {it}", verb(it)));
    let left = gone.iter().filter(|it| !came.contains(it));
    came_told.chain(left.map(|it| format!("drop {it}"))).collect()
}
