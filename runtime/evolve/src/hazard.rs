//! What a step does to data, time and the way back.

use std::fmt;

/// A fact about a step, computed where the step is made. Opinions about it are lints.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hazard {
    /// What kind of fact.
    pub code: HazardCode,
    /// What it is about: `users`, `users.email`.
    pub object: String,
    /// The fact as a fragment: `column dropped`.
    pub detail: String,
    /// Whether rows lose something that they held.
    pub loss: bool,
}

impl Hazard {
    pub(crate) fn new(
        code: HazardCode,
        object: impl Into<String>,
        detail: impl Into<String>,
    ) -> Hazard {
        Hazard { code, object: object.into(), detail: detail.into(), loss: false }
    }

    pub(crate) fn loss(mut self) -> Hazard {
        self.loss = true;
        self
    }
}

impl fmt::Display for Hazard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.object, self.detail)
    }
}

/// The kinds of [`Hazard`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HazardCode {
    /// A table goes with its rows.
    DropsTable,
    /// A column goes with its values.
    DropsColumn,
    /// Values may not fit the new type whole.
    NarrowsType,
    /// Values that rows held are computed anew.
    ReplacesValues,
    /// Rows that are there may make it fail.
    MayFail,
    /// Something that no model owns needs what is there as it is, and makes it fail until it goes.
    Blocked,
    /// Every row is written again, and nobody else writes meanwhile.
    RewritesTable,
    /// Undoing this step loses what was written after it.
    LosesOnDown,
    /// What was lost does not come back.
    IrreversibleData,
}

impl HazardCode {
    /// Every code, in declaration order.
    pub const ALL: [HazardCode; 9] = [
        HazardCode::DropsTable,
        HazardCode::DropsColumn,
        HazardCode::NarrowsType,
        HazardCode::ReplacesValues,
        HazardCode::MayFail,
        HazardCode::Blocked,
        HazardCode::RewritesTable,
        HazardCode::LosesOnDown,
        HazardCode::IrreversibleData,
    ];

    /// Stable name: `drops-table`.
    pub const fn name(self) -> &'static str {
        match self {
            HazardCode::DropsTable => "drops-table",
            HazardCode::DropsColumn => "drops-column",
            HazardCode::NarrowsType => "narrows-type",
            HazardCode::ReplacesValues => "replaces-values",
            HazardCode::MayFail => "may-fail",
            HazardCode::Blocked => "blocked",
            HazardCode::RewritesTable => "rewrites-table",
            HazardCode::LosesOnDown => "loses-on-down",
            HazardCode::IrreversibleData => "irreversible-data",
        }
    }

    /// What it says, as a fragment.
    pub const fn meaning(self) -> &'static str {
        match self {
            HazardCode::DropsTable => "a table goes with its rows",
            HazardCode::DropsColumn => "a column goes with its values",
            HazardCode::NarrowsType => "values may not fit the new type whole",
            HazardCode::ReplacesValues => "values that rows held are computed anew",
            HazardCode::MayFail => "rows that are there may make it fail, and then nothing changes",
            HazardCode::Blocked => {
                "something that no model owns needs what is there as it is, and makes it fail"
            }
            HazardCode::RewritesTable => {
                "every row is written anew, and nobody else writes meanwhile"
            }
            HazardCode::LosesOnDown => "going back loses what was written since",
            HazardCode::IrreversibleData => "going back does not bring back what was lost",
        }
    }

    /// What to do about it.
    pub const fn way_out(self) -> &'static str {
        match self {
            HazardCode::DropsTable | HazardCode::DropsColumn => {
                "Rename it to `deprecated_…` first, and drop it once nothing reads it; a loss that is \
                 meant is allowed by name, --allow-loss."
            }
            HazardCode::NarrowsType => {
                "Count the rows that do not fit first, and say with `using` what becomes of them."
            }
            HazardCode::ReplacesValues => {
                "Keep the old values in a column of their own for as long as somebody may miss them."
            }
            HazardCode::MayFail => {
                "Look for such rows first; a `backfill` says what those get that have no value."
            }
            HazardCode::RewritesTable => {
                "Do it while few use the table; or add a second column, fill it in batches, and switch \
                 over."
            }
            HazardCode::Blocked => {
                "Drop what stands in its way first, and make it again behind it."
            }
            HazardCode::LosesOnDown => "Go back soon, or make a copy of the rows before.",
            HazardCode::IrreversibleData => "Make a copy of the rows before the way up.",
        }
    }
}
