//! Values that the new type may not take, where the server alone knows: each is tried.

use diesel_autogen_schema::{Column, Dialect, Expr, PgType, SqlType};

use super::rows::{Rows, is_sayable};
use super::{Asking, Counts};
use crate::decide::conversion;
use crate::dialect::postgres::types::converted;

/// The rows for which the conversion of a column to a type fails, which is done by SQL over the row
/// where somebody says how.
pub(super) fn failures(
    asking: &Asking<'_>,
    rows: &Rows<'_>,
    (before, to): (&Column, &SqlType),
    by: Option<&Expr>,
) -> Option<Counts> {
    let from = &before.sql_type;
    let Dialect::Postgres = rows.speech.dialect else { return None };
    if asking.blind || !may_fail(from, to) || conversion(Dialect::Postgres, from, to).fits() {
        return None;
    }
    match by {
        Some(by) if !is_sayable(rows.change, by, Dialect::Postgres) => None,
        Some(by) => tried(rows, by, to, None),
        None => tried(rows, &read(rows, before, to), to, None),
    }
}

/// What PostgreSQL reads a column as where it becomes another type.
pub(super) fn read(rows: &Rows<'_>, column: &Column, to: &SqlType) -> Expr {
    let name = rows.speech.ident(&column.name);
    Expr::from(converted(&name, &column.sql_type, to).unwrap_or(name))
}

/// The rows of those that meet a condition for which an expression over them fails as a value of a
/// type.
pub(super) fn tried(
    rows: &Rows<'_>,
    value: &Expr,
    to: &SqlType,
    condition: Option<&str>,
) -> Option<Counts> {
    let columns = rows.change.before.columns.iter();
    let named: Vec<_> =
        columns.filter(|it| value.mentions(&it.name, rows.speech.dialect)).collect();
    let place = rows.speech.place(rows.change.before.place());
    (!named.is_empty()).then(|| Counts::Failures {
        rows: condition.map_or(place.clone(), |it| format!("{place} WHERE {it}")),
        name: rows.speech.ident(&rows.change.before.name),
        columns: named.iter().map(|it| rows.speech.ident(&it.name)).collect(),
        value: cast(rows, value, to),
    })
}

/// A value as one of the type, where it is not cast to it already.
fn cast(rows: &Rows<'_>, value: &Expr, to: &SqlType) -> String {
    let spelled = rows.speech.spelled(to);
    let text = value.as_str();
    let end = format!("::{spelled}").to_ascii_lowercase();
    let is_name = rows.change.before.columns.iter().any(|it| rows.speech.ident(&it.name) == text);
    match text.to_ascii_lowercase().ends_with(&end) && !text.contains("--") {
        true => text.to_owned(),
        false if is_name => format!("{text}::{spelled}"),
        false => format!("{}::{spelled}", rows.speech.expr(value)),
    }
}

/// Whether the server may refuse a value, and says so of the value alone.
pub(super) fn may_fail(from: &SqlType, to: &SqlType) -> bool {
    match (from, to) {
        (SqlType::Pg(PgType::Array(from)), SqlType::Pg(PgType::Array(to))) => may_fail(from, to),
        (SqlType::Float | SqlType::Double | SqlType::Numeric { .. }, to) => {
            to.is_integer() || matches!(to, SqlType::Numeric { .. } | SqlType::Float)
        }
        (
            SqlType::Text { .. }
            | SqlType::Json
            | SqlType::Jsonb
            | SqlType::Pg(PgType::Bpchar { .. } | PgType::Citext | PgType::Varchar),
            to,
        ) => is_read(to),
        (SqlType::Pg(PgType::Inet), SqlType::Pg(PgType::Cidr))
        | (SqlType::Pg(PgType::MacAddr8), SqlType::Pg(PgType::MacAddr)) => true,
        (_, _) => false,
    }
}

/// Whether the type is there, and takes none of the texts that it cannot read; a cast that is asked
/// for cuts texts that are too long.
fn is_read(to: &SqlType) -> bool {
    match to {
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
        | SqlType::Json
        | SqlType::Jsonb
        | SqlType::Pg(
            PgType::Cidr
            | PgType::Inet
            | PgType::Interval
            | PgType::MacAddr
            | PgType::MacAddr8
            | PgType::Money
            | PgType::Multirange(_)
            | PgType::Oid
            | PgType::PgLsn
            | PgType::Range(_)
            | PgType::Timestamptz { .. }
            | PgType::Uuid,
        ) => true,
        SqlType::Pg(PgType::Array(of)) => is_read(of),
        SqlType::Text { .. }
        | SqlType::TimestamptzSqlite
        | SqlType::Enum(_)
        | SqlType::Custom(_)
        | SqlType::Pg(PgType::Bpchar { .. } | PgType::CChar | PgType::Citext | PgType::Varchar)
        | SqlType::My(_) => false,
    }
}
