use std::fmt::Write;

use super::{FORMAT, Snapshot, value};
use crate::facts::{Schema, Table};

const HEADER: &str = "\
# The schema after the newest revision, written by `diesel-autogen generate`.
# Review it like code; do not edit it by hand.
";

/// The text of `schema.toml`: a pure function of the facts, whatever their order.
pub fn write(snapshot: &Snapshot) -> String {
    let Snapshot { backend, head, unmanaged, schema } = snapshot;
    let mut out = String::from(HEADER);
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    line(format!("format = {FORMAT}"));
    line(format!("backend = {}", quote(backend)));
    line(format!("head = {}", value::strings(head)));
    if !unmanaged.is_empty() {
        let mut unmanaged = unmanaged.clone();
        unmanaged.sort();
        line("unmanaged = [".to_owned());
        for object in &unmanaged {
            line(format!("    {},", quote(object)));
        }
        line("]".to_owned());
    }
    let Schema { tables, extensions } = schema.clone().canonical().settled();
    if !extensions.is_empty() {
        line(format!("extensions = {}", value::strings(&extensions)));
    }
    for table in &tables[..] {
        out.push('\n');
        out.push_str(&section(table));
    }
    out
}

fn section(table: &Table) -> String {
    let schema = table.schema.as_deref().map(|name| format!("schema.{}.", key(name)));
    let mut out = format!("[{}table.{}]\n", schema.unwrap_or_default(), key(&table.name));
    for (name, value) in value::table(table) {
        writeln!(out, "{name} = {value}").expect("a String takes any text");
    }
    out
}

/// A TOML string on one line: literal where that saves escapes, else basic.
pub fn quote(text: &str) -> String {
    let escapes = text.contains(['"', '\\']);
    if escapes && !text.contains('\'') && !text.chars().any(char::is_control) {
        return format!("'{text}'");
    }
    let mut out = String::from("\"");
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
    out
}

/// A TOML key, quoted only if need be.
pub(super) fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { quote(name) }
}
