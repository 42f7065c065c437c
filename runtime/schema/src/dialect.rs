use std::fmt;

/// An engine that schemas are for. Here it is a name alone: what an engine can do is known to the
/// rooms that have a folder for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// SQLite.
    #[default]
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Dialect {
    /// Every engine that a manifest can name.
    pub const ALL: [Dialect; 2] = [Dialect::Sqlite, Dialect::Postgres];

    /// Spelling in manifests and snapshots: `sqlite`.
    pub const fn name(self) -> &'static str {
        match self {
            Dialect::Sqlite => "sqlite",
            Dialect::Postgres => "postgres",
        }
    }

    /// The inverse of [`Dialect::name`].
    pub fn from_name(name: &str) -> Option<Dialect> {
        Dialect::ALL.into_iter().find(|dialect| dialect.name() == name)
    }

    /// The oldest release that is planned for unless a manifest names another.
    pub const fn default_minimum(self) -> (u16, u16, u16) {
        match self {
            // The first release whose DROP COLUMN has no known way to harm rows.
            Dialect::Sqlite => (3, 35, 5),
            // The first release whose enums grow inside a transaction and that has generated
            // columns.
            Dialect::Postgres => (12, 0, 0),
        }
    }
}

/// The name that people give it: `SQLite`.
impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Dialect::Sqlite => "SQLite",
            Dialect::Postgres => "PostgreSQL",
        })
    }
}
