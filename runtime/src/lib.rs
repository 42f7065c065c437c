//! Your structs are the schema: what a user's crate depends on.
//!
//! [`Model`](macro@Model) makes a struct a table, [`DbEnum`] and [`DbType`](macro@DbType) make an
//! enum or a newtype a column type, and [`schema!`] lists the models of a package. [`embed!`] holds
//! its migrations, and [`migrate!`] applies them when an application starts, with the feature of
//! the engine: `sqlite`, `postgres` or `mysql`. This crate must not know how migrations are made: without
//! these features a user's binary links facts and traits, no engine.

mod startup;
mod traits;

#[doc(hidden)]
pub mod private;

pub use diesel_autogen_macros::{DbEnum, DbType, Model, embed, schema};
pub use diesel_autogen_schema::{
    Action, Check, Column, Custom, Deferrable, Enum, Excluded, Exclusion, Expr, Extra, Extras,
    ForeignKey, Generated, Identity, Index, IndexKey, Inner, Label, List, MyType, Order, PgType,
    RangeOf, Schema, Size, SqlType, Storage, Table, Text, Unique, Width,
};
#[cfg(feature = "start")]
pub use startup::{Applied, Migrate, Work};
pub use startup::{Embedded, Migrations, StartError};
pub use traits::{DbType, Model};
