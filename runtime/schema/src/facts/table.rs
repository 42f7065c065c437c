use super::{Check, Column, Exclusion, Extras, ForeignKey, Index, List, Text, Unique};

/// One table with everything that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The schema that it is in; see [`super::Place`].
    pub schema: Option<Text>,
    /// SQL name, unquoted.
    pub name: Text,
    /// Columns. Their order is no fact: see [`Table::canonical`].
    pub columns: List<Column>,
    /// Columns of the primary key in key order.
    pub primary_key: List<Text>,
    /// Uniqueness rules.
    pub uniques: List<Unique>,
    /// Secondary indexes.
    pub indexes: List<Index>,
    /// Conditions on rows. The one that an enum column implies is not listed.
    pub checks: List<Check>,
    /// Conditions on pairs of rows.
    pub exclusions: List<Exclusion>,
    /// References to other tables.
    pub foreign_keys: List<ForeignKey>,
    /// SQLite's `STRICT`.
    pub strict: bool,
    /// SQLite's `WITHOUT ROWID`.
    pub without_rowid: bool,
    /// What only some engines can say about it.
    pub extras: Extras,
    /// Remark for the reader of the schema.
    pub comment: Option<Text>,
    /// Name that this table had. A hint like [`Column::renamed_from`].
    pub renamed_from: Option<Text>,
}

impl Table {
    /// A table without columns or anything else.
    pub const fn new(name: Text) -> Table {
        Table {
            schema: None,
            name,
            columns: List::Borrowed(&[]),
            primary_key: List::Borrowed(&[]),
            uniques: List::Borrowed(&[]),
            indexes: List::Borrowed(&[]),
            checks: List::Borrowed(&[]),
            exclusions: List::Borrowed(&[]),
            foreign_keys: List::Borrowed(&[]),
            strict: false,
            without_rowid: false,
            extras: Extras::NONE,
            comment: None,
            renamed_from: None,
        }
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The same table in the one order that does not depend on how it was declared: key columns
    /// in key order, then the other columns by name; everything else by name.
    pub fn canonical(mut self) -> Table {
        let key = self.primary_key.clone();
        let rank = |column: &Column| {
            key.iter().position(|name| *name == column.name).unwrap_or(usize::MAX)
        };
        self.columns.to_mut().sort_by(|a, b| (rank(a), &a.name).cmp(&(rank(b), &b.name)));
        self.uniques.to_mut().sort_by(|a, b| a.name.cmp(&b.name));
        self.indexes.to_mut().sort_by(|a, b| a.name.cmp(&b.name));
        self.checks.to_mut().sort_by(|a, b| a.name.cmp(&b.name));
        self.exclusions.to_mut().sort_by(|a, b| a.name.cmp(&b.name));
        self.foreign_keys.to_mut().sort_by(|a, b| a.name.cmp(&b.name));
        self
    }

    /// The table without the hints that serve one migration only.
    pub fn settled(mut self) -> Table {
        self.columns = self.columns.into_owned().into_iter().map(Column::settled).collect();
        self
    }
}
