use diesel_autogen_schema::facts::mysql::charset_of;

use crate::script::KnownTable;

/// How texts of a column are kept and compared, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letters {
    pub(super) charset: Option<String>,
    pub(super) collation: Option<String>,
}

impl Letters {
    /// Those of a column that says these, in a table.
    pub(super) fn of(
        charset: Option<&String>,
        collation: Option<&String>,
        table: &KnownTable,
    ) -> Letters {
        let (charset, collation) = match (charset, collation) {
            (None, None) => (table.charset.as_ref(), table.collation.as_ref()),
            own => own,
        };
        let of_collation = collation.map(|name| charset_of(name).to_owned());
        let charset = of_collation.or_else(|| charset.cloned()).map(|name| match &*name {
            "utf8" => "utf8mb3".to_owned(),
            _ => name,
        });
        Letters { charset, collation: collation.cloned() }
    }

    /// Bytes that a letter takes at most.
    pub(super) fn bytes(&self) -> u32 {
        match self.charset.as_deref() {
            Some("utf8mb3") => 3,
            Some("latin1" | "ascii" | "binary") => 1,
            Some(_) | None => 4,
        }
    }

    /// Whether texts stay as they are in the other character set.
    pub(super) fn stay(&self, to: &Letters, mariadb: bool) -> bool {
        match (self.charset.as_deref(), to.charset.as_deref()) {
            (Some("utf8mb3"), Some("utf8mb4")) => mariadb,
            (Some(from), Some(to)) => from == to,
            (None, _) | (_, None) => true,
        }
    }

    /// Whether texts are compared in another way.
    pub(super) fn sort_otherwise(&self, to: &Letters) -> bool {
        let both = self.collation.as_ref().zip(to.collation.as_ref());
        both.is_some_and(|(from, to)| from != to)
    }
}
