//! Defaults that PostgreSQL refuses, or that are no value of their column.

use diesel_autogen_schema::sql::{self, Kind, Token};
use diesel_autogen_schema::{Column, Dialect, PgType, SqlType};

use super::expressions::{keyword, strangers};
use super::texts::plain;
use crate::dialect::sql::{Literal, literal, malformed};
use crate::literals;

/// Functions of other engines that defaults are made of, and what stands for them here.
const FOREIGN_FUNCTIONS: [(&str, &str); 7] = [
    ("datetime", "write `now()`"),
    ("getdate", "write `now()`"),
    ("unixepoch", "write `extract(epoch from now())`"),
    ("strftime", "write `to_char(now(), '…')`"),
    ("uuid", "write `gen_random_uuid()`"),
    ("randomblob", "write `gen_random_uuid()`, or a function of an extension"),
    ("current_timestamp", "write `CURRENT_TIMESTAMP`, without parentheses"),
];

/// What is wrong with a default, as a sentence without its subject.
pub(crate) fn wrong_default(sql: &str, column: &Column, known: bool) -> Option<String> {
    let common = plain(sql);
    if let Some(reason) = malformed(&common, Dialect::Postgres) {
        return Some(format!("has no default `{sql}`: it {reason}"));
    }
    let solid: Vec<Token> =
        sql::tokens(&common, Dialect::Postgres).filter(|token| token.kind != Kind::Space).collect();
    if let Some((name, ours)) = foreign(&solid) {
        return Some(format!("has no default `{name}()` on PostgreSQL: {ours}"));
    }
    if solid.iter().any(|token| token.is_name("select")) {
        return Some(format!("has no default `{sql}`: PostgreSQL takes no query there"));
    }
    if let [only] = solid[..] {
        let quoted = only.kind == Kind::Quoted;
        if quoted || (only.kind == Kind::Word && !keyword(only.text)) {
            let name = only.name().unwrap_or_default().replace('\'', "''");
            return Some(format!(
                "has no default `{sql}`: that is a name; text is `default = \"'{name}'\"`"
            ));
        }
    } else if let Some((name, _)) = strangers(&common, "", &[]).into_iter().next() {
        return Some(format!(
            "has no default `{sql}`: a default names no column, and `{name}` is a name"
        ));
    }
    let literal = literal(&solid)?;
    let reason = contradicts(literal, column, known).map(str::to_owned);
    let reason = reason.or_else(|| unfit(literal, &solid, &column.sql_type).filter(|_| known));
    reason.map(|reason| format!("has no default `{sql}`: {reason}"))
}

/// A call of a function that the server does not have; with arguments it may be the user's own.
fn foreign(solid: &[Token]) -> Option<(&'static str, &'static str)> {
    let [function, open, rest @ ..] = solid else { return None };
    if open.text != "(" {
        return None;
    }
    let found = FOREIGN_FUNCTIONS.into_iter().find(|it| function.is_name(it.0))?;
    let bare = rest.first().is_some_and(|token| token.text == ")");
    let literal = rest.first().is_some_and(|token| token.kind == Kind::String);
    (bare || literal || found.0 == "randomblob").then_some(found)
}

/// Why a literal of the right kind is no value of the type all the same.
fn unfit(literal: Literal, solid: &[Token], ty: &SqlType) -> Option<String> {
    let written: String = solid.iter().map(|token| token.text).collect();
    match (literal, ty) {
        (Literal::Integer, _) => literals::number(&written, ty),
        // The server reads dates in many ways.
        (Literal::Text, SqlType::Text { .. }) => literals::text(&sql::literal_text(&written)?, ty),
        (
            Literal::Text
            | Literal::Now
            | Literal::Null
            | Literal::Bool
            | Literal::Real
            | Literal::Blob,
            _,
        ) => None,
    }
}

/// Why a literal cannot be the value of this column. Text can be a value of any type.
fn contradicts(literal: Literal, column: &Column, known: bool) -> Option<&'static str> {
    let number = matches!(literal, Literal::Integer | Literal::Real);
    let fits = match (literal, &column.sql_type) {
        (Literal::Null, _) => column.nullable,
        (Literal::Text | Literal::Blob, _) => true,
        _ if !known => true,
        (_, SqlType::SmallInt | SqlType::Integer | SqlType::BigInt) => literal == Literal::Integer,
        (_, SqlType::Float | SqlType::Double | SqlType::Numeric { .. }) => number,
        (_, SqlType::Bool) => literal == Literal::Bool,
        (
            _,
            SqlType::Text { .. }
            | SqlType::Custom(_)
            | SqlType::My(_)
            | SqlType::Pg(PgType::Varchar | PgType::Bpchar { .. } | PgType::Citext),
        ) => true,
        (
            _,
            SqlType::Date
            | SqlType::Time { .. }
            | SqlType::Timestamp { .. }
            | SqlType::TimestamptzSqlite
            | SqlType::Pg(PgType::Timestamptz { .. }),
        ) => literal == Literal::Now,
        (_, SqlType::Pg(PgType::Money | PgType::Oid)) => literal == Literal::Integer || number,
        (
            _,
            SqlType::Binary
            | SqlType::Json
            | SqlType::Jsonb
            | SqlType::Enum(_)
            | SqlType::Pg(
                PgType::Array(_)
                | PgType::CChar
                | PgType::Cidr
                | PgType::Inet
                | PgType::Interval
                | PgType::MacAddr
                | PgType::MacAddr8
                | PgType::Multirange(_)
                | PgType::PgLsn
                | PgType::Range(_)
                | PgType::Uuid,
            ),
        ) => false,
    };
    (!fits).then(|| literal.misfit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_that_cannot_be_are_told() {
        let column = |ty| Column::new("state".into(), ty);
        let (text, number) = (column(SqlType::TEXT), column(SqlType::Integer));
        let wrong = |sql, column: &Column| wrong_default(sql, column, true);
        let moment = column(SqlType::Pg(PgType::Timestamptz { precision: None }));
        for (sql, column) in [
            ("'draft'", &text),
            ("'it''s'", &text),
            (r"E'it\'s\n'", &text),
            ("$$it's$$", &text),
            ("now()", &moment),
            ("CURRENT_TIMESTAMP", &moment),
            ("'infinity'", &moment),
            ("timezone('utc', now())", &moment),
            ("now() + interval '1 day'", &moment),
            ("'draft'::text", &text),
            ("current_user", &text),
            ("-1", &number),
            ("'1'", &number),
            ("nextval('public.\"Odd\"'::regclass)", &number),
            ("lpad(('12' || floor(random() * 10)::text), 4, '0')", &text),
        ] {
            assert_eq!(wrong(sql, column), None, "{sql}");
        }
        let list = column(SqlType::array(SqlType::TEXT));
        assert_eq!(wrong("'{}'", &list), None);
        assert_eq!(wrong("ARRAY[]::text[]", &list), None);
        for (sql, column) in [
            ("draft", &text),
            ("\"draft\"", &text),
            ("NULL", &text),
            ("datetime('now')", &moment),
            ("(select 1)", &number),
            ("price + 1", &number),
            ("1.5", &number),
            ("3000000000", &number),
            ("true", &number),
            ("0", &list),
            ("1", &column(SqlType::Bool)),
            ("0", &moment),
            ("1; drop table users", &number),
        ] {
            assert!(wrong(sql, column).is_some(), "{sql}");
        }
    }
}
