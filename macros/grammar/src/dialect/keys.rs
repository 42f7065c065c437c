//! Which keys of our attributes each engine has.

use diesel_autogen_schema::Dialect;

use crate::attributes::Entry;
use crate::errors::Errors;

/// The engines that have a key.
#[derive(Clone, Copy)]
enum On {
    Each,
    Sqlite,
    Postgres,
    Mysql,
    /// All but SQLite.
    Servers,
    /// All but MySQL.
    Others,
    /// None: a key that people look for, and are told about.
    Nobody,
}

use On::{Each, Mysql, Nobody, Others, Postgres, Servers, Sqlite};

impl On {
    fn has(self, dialect: Dialect) -> bool {
        match self {
            On::Each => true,
            On::Nobody => false,
            On::Sqlite => dialect == Dialect::Sqlite,
            On::Postgres => dialect == Dialect::Postgres,
            On::Mysql => dialect == Dialect::Mysql,
            On::Servers => dialect != Dialect::Sqlite,
            On::Others => dialect != Dialect::Mysql,
        }
    }
}

/// The keys of an attribute, or of what stands in one.
pub(crate) struct Keys {
    /// What errors call it: `column`, or `model(index`.
    attribute: &'static str,
    /// What the keys are about, after `for` in a sentence, where that says more.
    about: &'static str,
    keys: &'static [(&'static str, On)],
}

/// `#[column(…)]`.
pub(crate) const COLUMN: Keys = Keys {
    attribute: "column",
    about: "",
    keys: &[
        ("default", Each),
        ("unique", Each),
        ("index", Each),
        ("references", Each),
        ("no_join", Each),
        ("on_delete", Each),
        ("on_update", Each),
        ("deferrable", Others),
        ("check", Each),
        ("max_length", Each),
        ("precision", Each),
        ("scale", Each),
        ("sql_type", Each),
        ("type_name", Each),
        ("collation", Each),
        ("comment", Each),
        ("renamed_from", Each),
        ("generated", Each),
        ("stored", Each),
        ("virtual", Each),
        ("identity", Each),
        ("serial", Postgres),
        ("autoincrement", Sqlite),
        ("charset", Mysql),
        ("on_update_now", Mysql),
        ("backfill", Each),
        ("using", Each),
    ],
};

/// `#[model(…)]`.
pub(crate) const MODEL: Keys = Keys {
    attribute: "model",
    about: "",
    keys: &[
        ("index", Each),
        ("unique", Each),
        ("check", Each),
        ("exclude", Postgres),
        ("foreign_key", Each),
        ("hidden", Each),
        ("schema", Postgres),
        ("comment", Each),
        ("renamed_from", Each),
        ("sql_name", Each),
        ("with", Servers),
        ("strict", Sqlite),
        ("without_rowid", Sqlite),
        ("engine", Mysql),
        ("charset", Mysql),
        ("collation", Mysql),
    ],
};

/// `index(…)` on a struct.
pub(crate) const INDEX: Keys = Keys {
    attribute: "model(index",
    about: " for an index",
    keys: &[
        ("name", Each),
        ("columns", Each),
        ("on", Each),
        ("unique", Each),
        ("where", Others),
        ("using", Servers),
        ("include", Postgres),
        ("nulls_not_distinct", Postgres),
        ("with", Servers),
        ("comment", Servers),
        ("deferrable", Nobody),
    ],
};

/// `unique(…)` on a struct or a field.
pub(crate) const UNIQUE: Keys = Keys {
    attribute: "model(unique",
    about: " for a uniqueness rule",
    keys: &[
        ("name", Each),
        ("columns", Each),
        ("deferrable", Postgres),
        ("nulls_not_distinct", Postgres),
        ("include", Postgres),
        ("with", Postgres),
        ("comment", Servers),
        ("using", Nobody),
    ],
};

/// `check(…)`.
pub(crate) const CHECK: Keys = Keys {
    attribute: "model(check",
    about: " for a check",
    keys: &[("name", Each), ("comment", Postgres)],
};

/// `foreign_key(…)`.
pub(crate) const FOREIGN_KEY: Keys = Keys {
    attribute: "model(foreign_key",
    about: " for a foreign key",
    keys: &[
        ("name", Each),
        ("columns", Each),
        ("references", Each),
        ("no_join", Each),
        ("on_delete", Each),
        ("on_update", Each),
        ("deferrable", Others),
        ("match", Postgres),
        ("comment", Postgres),
    ],
};

/// `#[db_enum(…)]` on an enum.
pub(crate) const ENUM: Keys = Keys {
    attribute: "db_enum",
    about: " for an enum",
    keys: &[
        ("name", Each),
        ("rename_all", Each),
        ("schema", Postgres),
        ("comment", Postgres),
        ("sql_type", Postgres),
    ],
};

impl Keys {
    /// The keys that the engine has.
    pub(crate) fn of(&self, dialect: Dialect) -> Vec<&'static str> {
        self.keys.iter().filter(|(_, on)| on.has(dialect)).map(|(key, _)| *key).collect()
    }

    /// Whether expressions can stand beside the columns.
    pub(crate) fn has_expressions(&self) -> bool {
        self.attribute == INDEX.attribute
    }

    /// Whether some engine has the key.
    pub(crate) fn mentions(&self, key: &str) -> bool {
        self.keys.iter().any(|(known, _)| *known == key)
    }

    /// Whether the key is another engine's, which is told.
    pub(crate) fn refuse(&self, entry: &Entry, dialect: Dialect, errors: &mut Errors) -> bool {
        let foreign = self.keys.iter().any(|(key, on)| *key == entry.key && !on.has(dialect));
        if foreign {
            let (key, about) = (&entry.key, self.about);
            let instead = instead(dialect, key);
            errors.at(entry.span, format_args!("{dialect} has no `{key}`{about}{instead}"));
        }
        foreign
    }

    /// That the key is nobody's.
    pub(crate) fn unknown(&self, entry: &Entry, dialect: Dialect, errors: &mut Errors) {
        entry.unknown(errors, self.attribute, &self.of(dialect));
    }
}

/// What an engine has in place of another's key.
fn instead(dialect: Dialect, key: &str) -> &'static str {
    match (dialect, key) {
        (Dialect::Postgres, "autoincrement") => {
            ": an integer key is generated by itself, or say `identity = always` or `serial`"
        }
        (Dialect::Postgres, "deferrable") => ": a rule that can wait is `unique(…, deferrable)`",
        (Dialect::Postgres, "using") => ": an index of another kind is `index(…, unique)`",
        (Dialect::Mysql, "autoincrement") => ": an integer key is generated by itself",
        (Dialect::Mysql, "deferrable") => ": its rules are checked at every row",
        (Dialect::Mysql, "where") => ": an index there covers every row",
        (Dialect::Sqlite | Dialect::Postgres | Dialect::Mysql, _) => "",
    }
}
