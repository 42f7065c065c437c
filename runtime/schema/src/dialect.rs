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
    /// MySQL and MariaDB; which of the two is said by a [`Flavour`].
    Mysql,
}

impl Dialect {
    /// Every engine that a manifest can name.
    pub const ALL: [Dialect; 3] = [Dialect::Sqlite, Dialect::Postgres, Dialect::Mysql];

    /// Spelling in manifests and snapshots: `sqlite`.
    pub const fn name(self) -> &'static str {
        match self {
            Dialect::Sqlite => "sqlite",
            Dialect::Postgres => "postgres",
            Dialect::Mysql => "mysql",
        }
    }

    /// The inverse of [`Dialect::name`].
    pub fn from_name(name: &str) -> Option<Dialect> {
        Dialect::ALL.into_iter().find(|dialect| dialect.name() == name)
    }

    /// The oldest release that is planned for unless a manifest names another.
    pub const fn default_minimum(self, flavour: Flavour) -> (u16, u16, u16) {
        match self {
            // The first release whose DROP COLUMN has no known way to harm rows.
            Dialect::Sqlite => (3, 35, 5),
            // The first release whose enums grow inside a transaction and that has generated
            // columns.
            Dialect::Postgres => (12, 0, 0),
            Dialect::Mysql => flavour.default_minimum(),
        }
    }
}

/// Which of the servers that speak [`Dialect::Mysql`] it is. It means nothing to other engines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flavour {
    /// MySQL itself.
    #[default]
    Mysql,
    /// MariaDB.
    Mariadb,
}

impl Flavour {
    /// Every flavour that a manifest can name.
    pub const ALL: [Flavour; 2] = [Flavour::Mysql, Flavour::Mariadb];

    /// Spelling in manifests: `mariadb`.
    pub const fn name(self) -> &'static str {
        match self {
            Flavour::Mysql => "mysql",
            Flavour::Mariadb => "mariadb",
        }
    }

    const fn default_minimum(self) -> (u16, u16, u16) {
        match self {
            // The first release that heeds conditions of tables.
            Flavour::Mysql => (8, 0, 16),
            // The first long-lived release whose statements about tables happen whole or not.
            Flavour::Mariadb => (10, 6, 0),
        }
    }
}

/// The name that people give it: `SQLite`.
impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Dialect::Sqlite => "SQLite",
            Dialect::Postgres => "PostgreSQL",
            Dialect::Mysql => "MySQL",
        })
    }
}
