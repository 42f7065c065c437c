//! Engines and how their SQL is made.

pub mod sqlite;

/// An engine that SQL is written for. The next ones (PostgreSQL, MySQL, MariaDB) are variants
/// here and folders beside [`sqlite`]; the compiler then shows every `match` that wants an arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// SQLite.
    Sqlite,
}

impl Dialect {
    /// Spelling in configuration and snapshots: `sqlite`.
    pub const fn name(self) -> &'static str {
        match self {
            Dialect::Sqlite => "sqlite",
        }
    }

    /// The inverse of [`Dialect::name`].
    pub fn from_name(name: &str) -> Option<Dialect> {
        [Dialect::Sqlite].into_iter().find(|dialect| dialect.name() == name)
    }

    /// The oldest release that is planned for unless the configuration names another.
    pub const fn default_minimum(self) -> (u16, u16, u16) {
        match self {
            // The first release whose DROP COLUMN has no known way to harm rows.
            Dialect::Sqlite => (3, 35, 5),
        }
    }
}

/// What a plan is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The engine.
    pub dialect: Dialect,
    /// The oldest release of it that must be able to run the SQL.
    pub minimum: (u16, u16, u16),
}

impl Target {
    /// The engine at its default minimum.
    pub const fn new(dialect: Dialect) -> Target {
        Target { dialect, minimum: dialect.default_minimum() }
    }
}
