//! What a migration asks of the rows before it changes anything.
//!
//! Where it hangs on rows whether a step can be taken, the script begins by counting those that are
//! in its way, and fails with a sentence that says what it found: `12 rows of users have no email`.
//! A guard only reads, so it can be asked of a database beforehand: [`told`] finds the guards of a
//! script, whoever wrote them.
//!
//! Tables that the migration makes have no guard, since they have no rows; and what rows will hold
//! is asked about only where it can be said over the rows as they are.

mod classes;
mod columns;
mod exclusions;
mod kinds;
pub(crate) mod leaving;
mod placed;
mod rows;
mod rules;
mod speech;
mod statement;
mod told;
mod tried;

use diesel_autogen_schema::{Change, Live, OwnPlace, Place, TableChange};

pub(crate) use placed::{Guarded, guarded};
pub use told::{Told, told};

pub(crate) use self::kinds::is_stopped;
use self::rows::Rows;
pub(crate) use self::speech::Speech;
pub(crate) use self::statement::quote;
use crate::dialect::Target;
use crate::dialect::names::Names;
use crate::hazard::HazardCode;

/// A question whose answer must be zero before a migration changes anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    /// The hazard that it looks for.
    pub code: HazardCode,
    /// What it is about, as it is called before the migration: `users`, `users.email`.
    pub object: String,
    /// What the hazard is about that it looks for: the same, as the migration leaves it.
    pub looks_at: String,
    /// What is counted, as the end of a sentence that begins with the number: `rows of users have
    /// no email`.
    pub found: String,
    /// What is counted.
    pub counts: Counts,
}

/// How a guard comes to its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counts {
    /// A query says it, in a column called `n`, a clause a line.
    Rows(Vec<String>),
    /// Rows for which an expression fails, which PostgreSQL can try on each.
    Failures {
        /// Where they are, as SQL behind `FROM`.
        rows: String,
        /// How their table is called in the expression, as SQL.
        name: String,
        /// The columns that the expression names, as SQL.
        columns: Vec<String>,
        /// The expression.
        value: String,
    },
}

/// What is known beside the changes.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) target: &'a Target,
    pub(crate) live: &'a Live,
    /// Whether the changes are those of the way up.
    pub(crate) up: bool,
}

/// The guards of changes, of which the inverse is given too, each once, in the order of the changes.
pub(crate) fn guards(changes: &[Change], inverse: &[Change], known: &Known<'_>) -> Vec<Guard> {
    let asking = Asking {
        speech: Speech::of(known.target),
        back: Names::of(inverse, known.target.dialect),
        changes,
        up: known.up,
        live: known.live,
        // What it brings is not there yet, and nobody knows what uses it.
        blind: changes.iter().any(|it| matches!(it, Change::CreateExtension(_))),
    };
    let mut found: Vec<Guard> = Vec::new();
    for change in changes.iter().filter_map(Change::altered) {
        for guard in asking.altered(change) {
            if !found.contains(&guard) {
                found.push(guard);
            }
        }
    }
    found
}

/// What questions are made of.
struct Asking<'a> {
    speech: Speech,
    /// From the names after to those before.
    back: Names,
    changes: &'a [Change],
    up: bool,
    live: &'a Live,
    /// Whether expressions may use what is not there yet.
    blind: bool,
}

impl Asking<'_> {
    fn altered(&self, change: &TableChange) -> Vec<Guard> {
        let rows = Rows::of(self, change);
        let mut found = columns::guards(self, &rows);
        found.extend(rules::guards(self, &rows));
        found
    }

    /// Whether a table, as it is called after, is yet to come, so that it has no rows.
    fn comes(&self, place: Place<'_>) -> bool {
        let created = self.changes.iter().filter_map(Change::created);
        let mut befores = self.changes.iter().filter_map(Change::before);
        let mut by_hand =
            || self.live.schema.at(place).is_some() && !befores.any(|it| it.place() == place);
        // What comes back is in the database before the way up, and not after it.
        let there = self.up && by_hand();
        !there && created.into_iter().any(|it| it.place() == place)
    }

    /// The change of a table, by its name before.
    fn change_of(&self, place: &OwnPlace) -> Option<&TableChange> {
        let mut altered = self.changes.iter().filter_map(Change::altered);
        altered.find(|change| OwnPlace::from(change.before.place()) == *place)
    }
}
