//! Enum types, schemas and extensions: which come, go and change with the tables that use them.

use std::collections::{BTreeMap, BTreeSet};

use diesel_autogen_schema::{
    Change, Column, Delta, Dialect, Enum, Live, OwnPlace, SqlType, Table, TableChange, Text,
};

use super::altered::Altered;
use super::labels::{Held, Holder, Labels};
use super::lowering::relations;
use super::op::Op;
use super::renames::free;
use super::rule::{Rule, rules};
use crate::dialect::names::Names;

/// Enum types on both sides.
#[derive(Debug, Default)]
pub(crate) struct Kinds {
    /// Those that come.
    pub(crate) created: Vec<Enum>,
    /// Those that go, under their names after.
    pub(crate) dropped: Vec<Enum>,
    /// Those that no column has any more, but something else needs.
    pub(crate) left: Vec<Enum>,
    /// Those whose labels change, both sides under the names after.
    pub(crate) changed: Vec<(Enum, Enum)>,
    /// Those with another remark, both sides under the names after.
    pub(crate) remarked: Vec<(Enum, Enum)>,
    /// Those that are called otherwise, by place before.
    renamed: BTreeSet<OwnPlace>,
}

type Enums = BTreeMap<OwnPlace, Enum>;

fn enums<'t>(tables: impl Iterator<Item = &'t Table>) -> Enums {
    let columns = tables.flat_map(|table| &table.columns[..]);
    let of = columns.filter_map(|column| column.sql_type.enumeration());
    of.map(|of| (OwnPlace::from(of.place()), of.clone())).collect()
}

/// Tables that nothing happens to.
fn others<'l>(changes: &'l [Change], live: &'l Live) -> impl Iterator<Item = &'l Table> {
    let concerned: Vec<_> = changes.iter().filter_map(Change::before).map(Table::place).collect();
    live.schema.tables.iter().filter(move |table| !concerned.contains(&table.place()))
}

impl Kinds {
    /// Adds to `names` what types are called after.
    pub(crate) fn of(
        changes: &[Change],
        live: &Live,
        names: &mut Names,
        taken: &BTreeSet<OwnPlace>,
    ) -> Kinds {
        let before = enums(changes.iter().filter_map(Change::before));
        let after = enums(changes.iter().filter_map(Change::after));
        let other = enums(others(changes, live));
        let known: BTreeSet<OwnPlace> =
            live.pg.enums.iter().map(|of| OwnPlace::from(of.place())).collect();
        let mut kinds = Kinds::default();
        let mut coming: Enums = after
            .iter()
            .filter(|(at, _)| {
                !before.contains_key(*at) && !other.contains_key(*at) && !known.contains(*at)
            })
            .map(|(at, of)| (at.clone(), of.clone()))
            .collect();
        let mut going: Enums = before
            .iter()
            .filter(|(at, _)| !after.contains_key(*at) && !other.contains_key(*at))
            .map(|(at, of)| (at.clone(), of.clone()))
            .collect();
        for (from, to) in moves(changes, &going, &coming) {
            let (Some(old), Some(new)) = (going.remove(&from), coming.remove(&to)) else {
                continue;
            };
            kinds.renamed.insert(from.clone());
            names.types.insert(from, to);
            let old = names.mapped_enum(&old);
            kinds.compare(old, new);
        }
        for (from, to) in shifts(changes, &before, &after, &other) {
            let (Some(old), Some(new)) = (before.get(&from), after.get(&to)) else { continue };
            going.remove(&from);
            coming.remove(&to);
            kinds.renamed.insert(from.clone());
            names.types.insert(from, to);
            kinds.compare(names.mapped_enum(old), new.clone());
        }
        for (at, old) in &before {
            if let Some(new) = after.get(at).filter(|_| !kinds.renamed.contains(at)) {
                kinds.compare(old.clone(), new.clone());
            }
        }
        kinds.created = coming.into_values().collect();
        let (left, dropped) = going.into_values().partition(|of| is_used(live, of));
        (kinds.left, kinds.dropped) = (left, dropped);
        kinds.move_aside(changes, names, taken);
        kinds
    }

    /// A type that goes while something else takes its name goes under another: a table is a type
    /// of its own name.
    fn move_aside(&mut self, changes: &[Change], names: &mut Names, taken: &BTreeSet<OwnPlace>) {
        let wanted: BTreeSet<OwnPlace> =
            changes.iter().filter_map(Change::after).flat_map(relations).collect();
        for of in &mut self.dropped {
            let at = OwnPlace::from(of.place());
            if wanted.contains(&at) {
                let aside = free(&at, taken);
                names.types.insert(at, aside);
                *of = names.mapped_enum(of);
            }
        }
    }

    fn compare(&mut self, old: Enum, new: Enum) {
        let labels = |of: &Enum| of.labels.iter().map(|it| it.name.clone()).collect::<Vec<Text>>();
        if old.comment != new.comment {
            self.remarked.push((old.clone(), new.clone()));
        }
        if labels(&old) != labels(&new) {
            self.changed.push((old, new));
        }
    }

    /// Whether the labels of the type at this place after change.
    pub(crate) fn changes(&self, at: &OwnPlace) -> bool {
        self.changed.iter().any(|(_, new)| OwnPlace::from(new.place()) == *at)
    }

    /// Whether a type, under its name before, becomes something else on the way.
    pub(crate) fn moves(&self, of: &SqlType) -> bool {
        let Some(of) = of.enumeration() else { return false };
        let at = OwnPlace::from(of.place());
        self.changes(&at) || self.renamed.contains(&at)
    }

    /// Whether a column holds values of an enum whose labels change, before and after.
    pub(crate) fn holds(&self, before: &Column, after: &Column) -> bool {
        let place =
            |column: &Column| column.sql_type.enumeration().map(|of| OwnPlace::from(of.place()));
        let (was, is) = (place(before), place(after));
        was == is && is.is_some_and(|at| self.changes(&at))
    }

    /// Whether a column is computed from one with an enum whose labels change.
    pub(crate) fn is_computed_from(&self, column: &Column, table: &Table) -> bool {
        let Some(generated) = &column.generated else { return false };
        table.columns.iter().any(|it| {
            let of = it.sql_type.enumeration();
            of.is_some_and(|of| self.changes(&of.place().into()))
                && generated.expr.mentions(&it.name, Dialect::Postgres)
        })
    }

    pub(crate) fn labels(
        &self,
        altered: &[Altered<'_>],
        names: &Names,
        taken: &BTreeSet<OwnPlace>,
    ) -> Vec<Labels> {
        self.changed
            .iter()
            .map(|(before, after)| {
                let (mut columns, mut computed) = (Vec::new(), Vec::new());
                let mut rules = Vec::new();
                for it in altered {
                    let holders = holders(it, after);
                    let carried = carried(it, &holders, names);
                    rules.extend(held(it, &holders, &carried, names));
                    columns.extend(holders);
                    computed.extend(carried);
                }
                let aside = free(&after.place().into(), taken).name;
                let (before, after) = (before.clone(), after.clone());
                let at = OwnPlace::from(after.place());
                let was = names.types.iter().find(|(_, to)| **to == at);
                let was = was.map_or(at, |(from, _)| from.clone());
                Labels { before, after, columns, computed, rules, aside, was }
            })
            .collect()
    }

    /// Schemas and extensions that come.
    pub(crate) fn opening(&self, changes: &[Change], live: &Live) -> Vec<Op> {
        let (before, after) = schemas(changes, live);
        let mut ops: Vec<Op> = after.difference(&before).cloned().map(Op::CreateSchema).collect();
        ops.extend(changes.iter().filter_map(|change| match change {
            Change::CreateExtension(name) => Some(Op::CreateExtension(name.clone())),
            Change::CreateTable(_)
            | Change::DropTable(_)
            | Change::AlterTable(_)
            | Change::DropExtension(_) => None,
        }));
        ops
    }

    /// Schemas and extensions that go.
    pub(crate) fn closing(&self, changes: &[Change], live: &Live) -> Vec<Op> {
        let mut ops: Vec<Op> = changes
            .iter()
            .filter_map(|change| match change {
                Change::DropExtension(name) => Some(Op::DropExtension(name.clone())),
                Change::CreateTable(_)
                | Change::DropTable(_)
                | Change::AlterTable(_)
                | Change::CreateExtension(_) => None,
            })
            .collect();
        let (before, after) = schemas(changes, live);
        let own = in_tables(changes.iter().filter_map(Change::before));
        let gone = before.difference(&after).filter(|name| own.contains(*name));
        ops.extend(gone.cloned().map(Op::DropSchema));
        ops
    }
}

/// The columns of a table that hold values of the type before and after.
fn holders(it: &Altered<'_>, of: &Enum) -> Vec<Holder> {
    let holds = |column: &Column| {
        column.sql_type.enumeration().is_some_and(|own| own.place() == of.place())
    };
    let both = it.after.columns.iter().filter(|after| holds(after)).filter_map(|after| {
        let before = it.mapped.column(&after.name).filter(|before| holds(before))?;
        Some(Holder { table: it.at(), before: before.clone(), after: after.clone() })
    });
    both.collect()
}

/// The columns of a table that are computed from these, and go and come with the type.
fn carried(it: &Altered<'_>, holders: &[Holder], names: &Names) -> Vec<Holder> {
    let was = names.mapped(it.before);
    let computed = it.after.columns.iter().filter(|after| it.carried.contains(&*after.name));
    let own = computed.filter(|after| {
        let from = after.generated.as_ref().map(|it| &it.expr);
        from.is_some_and(|from| {
            holders.iter().any(|it| from.mentions(&it.after.name, Dialect::Postgres))
        })
    });
    let pairs = own.filter_map(|after| Some((was.column(&after.name)?.clone(), after.clone())));
    pairs.map(|(before, after)| Holder { table: it.at(), before, after }).collect()
}

/// The rules of a table that hold on to these columns, and cannot outlive their type.
fn held(it: &Altered<'_>, holders: &[Holder], carried: &[Holder], names: &Names) -> Vec<Held> {
    let was = rules(&names.mapped(it.before));
    let there = rules(it.before);
    let concerned = it.kept.iter().filter(|(_, rule)| {
        let own = rule
            .foreign_key()
            .is_some_and(|key| holders.iter().any(|it| key.columns.contains(&it.after.name)));
        own || holders.iter().any(|it| rule.says(&it.after.name))
            || carried.iter().any(|it| rule.concerns(&it.after.name))
    });
    let rule = |(before, after): &(Rule, Rule)| {
        let at = there.iter().position(|it| it == before);
        let was = at.and_then(|at| was.get(at)).unwrap_or(after);
        Held { table: it.at(), before: was.called(after.name()), after: after.clone() }
    };
    concerned.map(rule).collect()
}

/// Types that are called otherwise: every column of the one has the other now, and nothing else
/// has.
fn moves(changes: &[Change], going: &Enums, coming: &Enums) -> Vec<(OwnPlace, OwnPlace)> {
    let mut found: BTreeMap<OwnPlace, BTreeSet<Option<OwnPlace>>> = BTreeMap::new();
    let place = |of: &SqlType| of.enumeration().map(|of| OwnPlace::from(of.place()));
    for change in changes.iter().filter_map(Change::altered) {
        for edit in &change.edits {
            let diesel_autogen_schema::Edit::Column(Delta::Changed { before, after }) = edit else {
                continue;
            };
            if let Some(from) = place(&before.sql_type).filter(|at| going.contains_key(at)) {
                let list = |of: &SqlType| matches!(of, SqlType::Pg(_));
                let alike = list(&before.sql_type) == list(&after.sql_type);
                let to = place(&after.sql_type).filter(|_| alike && after.using.is_none());
                found.entry(from).or_default().insert(to);
            }
        }
    }
    let mut pairs = Vec::new();
    for (from, all) in found {
        let mut all = all.into_iter();
        if let (Some(Some(to)), None) = (all.next(), all.next()) {
            let twice = pairs.iter().any(|(_, other)| *other == to);
            if coming.contains_key(&to) && !twice {
                pairs.push((from, to));
            }
        }
    }
    pairs
}

/// Types that are called otherwise while others take their names: every column of the one has the
/// other now, with the same labels.
fn shifts(
    changes: &[Change],
    before: &Enums,
    after: &Enums,
    other: &Enums,
) -> Vec<(OwnPlace, OwnPlace)> {
    let mut found: BTreeMap<OwnPlace, BTreeSet<Option<OwnPlace>>> = BTreeMap::new();
    for change in changes {
        let Some(table) = change.before() else { continue };
        for column in &table.columns[..] {
            if let Some(of) = column.sql_type.enumeration() {
                let to = change.altered().and_then(|it| becomes(it, column));
                found.entry(of.place().into()).or_default().insert(to);
            }
        }
    }
    let labels = |of: &Enum| of.labels.iter().map(|it| it.name.clone()).collect::<Vec<Text>>();
    let mut pairs: Vec<(OwnPlace, OwnPlace)> = found
        .into_iter()
        .filter_map(|(from, all)| {
            let [Some(to)] = &all.into_iter().collect::<Vec<_>>()[..] else { return None };
            let same = labels(before.get(&from)?) == labels(after.get(to)?);
            let free = !other.contains_key(&from) && !other.contains_key(to);
            (from != *to && same && free).then(|| (from, to.clone()))
        })
        .collect();
    // A name is free once the type that had it is called otherwise.
    let is_free = |to: &OwnPlace, pairs: &[(OwnPlace, OwnPlace)]| {
        let once = pairs.iter().filter(|(_, other)| other == to).count() == 1;
        once && (!before.contains_key(to) || pairs.iter().any(|(from, _)| from == to))
    };
    while let Some(at) = pairs.iter().position(|(_, to)| !is_free(to, &pairs)) {
        pairs.remove(at);
    }
    let own = pairs.clone();
    let moves = |(from, to): &(OwnPlace, OwnPlace)| {
        own.iter().any(|(other, _)| other == to) || own.iter().any(|(_, other)| other == from)
    };
    pairs.retain(moves);
    pairs
}

/// The type of labels that a column has after.
fn becomes(change: &TableChange, column: &Column) -> Option<OwnPlace> {
    let is_it = |it: &&Delta<Column>| it.before().is_some_and(|it| it.name == column.name);
    let after = match change.columns().find(is_it) {
        Some(delta) => delta.after()?,
        None => column,
    };
    let list = |of: &SqlType| matches!(of, SqlType::Pg(_));
    let alike = list(&column.sql_type) == list(&after.sql_type) && after.using.is_none();
    Some(after.sql_type.enumeration().filter(|_| alike)?.place().into())
}

/// Whether something that no model owns needs the type.
fn is_used(live: &Live, of: &Enum) -> bool {
    let at = diesel_autogen_schema::Used::Type(of.place().into());
    live.pg.uses.iter().any(|it| it.of == at)
}

fn in_tables<'t>(tables: impl Iterator<Item = &'t Table>) -> BTreeSet<Text> {
    let mut names = BTreeSet::new();
    for table in tables {
        names.extend(table.schema.clone());
        let enums = table.columns.iter().filter_map(|it| it.sql_type.enumeration());
        names.extend(enums.filter_map(|of| of.schema.clone()));
    }
    names
}

/// The schemas in use, before and after.
fn schemas(changes: &[Change], live: &Live) -> (BTreeSet<Text>, BTreeSet<Text>) {
    let mut before = in_tables(changes.iter().filter_map(Change::before));
    let mut after = in_tables(changes.iter().filter_map(Change::after));
    let other = in_tables(others(changes, live));
    // One in which nothing of the models' is left stays when anything else is.
    let left = live.pg.unmanaged.iter().filter_map(|it| it.place.schema.clone());
    let enums = live.pg.enums.iter().filter_map(|of| of.schema.clone());
    after.extend(left);
    let own = before.clone();
    before.extend(other.iter().cloned());
    before.extend(live.pg.schemas.iter().cloned());
    after.extend(other);
    after.extend(enums.filter(|name| !own.contains(name)));
    // What was there and holds nothing of the models' stays.
    after.extend(live.pg.schemas.iter().filter(|name| !own.contains(*name)).cloned());
    (before, after)
}
