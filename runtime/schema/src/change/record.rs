use super::{Change, Edit};
use crate::facts::{OwnPlace, Table, Text};

/// A change as a revision records it: the edits with their own two sides, not whole tables.
/// Replaying it on the schema it was made on gives the whole [`Change`] back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A table that was not there.
    CreateTable(Table),
    /// A table that goes.
    DropTable {
        /// Where it is.
        at: OwnPlace,
    },
    /// A table that is altered.
    AlterTable {
        /// Where it is before.
        from: OwnPlace,
        /// Where it is after.
        to: OwnPlace,
        /// Hint that the table carried, kept so that the rename counts as followed.
        renamed_from: Option<Text>,
        /// What differs.
        edits: Vec<Edit>,
    },
    /// An extension that was not there.
    CreateExtension {
        /// Its name.
        name: Text,
    },
    /// An extension that goes.
    DropExtension {
        /// Its name.
        name: Text,
    },
}

impl Change {
    /// The compact form of this change.
    pub fn record(&self) -> Record {
        match self {
            Change::CreateTable(table) => Record::CreateTable(table.clone().settled()),
            Change::DropTable(table) => Record::DropTable { at: table.place().into() },
            Change::AlterTable(change) => Record::AlterTable {
                from: change.before.place().into(),
                to: change.after.place().into(),
                renamed_from: change.after.renamed_from.clone(),
                edits: change.edits.iter().cloned().map(Edit::settled).collect(),
            },
            Change::CreateExtension(name) => Record::CreateExtension { name: name.clone() },
            Change::DropExtension(name) => Record::DropExtension { name: name.clone() },
        }
    }
}
