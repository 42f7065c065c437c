//! What stands in the way of a change, found before anything is written.

use diesel_autogen_schema::{
    Change, Column, Delta, Enum, Extra, ForeignKey, OwnPlace, PgType, Place, SqlType, Storage,
    Table, Text, Unmanaged, UnmanagedKind, Use, Used,
};

use super::altered::{Altered, is_made_anew, refers_to};
use super::labels::Labels;
use super::lowering::{Lowering, relations};
use super::rule::{Rule, rules};
use super::sequence;
use super::types::{base, spelled};
use crate::decide::Refusal;

/// Everything that stands in the way.
pub(crate) fn blocked(
    lowering: &Lowering<'_>,
    labels: &[Labels],
    minimum: (u16, u16, u16),
) -> Vec<Refusal> {
    let mut found = Vec::new();
    for table in &lowering.dropped {
        found.extend(dropped(lowering, table));
    }
    for it in &lowering.altered {
        found.extend(altered(lowering, it));
    }
    for it in labels.iter().filter(|it| it.is_swap()) {
        found.extend(swapped(lowering, it));
    }
    for (table, key) in lowering.outside() {
        found.extend(cut_off(lowering, &table, key));
    }
    found.extend(taken(lowering));
    found.extend(known_types(lowering));
    found.extend(too_new(lowering, minimum));
    found.dedup();
    found
}

fn in_use(object: impl Into<String>, by: String) -> Refusal {
    Refusal::InUse { object: object.into(), by }
}

fn user(kind: UnmanagedKind, by: &OwnPlace) -> String {
    format!("{} `{}`", kind.name(), by.place())
}

/// What rests on something that the test names.
pub(crate) fn users<'u>(
    uses: &'u [Use],
    of: impl Fn(&Used) -> bool + 'u,
) -> impl Iterator<Item = String> + 'u {
    uses.iter().filter(move |it| of(&it.of)).map(|it| user(it.kind, &it.by))
}

fn dropped(lowering: &Lowering<'_>, table: &Table) -> Vec<Refusal> {
    let at = OwnPlace::from(table.place());
    let uses = &lowering.live.pg.uses;
    let mut by: Vec<String> = users(uses, |of| match of {
        Used::Table(place) | Used::Column(place, _) | Used::Constraint(place, _) => *place == at,
        Used::Index(place) => relations(table).contains(place),
        Used::Type(_) => false,
    })
    .collect();
    // What hangs on it would go along, and nobody could bring it back.
    let hangs = |it: &&Unmanaged| it.table.as_ref() == Some(&at);
    by.extend(lowering.live.pg.unmanaged.iter().filter(hangs).map(|it| user(it.kind, &it.place)));
    for other in lowering.others() {
        if other.foreign_keys.iter().any(|key| key.target() == table.place()) {
            by.push(format!("table `{}`", other.place()));
        }
    }
    by.sort();
    by.dedup();
    by.into_iter().map(|by| in_use(table.place().to_string(), by)).collect()
}

fn altered(lowering: &Lowering<'_>, it: &Altered<'_>) -> Vec<Refusal> {
    let at = OwnPlace::from(it.was_at());
    let uses = &lowering.live.pg.uses;
    let mut found = Vec::new();
    for delta in &it.columns {
        let (old, gone) = match delta {
            Delta::Added(_) => continue,
            Delta::Removed(column) => (column.name.clone(), true),
            Delta::Changed { before, after } => {
                let stays = spelled(&before.sql_type) == spelled(&after.sql_type)
                    && before.collation == after.collation;
                let anew = is_made_anew(before, after);
                // Another takes its place, and what rests on it would not notice.
                let leaves = before.extras.follows() != after.extras.follows()
                    && after.extras.follows().is_some();
                if stays && !anew && !leaves && !it.disturbed.contains(&*after.name) {
                    continue;
                }
                (it.name_before(&after.name), anew)
            }
        };
        let object = format!("{}.{old}", at.place());
        let own =
            |of: &Used| matches!(of, Used::Column(place, name) if *place == at && *name == old);
        let mut by: Vec<String> = users(uses, own).collect();
        if gone {
            by.extend(unowned_rules(lowering, it).filter(|rule| rule.concerns(&old)).map(|rule| {
                let words = rule.words();
                words
                    .split_once(' ')
                    .map_or(words.clone(), |(kind, name)| format!("{kind} `{name}`"))
            }));
        }
        by.sort();
        by.dedup();
        found.extend(by.into_iter().map(|by| in_use(&object, by)));
    }
    for rule in &it.gone {
        let own = |of: &Used| match of {
            Used::Constraint(place, name) => *place == at && name == rule.name(),
            Used::Index(place) => {
                rule.is_relation() && place.schema == at.schema && place.name == *rule.name()
            }
            Used::Table(_) | Used::Column(..) | Used::Type(_) => false,
        };
        found.extend(users(uses, own).map(|by| in_use(rule.name().to_string(), by)));
    }
    found.extend(named_otherwise(lowering, it));
    for column in &it.after.columns[..] {
        let numbered = column.identity.and_then(sequence::kind).is_some();
        if numbered && column.nullable {
            let object = format!("{}.{}", it.after.place(), column.name);
            let reason = "is nullable, but an identity is never NULL";
            found.push(Refusal::Unsupported { object, reason });
        }
    }
    found
}

/// Facts know no name of a primary key or a sequence: one that somebody made by hand may have
/// another than the statements here would use.
fn named_otherwise(lowering: &Lowering<'_>, it: &Altered<'_>) -> Vec<Refusal> {
    let names = &lowering.live.pg.names;
    let unknown = |name: &OwnPlace| !names.is_empty() && !names.contains(name);
    let mut found = Vec::new();
    for rule in it.gone.iter().filter(|rule| matches!(rule, Rule::PrimaryKey { .. })) {
        let at = OwnPlace { schema: it.before.schema.clone(), name: rule.name().clone() };
        if unknown(&at) {
            let object = it.was_at().to_string();
            let reason = "has a primary key with a name of its own: give it the usual one first";
            found.push(Refusal::Unsupported { object, reason });
        }
    }
    for delta in &it.columns {
        let Delta::Changed { before, after } = delta else { continue };
        let same = before.identity == after.identity
            && before.extras == after.extras
            && spelled(&before.sql_type) == spelled(&after.sql_type);
        let name = it.name_before(&after.name);
        let old = Column { name: name.clone(), ..before.clone() };
        let sequence = sequence::of(it.was_at(), &old);
        if !same && sequence.is_some_and(|sequence| unknown(&sequence)) {
            let object = format!("{}.{name}", it.was_at());
            let reason = "has a sequence with a name of its own: give it the usual one first";
            found.push(Refusal::Unsupported { object, reason });
        }
    }
    found
}

/// Rules that somebody made by hand on a table of the models'.
fn unowned_rules<'l>(
    lowering: &'l Lowering<'_>,
    it: &'l Altered<'_>,
) -> impl Iterator<Item = Rule> + 'l {
    let live = lowering.live.schema.at(it.was_at());
    let own: Vec<Text> = rules(it.before).iter().map(|rule| rule.name().clone()).collect();
    live.into_iter()
        .flat_map(rules)
        .filter(move |rule| !matches!(rule, Rule::PrimaryKey { .. }) && !own.contains(rule.name()))
}

/// A type that is made anew must not be needed by anything else.
fn swapped(lowering: &Lowering<'_>, labels: &Labels) -> Vec<Refusal> {
    let object = labels.after.place().to_string();
    // What rests on something knows it by its name before.
    let mapped = lowering.live.pg.uses.iter().map(|it| match &it.of {
        Used::Column(table, name) => {
            let name = lowering.names.column(table.place(), name);
            Use { of: Used::Column(lowering.names.table(table.place()), name), ..it.clone() }
        }
        Used::Table(_) | Used::Type(_) | Used::Constraint(..) | Used::Index(_) => it.clone(),
    });
    let uses: Vec<Use> = mapped.collect();
    let mut by: Vec<String> = type_users(&uses, labels).collect();
    for table in &lowering.live.schema.tables[..] {
        let after = lowering.names.table(table.place());
        for column in &table.columns[..] {
            let of = column.sql_type.enumeration();
            if of.is_none_or(|of| OwnPlace::from(of.place()) != labels.was) {
                continue;
            }
            let owned = lowering.changes.iter().filter_map(Change::before);
            let owned = owned
                .into_iter()
                .any(|own| own.place() == table.place() && own.column(&column.name).is_some());
            if !owned {
                by.push(format!("column `{}.{}`", after.place(), column.name));
            }
        }
    }
    by.into_iter().map(|by| in_use(&object, by)).collect()
}

/// What needs the type, or a column that holds values of it, as it is.
pub(crate) fn type_users<'u>(
    uses: &'u [Use],
    labels: &'u Labels,
) -> impl Iterator<Item = String> + 'u {
    users(uses, |of| match of {
        Used::Type(place) => *place == labels.was || place.place() == labels.after.place(),
        Used::Column(table, name) => {
            labels.columns.iter().any(|it| it.table == *table && it.after.name == *name)
        }
        Used::Table(_) | Used::Constraint(..) | Used::Index(_) => false,
    })
}

/// A foreign key that the models do not change, whose key goes.
fn cut_off(lowering: &Lowering<'_>, table: &OwnPlace, key: &ForeignKey) -> Option<Refusal> {
    let parent = lowering.altered.iter().find(|it| it.was_at() == key.target())?;
    let references = lowering.back(key).references;
    let kept = rules(parent.after).iter().any(|rule| refers_to(rule, &references));
    let child = lowering.live.schema.at(table.place())?;
    let alike = key.columns.iter().zip(references.iter()).all(|(own, reference)| {
        let own = child.column(own).map(|column| &column.sql_type);
        let other = parent.after.column(reference).map(|column| &column.sql_type);
        own.zip(other).is_some_and(|(a, b)| base(a) == base(b) || both_integers(a, b))
    });
    (!kept || !alike).then(|| {
        let by = format!("foreign key `{}` of table `{}`", key.name, table.place());
        in_use(parent.before.place().to_string(), by)
    })
}

fn both_integers(a: &SqlType, b: &SqlType) -> bool {
    let integer =
        |of: &SqlType| matches!(of, SqlType::SmallInt | SqlType::Integer | SqlType::BigInt);
    integer(a) && integer(b)
}

/// Names that something new would take from something that is there.
fn taken(lowering: &Lowering<'_>) -> Vec<Refusal> {
    let befores = lowering.changes.iter().filter_map(Change::before);
    let mut own: Vec<OwnPlace> = Vec::new();
    for table in befores {
        own.extend(relations(table));
        let enums = table.columns.iter().filter_map(|column| column.sql_type.enumeration());
        own.extend(enums.map(|of| OwnPlace::from(of.place())));
    }
    let afters = lowering.changes.iter().filter_map(Change::after);
    let mut wanted: Vec<OwnPlace> = afters.flat_map(relations).collect();
    wanted.extend(lowering.kinds.created.iter().map(|of| OwnPlace::from(of.place())));
    wanted.extend(lowering.names.types.values().cloned());
    wanted.sort();
    wanted.dedup();
    let names = &lowering.live.pg.names;
    let taken = wanted.into_iter().filter(|it| names.contains(it) && !own.contains(it));
    taken
        .map(|it| Refusal::Unsupported {
            object: it.place().to_string(),
            reason: "is the name of something that the database has and no model owns",
        })
        .collect()
}

/// Types of the database's must have the labels that models want, and those of models one list.
fn known_types(lowering: &Lowering<'_>) -> Vec<Refusal> {
    let labels = |of: &Enum| of.labels.iter().map(|it| it.name.clone()).collect::<Vec<Text>>();
    let afters = lowering.changes.iter().filter_map(Change::after);
    let columns = afters.flat_map(|table| &table.columns[..]);
    let wanted: Vec<&Enum> = columns.filter_map(|column| column.sql_type.enumeration()).collect();
    let befores = lowering.changes.iter().filter_map(Change::before);
    let columns = befores.flat_map(|table| &table.columns[..]);
    let owned: Vec<&Enum> = columns.filter_map(|column| column.sql_type.enumeration()).collect();
    let mut found = Vec::new();
    for (at, of) in wanted.iter().enumerate() {
        let mut others = wanted[..at].iter().filter(|other| other.place() == of.place());
        if others.any(|other| labels(other) != labels(of)) {
            let reason = "is declared with different labels in different places";
            found.push(Refusal::Unsupported { object: of.place().to_string(), reason });
        }
        let known = lowering.live.pg.enums.iter().find(|other| other.place() == of.place());
        let owned = owned.iter().any(|other| other.place() == of.place());
        if !owned && known.is_some_and(|known| labels(known) != labels(of)) {
            let reason = "is a type that the database has with other labels";
            found.push(Refusal::Unsupported { object: of.place().to_string(), reason });
        }
    }
    found
}

/// What only newer servers can do than those that the migration is for.
fn too_new(lowering: &Lowering<'_>, minimum: (u16, u16, u16)) -> Vec<Refusal> {
    let mut found = Vec::new();
    let mut rule = |rule: &Rule| {
        let object = rule.name().to_string();
        if rule.extras().has(&Extra::NullsNotDistinct) && minimum < (15, 0, 0) {
            let reason = "takes NULLs for equal, which needs `minimum-server` 15 or later";
            found.push(Refusal::Unsupported { object: object.clone(), reason });
        }
        let some = rule.extras().iter().any(|it| matches!(it, Extra::SetColumns(_)));
        if some && minimum < (15, 0, 0) {
            let reason = "sets some of its columns, which needs `minimum-server` 15 or later";
            found.push(Refusal::Unsupported { object, reason });
        }
    };
    for it in &lowering.altered {
        it.came.iter().for_each(&mut rule);
    }
    for table in &lowering.created {
        rules(table).iter().for_each(&mut rule);
    }
    let mut column = |table: Place<'_>, column: &Column| {
        let object = format!("{table}.{}", column.name);
        let storage = column.generated.as_ref().map(|it| it.storage);
        if storage == Some(Storage::Virtual) && minimum < (18, 0, 0) {
            let reason = "is computed when it is read, which needs `minimum-server` 18 or later";
            found.push(Refusal::Unsupported { object: object.clone(), reason });
        }
        if is_multirange(&column.sql_type) && minimum < (14, 0, 0) {
            let reason = "is a multirange, which needs `minimum-server` 14 or later";
            found.push(Refusal::Unsupported { object, reason });
        }
    };
    for it in &lowering.altered {
        for after in it.columns.iter().filter_map(Delta::after) {
            column(it.after.place(), after);
        }
    }
    for table in &lowering.created {
        table.columns.iter().for_each(|it| column(table.place(), it));
    }
    found
}

fn is_multirange(of: &SqlType) -> bool {
    if let SqlType::Pg(PgType::Array(of)) = of {
        return is_multirange(of);
    }
    matches!(of, SqlType::Pg(PgType::Multirange(_)))
}
