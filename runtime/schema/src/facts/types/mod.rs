mod mark;
mod mysql;
mod postgres;

use std::fmt;
use std::ops::Deref;

use super::{List, Place, Text};
use crate::Dialect;
pub use mysql::{MyType, Size, Width};
pub use postgres::{PgType, RangeOf};

/// Diesel's SQL type of a column, with the parameters that reach the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SqlType {
    /// 16-bit integer.
    SmallInt,
    /// 32-bit integer.
    Integer,
    /// 64-bit integer.
    BigInt,
    /// 32-bit floating point.
    Float,
    /// 64-bit floating point.
    Double,
    /// Exact decimal number.
    Numeric {
        /// Digits in all.
        precision: Option<u32>,
        /// Digits after the point.
        scale: Option<u32>,
    },
    /// True or false.
    Bool,
    /// Text of at most `max_length` characters.
    Text {
        /// Most characters that fit.
        max_length: Option<u32>,
    },
    /// Bytes.
    Binary,
    /// Calendar date.
    Date,
    /// Time of day.
    Time {
        /// Digits of the seconds' fraction; what the engine does by itself when none is said.
        precision: Option<u32>,
    },
    /// Date and time without a zone.
    Timestamp {
        /// Digits of the seconds' fraction; what the engine does by itself when none is said.
        precision: Option<u32>,
    },
    /// Date and time with an offset, as Diesel keeps it on SQLite.
    TimestamptzSqlite,
    /// JSON kept as text.
    Json,
    /// JSON kept in the engine's binary form.
    Jsonb,
    /// One of a closed list of labels.
    Enum(Enum),
    /// A type that only the user's code and the database know.
    Custom(Custom),
    /// A type that only PostgreSQL has.
    Pg(PgType),
    /// A type that only MySQL and MariaDB have.
    My(MyType),
}

impl SqlType {
    /// Text of any length.
    pub const TEXT: SqlType = SqlType::Text { max_length: None };
    /// Time of day as precise as the engine has it.
    pub const TIME: SqlType = SqlType::Time { precision: None };
    /// Date and time as precise as the engine has it.
    pub const TIMESTAMP: SqlType = SqlType::Timestamp { precision: None };

    /// Whether the values are whole numbers that a database can count.
    pub const fn is_integer(&self) -> bool {
        matches!(
            self,
            SqlType::SmallInt
                | SqlType::Integer
                | SqlType::BigInt
                | SqlType::My(MyType::TinyInt | MyType::Unsigned(_))
        )
    }

    /// Diesel's name of the type (`BigInt`), the last path segment in a `table!`.
    pub fn diesel_name(&self) -> &str {
        match self {
            SqlType::SmallInt => "SmallInt",
            SqlType::Integer => "Integer",
            SqlType::BigInt => "BigInt",
            SqlType::Float => "Float",
            SqlType::Double => "Double",
            SqlType::Numeric { .. } => "Numeric",
            SqlType::Bool => "Bool",
            SqlType::Text { .. } => "Text",
            SqlType::Binary => "Binary",
            SqlType::Date => "Date",
            SqlType::Time { .. } => "Time",
            SqlType::Timestamp { .. } => "Timestamp",
            SqlType::TimestamptzSqlite => "TimestamptzSqlite",
            SqlType::Json => "Json",
            SqlType::Jsonb => "Jsonb",
            SqlType::Enum(of) => &of.name,
            SqlType::Custom(of) => &of.name,
            SqlType::Pg(of) => of.diesel_name(),
            SqlType::My(of) => of.diesel_name(),
        }
    }

    /// The type with Diesel's name `name` (aliases such as `Int4` included) and no parameters, or
    /// `None` if it is none of Diesel's that this crate knows.
    pub fn from_diesel_name(name: &str) -> Option<SqlType> {
        Some(match name {
            "SmallInt" | "Int2" => SqlType::SmallInt,
            "Integer" | "Int4" => SqlType::Integer,
            "BigInt" | "Int8" => SqlType::BigInt,
            "Float" | "Float4" => SqlType::Float,
            "Double" | "Float8" => SqlType::Double,
            "Numeric" | "Decimal" => SqlType::Numeric { precision: None, scale: None },
            "Bool" => SqlType::Bool,
            "Text" => SqlType::TEXT,
            "VarChar" | "Varchar" => SqlType::Pg(PgType::Varchar),
            "Binary" | "Blob" | "VarBinary" | "Varbinary" | "Bytea" => SqlType::Binary,
            "Date" => SqlType::Date,
            "Time" => SqlType::TIME,
            "Timestamp" => SqlType::TIMESTAMP,
            "TimestamptzSqlite" => SqlType::TimestamptzSqlite,
            "Json" => SqlType::Json,
            "Jsonb" => SqlType::Jsonb,
            _ => {
                let pg = || PgType::from_diesel_name(name).map(SqlType::Pg);
                return MyType::from_diesel_name(name).map(SqlType::My).or_else(pg);
            }
        })
    }

    /// What the type is on this engine; `None` when the engine has no such type.
    pub fn on(self, dialect: Dialect) -> Option<SqlType> {
        match (dialect, self) {
            // One name, and one type where lengths are a remark.
            (Dialect::Sqlite, SqlType::Pg(PgType::Varchar)) => Some(SqlType::TEXT),
            (Dialect::Sqlite, SqlType::Pg(_)) => None,
            (Dialect::Sqlite | Dialect::Postgres, SqlType::My(of)) => of.elsewhere(),
            (Dialect::Sqlite, other) => Some(other),
            (Dialect::Postgres, SqlType::TimestamptzSqlite) => None,
            (Dialect::Postgres, other) => Some(other),
            (Dialect::Mysql, SqlType::Pg(PgType::Varchar)) => Some(SqlType::TEXT),
            (Dialect::Mysql, SqlType::Pg(_) | SqlType::TimestamptzSqlite | SqlType::Jsonb) => None,
            (Dialect::Mysql, other) => Some(other),
        }
    }

    /// Whether the two are one type to the database: label hints do not count.
    pub fn same_facts(&self, other: &SqlType) -> bool {
        match (self, other) {
            (SqlType::Enum(a), SqlType::Enum(b)) => a.same_facts(b),
            (SqlType::Pg(PgType::Array(a)), SqlType::Pg(PgType::Array(b))) => a.same_facts(b),
            (a, b) => a == b,
        }
    }

    /// The type without hints.
    pub fn settled(self) -> SqlType {
        match self {
            SqlType::Enum(of) => SqlType::Enum(of.settled()),
            SqlType::Pg(PgType::Array(of)) => SqlType::array((*of).clone().settled()),
            other => other,
        }
    }

    /// The list of values of a type.
    pub fn array(of: SqlType) -> SqlType {
        SqlType::Pg(PgType::Array(Inner::Owned(Box::new(of))))
    }

    /// The enum that the type is, or is a list of.
    pub fn enumeration(&self) -> Option<&Enum> {
        match self {
            SqlType::Enum(of) => Some(of),
            SqlType::Pg(PgType::Array(of)) => of.enumeration(),
            _ => None,
        }
    }
}

/// A type inside another: compiled in or owned.
#[derive(Clone)]
pub enum Inner {
    /// Compiled in.
    Static(&'static SqlType),
    /// Owned.
    Owned(Box<SqlType>),
}

impl Deref for Inner {
    type Target = SqlType;

    fn deref(&self) -> &SqlType {
        match self {
            Inner::Static(of) => of,
            Inner::Owned(of) => of,
        }
    }
}

impl PartialEq for Inner {
    fn eq(&self, other: &Inner) -> bool {
        **self == **other
    }
}

impl Eq for Inner {}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// A closed list of labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enum {
    /// SQL name of the type; on engines without named enums it only names the facts.
    pub name: Text,
    /// The schema that the type is in; see [`Place`].
    pub schema: Option<Text>,
    /// Labels in declaration order.
    pub labels: List<Label>,
    /// Remark for the reader of the schema.
    pub comment: Option<Text>,
}

impl Enum {
    /// An enum in the schema in which the engine looks first.
    pub fn new(name: impl Into<Text>, labels: Vec<Label>) -> Enum {
        Enum { name: name.into(), schema: None, labels: labels.into(), comment: None }
    }

    /// Where the type is.
    pub fn place(&self) -> Place<'_> {
        Place::new(&self.schema, &self.name)
    }

    fn same_facts(&self, other: &Enum) -> bool {
        let Enum { name, schema, labels, comment } = self;
        *name == other.name
            && *schema == other.schema
            && labels.len() == other.labels.len()
            && labels.iter().zip(other.labels.iter()).all(|(a, b)| a.name == b.name)
            && *comment == other.comment
    }

    fn settled(self) -> Enum {
        let label = |label: &Label| Label { name: label.name.clone(), renamed_from: None };
        Enum { labels: self.labels.iter().map(label).collect(), ..self }
    }
}

/// One label of an [`Enum`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The text that the database keeps.
    pub name: Text,
    /// Label that rows hold from before. A hint: never in a snapshot, never a difference.
    pub renamed_from: Option<Text>,
}

/// A type that only the user's code and the database know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Custom {
    /// Last segment of the Diesel SQL type's path.
    pub name: Text,
    /// How the database spells it (`type_name = "…"`).
    pub sql: Text,
}
