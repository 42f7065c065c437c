//! From changes to the steps of a migration.

mod script;

use diesel_autogen_schema::{Change, Dialect, Live};

use crate::decide::Refusal;
use crate::dialect::{Target, mysql, postgres, sqlite};
use crate::guard::Guard;
use crate::hazard::Hazard;
use crate::retire;

/// The steps of one migration, in the order of its `up.sql`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The steps; `down.sql` runs them backwards.
    pub steps: Vec<Step>,
    /// Whether the migration runs inside a transaction of its runner. When it does not, the SQL
    /// opens and commits its own.
    pub transaction: bool,
}

/// One thing that a migration does, and how it is undone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Why, as a short comment: `users: add bio`.
    pub why: String,
    /// Why, on the way down: `users: drop bio`.
    pub down_why: String,
    /// Statements without their semicolons; none when the engine has nothing to do.
    pub up: Vec<String>,
    /// The statements of the inverted step.
    pub down: Vec<String>,
    /// What `up` asks of the rows, when that is all that it does.
    pub guards: Vec<Guard>,
    /// What `down` asks of the rows, when that is all that it does.
    pub down_guards: Vec<Guard>,
    /// What `up` does to data and time.
    pub hazards: Vec<Hazard>,
    /// What `down` does to data and time.
    pub down_hazards: Vec<Hazard>,
    /// Whether the step may run inside a transaction of the runner.
    pub transaction: bool,
}

impl Plan {
    /// The text of `up.sql`.
    pub fn up_sql(&self) -> String {
        script::script(self.steps.iter().map(|step| script::Part {
            why: &step.why,
            statements: &step.up,
            hazards: &step.hazards,
            guards: &step.guards,
        }))
    }

    /// The text of `down.sql`.
    pub fn down_sql(&self) -> String {
        script::script(self.steps.iter().rev().map(|step| script::Part {
            why: &step.down_why,
            statements: &step.down,
            hazards: &step.down_hazards,
            guards: &step.down_guards,
        }))
    }

    /// Every guard of the way up.
    pub fn guards(&self) -> impl Iterator<Item = &Guard> {
        self.steps.iter().flat_map(|step| &step.guards)
    }

    /// Every guard of the way down.
    pub fn down_guards(&self) -> impl Iterator<Item = &Guard> {
        self.steps.iter().rev().flat_map(|step| &step.down_guards)
    }

    /// Every hazard of the way up.
    pub fn hazards(&self) -> impl Iterator<Item = &Hazard> {
        self.steps.iter().flat_map(|step| &step.hazards)
    }

    /// Every hazard of the way down.
    pub fn down_hazards(&self) -> impl Iterator<Item = &Hazard> {
        self.steps.iter().rev().flat_map(|step| &step.down_hazards)
    }
}

/// The plan that makes `changes` on a database that holds `live`.
///
/// # Errors
/// Every change that the engine cannot make without breaking what no model claims.
pub fn plan(changes: &[Change], target: &Target, live: &Live) -> Result<Plan, Vec<Refusal>> {
    plan_leaving(changes, &[], target, live)
}

/// As [`plan`], where columns need no value any more because a revision that follows drops them: on
/// the way down what comes back gets one.
///
/// # Errors
/// As [`plan`].
pub(crate) fn plan_leaving(
    changes: &[Change],
    leaving: &[postgres::Spot],
    target: &Target,
    live: &Live,
) -> Result<Plan, Vec<Refusal>> {
    let changes = &retire::of_engine(changes);
    match target.dialect {
        Dialect::Sqlite => sqlite::plan(changes, target, live),
        Dialect::Postgres => postgres::plan(changes, leaving, target, live),
        Dialect::Mysql => mysql::plan(changes, target, live),
    }
}
