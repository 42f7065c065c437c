use super::{Change, Delta, Edit, TableChange};

impl Change {
    /// The change that undoes this one.
    pub fn invert(self) -> Change {
        match self {
            Change::CreateTable(table) => Change::DropTable(table),
            Change::DropTable(table) => Change::CreateTable(table),
            Change::AlterTable(change) => Change::AlterTable(change.invert()),
            Change::CreateExtension(name) => Change::DropExtension(name),
            Change::DropExtension(name) => Change::CreateExtension(name),
        }
    }
}

impl TableChange {
    /// The change that undoes this one.
    pub fn invert(self) -> TableChange {
        let mut edits: Vec<Edit> = self.edits.into_iter().map(Edit::invert).collect();
        crate::diff::sort(&mut edits);
        TableChange { before: self.after, after: self.before, edits }
    }
}

impl Edit {
    /// The edit that undoes this one.
    pub fn invert(self) -> Edit {
        match self {
            Edit::Column(delta) => Edit::Column(delta.invert()),
            Edit::PrimaryKey { before, after } => Edit::PrimaryKey { before: after, after: before },
            Edit::Unique(delta) => Edit::Unique(delta.invert()),
            Edit::Index(delta) => Edit::Index(delta.invert()),
            Edit::Check(delta) => Edit::Check(delta.invert()),
            Edit::Exclusion(delta) => Edit::Exclusion(delta.invert()),
            Edit::ForeignKey(delta) => Edit::ForeignKey(delta.invert()),
            Edit::Strict { after } => Edit::Strict { after: !after },
            Edit::WithoutRowid { after } => Edit::WithoutRowid { after: !after },
            Edit::Extras { before, after } => Edit::Extras { before: after, after: before },
            Edit::Comment { before, after } => Edit::Comment { before: after, after: before },
        }
    }
}

impl<T> Delta<T> {
    /// The delta that undoes this one.
    pub fn invert(self) -> Delta<T> {
        match self {
            Delta::Added(it) => Delta::Removed(it),
            Delta::Removed(it) => Delta::Added(it),
            Delta::Changed { before, after } => Delta::Changed { before: after, after: before },
        }
    }
}
