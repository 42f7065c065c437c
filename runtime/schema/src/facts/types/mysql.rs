/// A type that only MySQL and MariaDB have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MyType {
    /// 8-bit integer.
    TinyInt,
    /// Integer without negative numbers.
    Unsigned(Width),
    /// Text filled up with spaces to a length.
    Char {
        /// Characters.
        length: u32,
    },
    /// Text of another size than `text`.
    Text(Size),
    /// Bytes filled up with zeros to a length.
    Binary {
        /// Bytes.
        length: u32,
    },
    /// At most so many bytes.
    Varbinary {
        /// Most bytes that fit.
        length: u32,
    },
    /// Bytes of another size than `blob`.
    Blob(Size),
    /// Bits.
    Bit {
        /// How many.
        length: u32,
    },
    /// Date and time without a zone, of years from 1000 to 9999.
    Datetime {
        /// Digits of the seconds' fraction; none when not said.
        precision: Option<u32>,
    },
}

/// How wide an integer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Width {
    /// 8 bits.
    Tiny,
    /// 16 bits.
    Small,
    /// 32 bits.
    Normal,
    /// 64 bits.
    Big,
}

/// How long a text or a blob can be when it is not the ordinary 65,535 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// 255 bytes.
    Tiny,
    /// 16 MiB.
    Medium,
    /// 4 GiB.
    Long,
}

impl Width {
    /// Every width, the narrowest first.
    pub const ALL: [Width; 4] = [Width::Tiny, Width::Small, Width::Normal, Width::Big];

    /// Diesel's name of the signed integer: `TinyInt`.
    pub const fn diesel_name(self) -> &'static str {
        match self {
            Width::Tiny => "TinyInt",
            Width::Small => "SmallInt",
            Width::Normal => "Integer",
            Width::Big => "BigInt",
        }
    }
}

impl MyType {
    /// Diesel's name of the type: `Datetime`. An unsigned integer is an `Unsigned<…>`.
    pub const fn diesel_name(self) -> &'static str {
        match self {
            MyType::TinyInt => "TinyInt",
            MyType::Unsigned(_) => "Unsigned",
            MyType::Char { .. } => "Char",
            MyType::Text(Size::Tiny) => "Tinytext",
            MyType::Text(Size::Medium) => "Mediumtext",
            MyType::Text(Size::Long) => "Longtext",
            MyType::Binary { .. } => "Binary",
            MyType::Varbinary { .. } => "Varbinary",
            MyType::Blob(Size::Tiny) => "Tinyblob",
            MyType::Blob(Size::Medium) => "Mediumblob",
            MyType::Blob(Size::Long) => "Longblob",
            MyType::Bit { .. } => "Bit",
            MyType::Datetime { .. } => "Datetime",
        }
    }

    /// The type with Diesel's name `name` and no parameters. Those that need a length are
    /// [`MyType::sized`], and an unsigned integer has no name of its own.
    pub fn from_diesel_name(name: &str) -> Option<MyType> {
        Some(match name {
            "TinyInt" | "Tinyint" => MyType::TinyInt,
            "Tinytext" => MyType::Text(Size::Tiny),
            "Mediumtext" => MyType::Text(Size::Medium),
            "Longtext" => MyType::Text(Size::Long),
            "Tinyblob" => MyType::Blob(Size::Tiny),
            "Mediumblob" => MyType::Blob(Size::Medium),
            "Longblob" => MyType::Blob(Size::Long),
            "Datetime" => MyType::Datetime { precision: None },
            _ => return None,
        })
    }

    /// The type with Diesel's name `name` that has a length.
    pub fn sized(name: &str, length: u32) -> Option<MyType> {
        Some(match name {
            "Char" => MyType::Char { length },
            "Binary" => MyType::Binary { length },
            "Varbinary" => MyType::Varbinary { length },
            "Bit" => MyType::Bit { length },
            _ => return None,
        })
    }

    /// Its length, if it has one.
    pub const fn length(self) -> Option<u32> {
        match self {
            MyType::Char { length }
            | MyType::Binary { length }
            | MyType::Varbinary { length }
            | MyType::Bit { length } => Some(length),
            MyType::TinyInt
            | MyType::Unsigned(_)
            | MyType::Text(_)
            | MyType::Blob(_)
            | MyType::Datetime { .. } => None,
        }
    }

    /// What it is on an engine that has text and bytes of one size: Diesel's names are aliases.
    pub(super) const fn elsewhere(self) -> Option<super::SqlType> {
        match self {
            MyType::Text(_) => Some(super::SqlType::TEXT),
            MyType::Blob(_) => Some(super::SqlType::Binary),
            MyType::TinyInt
            | MyType::Unsigned(_)
            | MyType::Char { .. }
            | MyType::Binary { .. }
            | MyType::Varbinary { .. }
            | MyType::Bit { .. }
            | MyType::Datetime { .. } => None,
        }
    }
}
