//! Remarks and settings of what stays.

use diesel_autogen_schema::{Delta, Extra, Extras, OwnPlace, Text};

use super::lowering::Lowering;
use super::op::Op;
use super::render::{On, on_rule};

/// The operations that say something else about what stays.
pub(crate) fn remarks(lowering: &Lowering<'_>) -> Vec<Op> {
    let mut ops = Vec::new();
    for (before, after) in &lowering.kinds.remarked {
        let (at, on) = (OwnPlace::from(after.place()), On::Type);
        let (before, after) = (before.comment.clone(), after.comment.clone());
        ops.push(Op::Remark { at, on, before, after });
    }
    for it in &lowering.altered {
        let table = it.at();
        let mut remark = |on: On, before: &Option<Text>, after: &Option<Text>| {
            if before != after {
                let (before, after) = (before.clone(), after.clone());
                ops.push(Op::Remark { at: table.clone(), on, before, after });
            }
        };
        remark(On::Table, &it.before.comment, &it.after.comment);
        for delta in &it.columns {
            match delta {
                // What comes brings its remark, in either direction.
                Delta::Removed(_) | Delta::Added(_) => {}
                // One that is made anew on both ways does as well, and so does one that begins to
                // be computed, or ends.
                Delta::Changed { before, after }
                    if it.disturbed.contains(&*after.name)
                        && (before.generated.is_some() || after.generated.is_some()) => {}
                Delta::Changed { before, after } => {
                    remark(On::Column(after.name.clone()), &before.comment, &after.comment);
                }
            }
        }
        for (before, after) in &it.kept {
            let text = |extras: &Extras| extras.comment().cloned();
            remark(on_rule(after), &text(before.extras()), &text(after.extras()));
        }
        for (rule, after) in &it.kept {
            let (name, before, after) = (after.name().clone(), rule.tuning(), after.tuning());
            if before != after {
                ops.push(Op::Tune { table: table.clone(), name, before, after });
            }
        }
        let (before, after) = (parameters(&it.before.extras), parameters(&it.after.extras));
        if before != after {
            ops.push(Op::Parameters { table: OwnPlace::from(it.after.place()), before, after });
        }
    }
    ops
}

fn parameters(extras: &Extras) -> Extras {
    let own = extras.iter().filter(|extra| matches!(extra, Extra::With(..)));
    own.cloned().collect::<Vec<_>>().into()
}
