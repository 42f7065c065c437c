use super::{Change, Edit};
use crate::facts::{Table, Text};

/// A change as a revision records it: the edits with their own two sides, not whole tables.
/// Replaying it on the schema it was made on gives the whole [`Change`] back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A table that was not there.
    CreateTable(Table),
    /// A table that goes.
    DropTable {
        /// Its name.
        name: Text,
    },
    /// A table that is altered.
    AlterTable {
        /// Name before.
        from: Text,
        /// Name after.
        to: Text,
        /// Hint that the table carried, kept so that the rename counts as followed.
        renamed_from: Option<Text>,
        /// What differs.
        edits: Vec<Edit>,
    },
}

impl Change {
    /// The compact form of this change.
    pub fn record(&self) -> Record {
        match self {
            Change::CreateTable(table) => Record::CreateTable(table.clone().settled()),
            Change::DropTable(table) => Record::DropTable { name: table.name.clone() },
            Change::AlterTable(change) => Record::AlterTable {
                from: change.before.name.clone(),
                to: change.after.name.clone(),
                renamed_from: change.after.renamed_from.clone(),
                edits: change.edits.iter().cloned().map(Edit::settled).collect(),
            },
        }
    }
}
