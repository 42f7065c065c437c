//! A column that gets another type, although every row would be written anew: one of the new type
//! stands beside it, follows it, is filled, takes its place, and is followed by it until it goes.

use diesel_autogen_schema::{
    Check, Column, Dialect, Expr, Extra, Extras, Index, OwnPlace, Table, TableChange, Text, names,
};

use crate::decide::conversion;
use crate::dialect::postgres::quote::ident;
use crate::dialect::postgres::rule::{Rule, rules};
use crate::dialect::postgres::types::converted;

/// A column whose type changes so.
pub(super) struct Retyped {
    pub(super) table: OwnPlace,
    before: Column,
    after: Column,
    /// What rests on it, as it will be.
    rules: Vec<Rule>,
}

impl Retyped {
    /// The column of a table as one whose type changes so; `None` where that would not be the same:
    /// where values may not fit, somebody says what becomes of them, or something rests on the
    /// column that cannot be made beside it.
    pub(super) fn of(change: &TableChange, before: &Column, after: &Column) -> Option<Retyped> {
        let TableChange { before: was, after: is, edits: _ } = change;
        let retyped = Retyped {
            table: is.place().into(),
            before: before.clone(),
            after: after.clone(),
            rules: rules(is).into_iter().filter(|rule| rule.concerns(&after.name)).collect(),
        };
        let fits = conversion(Dialect::Postgres, &before.sql_type, &after.sql_type).fits();
        let plain =
            |it: &Column| it.generated.is_none() && it.identity.is_none() && it.extras.is_empty();
        let free = |name: &str| {
            name.len() <= names::MAX_BYTES
                && was.column(name).is_none()
                && is.column(name).is_none()
        };
        let computed = was.columns.iter().chain(&is.columns[..]).any(|it| {
            it.generated.as_ref().is_some_and(|it| it.expr.mentions(&after.name, Dialect::Postgres))
        });
        let apart = fits
            && before.name == after.name
            && before.nullable == after.nullable
            && after.using.is_none()
            && plain(before)
            && plain(after)
            && free(&retyped.next())
            && free(&retyped.last())
            && !computed
            && retyped.rules.iter().all(|rule| is_made_beside(rule, &after.name))
            && !rules_change(change, &after.name);
        apart.then_some(retyped)
    }

    /// What the column is called that will take the place.
    pub(super) fn next(&self) -> String {
        format!("{}_next", self.after.name)
    }

    /// What the column is called that had the place.
    fn last(&self) -> String {
        format!("{}_last", self.before.name)
    }

    pub(super) fn is_nullable(&self) -> bool {
        self.after.nullable
    }

    /// The column that will take the place.
    pub(super) fn coming(&self) -> Column {
        Column {
            name: self.next().into(),
            nullable: true,
            default: None,
            comment: None,
            renamed_from: None,
            backfill: None,
            extras: vec![Extra::Follows(self.after.name.clone())].into(),
            ..self.after.clone()
        }
    }

    /// The column that had the place, until it goes.
    fn going(&self) -> Column {
        Column {
            name: self.last().into(),
            nullable: true,
            default: None,
            comment: None,
            renamed_from: Some(self.before.name.clone()),
            backfill: None,
            extras: vec![Extra::Follows(self.after.name.clone())].into(),
            ..self.before.clone()
        }
    }

    /// What the rows that are there get in the column that will take the place.
    pub(super) fn value(&self) -> Expr {
        let name = ident(&self.before.name);
        let converted = converted(&name, &self.before.sql_type, &self.after.sql_type);
        Expr(converted.unwrap_or(name).into())
    }

    /// Turns a table in which the column took the place into one in which it is about to.
    pub(super) fn undo(&self, table: &mut Table) {
        for rule in self.behind() {
            table.checks.to_mut().retain(|it| it.name != *rule.name());
            table.indexes.to_mut().retain(|it| it.name != *rule.name());
        }
        let columns = table.columns.to_mut();
        columns.retain(|it| it.name != self.last());
        for column in columns.iter_mut().filter(|it| it.name == self.after.name) {
            *column = Column { renamed_from: None, ..self.before.clone() };
        }
        columns.push(Column { nullable: self.after.nullable, ..self.coming() });
        add(table, self.beside());
    }

    /// Gives a table that has the new column alone the old one again, until that goes.
    pub(super) fn keep(&self, table: &mut Table) {
        table.columns.to_mut().push(self.going());
        add(table, self.behind());
        for column in table.columns.to_mut().iter_mut().filter(|it| it.name == self.after.name) {
            column.renamed_from = Some(self.next().into());
        }
    }

    /// What rests on the column that will take the place, beside what rests on the other.
    pub(super) fn beside(&self) -> Vec<Rule> {
        self.like(&self.next(), "next")
    }

    /// What rests on the column that had the place.
    fn behind(&self) -> Vec<Rule> {
        self.like(&self.last(), "last")
    }

    fn like(&self, to: &str, word: &str) -> Vec<Rule> {
        let from = &*self.after.name;
        let renames = [(from, to)];
        let renamed = |it: &Expr| it.renamed(&renames, Dialect::Postgres);
        let made = self.rules.iter().filter_map(|rule| match rule {
            Rule::Check(it) => Some(Rule::Check(Check {
                name: names::check(&it.name, Some(word)).into(),
                expr: renamed(&it.expr),
                extras: Extras::NONE,
            })),
            Rule::Index(it) => {
                let mut keys = it.keys.clone();
                for key in keys.to_mut() {
                    key.expr = match key.is_column {
                        true if key.expr.as_str() == from => Expr(to.to_owned().into()),
                        true => key.expr.clone(),
                        false => renamed(&key.expr),
                    };
                }
                Some(Rule::Index(Index {
                    name: names::index(&it.name, &[word]).into(),
                    keys,
                    predicate: it.predicate.as_ref().map(renamed),
                    ..it.clone()
                }))
            }
            Rule::PrimaryKey { .. }
            | Rule::Unique(_)
            | Rule::Exclusion(_)
            | Rule::ForeignKey(_) => None,
        });
        made.collect()
    }
}

fn add(table: &mut Table, rules: Vec<Rule>) {
    for rule in rules {
        match rule {
            Rule::Check(it) => table.checks.to_mut().push(it),
            Rule::Index(it) => table.indexes.to_mut().push(it),
            Rule::PrimaryKey { .. }
            | Rule::Unique(_)
            | Rule::Exclusion(_)
            | Rule::ForeignKey(_) => {}
        }
    }
}

/// Whether the same can be made of another column beside it, and be called like it afterwards.
fn is_made_beside(rule: &Rule, column: &Text) -> bool {
    match rule {
        Rule::Check(it) => it.extras.is_empty(),
        Rule::Index(it) => !it.unique && !rule.carries(column) && it.extras.comment().is_none(),
        Rule::PrimaryKey { .. } | Rule::Unique(_) | Rule::Exclusion(_) | Rule::ForeignKey(_) => {
            false
        }
    }
}

/// Whether what rests on the column changes as well.
fn rules_change(change: &TableChange, column: &str) -> bool {
    let (was, is) = (rules(&change.before), rules(&change.after));
    let own = |all: &[Rule]| -> Vec<Rule> {
        all.iter().filter(|rule| rule.concerns(column)).cloned().collect()
    };
    own(&was) != own(&is)
}
