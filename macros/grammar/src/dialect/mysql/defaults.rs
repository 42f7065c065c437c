//! Defaults that MySQL refuses, or that are no value of their column.

use diesel_autogen_schema::sql::{self, Kind, Token};
use diesel_autogen_schema::{Column, Dialect, MyType, SqlType};

use super::expressions::{keyword, strangers};
use crate::dialect::sql::{Literal, literal, malformed};
use crate::literals;

/// Functions of other engines that defaults are made of, and what stands for them here.
const FOREIGN_FUNCTIONS: [(&str, &str); 9] = [
    ("datetime", "write `CURRENT_TIMESTAMP`"),
    ("getdate", "write `CURRENT_TIMESTAMP`"),
    ("unixepoch", "write `(unix_timestamp())`"),
    ("strftime", "write `date_format(now(), '…')`"),
    ("gen_random_uuid", "write `(uuid())`"),
    ("uuid_generate_v4", "write `(uuid())`"),
    ("randomblob", "write `(random_bytes(16))`"),
    ("zeroblob", "write `X'00'`"),
    ("nextval", "an integer primary key counts by itself"),
];

/// What is wrong with a default, as a sentence without its subject.
pub(crate) fn wrong_default(sql: &str, column: &Column, known: bool) -> Option<String> {
    if let Some(reason) = malformed(sql, Dialect::Mysql) {
        return Some(format!("has no default `{sql}`: it {reason}"));
    }
    let solid: Vec<Token> =
        sql::tokens(sql, Dialect::Mysql).filter(|token| token.kind != Kind::Space).collect();
    if let [function, open, ..] = solid[..]
        && open.text == "("
        && let Some((name, ours)) = FOREIGN_FUNCTIONS.iter().find(|it| function.is_name(it.0))
    {
        return Some(format!("has no default `{name}()` on MySQL: {ours}"));
    }
    if solid.iter().any(|token| token.is_name("select")) {
        return Some(format!("has no default `{sql}`: MySQL takes no query there"));
    }
    if let [only] = solid[..] {
        let quoted = only.kind == Kind::Quoted;
        if quoted || (only.kind == Kind::Word && !keyword(only.text)) {
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
    let literal = literal(&solid)?;
    let reason = contradicts(literal, column, known).map(str::to_owned);
    let reason = reason.or_else(|| unfit(literal, sql, &column.sql_type).filter(|_| known));
    reason.map(|reason| format!("has no default `{sql}`: {reason}"))
}

/// Why a literal of the right kind is no value of the type all the same.
fn unfit(literal: Literal, sql: &str, ty: &SqlType) -> Option<String> {
    match literal {
        Literal::Integer => literals::number(sql.trim(), ty),
        Literal::Text => literals::text(&sql::literal_text(sql)?, ty),
        Literal::Now => literals::moment(sql.trim(), ty),
        Literal::Null | Literal::Bool | Literal::Real | Literal::Blob => None,
    }
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
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::My(MyType::TinyInt | MyType::Unsigned(_)) => literal == Literal::Integer,
        SqlType::Float | SqlType::Double | SqlType::Numeric { .. } => {
            matches!(literal, Literal::Integer | Literal::Real)
        }
        SqlType::Bool => matches!(literal, Literal::Bool | Literal::Integer),
        SqlType::Text { .. } | SqlType::My(MyType::Char { .. } | MyType::Text(_)) => {
            matches!(literal, Literal::Text | Literal::Now)
        }
        SqlType::Date
        | SqlType::Time { .. }
        | SqlType::Timestamp { .. }
        | SqlType::TimestamptzSqlite
        | SqlType::My(MyType::Datetime { .. }) => matches!(literal, Literal::Text | Literal::Now),
        SqlType::Json | SqlType::Jsonb | SqlType::Enum(_) => literal == Literal::Text,
        SqlType::Binary
        | SqlType::My(MyType::Binary { .. } | MyType::Varbinary { .. } | MyType::Blob(_)) => {
            matches!(literal, Literal::Blob | Literal::Text)
        }
        SqlType::My(MyType::Bit { .. }) => matches!(literal, Literal::Blob | Literal::Integer),
        SqlType::Custom(_) | SqlType::Pg(_) => true,
    };
    (!fits).then(|| literal.misfit())
}
