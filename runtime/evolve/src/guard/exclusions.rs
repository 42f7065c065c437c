//! Rows of which a new rule wants one alone.
//!
//! Comparing each row with each takes hours where there are many. So it is asked for where rows can
//! be sorted, or where each is compared with those that share a value with it.

use diesel_autogen_schema::{Excluded, Exclusion, PgType, SqlType};

use super::rows::{Rows, Value};
use super::rules::{unique, valued};
use super::{Counts, Guard};
use crate::hazard::HazardCode;

/// One comparison, over the row as it will be.
struct Element {
    value: String,
    operator: String,
    /// Whether it never is NULL.
    sure: bool,
    sort: Sort,
}

/// How values can be put in order, so that those that conflict stand beside each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// Equal values are those that sorting takes for equal.
    Equal,
    /// Ranges that overlap: two of them stand beside each other where any do.
    Overlap,
    /// Equal values, as far as the operator says.
    Alike,
    Unknown,
}

pub(super) fn guards(rows: &Rows<'_>, blind: bool) -> Vec<Guard> {
    let before = &rows.change.before.exclusions;
    let was = |rule: &Exclusion| {
        let wider = |old: &Exclusion| old.predicate.is_none() || old.predicate == rule.predicate;
        before.iter().any(|old| old.elements == rule.elements && wider(old))
    };
    let new = rows.target.exclusions.iter().filter(|rule| !was(rule));
    new.filter_map(|rule| conflicting(rows, rule, blind)).collect()
}

/// Asks for rows that conflict with others.
fn conflicting(rows: &Rows<'_>, rule: &Exclusion, blind: bool) -> Option<Guard> {
    let Exclusion { name, elements, predicate, extras: _ } = rule;
    let mut used = Vec::new();
    for Excluded { key, operator: _ } in elements.iter() {
        match key.is_column {
            true => used.push(rows.fate(&key.expr.0)?),
            false => used.extend(rows.mentioned(&key.expr)),
        }
    }
    used.extend(predicate.iter().flat_map(|expr| rows.mentioned(expr)));
    // Rows with NULL conflict with nothing.
    if used.iter().any(|it| it.value == Value::Nothing) {
        return None;
    }
    let from = rows.holding(&unique(used))?;
    let elements: Option<Vec<Element>> = elements.iter().map(|it| element(rows, it)).collect();
    let elements = elements?;
    let mut conditions: Vec<String> = elements
        .iter()
        .filter(|it| !it.sure)
        .map(|it| format!("{} IS NOT NULL", it.value))
        .collect();
    conditions.extend(predicate.as_ref().map(|expr| rows.speech.expr(expr)));
    let known = rule.predicate.is_none() && rule.elements.iter().all(|it| it.key.is_column);
    let count = match sorted(&elements) {
        Some((equal, range)) if known || !blind => in_order(&from, &conditions, &equal, range),
        None if !blind && elements.iter().any(|it| it.sort.narrows()) => {
            compared_all(&from, &conditions, &elements)
        }
        Some(_) | None => return None,
    };
    Some(Guard {
        code: HazardCode::TightensExclusion,
        object: rows.name(),
        looks_at: rows.new_name(),
        found: format!("rows of {} conflict with others by {name}", rows.name()),
        counts: Counts::Rows(count),
    })
}

impl Sort {
    /// Whether a row need be compared with those alone that it is equal to.
    fn narrows(self) -> bool {
        match self {
            Sort::Equal | Sort::Alike => true,
            Sort::Overlap | Sort::Unknown => false,
        }
    }
}

fn element(rows: &Rows<'_>, excluded: &Excluded) -> Option<Element> {
    let Excluded { key, operator } = excluded;
    // Whatever the class, it is this operator that says what conflicts.
    let value = valued(rows, key);
    let fate = if key.is_column { Some(rows.fate(&key.expr.0)?) } else { None };
    let of = fate.map(|it| &it.after.sql_type);
    let ranges = match of {
        Some(of) => matches!(of, SqlType::Pg(PgType::Range(_))),
        None => makes_range(key.expr.as_str()),
    };
    let sort = match &**operator {
        "=" if of.is_some_and(is_sorted) => Sort::Equal,
        "=" => Sort::Alike,
        "&&" if ranges => Sort::Overlap,
        _ => Sort::Unknown,
    };
    let sure = fate.is_some_and(|it| !it.after.nullable);
    Some(Element { value, operator: operator.to_string(), sure, sort })
}

/// The values that are equal and the range that overlaps, where that is all that is compared.
fn sorted(elements: &[Element]) -> Option<(Vec<&str>, &str)> {
    let (ranges, equal): (Vec<&Element>, Vec<&Element>) =
        elements.iter().partition(|it| it.sort == Sort::Overlap);
    let [range] = ranges[..] else { return None };
    let all = equal.iter().all(|it| it.sort == Sort::Equal);
    all.then(|| (equal.iter().map(|it| &*it.value).collect(), &*range.value))
}

/// The query for rows whose range overlaps with that of the row before, in order.
fn in_order(from: &str, conditions: &[String], equal: &[&str], range: &str) -> Vec<String> {
    let apart = match equal {
        [] => String::new(),
        some => format!("PARTITION BY {} ", some.join(", ")),
    };
    let overlaps = format!("{range} && lag({range}) OVER ({apart}ORDER BY {range})");
    let mut count = vec!["SELECT count(*) AS n FROM (".to_owned()];
    count.push(format!("    SELECT {overlaps} AS conflicts"));
    count.push(format!("    FROM {from}"));
    if !conditions.is_empty() {
        count.push(format!("    WHERE {}", conditions.join(" AND ")));
    }
    count.push(") AS sorted WHERE conflicts".to_owned());
    count
}

/// The query for rows that conflict with an earlier one, by all that is compared.
fn compared_all(from: &str, conditions: &[String], elements: &[Element]) -> Vec<String> {
    let values = elements.iter().zip(1..).map(|(it, at)| format!("{} AS value_{at}", it.value));
    let values: Vec<String> = values.collect();
    let pairs = elements
        .iter()
        .zip(1..)
        .map(|(it, at)| format!("one.value_{at} {} other.value_{at}", it.operator));
    let pairs: Vec<String> = pairs.collect();
    let mut count = vec!["WITH compared AS (".to_owned()];
    count.push(format!("    SELECT row_number() OVER () AS at, {}", values.join(", ")));
    count.push(format!("    FROM {from}"));
    if !conditions.is_empty() {
        count.push(format!("    WHERE {}", conditions.join(" AND ")));
    }
    count.push(")".to_owned());
    count.push("SELECT count(*) AS n FROM compared AS one WHERE EXISTS (".to_owned());
    count.push("    SELECT 1 FROM compared AS other".to_owned());
    count.push(format!("    WHERE other.at < one.at AND {}", pairs.join(" AND ")));
    count.push(")".to_owned());
    count
}

/// Whether an expression is a range, made by the function of its type.
fn makes_range(expr: &str) -> bool {
    let made = ["int4range(", "int8range(", "numrange(", "tsrange(", "tstzrange(", "daterange("];
    let text = expr.to_ascii_lowercase();
    let Some(rest) = made.iter().find_map(|start| text.strip_prefix(start)) else { return false };
    let plain = !rest.contains(['\'', '"', '$']);
    let inside = rest.strip_suffix(')').unwrap_or("(");
    let mut open = 0_i32;
    let closed = inside.chars().all(|it| {
        open += i32::from(it == '(') - i32::from(it == ')');
        open >= 0
    });
    plain && closed && open == 0
}

/// Whether the server sorts values of the type so that those that are `=` are the same.
fn is_sorted(of: &SqlType) -> bool {
    match of {
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Float
        | SqlType::Double
        | SqlType::Numeric { .. }
        | SqlType::Bool
        | SqlType::Text { .. }
        | SqlType::Binary
        | SqlType::Date
        | SqlType::Time { .. }
        | SqlType::Timestamp { .. }
        | SqlType::Jsonb
        | SqlType::Enum(_)
        | SqlType::Pg(
            PgType::Bpchar { .. }
            | PgType::CChar
            | PgType::Cidr
            | PgType::Citext
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
            | PgType::Uuid
            | PgType::Varchar,
        ) => true,
        SqlType::Pg(PgType::Array(_))
        | SqlType::TimestamptzSqlite
        | SqlType::Json
        | SqlType::Custom(_)
        | SqlType::My(_) => false,
    }
}
