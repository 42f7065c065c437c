//! Rows that nobody chose to fit, counted and compared without the proof.

use diesel_autogen_database::{Scratch, Value, seed};
use diesel_autogen_evolve::{HazardCode, Plan};
use diesel_autogen_schema::testing::random::quoted;
use diesel_autogen_schema::{Change, Column, Delta, Edit, Place, Schema, Table, TableChange};

use super::run::may_fail;

type Result<T = ()> = std::result::Result<T, String>;

/// Whether rows went up, with every value still there that no hazard speaks of. Where the plan
/// said that rows may stop it and they did, nothing may have changed.
pub(crate) fn kept(
    history: &mut Scratch,
    models: &Schema,
    changes: &[Change],
    plan: &Plan,
) -> Result<bool> {
    let mut scratch = history.fork().map_err(text)?;
    let live = scratch.live().map_err(text)?;
    let places: Vec<Place<'_>> = live.schema.tables.iter().map(Table::place).collect();
    seed(&mut scratch, &places, &keys(models)).map_err(text)?;
    let before: Vec<(Table, Rows)> = read_all(&mut scratch, &live.schema.tables)?;
    let dump = scratch.dump().map_err(text)?;
    meant(&mut scratch, plan)?;
    if let Err(error) = scratch.execute(&plan.up_sql(), plan.transaction) {
        if !may_fail(plan) {
            return Err(format!("up fails on rows, and no hazard says so: {error}"));
        }
        let there = scratch.dump().map_err(text)? == dump
            && read_all(&mut scratch, &live.schema.tables)? == before;
        return if there { Ok(false) } else { Err(format!("half of it stays: {error}")) };
    }
    for (table, rows) in &before {
        survived(&mut scratch, table, rows, changes, plan)?;
    }
    if scratch.execute(&plan.down_sql(), plan.transaction).is_ok() {
        counted_again(&mut scratch, &before, changes)?;
    } else if plan.down_hazards().all(|hazard| !hazard.code.may_fail()) {
        let error = scratch.execute(&plan.down_sql(), plan.transaction).err();
        return Err(format!("down fails on rows, and no hazard says so: {error:?}"));
    }
    Ok(true)
}

/// That guards stop what could not be done anyway, and nothing else.
fn meant(scratch: &mut Scratch, plan: &Plan) -> Result {
    if plan.guards().next().is_none() {
        return Ok(());
    }
    let mut bare = plan.clone();
    bare.steps.retain(|step| step.guards.is_empty() && step.down_guards.is_empty());
    let (mut asked, mut tried) = (scratch.fork().map_err(text)?, scratch.fork().map_err(text)?);
    let guarded = asked.execute(&plan.up_sql(), plan.transaction);
    match (guarded, tried.execute(&bare.up_sql(), plan.transaction)) {
        (Err(error), Ok(())) => Err(format!("a guard stops what goes without it: {error}")),
        (Ok(()) | Err(_), Ok(()) | Err(_)) => Ok(()),
    }
}

/// The models' keys alone: no field holds a larger one, whatever SQLite would take.
fn keys(models: &Schema) -> Schema {
    let mut keys = models.clone();
    for table in keys.tables.to_mut() {
        table.columns.to_mut().retain(|column| column.identity.is_some());
    }
    keys
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// The values of each column, sorted, and the number of rows.
#[derive(Clone, Debug, PartialEq)]
struct Rows {
    count: usize,
    columns: Vec<Vec<Value>>,
}

fn read_all(scratch: &mut Scratch, tables: &[Table]) -> Result<Vec<(Table, Rows)>> {
    let read = |table: &Table| {
        let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_ref()).collect();
        Ok((table.clone(), read(scratch, &table.name, &names)?))
    };
    tables.iter().map(read).collect()
}

fn read(scratch: &mut Scratch, table: &str, columns: &[&str]) -> Result<Rows> {
    let names: Vec<String> = columns.iter().map(|it| quoted(it)).collect();
    let names = if names.is_empty() { "1".to_owned() } else { names.join(", ") };
    let rows = scratch.rows(&format!("SELECT {names} FROM {}", quoted(table))).map_err(text)?;
    let of = |at: usize| {
        let mut values: Vec<Value> = rows.iter().map(|row| row[at].clone()).collect();
        values.sort_by_key(|value| format!("{value}"));
        values
    };
    Ok(Rows { count: rows.len(), columns: (0..columns.len()).map(of).collect() })
}

/// What a change makes of a table.
fn change<'c>(changes: &'c [Change], table: &str) -> Option<&'c Change> {
    changes.iter().find(|change| change.before().is_some_and(|it| it.name == table))
}

/// What becomes of a column: nothing special, something else, or it goes.
fn fate<'c>(change: Option<&'c TableChange>, column: &str) -> Option<Delta<&'c Column>> {
    change?.edits.iter().find_map(|edit| match edit {
        Edit::Column(Delta::Removed(it)) if it.name == column => Some(Delta::Removed(it)),
        Edit::Column(Delta::Changed { before, after }) if before.name == column => {
            Some(Delta::Changed { before, after })
        }
        _ => None,
    })
}

fn survived(
    scratch: &mut Scratch,
    table: &Table,
    rows: &Rows,
    changes: &[Change],
    plan: &Plan,
) -> Result {
    let warned = |object: &str| plan.hazards().any(|it| it.loss && it.object == object);
    let change = match change(changes, &table.name) {
        Some(Change::DropTable(_)) if rows.count == 0 || warned(&table.name) => return Ok(()),
        Some(Change::DropTable(_)) => {
            return Err(format!("{} rows of {} go unsaid", rows.count, table.name));
        }
        Some(Change::AlterTable(change)) => Some(change),
        Some(Change::CreateTable(_) | Change::CreateExtension(_) | Change::DropExtension(_))
        | None => None,
    };
    let name = change.map_or(&*table.name, |change| &change.after.name);
    let count = read(scratch, name, &[])?.count;
    if count != rows.count {
        return Err(format!("{} had {} rows, {name} has {count}", table.name, rows.count));
    }
    for (column, was) in table.columns.iter().zip(&rows.columns) {
        if column.generated.is_some() {
            continue;
        }
        let object = format!("{}.{}", table.name, column.name);
        let fate = fate(change, &column.name);
        let after = match &fate {
            None => column,
            Some(Delta::Changed { before: _, after }) => after,
            Some(Delta::Removed(_) | Delta::Added(_)) => {
                if was.iter().any(|value| *value != Value::Null) && !warned(&object) {
                    return Err(format!("the values of {object} go unsaid"));
                }
                continue;
            }
        };
        let is = read(scratch, name, &[&after.name])?.columns.remove(0);
        let told = plan
            .hazards()
            .any(|it| it.object == object && (it.loss || it.code == HazardCode::NarrowsType));
        if after.using.is_none() && !told && !as_they_were(was, &is, column, after) {
            return Err(format!("{object} held {was:?}, {name}.{} holds {is:?}", after.name));
        }
    }
    Ok(())
}

/// Whether no value became another one; NULL may have been filled, labels may have another name.
fn as_they_were(was: &[Value], is: &[Value], before: &Column, after: &Column) -> bool {
    let relabelled = matches!(&after.sql_type, diesel_autogen_schema::SqlType::Enum(of)
        if of.labels.iter().any(|label| label.renamed_from.is_some()));
    if relabelled {
        return true;
    }
    let filled = before.nullable && !after.nullable;
    let mut left: Vec<&Value> = is.iter().collect();
    was.iter().all(|value| {
        let found = left.iter().position(|now| alike(value, now));
        match found {
            Some(at) => drop(left.remove(at)),
            None => return filled && *value == Value::Null,
        }
        true
    })
}

/// One value, perhaps stored in another way.
fn alike(was: &Value, is: &Value) -> bool {
    let number = |value: &Value| match value {
        Value::Integer(number) => Some(number.to_string()),
        Value::Real(number) => Some(number.to_string()),
        Value::Text(text) => Some(text.clone()),
        Value::Null | Value::Blob(_) => None,
    };
    let float = |value: &Value| number(value).and_then(|text| text.parse::<f64>().ok());
    was.same(is)
        || number(was).is_some() && number(was) == number(is)
        || float(was).is_some() && float(was) == float(is)
}

/// After down, every table that was there all the time has as many rows as it had.
fn counted_again(scratch: &mut Scratch, before: &[(Table, Rows)], changes: &[Change]) -> Result {
    for (table, rows) in before {
        let dropped = matches!(change(changes, &table.name), Some(Change::DropTable(_)));
        let count = read(scratch, &table.name, &[])?.count;
        if count != if dropped { 0 } else { rows.count } {
            return Err(format!("{} had {} rows, after down {count}", table.name, rows.count));
        }
    }
    Ok(())
}
