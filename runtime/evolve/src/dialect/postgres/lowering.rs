//! What has to be known before a change can be put in order.

use std::collections::BTreeSet;

use diesel_autogen_schema::{
    Change, Column, Delta, Dialect, Enum, ForeignKey, Live, OwnPlace, Place, Table, Text,
};

use super::altered::Altered;
use super::going::{self, Spot};
use super::kinds::Kinds;
use super::rule::{Rule, rules};
use super::sequence;
use crate::dialect::names::Names;
use crate::order;

/// All that is known before operations are made of it.
pub(crate) struct Lowering<'a> {
    pub(crate) changes: &'a [Change],
    pub(crate) live: &'a Live,
    pub(crate) names: Names,
    pub(crate) kinds: Kinds,
    pub(crate) altered: Vec<Altered<'a>>,
    /// New tables, parents first.
    pub(crate) created: Vec<&'a Table>,
    /// Tables that go, children first, those before the others that must make room.
    pub(crate) dropped: Vec<&'a Table>,
    pub(crate) early: BTreeSet<OwnPlace>,
    /// Columns that go before the others, by table and name before.
    pub(crate) early_columns: BTreeSet<(OwnPlace, String)>,
    pub(crate) taken: BTreeSet<OwnPlace>,
    /// Columns that go with a revision that follows, and need no value until then.
    pub(crate) leaving: &'a [Spot],
    /// Whether rules come for new rows alone.
    pub(crate) phased: bool,
}

impl<'a> Lowering<'a> {
    pub(crate) fn new(
        changes: &'a [Change],
        leaving: &'a [Spot],
        live: &'a Live,
        phased: bool,
    ) -> Lowering<'a> {
        let mut names = Names::of(changes, Dialect::Postgres);
        let taken = taken(changes, live);
        let kinds = Kinds::of(changes, live, &mut names, &taken);
        let altered = changes.iter().filter_map(Change::altered);
        let altered = altered.map(|change| Altered::of(change, &names, &kinds)).collect();
        let created: Vec<&Table> = changes.iter().filter_map(Change::created).collect();
        let dropped: Vec<&Table> = changes.iter().filter_map(Change::dropped).collect();
        let mut lowering = Lowering {
            changes,
            live,
            names,
            kinds,
            altered,
            created: order::parents_first(&created),
            dropped: Vec::new(),
            early: BTreeSet::new(),
            early_columns: BTreeSet::new(),
            taken,
            leaving,
            phased,
        };
        lowering.early_columns = going::early(&lowering.altered, &lowering.names, &lowering.kinds);
        lowering.order_dropped(&dropped);
        lowering.look_at_rules();
        lowering
    }

    fn order_dropped(&mut self, dropped: &[&'a Table]) {
        let mut wanted: BTreeSet<OwnPlace> =
            self.changes.iter().filter_map(Change::after).flat_map(relations).collect();
        // A table is a type of its own name.
        wanted.extend(self.kinds.created.iter().map(|of| OwnPlace::from(of.place())));
        wanted.extend(self.names.types.values().cloned());
        let mut ordered = order::parents_first(dropped);
        ordered.reverse();
        let wanted_name = |table: &Table| relations(table).iter().any(|it| wanted.contains(it));
        let held = |table: &Table| table.columns.iter().any(|it| self.kinds.moves(&it.sql_type));
        for table in &ordered {
            if wanted_name(table) || held(table) {
                self.early.insert(table.place().into());
            }
        }
        ordered.sort_by_key(|table| !self.early.contains(&OwnPlace::from(table.place())));
        self.dropped = ordered;
    }

    fn look_at_rules(&mut self) {
        let early: Vec<Vec<Column>> = self.altered.iter().map(|it| self.going(it, true)).collect();
        for (it, early) in self.altered.iter_mut().zip(early) {
            let after = it.after;
            for after in &after.columns[..] {
                let Some(before) = it.mapped.column(&after.name).cloned() else { continue };
                let before = &before;
                let was = self.kinds.is_computed_from(before, &it.mapped);
                let is = self.kinds.is_computed_from(after, it.after);
                let name = after.name.to_string();
                match (&before.generated, &after.generated) {
                    (Some(_), Some(_)) if (was || is) && it.carries(before, after) => {
                        it.carried.insert(name);
                    }
                    (Some(_), Some(_)) if was || is => {
                        it.disturbed.insert(name.clone());
                        it.waiting.insert(name);
                    }
                    (Some(_), None) if was => {
                        it.ending.insert(name);
                    }
                    (_, _) => {}
                }
            }
            it.release(&early, &self.names, &self.kinds);
            it.look_at_rules();
        }
        let wanted: BTreeSet<OwnPlace> =
            self.changes.iter().filter_map(Change::after).flat_map(relations).collect();
        for it in &mut self.altered {
            let schema = it.after.schema.clone();
            let here =
                |name: &str| OwnPlace { schema: schema.clone(), name: name.to_owned().into() };
            it.keep_turned(|name| wanted.contains(&here(name)));
        }
        for at in 0..self.altered.len() {
            let moves: Vec<Rule> = self.altered[at]
                .kept
                .iter()
                .map(|(_, after)| after)
                .filter(|rule| self.moves(&self.altered[at], rule))
                .cloned()
                .collect();
            self.altered[at].move_rules(|rule| moves.contains(rule));
        }
    }

    /// Whether a foreign key that stays has to make way for a while.
    fn moves(&self, it: &Altered<'_>, rule: &Rule) -> bool {
        let Some(key) = rule.foreign_key() else { return false };
        key.columns.iter().any(|name| it.retyped.contains(&**name))
            || !self.is_held(key.target(), &key.references)
    }

    /// Whether nothing happens to a column but that it goes with a revision that follows.
    pub(crate) fn is_leaving(&self, it: &Altered<'_>, delta: &Delta<Column>) -> bool {
        let Delta::Changed { before, after } = delta else { return false };
        let spot = (it.was_at().into(), before.name.to_string());
        self.leaving.contains(&spot)
            && Column { nullable: before.nullable, ..after.clone() }.same_facts(before)
    }

    /// Tables to which nothing happens.
    pub(crate) fn others(&self) -> impl Iterator<Item = &'a Table> {
        let befores = self.changes.iter().filter_map(Change::before).map(Table::place);
        let befores: Vec<Place<'_>> = befores.collect();
        self.live.schema.tables.iter().filter(move |it| !befores.contains(&it.place()))
    }

    /// Foreign keys of tables to which nothing else happens that have to make way for a while.
    pub(crate) fn outside(&self) -> Vec<(OwnPlace, &ForeignKey)> {
        let mut found = Vec::new();
        for table in self.others() {
            for key in &table.foreign_keys[..] {
                let parent = self.altered.iter().find(|it| it.was_at() == key.target());
                let references = self.names.retargeted(key).references;
                if parent.is_some_and(|parent| !parent.holds(&references)) {
                    found.push((table.place().into(), key));
                }
            }
        }
        found
    }

    /// A foreign key of such a table as it comes again: to the column that takes the place of the
    /// one that it referred to, if one does.
    pub(crate) fn back(&self, key: &ForeignKey) -> ForeignKey {
        let key = self.names.retargeted(key);
        let Some(it) = self.altered.iter().find(|it| it.after.place() == key.target()) else {
            return key;
        };
        let successor = |name: &Text| {
            let of = it.after.column(name).and_then(|column| column.extras.follows());
            of.unwrap_or(name).clone()
        };
        ForeignKey { references: key.references.iter().map(successor).collect(), ..key }
    }

    /// Whether a foreign key to these columns, as they are called after, can stay all along.
    pub(crate) fn is_held(&self, table: Place<'_>, references: &[Text]) -> bool {
        let altered = self.altered.iter().find(|it| it.after.place() == table);
        altered.is_none_or(|it| it.holds(references))
    }

    /// Whether a foreign key can go together with its table, and come back with it.
    pub(crate) fn goes_along(&self, table: &Table, key: &ForeignKey) -> bool {
        let at = |place: Place<'_>| self.dropped.iter().position(|it| it.place() == place);
        let early = |place: Place<'_>| self.early.contains(&OwnPlace::from(place));
        match (at(table.place()), at(key.target())) {
            (Some(own), Some(parent)) => {
                own <= parent && early(table.place()) == early(key.target())
            }
            (_, _) => {
                let key = self.names.retargeted(key);
                self.is_held(key.target(), &key.references)
            }
        }
    }

    /// Whether a foreign key of the new table at this place can come with it.
    pub(crate) fn comes_along(&self, at: usize, key: &ForeignKey) -> bool {
        match self.created.iter().position(|it| it.place() == key.target()) {
            Some(parent) => parent <= at,
            None => self.is_held(key.target(), &key.references),
        }
    }
}

/// Names of a table and of what is a relation beside it.
pub(crate) fn relations(table: &Table) -> Vec<OwnPlace> {
    let here = |name: &str| OwnPlace::from(Place { schema: table.schema.as_deref(), name });
    let rules = rules(table);
    let own = rules.iter().filter(|rule| rule.is_relation()).map(|rule| here(rule.name()));
    let sequences = table.columns.iter().filter_map(|column| sequence::of(table.place(), column));
    std::iter::once(here(&table.name)).chain(own).chain(sequences).collect()
}

/// Names of all relations and types on either side.
fn taken(changes: &[Change], live: &Live) -> BTreeSet<OwnPlace> {
    let tables = changes.iter().flat_map(|it| it.before().into_iter().chain(it.after()));
    let tables = tables.chain(&live.schema.tables[..]);
    let mut names: BTreeSet<OwnPlace> = tables.clone().flat_map(relations).collect();
    let enums = tables.flat_map(|table| &table.columns[..]);
    let enums = enums.filter_map(|column| column.sql_type.enumeration());
    names.extend(enums.map(|of: &Enum| OwnPlace::from(of.place())));
    names.extend(live.pg.names.iter().cloned());
    names
}
