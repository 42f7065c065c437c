use std::fmt;

use toml::{Table as Toml, Value};

use super::{FORMAT, Snapshot};
use crate::facts::{
    Action, Check, Column, Custom, Deferrable, Enum, Expr, ForeignKey, Generated, Identity, Index,
    IndexKey, Label, List, Order, Schema, SqlType, Storage, Table, Text, Unique,
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
    let backend = top.string("backend")?;
    let head = top.strings("head")?.into_iter().map(Text::into_owned).collect();
    let unmanaged = top.optional_strings("unmanaged")?.into_iter().map(Text::into_owned).collect();
    let mut tables = Vec::new();
    for (name, node) in top.children("table")? {
        tables.push(table(name, node)?);
    }
    top.finish()?;
    let schema = Schema { tables: tables.into() }.canonical();
    Ok(Snapshot { backend, head, unmanaged, schema })
}

/// One TOML table that is taken apart key by key; what is left over is unknown.
pub(super) struct Node {
    path: String,
    table: Toml,
}

impl Node {
    pub(super) fn parse(text: &str) -> Result<Node, SnapshotError> {
        let table = text.parse::<Toml>().map_err(|error| SnapshotError {
            path: String::new(),
            message: error.to_string().trim_end().to_owned(),
        })?;
        Ok(Node { path: String::new(), table })
    }

    pub(super) fn new(path: String, value: Value) -> Result<Node, SnapshotError> {
        match value {
            Value::Table(table) => Ok(Node { path, table }),
            other => Err(SnapshotError {
                path,
                message: format!("a table was expected, not {}", other.type_str()),
            }),
        }
    }

    pub(super) fn wrong(&self, message: String) -> SnapshotError {
        SnapshotError { path: self.path.clone(), message }
    }

    pub(super) fn take(&mut self, key: &str) -> Option<Value> {
        self.table.remove(key)
    }

    pub(super) fn path(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn need(&mut self, key: &str) -> Result<Value, SnapshotError> {
        self.take(key).ok_or_else(|| self.wrong(format!("key `{key}` is missing")))
    }

    fn typed<T>(
        &self,
        key: &str,
        value: &Value,
        found: Option<T>,
        expected: &str,
    ) -> Result<T, SnapshotError> {
        found.ok_or_else(|| SnapshotError {
            path: self.path(key),
            message: format!("{expected} was expected, not {}", value.type_str()),
        })
    }

    fn integer(&mut self, key: &str) -> Result<i64, SnapshotError> {
        let value = self.need(key)?;
        self.typed(key, &value, value.as_integer(), "an integer")
    }

    pub(super) fn string(&mut self, key: &str) -> Result<String, SnapshotError> {
        let value = self.need(key)?;
        self.typed(key, &value, value.as_str().map(str::to_owned), "a string")
    }

    pub(super) fn optional_string(&mut self, key: &str) -> Result<Option<Text>, SnapshotError> {
        let Some(value) = self.take(key) else { return Ok(None) };
        let text = self.typed(key, &value, value.as_str().map(str::to_owned), "a string")?;
        Ok(Some(text.into()))
    }

    fn optional_number(&mut self, key: &str) -> Result<Option<u32>, SnapshotError> {
        let Some(value) = self.take(key) else { return Ok(None) };
        let number = value.as_integer().and_then(|it| u32::try_from(it).ok());
        self.typed(key, &value, number, "a small number").map(Some)
    }

    pub(super) fn flag(&mut self, key: &str) -> Result<bool, SnapshotError> {
        let Some(value) = self.take(key) else { return Ok(false) };
        self.typed(key, &value, value.as_bool(), "true or false")
    }

    pub(super) fn strings(&mut self, key: &str) -> Result<Vec<Text>, SnapshotError> {
        let value = self.need(key)?;
        let texts = value.as_array().and_then(|list| {
            list.iter().map(|it| it.as_str().map(|text| Text::from(text.to_owned()))).collect()
        });
        self.typed(key, &value, texts, "a list of strings")
    }

    fn optional_strings(&mut self, key: &str) -> Result<Vec<Text>, SnapshotError> {
        if self.table.contains_key(key) { self.strings(key) } else { Ok(Vec::new()) }
    }

    fn children(&mut self, key: &str) -> Result<Vec<(String, Node)>, SnapshotError> {
        let mut children = Vec::new();
        for (name, value) in self.values(key)? {
            let path = format!("{}.{name}", self.path(key));
            children.push((name, Node::new(path, value)?));
        }
        Ok(children)
    }

    fn values(&mut self, key: &str) -> Result<Vec<(String, Value)>, SnapshotError> {
        let Some(value) = self.take(key) else { return Ok(Vec::new()) };
        let node = Node::new(self.path(key), value)?;
        Ok(node.table.into_iter().collect())
    }

    pub(super) fn finish(self) -> Result<(), SnapshotError> {
        match self.table.keys().next() {
            None => Ok(()),
            Some(key) => Err(self.wrong(format!("unknown key `{key}`"))),
        }
    }
}

pub(super) fn table(name: String, mut node: Node) -> Result<Table, SnapshotError> {
    let mut table = Table::new(name.into());
    table.comment = node.optional_string("comment")?;
    table.primary_key = node.strings("primary_key")?.into();
    table.renamed_from = node.optional_string("renamed_from")?;
    table.strict = node.flag("strict")?;
    table.without_rowid = node.flag("without_rowid")?;
    table.columns = collect(node.children("column")?, column)?;
    table.uniques = collect(node.children("unique")?, unique)?;
    table.indexes = collect(node.children("index")?, index)?;
    table.foreign_keys = collect(node.children("foreign_key")?, foreign_key)?;
    let mut checks = Vec::new();
    for (name, value) in node.values("check")? {
        checks.push(check(name, &value, &node)?);
    }
    table.checks = checks.into();
    node.finish()?;
    Ok(table.canonical())
}

fn collect<T: Clone>(
    children: Vec<(String, Node)>,
    read: impl Fn(String, Node) -> Result<T, SnapshotError>,
) -> Result<List<T>, SnapshotError> {
    let all: Result<Vec<T>, _> =
        children.into_iter().map(|(name, node)| read(name, node)).collect();
    Ok(all?.into())
}

pub(super) fn column(name: String, mut node: Node) -> Result<Column, SnapshotError> {
    let mut column = Column::new(name.into(), sql_type(&mut node)?);
    column.nullable = node.flag("nullable")?;
    column.identity = match node.optional_string("identity")?.as_deref() {
        None => None,
        Some("by_default") => Some(Identity::ByDefault),
        Some("autoincrement") => Some(Identity::Autoincrement),
        Some(other) => return Err(node.wrong(format!("unknown identity `{other}`"))),
    };
    column.default = node.optional_string("default")?.map(Expr);
    if let Some(expr) = node.optional_string("generated")? {
        let storage = match node.string("storage")?.as_str() {
            "stored" => Storage::Stored,
            "virtual" => Storage::Virtual,
            other => return Err(node.wrong(format!("unknown storage `{other}`"))),
        };
        column.generated = Some(Generated { expr: Expr(expr), storage });
    }
    column.collation = node.optional_string("collation")?;
    column.comment = node.optional_string("comment")?;
    column.renamed_from = node.optional_string("renamed_from")?;
    node.finish()?;
    Ok(column)
}

fn sql_type(node: &mut Node) -> Result<SqlType, SnapshotError> {
    if let Some(name) = node.optional_string("enum")? {
        let label = |name| Label { name, renamed_from: None };
        let labels = node.strings("labels")?.into_iter().map(label).collect();
        return Ok(SqlType::Enum(Enum { name, labels }));
    }
    if let Some(name) = node.optional_string("custom")? {
        let sql = node.string("sql")?.into();
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

pub(super) fn unique(name: String, mut node: Node) -> Result<Unique, SnapshotError> {
    let columns = node.strings("columns")?.into();
    node.finish()?;
    Ok(Unique { name: name.into(), columns })
}

pub(super) fn index(name: String, mut node: Node) -> Result<Index, SnapshotError> {
    let keys = node.strings("on")?.iter().map(|text| index_key(text)).collect();
    let unique = node.flag("unique")?;
    let predicate = node.optional_string("where")?.map(Expr);
    node.finish()?;
    Ok(Index { name: name.into(), keys, unique, predicate })
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

pub(super) fn check(name: String, value: &Value, node: &Node) -> Result<Check, SnapshotError> {
    let text = node.typed(&format!("check.{name}"), value, value.as_str(), "a string")?;
    Ok(Check { name: name.into(), expr: Expr(text.to_owned().into()) })
}

pub(super) fn foreign_key(name: String, mut node: Node) -> Result<ForeignKey, SnapshotError> {
    let columns = node.strings("columns")?;
    let references = node.strings("references")?;
    if columns.len() != references.len() {
        return Err(node.wrong("`columns` and `references` differ in number".to_owned()));
    }
    let table = node.string("table")?.into();
    let on_delete = action(&mut node, "on_delete")?;
    let on_update = action(&mut node, "on_update")?;
    let deferrable = match node.optional_string("deferrable")? {
        None => Deferrable::No,
        Some(name) => Deferrable::from_name(&name)
            .ok_or_else(|| node.wrong(format!("unknown deferrable `{name}`")))?,
    };
    node.finish()?;
    Ok(ForeignKey {
        name: name.into(),
        columns: columns.into(),
        table,
        references: references.into(),
        on_delete,
        on_update,
        deferrable,
    })
}

fn action(node: &mut Node, key: &str) -> Result<Action, SnapshotError> {
    match node.optional_string(key)? {
        None => Ok(Action::NoAction),
        Some(name) => Action::from_name(&name)
            .ok_or_else(|| node.wrong(format!("unknown action `{name}` in `{key}`"))),
    }
}
