use diesel_autogen_schema::{
    Check, Column, Dialect, Exclusion, ForeignKey, Index, List, Live, Place, Schema, SqlType,
    Table, Text, Unique,
};

use super::spelling::spelled;
use super::{find_check, find_key, find_unique, moved};

/// What the models own once they got what they claim and the database has already.
///
/// `live` is the introspected database, `models` what the models say, and `built` the
/// introspection of a database made from `models` alone. Where a claimed thing agrees with what
/// is there, the model's facts are taken; where it does not, what is there, so that the diff from
/// the result to `models` is what must be changed.
pub fn adopt(owned: &Schema, live: &Live, models: &Schema, built: &Live) -> Schema {
    let live = spelled(live, &[models, owned]);
    let mut tables = owned.tables.to_vec();
    for model in &models.tables[..] {
        let (Some(there), Some(built)) =
            (live.schema.at(model.place()), built.schema.at(model.place()))
        else {
            continue;
        };
        let owned = tables.iter().position(|table| table.place() == model.place());
        let before = match owned {
            Some(at) => tables.remove(at),
            None if moves_in(model, &tables) => continue,
            None => claimed(model, there, built),
        };
        tables.push(grown(&live, before, model, there, built));
    }
    let mut extensions = owned.extensions.to_vec();
    let claimed = models.extensions.iter().filter(|name| !owned.extensions.contains(name));
    extensions.extend(claimed.filter(|name| live.schema.extensions.contains(name)).cloned());
    Schema { tables: tables.into(), extensions: extensions.into() }.canonical()
}

/// Whether the model is an owned table under a new name; then what is there is in its way, and
/// not what it claims.
fn moves_in(model: &Table, owned: &[Table]) -> bool {
    let Some(from) = model.renamed_from.as_deref() else { return false };
    let meant = Place::meant(from, model.schema.as_deref());
    owned.iter().any(|table| meant.contains(&table.place()))
}

/// The table without columns and constraints, for [`grown`] to add those that are claimed.
fn claimed(model: &Table, there: &Table, built: &Table) -> Table {
    let mut table = Table::new(model.name.clone());
    table.schema = model.schema.clone();
    table.primary_key = if there.primary_key == built.primary_key {
        model.primary_key.clone()
    } else {
        there.primary_key.clone()
    };
    table.strict = there.strict;
    table.without_rowid = there.without_rowid;
    table.comment =
        if there.comment == built.comment { &model.comment } else { &there.comment }.clone();
    table.extras = if there.extras == built.extras { &model.extras } else { &there.extras }.clone();
    table.renamed_from = model.renamed_from.clone();
    table
}

fn grown(live: &Live, mut table: Table, model: &Table, there: &Table, built: &Table) -> Table {
    let engine = live.engine;
    // What holds for new rows alone is not what the model says: it comes when all were looked at.
    let holds = |name: &Text| !live.pg.is_not_valid(there.place(), name);
    let columns = missing(&model.columns, &table.columns, |it| &it.name)
        .filter_map(|it| adopted_column(engine, it, &table, there, built));
    let columns: Vec<Column> = columns.collect();
    let uniques = missing(&model.uniques, &table.uniques, |it| &it.name)
        .filter_map(|it| adopted_unique(it, there, built))
        .collect::<Vec<_>>();
    let indexes = missing(&model.indexes, &table.indexes, |it| &it.name)
        .filter_map(|it| adopted_index(it, there, built))
        .collect::<Vec<_>>();
    let checks = missing(&model.checks, &table.checks, |it| &it.name)
        .filter_map(|it| adopted_check(engine, it, there, built))
        .filter(|it| holds(&it.name) || !model.checks.contains(it))
        .collect::<Vec<_>>();
    let exclusions = missing(&model.exclusions, &table.exclusions, |it| &it.name)
        .filter_map(|it| adopted_exclusion(it, there, built))
        .collect::<Vec<_>>();
    let keys = missing(&model.foreign_keys, &table.foreign_keys, |it| &it.name)
        .filter_map(|it| adopted_key(it, there))
        .filter(|it| holds(&it.name) || !model.foreign_keys.contains(it))
        .collect::<Vec<_>>();
    extend(&mut table.columns, columns);
    extend(&mut table.uniques, uniques);
    extend(&mut table.indexes, indexes);
    extend(&mut table.checks, checks);
    extend(&mut table.exclusions, exclusions);
    extend(&mut table.foreign_keys, keys);
    table
}

fn missing<'a, T: Clone>(
    model: &'a [T],
    owned: &'a [T],
    name: impl Fn(&T) -> &str + 'a,
) -> impl Iterator<Item = &'a T> {
    model.iter().filter(move |it| !owned.iter().any(|own| name(own) == name(it)))
}

fn extend<T: Clone>(list: &mut List<T>, more: Vec<T>) {
    if !more.is_empty() {
        list.to_mut().extend(more);
    }
}

fn adopted_column(
    engine: Dialect,
    model: &Column,
    owned: &Table,
    there: &Table,
    built: &Table,
) -> Option<Column> {
    // An owned column of another name that the model renames stays what it is.
    let renames = model.renamed_from.as_deref().is_some_and(|from| owned.column(from).is_some());
    if renames {
        return None;
    }
    let there_column = there.column(&model.name)?;
    let mut column = moved(engine, model, built.column(&model.name)?, there_column);
    if let SqlType::Enum(_) = model.sql_type
        && !keeps_labels(engine, &model.name, there, built)
    {
        column.sql_type = there_column.sql_type.clone();
    }
    Some(column)
}

/// Whether the condition that keeps an enum column to its labels is there.
fn keeps_labels(engine: Dialect, column: &str, there: &Table, built: &Table) -> bool {
    let mut own = built.checks.iter().filter(|check| check.expr.mentions(column, engine));
    own.all(|check| find_check(engine, there, check).is_some())
}

fn adopted_index(model: &Index, there: &Table, built: &Table) -> Option<Index> {
    let find = |table: &Table| table.indexes.iter().find(|it| it.name == model.name).cloned();
    let index = find(there)?;
    Some(if find(built).as_ref() == Some(&index) { model.clone() } else { index })
}

fn adopted_unique(model: &Unique, there: &Table, built: &Table) -> Option<Unique> {
    let unique = find_unique(there, model)?;
    let same = find_unique(built, model).is_some_and(|it| it.extras == unique.extras);
    let extras = if same { model.extras.clone() } else { unique.extras.clone() };
    Some(Unique { extras, ..model.clone() })
}

fn adopted_check(engine: Dialect, model: &Check, there: &Table, built: &Table) -> Option<Check> {
    let check = find_check(engine, there, model)?;
    let same = find_check(engine, built, model).is_some_and(|it| {
        let Check { name: _, expr, extras } = it;
        *expr == check.expr && *extras == check.extras
    });
    Some(if same { model.clone() } else { check.clone() })
}

fn adopted_exclusion(model: &Exclusion, there: &Table, built: &Table) -> Option<Exclusion> {
    let find = |table: &Table| table.exclusions.iter().find(|it| it.name == model.name).cloned();
    let rule = find(there)?;
    Some(if find(built).as_ref() == Some(&rule) { model.clone() } else { rule })
}

fn adopted_key(model: &ForeignKey, there: &Table) -> Option<ForeignKey> {
    let key = find_key(there, model)?;
    Some(ForeignKey { name: model.name.clone(), ..key.clone() })
}
