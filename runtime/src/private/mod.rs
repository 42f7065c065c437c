//! What expansions of the macros call. No part of the API.

mod bounds;
mod build;
mod compare;
mod declared;
mod told;

pub use bounds::{
    Alike, Called, Is, IsKey, Refers, TableName, Type, called, column_is, key_is, maps, reads,
    refers, writes,
};
pub use build::{
    MORE, More, PARTS, Parts, check, column, column_default, column_numbered, column_with, expr,
    key, keys, label, maybe, sized, sorted, table, text, texts,
};
pub use compare::{
    Last, LastTable, is_integer, labelled, labelled_as, mark, owns, same, same_maybe, swaps,
};
pub use core::option::Option::{None, Some};
pub use declared::{Declared, FileType, Filed, spelled};
pub use diesel_autogen_schema::{
    Action, Check, Column, Custom, Deferrable, Enum, Excluded, Exclusion, Extra, Extras,
    ForeignKey, Identity, Index, IndexKey, Inner, Label, List, MyType, Order, PgType, RangeOf,
    Size, SqlType, Storage, Table, Text, Unique, Width,
};
pub use told::{Each, First, Four, Fourth, InStep, No, Second, Tell, Third, Yes, bits};

/// A label that the enum does not have.
#[derive(Debug)]
pub struct UnknownLabel {
    name: &'static str,
    label: String,
}

impl UnknownLabel {
    /// The error that Diesel hands on.
    pub fn boxed(name: &'static str, label: String) -> Box<dyn std::error::Error + Send + Sync> {
        Box::new(UnknownLabel { name, label })
    }
}

impl std::fmt::Display for UnknownLabel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is no label of `{}`", self.label, self.name)
    }
}

impl std::error::Error for UnknownLabel {}
