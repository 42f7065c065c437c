//! Whether the objects of a database are what they should be.

use std::collections::BTreeSet;

use diesel_autogen_schema::{Dialect, Object, Place, Table};

use super::built::Built;
use super::state::State;
use crate::proof::items::blurred;
use crate::proof::{Mapping, Moment, ProofFailure, Tables, Wrong, differing_tables};

/// What is known before any script has run.
pub(super) struct Known<'a> {
    pub(super) mapping: Mapping<'a>,
    /// What the history left.
    pub(super) before: &'a State,
    /// The changed tables, made from the facts alone.
    pub(super) built_before: Built,
    pub(super) built_after: Built,
}

impl Known<'_> {
    /// Whether `up.sql` left what the facts say, and everything else as it was.
    pub(super) fn is_after(&self, moment: Moment, after: &State) -> Result<(), ProofFailure> {
        let tables = Tables {
            mapping: &self.mapping,
            before: &self.before.live,
            built_before: &self.built_before.schema,
            built_after: &self.built_after.schema,
        };
        let wrong = tables
            .stand(&after.live, &|table| table)
            .or_else(|| tables.changed(&after.live))
            .or_else(|| self.shapes_are(after))
            .or_else(|| self.objects_stand(after));
        wrong.map_or(Ok(()), |it| it.at(moment))
    }

    /// What the server shows of a changed table is what it shows of one made from the facts,
    /// unless somebody else had a hand in it.
    fn shapes_are(&self, after: &State) -> Option<Wrong> {
        self.mapping.tables().find_map(|(before, table)| {
            let table = table?;
            let ours = before.is_none_or(|before| {
                let was = self.before.shapes.get(&("TABLE".to_owned(), before.name.to_string()));
                was.is_some() && was == self.built_before.shapes.get(&*before.name)
            });
            let now = after.shapes.get(&("TABLE".to_owned(), table.name.to_string()));
            let want = self.built_after.shapes.get(&*table.name);
            (ours && now != want).then(|| Wrong::table(table, want.cloned(), now.cloned()))
        })
    }

    /// Views, triggers, routines and events are all there, and no others.
    fn objects_stand(&self, after: &State) -> Option<Wrong> {
        // A rename writes new names into definitions; which ones only the server knows.
        let names = self.mapping.renamed_names();
        let blur =
            |it: &Object| (it.kind, it.name.clone(), blurred(&it.sql, &names, Dialect::Mysql));
        let now: BTreeSet<_> = after.live.objects.iter().map(blur).collect();
        let was: BTreeSet<_> = self.before.live.objects.iter().map(blur).collect();
        let goes = |it: &Object| self.mapping.table(Place::plain(&it.table)).is_none();
        let lost = self.before.live.objects.iter().find(|it| !goes(it) && !now.contains(&blur(it)));
        let stray = after.live.objects.iter().find(|it| !was.contains(&blur(it)));
        lost.map(|it| of(it, Some(it), after.live.objects.iter().find(|now| is(it, now))))
            .or_else(|| stray.map(|it| of(it, None, Some(it))))
    }
}

/// Whether two databases hold the same.
pub(super) fn same(moment: Moment, expected: &State, found: &State) -> Result<(), ProofFailure> {
    equal(expected, found).map_or(Ok(()), |it| it.at(moment))
}

fn equal(expected: &State, found: &State) -> Option<Wrong> {
    let (was, is) = (&expected.live, &found.live);
    if let Some(wrong) = differing_tables(&was.schema, &is.schema, &Table::clone) {
        return Some(wrong);
    }
    let lost = was.objects.iter().find(|it| !is.objects.contains(it));
    if let Some(lost) = lost {
        return Some(of(lost, Some(lost), is.objects.iter().find(|now| self::is(lost, now))));
    }
    if let Some(stray) = is.objects.iter().find(|it| !was.objects.contains(it)) {
        return Some(of(stray, None, Some(stray)));
    }
    let keys = expected.shapes.keys().chain(found.shapes.keys());
    let key = keys.into_iter().find(|key| expected.shapes.get(*key) != found.shapes.get(*key))?;
    let (kind, name) = key;
    Some(Wrong {
        object: format!("{} `{name}`", kind.to_lowercase()),
        expected: expected.shapes.get(key).cloned(),
        found: found.shapes.get(key).cloned(),
    })
}

fn is(a: &Object, b: &Object) -> bool {
    a.kind == b.kind && a.name == b.name
}

fn of(object: &Object, expected: Option<&Object>, found: Option<&Object>) -> Wrong {
    Wrong {
        object: format!("{} `{}`", object.kind.name(), object.name),
        expected: expected.map(|it| it.sql.to_string()),
        found: found.map(|it| it.sql.to_string()),
    }
}
