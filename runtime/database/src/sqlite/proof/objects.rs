//! Whether the objects of a database are what they should be.

use std::collections::{BTreeMap, BTreeSet};

use diesel_autogen_schema::{Place, Table};

use super::items;
use crate::Error;
use crate::ident::quoted;
use crate::proof::{Mapping, Moment, ProofFailure};
use crate::sqlite::Scratch;
use crate::sqlite::catalog::{Catalog, Entry, Kind};
use crate::sqlite::dump::{Spelling, text};
use crate::sqlite::text::normal_with;

/// What is known before any script has run.
pub(super) struct Known<'a> {
    pub(super) mapping: Mapping<'a>,
    /// What the history left.
    pub(super) before: Catalog,
    /// The changed tables, made from the facts alone.
    pub(super) built_before: Catalog,
    pub(super) built_after: Catalog,
}

/// A failure without the moment.
struct Wrong {
    object: String,
    expected: Option<String>,
    found: Option<String>,
}

impl Known<'_> {
    /// Whether `up.sql` left what the facts say, and everything else as it was.
    pub(super) fn is_after(&self, moment: Moment, after: &Catalog) -> Result<(), ProofFailure> {
        self.tables_stand(after)
            .map_err(ProofFailure::Setup)?
            .map_or(Ok(()), |it| it.at(moment))?;
        for (before, table) in self.mapping.tables() {
            let Some(table) = table else { continue };
            self.table_is(before, table, after)
                .map_err(ProofFailure::Setup)?
                .map_or(Ok(()), |it| it.at(moment))?;
        }
        self.objects_stand(after).map_or(Ok(()), |it| it.at(moment))
    }

    /// Whether `down.sql` brought back what was there.
    pub(super) fn is_before(&self, moment: Moment, now: &Catalog) -> Result<(), ProofFailure> {
        let spelling = |entry: &Entry| {
            let ours =
                !self.mapping.touches(Place::plain(&entry.table)) || self.is_ours(&entry.table)?;
            Ok(if ours { Spelling::Declared } else { Spelling::Meant })
        };
        equal(&self.before, now, &spelling)
            .map_err(ProofFailure::Setup)?
            .map_or(Ok(()), |it| it.at(moment))
    }

    /// Whether the history holds the table just as the facts would have made it.
    fn is_ours(&self, before: &str) -> Result<bool, Error> {
        let was = table_text(&self.before, before)?;
        Ok(was.is_some() && was == table_text(&self.built_before, before)?)
    }

    /// No table came or went that no change speaks of, and those that no change speaks of are
    /// the same but for renames.
    fn tables_stand(&self, after: &Catalog) -> Result<Option<Wrong>, Error> {
        let folded = |name: &str| name.to_ascii_lowercase();
        let mut expected: BTreeSet<String> =
            self.mapping.tables().filter_map(|(_, to)| to).map(|to| folded(&to.name)).collect();
        for entry in self.before.entries.iter().filter(|entry| entry.kind == Kind::Table) {
            let Some(to) = self.mapping.table(Place::plain(&entry.name)) else { continue };
            expected.insert(folded(to.name));
            if after.get(Kind::Table, to.name).is_none() {
                return Ok(Some(Wrong::new(entry, Some(&entry.sql), None)));
            }
            if !self.mapping.touches(Place::plain(&entry.name))
                && changed(&self.before, after, entry)
            {
                let was = self.before.table(&entry.name)?.map(|it| self.mapping.renamed(&it));
                let is = after.table(&entry.name)?;
                let (was, is) = (was.as_ref().map(items::of), is.as_ref().map(items::of));
                if was != is {
                    let (was, is) = (was.unwrap_or_default(), is.unwrap_or_default());
                    return Ok(Some(Wrong::new(
                        entry,
                        Some(&lines(was.difference(&is))),
                        Some(&lines(is.difference(&was))),
                    )));
                }
            }
        }
        let stray = after
            .entries
            .iter()
            .find(|entry| entry.kind == Kind::Table && !expected.contains(&folded(&entry.name)));
        Ok(stray.map(|entry| Wrong::new(entry, None, Some(&entry.sql))))
    }

    /// A changed table holds what the facts say and what nobody owned before, and nothing else.
    fn table_is(
        &self,
        before: Option<&Table>,
        table: &Table,
        after: &Catalog,
    ) -> Result<Option<Wrong>, Error> {
        let wrong = |expected: String, found: String| {
            let object = format!("table `{}`", table.name);
            Ok(Some(Wrong { object, expected: Some(expected), found: Some(found) }))
        };
        let want = facts(&self.built_after, &table.name)?;
        let have = facts(after, &table.name)?;
        let (was, owned) = match before {
            Some(before) => (
                self.renamed(&self.before, &before.name)?,
                self.renamed(&self.built_before, &before.name)?,
            ),
            None => Default::default(),
        };
        let unowned: BTreeSet<&String> = was.difference(&owned).collect();
        // What the history lacked before is not this migration's to mend.
        let missing = want.difference(&have).filter(|it| was.contains(*it) || !owned.contains(*it));
        let gone = unowned.iter().copied().filter(|it| {
            !have.contains(*it) && !want.contains(*it) && !self.superseded(it, before, &want)
        });
        let extra: Vec<&String> =
            have.difference(&want).filter(|it| !unowned.contains(it)).collect();
        let lost: Vec<&String> = missing.chain(gone).collect();
        if !lost.is_empty() || !extra.is_empty() {
            return wrong(lines(lost), lines(extra));
        }
        let ours = match before {
            Some(before) => self.is_ours(&before.name)?,
            None => true,
        };
        let built = table_text(&self.built_after, &table.name)?;
        let made = table_text(after, &table.name)?;
        if ours && built != made {
            return wrong(built.unwrap_or_default(), made.unwrap_or_default());
        }
        for entry in self.built_after.hanging_on(&table.name, Kind::Index) {
            let built = text(entry, Spelling::Declared)?;
            let now = after.get(Kind::Index, &entry.name);
            let made = now.map(|it| text(it, Spelling::Declared)).transpose()?;
            let adopted = now.is_some() && now == self.before.get(Kind::Index, &entry.name);
            if !adopted && made.as_ref() != Some(&built) {
                return wrong(built, made.unwrap_or_default());
            }
        }
        Ok(None)
    }

    /// Whether a fact that nobody owned could not stay: its column went, or a model says now what
    /// the column is.
    fn superseded(&self, item: &str, before: Option<&Table>, want: &BTreeSet<String>) -> bool {
        let Some(before) = before else { return false };
        let column = item.strip_prefix("column ").map(|_| subject(item));
        let claimed = column.is_some()
            && want.iter().any(|it| it.starts_with("column ") && column == Some(subject(it)));
        let dropped = before.columns.iter().any(|column| {
            self.mapping.column(before.place(), &column.name).is_none()
                && items::mentions(item, &column.name)
        });
        claimed || dropped || item.starts_with("primary key")
    }

    fn renamed(&self, catalog: &Catalog, before: &str) -> Result<BTreeSet<String>, Error> {
        let table = catalog.table(before)?;
        Ok(table.map(|it| items::of(&self.mapping.renamed(&it))).unwrap_or_default())
    }

    /// Views, triggers and virtual tables are all there, and no others.
    fn objects_stand(&self, after: &Catalog) -> Option<Wrong> {
        let object =
            |entry: &&Entry| matches!(entry.kind, Kind::View | Kind::Trigger | Kind::Virtual);
        // A rename writes new names into views and triggers; which ones only the engine knows.
        let names = self.mapping.renamed_names();
        let blurred = |entry: &Entry| {
            normal_with(
                &entry.sql,
                |name| {
                    if names.contains(&name) { "?".to_owned() } else { name }
                },
            )
        };
        for entry in self.before.entries.iter().filter(object) {
            let orphan = entry.kind == Kind::Trigger
                && self.mapping.table(Place::plain(&entry.table)).is_none();
            match after.get(entry.kind, &entry.name) {
                None if orphan => {}
                None => return Some(Wrong::new(entry, Some(&entry.sql), None)),
                Some(now) if blurred(now) == blurred(entry) => {}
                Some(now) => return Some(Wrong::new(entry, Some(&entry.sql), Some(&now.sql))),
            }
        }
        let stray = after
            .entries
            .iter()
            .filter(object)
            .find(|entry| self.before.get(entry.kind, &entry.name).is_none());
        stray.map(|entry| Wrong::new(entry, None, Some(&entry.sql)))
    }
}

/// Whether two databases hold the same, to the letter of their dumps.
pub(super) fn same_objects(
    moment: Moment,
    expected: &Catalog,
    found: &Catalog,
) -> Result<(), ProofFailure> {
    equal(expected, found, &|_| Ok(Spelling::Declared))
        .map_err(ProofFailure::Setup)?
        .map_or(Ok(()), |it| it.at(moment))
}

/// The views that can be read, with what SQLite says about the others.
pub(super) fn views(scratch: &mut Scratch, catalog: &Catalog) -> BTreeMap<String, Option<String>> {
    let views = catalog.entries.iter().filter(|entry| entry.kind == Kind::View);
    views
        .map(|view| {
            let rows = scratch.rows(&format!("SELECT * FROM {} LIMIT 0", quoted(&view.name)));
            let reason = rows.err().map(|error| match error {
                Error::Statement { statement: _, reason } => reason,
                error => error.to_string(),
            });
            (view.name.clone(), reason)
        })
        .collect()
}

/// Whether every view that could be read can be read now.
pub(super) fn views_work(
    moment: Moment,
    before: &BTreeMap<String, Option<String>>,
    now: &BTreeMap<String, Option<String>>,
) -> Result<(), ProofFailure> {
    for (view, reason) in now {
        if let (Some(reason), Some(None)) = (reason, before.get(view)) {
            return Err(ProofFailure::Object {
                moment,
                object: format!("view `{view}`"),
                expected: Some("a view that can be read, as before".to_owned()),
                found: Some(reason.clone()),
            });
        }
    }
    Ok(())
}

fn equal(
    expected: &Catalog,
    found: &Catalog,
    spelling: &dyn Fn(&Entry) -> Result<Spelling, Error>,
) -> Result<Option<Wrong>, Error> {
    fn by_name(catalog: &Catalog) -> BTreeMap<(Kind, String), &Entry> {
        let told = catalog.entries.iter().filter(|entry| entry.kind != Kind::Shadow);
        told.map(|entry| ((entry.kind, entry.name.to_ascii_lowercase()), entry)).collect()
    }
    let (expected, found) = (by_name(expected), by_name(found));
    for (key, entry) in &expected {
        let Some(now) = found.get(key) else {
            return Ok(Some(Wrong::new(entry, Some(&entry.sql), None)));
        };
        if entry.sql == now.sql {
            continue;
        }
        let spelling = spelling(entry)?;
        if text(entry, spelling)? != text(now, spelling)? {
            let (was, is) = (text(entry, Spelling::Declared)?, text(now, Spelling::Declared)?);
            return Ok(Some(Wrong::new(entry, Some(&was), Some(&is))));
        }
    }
    let stray = found.iter().find(|(key, _)| !expected.contains_key(key));
    Ok(stray.map(|(_, entry)| Wrong::new(entry, None, Some(&entry.sql))))
}

impl Wrong {
    fn new(entry: &Entry, expected: Option<&str>, found: Option<&str>) -> Wrong {
        Wrong {
            object: format!("{} `{}`", entry.kind.word(), entry.name),
            expected: expected.map(str::to_owned),
            found: found.map(str::to_owned),
        }
    }

    fn at(self, moment: Moment) -> Result<(), ProofFailure> {
        let Wrong { object, expected, found } = self;
        Err(ProofFailure::Object { moment, object, expected, found })
    }
}

/// Whether the texts of a table or of its indexes are different ones.
fn changed(before: &Catalog, after: &Catalog, entry: &Entry) -> bool {
    fn texts<'a>(catalog: &'a Catalog, table: &str) -> Vec<&'a str> {
        let indexes = catalog.hanging_on(table, Kind::Index);
        let all = indexes.chain(catalog.get(Kind::Table, table));
        let mut texts: Vec<&str> = all.map(|entry| entry.sql.as_str()).collect();
        texts.sort_unstable();
        texts
    }
    texts(before, &entry.name) != texts(after, &entry.name)
}

fn facts(catalog: &Catalog, table: &str) -> Result<BTreeSet<String>, Error> {
    Ok(catalog.table(table)?.as_ref().map(items::of).unwrap_or_default())
}

fn table_text(catalog: &Catalog, table: &str) -> Result<Option<String>, Error> {
    let entry = catalog.get(Kind::Table, table);
    entry.map(|entry| text(entry, Spelling::Declared)).transpose()
}

/// The column that a `column …` line is about.
fn subject(item: &str) -> &str {
    let rest = item.strip_prefix("column ").unwrap_or(item);
    match rest.strip_prefix('"') {
        Some(quoted) => {
            let end = quoted.find("\" ").map_or(rest.len(), |at| at + 2);
            &rest[..end]
        }
        None => rest.split(' ').next().unwrap_or(rest),
    }
}

fn lines<'a>(items: impl IntoIterator<Item = &'a String>) -> String {
    let lines: Vec<&str> = items.into_iter().map(String::as_str).collect();
    if lines.is_empty() { "nothing else".to_owned() } else { lines.join("\n") }
}
