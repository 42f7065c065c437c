use super::{List, Table};

/// All tables that a package's models own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// The tables. Their order is no fact: see [`Schema::canonical`].
    pub tables: List<Table>,
}

impl Schema {
    /// A schema without tables.
    pub const EMPTY: Schema = Schema { tables: List::Borrowed(&[]) };

    /// The table of this name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// The same schema in the one order that does not depend on how it was declared: tables by
    /// name, each in its [`Table::canonical`] order.
    pub fn canonical(self) -> Schema {
        let mut tables: Vec<Table> =
            self.tables.into_owned().into_iter().map(Table::canonical).collect();
        tables.sort_by(|a, b| a.name.cmp(&b.name));
        Schema { tables: tables.into() }
    }

    /// The schema without the hints that serve one migration only.
    pub fn settled(self) -> Schema {
        Schema { tables: self.tables.into_owned().into_iter().map(Table::settled).collect() }
    }
}
