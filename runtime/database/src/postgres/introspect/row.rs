//! Rows of the catalogue, as [`super::catalogue`] asks for them.

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Oid, SmallInt, Text};

/// Anything with columns, and indexes and sequences.
#[derive(QueryableByName)]
pub(super) struct Relation {
    #[diesel(sql_type = Oid)]
    pub(super) oid: u32,
    #[diesel(sql_type = Text)]
    pub(super) schema: String,
    #[diesel(sql_type = Text)]
    pub(super) name: String,
    #[diesel(sql_type = Text)]
    pub(super) kind: String,
    #[diesel(sql_type = Bool)]
    pub(super) partition: bool,
    #[diesel(sql_type = Bool)]
    pub(super) inherits: bool,
    #[diesel(sql_type = Bool)]
    pub(super) of_extension: bool,
    #[diesel(sql_type = Array<Text>)]
    pub(super) parameters: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) comment: Option<String>,
    /// What is unusual about it, each followed by a `;`.
    #[diesel(sql_type = Text)]
    pub(super) settings: String,
    /// Names of the triggers that keep a column as another one says.
    #[diesel(sql_type = Array<Text>)]
    pub(super) followers: Vec<String>,
    /// Sources of their functions, in the same order.
    #[diesel(sql_type = Array<Text>)]
    pub(super) bodies: Vec<String>,
}

#[derive(QueryableByName)]
pub(super) struct Column {
    #[diesel(sql_type = Oid)]
    pub(super) relation: u32,
    #[diesel(sql_type = SmallInt)]
    pub(super) number: i16,
    #[diesel(sql_type = Text)]
    pub(super) name: String,
    #[diesel(sql_type = Bool)]
    pub(super) required: bool,
    /// The type of the column, or of its elements.
    #[diesel(sql_type = Oid)]
    pub(super) type_oid: u32,
    #[diesel(sql_type = Text)]
    pub(super) type_name: String,
    /// Whether the type comes with the server.
    #[diesel(sql_type = Bool)]
    pub(super) type_is_builtin: bool,
    #[diesel(sql_type = Bool)]
    pub(super) is_array: bool,
    /// The parameters of the type, packed; negative when there are none.
    #[diesel(sql_type = Integer)]
    pub(super) modifier: i32,
    /// The type, or that of the elements, as the server writes it.
    #[diesel(sql_type = Text)]
    pub(super) type_text: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) expr: Option<String>,
    #[diesel(sql_type = Text)]
    pub(super) generated: String,
    #[diesel(sql_type = Text)]
    pub(super) identity: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) collation: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) comment: Option<String>,
}

/// A sequence that belongs to a column.
#[derive(QueryableByName)]
pub(super) struct Sequence {
    #[diesel(sql_type = Oid)]
    pub(super) oid: u32,
    #[diesel(sql_type = Oid)]
    pub(super) relation: u32,
    #[diesel(sql_type = SmallInt)]
    pub(super) number: i16,
    /// As the server writes it in `nextval`.
    #[diesel(sql_type = Text)]
    pub(super) shown: String,
    /// Size of its numbers in bytes.
    #[diesel(sql_type = SmallInt)]
    pub(super) size: i16,
    #[diesel(sql_type = BigInt)]
    pub(super) start: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) increment: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) least: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) greatest: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) cache: i64,
    #[diesel(sql_type = Bool)]
    pub(super) cycle: bool,
}

#[derive(QueryableByName)]
pub(super) struct Constraint {
    #[diesel(sql_type = Oid)]
    pub(super) oid: u32,
    #[diesel(sql_type = Oid)]
    pub(super) relation: u32,
    #[diesel(sql_type = Text)]
    pub(super) name: String,
    #[diesel(sql_type = Text)]
    pub(super) kind: String,
    #[diesel(sql_type = Bool)]
    pub(super) deferrable: bool,
    #[diesel(sql_type = Bool)]
    pub(super) deferred: bool,
    #[diesel(sql_type = Bool)]
    pub(super) validated: bool,
    #[diesel(sql_type = Array<SmallInt>)]
    pub(super) columns: Vec<i16>,
    /// The index that keeps it, or the one that a foreign key rests on.
    #[diesel(sql_type = Oid)]
    pub(super) index: u32,
    #[diesel(sql_type = Oid)]
    pub(super) target: u32,
    #[diesel(sql_type = Array<SmallInt>)]
    pub(super) references: Vec<i16>,
    #[diesel(sql_type = Text)]
    pub(super) on_update: String,
    #[diesel(sql_type = Text)]
    pub(super) on_delete: String,
    #[diesel(sql_type = Text)]
    pub(super) matching: String,
    #[diesel(sql_type = Array<SmallInt>)]
    pub(super) set_columns: Vec<i16>,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) expr: Option<String>,
    #[diesel(sql_type = Array<Text>)]
    pub(super) operators: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) comment: Option<String>,
}

#[derive(QueryableByName)]
pub(super) struct Index {
    #[diesel(sql_type = Oid)]
    pub(super) oid: u32,
    #[diesel(sql_type = Oid)]
    pub(super) relation: u32,
    #[diesel(sql_type = Text)]
    pub(super) name: String,
    #[diesel(sql_type = Text)]
    pub(super) method: String,
    #[diesel(sql_type = Bool)]
    pub(super) unique: bool,
    #[diesel(sql_type = Bool)]
    pub(super) nulls_not_distinct: bool,
    /// Whether it was made to the end.
    #[diesel(sql_type = Bool)]
    pub(super) valid: bool,
    /// Whether its keys have an order.
    #[diesel(sql_type = Bool)]
    pub(super) ordered: bool,
    /// Columns of the table by number, zero for an expression; the last are carried along.
    #[diesel(sql_type = Array<SmallInt>)]
    pub(super) columns: Vec<i16>,
    /// By key: one for descending, two for NULLs first.
    #[diesel(sql_type = Array<SmallInt>)]
    pub(super) options: Vec<i16>,
    /// By key, empty for a column.
    #[diesel(sql_type = Array<Text>)]
    pub(super) exprs: Vec<String>,
    /// By key, empty for the one that the type has by itself.
    #[diesel(sql_type = Array<Text>)]
    pub(super) classes: Vec<String>,
    /// By key, empty for the one that what is indexed has by itself.
    #[diesel(sql_type = Array<Text>)]
    pub(super) collations: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) predicate: Option<String>,
    #[diesel(sql_type = Array<Text>)]
    pub(super) parameters: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) comment: Option<String>,
}

/// An enum, a domain, a composite, a range or a multirange type.
#[derive(QueryableByName)]
pub(super) struct Type {
    #[diesel(sql_type = Oid)]
    pub(super) oid: u32,
    #[diesel(sql_type = Oid)]
    pub(super) array: u32,
    #[diesel(sql_type = Text)]
    pub(super) schema: String,
    #[diesel(sql_type = Text)]
    pub(super) name: String,
    #[diesel(sql_type = Text)]
    pub(super) kind: String,
    /// The table of a row type.
    #[diesel(sql_type = Oid)]
    pub(super) relation: u32,
    #[diesel(sql_type = Array<Text>)]
    pub(super) labels: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) comment: Option<String>,
    /// What it is made of, where no fact says it.
    #[diesel(sql_type = Text)]
    pub(super) text: String,
}

/// A schema or an extension.
#[derive(QueryableByName)]
pub(super) struct Named {
    #[diesel(sql_type = Text)]
    pub(super) kind: String,
    #[diesel(sql_type = Text)]
    pub(super) name: String,
}
