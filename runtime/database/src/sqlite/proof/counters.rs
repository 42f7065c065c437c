//! The counters of AUTOINCREMENT.

use std::collections::BTreeMap;

use diesel_autogen_schema::Place;

use crate::proof::{Lost, Mapping, Moment, ProofFailure, keeps_key};
use crate::sqlite::Scratch;
use crate::{Error, Value};

/// The counters, by name of the table in lower case.
pub(super) struct Counters(BTreeMap<String, Value>);

impl Counters {
    pub(super) fn read(scratch: &mut Scratch) -> Result<Counters, Error> {
        let counted = scratch.rows("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'")?;
        let rows = match counted.is_empty() {
            true => Vec::new(),
            false => scratch.rows("SELECT name, seq FROM sqlite_sequence")?,
        };
        let counter =
            |row: &Vec<Value>| Some((row[0].as_text()?.to_ascii_lowercase(), row[1].clone()));
        Ok(Counters(rows.iter().filter_map(counter).collect()))
    }

    /// A counter that goes back would give the key of a deleted row to a new one.
    pub(super) fn stand(
        &self,
        moment: Moment,
        mapping: &Mapping<'_>,
        after: &Counters,
    ) -> Result<(), ProofFailure> {
        for (name, counter) in &self.0 {
            let place = Place::plain(name);
            let Some(to) = mapping.table(place) else { continue };
            let recounted = mapping.change(place).is_some_and(|change| !keeps_key(change));
            let now = after.0.get(&to.name.to_ascii_lowercase());
            if !recounted && now != Some(counter) {
                let lost = Lost {
                    what: "its AUTOINCREMENT counter changed".to_owned(),
                    expected: Some(counter.to_string()),
                    found: now.map(Value::to_string),
                };
                return Err(lost.at(moment, &place.into()));
            }
        }
        Ok(())
    }
}
