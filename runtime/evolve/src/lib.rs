//! From changes to SQL: what must be decided first, in which order things happen, and the
//! statements of each engine, with what they cost and how they are undone.
//!
//! This crate must not know files, databases, `syn` or Diesel.
//!
//! - [`decide`]: what a person must say before a migration is written,
//! - [`plan`]: changes as [`Step`]s with SQL for both directions,
//! - [`phases`]: one change as several revisions, so that others go on meanwhile,
//! - [`dialect`]: the engines,
//! - [`order`]: which tables come first,
//! - [`hazard`]: what a step does to data, time and the way back,
//! - [`guard`]: what a migration asks of the rows before it changes anything,
//! - [`loss`]: what going back takes with it,
//! - [`script`]: files of SQL as statements, whoever wrote them,
//! - [`cost`]: the locks that a statement takes, and what it does with rows meanwhile,
//! - [`lint`]: opinions about what a migration does,
//! - [`ownership`]: what belongs to the models and what only to the database,
//! - [`retire`]: what no model claims and is kept for a while under another name,
//! - [`revision`]: what is written beside the SQL, and the graph it forms.

pub mod cost;
pub mod decide;
pub mod dialect;
pub mod guard;
pub mod hazard;
pub mod lint;
pub mod loss;
pub mod order;
pub mod ownership;
pub mod phases;
pub mod plan;
pub mod retire;
pub mod revision;
pub mod script;

pub use decide::{Allowed, Refusal, RefusalKind, decide};
pub use dialect::Target;
pub use diesel_autogen_schema::Dialect;
pub use guard::{Counts, Guard};
pub use hazard::{Hazard, HazardCode};
pub use plan::{Plan, Step, plan};
