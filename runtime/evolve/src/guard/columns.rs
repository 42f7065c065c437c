//! Columns that become required or get another type.

use diesel_autogen_schema::{Delta, Edit, Expr};

use super::kinds;
use super::rows::{Fate, Rows, Value, counted, is_value};
use super::{Asking, Guard};
use crate::decide::{comes_empty, filler, tightening};
use crate::hazard::HazardCode;

pub(super) fn guards(asking: &Asking<'_>, rows: &Rows<'_>) -> Vec<Guard> {
    let mut found = Vec::new();
    // What cannot be read is nothing to look at any further.
    found.extend(rows.fates.iter().filter_map(|fate| kinds::guard(asking, rows, fate)));
    for fate in &rows.fates {
        found.extend(required(asking, rows, fate));
        found.extend(unlike(rows, fate));
    }
    found.extend(strict(rows));
    found
}

/// Asks for rows that would have NULL in a column that takes none.
fn required(asking: &Asking<'_>, rows: &Rows<'_>, fate: &Fate<'_>) -> Option<Guard> {
    let Fate { after, before, name: _, value } = fate;
    if after.nullable {
        return None;
    }
    let name = rows.speech.ident(&after.name);
    match before {
        Some(before) if after.generated.is_none() => {
            if !before.nullable || before.generated.is_some() {
                return None;
            }
            let retyped = !before.sql_type.same_facts(&after.sql_type);
            let filler = tightening(before, after);
            let using = after.using.as_ref().filter(|_| retyped);
            let condition = match (filler, using, value) {
                (Some(filler), _, _) if is_value(filler) || is_sure(rows, filler) => return None,
                (None, None, _) => format!("{name} IS NULL"),
                (_, _, Value::Said(value)) => format!("{value} IS NULL"),
                (_, _, Value::Kept | Value::Nothing | Value::Unknown) => return None,
            };
            let (code, more) = match filler {
                Some(_) => (HazardCode::FillMayFail, ", and get none"),
                None => (HazardCode::TightensNotNull, ""),
            };
            let found = format!("have no {}{more}", after.name);
            Some(missing(rows, fate, Some(&condition), (code, &found)))
        }
        None | Some(_) => match value {
            Value::Said(_) if is_given(rows, fate) => None,
            Value::Said(value) => {
                let condition = format!("{value} IS NULL");
                let code = match after.generated {
                    Some(_) => HazardCode::ComputedMayFail,
                    None => HazardCode::FillMayFail,
                };
                Some(missing(
                    rows,
                    fate,
                    Some(&condition),
                    (code, &format!("get no {}", after.name)),
                ))
            }
            Value::Unknown if stuck(asking, rows, fate) => {
                let found = format!("would have no {}, as what it refers to is gone", after.name);
                Some(missing(rows, fate, None, (HazardCode::TightensNotNull, &found)))
            }
            Value::Kept | Value::Nothing | Value::Unknown => None,
        },
    }
}

/// Asks for rows whose value has no like in a column that followed and takes the place now.
fn unlike(rows: &Rows<'_>, fate: &Fate<'_>) -> Option<Guard> {
    let (before, after) = (fate.before?, &fate.after);
    let of = rows.change.before.column(before.extras.follows()?)?;
    let takes_place = after.extras.follows().is_none();
    // Where none may be missing, it is asked for those.
    if !takes_place || !after.nullable {
        return None;
    }
    let found = format!("hold a {} that {} cannot hold", of.name, before.name);
    let guard = missing(rows, fate, None, (HazardCode::CastMayFail, &found));
    Some(Guard { counts: kinds::left_out(rows, of, before)?, ..guard })
}

/// Whether a new column gets a value that is one.
fn is_given(rows: &Rows<'_>, fate: &Fate<'_>) -> bool {
    match &fate.after.generated {
        Some(generated) => is_sure(rows, &generated.expr),
        None => filler(&fate.after).is_some_and(|it| is_value(it) || is_sure(rows, it)),
    }
}

/// Whether an expression is made of what is never NULL. Few are NULL then, and no script need look
/// through a table for them.
fn is_sure(rows: &Rows<'_>, expr: &Expr) -> bool {
    let mut columns =
        rows.change.before.columns.iter().filter(|it| expr.mentions(&it.name, rows.speech.dialect));
    columns.all(|it| !it.nullable)
}

/// Whether a required column comes back on the way down and can refer to nothing but a table that
/// comes back without rows.
fn stuck(asking: &Asking<'_>, rows: &Rows<'_>, fate: &Fate<'_>) -> bool {
    let after = &fate.after;
    let empty = fate.before.is_none() && comes_empty(after);
    let keys = rows.change.after.foreign_keys.iter();
    let orphan = |columns: &[_]| columns.contains(&after.name);
    let mut orphans = keys.filter(|key| orphan(&key.columns) && asking.comes(key.target()));
    !asking.up && empty && orphans.next().is_some()
}

fn missing(
    rows: &Rows<'_>,
    fate: &Fate<'_>,
    condition: Option<&str>,
    (code, found): (HazardCode, &str),
) -> Guard {
    let name = fate.before.map_or(&fate.after.name, |before| &before.name);
    let table = rows.speech.place(rows.change.before.place());
    Guard {
        code,
        object: format!("{}.{name}", rows.name()),
        looks_at: format!("{}.{}", rows.new_name(), fate.name),
        found: format!("rows of {} {found}", rows.name()),
        counts: counted(&table, condition),
    }
}

/// Asks for values that SQLite would not take once it looks at their kind.
fn strict(rows: &Rows<'_>) -> Option<Guard> {
    let becomes = rows.change.edits.iter().any(|edit| match edit {
        Edit::Strict { after } => *after,
        Edit::Column(Delta::Added(_) | Delta::Removed(_) | Delta::Changed { .. })
        | Edit::PrimaryKey { .. }
        | Edit::Unique(_)
        | Edit::Index(_)
        | Edit::Check(_)
        | Edit::Exclusion(_)
        | Edit::ForeignKey(_)
        | Edit::WithoutRowid { .. }
        | Edit::Extras { .. }
        | Edit::Comment { .. } => false,
    });
    let conditions: Vec<String> =
        rows.fates.iter().filter_map(|it| kinds::loose(rows, it)).collect();
    let table = rows.speech.place(rows.change.before.place());
    (becomes && !conditions.is_empty()).then(|| Guard {
        code: HazardCode::TightensKind,
        object: rows.name(),
        looks_at: rows.new_name(),
        found: format!("rows of {} hold values of another kind than their column", rows.name()),
        counts: counted(&table, Some(&conditions.join(" OR "))),
    })
}
