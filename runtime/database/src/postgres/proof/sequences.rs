//! Where sequences stand: a key must not be given twice.

use std::collections::BTreeMap;

use diesel_autogen_schema::{OwnPlace, PUBLIC, Place, Text};

use super::super::Scratch;
use super::Spot;
use super::state::State;
use crate::ident::{placed, quoted};
use crate::proof::{Lost, Mapping, Moment, ProofFailure};
use crate::{Error, Value};

/// Sequences that belong to columns, by column, and others by their own place.
#[derive(Default)]
pub(super) struct Sequences {
    owned: BTreeMap<Spot, Position>,
    others: BTreeMap<OwnPlace, Position>,
}

/// Where a sequence stands.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Position {
    /// The value that it gives next, were there no greatest one.
    next: i128,
    increment: i64,
    cycles: bool,
    /// The last value that it can give.
    end: i64,
}

/// All sequences of the database.
pub(super) fn read(scratch: &mut Scratch) -> Result<Sequences, Error> {
    let found = scratch.standing(
        "SELECT n.nspname::text, c.relname::text, s.seqincrement::text, s.seqcycle::text, \
         CASE WHEN s.seqincrement > 0 THEN s.seqmax ELSE s.seqmin END::text, tn.nspname::text, t.relname::text, a.attname::text \
         FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid \
         AND d.objsubid = 0 AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') \
         LEFT JOIN pg_class t ON t.oid = d.refobjid \
         LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace \
         LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid \
         WHERE c.relpersistence <> 't' ORDER BY n.nspname, c.relname",
    )?;
    let mut sequences = Sequences::default();
    if found.is_empty() {
        return Ok(sequences);
    }
    let place = |schema: &str, name: &str| OwnPlace {
        schema: Some(Text::from(schema.to_owned())).filter(|it| it != PUBLIC),
        name: name.to_owned().into(),
    };
    let texts = |row: &Vec<Value>| -> Vec<String> {
        row.iter().map(|it| it.as_text().unwrap_or_default().to_owned()).collect()
    };
    let found: Vec<Vec<String>> = found.iter().map(texts).collect();
    let one = |row: &Vec<String>| {
        format!(
            "SELECT last_value::text, is_called::text FROM {}",
            placed(place(&row[0], &row[1]).place())
        )
    };
    let positions: Vec<String> = found.iter().map(one).collect();
    let positions = scratch.rows(&positions.join(" UNION ALL "))?;
    for (row, position) in found.iter().zip(&positions) {
        let number = |text: &str| text.parse::<i64>().unwrap_or_default();
        let increment = number(&row[2]);
        let last = number(position[0].as_text().unwrap_or_default());
        let is_called = position[1].as_text().is_some_and(|it| it.starts_with('t'));
        let next = i128::from(last) + if is_called { i128::from(increment) } else { 0 };
        let (cycles, end) = (row[3].starts_with('t'), number(&row[4]));
        let position = Position { next, increment, cycles, end };
        if row[7].is_empty() {
            sequences.others.insert(place(&row[0], &row[1]), position);
        } else {
            let spot = (place(&row[5], &row[6]), row[7].clone());
            sequences.owned.insert(spot, position);
        }
    }
    Ok(sequences)
}

/// No sequence went back, and one that is new stands behind the keys that are there.
pub(super) fn stand(
    moment: Moment,
    mapping: &Mapping<'_>,
    from: &State,
    to: &State,
    scratch: &mut Scratch,
) -> Result<(), ProofFailure> {
    let mut old: Vec<Spot> = Vec::new();
    for ((table, column), was) in &from.sequences.owned {
        let Some(after) = mapping.table(table.place()) else { continue };
        let Some((name, _)) = mapping.column(table.place(), column) else { continue };
        // A column whose place another one takes leaves that the sequence as well.
        let names = [Some(name), mapping.followed(table.place(), column)];
        let spots = names.into_iter().flatten().map(|it| (OwnPlace::from(after), it.to_owned()));
        let mut found = spots.filter_map(|spot| Some((to.sequences.owned.get(&spot)?, spot)));
        let Some((now, spot)) = found.next() else { continue };
        // Where other keys are asked for, those that are there tell what is free.
        if now.increment.signum() != was.increment.signum() {
            continue;
        }
        let cycles = was.cycles || now.cycles;
        if is_back(*was, *now) && was.increment == now.increment && !cycles {
            return Err(gone_back(*was, *now).at(moment, &spot.0));
        }
        old.push(spot);
    }
    for (sequence, was) in &from.sequences.others {
        let now = to.sequences.others.get(sequence);
        if let Some(now) = now.filter(|now| now.increment == was.increment && is_back(*was, **now))
        {
            return Err(gone_back(*was, *now).at(moment, sequence));
        }
    }
    for ((table, column), now) in &to.sequences.owned {
        let is_new = !old.contains(&(table.clone(), column.clone()));
        if is_new && to.rows.tables.contains_key(table) && !now.cycles {
            is_free(moment, table, column, *now, scratch)?;
        }
    }
    Ok(())
}

fn is_back(was: Position, now: Position) -> bool {
    if was.increment > 0 { now.next < was.next } else { now.next > was.next }
}

fn gone_back(was: Position, now: Position) -> Lost {
    Lost {
        what: "its sequence went back, so it gives keys again that it gave before".to_owned(),
        expected: Some(format!("the next key is {}", was.next)),
        found: Some(format!("the next key is {}", now.next)),
    }
}

fn is_free(
    moment: Moment,
    table: &OwnPlace,
    column: &str,
    now: Position,
    scratch: &mut Scratch,
) -> Result<(), ProofFailure> {
    let place: Place<'_> = table.place();
    let column = quoted(column);
    let (compared, within) = if now.increment > 0 { (">=", "<=") } else { ("<=", ">=") };
    let rows = scratch
        .rows(&format!(
            "SELECT {column}::text FROM {} WHERE {column} {compared} {} AND {column} {within} {} \
             LIMIT 1",
            placed(place),
            now.next,
            now.end
        ))
        .map_err(ProofFailure::Setup)?;
    let Some(taken) = rows.first().and_then(|row| row.first()?.as_text()) else { return Ok(()) };
    let lost = Lost {
        what: "its sequence gives keys that rows have already".to_owned(),
        expected: Some(format!("the next key is behind {column} = {taken}")),
        found: Some(format!("the next key is {}", now.next)),
    };
    Err(lost.at(moment, table))
}
