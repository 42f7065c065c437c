//! What operations do to data, time and the way back.

use diesel_autogen_schema::{Column, Delta, Dialect, Expr, OwnPlace, SqlType, Storage, Table};

use super::alter::{Context, Direction, tightened};
use super::altered::is_made_anew;
use super::back::{self, NUMBER};
use super::fill::{self, Way};
use super::labels::Labels;
use super::op::{Alteration, Op};
use super::quote::{expr, string};
use super::rule::{Rule, is_proved, rules};
use super::succession;
use super::types::{spelled, stays_on_disk};
use crate::decide::{Conversion, conversion, filler, relabelled, tightening};
use crate::hazard::{Hazard, HazardCode};

/// The hazards of an operation.
pub(crate) fn hazards(op: &Op, context: &Context<'_>) -> Vec<Hazard> {
    use HazardCode::{DropsTable, IrreversibleData, LosesOnDown};
    match op {
        Op::CreateTable(table) => {
            let name = table.place().to_string();
            vec![match context.direction {
                Direction::Up => Hazard::new(LosesOnDown, name, "down drops its rows"),
                Direction::Down => Hazard::new(IrreversibleData, name, "its rows were dropped"),
            }]
        }
        Op::DropTable(table) => {
            vec![Hazard::new(DropsTable, table.place().to_string(), "table dropped").loss()]
        }
        Op::Alter(it) => altered(it, context),
        Op::Labels(labels) => relabelling(labels, context),
        Op::AddRules(table, rules) => {
            let now = rules.iter().filter(|rule| !(context.phased && rule.waits()));
            now.flat_map(|rule| ruled(table, rule, context)).collect()
        }
        Op::RestoreRules(table, rules) => {
            rules.iter().flat_map(|rule| ruled(table, rule, context)).collect()
        }
        Op::Validate(table, rule) => ruled(table, rule, context),
        Op::CreateIndex(table, index) => ruled(table, &Rule::Index(index.clone()), context),
        Op::Follow { table, column, is_new: false } => {
            succession::ends(table, column, context.direction)
        }
        Op::Unfollow { table, column, is_gone: false } => {
            succession::begins(table, column, context.direction)
        }
        Op::Follow { .. }
        | Op::Unfollow { .. }
        | Op::CreateSchema(_)
        | Op::DropSchema(_)
        | Op::CreateExtension(_)
        | Op::DropExtension(_)
        | Op::CreateType(_)
        | Op::DropType(_)
        | Op::KeepType(_)
        | Op::DropRules(..)
        | Op::Turn { .. }
        | Op::Unvalidate(..)
        | Op::DropIndex(..)
        | Op::Rename(_)
        | Op::Remark { .. }
        | Op::Tune { .. }
        | Op::Parameters { .. } => Vec::new(),
    }
}

/// What a new rule may find in rows. A new table has none.
fn ruled(table: &OwnPlace, rule: &Rule, context: &Context<'_>) -> Vec<Hazard> {
    if context.makes(table.place()) {
        return Vec::new();
    }
    let name = table.place().to_string();
    let one = |code: HazardCode, detail: String| vec![Hazard::new(code, &name, detail)];
    let unique = |detail: String| one(HazardCode::TightensUnique, detail);
    match rule {
        Rule::PrimaryKey { .. } => unique("rows may repeat the new primary key".into()),
        Rule::Check(_) => one(HazardCode::TightensCheck, "rows may break the new check".into()),
        Rule::Unique(it) => unique(format!("rows may repeat what `{}` wants unique", it.name)),
        Rule::Index(it) if it.unique => {
            unique(format!("rows may repeat what `{}` wants unique", it.name))
        }
        Rule::Index(_) => Vec::new(),
        Rule::Exclusion(it) => {
            one(HazardCode::TightensExclusion, format!("rows may be what `{}` excludes", it.name))
        }
        Rule::ForeignKey(key) if context.idle.contains(&(table.clone(), key.name.clone())) => {
            Vec::new()
        }
        Rule::ForeignKey(key) => {
            let detail = "rows may break the new foreign key".to_owned();
            let mut found = one(HazardCode::TightensForeignKey, detail);
            if context.direction == Direction::Down && context.makes(key.target()) {
                let detail = format!(
                    "the rows of {} that it refers to were dropped: this fails while there are rows",
                    key.target()
                );
                let object = format!("{name}.{}", key.columns.join(", "));
                found.push(Hazard::new(HazardCode::IrreversibleData, object, detail));
            }
            found
        }
    }
}

fn altered(it: &Alteration, context: &Context<'_>) -> Vec<Hazard> {
    let mut found = Vec::new();
    let mut rewritten = false;
    for delta in &it.columns {
        match delta {
            Delta::Removed(column) if column.generated.is_some() => {}
            Delta::Removed(column) if column.extras.follows().is_some() => {
                found.extend(succession::let_go(&it.before, column, context.direction));
            }
            Delta::Removed(column) => {
                let object = object(&it.before, column);
                found.push(Hazard::new(HazardCode::DropsColumn, object, "column dropped").loss());
            }
            Delta::Added(column) => {
                rewritten |= fills_rows(column);
                found.extend(added(it, column, context));
            }
            Delta::Changed { before, after } => {
                rewritten |= rewrites(before, after);
                found.extend(match it.leaves && context.direction == Direction::Down {
                    true => vec![refilled(it, after, context)],
                    false => changed(it, before, after, context.direction),
                });
            }
        }
    }
    if rewritten {
        let detail = "every row is written anew";
        let table = it.after.place().to_string();
        found.push(Hazard::new(HazardCode::RewritesTable, table, detail));
    }
    found
}

pub(super) fn object(table: &Table, column: &Column) -> String {
    format!("{}.{}", table.place(), column.name)
}

fn rewrites(before: &Column, after: &Column) -> bool {
    if is_made_anew(before, after) {
        return after.generated.as_ref().is_some_and(|it| it.storage == Storage::Stored);
    }
    if after.using.is_some() && spelled(&before.sql_type) != spelled(&after.sql_type) {
        return true;
    }
    before.generated.is_none() && !stays_on_disk(&before.sql_type, &after.sql_type)
}

/// Whether a new column has another value in each row from the beginning.
fn fills_rows(column: &Column) -> bool {
    let stored = column.generated.as_ref().is_some_and(|it| it.storage == Storage::Stored);
    let fresh = column.default.as_ref().is_some_and(|default| {
        let text = default.as_str().to_ascii_lowercase();
        ["random", "uuid", "nextval", "clock_timestamp"].iter().any(|it| text.contains(it))
    });
    stored || fresh || column.identity.is_some()
}

fn added(it: &Alteration, column: &Column, context: &Context<'_>) -> Vec<Hazard> {
    use HazardCode::{
        ComputedMayFail, FillMayFail, IrreversibleData, LosesOnDown, TightensNotNull,
    };
    let object = object(&it.after, column);
    if column.generated.is_some() {
        let misses = !column.nullable || is_ruled(&it.after, column);
        let found =
            misses.then(|| Hazard::new(ComputedMayFail, object, "what is computed may not fit"));
        return found.into_iter().collect();
    }
    let value = filler(column);
    if column.extras.follows().is_some() {
        let up = context.direction == Direction::Up;
        return if up { succession::following(&object, &it.after, column) } else { Vec::new() };
    }
    let way = fill::way(it, column, context);
    let empty = !column.nullable && value.is_none() && column.identity.is_none();
    let mut found = Vec::new();
    match (context.direction, &way) {
        (Direction::Down, Way::Nothing) if empty => {
            let detail = "its values were dropped: this fails while there are rows";
            found.push(Hazard::new(IrreversibleData, &object, detail));
            found.push(Hazard::new(TightensNotNull, &object, "rows have no value for it"));
        }
        (Direction::Down, Way::From(filled) | Way::Constant(filled)) if empty => {
            let filled = if filled.contains(NUMBER) { "a number" } else { filled };
            let detail = format!("its values were dropped, rows get {filled}");
            found.push(Hazard::new(IrreversibleData, &object, detail));
            if is_ruled(&it.after, column) {
                found.push(Hazard::new(FillMayFail, &object, format!("{filled} may break a rule")));
            }
        }
        (Direction::Down, _) => {
            found.push(Hazard::new(IrreversibleData, &object, "its values were dropped"));
        }
        (Direction::Up, _) if empty => {
            found.push(Hazard::new(TightensNotNull, &object, "rows have no value for it"));
        }
        (Direction::Up, _) => {
            found.push(Hazard::new(LosesOnDown, &object, "down drops its values"));
        }
    }
    found.extend(value.and_then(|value| misfit(&object, value, &it.after, column)));
    found
}

/// A column that another revision dropped needs values again.
fn refilled(it: &Alteration, column: &Column, context: &Context<'_>) -> Hazard {
    let object = object(&it.after, column);
    match back::stand_in(it, column, context) {
        Way::From(filled) | Way::Constant(filled) => {
            let filled = if filled.contains(NUMBER) { "a number" } else { &filled };
            let detail = format!("NULL becomes {filled}, which may break a rule");
            Hazard::new(HazardCode::FillMayFail, object, detail)
        }
        Way::Itself | Way::Nothing => {
            Hazard::new(HazardCode::TightensNotNull, object, "rows may hold NULL")
        }
    }
}

/// Says when a value that rows are filled with may break what the column wants.
pub(super) fn misfit(object: &str, value: &Expr, table: &Table, column: &Column) -> Option<Hazard> {
    let text = expr(value.as_str());
    let sure = is_literal(&text) && !is_ruled(table, column);
    let detail = format!("{text} may not fit every row");
    let known = is_label(&text, &column.sql_type) && !has_rule(table, column);
    (!sure && !known).then(|| Hazard::new(HazardCode::FillMayFail, object, detail))
}

fn is_literal(text: &str) -> bool {
    crate::dialect::sqlite::render::is_literal(text)
        || ["now()", "current_timestamp", "current_date"]
            .iter()
            .any(|clock| clock.eq_ignore_ascii_case(text))
}

/// Whether a rule beyond NOT NULL looks at the value.
fn is_ruled(table: &Table, column: &Column) -> bool {
    matches!(column.sql_type, SqlType::Enum(_)) || has_rule(table, column)
}

/// Whether a rule beyond those that its type has looks at the value.
fn has_rule(table: &Table, column: &Column) -> bool {
    rules(table).iter().any(|rule| match rule {
        Rule::Index(index) => index.unique && rule.concerns(&column.name),
        Rule::PrimaryKey { .. }
        | Rule::Unique(_)
        | Rule::Check(_)
        | Rule::Exclusion(_)
        | Rule::ForeignKey(_) => rule.concerns(&column.name),
    })
}

fn is_label(text: &str, of: &SqlType) -> bool {
    let SqlType::Enum(of) = of else { return false };
    of.labels.iter().any(|label| string(&label.name) == text)
}

fn changed(it: &Alteration, before: &Column, after: &Column, direction: Direction) -> Vec<Hazard> {
    use HazardCode::{ComputedMayFail, IrreversibleData, ReplacesValues, TightensNotNull};
    let object = object(&it.after, after);
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
        if !before.same_facts(after) && (!after.nullable || is_ruled(&it.after, after)) {
            found.push(Hazard::new(ComputedMayFail, &object, "what is computed may not fit"));
        }
        return found;
    }
    let retyped = !before.sql_type.same_facts(&after.sql_type);
    if retyped {
        found.extend(retyping(&object, before, after));
        let using = after.using.as_ref();
        found.extend(using.and_then(|using| misfit(&object, using, &it.after, after)));
    }
    if before.generated.is_some() && direction == Direction::Down {
        found.push(Hazard::new(IrreversibleData, &object, "its values were computed anew"));
    }
    if before.nullable && !after.nullable && !is_proved(&it.before, &after.name) {
        match tightened(before, after) {
            Some(value) => found.extend(misfit(&object, value, &it.after, after)),
            None => found.push(Hazard::new(TightensNotNull, &object, "rows may hold NULL")),
        }
    }
    if direction == Direction::Down {
        if retyped && (before.using.is_some() || is_narrow(after, before)) {
            found.push(Hazard::new(IrreversibleData, &object, "its values were converted"));
        }
        if after.nullable && !before.nullable {
            found.extend(tightening(after, before).map(|value| stays_filled(&object, value)));
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

fn is_narrow(before: &Column, after: &Column) -> bool {
    match conversion(Dialect::Postgres, &before.sql_type, &after.sql_type) {
        Conversion::Same | Conversion::Widening => false,
        Conversion::Narrowing(_) | Conversion::LabelsGone(_) | Conversion::Cross => true,
    }
}

pub(super) fn retyping(object: &str, before: &Column, after: &Column) -> Vec<Hazard> {
    use HazardCode::{CastMayFail, NarrowsType, RemovesLabels};
    match conversion(Dialect::Postgres, &before.sql_type, &after.sql_type) {
        Conversion::Same | Conversion::Widening => Vec::new(),
        Conversion::Narrowing(reason) => {
            vec![
                Hazard::new(NarrowsType, object, reason).loss(),
                Hazard::new(CastMayFail, object, reason),
            ]
        }
        Conversion::Cross => {
            let detail = "values of another kind";
            vec![
                Hazard::new(NarrowsType, object, detail).loss(),
                Hazard::new(CastMayFail, object, detail),
            ]
        }
        Conversion::LabelsGone(gone) => {
            let detail = format!("rows may hold {}", gone.join(", "));
            vec![Hazard::new(RemovesLabels, object, detail)]
        }
    }
}

fn relabelling(labels: &Labels, context: &Context<'_>) -> Vec<Hazard> {
    let mut found = Vec::new();
    let gone = labels.gone();
    for it in &labels.columns {
        let object = format!("{}.{}", it.table.place(), it.after.name);
        if !gone.is_empty() && it.after.using.is_none() {
            let detail = format!("rows may hold {}", gone.join(", "));
            found.push(Hazard::new(HazardCode::RemovesLabels, &object, detail));
        }
        if context.direction == Direction::Down && it.before.using.is_some() {
            let detail = "its values were converted";
            found.push(Hazard::new(HazardCode::IrreversibleData, &object, detail));
        } else if context.direction == Direction::Down && merged(labels) {
            let detail = "labels were put together";
            found.push(Hazard::new(HazardCode::IrreversibleData, &object, detail));
        }
    }
    if labels.is_swap() && context.direction == Direction::Down {
        for by in super::blocked::type_users(&context.live.pg.uses, labels) {
            let detail =
                format!("{by} needs it as it is: drop that first, and make it again afterwards");
            found.push(Hazard::new(HazardCode::Blocked, labels.after.place().to_string(), detail));
        }
    }
    if labels.is_swap() || context.ahead.anew.contains(&labels.after.place().into()) {
        let mut tables: Vec<&OwnPlace> = labels.columns.iter().map(|it| &it.table).collect();
        tables.dedup();
        found.extend(tables.into_iter().map(|table| {
            let detail = "every row is written anew";
            Hazard::new(HazardCode::RewritesTable, table.place().to_string(), detail)
        }));
    }
    found
}

/// Whether the way up put labels together that the way down cannot tell apart.
fn merged(labels: &Labels) -> bool {
    let (from, to) = (&labels.after, &labels.before);
    let mut now: Vec<&str> =
        from.labels.iter().filter_map(|label| relabelled(&label.name, from, to)).collect();
    let all = now.len();
    now.sort_unstable();
    now.dedup();
    now.len() < all
}
