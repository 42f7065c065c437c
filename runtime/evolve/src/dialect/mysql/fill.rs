//! What rows get in columns that they did not have, in which they held NULL, or whose values are
//! carried over.

use std::collections::BTreeSet;

use diesel_autogen_schema::{Column, Delta, Dialect, Extra, ForeignKey, Table};

use super::alter::{Context, Direction};
use super::fate::Fate;
use super::lower;
use super::op::Alteration;
use super::quote::{expr, ident};
use super::types::{Kind, blank, is_numbered, kind};
use crate::decide::filler;
use crate::dialect::names::is_gone;

/// How rows get the value of a new column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// By the column itself: its default, its number, NULL, or what the server has for nothing.
    Itself,
    /// From an expression over the row.
    From(String),
    /// The same constant in every row.
    Constant(String),
}

pub(crate) fn way(it: &Alteration, column: &Column, context: &Context<'_>) -> Way {
    if let Some(backfill) = &column.backfill {
        return Way::From(expr(backfill.as_str()));
    }
    let itself = column.nullable
        || filler(column).is_some()
        || column.identity.is_some()
        || column.generated.is_some();
    if itself || context.direction == Direction::Up || is_orphan(&it.after, column, context) {
        return Way::Itself;
    }
    stand_in(it, column)
}

/// Whether a column can refer to nothing but a table that comes back without rows.
pub(crate) fn is_orphan(table: &Table, column: &Column, context: &Context<'_>) -> bool {
    keys(table, column).any(|key| context.made.contains(&key.table))
}

fn keys<'t>(table: &'t Table, column: &Column) -> impl Iterator<Item = &'t ForeignKey> {
    table.foreign_keys.iter().filter(|key| key.columns.contains(&column.name))
}

/// Stands in an expression for the number of the row.
const NUMBER: &str = "numbers.number";

/// What a required column that comes back is filled with: the first row that it may refer to,
/// something that differs from row to row where it must, or a blank.
fn stand_in(it: &Alteration, column: &Column) -> Way {
    if let Some(key) = keys(&it.after, column).next() {
        let at = key.columns.iter().position(|name| *name == column.name);
        // What it refers to may come back only after it.
        let there = at.and_then(|at| key.references.get(at)).filter(|name| !is_gone(name));
        if let Some(reference) = there {
            let own = key.table == it.after.name;
            let comes = |name: &str| {
                let mut columns = it.columns.iter();
                columns.any(|delta| matches!(delta, Delta::Added(it) if it.name == name))
            };
            return match it.after.column(reference).filter(|_| own) {
                Some(column) if comes(&column.name) => made_up(it, column),
                Some(_) | None => {
                    let (reference, of) = (ident(reference), ident(&key.table));
                    // No table is read while it is written, but a list that was made of it is.
                    Way::From(format!(
                        "(SELECT value FROM (SELECT MIN({reference}) AS value FROM {of}) AS least)"
                    ))
                }
            };
        }
    }
    made_up(it, column)
}

fn made_up(it: &Alteration, column: &Column) -> Way {
    if is_unique(&it.after, column) && is_numbered(&column.sql_type) {
        return Way::From(NUMBER.to_owned());
    }
    match kind(&column.sql_type) {
        Kind::Date | Kind::Time | Kind::Moment(_) | Kind::Json => {
            blank(&column.sql_type).map_or(Way::Itself, Way::Constant)
        }
        // The server has zero, the empty text and the first label for nothing.
        Kind::Number
        | Kind::Text
        | Kind::LongText
        | Kind::Bytes
        | Kind::LongBytes
        | Kind::Enum
        | Kind::Other => Way::Itself,
    }
}

/// Whether two rows may not hold the same in the column.
pub(crate) fn is_unique(table: &Table, column: &Column) -> bool {
    table.primary_key.contains(&column.name)
        || table.uniques.iter().any(|it| it.columns.contains(&column.name))
        || table.indexes.iter().any(|it| {
            it.unique && it.keys.iter().any(|key| key.mentions(&column.name, Dialect::Mysql))
        })
}

/// A name for a column that holds values meanwhile.
pub(crate) fn aside(it: &Alteration, column: &Column) -> String {
    let both = it.before.columns.iter().chain(&it.after.columns[..]);
    let taken: BTreeSet<String> = both.map(|column| column.name.to_lowercase()).collect();
    lower::aside(&column.name, &taken)
}

/// Whether two names are one to the servers: letters of both cases are.
pub(crate) fn is_same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// What a column that is made anew is called while its values are carried over: as before, unless
/// that is the name of another column by then.
pub(crate) fn there(it: &Alteration, column: &Column) -> String {
    let mut comes = it.columns.iter().filter_map(|delta| match delta {
        Delta::Added(column) => Some(&column.name),
        Delta::Changed { before, after }
            if before.name != after.name && before.name != column.name =>
        {
            Some(&after.name)
        }
        Delta::Changed { .. } | Delta::Removed(_) => None,
    });
    let wanted = comes.any(|name| is_same(name, &column.name));
    if wanted { aside(it, column) } else { column.name.to_string() }
}

/// The statements between the first `ALTER TABLE` and the last.
pub(crate) fn updates(it: &Alteration, fates: &[Fate<'_>]) -> Vec<String> {
    let filling = Filling { it, fates };
    let mut updates = Vec::new();
    for fate in fates {
        match fate {
            Fate::Comes(column, Way::From(value)) => {
                updates.push(filling.set(&ident(&column.name), value, None));
            }
            Fate::Comes(..) | Fate::Goes(_) => {}
            Fate::Anew { before, after, carried: Some(value) } => {
                let aside = ident(&aside(it, after));
                updates.push(filling.set(&aside, value, None));
                updates.extend(filling.tightened(before, after, &aside));
            }
            Fate::Anew { carried: None, .. } => {}
            Fate::Stays { before, after } => {
                updates.extend(filling.tightened(before, after, &ident(&after.name)));
            }
        }
    }
    updates
}

/// Whether rows that hold NULL in the column get something else.
pub(crate) fn is_filled(before: &Column, after: &Column) -> bool {
    let tightened = before.nullable && !after.nullable && after.generated.is_none();
    tightened && filler(after).is_some()
}

/// A table between its two alterations.
struct Filling<'a> {
    it: &'a Alteration,
    fates: &'a [Fate<'a>],
}

impl Filling<'_> {
    /// Fills NULL where none may be.
    fn tightened(&self, before: &Column, after: &Column, name: &str) -> Option<String> {
        let value = filler(after).filter(|_| is_filled(before, after))?;
        Some(self.set(name, &expr(value.as_str()), Some("IS NULL")))
    }

    /// Sets a column in all rows, or in those that fulfil a condition on it. What the server would
    /// set to the time of the update stays as it is.
    fn set(&self, name: &str, value: &str, only: Option<&str>) -> String {
        let table = ident(&self.it.after.name);
        let mut sets = vec![format!("{name} = {value}")];
        let before = &self.it.before;
        for column in before.columns.iter().filter(|it| it.extras.has(&Extra::OnUpdateNow)) {
            if let Some(own) = self.now(&column.name).filter(|own| own != name) {
                sets.push(format!("{own} = {own}"));
            }
        }
        let sets = sets.join(", ");
        if value == NUMBER {
            let key: Vec<String> =
                before.primary_key.iter().filter_map(|name| self.now(name)).collect();
            let key = key.join(", ");
            return format!(
                "UPDATE {table} JOIN (SELECT {key}, ROW_NUMBER() OVER (ORDER BY {key}) AS number \
                 FROM {table}) AS numbers\n    USING ({key}) SET {sets}"
            );
        }
        let only = only.map(|only| format!(" WHERE {name} {only}")).unwrap_or_default();
        format!("UPDATE {table} SET {sets}{only}")
    }

    /// What a column from before is called now; `None` for one that is gone. What goes is there for
    /// the time being, unless its name is wanted.
    fn now(&self, name: &str) -> Option<String> {
        let taken = || self.it.after.columns.iter().any(|it| is_same(&it.name, name));
        self.fates.iter().find_map(|fate| match fate {
            Fate::Goes(column) if column.name == name && !taken() => Some(ident(name)),
            Fate::Stays { before, after } if before.name == name => Some(ident(&after.name)),
            Fate::Anew { before, after: _, carried: Some(_) } if before.name == name => {
                Some(ident(&there(self.it, before)))
            }
            Fate::Stays { .. } | Fate::Anew { .. } | Fate::Comes(..) | Fate::Goes(_) => None,
        })
    }
}
