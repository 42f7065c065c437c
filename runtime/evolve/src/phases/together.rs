//! What is filled together with all else, although it was asked for otherwise.

use std::fmt::{Display, Formatter, Result};

use diesel_autogen_schema::{
    Change, Column, Delta, Dialect, Edit, Schema, TableChange, Text, diff,
};

use super::Asked;
use super::later::Later;
use crate::cost::is_volatile;
use crate::decide::filler;

/// A column that is filled in no revision of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Together {
    /// The column, as it will be called.
    pub column: String,
    /// Why.
    pub because: Because,
}

/// Why a column is filled together with all else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// Rows are gone through by the primary key of the table, which is another one afterwards.
    PrimaryKey(String),
    /// This column is computed from it, and comes with it.
    Computed(Text),
    /// It becomes of another type at once.
    Type,
    /// The database numbers it.
    Numbered,
}

impl Display for Together {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{} is filled in one go, with all else: ", self.column)?;
        match &self.because {
            Because::PrimaryKey(table) => write!(f, "the primary key of {table} changes"),
            Because::Computed(column) => write!(f, "{column} is computed from it"),
            Because::Type => write!(f, "its type changes"),
            Because::Numbered => write!(f, "the database numbers it from then on"),
        }
    }
}

/// The columns that are filled so when `before` becomes `after`.
pub fn together(before: &Schema, after: &Schema, dialect: Dialect, asked: Asked) -> Vec<Together> {
    let changes = diff(before, after).unwrap_or_default();
    if asked == Asked::default() {
        return Vec::new();
    }
    let later = Later::of(&changes, (before, after), dialect, asked);
    let altered = changes.iter().filter_map(Change::altered);
    let all = altered.flat_map(|change| {
        let is_apart = |column: &Column| {
            let mut own = later.fills.iter().filter(|it| it.place() == change.after.place().into());
            own.any(|it| it.column.name == column.name)
        };
        let filled = change.columns().filter_map(|delta| filled(delta, asked));
        filled.filter(move |it| !is_apart(it)).map(move |column| Together {
            column: format!("{}.{}", change.after.place(), column.name),
            because: because(change, column, dialect),
        })
    });
    all.collect()
}

/// The column of the change, if rows that are there get a value in it, each its own.
fn filled(delta: &Delta<Column>, asked: Asked) -> Option<&Column> {
    let after = delta.after().filter(|it| it.generated.is_none())?;
    let is_filled = match delta {
        Delta::Added(_) => {
            let fresh = after.default.as_ref().is_some_and(|it| is_volatile(it.as_str()));
            after.identity.is_none() && (after.backfill.is_some() || fresh && asked.phased)
        }
        Delta::Changed { before, .. } => {
            before.nullable && !after.nullable && filler(after).is_some()
        }
        Delta::Removed(_) => false,
    };
    is_filled.then_some(after)
}

fn because(change: &TableChange, column: &Column, dialect: Dialect) -> Because {
    let keyed = change.edits.iter().any(|it| matches!(it, Edit::PrimaryKey { .. }));
    if keyed {
        return Because::PrimaryKey(change.after.place().to_string());
    }
    if column.identity.is_some() {
        return Because::Numbered;
    }
    let is_computed = |it: &&Column| {
        let from = it.generated.as_ref().map(|it| &it.expr);
        from.is_some_and(|it| it.mentions(&column.name, dialect))
    };
    match change.after.columns.iter().find(is_computed) {
        Some(computed) => Because::Computed(computed.name.clone()),
        None => Because::Type,
    }
}
