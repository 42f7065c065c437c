//! Pairs for PostgreSQL, made of those for SQLite: the same tables and edits, dressed in what only
//! PostgreSQL has. What a thing becomes depends on its name and on what it was alone, so that what
//! an edit left alone stays the same.

mod rules;
mod types;

use std::collections::BTreeSet;

use super::Pair;
use super::expression::quoted;
use super::names::{choice, number, rarely};
use super::rename;
use crate::facts::{
    Check, Column, Expr, Extra, Extras, Generated, Identity, List, OwnPlace, PUBLIC, Schema,
    SqlType, Storage, Table, Text, Unique,
};
use rules::{exclusions, foreign_key, index, remark, unique};
pub use types::TYPES;
use types::{Flavour, Spot, default, extension};

/// The pair as PostgreSQL can have it.
pub fn dressed(pair: &Pair) -> Pair {
    let Pair { before, after } = &swapped(pair);
    let kinds = Kinds {
        flavour: Flavour::of(before.tables.iter().chain(&after.tables[..])),
        keyed: keyed(before, after),
    };
    let then = Kinds { flavour: kinds.flavour.after(), keyed: kinds.keyed.clone() };
    Pair { before: schema(before, None, &kinds), after: schema(after, Some(before), &then) }
}

/// What decides about the types of columns.
struct Kinds {
    flavour: Flavour,
    /// Names of columns that are part of a key or an index somewhere.
    keyed: BTreeSet<String>,
}

/// The pair, in which two tables may have taken each other's names.
fn swapped(pair: &Pair) -> Pair {
    let mut pair = pair.clone();
    let was = &pair.before.tables;
    let mut stay = pair.after.tables.iter().filter(|it| {
        let from = it.renamed_from.as_deref().filter(|from| pair.before.table(from).is_some());
        from.is_none() && pair.before.table(&it.name).is_some()
    });
    let names = [stay.next(), stay.next()].map(|it| it.map(|it| it.name.to_string()));
    let all: Vec<&str> = was.iter().map(|it| &*it.name).collect();
    if let [Some(one), Some(other)] = names
        && rarely(&all.join(" "), "swapped", 20)
    {
        let tables = pair.after.tables.to_mut();
        let swap = [(one.clone(), other.clone()), (other.clone(), one.clone())];
        rename::tables(tables, &swap);
        for (from, to) in swap {
            let swapped = tables.iter_mut().find(|it| it.name == to);
            swapped.into_iter().for_each(|it| it.renamed_from = Some(from.clone().into()));
        }
    }
    pair
}

fn keyed(before: &Schema, after: &Schema) -> BTreeSet<String> {
    let tables = || before.tables.iter().chain(&after.tables[..]);
    let mut keyed = BTreeSet::new();
    for table in tables() {
        let uniques = table.uniques.iter().flat_map(|it| it.columns.iter());
        let keys = table.foreign_keys.iter();
        let references = keys.flat_map(|it| it.columns.iter().chain(&it.references[..]));
        let indexed = table.indexes.iter().flat_map(|it| it.keys.iter());
        let indexed = indexed.filter(|it| it.is_column).map(|it| &it.expr.0);
        let names = table.primary_key.iter().chain(uniques).chain(references).chain(indexed);
        keyed.extend(names.map(Text::to_string));
    }
    // What is called otherwise is the same column.
    let columns = || tables().flat_map(|table| table.columns.iter());
    let renames = columns().filter_map(|it| Some((it.renamed_from.as_deref()?, &*it.name)));
    let renames: Vec<(&str, &str)> = renames.collect();
    for _ in &renames {
        for (from, to) in &renames {
            if keyed.contains(*from) || keyed.contains(*to) {
                keyed.extend([(*from).to_owned(), (*to).to_owned()]);
            }
        }
    }
    keyed
}

/// A name that PostgreSQL keeps as it is.
fn name(of: &str) -> Text {
    of.chars().take(40).collect::<String>().into()
}

fn place(of: &str) -> OwnPlace {
    let schema = rarely(of, "schema", 4).then(|| Text::from("the Other"));
    OwnPlace { schema, name: name(of) }
}

fn schema(of: &Schema, before: Option<&Schema>, kinds: &Kinds) -> Schema {
    let tables: Vec<Table> = of.tables.iter().map(|it| table(it, of, before, kinds)).collect();
    let columns = tables.iter().flat_map(|table| table.columns.iter());
    let mut extensions: Vec<Text> = columns.filter_map(|it| extension(&it.sql_type)).collect();
    // Some are there for what nobody models.
    let names: Vec<&str> = of.tables.iter().map(|it| &*it.name).collect();
    if rarely(&names.join(" "), "extension", 8) {
        extensions.push("pg_trgm".into());
    }
    extensions.sort();
    extensions.dedup();
    Schema { tables: tables.into(), extensions: extensions.into() }
}

fn table(of: &Table, all: &Schema, before: Option<&Schema>, kinds: &Kinds) -> Table {
    let at = place(&of.name);
    let mut table = Table::new(at.name.clone()).moved_to(&at);
    let origin = before.and_then(|before| {
        let from = of.renamed_from.as_deref();
        from.and_then(|from| before.table(from)).or_else(|| before.table(&of.name))
    });
    table.renamed_from = of.renamed_from.as_ref().map(|from| {
        let from = place(from);
        format!("{}.{}", from.schema.as_deref().unwrap_or(PUBLIC), from.name).into()
    });
    table.comment.clone_from(&of.comment);
    table.columns = of.columns.iter().map(|it| column(it, of, origin, kinds)).collect();
    let list = |own: &List<Text>| -> List<Text> { own.iter().map(|it| name(it)).collect() };
    table.primary_key = list(&of.primary_key);
    let rule = |kind: &str, own: &str| -> Text {
        format!("{kind} {:x}", number(&format!("{} {own}", of.name))).into()
    };
    let has_enum = |columns: &List<Text>| {
        let mut columns = columns.iter().filter_map(|it| of.column(it));
        columns.any(|it| matches!(it.sql_type, SqlType::Enum(_)))
    };
    table.uniques = of
        .uniques
        .iter()
        .map(|it| {
            let is_referenced = is_referenced(of, it, all);
            unique(it, rule("u", &it.name), list(&it.columns), is_referenced, &table)
        })
        .collect();
    table.indexes =
        of.indexes.iter().map(|it| index(it, rule("i", &it.name), of, &table)).collect();
    table.checks = of
        .checks
        .iter()
        .map(|it| Check {
            name: rule("c", &it.name),
            expr: condition(&it.expr, of),
            extras: remark(&it.name),
        })
        .collect();
    table.exclusions = exclusions(&table);
    table.foreign_keys = of
        .foreign_keys
        .iter()
        .filter(|it| !has_enum(&it.columns))
        .map(|it| foreign_key(it, rule("f", &it.name), of, &list))
        .collect();
    if rarely(&of.name, "fillfactor", 5) {
        table.extras = vec![Extra::With("fillfactor".into(), "70".into())].into();
    }
    table
}

fn is_referenced(of: &Table, unique: &Unique, all: &Schema) -> bool {
    let mut keys = all.tables.iter().flat_map(|table| table.foreign_keys.iter());
    keys.any(|key| {
        key.table == of.name && key.references.iter().all(|it| unique.columns.contains(it))
    })
}

/// `origin` is the table before the migration, on the side after it.
fn column(of: &Column, table: &Table, origin: Option<&Table>, kinds: &Kinds) -> Column {
    let known = origin.unwrap_or(table);
    let from = of.renamed_from.as_deref().filter(|it| known.column(it).is_some());
    let from = from.unwrap_or(&of.name);
    let name_of_it = format!("{}.{from}", known.name);
    let spot = Spot { name: &name_of_it, was: origin.and_then(|it| it.column(from)) };
    let is_keyed = kinds.keyed.contains(&*of.name);
    let sql_type = kinds.flavour.sql_type(&of.sql_type, spot, is_keyed);
    let mut column = Column::new(name(&of.name), sql_type);
    column.nullable = of.nullable;
    column.comment.clone_from(&of.comment);
    column.renamed_from = of.renamed_from.as_deref().map(name);
    let value =
        |own: &Option<Expr>| own.as_ref().and_then(|own| default(&column.sql_type, own.as_str()));
    // A value made of other columns would have to be of their type.
    column.default = value(&of.default);
    column.backfill = value(&of.backfill);
    // What a clock says is nothing that could be compared.
    let is_clock = |value: &Expr| {
        ["CURRENT", "LOCAL", "now", "random"].iter().any(|it| value.as_str().contains(it))
    };
    column.using = value(&of.using).filter(|it| !is_clock(it));
    if let Some(generated) = &of.generated {
        let number = of.sql_type == SqlType::BigInt;
        column.sql_type = if number { SqlType::BigInt } else { SqlType::TEXT };
        (column.default, column.using) = (None, None);
        column.generated = Some(computed(&generated.expr, of, table));
        column.nullable = of.nullable;
    }
    // Some tables are not numbered before.
    let seen = format!("{} {}", table.name, table.columns.len());
    let unnumbered = origin.is_none() && rarely(&seen, "unnumbered", 25);
    column.identity = of.identity.filter(|_| !unnumbered).map(|identity| match identity {
        Identity::Autoincrement => Identity::Always,
        Identity::ByDefault | Identity::Always | Identity::Serial
            if rarely(&of.name, "serial", 2) =>
        {
            Identity::Serial
        }
        Identity::ByDefault | Identity::Always | Identity::Serial => Identity::ByDefault,
    });
    if column.identity.is_some() {
        column.extras = numbering(&format!("{} {:?}", table.name, of.comment), &of.sql_type);
    }
    let is_text = matches!(column.sql_type, SqlType::Text { .. }) && column.generated.is_none();
    // What rows must have is sorted in another way, so that this changes, too.
    let sorted = of.collation.is_some() || !of.nullable && rarely(&of.name, "sorted", 3);
    column.collation = (is_text && sorted).then(|| "C".into());
    column
}

/// How keys are counted: another way where the remark is another.
fn numbering(seen: &str, of: &SqlType) -> Extras {
    let greatest = if *of == SqlType::SmallInt { 30_000 } else { 1_000_000 };
    let options = match number(seen) % 7 {
        0 => vec![Extra::Start(100), Extra::Increment(5)],
        1 => vec![Extra::Least(10)],
        2 => vec![Extra::Greatest(greatest), Extra::Cache(5)],
        3 => vec![Extra::Increment(-1), Extra::Start(-5)],
        4 => vec![Extra::Cycle, Extra::Greatest(greatest)],
        _ => Vec::new(),
    };
    options.into()
}

/// The columns that an expression is about, as PostgreSQL knows them, in one order.
fn mentioned(expr: &Expr, table: &Table) -> Vec<String> {
    let columns = table.columns.iter().filter(|it| super::expression::mentions(expr, &it.name));
    let mut names: Vec<String> = columns.map(|it| quoted(&name(&it.name))).collect();
    names.sort();
    names
}

/// A condition that most rows fulfil, whatever the types.
fn condition(expr: &Expr, table: &Table) -> Expr {
    let parts = mentioned(expr, table);
    let each: Vec<String> =
        parts.iter().map(|it| format!("{it} IS NULL OR {it}::text <> 'ne''ver'")).collect();
    Expr::from(if each.is_empty() { "1 < 2".to_owned() } else { each.join(" OR ") })
}

fn computed(expr: &Expr, of: &Column, table: &Table) -> Generated {
    let mut plain = table.clone();
    plain.columns.to_mut().retain(|column| column.generated.is_none());
    let value = mentioned(expr, &plain).into_iter().next().unwrap_or_else(|| "1".to_owned());
    let is_number = of.sql_type == SqlType::BigInt;
    let (some, none) = if is_number { ("1", "2") } else { ("'some'", "'it''s none'") };
    let text = format!("CASE WHEN {value} IS NULL THEN {none} ELSE {some} END");
    Generated { expr: Expr::from(text), storage: Storage::Stored }
}
