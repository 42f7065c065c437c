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

use toml::de::{DeTable, DeValue};

use super::node::{Node, Path};
use super::read::{self, SnapshotError};
use super::value::{self, Inline};
use super::write::push_quoted;
use crate::change::{Delta, Edit, Record};
use crate::facts::{OwnPlace, Table, Text};

/// The records as TOML text: an array of tables under the dotted key `under`.
pub fn write_records(under: &str, records: &[Record]) -> String {
    let mut text = String::new();
    for record in records {
        let out = &mut text;
        out.push_str(&format!("\n[[{under}]]\n"));
        match record {
            Record::CreateTable(table) => {
                line(out, "create_table", Some(&table.name));
                line(out, "schema", table.schema.as_ref());
                value::table(out, table);
            }
            Record::DropTable { at } => {
                line(out, "drop_table", Some(&at.name));
                line(out, "schema", at.schema.as_ref());
            }
            Record::AlterTable { from, to, renamed_from, edits } => {
                line(out, "alter_table", Some(&from.name));
                line(out, "schema", from.schema.as_ref());
                if from != to {
                    line(out, "to", Some(&to.name));
                    line(out, "to_schema", to.schema.as_ref());
                }
                line(out, "renamed_from", renamed_from.as_ref());
                out.push_str("edits = [\n");
                for edit in edits {
                    out.push_str("    ");
                    write_edit(out, edit);
                    out.push_str(",\n");
                }
                out.push_str("]\n");
            }
            Record::CreateExtension { name } => line(out, "create_extension", Some(name)),
            Record::DropExtension { name } => line(out, "drop_extension", Some(name)),
        }
    }
    text
}

fn line(out: &mut String, key: &str, text: Option<&Text>) {
    if let Some(text) = text {
        value::line(out, key, |out| push_quoted(out, text));
    }
}

fn write_edit(out: &mut String, edit: &Edit) {
    let mut out = Inline::new(out);
    match edit {
        Edit::Column(delta) => {
            name(&mut out, "column", delta, |it| &it.name);
            // A renamed column has two names, so each side says its own.
            if let Delta::Changed { before, after } = delta
                && before.name != after.name
            {
                out.text("was", Some(&before.name));
            }
            sides(&mut out, delta, value::column);
        }
        Edit::Unique(delta) => {
            name(&mut out, "unique", delta, |it| &it.name);
            sides(&mut out, delta, value::unique);
        }
        Edit::Index(delta) => {
            name(&mut out, "index", delta, |it| &it.name);
            sides(&mut out, delta, value::index);
        }
        Edit::Check(delta) => {
            name(&mut out, "check", delta, |it| &it.name);
            sides(&mut out, delta, value::check);
        }
        Edit::Exclusion(delta) => {
            name(&mut out, "exclude", delta, |it| &it.name);
            sides(&mut out, delta, value::exclusion);
        }
        Edit::ForeignKey(delta) => {
            name(&mut out, "foreign_key", delta, |it| &it.name);
            sides(&mut out, delta, value::foreign_key);
        }
        Edit::PrimaryKey { before, after } => {
            out.flag("primary_key", true);
            out.strings("before", before);
            out.strings("after", after);
        }
        Edit::Strict { after } => out.put("strict", |out| out.push_str(&after.to_string())),
        Edit::WithoutRowid { after } => {
            out.put("without_rowid", |out| out.push_str(&after.to_string()));
        }
        Edit::Extras { before, after } => {
            out.flag("extras", true);
            out.put("before", |out| value::extras_value(out, before));
            out.put("after", |out| value::extras_value(out, after));
        }
        Edit::Comment { before, after } => {
            out.flag("comment", true);
            out.text("before", before.as_deref());
            out.text("after", after.as_deref());
        }
    }
    out.finish();
}

/// The name after, or before when nothing is left.
fn name<T>(out: &mut Inline<'_>, kind: &str, delta: &Delta<T>, name: impl Fn(&T) -> &Text) {
    out.text(kind, delta.after().or(delta.before()).map(|it| name(it).as_ref()));
}

fn sides<T>(out: &mut Inline<'_>, delta: &Delta<T>, value: impl Fn(&mut String, &T)) {
    for (side, it) in [("before", delta.before()), ("after", delta.after())] {
        if let Some(it) = it {
            out.put(side, |out| value(out, it));
        }
    }
}

/// The records that a TOML array of tables stands for; `path` names it in errors.
///
/// # Errors
/// When a key is missing, unknown or of the wrong type.
pub fn read_records(path: &str, value: DeValue<'_>) -> Result<Vec<Record>, SnapshotError> {
    Path::Start(path).each_item(value, read_record)
}

/// The records of a document that holds nothing else than their list.
pub(super) fn read_record_list(under: &str, text: &str) -> Option<Vec<Record>> {
    let mut table = DeTable::parse(text).ok()?.into_inner();
    let mut keys = under.split('.').peekable();
    loop {
        let (key, is_last) = (keys.next()?, keys.peek().is_none());
        let value = table.remove(key)?.into_inner();
        if !table.is_empty() {
            return None;
        }
        match value {
            DeValue::Table(inner) if !is_last => table = inner,
            list if is_last => return read_records(under, list).ok(),
            _ => return None,
        }
    }
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
