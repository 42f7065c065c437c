//! Columns that get another type, although every row would be written anew: one of the new type
//! stands beside each, follows it, is filled, takes its place, and is followed by it until it goes.

use diesel_autogen_schema::{
    Change, Check, Column, Delta, Dialect, Edit, Expr, Extra, Extras, ForeignKey, Index, OwnPlace,
    Schema, Table, TableChange, Text, Unique, names,
};

use super::later::index_of;
use super::walk::put;
use crate::decide::conversion;
use crate::dialect::is_rewritten;
use crate::dialect::postgres::quote::ident;
use crate::dialect::postgres::rule::{Rule, rules};
use crate::dialect::postgres::types::converted;

/// Columns whose types change so together, and what rests on them.
#[derive(Default)]
pub(super) struct Retyping {
    columns: Vec<Retyped>,
    /// What rests on them in their own tables, as it will be.
    rules: Vec<(OwnPlace, Rule)>,
    /// Foreign keys from them and to them, as they will be.
    pub(super) keys: Vec<(OwnPlace, Rule)>,
}

/// A column whose type changes so.
struct Retyped {
    table: OwnPlace,
    before: Column,
    after: Column,
}

/// What becomes of a rule of a column beside the one that takes the column's place.
enum Beside {
    /// It is made of the other column, too.
    Made(Rule),
    /// It goes to the other column when that takes the place.
    Moved,
    /// It stands in the way.
    Never,
}

impl Retyping {
    /// The columns of these changes whose types can change so: those of which every value fits by
    /// itself, of which nobody says what becomes of it, and on which nothing rests that cannot be
    /// made beside.
    pub(super) fn of(changes: &[Change], before: &Schema, after: &Schema) -> Retyping {
        let altered = changes.iter().filter_map(Change::altered);
        let columns = altered.flat_map(|change| {
            change.columns().filter_map(move |delta| match delta {
                Delta::Changed { before, after } => Retyped::of(change, before, after),
                Delta::Added(_) | Delta::Removed(_) => None,
            })
        });
        let mut retyping = Retyping { columns: columns.collect(), ..Retyping::default() };
        // What one of them needs may be that another is one of them.
        while let Some(at) =
            retyping.columns.iter().position(|it| !retyping.is_apart(it, before, after))
        {
            retyping.columns.remove(at);
        }
        retyping.gather(after);
        retyping
    }

    /// The column that takes the place of one that changes so, what it holds for rows that are
    /// there, and whether it may hold nothing.
    pub(super) fn coming(&self, table: &OwnPlace, column: &str) -> Option<(Column, Expr, bool)> {
        let found = self.columns.iter().find(|it| it.table == *table && it.after.name == column);
        found.map(|it| (it.coming(), it.value(), it.after.nullable))
    }

    /// Whether a column of the table after changes so.
    fn has(&self, table: &OwnPlace, column: &str) -> bool {
        self.columns.iter().any(|it| it.table == *table && it.after.name == column)
    }

    /// The columns of a table, from their names to those that `to` gives them.
    fn renames(&self, table: &OwnPlace, to: fn(&Retyped) -> String) -> Vec<(String, String)> {
        self.own(table).map(|it| (it.after.name.to_string(), to(it))).collect()
    }

    /// Whether all that rests on the column stays as it is, and can be made beside.
    fn is_apart(&self, it: &Retyped, before: &Schema, after: &Schema) -> bool {
        let place = it.table.place();
        let (Some(was), Some(is)) = (before.at(place), after.at(place)) else { return false };
        let own = |table: &Table| -> Vec<Rule> {
            rules(table).into_iter().filter(|rule| rule.concerns(&it.after.name)).collect()
        };
        own(was) == own(is)
            && own(is).iter().all(|rule| !matches!(self.beside(&it.table, rule), Beside::Never))
            && keys_to(before, it) == keys_to(after, it)
            && keys_to(after, it)
                .iter()
                .chain(&keys_from(is, it))
                .all(|(from, key)| self.agree(from, key, before, after))
    }

    /// Whether the columns of a foreign key can be compared before the others take their place, and
    /// afterwards.
    fn agree(&self, from: &OwnPlace, key: &ForeignKey, before: &Schema, after: &Schema) -> bool {
        let target = OwnPlace::from(key.target());
        key.columns.iter().zip(key.references.iter()).all(|(column, reference)| {
            let ends = [(from, column), (&target, reference)];
            ends.iter().all(|(table, column)| {
                let of = |schema: &Schema| {
                    Some(schema.at(table.place())?.column(column)?.sql_type.clone())
                };
                self.has(table, column) || of(before) == of(after)
            })
        })
    }

    fn gather(&mut self, after: &Schema) {
        for table in &after.tables[..] {
            let place = OwnPlace::from(table.place());
            let is_own = |rule: &Rule| {
                self.columns.iter().any(|it| it.table == place && rule.concerns(&it.after.name))
            };
            let own = rules(table).into_iter().filter(is_own);
            let (keys, others): (Vec<Rule>, Vec<Rule>) =
                own.partition(|it| it.foreign_key().is_some());
            let refers =
                |key: &&ForeignKey| self.columns.iter().any(|it| it.is_referred_to_by(key));
            let to = table.foreign_keys.iter().filter(refers).cloned().map(Rule::ForeignKey);
            let to: Vec<Rule> = to.filter(|it| !keys.contains(it)).collect();
            self.keys.extend(keys.into_iter().chain(to).map(|it| (place.clone(), it)));
            self.rules.extend(others.into_iter().map(|it| (place.clone(), it)));
        }
    }

    /// What is made of the columns that will take the place, before they do.
    pub(super) fn made(&self) -> Vec<(OwnPlace, Rule)> {
        let made = self.rules.iter().filter_map(|(table, rule)| match self.beside(table, rule) {
            Beside::Made(rule) => Some((table.clone(), rule)),
            Beside::Moved | Beside::Never => None,
        });
        made.collect()
    }

    fn beside(&self, table: &OwnPlace, rule: &Rule) -> Beside {
        let plain = |extras: &Extras| extras.iter().all(|it| matches!(it, Extra::Comment(_)));
        let renames = self.renames(table, Retyped::next);
        match rule {
            Rule::Check(it) if it.extras.is_empty() => {
                Beside::Made(Rule::Check(check(it, &renames, "next")))
            }
            Rule::Index(it) if it.extras.comment().is_none() => {
                Beside::Made(Rule::Index(index(it, &renames, "next")))
            }
            Rule::Unique(it) if plain(&it.extras) => {
                Beside::Made(Rule::Index(index(&index_of(it), &renames, "next")))
            }
            Rule::PrimaryKey { name, columns } => {
                let it =
                    Unique { name: name.clone(), columns: columns.clone(), extras: Extras::NONE };
                Beside::Made(Rule::Index(index(&index_of(&it), &renames, "next")))
            }
            Rule::ForeignKey(_) => Beside::Moved,
            Rule::Check(_) | Rule::Index(_) | Rule::Unique(_) | Rule::Exclusion(_) => Beside::Never,
        }
    }

    /// What rests on the columns that had the place. Values that have no like in the old type may
    /// be alike in it, so nothing keeps them apart.
    fn behind(&self, of: &OwnPlace) -> Vec<Rule> {
        let renames = self.renames(of, Retyped::last);
        let own = self.rules.iter().filter(|(table, _)| table == of);
        let kept = own.filter_map(|(_, rule)| match rule {
            Rule::Check(it) => Some(Rule::Check(check(it, &renames, "last"))),
            Rule::Index(it) if !it.unique => Some(Rule::Index(index(it, &renames, "last"))),
            Rule::Index(_)
            | Rule::PrimaryKey { .. }
            | Rule::Unique(_)
            | Rule::Exclusion(_)
            | Rule::ForeignKey(_) => None,
        });
        kept.collect()
    }

    /// Turns a schema in which the columns took the place into one in which they are about to.
    pub(super) fn undo(&self, schema: &mut Schema) {
        for table in self.tables(schema) {
            let at = OwnPlace::from(table.place());
            for rule in self.behind(&at) {
                table.checks.to_mut().retain(|it| it.name != *rule.name());
                table.indexes.to_mut().retain(|it| it.name != *rule.name());
            }
            self.own(&at).for_each(|it| it.undo(table));
            let made = self.made().into_iter().filter(|(table, _)| *table == at);
            made.for_each(|(_, rule)| put(table, &rule));
        }
    }

    /// Gives a schema that has the new columns alone the old ones again, until those go.
    pub(super) fn keep(&self, schema: &mut Schema) {
        for table in self.tables(schema) {
            let at = OwnPlace::from(table.place());
            self.own(&at).for_each(|it| it.keep(table));
            self.behind(&at).iter().for_each(|rule| put(table, rule));
        }
    }

    /// Takes the columns away that will take the place.
    pub(super) fn forget(&self, schema: &mut Schema) {
        for table in self.tables(schema) {
            let own: Vec<String> = self.own(&table.place().into()).map(Retyped::next).collect();
            table.columns.to_mut().retain(|column| !own.iter().any(|it| *it == column.name));
        }
    }

    fn tables<'s>(&self, schema: &'s mut Schema) -> impl Iterator<Item = &'s mut Table> {
        let tables = schema.tables.to_mut().iter_mut();
        tables.filter(|table| self.columns.iter().any(|it| it.table.place() == table.place()))
    }

    fn own(&self, table: &OwnPlace) -> impl Iterator<Item = &Retyped> {
        self.columns.iter().filter(move |it| it.table == *table)
    }
}

impl Retyped {
    fn of(change: &TableChange, before: &Column, after: &Column) -> Option<Retyped> {
        let TableChange { before: was, after: is, edits } = change;
        let retyped =
            Retyped { table: is.place().into(), before: before.clone(), after: after.clone() };
        let plain = |it: &Column| it.generated.is_none() && it.extras.is_empty();
        // Labels of one may be called otherwise in the other.
        let labels = [before, after].iter().all(|it| it.sql_type.enumeration().is_some());
        let free = |name: &str| {
            name.len() <= names::MAX_BYTES
                && was.column(name).is_none()
                && is.column(name).is_none()
        };
        let computed = was.columns.iter().chain(&is.columns[..]).any(|it| {
            it.generated.as_ref().is_some_and(|it| it.expr.mentions(&after.name, Dialect::Postgres))
        });
        let apart = is_rewritten(Dialect::Postgres, &before.sql_type, &after.sql_type)
            && !labels
            && conversion(Dialect::Postgres, &before.sql_type, &after.sql_type).fits()
            && before.name == after.name
            && before.nullable == after.nullable
            && before.identity == after.identity
            && after.using.is_none()
            && plain(before)
            && plain(after)
            && free(&retyped.next())
            && free(&retyped.last())
            && !computed
            && !edits.iter().any(|it| matches!(it, Edit::PrimaryKey { .. }));
        apart.then_some(retyped)
    }

    fn is_referred_to_by(&self, key: &ForeignKey) -> bool {
        key.target() == self.table.place() && key.references.contains(&self.after.name)
    }

    /// What the column is called that will take the place.
    fn next(&self) -> String {
        format!("{}_next", self.after.name)
    }

    /// What the column is called that had the place.
    fn last(&self) -> String {
        format!("{}_last", self.before.name)
    }

    /// The column that will take the place.
    fn coming(&self) -> Column {
        Column {
            name: self.next().into(),
            nullable: true,
            default: None,
            identity: None,
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
            identity: None,
            comment: None,
            renamed_from: Some(self.before.name.clone()),
            backfill: None,
            extras: vec![Extra::Follows(self.after.name.clone())].into(),
            ..self.before.clone()
        }
    }

    /// What the rows that are there get in the column that will take the place.
    fn value(&self) -> Expr {
        let name = ident(&self.before.name);
        let converted = converted(&name, &self.before.sql_type, &self.after.sql_type);
        Expr(converted.unwrap_or(name).into())
    }

    /// Turns a table in which the column took the place into one in which it is about to.
    fn undo(&self, table: &mut Table) {
        let columns = table.columns.to_mut();
        columns.retain(|it| it.name != self.last());
        for column in columns.iter_mut().filter(|it| it.name == self.after.name) {
            *column = Column { renamed_from: None, ..self.before.clone() };
        }
        columns.push(Column { nullable: self.after.nullable, ..self.coming() });
    }

    /// Gives a table that has the new column alone the old one again, until that goes.
    fn keep(&self, table: &mut Table) {
        let columns = table.columns.to_mut();
        columns.push(self.going());
        for column in columns.iter_mut().filter(|it| it.name == self.after.name) {
            column.renamed_from = Some(self.next().into());
        }
    }
}

/// A condition about other columns, under another name.
fn check(of: &Check, renames: &[(String, String)], word: &str) -> Check {
    Check {
        name: names::check(&of.name, Some(word)).into(),
        expr: renamed(&of.expr, renames),
        extras: Extras::NONE,
    }
}

/// An index of other columns, under another name.
fn index(of: &Index, renames: &[(String, String)], word: &str) -> Index {
    let own = |name: &Text| -> Text {
        let found = renames.iter().find(|(from, _)| *from == *name);
        found.map_or_else(|| name.clone(), |(_, to)| to.clone().into())
    };
    let mut keys = of.keys.clone();
    for key in keys.to_mut() {
        key.expr = match key.is_column {
            true => Expr(own(&key.expr.0)),
            false => renamed(&key.expr, renames),
        };
    }
    Index {
        name: names::index(&of.name, &[word]).into(),
        keys,
        unique: of.unique,
        predicate: of.predicate.as_ref().map(|it| renamed(it, renames)),
        extras: of.extras.renamed(own),
    }
}

fn renamed(expr: &Expr, renames: &[(String, String)]) -> Expr {
    let renames: Vec<(&str, &str)> = renames.iter().map(|(from, to)| (&**from, &**to)).collect();
    expr.renamed(&renames, Dialect::Postgres)
}

/// The foreign keys to the column.
fn keys_to(schema: &Schema, it: &Retyped) -> Vec<(OwnPlace, ForeignKey)> {
    let keys = schema.tables.iter().flat_map(|table| {
        table.foreign_keys.iter().map(|key| (OwnPlace::from(table.place()), key.clone()))
    });
    keys.filter(|(_, key)| it.is_referred_to_by(key)).collect()
}

/// The foreign keys of the column itself.
fn keys_from(table: &Table, it: &Retyped) -> Vec<(OwnPlace, ForeignKey)> {
    let keys = table.foreign_keys.iter().filter(|key| key.columns.contains(&it.after.name));
    keys.map(|key| (table.place().into(), key.clone())).collect()
}
