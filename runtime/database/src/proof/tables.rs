//! Whether the tables of a database are what facts say, for engines whose introspection tells all
//! of a table.

use std::collections::BTreeSet;

use diesel_autogen_schema::{Live, OwnPlace, Schema, Table};

use super::items;
use super::{Mapping, Moment, ProofFailure};

/// A failure without the moment.
pub(crate) struct Wrong {
    pub(crate) object: String,
    pub(crate) expected: Option<String>,
    pub(crate) found: Option<String>,
}

/// What is known of tables before any script has run.
pub(crate) struct Tables<'a> {
    pub(crate) mapping: &'a Mapping<'a>,
    /// What the history left.
    pub(crate) before: &'a Live,
    /// The changed tables, made from the facts alone.
    pub(crate) built_before: &'a Schema,
    pub(crate) built_after: &'a Schema,
}

impl Tables<'_> {
    /// No table came or went that no change speaks of, and those that no change speaks of are
    /// the same but for renames. `settled` takes from a table what does not count.
    pub(crate) fn stand(&self, after: &Live, settled: &dyn Fn(Table) -> Table) -> Option<Wrong> {
        let mut expected: BTreeSet<OwnPlace> =
            self.mapping.tables().filter_map(|(_, to)| to).map(|to| to.place().into()).collect();
        for table in &self.before.schema.tables[..] {
            let Some(to) = self.mapping.table(table.place()) else { continue };
            expected.insert(to.into());
            let Some(now) = after.schema.at(to) else {
                return Some(Wrong::table(table, Some(items::text(table)), None));
            };
            if !self.mapping.touches(table.place()) {
                let was = items::of(&settled(self.mapping.renamed(table)));
                let is = items::of(&settled(now.clone()));
                if was != is {
                    return Some(Wrong::differing(table, &was, &is));
                }
            }
        }
        let mut tables = after.schema.tables.iter();
        let stray = tables.find(|table| !expected.contains(&OwnPlace::from(table.place())));
        stray.map(|table| Wrong::table(table, None, Some(items::text(table))))
    }

    /// Every changed table holds what the facts say and what nobody owned before, and nothing else.
    pub(crate) fn changed(&self, after: &Live) -> Option<Wrong> {
        self.mapping.tables().find_map(|(before, table)| self.table_is(before, table?, after))
    }

    fn table_is(&self, before: Option<&Table>, table: &Table, after: &Live) -> Option<Wrong> {
        let facts = |schema: &Schema| schema.at(table.place()).map(items::of).unwrap_or_default();
        let (want, have) = (facts(self.built_after), facts(&after.schema));
        let renamed = |schema: &Schema| {
            let was = before.and_then(|before| schema.at(before.place()));
            was.map(|was| items::of(&self.mapping.renamed(was))).unwrap_or_default()
        };
        let (was, owned) = (renamed(&self.before.schema), renamed(self.built_before));
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
}

/// The first table that differs. `settled` takes from a table what does not count.
pub(crate) fn differing(
    was: &Schema,
    is: &Schema,
    settled: &dyn Fn(&Table) -> Table,
) -> Option<Wrong> {
    for table in &was.tables[..] {
        let Some(now) = is.at(table.place()) else {
            return Some(Wrong::table(table, Some(items::text(table)), None));
        };
        let (was, is) = (items::of(&settled(table)), items::of(&settled(now)));
        if was != is {
            return Some(Wrong::differing(table, &was, &is));
        }
    }
    let stray = is.tables.iter().find(|table| was.at(table.place()).is_none());
    stray.map(|table| Wrong::table(table, None, Some(items::text(table))))
}

impl Wrong {
    pub(crate) fn table(table: &Table, expected: Option<String>, found: Option<String>) -> Wrong {
        Wrong { object: format!("table `{}`", table.place()), expected, found }
    }

    fn differing(table: &Table, was: &BTreeSet<String>, is: &BTreeSet<String>) -> Wrong {
        Wrong::table(table, Some(lines(was.difference(is))), Some(lines(is.difference(was))))
    }

    pub(crate) fn at(self, moment: Moment) -> Result<(), ProofFailure> {
        let Wrong { object, expected, found } = self;
        Err(ProofFailure::Object { moment, object, expected, found })
    }
}

fn lines<'a>(items: impl IntoIterator<Item = &'a String>) -> String {
    let lines: Vec<&str> = items.into_iter().map(String::as_str).collect();
    if lines.is_empty() { "nothing else".to_owned() } else { lines.join("\n") }
}
