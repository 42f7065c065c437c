//! Whether rows are kept.

use std::collections::{BTreeMap, BTreeSet};

use diesel_autogen_schema::{Delta, Edit, OwnPlace, TableChange};

use super::failure::{Moment, ProofFailure};
use super::mapping::{Fate, Mapping};
use super::matching::unmatched;
use crate::Value;
use crate::ident::shown;

/// All rows of a database at one moment: the tables that have any, by place as the engine compares
/// places.
#[derive(PartialEq)]
pub(crate) struct Snapshot {
    pub(crate) tables: BTreeMap<OwnPlace, Rows>,
}

/// The rows of one table. Generated columns are left out.
#[derive(PartialEq)]
pub(crate) struct Rows {
    /// Where the table is, as the database spells it.
    pub(crate) table: OwnPlace,
    pub(crate) columns: Vec<Named>,
    pub(crate) rows: Vec<Vec<Value>>,
}

/// A column.
#[derive(PartialEq)]
pub(crate) struct Named {
    pub(crate) name: String,
    /// Its type, as the engine writes it.
    pub(crate) declared: String,
    /// Whether no fact speaks of it: the place of a row in its table.
    pub(crate) hidden: bool,
}

/// What an engine knows of values.
pub(crate) trait Values {
    /// Whether a value of the one type is the very same in the other.
    fn same_type(&self, before: &str, after: &str) -> bool;

    /// Whether a value of a type became what the engine makes of it in another.
    fn converted(&mut self, was: &Value, before: &str, is: &Value, after: &str) -> bool;

    /// The place of a table as the engine compares places.
    fn key(&self, table: OwnPlace) -> OwnPlace;
}

/// What is wrong with the rows of a table.
pub(crate) struct Lost {
    pub(crate) what: String,
    pub(crate) expected: Option<String>,
    pub(crate) found: Option<String>,
}

impl Lost {
    pub(crate) fn at(self, moment: Moment, table: &OwnPlace) -> ProofFailure {
        let Lost { what, expected, found } = self;
        ProofFailure::Rows { moment, table: table.place().to_string(), what, expected, found }
    }
}

impl Snapshot {
    /// The tables that have rows.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &OwnPlace> {
        self.tables.values().map(|rows| &rows.table)
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.tables.values().map(|table| table.rows.len()).sum()
    }

    /// Whether every row is in `after`, as the mapping says, and no others are.
    pub(crate) fn is_kept(
        &self,
        moment: Moment,
        mapping: &Mapping<'_>,
        after: &Snapshot,
        values: &mut dyn Values,
    ) -> Result<(), ProofFailure> {
        let mut images = BTreeSet::new();
        for rows in self.tables.values() {
            let Some(to) = mapping.table(rows.table.place()) else { continue };
            let to = values.key(to.into());
            let now = after.tables.get(&to);
            images.insert(to);
            let wrong = match now {
                Some(now) => compare(rows, now, mapping, values),
                None => Some(Lost {
                    what: format!("all {} rows are gone", rows.rows.len()),
                    expected: rows.rows.first().map(|row| rows.told(row)),
                    found: None,
                }),
            };
            if let Some(lost) = wrong {
                return Err(lost.at(moment, &rows.table));
            }
        }
        for (key, rows) in &after.tables {
            if !images.contains(key) && !mapping.creates(rows.table.place()) {
                let lost = Lost {
                    what: format!("{} rows appeared in it", rows.rows.len()),
                    expected: None,
                    found: rows.rows.first().map(|row| rows.told(row)),
                };
                return Err(lost.at(moment, &rows.table));
            }
        }
        Ok(())
    }
}

impl Rows {
    /// A row for people, without hidden columns where there are others.
    fn told(&self, row: &[Value]) -> String {
        let plain = self.columns.iter().any(|column| !column.hidden);
        let cells = self.columns.iter().zip(row);
        let cells = cells.filter(|(column, _)| !(plain && column.hidden)).take(8);
        let cells = cells.map(|(column, value)| {
            let literal = value.to_string();
            let short: String = literal.chars().take(60).collect();
            let more = if short.len() < literal.len() { "…" } else { "" };
            format!("{} = {short}{more}", shown(&column.name))
        });
        cells.collect::<Vec<_>>().join(", ")
    }
}

/// A column on both sides.
struct Pair<'a> {
    before: usize,
    after: usize,
    fate: Fate,
    types: (&'a str, &'a str),
}

fn compare(
    before: &Rows,
    after: &Rows,
    mapping: &Mapping<'_>,
    values: &mut dyn Values,
) -> Option<Lost> {
    let pairs = pairs(before, after, mapping, values);
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
            others.iter().all(|pair| kept(pair, &row[pair.before], &now[pair.after], values))
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

fn pairs<'a>(
    before: &'a Rows,
    after: &'a Rows,
    mapping: &Mapping<'_>,
    values: &dyn Values,
) -> Vec<Pair<'a>> {
    let table = before.table.place();
    let hidden = mapping.change(table).is_none_or(keeps_key);
    let mut pairs = Vec::new();
    for (at, column) in before.columns.iter().enumerate() {
        let target = match column.hidden {
            true => hidden.then_some((&*column.name, Fate::default())),
            false => mapping.column(table, &column.name),
        };
        let Some((name, mut fate)) = target else { continue };
        let fits = |it: &Named| it.hidden == column.hidden && mapping.same(&it.name, name);
        let to = after.columns.iter().position(fits);
        if let Some(to) = to.filter(|_| !fate.free) {
            let types = (&*column.declared, &*after.columns[to].declared);
            // One type may be declared in two ways, as in a table that becomes STRICT.
            fate.cast |= !values.same_type(types.0, types.1);
            pairs.push(Pair { before: at, after: to, fate, types });
        }
    }
    pairs
}

/// Whether rows keep their hidden key: the key is the same columns, made up the same way.
pub(crate) fn keeps_key(change: &TableChange) -> bool {
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

fn kept(pair: &Pair<'_>, was: &Value, is: &Value, values: &mut dyn Values) -> bool {
    let Pair { before: _, after: _, fate, types } = pair;
    let mut becomes = |it: &Value| fate.cast && values.converted(was, types.0, it, types.1);
    was == is
        || fate.filled && (*was == Value::Null || becomes(&Value::Null))
        || fate.let_go && *is == Value::Null
        || becomes(is)
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
