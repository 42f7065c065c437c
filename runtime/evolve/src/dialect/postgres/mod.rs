//! PostgreSQL: almost everything is altered where it stands, in one order for all tables.

mod ahead;
pub(crate) mod alter;
pub(crate) mod altered;
pub(crate) mod back;
pub(crate) mod batches;
mod blocked;
mod fill;
pub mod follow;
mod frame;
pub(crate) mod gentle;
pub(crate) mod going;
mod hazards;
mod idle;
mod kinds;
pub(crate) mod labels;
mod lower;
pub(crate) mod lowering;
mod numbering;
mod op;
pub mod quote;
mod relabel;
mod remarks;
mod renames;
mod render;
mod rendering;
pub(crate) mod rule;
pub(crate) mod rules_sql;
mod sequence;
mod succession;
pub mod types;
mod why;

use diesel_autogen_schema::{Change, Live, OwnPlace};

use self::ahead::Ahead;
use self::alter::{Context, Direction};
pub(crate) use self::going::Spot;
use self::op::Op;
use self::rendering::Rendered;
use super::Target;
use crate::decide::Refusal;
use crate::guard::{Guard, leaving};
use crate::hazard::HazardCode;
use crate::phases::is_looked_at;
use crate::plan::{Plan, Step};

pub(crate) fn plan(
    changes: &[Change],
    leaving: &[Spot],
    target: &Target,
    live: &Live,
) -> Result<Plan, Vec<Refusal>> {
    let ops = lower::lower(changes, leaving, target, live)?;
    if target.online.phased
        && let Some(step) = gentle::concurrent(&ops)
    {
        return Ok(Plan { steps: vec![step], transaction: false });
    }
    let inverted: Vec<Op> = ops.iter().rev().cloned().map(Op::invert).collect();
    let up = Way::of(&ops, Direction::Up, target, live);
    let mut down = Way::of(&inverted, Direction::Down, target, live);
    down.rendered.reverse();
    let transaction = up.ahead.is_empty() && down.ahead.is_empty();
    let steps = up.rendered.into_iter().zip(down.rendered).map(|(up, down)| Step {
        why: up.why,
        down_why: down.why,
        up: up.statements,
        down: down.statements,
        hazards: up.hazards,
        down_hazards: down.hazards,
        transaction,
        ..Step::default()
    });
    let mut steps: Vec<Step> = steps.collect();
    let mut guarded = leaving::guarded(changes, leaving, target, live);
    if target.online.phased {
        // A revision that follows looks at rows for them.
        let mut tables = changes.iter().flat_map(|it| it.before().into_iter().chain(it.after()));
        let required = !tables.any(rule::is_proving);
        let stays = |it: &Guard| match it.code == HazardCode::TightensNotNull {
            true => required,
            false => !is_looked_at(it.code),
        };
        guarded.up.retain(|step| step.guards.iter().all(stays));
    }
    if !transaction {
        return Ok(Plan {
            steps: frame::framed(steps, guarded, up.ahead, down.ahead),
            transaction,
        });
    }
    if !changes.is_empty() && steps.iter().all(|step| step.up.is_empty()) {
        // A file without any statement is an error to whoever runs it.
        steps.push(nothing());
    }
    steps.splice(0..0, guarded.up);
    steps.extend(guarded.down);
    if target.online.phased && !changes.is_empty() {
        steps = gentle::patient(steps, gentle::locked(changes));
    }
    Ok(Plan { steps, transaction })
}

/// One direction.
struct Way {
    rendered: Vec<Rendered>,
    /// What has to be committed before the rest begins.
    ahead: Vec<String>,
}

impl Way {
    fn of(ops: &[Op], direction: Direction, target: &Target, live: &Live) -> Way {
        let (made, idle) = (made(ops), idle::idle(ops));
        let render = |ahead: &Ahead| -> Vec<Rendered> {
            let context = |at: usize| Context {
                live,
                minimum: target.minimum,
                direction,
                phased: target.online.phased && direction == Direction::Up,
                made: &made,
                later: &ops[at + 1..],
                idle: &idle,
                ahead,
            };
            ops.iter().enumerate().map(|(at, op)| rendering::rendered(op, &context(at))).collect()
        };
        let rendered = render(&Ahead::default());
        let ahead = Ahead::of(ops, &rendered);
        let statements = ahead.statements(ops, direction);
        let plain = ahead.added.is_empty() && ahead.anew.is_empty();
        Way { rendered: if plain { rendered } else { render(&ahead) }, ahead: statements }
    }
}

pub(crate) fn nothing() -> Step {
    let (why, statement) = ("nothing for PostgreSQL to do", vec!["SELECT 1".to_owned()]);
    Step {
        why: why.to_owned(),
        down_why: why.to_owned(),
        up: statement.clone(),
        down: statement,
        transaction: true,
        ..Step::default()
    }
}

/// The tables that these operations make.
fn made(ops: &[Op]) -> Vec<OwnPlace> {
    let tables = ops.iter().filter_map(|op| {
        if let Op::CreateTable(table) = op { Some(OwnPlace::from(table.place())) } else { None }
    });
    tables.collect()
}
