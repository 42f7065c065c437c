use diesel_autogen_schema::{Column, Dialect, Exclusion, ForeignKey, Live, Schema, Table, Unique};

use super::spelling::spelled;
use super::{find_check, find_key, find_unique, moved};

/// What the models own after a hand-written migration: `before` and `after` are introspections
/// round it. What it dropped is no longer owned, what it altered is as it is now, and what it
/// added is the database's until a model claims it.
pub fn learn(owned: &Schema, before: &Live, after: &Live) -> Schema {
    let (before, after) = (spelled(before, &[owned]), spelled(after, &[owned]));
    let tables = owned.tables.iter().filter_map(|table| {
        let now = after.schema.at(table.place())?;
        // A table that an earlier hand-written migration took away and this one brings back.
        let then = before.schema.at(table.place()).unwrap_or(now);
        Some(learned(after.engine, table, then, now))
    });
    let extensions = owned.extensions.iter().filter(|name| {
        let had = before.schema.extensions.contains(name);
        !had || after.schema.extensions.contains(name)
    });
    Schema { tables: tables.collect(), extensions: extensions.cloned().collect() }.canonical()
}

fn learned(engine: Dialect, owned: &Table, then: &Table, now: &Table) -> Table {
    let Table {
        schema,
        name,
        columns,
        primary_key,
        uniques,
        indexes,
        checks,
        exclusions,
        foreign_keys,
        strict: _,
        without_rowid: _,
        extras,
        comment,
        renamed_from,
    } = owned;
    let mut table = Table::new(name.clone());
    table.schema = schema.clone();
    table.columns = columns.iter().filter_map(|it| learned_column(engine, it, then, now)).collect();
    table.primary_key = if then.primary_key == now.primary_key {
        primary_key.clone()
    } else {
        now.primary_key.clone()
    };
    table.uniques = uniques.iter().filter_map(|it| learned_unique(it, then, now)).collect();
    table.indexes = indexes
        .iter()
        .filter_map(|it| {
            let had = then.indexes.iter().find(|old| old.name == it.name);
            let has = now.indexes.iter().find(|new| new.name == it.name);
            match (had, has) {
                (Some(_), None) => None,
                (Some(had), Some(has)) if had != has => Some(has.clone()),
                (Some(_), Some(_)) | (None, _) => Some(it.clone()),
            }
        })
        .collect();
    table.checks = checks
        .iter()
        .filter_map(|it| match (find_check(engine, then, it), find_check(engine, now, it)) {
            (Some(_), None) => None,
            (Some(had), Some(has)) if had != has => Some(has.clone()),
            (Some(_), Some(_)) | (None, _) => Some(it.clone()),
        })
        .collect();
    table.exclusions = exclusions.iter().filter_map(|it| moved_rule(it, then, now)).collect();
    table.extras = if then.extras == now.extras { extras.clone() } else { now.extras.clone() };
    table.foreign_keys = foreign_keys.iter().filter_map(|it| learned_key(it, then, now)).collect();
    table.strict = now.strict;
    table.without_rowid = now.without_rowid;
    table.comment = if then.comment == now.comment { comment } else { &now.comment }.clone();
    table.renamed_from = renamed_from.clone();
    table
}

fn learned_unique(owned: &Unique, then: &Table, now: &Table) -> Option<Unique> {
    match (find_unique(then, owned), find_unique(now, owned)) {
        (Some(_), None) => None,
        (Some(had), Some(has)) if had.extras != has.extras => {
            Some(Unique { extras: has.extras.clone(), ..owned.clone() })
        }
        (Some(_), Some(_)) | (None, _) => Some(owned.clone()),
    }
}

fn learned_column(engine: Dialect, owned: &Column, then: &Table, now: &Table) -> Option<Column> {
    let now = now.column(&owned.name)?;
    let then = then.column(&owned.name).unwrap_or(now);
    Some(moved(engine, owned, then, now))
}

fn moved_rule(owned: &Exclusion, then: &Table, now: &Table) -> Option<Exclusion> {
    let find = |table: &Table| table.exclusions.iter().find(|it| it.name == owned.name).cloned();
    match (find(then), find(now)) {
        (Some(_), None) => None,
        (Some(had), Some(has)) if had != has => Some(has),
        (Some(_), Some(_)) | (None, _) => Some(owned.clone()),
    }
}

fn learned_key(owned: &ForeignKey, then: &Table, now: &Table) -> Option<ForeignKey> {
    match (find_key(then, owned), find_key(now, owned)) {
        (Some(_), None) => None,
        (Some(had), Some(has)) => {
            let mut key = owned.clone();
            if had.on_delete != has.on_delete {
                key.on_delete = has.on_delete;
            }
            if had.on_update != has.on_update {
                key.on_update = has.on_update;
            }
            if had.deferrable != has.deferrable {
                key.deferrable = has.deferrable;
            }
            if had.extras != has.extras {
                key.extras = has.extras.clone();
            }
            Some(key)
        }
        (None, _) => Some(owned.clone()),
    }
}
