//! From the schema after a change back to the one before it, a revision at a time.

use std::borrow::Cow;

use diesel_autogen_schema::{
    Column, DiffError, Extra, Extras, Index, OwnPlace, Schema, Table, Text, diff, names,
};

use super::later::Later;
use super::{Asked, Stage, Work};
use super::{look, wait};
use crate::dialect::postgres::rule::{Rule, presence};
use crate::revision::Phase;

/// The revisions, first to last.
pub(super) fn stages(
    before: &Schema,
    after: &Schema,
    later: &Later,
    asked: Asked,
) -> Result<Vec<Stage<'static>>, Vec<DiffError>> {
    let mut walk = Walk { at: after.clone().canonical(), stages: Vec::new() };
    let strict = if later.restricts() { Phase::Contract } else { Phase::Expand };
    walk.go(later, strict, asked.phased);
    let first = if later.breaks { Phase::Contract } else { Phase::Expand };
    walk.back(first, "", |_| {});
    let mut stages = walk.ordered(hinted(before, later), asked.phased)?;
    if let Some(first) = stages.first_mut() {
        first.leaving.clone_from(&later.leaving);
    }
    Ok(stages)
}

struct Walk {
    /// The schema before the stages so far.
    at: Schema,
    /// Last to first, without the schema before each.
    stages: Vec<Stage<'static>>,
}

impl Walk {
    fn go(&mut self, later: &Later, strict: Phase, phased: bool) {
        self.back(Phase::Contract, "drop what is left", |at| {
            at.tables.to_mut().extend(later.tables.iter().cloned());
            for (place, column) in &later.columns {
                within(at, place, |table| table.columns.to_mut().push(column.clone()));
            }
            later.retyping.keep(at);
        });
        for (place, index) in later.unindexed.iter().rev() {
            self.back(Phase::Contract, &format!("drop {}", index.name), |at| {
                within(at, place, |table| table.indexes.to_mut().push(index.clone()));
            });
        }
        self.validate(Phase::Contract, later.retyping.keys.clone());
        self.back(Phase::Contract, "swap", |at| later.retyping.undo(at));
        self.back(strict, "tighten", |at| {
            tighten(at, later, phased);
            wait::undo(at, later);
        });
        self.look(later, strict);
        self.back(strict, "restrict", |at| restrict(at, later));
        self.build(later, true);
        // A rule for new rows stops every change of a row that breaks it, whatever it changes: so
        // rows are filled first.
        for fill in later.fills.iter().rev() {
            self.stage(Phase::Migrate, &fill.about(), Work::Fill(fill.clone()));
        }
        self.build(later, false);
        for (place, _, after) in later.exchanged.iter().rev() {
            self.built(Phase::Expand, place, &instead(&after.name));
        }
        self.back(Phase::Expand, "follow", |at| later.retyping.forget(at));
        self.back(Phase::Expand, "defaults", |at| undefault(at, later));
    }

    /// One more stage before the others. What leads to it from the schema before is undone by
    /// `undo`.
    fn back(&mut self, phase: Phase, about: &str, undo: impl FnOnce(&mut Schema)) {
        self.stage(phase, about, Work::Change);
        undo(&mut self.at);
    }

    fn stage(&mut self, phase: Phase, about: &str, work: Work) {
        self.stages.push(Stage {
            phase: Some(phase),
            about: about.to_owned(),
            before: Cow::Owned(Schema::EMPTY),
            after: Cow::Owned(self.at.clone().canonical()),
            leaving: Vec::new(),
            work,
        });
    }

    fn build(&mut self, later: &Later, strict: bool) {
        let phase = if strict { Phase::Contract } else { Phase::Expand };
        for (place, index, _) in later.indexes.iter().filter(|it| it.2 == strict).rev() {
            self.built(phase, place, &index.name);
        }
    }

    fn built(&mut self, phase: Phase, place: &OwnPlace, name: &str) {
        self.back(phase, &format!("build {name}"), |at| {
            within(at, place, |table| table.indexes.to_mut().retain(|it| it.name != name));
        });
    }

    fn look(&mut self, later: &Later, phase: Phase) {
        let late = later.rules.iter().map(|(place, _, rule)| (place.clone(), rule.clone()));
        let mut rules: Vec<(OwnPlace, Rule)> =
            later.early_rules.iter().cloned().chain(late).collect();
        for (place, column) in &later.required {
            let helper = presence(&place.name, column);
            let there = self.at.at(place.place());
            if there.is_some_and(|table| table.checks.contains(&helper)) {
                rules.push((place.clone(), Rule::Check(helper)));
            }
        }
        self.validate(phase, rules);
    }

    fn validate(&mut self, phase: Phase, rules: Vec<(OwnPlace, Rule)>) {
        if !rules.is_empty() {
            self.stage(phase, "validate", Work::Look { rules, changes: Vec::new() });
        }
    }

    /// The stages that do something, first to last, in phases that never go back.
    fn ordered(
        mut self,
        before: Schema,
        phased: bool,
    ) -> Result<Vec<Stage<'static>>, Vec<DiffError>> {
        self.stages.reverse();
        let (mut at, mut phase) = (before, None);
        let mut all: Vec<Stage<'static>> = Vec::new();
        let (mut brought, mut looked) = (Vec::new(), false);
        for mut stage in self.stages {
            stage.before = Cow::Owned(at.clone());
            match &mut stage.work {
                Work::Change => {
                    let changes = diff(&stage.before, &stage.after)?;
                    if changes.is_empty() {
                        continue;
                    }
                    // After the first look, what comes for new rows comes with the swap alone.
                    if looked {
                        brought.clear();
                    }
                    brought.extend(look::under_new_names(&changes));
                }
                Work::Look { rules: _, changes } => {
                    *changes = std::mem::take(&mut brought);
                    looked = true;
                }
                Work::Fill(_) => {}
            }
            at = stage.after.clone().into_owned();
            phase = phase.max(stage.phase);
            stage.phase = phase.filter(|_| phased);
            all.push(stage);
        }
        if let Some(first) = all.first_mut() {
            first.about = String::new();
        }
        Ok(all)
    }
}

/// Undoes the last look at what rows must be.
fn tighten(at: &mut Schema, later: &Later, phased: bool) {
    for (place, column) in &later.required {
        within(at, place, |table| {
            let helper = presence(&place.name, column);
            own(table, column, |column| column.nullable = true);
            if phased {
                table.checks.to_mut().push(helper);
            }
        });
    }
    for (place, before, after) in &later.exchanged {
        within(at, place, |table| {
            let indexes = table.indexes.to_mut();
            indexes.retain(|it| it.name != after.name);
            indexes.push(Index { name: instead(&after.name).into(), ..bare(after) });
            indexes.push(before.clone());
        });
    }
}

/// Undoes what new rows must be.
fn restrict(at: &mut Schema, later: &Later) {
    for (place, before, after) in &later.rules {
        within(at, place, |table| {
            let (checks, keys) = (table.checks.to_mut(), table.foreign_keys.to_mut());
            checks.retain(|it| it.name != *after.name() || !matches!(after, Rule::Check(_)));
            keys.retain(|it| it.name != *after.name() || after.foreign_key().is_none());
            before.iter().for_each(|it| put(table, it));
        });
    }
    for (place, column) in &later.required {
        let helper = presence(&place.name, column);
        within(at, place, |table| table.checks.to_mut().retain(|it| *it != helper));
    }
    for (place, unique, index) in &later.uniques {
        within(at, place, |table| {
            table.uniques.to_mut().retain(|it| it.name != unique.name);
            table.indexes.to_mut().extend(index.clone());
        });
    }
    for (place, index, _) in &later.indexes {
        within(at, place, |table| {
            let indexes = table.indexes.to_mut().iter_mut();
            indexes.filter(|it| it.name == index.name).for_each(|it| *it = bare(it));
        });
    }
}

fn undefault(at: &mut Schema, later: &Later) {
    for fill in &later.fills {
        let column = &fill.column.name;
        within(at, &fill.place(), |table| own(table, column, |column| column.backfill = None));
    }
    for (place, column) in &later.defaults {
        within(at, place, |table| own(table, column, |column| column.default = None));
    }
}

/// The schema with what columns hold, on the way back, in rows that were written without them.
fn hinted(before: &Schema, later: &Later) -> Schema {
    let mut schema = before.clone();
    for (place, column, value) in &later.blanks {
        within(&mut schema, place, |table| {
            own(table, column, |column| column.backfill = Some(value.clone().into()));
        });
    }
    schema
}

/// What an index is called until it takes the place of another one.
fn instead(name: &str) -> String {
    names::index(name, &["next"])
}

/// The index without its remark, which is made in a revision that may say more than one thing.
pub(super) fn bare(index: &Index) -> Index {
    let kept = index.extras.iter().filter(|it| !matches!(it, Extra::Comment(_)));
    Index { extras: Extras::from(kept.cloned().collect::<Vec<_>>()), ..index.clone() }
}

pub(super) fn within(schema: &mut Schema, place: &OwnPlace, edit: impl FnOnce(&mut Table)) {
    let mut tables = schema.tables.to_mut().iter_mut();
    if let Some(table) = tables.find(|it| it.place() == place.place()) {
        edit(table);
    }
}

fn own(table: &mut Table, name: &Text, edit: impl FnOnce(&mut Column)) {
    if let Some(column) = table.columns.to_mut().iter_mut().find(|it| it.name == *name) {
        edit(column);
    }
}

/// Takes a rule out of a table.
pub(super) fn take(table: &mut Table, rule: &Rule) {
    match rule {
        Rule::Unique(rule) => table.uniques.to_mut().retain(|it| it != rule),
        Rule::Check(rule) => table.checks.to_mut().retain(|it| it != rule),
        Rule::Exclusion(rule) => table.exclusions.to_mut().retain(|it| it != rule),
        Rule::Index(rule) => table.indexes.to_mut().retain(|it| it != rule),
        Rule::ForeignKey(rule) => table.foreign_keys.to_mut().retain(|it| it != rule),
        Rule::PrimaryKey { .. } => {}
    }
}

/// Puts a rule into a table.
pub(super) fn put(table: &mut Table, rule: &Rule) {
    match rule.clone() {
        Rule::Unique(rule) => table.uniques.to_mut().push(rule),
        Rule::Check(rule) => table.checks.to_mut().push(rule),
        Rule::Exclusion(rule) => table.exclusions.to_mut().push(rule),
        Rule::Index(rule) => table.indexes.to_mut().push(rule),
        Rule::ForeignKey(rule) => table.foreign_keys.to_mut().push(rule),
        Rule::PrimaryKey { .. } => {}
    }
}
