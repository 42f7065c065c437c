//! MySQL and MariaDB: a table is altered where it stands, by as few statements as can do it, and
//! every statement commits.

mod alter;
pub(crate) mod batches;
mod blocked;
mod fate;
mod fill;
mod frame;
mod hazards;
mod limits;
mod lower;
pub mod online;
mod op;
pub mod quote;
mod rename;
pub mod render;
mod rules;
pub mod types;
mod weigh;
mod why;

use diesel_autogen_schema::{Change, Live, Schema, Text};

use self::alter::{Context, Direction};
use self::lower::Lowering;
use self::op::Op;
use super::Target;
use crate::decide::Refusal;
use crate::guard::guarded;
use crate::hazard::Hazard;
use crate::ownership::spelled;
use crate::plan::{Plan, Step};

/// The plan that makes `changes` on a database that holds `live`. No transaction holds it
/// together: every statement about a table commits what was before it.
///
/// # Errors
/// What the servers cannot do, and what no model claims and the plan would break.
pub(crate) fn plan(changes: &[Change], target: &Target, live: &Live) -> Result<Plan, Vec<Refusal>> {
    let befores = changes.iter().filter_map(Change::before).cloned().collect();
    let afters = changes.iter().filter_map(Change::after).cloned().collect();
    let live = spelled(live, &[&Schema::of(befores), &Schema::of(afters)]);
    let live = live.as_ref();
    let blocked = blocked::blocked(changes, target, live);
    if !blocked.is_empty() {
        return Err(blocked);
    }
    let ops = Lowering::new(changes, live).ops();
    let inverted: Vec<Op> = ops.iter().rev().cloned().map(Op::invert).collect();
    let up = rendered(&ops, Direction::Up, target, live);
    let mut down = rendered(&inverted, Direction::Down, target, live);
    down.reverse();
    let steps = up.into_iter().zip(down).map(|(up, down)| Step {
        why: up.why,
        down_why: down.why,
        up: up.statements,
        down: down.statements,
        hazards: up.hazards,
        down_hazards: down.hazards,
        transaction: false,
        ..Step::default()
    });
    let mut steps: Vec<Step> = steps.collect();
    if !changes.is_empty() && steps.iter().all(|step| step.up.is_empty()) {
        steps.push(nothing());
        return Ok(Plan { steps, transaction: false });
    }
    let guarded = guarded(changes, target, live);
    steps.splice(0..0, guarded.up);
    steps.extend(guarded.down);
    if let Some((first, last)) = frame::frame(&ops) {
        steps.insert(0, first);
        steps.push(last);
    }
    Ok(Plan { steps, transaction: false })
}

/// What one operation is in one direction.
struct Rendered {
    why: String,
    statements: Vec<String>,
    hazards: Vec<Hazard>,
}

fn rendered(ops: &[Op], direction: Direction, target: &Target, live: &Live) -> Vec<Rendered> {
    let made: Vec<Text> = ops
        .iter()
        .filter_map(|op| {
            if let Op::CreateTable(table, _) = op { Some(table.name.clone()) } else { None }
        })
        .collect();
    let context = Context { target, live, direction, made: &made };
    let one = |op: &Op| {
        let statements = statements(op, &context);
        let hazards = hazards::hazards(op, &statements, &context);
        Rendered { why: why::why(op), statements, hazards }
    };
    ops.iter().map(one).collect()
}

fn statements(op: &Op, context: &Context<'_>) -> Vec<String> {
    use quote::ident;
    let alter =
        |table: &Text, clauses: Vec<String>| vec![alter::statement(table, clauses, context)];
    match op {
        Op::CreateTable(table, supports) => {
            vec![render::create(table, supports, context.target.flavour)]
        }
        Op::DropTable(table, _) => vec![format!("DROP TABLE {}", ident(&table.name))],
        Op::Alter(it) => alter::statements(it, context),
        Op::AddKeys(table, keys) => alter(
            table,
            keys.iter().map(|key| format!("ADD {}", render::foreign_key(key))).collect(),
        ),
        Op::DropKeys(table, keys) => {
            let drop = |name: &Text| format!("DROP FOREIGN KEY {}", ident(name));
            alter(table, keys.iter().map(|key| drop(&key.name)).collect())
        }
        Op::RenameTables(names) => {
            let pair = |(from, to): &(Text, Text)| format!("{} TO {}", ident(from), ident(to));
            let pairs: Vec<String> = names.iter().map(pair).collect();
            vec![format!("RENAME TABLE {}", pairs.join(", "))]
        }
    }
}

fn nothing() -> Step {
    let (why, statement) = ("nothing for the server to do", vec!["SELECT 1".to_owned()]);
    Step {
        why: why.to_owned(),
        down_why: why.to_owned(),
        up: statement.clone(),
        down: statement,
        ..Step::default()
    }
}
