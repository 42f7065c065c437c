//! Values that the new type may not take, where the server alone knows: each is tried.

use diesel_autogen_schema::{Dialect, Expr, PgType, SqlType};

use super::rows::{Fate, Rows, is_sayable};
use super::{Asking, Counts};
use crate::decide::conversion;
use crate::dialect::postgres::types::converted;

/// The rows for which the conversion of a column fails.
pub(super) fn failures(asking: &Asking<'_>, rows: &Rows<'_>, fate: &Fate<'_>) -> Option<Counts> {
    let (before, after) = (fate.before?, &fate.after);
    let (from, to) = (&before.sql_type, &after.sql_type);
    let Dialect::Postgres = rows.speech.dialect else { return None };
    if asking.blind || !may_fail(from, to) || conversion(Dialect::Postgres, from, to).fits() {
        return None;
    }
    let own = rows.speech.ident(&before.name);
    let (value, named) = match &after.using {
        Some(using) => {
            let dialect = rows.speech.dialect;
            let columns = rows.change.before.columns.iter();
            let named: Vec<_> = columns.filter(|it| using.mentions(&it.name, dialect)).collect();
            let sayable = is_sayable(rows.change, using, dialect) && !named.is_empty();
            (sayable.then(|| cast(rows, using, to))?, named)
        }
        None => {
            let value = converted(&own, from, to).unwrap_or_else(|| own.clone());
            (cast(rows, &Expr::from(value), to), vec![before])
        }
    };
    Some(Counts::Failures {
        table: rows.speech.place(rows.change.before.place()),
        name: rows.speech.ident(&rows.change.before.name),
        columns: named.iter().map(|it| rows.speech.ident(&it.name)).collect(),
        value,
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
fn may_fail(from: &SqlType, to: &SqlType) -> bool {
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
