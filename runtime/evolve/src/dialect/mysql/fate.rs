//! What becomes of each column of an altered table.

use std::collections::BTreeSet;

use diesel_autogen_schema::{Column, Delta, Dialect, Expr, Flavour, Storage};

use super::alter::{Context, Direction};
use super::fill::{self, Way};
use super::op::Alteration;
use super::quote::{expr, ident, string};
use super::render;
use super::types::{is_castable, kind};
use crate::decide::relabelled;

/// What becomes of a column.
pub(crate) enum Fate<'a> {
    /// It comes, and rows get values so.
    Comes(&'a Column, Way),
    /// It goes.
    Goes(&'a Column),
    /// It is dropped and made again, with its values carried over by an expression over the old
    /// ones, if there are any.
    Anew { before: &'a Column, after: &'a Column, carried: Option<String> },
    /// It is changed where it stands.
    Stays { before: &'a Column, after: &'a Column },
}

/// What becomes of every column.
pub(crate) fn fates<'a>(it: &'a Alteration, context: &Context<'_>) -> Vec<Fate<'a>> {
    let delta = |column: &Column| {
        it.columns.iter().find(|delta| delta.after().is_some_and(|it| it.name == column.name))
    };
    let mut fates: Vec<Fate<'a>> = it
        .columns
        .iter()
        .filter_map(|delta| match delta {
            Delta::Removed(column) => Some(Fate::Goes(column)),
            Delta::Added(_) | Delta::Changed { .. } => None,
        })
        .collect();
    for column in render::ordered(&it.after.columns) {
        fates.push(match delta(column) {
            Some(Delta::Added(column)) => Fate::Comes(column, fill::way(it, column, context)),
            Some(Delta::Changed { before, after }) => changed(it, before, after, context),
            Some(Delta::Removed(_)) | None => {
                let before = it.before.column(&column.name).unwrap_or(column);
                Fate::Stays { before, after: column }
            }
        });
    }
    let moved = moved(it, &fates, context.target.flavour);
    let fates = fates.into_iter().map(|fate| match fate {
        Fate::Stays { before, after } if depends(before, after, &moved) => {
            Fate::Anew { before, after, carried: None }
        }
        other => other,
    });
    fates.collect()
}

fn changed<'a>(
    it: &Alteration,
    before: &'a Column,
    after: &'a Column,
    context: &Context<'_>,
) -> Fate<'a> {
    let there = fill::there(it, before);
    let name = ident(&there);
    match (&before.generated, &after.generated) {
        (None, Some(_)) => return Fate::Anew { before, after, carried: None },
        (Some(a), Some(b)) if a.storage != b.storage => {
            return Fate::Anew { before, after, carried: None };
        }
        (Some(a), None) if a.storage == Storage::Virtual => {
            let retyped = !before.sql_type.same_facts(&after.sql_type);
            let carried = match &after.using {
                Some(using) if retyped => Some(converted(using, &there, after)),
                Some(_) | None => is_castable(&before.sql_type, &after.sql_type).then_some(name),
            };
            return Fate::Anew { before, after, carried };
        }
        (Some(_), _) | (None, None) => {}
    }
    if before.sql_type.same_facts(&after.sql_type) {
        return Fate::Stays { before, after };
    }
    let carried = match (&after.using, before.sql_type.enumeration(), after.sql_type.enumeration())
    {
        (Some(using), ..) => Some(converted(using, &there, after)),
        (None, Some(a), Some(b)) => {
            let cases: String = a
                .labels
                .iter()
                .filter_map(|label| {
                    let now = relabelled(&label.name, a, b).filter(|now| *now != label.name)?;
                    let (was, now) = (string(&label.name), string(now));
                    Some(format!(" WHEN {was} THEN {now}"))
                })
                .collect();
            (!cases.is_empty()).then(|| format!("CASE {name}{cases} ELSE {name} END"))
        }
        (None, ..) => None,
    };
    match carried {
        Some(carried) => Fate::Anew { before, after, carried: Some(carried) },
        // On the way up it is refused.
        None if context.direction == Direction::Down
            && !is_castable(&before.sql_type, &after.sql_type) =>
        {
            Fate::Anew { before, after, carried: None }
        }
        None => Fate::Stays { before, after },
    }
}

/// What `using` says, of the column as it is called meanwhile.
fn converted(using: &Expr, there: &str, after: &Column) -> String {
    let own = [(&*after.name, there)];
    expr(using.renamed(&own, Dialect::Mysql).as_str())
}

/// Names, before and after, of columns that are made anew; on MySQL what is computed from a column
/// does not follow when that is renamed either.
fn moved(it: &Alteration, fates: &[Fate<'_>], flavour: Flavour) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for fate in fates {
        match fate {
            Fate::Anew { before, after, carried: _ } => {
                names.extend([before.name.to_string(), after.name.to_string()]);
            }
            Fate::Stays { before, after } if is_read_otherwise(before, after) => {
                names.extend([before.name.to_string(), after.name.to_string()]);
            }
            Fate::Comes(..) | Fate::Goes(_) | Fate::Stays { .. } => {}
        }
    }
    if flavour == Flavour::Mysql {
        let renames = it.renames().into_iter();
        names.extend(renames.flat_map(|(from, to)| [from.to_owned(), to.to_owned()]));
    }
    names
}

/// Whether expressions over the column mean something else: the server keeps them as it understood
/// them for the old type.
pub(crate) fn is_read_otherwise(before: &Column, after: &Column) -> bool {
    use std::mem::discriminant;
    discriminant(&kind(&before.sql_type)) != discriminant(&kind(&after.sql_type))
}

fn depends(before: &Column, after: &Column, moved: &BTreeSet<String>) -> bool {
    let of = |column: &Column| {
        column
            .generated
            .as_ref()
            .is_some_and(|it| moved.iter().any(|name| it.expr.mentions(name, Dialect::Mysql)))
    };
    of(before) || of(after)
}
