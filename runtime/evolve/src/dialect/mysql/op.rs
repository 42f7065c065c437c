//! What a plan does, in a form that can be inverted; SQL is rendered from it in each direction.

use diesel_autogen_schema::facts::mysql::Support;
use diesel_autogen_schema::{Column, Delta, ForeignKey, Table, Text};

/// One thing to do to a database.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// Make a table with everything that it can have at once, and the indexes for all of its
    /// foreign keys, those included that come later.
    CreateTable(Table, Vec<Support>),
    /// Drop the same.
    DropTable(Table, Vec<Support>),
    /// Change a table where it stands.
    Alter(Alteration),
    /// Add foreign keys to a table.
    AddKeys(Text, Vec<ForeignKey>),
    /// Drop the same.
    DropKeys(Text, Vec<ForeignKey>),
    /// Call tables otherwise, in this order, as one statement.
    RenameTables(Vec<(Text, Text)>),
}

/// A table that is altered; both sides have the name that is in use meanwhile, and foreign keys
/// that come and go with it and not before or behind it.
#[derive(Clone, Debug)]
pub(crate) struct Alteration {
    pub(crate) before: Table,
    pub(crate) after: Table,
    pub(crate) columns: Vec<Delta<Column>>,
    /// What the database calls the table before the way up.
    pub(crate) live: Text,
    /// Columns, as they are called before and after, that foreign keys are about which are there
    /// all along.
    pub(crate) tied: (Vec<Text>, Vec<Text>),
    /// Keys that go here.
    pub(crate) gone: Vec<ForeignKey>,
    /// Keys that come here.
    pub(crate) came: Vec<ForeignKey>,
}

impl Op {
    /// What undoes this.
    pub(crate) fn invert(self) -> Op {
        match self {
            Op::CreateTable(table, supports) => Op::DropTable(table, supports),
            Op::DropTable(table, supports) => Op::CreateTable(table, supports),
            Op::Alter(it) => Op::Alter(it.invert()),
            Op::AddKeys(table, keys) => Op::DropKeys(table, keys),
            Op::DropKeys(table, keys) => Op::AddKeys(table, keys),
            Op::RenameTables(names) => {
                Op::RenameTables(names.into_iter().rev().map(|(from, to)| (to, from)).collect())
            }
        }
    }
}

impl Alteration {
    fn invert(self) -> Alteration {
        Alteration {
            before: self.after,
            after: self.before,
            columns: self.columns.into_iter().map(Delta::invert).collect(),
            live: self.live,
            tied: (self.tied.1, self.tied.0),
            gone: self.came,
            came: self.gone,
        }
    }

    /// Columns that change their name, as `(before, after)`.
    pub(crate) fn renames(&self) -> Vec<(&str, &str)> {
        let pairs = self.columns.iter().filter_map(|delta| match delta {
            Delta::Changed { before, after } => Some((&*before.name, &*after.name)),
            Delta::Added(_) | Delta::Removed(_) => None,
        });
        pairs.filter(|(before, after)| before != after).collect()
    }
}
