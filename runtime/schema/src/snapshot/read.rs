use std::fmt;

use toml::de::DeValue;

use super::node::{Node, Path};
use super::{FORMAT, Snapshot};
use crate::facts::{
    Action, Check, Column, Custom, Deferrable, Enum, Expr, ForeignKey, Generated, Identity, Index,
    IndexKey, Label, Order, Schema, SqlType, Storage, Table, Text, Unique,
};
use crate::sql::{self, Kind};

/// A text that is no snapshot, or no list of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotError {
    /// Where, as a dotted path (`table.users.column.email`); empty when the text is no TOML.
    pub path: String,
    /// What is wrong, as a fragment.
    pub message: String,
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SnapshotError { path, message } = self;
        if path.is_empty() { f.write_str(message) } else { write!(f, "`{path}`: {message}") }
    }
}

impl std::error::Error for SnapshotError {}

/// The snapshot that `text` is.
///
/// # Errors
/// When the text is no TOML, when it is of a newer format, or when a key is missing, unknown or
/// of the wrong type.
pub fn read(text: &str) -> Result<Snapshot, SnapshotError> {
    if text.lines().any(|line| line.starts_with("<<<<<<< ")) {
        return Err(SnapshotError {
            path: String::new(),
            message: "it has conflict markers: two branches each added a revision".to_owned(),
        });
    }
    let mut top = Node::parse(text)?;
    let format = top.integer("format")?;
    if format > FORMAT {
        return Err(top.wrong(format!(
            "format {format} is newer than this release reads ({FORMAT}); upgrade diesel-autogen"
        )));
    }
    let backend = top.string("backend")?.into_owned();
    let head = top.texts("head")?.into_iter().map(Text::into_owned).collect();
    let unmanaged = top.optional_texts("unmanaged")?.into_iter().map(Text::into_owned).collect();
    // Each is canonical, and a document's keys come sorted.
    let schema = Schema { tables: top.each_table("table", table)?.into() };
    top.finish()?;
    Ok(Snapshot { backend, head, unmanaged, schema })
}

pub(super) fn table(name: &str, mut node: Node<'_, '_>) -> Result<Table, SnapshotError> {
    let mut table = Table::new(name.to_owned().into());
    table.comment = node.optional_text("comment")?;
    table.primary_key = node.texts("primary_key")?.into();
    table.renamed_from = node.optional_text("renamed_from")?;
    table.strict = node.flag("strict")?;
    table.without_rowid = node.flag("without_rowid")?;
    table.columns = node.each_table("column", column)?.into();
    table.uniques = node.each_table("unique", unique)?.into();
    table.indexes = node.each_table("index", index)?.into();
    table.foreign_keys = node.each_table("foreign_key", foreign_key)?.into();
    table.checks = node.each("check", check)?.into();
    node.finish()?;
    Ok(table.canonical())
}

pub(super) fn column(name: &str, mut node: Node<'_, '_>) -> Result<Column, SnapshotError> {
    let mut column = Column::new(name.to_owned().into(), sql_type(&mut node)?);
    column.nullable = node.flag("nullable")?;
    column.identity = match node.optional_string("identity")?.as_deref() {
        None => None,
        Some("by_default") => Some(Identity::ByDefault),
        Some("autoincrement") => Some(Identity::Autoincrement),
        Some(other) => return Err(node.wrong(format!("unknown identity `{other}`"))),
    };
    column.default = node.optional_text("default")?.map(Expr);
    if let Some(expr) = node.optional_text("generated")? {
        let storage = match node.string("storage")?.as_ref() {
            "stored" => Storage::Stored,
            "virtual" => Storage::Virtual,
            other => return Err(node.wrong(format!("unknown storage `{other}`"))),
        };
        column.generated = Some(Generated { expr: Expr(expr), storage });
    }
    column.collation = node.optional_text("collation")?;
    column.comment = node.optional_text("comment")?;
    column.renamed_from = node.optional_text("renamed_from")?;
    node.finish()?;
    Ok(column)
}

fn sql_type(node: &mut Node<'_, '_>) -> Result<SqlType, SnapshotError> {
    if let Some(name) = node.optional_text("enum")? {
        let label = |name| Label { name, renamed_from: None };
        let labels = node.texts("labels")?.into_iter().map(label).collect();
        return Ok(SqlType::Enum(Enum { name, labels }));
    }
    if let Some(name) = node.optional_text("custom")? {
        let sql = node.text("sql")?;
        return Ok(SqlType::Custom(Custom { name, sql }));
    }
    let name = node.string("type")?;
    let max_length = node.optional_number("max_length")?;
    let precision = node.optional_number("precision")?;
    let scale = node.optional_number("scale")?;
    match (SqlType::from_diesel_name(&name), max_length, precision.or(scale)) {
        (Some(SqlType::Text { max_length: _ }), max_length, None) => {
            Ok(SqlType::Text { max_length })
        }
        (Some(SqlType::Numeric { .. }), None, _) => Ok(SqlType::Numeric { precision, scale }),
        (Some(other), None, None) => Ok(other),
        (Some(_), ..) => Err(node.wrong(format!("type `{name}` takes no such parameter"))),
        (None, ..) => Err(node.wrong(format!("unknown type `{name}`"))),
    }
}

pub(super) fn unique(name: &str, mut node: Node<'_, '_>) -> Result<Unique, SnapshotError> {
    let columns = node.texts("columns")?.into();
    node.finish()?;
    Ok(Unique { name: name.to_owned().into(), columns })
}

pub(super) fn index(name: &str, mut node: Node<'_, '_>) -> Result<Index, SnapshotError> {
    let keys = node.texts("on")?.iter().map(|text| index_key(text)).collect();
    let unique = node.flag("unique")?;
    let predicate = node.optional_text("where")?.map(Expr);
    node.finish()?;
    Ok(Index { name: name.to_owned().into(), keys, unique, predicate })
}

/// The key that a piece of SQL (`email`, `"e mail" desc`, `lower(email)`) stands for.
pub(crate) fn index_key(text: &str) -> IndexKey {
    let solid: Vec<_> = sql::tokens(text).filter(|token| token.kind != Kind::Space).collect();
    let (order, length) = match solid.as_slice() {
        [_, .., last] if last.text.eq_ignore_ascii_case("desc") => (Order::Desc, last.text.len()),
        [_, .., last] if last.text.eq_ignore_ascii_case("asc") => (Order::Asc, last.text.len()),
        _ => (Order::Asc, 0),
    };
    let text = text.trim_end();
    let text = text[..text.len() - length].trim();
    let mut own = sql::tokens(text);
    match (own.next().and_then(|token| token.name()), own.next()) {
        (Some(name), None) => IndexKey { expr: Expr(name.into()), is_column: true, order },
        _ => IndexKey { expr: Expr(text.to_owned().into()), is_column: false, order },
    }
}

pub(super) fn check(
    name: &str,
    path: Path<'_>,
    value: DeValue<'_>,
) -> Result<Check, SnapshotError> {
    Ok(Check { name: name.to_owned().into(), expr: Expr(path.text(value)?) })
}

pub(super) fn foreign_key(name: &str, mut node: Node<'_, '_>) -> Result<ForeignKey, SnapshotError> {
    let columns = node.texts("columns")?;
    let references = node.texts("references")?;
    if columns.len() != references.len() {
        return Err(node.wrong("`columns` and `references` differ in number".to_owned()));
    }
    let table = node.text("table")?;
    let on_delete = action(&mut node, "on_delete")?;
    let on_update = action(&mut node, "on_update")?;
    let deferrable = match node.optional_string("deferrable")? {
        None => Deferrable::No,
        Some(name) => Deferrable::from_name(&name)
            .ok_or_else(|| node.wrong(format!("unknown deferrable `{name}`")))?,
    };
    node.finish()?;
    Ok(ForeignKey {
        name: name.to_owned().into(),
        columns: columns.into(),
        table,
        references: references.into(),
        on_delete,
        on_update,
        deferrable,
    })
}

fn action(node: &mut Node<'_, '_>, key: &str) -> Result<Action, SnapshotError> {
    match node.optional_string(key)? {
        None => Ok(Action::NoAction),
        Some(name) => Action::from_name(&name)
            .ok_or_else(|| node.wrong(format!("unknown action `{name}` in `{key}`"))),
    }
}
