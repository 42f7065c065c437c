//! Whether rows are kept.

use std::collections::{BTreeMap, BTreeSet};

use diesel_autogen_schema::{Delta, Edit, TableChange};

use super::failure::{Moment, ProofFailure};
use super::mapping::{Fate, Mapping, same};
use super::matching::unmatched;
use crate::sqlite::Scratch;
use crate::sqlite::catalog::{Catalog, Entry, Kind};
use crate::sqlite::facts;
use crate::sqlite::text::{quoted, shown};
use crate::sqlite::types::affinity;
use crate::{Error, Value};

/// All rows of a database at one moment.
#[derive(PartialEq)]
pub(super) struct Snapshot {
    /// Tables that have rows, by name in lower case.
    tables: BTreeMap<String, Rows>,
    /// The counters of AUTOINCREMENT, by name of the table in lower case.
    counters: BTreeMap<String, Value>,
}

/// The rows of one table. Generated columns are left out.
#[derive(PartialEq)]
struct Rows {
    table: String,
    columns: Vec<Named>,
    rows: Vec<Vec<Value>>,
    /// Whether the first column is the rowid.
    rowid: bool,
}

#[derive(PartialEq)]
struct Named {
    name: String,
    declared: String,
}

impl Snapshot {
    pub(super) fn take(scratch: &mut Scratch, catalog: &Catalog) -> Result<Snapshot, Error> {
        let filled = filled(scratch)?;
        let mut tables = BTreeMap::new();
        for entry in catalog.entries.iter().filter(|entry| entry.kind == Kind::Table) {
            if filled.contains(&entry.name) {
                tables.insert(entry.name.to_ascii_lowercase(), Rows::read(scratch, entry)?);
            }
        }
        let counted = scratch.rows("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'")?;
        let rows = match counted.is_empty() {
            true => Vec::new(),
            false => scratch.rows("SELECT name, seq FROM sqlite_sequence")?,
        };
        let counter =
            |row: &Vec<Value>| Some((row[0].as_text()?.to_ascii_lowercase(), row[1].clone()));
        Ok(Snapshot { tables, counters: rows.iter().filter_map(counter).collect() })
    }

    /// The tables that have rows.
    pub(super) fn tables(&self) -> impl Iterator<Item = &str> {
        self.tables.values().map(|rows| rows.table.as_str())
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.tables.values().map(|table| table.rows.len()).sum()
    }

    /// Whether every row is in `after`, as the mapping says, and no others are.
    pub(super) fn is_kept(
        &self,
        moment: Moment,
        mapping: &Mapping<'_>,
        after: &Snapshot,
        scratch: &mut Scratch,
    ) -> Result<(), ProofFailure> {
        let mut images = BTreeSet::new();
        for rows in self.tables.values() {
            let name = &rows.table;
            let Some(to) = mapping.table(name).map(str::to_ascii_lowercase) else { continue };
            let now = after.tables.get(&to);
            images.insert(to);
            let wrong = match now {
                Some(now) => compare(rows, now, name, mapping, scratch),
                None => Some(Lost {
                    what: format!("all {} rows are gone", rows.rows.len()),
                    expected: rows.rows.first().map(|row| rows.told(row)),
                    found: None,
                }),
            };
            if let Some(lost) = wrong {
                return Err(lost.at(moment, name));
            }
        }
        let created = |name: &str| {
            mapping
                .tables()
                .any(|(before, to)| before.is_none() && to.is_some_and(|to| same(&to.name, name)))
        };
        for (name, rows) in &after.tables {
            if !images.contains(name) && !created(name) {
                let lost = Lost {
                    what: format!("{} rows appeared in it", rows.rows.len()),
                    expected: None,
                    found: rows.rows.first().map(|row| rows.told(row)),
                };
                return Err(lost.at(moment, &rows.table));
            }
        }
        self.counters_stand(moment, mapping, after)
    }

    /// A counter that goes back would give the key of a deleted row to a new one.
    fn counters_stand(
        &self,
        moment: Moment,
        mapping: &Mapping<'_>,
        after: &Snapshot,
    ) -> Result<(), ProofFailure> {
        for (name, counter) in &self.counters {
            let Some(to) = mapping.table(name) else { continue };
            let recounted = mapping.change(name).is_some_and(|change| !keeps_key(change));
            let now = after.counters.get(&to.to_ascii_lowercase());
            if !recounted && now != Some(counter) {
                let lost = Lost {
                    what: "its AUTOINCREMENT counter changed".to_owned(),
                    expected: Some(counter.to_string()),
                    found: now.map(Value::to_string),
                };
                return Err(lost.at(moment, name));
            }
        }
        Ok(())
    }
}

/// Tables that have rows. Asking a thousand tables one by one would take most of the proof's time.
fn filled(scratch: &mut Scratch) -> Result<BTreeSet<String>, Error> {
    let rows = scratch.rows("SELECT name FROM dbstat WHERE aggregate = TRUE AND ncell > 0")?;
    Ok(rows.iter().flatten().filter_map(Value::as_text).map(str::to_owned).collect())
}

impl Rows {
    fn read(scratch: &mut Scratch, entry: &Entry) -> Result<Rows, Error> {
        let definition = facts::definition(entry)?;
        let shadowed = definition.columns.iter().any(|it| same(&it.name, "_rowid_"));
        let rowid = !definition.without_rowid && !shadowed;
        let mut columns = Vec::new();
        if rowid {
            columns.push(Named { name: "_rowid_".to_owned(), declared: "INTEGER".to_owned() });
        }
        let written = definition.columns.into_iter().filter(|column| column.generated.is_none());
        columns
            .extend(written.map(|column| Named { name: column.name, declared: column.declared }));
        let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
        let rows =
            scratch.rows(&format!("SELECT {} FROM {}", names.join(", "), quoted(&entry.name)))?;
        Ok(Rows { table: entry.name.clone(), columns, rows, rowid })
    }

    /// A row for people, the rowid left out where it is nothing but that.
    fn told(&self, row: &[Value]) -> String {
        let skip = usize::from(self.rowid && self.columns.len() > 1);
        let cells = self.columns.iter().zip(row).skip(skip).take(8).map(|(column, value)| {
            let literal = value.to_string();
            let short: String = literal.chars().take(60).collect();
            let more = if short.len() < literal.len() { "…" } else { "" };
            format!("{} = {short}{more}", shown(&column.name))
        });
        cells.collect::<Vec<_>>().join(", ")
    }
}

/// What is wrong with the rows of a table.
struct Lost {
    what: String,
    expected: Option<String>,
    found: Option<String>,
}

impl Lost {
    fn at(self, moment: Moment, table: &str) -> ProofFailure {
        let Lost { what, expected, found } = self;
        ProofFailure::Rows { moment, table: table.to_owned(), what, expected, found }
    }
}

/// A column on both sides.
struct Pair<'a> {
    before: usize,
    after: usize,
    fate: Fate,
    declared: &'a str,
}

fn compare(
    before: &Rows,
    after: &Rows,
    table: &str,
    mapping: &Mapping<'_>,
    scratch: &mut Scratch,
) -> Option<Lost> {
    let pairs = pairs(before, after, table, mapping);
    if before.rows.len() != after.rows.len() {
        let (was, is) = (before.rows.len(), after.rows.len());
        let what = format!("there were {was} rows, now there are {is}");
        return Some(
            Lost { what, expected: None, found: None }.with_example(before, after, &pairs),
        );
    }
    let (exact, others): (Vec<&Pair<'_>>, Vec<&Pair<'_>>) =
        pairs.iter().partition(|pair| pair.fate == Fate::default());
    let (was, is) = (sorted(before, &exact, |it| it.before), sorted(after, &exact, |it| it.after));
    let lost = |was: usize, is: usize| Lost {
        what: "a row is not what it was".to_owned(),
        expected: Some(before.told(&before.rows[was])),
        found: Some(after.told(&after.rows[is])),
    };
    // Rows that agree where nothing changes are told apart by the rest.
    let mut start = 0;
    while start < was.len() {
        let row = &before.rows[was[start]];
        let alike = |at: &usize, of: &Rows, column: fn(&Pair<'_>) -> usize| {
            exact.iter().all(|pair| of.rows[*at][column(pair)] == row[pair.before])
        };
        let length = was[start..].iter().take_while(|at| alike(at, before, |it| it.before)).count();
        let now = is[start..].iter().take_while(|at| alike(at, after, |it| it.after)).count();
        if now != length {
            let at = start + length.min(now);
            return Some(lost(was[at], is[at]));
        }
        let mut fits = |a: usize, b: usize| {
            let (row, now) = (&before.rows[was[start + a]], &after.rows[is[start + b]]);
            others.iter().all(|pair| kept(pair, &row[pair.before], &now[pair.after], scratch))
        };
        if let Some((row, now)) = unmatched(length, &mut fits) {
            return Some(lost(was[start + row], is[start + now]));
        }
        start += length;
    }
    None
}

/// Numbers of rows, sorted by these columns.
fn sorted(rows: &Rows, by: &[&Pair<'_>], column: fn(&Pair<'_>) -> usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows.rows.len()).collect();
    order.sort_by(|a, b| {
        let cells = by.iter().map(|pair| column(pair));
        let compared = cells.map(|at| rows.rows[*a][at].cmp(&rows.rows[*b][at]));
        compared.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    });
    order
}

fn pairs<'a>(before: &Rows, after: &'a Rows, table: &str, mapping: &Mapping<'_>) -> Vec<Pair<'a>> {
    let rowids = mapping.change(table).is_none_or(keeps_key);
    let mut pairs = Vec::new();
    for (at, column) in before.columns.iter().enumerate() {
        let is_rowid = before.rowid && at == 0;
        let target = if is_rowid {
            (rowids && after.rowid).then_some(("_rowid_", Fate::default()))
        } else {
            mapping.column(table, &column.name)
        };
        let Some((name, mut fate)) = target else { continue };
        let to = after.columns.iter().position(|it| same(&it.name, name));
        if let Some(to) = to.filter(|_| !fate.free) {
            let declared = &after.columns[to].declared;
            // One type may be declared in two ways, as in a table that becomes STRICT.
            fate.cast |= affinity(declared) != affinity(&column.declared);
            pairs.push(Pair { before: at, after: to, fate, declared });
        }
    }
    pairs
}

/// Whether rows keep their rowid: the key is the same columns, made up the same way.
fn keeps_key(change: &TableChange) -> bool {
    change.edits.iter().all(|edit| match edit {
        Edit::PrimaryKey { .. } | Edit::WithoutRowid { .. } => false,
        Edit::Column(Delta::Changed { before, after }) => before.identity == after.identity,
        Edit::Column(Delta::Added(column) | Delta::Removed(column)) => column.identity.is_none(),
        Edit::Unique(_)
        | Edit::Index(_)
        | Edit::Check(_)
        | Edit::Exclusion(_)
        | Edit::ForeignKey(_)
        | Edit::Strict { .. }
        | Edit::Extras { .. }
        | Edit::Comment { .. } => true,
    })
}

fn kept(pair: &Pair<'_>, was: &Value, is: &Value, scratch: &mut Scratch) -> bool {
    let Pair { before: _, after: _, fate, declared } = pair;
    // Bytes that are no text cannot be told from others once they are kept as one.
    let garbled = |value: &Value| value.as_text().is_some_and(|text| text.contains('\u{FFFD}'));
    was == is
        || fate.cast && (garbled(was) || garbled(is))
        || fate.filled && *was == Value::Null
        || fate.let_go && *is == Value::Null
        || fate.cast && converted(was, declared, scratch).iter().any(|value| value.same(is))
}

/// What SQLite itself makes of a value of another type: by storing it, and by CAST, also to what
/// Diesel keeps there whatever the type is declared as.
fn converted(value: &Value, declared: &str, scratch: &mut Scratch) -> Vec<Value> {
    let upper = declared.to_ascii_uppercase();
    let mut ways = vec![value.to_string(), format!("CAST({value} AS {declared})")];
    if upper.contains("BOOL") {
        ways.push(format!("CAST({value} AS INTEGER)"));
    } else if upper.contains("DATE") || upper.contains("TIME") {
        ways.push(format!("CAST({value} AS TEXT)"));
    }
    // Documents as text and in their binary form.
    match value {
        Value::Blob(_) => ways.push(format!("json({value})")),
        // A document that is a number may lie there as one.
        Value::Text(_) | Value::Integer(_) | Value::Real(_) => ways.push(format!("jsonb({value})")),
        Value::Null => {}
    }
    let mut results = vec![value.clone()];
    for way in ways {
        for sql in [
            format!("SELECT {way}"),
            format!(
                "DROP TABLE IF EXISTS temp.__diesel_autogen_cast; \
                 CREATE TEMP TABLE __diesel_autogen_cast (x {declared}); \
                 INSERT INTO __diesel_autogen_cast VALUES ({way}); \
                 SELECT x FROM __diesel_autogen_cast"
            ),
        ] {
            results.extend(scratch.rows(&sql).unwrap_or_default().into_iter().flatten());
        }
    }
    let _ = scratch.execute("DROP TABLE IF EXISTS temp.__diesel_autogen_cast", false);
    results
}

impl Lost {
    /// Shows a row that is on one side only.
    fn with_example(mut self, before: &Rows, after: &Rows, pairs: &[Pair<'_>]) -> Lost {
        let exact: Vec<&Pair<'_>> =
            pairs.iter().filter(|pair| pair.fate == Fate::default()).collect();
        let same = |was: &[Value], is: &[Value]| {
            exact.iter().all(|pair| was[pair.before] == is[pair.after])
        };
        let gone = before.rows.iter().find(|was| !after.rows.iter().any(|is| same(was, is)));
        let new = after.rows.iter().find(|is| !before.rows.iter().any(|was| same(was, is)));
        self.expected = gone.map(|row| before.told(row));
        self.found = new.map(|row| after.told(row));
        self
    }
}
