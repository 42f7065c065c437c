//! What operations do to data, time and the way back.

use diesel_autogen_schema::facts::mysql::charset_of;
use diesel_autogen_schema::sql::tokens;
use diesel_autogen_schema::{Column, Dialect, Expr, ForeignKey, SqlType, Storage, Table};

use super::alter::{Context, Direction};
use super::fate::{Fate, fates};
use super::fill::{self, Way, is_unique};
use super::op::{Alteration, Op};
use super::quote::{expr, string};
use super::rename::mapped;
use super::render::{self, is_literal};
use super::types::{Kind, kind};
use super::weigh;
use crate::decide::{Conversion, conversion, filler, relabelled};
use crate::hazard::{Hazard, HazardCode};

/// The hazards of an operation, which these statements make.
pub(crate) fn hazards(op: &Op, statements: &[String], context: &Context<'_>) -> Vec<Hazard> {
    use HazardCode::{DropsTable, IrreversibleData, LosesOnDown};
    match op {
        Op::CreateTable(table, _) => {
            let name = table.name.to_string();
            vec![match context.direction {
                Direction::Up => Hazard::new(LosesOnDown, name, "down drops its rows"),
                Direction::Down => Hazard::new(IrreversibleData, name, "its rows were dropped"),
            }]
        }
        Op::DropTable(table, _) => {
            vec![Hazard::new(DropsTable, table.name.to_string(), "table dropped").loss()]
        }
        Op::Alter(it) => {
            let mut found = altered(it, context);
            if weigh::rewrites(it, statements, context) {
                found.push(rewritten(&it.after.name));
            }
            found
        }
        Op::AddKeys(table, keys) => {
            let mut found: Vec<Hazard> =
                keys.iter().flat_map(|key| keyed(table, key, context)).collect();
            if !found.is_empty() {
                found.push(rewritten(table));
            }
            found
        }
        Op::DropKeys(..) | Op::RenameTables(_) => Vec::new(),
    }
}

fn rewritten(table: &str) -> Hazard {
    Hazard::new(HazardCode::RewritesTable, table, "every row is written anew")
}

/// What a new foreign key may find in rows. A new table has none.
fn keyed(table: &str, key: &ForeignKey, context: &Context<'_>) -> Vec<Hazard> {
    if context.made.iter().any(|made| made == table) {
        return Vec::new();
    }
    let detail = "rows may break the new foreign key";
    let mut found = vec![Hazard::new(HazardCode::TightensForeignKey, table, detail)];
    if context.direction == Direction::Down && context.made.contains(&key.table) {
        let detail = format!(
            "the rows of {} that it refers to were dropped: this fails while there are rows",
            key.table
        );
        let object = format!("{table}.{}", key.columns.join(", "));
        found.push(Hazard::new(HazardCode::IrreversibleData, object, detail));
    }
    found
}

fn altered(it: &Alteration, context: &Context<'_>) -> Vec<Hazard> {
    let mut found = Vec::new();
    for fate in &fates(it, context) {
        match fate {
            Fate::Goes(column) if column.generated.is_some() => {}
            Fate::Goes(column) => {
                let object = object(&it.before, column);
                found.push(Hazard::new(HazardCode::DropsColumn, object, "column dropped").loss());
            }
            Fate::Comes(column, way) => {
                found.extend(added(it, column, way, context));
            }
            Fate::Anew { before, after, carried: _ } | Fate::Stays { before, after } => {
                found.extend(changed(it, before, after, context));
            }
        }
    }
    found.extend(ruled(it));
    found.extend(it.came.iter().flat_map(|key| keyed(&it.after.name, key, context)));
    found
}

/// What new rules may find in rows.
fn ruled(it: &Alteration) -> Vec<Hazard> {
    let (before, after) = (mapped(it), &it.after);
    let mut found = Vec::new();
    let mut one = |code: HazardCode, detail: String| {
        found.push(Hazard::new(code, after.name.to_string(), detail));
    };
    if before.primary_key != after.primary_key {
        one(HazardCode::TightensUnique, "rows may repeat the new primary key".into());
    }
    for check in after.checks.iter().filter(|it| !before.checks.contains(it)) {
        let same = before.checks.iter().any(|old| old.expr == check.expr);
        if !same {
            one(HazardCode::TightensCheck, "rows may break the new check".into());
        }
    }
    let had = |columns: &[diesel_autogen_schema::Text]| {
        before.uniques.iter().any(|it| it.columns[..] == *columns)
    };
    for unique in after.uniques.iter().filter(|it| !had(&it.columns)) {
        one(
            HazardCode::TightensUnique,
            format!("rows may repeat what `{}` wants unique", unique.name),
        );
    }
    for index in after.indexes.iter().filter(|it| it.unique) {
        let same = before.indexes.iter().any(|old| old.unique && old.keys == index.keys);
        if !same {
            one(
                HazardCode::TightensUnique,
                format!("rows may repeat what `{}` wants unique", index.name),
            );
        }
    }
    found
}

fn object(table: &Table, column: &Column) -> String {
    format!("{}.{}", table.name, column.name)
}

fn is_stored(column: &Column) -> bool {
    column.generated.as_ref().is_some_and(|it| it.storage == Storage::Stored)
}

/// Whether what is computed is written down, in the row or in an index.
fn is_kept(table: &Table, column: &Column) -> bool {
    let keys = table.indexes.iter().flat_map(|index| &index.keys[..]);
    is_stored(column) || keys.into_iter().any(|key| key.mentions(&column.name, Dialect::Mysql))
}

/// The collation of a column, whoever says it.
fn collation<'t>(table: &'t Table, column: &'t Column) -> &'t str {
    column.collation.as_deref().unwrap_or_else(|| render::collation_of(table))
}

/// What texts may not bear: letters that the new character set does not have, and being alike.
fn recoding(it: &Alteration, object: &str, before: &Column, after: &Column) -> Option<Hazard> {
    use super::types::is_text;
    if !is_text(&before.sql_type) || !is_text(&after.sql_type) {
        return None;
    }
    let (was, is) = (collation(&it.before, before), collation(&it.after, after));
    let (from, to) = (charset_of(was), charset_of(is));
    let misses = from != to && from != "ascii" && to != "utf8mb4";
    let alike = was != is && !is.ends_with("_bin") && is_unique(&it.after, after);
    let (code, detail) = match (misses, alike) {
        (true, _) => {
            (HazardCode::CastMayFail, format!("texts may have letters that {to} does not have"))
        }
        (false, true) => {
            (HazardCode::TightensUnique, format!("texts that differ may be alike to {is}"))
        }
        (false, false) => return None,
    };
    Some(Hazard::new(code, object, detail))
}

fn added(it: &Alteration, column: &Column, way: &Way, context: &Context<'_>) -> Vec<Hazard> {
    use HazardCode::{
        ComputedMayFail, FillMayFail, IrreversibleData, LosesOnDown, TightensNotNull,
    };
    let object = object(&it.after, column);
    if column.generated.is_some() {
        let misses = !column.nullable || is_kept(&it.after, column) || is_ruled(&it.after, column);
        let found =
            misses.then(|| Hazard::new(ComputedMayFail, object, "what is computed may not fit"));
        return found.into_iter().collect();
    }
    let value = filler(column);
    let empty = !column.nullable && value.is_none() && column.identity.is_none();
    let mut found = Vec::new();
    match (context.direction, way) {
        (Direction::Down, Way::Itself) if empty && fill::is_orphan(&it.after, column, context) => {
            let detail = "its values were dropped: this fails while there are rows";
            found.push(Hazard::new(IrreversibleData, &object, detail));
            found.push(Hazard::new(TightensNotNull, &object, "rows have no value for it"));
        }
        (Direction::Down, way) if empty => {
            let filled = match way {
                Way::From(filled) if filled.contains("numbers.number") => "a number".to_owned(),
                Way::From(filled) | Way::Constant(filled) => filled.clone(),
                Way::Itself => super::types::blank(&column.sql_type).unwrap_or_default(),
            };
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

/// Says when a value that rows are filled with may break what the column wants.
fn misfit(object: &str, value: &Expr, table: &Table, column: &Column) -> Option<Hazard> {
    let sure = is_constant(value) && !is_ruled(table, column);
    let text = expr(value.as_str());
    let detail = format!("{text} may not fit every row");
    let known = is_label(&text, &column.sql_type) && !has_rule(table, column);
    (!sure && !known).then(|| Hazard::new(HazardCode::FillMayFail, object, detail))
}

fn is_constant(value: &Expr) -> bool {
    let solid: Vec<_> = tokens(value.as_str(), Dialect::Mysql)
        .filter(|token| token.kind != diesel_autogen_schema::sql::Kind::Space)
        .collect();
    let text = value.as_str().trim().to_ascii_lowercase();
    is_literal(&solid) || ["now()", "current_timestamp", "current_date"].contains(&&*text)
}

/// Whether a rule beyond NOT NULL looks at the value.
fn is_ruled(table: &Table, column: &Column) -> bool {
    matches!(kind(&column.sql_type), Kind::Enum) || has_rule(table, column)
}

/// Whether a rule beyond those that its type has looks at the value.
fn has_rule(table: &Table, column: &Column) -> bool {
    is_unique(table, column)
        || table.checks.iter().any(|check| check.expr.mentions(&column.name, Dialect::Mysql))
        || table.foreign_keys.iter().any(|key| key.columns.contains(&column.name))
}

fn is_label(text: &str, of: &SqlType) -> bool {
    let SqlType::Enum(of) = of else { return false };
    of.labels.iter().any(|label| string(&label.name) == text)
}

fn changed(it: &Alteration, before: &Column, after: &Column, context: &Context<'_>) -> Vec<Hazard> {
    use HazardCode::{ComputedMayFail, IrreversibleData, ReplacesValues, TightensNotNull};
    let (object, down) = (object(&it.after, after), context.direction == Direction::Down);
    let mut found = Vec::new();
    if let Some(generated) = &after.generated {
        let before = &super::rename::column(it, before);
        match &before.generated {
            None => found
                .push(Hazard::new(ReplacesValues, &object, "its values are computed anew").loss()),
            Some(from) if from.expr != generated.expr => {
                found.push(Hazard::new(ReplacesValues, &object, "computed in another way"));
            }
            Some(_) => {}
        }
        let misses = !after.nullable || is_kept(&it.after, after) || is_ruled(&it.after, after);
        if !before.same_facts(after) && misses {
            found.push(Hazard::new(ComputedMayFail, &object, "what is computed may not fit"));
        }
        return found;
    }
    if before.generated.as_ref().is_some_and(|it| it.storage == Storage::Virtual) {
        found.push(Hazard::new(ComputedMayFail, &object, "what was computed may not fit"));
    }
    found.extend(recoding(it, &object, before, after));
    let retyped = !before.sql_type.same_facts(&after.sql_type);
    if retyped {
        found.extend(retyping(&object, before, after));
        let using = after.using.as_ref();
        found.extend(using.and_then(|using| misfit(&object, using, &it.after, after)));
    }
    if before.generated.is_some() && down {
        found.push(Hazard::new(IrreversibleData, &object, "its values were computed anew"));
    }
    if before.nullable && !after.nullable {
        match filler(after) {
            Some(value) => found.extend(misfit(&object, value, &it.after, after)),
            None => found.push(Hazard::new(TightensNotNull, &object, "rows may hold NULL")),
        }
    }
    if down {
        let narrow = is_narrow(after, before) || merged(after, before);
        if retyped && (before.using.is_some() || narrow) {
            found.push(Hazard::new(IrreversibleData, &object, "its values were converted"));
        }
        if after.nullable && !before.nullable {
            found.extend(filler(before).map(|value| stays_filled(&object, value)));
        }
    }
    found
}

fn stays_filled(object: &str, value: &Expr) -> Hazard {
    let detail = match is_constant(value) {
        true => format!("NULL became {}", expr(value.as_str())),
        false => "NULL was filled".to_owned(),
    };
    Hazard::new(HazardCode::IrreversibleData, object, detail)
}

fn is_narrow(before: &Column, after: &Column) -> bool {
    match conversion(Dialect::Mysql, &before.sql_type, &after.sql_type) {
        Conversion::Same | Conversion::Widening => false,
        Conversion::Narrowing(_) | Conversion::LabelsGone(_) | Conversion::Cross => true,
    }
}

/// Whether two labels became one.
fn merged(before: &Column, after: &Column) -> bool {
    let (Some(a), Some(b)) = (before.sql_type.enumeration(), after.sql_type.enumeration()) else {
        return false;
    };
    let mut now: Vec<&str> =
        a.labels.iter().filter_map(|label| relabelled(&label.name, a, b)).collect();
    let all = now.len();
    now.sort_unstable();
    now.dedup();
    now.len() < all
}

fn retyping(object: &str, before: &Column, after: &Column) -> Vec<Hazard> {
    use HazardCode::{CastMayFail, NarrowsType, RemovesLabels};
    let both = |detail: &str| {
        vec![
            Hazard::new(NarrowsType, object, detail).loss(),
            Hazard::new(CastMayFail, object, detail),
        ]
    };
    match conversion(Dialect::Mysql, &before.sql_type, &after.sql_type) {
        Conversion::Same | Conversion::Widening => Vec::new(),
        Conversion::Narrowing(reason) => both(reason),
        Conversion::Cross => both("values of another kind"),
        Conversion::LabelsGone(gone) => {
            let detail = format!("rows may hold {}", gone.join(", "));
            vec![Hazard::new(RemovesLabels, object, detail)]
        }
    }
}
