//! What a database looks like, as plain values.
//!
//! Nothing here knows how a fact is declared in Rust, compared or rendered. Code that compares,
//! hashes or renders a fact destructures it without `..`, so that the compiler leads whoever
//! adds a field to every place it belongs.

mod column;
mod constraint;
mod expr;
mod extra;
mod live;
pub mod mysql;
mod place;
mod schema;
mod table;
mod types;

use std::borrow::Cow;

pub use column::{Column, Generated, Identity, Storage};
pub use constraint::{
    Action, Check, Deferrable, Excluded, Exclusion, ForeignKey, Index, IndexKey, Order, Unique,
};
pub use expr::Expr;
pub use extra::{Extra, ExtraValue, Extras};
pub use live::{
    Live, MyLive, Object, ObjectKind, PgLive, Unmanaged, UnmanagedKind, Use, Used, Written,
};
pub use place::{OwnPlace, PUBLIC, Place};
pub use schema::Schema;
pub use table::Table;
pub use types::{Custom, Enum, Inner, Label, MyType, PgType, RangeOf, Size, SqlType, Width};

/// A name or a piece of SQL: compiled in or owned.
pub type Text = Cow<'static, str>;

/// A sequence of facts: compiled in or owned.
pub type List<T> = Cow<'static, [T]>;
