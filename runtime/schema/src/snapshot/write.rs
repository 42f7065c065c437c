use super::{FORMAT, Snapshot, read, value};
use crate::facts::{Schema, Table, Text};

const HEADER: &str = "\
# The schema after the newest revision, written by `diesel-autogen generate`.
# Review it like code; do not edit it by hand.
";

/// The text of `schema.toml`: a pure function of the facts, whatever their order.
pub fn write(snapshot: &Snapshot) -> String {
    let Snapshot { backend, head, unmanaged, schema } = snapshot;
    let mut out = String::from(HEADER);
    value::line(&mut out, "format", |out| out.push_str(&FORMAT.to_string()));
    value::line(&mut out, "backend", |out| push_quoted(out, backend));
    value::line(&mut out, "head", |out| value::strings(out, head));
    if !unmanaged.is_empty() {
        let mut unmanaged: Vec<&String> = unmanaged.iter().collect();
        unmanaged.sort();
        out.push_str("unmanaged = [\n");
        for object in unmanaged {
            out.push_str("    ");
            push_quoted(&mut out, object);
            out.push_str(",\n");
        }
        out.push_str("]\n");
    }
    let mut extensions: Vec<&Text> = schema.extensions.iter().collect();
    extensions.sort();
    if !extensions.is_empty() {
        value::line(&mut out, "extensions", |out| value::strings(out, &extensions));
    }
    out + &tables(schema)
}

/// What a text says beside its tables, when those are written as [`write`] writes this schema: a
/// caller that knows what to expect need not have a large text parsed.
pub fn read_beside(text: &str, schema: &Schema) -> Option<Snapshot> {
    let top = read(text.strip_suffix(&tables(schema))?).ok()?;
    let Schema { tables, extensions } = &top.schema;
    (tables.is_empty() && *extensions == schema.extensions).then_some(top)
}

fn tables(schema: &Schema) -> String {
    let mut tables: Vec<&Table> = schema.tables.iter().collect();
    tables.sort_by_key(|table| table.place());
    let mut out = String::new();
    for table in tables {
        out.push_str("\n[");
        if let Some(schema) = &table.schema {
            out.push_str("schema.");
            key(&mut out, schema);
            out.push('.');
        }
        out.push_str("table.");
        key(&mut out, &table.name);
        out.push_str("]\n");
        value::table(&mut out, table);
    }
    out
}

/// A TOML string on one line: literal where that saves escapes, else basic.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    push_quoted(&mut out, text);
    out
}

/// As [`quote`], at the end of `out`.
pub(super) fn push_quoted(out: &mut String, text: &str) {
    let is_plain = |byte: u8| !byte.is_ascii_control() && byte != b'"' && byte != b'\\';
    if text.is_ascii() && text.bytes().all(is_plain) {
        out.push('"');
        out.push_str(text);
        out.push('"');
        return;
    }
    let escapes = text.contains(['"', '\\']);
    if escapes && !text.contains('\'') && !text.chars().any(char::is_control) {
        out.push('\'');
        out.push_str(text);
        out.push('\'');
        return;
    }
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A TOML key, quoted only if need be.
pub(super) fn key(out: &mut String, name: &str) {
    let bare = |c: u8| c.is_ascii_alphanumeric() || c == b'_' || c == b'-';
    if !name.is_empty() && name.bytes().all(bare) {
        out.push_str(name);
    } else {
        push_quoted(out, name);
    }
}
