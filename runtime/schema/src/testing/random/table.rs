//! Tables with their keys and rules.

use super::column::{column, spent_hint, sql_type};
use super::expression::{condition, key, predicate, remark};
use super::mend::can_refer;
use super::names::{COLUMNS, KEYS, RULES, TABLES, pick};
use super::recipe::{RuleRecipe, TableRecipe};
use crate::facts::{
    Action, Check, Column, Deferrable, Expr, Extras, ForeignKey, Identity, Index, IndexKey, List,
    Order, Schema, SqlType, Table, Text, Unique,
};
use crate::names;

/// A schema that still has to be mended.
pub(super) fn schema(recipes: &[TableRecipe]) -> Schema {
    let mut tables: Vec<Table> = recipes.iter().map(table).collect();
    for (at, recipe) in recipes.iter().enumerate() {
        for rule in &recipe.rules {
            add_rule(&mut tables, at, rule);
        }
    }
    Schema::of(tables)
}

/// The table without its rules.
pub(super) fn table(recipe: &TableRecipe) -> Table {
    let mut table = Table::new(pick(&TABLES, recipe.name).into());
    primary_key(&mut table, recipe.key);
    for of in &recipe.columns {
        let made = column(of, &table.columns);
        table.columns.to_mut().push(made);
    }
    table.strict = recipe.options.strict >= 80;
    table.without_rowid = recipe.options.without_rowid >= 85;
    table.comment = (recipe.options.comment >= 90).then(|| remark(recipe.options.comment).into());
    table.renamed_from = spent_hint(recipe.options.spent, TABLES);
    table
}

/// Gives the table a key of one of the usual kinds.
pub(super) fn primary_key(table: &mut Table, (form, name): (u8, u8)) {
    let first = if name < 60 { "id" } else { pick(&KEYS, name).0 };
    let second = KEYS.iter().map(|(name, _)| *name).find(|it| *it != first).unwrap_or("other");
    let keyed = |name: &'static str, of: SqlType, identity: Option<Identity>| Column {
        identity,
        ..Column::new(name.into(), of)
    };
    let text = SqlType::Text { max_length: None };
    let columns = match form {
        0..40 => vec![keyed(first, SqlType::BigInt, Some(Identity::ByDefault))],
        40..55 => vec![keyed(first, SqlType::Integer, Some(Identity::Autoincrement))],
        55..65 => vec![keyed(first, SqlType::BigInt, None)],
        65..75 => vec![keyed(first, text, None)],
        75..80 => vec![keyed(first, SqlType::SmallInt, Some(Identity::ByDefault))],
        80..90 => vec![keyed(first, SqlType::BigInt, None), keyed(second, text, None)],
        90..95 => vec![keyed(second, SqlType::Date, None), keyed(first, SqlType::Integer, None)],
        _ => vec![keyed(first, sql_type(form, name), None)],
    };
    table.primary_key = columns.iter().map(|column| column.name.clone()).collect();
    let others = table.columns.iter().filter(|it| !table.primary_key.contains(&it.name));
    table.columns = columns.iter().chain(others).cloned().collect();
}

/// The columns of a table that a rule picks, each once.
fn picked(table: &Table, numbers: &[u8], generated: bool) -> Vec<Text> {
    let columns: Vec<&Column> =
        table.columns.iter().filter(|it| generated || it.generated.is_none()).collect();
    let mut found: Vec<Text> = Vec::new();
    for number in numbers.iter().filter(|_| !columns.is_empty()) {
        let name = &columns[usize::from(*number) % columns.len()].name;
        if !found.contains(name) {
            found.push(name.clone());
        }
    }
    found
}

/// Adds a rule to one of the tables.
pub(super) fn add_rule(tables: &mut [Table], at: usize, rule: &RuleRecipe) {
    let table = &mut tables[at];
    let columns = picked(table, &rule.columns, true);
    let Some(first) = columns.first().cloned() else { return };
    let second = columns.get(1).unwrap_or(&first).clone();
    let given = (rule.name >= 70).then(|| pick(&RULES, rule.name));
    match rule.what {
        0..15 => {
            let name = given.map_or_else(|| names::unique(&table.name, &columns), str::to_owned);
            let unique =
                Unique { name: name.into(), columns: columns.into(), extras: Extras::NONE };
            table.uniques.to_mut().push(unique);
        }
        15..45 => {
            let index = index(table, rule, given, columns);
            table.indexes.to_mut().push(index);
        }
        45..65 => {
            let expr = condition(rule.form, rule.style, (&first, &second));
            let column = (rule.order < 50).then_some(&*first);
            let name = given.map_or_else(|| names::check(&table.name, column), str::to_owned);
            table.checks.to_mut().push(Check { name: name.into(), expr, extras: Extras::NONE });
        }
        _ => refer(tables, at, rule, given),
    }
}

fn index(table: &Table, rule: &RuleRecipe, given: Option<&str>, columns: Vec<Text>) -> Index {
    let order =
        |at: usize| if (rule.order >> (at % 3)) & 1 == 1 { Order::Desc } else { Order::Asc };
    let partner = columns.last().cloned().unwrap_or_default();
    let keys: Vec<IndexKey> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let computed = at == 0 && rule.form >= 192;
            let expr = match computed {
                true => key(rule.form, rule.style, (column, &partner)),
                false => Expr(column.clone()),
            };
            IndexKey { expr, is_column: !computed, order: order(at), extras: Extras::NONE }
        })
        .collect();
    let spelled: Vec<&str> =
        keys.iter().map(|key| if key.is_column { key.expr.as_str() } else { "expr" }).collect();
    let name = given.map_or_else(|| names::index(&table.name, &spelled), str::to_owned);
    let predicate =
        (rule.predicate >= 75).then(|| predicate(rule.predicate, rule.style, columns[0].as_ref()));
    Index {
        name: name.into(),
        keys: keys.into(),
        unique: rule.unique >= 85,
        predicate,
        extras: Extras::NONE,
    }
}

/// Adds a foreign key to a table, and the columns that it needs.
fn refer(tables: &mut [Table], at: usize, rule: &RuleRecipe, given: Option<&str>) {
    let parent = tables[usize::from(rule.parent) % tables.len()].clone();
    let mut targets: Vec<List<Text>> = vec![parent.primary_key.clone()];
    targets.extend(parent.uniques.iter().map(|it| it.columns.clone()));
    let references = targets[usize::from(rule.form) % targets.len()].clone();
    let own = parent.name == tables[at].name;
    let mut columns: Vec<Text> = Vec::new();
    for (number, reference) in references.iter().enumerate() {
        let Some(target) = parent.column(reference) else { return };
        let wanted = rule.columns.get(number).copied().unwrap_or(rule.style);
        let fits = |it: &&Column| {
            can_refer(it, target) && !columns.contains(&it.name) && !(own && it.name == *reference)
        };
        let fitting: Vec<&Column> = tables[at].columns.iter().filter(fits).collect();
        let name = match fitting.get(usize::from(wanted) % (fitting.len() + 1)) {
            Some(column) => column.name.clone(),
            None => match add_reference(&mut tables[at], target, wanted) {
                Some(name) => name,
                None => return,
            },
        };
        columns.push(name);
    }
    let (on_delete, on_update, deferrable) = rule.actions;
    let action = |number: u8| {
        if number < 40 { Action::NoAction } else { pick(&Action::ALL, number) }
    };
    let name = given.map_or_else(|| names::foreign_key(&tables[at].name, &columns), str::to_owned);
    tables[at].foreign_keys.to_mut().push(ForeignKey {
        name: name.into(),
        columns: columns.into(),
        schema: parent.schema.clone(),
        table: parent.name.clone(),
        references,
        on_delete: action(on_delete),
        on_update: action(on_update),
        deferrable: if deferrable < 70 {
            Deferrable::No
        } else {
            pick(&Deferrable::ALL, deferrable)
        },
        extras: Extras::NONE,
    });
}

/// A new column of the type of the one that it refers to.
fn add_reference(table: &mut Table, target: &Column, wanted: u8) -> Option<Text> {
    let free =
        |name: &&str| !table.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
    let start = usize::from(wanted) % COLUMNS.len();
    let names = COLUMNS.iter().cycle().skip(start).take(COLUMNS.len()).map(|(name, _)| *name);
    let name = names.into_iter().find(free)?;
    let mut column = Column::new(name.into(), target.sql_type.clone());
    column.nullable = wanted < 200;
    table.columns.to_mut().push(column);
    Some(name.into())
}
