//! The server's types to Diesel's.

use diesel_autogen_schema::{Custom, Enum, Label, MyType, Size, SqlType, Width};

/// The type of a column: `data_type` is its kind, `column_type` all of it.
pub(super) fn of(data_type: &str, column_type: &str) -> SqlType {
    plain(data_type, column_type).unwrap_or_else(|| custom(column_type))
}

fn plain(kind: &str, whole: &str) -> Option<SqlType> {
    let (bare, arguments, behind) = parts(whole);
    if kind == "enum" {
        return Some(labels(arguments));
    }
    let unsigned = match behind {
        "" => false,
        "unsigned" => true,
        _ => return None,
    };
    let mut numbers = arguments.split(',').map(|it| it.trim().parse::<u32>().ok());
    let (first, second) = (numbers.next().flatten(), numbers.next().flatten());
    let precision = first.filter(|it| *it > 0);
    let width = match bare {
        "tinyint" => Some(Width::Tiny),
        "smallint" => Some(Width::Small),
        "int" => Some(Width::Normal),
        "bigint" => Some(Width::Big),
        _ => None,
    };
    if let (Some(width), true) = (width, unsigned) {
        return Some(SqlType::My(MyType::Unsigned(width)));
    }
    if unsigned {
        return None;
    }
    Some(match bare {
        "tinyint" if first == Some(1) => SqlType::Bool,
        "tinyint" => SqlType::My(MyType::TinyInt),
        "smallint" => SqlType::SmallInt,
        "int" => SqlType::Integer,
        "bigint" => SqlType::BigInt,
        "float" if first.is_none() => SqlType::Float,
        "double" if first.is_none() => SqlType::Double,
        "decimal" => SqlType::Numeric { precision: first, scale: second },
        "varchar" => SqlType::Text { max_length: first },
        "text" => SqlType::TEXT,
        "blob" => SqlType::Binary,
        "date" => SqlType::Date,
        "time" => SqlType::Time { precision },
        "timestamp" => SqlType::Timestamp { precision },
        "json" => SqlType::Json,
        _ => SqlType::My(special(bare, first, precision)?),
    })
}

fn special(bare: &str, length: Option<u32>, precision: Option<u32>) -> Option<MyType> {
    Some(match bare {
        "char" => MyType::Char { length: length? },
        "binary" => MyType::Binary { length: length? },
        "varbinary" => MyType::Varbinary { length: length? },
        "bit" => MyType::Bit { length: length? },
        "tinytext" => MyType::Text(Size::Tiny),
        "mediumtext" => MyType::Text(Size::Medium),
        "longtext" => MyType::Text(Size::Long),
        "tinyblob" => MyType::Blob(Size::Tiny),
        "mediumblob" => MyType::Blob(Size::Medium),
        "longblob" => MyType::Blob(Size::Long),
        "datetime" => MyType::Datetime { precision },
        _ => return None,
    })
}

/// `decimal(10,2) unsigned` as its name, what is in brackets, and what is behind.
fn parts(whole: &str) -> (&str, &str, &str) {
    match (whole.find('('), whole.rfind(')')) {
        (Some(open), Some(close)) => {
            (&whole[..open], &whole[open + 1..close], whole[close + 1..].trim())
        }
        _ => match whole.split_once(' ') {
            Some((name, behind)) => (name, "", behind.trim()),
            None => (whole, "", ""),
        },
    }
}

/// The labels of `'a','b''c'`.
fn labels(list: &str) -> SqlType {
    let mut labels = Vec::new();
    let mut rest = list;
    while let Some(open) = rest.find('\'') {
        let mut text = String::new();
        let mut chars = rest[open + 1..].char_indices().peekable();
        let mut end = rest.len();
        while let Some((at, c)) = chars.next() {
            if c == '\'' && chars.next_if(|(_, next)| *next == '\'').is_none() {
                end = open + 1 + at + 1;
                break;
            }
            text.push(c);
        }
        labels.push(Label { name: text.into(), renamed_from: None });
        rest = &rest[end..];
    }
    SqlType::Enum(Enum::new("enum", labels))
}

/// A type as the server writes it, with the name that a Rust type of it would have: `mediumint(9)`
/// becomes `Mediumint`.
fn custom(text: &str) -> SqlType {
    let (bare, _, _) = parts(text);
    let mut letters = bare.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let name: String = first.chain(letters).collect();
    // What a number is shown with is no part of it.
    let sql = match text.strip_prefix("mediumint(").and_then(|rest| rest.split_once(')')) {
        Some((_, behind)) if !behind.contains("zerofill") => format!("mediumint{behind}"),
        Some(_) | None => text.to_owned(),
    };
    let sql = if sql == "year(4)" { "year".to_owned() } else { sql };
    SqlType::Custom(Custom { name: name.into(), sql: sql.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_as_both_servers_write_them() {
        let my = SqlType::My;
        for (kind, whole, expected) in [
            ("tinyint", "tinyint(1)", SqlType::Bool),
            ("tinyint", "tinyint(4)", my(MyType::TinyInt)),
            ("tinyint", "tinyint", my(MyType::TinyInt)),
            ("int", "int(10) unsigned", my(MyType::Unsigned(Width::Normal))),
            ("bigint", "bigint unsigned", my(MyType::Unsigned(Width::Big))),
            ("varchar", "varchar(20)", SqlType::Text { max_length: Some(20) }),
            ("datetime", "datetime(3)", my(MyType::Datetime { precision: Some(3) })),
            ("timestamp", "timestamp", SqlType::TIMESTAMP),
            ("decimal", "decimal(10,2)", SqlType::Numeric { precision: Some(10), scale: Some(2) }),
        ] {
            assert_eq!(of(kind, whole), expected, "{whole}");
        }
        for (kind, whole, sql) in [
            ("mediumint", "mediumint(8) unsigned", "mediumint unsigned"),
            ("set", "set('a','b')", "set('a','b')"),
            ("float", "float(7,3)", "float(7,3)"),
            ("int", "int(5) unsigned zerofill", "int(5) unsigned zerofill"),
            ("year", "year(4)", "year"),
        ] {
            let SqlType::Custom(of) = of(kind, whole) else { panic!("{whole}") };
            assert_eq!(of.sql, sql);
        }
    }

    #[test]
    fn labels_may_hold_quotes_and_commas() {
        let SqlType::Enum(of) = of("enum", "enum('a','b''c','d,e','''','(x)')") else { panic!() };
        let names: Vec<&str> = of.labels.iter().map(|it| &*it.name).collect();
        assert_eq!(names, ["a", "b'c", "d,e", "'", "(x)"]);
    }
}
