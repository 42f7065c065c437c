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

    /// The other one.
    pub const fn other(self) -> Flavour {
        match self {
            Flavour::Mysql => Flavour::Mariadb,
            Flavour::Mariadb => Flavour::Mysql,
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

/// How a table may be altered at most, from the cheapest way on. A change that needs another way is an error of
/// the server's then, and nothing has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// Nothing but what the server notes of the table is written.
    Instant,
    /// Indexes may be built, and the rows stay where they are. MariaDB alone has the word.
    Nocopy,
    /// The table may be built anew in its place.
    Inplace,
    /// The table may be copied, while nobody writes to it.
    Copy,
}

/// What others may do to a table at least while it is altered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Locking {
    /// They read and write.
    None,
    /// They read.
    Shared,
    /// They wait.
    Exclusive,
}

/// What a package asks of the statements that alter tables, so that others go on meanwhile: on [`Dialect::Mysql`] by
/// words in each, so that a copy which nobody expected is an error and no outage; on [`Dialect::Postgres`] by several
/// revisions in place of one. It means nothing to other engines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Online {
    /// `ALGORITHM=…`.
    pub algorithm: Option<Algorithm>,
    /// `LOCK=…`.
    pub lock: Option<Locking>,
    /// Whether the changes of a table that is there are made in phases, none of which keeps others from it for longer
    /// than a moment.
    pub phased: bool,
}

impl Algorithm {
    /// Every way, the cheapest first.
    pub const ALL: [Algorithm; 4] =
        [Algorithm::Instant, Algorithm::Nocopy, Algorithm::Inplace, Algorithm::Copy];

    /// Spelling in manifests: `instant`.
    pub const fn name(self) -> &'static str {
        match self {
            Algorithm::Instant => "instant",
            Algorithm::Nocopy => "nocopy",
            Algorithm::Inplace => "inplace",
            Algorithm::Copy => "copy",
        }
    }

    /// Whether the server knows the word.
    pub const fn is_of(self, flavour: Flavour) -> bool {
        match (self, flavour) {
            (Algorithm::Nocopy, Flavour::Mysql) => false,
            (Algorithm::Nocopy, Flavour::Mariadb)
            | (Algorithm::Instant | Algorithm::Inplace | Algorithm::Copy, _) => true,
        }
    }
}

impl Locking {
    /// Every one, the kindest first.
    pub const ALL: [Locking; 3] = [Locking::None, Locking::Shared, Locking::Exclusive];

    /// Spelling in manifests: `none`.
    pub const fn name(self) -> &'static str {
        match self {
            Locking::None => "none",
            Locking::Shared => "shared",
            Locking::Exclusive => "exclusive",
        }
    }
}

impl Online {
    /// Nothing is asked for: the server does what it does by itself.
    pub const UNASKED: Online = Online { algorithm: None, lock: None, phased: false };
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
