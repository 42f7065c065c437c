//! Columns.

use std::collections::BTreeMap;

use diesel_autogen_schema::{
    Column, Expr, Extra, Extras, Generated, Identity, OwnPlace, Storage, Text, names,
};

use super::row::{self, Sequence};
use super::{Reader, types};

/// The columns of every table, by the table's identifier.
pub(super) fn columns(reader: &Reader<'_>) -> BTreeMap<u32, Vec<Column>> {
    let sequences = sequences(reader);
    let mut found: BTreeMap<u32, Vec<Column>> = BTreeMap::new();
    for column in &reader.catalogue.columns {
        if reader.tables.contains(&column.relation) {
            let sequence = sequences.get(&(column.relation, column.number)).copied();
            found.entry(column.relation).or_default().push(of(reader, column, sequence));
        }
    }
    found
}

/// The sequences of columns, by table and number. One that a serial column had before its default
/// was changed is not the one in use.
fn sequences<'c>(reader: &Reader<'c>) -> BTreeMap<(u32, i16), &'c Sequence> {
    reader.catalogue.sequences.iter().map(|it| ((it.relation, it.number), it)).collect()
}

fn of(reader: &Reader<'_>, column: &row::Column, sequence: Option<&Sequence>) -> Column {
    let identity = identity(column, sequence);
    let expr = column.expr.clone().map(Expr::from);
    let (default, generated) = match (column.generated.as_str(), expr) {
        (_, None) => (None, None),
        ("s", Some(expr)) => (None, Some(Generated { expr, storage: Storage::Stored })),
        ("v", Some(expr)) => (None, Some(Generated { expr, storage: Storage::Virtual })),
        (_, Some(expr)) => (Some(expr), None),
    };
    let default = if identity.is_some() { None } else { default };
    let options = sequence.filter(|_| identity.is_some()).map(options).unwrap_or_default();
    Column {
        nullable: !column.required,
        default,
        generated,
        identity,
        collation: column.collation.clone().map(Text::from),
        extras: Extras::from(options),
        comment: column.comment.clone().map(Text::from),
        ..Column::new(column.name.clone().into(), types::of(reader, column))
    }
}

fn identity(column: &row::Column, sequence: Option<&Sequence>) -> Option<Identity> {
    match column.identity.as_str() {
        "a" => Some(Identity::Always),
        "d" => Some(Identity::ByDefault),
        _ => {
            let asks = format!("nextval('{}'::regclass)", sequence?.shown.replace('\'', "''"));
            (column.expr.as_deref() == Some(&asks)).then_some(Identity::Serial)
        }
    }
}

/// What a sequence does otherwise than it would by itself.
fn options(sequence: &Sequence) -> Vec<Extra> {
    let Sequence {
        oid: _,
        relation: _,
        number: _,
        shown: _,
        size,
        start,
        increment,
        least,
        greatest,
        cache,
        cycle,
    } = sequence;
    let (smallest, largest) = match size {
        2 => (i64::from(i16::MIN), i64::from(i16::MAX)),
        4 => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    let up = *increment > 0;
    let (usual_least, usual_greatest) = if up { (1, largest) } else { (smallest, -1) };
    let usual_start = if up { *least } else { *greatest };
    let all = [
        (*start != usual_start).then_some(Extra::Start(*start)),
        (*increment != 1).then_some(Extra::Increment(*increment)),
        (*least != usual_least).then_some(Extra::Least(*least)),
        (*greatest != usual_greatest).then_some(Extra::Greatest(*greatest)),
        (*cache != 1).then_some(Extra::Cache(*cache)),
        cycle.then_some(Extra::Cycle),
    ];
    all.into_iter().flatten().collect()
}

/// Sequences of columns that are called otherwise than [`names::sequence`] has it.
pub(super) fn odd_sequences(reader: &Reader<'_>) -> BTreeMap<(OwnPlace, Text), OwnPlace> {
    let relations = reader.catalogue.relations.iter();
    let places: BTreeMap<u32, OwnPlace> = relations
        .filter(|it| it.kind == "S")
        .map(|it| (it.oid, super::place(&it.schema, &it.name)))
        .collect();
    let mut odd = BTreeMap::new();
    for sequence in &reader.catalogue.sequences {
        let column = reader.column_names.get(&(sequence.relation, sequence.number));
        let (Some(place), Some(column)) = (places.get(&sequence.oid), column) else { continue };
        let Some(table) = reader.places.get(&sequence.relation) else { continue };
        let usual = names::sequence(&table.name, column);
        if reader.tables.contains(&sequence.relation)
            && (place.name != usual || place.schema != table.schema)
        {
            odd.insert((table.clone(), (*column).to_owned().into()), place.clone());
        }
    }
    odd
}
