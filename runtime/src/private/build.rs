//! Facts as constants, in few words.

use std::mem::forget;

use diesel_autogen_schema::{
    Check, Column, Expr, ForeignKey, Generated, Identity, Index, IndexKey, Label, List, Order,
    SqlType, Storage, Table, Text, Unique,
};

/// A compiled-in name or piece of SQL.
pub const fn text(text: &'static str) -> Text {
    Text::Borrowed(text)
}

const fn maybe(text: Option<&'static str>) -> Option<Text> {
    match text {
        Some(text) => Some(Text::Borrowed(text)),
        None => None,
    }
}

/// A compiled-in expression, if there is one.
pub const fn expr(text: Option<&'static str>) -> Option<Expr> {
    match text {
        Some(text) => Some(Expr(Text::Borrowed(text))),
        None => None,
    }
}

/// The less usual facts of a column.
#[derive(Clone, Copy)]
#[allow(missing_docs, reason = "the fields are those of `Column`")]
pub struct More {
    pub default: Option<&'static str>,
    pub generated: Option<(&'static str, Storage)>,
    pub identity: Option<Identity>,
    pub collation: Option<&'static str>,
    pub comment: Option<&'static str>,
    pub renamed_from: Option<&'static str>,
    pub backfill: Option<&'static str>,
    pub using: Option<&'static str>,
}

/// No further facts.
pub const MORE: More = More {
    default: None,
    generated: None,
    identity: None,
    collation: None,
    comment: None,
    renamed_from: None,
    backfill: None,
    using: None,
};

/// A column and nothing else.
pub const fn column(name: &'static str, sql_type: SqlType, nullable: bool) -> Column {
    column_with(name, sql_type, nullable, MORE)
}

/// A column with every fact. An identity goes to an integer only.
pub const fn column_with(
    name: &'static str,
    sql_type: SqlType,
    nullable: bool,
    more: More,
) -> Column {
    let More { default, generated, identity, collation, comment, renamed_from, backfill, using } =
        more;
    let integer = matches!(&sql_type, SqlType::SmallInt | SqlType::Integer | SqlType::BigInt);
    Column {
        name: Text::Borrowed(name),
        sql_type,
        nullable,
        default: expr(default),
        generated: match generated {
            Some((sql, storage)) => Some(Generated { expr: Expr(Text::Borrowed(sql)), storage }),
            None => None,
        },
        identity: if integer { identity } else { None },
        collation: maybe(collation),
        comment: maybe(comment),
        renamed_from: maybe(renamed_from),
        backfill: expr(backfill),
        using: expr(using),
    }
}

/// The type of the user's with the parameters that a column gives it.
pub const fn sized(
    ty: SqlType,
    max_length: Option<u32>,
    precision: Option<u32>,
    scale: Option<u32>,
) -> SqlType {
    let (mut text, mut numeric) = (None, None);
    if let SqlType::Text { max_length } = &ty {
        text = Some(*max_length);
    } else if let SqlType::Numeric { precision, scale } = &ty {
        numeric = Some((*precision, *scale));
    }
    // A constant cannot drop what may own memory.
    forget(ty);
    match (text, numeric) {
        (Some(own), _) if precision.is_none() && scale.is_none() => {
            SqlType::Text { max_length: or(max_length, own) }
        }
        (_, Some((p, s))) if max_length.is_none() => {
            SqlType::Numeric { precision: or(precision, p), scale: or(scale, s) }
        }
        _ => panic!("only text has a `max_length`, and only a Numeric `precision` and `scale`"),
    }
}

const fn or(first: Option<u32>, second: Option<u32>) -> Option<u32> {
    if first.is_some() { first } else { second }
}

/// Every part of a table.
#[derive(Clone, Copy)]
#[allow(missing_docs, reason = "the fields are those of `Table`")]
pub struct Parts {
    pub name: &'static str,
    pub columns: &'static [Column],
    pub primary_key: &'static [Text],
    pub uniques: &'static [Unique],
    pub indexes: &'static [Index],
    pub checks: &'static [Check],
    pub foreign_keys: &'static [ForeignKey],
    pub strict: bool,
    pub without_rowid: bool,
    pub comment: Option<&'static str>,
    pub renamed_from: Option<&'static str>,
}

/// A table without anything.
pub const PARTS: Parts = Parts {
    name: "",
    columns: &[],
    primary_key: &[],
    uniques: &[],
    indexes: &[],
    checks: &[],
    foreign_keys: &[],
    strict: false,
    without_rowid: false,
    comment: None,
    renamed_from: None,
};

/// The table of these parts.
pub const fn table(parts: Parts) -> Table {
    Table {
        name: Text::Borrowed(parts.name),
        columns: List::Borrowed(parts.columns),
        primary_key: List::Borrowed(parts.primary_key),
        uniques: List::Borrowed(parts.uniques),
        indexes: List::Borrowed(parts.indexes),
        checks: List::Borrowed(parts.checks),
        foreign_keys: List::Borrowed(parts.foreign_keys),
        strict: parts.strict,
        without_rowid: parts.without_rowid,
        comment: maybe(parts.comment),
        renamed_from: maybe(parts.renamed_from),
    }
}

/// One key of an index.
pub const fn key(sql: &'static str, is_column: bool, order: Order) -> IndexKey {
    IndexKey { expr: Expr(Text::Borrowed(sql)), is_column, order }
}

/// A check.
pub const fn check(name: &'static str, sql: &'static str) -> Check {
    Check { name: Text::Borrowed(name), expr: Expr(Text::Borrowed(sql)) }
}

/// A label of an enum.
pub const fn label(name: &'static str, renamed_from: Option<&'static str>) -> Label {
    Label { name: Text::Borrowed(name), renamed_from: maybe(renamed_from) }
}
