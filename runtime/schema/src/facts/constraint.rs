use super::{Expr, Extras, List, Text};
use crate::Dialect;

/// A uniqueness rule over columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unique {
    /// Name, given or deterministic.
    pub name: Text,
    /// Columns in order.
    pub columns: List<Text>,
    /// What only some engines can say about it.
    pub extras: Extras,
}

/// A secondary index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Name, given or deterministic.
    pub name: Text,
    /// What it sorts by, in order.
    pub keys: List<IndexKey>,
    /// Whether two rows may share a key.
    pub unique: bool,
    /// Rows it covers; all when `None`.
    pub predicate: Option<Expr>,
    /// What only some engines can say about it.
    pub extras: Extras,
}

/// One key of an [`Index`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexKey {
    /// A column name or an expression, as SQL. A plain column is its bare name, unquoted, with
    /// `is_column` set.
    pub expr: Expr,
    /// Whether `expr` is the name of a column.
    pub is_column: bool,
    /// Sort order.
    pub order: Order,
    /// What only some engines can say about it.
    pub extras: Extras,
}

impl IndexKey {
    /// A column, smallest first.
    pub fn column(name: Text) -> IndexKey {
        IndexKey { is_column: true, ..IndexKey::expression(Expr(name)) }
    }

    /// An expression, smallest first.
    pub fn expression(expr: Expr) -> IndexKey {
        IndexKey { expr, is_column: false, order: Order::Asc, extras: Extras::NONE }
    }

    /// Whether it is the column, or an expression that names it, as the engine reads both.
    pub fn mentions(&self, column: &str, dialect: Dialect) -> bool {
        match (self.is_column, dialect) {
            (true, Dialect::Sqlite | Dialect::Mysql) => {
                self.expr.as_str().eq_ignore_ascii_case(column)
            }
            (true, Dialect::Postgres) => self.expr.as_str() == column,
            (false, _) => self.expr.mentions(column, dialect),
        }
    }
}

/// Sort order of an index key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Smallest first, the default.
    Asc,
    /// Largest first.
    Desc,
}

/// A condition that every row fulfils.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Name, given or deterministic.
    pub name: Text,
    /// The condition.
    pub expr: Expr,
    /// What only some engines can say about it.
    pub extras: Extras,
}

/// A condition that no two rows fulfil together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    /// Name, given or deterministic.
    pub name: Text,
    /// What is compared, and how, in order.
    pub elements: List<Excluded>,
    /// Rows it is about; all when `None`.
    pub predicate: Option<Expr>,
    /// What only some engines can say about it.
    pub extras: Extras,
}

/// One comparison of an [`Exclusion`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excluded {
    /// What is compared.
    pub key: IndexKey,
    /// The operator: `&&`.
    pub operator: Text,
}

/// A reference to rows of another table, or of the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKey {
    /// Name, given or deterministic.
    pub name: Text,
    /// Referencing columns in order.
    pub columns: List<Text>,
    /// The schema that the referenced table is in; see [`super::Place`].
    pub schema: Option<Text>,
    /// SQL name of the referenced table.
    pub table: Text,
    /// Referenced columns in order, as many as `columns`.
    pub references: List<Text>,
    /// What happens when the referenced row is deleted.
    pub on_delete: Action,
    /// What happens when the referenced key changes.
    pub on_update: Action,
    /// When it is checked.
    pub deferrable: Deferrable,
    /// What only some engines can say about it.
    pub extras: Extras,
}

/// What a foreign key does when the referenced row goes or changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Fails at the end of the statement; the default.
    NoAction,
    /// Fails at once.
    Restrict,
    /// Does the same to the referencing row.
    Cascade,
    /// Sets the referencing columns to NULL.
    SetNull,
    /// Sets the referencing columns to their defaults.
    SetDefault,
}

impl Action {
    /// Every action, in declaration order.
    pub const ALL: [Action; 5] =
        [Action::NoAction, Action::Restrict, Action::Cascade, Action::SetNull, Action::SetDefault];

    /// Spelling in attributes and snapshots: `set_null`.
    pub const fn name(self) -> &'static str {
        match self {
            Action::NoAction => "no_action",
            Action::Restrict => "restrict",
            Action::Cascade => "cascade",
            Action::SetNull => "set_null",
            Action::SetDefault => "set_default",
        }
    }

    /// The inverse of [`Action::name`].
    pub fn from_name(name: &str) -> Option<Action> {
        Action::ALL.into_iter().find(|action| action.name() == name)
    }
}

/// When a rule is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deferrable {
    /// At every statement; the default.
    No,
    /// At every statement unless a transaction asks for later.
    InitiallyImmediate,
    /// At commit unless a transaction asks for earlier.
    InitiallyDeferred,
}

impl Deferrable {
    /// Every mode, in declaration order.
    pub const ALL: [Deferrable; 3] =
        [Deferrable::No, Deferrable::InitiallyImmediate, Deferrable::InitiallyDeferred];

    /// Spelling in attributes and snapshots: `initially_deferred`.
    pub const fn name(self) -> &'static str {
        match self {
            Deferrable::No => "no",
            Deferrable::InitiallyImmediate => "initially_immediate",
            Deferrable::InitiallyDeferred => "initially_deferred",
        }
    }

    /// The inverse of [`Deferrable::name`].
    pub fn from_name(name: &str) -> Option<Deferrable> {
        Deferrable::ALL.into_iter().find(|mode| mode.name() == name)
    }
}
