//! One change as several revisions, so that the program from before goes on while it is made.
//!
//! PostgreSQL makes an index, looks at rows for a new rule and fills a column while others read and
//! write, each in its own way and none of them together with what locks a table. So a change is
//! taken apart: the schemas on the way are facts like any others, and what leads from one to the
//! next is a change like any other, which is planned, proved and recorded by itself.
//!
//! What programs from before can live with comes first ([`Phase::Expand`]). Then comes what forbids
//! them something, and last what takes something away ([`Phase::Contract`]).

mod calm;
mod fill;
mod later;
mod look;
mod retype;
mod together;
mod wait;
mod walk;

use std::borrow::Cow;

use diesel_autogen_schema::{Change, Dialect, DiffError, Live, OwnPlace, Schema, diff};

pub(crate) use self::fill::{Fill, Filling};
pub use self::fill::{SAID, Stepwise, stepwise};
pub(crate) use self::look::is_looked_at;
pub use self::together::{Because, Together, together};
use crate::decide::Refusal;
use crate::dialect::Target;
use crate::dialect::postgres::{Spot, rule::Rule};
use crate::plan::{Plan, plan_leaving};
use crate::revision::Phase;

/// How many rows are filled at once unless somebody says otherwise.
pub const BATCH: u32 = 10_000;

/// Which ways apart are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Whether tables that are there are to be kept from nobody for longer than a moment.
    pub phased: bool,
    /// How many rows are filled at once, in revisions of their own. In phases it is [`BATCH`] unless
    /// it is said.
    pub batch: Option<u32>,
}

/// One revision of several that make a change together.
#[derive(Clone, Debug)]
pub struct Stage<'s> {
    /// What it is to programs that run meanwhile; `None` when nobody asked for phases.
    pub phase: Option<Phase>,
    /// What sets it apart from the others, in a few words; empty for the first.
    pub about: String,
    /// What the models own before it.
    pub before: Cow<'s, Schema>,
    /// What they own after it.
    pub after: Cow<'s, Schema>,
    /// Columns that a stage behind it drops, and that need no value from this one on.
    leaving: Vec<Spot>,
    work: Work,
}

/// What a revision does.
#[derive(Clone, Debug)]
enum Work {
    /// It leads from one schema to the other.
    Change,
    /// It looks at the rows from before for rules that hold for new ones; no fact changes.
    Look {
        rules: Vec<(OwnPlace, Rule)>,
        /// What brought the rules.
        changes: Vec<Change>,
    },
    /// It fills rows; no fact changes.
    Fill(Fill),
}

impl<'s> Stage<'s> {
    /// The only revision, where nobody asks for more or nothing is to be done.
    pub fn at_once(before: &'s Schema, after: &'s Schema) -> Stage<'s> {
        Stage {
            phase: None,
            about: String::new(),
            before: Cow::Borrowed(before),
            after: Cow::Borrowed(after),
            leaving: Vec::new(),
            work: Work::Change,
        }
    }

    /// What it changes, facts alone.
    ///
    /// # Errors
    /// As [`diff`].
    pub fn changes(&self) -> Result<Vec<Change>, Vec<DiffError>> {
        match &self.work {
            Work::Change => diff(&self.before, &self.after),
            Work::Look { .. } | Work::Fill(_) => Ok(Vec::new()),
        }
    }

    /// The plan of its `changes` on a database that holds `live`.
    ///
    /// # Errors
    /// As [`plan`](crate::plan::plan).
    pub fn plan(
        &self,
        changes: &[Change],
        target: &Target,
        live: &Live,
    ) -> Result<Plan, Vec<Refusal>> {
        match &self.work {
            Work::Change => {
                let target = target.phased(self.phase.is_some());
                plan_leaving(changes, &self.leaving, &target, live)
            }
            Work::Look { rules, changes } => Ok(look::plan(rules, changes, target, live)),
            Work::Fill(fill) => Ok(fill.plan(target)),
        }
    }
}

/// The revisions that turn `before` into `after`, in order; none when nothing differs.
///
/// # Errors
/// As [`diff`].
pub fn stages<'s>(
    before: &'s Schema,
    after: &'s Schema,
    dialect: Dialect,
    asked: Asked,
) -> Result<Vec<Stage<'s>>, Vec<DiffError>> {
    let changes = diff(before, after)?;
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    if asked == Asked::default() {
        return Ok(vec![Stage::at_once(before, after)]);
    }
    let later = later::Later::of(&changes, (before, after), dialect, asked);
    walk::stages(before, after, &later, asked)
}
