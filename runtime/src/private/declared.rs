//! The SQL type of a field's type beside a schema file.

use std::marker::PhantomData;

use diesel_autogen_schema::SqlType;

use crate::DbType;

/// What is known about the Rust type `T` in a column that the file calls an `F`: what the derive
/// on `T` says, which an expansion finds here, or else what [`Filed`] says.
#[derive(Debug)]
pub struct Declared<T, F>(PhantomData<(T, F)>);

impl<T: DbType, F> Declared<T, F> {
    /// The type that the derive says.
    pub const TYPE: SqlType = T::TYPE;
    /// Whether there is one.
    pub const IS_DERIVED: bool = true;
}

/// What a schema file says where no derive does.
pub trait Filed {
    /// The type that the file says.
    const TYPE: SqlType;
    /// Whether there is a derive.
    const IS_DERIVED: bool = false;
}

impl<T, F: FileType> Filed for Declared<T, F> {
    const TYPE: SqlType = F::TYPE;
}

/// Stops the build with the message where this is called, unless there is a derive.
///
/// # Panics
/// While compiling.
#[track_caller]
pub const fn spelled(is_derived: bool, message: &str) {
    assert!(is_derived, "{}", message);
}

/// What a schema file says about a type.
pub trait FileType {
    /// Its facts.
    const TYPE: SqlType;
}
