//! The laws that need no database.

use diesel_autogen_schema::diff::{DiffError, invert};
use diesel_autogen_schema::snapshot::{Snapshot, read, read_records, write, write_records};
use diesel_autogen_schema::testing::random::Pair;
use diesel_autogen_schema::testing::{
    changes_without_hints, hinted_back, name_is_taken_over, names_move, without_hints,
};
use diesel_autogen_schema::{Change, Record, Schema, diff, replay};
use toml::de::{DeArray, DeTable, DeValue};

use super::shuffle::shuffled;

type Result<T = ()> = std::result::Result<T, String>;

/// Checks the laws and gives the changes, or nothing when hints contradict each other.
pub(crate) fn laws(pair: &Pair) -> Result<Option<Vec<Change>>> {
    let Pair { before, after } = pair;
    for schema in [before, after] {
        expect(diff(schema, schema) == Ok(Vec::new()), "a schema differs from itself", schema)?;
    }
    let up = match diff(before, after) {
        Ok(up) => up,
        Err(errors) => return contradictions(before, after, &errors).map(|()| None),
    };
    let other = diff(&shuffled(before), &shuffled(after));
    expect(other.as_ref() == Ok(&up), "declared in another order, the diff is another", &other)?;
    let inverted = invert(up.clone());
    match diff(&without_hints(after), &hinted_back(before, &up)).map(changes_without_hints) {
        Ok(back) => {
            let same = back == changes_without_hints(inverted.clone());
            expect(same, "the diff back is not the inverted one", &(&back, &inverted))?;
        }
        Err(errors) if name_is_taken_over(&up) => contradictions(after, before, &errors)?,
        Err(errors) => expect(false, "no way back", &errors)?,
    }
    if !names_move(before, after, &up) {
        without_being_told(before, after, &inverted)?;
    }
    expect(invert(inverted) == up, "inverting twice changes something", &up)?;
    recorded(before, after, &up)?;
    Ok(Some(up))
}

/// The way back is the inverted one also where nobody gives hints for it, unless those that were
/// followed long ago say something else.
fn without_being_told(before: &Schema, after: &Schema, inverted: &[Change]) -> Result {
    let plain = without_hints(before);
    let there = diff(&plain, after).map(invert);
    if there.as_ref().map(|it| changes_without_hints(it.clone()))
        != Ok(changes_without_hints(inverted.to_vec()))
    {
        return Ok(());
    }
    let back = diff(after, &plain);
    expect(back == there, "nobody told the way back, and it is another", &(&back, &there))
}

fn expect(holds: bool, what: &str, seen: &impl std::fmt::Debug) -> Result {
    if holds { Ok(()) } else { Err(format!("{what}: {seen:#?}")) }
}

/// What a revision records leads from one snapshot to the next.
fn recorded(before: &Schema, after: &Schema, up: &[Change]) -> Result {
    let records: Vec<Record> = up.iter().map(Change::record).collect();
    let text = write_records("x.changes", &records);
    let value = DeTable::parse(&text).map_err(|error| format!("{error}\n{text}"))?;
    let list = value.get_ref().get("x").and_then(|x| x.get_ref().get("changes"));
    let list = list.map_or_else(|| DeValue::Array(DeArray::new()), |list| list.get_ref().clone());
    let back = read_records("x.changes", list).map_err(|error| format!("{error}\n{text}"))?;
    expect(back == records, "records are read back as others", &(&back, &records))?;

    let (replayed, changes) = replay(before, &records).map_err(|error| error.to_string())?;
    let again: Vec<Record> = changes.iter().map(Change::record).collect();
    expect(again == records, "replayed changes are recorded in another way", &again)?;
    // A hint that says nothing new is no difference, so it may be on one side only.
    expect(
        without_hints(&replayed) == without_hints(&after.clone().canonical().settled()),
        "replayed records do not lead to the models",
        &replayed,
    )?;
    // A hint that was followed may be taken away like any that is spent.
    let tidied = diff(&replayed, &without_hints(after));
    expect(tidied == Ok(Vec::new()), "hints that are taken away change something", &tidied)?;
    let second = diff(&replayed, after);
    expect(second == Ok(Vec::new()), "a second diff finds something", &second)?;

    let snapshot = Snapshot { backend: "sqlite".into(), schema: replayed, ..Snapshot::default() };
    let text = write(&snapshot);
    let back = read(&text).map_err(|error| format!("{error}\n{text}"))?;
    expect(back == snapshot, "a snapshot is read back as another", &text)?;
    expect(write(&back) == text, "a snapshot is written in another way the second time", &text)
}

/// Whether each error tells what is so.
fn contradictions(before: &Schema, after: &Schema, errors: &[DiffError]) -> Result {
    let names = |schema: &Schema| -> Vec<String> {
        let of_table = |table: &diesel_autogen_schema::Table| {
            let place = table.place().to_string();
            let columns = table.columns.iter().map(|it| format!("{place}.{}", it.name));
            std::iter::once(place.clone()).chain(columns).collect::<Vec<_>>()
        };
        schema.tables.iter().flat_map(of_table).collect()
    };
    let (_, new) = (names(before), names(after));
    for error in errors {
        let told = match error {
            DiffError::Conflict { object, from: _ } => new.contains(object),
            DiffError::Twice { first, second, from: _ } => {
                new.contains(first) && new.contains(second) && first != second
            }
        };
        expect(told, "a contradiction that is none", error)?;
    }
    expect(!errors.is_empty(), "refused without a reason", &errors)
}
