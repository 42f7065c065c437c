use super::{List, Place, Table, Text};

/// All that a package's models own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// The tables. Their order is no fact: see [`Schema::canonical`].
    pub tables: List<Table>,
    /// Extensions of the server that the tables need, by name. Their order is no fact.
    pub extensions: List<Text>,
}

impl Schema {
    /// A schema without tables.
    pub const EMPTY: Schema =
        Schema { tables: List::Borrowed(&[]), extensions: List::Borrowed(&[]) };

    /// A schema of these tables alone.
    pub fn of(tables: Vec<Table>) -> Schema {
        Schema { tables: tables.into(), ..Schema::EMPTY }
    }

    /// The table of this name where the engine looks first.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.at(Place::plain(name))
    }

    /// The table at this place.
    pub fn at(&self, place: Place<'_>) -> Option<&Table> {
        self.tables.iter().find(|table| table.place() == place)
    }

    /// The same schema in the one order that does not depend on how it was declared: tables by
    /// place, each in its [`Table::canonical`] order, and extensions by name.
    pub fn canonical(self) -> Schema {
        let mut tables: Vec<Table> =
            self.tables.into_owned().into_iter().map(Table::canonical).collect();
        tables.sort_by(|a, b| a.place().cmp(&b.place()));
        let mut extensions = self.extensions.into_owned();
        extensions.sort();
        Schema { tables: tables.into(), extensions: extensions.into() }
    }

    /// The schema without the hints that serve one migration only.
    pub fn settled(self) -> Schema {
        let tables = self.tables.into_owned().into_iter().map(Table::settled).collect();
        Schema { tables, extensions: self.extensions }
    }
}
