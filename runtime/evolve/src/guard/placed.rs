//! Guards in their place in a plan.

use diesel_autogen_schema::{Change, Live};

use super::speech::Speech;
use super::statement::statement;
use super::{Guard, Known, guards};
use crate::dialect::Target;
use crate::plan::Step;

/// What the comment before a guard begins with.
pub(super) const SAID: &str = "guard: ";

/// The guards of both directions, each as a step.
pub(crate) struct Guarded {
    /// In the order of `up.sql`.
    pub(crate) up: Vec<Step>,
    /// In the order in which steps stand in a plan, which `down.sql` runs backwards.
    pub(crate) down: Vec<Step>,
}

/// The guards of a plan that makes these changes, as steps without a place.
pub(crate) fn guarded(changes: &[Change], target: &Target, live: &Live) -> Guarded {
    let speech = Speech::of(target);
    let inverse: Vec<Change> = changes.iter().cloned().map(Change::invert).collect();
    let up = guards(changes, &inverse, &Known { target, live, up: true });
    let mut down = guards(&inverse, changes, &Known { target, live, up: false });
    down.reverse();
    let up = up.into_iter().map(|guard| Step {
        why: why(&guard),
        up: vec![statement(&guard, speech)],
        guards: vec![guard],
        ..Step::default()
    });
    let down = down.into_iter().map(|guard| back(guard, speech));
    Guarded { up: up.collect(), down: down.collect() }
}

/// A guard of the way back.
pub(super) fn back(guard: Guard, speech: Speech) -> Step {
    Step {
        down_why: why(&guard),
        down: vec![statement(&guard, speech)],
        down_guards: vec![guard],
        ..Step::default()
    }
}

fn why(guard: &Guard) -> String {
    format!("{SAID}{} [{}]", guard.found, guard.code.name())
}
