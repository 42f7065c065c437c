//! Values that do not fit into another type.

use diesel_autogen_schema::{Column, Dialect, Expr, PgType, SqlType};

use super::rows::{Fate, Rows, Value, counted};
use super::speech::Speech;
use super::{Asking, Counts, Guard, tried};
use crate::decide::{Conversion, conversion};
use crate::dialect::sqlite::types::{Storage, converted, storage};
use crate::hazard::HazardCode;

/// Asks for rows whose value the new type does not take.
pub(super) fn guard(asking: &Asking<'_>, rows: &Rows<'_>, fate: &Fate<'_>) -> Option<Guard> {
    let Fate { after, before, name, value: _ } = fate;
    let before = before.or_else(|| followed(asking, rows, after))?;
    let plain = after.generated.is_none() && before.generated.is_none();
    if !plain || before.sql_type.same_facts(&after.sql_type) {
        return None;
    }
    let column = rows.speech.ident(&before.name);
    let types = (&before.sql_type, &after.sql_type);
    let table = rows.speech.place(rows.change.before.place());
    let misfit = misfit(rows.speech, types, (&before.name, &column));
    let by = after.extras.follows_by().map(|by| Expr(by.clone()));
    // Labels are all that there is to say of labels.
    let labels = [types.0, types.1].iter().all(|it| it.enumeration().is_some());
    let by = by.as_ref().filter(|_| !labels).or(after.using.as_ref());
    let (code, counts, found) = match misfit.filter(|_| by.is_none()) {
        Some((code, condition, found)) => (code, counted(&table, Some(&condition)), found),
        None => {
            let counts = tried::failures(asking, rows, (before, &after.sql_type), by)?;
            (
                HazardCode::CastMayFail,
                counts,
                not_fitting(rows.speech, &before.name, &after.sql_type),
            )
        }
    };
    Some(Guard {
        code,
        object: format!("{}.{}", rows.name(), before.name),
        looks_at: format!("{}.{name}", rows.new_name()),
        found: format!("rows of {} have a {found}", rows.name()),
        counts,
    })
}

/// The column whose place a new one will take on the way up.
fn followed<'a>(asking: &Asking<'_>, rows: &Rows<'a>, after: &Column) -> Option<&'a Column> {
    let of = after.extras.follows().filter(|_| asking.up)?;
    rows.change.before.column(of)
}

/// The rows that hold nothing in a column because it has no place for the value of the one that it
/// follows; `None` where it has one for each.
pub(super) fn left_out(rows: &Rows<'_>, of: &Column, column: &Column) -> Option<Counts> {
    let (from, to) = (&of.sql_type, &column.sql_type);
    let empty = format!("{} IS NULL", rows.speech.ident(&column.name));
    if let Some(by) = column.extras.follows_by() {
        return tried::tried(rows, &Expr(by.clone()), to, Some(&empty));
    }
    let name = rows.speech.ident(&of.name);
    let condition = match misfit(rows.speech, (from, to), (&of.name, &name)) {
        Some((_, condition, _)) => condition,
        None if conversion(rows.speech.dialect, from, to).fits() => return None,
        None if tried::may_fail(from, to) => {
            return tried::tried(rows, &tried::read(rows, of, to), to, Some(&empty));
        }
        None => format!("{name} IS NOT NULL"),
    };
    let table = rows.speech.place(rows.change.before.place());
    Some(counted(&table, Some(&format!("{empty} AND {condition}"))))
}

/// Whether a change of type fails on a value that it would not keep, so that a guard looks for it.
pub(crate) fn is_stopped(speech: Speech, before: &SqlType, after: &SqlType) -> bool {
    if let (SqlType::Numeric { scale: from, .. }, SqlType::Numeric { scale: to, .. }) =
        (before, after)
        && to.unwrap_or(0) < from.unwrap_or(u32::MAX)
    {
        // What is behind the point is rounded without a word.
        return false;
    }
    let read = speech.dialect == Dialect::Postgres
        && is_text(before)
        && (after.is_integer() || matches!(after, SqlType::Pg(PgType::Uuid)));
    read || misfit(speech, (before, after), ("x", "x")).is_some()
}

fn not_fitting(speech: Speech, name: &str, after: &SqlType) -> String {
    format!("value in {name} that does not fit into {}", speech.spelled(after))
}

/// The condition on a value that does not fit, and what is wrong with it.
fn misfit(
    speech: Speech,
    (before, after): (&SqlType, &SqlType),
    (name, column): (&str, &str),
) -> Option<(HazardCode, String, String)> {
    let text = match speech.dialect {
        Dialect::Postgres if before.enumeration().is_some() => format!("{column}::TEXT"),
        Dialect::Postgres | Dialect::Sqlite | Dialect::Mysql => column.to_owned(),
    };
    match (conversion(speech.dialect, before, after), after) {
        (Conversion::Same | Conversion::Widening, _) => None,
        (Conversion::LabelsGone(gone), SqlType::Enum(_)) => {
            let labels = speech.strings(gone.iter().map(String::as_str));
            let found = format!("label in {name} that goes: {}", gone.join(", "));
            Some((HazardCode::RemovesLabels, format!("{text} IN ({labels})"), found))
        }
        (Conversion::Narrowing(_), SqlType::Enum(of)) if is_text(before) => {
            let labels = speech.strings(of.labels.iter().map(|label| &*label.name));
            let condition = format!("{text} NOT IN ({labels})");
            Some((HazardCode::CastMayFail, condition, format!("value in {name} that is no label")))
        }
        (Conversion::Narrowing(_) | Conversion::Cross, _) => {
            let condition = match speech.dialect {
                Dialect::Sqlite => document(before, after, column),
                Dialect::Postgres => too_large(speech, before, after, column),
                Dialect::Mysql => too_large(speech, before, after, column).or_else(|| {
                    let read = is_text(before) && matches!(after, SqlType::Json);
                    read.then(|| format!("json_valid({column}) = 0"))
                }),
            };
            Some((HazardCode::CastMayFail, condition?, not_fitting(speech, name, after)))
        }
        (Conversion::LabelsGone(_), _) => None,
    }
}

fn is_text(of: &SqlType) -> bool {
    matches!(of, SqlType::Text { .. })
}

/// Documents are read where SQLite keeps them in its binary form.
fn document(before: &SqlType, after: &SqlType, column: &str) -> Option<String> {
    let read = converted("x", before, after).starts_with("jsonb(");
    read.then(|| format!("json_valid({column}) = 0"))
}

/// What is larger than the new type allows.
fn too_large(speech: Speech, before: &SqlType, after: &SqlType, column: &str) -> Option<String> {
    match (before, after) {
        (SqlType::Integer | SqlType::BigInt, SqlType::SmallInt) => {
            Some(format!("{column} NOT BETWEEN -32768 AND 32767"))
        }
        (SqlType::BigInt, SqlType::Integer) => {
            Some(format!("{column} NOT BETWEEN -2147483648 AND 2147483647"))
        }
        (SqlType::Text { .. }, SqlType::Text { max_length: Some(most) }) => {
            // PostgreSQL cuts spaces at the end without a word.
            let value = match speech.dialect {
                Dialect::Postgres => format!("rtrim({column})"),
                Dialect::Sqlite | Dialect::Mysql => column.to_owned(),
            };
            Some(format!("char_length({value}) > {most}"))
        }
        (
            SqlType::SmallInt | SqlType::Integer | SqlType::BigInt | SqlType::Numeric { .. },
            SqlType::Numeric { precision: Some(digits), scale },
        ) => {
            let scale = scale.unwrap_or(0);
            let whole = digits.saturating_sub(scale);
            let least = format!("1{}", "0".repeat(whole as usize));
            let value = match speech.dialect {
                // What is no number fits.
                Dialect::Postgres if matches!(before, SqlType::Numeric { .. }) => {
                    format!("nullif({column}, 'NaN')")
                }
                Dialect::Postgres => format!("{column}::NUMERIC"),
                Dialect::Sqlite | Dialect::Mysql => column.to_owned(),
            };
            Some(format!("abs(round({value}, {scale})) >= {least}"))
        }
        (_, _) => None,
    }
}

/// The condition on a value of another kind than its column, where the two can be told apart.
pub(super) fn loose(rows: &Rows<'_>, fate: &Fate<'_>) -> Option<String> {
    let before = fate.before.filter(|_| fate.value == Value::Kept)?;
    let kinds = match storage(&before.sql_type) {
        Storage::Integer => "'integer', 'null'",
        Storage::Real => "'real', 'null'",
        Storage::Text if is_text(&before.sql_type) || before.sql_type.enumeration().is_some() => {
            "'text', 'null'"
        }
        // Their columns take numbers for numbers, which become texts by themselves.
        Storage::Text | Storage::Json => "'text', 'integer', 'real', 'null'",
        Storage::Blob | Storage::Jsonb => "'blob', 'null'",
        Storage::Numeric => "'integer', 'real', 'null'",
    };
    let named = !matches!(before.sql_type, SqlType::Custom(_) | SqlType::Pg(_) | SqlType::My(_));
    named.then(|| format!("typeof({}) NOT IN ({kinds})", rows.speech.ident(&before.name)))
}
