//! Operations as statements, in one direction.

use diesel_autogen_schema::Object;

use super::alter::{Context, Way, way};
use super::frame::{self, Frame, Reason, References, net_renames};
use super::hazards::hazards;
use super::objects;
use super::op::Op;
use super::why::why;
use super::{rebuild, render};
use crate::hazard::Hazard;

/// An operation in one direction.
#[derive(Default)]
pub(crate) struct Rendered {
    pub(crate) why: String,
    pub(crate) statements: Vec<String>,
    pub(crate) hazards: Vec<Hazard>,
}

impl Rendered {
    fn frame(why: &str, statements: Vec<String>) -> Rendered {
        Rendered { why: why.to_owned(), statements, hazards: Vec::new() }
    }
}

/// Renders operations in one direction.
pub(crate) struct Rendering<'a> {
    pub(crate) context: Context<'a>,
    /// Names that nothing new may have.
    pub(crate) taken: &'a [String],
}

/// Views and triggers that make room, in creation order.
struct Parked<'a> {
    dropped: Vec<&'a Object>,
    restored: Vec<&'a Object>,
}

impl Rendering<'_> {
    /// What has to stand round the operations.
    pub(crate) fn frame(&self, ops: &[Op], references: &mut References) -> Frame {
        let mut frame = Frame::Plain;
        for op in ops {
            let stopped = references.follow(op);
            let rebuilt = self.way(op) == Some(Way::Rebuild);
            match if rebuilt { Some(Reason::Rows) } else { stopped } {
                Some(Reason::Lookups) if frame != Frame::Plain => {}
                Some(reason) => frame = Frame::WithoutForeignKeys(reason),
                None => {}
            }
        }
        frame
    }

    pub(crate) fn render(&self, ops: &[Op], frame: Frame) -> Vec<Rendered> {
        let parked = self.parked(ops);
        let renames = net_renames(ops);
        ops.iter().map(|op| self.one(op, frame, &parked, &renames)).collect()
    }

    fn way(&self, op: &Op) -> Option<Way> {
        op.alteration().map(|(old, new)| way(old, new, &self.context))
    }

    fn parked(&self, ops: &[Op]) -> Parked<'_> {
        let rebuilt = ops.iter().filter(|op| self.way(op) == Some(Way::Rebuild));
        let rebuilt: Vec<String> =
            rebuilt.filter_map(Op::alteration).map(|(old, _)| old.table.name.to_string()).collect();
        let all = objects::in_the_way(self.context.live, &rebuilt);
        // A trigger goes with a table that goes, and is not there before one that comes.
        let hangs_on =
            |object: &Object, tables: &[String]| tables.contains(&object.name.to_string());
        let triggers = |pick: fn(&Op) -> &[Object]| -> Vec<String> {
            ops.iter().flat_map(pick).map(|object| object.name.to_string()).collect()
        };
        let coming = triggers(|op| if let Op::Create(_, triggers) = op { triggers } else { &[] });
        let going = triggers(|op| if let Op::Drop(_, triggers) = op { triggers } else { &[] });
        Parked {
            dropped: all.iter().filter(|it| !hangs_on(it, &coming)).copied().collect(),
            restored: all.into_iter().filter(|it| !hangs_on(it, &going)).collect(),
        }
    }

    fn one(
        &self,
        op: &Op,
        frame: Frame,
        parked: &Parked<'_>,
        renames: &[(String, String)],
    ) -> Rendered {
        let Parked { dropped, restored } = parked;
        match (op, frame) {
            (Op::Open, Frame::Plain) => {
                Rendered::frame("all or nothing", frame::open(frame, renames))
            }
            (Op::Open, Frame::WithoutForeignKeys(reason)) => {
                let why = match reason {
                    Reason::Rows => "so that no row goes with its parent",
                    Reason::Lookups => "since the index that they need is away for a while",
                };
                Rendered::frame(
                    &format!("foreign keys off, {why}; what is broken already does not count"),
                    frame::open(frame, renames),
                )
            }
            (Op::Close, Frame::Plain) => Rendered::frame("done", frame::close(frame)),
            (Op::Close, Frame::WithoutForeignKeys(_)) => Rendered::frame(
                "fail, and undo everything, when a foreign key is broken now",
                frame::close(frame),
            ),
            (Op::Park, _) if dropped.is_empty() => Rendered::default(),
            (Op::Park, _) => Rendered::frame(
                "views and triggers out of the way",
                dropped.iter().rev().map(|object| rebuild::drop_object(object)).collect(),
            ),
            (Op::Restore, _) if restored.is_empty() => Rendered::default(),
            (Op::Restore, _) => Rendered::frame(
                "views and triggers as they were",
                restored.iter().map(|object| object.sql.to_string()).collect(),
            ),
            (
                Op::Create(..)
                | Op::Drop(..)
                | Op::Alter(..)
                | Op::CreateIndex(..)
                | Op::DropIndex(..)
                | Op::RenameColumn { .. }
                | Op::RenameTable { .. }
                | Op::Note { .. },
                _,
            ) => {
                let way = self.way(op);
                Rendered {
                    why: why(op, self.context.asides),
                    statements: self.statements(op, way.as_ref(), parked),
                    hazards: hazards(op, way.as_ref(), &self.context),
                }
            }
        }
    }

    fn statements(&self, op: &Op, way: Option<&Way>, parked: &Parked<'_>) -> Vec<String> {
        match op {
            Op::Create(shape, triggers) => {
                let name = &shape.table.name;
                let indexes = shape.indexes.iter();
                let now = triggers.iter().filter(|it| !parked.restored.contains(it));
                let mut statements = vec![render::create_shape(shape)];
                statements.extend(indexes.map(|index| render::create_index(name, index)));
                statements.extend(now.map(|trigger| trigger.sql.to_string()));
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
