use super::{List, Text};

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
    Time,
    /// Date and time without a zone.
    Timestamp,
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
}

impl SqlType {
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
            SqlType::Time => "Time",
            SqlType::Timestamp => "Timestamp",
            SqlType::TimestamptzSqlite => "TimestamptzSqlite",
            SqlType::Json => "Json",
            SqlType::Jsonb => "Jsonb",
            SqlType::Enum(of) => &of.name,
            SqlType::Custom(of) => &of.name,
        }
    }

    /// The type with Diesel's name `name` (aliases such as `Int4` or `VarChar` included) and no
    /// parameters, or `None` if it is none of Diesel's that this crate knows.
    pub fn from_diesel_name(name: &str) -> Option<SqlType> {
        Some(match name {
            "SmallInt" | "Int2" => SqlType::SmallInt,
            "Integer" | "Int4" => SqlType::Integer,
            "BigInt" | "Int8" => SqlType::BigInt,
            "Float" | "Float4" => SqlType::Float,
            "Double" | "Float8" => SqlType::Double,
            "Numeric" | "Decimal" => SqlType::Numeric { precision: None, scale: None },
            "Bool" => SqlType::Bool,
            "Text" | "VarChar" | "Varchar" | "Tinytext" | "Mediumtext" | "Longtext" => {
                SqlType::Text { max_length: None }
            }
            "Binary" | "Blob" | "VarBinary" | "Varbinary" => SqlType::Binary,
            "Date" => SqlType::Date,
            "Time" => SqlType::Time,
            "Timestamp" => SqlType::Timestamp,
            "TimestamptzSqlite" => SqlType::TimestamptzSqlite,
            "Json" => SqlType::Json,
            "Jsonb" => SqlType::Jsonb,
            _ => return None,
        })
    }

    /// Whether the two are one type to the database: label hints do not count.
    pub fn same_facts(&self, other: &SqlType) -> bool {
        match (self, other) {
            (SqlType::Enum(a), SqlType::Enum(b)) => {
                a.name == b.name
                    && a.labels.len() == b.labels.len()
                    && a.labels.iter().zip(b.labels.iter()).all(|(a, b)| a.name == b.name)
            }
            (a, b) => a == b,
        }
    }

    /// The type without hints.
    pub fn settled(self) -> SqlType {
        match self {
            SqlType::Enum(of) => SqlType::Enum(Enum {
                name: of.name,
                labels: of
                    .labels
                    .iter()
                    .map(|label| Label { name: label.name.clone(), renamed_from: None })
                    .collect(),
            }),
            other => other,
        }
    }
}

/// A closed list of labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enum {
    /// SQL name of the type; on engines without named enums it only names the facts.
    pub name: Text,
    /// Labels in declaration order.
    pub labels: List<Label>,
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
