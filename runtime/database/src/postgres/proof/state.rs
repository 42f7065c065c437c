//! A database at one moment.

use std::collections::BTreeSet;

use diesel_autogen_schema::Live;

use super::super::Scratch;
use super::dumped::{self, Lines};
use super::others::{Other, others};
use super::rows::{self, Conversion};
use super::sequences::{self, Sequences};
use crate::proof::{Moment, ProofFailure, Snapshot};
use crate::{Error, Value};

/// A database at one moment.
pub(super) struct State {
    pub(super) live: Live,
    /// What hangs on tables without being a fact, and what is no table.
    pub(super) others: BTreeSet<Other>,
    pub(super) rows: Snapshot,
    /// The same rows, with what expressions make of values that they convert; `None` where the
    /// values have been converted, or none are.
    pub(super) becoming: Option<Snapshot>,
    pub(super) sequences: Sequences,
    /// What `pg_dump` says of it, where that is asked.
    pub(super) dump: Option<Lines>,
    /// What a script may leave behind in its session.
    session: BTreeSet<String>,
}

impl State {
    pub(super) fn take(
        scratch: &mut Scratch,
        conversions: &[Conversion],
        is_dumped: bool,
    ) -> Result<State, Error> {
        let session = session(scratch)?;
        // Whatever a script left there is told later; everything is read as it was before.
        scratch.statement("RESET search_path")?;
        let live = scratch.live()?;
        let rows = rows::read(scratch, &[])?;
        let becoming = match conversions.is_empty() || rows.len() == 0 {
            true => None,
            false => rows::read(scratch, conversions).ok(),
        };
        Ok(State {
            live,
            others: others(scratch)?,
            rows,
            becoming,
            sequences: sequences::read(scratch)?,
            dump: if is_dumped { dumped::whole(scratch)? } else { None },
            session,
        })
    }

    /// No index is broken, no constraint is left unchecked that is not `said` to be, and nothing
    /// stays in the session.
    pub(super) fn is_sound(
        &self,
        moment: Moment,
        before: &State,
        said: &[String],
        scratch: &mut Scratch,
    ) -> Result<(), ProofFailure> {
        let disorder = |found: String| Err(ProofFailure::Disorder { moment, found });
        let invalid = scratch
            .standing("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
            .map_err(ProofFailure::Setup)?;
        if let Some(name) = invalid.iter().flatten().find_map(Value::as_text) {
            return disorder(format!("index {name} is not valid"));
        }
        let unchecked = &self.live.pg.not_valid;
        let new = |name: &str| before.live.pg.not_valid.iter().all(|(_, it)| it != name);
        let hidden = |name: &str| new(name) && !said.iter().any(|it| it == name);
        if let Some((table, name)) = unchecked.iter().find(|(_, name)| hidden(name)) {
            return disorder(format!(
                "constraint `{name}` of table `{}` was never looked at with the rows that were \
                 there: it is NOT VALID",
                table.place()
            ));
        }
        match self.session.difference(&before.session).next() {
            Some(left) => disorder(format!("{left} is left in the session")),
            None => Ok(()),
        }
    }
}

/// Settings of the session and its temporary objects.
fn session(scratch: &mut Scratch) -> Result<BTreeSet<String>, Error> {
    let rows = scratch.standing(
        "SELECT 'the setting ' || name || ' = ' || setting FROM pg_settings \
         WHERE source = 'session' \
         UNION ALL SELECT 'temporary ' || oid::regclass::text FROM pg_class \
         WHERE relpersistence = 't' AND relnamespace = pg_my_temp_schema() AND relkind IN ('r', 'v', 'S')",
    )?;
    Ok(rows.iter().flatten().filter_map(Value::as_text).map(str::to_owned).collect())
}
