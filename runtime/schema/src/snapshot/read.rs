use std::fmt;

use toml::de::DeValue;

use super::node::{Node, Path};
use super::{FORMAT, Snapshot, pieces};
use crate::Dialect;
use crate::facts::{
    Action, Check, Column, Custom, Deferrable, Enum, Excluded, Exclusion, Expr, Extra, ExtraValue,
    Extras, ForeignKey, Generated, Identity, Index, IndexKey, Label, MyType, Order, PgType, Schema,
    SqlType, Storage, Table, Text, Unique, Width,
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
    pieces::snapshot(text).map_or_else(|| whole(text), Ok)
}

/// As [`read`], with the tree of the whole document.
fn whole(text: &str) -> Result<Snapshot, SnapshotError> {
    let mut top = Node::parse(text)?;
    let snapshot = read_top(&mut top)?;
    // Each is canonical, and a document's keys come sorted.
    let mut tables = top.each_table("table", table)?;
    tables.extend(top.each_table("schema", schema)?.into_iter().flatten());
    top.finish()?;
    let schema = Schema { tables: tables.into(), ..snapshot.schema };
    Ok(Snapshot { schema, ..snapshot })
}

/// What stands before the tables.
pub(super) fn read_top(top: &mut Node<'_, '_>) -> Result<Snapshot, SnapshotError> {
    let format = top.integer("format")?;
    if format > FORMAT {
        return Err(top.wrong(format!(
            "format {format} is newer than this release reads ({FORMAT}); upgrade diesel-autogen"
        )));
    }
    let backend = top.string("backend")?.into_owned();
    let head = top.texts("head")?.into_iter().map(Text::into_owned).collect();
    // Lists without an order are as the writer has them, whoever shuffled them since.
    let unmanaged = top.optional_texts("unmanaged")?.into_iter().map(Text::into_owned);
    let mut unmanaged: Vec<String> = unmanaged.collect();
    unmanaged.sort();
    let mut extensions = top.optional_texts("extensions")?;
    extensions.sort();
    let schema = Schema { extensions: extensions.into(), ..Schema::default() };
    Ok(Snapshot { backend, head, unmanaged, schema })
}

pub(super) fn schema(name: &str, mut node: Node<'_, '_>) -> Result<Vec<Table>, SnapshotError> {
    let mut tables = node.each_table("table", table)?;
    tables.iter_mut().for_each(|table| table.schema = Some(name.to_owned().into()));
    node.finish()?;
    Ok(tables)
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
    table.exclusions = node.each_table("exclude", exclusion)?.into();
    table.extras = extras_under(&mut node, "extras")?;
    table.foreign_keys = node.each_table("foreign_key", foreign_key)?.into();
    table.checks = node.each("check", check)?.into();
    node.finish()?;
    Ok(table.canonical())
}

pub(super) fn column(name: &str, mut node: Node<'_, '_>) -> Result<Column, SnapshotError> {
    let mut column = Column::new(name.to_owned().into(), sql_type(&mut node)?);
    column.nullable = node.flag("nullable")?;
    if let Some(name) = node.optional_string("identity")? {
        let identity = Identity::from_name(&name);
        column.identity =
            Some(identity.ok_or_else(|| node.wrong(format!("unknown identity `{name}`")))?);
    }
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
    column.extras = extras(node)?;
    Ok(column)
}

fn sql_type(node: &mut Node<'_, '_>) -> Result<SqlType, SnapshotError> {
    let array = node.flag("array")?;
    let of = element_type(node)?;
    Ok(if array { SqlType::array(of) } else { of })
}

fn element_type(node: &mut Node<'_, '_>) -> Result<SqlType, SnapshotError> {
    if let Some(name) = node.optional_text("enum")? {
        let schema = node.optional_text("enum_schema")?;
        let label = |name| Label { name, renamed_from: None };
        let labels = node.texts("labels")?.into_iter().map(label).collect();
        let comment = node.optional_text("enum_comment")?;
        return Ok(SqlType::Enum(Enum { name, schema, labels, comment }));
    }
    if let Some(name) = node.optional_text("custom")? {
        let sql = node.text("sql")?;
        return Ok(SqlType::Custom(Custom { name, sql }));
    }
    let name = node.string("type")?;
    if node.flag("unsigned")? {
        let width = Width::ALL.into_iter().find(|width| width.diesel_name() == name);
        let width = width.ok_or_else(|| node.wrong(format!("`{name}` is never unsigned")))?;
        return Ok(SqlType::My(MyType::Unsigned(width)));
    }
    let max_length = node.optional_number("max_length")?;
    if let Some(sized) = max_length.and_then(|length| MyType::sized(&name, length)) {
        return Ok(SqlType::My(sized));
    }
    let precision = node.optional_number("precision")?;
    let scale = node.optional_number("scale")?;
    match (SqlType::from_diesel_name(&name), max_length, precision.or(scale)) {
        (Some(SqlType::Text { max_length: _ }), max_length, None) => {
            Ok(SqlType::Text { max_length })
        }
        (Some(SqlType::Pg(PgType::Bpchar { .. })), length, None) => {
            Ok(SqlType::Pg(PgType::Bpchar { length }))
        }
        (Some(SqlType::Numeric { .. }), None, _) => Ok(SqlType::Numeric { precision, scale }),
        (Some(SqlType::Time { .. }), None, _) if scale.is_none() => Ok(SqlType::Time { precision }),
        (Some(SqlType::Timestamp { .. }), None, _) if scale.is_none() => {
            Ok(SqlType::Timestamp { precision })
        }
        (Some(SqlType::My(MyType::Datetime { .. })), None, _) if scale.is_none() => {
            Ok(SqlType::My(MyType::Datetime { precision }))
        }
        (Some(SqlType::Pg(PgType::Timestamptz { .. })), None, _) if scale.is_none() => {
            Ok(SqlType::Pg(PgType::Timestamptz { precision }))
        }
        (Some(other), None, None) => Ok(other),
        (Some(_), ..) => Err(node.wrong(format!("type `{name}` takes no such parameter"))),
        (None, ..) => Err(node.wrong(format!("unknown type `{name}`"))),
    }
}

pub(super) fn unique(name: &str, mut node: Node<'_, '_>) -> Result<Unique, SnapshotError> {
    let columns = node.texts("columns")?.into();
    Ok(Unique { name: name.to_owned().into(), columns, extras: extras(node)? })
}

pub(super) fn index(name: &str, mut node: Node<'_, '_>) -> Result<Index, SnapshotError> {
    let on = node.need("on")?;
    let keys = node.path.key("on").each_value(on, |path, value| match value {
        DeValue::String(text) => Ok(index_key(&text)),
        other => {
            let mut own = Node::new(path, other)?;
            let key = index_key(&own.string("key")?);
            Ok(IndexKey { extras: extras(own)?, ..key })
        }
    })?;
    let unique = node.flag("unique")?;
    let predicate = node.optional_text("where")?.map(Expr);
    let extras = extras(node)?;
    Ok(Index { name: name.to_owned().into(), keys: keys.into(), unique, predicate, extras })
}

pub(super) fn exclusion(name: &str, mut node: Node<'_, '_>) -> Result<Exclusion, SnapshotError> {
    let on = node.need("on")?;
    let elements = node.path.key("on").each_item(on, |mut own| {
        let key = index_key(&own.string("key")?);
        let operator = own.text("with")?;
        Ok(Excluded { key: IndexKey { extras: extras(own)?, ..key }, operator })
    })?;
    let predicate = node.optional_text("where")?.map(Expr);
    let extras = extras(node)?;
    Ok(Exclusion { name: name.to_owned().into(), elements: elements.into(), predicate, extras })
}

/// What is left of the node, all of which only some engines can say.
fn extras(mut node: Node<'_, '_>) -> Result<Extras, SnapshotError> {
    if node.is_empty() {
        return Ok(Extras::NONE);
    }
    let mut extras = node.each(Extra::PARAMETERS, |name, path, value| {
        Ok(Extra::With(name.to_owned().into(), path.text(value)?))
    })?;
    let rest = node.rest(|key, path, value| {
        let value = match value {
            DeValue::Boolean(_) => ExtraValue::Flag,
            DeValue::Integer(_) => ExtraValue::Number(path.integer(&value, "an integer")?),
            DeValue::Array(_) => ExtraValue::Names(path.texts(value)?.into()),
            other => ExtraValue::Text(path.text(other)?),
        };
        Ok(Extra::of(key, value))
    })?;
    extras.extend(rest);
    Ok(extras.into())
}

pub(super) fn extras_under(node: &mut Node<'_, '_>, key: &str) -> Result<Extras, SnapshotError> {
    match node.take(key) {
        None => Ok(Extras::NONE),
        Some(value) => extras(Node::new(node.path.key(key), value)?),
    }
}

/// The key that a piece of SQL (`email`, `"e mail" desc`, `lower(email)`) stands for.
pub(crate) fn index_key(text: &str) -> IndexKey {
    let solid: Vec<_> =
        sql::tokens(text, Dialect::Sqlite).filter(|token| token.kind != Kind::Space).collect();
    let (order, length) = match solid.as_slice() {
        [_, .., last] if last.text.eq_ignore_ascii_case("desc") => (Order::Desc, last.text.len()),
        [_, .., last] if last.text.eq_ignore_ascii_case("asc") => (Order::Asc, last.text.len()),
        _ => (Order::Asc, 0),
    };
    let text = text.trim_end();
    let text = text[..text.len() - length].trim();
    let mut own = sql::tokens(text, Dialect::Sqlite);
    match (own.next().and_then(|token| token.name()), own.next()) {
        (Some(name), None) => IndexKey { order, ..IndexKey::column(name.into()) },
        _ => IndexKey { order, ..IndexKey::expression(Expr(text.to_owned().into())) },
    }
}

pub(super) fn check(
    name: &str,
    path: Path<'_>,
    value: DeValue<'_>,
) -> Result<Check, SnapshotError> {
    let name = name.to_owned().into();
    if !matches!(value, DeValue::Table(_)) {
        return Ok(Check { name, expr: Expr(path.text(value)?), extras: Extras::NONE });
    }
    let mut own = Node::new(path, value)?;
    Ok(Check { name, expr: Expr(own.text("check")?), extras: extras(own)? })
}

pub(super) fn foreign_key(name: &str, mut node: Node<'_, '_>) -> Result<ForeignKey, SnapshotError> {
    let columns = node.texts("columns")?;
    let references = node.texts("references")?;
    if columns.len() != references.len() {
        return Err(node.wrong("`columns` and `references` differ in number".to_owned()));
    }
    let schema = node.optional_text("schema")?;
    let table = node.text("table")?;
    let on_delete = action(&mut node, "on_delete")?;
    let on_update = action(&mut node, "on_update")?;
    let deferrable = match node.optional_string("deferrable")? {
        None => Deferrable::No,
        Some(name) => Deferrable::from_name(&name)
            .ok_or_else(|| node.wrong(format!("unknown deferrable `{name}`")))?,
    };
    Ok(ForeignKey {
        name: name.to_owned().into(),
        columns: columns.into(),
        schema,
        table,
        references: references.into(),
        on_delete,
        on_update,
        deferrable,
        extras: extras(node)?,
    })
}

fn action(node: &mut Node<'_, '_>, key: &str) -> Result<Action, SnapshotError> {
    match node.optional_string(key)? {
        None => Ok(Action::NoAction),
        Some(name) => Action::from_name(&name)
            .ok_or_else(|| node.wrong(format!("unknown action `{name}` in `{key}`"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOP: &str = "format = 1\nbackend = \"postgres\"\nhead = []\n";

    #[test]
    fn a_document_in_pieces_is_the_document() {
        let table = |name: &str, more: &str| format!("\n[{name}]\nprimary_key = [\"id\"]\n{more}");
        let id = "column.id = { type = \"BigInt\" }\n";
        let (a, b) = (table("table.a", id), table("table.b", id));
        let aside = table("schema.x.table.\"a [b]\"", id);
        for (is_ours, text) in [
            (true, TOP.to_owned()),
            (true, format!("{TOP}{a}{b}{aside}")),
            (true, format!("{TOP}unmanaged = [\n    \"view [v]\",\n]\n{a}")),
            (true, format!("{TOP}{a}").replace('\n', "\r\n")),
            // Read all the same, and some of it is refused.
            (false, format!("{TOP}{b}{a}")),
            (false, format!("{TOP}{aside}{a}")),
            (false, format!("{TOP}{a}{a}")),
            (false, format!("{TOP}{a}[table.a.column.email]\ntype = \"Text\"\n")),
            (false, format!("{TOP}{}", table("table.c", "comment = \"\"\"\n[table.d]\n\"\"\"\n"))),
            (false, format!("{TOP}table.a.primary_key = [\"id\"]\n{b}")),
            (false, format!("{TOP}{a}[other]\nx = 1\n")),
        ] {
            let found = pieces::snapshot(&text);
            assert_eq!(found.is_some(), is_ours, "{text}");
            if let Some(found) = found {
                assert_eq!(Ok(found), whole(&text), "{text}");
            }
        }
    }
}
