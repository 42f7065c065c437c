//! What turns one schema into another.
//!
//! A change holds both sides, so its inverse is a swap and a down migration is derived, never
//! written beside the up.

mod invert;
mod origin;
mod record;
mod replay;

pub use origin::hinted;
pub use record::Record;
pub use replay::{ReplayError, advance, follow, replay};

use crate::facts::{
    Check, Column, Exclusion, Extras, ForeignKey, Index, List, Place, Table, Text, Unique,
};

/// One difference between two schemas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A table that was not there.
    CreateTable(Table),
    /// A table that goes.
    DropTable(Table),
    /// A table that stays, perhaps under another name, and is altered.
    AlterTable(TableChange),
    /// An extension of the server that was not there.
    CreateExtension(Text),
    /// An extension of the server that goes.
    DropExtension(Text),
}

impl Change {
    /// Where the table is after the change, or before it when the table goes.
    pub fn table(&self) -> Option<Place<'_>> {
        self.after().or(self.before()).map(Table::place)
    }

    /// The table, when it is new.
    pub fn created(&self) -> Option<&Table> {
        self.after().filter(|_| self.before().is_none())
    }

    /// The table, when it goes.
    pub fn dropped(&self) -> Option<&Table> {
        self.before().filter(|_| self.after().is_none())
    }

    /// Both sides, when the table is altered.
    pub fn altered(&self) -> Option<&TableChange> {
        if let Change::AlterTable(change) = self { Some(change) } else { None }
    }

    /// The table as it stands before.
    pub fn before(&self) -> Option<&Table> {
        match self {
            Change::DropTable(table) => Some(table),
            Change::AlterTable(change) => Some(&change.before),
            Change::CreateTable(_) | Change::CreateExtension(_) | Change::DropExtension(_) => None,
        }
    }

    /// The table as it stands after.
    pub fn after(&self) -> Option<&Table> {
        match self {
            Change::CreateTable(table) => Some(table),
            Change::AlterTable(change) => Some(&change.after),
            Change::DropTable(_) | Change::CreateExtension(_) | Change::DropExtension(_) => None,
        }
    }
}

/// Both sides of an altered table and the edits between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableChange {
    /// The whole table before, canonical.
    pub before: Table,
    /// The whole table after, canonical.
    pub after: Table,
    /// What differs, sorted by kind, then by name; never empty unless only the place differs.
    pub edits: Vec<Edit>,
}

impl TableChange {
    /// What differs in its columns.
    pub fn columns(&self) -> impl Iterator<Item = &Delta<Column>> {
        self.edits.iter().filter_map(|edit| match edit {
            Edit::Column(delta) => Some(delta),
            Edit::PrimaryKey { .. }
            | Edit::Unique(_)
            | Edit::Index(_)
            | Edit::Check(_)
            | Edit::Exclusion(_)
            | Edit::ForeignKey(_)
            | Edit::Strict { .. }
            | Edit::WithoutRowid { .. }
            | Edit::Extras { .. }
            | Edit::Comment { .. } => None,
        })
    }

    /// Columns that changed their name, as `(before, after)`.
    pub fn column_renames(&self) -> Vec<(&str, &str)> {
        self.columns()
            .filter_map(|delta| match delta {
                Delta::Changed { before, after } if before.name != after.name => {
                    Some((before.name.as_ref(), after.name.as_ref()))
                }
                Delta::Added(_) | Delta::Removed(_) | Delta::Changed { .. } => None,
            })
            .collect()
    }
}

/// One difference between two states of a table, other than its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// A column.
    Column(Delta<Column>),
    /// The columns of the primary key.
    PrimaryKey {
        /// Key columns before.
        before: List<Text>,
        /// Key columns after.
        after: List<Text>,
    },
    /// A uniqueness rule.
    Unique(Delta<Unique>),
    /// An index.
    Index(Delta<Index>),
    /// A condition on rows.
    Check(Delta<Check>),
    /// A condition on pairs of rows.
    Exclusion(Delta<Exclusion>),
    /// A foreign key.
    ForeignKey(Delta<ForeignKey>),
    /// `STRICT`.
    Strict {
        /// Whether the table is strict after; before it was the opposite.
        after: bool,
    },
    /// `WITHOUT ROWID`.
    WithoutRowid {
        /// Whether the table is without rowid after; before it was the opposite.
        after: bool,
    },
    /// What only some engines can say about the table.
    Extras {
        /// What it was before.
        before: Extras,
        /// What it is after.
        after: Extras,
    },
    /// The remark on the table.
    Comment {
        /// Remark before.
        before: Option<Text>,
        /// Remark after.
        after: Option<Text>,
    },
}

impl Edit {
    /// The edit without hints that serve one migration only.
    pub fn settled(self) -> Edit {
        match self {
            Edit::Column(delta) => Edit::Column(delta.map(Column::settled)),
            other => other,
        }
    }
}

/// Something that came, went or became something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delta<T> {
    /// Only after.
    Added(T),
    /// Only before.
    Removed(T),
    /// On both sides, and different.
    Changed {
        /// Before.
        before: T,
        /// After.
        after: T,
    },
}

impl<T> Delta<T> {
    /// What was there before.
    pub fn before(&self) -> Option<&T> {
        match self {
            Delta::Added(_) => None,
            Delta::Removed(before) | Delta::Changed { before, after: _ } => Some(before),
        }
    }

    /// The same delta of something else.
    pub fn map<U>(self, f: impl Fn(T) -> U) -> Delta<U> {
        match self {
            Delta::Added(it) => Delta::Added(f(it)),
            Delta::Removed(it) => Delta::Removed(f(it)),
            Delta::Changed { before, after } => {
                Delta::Changed { before: f(before), after: f(after) }
            }
        }
    }

    /// What is there after.
    pub fn after(&self) -> Option<&T> {
        match self {
            Delta::Removed(_) => None,
            Delta::Added(after) | Delta::Changed { before: _, after } => Some(after),
        }
    }
}
