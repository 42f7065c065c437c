//! What people do to their models between two migrations.
//!
//! While edits are made, `renamed_from` of a table or column is the name that it had before, and
//! nothing for what is new.

use super::column::{column, default_of, generate, sql_type};
use super::expression::remark;
use super::names::{COLUMNS, KEYS, RULES, TABLES, pick};
use super::recipe::EditRecipe;
use super::{rename, table};
use crate::facts::{
    Action, Column, Deferrable, Identity, Label, Schema, SqlType, Storage, Table, Text,
};

/// The schema after the edits, with the names from before in every `renamed_from`.
pub(super) fn edited(before: &Schema, edits: &[EditRecipe]) -> Schema {
    let mut tables = before.tables.to_vec();
    for table in &mut tables {
        table.renamed_from = Some(table.name.clone());
        for column in table.columns.to_mut() {
            column.renamed_from = Some(column.name.clone());
        }
    }
    for edit in edits {
        let at = usize::from(edit.table) % tables.len().max(1);
        match edit.what {
            _ if tables.is_empty() => {
                add_table(&mut tables, edit, pick(&TABLES, edit.fresh.name));
            }
            248.. => add_table(&mut tables, edit, pick(&TABLES, edit.fresh.name)),
            0..225 if tables[at].columns.is_empty() => add_column(&mut tables[at], edit, None),
            0..130 => edit_column(before, &mut tables, at, edit),
            130..200 => edit_rules(&mut tables, at, edit),
            200..225 => edit_facts(&mut tables[at], edit),
            _ => edit_tables(before, &mut tables, at, edit),
        }
    }
    Schema::of(tables)
}

fn add_table(tables: &mut Vec<Table>, edit: &EditRecipe, name: &'static str) {
    let mut fresh = table::table(&edit.fresh);
    fresh.name = name.into();
    fresh.renamed_from = None;
    fresh.columns.to_mut().iter_mut().for_each(|column| column.renamed_from = None);
    if tables.iter().any(|it| it.name == name) {
        return;
    }
    tables.push(fresh);
    let at = tables.len() - 1;
    for rule in &edit.fresh.rules {
        table::add_rule(tables, at, rule);
    }
}

fn edit_tables(before: &Schema, tables: &mut Vec<Table>, at: usize, edit: &EditRecipe) {
    let name = tables[at].name.to_string();
    let other = tables[usize::from(edit.a) % tables.len()].name.to_string();
    let taken = |tables: &[Table], name: &str| {
        tables.iter().chain(&before.tables[..]).any(|it| it.name.eq_ignore_ascii_case(name))
    };
    let fresh = pick(&TABLES, edit.b).to_owned();
    let free = !taken(tables, &fresh);
    match edit.what {
        225..229 => drop(tables.remove(at)),
        229..236 if free => rename::tables(tables, &[(name, fresh)]),
        236..239 if other != name => {
            rename::tables(tables, &[(name.clone(), other.clone()), (other, name)]);
        }
        239..242 if free && other != name => {
            rename::tables(tables, &[(name, other.clone()), (other, fresh)]);
        }
        242..245 if free => {
            rename::tables(tables, &[(name.clone(), fresh)]);
            let old = TABLES.iter().find(|it| **it == name);
            old.into_iter().for_each(|name| add_table(tables, edit, name));
        }
        _ => rename::tables(tables, &[(name.clone(), name.to_ascii_uppercase())]),
    }
}

fn edit_column(before: &Schema, tables: &mut [Table], at: usize, edit: &EditRecipe) {
    let columns = tables[at].columns.len();
    let place = usize::from(edit.a) % columns;
    let name = tables[at].columns[place].name.to_string();
    let other = tables[at].columns[usize::from(edit.b) % columns].name.to_string();
    let origin = tables[at].renamed_from.clone().unwrap_or_default();
    let fresh = if edit.b < 230 { pick(&COLUMNS, edit.b).0 } else { pick(&KEYS, edit.b).0 };
    let same = |column: &Column| column.name.eq_ignore_ascii_case(fresh);
    let was = before.table(&origin).is_some_and(|table| table.columns.iter().any(same));
    let free = !was && !tables[at].columns.iter().any(same);
    let fresh = fresh.to_owned();
    match edit.what {
        0..20 => add_column(&mut tables[at], edit, None),
        20..32 => drop(tables[at].columns.to_mut().remove(place)),
        32..48 if free => rename::columns(tables, at, &[(name, fresh)], edit.rule.style),
        48..55 if other != name => {
            let swap = [(name.clone(), other.clone()), (other, name)];
            rename::columns(tables, at, &swap, edit.rule.style);
        }
        55..60 if free && other != name => {
            let chain = [(name, other.clone()), (other, fresh)];
            rename::columns(tables, at, &chain, edit.rule.style);
        }
        60..64 if free => {
            rename::columns(tables, at, &[(name.clone(), fresh)], edit.rule.style);
            add_column(&mut tables[at], edit, Some(name.into()));
        }
        64..70 if free => {
            rename::columns(tables, at, &[(name, fresh.clone())], edit.rule.style);
            retype(tables, at, place, edit);
        }
        70..73 => rename::columns(tables, at, &[(name.clone(), name.to_ascii_uppercase())], 0),
        73..86 => retype(tables, at, place, edit),
        _ => edit_column_facts(&mut tables[at], place, edit),
    }
}

fn add_column(table: &mut Table, edit: &EditRecipe, name: Option<Text>) {
    let mut made = column(&edit.column, &table.columns);
    made.renamed_from = None;
    if let Some(name) = name {
        made.name = name;
    }
    if !table.columns.iter().any(|it| it.name.eq_ignore_ascii_case(&made.name)) {
        table.columns.to_mut().push(made);
    }
}

/// Another type for a column, and for those that refer to it or that it refers to.
fn retype(tables: &mut [Table], at: usize, place: usize, edit: &EditRecipe) {
    let of = sql_type(edit.column.kind, edit.column.size);
    let (table, name) = (tables[at].name.clone(), tables[at].columns[place].name.clone());
    let mut both: Vec<(Text, Text)> = vec![(table.clone(), name.clone())];
    if edit.column.comment < 70 {
        for own in tables.iter() {
            for key in &own.foreign_keys[..] {
                for (column, reference) in key.columns.iter().zip(key.references.iter()) {
                    if own.name == table && *column == name {
                        both.push((key.table.clone(), reference.clone()));
                    } else if key.table == table && *reference == name {
                        both.push((own.name.clone(), column.clone()));
                    }
                }
            }
        }
    }
    for table in tables {
        let name = table.name.clone();
        for column in table.columns.to_mut() {
            if both.contains(&(name.clone(), column.name.clone())) && column.generated.is_none() {
                column.sql_type = of.clone();
                column.default = default_of(&of, edit.column.default);
            }
        }
    }
}

fn edit_column_facts(table: &mut Table, place: usize, edit: &EditRecipe) {
    let others = table.columns.to_vec();
    let column = &mut table.columns.to_mut()[place];
    match edit.what {
        73..98 => column.nullable = !column.nullable,
        98..108 => column.default = default_of(&column.sql_type, edit.column.default),
        108..112 => {
            let collation = pick(&[Some("NOCASE"), None, Some("RTRIM")], edit.b);
            column.collation = collation.map(Text::from);
        }
        112..114 => column.comment = (edit.b >= 100).then(|| remark(edit.b).into()),
        114..121 => relabel(column, edit),
        _ => match &mut column.generated {
            Some(_) if edit.b < 60 => column.generated = None,
            Some(generated) if edit.b < 120 => {
                generated.storage = match generated.storage {
                    Storage::Stored => Storage::Virtual,
                    Storage::Virtual => Storage::Stored,
                };
            }
            Some(_) | None => generate(column, &edit.column, &others),
        },
    }
}

fn relabel(column: &mut Column, edit: &EditRecipe) {
    let SqlType::Enum(of) = &mut column.sql_type else {
        column.sql_type = sql_type(16, edit.column.size);
        return;
    };
    let labels = of.labels.to_mut();
    let at = usize::from(edit.a) % labels.len();
    let label =
        |name: &'static str, from: Option<Text>| Label { name: name.into(), renamed_from: from };
    let fresh = pick(&["done", "it's not", "\"", "new"], edit.column.kind);
    match edit.b % 5 {
        0 => labels.push(label(fresh, None)),
        1 => labels.insert(0, label(fresh, None)),
        2 => labels[at] = label(fresh, Some(labels[at].name.clone())),
        3 => labels.reverse(),
        _ if labels.len() > 1 => drop(labels.remove(at)),
        _ => {}
    }
    column.default = default_of(&column.sql_type, edit.column.default);
}

fn edit_rules(tables: &mut [Table], at: usize, edit: &EditRecipe) {
    let table = &mut tables[at];
    let (a, b) = (usize::from(edit.a), edit.b);
    match edit.what {
        130..165 => table::add_rule(tables, at, &edit.rule),
        165..170 if !table.uniques.is_empty() => {
            let place = a % table.uniques.len();
            table.uniques.to_mut().remove(place);
        }
        170..177 if !table.indexes.is_empty() => {
            let place = a % table.indexes.len();
            let indexes = table.indexes.to_mut();
            match b % 4 {
                0 => drop(indexes.remove(place)),
                1 => indexes[place].unique = !indexes[place].unique,
                2 => indexes[place].predicate = None,
                _ => indexes[place].name = pick(&RULES, b).into(),
            }
        }
        177..184 if !table.checks.is_empty() => {
            let place = a % table.checks.len();
            match b % 2 {
                0 => drop(table.checks.to_mut().remove(place)),
                _ => table.checks.to_mut()[place].name = pick(&RULES, b).into(),
            }
        }
        184..200 if !table.foreign_keys.is_empty() => {
            let place = a % table.foreign_keys.len();
            let keys = table.foreign_keys.to_mut();
            match b % 4 {
                0 => drop(keys.remove(place)),
                1 => keys[place].on_delete = pick(&Action::ALL, b / 4),
                2 => keys[place].on_update = pick(&Action::ALL, b / 4),
                _ => keys[place].deferrable = pick(&Deferrable::ALL, b / 4),
            }
        }
        _ => table::add_rule(tables, at, &edit.rule),
    }
}

fn edit_facts(table: &mut Table, edit: &EditRecipe) {
    let place = usize::from(edit.a) % table.columns.len();
    let name = table.columns[place].name.clone();
    match edit.what {
        200..205 => table.strict = !table.strict,
        205..209 => table.without_rowid = !table.without_rowid,
        209..211 => table.comment = (edit.b >= 100).then(|| remark(edit.b).into()),
        211..214 => table.primary_key = vec![name].into(),
        214..217 => table.primary_key.to_mut().push(name),
        217..219 if table.primary_key.len() > 1 => table.primary_key.to_mut().reverse(),
        _ => {
            let all = [Some(Identity::ByDefault), Some(Identity::Autoincrement), None];
            let key = table.primary_key.clone();
            for column in table.columns.to_mut().iter_mut().filter(|it| key.contains(&it.name)) {
                column.identity = pick(&all, edit.b);
            }
        }
    }
}
