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

use toml::de::DeValue;

use super::node::{Node, Path};
use super::read::{self, SnapshotError};
use super::value::{self, Inline};
use super::write::quote;
use crate::change::{Delta, Edit, Record};
use crate::facts::{OwnPlace, Table, Text};

/// The records as TOML text: an array of tables under the dotted key `under`.
pub fn write_records(under: &str, records: &[Record]) -> String {
    let mut out = String::new();
    for record in records {
        out.push_str(&format!("\n[[{under}]]\n"));
        match record {
            Record::CreateTable(table) => {
                out.push_str(&format!("create_table = {}\n", quote(&table.name)));
                schema(&mut out, "schema", &table.schema);
                for (name, value) in value::table(table) {
                    out.push_str(&format!("{name} = {value}\n"));
                }
            }
            Record::DropTable { at } => {
                out.push_str(&format!("drop_table = {}\n", quote(&at.name)));
                schema(&mut out, "schema", &at.schema);
            }
            Record::AlterTable { from, to, renamed_from, edits } => {
                out.push_str(&format!("alter_table = {}\n", quote(&from.name)));
                schema(&mut out, "schema", &from.schema);
                if from != to {
                    out.push_str(&format!("to = {}\n", quote(&to.name)));
                    schema(&mut out, "to_schema", &to.schema);
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
            Record::CreateExtension { name } => {
                out.push_str(&format!("create_extension = {}\n", quote(name)));
            }
            Record::DropExtension { name } => {
                out.push_str(&format!("drop_extension = {}\n", quote(name)));
            }
        }
    }
    out
}

fn schema(out: &mut String, key: &str, schema: &Option<Text>) {
    if let Some(schema) = schema {
        out.push_str(&format!("{key} = {}\n", quote(schema)));
    }
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
        Edit::Exclusion(delta) => {
            sides(named("exclude", delta, |it| &it.name), delta, value::exclusion)
        }
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
        Edit::Extras { before, after } => {
            let mut out = Inline::new();
            out.put("extras", "true".to_owned());
            out.put("before", value::extras_value(before));
            out.put("after", value::extras_value(after));
            out.finish()
        }
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
pub fn read_records(path: &str, value: DeValue<'_>) -> Result<Vec<Record>, SnapshotError> {
    Path::Start(path).each_item(value, read_record)
}

fn read_record(mut node: Node<'_, '_>) -> Result<Record, SnapshotError> {
    if let Some(name) = node.optional_string("create_table")? {
        let schema = node.optional_text("schema")?;
        return Ok(Record::CreateTable(Table { schema, ..read::table(&name, node)? }));
    }
    if let Some(name) = node.optional_text("drop_table")? {
        let schema = node.optional_text("schema")?;
        node.finish()?;
        return Ok(Record::DropTable { at: OwnPlace { schema, name } });
    }
    if let Some(name) = node.optional_text("create_extension")? {
        node.finish()?;
        return Ok(Record::CreateExtension { name });
    }
    if let Some(name) = node.optional_text("drop_extension")? {
        node.finish()?;
        return Ok(Record::DropExtension { name });
    }
    let name = node.text("alter_table")?;
    let from = OwnPlace { schema: node.optional_text("schema")?, name };
    let schema = node.optional_text("to_schema")?;
    let to = match node.optional_text("to")? {
        Some(name) => OwnPlace { schema, name },
        None => from.clone(),
    };
    let renamed_from = node.optional_text("renamed_from")?;
    let edits = node.need("edits")?;
    let edits = node.path.key("edits").each_item(edits, read_edit)?;
    node.finish()?;
    Ok(Record::AlterTable { from, to, renamed_from, edits })
}

fn read_edit(mut node: Node<'_, '_>) -> Result<Edit, SnapshotError> {
    for (kind, read) in KINDS {
        if let Some(value) = node.take(kind) {
            let edit = read(&mut node, value)?;
            node.finish()?;
            return Ok(edit);
        }
    }
    Err(node.wrong("it says no kind of edit that this release knows".to_owned()))
}

type ReadEdit = fn(&mut Node<'_, '_>, DeValue<'_>) -> Result<Edit, SnapshotError>;

const KINDS: [(&str, ReadEdit); 11] = [
    ("column", |node, name| {
        let was = node.optional_string("was")?;
        delta(node, name, was.as_deref(), read::column).map(Edit::Column)
    }),
    ("unique", |node, name| delta(node, name, None, read::unique).map(Edit::Unique)),
    ("index", |node, name| delta(node, name, None, read::index).map(Edit::Index)),
    ("exclude", |node, name| delta(node, name, None, read::exclusion).map(Edit::Exclusion)),
    ("foreign_key", |node, name| delta(node, name, None, read::foreign_key).map(Edit::ForeignKey)),
    ("check", |node, name| sides_of(node, name, None, read::check).map(Edit::Check)),
    ("primary_key", |node, _| {
        let before = node.texts("before")?.into();
        let after = node.texts("after")?.into();
        Ok(Edit::PrimaryKey { before, after })
    }),
    ("strict", |node, value| node.path.flag(&value).map(|after| Edit::Strict { after })),
    ("without_rowid", |node, value| {
        node.path.flag(&value).map(|after| Edit::WithoutRowid { after })
    }),
    ("extras", |node, _| {
        let before = read::extras_under(node, "before")?;
        let after = read::extras_under(node, "after")?;
        Ok(Edit::Extras { before, after })
    }),
    ("comment", |node, _| {
        let before = node.optional_text("before")?;
        let after = node.optional_text("after")?;
        Ok(Edit::Comment { before, after })
    }),
];

/// A delta of something that a table stands for.
fn delta<T>(
    node: &mut Node<'_, '_>,
    name: DeValue<'_>,
    was: Option<&str>,
    read: impl Fn(&str, Node<'_, '_>) -> Result<T, SnapshotError>,
) -> Result<Delta<T>, SnapshotError> {
    sides_of(node, name, was, |name, path, value| read(name, Node::new(path, value)?))
}

/// A delta of something that any value stands for.
fn sides_of<T>(
    node: &mut Node<'_, '_>,
    name: DeValue<'_>,
    was: Option<&str>,
    read: impl Fn(&str, Path<'_>, DeValue<'_>) -> Result<T, SnapshotError>,
) -> Result<Delta<T>, SnapshotError> {
    let DeValue::String(name) = name else {
        return Err(node.wrong("the name is no string".to_owned()));
    };
    let mut side = |key: &str, name: &str| {
        node.take(key).map(|value| read(name, node.path.key(key), value)).transpose()
    };
    match (side("before", was.unwrap_or(&name))?, side("after", &name)?) {
        (Some(before), Some(after)) => Ok(Delta::Changed { before, after }),
        (Some(before), None) => Ok(Delta::Removed(before)),
        (None, Some(after)) => Ok(Delta::Added(after)),
        (None, None) => Err(node.wrong("it has neither `before` nor `after`".to_owned())),
    }
}
