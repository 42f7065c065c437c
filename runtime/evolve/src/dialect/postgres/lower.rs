//! From changes to the operations that make them, in one order for all tables.
//!
//! On the way up: what others rest on comes first, rules that go go before anything is renamed,
//! rules that come come when everything else is there, and what goes with its values goes last, so
//! that new columns can be filled from it. The way down is the same backwards.

use diesel_autogen_schema::{
    Change, Column, Delta, Enum, Extra, Extras, List, Live, OwnPlace, PgType, SqlType, Table,
    TableChange, Text,
};

use super::altered::Altered;
use super::blocked::blocked;
use super::follow::{Follow, following};
use super::going::{self, Spot};
use super::labels::Labels;
use super::lowering::Lowering;
use super::op::{Alteration, Op};
use super::remarks;
use super::renames;
use super::rule::{Rule, rules};
use crate::decide::Refusal;
use crate::dialect::Target;

impl Lowering<'_> {
    /// The operations, in the order of the way up.
    pub(crate) fn ops(&self) -> Vec<Op> {
        let mut ops = self.kinds.opening(self.changes, self.live);
        ops.extend(self.followers(true));
        self.drop_rules(&mut ops);
        self.drop_early(&mut ops);
        let knows = |place: &OwnPlace| {
            let names = &self.live.pg.names;
            names.is_empty() || names.contains(place)
        };
        let (taken, early) = (&self.taken, &self.early_columns);
        ops.extend(renames::renames(&self.names, &self.altered, taken, early, &knows));
        ops.extend(self.kinds.created.iter().cloned().map(Op::CreateType));
        self.leave(&mut ops);
        ops.extend(self.labels().into_iter().map(Op::Labels));
        self.create(&mut ops);
        self.alter(&mut ops);
        self.add_rules(&mut ops);
        ops.extend(going::loosened(self));
        self.drop_late(&mut ops);
        ops.extend(self.kinds.dropped.iter().cloned().map(Op::DropType));
        ops.extend(self.kinds.left.iter().cloned().map(Op::KeepType));
        ops.extend(self.followers(false));
        ops.extend(remarks::remarks(self));
        ops.extend(self.kinds.closing(self.changes, self.live));
        ops
    }

    /// What ends of columns that follow others, or what begins.
    fn followers(&self, ends: bool) -> Vec<Op> {
        let mut ops = Vec::new();
        for change in self.changes {
            let (before, after) = (change.before(), change.after());
            let (Some(table), other) = (if ends { (before, after) } else { (after, before) })
            else {
                continue;
            };
            let stays = |it: &Follow<'_>| {
                other.is_some_and(|other| following(other).any(|of| it.is_same(&of)))
            };
            for it in following(table).filter(|it| !stays(it)) {
                let (table, column) = (table.clone(), it.column().clone());
                // What is new to rows is filled by a revision of its own, on the way up.
                let moved = change.altered().map(TableChange::column_renames).unwrap_or_default();
                let is_moved = moved.iter().any(|(from, _)| *from == &*column);
                let is_gone =
                    !is_moved && other.is_some_and(|other| other.column(&column).is_none());
                ops.push(match ends {
                    true => Op::Unfollow { table, column, is_gone },
                    false => Op::Follow { table, column, is_new: false },
                });
            }
        }
        ops
    }

    fn drop_rules(&self, ops: &mut Vec<Op>) {
        let mut keys: Vec<(OwnPlace, Vec<Rule>)> = Vec::new();
        let mut others: Vec<(OwnPlace, Vec<Rule>)> = Vec::new();
        for it in &self.altered {
            let early = it.gone.iter().filter(|rule| !it.proves(rule)).cloned();
            let (own, rest): (Vec<Rule>, Vec<Rule>) =
                early.partition(|rule| rule.foreign_key().is_some());
            keys.push((it.was_at().into(), own));
            others.push((it.was_at().into(), rest));
        }
        for table in &self.dropped {
            let own = table.foreign_keys.iter().filter(|key| !self.goes_along(table, key));
            keys.push((table.place().into(), own.cloned().map(Rule::ForeignKey).collect()));
        }
        for (table, key) in self.outside() {
            keys.push((table, vec![Rule::ForeignKey(key.clone())]));
        }
        keys.sort_by(|a, b| a.0.cmp(&b.0));
        for (table, rules) in keys.into_iter().chain(others) {
            let (indexes, constraints): (Vec<Rule>, Vec<Rule>) =
                rules.into_iter().partition(Rule::is_index);
            for rule in indexes {
                if let Rule::Index(index) = rule {
                    ops.push(Op::DropIndex(table.clone(), index));
                }
            }
            if !constraints.is_empty() {
                ops.push(Op::DropRules(table, constraints));
            }
        }
    }

    fn drop_early(&self, ops: &mut Vec<Op>) {
        let tables: Vec<_> = self.altered.iter().map(|it| (it, self.going(it, true))).collect();
        for (it, mut columns) in
            going::children_first(tables, &|of, name| self.names.loses(of, name))
        {
            let pairs = it.before.columns.iter().zip(&it.mapped.columns[..]);
            let waiting = pairs.filter(|(_, mapped)| {
                mapped.generated.is_some() && it.waiting.contains(&*mapped.name)
            });
            columns.extend(waiting.map(|(before, _)| before.clone()));
            // What it is called has not changed yet.
            let before = it.before.clone();
            let mut after = before.clone();
            after.columns.to_mut().retain(|column| columns.iter().all(|it| it.name != column.name));
            let own = |column: &Column| before.column(&column.name).cloned();
            let mut columns: Vec<Delta<Column>> =
                columns.iter().filter_map(own).map(Delta::Removed).collect();
            for name in &it.ending {
                let name = it.name_before(name);
                let of = after.columns.to_mut().iter_mut().find(|column| column.name == name);
                if let Some(after) = of {
                    let before = after.clone();
                    after.generated = None;
                    columns.push(Delta::Changed { before, after: after.clone() });
                }
            }
            if !columns.is_empty() {
                ops.push(Op::Alter(Alteration { before, after, columns, leaves: false }));
            }
        }
        for table in self.dropped.iter().filter(|it| self.early.contains(&it.place().into())) {
            ops.push(Op::DropTable(self.whole(table, false)));
        }
    }

    pub(crate) fn going(&self, it: &Altered<'_>, early: bool) -> Vec<Column> {
        let is_early = |column: &Column| {
            self.early_columns.contains(&(it.was_at().into(), column.name.to_string()))
        };
        going::going(it).into_iter().filter(|column| is_early(column) == early).collect()
    }

    fn drop_late(&self, ops: &mut Vec<Op>) {
        let tables: Vec<_> = self.altered.iter().map(|it| (it, self.going(it, false))).collect();
        for (it, columns) in going::children_first(tables, &|of, name| self.names.loses(of, name)) {
            if columns.is_empty() {
                continue;
            }
            let before = self.names.while_there(it.before);
            let columns = columns.into_iter().map(Delta::Removed).collect();
            let after = it.after.clone();
            ops.push(Op::Alter(Alteration { before, after, columns, leaves: false }));
        }
        for it in &self.altered {
            let proved: Vec<Rule> =
                it.gone.iter().filter(|rule| it.proves(rule)).cloned().collect();
            if !proved.is_empty() {
                ops.push(Op::DropRules(it.at(), proved));
            }
        }
        for table in self.dropped.iter().filter(|it| !self.early.contains(&it.place().into())) {
            ops.push(Op::DropTable(self.whole(table, true)));
        }
    }

    /// A table that goes, with what nobody owns, so that it comes back as it was.
    fn whole(&self, table: &Table, late: bool) -> Table {
        let table = &self.with_unowned(table);
        let mut whole = if late { self.names.mapped(table) } else { table.clone() };
        let own = table.foreign_keys.iter().zip(whole.foreign_keys.iter());
        let kept = own.filter(|(key, _)| self.goes_along(table, key)).map(|(_, key)| key.clone());
        whole.foreign_keys = kept.collect();
        whole
    }

    fn with_unowned(&self, table: &Table) -> Table {
        let mut whole = table.clone();
        let Some(live) = self.live.schema.at(table.place()) else { return whole };
        more(&mut whole.columns, &live.columns, |it| &it.name);
        more(&mut whole.uniques, &live.uniques, |it| &it.name);
        more(&mut whole.indexes, &live.indexes, |it| &it.name);
        more(&mut whole.checks, &live.checks, |it| &it.name);
        more(&mut whole.exclusions, &live.exclusions, |it| &it.name);
        more(&mut whole.foreign_keys, &live.foreign_keys, |it| &it.name);
        whole
    }

    /// Columns that leave an enum whose labels change: they hold labels that it will not have.
    fn leave(&self, ops: &mut Vec<Op>) {
        for it in &self.altered {
            let columns: Vec<Delta<Column>> =
                it.columns.iter().filter(|delta| self.leaves(delta)).cloned().collect();
            if !columns.is_empty() {
                ops.push(Op::Alter(Alteration {
                    before: it.mapped.clone(),
                    after: it.after.clone(),
                    columns,
                    leaves: false,
                }));
            }
        }
    }

    fn leaves(&self, delta: &Delta<Column>) -> bool {
        let Delta::Changed { before, after } = delta else { return false };
        let place = |column: &Column| column.sql_type.enumeration().map(|of| of.place().into());
        let was: Option<OwnPlace> = place(before);
        was.as_ref().is_some_and(|was| self.kinds.changes(was)) && was != place(after)
    }

    fn create(&self, ops: &mut Vec<Op>) {
        for (at, table) in self.created.iter().enumerate() {
            let mut table = (*table).clone();
            table.foreign_keys.to_mut().retain(|key| self.comes_along(at, key));
            ops.push(Op::CreateTable(table));
        }
    }

    fn alter(&self, ops: &mut Vec<Op>) {
        for it in &self.altered {
            let stays = |delta: &&Delta<Column>| match delta {
                Delta::Removed(_) => false,
                Delta::Added(_) | Delta::Changed { .. } => !self.leaves(delta),
            };
            let columns = it.columns.iter().filter(stays);
            let mut columns: Vec<Delta<Column>> = columns
                .filter(|delta| !delta.after().is_some_and(|own| it.waiting.contains(&*own.name)))
                .map(|delta| self.without_labels(delta))
                .filter(|delta| !is_settled(it, delta) && !self.is_leaving(it, delta))
                .collect();
            let waiting =
                it.after.columns.iter().filter(|column| {
                    column.generated.is_some() && it.waiting.contains(&*column.name)
                });
            columns.extend(waiting.cloned().map(Delta::Added));
            if !columns.is_empty() {
                ops.push(Op::Alter(Alteration {
                    before: it.mapped.clone(),
                    after: it.after.clone(),
                    columns,
                    leaves: false,
                }));
            }
        }
    }

    /// The delta without what the change of labels does to the column.
    fn without_labels(&self, delta: &Delta<Column>) -> Delta<Column> {
        match delta {
            Delta::Changed { before, after } if self.kinds.holds(before, after) => {
                let sql_type = after.sql_type.clone();
                let default = after.default.clone();
                let before = Column { sql_type, default, ..before.clone() };
                Delta::Changed { before, after: after.clone() }
            }
            other => other.clone(),
        }
    }

    fn labels(&self) -> Vec<Labels> {
        self.kinds.labels(&self.altered, &self.names, &self.taken)
    }

    fn add_rules(&self, ops: &mut Vec<Op>) {
        let mut keys: Vec<(OwnPlace, Vec<Rule>)> = Vec::new();
        let (mut unchecked, mut restored) = (Vec::new(), Vec::new());
        for it in &self.altered {
            let table = it.at();
            let mut again = Vec::new();
            let mut constraints = Vec::new();
            let mut indexes = Vec::new();
            let mut own = Vec::new();
            for rule in it.came.iter().cloned() {
                if self.is_there_for_new_rows(it, &rule) {
                    unchecked.push(Op::Validate(table.clone(), rule));
                    continue;
                }
                if self.phased && rule.waits() && it.moved.contains(rule.name()) {
                    again.push(rule);
                    continue;
                }
                match rule {
                    Rule::Index(index) => indexes.push(Op::CreateIndex(table.clone(), index)),
                    Rule::ForeignKey(_) => own.push(rule),
                    Rule::PrimaryKey { .. }
                    | Rule::Unique(_)
                    | Rule::Check(_)
                    | Rule::Exclusion(_) => constraints.push(rule),
                }
            }
            ops.extend(it.turned.iter().map(|it| {
                let (before, after) = (it.mapped.clone(), it.after.clone());
                Op::Turn { table: table.clone(), before, after }
            }));
            if !constraints.is_empty() {
                ops.push(Op::AddRules(table.clone(), constraints));
            }
            ops.extend(indexes);
            keys.push((table.clone(), own));
            restored.push((table, again));
        }
        for (at, table) in self.created.iter().enumerate() {
            let late = table.foreign_keys.iter().filter(|key| !self.comes_along(at, key));
            keys.push((table.place().into(), late.cloned().map(Rule::ForeignKey).collect()));
        }
        for (table, key) in self.outside() {
            let list = if self.phased { &mut restored } else { &mut keys };
            list.push((table, vec![Rule::ForeignKey(self.back(key))]));
        }
        keys.sort_by(|a, b| a.0.cmp(&b.0));
        for (table, rules) in keys.into_iter().filter(|(_, rules)| !rules.is_empty()) {
            ops.push(Op::AddRules(table, rules));
        }
        let restored = restored.into_iter().filter(|(_, rules)| !rules.is_empty());
        ops.extend(restored.map(|(table, rules)| Op::RestoreRules(table, rules)));
        ops.extend(unchecked);
    }

    /// Whether the database has a constraint that comes, and never looked at the rows for it.
    fn is_there_for_new_rows(&self, it: &Altered<'_>, rule: &Rule) -> bool {
        let owned = rules(it.before).iter().any(|own| own.name() == rule.name());
        !owned && self.live.pg.is_not_valid(it.was_at(), rule.name())
    }
}

/// Adds what only the other list has.
fn more<T: Clone>(list: &mut List<T>, other: &[T], name: impl Fn(&T) -> &Text) {
    let missing = other.iter().filter(|it| list.iter().all(|own| name(own) != name(it)));
    let missing: Vec<T> = missing.cloned().collect();
    if !missing.is_empty() {
        list.to_mut().extend(missing);
    }
}

/// Whether nothing of a column is left to change but the remark.
fn is_settled(it: &Altered<'_>, delta: &Delta<Column>) -> bool {
    let Delta::Changed { before, after } = delta else { return false };
    let plain = |column: &Column| Column {
        comment: None,
        // Whom it follows is told apart.
        extras: unfollowed(&column.extras),
        sql_type: unremarked(&column.sql_type),
        ..column.clone()
    };
    // One that is computed from another that changes makes way as it is.
    plain(before).same_facts(&plain(after)) && !it.disturbed.contains(&*after.name)
}

fn unfollowed(extras: &Extras) -> Extras {
    let kept = extras.iter().filter(|it| !matches!(it, Extra::Follows(_) | Extra::FollowsBy(_)));
    kept.cloned().collect::<Vec<_>>().into()
}

/// The type without the remark on its enum, which is changed apart from columns.
fn unremarked(of: &SqlType) -> SqlType {
    match of {
        SqlType::Enum(of) => SqlType::Enum(Enum { comment: None, ..of.clone() }),
        SqlType::Pg(PgType::Array(of)) => SqlType::array(unremarked(of)),
        other => other.clone(),
    }
}

/// The operations, or what stands in their way.
pub(crate) fn lower(
    changes: &[Change],
    leaving: &[Spot],
    target: &Target,
    live: &Live,
) -> Result<Vec<Op>, Vec<Refusal>> {
    let lowering = Lowering::new(changes, leaving, live, target.online.phased);
    let blocked = blocked(&lowering, &lowering.labels(), target.minimum);
    if blocked.is_empty() { Ok(lowering.ops()) } else { Err(blocked) }
}
