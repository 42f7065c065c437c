//! The changes of a revision as TOML: each edit has a `before`, an `after` or both.
//!
//! ```toml
//! [[diesel_autogen.changes]]
//! alter_table = "users"
//! edits = [
//!     { column = "bio", after = { type = "Text", nullable = true } },
//!     { index = "users_email_idx", before = { on = ["email"] } },
//! ]
//! ```

use toml::Value;

use super::read::{self, Node, SnapshotError};
use super::value::{self, Inline};
use super::write::quote;
use crate::change::{Delta, Edit, Record};
use crate::facts::Text;

/// The records as TOML text: an array of tables under the dotted key `under`.
pub fn write_records(under: &str, records: &[Record]) -> String {
    let mut out = String::new();
    for record in records {
        out.push_str(&format!("\n[[{under}]]\n"));
        match record {
            Record::CreateTable(table) => {
                out.push_str(&format!("create_table = {}\n", quote(&table.name)));
                for (name, value) in value::table(table) {
                    out.push_str(&format!("{name} = {value}\n"));
                }
            }
            Record::DropTable { name } => {
                out.push_str(&format!("drop_table = {}\n", quote(name)));
            }
            Record::AlterTable { from, to, renamed_from, edits } => {
                out.push_str(&format!("alter_table = {}\n", quote(from)));
                if from != to {
                    out.push_str(&format!("to = {}\n", quote(to)));
                }
                if let Some(hint) = renamed_from {
                    out.push_str(&format!("renamed_from = {}\n", quote(hint)));
                }
                out.push_str("edits = [\n");
                for edit in edits {
                    out.push_str(&format!("    {},\n", write_edit(edit)));
                }
                out.push_str("]\n");
            }
        }
    }
    out
}

fn write_edit(edit: &Edit) -> String {
    match edit {
        Edit::Column(delta) => {
            // A renamed column has two names, so each side says its own.
            let name = delta.after().or(delta.before()).map_or("", |it| it.name.as_ref());
            let mut out = Inline::new();
            out.put("column", quote(name));
            if let Delta::Changed { before, after } = delta
                && before.name != after.name
            {
                out.put("was", quote(&before.name));
            }
            sides(out, delta, value::column)
        }
        Edit::Unique(delta) => sides(named("unique", delta, |it| &it.name), delta, value::unique),
        Edit::Index(delta) => sides(named("index", delta, |it| &it.name), delta, value::index),
        Edit::Check(delta) => sides(named("check", delta, |it| &it.name), delta, value::check),
        Edit::ForeignKey(delta) => {
            sides(named("foreign_key", delta, |it| &it.name), delta, value::foreign_key)
        }
        Edit::PrimaryKey { before, after } => {
            let mut out = Inline::new();
            out.put("primary_key", "true".to_owned());
            out.put("before", value::strings(before));
            out.put("after", value::strings(after));
            out.finish()
        }
        Edit::Strict { after } => flag("strict", *after),
        Edit::WithoutRowid { after } => flag("without_rowid", *after),
        Edit::Comment { before, after } => {
            let mut out = Inline::new();
            out.put("comment", "true".to_owned());
            for (side, text) in [("before", before), ("after", after)] {
                if let Some(text) = text {
                    out.put(side, quote(text));
                }
            }
            out.finish()
        }
    }
}

fn flag(name: &str, after: bool) -> String {
    let mut out = Inline::new();
    out.put(name, after.to_string());
    out.finish()
}

fn named<T>(kind: &str, delta: &Delta<T>, name: impl Fn(&T) -> &Text) -> Inline {
    let mut out = Inline::new();
    if let Some(it) = delta.after().or(delta.before()) {
        out.put(kind, quote(name(it)));
    }
    out
}

fn sides<T>(mut out: Inline, delta: &Delta<T>, value: impl Fn(&T) -> String) -> String {
    for (side, it) in [("before", delta.before()), ("after", delta.after())] {
        if let Some(it) = it {
            out.put(side, value(it));
        }
    }
    out.finish()
}

/// The records that a TOML array of tables stands for; `path` names it in errors.
///
/// # Errors
/// When a key is missing, unknown or of the wrong type.
pub fn read_records(path: &str, value: Value) -> Result<Vec<Record>, SnapshotError> {
    let Value::Array(list) = value else {
        return Err(SnapshotError {
            path: path.to_owned(),
            message: format!("a list was expected, not {}", value.type_str()),
        });
    };
    let node = |(at, value)| Node::new(format!("{path}[{at}]"), value);
    list.into_iter().enumerate().map(|it| node(it).and_then(read_record)).collect()
}

fn read_record(mut node: Node) -> Result<Record, SnapshotError> {
    if let Some(name) = node.optional_string("create_table")? {
        let table = read::table(name.into_owned(), node)?;
        return Ok(Record::CreateTable(table));
    }
    if let Some(name) = node.optional_string("drop_table")? {
        node.finish()?;
        return Ok(Record::DropTable { name });
    }
    let from: Text = node.string("alter_table")?.into();
    let to = node.optional_string("to")?.unwrap_or_else(|| from.clone());
    let renamed_from = node.optional_string("renamed_from")?;
    let path = node.path("edits");
    let Some(Value::Array(list)) = node.take("edits") else {
        return Err(node.wrong("a list `edits` is missing".to_owned()));
    };
    node.finish()?;
    let mut edits = Vec::new();
    for (at, value) in list.into_iter().enumerate() {
        edits.push(read_edit(Node::new(format!("{path}[{at}]"), value)?)?);
    }
    Ok(Record::AlterTable { from, to, renamed_from, edits })
}

fn read_edit(mut node: Node) -> Result<Edit, SnapshotError> {
    for (kind, read) in KINDS {
        if let Some(value) = node.take(kind) {
            let edit = read(&mut node, &value)?;
            node.finish()?;
            return Ok(edit);
        }
    }
    Err(node.wrong("it says no kind of edit that this release knows".to_owned()))
}

type ReadEdit = fn(&mut Node, &Value) -> Result<Edit, SnapshotError>;

const KINDS: [(&str, ReadEdit); 9] = [
    ("column", |node, name| {
        let was = node.optional_string("was")?;
        delta(node, name, was.as_deref(), read::column).map(Edit::Column)
    }),
    ("unique", |node, name| delta(node, name, None, read::unique).map(Edit::Unique)),
    ("index", |node, name| delta(node, name, None, read::index).map(Edit::Index)),
    ("foreign_key", |node, name| delta(node, name, None, read::foreign_key).map(Edit::ForeignKey)),
    ("check", |node, name| {
        let name = text(node, name)?;
        let mut side = |key: &str| match node.take(key) {
            None => Ok(None),
            Some(value) => read::check(name.clone(), &value, node).map(Some),
        };
        let (before, after) = (side("before")?, side("after")?);
        both(node, before, after).map(Edit::Check)
    }),
    ("primary_key", |node, _| {
        let before = node.strings("before")?.into();
        let after = node.strings("after")?.into();
        Ok(Edit::PrimaryKey { before, after })
    }),
    ("strict", |node, value| boolean(node, value).map(|after| Edit::Strict { after })),
    ("without_rowid", |node, value| boolean(node, value).map(|after| Edit::WithoutRowid { after })),
    ("comment", |node, _| {
        let before = node.optional_string("before")?;
        let after = node.optional_string("after")?;
        Ok(Edit::Comment { before, after })
    }),
];

fn delta<T>(
    node: &mut Node,
    name: &Value,
    was: Option<&str>,
    read: impl Fn(String, Node) -> Result<T, SnapshotError>,
) -> Result<Delta<T>, SnapshotError> {
    let name = text(node, name)?;
    let mut side = |key: &str, name: &str| match node.take(key) {
        None => Ok(None),
        Some(value) => read(name.to_owned(), Node::new(node.path(key), value)?).map(Some),
    };
    let before = side("before", was.unwrap_or(&name))?;
    let after = side("after", &name)?;
    both(node, before, after)
}

fn both<T>(node: &Node, before: Option<T>, after: Option<T>) -> Result<Delta<T>, SnapshotError> {
    match (before, after) {
        (Some(before), Some(after)) => Ok(Delta::Changed { before, after }),
        (Some(before), None) => Ok(Delta::Removed(before)),
        (None, Some(after)) => Ok(Delta::Added(after)),
        (None, None) => Err(node.wrong("it has neither `before` nor `after`".to_owned())),
    }
}

fn text(node: &Node, value: &Value) -> Result<String, SnapshotError> {
    value.as_str().map(str::to_owned).ok_or_else(|| node.wrong("the name is no string".to_owned()))
}

fn boolean(node: &Node, value: &Value) -> Result<bool, SnapshotError> {
    value.as_bool().ok_or_else(|| node.wrong("true or false was expected".to_owned()))
}
