use diesel_autogen_schema::{SqlType, Table};

use crate::private::mark;

/// A struct that is a table. `#[derive(Model)]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no model",
    label = "not a model",
    note = "put `#[derive(diesel_autogen::Model)]` on it"
)]
pub trait Model {
    /// Diesel's table.
    type Table: diesel::Table;
    /// The facts of the table.
    const TABLE: Table;
}

/// A type that is its own SQL type. `#[derive(DbEnum)]` and `#[derive(DbType)]` implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no type that a column can have",
    label = "unknown to the database",
    note = "put `#[derive(diesel_autogen::DbEnum)]` or `#[derive(diesel_autogen::DbType)]` on it, \
            or name a Diesel type with `#[column(sql_type = …)]`"
)]
pub trait DbType {
    /// What the database has for it.
    const TYPE: SqlType;

    /// The type's mark, found out once however many columns have the type.
    #[doc(hidden)]
    const MARK: u64 = mark(Self::TYPE);
}
