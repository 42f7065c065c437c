//! From changes to the operations that make them, in one order for all tables.
//!
//! On the way up: foreign keys that are in the way go, tables get their names, new tables come,
//! tables are altered, foreign keys come, and tables that go go last, so that what comes can be
//! filled from them. The way down is the same backwards.

use std::collections::BTreeSet;

use diesel_autogen_schema::{
    Change, Column, Delta, Dialect, Edit, ForeignKey, Live, Table, TableChange, Text,
};

use super::op::{Alteration, Op};
use crate::dialect::names::Names;
use crate::order;

/// All that is known before operations are made of it.
pub(crate) struct Lowering<'a> {
    altered: Vec<&'a TableChange>,
    created: Vec<&'a Table>,
    /// Tables that go, children first.
    dropped: Vec<&'a Table>,
    names: Names,
    live: &'a Live,
}

/// A foreign key and the table that it is in, which has this name when it goes or comes.
type Keyed = (Text, ForeignKey);

impl<'a> Lowering<'a> {
    pub(crate) fn new(changes: &'a [Change], live: &'a Live) -> Lowering<'a> {
        let created: Vec<&Table> = changes.iter().filter_map(Change::created).collect();
        let dropped: Vec<&Table> = changes.iter().filter_map(Change::dropped).collect();
        let mut dropped = order::parents_first(&dropped);
        dropped.reverse();
        Lowering {
            altered: changes.iter().filter_map(Change::altered).collect(),
            created: order::parents_first(&created),
            dropped,
            names: Names::of(changes, Dialect::Mysql),
            live,
        }
    }

    /// The operations, in the order of the way up.
    pub(crate) fn ops(&self) -> Vec<Op> {
        let (early, late) = self.keys();
        let mut ops = grouped(early, Op::DropKeys);
        let taken = self.taken();
        let (first, last): (Vec<&Table>, Vec<&Table>) =
            self.dropped.iter().copied().partition(|table| taken.contains(&*table.name));
        ops.extend(first.into_iter().map(|table| self.drop(table)));
        ops.extend(self.renamed());
        for (at, table) in self.created.iter().enumerate() {
            let (mut table, supports) = ((*table).clone(), table.supports());
            table.foreign_keys.to_mut().retain(|key| self.comes_along(at, key));
            ops.push(Op::CreateTable(table, supports));
        }
        let altered = self.altered.iter().enumerate();
        ops.extend(altered.filter_map(|(at, change)| self.alteration(at, change)));
        ops.extend(grouped(late, Op::AddKeys));
        ops.extend(last.into_iter().map(|table| self.drop(table)));
        ops
    }

    /// Names that tables get, which nothing may have then.
    fn taken(&self) -> BTreeSet<&str> {
        let created = self.created.iter().map(|table| &*table.name);
        created.chain(self.altered.iter().map(|change| &*change.after.name)).collect()
    }

    /// Keys that go before everything else, and keys that come behind it.
    fn keys(&self) -> (Vec<Keyed>, Vec<Keyed>) {
        let (mut early, mut late) = (Vec::new(), Vec::new());
        for change in &self.altered {
            let TableChange { before, after, edits: _ } = change;
            for key in before.foreign_keys.iter().filter(|key| !self.goes_with(change, key)) {
                if !self.stays(change, key) {
                    early.push((before.name.clone(), key.clone()));
                }
            }
            for key in after.foreign_keys.iter().filter(|key| !self.comes_with(change, key)) {
                let stays = before
                    .foreign_keys
                    .iter()
                    .any(|it| self.stays(change, it) && self.names.mapped_key(before, it) == *key);
                if !stays {
                    late.push((after.name.clone(), key.clone()));
                }
            }
        }
        for (at, table) in self.dropped.iter().enumerate() {
            let own = table.foreign_keys.iter().filter(|key| !self.goes_along(at, key));
            early.extend(own.map(|key| (table.name.clone(), key.clone())));
        }
        for (at, table) in self.created.iter().enumerate() {
            let own = table.foreign_keys.iter().filter(|key| !self.comes_along(at, key));
            late.extend(own.map(|key| (table.name.clone(), key.clone())));
        }
        for (table, key) in self.outside() {
            early.push((table.clone(), key.clone()));
            late.push((table, self.names.retargeted(key)));
        }
        (early, late)
    }

    /// Keys of tables to which nothing else happens that have to make way for a while.
    fn outside(&self) -> Vec<(Text, &'a ForeignKey)> {
        let changed = |table: &Table| {
            let altered = self.altered.iter().any(|it| it.before.name == table.name);
            altered || self.dropped.iter().any(|it| it.name == table.name)
        };
        let mut found = Vec::new();
        for table in self.live.schema.tables.iter().filter(|table| !changed(table)) {
            let keys = table.foreign_keys.iter().filter(|key| self.is_disturbed(key));
            found.extend(keys.map(|key| (table.name.clone(), key)));
        }
        found
    }

    /// Whether what the key refers to is made anew, so that the key is in the way.
    fn is_disturbed(&self, key: &ForeignKey) -> bool {
        let parent = self.altered.iter().find(|it| it.before.name == key.table);
        parent.is_some_and(|parent| {
            retyped(parent, &key.references)
                || !keeps(parent, &key.references, &self.names)
                || tangled(parent, &key.references)
        })
    }

    /// Whether a key of an altered table is there all along.
    fn stays(&self, change: &TableChange, key: &ForeignKey) -> bool {
        let mapped = self.names.mapped_key(&change.before, key);
        change.after.foreign_keys.contains(&mapped)
            && !retyped(change, &key.columns)
            && !tangled(change, &key.columns)
            && !self.is_disturbed(key)
    }

    /// Whether a key goes in the statement that alters its table: nothing happens to what it
    /// refers to, and no key comes under its name, which no statement can do.
    fn goes_with(&self, change: &TableChange, key: &ForeignKey) -> bool {
        // A table that goes goes behind this, unless another one takes its name.
        let early = self.taken();
        let elsewhere = !self.altered.iter().any(|it| it.before.name == key.table)
            && !self.dropped.iter().any(|it| it.name == key.table && early.contains(&*it.name));
        let back = change.after.foreign_keys.iter().any(|it| it.name == key.name);
        elsewhere && !back && !moves(change) && !retyped(change, &key.columns)
    }

    /// Whether a key comes in the statement that alters its table.
    fn comes_with(&self, change: &TableChange, key: &ForeignKey) -> bool {
        let elsewhere = !self.altered.iter().any(|it| it.after.name == key.table);
        let back = change.before.foreign_keys.iter().any(|it| it.name == key.name);
        elsewhere && !back && !moves(change) && !retyped_after(change, &key.columns)
    }

    /// Whether a foreign key of the new table at this place can come with it.
    fn comes_along(&self, at: usize, key: &ForeignKey) -> bool {
        match self.created.iter().position(|table| table.name == key.table) {
            Some(parent) => parent <= at,
            None => !self.altered.iter().any(|it| it.after.name == key.table),
        }
    }

    /// Whether a foreign key of the table that goes at this place can go with it, and come back.
    fn goes_along(&self, at: usize, key: &ForeignKey) -> bool {
        match self.dropped.iter().position(|table| table.name == key.table) {
            Some(parent) => parent >= at,
            None => !self.altered.iter().any(|it| it.before.name == key.table),
        }
    }

    /// Columns of an altered table, as they are called before, that a foreign key is on or refers to
    /// which is there all along.
    fn tied(&self, change: &TableChange) -> Vec<Text> {
        let own = change.before.foreign_keys.iter().filter(|key| self.stays(change, key));
        let all = self.live.schema.tables.iter().flat_map(|table| &table.foreign_keys[..]);
        let others = all.filter(|key| key.table == change.before.name && !self.is_disturbed(key));
        let own = own.flat_map(|key| &key.columns[..]);
        own.chain(others.flat_map(|key| &key.references[..])).cloned().collect()
    }

    /// A foreign key of the altered table at this place, as what it refers to is called when the
    /// table has its turn on the way back: no table has its old name yet, and columns have theirs
    /// where the table had its turn already.
    fn meanwhile(&self, at: usize, key: &ForeignKey) -> ForeignKey {
        let parent = self.altered.iter().position(|it| it.before.name == key.table);
        let now = self.names.retargeted(key);
        match parent {
            Some(parent) if parent < at => now,
            Some(_) | None => ForeignKey { references: key.references.clone(), ..now },
        }
    }

    /// A table that goes, with what nobody owns, so that it comes back as it was.
    fn drop(&self, table: &Table) -> Op {
        let mut whole = table.clone();
        if let Some(live) = self.live.schema.table(&table.name) {
            more(&mut whole, live);
        }
        let at = self.dropped.iter().position(|it| it.name == table.name).unwrap_or(0);
        let supports = whole.supports();
        whole.foreign_keys.to_mut().retain(|key| self.goes_along(at, key));
        Op::DropTable(whole, supports)
    }

    /// The renames as one statement. One that needs a name which is still in use waits, and a
    /// ring goes by way of a name that nobody has.
    fn renamed(&self) -> Option<Op> {
        let pairs = self.altered.iter().map(|it| (it.before.name.clone(), it.after.name.clone()));
        let mut left: Vec<(Text, Text)> = pairs.filter(|(from, to)| from != to).collect();
        let mut ordered = Vec::new();
        while !left.is_empty() {
            let free = |to: &Text| !left.iter().any(|(from, _)| from == to);
            match left.iter().position(|(_, to)| free(to)) {
                Some(at) => ordered.push(left.remove(at)),
                None => {
                    let (from, to) = left.remove(0);
                    let aside = Text::from(aside(&from, &self.everything()));
                    ordered.push((from, aside.clone()));
                    left.push((aside, to));
                }
            }
        }
        (!ordered.is_empty()).then_some(Op::RenameTables(ordered))
    }

    fn everything(&self) -> BTreeSet<String> {
        let own = self.altered.iter().flat_map(|it| [&it.before.name, &it.after.name]);
        let own = own.chain(self.created.iter().chain(&self.dropped).map(|it| &it.name));
        let live = self.live.schema.tables.iter().map(|it| &it.name);
        own.chain(live).map(|name| name.to_lowercase()).collect()
    }

    fn alteration(&self, at: usize, change: &TableChange) -> Option<Op> {
        let TableChange { before, after, edits } = change;
        let column = |edit: &Edit| match edit {
            Edit::Column(delta) => Some(delta.clone()),
            _ => None,
        };
        let columns: Vec<Delta<Column>> = edits.iter().filter_map(column).collect();
        let mut own = before.clone();
        own.name.clone_from(&after.name);
        own.foreign_keys.to_mut().iter_mut().for_each(|key| *key = self.meanwhile(at, key));
        let own_key = |key: &ForeignKey| self.names.mapped_key(before, key);
        let stay: Vec<ForeignKey> =
            before.foreign_keys.iter().filter(|key| self.stays(change, key)).map(own_key).collect();
        let gone = before
            .foreign_keys
            .iter()
            .filter(|key| !stay.contains(&own_key(key)) && self.goes_with(change, key));
        let came = after
            .foreign_keys
            .iter()
            .filter(|key| !stay.contains(key) && self.comes_with(change, key));
        let tied = self.tied(change);
        let now = |name: &Text| self.names.column(before.place(), name);
        let it = Alteration {
            tied: (tied.clone(), tied.iter().map(now).collect()),
            live: before.name.clone(),
            gone: gone.cloned().collect(),
            came: came.cloned().collect(),
            before: own,
            after: after.clone(),
            columns,
        };
        (!edits.is_empty()).then_some(Op::Alter(it))
    }
}

/// Whether one of these columns, as they are called before, is renamed where names are taken over,
/// on the way there or back: MariaDB loses its way there and leaves foreign keys to columns of the
/// old names.
fn tangled(change: &TableChange, columns: &[Text]) -> bool {
    let renames = change.column_renames();
    let taken_over = |(from, to): &(&str, &str)| {
        change.before.column(to).is_some() || change.after.column(from).is_some()
    };
    renames.iter().any(taken_over)
        && renames.iter().any(|(from, _)| columns.iter().any(|column| column == from))
}

/// Whether another engine keeps the table after: no foreign key can be there meanwhile.
fn moves(change: &TableChange) -> bool {
    let engine = |table: &Table| super::render::engine(&table.extras).to_ascii_lowercase();
    engine(&change.before) != engine(&change.after)
}

/// Whether one of these columns, as they are called before, gets another type.
fn retyped(change: &TableChange, columns: &[Text]) -> bool {
    changes(change).any(|(before, _)| columns.contains(&before.name))
}

/// Whether one of these columns, as they are called after, gets another type.
fn retyped_after(change: &TableChange, columns: &[Text]) -> bool {
    changes(change).any(|(_, after)| columns.contains(&after.name))
}

/// Columns that are written anew: no foreign key can be on them meanwhile.
fn changes(change: &TableChange) -> impl Iterator<Item = (&Column, &Column)> {
    let collation = |table: &Table, column: &Column| {
        super::render::whole(table, &bare(column), diesel_autogen_schema::Flavour::Mysql)
    };
    change.edits.iter().filter_map(move |edit| match edit {
        Edit::Column(Delta::Changed { before, after })
            if collation(&change.before, before) != collation(&change.after, after) =>
        {
            Some((before, after))
        }
        _ => None,
    })
}

/// The column without what makes no difference to a foreign key.
fn bare(column: &Column) -> Column {
    let Column { sql_type, nullable, generated, collation, .. } = column.clone();
    Column { nullable, generated, collation, ..Column::new("".into(), sql_type) }
}

/// Whether the parent has one and the same key on these columns all along.
fn keeps(parent: &TableChange, columns: &[Text], names: &Names) -> bool {
    let (mapped, after) = (names.mapped(&parent.before), &parent.after);
    let place = parent.before.place();
    let columns: Vec<Text> = columns.iter().map(|name| names.column(place, name)).collect();
    (mapped.primary_key.starts_with(&columns) && mapped.primary_key == after.primary_key)
        || mapped
            .uniques
            .iter()
            .any(|it| it.columns.starts_with(&columns) && after.uniques.contains(it))
}

fn grouped(mut keys: Vec<Keyed>, op: impl Fn(Text, Vec<ForeignKey>) -> Op) -> Vec<Op> {
    keys.sort_by(|a, b| (&a.0, &a.1.name).cmp(&(&b.0, &b.1.name)));
    let mut groups: Vec<(Text, Vec<ForeignKey>)> = Vec::new();
    for (table, key) in keys {
        match groups.last_mut().filter(|(last, _)| *last == table) {
            Some((_, keys)) => keys.push(key),
            None => groups.push((table, vec![key])),
        }
    }
    groups.into_iter().map(|(table, keys)| op(table, keys)).collect()
}

/// A name that nobody has.
pub(crate) fn aside(name: &str, taken: &BTreeSet<String>) -> String {
    let short: String = name.chars().take(50).collect();
    let mut at = 0_usize;
    loop {
        let tail = if at == 0 { String::new() } else { at.to_string() };
        let found = format!("{short}_aside{tail}");
        if !taken.contains(&found.to_lowercase()) {
            return found;
        }
        at += 1;
    }
}

/// Adds what only the database has.
fn more(own: &mut Table, live: &Table) {
    let columns = live.columns.iter().filter(|it| own.column(&it.name).is_none());
    let columns: Vec<Column> = columns.cloned().collect();
    own.columns.to_mut().extend(columns);
    macro_rules! add {
        ($($list:ident),*) => {$(
            let missing = live.$list.iter().filter(|it| own.$list.iter().all(|own| own.name != it.name));
            let missing: Vec<_> = missing.cloned().collect();
            own.$list.to_mut().extend(missing);
        )*};
    }
    add!(uniques, indexes, checks, foreign_keys);
}
