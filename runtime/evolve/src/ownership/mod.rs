//! What belongs to the models and what only to the database.
//!
//! A table, column, index or key belongs to the models once one of them has claimed it; the rest
//! is kept and never touched. Hand-written migrations change what is owned ([`learn`]); a model
//! that starts to claim something that is there already gets it without SQL ([`adopt`]).
//!
//! Everything is compared between two introspections, never between an introspection and what a
//! model says, so the way an engine gives an expression back makes no difference.

mod adopt;
mod beside;
mod learn;
mod spelling;
mod unmanaged;

pub use adopt::adopt;
pub use beside::{Beside, beside, everything};
pub use learn::learn;
pub use spelling::spelled;
pub use unmanaged::unmanaged;

use diesel_autogen_schema::{Check, Column, Dialect, ForeignKey, SqlType, Table, Unique};

/// Whether the table keeps this uniqueness rule: under its name, or in a constraint that has
/// none of its own.
fn has_unique(live: &Table, unique: &Unique) -> bool {
    find_unique(live, unique).is_some()
}

fn find_unique<'a>(live: &'a Table, unique: &Unique) -> Option<&'a Unique> {
    live.uniques.iter().find(|it| {
        it.columns == unique.columns
            && (it.name == unique.name || it.name.starts_with("sqlite_autoindex_"))
    })
}

/// The condition in the database. SQLite keeps the text and no name of its own; the others
/// give every one a name and write the text anew.
fn find_check<'a>(engine: Dialect, live: &'a Table, check: &Check) -> Option<&'a Check> {
    live.checks.iter().find(|it| match engine {
        Dialect::Sqlite => it.expr == check.expr,
        Dialect::Postgres | Dialect::Mysql => it.name == check.name,
    })
}

fn find_key<'a>(live: &'a Table, key: &ForeignKey) -> Option<&'a ForeignKey> {
    live.foreign_keys.iter().find(|it| same_key(it, key))
}

/// Whether both refer from the same columns to the same ones.
fn same_key(a: &ForeignKey, b: &ForeignKey) -> bool {
    a.columns == b.columns && a.target() == b.target() && a.references == b.references
}

/// Whether two types are kept the same way: lengths and digits are not enforced by an engine
/// that has only storage classes, so there a hand-made `VARCHAR(255)` is good for a `String`.
fn same_storage(engine: Dialect, a: &SqlType, b: &SqlType) -> bool {
    match engine {
        Dialect::Sqlite => {}
        Dialect::Postgres | Dialect::Mysql => return a == b,
    }
    match (a, b) {
        (SqlType::Text { max_length: _ }, SqlType::Text { max_length: _ })
        | (
            SqlType::Numeric { precision: _, scale: _ },
            SqlType::Numeric { precision: _, scale: _ },
        ) => true,
        (a, b) => a == b,
    }
}

/// The column `base` with every fact taken from `to` that differs between `from` and `to`.
fn moved(engine: Dialect, base: &Column, from: &Column, to: &Column) -> Column {
    let Column {
        name: _,
        sql_type,
        nullable,
        default,
        generated,
        identity,
        collation,
        extras,
        comment,
        renamed_from: _,
        backfill: _,
        using: _,
    } = from;
    let mut column = base.clone().settled();
    if !same_storage(engine, sql_type, &to.sql_type) {
        column.sql_type = to.sql_type.clone();
    }
    if *nullable != to.nullable {
        column.nullable = to.nullable;
    }
    if *default != to.default {
        column.default = to.default.clone();
    }
    if *generated != to.generated {
        column.generated = to.generated.clone();
    }
    if *identity != to.identity {
        column.identity = to.identity;
    }
    if *collation != to.collation {
        column.collation = to.collation.clone();
    }
    if *extras != to.extras {
        column.extras = to.extras.clone();
    }
    // SQLite keeps none.
    if *comment != to.comment {
        column.comment = to.comment.clone();
    }
    column
}
