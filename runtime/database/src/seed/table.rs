//! Rows of one table.

use std::collections::BTreeMap;

use diesel_autogen_schema::{Column, Dialect, Expr, Extra, ForeignKey, Live, Place, Table};

use super::{Demand, Seedbed, find};
use crate::ident::{placed, quoted};
use crate::{Error, Value};

/// How many rows a table gets where its constraints let it.
const ROWS: usize = 5;
/// How many combinations are tried for one row.
const TRIES: usize = 400;

/// What came of filling a table.
pub(super) struct Filled {
    /// The statements that made its rows.
    pub(super) statements: Vec<String>,
    /// What the engine said when no row was accepted.
    pub(super) failure: Option<String>,
}

/// Fills a table.
pub(super) fn fill<B: Seedbed>(
    bed: &mut B,
    live: &Live,
    table: &Table,
    demand: Option<&Demand>,
) -> Result<Filled, Error> {
    let readers = demand.map(|demand| &demand.readers[..]).unwrap_or_default();
    let forbidden = demand.map(|demand| &demand.forbidden[..]).unwrap_or_default();
    let columns = choices(bed, table, readers, demand.is_some());
    let mut failure = None;
    let mut statements = Vec::new();
    // What was refused is refused until another row is there.
    let mut refused: BTreeMap<String, String> = BTreeMap::new();
    for row in 0..ROWS {
        // Asked again for each row: a table that refers to itself has more to refer to each time.
        let groups = references(bed, live, table);
        for attempt in 0..TRIES {
            let sql = insert::<B>(table, &columns, &groups, row, attempt);
            if let Some(reason) = refused.get(&sql) {
                failure = Some(reason.clone());
                continue;
            }
            match bed.attempt(&sql, forbidden) {
                Ok(()) => {
                    statements.push(sql);
                    refused.clear();
                    break;
                }
                Err(reason) => {
                    failure = Some(reason.clone());
                    refused.insert(sql, reason);
                }
            }
        }
        // What the first row does not find in so many tries, the next ones will not either.
        if statements.is_empty() {
            break;
        }
    }
    let failure = failure.filter(|_| statements.is_empty());
    Ok(Filled { statements, failure })
}

/// How many rows the table has.
pub(super) fn count(bed: &mut impl Seedbed, table: Place<'_>) -> Result<usize, Error> {
    let rows = bed.rows(&format!("SELECT count(*) FROM {}", placed(table)))?;
    let count = rows.first().and_then(|row| row.first());
    Ok(count.and_then(Value::as_count).unwrap_or(0))
}

/// A column and what may be put in.
struct Choice<'a> {
    column: &'a Column,
    literals: Vec<String>,
    /// Whether a condition speaks of this column and another.
    entangled: bool,
}

/// A foreign key and the keys that it may refer to.
struct Group<'a> {
    key: &'a ForeignKey,
    rows: Vec<Vec<String>>,
    /// Whether the table refers to itself, so that a row may refer to itself.
    itself: bool,
    nullable: bool,
}

/// `known` says that the types are those of a model, not merely what a declaration comes near to.
fn choices<'a, B: Seedbed>(
    bed: &mut B,
    table: &'a Table,
    readers: &[Expr],
    known: bool,
) -> Vec<Choice<'a>> {
    let writable = table.columns.iter().filter(|column| column.generated.is_none());
    writable
        .map(|column| {
            let (conforming, others) = bed.candidates(table, column, readers, known);
            let (alone, shared) = conditions(table, column, B::DIALECT);
            let fitting = [&conforming, &others]
                .map(|literals| fitting(bed, table, column, &alone, literals))
                .into_iter()
                .find(|literals| !literals.is_empty());
            // When nothing fits, what the engine says about these values tells why.
            let literals = fitting.unwrap_or(conforming);
            Choice { column, literals, entangled: shared }
        })
        .collect()
}

/// The conditions on this column alone, and whether there are others that speak of it.
fn conditions<'a>(table: &'a Table, column: &Column, dialect: Dialect) -> (Vec<&'a str>, bool) {
    let about = table.checks.iter().filter(|check| check.expr.mentions(&column.name, dialect));
    let (alone, shared): (Vec<_>, Vec<_>) = about.partition(|check| {
        let mut others = table.columns.iter().filter(|other| other.name != column.name);
        others.all(|other| !check.expr.mentions(&other.name, dialect))
    });
    (alone.into_iter().map(|check| check.expr.as_str()).collect(), !shared.is_empty())
}

/// The literals that every condition on the column alone accepts.
fn fitting(
    bed: &mut impl Seedbed,
    table: &Table,
    column: &Column,
    conditions: &[&str],
    literals: &[String],
) -> Vec<String> {
    let mut accepts = |literal: &String| {
        conditions.iter().all(|condition| bed.accepts(table, column, condition, literal))
    };
    literals.iter().filter(|literal| accepts(literal)).cloned().collect()
}

fn references<'a, B: Seedbed>(bed: &mut B, live: &Live, table: &'a Table) -> Vec<Group<'a>> {
    let mut groups = Vec::new();
    for key in table.foreign_keys.iter().filter(|key| !key.references.is_empty()) {
        let Some(parent) = find(B::DIALECT, live, key.target()) else { continue };
        let columns: Vec<String> = key.references.iter().map(|column| quoted(column)).collect();
        let set: Vec<String> =
            columns.iter().map(|column| format!("{column} IS NOT NULL")).collect();
        let sql = format!(
            "SELECT {} FROM {} WHERE {} LIMIT {ROWS}",
            columns.join(", "),
            placed(parent.place()),
            set.join(" AND "),
        );
        let rows = bed.rows(&sql).unwrap_or_default();
        groups.push(Group {
            key,
            rows: rows.iter().map(|row| row.iter().map(Value::to_string).collect()).collect(),
            itself: parent.place() == table.place(),
            nullable: may_be_null(table, key),
        });
    }
    groups
}

/// Whether a row may refer to nothing.
fn may_be_null(table: &Table, key: &ForeignKey) -> bool {
    let mut columns = key.columns.iter();
    let nullable = |name| table.column(name).is_some_and(|column| column.nullable);
    match key.extras.has(&Extra::MatchFull) {
        true => columns.all(|name| nullable(name)),
        false => columns.any(|name| nullable(name)),
    }
}

/// The statement that tries to make a row.
///
/// Rows differ in what they are after: the first has a value everywhere, the second NULL wherever
/// it may, the last leaves defaults to the database.
fn insert<B: Seedbed>(
    table: &Table,
    choices: &[Choice<'_>],
    groups: &[Group<'_>],
    row: usize,
    attempt: usize,
) -> String {
    let mut values: Vec<Option<String>> = Vec::new();
    let mut digits = attempt;
    for (at, choice) in choices.iter().enumerate() {
        let count = choice.literals.len();
        let wants_null = row == 1 || row == 3 && at % 2 == 0;
        // Columns that a condition ties together go through all combinations, the others abreast.
        let step = if choice.entangled {
            let digit = digits % (count + 1);
            digits /= count + 1;
            digit
        } else {
            attempt
        };
        values.push(if choice.column.default.is_some() && row == ROWS - 1 && attempt == 0 {
            None
        } else if choice.column.nullable && (wants_null && step == 0 || step == count) {
            Some("NULL".to_owned())
        } else {
            Some(choice.literals[(row + step + apart::<B>(at)) % count].clone())
        });
    }
    for (at, group) in groups.iter().enumerate() {
        let turn = row + attempt * (at + 1);
        // NULL is the way out when no key is accepted.
        let out = attempt > 0 && turn % (group.rows.len() + 1) == group.rows.len();
        refer(choices, group, turn, row == 1 || out, &mut values);
    }
    let pairs = choices.iter().zip(&values).filter_map(|(choice, value)| {
        value.as_ref().map(|value| (quoted(&choice.column.name), value.as_str()))
    });
    let (names, values): (Vec<String>, Vec<&str>) = pairs.unzip();
    if names.is_empty() {
        let nothing = match B::DIALECT {
            Dialect::Sqlite | Dialect::Postgres => "DEFAULT VALUES",
            Dialect::Mysql => "() VALUES ()",
        };
        return format!("INSERT INTO {} {nothing}", placed(table.place()));
    }
    format!(
        "INSERT INTO {} ({}){} VALUES ({})",
        placed(table.place()),
        names.join(", "),
        B::OVERRIDING,
        values.join(", "),
    )
}

/// How far the values of a column begin behind those of the first one.
fn apart<B: Seedbed>(at: usize) -> usize {
    match B::DIALECT {
        // Columns of one type hold the same values there.
        Dialect::Sqlite => 0,
        Dialect::Postgres | Dialect::Mysql => at,
    }
}

/// Sets the columns of a foreign key to a key that is there, to NULL, or to the row's own key.
fn refer(
    choices: &[Choice<'_>],
    group: &Group<'_>,
    turn: usize,
    wants_null: bool,
    values: &mut [Option<String>],
) {
    let place = |name: &str| choices.iter().position(|choice| choice.column.name == name);
    let columns: Vec<Option<usize>> = group.key.columns.iter().map(|name| place(name)).collect();
    let empty = group.rows.is_empty();
    if group.nullable && (wants_null || empty) {
        for at in columns.into_iter().flatten() {
            if choices[at].column.nullable {
                values[at] = Some("NULL".to_owned());
            }
        }
        return;
    }
    if empty {
        if group.itself {
            for (at, reference) in columns.iter().zip(group.key.references.iter()) {
                if let (Some(at), Some(from)) = (at, place(reference)) {
                    values[*at] = values[from].clone();
                }
            }
        }
        // Otherwise the rows referred to come later, and the reference is mended then.
        return;
    }
    let row = &group.rows[turn % group.rows.len()];
    for (at, literal) in columns.iter().zip(row) {
        if let Some(at) = at {
            values[*at] = Some(literal.clone());
        }
    }
}
