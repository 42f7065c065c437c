use std::collections::BTreeMap;

use super::{Schema, Text};

/// What a real database holds, as introspection found it: owned by a model or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// Tables. Names that the engine made up stay as they are (`sqlite_autoindex_users_1`), types
    /// are the nearest Diesel types, and expressions are as the engine gives them back.
    pub schema: Schema,
    /// What facts do not model, in creation order.
    pub objects: Vec<Object>,
    /// What is written otherwise than facts are rendered, by table in lower case.
    pub written: BTreeMap<String, Written>,
}

impl Live {
    /// How a table is written, where that is otherwise than its facts are rendered.
    pub fn written(&self, table: &str) -> Option<&Written> {
        self.written.get(&table.to_ascii_lowercase())
    }
}

/// How somebody wrote a table by hand, as far as it matters to whoever alters it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Columns with the type that they are declared with, when no fact is spelled like that.
    pub types: Vec<(Text, Text)>,
    /// Columns in a foreign key or a condition that stands behind the columns although it is about
    /// one column alone.
    pub apart: Vec<Text>,
}

/// A database object that no fact models: it is reported and kept, never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// What it is.
    pub kind: ObjectKind,
    /// Its name, unquoted.
    pub name: Text,
    /// The table that it hangs on, or the object's own name for a view.
    pub table: Text,
    /// The statement that creates it.
    pub sql: Text,
}

/// What an [`Object`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectKind {
    /// A view.
    View,
    /// A trigger.
    Trigger,
    /// A virtual table, with the shadow tables its module keeps.
    VirtualTable,
}
