//! Random pairs of schemas that a package's models could have: the facts before a migration and
//! those after it, with the hints that a person would write.
//!
//! A pair is made of a recipe, which is nothing but small numbers and lists of them, by functions
//! that take any recipe: what the model language would refuse is mended away. So every recipe is a
//! valid pair, and shrinking one always leaves another.

mod column;
mod edit;
mod expression;
mod hints;
mod mend;
mod mysql;
mod names;
mod postgres;
mod recipe;
mod rename;
mod table;

use std::fmt;

use proptest::prelude::*;

pub use column::literal;
pub use expression::quoted;
pub use mysql::dressed as dressed_for_mysql;
pub use postgres::{TYPES, dressed};

use crate::facts::{Column, Schema, SqlType};
use crate::snapshot::{self, Snapshot};
use recipe::PairRecipe;

/// Two schemas and the hints between them.
#[derive(Clone, PartialEq, Eq)]
pub struct Pair {
    /// What the last revision left, as a snapshot has it.
    pub before: Schema,
    /// What the models say now.
    pub after: Schema,
}

/// Pairs in which the second schema is the first after a few edits, and some of two schemas that
/// know nothing of each other.
pub fn pairs() -> impl Strategy<Value = Pair> {
    recipe::pair().prop_map(|recipe| made(&recipe))
}

fn made(recipe: &PairRecipe) -> Pair {
    let before = mend::mend(table::schema(&recipe.before)).settled();
    let after = match &recipe.other {
        Some(other) => hints::fresh(&before, table::schema(other), &recipe.hints),
        None => {
            let edited = edit::edited(&before, &recipe.edits);
            hints::eased(&before, edited, &recipe.hints)
        }
    };
    Pair { before, after }
}

/// Both sides as people review them, and the hints that no snapshot keeps.
impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (side, schema) in [("before", &self.before), ("after", &self.after)] {
            let snapshot = Snapshot { schema: schema.clone(), ..Snapshot::default() };
            let text = snapshot::write(&snapshot);
            writeln!(f, "\n=== {side}")?;
            for line in text.lines().skip_while(|line| !line.starts_with('[')) {
                writeln!(f, "{line}")?;
            }
            for table in &schema.tables[..] {
                for column in &table.columns[..] {
                    hints_of(f, &table.name, column)?;
                }
            }
        }
        Ok(())
    }
}

fn hints_of(f: &mut fmt::Formatter<'_>, table: &str, column: &Column) -> fmt::Result {
    for (hint, sql) in [("backfill", &column.backfill), ("using", &column.using)] {
        if let Some(sql) = sql {
            writeln!(f, "# {table}.{}: {hint} = {}", column.name, snapshot::quote(sql.as_str()))?;
        }
    }
    if let SqlType::Enum(of) = &column.sql_type {
        for label in of.labels.iter() {
            if let Some(from) = &label.renamed_from {
                writeln!(f, "# {table}.{}: label {} was {from}", column.name, label.name)?;
            }
        }
    }
    Ok(())
}
