use std::fmt;

/// A column as a statement declares it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnDef {
    /// Name.
    pub name: String,
    /// The type in upper case, its parameters included: `VARCHAR(20)`. Empty when there is none.
    pub sql_type: String,
    /// Whether it is declared NOT NULL, or is a key.
    pub not_null: bool,
    /// The default, as written.
    pub default: Option<String>,
    /// Whether it is the primary key alone.
    pub primary_key: bool,
    /// Whether it is unique alone.
    pub unique: bool,
    /// The condition of the check that is declared with it.
    pub check: Option<String>,
    /// The foreign key that is declared with it.
    pub references: Option<Reference>,
    /// Whether its value is made up by the engine, and how.
    pub made: Made,
    /// Character set, where it has one of its own.
    pub charset: Option<String>,
    /// Collation, where it is said.
    pub collation: Option<String>,
    /// What it is computed from, as written.
    pub expr: Option<String>,
    /// Whether it is put before others.
    pub placed: bool,
}

/// Where the values of a column come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Made {
    /// From whoever writes the row.
    #[default]
    Given,
    /// Counted: `SERIAL`, `GENERATED … AS IDENTITY`, `AUTO_INCREMENT`.
    Counted,
    /// Computed and stored.
    Stored,
    /// Computed when it is read.
    Virtual,
}

/// What a foreign key refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    /// The table.
    pub table: String,
    /// Its columns; none when its primary key is meant.
    pub columns: Vec<String>,
    /// Whether deleting there deletes here.
    pub cascades: bool,
}

/// A rule of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    /// Its name, when it is given one.
    pub name: Option<String>,
    /// What it wants.
    pub kind: RuleKind,
    /// The index that it is made of.
    pub using_index: Option<String>,
    /// Whether rows that are there are not looked at.
    pub not_valid: bool,
    /// Whether it can be checked at the end of the transaction.
    pub deferrable: bool,
}

/// The kinds of [`Constraint`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleKind {
    /// `PRIMARY KEY (columns)`.
    PrimaryKey(Vec<String>),
    /// `UNIQUE (columns)`.
    Unique(Vec<String>),
    /// `CHECK (condition)`, with the condition.
    Check(String),
    /// `FOREIGN KEY (columns) REFERENCES …`.
    ForeignKey(Vec<String>, Reference),
    /// `EXCLUDE …`.
    Exclude,
    /// `NOT NULL column`.
    NotNull(String),
}

/// An index as a statement declares it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexDef {
    /// Its name, when it is given one.
    pub name: Option<String>,
    /// Whether no two rows may agree.
    pub unique: bool,
    /// What it is over: columns, or expressions as written.
    pub keys: Vec<String>,
    /// Its kind, in lower case, when it is not the usual one: `gin`, `fulltext`.
    pub method: Option<String>,
    /// Whether it has rows of a condition only.
    pub partial: bool,
    /// Whether it has columns that are only kept along.
    pub includes: bool,
}

impl IndexDef {
    /// The name, or what it is over.
    pub fn label(&self) -> String {
        match &self.name {
            Some(name) => name.clone(),
            None => format!("on ({})", self.keys.join(", ")),
        }
    }
}

impl fmt::Display for RuleKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RuleKind::PrimaryKey(columns) => write!(f, "primary key ({})", columns.join(", ")),
            RuleKind::Unique(columns) => write!(f, "unique ({})", columns.join(", ")),
            RuleKind::Check(_) => f.write_str("check"),
            RuleKind::ForeignKey(columns, to) => {
                write!(f, "foreign key ({}) to {}", columns.join(", "), to.table)
            }
            RuleKind::Exclude => f.write_str("exclusion"),
            RuleKind::NotNull(column) => write!(f, "not null of {column}"),
        }
    }
}

impl Constraint {
    /// The name in backticks, or what it is.
    pub fn label(&self) -> String {
        match &self.name {
            Some(name) => format!("`{name}`"),
            None => self.kind.to_string(),
        }
    }
}
