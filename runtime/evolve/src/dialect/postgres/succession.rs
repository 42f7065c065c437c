//! What may become of values where a column takes the place of the one that it follows.

use diesel_autogen_schema::{Column, Dialect, Expr, Table};

use super::alter::Direction;
use super::hazards::{misfit, object, retyping};
use crate::guard::{Speech, is_stopped};
use crate::hazard::Hazard;

/// What stands in the way of a column of a table that takes the place of the one that it follows.
pub(super) fn following(object: &str, table: &Table, column: &Column) -> Vec<Hazard> {
    let of = column.extras.follows().and_then(|of| table.column(of));
    // Labels that become others are known.
    let labels = [of, Some(column)].iter().flatten().all(|it| it.sql_type.enumeration().is_some());
    let by = column.extras.follows_by().filter(|_| !labels).map(|by| Expr(by.clone()));
    let mut found = of.map(|of| retyping(object, of, column)).unwrap_or_default();
    found.retain(|it| !it.loss);
    found.extend(by.and_then(|by| misfit(object, &by, table, column)));
    found
}

/// The column takes the place. Where none of its values may be missing, none is.
pub(super) fn begins(table: &Table, column: &str, direction: Direction) -> Vec<Hazard> {
    let column = table.column(column).filter(|it| it.nullable && direction == Direction::Up);
    let of = column.and_then(|it| table.column(it.extras.follows()?));
    let both = of.zip(column);
    both.map_or_else(Vec::new, |(of, it)| following(&object(table, of), table, it))
}

/// The column follows again the one that gets its place back. Where it did not hold the other's
/// values, what it holds may be nothing that the other can.
pub(super) fn ends(table: &Table, column: &str, direction: Direction) -> Vec<Hazard> {
    let column = table.column(column).filter(|it| it.extras.follows_by().is_some());
    let column = column.filter(|_| direction == Direction::Down);
    let of = column.and_then(|it| table.column(it.extras.follows()?));
    let back = of.zip(column).map(|(of, it)| retyping(&object(table, of), it, of));
    back.unwrap_or_default().into_iter().filter(|it| !it.loss).collect()
}

/// What may be lost with a column that followed another: on the way up it had its place before.
pub(super) fn let_go(table: &Table, column: &Column, direction: Direction) -> Option<Hazard> {
    let of = table.column(column.extras.follows()?)?;
    let speech = Speech { dialect: Dialect::Postgres };
    let stopped = is_stopped(speech, &column.sql_type, &of.sql_type);
    let lossy = direction == Direction::Up && !stopped;
    let mut found = retyping(&object(table, of), column, of).into_iter().filter(|_| lossy);
    found.find(|it| it.loss)
}
