//! SQLite: few statements that alter a table, and a way to make it anew for everything else.

mod alter;
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
mod shape;
pub mod types;

use diesel_autogen_schema::{Change, Live, Object};

use self::alter::{Context, Direction, Way, way};
use self::frame::{Frame, References, net_renames};
use self::hazards::{hazards, why};
use self::op::Op;
use self::shape::Shape;
use super::Target;
use crate::decide::Refusal;
use crate::hazard::Hazard;
use crate::plan::{Plan, Step};

pub(crate) fn plan(changes: &[Change], target: &Target, live: &Live) -> Result<Plan, Vec<Refusal>> {
    let mut ops = lower::lower(changes, live)?;
    let mut references = References::default();
    let before = changes.iter().filter_map(lower::before);
    live.schema.tables.iter().chain(before).for_each(|table| references.add(&Shape::of(table)));
    let taken = lower::names(changes, live);
    let rendering = |direction| Rendering {
        context: Context { live, minimum: target.minimum, direction },
        taken: &taken,
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
    });
    let idle = |step: &Step| step.why.is_empty() && step.down_why.is_empty();
    Ok(Plan { steps: steps.filter(|step| !idle(step)).collect(), transaction })
}

/// An operation in one direction.
#[derive(Default)]
struct Rendered {
    why: String,
    statements: Vec<String>,
    hazards: Vec<Hazard>,
}

struct Rendering<'a> {
    context: Context<'a>,
    taken: &'a [String],
}

impl Rendering<'_> {
    /// What has to stand round the operations.
    fn frame(&self, ops: &[Op], references: &mut References) -> Frame {
        let mut frame = Frame::Plain;
        for op in ops {
            let stopped = references.follow(op);
            if stopped || self.way(op) == Some(Way::Rebuild) {
                frame = Frame::WithoutForeignKeys;
            }
        }
        frame
    }

    fn way(&self, op: &Op) -> Option<Way> {
        match op {
            Op::Alter(old, new) => Some(way(old, new, &self.context)),
            _ => None,
        }
    }

    fn render(&self, ops: &[Op], frame: Frame) -> Vec<Rendered> {
        let rebuilt: Vec<String> = ops
            .iter()
            .filter(|op| self.way(op) == Some(Way::Rebuild))
            .filter_map(|op| match op {
                Op::Alter(old, _) => Some(old.table.name.to_string()),
                _ => None,
            })
            .collect();
        let parked: Vec<&Object> = if rebuilt.is_empty() {
            Vec::new()
        } else {
            objects::in_the_way(self.context.live, &rebuilt)
        };
        let renames = net_renames(ops);
        ops.iter().map(|op| self.one(op, frame, &parked, &renames)).collect()
    }

    fn one(
        &self,
        op: &Op,
        frame: Frame,
        parked: &[&Object],
        renames: &[(String, String)],
    ) -> Rendered {
        let way = self.way(op);
        let rendered = |why: &str, statements| Rendered {
            why: why.to_owned(),
            statements,
            hazards: Vec::new(),
        };
        match (op, frame) {
            (Op::Open, Frame::Plain) => rendered("all or nothing", frame::open(frame, renames)),
            (Op::Open, Frame::WithoutForeignKeys) => rendered(
                "foreign keys off, so that no row goes with its parent; \
                 what is broken already does not count",
                frame::open(frame, renames),
            ),
            (Op::Close, Frame::Plain) => rendered("done", frame::close(frame)),
            (Op::Close, Frame::WithoutForeignKeys) => rendered(
                "fail, and undo everything, when a foreign key is broken now",
                frame::close(frame),
            ),
            (Op::Park | Op::Restore, _) if parked.is_empty() => Rendered::default(),
            (Op::Park, _) => rendered(
                "views and triggers out of the way",
                parked.iter().rev().map(|object| rebuild::drop_object(object)).collect(),
            ),
            (Op::Restore, _) => rendered(
                "views and triggers as they were",
                parked.iter().map(|object| object.sql.to_string()).collect(),
            ),
            _ => Rendered {
                why: why(op),
                statements: self.statements(op, way.as_ref()),
                hazards: hazards(op, way.as_ref(), self.context.direction),
            },
        }
    }

    fn statements(&self, op: &Op, way: Option<&Way>) -> Vec<String> {
        match op {
            Op::Create(shape, triggers) => {
                let name = &shape.table.name;
                let indexes = shape.indexes.iter();
                let mut statements = vec![render::create_shape(shape)];
                statements.extend(indexes.map(|index| render::create_index(name, index)));
                statements.extend(triggers.iter().map(|trigger| trigger.sql.to_string()));
                statements
            }
            Op::Drop(shape, _) => vec![render::drop_table(&shape.table.name)],
            Op::Alter(old, new) => match way {
                Some(Way::Native(statements)) => statements.clone(),
                Some(Way::Rebuild) | None => rebuild::rebuild(old, new, &self.context, self.taken),
            },
            Op::CreateIndex(table, index) => vec![render::create_index(table, index)],
            Op::DropIndex(_, index) => vec![render::drop_index(&index.name)],
            Op::RenameColumn { table, from, to } => vec![render::rename_column(table, from, to)],
            Op::RenameTable { from, to } => vec![render::rename_table(from, to)],
            Op::Open | Op::Close | Op::Park | Op::Restore | Op::Note { .. } => Vec::new(),
        }
    }
}
