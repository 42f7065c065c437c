//! What stands round the statements of a migration that its runner cannot put into a transaction:
//! SQLite ignores `PRAGMA foreign_keys` inside of one.

use std::collections::{BTreeMap, BTreeSet};

use diesel_autogen_schema::{Action, Column, Table, Text};

use super::op::Op;
use super::quote::string;
use super::shape::Shape;
use crate::decide::filler;

/// Which tables refer to which, as operations run.
#[derive(Clone, Debug, Default)]
pub(crate) struct References {
    /// By table in lower case, what each of its foreign keys names.
    tables: BTreeMap<String, Vec<(String, Action)>>,
    /// Tables in lower case that are without a unique index for a while.
    bare: BTreeSet<String>,
}

impl References {
    pub(crate) fn add(&mut self, table: &Table) {
        let keys = table.foreign_keys.iter();
        let keys = keys.map(|key| (key.table.to_ascii_lowercase(), key.on_delete)).collect();
        self.tables.insert(table.name.to_ascii_lowercase(), keys);
    }

    /// Follows an operation, and says why it cannot happen while foreign keys are on. Dropping a
    /// table deletes its rows first.
    pub(crate) fn follow(&mut self, op: &Op) -> Option<Reason> {
        match op {
            Op::Create(shape, _) => {
                self.add(&shape.table);
                None
            }
            Op::Alter(old, new) => {
                self.add(&new.table);
                self.fills(old, new).then_some(Reason::Lookups)
            }
            Op::Drop(shape, triggers) => {
                self.drops(&shape.table.name, !triggers.is_empty()).then_some(Reason::Rows)
            }
            Op::RenameTable { from, to } => {
                let (from, to) = (from.to_ascii_lowercase(), to.to_ascii_lowercase());
                if let Some(keys) = self.tables.remove(&from) {
                    self.tables.insert(to.clone(), keys);
                }
                if self.bare.remove(&from) {
                    self.bare.insert(to.clone());
                }
                let keys = self.tables.values_mut().flatten();
                keys.filter(|(name, _)| *name == from).for_each(|(name, _)| name.clone_from(&to));
                None
            }
            Op::DropIndex(table, index) => {
                if index.unique {
                    self.bare.insert(table.to_ascii_lowercase());
                }
                None
            }
            Op::Open
            | Op::Close
            | Op::Park
            | Op::Restore
            | Op::CreateIndex(..)
            | Op::RenameColumn { .. }
            | Op::Note { .. } => None,
        }
    }

    /// Whether rows are filled while what a key of theirs refers to, or what refers to them, has no
    /// index to be found by.
    fn fills(&self, old: &Shape, new: &Shape) -> bool {
        let filled = |after: &Column| match old.column(&after.name) {
            None => after.backfill.is_some(),
            Some(before) => before.nullable && !after.nullable && filler(after).is_some(),
        };
        let named = |name: &Text| new.column(name).is_some_and(filled);
        let own = new.table.name.to_ascii_lowercase();
        let referred = self.tables.values().flatten().any(|(to, _)| *to == own);
        referred && self.bare.contains(&own) && new.table.columns.iter().any(filled)
            || new.table.foreign_keys.iter().any(|key| {
                self.bare.contains(&key.table.to_ascii_lowercase()) && key.columns.iter().any(named)
            })
    }

    /// Follows a table that goes; `triggers` says whether its rows would set any off.
    fn drops(&mut self, name: &str, triggers: bool) -> bool {
        let name = name.to_ascii_lowercase();
        let own = self.tables.remove(&name).unwrap_or_default();
        let stops = |(to, action): &(String, Action)| match action {
            Action::NoAction => false,
            // Rows that go with their parents set off triggers; those that are dropped do not.
            Action::Cascade => *to == name && triggers,
            Action::Restrict | Action::SetNull | Action::SetDefault => *to == name,
        };
        // Rows that refer to themselves are looked at one by one, and then every key must find
        // what it refers to.
        let looked_at = own.iter().any(|(to, _)| *to == name);
        let lost = own.iter().any(|(to, _)| self.bare.contains(to));
        looked_at && lost
            || own.iter().any(stops)
            || self.tables.values().flatten().any(|(to, _)| *to == name)
    }
}

/// What a frame does besides holding a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// Nothing: the other direction needs more.
    Plain,
    /// Turns foreign keys off, and looks for new violations itself.
    WithoutForeignKeys(Reason),
}

/// Why foreign keys have to be off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// A table goes, and its rows must not take others along, or be stopped by them.
    Rows,
    /// A row is filled, and what it refers to, or what refers to it, could not be looked up.
    Lookups,
}

/// The statements that open the frame. `renames` are those of tables inside it, `(from, to)`.
pub(crate) fn open(frame: Frame, renames: &[(String, String)]) -> Vec<String> {
    match frame {
        Frame::Plain => vec!["BEGIN IMMEDIATE".into()],
        Frame::WithoutForeignKeys(_) => vec![
            "PRAGMA foreign_keys = OFF".into(),
            "BEGIN IMMEDIATE".into(),
            format!(
                "CREATE TEMP TABLE autogen_violations AS\n{}",
                violations(&named("\"table\"", renames), &named("parent", renames))
            ),
        ],
    }
}

/// The statements that close the frame.
pub(crate) fn close(frame: Frame) -> Vec<String> {
    match frame {
        Frame::Plain => vec!["COMMIT".into()],
        Frame::WithoutForeignKeys(_) => vec![
            "CREATE TEMP TABLE autogen_guard (\n    violations INTEGER \
             CONSTRAINT no_new_foreign_key_violations CHECK (violations = 0)\n)"
                .into(),
            format!(
                "INSERT OR ROLLBACK INTO temp.autogen_guard\n\
                 SELECT count(*) FROM (\n{}\n) AS now\n\
                 WHERE NOT EXISTS (\n    \
                 SELECT 1 FROM temp.autogen_violations AS old\n    \
                 WHERE old.child IS now.child AND old.row IS now.row\n      \
                 AND old.parent IS now.parent AND old.broken >= now.broken\n)",
                indented(&violations("\"table\"", "parent"))
            ),
            "DROP TABLE temp.autogen_guard".into(),
            "DROP TABLE temp.autogen_violations".into(),
            "COMMIT".into(),
            "PRAGMA foreign_keys = ON".into(),
        ],
    }
}

fn violations(child: &str, parent: &str) -> String {
    format!(
        "SELECT {child} AS child, rowid AS row, {parent} AS parent, count(*) AS broken\n\
         FROM pragma_foreign_key_check\n\
         GROUP BY 1, 2, 3"
    )
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

/// The name that a table will have when violations are looked for again.
fn named(column: &str, renames: &[(String, String)]) -> String {
    if renames.is_empty() {
        return column.to_owned();
    }
    let arms =
        renames.iter().map(|(from, to)| format!("WHEN {} THEN {}", string(from), string(to)));
    format!("CASE {column} {} ELSE {column} END", arms.collect::<Vec<_>>().join(" "))
}

/// Renames one after the other as renames from the first name to the last.
pub(crate) fn net_renames(ops: &[Op]) -> Vec<(String, String)> {
    let mut net: Vec<(String, String)> = Vec::new();
    for op in ops {
        let Op::RenameTable { from, to } = op else { continue };
        match net.iter_mut().find(|(_, name)| name == from) {
            Some((_, name)) => name.clone_from(to),
            None => net.push((from.clone(), to.clone())),
        }
    }
    net
}
