//! SQLite: few statements that alter a table, and a way to make it anew for everything else.

mod alter;
pub(crate) mod batches;
mod copy;
mod frame;
mod hazards;
mod lower;
mod middle;
mod objects;
mod op;
pub mod quote;
mod rebuild;
pub mod render;
mod rendering;
mod shape;
pub mod types;
mod why;

use diesel_autogen_schema::{Change, Live, Schema};

use self::alter::{Context, Direction};
use self::frame::{Frame, References};
use self::middle::Middle;
use self::op::Op;
use self::rendering::Rendering;
use self::shape::Shape;
use super::Target;
use crate::decide::Refusal;
use crate::guard::guarded;
use crate::ownership::spelled;
use crate::plan::{Plan, Step};

pub(crate) fn plan(changes: &[Change], target: &Target, live: &Live) -> Result<Plan, Vec<Refusal>> {
    let befores = changes.iter().filter_map(Change::before).cloned().collect();
    let afters = changes.iter().filter_map(Change::after).cloned().collect();
    let live = spelled(live, &[&Schema::of(befores), &Schema::of(afters)]);
    let live = live.as_ref();
    let mut ops = lower::lower(changes, live)?;
    let mut references = References::default();
    let before = changes.iter().filter_map(Change::before);
    live.schema.tables.iter().chain(before).for_each(|table| references.add(table));
    let taken = lower::names(changes, live);
    let asides = Middle::of(changes, &taken).asides(changes);
    let (coming, going) = (made(&ops, Op::creates), made(&ops, Op::drops));
    let rendering = |direction| {
        let made = if direction == Direction::Up { &coming } else { &going };
        let context = Context { live, minimum: target.minimum, direction, made, asides: &asides };
        Rendering { context, taken: &taken }
    };
    let inverted = |ops: &[Op]| ops.iter().rev().cloned().map(Op::invert).collect::<Vec<_>>();
    let up_frame = rendering(Direction::Up).frame(&ops, &mut references);
    let down_frame = rendering(Direction::Down).frame(&inverted(&ops), &mut references);
    let transaction = up_frame == Frame::Plain && down_frame == Frame::Plain;
    if transaction {
        ops.retain(|op| !matches!(op, Op::Park | Op::Restore));
    } else {
        ops.insert(0, Op::Open);
        ops.push(Op::Close);
    }
    let up = rendering(Direction::Up).render(&ops, up_frame);
    let mut down = rendering(Direction::Down).render(&inverted(&ops), down_frame);
    down.reverse();
    let steps = up.into_iter().zip(down).map(|(up, down)| Step {
        why: up.why,
        down_why: down.why,
        up: up.statements,
        down: down.statements,
        hazards: up.hazards,
        down_hazards: down.hazards,
        transaction,
        ..Step::default()
    });
    let idle = |step: &Step| step.why.is_empty() && step.down_why.is_empty();
    // Outside of the script's own transaction, if it has one: what fails there leaves none open.
    let guarded = guarded(changes, target, live);
    let steps = guarded.up.into_iter().chain(steps.filter(|step| !idle(step))).chain(guarded.down);
    Ok(Plan { steps: steps.collect(), transaction })
}

fn made(ops: &[Op], pick: fn(&Op) -> Option<&Shape>) -> Vec<String> {
    ops.iter().filter_map(pick).map(|shape| shape.table.name.to_string()).collect()
}
