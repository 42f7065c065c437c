//! What grammar must know about SQLite alone.

use diesel_autogen_schema::sql::{self, Kind, Token};
use diesel_autogen_schema::{Column, Dialect, SqlType};
use syn::Type;
use syn::spanned::Spanned;

use super::sql::{Literal, literal, malformed};
use crate::errors::did_you_mean;
use crate::literals;
use crate::rust_type::{is, last, only_argument};

/// Why a well-known Rust type has no SQLite column, as the end of a sentence, or `None` when
/// nothing is known against it.
pub(super) fn unmapped(rust: &str) -> Option<&'static str> {
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

/// The types that Diesel reads from and writes to SQLite, by the last segment of their path.
pub(super) fn mapped(ty: &Type) -> syn::Result<Option<SqlType>> {
    let Some(segment) = last(ty) else { return Ok(None) };
    Ok(Some(match segment.ident.to_string().as_str() {
        "i16" => SqlType::SmallInt,
        "i32" => SqlType::Integer,
        "i64" => SqlType::BigInt,
        "f32" => SqlType::Float,
        "f64" => SqlType::Double,
        "bool" => SqlType::Bool,
        "String" => SqlType::Text { max_length: None },
        "Vec" if is(only_argument(segment), "u8") => SqlType::Binary,
        "NaiveDate" | "Date" => SqlType::Date,
        "NaiveTime" | "Time" => SqlType::TIME,
        "NaiveDateTime" | "PrimitiveDateTime" => SqlType::TIMESTAMP,
        "OffsetDateTime" => SqlType::TimestamptzSqlite,
        "DateTime" => {
            let zone = only_argument(segment);
            if !is(zone, "Utc") && !is(zone, "Local") {
                return Err(syn::Error::new(
                    segment.span(),
                    "Diesel reads only `DateTime<Utc>` and `DateTime<Local>` from SQLite",
                ));
            }
            SqlType::TimestamptzSqlite
        }
        "Value" => SqlType::Json,
        "BigDecimal" => SqlType::Numeric { precision: None, scale: None },
        _ => return Ok(None),
    }))
}

/// Whether Diesel reads a type of the language's, which is `own` by rule, from `other` as well.
pub(super) fn also(own: &SqlType, other: &SqlType) -> bool {
    let text = matches!(own, SqlType::Text { .. });
    text && matches!(
        other,
        SqlType::Date
            | SqlType::Time { .. }
            | SqlType::Timestamp { .. }
            | SqlType::TimestamptzSqlite
    )
}

/// Whether a column of this type can have a collation.
pub(super) fn collates(ty: &SqlType) -> bool {
    !matches!(
        ty,
        SqlType::SmallInt
            | SqlType::Integer
            | SqlType::BigInt
            | SqlType::Float
            | SqlType::Double
            | SqlType::Numeric { .. }
            | SqlType::Bool
            | SqlType::Binary
            | SqlType::Jsonb
    )
}

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

/// Types that a `STRICT` table may have.
pub(crate) fn strict_type(sql: &str) -> bool {
    ["INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"]
        .iter()
        .any(|allowed| allowed.eq_ignore_ascii_case(sql.trim()))
}

/// Names in an expression that are no column of the table and mean nothing else, each with a
/// suggestion.
pub(super) fn strangers(sql: &str, table: &str, columns: &[&str]) -> Vec<(String, String)> {
    let solid: Vec<Token> =
        sql::tokens(sql, Dialect::Sqlite).filter(|token| token.kind != Kind::Space).collect();
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
fn keyword(word: &str) -> bool {
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
pub(super) fn misspelled_collation(name: &str) -> Option<String> {
    let own = ["BINARY", "NOCASE", "RTRIM"];
    if own.iter().any(|it| it.eq_ignore_ascii_case(name)) {
        return None;
    }
    Some(did_you_mean(name, own)).filter(|hint| !hint.is_empty())
}

/// What is wrong with a default, as a sentence without its subject.
pub(super) fn wrong_default(sql: &str, column: &Column, known: bool) -> Option<String> {
    if let Some(reason) = malformed(sql, Dialect::Sqlite) {
        return Some(format!("has no default `{sql}`: it {reason}", reason = reason));
    }
    let solid: Vec<Token> =
        sql::tokens(sql, Dialect::Sqlite).filter(|token| token.kind != Kind::Space).collect();
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
        SqlType::Custom(_) | SqlType::Pg(_) | SqlType::My(_) => true,
    };
    (!fits).then(|| literal.misfit())
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
