//! A TOML document, taken apart key by key.
//!
//! Texts are borrowed from the document until they become facts, and where a value stands is
//! spelled only when something is wrong with it: a long history is read at every command.

use std::borrow::Cow;

use toml::de::{DeTable, DeValue};

use super::read::SnapshotError;
use crate::facts::Text;

/// Where a value stands in a document.
#[derive(Clone, Copy)]
pub(super) enum Path<'p> {
    /// Where reading began: a dotted path, or nothing for a whole document.
    Start(&'p str),
    /// Under a key of a table.
    Key(&'p Path<'p>, &'p str),
    /// In a list.
    Item(&'p Path<'p>, usize),
}

/// One TOML table that is taken apart key by key; what is left over is unknown.
pub(super) struct Node<'p, 'i> {
    pub(super) path: Path<'p>,
    table: DeTable<'i>,
}

impl<'p> Path<'p> {
    pub(super) fn key<'a>(&'a self, key: &'a str) -> Path<'a> {
        Path::Key(self, key)
    }

    fn spelled(&self) -> String {
        match self {
            Path::Start(path) => (*path).to_owned(),
            Path::Key(Path::Start(""), key) => (*key).to_owned(),
            Path::Key(parent, key) => format!("{}.{key}", parent.spelled()),
            Path::Item(parent, at) => format!("{}[{at}]", parent.spelled()),
        }
    }

    pub(super) fn wrong(&self, message: String) -> SnapshotError {
        SnapshotError { path: self.spelled(), message }
    }

    fn other(&self, expected: &str, value: &DeValue<'_>) -> SnapshotError {
        self.wrong(format!("{expected} was expected, not {}", value.type_str()))
    }

    pub(super) fn text(&self, value: DeValue<'_>) -> Result<Text, SnapshotError> {
        self.borrowed(value).map(|text| Cow::Owned(text.into_owned()))
    }

    fn borrowed<'i>(&self, value: DeValue<'i>) -> Result<Cow<'i, str>, SnapshotError> {
        match value {
            DeValue::String(text) => Ok(text),
            other => Err(self.other("a string", &other)),
        }
    }

    pub(super) fn integer(
        &self,
        value: &DeValue<'_>,
        expected: &str,
    ) -> Result<i64, SnapshotError> {
        value
            .as_integer()
            .and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok())
            .ok_or_else(|| self.other(expected, value))
    }

    pub(super) fn flag(&self, value: &DeValue<'_>) -> Result<bool, SnapshotError> {
        value.as_bool().ok_or_else(|| self.other("true or false", value))
    }

    pub(super) fn texts(&self, value: DeValue<'_>) -> Result<Vec<Text>, SnapshotError> {
        let expected = "a list of strings";
        let DeValue::Array(list) = value else { return Err(self.other(expected, &value)) };
        list.into_iter()
            .map(|item| match item.into_inner() {
                DeValue::String(text) => Ok(Cow::Owned(text.into_owned())),
                other => Err(self
                    .wrong(format!("{expected} was expected, not one with {}", other.type_str()))),
            })
            .collect()
    }

    /// Reads each item of a list of tables.
    pub(super) fn each_item<T>(
        &self,
        value: DeValue<'_>,
        read: impl Fn(Node<'_, '_>) -> Result<T, SnapshotError>,
    ) -> Result<Vec<T>, SnapshotError> {
        self.each_value(value, |path, item| read(Node::new(path, item)?))
    }

    /// Reads each item of a list.
    pub(super) fn each_value<T>(
        &self,
        value: DeValue<'_>,
        read: impl Fn(Path<'_>, DeValue<'_>) -> Result<T, SnapshotError>,
    ) -> Result<Vec<T>, SnapshotError> {
        let DeValue::Array(list) = value else { return Err(self.other("a list", &value)) };
        list.into_iter()
            .enumerate()
            .map(|(at, item)| read(Path::Item(self, at), item.into_inner()))
            .collect()
    }
}

impl<'i> Node<'static, 'i> {
    /// The table that a whole document is.
    pub(super) fn parse(text: &'i str) -> Result<Node<'static, 'i>, SnapshotError> {
        let table = DeTable::parse(text).map_err(|error| SnapshotError {
            path: String::new(),
            message: error.to_string().trim_end().to_owned(),
        })?;
        Ok(Node { path: Path::Start(""), table: table.into_inner() })
    }
}

impl<'p, 'i> Node<'p, 'i> {
    pub(super) fn new(path: Path<'p>, value: DeValue<'i>) -> Result<Node<'p, 'i>, SnapshotError> {
        match value {
            DeValue::Table(table) => Ok(Node { path, table }),
            other => Err(path.other("a table", &other)),
        }
    }

    pub(super) fn wrong(&self, message: String) -> SnapshotError {
        self.path.wrong(message)
    }

    pub(super) fn take(&mut self, key: &str) -> Option<DeValue<'i>> {
        self.table.remove(key).map(|value| value.into_inner())
    }

    pub(super) fn need(&mut self, key: &str) -> Result<DeValue<'i>, SnapshotError> {
        self.take(key).ok_or_else(|| self.wrong(format!("key `{key}` is missing")))
    }

    pub(super) fn integer(&mut self, key: &str) -> Result<i64, SnapshotError> {
        let value = self.need(key)?;
        self.path.key(key).integer(&value, "an integer")
    }

    pub(super) fn string(&mut self, key: &str) -> Result<Cow<'i, str>, SnapshotError> {
        let value = self.need(key)?;
        self.path.key(key).borrowed(value)
    }

    pub(super) fn text(&mut self, key: &str) -> Result<Text, SnapshotError> {
        let value = self.need(key)?;
        self.path.key(key).text(value)
    }

    pub(super) fn optional_string(
        &mut self,
        key: &str,
    ) -> Result<Option<Cow<'i, str>>, SnapshotError> {
        self.take(key).map(|value| self.path.key(key).borrowed(value)).transpose()
    }

    pub(super) fn optional_text(&mut self, key: &str) -> Result<Option<Text>, SnapshotError> {
        self.take(key).map(|value| self.path.key(key).text(value)).transpose()
    }

    pub(super) fn optional_number(&mut self, key: &str) -> Result<Option<u32>, SnapshotError> {
        let Some(value) = self.take(key) else { return Ok(None) };
        let (path, expected) = (self.path.key(key), "a small number");
        let number = u32::try_from(path.integer(&value, expected)?);
        number.map(Some).map_err(|_| path.other(expected, &value))
    }

    pub(super) fn flag(&mut self, key: &str) -> Result<bool, SnapshotError> {
        self.take(key).map_or(Ok(false), |value| self.path.key(key).flag(&value))
    }

    pub(super) fn texts(&mut self, key: &str) -> Result<Vec<Text>, SnapshotError> {
        let value = self.need(key)?;
        self.path.key(key).texts(value)
    }

    pub(super) fn optional_texts(&mut self, key: &str) -> Result<Vec<Text>, SnapshotError> {
        self.take(key).map_or(Ok(Vec::new()), |value| self.path.key(key).texts(value))
    }

    /// Reads what stands under each name in the table `key`.
    pub(super) fn each<T>(
        &mut self,
        key: &str,
        read: impl Fn(&str, Path<'_>, DeValue<'_>) -> Result<T, SnapshotError>,
    ) -> Result<Vec<T>, SnapshotError> {
        let Some(value) = self.take(key) else { return Ok(Vec::new()) };
        let path = self.path.key(key);
        let children = Node::new(path, value)?.table;
        children
            .into_iter()
            .map(|(name, value)| read(name.get_ref(), path.key(name.get_ref()), value.into_inner()))
            .collect()
    }

    /// As [`Node::each`], where each is a table.
    pub(super) fn each_table<T>(
        &mut self,
        key: &str,
        read: impl Fn(&str, Node<'_, '_>) -> Result<T, SnapshotError>,
    ) -> Result<Vec<T>, SnapshotError> {
        self.each(key, |name, path, value| read(name, Node::new(path, value)?))
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// Ends the reading with what is left; a key of which nothing is made is unknown.
    pub(super) fn rest<T>(
        self,
        read: impl Fn(&str, Path<'_>, DeValue<'_>) -> Result<Option<T>, SnapshotError>,
    ) -> Result<Vec<T>, SnapshotError> {
        let Node { path, table } = self;
        let one = |(key, value): (toml::Spanned<Cow<'_, str>>, toml::Spanned<DeValue<'_>>)| {
            let key = key.get_ref();
            read(key, path.key(key), value.into_inner())?
                .ok_or_else(|| path.wrong(format!("unknown key `{key}`")))
        };
        table.into_iter().map(one).collect()
    }

    /// Ends the reading.
    pub(super) fn finish(self) -> Result<(), SnapshotError> {
        match self.table.keys().next() {
            None => Ok(()),
            Some(key) => Err(self.wrong(format!("unknown key `{}`", key.get_ref()))),
        }
    }
}
