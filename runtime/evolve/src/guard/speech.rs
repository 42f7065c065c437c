use diesel_autogen_schema::{Dialect, Expr, Place, SqlType};

use crate::dialect::{Target, mysql, postgres, sqlite};

/// How one engine writes names, texts and questions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Speech {
    pub(crate) dialect: Dialect,
}

impl Speech {
    pub(crate) fn of(target: &Target) -> Speech {
        Speech { dialect: target.dialect }
    }

    pub(crate) fn ident(self, name: &str) -> String {
        match self.dialect {
            Dialect::Sqlite => sqlite::quote::ident(name),
            Dialect::Postgres => postgres::quote::ident(name),
            Dialect::Mysql => mysql::quote::ident(name),
        }
    }

    pub(crate) fn place(self, place: Place<'_>) -> String {
        match self.dialect {
            Dialect::Sqlite | Dialect::Mysql => self.ident(place.name),
            Dialect::Postgres => postgres::quote::place(place),
        }
    }

    pub(crate) fn string(self, text: &str) -> String {
        match self.dialect {
            Dialect::Sqlite => sqlite::quote::string(text),
            Dialect::Postgres => postgres::quote::string(text),
            Dialect::Mysql => mysql::quote::string(text),
        }
    }

    /// A collation as a fact names it: with a double quote first it is SQL as it stands.
    pub(crate) fn collation(self, name: &str) -> String {
        match self.dialect {
            Dialect::Postgres => postgres::quote::collation(name),
            Dialect::Sqlite | Dialect::Mysql => self.ident(name),
        }
    }

    /// Texts, separated by commas.
    pub(crate) fn strings<'t>(self, texts: impl Iterator<Item = &'t str>) -> String {
        texts.map(|text| self.string(text)).collect::<Vec<_>>().join(", ")
    }

    /// SQL that somebody wrote, in parentheses that a comment at its end does not swallow.
    pub(crate) fn expr(self, expr: &Expr) -> String {
        let text = match self.dialect {
            Dialect::Sqlite => sqlite::quote::expr(expr.as_str()),
            Dialect::Postgres => postgres::quote::expr(expr.as_str()),
            Dialect::Mysql => mysql::quote::expr(expr.as_str()),
        };
        let tail = if text.contains("--") || text.contains('#') { "\n" } else { "" };
        format!("({text}{tail})")
    }

    /// How the type is declared.
    pub(crate) fn spelled(self, of: &SqlType) -> String {
        match self.dialect {
            Dialect::Sqlite => of.diesel_name().to_owned(),
            Dialect::Postgres => postgres::types::spelled(of),
            Dialect::Mysql => mysql::types::spelled(of),
        }
    }
}
