//! What grammar must know about SQLite alone. Another dialect gets such a file beside this one.

use diesel_autogen_schema::sql::{self, Kind, Token};
use diesel_autogen_schema::{Column, Dialect, SqlType};

use crate::errors::did_you_mean;
use crate::literals;

/// Why a well-known Rust type has no SQLite column, as the end of a sentence, or `None` when
/// nothing is known against it.
pub(crate) fn unmapped(rust: &str) -> Option<&'static str> {
    Some(match rust {
        "i8" | "u8" | "u16" => " (the next wider one is `i16` or `i32`)",
        "u32" => " (the next wider one is `i64`)",
        "u64" | "usize" | "isize" | "i128" | "u128" => " (the widest one is `i64`)",
        "char" | "str" | "Cow" | "PathBuf" | "OsString" | "Url" => " (text is `String`)",
        "Uuid" => " (keep it as text or bytes)",
        "SystemTime" => " (a point in time is `NaiveDateTime` or `DateTime<Utc>`)",
        "Duration" | "TimeDelta" | "PgInterval" => " (keep it as a number)",
        "Decimal" => " (an exact number is `BigDecimal`)",
        "Vec" | "HashMap" | "BTreeMap" | "HashSet" | "BTreeSet" => {
            " (bytes are `Vec<u8>`, anything else can be `serde_json::Value`)"
        }
        "IpNetwork" | "IpNet" | "IpAddr" | "MacAddress" => " (keep it as text)",
        _ => return None,
    })
}

/// The type of SQLite's with Diesel's name `name`.
pub(crate) fn known(name: &str) -> Option<SqlType> {
    SqlType::from_diesel_name(name).and_then(|ty| ty.on(Dialect::Sqlite))
}

/// Keys of `#[model(…)]` that other engines have.
pub(crate) const FOREIGN_MODEL_KEYS: [&str; 4] = ["schema", "engine", "charset", "exclude"];

/// Functions of other engines that defaults are made of, and what stands for them here.
const FOREIGN_FUNCTIONS: [(&str, &str); 9] = [
    ("now", "write `CURRENT_TIMESTAMP`"),
    ("current_timestamp", "write `CURRENT_TIMESTAMP`, without parentheses"),
    ("current_date", "write `CURRENT_DATE`, without parentheses"),
    ("current_time", "write `CURRENT_TIME`, without parentheses"),
    ("getdate", "write `CURRENT_TIMESTAMP`"),
    ("gen_random_uuid", "write `lower(hex(randomblob(16)))`"),
    ("uuid_generate_v4", "write `lower(hex(randomblob(16)))`"),
    ("uuid", "write `lower(hex(randomblob(16)))`"),
    ("nextval", "an integer primary key counts by itself"),
];

/// Keys of `#[column(…)]` that other engines have.
pub(crate) const FOREIGN_COLUMN_KEYS: [&str; 1] = ["serial"];

/// Types that a `STRICT` table may have.
pub(crate) fn strict_type(sql: &str) -> bool {
    ["INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"]
        .iter()
        .any(|allowed| allowed.eq_ignore_ascii_case(sql.trim()))
}

/// What is wrong with the layout of a piece of SQL: quotes, parentheses, statements.
pub(crate) fn malformed(sql: &str) -> Option<&'static str> {
    let mut depth = 0_i32;
    for token in sql::tokens(sql) {
        match (token.kind, token.text) {
            (Kind::String, text) if text.len() < 2 || !text.ends_with('\'') => {
                return Some("has an unclosed quote");
            }
            (Kind::Punctuation, "\"" | "`" | "[" | "'") => return Some("has an unclosed quote"),
            (Kind::Punctuation, "(") => depth += 1,
            (Kind::Punctuation, ")") => depth -= 1,
            (Kind::Punctuation, ";") => return Some("has a `;`: it is one expression"),
            (Kind::Space, text) if text.starts_with("--") || text.starts_with("/*") => {
                return Some("has a comment: say it in Rust");
            }
            _ => {}
        }
        if depth < 0 {
            break;
        }
    }
    (depth != 0).then_some("has unbalanced parentheses")
}

/// Names in an expression that are no column of the table and mean nothing else, each with a
/// suggestion.
pub(crate) fn strangers(sql: &str, table: &str, columns: &[&str]) -> Vec<(String, String)> {
    let solid: Vec<Token> = sql::tokens(sql).filter(|token| token.kind != Kind::Space).collect();
    let mut strangers = Vec::new();
    let mut type_name = false;
    for (at, token) in solid.iter().enumerate() {
        let next = solid.get(at + 1).map(|token| token.text);
        let previous = at.checked_sub(1).map(|at| solid[at].text.to_ascii_lowercase());
        match token.kind {
            Kind::Punctuation => type_name = false,
            Kind::Word | Kind::Quoted => {
                if token.text.eq_ignore_ascii_case("as") {
                    type_name = true;
                    continue;
                }
                let word = token.kind == Kind::Word;
                let elsewhere = type_name
                    || previous.as_deref() == Some("collate")
                    || (word && (next == Some("(") || keyword(token.text)))
                    || (next == Some(".") && token.is_name(table));
                if elsewhere || columns.iter().any(|column| token.is_name(column)) {
                    continue;
                }
                let name = token.name().unwrap_or_default();
                let hint = did_you_mean(&name, columns.iter().copied());
                strangers.push((name, hint));
            }
            Kind::String | Kind::Number | Kind::Space => {}
        }
    }
    strangers
}

/// Whether an unquoted word is SQLite's own.
pub(crate) fn keyword(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    KEYWORDS.binary_search(&word.as_str()).is_ok()
}

const KEYWORDS: [&str; 38] = [
    "and",
    "as",
    "asc",
    "between",
    "case",
    "cast",
    "collate",
    "current_date",
    "current_time",
    "current_timestamp",
    "desc",
    "distinct",
    "else",
    "end",
    "escape",
    "exists",
    "false",
    "filter",
    "from",
    "glob",
    "in",
    "is",
    "isnull",
    "like",
    "match",
    "not",
    "notnull",
    "null",
    "on",
    "or",
    "over",
    "raise",
    "regexp",
    "select",
    "then",
    "true",
    "when",
    "where",
];

/// What was meant by the name of a collation that is nearly one of SQLite's own. An application
/// may have others.
pub(crate) fn misspelled_collation(name: &str) -> Option<String> {
    let own = ["BINARY", "NOCASE", "RTRIM"];
    if own.iter().any(|it| it.eq_ignore_ascii_case(name)) {
        return None;
    }
    Some(did_you_mean(name, own)).filter(|hint| !hint.is_empty())
}

/// What is wrong with a default, as a sentence without its subject.
pub(crate) fn wrong_default(sql: &str, column: &Column, known: bool) -> Option<String> {
    if let Some(reason) = malformed(sql) {
        return Some(format!("has no default `{sql}`: it {reason}", reason = reason));
    }
    let solid: Vec<Token> = sql::tokens(sql).filter(|token| token.kind != Kind::Space).collect();
    if let [function, open, ..] = solid[..]
        && open.text == "("
        && let Some((name, ours)) = FOREIGN_FUNCTIONS.iter().find(|it| function.is_name(it.0))
    {
        return Some(format!("has no default `{name}()` on SQLite: {ours}"));
    }
    if solid.iter().any(|token| token.is_name("select")) {
        return Some(format!("has no default `{sql}`: SQLite takes no query there"));
    }
    if let [only] = solid[..] {
        let quoted = only.kind == Kind::Quoted;
        if quoted || (only.kind == Kind::Word && !constant(only.text)) {
            let name = only.name().unwrap_or_default().replace('\'', "''");
            return Some(format!(
                "has no default `{sql}`: that is a name; text is `default = \"'{name}'\"`"
            ));
        }
    } else if let Some((name, _)) = strangers(sql, "", &[]).into_iter().next() {
        return Some(format!(
            "has no default `{sql}`: a default names no column, and `{name}` is a name"
        ));
    }
    literal(&solid)
        .and_then(|literal| {
            let reason = contradicts(literal, column, known).map(str::to_owned);
            reason.or_else(|| unfit(literal, &solid, &column.sql_type).filter(|_| known))
        })
        .map(|reason| format!("has no default `{sql}`: {reason}"))
}

/// Why a literal of the right kind is no value of the type all the same.
fn unfit(literal: Literal, solid: &[Token], ty: &SqlType) -> Option<String> {
    let written: String = solid.iter().map(|token| token.text).collect();
    match literal {
        Literal::Integer => literals::number(&written, ty),
        Literal::Text => literals::text(&sql::literal_text(&written)?, ty),
        Literal::Now => literals::moment(&written, ty),
        Literal::Null | Literal::Bool | Literal::Real | Literal::Blob => None,
    }
}

fn constant(word: &str) -> bool {
    ["null", "true", "false", "current_date", "current_time", "current_timestamp"]
        .iter()
        .any(|constant| constant.eq_ignore_ascii_case(word))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Literal {
    Null,
    Bool,
    Integer,
    Real,
    Text,
    Blob,
    Now,
}

fn literal(solid: &[Token]) -> Option<Literal> {
    let only = match solid {
        [only] => only,
        [sign, number] if matches!(sign.text, "-" | "+") && number.kind == Kind::Number => number,
        _ => return None,
    };
    Some(match only.kind {
        Kind::Number if only.text.starts_with("0x") => Literal::Integer,
        Kind::Number if only.text.contains(['.', 'e', 'E']) => Literal::Real,
        Kind::Number => Literal::Integer,
        Kind::String if only.text.starts_with('\'') => Literal::Text,
        Kind::String => Literal::Blob,
        Kind::Word if only.is_name("null") => Literal::Null,
        Kind::Word if only.is_name("true") || only.is_name("false") => Literal::Bool,
        Kind::Word => Literal::Now,
        Kind::Quoted | Kind::Punctuation | Kind::Space => return None,
    })
}

/// Why a literal cannot be the value of this column.
fn contradicts(literal: Literal, column: &Column, known: bool) -> Option<&'static str> {
    if literal == Literal::Null {
        return (!column.nullable).then_some("the column is required");
    }
    if !known {
        return None;
    }
    let fits = match &column.sql_type {
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => literal == Literal::Integer,
        SqlType::Float | SqlType::Double | SqlType::Numeric { .. } => {
            matches!(literal, Literal::Integer | Literal::Real)
        }
        SqlType::Bool => matches!(literal, Literal::Bool | Literal::Integer),
        SqlType::Text { .. } => matches!(literal, Literal::Text | Literal::Now),
        SqlType::Date
        | SqlType::Time { .. }
        | SqlType::Timestamp { .. }
        | SqlType::TimestamptzSqlite => {
            matches!(literal, Literal::Text | Literal::Now)
        }
        SqlType::Json => literal == Literal::Text,
        SqlType::Binary | SqlType::Jsonb => matches!(literal, Literal::Blob),
        SqlType::Enum(_) => literal == Literal::Text,
        SqlType::Custom(_) | SqlType::Pg(_) => true,
    };
    (!fits).then_some(match literal {
        Literal::Text => "text is no value of the column's type",
        Literal::Integer | Literal::Real => "a number is no value of the column's type",
        Literal::Bool => "a truth value is no value of the column's type",
        Literal::Blob => "a blob is no value of the column's type",
        Literal::Now => "a point in time is no value of the column's type",
        Literal::Null => "the column is required",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn strangers_are_found_among_everything_that_is_none() {
        let columns = ["price", "full name", "kind"];
        let found = |sql| strangers(sql, "items", &columns);
        assert_eq!(found("price >= 0 AND \"full name\" LIKE 'x%' COLLATE nocase"), []);
        assert_eq!(found("CAST(items.price AS double precision) > length(Kind)"), []);
        assert_eq!(found("CASE WHEN kind IS NULL THEN true ELSE false END"), []);
        let [(name, hint)] = &found("prize >= 0")[..] else { panic!("one stranger") };
        assert_eq!((name.as_str(), hint.as_str()), ("prize", ": did you mean `price`?"));
    }

    #[test]
    fn malformed_sql_is_told() {
        assert_eq!(malformed("lower('a;b')"), None);
        assert!(malformed("lower('a").is_some());
        assert!(malformed("(a").is_some());
        assert!(malformed("a) or (b").is_some());
        assert!(malformed("1; drop table users").is_some());
    }

    #[test]
    fn defaults_that_cannot_be_are_told() {
        let text = Column::new("state".into(), SqlType::Text { max_length: None });
        let number = Column::new("count".into(), SqlType::Integer);
        let wrong = |sql, column| wrong_default(sql, column, true);
        assert_eq!(wrong("'draft'", &text), None);
        assert_eq!(wrong("CURRENT_TIMESTAMP", &text), None);
        assert_eq!(wrong("lower(hex(randomblob(16)))", &text), None);
        assert_eq!(wrong("-1", &number), None);
        assert_eq!(wrong("1 + 1", &number), None);
        assert!(wrong("draft", &text).is_some_and(|why| why.contains("\"'draft'\"")));
        assert!(wrong("\"draft\"", &text).is_some_and(|why| why.contains("\"'draft'\"")));
        assert!(wrong("NULL", &text).is_some_and(|why| why.contains("required")));
        assert!(wrong("now()", &text).is_some_and(|why| why.contains("CURRENT_TIMESTAMP")));
        assert!(wrong("count + 1", &number).is_some_and(|why| why.contains("`count`")));
        assert!(wrong("'1'", &number).is_some());
        assert!(wrong("1.5", &number).is_some());
    }
}
