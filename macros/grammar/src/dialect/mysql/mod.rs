//! What grammar must know about MySQL and MariaDB alone.

mod defaults;
mod expressions;
mod types;

use diesel_autogen_schema::{SqlType, facts::mysql::charset_of};

pub(super) use defaults::wrong_default;
pub(super) use expressions::strangers;
pub(crate) use types::parametric;
pub(super) use types::{also, known, mapped, settled, spelled, unmapped};

/// Most characters that a name has.
pub(super) const MOST_CHARACTERS: usize = 64;

/// Most characters that a label has.
const MOST_OF_LABEL: usize = 255;

/// Why no label can be this text, as a whole sentence.
pub(super) fn kept_label(label: &str) -> Option<String> {
    let count = label.chars().count();
    if count > MOST_OF_LABEL {
        let most = MOST_OF_LABEL;
        return Some(format!("this label has {count} characters, and one has at most {most}"));
    }
    let cut = label.trim_end_matches(' ');
    (cut != label).then(|| format!("the server keeps the label `{label}` as `{cut}`"))
}

/// What stands for collations of other engines, and that a name says no character set.
pub(super) fn misspelled_collation(name: &str) -> Option<String> {
    let ours = match name.to_ascii_lowercase().as_str() {
        "nocase" => ", which is SQLite's: letters of both cases are one in `utf8mb4_unicode_ci`",
        "binary" if name != "binary" => ", which is SQLite's: bytes are compared by `utf8mb4_bin`",
        "rtrim" => ", which is SQLite's: spaces at the end count for nothing in most collations",
        "c" | "posix" => ", which is PostgreSQL's: bytes are compared by `utf8mb4_bin`",
        _ if charset_of(name) == name && name != "binary" => {
            ": the name of a collation begins with its character set, as `utf8mb4_bin` does"
        }
        _ => return None,
    };
    Some(ours.to_owned())
}

/// Whether a column of this type can have a collation.
pub(super) fn collates(ty: &SqlType) -> bool {
    use diesel_autogen_schema::MyType;
    match ty {
        SqlType::Text { .. }
        | SqlType::Enum(_)
        | SqlType::Custom(_)
        | SqlType::My(MyType::Char { .. } | MyType::Text(_)) => true,
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Float
        | SqlType::Double
        | SqlType::Numeric { .. }
        | SqlType::Bool
        | SqlType::Binary
        | SqlType::Date
        | SqlType::Time { .. }
        | SqlType::Timestamp { .. }
        | SqlType::TimestamptzSqlite
        | SqlType::Json
        | SqlType::Jsonb
        | SqlType::Pg(_)
        | SqlType::My(
            MyType::TinyInt
            | MyType::Unsigned(_)
            | MyType::Binary { .. }
            | MyType::Varbinary { .. }
            | MyType::Blob(_)
            | MyType::Bit { .. }
            | MyType::Datetime { .. },
        ) => false,
    }
}
