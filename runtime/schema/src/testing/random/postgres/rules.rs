//! Rules with what only PostgreSQL has of them. The dressed table has its columns already.

use super::types::LABELS;
use super::{mentioned, name, number, place, rarely};
use crate::facts::{
    Action, Column, Deferrable, Excluded, Exclusion, Expr, Extra, Extras, ForeignKey, Index,
    IndexKey, List, Order, PgType, SqlType, Table, Text, Unique,
};

pub(super) fn remark(name: &str) -> Extras {
    match rarely(name, "remark", 4) {
        true => vec![Extra::Comment("it's \"so\"".into())].into(),
        false => Extras::NONE,
    }
}

pub(super) fn unique(
    of: &Unique,
    name_of_it: Text,
    columns: List<Text>,
    is_referenced: bool,
    dressed: &Table,
) -> Unique {
    let mut extras = remark(&of.name);
    if rarely(&of.name, "nulls", 3) {
        extras = extras.and(Extra::NullsNotDistinct);
    }
    if !is_referenced && rarely(&of.name, "deferrable", 3) {
        let wait = [Deferrable::InitiallyDeferred, Deferrable::InitiallyImmediate];
        let at = usize::from(rarely(&of.name, "immediate", 2));
        extras = extras.and(Extra::Deferrable(wait[at]));
    } else if rarely(&of.name, "include", 3)
        && let Some(column) = carried(dressed, &columns)
    {
        extras = extras.and(Extra::Include(vec![column].into()));
    }
    Unique { name: name_of_it, columns, extras }
}

/// A column that an index can carry along.
fn carried(dressed: &Table, beside: &[Text]) -> Option<Text> {
    let key = dressed.primary_key.first()?;
    (!beside.contains(key)).then(|| key.clone())
}

/// A way to keep an index, and a way to compare in it where it is not the usual one.
type Kind = (&'static str, Option<&'static str>);

/// How an index over one column of this type may be kept otherwise, and its operator class.
fn kinds(of: &SqlType) -> &'static [Kind] {
    match of {
        SqlType::Jsonb => &[("gin", Some("jsonb_path_ops")), ("gin", None)],
        SqlType::Pg(PgType::Array(of)) if !matches!(**of, SqlType::Enum(_)) => &[("gin", None)],
        SqlType::Pg(PgType::Range(_)) => &[("gist", None), ("spgist", None)],
        SqlType::Pg(PgType::Inet | PgType::Cidr) => &[("gist", Some("inet_ops")), ("spgist", None)],
        SqlType::Text { max_length: None } => {
            &[("spgist", None), ("btree", Some("text_pattern_ops")), ("hash", None)]
        }
        SqlType::Integer | SqlType::BigInt | SqlType::Date => &[("brin", None), ("hash", None)],
        SqlType::Custom(of) if of.sql == LABELS => &[("gist", None)],
        SqlType::Pg(PgType::Money) => &[],
        SqlType::Pg(PgType::Multirange(_)) => &[("gist", None)],
        _ => &[("hash", None)],
    }
}

pub(super) fn index(of: &Index, name_of_it: Text, table: &Table, dressed: &Table) -> Index {
    let mut keys: Vec<IndexKey> = of.keys.iter().map(|it| key(it, of, table)).collect();
    let first = keys.first().filter(|it| it.is_column && !of.unique);
    let first = first.and_then(|it| dressed.column(it.expr.as_str()));
    // What is hardly worth an ordinary index gets another.
    let is_special = first.is_some_and(|it| {
        kinds(&it.sql_type).iter().any(|(method, _)| ["gin", "gist"].contains(method))
    });
    if is_special {
        keys.truncate(1);
        (keys[0].order, keys[0].extras) = (Order::Asc, Extras::NONE);
    }
    let mut index = Index {
        name: name_of_it,
        keys: keys.into(),
        unique: of.unique,
        predicate: of.predicate.as_ref().map(|expr| predicate(expr, table)),
        extras: remark(&of.name),
    };
    let alone = matches!(&of.keys[..], [key] if key.is_column && key.order == Order::Asc);
    let plain = alone && !of.unique && !rarely(&of.name, "nulls", 3);
    if is_special || plain && rarely(&of.name, "method", 2) {
        let column = dressed.column(index.keys[0].expr.as_str());
        let kinds = column.map_or(&[][..], |column| kinds(&column.sql_type));
        // The low bits of a number follow from those of the letters alone.
        let at = (number(&of.name) >> 8) as usize % kinds.len().max(1);
        return match kinds.get(at) {
            Some(kind) => by_method(index, kind),
            None => index,
        };
    }
    let columns: Vec<Text> =
        of.keys.iter().filter(|it| it.is_column).map(|it| name(it.expr.as_str())).collect();
    if rarely(&of.name, "include", 3)
        && let Some(column) = carried(dressed, &columns)
    {
        index.extras = index.extras.and(Extra::Include(vec![column].into()));
    }
    if of.unique && rarely(&of.name, "nulls equal", 3) {
        index.extras = index.extras.and(Extra::NullsNotDistinct);
    }
    if rarely(&of.name, "fillfactor", 4) {
        index.extras = index.extras.and(Extra::With("fillfactor".into(), "80".into()));
    }
    for key in index.keys.to_mut() {
        let text = dressed
            .column(key.expr.as_str())
            .is_some_and(|column| key.is_column && matches!(column.sql_type, SqlType::Text { .. }));
        if text && rarely(&of.name, "collation", 3) {
            key.extras = key.extras.clone().and(Extra::Collate("C".into()));
        }
    }
    index
}

/// The index kept in this way, its first key compared in that one.
fn by_method(mut index: Index, (method, opclass): &Kind) -> Index {
    if *method != "btree" {
        index.extras = index.extras.and(Extra::Method((*method).into()));
    }
    if let Some(opclass) = opclass {
        let key = &mut index.keys.to_mut()[0];
        key.extras = key.extras.clone().and(Extra::Opclass((*opclass).into()));
    }
    if *method == "brin" {
        index.extras = index.extras.and(Extra::With("pages_per_range".into(), "32".into()));
    }
    index
}

fn key(key: &IndexKey, of: &Index, table: &Table) -> IndexKey {
    let mut made = if key.is_column {
        IndexKey::column(name(&key.expr.0))
    } else {
        let parts = mentioned(&key.expr, table);
        let tests: Vec<String> = parts.iter().map(|it| format!("{it} IS NULL")).collect();
        let text = if tests.is_empty() { "(1 < 2)".to_owned() } else { tests.join(" OR ") };
        IndexKey::expression(Expr::from(text))
    };
    made.order = key.order;
    if rarely(&of.name, "nulls", 3) {
        let nulls = match key.order {
            Order::Asc => Extra::NullsFirst,
            Order::Desc => Extra::NullsLast,
        };
        made.extras = vec![nulls].into();
    }
    made
}

fn predicate(expr: &Expr, table: &Table) -> Expr {
    Expr::from(match mentioned(expr, table).first() {
        Some(part) => format!("{part} IS NOT NULL"),
        None => "1 < 2".to_owned(),
    })
}

/// Ranges of a table do not overlap.
pub(super) fn exclusions(table: &Table) -> List<Exclusion> {
    let ranges = table.columns.iter().filter(|column| {
        matches!(column.sql_type, SqlType::Pg(PgType::Range(_))) && column.generated.is_none()
    });
    let one = |column: &Column| {
        // Another where the table has other columns.
        let seen = format!("{} {}", column.name, table.columns.len());
        let mut extras = Extras::from(vec![Extra::Method("gist".into())]);
        if rarely(&seen, "deferrable", 2) {
            extras = extras.and(Extra::Deferrable(Deferrable::InitiallyDeferred));
        }
        let key = IndexKey::column(column.name.clone());
        let some = format!("{} IS NOT NULL", super::quoted(&column.name));
        Exclusion {
            name: format!("x {:x}", number(&format!("{} {}", table.name, column.name))).into(),
            elements: vec![Excluded { key, operator: "&&".into() }].into(),
            predicate: rarely(&seen, "some", 3).then(|| Expr::from(some)),
            extras,
        }
    };
    ranges.filter(|it| !rarely(&it.name, "no exclusion", 4)).map(one).collect()
}

pub(super) fn foreign_key(
    of: &ForeignKey,
    name_of_it: Text,
    table: &Table,
    list: &dyn Fn(&List<Text>) -> List<Text>,
) -> ForeignKey {
    let target = place(&of.table);
    let (mut extras, mut on_delete) = (remark(&of.name), of.on_delete);
    let nullable = of.columns.iter().find(|it| table.column(it).is_some_and(|it| it.nullable));
    if of.columns.len() > 1 && rarely(&of.name, "full", 2) {
        extras = extras.and(Extra::MatchFull);
    } else if of.columns.len() > 1
        && let Some(column) = nullable
    {
        on_delete = Action::SetNull;
        extras = extras.and(Extra::SetColumns(vec![name(column)].into()));
    }
    ForeignKey {
        name: name_of_it,
        columns: list(&of.columns),
        schema: target.schema,
        table: target.name,
        references: list(&of.references),
        on_delete,
        on_update: of.on_update,
        deferrable: of.deferrable,
        extras,
    }
}
