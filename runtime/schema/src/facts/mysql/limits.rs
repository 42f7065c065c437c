//! What an index can be about, and which columns a foreign key writes.

use super::super::{Action, Custom, MyType, Size, SqlType, Width};

/// Most bytes that a key of an index takes of a row.
pub const MOST_KEY_BYTES: u32 = 3072;

/// Most bytes that a character of a character set takes. Of one that is not known, one.
pub fn bytes_of_character(charset: &str) -> u32 {
    match charset {
        "utf8mb4" | "utf16" | "utf16le" | "utf32" | "gb18030" => 4,
        "utf8mb3" | "utf8" | "ujis" | "eucjpms" => 3,
        "ucs2" | "big5" | "cp932" | "euckr" | "gb2312" | "gbk" | "sjis" => 2,
        _ => 1,
    }
}

/// How values of a type are kept, as far as an index asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// So many bytes, of which an index takes all.
    Whole(u32),
    /// At most so many characters.
    Characters(u32),
    /// At most so many bytes.
    Bytes(u32),
    /// A text of which an index takes the beginning alone.
    LongText,
    /// Bytes of which an index takes the beginning alone.
    LongBytes,
    /// JSON, of which no index takes anything.
    Json,
    /// Where something lies, which has indexes of its own.
    Shape,
    /// Nobody knows.
    Other,
}

impl Kept {
    /// How values of the type are kept.
    pub fn of(ty: &SqlType) -> Kept {
        match ty {
            SqlType::Bool => Kept::Whole(1),
            SqlType::SmallInt => Kept::Whole(2),
            SqlType::Integer | SqlType::Float => Kept::Whole(4),
            SqlType::BigInt | SqlType::Double => Kept::Whole(8),
            SqlType::Date => Kept::Whole(3),
            // The smallest of each: how many bytes digits take depends on how many there are.
            SqlType::Numeric { .. } => Kept::Whole(1),
            SqlType::Time { .. } => Kept::Whole(3),
            SqlType::Timestamp { .. } | SqlType::TimestamptzSqlite => Kept::Whole(4),
            SqlType::Enum(_) => Kept::Whole(1),
            SqlType::Text { max_length: Some(most) } => Kept::Characters(*most),
            SqlType::Text { max_length: None } => Kept::LongText,
            SqlType::Binary => Kept::LongBytes,
            SqlType::Json | SqlType::Jsonb => Kept::Json,
            SqlType::Custom(of) if is_shape(of) => Kept::Shape,
            SqlType::Custom(_) | SqlType::Pg(_) => Kept::Other,
            SqlType::My(of) => Kept::of_mysql(*of),
        }
    }

    const fn of_mysql(ty: MyType) -> Kept {
        match ty {
            MyType::TinyInt | MyType::Unsigned(Width::Tiny) => Kept::Whole(1),
            MyType::Unsigned(Width::Small) => Kept::Whole(2),
            MyType::Unsigned(Width::Normal) => Kept::Whole(4),
            MyType::Unsigned(Width::Big) => Kept::Whole(8),
            MyType::Bit { .. } => Kept::Whole(1),
            MyType::Datetime { .. } => Kept::Whole(5),
            MyType::Char { length } => Kept::Characters(length),
            MyType::Binary { length } | MyType::Varbinary { length } => Kept::Bytes(length),
            MyType::Text(Size::Tiny | Size::Medium | Size::Long) => Kept::LongText,
            MyType::Blob(Size::Tiny | Size::Medium | Size::Long) => Kept::LongBytes,
        }
    }

    /// The most characters or bytes of a value, where a number of them is said.
    pub const fn most(self) -> Option<u32> {
        match self {
            Kept::Characters(most) | Kept::Bytes(most) => Some(most),
            Kept::Whole(_)
            | Kept::LongText
            | Kept::LongBytes
            | Kept::Json
            | Kept::Shape
            | Kept::Other => None,
        }
    }

    /// Whether an index can take the beginning of a value.
    pub const fn has_beginning(self) -> bool {
        match self {
            Kept::Characters(_) | Kept::Bytes(_) | Kept::LongText | Kept::LongBytes => true,
            Kept::Whole(_) | Kept::Json | Kept::Shape | Kept::Other => false,
        }
    }

    /// How many bytes a key takes of a value, or of its beginning: at least so many where not all
    /// is known.
    pub fn key_bytes(self, prefix: Option<u32>, charset: &str) -> u32 {
        let characters = |count: u32| count.saturating_mul(bytes_of_character(charset));
        match self {
            Kept::Whole(bytes) => bytes,
            Kept::Characters(most) => characters(prefix.unwrap_or(most)),
            Kept::Bytes(most) => prefix.unwrap_or(most),
            Kept::LongText => characters(prefix.unwrap_or(0)),
            Kept::LongBytes => prefix.unwrap_or(0),
            Kept::Json | Kept::Shape | Kept::Other => 0,
        }
    }
}

fn is_shape(of: &Custom) -> bool {
    let name = of.sql.to_ascii_lowercase();
    let name = name.split(['(', ' ']).next().unwrap_or_default();
    let shapes = ["geometry", "point", "linestring", "polygon"];
    let many = name.strip_prefix("multi").unwrap_or(name);
    shapes.contains(&many) || matches!(name, "geometrycollection" | "geomcollection")
}

/// Whether a foreign key that does this writes its columns when the row changes that they refer
/// to. Conditions over such a column, and what is computed from it and kept, the servers refuse.
pub const fn writes(on_delete: Action, on_update: Action) -> bool {
    matches!(on_delete, Action::SetNull | Action::SetDefault)
        || matches!(on_update, Action::SetNull | Action::SetDefault | Action::Cascade)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_takes_as_many_bytes_as_its_letters_may_have() {
        let text = Kept::of(&SqlType::Text { max_length: Some(768) });
        assert_eq!(text.key_bytes(None, "utf8mb4"), MOST_KEY_BYTES);
        assert_eq!(text.key_bytes(None, "latin1"), 768);
        assert_eq!(text.key_bytes(Some(10), "utf8mb3"), 30);
        assert_eq!(Kept::of(&SqlType::TEXT).key_bytes(Some(u32::MAX), "utf8mb4"), u32::MAX);
        assert_eq!(Kept::of(&SqlType::Binary).key_bytes(Some(7), "binary"), 7);
    }

    #[test]
    fn shapes_are_known_by_their_names() {
        let of = |sql: &'static str| {
            Kept::of(&SqlType::Custom(Custom { name: "X".into(), sql: sql.into() }))
        };
        for sql in ["point", "POLYGON", "multipoint", "geometrycollection"] {
            assert_eq!(of(sql), Kept::Shape, "{sql}");
        }
        assert_eq!(of("year"), Kept::Other);
    }
}
