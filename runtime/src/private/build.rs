//! Facts as constants, in few words.

use std::mem::{forget, replace};

use diesel_autogen_schema::{
    Check, Column, Exclusion, Expr, Extra, Extras, ForeignKey, Generated, Identity, Index,
    IndexKey, Label, List, MyType, Order, PgType, SqlType, Storage, Table, Text, Unique,
};

/// A compiled-in name or piece of SQL.
pub const fn text(text: &'static str) -> Text {
    Text::Borrowed(text)
}

/// Compiled-in names.
pub const fn texts<const N: usize>(texts: [&'static str; N]) -> [Text; N] {
    let mut names = [const { Text::Borrowed("") }; N];
    let mut at = 0;
    while at < N {
        // A constant cannot drop what may own memory.
        forget(replace(&mut names[at], Text::Borrowed(texts[at])));
        at += 1;
    }
    names
}

/// A compiled-in name, if there is one.
pub const fn maybe(text: Option<&'static str>) -> Option<Text> {
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
    pub extras: &'static [Extra],
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
    extras: &[],
    comment: None,
    renamed_from: None,
    backfill: None,
    using: None,
};

/// A column and nothing else.
pub const fn column(name: &'static str, sql_type: SqlType, nullable: bool) -> Column {
    column_with(name, sql_type, nullable, MORE)
}

/// A column that has a default.
pub const fn column_default(
    name: &'static str,
    sql_type: SqlType,
    nullable: bool,
    default: &'static str,
) -> Column {
    column_with(name, sql_type, nullable, More { default: Some(default), ..MORE })
}

/// A column that the database numbers.
pub const fn column_numbered(name: &'static str, sql_type: SqlType, nullable: bool) -> Column {
    column_with(name, sql_type, nullable, More { identity: Some(Identity::ByDefault), ..MORE })
}

/// A column with every fact. An identity goes to an integer only.
pub const fn column_with(
    name: &'static str,
    sql_type: SqlType,
    nullable: bool,
    more: More,
) -> Column {
    let More {
        default,
        generated,
        identity,
        collation,
        extras,
        comment,
        renamed_from,
        backfill,
        using,
    } = more;
    let integer = sql_type.is_integer();
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
        extras: Extras(List::Borrowed(extras)),
        comment: maybe(comment),
        renamed_from: maybe(renamed_from),
        backfill: expr(backfill),
        using: expr(using),
    }
}

/// The type of the user's with the parameters that a column gives it.
///
/// # Panics
/// While compiling, when the type does not take them.
pub const fn sized(
    ty: SqlType,
    max_length: Option<u32>,
    precision: Option<u32>,
    scale: Option<u32>,
) -> SqlType {
    let sized = match &ty {
        SqlType::Text { max_length: own } if precision.is_none() && scale.is_none() => {
            SqlType::Text { max_length: or(max_length, *own) }
        }
        SqlType::Pg(PgType::Varchar) if precision.is_none() && scale.is_none() => {
            match max_length {
                Some(_) => SqlType::Text { max_length },
                None => SqlType::Pg(PgType::Varchar),
            }
        }
        SqlType::Pg(PgType::Bpchar { length }) if precision.is_none() && scale.is_none() => {
            SqlType::Pg(PgType::Bpchar { length: or(max_length, *length) })
        }
        SqlType::Numeric { precision: p, scale: s } if max_length.is_none() => {
            SqlType::Numeric { precision: or(precision, *p), scale: or(scale, *s) }
        }
        SqlType::Time { precision: p } if max_length.is_none() && scale.is_none() => {
            SqlType::Time { precision: or(precision, *p) }
        }
        SqlType::Timestamp { precision: p } if max_length.is_none() && scale.is_none() => {
            SqlType::Timestamp { precision: or(precision, *p) }
        }
        SqlType::Pg(PgType::Timestamptz { precision: p })
            if max_length.is_none() && scale.is_none() =>
        {
            SqlType::Pg(PgType::Timestamptz { precision: or(precision, *p) })
        }
        SqlType::My(MyType::Datetime { precision: p })
            if max_length.is_none() && scale.is_none() =>
        {
            SqlType::My(MyType::Datetime { precision: or(precision, *p) })
        }
        _ => panic!(
            "only text has a `max_length`, only Numeric and times a `precision`, and only Numeric \
             a `scale`"
        ),
    };
    // A constant cannot drop what may own memory.
    forget(ty);
    sized
}

const fn or(first: Option<u32>, second: Option<u32>) -> Option<u32> {
    if first.is_some() { first } else { second }
}

/// Every part of a table.
#[derive(Clone, Copy)]
#[allow(missing_docs, reason = "the fields are those of `Table`")]
pub struct Parts {
    pub schema: Option<&'static str>,
    pub name: &'static str,
    pub columns: &'static [Column],
    pub primary_key: &'static [Text],
    pub uniques: &'static [Unique],
    pub indexes: &'static [Index],
    pub checks: &'static [Check],
    pub exclusions: &'static [Exclusion],
    pub foreign_keys: &'static [ForeignKey],
    pub strict: bool,
    pub without_rowid: bool,
    pub extras: &'static [Extra],
    pub comment: Option<&'static str>,
    pub renamed_from: Option<&'static str>,
}

/// A table without anything.
pub const PARTS: Parts = Parts {
    schema: None,
    name: "",
    columns: &[],
    primary_key: &[],
    uniques: &[],
    indexes: &[],
    checks: &[],
    exclusions: &[],
    foreign_keys: &[],
    strict: false,
    without_rowid: false,
    extras: &[],
    comment: None,
    renamed_from: None,
};

/// The table of these parts.
pub const fn table(parts: Parts) -> Table {
    Table {
        schema: maybe(parts.schema),
        name: Text::Borrowed(parts.name),
        columns: List::Borrowed(parts.columns),
        primary_key: List::Borrowed(parts.primary_key),
        uniques: List::Borrowed(parts.uniques),
        indexes: List::Borrowed(parts.indexes),
        checks: List::Borrowed(parts.checks),
        exclusions: List::Borrowed(parts.exclusions),
        foreign_keys: List::Borrowed(parts.foreign_keys),
        strict: parts.strict,
        without_rowid: parts.without_rowid,
        extras: Extras(List::Borrowed(parts.extras)),
        comment: maybe(parts.comment),
        renamed_from: maybe(parts.renamed_from),
    }
}

/// One key of an index.
pub const fn key(
    sql: &'static str,
    is_column: bool,
    order: Order,
    extras: &'static [Extra],
) -> IndexKey {
    IndexKey {
        expr: Expr(Text::Borrowed(sql)),
        is_column,
        order,
        extras: Extras(List::Borrowed(extras)),
    }
}

/// Columns as keys of an index, rising.
pub const fn keys<const N: usize>(columns: [&'static str; N]) -> [IndexKey; N] {
    let (mut falls, mut at) = ([("", false); N], 0);
    while at < N {
        falls[at].0 = columns[at];
        at += 1;
    }
    sorted(falls)
}

/// Columns as keys of an index, and whether each falls.
pub const fn sorted<const N: usize>(columns: [(&'static str, bool); N]) -> [IndexKey; N] {
    let mut keys = [const { key("", true, Order::Asc, &[]) }; N];
    let mut at = 0;
    while at < N {
        let (name, falls) = columns[at];
        let order = if falls { Order::Desc } else { Order::Asc };
        forget(replace(&mut keys[at], key(name, true, order, &[])));
        at += 1;
    }
    keys
}

/// A check.
pub const fn check(name: &'static str, sql: &'static str, extras: &'static [Extra]) -> Check {
    Check {
        name: Text::Borrowed(name),
        expr: Expr(Text::Borrowed(sql)),
        extras: Extras(List::Borrowed(extras)),
    }
}

/// A label of an enum.
pub const fn label(name: &'static str, renamed_from: Option<&'static str>) -> Label {
    Label { name: Text::Borrowed(name), renamed_from: maybe(renamed_from) }
}
