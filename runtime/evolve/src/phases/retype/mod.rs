//! Columns that get another type, although every row would be written anew: one of the new type
//! stands beside each, follows it, is filled, takes its place, and is followed by it until it goes.

mod beside;
mod column;

use diesel_autogen_schema::{
    Change, Column, Delta, Expr, Extra, Extras, ForeignKey, OwnPlace, Schema, SqlType, Table,
    Unique,
};

use self::beside::{check, index};
use self::column::{Retyped, keys_from, keys_to};
use super::later::index_of;
use super::walk::put;
use crate::dialect::postgres::rule::{Rule, rules};

/// Columns whose types change so together, and what rests on them.
#[derive(Default)]
pub(super) struct Retyping {
    columns: Vec<Retyped>,
    /// What rests on them in their own tables, as it will be.
    rules: Vec<(OwnPlace, Rule)>,
    /// Foreign keys from them and to them, as they will be.
    pub(super) keys: Vec<(OwnPlace, Rule)>,
}

/// A column that takes the place of another.
pub(super) struct Coming {
    /// As it is until then.
    pub(super) column: Column,
    /// What it holds for rows that are there.
    pub(super) value: Expr,
    /// Whether every value of the other is one of it by itself.
    pub(super) fits: bool,
    /// Whether it may hold nothing from then on.
    pub(super) nullable: bool,
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
    /// The columns of these changes whose types can change so: those on which nothing rests that
    /// cannot be made beside, and whose new value is one of their own row.
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

    /// The column that takes the place of one that changes so.
    pub(super) fn coming(&self, table: &OwnPlace, column: &str) -> Option<Coming> {
        let found = self.columns.iter().find(|it| it.table == *table && it.after.name == column);
        found.map(|it| Coming {
            column: it.coming(),
            value: it.value(),
            fits: it.fits(),
            nullable: it.after.nullable,
        })
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
            && (!it.is_made_anew() || self.is_whole(it, &own(is), before, after))
            && own(is).iter().all(|rule| !matches!(self.beside(&it.table, rule), Beside::Never))
            && keys_to(before, it) == keys_to(after, it)
            && keys_to(after, it)
                .iter()
                .chain(&keys_from(is, it))
                .all(|(from, key)| self.agree(from, key, before, after))
    }

    /// Whether a type of labels can be made anew beside itself: all of its columns change so, and no
    /// rule says its name.
    fn is_whole(&self, it: &Retyped, own: &[Rule], before: &Schema, after: &Schema) -> bool {
        let place = |of: &SqlType| of.enumeration().map(|of| OwnPlace::from(of.place()));
        let of = place(&it.after.sql_type);
        let mut tables = before.tables.iter().chain(&after.tables[..]);
        let (aside, casts) = (it.types_aside(), |expr: &Expr| expr.as_str().contains("::"));
        tables.all(|table| {
            let at = OwnPlace::from(table.place());
            let mut columns = table.columns.iter();
            !aside.contains(&at)
                && columns.all(|column| {
                    let own = place(&column.sql_type);
                    own.as_ref().is_none_or(|own| !aside.contains(own))
                        && (own != of || self.has(&at, &column.name))
                })
        }) && own.iter().all(|rule| match rule {
            Rule::Check(it) => !casts(&it.expr),
            Rule::Index(it) => !it.keys.iter().map(|key| &key.expr).chain(&it.predicate).any(casts),
            Rule::PrimaryKey { .. }
            | Rule::Unique(_)
            | Rule::Exclusion(_)
            | Rule::ForeignKey(_) => true,
        })
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
            Rule::Index(it) => Beside::Made(Rule::Index(index(it, &renames, "next"))),
            Rule::Unique(it) if plain(&it.extras) => {
                Beside::Made(Rule::Index(index(&index_of(it), &renames, "next")))
            }
            Rule::PrimaryKey { name, columns } => {
                let it =
                    Unique { name: name.clone(), columns: columns.clone(), extras: Extras::NONE };
                Beside::Made(Rule::Index(index(&index_of(&it), &renames, "next")))
            }
            Rule::ForeignKey(_) => Beside::Moved,
            Rule::Check(_) | Rule::Unique(_) | Rule::Exclusion(_) => Beside::Never,
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
