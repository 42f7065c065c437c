//! Whether the objects of a database are what they should be.

use std::collections::{BTreeMap, BTreeSet};

use diesel_autogen_schema::{Change, Dialect, Enum, Live, OwnPlace, Schema, Table, Text, Used};

use super::dumped::{self, Expected};
use super::others::Other;
use super::state::State;
use crate::proof::items::{self, blurred, without_labels};
use crate::proof::{Mapping, Moment, ProofFailure, Tables, Wrong, differing_tables};

/// What is known before any script has run.
pub(super) struct Known<'a> {
    pub(super) mapping: Mapping<'a>,
    /// What the history left.
    pub(super) before: &'a State,
    /// The changed tables, made from the facts alone.
    pub(super) built_before: Schema,
    pub(super) built_after: Schema,
    pub(super) changes: &'a [Change],
    /// The changed tables after, as `pg_dump` writes them.
    pub(super) expected: Option<Expected>,
}

impl Known<'_> {
    /// Whether `up.sql` left what the facts say, and everything else as it was.
    pub(super) fn is_after(&self, moment: Moment, after: &State) -> Result<(), ProofFailure> {
        let touched = self.touched_types();
        let tables = Tables {
            mapping: &self.mapping,
            before: &self.before.live,
            built_before: &self.built_before,
            built_after: &self.built_after,
        };
        let wrong = tables
            .stand(&after.live, &|table| without_labels(table, &touched))
            .or_else(|| tables.changed(&after.live));
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
        equal(self.before, now, &settle).map_or(Ok(()), |it| it.at(moment))?;
        let left: Vec<OwnPlace> = left.into_keys().collect();
        dumped::same(moment, self.before.dump.as_ref(), now.dump.as_ref(), &left)
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

    /// Names that are others after, in lower case, and those of types that change.
    pub(super) fn changing_names(&self) -> Vec<String> {
        let mut names = self.mapping.renamed_names();
        names.extend(self.touched_types().iter().map(|place| place.name.to_lowercase()));
        names
    }

    /// What is no fact is all there, and nothing else.
    fn others_stand(&self, after: &BTreeSet<Other>) -> Option<Wrong> {
        // A rename writes new names into definitions; which ones only the server knows.
        let names = self.changing_names();
        let plain = |text: &str| blurred(text, &names, Dialect::Postgres);
        let blur = |other: &Other| (other.kind.clone(), plain(&other.name), plain(&other.text));
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
    equal(expected, found, &|_| {}).map_or(Ok(()), |it| it.at(moment))?;
    dumped::same(moment, expected.dump.as_ref(), found.dump.as_ref(), &[])
}

/// The first difference of two databases. `settle` takes from an enum what does not count.
fn equal(expected: &State, found: &State, settle: &dyn Fn(&mut Enum)) -> Option<Wrong> {
    let (was, is) = (&expected.live, &found.live);
    let settled = |table: &Table| items::settled(table.clone(), settle);
    if let Some(wrong) = differing_tables(&was.schema, &is.schema, &settled) {
        return Some(wrong);
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
}
