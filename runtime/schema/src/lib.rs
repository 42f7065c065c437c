//! The facts of a schema, how they are written down, and how two of them differ.
//!
//! This crate must not know SQL dialects, files, `syn` or Diesel. It knows three nouns:
//!
//! - [`facts`]: what a database looks like ([`Schema`], [`Table`], [`Column`], …),
//! - [`snapshot`]: facts as the text people review (`schema.toml`),
//! - [`change`]: what turns one schema into another, found by [`diff`].
//!
//! Every fact is built of [`Text`] and [`List`], so one `Table` is a `const` in a user's binary,
//! a value parsed from a snapshot and the input of the diff.

pub mod change;
#[cfg(feature = "snapshot")]
pub mod config;
mod dialect;
pub mod diff;
pub mod drift;
pub mod facts;
#[cfg(feature = "snapshot")]
pub mod lineage;
pub mod names;
#[cfg(feature = "snapshot")]
pub mod snapshot;
pub mod sql;
#[cfg(feature = "testing")]
pub mod testing;
pub mod words;

pub use change::{Change, Delta, Edit, Record, TableChange, replay};
pub use dialect::{Algorithm, Dialect, Flavour, Locking, Online};
pub use diff::{DiffError, diff};
pub use facts::{
    Action, Check, Column, Custom, Deferrable, Enum, Excluded, Exclusion, Expr, Extra, ExtraValue,
    Extras, ForeignKey, Generated, Identity, Index, IndexKey, Inner, Label, List, Live, MyLive,
    MyType, Object, ObjectKind, Order, OwnPlace, PUBLIC, PgLive, PgType, Place, RangeOf, Schema,
    Size, SqlType, Storage, Table, Text, Unique, Unmanaged, UnmanagedKind, Use, Used, Width,
    Written,
};
