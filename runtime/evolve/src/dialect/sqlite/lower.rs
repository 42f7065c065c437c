//! From changes to the operations that make them, in order.

use std::collections::BTreeSet;

use diesel_autogen_schema::{Change, ForeignKey, Index, Live, Object, Table, TableChange};

use super::middle::{Middle, in_turn};
use super::objects;
use super::op::Op;
use super::shape::{Shape, Unowned, same_index};
use super::why::facts;
use crate::decide::Refusal;
use crate::order;

/// The operations, in the order of the way up:
/// new tables, altered tables, dropped tables, renames, and the indexes that wait for those.
pub(crate) fn lower(changes: &[Change], live: &Live) -> Result<Vec<Op>, Vec<Refusal>> {
    let middle = Middle::of(changes, &names(changes, live));
    let mut lowering =
        Lowering { changes, live, middle, late: Vec::new(), ops: Vec::new(), refusals: Vec::new() };
    lowering.created();
    lowering.altered();
    lowering.dropped();
    lowering.ops.push(Op::Restore);
    lowering.renames();
    let Lowering { late, mut ops, refusals, .. } = lowering;
    ops.extend(late);
    ops.insert(0, Op::Park);
    if refusals.is_empty() { Ok(ops) } else { Err(refusals) }
}

struct Lowering<'a> {
    changes: &'a [Change],
    live: &'a Live,
    middle: Middle,
    /// Indexes that can be made only when all names are as they shall be.
    late: Vec<Op>,
    ops: Vec<Op>,
    refusals: Vec<Refusal>,
}

impl Lowering<'_> {
    fn created(&mut self) {
        let tables: Vec<&Table> = self.changes.iter().filter_map(Change::created).collect();
        for table in order::parents_first(&tables) {
            // Unless it is there already by hand, not merely by a name that is given up here.
            let owned =
                self.changes.iter().filter_map(Change::before).any(|it| it.name == table.name);
            if let Some(found) = self.live.schema.table(&table.name).filter(|_| !owned) {
                self.adopted(table, found);
                continue;
            }
            let mut shape = self.middle.shape(table);
            let taken = self.index_names(None);
            // A name that another table still uses, or a table that is renamed later.
            let aside = shape.table.name != table.name;
            let (wait, now): (Vec<Index>, Vec<Index>) = shape
                .indexes
                .into_iter()
                .partition(|it| aside || taken.contains(&folded(&it.name)));
            shape.indexes = now;
            self.ops.push(Op::Create(shape, Vec::new()));
            let facts = Shape::of(table).indexes.into_iter();
            let wait = facts.filter(|index| wait.iter().any(|it| it.name == index.name));
            self.late.extend(wait.map(|index| Op::CreateIndex(table.name.to_string(), index)));
        }
    }

    /// A model claims a table that somebody made by hand.
    fn adopted(&mut self, table: &Table, found: &Table) {
        let nobody = Table {
            primary_key: found.primary_key.clone(),
            strict: found.strict,
            without_rowid: found.without_rowid,
            ..Table::new(found.name.clone())
        };
        let unowned = Unowned::of(&nobody, found);
        let before = unowned.kept_in(Shape::of(&nobody));
        let after = unowned.kept_in(self.middle.shape(table));
        let name = table.name.to_string();
        self.alter(&name, before, after, "claimed by a model", "no longer claimed by a model");
    }

    fn altered(&mut self) {
        let changes = self.changes;
        for change in changes {
            let Change::AlterTable(change) = change else { continue };
            let TableChange { before, after, edits: _ } = change;
            let unowned = self
                .live
                .schema
                .table(&before.name)
                .map(|live| Unowned::of(before, live))
                .unwrap_or_default()
                .declared(self.live.written(&before.name), after);
            let old = unowned.kept_in(Shape::of(before));
            let new = unowned.kept_in(self.middle.shape(after));
            self.refuse_users(change, &old, &new, &unowned);
            let back = change.clone().invert();
            self.alter(&after.name, old, new, &facts(change), &facts(&back));
        }
    }

    /// What goes must not be used by what no model claims.
    fn refuse_users(&mut self, change: &TableChange, old: &Shape, new: &Shape, unowned: &Unowned) {
        let table = &change.before.name;
        for column in old.table.columns.iter().filter(|it| new.column(&it.name).is_none()) {
            let user = unowned
                .uses(&column.name)
                .or_else(|| objects::user_of_column(self.live, table, &column.name));
            if let Some(by) = user {
                let object = format!("{table}.{}", column.name);
                self.refusals.push(Refusal::InUse { object, by });
            }
        }
        if let Some((column, by)) = self.left_behind(old, new) {
            self.refusals.push(Refusal::InUse { object: format!("{table}.{column}"), by });
        }
        if new.table.columns.is_empty() {
            let reason = "would have no column left: drop the table instead";
            self.refusals.push(Refusal::Unsupported { object: table.to_string(), reason });
        }
    }

    /// `name` is what the table is called after.
    fn alter(&mut self, name: &str, mut old: Shape, mut new: Shape, up: &str, down: &str) {
        let table = old.table.name.to_string();
        let kept = |index: &Index, other: &[Index]| other.iter().any(|it| same_index(it, index));
        let (old_indexes, new_indexes) = (old.indexes.clone(), new.indexes.clone());
        old.indexes.retain(|index| kept(index, &new_indexes));
        new.indexes = old.indexes.clone();
        let start = self.ops.len();
        let gone = old_indexes.iter().filter(|index| !kept(index, &new_indexes));
        self.ops.extend(gone.map(|index| Op::DropIndex(table.clone(), index.clone())));
        let plain = table == name && self.middle.column_renames(name).is_empty();
        let taken = self.index_names(Some(&table));
        let differs = super::alter::differs(&old, &new);
        if differs {
            self.ops.push(Op::Alter(old, new));
        }
        let added = new_indexes.iter().filter(|index| !kept(index, &old_indexes));
        let added: Vec<&Index> = added.collect();
        for index in &added {
            if plain && !taken.contains(&folded(&index.name)) {
                self.ops.push(Op::CreateIndex(table.clone(), (*index).clone()));
            } else {
                let named = self.named_after(name, &index.name).unwrap_or_else(|| (*index).clone());
                self.late.push(Op::CreateIndex(name.to_owned(), named));
            }
        }
        if plain && self.ops.len() == start && added.is_empty() {
            let (up, down) = (up.to_owned(), down.to_owned());
            self.ops.push(Op::Note { table, up, down });
        }
    }

    /// The index as it is written under the names after.
    fn named_after(&self, table: &str, index: &str) -> Option<Index> {
        let table = self.changes.iter().filter_map(Change::after).find(|it| it.name == table)?;
        Shape::of(table).indexes.into_iter().find(|it| it.name == index)
    }

    /// Names of indexes that stand before, in lower case, but for those of one table.
    fn index_names(&self, but: Option<&str>) -> BTreeSet<String> {
        let before = self.changes.iter().filter_map(Change::before);
        let other = before.chain(&self.live.schema.tables[..]).filter(|it| Some(&*it.name) != but);
        other.flat_map(indexes).map(folded).collect()
    }

    fn dropped(&mut self) {
        let tables: Vec<&Table> = self.changes.iter().filter_map(Change::dropped).collect();
        let mut ordered = order::parents_first(&tables);
        ordered.reverse();
        for table in ordered {
            let by = objects::user_of_table(self.live, &table.name);
            if let Some(by) = by.or_else(|| self.child_of(&table.name)) {
                self.refusals.push(Refusal::InUse { object: table.name.to_string(), by });
            }
            let unowned = self.live.schema.table(&table.name);
            let nothing = Table::new(table.name.clone());
            let unowned = unowned
                .map(|live| Unowned::of(table, live))
                .unwrap_or_default()
                .declared(self.live.written(&table.name), &nothing);
            let triggers: Vec<Object> =
                objects::attached(self.live, &table.name).into_iter().cloned().collect();
            self.ops.push(Op::Drop(unowned.kept_in(Shape::of(table)), triggers));
        }
    }

    /// The first table that would keep a foreign key to a table that goes: every later write to it
    /// would fail.
    fn child_of(&self, parent: &str) -> Option<String> {
        let refers = |key: &ForeignKey| key.table.eq_ignore_ascii_case(parent);
        let stays = |table: &&Table| {
            let change =
                self.changes.iter().find(|it| it.before().is_some_and(|it| it.name == table.name));
            match change.map(Change::altered) {
                None => table.foreign_keys.iter().any(refers),
                // It is dropped as well.
                Some(None) => false,
                Some(Some(change)) => {
                    let unowned = Unowned::of(&change.before, table);
                    let after = unowned.kept_in(Shape::of(&change.after));
                    after.table.foreign_keys.iter().any(refers)
                }
            }
        };
        let child = self.live.schema.tables.iter().find(stays)?;
        Some(format!("table `{}`", child.name))
    }

    /// A column that a hand-made foreign key refers to and could not any more, and who has the key.
    fn left_behind(&self, old: &Shape, new: &Shape) -> Option<(String, String)> {
        let parent = &old.table.name;
        let stranded = |key: &ForeignKey| {
            key.table.eq_ignore_ascii_case(parent)
                && old.is_unique(&key.references)
                && !new.is_unique(&key.references)
        };
        self.live.schema.tables.iter().find_map(|table| {
            let change =
                self.changes.iter().find(|it| it.before().is_some_and(|it| it.name == table.name));
            let key = match change.map(Change::altered) {
                None => table.foreign_keys.iter().find(|key| stranded(key)).cloned(),
                Some(None) => None,
                Some(Some(change)) => {
                    let unowned = Unowned::of(&change.before, table);
                    unowned.foreign_keys().iter().find(|key| stranded(key)).cloned()
                }
            };
            let column = key?.references.first()?.to_string();
            Some((column, format!("table `{}`", table.name)))
        })
    }

    fn renames(&mut self) {
        let taken = names(self.changes, self.live);
        for change in self.changes {
            let Change::AlterTable(change) = change else { continue };
            let TableChange { before, after, edits: _ } = change;
            let columns = before.columns.iter().chain(&after.columns[..]);
            let columns: Vec<String> = columns.map(|column| column.name.to_string()).collect();
            for (from, to) in in_turn(self.middle.column_renames(&after.name), &columns) {
                self.ops.push(Op::RenameColumn { table: before.name.to_string(), from, to });
            }
        }
        let tables = in_turn(self.middle.table_renames(), &taken);
        self.ops.extend(tables.into_iter().map(|(from, to)| Op::RenameTable { from, to }));
    }
}

/// The name as SQLite compares it.
fn folded(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// Names of the indexes of a table, those that keep its uniqueness rules among them.
fn indexes(table: &Table) -> impl Iterator<Item = &str> {
    let uniques = table.uniques.iter().map(|unique| unique.name.as_ref());
    table.indexes.iter().map(|index| index.name.as_ref()).chain(uniques)
}

/// Every name of a table, index, view or trigger on either side.
pub(crate) fn names(changes: &[Change], live: &Live) -> Vec<String> {
    let mut names = BTreeSet::new();
    let mut add = |table: &Table| {
        names.insert(table.name.to_string());
        names.extend(indexes(table).map(str::to_owned));
    };
    for change in changes {
        change.before().into_iter().chain(change.after()).for_each(&mut add);
    }
    live.schema.tables.iter().for_each(add);
    names.extend(live.objects.iter().map(|object| object.name.to_string()));
    names.into_iter().collect()
}
