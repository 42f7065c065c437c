//! A table as a set of lines, one a fact, so that two tables differ by lines.

use std::collections::BTreeSet;

use diesel_autogen_schema::{
    Action, Check, Column, Deferrable, Dialect, Expr, ForeignKey, Index, IndexKey, Order, SqlType,
    Storage, Table, Text, Unique, names,
};

use crate::ident;
use crate::sqlite::text::normal;

/// The facts of a table, each on a line. Names that nobody gave do not count.
pub(super) fn of(table: &Table) -> BTreeSet<String> {
    let Table {
        schema: _,
        name: _,
        columns,
        primary_key,
        uniques,
        indexes,
        checks,
        exclusions: _,
        foreign_keys,
        strict,
        without_rowid,
        extras: _,
        comment: _,
        renamed_from: _,
    } = table;
    let mut items = BTreeSet::new();
    items.extend(columns.iter().map(column));
    if !primary_key.is_empty() {
        items.insert(format!("primary key ({})", listed(primary_key)));
    }
    items.extend(uniques.iter().map(unique));
    items.extend(indexes.iter().map(index));
    // Two conditions without a name may say the same.
    items.extend(checks.iter().map(|it| check(table, it)));
    items.extend(foreign_keys.iter().map(|it| foreign_key(table, it)));
    items.extend(strict.then(|| "strict".to_owned()));
    items.extend(without_rowid.then(|| "without rowid".to_owned()));
    items
}

/// Whether the line is about this column, wholly or in part.
pub(super) fn mentions(item: &str, column: &str) -> bool {
    Expr::from(item.to_owned()).mentions(column, Dialect::Sqlite)
}

fn column(column: &Column) -> String {
    let Column {
        name,
        sql_type,
        nullable,
        default,
        generated,
        identity,
        collation,
        extras: _,
        comment: _,
        renamed_from: _,
        backfill: _,
        using: _,
    } = column;
    let mut line = format!("column {} {}", shown(name), type_name(sql_type));
    line.push_str(if *nullable { "" } else { " not null" });
    if let Some(default) = default {
        line.push_str(&format!(" default ({})", normal(default.as_str())));
    }
    if let Some(generated) = generated {
        let storage = match generated.storage {
            Storage::Stored => "stored",
            Storage::Virtual => "virtual",
        };
        line.push_str(&format!(" generated ({}) {storage}", normal(generated.expr.as_str())));
    }
    if let Some(identity) = identity {
        line.push_str(&format!(" identity {identity:?}"));
    }
    if let Some(collation) = collation {
        line.push_str(&format!(" collate {}", collation.to_lowercase()));
    }
    line
}

fn type_name(of: &SqlType) -> String {
    match of {
        SqlType::Numeric { precision: Some(precision), scale } => {
            format!("Numeric({precision}, {})", scale.unwrap_or(0))
        }
        SqlType::Text { max_length: Some(most) } => format!("Text({most})"),
        SqlType::Custom(custom) => custom.sql.to_lowercase(),
        other => other.diesel_name().to_owned(),
    }
}

fn unique(unique: &Unique) -> String {
    let Unique { name, columns, extras: _ } = unique;
    format!("unique{} ({})", given(name, name.starts_with("sqlite_autoindex_")), listed(columns))
}

fn index(index: &Index) -> String {
    let Index { name, keys, unique, predicate, extras: _ } = index;
    let keys: Vec<String> = keys
        .iter()
        .map(|IndexKey { expr, is_column, order, extras: _ }| {
            let text = if *is_column { shown(&expr.0) } else { normal(expr.as_str()) };
            match order {
                Order::Asc => text,
                Order::Desc => format!("{text} desc"),
            }
        })
        .collect();
    let unique = if *unique { "unique " } else { "" };
    let predicate = predicate.as_ref().map(|it| format!(" where {}", normal(it.as_str())));
    let predicate = predicate.unwrap_or_default();
    format!("{unique}index {} ({}){predicate}", shown(name), keys.join(", "))
}

fn check(table: &Table, check: &Check) -> String {
    let Check { name, expr, extras: _ } = check;
    let columns = table.columns.iter().map(|column| Some(&*column.name));
    let made_up = columns.chain([None]).any(|it| numbered(name, &names::check(&table.name, it)));
    format!("check{} ({})", given(name, made_up), normal(expr.as_str()))
}

fn foreign_key(table: &Table, key: &ForeignKey) -> String {
    let ForeignKey {
        name,
        columns,
        schema: _,
        table: to,
        references,
        on_delete,
        on_update,
        deferrable,
        extras: _,
    } = key;
    let made_up = numbered(name, &names::foreign_key(&table.name, columns));
    let mut line = format!(
        "foreign key{} ({}) references {} ({})",
        given(name, made_up),
        listed(columns),
        shown(to),
        listed(references),
    );
    for (word, action) in [("delete", on_delete), ("update", on_update)] {
        if *action != Action::NoAction {
            line.push_str(&format!(" on {word} {}", action.name()));
        }
    }
    if *deferrable != Deferrable::No {
        line.push_str(&format!(" deferrable {}", deferrable.name()));
    }
    line
}

/// Whether the name is the made-up one, perhaps with a number that keeps it apart.
fn numbered(name: &str, made_up: &str) -> bool {
    let (name, made_up) = (name.to_ascii_lowercase(), made_up.to_ascii_lowercase());
    name.strip_prefix(&made_up).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The name as SQLite compares it.
fn shown(name: &str) -> String {
    ident::shown(&name.to_ascii_lowercase())
}

fn given(name: &str, made_up: bool) -> String {
    if made_up { String::new() } else { format!(" {}", shown(name)) }
}

fn listed(names: &[Text]) -> String {
    names.iter().map(|name| shown(name)).collect::<Vec<_>>().join(", ")
}
