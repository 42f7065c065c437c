//! What a plan does, in a form that can be inverted; SQL is rendered from it in each direction.

use diesel_autogen_schema::{Column, Delta, Enum, Extras, Index, OwnPlace, Table, Text};

use super::labels::Labels;
use super::render::On;
use super::rule::{Rule, Tuning};

/// One thing to do to a database.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// Make a schema.
    CreateSchema(Text),
    /// Drop the same.
    DropSchema(Text),
    /// Install an extension.
    CreateExtension(Text),
    /// Drop the same.
    DropExtension(Text),
    /// Make an enum type.
    CreateType(Enum),
    /// Drop the same.
    DropType(Enum),
    /// Leave an enum type to what needs it beside the models.
    KeepType(Enum),
    /// Give an enum type other labels.
    Labels(Labels),
    /// Make a table with its indexes and remarks. Its foreign keys are those that it can have at
    /// once.
    CreateTable(Table),
    /// Drop the same.
    DropTable(Table),
    /// Change columns of a table.
    Alter(Alteration),
    /// Add constraints to a table.
    AddRules(OwnPlace, Vec<Rule>),
    /// Add constraints again that only made way: no revision that follows looks at rows for them.
    RestoreRules(OwnPlace, Vec<Rule>),
    /// Drop either.
    DropRules(OwnPlace, Vec<Rule>),
    /// Make a rule of a unique index, or an index of a rule, which is under its name before.
    Turn { table: OwnPlace, before: Rule, after: Rule },
    /// Let a constraint that holds for new rows alone hold for all.
    Validate(OwnPlace, Rule),
    /// Let it hold for new rows alone, as it did.
    Unvalidate(OwnPlace, Rule),
    /// Make an index on a table.
    CreateIndex(OwnPlace, Index),
    /// Drop the same.
    DropIndex(OwnPlace, Index),
    /// Keep a column as another one of its table says, in the rows that are there as well if it is
    /// new to them.
    Follow { table: Table, column: Text, is_new: bool },
    /// Do so no more.
    Unfollow { table: Table, column: Text, is_gone: bool },
    /// Call something otherwise.
    Rename(Rename),
    /// Say something else about a thing.
    Remark { at: OwnPlace, on: On, before: Option<Text>, after: Option<Text> },
    /// Check or keep a rule otherwise.
    Tune { table: OwnPlace, name: Text, before: Tuning, after: Tuning },
    /// Keep a table otherwise.
    Parameters { table: OwnPlace, before: Extras, after: Extras },
}

/// Columns that come, go and change in a table; all names are those in use when it is done.
#[derive(Clone, Debug)]
pub(crate) struct Alteration {
    pub(crate) before: Table,
    pub(crate) after: Table,
    pub(crate) columns: Vec<Delta<Column>>,
    /// Whether all that happens is that the columns need no value any more, as a revision that
    /// follows drops them; the other way round, whether they came back with the one before.
    pub(crate) leaves: bool,
}

/// Something that is called otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rename {
    Table { from: OwnPlace, to: OwnPlace },
    Column { table: OwnPlace, from: Text, to: Text },
    Constraint { table: OwnPlace, from: Text, to: Text },
    Index { schema: Option<Text>, from: Text, to: Text },
    Sequence { schema: Option<Text>, from: Text, to: Text },
    Type { from: OwnPlace, to: OwnPlace },
}

impl Op {
    /// What undoes this.
    pub(crate) fn invert(self) -> Op {
        match self {
            Op::CreateSchema(name) => Op::DropSchema(name),
            Op::DropSchema(name) => Op::CreateSchema(name),
            Op::CreateExtension(name) => Op::DropExtension(name),
            Op::DropExtension(name) => Op::CreateExtension(name),
            Op::CreateType(of) => Op::DropType(of),
            Op::DropType(of) => Op::CreateType(of),
            Op::KeepType(of) => Op::KeepType(of),
            Op::Labels(labels) => Op::Labels(labels.invert()),
            Op::CreateTable(table) => Op::DropTable(table),
            Op::DropTable(table) => Op::CreateTable(table),
            Op::Alter(it) => Op::Alter(it.invert()),
            Op::AddRules(table, rules) | Op::RestoreRules(table, rules) => {
                Op::DropRules(table, rules)
            }
            Op::DropRules(table, rules) => Op::AddRules(table, rules),
            Op::Turn { table, before, after } => Op::Turn { table, before: after, after: before },
            Op::Validate(table, rule) => Op::Unvalidate(table, rule),
            Op::Unvalidate(table, rule) => Op::Validate(table, rule),
            Op::CreateIndex(table, index) => Op::DropIndex(table, index),
            Op::DropIndex(table, index) => Op::CreateIndex(table, index),
            Op::Follow { table, column, is_new } => Op::Unfollow { table, column, is_gone: is_new },
            Op::Unfollow { table, column, is_gone } => {
                Op::Follow { table, column, is_new: is_gone }
            }
            Op::Rename(rename) => Op::Rename(rename.invert()),
            Op::Remark { at, on, before, after } => {
                Op::Remark { at, on, before: after, after: before }
            }
            Op::Tune { table, name, before, after } => {
                Op::Tune { table, name, before: after, after: before }
            }
            Op::Parameters { table, before, after } => {
                Op::Parameters { table, before: after, after: before }
            }
        }
    }
}

impl Alteration {
    fn invert(self) -> Alteration {
        let columns = self.columns.into_iter().map(Delta::invert).collect();
        Alteration { before: self.after, after: self.before, columns, leaves: self.leaves }
    }
}

impl Rename {
    fn invert(self) -> Rename {
        match self {
            Rename::Table { from, to } => Rename::Table { from: to, to: from },
            Rename::Column { table, from, to } => Rename::Column { table, from: to, to: from },
            Rename::Constraint { table, from, to } => {
                Rename::Constraint { table, from: to, to: from }
            }
            Rename::Index { schema, from, to } => Rename::Index { schema, from: to, to: from },
            Rename::Sequence { schema, from, to } => {
                Rename::Sequence { schema, from: to, to: from }
            }
            Rename::Type { from, to } => Rename::Type { from: to, to: from },
        }
    }
}
