//! What an operation does, in the words of the comment above its statements.

use diesel_autogen_schema::{Column, Delta, Identity, Table};

use super::altered::is_made_anew;
use super::labels::Labels;
use super::op::{Alteration, Op, Rename};
use super::render::On;
use super::rule::{Rule, Tuning};
use super::sequence;
use super::types::spelled;
use crate::decide::relabelled;
use crate::dialect::words;

/// The comment above the statements of an operation.
pub(crate) fn why(op: &Op) -> String {
    match op {
        Op::CreateSchema(name) => format!("create schema {name}"),
        Op::DropSchema(name) => format!("drop schema {name}"),
        Op::CreateExtension(name) => format!("install extension {name}"),
        Op::DropExtension(name) => format!("remove extension {name}"),
        Op::CreateType(of) => format!("{}: create the type", of.place()),
        Op::DropType(of) => format!("{}: drop the type", of.place()),
        Op::KeepType(of) => {
            format!("{}: the type stays, what no model owns needs it", of.place())
        }
        Op::Labels(labels) => format!("{}: {}", labels.after.place(), label_changes(labels)),
        Op::CreateTable(table) => format!("{}: create the table", table.place()),
        Op::DropTable(table) => format!("{}: drop the table", table.place()),
        Op::Alter(it) => format!("{}: {}", it.after.place(), alteration(it)),
        Op::AddRules(table, rules) | Op::RestoreRules(table, rules) => {
            format!("{}: add {}", table.place(), listed(rules))
        }
        Op::DropRules(table, rules) => format!("{}: drop {}", table.place(), listed(rules)),
        Op::Turn { table, before, after } => {
            format!("{}: turn {} into {}", table.place(), before.words(), after.words())
        }
        Op::Validate(table, rule) => {
            format!("{}: {} holds for every row", table.place(), rule.words())
        }
        Op::Unvalidate(table, rule) => {
            format!("{}: {} holds for new rows alone, as it did", table.place(), rule.words())
        }
        Op::CreateIndex(table, index) => {
            format!("{}: add {}", table.place(), Rule::Index(index.clone()).words())
        }
        Op::DropIndex(table, index) => {
            format!("{}: drop {}", table.place(), Rule::Index(index.clone()).words())
        }
        Op::Follow { table, column, is_new: _ } => {
            format!("{}: {column} follows {}", table.place(), followed(table, column))
        }
        Op::Unfollow { table, column, is_gone: _ } => {
            format!("{}: {column} no longer follows {}", table.place(), followed(table, column))
        }
        Op::Rename(rename) => renamed(rename),
        Op::Remark { at, on, before: _, after: _ } => {
            let what = match on {
                On::Table => "the table".to_owned(),
                On::Type => "the type".to_owned(),
                On::Column(name) | On::Constraint(name) | On::Index(name) => name.to_string(),
            };
            format!("{}: the comment on {what}", at.place())
        }
        Op::Tune { table, name, before: _, after: Tuning::Checked(_) } => {
            format!("{}: when {name} is checked", table.place())
        }
        Op::Tune { table, name, before: _, after: Tuning::Kept(_) | Tuning::None } => {
            format!("{}: storage parameters of {name}", table.place())
        }
        Op::Parameters { table, before: _, after: _ } => {
            format!("{}: storage parameters", table.place())
        }
    }
}

fn followed(table: &Table, column: &str) -> String {
    let of = table.column(column).and_then(|it| it.extras.follows());
    of.map(ToString::to_string).unwrap_or_default()
}

fn listed(rules: &[Rule]) -> String {
    rules.iter().map(Rule::words).collect::<Vec<_>>().join(", ")
}

fn renamed(rename: &Rename) -> String {
    match rename {
        Rename::Table { from, to } | Rename::Type { from, to } => {
            match (from.schema == to.schema, from.name == to.name) {
                (true, _) => format!("{}: rename to {}", from.place(), to.name),
                (false, true) => {
                    let schema = to.schema.as_deref().unwrap_or(diesel_autogen_schema::PUBLIC);
                    format!("{}: move to schema {schema}", from.place())
                }
                (false, false) => format!("{}: move to {}", from.place(), to.place()),
            }
        }
        Rename::Column { table, from, to } | Rename::Constraint { table, from, to } => {
            format!("{}: rename {from} to {to}", table.place())
        }
        Rename::Index { schema: _, from, to } => format!("rename index {from} to {to}"),
        Rename::Sequence { schema: _, from, to } => format!("rename sequence {from} to {to}"),
    }
}

fn label_changes(labels: &Labels) -> String {
    let (before, after) = (&labels.before, &labels.after);
    let mut parts = Vec::new();
    let mut images = Vec::new();
    for label in before.labels.iter().map(|it| &it.name) {
        match relabelled(label, before, after) {
            Some(now) => {
                images.push(now);
                if now != label {
                    parts.push(format!("rename label {label} to {now}"));
                }
            }
            None => parts.push(format!("drop label {label}")),
        }
    }
    let new = after.labels.iter().filter(|it| !images.contains(&&*it.name));
    parts.extend(new.map(|it| format!("add label {}", it.name)));
    if parts.is_empty() { "order of labels".to_owned() } else { parts.join(", ") }
}

fn alteration(it: &Alteration) -> String {
    let mut parts = Vec::new();
    for delta in &it.columns {
        match delta {
            Delta::Added(column) => parts.push(format!("add {}", column.name)),
            Delta::Removed(column) => parts.push(format!("drop {}", column.name)),
            Delta::Changed { before, after } => parts.extend(changed(before, after)),
        }
    }
    parts.join(", ")
}

fn changed(before: &Column, after: &Column) -> Vec<String> {
    let name = &after.name;
    let mut parts = Vec::new();
    let (was, is) = (spelled(&before.sql_type), spelled(&after.sql_type));
    if was != is {
        parts.push(format!("change {name} from {was} to {is}"));
    }
    if before.nullable != after.nullable {
        parts.push(words::nullability(after));
    }
    if before.default != after.default {
        parts.push(words::default(after));
    }
    if before.collation != after.collation {
        parts.push(words::collation(after, "as the database does"));
    }
    parts.extend(words::computing(before, after));
    if before.identity != after.identity {
        parts.push(match after.identity {
            None => format!("no longer number {name}"),
            Some(Identity::Serial) => format!("number {name} by a serial"),
            Some(Identity::ByDefault | Identity::Autoincrement) => {
                format!("number {name} by an identity")
            }
            Some(Identity::Always) => format!("always number {name} by an identity"),
        });
    } else if sequence::options(before) != sequence::options(after) {
        parts.push(format!("number {name} in another way"));
    }
    if parts.is_empty() {
        let how = if is_made_anew(before, after) { "in another way" } else { "anew" };
        parts.push(format!("compute {name} {how}"));
    }
    parts
}
