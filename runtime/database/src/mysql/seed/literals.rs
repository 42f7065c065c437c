//! Values worth trying in a column, as SQL.

use diesel_autogen_schema::{MyType, Size, SqlType, Width};

use diesel_autogen_progress::literal;

/// Keys that the database could make up, one of them far from the others.
pub(super) fn keys(of: &SqlType) -> Vec<String> {
    let far = match width(of) {
        Some((Width::Tiny, _)) => "100",
        Some((Width::Small, _)) => "32000",
        Some((Width::Normal, _)) => "2147480000",
        // 2^53 + 1 is the first number that a float cannot hold.
        Some((Width::Big, _)) | None => "9007199254740993",
    };
    owned(&["1", "2", far, "3", "4", "5"])
}

/// Values of the type.
pub(super) fn of(ty: &SqlType) -> Vec<String> {
    if let Some((width, unsigned)) = width(ty) {
        return owned(integers(width, unsigned));
    }
    owned(match ty {
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => return Vec::new(),
        SqlType::Float => &["1.5", "-0.25", "1e30", "0"],
        SqlType::Double => &["1.5", "-0.1", "1.7976931348623157e308", "0"],
        SqlType::Numeric { precision, scale } => return decimals(*precision, *scale),
        SqlType::Bool => &["1", "0"],
        SqlType::Text { max_length } => return texts(*max_length),
        SqlType::Binary => &["X'00FF275C'", "X''", "X'6162'"],
        SqlType::Date => &["'2024-02-29'", "'1970-01-01'", "'9999-12-31'"],
        SqlType::Time { .. } => &["'12:34:56'", "'-838:59:59'", "'23:59:59'", "'00:00:00'"],
        SqlType::Timestamp { .. } => {
            &["'2024-02-29 12:34:56'", "'1970-01-02 00:00:01'", "'2038-01-18 03:14:07'"]
        }
        SqlType::TimestamptzSqlite => &["'2024-02-29 12:34:56'"],
        SqlType::Json | SqlType::Jsonb => {
            &["'{\"a\": [1, \"ü\"]}'", "'[]'", "'null'", "'\"it''s\"'"]
        }
        SqlType::Enum(of) => return of.labels.iter().map(|label| literal(&label.name)).collect(),
        SqlType::Custom(of) => return strange(&of.sql),
        SqlType::Pg(_) => &["'a'"],
        SqlType::My(of) => return special(*of),
    })
}

fn special(of: MyType) -> Vec<String> {
    match of {
        MyType::TinyInt | MyType::Unsigned(_) => Vec::new(),
        MyType::Char { length } => texts(Some(length)),
        MyType::Text(Size::Tiny) => texts(Some(60)),
        MyType::Text(Size::Medium | Size::Long) => texts(None),
        MyType::Binary { length } | MyType::Varbinary { length } => {
            let length = usize::try_from(length).unwrap_or(0);
            ["00FF275C", "", "6162", "FF"]
                .iter()
                .map(|hex| format!("X'{}'", &hex[..hex.len().min(2 * length)]))
                .collect()
        }
        MyType::Blob(_) => owned(&["X'00FF275C'", "X''", "X'6162'"]),
        MyType::Bit { length } => {
            let ones = "1".repeat(usize::try_from(length).unwrap_or(1));
            vec!["b'1'".to_owned(), "b'0'".to_owned(), format!("b'{ones}'")]
        }
        MyType::Datetime { .. } => {
            owned(&["'2024-02-29 12:34:56'", "'1000-01-01 00:00:00'", "'9999-12-31 23:59:59'"])
        }
    }
}

/// More of the same, so that columns that must differ can.
pub(super) fn more(ty: &SqlType) -> Vec<String> {
    let one = |number: u32| match ty {
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Float
        | SqlType::Double
        | SqlType::Bool
        | SqlType::My(MyType::TinyInt | MyType::Unsigned(_)) => number.to_string(),
        SqlType::Numeric { .. } => (number - 100).to_string(),
        SqlType::Text { max_length: length } => cut(number, *length),
        SqlType::My(MyType::Char { length }) => cut(number, Some(*length)),
        SqlType::My(MyType::Text(_)) | SqlType::Custom(_) | SqlType::Pg(_) => cut(number, None),
        SqlType::Binary | SqlType::My(MyType::Blob(_)) => format!("X'0{number}'"),
        SqlType::My(MyType::Binary { .. } | MyType::Varbinary { .. }) => {
            format!("X'{}'", number - 90)
        }
        SqlType::Date => format!("'2{number}-01-01'"),
        SqlType::Time { .. } => format!("'01:02:{}'", number - 90),
        SqlType::Timestamp { .. } => format!("'20{}-01-01 00:00:00'", number - 90),
        SqlType::My(MyType::Datetime { .. }) | SqlType::TimestamptzSqlite => {
            format!("'2{number}-01-01 00:00:00'")
        }
        SqlType::Json | SqlType::Jsonb => format!("'{number}'"),
        SqlType::My(MyType::Bit { .. }) => format!("b'{:b}'", number - 100),
        SqlType::Enum(_) => String::new(),
    };
    let list = (101..121).map(one);
    list.filter(|literal| !literal.is_empty()).collect()
}

/// Whether the literal is of the kind that the type keeps.
pub(super) fn conforms(literal: &str, of: &SqlType) -> bool {
    let text = literal.starts_with('\'');
    let bytes = literal.starts_with("X'") || literal.starts_with("b'");
    match of {
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Bool
        | SqlType::My(MyType::TinyInt | MyType::Unsigned(_)) => {
            !text && !bytes && !literal.contains('.') && in_range(literal, of)
        }
        SqlType::Float | SqlType::Double | SqlType::Numeric { .. } => !text && !bytes,
        SqlType::Text { max_length: Some(most) } | SqlType::My(MyType::Char { length: most }) => {
            text && literal.chars().count() <= usize::try_from(*most).unwrap_or(usize::MAX) + 4
        }
        SqlType::Text { max_length: None } | SqlType::My(MyType::Text(_)) => text,
        SqlType::Enum(of) => of.labels.iter().any(|it| self::literal(&it.name) == literal),
        SqlType::Json | SqlType::Jsonb => text,
        // Other texts would be taken for dates where the type is one.
        SqlType::Date
        | SqlType::Time { .. }
        | SqlType::Timestamp { .. }
        | SqlType::TimestamptzSqlite
        | SqlType::My(MyType::Datetime { .. }) => text && literal.contains([':', '-']),
        SqlType::Binary
        | SqlType::My(
            MyType::Binary { .. } | MyType::Varbinary { .. } | MyType::Blob(_) | MyType::Bit { .. },
        ) => bytes,
        SqlType::Custom(_) | SqlType::Pg(_) => true,
    }
}

/// Whether a number is one that the type holds; what is no plain number may be.
fn in_range(literal: &str, of: &SqlType) -> bool {
    let (Some((width, unsigned)), Ok(number)) = (width(of), literal.parse::<i128>()) else {
        return true;
    };
    let bits = match width {
        Width::Tiny => 8,
        Width::Small => 16,
        Width::Normal => 32,
        Width::Big => 64,
    };
    match unsigned {
        true => (0..1_i128 << bits).contains(&number),
        false => (-(1_i128 << (bits - 1))..1_i128 << (bits - 1)).contains(&number),
    }
}

fn width(of: &SqlType) -> Option<(Width, bool)> {
    Some(match of {
        SqlType::SmallInt => (Width::Small, false),
        SqlType::Integer => (Width::Normal, false),
        SqlType::BigInt => (Width::Big, false),
        SqlType::My(MyType::TinyInt) => (Width::Tiny, false),
        SqlType::My(MyType::Unsigned(width)) => (*width, true),
        _ => return None,
    })
}

const fn integers(width: Width, unsigned: bool) -> &'static [&'static str] {
    match (width, unsigned) {
        (Width::Tiny, false) => &["7", "-128", "127", "0"],
        (Width::Small, false) => &["7", "-32768", "32767", "0"],
        (Width::Normal, false) => &["42", "-2147483648", "2147483647", "0"],
        (Width::Big, false) => {
            &["42", "-9223372036854775808", "9223372036854775807", "9007199254740993", "0"]
        }
        (Width::Tiny, true) => &["7", "255", "0"],
        (Width::Small, true) => &["7", "65535", "0"],
        (Width::Normal, true) => &["42", "4294967295", "0"],
        (Width::Big, true) => &["42", "18446744073709551615", "9007199254740993", "0"],
    }
}

fn decimals(precision: Option<u32>, scale: Option<u32>) -> Vec<String> {
    let (precision, scale) = (precision.unwrap_or(10), scale.unwrap_or(0));
    let digits = |count: u32| "9".repeat(usize::try_from(count).unwrap_or(0));
    let whole = match precision.saturating_sub(scale) {
        0 => "0".to_owned(),
        count => digits(count),
    };
    let largest = if scale == 0 { whole } else { format!("{whole}.{}", digits(scale)) };
    vec!["1".to_owned(), format!("-{largest}"), largest, "0".to_owned()]
        .into_iter()
        .filter(|it| precision > scale || it != "1")
        .collect()
}

fn texts(most: Option<u32>) -> Vec<String> {
    let most = most.and_then(|it| usize::try_from(it).ok()).unwrap_or(usize::MAX);
    let texts =
        ["plain", "it's \"quoted\" \\so", "Ünï ☃ 名前", "line\nbreak -- no; comment", "", "42"];
    texts.iter().map(|it| literal(&it.chars().take(most).collect::<String>())).collect()
}

fn cut(number: u32, length: Option<u32>) -> String {
    let text = format!("u{number}");
    let most = length.and_then(|it| usize::try_from(it).ok()).unwrap_or(usize::MAX);
    literal(&text[text.len().saturating_sub(most)..])
}

/// Values of a type that no fact knows, by how it is written.
fn strange(sql: &str) -> Vec<String> {
    let bare = sql.split(['(', ' ']).next().unwrap_or(sql).to_ascii_lowercase();
    owned(match bare.as_str() {
        "mediumint" | "year" | "tinyint" | "smallint" | "int" | "bigint" => &["2024", "1999", "7"],
        "float" | "double" | "decimal" => &["1.5", "0", "2"],
        "set" => {
            let list = sql.trim_start_matches(|c: char| c != '\'').trim_end_matches(')');
            let first = list.split(',').next().unwrap_or("''").to_owned();
            return vec![first, "''".to_owned()];
        }
        "uuid" => {
            &["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"]
        }
        "inet4" => &["'192.168.0.1'", "'10.0.0.1'"],
        "inet6" => &["'2001:db8::1'", "'::1'"],
        "point" | "geometry" => &["ST_GeomFromText('POINT(1 2)')", "ST_GeomFromText('POINT(3 4)')"],
        "linestring" => &["ST_GeomFromText('LINESTRING(0 0, 1 1)')"],
        "polygon" => &["ST_GeomFromText('POLYGON((0 0, 1 0, 1 1, 0 0))')"],
        _ => &["'a'", "1", "X'61'"],
    })
}

fn owned(list: &[&str]) -> Vec<String> {
    list.iter().map(|it| (*it).to_owned()).collect()
}
