//! What the compiler must find true of an expansion.

use diesel::deserialize::FromSql;
use diesel::expression::Expression;
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, IntoNotNullable};

/// The SQL name of a `table!`, which Diesel keeps to itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no table of a model",
    label = "no model declares this table",
    note = "`references = …` needs a table that a `#[derive(diesel_autogen::Model)]` declares"
)]
pub trait TableName {
    /// The name in the database.
    const NAME: &'static str;
    /// The schema that it is in, unless it is the one in which the engine looks first.
    const SCHEMA: Option<&'static str> = None;
}

/// That Diesel reads and writes the Rust type `T` as the SQL type `ST`.
pub const fn maps<DB, T, ST>()
where
    DB: diesel::backend::Backend + HasSqlType<ST>,
    T: FromSql<ST, DB> + ToSql<ST, DB>,
{
}

/// That Diesel reads the Rust type `T` from the SQL type `ST`.
pub const fn reads<DB, T, ST>()
where
    DB: diesel::backend::Backend + HasSqlType<ST>,
    T: FromSql<ST, DB>,
{
}

/// That Diesel writes the Rust type `T` as the SQL type `ST`.
pub const fn writes<DB, T, ST>()
where
    DB: diesel::backend::Backend + HasSqlType<ST>,
    T: ToSql<ST, DB>,
{
}

/// The SQL type of a column, NULL or not.
pub type Type<C> = <<C as Expression>::SqlType as IntoNotNullable>::NotNullable;

/// Two columns whose values can be compared.
#[diagnostic::on_unimplemented(
    message = "a foreign key of type `{Self}` cannot refer to a column of type `{T}`",
    label = "the referenced column has another type"
)]
pub trait Refers<T> {}

impl<T> Refers<T> for T {}

/// That a column of `Child`'s type can refer to `Parent`.
pub const fn refers<Child, Parent>()
where
    Child: Expression,
    Child::SqlType: IntoNotNullable,
    Parent: Expression,
    Parent::SqlType: IntoNotNullable,
    Type<Child>: Refers<Type<Parent>>,
{
}

/// The column of a `table!` that was not made here, compared with the field.
#[diagnostic::on_unimplemented(
    message = "the field needs the SQL type `{T}`, but the `table!` says `{Self}`",
    label = "differs from the column in the schema file",
    note = "change the field, name the type with `#[column(sql_type = …)]`, or print the schema \
            file again"
)]
pub trait Is<T> {}

impl<T> Is<T> for T {}

/// That a column's SQL type is `ST`.
pub const fn column_is<C, ST>()
where
    C: Expression,
    C::SqlType: Is<ST>,
{
}

/// The primary key of a `table!` that was not made here, compared with the model's.
#[diagnostic::on_unimplemented(
    message = "the model has another primary key than the `table!`",
    label = "differs from the primary key in the schema file"
)]
pub trait IsKey<T> {}

impl<T> IsKey<T> for T {}

/// That a table's primary key is `Key`.
pub const fn key_is<T, Key>()
where
    T: diesel::Table,
    T::PrimaryKey: IsKey<Key>,
{
}

/// Whether two names are the same.
#[derive(Debug)]
pub struct Called<const ALIKE: bool>;

/// The SQL name of a column in a `table!` that was not made here.
#[diagnostic::on_unimplemented(
    message = "the column has another SQL name in the `table!`",
    label = "called otherwise in the schema file",
    note = "`#[column(sql_name = \"…\")]` names the column, `#[sql_name = \"…\"]` the one in the file"
)]
pub trait Alike {}

impl Alike for Called<true> {}

/// That two names are the same.
pub const fn called<const ALIKE: bool>()
where
    Called<ALIKE>: Alike,
{
}
