use std::collections::{BTreeMap, BTreeSet};

use super::{Enum, OwnPlace, Place, Schema, Text};
use crate::{Dialect, Flavour};

/// What a real database holds, as introspection found it: owned by a model or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// The engine.
    pub engine: Dialect,
    /// Tables. Names that the engine made up stay as they are (`sqlite_autoindex_users_1`), types
    /// are the nearest Diesel types, and expressions are as the engine gives them back.
    pub schema: Schema,
    /// What facts do not model, in creation order.
    pub objects: Vec<Object>,
    /// What is written otherwise than facts are rendered, by table in lower case.
    pub written: BTreeMap<String, Written>,
    /// What only PostgreSQL holds; empty for every other engine.
    pub pg: PgLive,
    /// What only MySQL and MariaDB hold; empty for every other engine.
    pub my: MyLive,
}

/// What a database of MySQL or MariaDB is beside tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MyLive {
    /// Which of the two it is.
    pub flavour: Flavour,
    /// The server's release.
    pub release: (u16, u16, u16),
    /// The collation of tables that are made without one.
    pub collation: Text,
}

/// What a PostgreSQL database holds beside tables. What extensions brought is left out of all of
/// it, as are the system's own schemas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PgLive {
    /// Schemas other than `public`, sorted.
    pub schemas: Vec<Text>,
    /// Enum types, whether a table uses them or not, by place; labels in the server's order.
    pub enums: Vec<Enum>,
    /// What no fact models, by kind and place. It is reported and kept, never changed.
    pub unmanaged: Vec<Unmanaged>,
    /// What is unusual about tables as a whole and no fact says, by table: `row security`.
    pub settings: Vec<(OwnPlace, Text)>,
    /// What other objects rest on, sorted: what must not be dropped or altered under them.
    pub uses: Vec<Use>,
    /// Names of tables, indexes, sequences, views and types, each in its schema: a new one must
    /// be none of them.
    pub names: BTreeSet<OwnPlace>,
    /// Constraints that were added without looking at the rows, as table and name, sorted.
    pub not_valid: Vec<(OwnPlace, Text)>,
    /// Names of primary keys that are otherwise than [`crate::names::primary_key`], by table.
    pub keys: BTreeMap<OwnPlace, Text>,
    /// Places of columns' sequences that are otherwise than [`crate::names::sequence`], by table
    /// and column.
    pub sequences: BTreeMap<(OwnPlace, Text), OwnPlace>,
}

impl PgLive {
    /// Whether a constraint was added without looking at the rows.
    pub fn is_not_valid(&self, table: Place<'_>, name: &str) -> bool {
        self.not_valid.iter().any(|(at, own)| at.place() == table && own == name)
    }

    /// What there is because tables need it.
    fn of(schema: &Schema) -> PgLive {
        let columns = schema.tables.iter().flat_map(|table| &table.columns[..]);
        let mut enums: Vec<Enum> =
            columns.filter_map(|column| column.sql_type.enumeration()).cloned().collect();
        enums.sort_by(|a, b| a.place().cmp(&b.place()));
        enums.dedup_by(|a, b| a.place() == b.place());
        let schemas: BTreeSet<Text> = schema
            .tables
            .iter()
            .filter_map(|table| table.schema.clone())
            .chain(enums.iter().filter_map(|it| it.schema.clone()))
            .collect();
        PgLive { schemas: schemas.into_iter().collect(), enums, ..PgLive::default() }
    }
}

/// A PostgreSQL object that no fact models.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unmanaged {
    /// What it is.
    pub kind: UnmanagedKind,
    /// Where it is. A trigger, a policy and a rule are in their table's schema.
    pub place: OwnPlace,
    /// The table that it hangs on, when it hangs on one.
    pub table: Option<OwnPlace>,
    /// What it is made of, as the server writes it where it looks in `public` first; empty for what
    /// it writes nothing of. Owners, grants and remarks are left out.
    pub text: Text,
}

/// What an [`Unmanaged`] object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnmanagedKind {
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// A table that is divided into partitions.
    PartitionedTable,
    /// A partition of a table.
    Partition,
    /// A table that inherits from another.
    InheritingTable,
    /// A table of another server.
    ForeignTable,
    /// A trigger.
    Trigger,
    /// A row security policy.
    Policy,
    /// A rule that rewrites queries.
    Rule,
    /// A function, procedure or aggregate; its name is followed by its argument types.
    Function,
    /// A domain.
    Domain,
    /// A composite type.
    Composite,
    /// A range type.
    Range,
    /// A sequence that belongs to no column.
    Sequence,
    /// Extended statistics.
    Statistics,
    /// A collation.
    Collation,
    /// A text search configuration or dictionary.
    TextSearch,
    /// An operator, operator class or operator family.
    Operator,
    /// An event trigger.
    EventTrigger,
    /// A publication.
    Publication,
}

impl UnmanagedKind {
    /// As a person calls it: `materialized view`.
    pub const fn name(self) -> &'static str {
        match self {
            UnmanagedKind::View => "view",
            UnmanagedKind::MaterializedView => "materialized view",
            UnmanagedKind::PartitionedTable => "partitioned table",
            UnmanagedKind::Partition => "partition",
            UnmanagedKind::InheritingTable => "inheriting table",
            UnmanagedKind::ForeignTable => "foreign table",
            UnmanagedKind::Trigger => "trigger",
            UnmanagedKind::Policy => "policy",
            UnmanagedKind::Rule => "rule",
            UnmanagedKind::Function => "function",
            UnmanagedKind::Domain => "domain",
            UnmanagedKind::Composite => "composite type",
            UnmanagedKind::Range => "range type",
            UnmanagedKind::Sequence => "sequence",
            UnmanagedKind::Statistics => "statistics object",
            UnmanagedKind::Collation => "collation",
            UnmanagedKind::TextSearch => "text search object",
            UnmanagedKind::Operator => "operator",
            UnmanagedKind::EventTrigger => "event trigger",
            UnmanagedKind::Publication => "publication",
        }
    }
}

/// That an unmanaged object rests on something that models can own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// What it rests on.
    pub of: Used,
    /// The kind of the object that rests on it.
    pub kind: UnmanagedKind,
    /// That object.
    pub by: OwnPlace,
}

/// Something that an unmanaged object rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Used {
    /// A table as a whole.
    Table(OwnPlace),
    /// A column of a table.
    Column(OwnPlace, Text),
    /// An enum type.
    Type(OwnPlace),
    /// A constraint of a table.
    Constraint(OwnPlace, Text),
    /// An index.
    Index(OwnPlace),
}

impl Live {
    /// A database that holds what these facts say and nothing besides.
    pub fn of(engine: Dialect, schema: Schema) -> Live {
        let pg = match engine {
            Dialect::Sqlite | Dialect::Mysql => PgLive::default(),
            Dialect::Postgres => PgLive::of(&schema),
        };
        Live { engine, schema, pg, ..Live::default() }
    }

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
    /// The table that it hangs on, or the object's own name for one that hangs on none.
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
    /// A stored procedure.
    Procedure,
    /// A stored function.
    Function,
    /// Something that the server does at a set time.
    Event,
}

impl ObjectKind {
    /// As a person calls it: `virtual table`.
    pub const fn name(self) -> &'static str {
        match self {
            ObjectKind::View => "view",
            ObjectKind::Trigger => "trigger",
            ObjectKind::VirtualTable => "virtual table",
            ObjectKind::Procedure => "procedure",
            ObjectKind::Function => "function",
            ObjectKind::Event => "event",
        }
    }
}
