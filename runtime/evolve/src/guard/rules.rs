//! Rules that come: keys, uniqueness, checks, references.

use diesel_autogen_schema::{
    Check, Dialect, Expr, Extra, Extras, ForeignKey, Index, IndexKey, OwnPlace, SqlType, Table,
    Text,
};

use crate::dialect::postgres::rule::is_presence;

use super::rows::{Fate, Rows, Value, counted};
use super::{Asking, Counts, Guard, classes, exclusions};
use crate::hazard::HazardCode;

pub(super) fn guards(asking: &Asking<'_>, rows: &Rows<'_>) -> Vec<Guard> {
    let (before, target) = (&rows.change.before, &rows.target);
    let mut found = Vec::new();
    let key = &target.primary_key;
    if before.primary_key != *key && !key.is_empty() && !has_index(before, key) {
        found.extend(repeated(rows, key, &Extras::NONE));
    }
    for unique in target.uniques.iter().filter(|it| !is_unique(before, &it.columns)) {
        found.extend(repeated(rows, &unique.columns, &unique.extras));
    }
    for index in target.indexes.iter().filter(|it| it.unique && !was_unique(before, it)) {
        found.extend(indexed(rows, index, asking.blind));
    }
    for check in target.checks.iter().filter(|_| !asking.blind) {
        if !before.checks.iter().any(|old| old.expr == check.expr) {
            found.extend(broken(rows, check));
        }
    }
    found.extend(exclusions::guards(rows, asking.blind));
    let keys = rows.change.after.foreign_keys.iter().zip(target.foreign_keys.iter());
    for (after, key) in keys {
        let same = |old: &ForeignKey| {
            old.columns == key.columns
                && old.target() == key.target()
                && old.references == key.references
        };
        if !before.foreign_keys.iter().any(same) {
            found.extend(dangling(asking, rows, (after, key)));
        }
    }
    found
}

/// Whether no two rows share these columns, whatever says so.
fn is_unique(table: &Table, columns: &[Text]) -> bool {
    table.primary_key[..] == *columns
        || table.uniques.iter().any(|it| it.columns[..] == *columns)
        || has_index(table, columns)
}

/// Whether an index says so, of which a rule can be made.
fn has_index(table: &Table, columns: &[Text]) -> bool {
    table.indexes.iter().any(|it| {
        it.unique
            && it.predicate.is_none()
            && it.keys.len() == columns.len()
            && it.keys.iter().zip(columns).all(|(key, name)| key.is_column && key.expr.0 == *name)
    })
}

fn was_unique(table: &Table, index: &Index) -> bool {
    let same = |it: &Index| it.unique && it.keys == index.keys && it.predicate == index.predicate;
    let columns: Option<Vec<Text>> =
        index.keys.iter().map(|key| key.is_column.then(|| key.expr.0.clone())).collect();
    table.indexes.iter().any(same) || columns.is_some_and(|columns| is_unique(table, &columns))
}

/// Asks for values that several rows have.
fn repeated(rows: &Rows<'_>, columns: &[Text], extras: &Extras) -> Option<Guard> {
    let keys: Vec<IndexKey> = columns.iter().cloned().map(IndexKey::column).collect();
    twice(rows, &keys, None, extras)
}

fn indexed(rows: &Rows<'_>, index: &Index, blind: bool) -> Option<Guard> {
    let plain = index.predicate.is_none() && index.keys.iter().all(|key| key.is_column);
    if blind && !plain {
        return None;
    }
    twice(rows, &index.keys, index.predicate.as_ref(), &index.extras)
}

fn twice(
    rows: &Rows<'_>,
    keys: &[IndexKey],
    predicate: Option<&Expr>,
    extras: &Extras,
) -> Option<Guard> {
    let mut used: Vec<&Fate<'_>> = Vec::new();
    let mut values = Vec::new();
    let mut names = Vec::new();
    for key in keys {
        match key.is_column {
            true => used.push(rows.fate(&key.expr.0)?),
            false => used.extend(rows.mentioned(&key.expr)),
        }
        values.push(compared(rows, key)?);
        names.push(key.expr.as_str());
    }
    used.extend(predicate.into_iter().flat_map(|expr| rows.mentioned(expr)));
    // Rows with NULL are alike to nobody.
    if used.iter().any(|it| it.value == Value::Nothing) {
        return None;
    }
    let from = rows.holding(&unique(used))?;
    let mut conditions: Vec<String> = match extras.has(&Extra::NullsNotDistinct) {
        true => Vec::new(),
        false => {
            let some = |key: &IndexKey| {
                !key.is_column || rows.fate(&key.expr.0).is_none_or(|it| it.after.nullable)
            };
            let pairs = values.iter().zip(keys).filter(|(_, key)| some(key));
            pairs.map(|(value, _)| format!("{value} IS NOT NULL")).collect()
        }
    };
    conditions.extend(predicate.map(|expr| rows.speech.expr(expr)));
    let of = match &names[..] {
        [one] => format!("{}.{one}", rows.name()),
        several => format!("{} ({})", rows.name(), several.join(", ")),
    };
    Some(Guard {
        code: HazardCode::TightensUnique,
        object: rows.name(),
        looks_at: rows.new_name(),
        found: format!("values of {of} are there more than once"),
        counts: shared(&from, &conditions, &values),
    })
}

/// What of a row a unique index key compares; `None` where that is not known.
fn compared(rows: &Rows<'_>, key: &IndexKey) -> Option<String> {
    let value = valued(rows, key);
    let class = key
        .extras
        .iter()
        .find_map(|extra| if let Extra::Opclass(class) = extra { Some(class) } else { None });
    match class {
        None => Some(value),
        Some(class) => {
            let column = rows.fate(&key.expr.0).filter(|_| key.is_column);
            let is_text =
                column.is_some_and(|it| matches!(it.after.sql_type, SqlType::Text { .. }));
            classes::compared(class, value, is_text)
        }
    }
}

/// What of a row an index key looks at.
pub(super) fn valued(rows: &Rows<'_>, key: &IndexKey) -> String {
    let mut value = match key.is_column {
        true => rows.speech.ident(&key.expr.0),
        false => rows.speech.expr(&key.expr),
    };
    for extra in key.extras.iter() {
        if let Extra::Prefix(length) = extra {
            value = format!("left({value}, {length})");
        } else if let Extra::Collate(name) = extra {
            value = format!("{value} COLLATE {}", rows.speech.collation(name));
        }
    }
    value
}

/// The query for the number of values that several rows have.
fn shared(from: &str, conditions: &[String], values: &[String]) -> Counts {
    let mut count = vec!["SELECT count(*) AS n FROM (".to_owned()];
    count.push(format!("    SELECT 1 AS one FROM {from}"));
    if !conditions.is_empty() {
        count.push(format!("    WHERE {}", conditions.join(" AND ")));
    }
    count.push(format!("    GROUP BY {} HAVING count(*) > 1", values.join(", ")));
    count.push(") AS repeated".to_owned());
    Counts::Rows(count)
}

/// Each column once.
pub(super) fn unique<'r, 'a>(mut used: Vec<&'r Fate<'a>>) -> Vec<&'r Fate<'a>> {
    used.sort_by(|a, b| a.after.name.cmp(&b.after.name));
    used.dedup_by(|a, b| a.after.name == b.after.name);
    used
}

/// Asks for rows of which a condition does not hold.
fn broken(rows: &Rows<'_>, check: &Check) -> Option<Guard> {
    let columns = unique(rows.mentioned(&check.expr));
    // What comes without a value breaks nothing.
    if !columns.is_empty() && columns.iter().all(|it| it.value == Value::Nothing) {
        return None;
    }
    let from = rows.holding(&columns)?;
    let condition = rows.speech.expr(&check.expr);
    let (name, mut broken) = (rows.name(), format!("break {}", check.name));
    let mut code = HazardCode::TightensCheck;
    if let [only] = &columns[..]
        && is_presence(check, &only.after.name)
    {
        broken = format!("have no {}", only.after.name);
        code = HazardCode::TightensNotNull;
    }
    Some(Guard {
        code,
        object: name.clone(),
        looks_at: rows.new_name(),
        found: format!("rows of {name} {broken}"),
        counts: counted(&from, Some(&format!("NOT {condition}"))),
    })
}

/// Asks for rows that refer to nothing.
fn dangling(
    asking: &Asking<'_>,
    rows: &Rows<'_>,
    (after, key): (&ForeignKey, &ForeignKey),
) -> Option<Guard> {
    let columns: Option<Vec<&Fate<'_>>> = key.columns.iter().map(|it| rows.fate(it)).collect();
    let columns = columns?;
    if columns.iter().any(|it| it.value == Value::Nothing) {
        return None;
    }
    let comes = asking.comes(after.target());
    let mut gives_way =
        columns.iter().filter(|it| it.after.nullable && it.after.generated.is_none());
    // On the way back it lets go of what is no longer there.
    let back = !asking.up && asking.speech.dialect == Dialect::Sqlite;
    if comes && back && gives_way.next().is_some() {
        return None;
    }
    let speech = rows.speech;
    let own = speech.ident(&rows.change.before.name);
    let from = rows.holding(&unique(columns.clone()))?;
    let mut conditions: Vec<String> = columns
        .iter()
        .filter(|it| it.after.nullable || comes)
        .map(|it| format!("{own}.{} IS NOT NULL", speech.ident(&it.after.name)))
        .collect();
    if !comes {
        let place = OwnPlace::from(key.target());
        if !is_there(asking, &place, &key.references) {
            return None;
        }
        let own_name = rows.change.before.name.eq_ignore_ascii_case("referred");
        let other = if own_name { "referred_to" } else { "referred" };
        let pairs = key.columns.iter().zip(key.references.iter());
        let same: Vec<String> = pairs
            .map(|(column, to)| {
                format!("{other}.{} = {own}.{}", speech.ident(to), speech.ident(column))
            })
            .collect();
        let parent = speech.place(place.place());
        conditions.push(format!(
            "NOT EXISTS (SELECT 1 FROM {parent} AS {other} WHERE {})",
            same.join(" AND ")
        ));
    }
    let (name, by, to) = (rows.name(), key.columns.join(", "), key.target());
    Some(Guard {
        code: HazardCode::TightensForeignKey,
        object: name.clone(),
        looks_at: rows.new_name(),
        found: format!("rows of {name} refer by {by} to no row of {to}"),
        counts: counted(&from, Some(&conditions.join("\n    AND "))),
    })
}

/// Whether rows of a table, by its name before, have these columns already, with the values that
/// they will have.
fn is_there(asking: &Asking<'_>, place: &OwnPlace, columns: &[Text]) -> bool {
    match asking.change_of(place) {
        Some(change) => {
            let rows = Rows::of(asking, change);
            columns.iter().all(|name| rows.fate(name).is_some_and(|it| it.value == Value::Kept))
        }
        None => {
            let table = asking.live.schema.at(place.place());
            table.is_none_or(|table| columns.iter().all(|name| table.column(name).is_some()))
        }
    }
}
