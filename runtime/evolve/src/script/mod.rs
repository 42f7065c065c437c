//! Files of SQL as statements that rules can look at: what each does to which table, on which line.
//!
//! The reader knows the statements that change schemas, clause by clause, and lets the rest be: a
//! clause that it does not know is [`Clause::Other`], a statement [`Action::Unknown`]. Parsers of
//! whole grammars were measured, and give up a whole statement for one clause that is new to them;
//! here the other clauses still count.

mod action;
mod alter;
mod column;
mod constraint;
mod create;
mod cursor;
mod definition;
mod engine;
mod known;
mod known_table;
mod options;
mod other;
mod recorded;
mod split;
mod statement;
mod table;
mod token;
mod type_text;
mod unchecked;

pub use action::{Action, Clause};
pub use definition::{ColumnDef, Constraint, IndexDef, Made, Reference, RuleKind};
pub(crate) use engine::folded;
pub use known::Known;
pub use known_table::{KnownColumn, KnownIndex, KnownTable};
pub(crate) use split::split as parts;
pub use statement::{Allow, Statement, read};
pub use table::CreateTable;
pub use type_text::TypeText;
pub use unchecked::unchecked;
