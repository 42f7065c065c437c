use std::fmt;

/// One value as SQLite keeps it.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub enum Value {
    /// No value.
    Null,
    /// A whole number.
    Integer(i64),
    /// A floating point number.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl Value {
    /// The text, when it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            Value::Null | Value::Integer(_) | Value::Real(_) | Value::Blob(_) => None,
        }
    }

    /// The whole number, when it is one.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Value::Integer(number) => Some(*number),
            Value::Null | Value::Real(_) | Value::Text(_) | Value::Blob(_) => None,
        }
    }

    /// The number, when it is one that counts something.
    pub fn as_count(&self) -> Option<usize> {
        match self {
            Value::Integer(number) => usize::try_from(*number).ok(),
            Value::Text(text) => text.parse().ok(),
            Value::Null | Value::Real(_) | Value::Blob(_) => None,
        }
    }

    /// Whether both stand for one value, however it is stored: `1` and `1.0` do.
    pub fn same(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Integer(a), Value::Real(b)) | (Value::Real(b), Value::Integer(a)) => {
                *a as f64 == *b
            }
            (a, b) => a == b,
        }
    }

    /// A place in a total order: by kind, then by value.
    pub(crate) fn cmp(&self, other: &Value) -> std::cmp::Ordering {
        match (self, other) {
            (Value::Real(a), Value::Real(b)) => a.total_cmp(b),
            (a, b) => a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal),
        }
    }
}

/// As an SQL literal.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("NULL"),
            // The literal would be read as the negation of a number that is too large.
            Value::Integer(i64::MIN) => f.write_str("(-9223372036854775807 - 1)"),
            Value::Integer(number) => write!(f, "{number}"),
            Value::Real(number) if number.is_infinite() => {
                f.write_str(if *number > 0.0 { "9e999" } else { "-9e999" })
            }
            Value::Real(number) => write!(f, "{number:?}"),
            Value::Text(text) if text.contains('\0') => {
                f.write_str("CAST(X'")?;
                hex(f, text.as_bytes())?;
                f.write_str("' AS TEXT)")
            }
            Value::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
            Value::Blob(bytes) => {
                f.write_str("X'")?;
                hex(f, bytes)?;
                f.write_str("'")
            }
        }
    }
}

fn hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
}
