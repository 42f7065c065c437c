//! Keys, indexes and conditions that go and come with an alteration.

use diesel_autogen_schema::facts::mysql::Support;
use diesel_autogen_schema::{
    Check, Column, Dialect, Flavour, ForeignKey, Index, Table, Text, Unique,
};

use super::alter::Context;
use super::fate::{Fate, is_read_otherwise};
use super::op::Alteration;
use super::rename::{self, mapped};

/// What goes and what comes, of one kind.
pub(super) type Both<T> = (Vec<T>, Vec<T>);

/// Rules and indexes that go and come.
pub(super) struct Rules {
    pub(super) key: (bool, bool),
    pub(super) uniques: Both<Unique>,
    pub(super) indexes: Both<Index>,
    pub(super) checks: Both<Check>,
    /// Each with whether a foreign key needs it all along.
    pub(super) supports: Both<(Support, bool)>,
    /// Indexes that are only called otherwise.
    pub(super) renamed: Vec<(Text, Text)>,
}

impl Rules {
    pub(super) fn of(it: &Alteration, fates: &[Fate<'_>], context: &Context<'_>) -> Rules {
        let (before, after) = (mapped(it), &it.after);
        let anew = after_names(fates, |fate| matches!(fate, Fate::Anew { .. }));
        let retyped = after_names(fates, |fate| match fate {
            Fate::Stays { before, after } => {
                is_read_otherwise(before, after) || is_computed_otherwise(it, before, after)
            }
            Fate::Anew { .. } | Fate::Comes(..) | Fate::Goes(_) => false,
        });
        let retyped = with_readers(retyped, after);
        let on = |columns: &[Text]| columns.iter().any(|name| anew.contains(&&**name));
        let renames = match context.target.flavour {
            Flavour::Mysql => it.renames(),
            Flavour::Mariadb => Vec::new(),
        };
        let uniques = both(&before.uniques, &after.uniques, |rule| on(&rule.columns));
        let over = |index: &Index| {
            let mut keys = index.keys.iter();
            keys.any(|key| anew.iter().any(|name| key.mentions(name, Dialect::Mysql)))
        };
        let indexes = both(&before.indexes, &after.indexes, over);
        // MariaDB takes a condition on no column for one on the column that goes.
        let sweeps = context.target.flavour == Flavour::Mariadb
            && fates.iter().any(|fate| matches!(fate, Fate::Goes(_) | Fate::Anew { .. }));
        let checks = both(&before.checks, &after.checks, |check| {
            let renamed = renames.iter().map(|(_, to)| to);
            let mut disturbing = anew.iter().chain(&retyped).chain(renamed);
            let names = |name: &str| check.expr.mentions(name, Dialect::Mysql);
            disturbing.any(|name| names(name))
                || sweeps && !after.columns.iter().any(|column| names(&column.name))
        });
        let stay: Vec<&Text> =
            before.foreign_keys.iter().filter(|key| kept(key, it)).map(|key| &key.name).collect();
        let supports =
            both(&supports(&before, it, context), &supports(after, it, context), |one| {
                on(&one.columns)
            });
        let key = !before.primary_key.is_empty() && !after.primary_key.is_empty();
        let same = before.primary_key == after.primary_key && !on(&after.primary_key);
        let mut rules = Rules {
            key: match (same, key) {
                (true, _) => (false, false),
                (false, _) => (!before.primary_key.is_empty(), !after.primary_key.is_empty()),
            },
            uniques,
            indexes,
            checks,
            supports: (needed(supports.0, &stay), needed(supports.1, &stay)),
            renamed: Vec::new(),
        };
        if rename::natively(context.target) {
            rules.find_renamed(&before, &|rule| on(&rule.columns), &over, &|one| on(&one.columns));
        }
        rules
    }

    /// Whether an index comes, and is not only called otherwise.
    pub(super) fn brings_an_index(&self) -> bool {
        let new = |name: &Text| !self.renamed.iter().any(|(_, to)| to == name);
        self.key.1
            || self.uniques.1.iter().any(|it| new(&it.name))
            || self.indexes.1.iter().any(|it| new(&it.name))
            || self.supports.1.iter().any(|(it, _)| new(&it.name))
    }

    /// The indexes that go, each with the first column that it is over.
    pub(super) fn indexes_that_go(&self) -> impl Iterator<Item = (&Text, Option<&Text>)> {
        let uniques = self.uniques.0.iter().map(|it| (&it.name, it.columns.first()));
        uniques.chain(self.indexes.0.iter().map(|it| {
            let first = it.keys.first().filter(|key| key.is_column);
            (&it.name, first.map(|key| &key.expr.0))
        }))
    }

    /// Finds what is only called otherwise, among what nothing else disturbs.
    fn find_renamed(
        &mut self,
        before: &Table,
        unique: &dyn Fn(&Unique) -> bool,
        index: &dyn Fn(&Index) -> bool,
        support: &dyn Fn(&Support) -> bool,
    ) {
        let had = |name: &Text| {
            before.uniques.iter().any(|it| it.name == *name)
                || before.indexes.iter().any(|it| it.name == *name)
                || before.supports().iter().any(|it| it.name == *name)
        };
        let mut renamed: Vec<(Text, Text)> = Vec::new();
        let mut pair = |from: &Text, to: &Text, same: bool| {
            let free = !renamed.iter().any(|(a, b)| a == from || b == to);
            if same && free && from != to && !had(to) {
                renamed.push((from.clone(), to.clone()));
            }
        };
        for a in self.uniques.0.iter().filter(|a| !unique(a)) {
            for b in &self.uniques.1 {
                pair(&a.name, &b.name, Unique { name: b.name.clone(), ..a.clone() } == *b);
            }
        }
        for a in self.indexes.0.iter().filter(|a| !index(a)) {
            for b in &self.indexes.1 {
                pair(&a.name, &b.name, Index { name: b.name.clone(), ..a.clone() } == *b);
            }
        }
        for (a, needed) in self.supports.0.iter().filter(|(a, _)| !support(a)) {
            for (b, wanted) in &self.supports.1 {
                pair(&a.name, &b.name, a.columns == b.columns && !needed && !wanted);
            }
        }
        self.renamed = renamed;
    }
}

/// The columns, as they are called after, that fare so.
fn after_names<'a>(fates: &[Fate<'a>], so: impl Fn(&Fate<'a>) -> bool) -> Vec<&'a str> {
    let name = |fate: &Fate<'a>| match fate {
        Fate::Comes(after, _) | Fate::Anew { after, .. } | Fate::Stays { after, .. } => {
            Some(&*after.name)
        }
        Fate::Goes(_) => None,
    };
    fates.iter().filter(|fate| so(fate)).filter_map(name).collect()
}

/// Whether a column was computed in another way: to a condition it is still that, and what it was
/// computed from may be gone.
fn is_computed_otherwise(it: &Alteration, before: &Column, after: &Column) -> bool {
    before.generated.is_some() && rename::column(it, before).generated != after.generated
}

/// These columns, and those that are computed from them.
fn with_readers<'a>(mut names: Vec<&'a str>, table: &'a Table) -> Vec<&'a str> {
    loop {
        let reads = |column: &&Column| {
            let generated = column.generated.as_ref().filter(|_| !names.contains(&&*column.name));
            generated
                .is_some_and(|it| names.iter().any(|name| it.expr.mentions(name, Dialect::Mysql)))
        };
        let Some(reader) = table.columns.iter().find(reads) else { return names };
        names.push(&reader.name);
    }
}

/// Whether a foreign key, under the names after, is there all along.
fn kept(key: &ForeignKey, it: &Alteration) -> bool {
    it.after.foreign_keys.contains(key) && !it.gone.iter().any(|gone| gone.name == key.name)
}

/// What goes and what comes: what is otherwise on the other side, and what is disturbed.
fn both<T: Clone + PartialEq>(
    before: &[T],
    after: &[T],
    disturbed: impl Fn(&T) -> bool,
) -> Both<T> {
    let only = |these: &[T], those: &[T]| -> Vec<T> {
        these.iter().filter(|it| !those.contains(it) || disturbed(it)).cloned().collect()
    };
    (only(before, after), only(after, before))
}

/// The indexes that foreign keys need, where nothing that nobody owns does for them.
fn supports(table: &Table, it: &Alteration, context: &Context<'_>) -> Vec<Support> {
    let mut table = table.clone();
    if let Some(live) = context.live.schema.table(&it.live) {
        let owned = |name: &Text| {
            let own = |table: &Table| {
                table.uniques.iter().any(|it| it.name == *name)
                    || table.indexes.iter().any(|it| it.name == *name)
            };
            own(&it.before) || own(&it.after)
        };
        let unowned = live.indexes.iter().filter(|it| !owned(&it.name));
        table.indexes.to_mut().extend(unowned.cloned());
        let unowned = live.uniques.iter().filter(|it| !owned(&it.name));
        table.uniques.to_mut().extend(unowned.cloned());
    }
    table.supports()
}

/// The indexes, each with whether a key that stays needs it.
fn needed(all: Vec<Support>, stay: &[&Text]) -> Vec<(Support, bool)> {
    let with = |one: Support| {
        let needed = stay.contains(&&one.name);
        (one, needed)
    };
    all.into_iter().map(with).collect()
}
