//! The rows of a table as a migration will have them, said over the rows as they are.

use diesel_autogen_schema::{Column, Delta, Dialect, Expr, PgType, SqlType, Table, TableChange};

use super::speech::Speech;
use super::{Asking, Counts};
use crate::decide::{filler, tightening};
use crate::dialect::sqlite::render::is_literal;

/// What a column will hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// What it holds.
    Kept,
    /// What this gives, over the row as it is.
    Said(String),
    /// NULL.
    Nothing,
    /// Nobody can say it before the migration has run.
    Unknown,
}

/// A column of the table as it will be.
pub(super) struct Fate<'a> {
    /// As it will be, under the names from before.
    pub(super) after: Column,
    /// As it is; `None` when it is new.
    pub(super) before: Option<&'a Column>,
    /// How it will be called.
    pub(super) name: &'a str,
    pub(super) value: Value,
}

/// The rows of one altered table.
pub(super) struct Rows<'a> {
    pub(super) speech: Speech,
    pub(super) change: &'a TableChange,
    /// The table as it will be, under the names from before.
    pub(super) target: Table,
    pub(super) fates: Vec<Fate<'a>>,
}

impl<'a> Rows<'a> {
    pub(super) fn of(asking: &Asking<'_>, change: &'a TableChange) -> Rows<'a> {
        let target = asking.back.while_there(&change.after);
        let pairs = change.after.columns.iter().zip(target.columns.iter());
        let fates = pairs.map(|(after, own)| Fate {
            after: own.clone(),
            before: before(change, after),
            name: &after.name,
            value: Value::Unknown,
        });
        let fates = fates.collect();
        let mut rows = Rows { speech: asking.speech, change, target, fates };
        rows.value_plain(asking.blind);
        rows.value_computed(asking.blind);
        rows
    }

    fn value_plain(&mut self, blind: bool) {
        let values: Vec<Value> = self
            .fates
            .iter()
            .map(|fate| match fate.after.generated {
                Some(_) => Value::Unknown,
                None => self.plain(fate, blind),
            })
            .collect();
        self.fates.iter_mut().zip(values).for_each(|(fate, value)| fate.value = value);
    }

    /// What is computed, where it is computed from what stays as it is.
    fn value_computed(&mut self, blind: bool) {
        let values: Vec<Option<Value>> = self
            .fates
            .iter()
            .map(|fate| {
                let generated = fate.after.generated.as_ref()?;
                let same = fate.before.is_some_and(|it| it.generated == fate.after.generated);
                let sources = self.mentioned(&generated.expr);
                let kept = sources.iter().all(|source| source.value == Value::Kept);
                Some(match (same && kept, kept && !blind) {
                    (true, _) => Value::Kept,
                    (false, true) => Value::Said(self.speech.expr(&generated.expr)),
                    (false, false) => Value::Unknown,
                })
            })
            .collect();
        for (fate, value) in self.fates.iter_mut().zip(values) {
            fate.value = value.unwrap_or_else(|| fate.value.clone());
        }
    }

    fn plain(&self, fate: &Fate<'_>, blind: bool) -> Value {
        let after = &fate.after;
        let said = |expr: &Expr| match is_sayable(self.change, expr, self.speech.dialect) && !blind
        {
            true => Value::Said(self.speech.expr(expr)),
            false => Value::Unknown,
        };
        let Some(before) = fate.before else {
            // A name that something else still has says nothing.
            let taken = self.change.before.column(&after.name).is_some();
            return match (filler(after), &after.identity) {
                (_, Some(_)) => Value::Unknown,
                _ if taken => Value::Unknown,
                (Some(value), None) => said(value),
                (None, None) if after.nullable && !self.may_come(&after.sql_type, blind) => {
                    Value::Nothing
                }
                (None, None) => Value::Unknown,
            };
        };
        if before.generated.is_some() || before.collation != after.collation {
            return Value::Unknown;
        }
        let retyped = !before.sql_type.same_facts(&after.sql_type);
        if retyped && !stays(&before.sql_type, &after.sql_type) {
            return match &after.using {
                Some(using) => said(using),
                None => Value::Unknown,
            };
        }
        if let Some(using) = after.using.as_ref().filter(|_| retyped) {
            return said(using);
        }
        match tightening(before, after).filter(|_| before.nullable && !after.nullable) {
            None => Value::Kept,
            Some(value) => match said(value) {
                Value::Said(value) => {
                    Value::Said(format!("coalesce({}, {value})", self.speech.ident(&before.name)))
                }
                other => other,
            },
        }
    }

    /// Whether the migration may be what makes the type, so that nothing can be named by it yet.
    fn may_come(&self, of: &SqlType, blind: bool) -> bool {
        let of_an_extension = |of: &SqlType| {
            matches!(of, SqlType::Custom(_) | SqlType::Pg(PgType::Citext))
                || matches!(of, SqlType::Pg(PgType::Array(it))
                    if matches!(**it, SqlType::Custom(_) | SqlType::Pg(PgType::Citext)))
        };
        self.speech.dialect == Dialect::Postgres
            && (of.enumeration().is_some() || blind && of_an_extension(of))
    }

    /// The columns that an expression over the table as it will be names.
    pub(super) fn mentioned(&self, expr: &Expr) -> Vec<&Fate<'a>> {
        self.fates
            .iter()
            .filter(|fate| expr.mentions(&fate.after.name, self.speech.dialect))
            .collect()
    }

    pub(super) fn fate(&self, name: &str) -> Option<&Fate<'a>> {
        self.fates.iter().find(|fate| fate.after.name == name)
    }

    /// What to select from so that these columns hold what they will hold, under the name of the
    /// table; `None` when nobody can say it.
    pub(super) fn holding(&self, columns: &[&Fate<'a>]) -> Option<String> {
        let table = self.speech.place(self.change.before.place());
        if columns.iter().all(|it| it.value == Value::Kept) {
            return Some(table);
        }
        let typed = |value: &str, it: &Fate<'_>| {
            let name = self.speech.ident(&it.after.name);
            match self.speech.dialect {
                // A bare literal would be text.
                Dialect::Postgres => {
                    format!("{value}::{} AS {name}", self.speech.spelled(&it.after.sql_type))
                }
                Dialect::Sqlite | Dialect::Mysql => format!("{value} AS {name}"),
            }
        };
        let values: Option<Vec<String>> = columns
            .iter()
            .map(|it| {
                let name = self.speech.ident(&it.after.name);
                match &it.value {
                    Value::Kept => Some(name),
                    // What a text becomes as a label is said by the type that it gets.
                    Value::Said(_) if it.after.sql_type.enumeration().is_some() => None,
                    Value::Said(value) => Some(typed(value, it)),
                    Value::Nothing => Some(typed("NULL", it)),
                    Value::Unknown => None,
                }
            })
            .collect();
        let name = self.speech.ident(&self.change.before.name);
        Some(format!("(SELECT {} FROM {table}) AS {name}", values?.join(", ")))
    }

    /// The table as it is called now, in a sentence.
    pub(super) fn name(&self) -> String {
        self.change.before.place().to_string()
    }

    /// The table as it will be called, which is what hazards call it.
    pub(super) fn new_name(&self) -> String {
        self.change.after.place().to_string()
    }
}

/// The query for the number of rows, of those that meet a condition where there is one.
pub(super) fn counted(from: &str, condition: Option<&str>) -> Counts {
    let count = format!("SELECT count(*) AS n FROM {from}");
    let condition = condition.map(|it| format!("WHERE {it}"));
    Counts::Rows(std::iter::once(count).chain(condition).collect())
}

/// The column as it is; `None` when it is new.
fn before<'a>(change: &'a TableChange, after: &Column) -> Option<&'a Column> {
    let is_it = |delta: &&Delta<Column>| delta.after().is_some_and(|it| it.name == after.name);
    match change.columns().find(is_it) {
        Some(Delta::Added(_) | Delta::Removed(_)) => None,
        Some(Delta::Changed { before, after: _ }) => Some(before),
        None => change.before.column(&after.name),
    }
}

/// Whether an expression that a person wrote for rows means the same before anything is renamed or
/// made as it does then.
pub(super) fn is_sayable(change: &TableChange, expr: &Expr, dialect: Dialect) -> bool {
    let mut renames = change.column_renames().into_iter();
    let new = |name: &str| change.before.column(name).is_none();
    let names_new =
        change.after.columns.iter().any(|it| new(&it.name) && expr.mentions(&it.name, dialect));
    let text = expr.as_str().to_ascii_lowercase();
    let fleeting = ["random", "rand(", "uuid(", "uuid_", "uuidv", "nextval", "clock_timestamp"];
    !names_new
        && !text.contains("select")
        && !fleeting.iter().any(|it| text.contains(it))
        && !renames.any(|(from, to)| expr.mentions(from, dialect) || expr.mentions(to, dialect))
}

/// Whether values of the one type are the same as values of the other.
fn stays(before: &SqlType, after: &SqlType) -> bool {
    match (before, after) {
        (SqlType::Text { .. }, SqlType::Text { .. }) => true,
        (a, b) => a.is_integer() && b.is_integer(),
    }
}

/// Whether an expression is one value that is not NULL.
pub(super) fn is_value(expr: &Expr) -> bool {
    is_literal(expr.as_str())
}
