use super::{Expr, Extras, SqlType, Text};

/// One column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// SQL name, unquoted.
    pub name: Text,
    /// Diesel's SQL type, without `Nullable`.
    pub sql_type: SqlType,
    /// Whether NULL is allowed. Primary key columns are never nullable.
    pub nullable: bool,
    /// `DEFAULT` expression.
    pub default: Option<Expr>,
    /// The expression a generated column is computed from.
    pub generated: Option<Generated>,
    /// Set when the database makes up the value of this key.
    pub identity: Option<Identity>,
    /// `COLLATE` name, unquoted. One that begins with a double quote is SQL as it stands, with a
    /// schema: `"util"."any case"`.
    pub collation: Option<Text>,
    /// What only some engines can say about it.
    pub extras: Extras,
    /// Remark for the reader of the schema.
    pub comment: Option<Text>,
    /// Name that this column had. A hint: once it is in a snapshot it has been followed, and it
    /// never makes a difference by itself.
    pub renamed_from: Option<Text>,
    /// SQL that fills existing rows when the column is added or becomes required. A hint for one
    /// migration: never in a snapshot, never a difference.
    pub backfill: Option<Expr>,
    /// SQL that converts the old value when the type changes. A hint like `backfill`.
    pub using: Option<Expr>,
}

impl Identity {
    /// Every way, in declaration order.
    pub const ALL: [Identity; 4] =
        [Identity::ByDefault, Identity::Always, Identity::Serial, Identity::Autoincrement];

    /// Spelling in snapshots: `by_default`.
    pub const fn name(self) -> &'static str {
        match self {
            Identity::ByDefault => "by_default",
            Identity::Always => "always",
            Identity::Serial => "serial",
            Identity::Autoincrement => "autoincrement",
        }
    }

    /// The inverse of [`Identity::name`].
    pub fn from_name(name: &str) -> Option<Identity> {
        Identity::ALL.into_iter().find(|identity| identity.name() == name)
    }
}

impl Column {
    /// A required column of this type and nothing else.
    pub const fn new(name: Text, sql_type: SqlType) -> Column {
        Column {
            name,
            sql_type,
            nullable: false,
            default: None,
            generated: None,
            identity: None,
            collation: None,
            extras: Extras::NONE,
            comment: None,
            renamed_from: None,
            backfill: None,
            using: None,
        }
    }

    /// Whether every fact of the two is the same. Hints (`renamed_from`, `backfill`, `using`)
    /// do not count.
    pub fn same_facts(&self, other: &Column) -> bool {
        let Column {
            name,
            sql_type,
            nullable,
            default,
            generated,
            identity,
            collation,
            extras,
            comment,
            renamed_from: _,
            backfill: _,
            using: _,
        } = self;
        *name == other.name
            && sql_type.same_facts(&other.sql_type)
            && *nullable == other.nullable
            && *default == other.default
            && *generated == other.generated
            && *identity == other.identity
            && *collation == other.collation
            && *extras == other.extras
            && *comment == other.comment
    }

    /// The column without the hints that serve one migration only.
    pub fn settled(mut self) -> Column {
        self.backfill = None;
        self.using = None;
        self.sql_type = self.sql_type.settled();
        self
    }
}

/// How a generated column gets its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// Expression over other columns of the row.
    pub expr: Expr,
    /// Where the value lives.
    pub storage: Storage,
}

/// Where the value of a generated column lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// Computed when the row is written, kept on disk.
    Stored,
    /// Computed when the row is read.
    Virtual,
}

/// How the database makes up a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// The engine's ordinary way (`INTEGER PRIMARY KEY` on SQLite, an identity that inserts may
    /// pass over on PostgreSQL).
    ByDefault,
    /// An identity that inserts may not pass over.
    Always,
    /// A sequence that belongs to the column and a default that asks it.
    Serial,
    /// Never reuses the key of a deleted row (`AUTOINCREMENT` on SQLite).
    Autoincrement,
}
