//! How SQL is made for each engine: a folder an engine. The compiler shows every `match` on
//! [`Dialect`] that wants an arm for a new one.

pub mod mysql;
pub(crate) mod names;
pub mod postgres;
pub mod sqlite;
mod words;

use diesel_autogen_schema::{Dialect, Flavour, Online, SqlType};

/// Whether a change of type keeps a column from being filled by itself, since the server writes every
/// row anew for it. On the engines that have no phases it is a revision like any other.
pub(crate) fn is_rewritten(dialect: Dialect, before: &SqlType, after: &SqlType) -> bool {
    match dialect {
        Dialect::Postgres => {
            postgres::types::spelled(before) != postgres::types::spelled(after)
                && !postgres::types::stays_on_disk(before, after)
        }
        Dialect::Mysql | Dialect::Sqlite => false,
    }
}

/// What a plan is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The engine.
    pub dialect: Dialect,
    /// Which server it is, where two speak one language.
    pub flavour: Flavour,
    /// The oldest release of it that must be able to run the SQL.
    pub minimum: (u16, u16, u16),
    /// What is asked of every statement of the way up that alters a table.
    pub online: Online,
}

impl Target {
    /// The engine at its default minimum.
    pub const fn new(dialect: Dialect) -> Target {
        Target::of(dialect, Flavour::Mysql)
    }

    /// This flavour of the engine at its default minimum.
    pub const fn of(dialect: Dialect, flavour: Flavour) -> Target {
        let minimum = dialect.default_minimum(flavour);
        Target { dialect, flavour, minimum, online: Online::UNASKED }
    }

    /// The same for one phase of a change that is made in several, if it is one.
    pub const fn phased(self, phased: bool) -> Target {
        Target { online: Online { phased, ..self.online }, ..self }
    }
}
