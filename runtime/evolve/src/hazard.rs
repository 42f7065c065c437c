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
    /// Labels go that rows may hold.
    RemovesLabels,
    /// Values that rows held are computed anew.
    ReplacesValues,
    /// Rows may hold NULL, or have nothing, where none may be.
    TightensNotNull,
    /// Rows may share what must be unique from now on.
    TightensUnique,
    /// Rows may break a new check.
    TightensCheck,
    /// Rows may refer to nothing.
    TightensForeignKey,
    /// Rows may be what a new rule excludes.
    TightensExclusion,
    /// Values may be of another kind than their column, which nobody looked at before.
    TightensKind,
    /// Values may not be readable as values of the new type.
    CastMayFail,
    /// What rows are filled with may not fit.
    FillMayFail,
    /// What is computed may not fit.
    ComputedMayFail,
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
    /// Whether rows that are there may make the step fail. Then nothing changes, except on engines
    /// where every statement about tables commits by itself.
    pub const fn may_fail(self) -> bool {
        match self {
            HazardCode::RemovesLabels
            | HazardCode::TightensNotNull
            | HazardCode::TightensUnique
            | HazardCode::TightensCheck
            | HazardCode::TightensForeignKey
            | HazardCode::TightensExclusion
            | HazardCode::TightensKind
            | HazardCode::CastMayFail
            | HazardCode::FillMayFail
            | HazardCode::ComputedMayFail => true,
            HazardCode::DropsTable
            | HazardCode::DropsColumn
            | HazardCode::NarrowsType
            | HazardCode::ReplacesValues
            | HazardCode::Blocked
            | HazardCode::RewritesTable
            | HazardCode::LosesOnDown
            | HazardCode::IrreversibleData => false,
        }
    }

    /// Every code, in declaration order.
    pub const ALL: [HazardCode; 18] = [
        HazardCode::DropsTable,
        HazardCode::DropsColumn,
        HazardCode::NarrowsType,
        HazardCode::RemovesLabels,
        HazardCode::ReplacesValues,
        HazardCode::TightensNotNull,
        HazardCode::TightensUnique,
        HazardCode::TightensCheck,
        HazardCode::TightensForeignKey,
        HazardCode::TightensExclusion,
        HazardCode::TightensKind,
        HazardCode::CastMayFail,
        HazardCode::FillMayFail,
        HazardCode::ComputedMayFail,
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
            HazardCode::RemovesLabels => "removes-labels",
            HazardCode::ReplacesValues => "replaces-values",
            HazardCode::TightensNotNull => "tightens-not-null",
            HazardCode::TightensUnique => "tightens-unique",
            HazardCode::TightensCheck => "tightens-check",
            HazardCode::TightensForeignKey => "tightens-foreign-key",
            HazardCode::TightensExclusion => "tightens-exclusion",
            HazardCode::TightensKind => "tightens-kind",
            HazardCode::CastMayFail => "cast-may-fail",
            HazardCode::FillMayFail => "fill-may-fail",
            HazardCode::ComputedMayFail => "computed-may-fail",
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
            HazardCode::RemovesLabels => "labels go that rows may hold",
            HazardCode::TightensNotNull => "rows may have nothing where something must be",
            HazardCode::TightensUnique => "rows may share what must be unique from now on",
            HazardCode::TightensCheck => "rows may break a new check",
            HazardCode::TightensForeignKey => "rows may refer to rows that are not there",
            HazardCode::TightensExclusion => "rows may be what a new rule excludes",
            HazardCode::TightensKind => "values may be of another kind than their column",
            HazardCode::CastMayFail => "values may not be readable as values of the new type",
            HazardCode::FillMayFail => "what rows are filled with may not fit",
            HazardCode::ComputedMayFail => "what is computed may not fit",
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
            HazardCode::RemovesLabels => {
                "Give the rows another label first, or say with `renamed_from` which one they get; \
                 the migration counts those that are left, and fails before anything changes."
            }
            HazardCode::TightensNotNull => {
                "A `backfill` says what rows get that have nothing; without one the migration counts \
                 them, and fails before anything changes."
            }
            HazardCode::TightensUnique
            | HazardCode::TightensCheck
            | HazardCode::TightensForeignKey
            | HazardCode::TightensKind => {
                "The migration counts such rows, and fails before anything changes; diesel-autogen \
                 check --database counts them beforehand."
            }
            HazardCode::TightensExclusion => "Look for such rows first.",
            HazardCode::CastMayFail => {
                "Say with `using` how values are read; where it can be told beforehand which cannot \
                 be, the migration counts them, and fails before anything changes."
            }
            HazardCode::FillMayFail | HazardCode::ComputedMayFail => {
                "Try the expression on a copy of the rows first: SELECT it from the table."
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
