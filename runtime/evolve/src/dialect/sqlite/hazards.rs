//! What operations do to data, time and the way back.

use diesel_autogen_schema::{Check, Column, Dialect, Expr, ForeignKey, SqlType};

use super::alter::{Context, Direction, Way};
use super::copy::{is_let_go, stand_in};
use super::op::Op;
use super::quote::{expr, string};
use super::render::is_literal;
use super::shape::{Shape, has_name};
use super::types::converted;
use crate::decide::{Conversion, conversion, filler, relabelled};
use crate::hazard::{Hazard, HazardCode};

/// The hazards of an operation; `way` is how a table is altered.
pub(crate) fn hazards(op: &Op, way: Option<&Way>, context: &Context<'_>) -> Vec<Hazard> {
    use HazardCode::{DropsTable, IrreversibleData, LosesOnDown, TightensUnique};
    match op {
        Op::Create(shape, _) => {
            let name = shape.table.name.as_ref();
            let name = context.asides.table(name).unwrap_or(name);
            vec![match context.direction {
                Direction::Up => Hazard::new(LosesOnDown, name, "down drops its rows"),
                Direction::Down => Hazard::new(IrreversibleData, name, "its rows were dropped"),
            }]
        }
        Op::Drop(shape, _) => {
            let name = shape.table.name.as_ref();
            vec![
                match context.asides.table(name) {
                    // Another has its name by then.
                    Some(name) => {
                        Hazard::new(DropsTable, name, "the table that up made is dropped")
                    }
                    None => Hazard::new(DropsTable, name, "table dropped"),
                }
                .loss(),
            ]
        }
        Op::Alter(old, new) => {
            let mut hazards = altered(old, new, context);
            if way == Some(&Way::Rebuild) {
                let detail = "the table is made anew";
                hazards.push(Hazard::new(HazardCode::RewritesTable, &*new.table.name, detail));
            }
            hazards
        }
        Op::CreateIndex(table, index) if index.unique => {
            let detail = format!("rows may repeat what `{}` wants unique", index.name);
            vec![Hazard::new(TightensUnique, table, detail)]
        }
        Op::CreateIndex(..)
        | Op::DropIndex(..)
        | Op::Open
        | Op::Close
        | Op::Park
        | Op::Restore
        | Op::RenameColumn { .. }
        | Op::RenameTable { .. }
        | Op::Note { .. } => Vec::new(),
    }
}

fn altered(old: &Shape, new: &Shape, context: &Context<'_>) -> Vec<Hazard> {
    let mut found = Vec::new();
    for column in &old.table.columns[..] {
        match new.column(&column.name) {
            None if column.generated.is_some() => {}
            None => found.push(dropped(old, column, context)),
            Some(after) if is_let_go(new, after, context) => {
                let detail = "the rows that it referred to were dropped, it becomes NULL";
                let object = object(old, column);
                found.push(Hazard::new(HazardCode::ReplacesValues, object, detail).loss());
            }
            Some(after) => found.extend(changed((old, new), column, after, context.direction)),
        }
    }
    let came = new.table.columns.iter().filter(|column| old.column(&column.name).is_none());
    for column in came {
        if column.generated.is_some() {
            found.extend(miscomputed(new, column));
        } else {
            found.extend(added(old, new, column, context));
        }
    }
    found.extend(constrained(old, new, context));
    found
}

fn object(shape: &Shape, column: &Column) -> String {
    format!("{}.{}", shape.table.name, column.name)
}

fn dropped(old: &Shape, column: &Column, context: &Context<'_>) -> Hazard {
    let table = old.table.name.as_ref();
    match context.asides.column(table, &column.name) {
        // Another has its name by then.
        Some(name) => {
            let detail = "the column that up made is dropped";
            Hazard::new(HazardCode::DropsColumn, format!("{table}.{name}"), detail)
        }
        None => Hazard::new(HazardCode::DropsColumn, object(old, column), "column dropped"),
    }
    .loss()
}

fn added(old: &Shape, new: &Shape, column: &Column, context: &Context<'_>) -> Vec<Hazard> {
    use HazardCode::{FillMayFail, IrreversibleData, LosesOnDown, TightensNotNull};
    let table = new.table.name.as_ref();
    let name = context.asides.column(table, &column.name).unwrap_or(&column.name);
    let object = format!("{table}.{name}");
    let value = filler(column);
    let empty = !column.nullable && value.is_none() && column.identity.is_none();
    let mut found = Vec::new();
    match context.direction {
        Direction::Down if empty && is_orphan(new, column, context) => {
            let detail = "its values and the rows that it referred to were dropped: \
                          this fails while there are rows";
            found.push(Hazard::new(IrreversibleData, &object, detail));
            found.push(Hazard::new(TightensNotNull, &object, "there is nothing to refer to"));
        }
        Direction::Down if empty => {
            let filled = stand_in(old, new, column);
            let detail = format!("its values were dropped, rows get {filled}");
            found.push(Hazard::new(IrreversibleData, &object, detail));
            if is_ruled(new, column) {
                found.push(Hazard::new(FillMayFail, &object, format!("{filled} may break a rule")));
            }
        }
        Direction::Down => {
            found.push(Hazard::new(IrreversibleData, &object, "its values were dropped"));
        }
        Direction::Up if empty => {
            found.push(Hazard::new(TightensNotNull, &object, "rows have no value for it"));
        }
        Direction::Up => found.push(Hazard::new(LosesOnDown, &object, "down drops its values")),
    }
    found.extend(value.and_then(|value| misfit(&object, value, new, column)));
    found
}

/// Says when what a column is computed to may break what it wants.
fn miscomputed(shape: &Shape, column: &Column) -> Option<Hazard> {
    let free = column.nullable && !shape.table.strict && !is_ruled(shape, column);
    (!free).then(|| {
        Hazard::new(
            HazardCode::ComputedMayFail,
            object(shape, column),
            "what is computed may not fit",
        )
    })
}

/// Says when a value that rows are filled with may break what the column wants.
fn misfit(object: &str, value: &Expr, shape: &Shape, column: &Column) -> Option<Hazard> {
    let text = expr(value.as_str());
    let sure = is_literal(&text) && !is_ruled(shape, column) && !shape.table.strict;
    let detail = format!("{text} may not fit every row");
    let known = is_label(&text, &column.sql_type) && !has_rule(shape, column);
    (!sure && !known).then(|| Hazard::new(HazardCode::FillMayFail, object, detail))
}

/// Whether a rule beyond NOT NULL looks at the value.
fn is_ruled(shape: &Shape, column: &Column) -> bool {
    matches!(column.sql_type, SqlType::Enum(_)) || has_rule(shape, column)
}

/// Whether a rule beyond those that its type has looks at the value.
fn has_rule(shape: &Shape, column: &Column) -> bool {
    let name = column.name.as_ref();
    shape.table.checks.iter().any(|check| check.expr.mentions(name, Dialect::Sqlite))
        || shape.table.foreign_keys.iter().any(|key| has_name(&key.columns, name))
        || has_name(&shape.unique_columns, name)
        || has_name(&shape.table.primary_key, name)
}

fn is_label(text: &str, of: &SqlType) -> bool {
    let SqlType::Enum(of) = of else { return false };
    of.labels.iter().any(|label| string(&label.name) == text)
}

fn changed(
    (old, new): (&Shape, &Shape),
    before: &Column,
    after: &Column,
    direction: Direction,
) -> Vec<Hazard> {
    use HazardCode::{FillMayFail, IrreversibleData, ReplacesValues, TightensNotNull};
    let object = object(old, before);
    let mut found = Vec::new();
    if let Some(generated) = &after.generated {
        match &before.generated {
            None => found
                .push(Hazard::new(ReplacesValues, &object, "its values are computed anew").loss()),
            Some(from) if from.expr != generated.expr => {
                found.push(Hazard::new(ReplacesValues, &object, "computed in another way"));
            }
            Some(_) => {}
        }
        found.extend((!before.same_facts(after)).then(|| miscomputed(new, after)).flatten());
        return found;
    }
    let retyped = !before.sql_type.same_facts(&after.sql_type);
    if retyped {
        found.extend(retyping(&object, before, after));
        found.extend(unreadable(&object, before, after));
        found.extend(after.using.as_ref().and_then(|using| misfit(&object, using, new, after)));
    }
    if before.generated.is_some() {
        found.extend(no_longer_computed(&object, new, after, direction));
    }
    if before.nullable && !after.nullable {
        match filler(after) {
            Some(value) => found.extend(misfit(&object, value, new, after)),
            None => found.push(Hazard::new(TightensNotNull, &object, "rows may hold NULL")),
        }
    }
    if direction == Direction::Down {
        if retyped && (before.using.is_some() || lossy(after, before)) {
            let detail = "its values were converted";
            found.push(Hazard::new(IrreversibleData, &object, detail));
            if is_ruled(new, after) {
                found.push(Hazard::new(FillMayFail, &object, "what they become may break a rule"));
            }
        }
        if retyped && merged(&after.sql_type, &before.sql_type) {
            found.push(Hazard::new(IrreversibleData, &object, "labels were put together"));
        }
        if after.nullable && !before.nullable {
            found.extend(filler(before).map(|value| stays_filled(&object, value)));
            if retyped && filler(before).is_some() && is_ruled(new, after) {
                found.push(Hazard::new(FillMayFail, &object, "what NULL became may break a rule"));
            }
        }
    }
    found
}

fn stays_filled(object: &str, value: &Expr) -> Hazard {
    let text = expr(value.as_str());
    let detail = match is_literal(&text) {
        true => format!("NULL became {text}"),
        false => "NULL was filled".to_owned(),
    };
    Hazard::new(HazardCode::IrreversibleData, object, detail)
}

/// What was computed stays as a value, which takes the place of what may have been there before.
fn no_longer_computed(
    object: &str,
    new: &Shape,
    after: &Column,
    direction: Direction,
) -> Vec<Hazard> {
    let mut found = Vec::new();
    if direction == Direction::Down {
        let detail = "its values were computed anew";
        found.push(Hazard::new(HazardCode::IrreversibleData, object, detail));
    }
    if is_ruled(new, after) || new.table.strict {
        found.push(Hazard::new(
            HazardCode::ComputedMayFail,
            object,
            "what was computed may break a rule",
        ));
    }
    found
}

fn retyping(object: &str, before: &Column, after: &Column) -> Option<Hazard> {
    use HazardCode::{NarrowsType, RemovesLabels};
    match conversion(Dialect::Sqlite, &before.sql_type, &after.sql_type) {
        Conversion::Same | Conversion::Widening => None,
        Conversion::Narrowing(reason) => {
            let hazard = Hazard::new(NarrowsType, object, reason);
            Some(if lossy(before, after) { hazard.loss() } else { hazard })
        }
        Conversion::Cross => {
            Some(Hazard::new(NarrowsType, object, "values of another kind").loss())
        }
        Conversion::LabelsGone(gone) => {
            let detail = format!("rows may hold {}", gone.join(", "));
            Some(Hazard::new(RemovesLabels, object, detail))
        }
    }
}

/// Says when a document is read from what may be none.
fn unreadable(object: &str, before: &Column, after: &Column) -> Option<Hazard> {
    let read = converted("x", &before.sql_type, &after.sql_type).starts_with("json");
    let stops = read && after.using.is_none() && lossy(before, after);
    stops.then(|| Hazard::new(HazardCode::CastMayFail, object, "other values are no JSON"))
}

/// Whether the change of type writes other values than were there, and some of them lose.
fn lossy(before: &Column, after: &Column) -> bool {
    let narrow = match conversion(Dialect::Sqlite, &before.sql_type, &after.sql_type) {
        Conversion::Same | Conversion::Widening => false,
        Conversion::Narrowing(_) | Conversion::LabelsGone(_) | Conversion::Cross => true,
    };
    narrow && (after.using.is_some() || converted("x", &before.sql_type, &after.sql_type) != "x")
}

/// Whether rows of two labels hold the same one after.
fn merged(before: &SqlType, after: &SqlType) -> bool {
    let (SqlType::Enum(from), SqlType::Enum(to)) = (before, after) else { return false };
    let mut now: Vec<&str> =
        from.labels.iter().filter_map(|label| relabelled(&label.name, from, to)).collect();
    let all = now.len();
    now.sort_unstable();
    now.dedup();
    now.len() < all
}

/// Whether a column can refer to nothing but a table that comes back without rows.
fn is_orphan(new: &Shape, column: &Column, context: &Context<'_>) -> bool {
    let keys = new.table.foreign_keys.iter().filter(|key| has_name(&key.columns, &column.name));
    keys.into_iter().any(|key| context.makes(&key.table))
}

/// Rules that rows may not meet.
fn constrained(old: &Shape, new: &Shape, context: &Context<'_>) -> Vec<Hazard> {
    let table = new.table.name.as_ref();
    let one = |code: HazardCode, detail: &str| Hazard::new(code, table, detail);
    let mut found = Vec::new();
    if old.table.primary_key != new.table.primary_key {
        found.push(one(HazardCode::TightensUnique, "rows may repeat the new primary key"));
    }
    if new.table.strict && !old.table.strict {
        found
            .push(one(HazardCode::TightensKind, "values may be of another kind than their column"));
    }
    let known = |check: &Check| old.table.checks.iter().any(|it| it.expr == check.expr);
    let checks = new.table.checks.iter().filter(|check| !known(check));
    found.extend(checks.map(|_| one(HazardCode::TightensCheck, "rows may break the new check")));
    for key in new.table.foreign_keys.iter().filter(|key| !points_as_before(old, key)) {
        let columns = || key.columns.iter().filter_map(|name| new.column(name));
        if all_null(old, new, key) || columns().any(|it| is_let_go(new, it, context)) {
            continue;
        }
        found.push(one(HazardCode::TightensForeignKey, "rows may break the new foreign key"));
        let kept = columns().all(|it| old.column(&it.name).is_some());
        if context.direction == Direction::Down && context.makes(&key.table) && kept {
            let detail = format!(
                "the rows of {} that it refers to were dropped: this fails while there are rows",
                key.table
            );
            let object = format!("{table}.{}", key.columns.join(", "));
            found.push(Hazard::new(HazardCode::IrreversibleData, object, detail));
        }
    }
    found
}

/// Whether the rows referred to the same rows before, whatever a change of those does to them.
fn points_as_before(old: &Shape, key: &ForeignKey) -> bool {
    old.table.foreign_keys.iter().any(|it| {
        it.columns == key.columns && it.table == key.table && it.references == key.references
    })
}

/// Whether rows refer to nothing because a column of the key comes empty.
fn all_null(old: &Shape, new: &Shape, key: &ForeignKey) -> bool {
    key.columns.iter().any(|name| {
        let column = new.column(name).filter(|_| old.column(name).is_none());
        column.is_some_and(|column| {
            column.nullable && column.generated.is_none() && filler(column).is_none()
        })
    })
}
