//! What a plan does, in a form that can be inverted; SQL is rendered from it in each direction.

use diesel_autogen_schema::{Index, Object};

use super::shape::Shape;

/// One thing to do to a database.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// Begin the transaction of a file that runs outside its runner's.
    Open,
    /// Check and commit it.
    Close,
    /// Take away the views and triggers that would be in the way.
    Park,
    /// Put them back.
    Restore,
    /// Make a table with its indexes, and the triggers that hung on it.
    Create(Shape, Vec<Object>),
    /// Drop the same.
    Drop(Shape, Vec<Object>),
    /// Turn one shape into the other; names of what stays are the same on both sides.
    Alter(Shape, Shape),
    /// Make an index on a table.
    CreateIndex(String, Index),
    /// Drop the same.
    DropIndex(String, Index),
    /// Rename a column of a table.
    RenameColumn { table: String, from: String, to: String },
    /// Rename a table.
    RenameTable { from: String, to: String },
    /// Nothing, for the engine: the fragment says what changed in the facts.
    Note { table: String, up: String, down: String },
}

impl Op {
    /// Both shapes, when a table is altered.
    pub(crate) fn alteration(&self) -> Option<(&Shape, &Shape)> {
        if let Op::Alter(before, after) = self { Some((before, after)) } else { None }
    }

    /// The table that is made.
    pub(crate) fn creates(&self) -> Option<&Shape> {
        if let Op::Create(shape, _) = self { Some(shape) } else { None }
    }

    /// The table that is dropped.
    pub(crate) fn drops(&self) -> Option<&Shape> {
        if let Op::Drop(shape, _) = self { Some(shape) } else { None }
    }

    /// What undoes this.
    pub(crate) fn invert(self) -> Op {
        match self {
            Op::Open => Op::Close,
            Op::Close => Op::Open,
            Op::Park => Op::Restore,
            Op::Restore => Op::Park,
            Op::Create(shape, triggers) => Op::Drop(shape, triggers),
            Op::Drop(shape, triggers) => Op::Create(shape, triggers),
            Op::Alter(before, after) => Op::Alter(after, before),
            Op::CreateIndex(table, index) => Op::DropIndex(table, index),
            Op::DropIndex(table, index) => Op::CreateIndex(table, index),
            Op::RenameColumn { table, from, to } => Op::RenameColumn { table, from: to, to: from },
            Op::RenameTable { from, to } => Op::RenameTable { from: to, to: from },
            Op::Note { table, up, down } => Op::Note { table, up: down, down: up },
        }
    }
}
