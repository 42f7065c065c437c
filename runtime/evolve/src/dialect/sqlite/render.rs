//! Statements of SQLite, laid out as a person writes them; none ends in a semicolon.

use diesel_autogen_schema::{
    Action, Check, Column, Deferrable, Dialect, ForeignKey, Identity, Index, IndexKey, Order,
    SqlType, Storage, Table,
};

use super::quote::{expr, folded, ident, idents, string};
use super::shape::Shape;
use super::types::declared;

/// `CREATE TABLE` of these facts, without the indexes of the table.
pub fn create_table(table: &Table) -> String {
    create_shape(&Shape::of(table))
}

/// The `CREATE INDEX` statements that these facts need besides [`create_table`].
pub fn create_indexes(table: &Table) -> Vec<String> {
    let shape = Shape::of(table);
    shape.indexes.iter().map(|index| create_index(&table.name, index)).collect()
}

/// `CREATE INDEX` of one index.
pub fn create_index(table: &str, index: &Index) -> String {
    let Index { name, keys, unique, predicate, extras: _ } = index;
    let unique = if *unique { "UNIQUE " } else { "" };
    let keys: Vec<String> = keys.iter().map(index_key).collect();
    let head =
        format!("CREATE {unique}INDEX {} ON {} ({})", ident(name), ident(table), keys.join(", "));
    match predicate {
        Some(predicate) => format!("{head} WHERE {}", expr(predicate.as_str())),
        None => head,
    }
}

fn index_key(key: &IndexKey) -> String {
    let IndexKey { expr: of, is_column, order, extras: _ } = key;
    let of = if *is_column { ident(of.as_str()) } else { expr(of.as_str()) };
    match order {
        Order::Asc => of,
        Order::Desc => format!("{of} DESC"),
    }
}

/// `DROP INDEX`.
pub fn drop_index(name: &str) -> String {
    format!("DROP INDEX {}", ident(name))
}

/// `DROP TABLE`.
pub fn drop_table(name: &str) -> String {
    format!("DROP TABLE {}", ident(name))
}

/// `ALTER TABLE … RENAME TO`.
pub fn rename_table(from: &str, to: &str) -> String {
    format!("ALTER TABLE {} RENAME TO {}", ident(from), ident(to))
}

/// `ALTER TABLE … RENAME COLUMN`.
pub fn rename_column(table: &str, from: &str, to: &str) -> String {
    format!("ALTER TABLE {} RENAME COLUMN {} TO {}", ident(table), ident(from), ident(to))
}

pub(crate) fn create_shape(shape: &Shape) -> String {
    let mut lines: Vec<String> =
        shape.table.columns.iter().map(|column| column_def(shape, column)).collect();
    lines.extend(constraints(shape));
    let options = options(&shape.table);
    let gap = if options.is_empty() { "" } else { " " };
    let body = lines.join(",\n    ");
    format!("CREATE TABLE {} (\n    {body}\n){gap}{options}", ident(&shape.table.name))
}

/// What stands behind the closing parenthesis.
pub(crate) fn options(table: &Table) -> String {
    let options = [(table.strict, "STRICT"), (table.without_rowid, "WITHOUT ROWID")];
    let set: Vec<&str> = options.into_iter().filter(|(set, _)| *set).map(|it| it.1).collect();
    set.join(", ")
}

/// One column with every constraint that concerns it alone.
pub(crate) fn column_def(shape: &Shape, column: &Column) -> String {
    let table = &shape.table;
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
    let sole_key = matches!(&table.primary_key[..], [key] if key == name);
    let mut parts = vec![ident(name), declared(column, table.strict, sole_key)];
    parts.retain(|part| !part.is_empty());
    let rowid = identity.is_some() && sole_key && !table.without_rowid;
    if !nullable && !rowid {
        parts.push("NOT NULL".into());
    }
    if sole_key {
        parts.push("PRIMARY KEY".into());
    }
    if *identity == Some(Identity::Autoincrement) && sole_key {
        parts.push("AUTOINCREMENT".into());
    }
    if let Some(default) = default {
        parts.push(format!("DEFAULT {}", default_value(default.as_str())));
    }
    if let Some(collation) = collation {
        parts.push(format!("COLLATE {}", ident(collation)));
    }
    if let Some(generated) = generated {
        let storage = match generated.storage {
            Storage::Stored => "STORED",
            Storage::Virtual => "VIRTUAL",
        };
        parts.push(format!("GENERATED ALWAYS AS ({}) {storage}", expr(generated.expr.as_str())));
    }
    if let Some(of) = label_check(name, sql_type) {
        parts.push(format!("CHECK ({of})"));
    }
    parts.extend(inline_checks(table, name).map(check_def));
    let own = table.foreign_keys.iter().filter(|key| inline_column(key) == Some(name));
    parts.extend(own.map(|key| format!("{}{}", constraint(&key.name), references(key))));
    parts.join(" ")
}

/// The constraints that stand behind the columns.
pub(crate) fn constraints(shape: &Shape) -> Vec<String> {
    let table = &shape.table;
    let mut lines = Vec::new();
    if table.primary_key.len() > 1 {
        lines.push(format!("PRIMARY KEY ({})", idents(&table.primary_key)));
    }
    lines.extend(shape.inline_uniques.iter().map(|cols| format!("UNIQUE ({})", idents(cols))));
    let composite = table.foreign_keys.iter().filter(|key| inline_column(key).is_none());
    lines.extend(composite.map(|key| {
        let columns = idents(&key.columns);
        format!("{}FOREIGN KEY ({columns}) {}", constraint(&key.name), references(key))
    }));
    let wide = table.checks.iter().filter(|check| inline_check(table, check).is_none());
    lines.extend(wide.map(check_def));
    lines
}

/// The condition that a column of this type implies.
pub fn label_check(column: &str, of: &SqlType) -> Option<String> {
    let SqlType::Enum(of) = of else { return None };
    let labels: Vec<String> = of.labels.iter().map(|label| string(&label.name)).collect();
    Some(format!("{} IN ({})", ident(column), labels.join(", ")))
}

/// A `DEFAULT` value: literals and the clock bare, anything else in parentheses.
pub fn default_value(default: &str) -> String {
    let bare = expr(default);
    if is_literal(&bare) || is_clock(&bare) { bare } else { format!("({bare})") }
}

/// Whether the expression is a literal, so that `ADD COLUMN` takes it as a default.
pub(crate) fn is_literal(text: &str) -> bool {
    let tokens = folded(text);
    match tokens.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [one] => is_atom(one),
        ["+" | "-", one] => one.starts_with(|c: char| c.is_ascii_digit() || c == '.'),
        _ => false,
    }
}

fn is_atom(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_digit() || c == '\'' || c == '.')
        || (token.ends_with('\'') && token.starts_with(['x', 'X']))
        || matches!(token, "null" | "true" | "false")
}

fn is_clock(text: &str) -> bool {
    let clocks = ["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"];
    clocks.iter().any(|clock| clock.eq_ignore_ascii_case(text))
}

pub(crate) fn check_def(check: &Check) -> String {
    format!("{}CHECK ({})", constraint(&check.name), expr(check.expr.as_str()))
}

/// The name of a constraint; shapes leave it empty where nothing needs it.
fn constraint(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!("CONSTRAINT {} ", ident(name)) }
}

fn references(key: &ForeignKey) -> String {
    let ForeignKey {
        name: _,
        columns: _,
        schema: _,
        table,
        references,
        on_delete,
        on_update,
        deferrable,
        extras: _,
    } = key;
    let mut sql = format!("REFERENCES {}", ident(table));
    if !references.is_empty() {
        sql.push_str(&format!(" ({})", idents(references)));
    }
    for (event, action) in [(" ON DELETE", on_delete), (" ON UPDATE", on_update)] {
        let action = match action {
            Action::NoAction => continue,
            Action::Restrict => "RESTRICT",
            Action::Cascade => "CASCADE",
            Action::SetNull => "SET NULL",
            Action::SetDefault => "SET DEFAULT",
        };
        sql.push_str(&format!("{event} {action}"));
    }
    sql.push_str(match deferrable {
        Deferrable::No => "",
        Deferrable::InitiallyImmediate => " DEFERRABLE INITIALLY IMMEDIATE",
        Deferrable::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
    });
    sql
}

/// The column that a foreign key is written at.
pub(crate) fn inline_column(key: &ForeignKey) -> Option<&str> {
    match &key.columns[..] {
        [one] => Some(one),
        _ => None,
    }
}

/// The column that a check is written at: the only one it mentions.
pub(crate) fn inline_check<'t>(table: &'t Table, check: &Check) -> Option<&'t str> {
    let mut mentioned =
        table.columns.iter().filter(|column| check.expr.mentions(&column.name, Dialect::Sqlite));
    match (mentioned.next(), mentioned.next()) {
        (Some(only), None) => Some(&only.name),
        _ => None,
    }
}

fn inline_checks<'t>(table: &'t Table, column: &str) -> impl Iterator<Item = &'t Check> {
    table.checks.iter().filter(move |check| inline_check(table, check) == Some(column))
}
