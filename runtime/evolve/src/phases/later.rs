//! What of a change waits for a revision of its own.

use diesel_autogen_schema::{
    Change, Column, Delta, Dialect, Edit, Extra, Extras, ForeignKey, Index, IndexKey, OwnPlace,
    Schema, Table, TableChange, Text, Unique,
};

use super::calm::is_calm;
use super::retype::{Coming, Retyping};
use super::{Asked, BATCH, Fill, wait};
use crate::cost::is_volatile;
use crate::decide::filler;
use crate::dialect::is_rewritten;
use crate::dialect::names::Names;
use crate::dialect::postgres::Spot;
use crate::dialect::postgres::altered::refers_to;
use crate::dialect::postgres::back::is_held;
use crate::dialect::postgres::rule::{Rule, rules};
use crate::dialect::postgres::types::blank;

/// What waits, by the table's place after the change.
#[derive(Default)]
pub(super) struct Later {
    /// Whether the rest can be taken for something that the program from before can live with.
    pub(super) breaks: bool,
    /// Tables that go.
    pub(super) tables: Vec<Table>,
    /// Columns that go, as they are until then: new rows need no value for them.
    pub(super) columns: Vec<(OwnPlace, Column)>,
    /// What columns that go hold in rows that were written without them, on the way back.
    pub(super) blanks: Vec<(OwnPlace, Text, String)>,
    /// Those among them in which one value for all such rows would not do.
    pub(super) leaving: Vec<Spot>,
    /// Indexes that go.
    pub(super) unindexed: Vec<(OwnPlace, Index)>,
    /// Indexes that become others of the same name.
    pub(super) exchanged: Vec<(OwnPlace, Index, Index)>,
    /// Columns that become required.
    pub(super) required: Vec<(OwnPlace, Text)>,
    /// Columns whose type changes without that rows are written anew under a lock.
    pub(super) retyping: Retyping,
    /// Columns that are filled.
    pub(super) fills: Vec<Fill>,
    /// Rules that forbid the program from before something: what was there, and what comes.
    pub(super) rules: Vec<(OwnPlace, Option<Rule>, Rule)>,
    /// Rules that come with the columns that they are about.
    pub(super) early_rules: Vec<(OwnPlace, Rule)>,
    /// Rules that rest on an index, with one that they can be made of.
    pub(super) uniques: Vec<(OwnPlace, Unique, Option<Index>)>,
    /// Indexes that come, and whether they forbid the program from before something.
    pub(super) indexes: Vec<(OwnPlace, Index, bool)>,
    /// Rules about columns that are filled, where one revision comes after that: what was there, and
    /// what comes.
    pub(super) late: Vec<(OwnPlace, Option<Rule>, Rule)>,
    /// Columns that get their default when they are there.
    pub(super) defaults: Vec<(OwnPlace, Text)>,
}

impl Later {
    pub(super) fn of(
        changes: &[Change],
        (before, after): (&Schema, &Schema),
        dialect: Dialect,
        asked: Asked,
    ) -> Later {
        let mut later = Later::default();
        let calm = is_calm(changes);
        if asked.phased && calm {
            later.retyping = Retyping::of(changes, before, after);
        }
        let names = Names::of(changes, dialect);
        for change in changes {
            match change {
                Change::DropTable(table) if asked.phased && calm => {
                    later.tables.push(table.clone());
                }
                Change::DropTable(_) => later.breaks = true,
                Change::AlterTable(change) => {
                    let batch = asked.batch.unwrap_or(BATCH);
                    let mapped = names.while_there(&change.before);
                    let phased = asked.phased;
                    let ways = Ways { change, changes, mapped, dialect, calm, phased, batch };
                    ways.sort(&mut later);
                    if !phased {
                        wait::wait(change, changes, calm, &mut later);
                    }
                }
                Change::CreateTable(table) if asked.phased => later.keys_wait(table, changes),
                Change::CreateTable(_) | Change::CreateExtension(_) | Change::DropExtension(_) => {}
            }
        }
        later.breaks |= !calm;
        later.retype();
        later
    }

    /// Foreign keys of a new table wait for what they refer by.
    fn keys_wait(&mut self, table: &Table, changes: &[Change]) {
        let keys = table.foreign_keys.iter().filter(|key| rests_on_new(key, changes));
        let own = |key: &ForeignKey| (table.place().into(), None, Rule::ForeignKey(key.clone()));
        self.rules.extend(keys.map(own));
    }

    /// What is done about the columns that take the place of others.
    fn retype(&mut self) {
        for (place, rule) in self.retyping.made() {
            match rule {
                Rule::Index(index) => self.indexes.push((place, index, true)),
                rule => self.rules.push((place, None, rule)),
            }
        }
    }

    /// Whether something is forbidden that the program from before may still do.
    pub(super) fn restricts(&self) -> bool {
        !self.rules.is_empty()
            || !self.required.is_empty()
            || !self.fills.is_empty()
            || self.indexes.iter().any(|(_, _, strict)| *strict)
            || self.uniques.iter().any(|(_, _, index)| index.is_none())
    }
}

/// Whether a foreign key refers by a rule that comes with these changes to a table that is there.
fn rests_on_new(key: &ForeignKey, changes: &[Change]) -> bool {
    let is_key = |table: &Table| rules(table).iter().any(|rule| refers_to(rule, &key.references));
    let mut altered = changes.iter().filter_map(Change::altered);
    altered.any(|it| it.after.place() == key.target() && is_key(&it.after) && !is_key(&it.before))
}

/// One altered table.
struct Ways<'c> {
    change: &'c TableChange,
    /// All that change.
    changes: &'c [Change],
    /// The table before, its columns under the names after.
    mapped: Table,
    dialect: Dialect,
    calm: bool,
    phased: bool,
    batch: u32,
}

impl Ways<'_> {
    fn sort(&self, later: &mut Later) {
        let keyed = self.change.edits.iter().any(|it| matches!(it, Edit::PrimaryKey { .. }));
        if keyed {
            later.breaks = true;
            return;
        }
        for edit in &self.change.edits {
            match edit {
                Edit::Column(delta) => self.column(delta, later),
                Edit::Index(delta) if self.phased => self.index(delta, later),
                Edit::Unique(Delta::Added(unique)) if self.phased => self.unique(unique, later),
                Edit::Check(delta) if self.phased => {
                    self.rule(&delta.clone().map(Rule::Check), later);
                }
                Edit::ForeignKey(delta) if self.phased => {
                    self.rule(&delta.clone().map(Rule::ForeignKey), later);
                }
                Edit::PrimaryKey { .. }
                | Edit::Unique(_)
                | Edit::Index(_)
                | Edit::Check(_)
                | Edit::Exclusion(_)
                | Edit::ForeignKey(_)
                | Edit::Strict { .. }
                | Edit::WithoutRowid { .. }
                | Edit::Extras { .. }
                | Edit::Comment { .. } => {}
            }
        }
    }

    fn at(&self) -> OwnPlace {
        self.change.after.place().into()
    }

    fn column(&self, delta: &Delta<Column>, later: &mut Later) {
        match delta {
            Delta::Removed(before) if self.phased && self.calm => self.leaves(before, later),
            Delta::Removed(_) => later.breaks = true,
            Delta::Added(after) => self.comes(after, later),
            Delta::Changed { before, after } => {
                let rewritten = is_rewritten(self.dialect, &before.sql_type, &after.sql_type);
                if let Some(coming) = later.retyping.coming(&self.at(), &after.name) {
                    self.retypes(coming, later);
                    return;
                }
                later.breaks |= rewritten;
                let required = before.nullable && !after.nullable && after.generated.is_none();
                // What the database numbers is required as soon as it is.
                let numbered = after.identity.is_some();
                later.breaks |= required && numbered;
                if required && !rewritten && !numbered {
                    later.required.push((self.at(), after.name.clone()));
                    self.fills(after, later);
                }
            }
        }
    }

    fn retypes(&self, coming: Coming, later: &mut Later) {
        let Coming { column, value, fits, nullable } = coming;
        let fill = Fill::new(&self.change.after, &column, &value, self.batch);
        later.fills.push(fill.of_another(fits));
        if !nullable {
            later.required.push((self.at(), column.name));
        }
    }

    fn leaves(&self, before: &Column, later: &mut Later) {
        let mut loose = before.clone();
        let own = before.default.is_some() || before.identity.is_some();
        if !before.nullable && !own && before.generated.is_none() {
            loose.nullable = true;
            let place = self.change.before.place().into();
            if is_held(&self.change.before, before) {
                later.leaving.push((place, before.name.to_string()));
            } else if let Some(value) = blank(&before.sql_type) {
                later.blanks.push((place, before.name.clone(), value));
            }
        }
        later.columns.push((self.at(), loose));
    }

    fn comes(&self, after: &Column, later: &mut Later) {
        if after.generated.is_some() || after.identity.is_some() {
            return;
        }
        let fresh = after.default.as_ref().is_some_and(|it| is_volatile(it.as_str()));
        if after.backfill.is_none() && !(fresh && self.phased) {
            return;
        }
        // What is computed from it comes with it, and sees what it holds.
        let computed = self.change.after.columns.iter().filter_map(|it| it.generated.as_ref());
        if computed.into_iter().any(|it| it.expr.mentions(&after.name, self.dialect)) {
            later.breaks |= self.phased;
            return;
        }
        if after.default.is_some() {
            later.defaults.push((self.at(), after.name.clone()));
        }
        if !after.nullable {
            later.required.push((self.at(), after.name.clone()));
        }
        self.fills(after, later);
    }

    fn fills(&self, after: &Column, later: &mut Later) {
        if let Some(value) = filler(after) {
            later.fills.push(Fill::new(&self.change.after, after, value, self.batch));
        }
    }

    /// Whether a rule is about columns alone that come with it.
    fn is_new(&self, rule: &Rule) -> bool {
        let own = self.change.after.columns.iter().filter(|it| rule.concerns(&it.name));
        let mut old = own.filter(|it| self.change.before.column(&it.name).is_some());
        old.next().is_none() && self.calm
    }

    fn index(&self, delta: &Delta<Index>, later: &mut Later) {
        if self.is_called_otherwise(&delta.clone().map(Rule::Index)) {
            return;
        }
        match delta {
            Delta::Added(index) if !self.is_turned(index) => {
                let strict = index.unique && !self.is_new(&Rule::Index(index.clone()));
                later.indexes.push((self.at(), index.clone(), strict));
            }
            Delta::Removed(index) if self.calm && !self.is_turned(index) => {
                later.unindexed.push((self.at(), index.clone()));
            }
            Delta::Changed { before, after }
                if self.calm && differs(before, after) && !self.relabels() =>
            {
                later.exchanged.push((self.at(), before.clone(), after.clone()));
            }
            Delta::Added(_) | Delta::Removed(_) | Delta::Changed { .. } => {}
        }
    }

    /// Whether an index is what a rule becomes, or the other way round.
    fn is_turned(&self, index: &Index) -> bool {
        let keys = || index.keys.iter().map(|key| key.expr.as_str());
        let same = |it: &Unique| it.columns.iter().map(AsRef::as_ref).eq(keys());
        let changed = |edit: &Edit| matches!(edit, Edit::Unique(Delta::Added(it) | Delta::Removed(it)) if same(it));
        index.unique && self.change.edits.iter().any(changed)
    }

    fn unique(&self, unique: &Unique, later: &mut Later) {
        if self.is_called_otherwise(&Delta::Added(Rule::Unique(unique.clone()))) {
            return;
        }
        let index = index_of(unique);
        let gone = |edit: &Edit| matches!(edit, Edit::Index(Delta::Removed(it)) if it.keys == index.keys && it.unique);
        if self.change.edits.iter().any(gone) {
            return;
        }
        let plain = unique
            .extras
            .iter()
            .all(|extra| matches!(extra, Extra::Comment(_) | Extra::NullsNotDistinct));
        let strict = !self.is_new(&Rule::Unique(unique.clone()));
        if plain {
            later.indexes.push((self.at(), index.clone(), strict));
        }
        later.uniques.push((self.at(), unique.clone(), plain.then_some(index)));
    }

    /// Whether labels change that rules may name: those do not outlive them.
    fn relabels(&self) -> bool {
        self.change.columns().any(|delta| match delta {
            Delta::Changed { before, after } => {
                before.sql_type.enumeration() != after.sql_type.enumeration()
            }
            Delta::Added(_) | Delta::Removed(_) => false,
        })
    }

    /// Whether a rule says of the columns what it said, however they are called now.
    fn follows(&self, before: &Rule, after: &Rule) -> bool {
        let own = rules(&self.change.before).into_iter().zip(rules(&self.mapped));
        let mut mapped = own.filter(|(rule, _)| rule == before).map(|(_, mapped)| mapped);
        mapped.any(|mapped| mapped.substance() == after.substance())
    }

    /// Whether what comes or goes is the same rule as one that goes or comes under another name.
    fn is_called_otherwise(&self, delta: &Delta<Rule>) -> bool {
        let (mapped, after) = (rules(&self.mapped), rules(&self.change.after));
        let lone = |of: &Rule, others: &[Rule]| others.iter().all(|it| it.name() != of.name());
        let like = |of: &Rule, all: &[Rule], others: &[Rule]| {
            all.iter().any(|it| lone(it, others) && it.substance() == of.substance())
        };
        match delta {
            Delta::Added(rule) => like(rule, &mapped, &after),
            Delta::Removed(rule) => {
                let own = mapped.iter().find(|it| it.name() == rule.name());
                own.is_some_and(|own| like(own, &after, &mapped))
            }
            Delta::Changed { .. } => false,
        }
    }

    fn rule(&self, delta: &Delta<Rule>, later: &mut Later) {
        if self.is_called_otherwise(delta) {
            return;
        }
        let (before, after) = match delta {
            Delta::Removed(_) => return,
            Delta::Added(after) => (None, after),
            Delta::Changed { before, after } if self.follows(before, after) => return,
            Delta::Changed { .. } if self.relabels() => return,
            Delta::Changed { before, after } => (Some(before.clone()), after),
        };
        let waits = after.foreign_key().is_some_and(|key| rests_on_new(key, self.changes));
        if !self.calm || self.is_new(after) && !waits {
            later.early_rules.push((self.at(), after.clone()));
        } else {
            later.rules.push((self.at(), before, after.clone()));
        }
    }
}

fn differs(before: &Index, after: &Index) -> bool {
    Rule::Index(before.clone()).substance() != Rule::Index(after.clone()).substance()
}

/// The index that a rule can be made of.
pub(super) fn index_of(unique: &Unique) -> Index {
    let Unique { name, columns, extras } = unique;
    let kept: Vec<Extra> =
        extras.iter().filter(|it| !matches!(it, Extra::Comment(_))).cloned().collect();
    Index {
        name: name.clone(),
        keys: columns.iter().cloned().map(IndexKey::column).collect(),
        unique: true,
        predicate: None,
        extras: Extras::from(kept),
    }
}
