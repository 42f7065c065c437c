//! Whether the objects of a database are what they should be.

use std::collections::{BTreeMap, BTreeSet};

use diesel_autogen_schema::{Change, Enum, Live, OwnPlace, Schema, Table, Text, Used};

use super::items::{self, blurred, without_labels};
use super::others::Other;
use super::state::State;
use crate::proof::{Mapping, Moment, ProofFailure};

/// What is known before any script has run.
pub(super) struct Known<'a> {
    pub(super) mapping: Mapping<'a>,
    /// What the history left.
    pub(super) before: &'a State,
    /// The changed tables, made from the facts alone.
    pub(super) built_before: Schema,
    pub(super) built_after: Schema,
    pub(super) changes: &'a [Change],
}

/// A failure without the moment.
struct Wrong {
    object: String,
    expected: Option<String>,
    found: Option<String>,
}

impl Known<'_> {
    /// Whether `up.sql` left what the facts say, and everything else as it was.
    pub(super) fn is_after(&self, moment: Moment, after: &State) -> Result<(), ProofFailure> {
        let wrong = self.tables_stand(&after.live).or_else(|| {
            let mut changed = self.mapping.tables();
            changed.find_map(|(before, table)| self.table_is(before, table?, &after.live))
        });
        let wrong = wrong
            .or_else(|| self.types_stand(&after.live))
            .or_else(|| self.names_stand(&after.live))
            .or_else(|| self.others_stand(&after.others));
        wrong.map_or(Ok(()), |it| it.at(moment))
    }

    /// Whether `down.sql` brought back what was there. Labels that came on the way up may stay
    /// where something that no model owns holds their type in place.
    pub(super) fn is_before(&self, moment: Moment, now: &State) -> Result<(), ProofFailure> {
        let mut left: BTreeMap<OwnPlace, Vec<Text>> = BTreeMap::new();
        for of in &self.before.live.pg.enums {
            let place = OwnPlace::from(of.place());
            let held = |it: &Used| matches!(it, Used::Type(used) if *used == place);
            if self.before.live.pg.uses.iter().any(|it| held(&it.of)) {
                let labels = of.labels.iter().map(|label| label.name.clone()).collect();
                left.insert(place, labels);
            }
        }
        let settle = |of: &mut Enum| {
            if let Some(labels) = left.get(&OwnPlace::from(of.place())) {
                of.labels.to_mut().retain(|label| labels.contains(&label.name));
            }
        };
        equal(self.before, now, &settle).map_or(Ok(()), |it| it.at(moment))
    }

    /// No table came or went that no change speaks of, and those that no change speaks of are
    /// the same but for renames.
    fn tables_stand(&self, after: &Live) -> Option<Wrong> {
        let mut expected: BTreeSet<OwnPlace> =
            self.mapping.tables().filter_map(|(_, to)| to).map(|to| to.place().into()).collect();
        let touched = self.touched_types();
        for table in &self.before.live.schema.tables[..] {
            let Some(to) = self.mapping.table(table.place()) else { continue };
            expected.insert(to.into());
            let Some(now) = after.schema.at(to) else {
                return Some(Wrong::table(table, Some(items::text(table)), None));
            };
            if !self.mapping.touches(table.place()) {
                let was = items::of(&without_labels(self.mapping.renamed(table), &touched));
                let is = items::of(&without_labels(now.clone(), &touched));
                if was != is {
                    return Some(Wrong::differing(table, &was, &is));
                }
            }
        }
        let mut tables = after.schema.tables.iter();
        let stray = tables.find(|table| !expected.contains(&OwnPlace::from(table.place())));
        stray.map(|table| Wrong::table(table, None, Some(items::text(table))))
    }

    /// A changed table holds what the facts say and what nobody owned before, and nothing else.
    fn table_is(&self, before: Option<&Table>, table: &Table, after: &Live) -> Option<Wrong> {
        let facts = |schema: &Schema| schema.at(table.place()).map(items::of).unwrap_or_default();
        let (want, have) = (facts(&self.built_after), facts(&after.schema));
        let renamed = |schema: &Schema| {
            let was = before.and_then(|before| schema.at(before.place()));
            was.map(|was| items::of(&self.mapping.renamed(was))).unwrap_or_default()
        };
        let (was, owned) = (renamed(&self.before.live.schema), renamed(&self.built_before));
        let unowned: BTreeSet<&String> = was.difference(&owned).collect();
        // What the history lacked before is not this migration's to mend.
        let missing = want.difference(&have).filter(|it| was.contains(*it) || !owned.contains(*it));
        let gone = unowned.iter().copied().filter(|it| {
            !have.contains(*it) && !want.contains(*it) && !self.superseded(it, before, &want)
        });
        let extra: Vec<&String> =
            have.difference(&want).filter(|it| !unowned.contains(it)).collect();
        let lost: Vec<&String> = missing.chain(gone).collect();
        (!lost.is_empty() || !extra.is_empty()).then(|| Wrong {
            object: format!("table `{}`", table.place()),
            expected: Some(lines(lost)),
            found: Some(lines(extra)),
        })
    }

    /// Whether a fact that nobody owned could not stay: its column went, or a model says now what
    /// the column is.
    fn superseded(&self, item: &str, before: Option<&Table>, want: &BTreeSet<String>) -> bool {
        let Some(before) = before else { return false };
        let claimed = item.starts_with("column.")
            && want.iter().any(|it| items::subject(it) == items::subject(item));
        let dropped = before.columns.iter().any(|column| {
            self.mapping.column(before.place(), &column.name).is_none()
                && items::mentions(item, &column.name)
        });
        claimed || dropped || item.starts_with("primary_key")
    }

    /// The enums of columns that change, before and after.
    fn touched_types(&self) -> BTreeSet<OwnPlace> {
        let tables = self.mapping.tables().flat_map(|(before, after)| [before, after]);
        let columns = tables.flatten().flat_map(|table| table.columns.iter());
        columns.filter_map(|it| it.sql_type.enumeration()).map(|of| of.place().into()).collect()
    }

    /// Enums are those of the models, and those that nobody owned as they were.
    fn types_stand(&self, after: &Live) -> Option<Wrong> {
        let touched = self.touched_types();
        let built = self.built_after.tables.iter().flat_map(|table| table.columns.iter());
        let built: BTreeMap<OwnPlace, &Enum> = built
            .filter_map(|column| column.sql_type.enumeration())
            .map(|of| (of.place().into(), of))
            .collect();
        let live = &self.before.live;
        for of in &live.pg.enums {
            let place = OwnPlace::from(of.place());
            let now = after.pg.enums.iter().find(|it| it.place() == of.place());
            if !touched.contains(&place) && now != Some(of) {
                return Some(Wrong::of_type(of, Some(of), now));
            }
        }
        let used = |of: &Enum| {
            let mut columns = after.schema.tables.iter().flat_map(|table| table.columns.iter());
            columns.any(|it| it.sql_type.enumeration().is_some_and(|it| it.place() == of.place()))
        };
        let held = |of: &Enum| {
            let place = OwnPlace::from(of.place());
            let rests = |it: &Used| matches!(it, Used::Type(used) if *used == place);
            after.pg.uses.iter().any(|it| rests(&it.of))
        };
        for of in &after.pg.enums {
            let place = OwnPlace::from(of.place());
            let was = live.pg.enums.iter().find(|it| it.place() == of.place());
            match built.get(&place) {
                Some(want) if items::of_enum(want) != items::of_enum(of) => {
                    return Some(Wrong::of_type(of, Some(want), Some(of)));
                }
                Some(_) => {}
                None if touched.contains(&place) && !used(of) && !held(of) => {
                    return Some(Wrong::of_type(of, None, Some(of)));
                }
                None if was.is_none() => return Some(Wrong::of_type(of, None, Some(of))),
                None => {}
            }
        }
        None
    }

    /// Schemas and extensions are those that were there and those that are asked for.
    fn names_stand(&self, after: &Live) -> Option<Wrong> {
        let before = &self.before.live;
        let mut schemas: BTreeSet<&str> = before.pg.schemas.iter().map(|it| &**it).collect();
        let befores = || self.mapping.tables().filter_map(|(before, _)| before);
        let mut owned: BTreeSet<&str> =
            befores().filter_map(|table| table.schema.as_deref()).collect();
        let columns = befores().flat_map(|table| table.columns.iter());
        let types = columns.filter_map(|column| column.sql_type.enumeration());
        owned.extend(types.filter_map(|of| of.schema.as_deref()));
        schemas.extend(self.mapping.tables().filter_map(|(_, after)| after?.schema.as_deref()));
        let enums = self.built_after.tables.iter().flat_map(|table| table.columns.iter());
        let enums: Vec<&Enum> = enums.filter_map(|it| it.sql_type.enumeration()).collect();
        schemas.extend(enums.iter().filter_map(|of| of.schema.as_deref()));
        let now: BTreeSet<&str> = after.pg.schemas.iter().map(|it| &**it).collect();
        // One that a table leaves may go with it.
        let lost = schemas.difference(&now).find(|it| !owned.contains(*it));
        let wrong = differing("schema", lost.copied(), now.difference(&schemas).next().copied());
        let mut extensions: BTreeSet<&str> =
            before.schema.extensions.iter().map(|it| &**it).collect();
        for change in self.changes {
            match change {
                Change::CreateExtension(name) => drop(extensions.insert(name)),
                Change::DropExtension(name) => drop(extensions.remove(&**name)),
                Change::CreateTable(_) | Change::DropTable(_) | Change::AlterTable(_) => {}
            }
        }
        let now: BTreeSet<&str> = after.schema.extensions.iter().map(|it| &**it).collect();
        wrong.or_else(|| {
            let (lost, stray) = (extensions.difference(&now), now.difference(&extensions));
            differing(
                "extension",
                lost.into_iter().next().copied(),
                stray.into_iter().next().copied(),
            )
        })
    }

    /// What is no fact is all there, and nothing else.
    fn others_stand(&self, after: &BTreeSet<Other>) -> Option<Wrong> {
        // A rename writes new names into definitions; which ones only the server knows.
        let mut names = self.mapping.renamed_names();
        names.extend(self.touched_types().iter().map(|place| place.name.to_lowercase()));
        let blur = |other: &Other| {
            (other.kind.clone(), blurred(&other.name, &names), blurred(&other.text, &names))
        };
        let orphan = |other: &Other| {
            let Some(table) = &other.table else { return false };
            let column = other.column.as_deref();
            self.mapping.table(table.place()).is_none()
                || column.is_some_and(|it| self.mapping.column(table.place(), it).is_none())
        };
        let new = |other: &Other| {
            let Some(table) = &other.table else { return false };
            other.kind.starts_with("settings")
                && (self.mapping.creates(table.place()) || other.column.is_some())
        };
        let now: BTreeSet<_> = after.iter().map(blur).collect();
        let was: BTreeSet<_> = self.before.others.iter().map(blur).collect();
        if let Some(lost) =
            self.before.others.iter().find(|it| !orphan(it) && !now.contains(&blur(it)))
        {
            let like = after.iter().find(|it| it.kind == lost.kind && it.name == lost.name);
            return Some(Wrong::other(lost, Some(&lost.text), like.map(|it| &*it.text)));
        }
        let stray = after.iter().find(|it| !new(it) && !was.contains(&blur(it)));
        stray.map(|it| Wrong::other(it, None, Some(&it.text)))
    }
}

/// Whether two databases hold the same.
pub(super) fn same(moment: Moment, expected: &State, found: &State) -> Result<(), ProofFailure> {
    equal(expected, found, &|_| {}).map_or(Ok(()), |it| it.at(moment))
}

/// The first difference of two databases. `settle` takes from an enum what does not count.
fn equal(expected: &State, found: &State, settle: &dyn Fn(&mut Enum)) -> Option<Wrong> {
    let (was, is) = (&expected.live, &found.live);
    for table in &was.schema.tables[..] {
        let Some(now) = is.schema.at(table.place()) else {
            return Some(Wrong::table(table, Some(items::text(table)), None));
        };
        let settled = |table: &Table| items::of(&items::settled(table.clone(), settle));
        let (was, is) = (settled(table), settled(now));
        if was != is {
            return Some(Wrong::differing(table, &was, &is));
        }
    }
    let mut tables = is.schema.tables.iter();
    if let Some(stray) = tables.find(|table| was.schema.at(table.place()).is_none()) {
        return Some(Wrong::table(stray, None, Some(items::text(stray))));
    }
    let enums = |live: &Live| -> BTreeMap<OwnPlace, Enum> {
        let settled = |of: &Enum| {
            let mut of = of.clone();
            settle(&mut of);
            (OwnPlace::from(of.place()), of)
        };
        live.pg.enums.iter().map(settled).collect()
    };
    let (old, new) = (enums(was), enums(is));
    let both = old.keys().chain(new.keys());
    if let Some(place) = both.into_iter().find(|place| old.get(*place) != new.get(*place)) {
        let (old, new) = (old.get(place), new.get(place));
        return old.or(new).map(|of| Wrong::of_type(of, old, new));
    }
    let first = |a: &[Text], b: &[Text]| a.iter().find(|it| !b.contains(it)).map(Text::to_string);
    let pairs = [
        ("schema", &was.pg.schemas[..], &is.pg.schemas[..]),
        ("extension", &was.schema.extensions[..], &is.schema.extensions[..]),
    ];
    for (kind, was, is) in pairs {
        let wrong = differing(kind, first(was, is).as_deref(), first(is, was).as_deref());
        if wrong.is_some() {
            return wrong;
        }
    }
    if let Some(lost) = expected.others.difference(&found.others).next() {
        let mut like = found.others.iter();
        let like = like.find(|it| it.kind == lost.kind && it.name == lost.name);
        return Some(Wrong::other(lost, Some(&lost.text), like.map(|it| &*it.text)));
    }
    if let Some(stray) = found.others.difference(&expected.others).next() {
        return Some(Wrong::other(stray, None, Some(&stray.text)));
    }
    let stray = is.pg.names.difference(&was.pg.names).next();
    stray.map(|place| Wrong {
        object: format!("the name `{}`", place.place()),
        expected: None,
        found: Some("something is called like that".to_owned()),
    })
}

fn differing(kind: &str, lost: Option<&str>, stray: Option<&str>) -> Option<Wrong> {
    let name = lost.or(stray)?;
    Some(Wrong {
        object: format!("{kind} `{name}`"),
        expected: lost.map(str::to_owned),
        found: stray.filter(|_| lost.is_none()).map(str::to_owned),
    })
}

impl Wrong {
    fn table(table: &Table, expected: Option<String>, found: Option<String>) -> Wrong {
        Wrong { object: format!("table `{}`", table.place()), expected, found }
    }

    fn differing(table: &Table, was: &BTreeSet<String>, is: &BTreeSet<String>) -> Wrong {
        Wrong::table(table, Some(lines(was.difference(is))), Some(lines(is.difference(was))))
    }

    fn of_type(of: &Enum, expected: Option<&Enum>, found: Option<&Enum>) -> Wrong {
        Wrong {
            object: format!("type `{}`", of.place()),
            expected: expected.map(items::of_enum),
            found: found.map(items::of_enum),
        }
    }

    fn other(other: &Other, expected: Option<&str>, found: Option<&str>) -> Wrong {
        let Other { kind, name, table, column: _, text: _ } = other;
        let on = table.as_ref().filter(|_| !kind.starts_with("settings"));
        let on = on.map(|table| format!(" on `{}`", table.place())).unwrap_or_default();
        Wrong {
            object: format!("{kind} `{name}`{on}"),
            expected: expected.map(str::to_owned),
            found: found.map(str::to_owned),
        }
    }

    fn at(self, moment: Moment) -> Result<(), ProofFailure> {
        let Wrong { object, expected, found } = self;
        Err(ProofFailure::Object { moment, object, expected, found })
    }
}

fn lines<'a>(items: impl IntoIterator<Item = &'a String>) -> String {
    let lines: Vec<&str> = items.into_iter().map(String::as_str).collect();
    if lines.is_empty() { "nothing else".to_owned() } else { lines.join("\n") }
}
