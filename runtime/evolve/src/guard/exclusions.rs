//! Rows of which a new rule wants one alone.
//!
//! Comparing each row with each takes hours where there are many. So rows are sorted where they can
//! be, or each is compared with those that share a value with it, or that begin where it ends. Each is
//! compared with each where there are few: of many, the server says so itself when the rule comes.

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
    /// Ranges of which one begins where the other ends.
    Adjoin,
    /// In no way, but the server knows the operator by itself.
    Own,
    Unknown,
}

/// What kind of values an operator compares, as far as that says what it means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Range,
    Multirange,
    /// Addresses of networks.
    Network,
    /// Areas of the plane.
    Area,
    /// What is equal or not.
    Plain,
    Other,
}

/// How many rows are compared each with each: twice as many take four times as long, and these about
/// two seconds.
const FEW: u32 = 5000;

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
        None if !blind => compared_all(&from, &conditions, &elements)?,
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

/// What keeps the rows few that one is compared with.
enum Narrowed {
    /// They share a value with it.
    Alike,
    /// They begin where it ends, by the value of this number.
    Adjoin(usize),
    /// There are few rows.
    Few,
}

impl Narrowed {
    fn of(elements: &[Element]) -> Option<Narrowed> {
        let has = |sort: Sort| elements.iter().position(|it| it.sort == sort);
        if has(Sort::Equal).or(has(Sort::Alike)).is_some() {
            return Some(Narrowed::Alike);
        }
        match (has(Sort::Adjoin), has(Sort::Unknown)) {
            (Some(at), _) => Some(Narrowed::Adjoin(at + 1)),
            (None, None) => Some(Narrowed::Few),
            (None, Some(_)) => None,
        }
    }
}

fn element(rows: &Rows<'_>, excluded: &Excluded) -> Option<Element> {
    let Excluded { key, operator } = excluded;
    // Whatever the class, it is this operator that says what conflicts.
    let value = valued(rows, key);
    let fate = if key.is_column { Some(rows.fate(&key.expr.0)?) } else { None };
    let of = fate.map(|it| &it.after.sql_type);
    let kind = of.map_or_else(|| kind_made(key.expr.as_str()), kind);
    let sort = match (&**operator, kind) {
        ("=", _) if of.is_some_and(is_sorted) => Sort::Equal,
        ("=", _) => Sort::Alike,
        ("&&", Kind::Range) => Sort::Overlap,
        ("-|-", Kind::Range) => Sort::Adjoin,
        (operator, kind) if is_own(operator, kind) => Sort::Own,
        (_, _) => Sort::Unknown,
    };
    let sure = fate.is_some_and(|it| !it.after.nullable);
    Some(Element { value, operator: operator.to_string(), sure, sort })
}

/// Whether the server has the operator for such values.
fn is_own(operator: &str, kind: Kind) -> bool {
    let own: &[&str] = match kind {
        Kind::Range | Kind::Multirange => &["&&", "-|-", "<>"],
        Kind::Network => &["&&", "<>"],
        Kind::Area => &["&&", "~="],
        Kind::Plain => &["<>"],
        Kind::Other => &[],
    };
    own.contains(&operator)
}

fn kind(of: &SqlType) -> Kind {
    let is_area = |sql: &str| ["box", "circle", "polygon"].contains(&sql);
    if matches!(of, SqlType::Pg(PgType::Range(_))) {
        Kind::Range
    } else if matches!(of, SqlType::Pg(PgType::Multirange(_))) {
        Kind::Multirange
    } else if matches!(of, SqlType::Pg(PgType::Inet | PgType::Cidr)) {
        Kind::Network
    } else if matches!(of, SqlType::Custom(of) if is_area(&of.sql)) {
        Kind::Area
    } else if is_sorted(of) {
        Kind::Plain
    } else {
        Kind::Other
    }
}

/// The kind of what an expression makes, where it is made by the function of its type.
fn kind_made(expr: &str) -> Kind {
    let ranges = ["int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange"];
    if is_made(expr, &ranges) {
        Kind::Range
    } else if is_made(expr, &["box", "circle", "polygon"]) {
        Kind::Area
    } else {
        Kind::Other
    }
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

/// The query for rows that conflict with another one, by all that is compared; each pair is looked
/// at from one side. `None` where that takes too long.
fn compared_all(from: &str, conditions: &[String], elements: &[Element]) -> Option<Vec<String>> {
    let narrowed = Narrowed::of(elements)?;
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
    let earlier = || "other.at < one.at".to_owned();
    let every = "SELECT count(*) AS n FROM compared AS one";
    let (lines, side) = match narrowed {
        Narrowed::Alike => (vec![")".to_owned(), format!("{every} WHERE EXISTS (")], earlier()),
        Narrowed::Adjoin(at) => {
            let side = format!("lower(other.value_{at}) = upper(one.value_{at})");
            (vec![")".to_owned(), format!("{every} WHERE EXISTS (")], side)
        }
        Narrowed::Few => {
            let few = format!("WHERE (SELECT count(*) FROM compared) <= {FEW} AND EXISTS (");
            let most = format!("    LIMIT {}", FEW + 1);
            (vec![most, ")".to_owned(), every.to_owned(), few], earlier())
        }
    };
    count.extend(lines);
    count.push("    SELECT 1 FROM compared AS other".to_owned());
    count.push(format!("    WHERE {side} AND {}", pairs.join(" AND ")));
    count.push(")".to_owned());
    Some(count)
}

/// Whether an expression is what one of these functions makes.
fn is_made(expr: &str, by: &[&str]) -> bool {
    let text = expr.to_ascii_lowercase();
    let after = |name: &&str| text.strip_prefix(name)?.strip_prefix('(');
    let Some(rest) = by.iter().find_map(after) else { return false };
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
