//! Large documents, piece by piece.
//!
//! TOML's tree of a document takes thirty times the memory of its text, and what is far apart in
//! memory is slow. What we write falls into pieces that each begin with a header; read one after
//! the other they need the tree of one. Whatever is not as we write it is read whole, which also
//! says what is wrong with it.

use super::Snapshot;
use super::node::Node;
use super::read::{read_top, schema, table};
use super::record::read_record_list;
use crate::change::Record;
use crate::facts::{Schema, Table};

/// The text before the first header, and what each header begins.
fn pieces(text: &str) -> (&str, Vec<&str>) {
    let mut starts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with('[') {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let pieces = starts.iter().zip(ends).map(|(start, end)| &text[*start..end]).collect();
    (&text[..starts.first().copied().unwrap_or(text.len())], pieces)
}

/// The snapshot that `text` is, when it is as we write it.
pub(super) fn snapshot(text: &str) -> Option<Snapshot> {
    let (head, pieces) = pieces(text);
    let mut top = Node::parse(head).ok()?;
    let snapshot = read_top(&mut top).ok()?;
    top.finish().ok()?;
    let mut tables: Vec<Table> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let mut node = Node::parse(piece).ok()?;
        let mut found = node.each_table("table", table).ok()?;
        found.extend(node.each_table("schema", schema).ok()?.into_iter().flatten());
        node.finish().ok()?;
        let [found] = <[Table; 1]>::try_from(found).ok()?;
        if tables.last().is_some_and(|last| last.place() >= found.place()) {
            return None;
        }
        tables.push(found);
    }
    let schema = Schema { tables: tables.into(), ..snapshot.schema };
    Some(Snapshot { schema, ..snapshot })
}

/// The rest of a document, and the records of the array of tables under the dotted key `under`,
/// when they are last and as [`write_records`](super::write_records) writes them.
pub fn split_records<'t>(under: &str, text: &'t str) -> Option<(&'t str, Vec<Record>)> {
    let header = format!("[[{under}]]\n");
    let (_, pieces) = pieces(text);
    let first = pieces.iter().position(|piece| piece.starts_with(&header))?;
    let mut records = Vec::with_capacity(pieces.len() - first);
    for piece in &pieces[first..] {
        if !piece.starts_with(&header) {
            return None;
        }
        let [record] = <[Record; 1]>::try_from(read_record_list(under, piece)?).ok()?;
        records.push(record);
    }
    let rest: usize = pieces[first..].iter().map(|piece| piece.len()).sum();
    Some((&text[..text.len() - rest], records))
}
