use super::renames::Pairs;
use crate::change::{Delta, Edit};
use crate::facts::{Check, Column, Exclusion, ForeignKey, Index, IndexKey, Table, Unique};

/// The edits between two states of one table, sorted; `columns` says which column became which.
/// Names of the tables do not count.
pub fn edits(before: &Table, after: &Table, columns: &Pairs<&str>) -> Vec<Edit> {
    let Table {
        schema: _,
        name: _,
        columns: _,
        primary_key,
        uniques,
        indexes,
        checks,
        exclusions,
        foreign_keys,
        strict,
        without_rowid,
        extras,
        comment,
        renamed_from: _,
    } = before;
    let mut edits: Vec<Edit> =
        column_deltas(before, after, columns).into_iter().map(Edit::Column).collect();
    if *primary_key != after.primary_key {
        edits.push(Edit::PrimaryKey {
            before: primary_key.clone(),
            after: after.primary_key.clone(),
        });
    }
    edits.extend(by_name(uniques, &after.uniques).into_iter().map(Edit::Unique));
    edits.extend(by_name(indexes, &after.indexes).into_iter().map(Edit::Index));
    edits.extend(by_name(checks, &after.checks).into_iter().map(Edit::Check));
    edits.extend(by_name(exclusions, &after.exclusions).into_iter().map(Edit::Exclusion));
    edits.extend(by_name(foreign_keys, &after.foreign_keys).into_iter().map(Edit::ForeignKey));
    if *strict != after.strict {
        edits.push(Edit::Strict { after: after.strict });
    }
    if *without_rowid != after.without_rowid {
        edits.push(Edit::WithoutRowid { after: after.without_rowid });
    }
    if *extras != after.extras {
        edits.push(Edit::Extras { before: extras.clone(), after: after.extras.clone() });
    }
    if *comment != after.comment {
        edits.push(Edit::Comment { before: comment.clone(), after: after.comment.clone() });
    }
    sort(&mut edits);
    edits
}

fn column_deltas(before: &Table, after: &Table, pairs: &Pairs<&str>) -> Vec<Delta<Column>> {
    let gone = before.columns.iter().filter(|column| !pairs.has_before(&column.name));
    let mut deltas: Vec<_> = gone.cloned().map(Delta::Removed).collect();
    for column in &after.columns[..] {
        match pairs.before(&column.name).and_then(|name| before.column(name)) {
            None => deltas.push(Delta::Added(column.clone())),
            Some(old) if old.same_facts(column) => {}
            Some(old) => deltas.push(Delta::Changed { before: old.clone(), after: column.clone() }),
        }
    }
    deltas
}

/// Something with a name that is its identity.
trait Named: Clone {
    fn name(&self) -> &str;
    /// Whether the two are the same but for layout.
    fn same(&self, other: &Self) -> bool;
}

impl Named for Unique {
    fn name(&self) -> &str {
        &self.name
    }
    fn same(&self, other: &Unique) -> bool {
        self == other
    }
}

impl Named for Index {
    fn name(&self) -> &str {
        &self.name
    }
    fn same(&self, other: &Index) -> bool {
        let Index { name, keys, unique, predicate, extras } = self;
        *name == other.name
            && keys.len() == other.keys.len()
            && keys.iter().zip(other.keys.iter()).all(|(a, b)| same_key(a, b))
            && *unique == other.unique
            && *predicate == other.predicate
            && *extras == other.extras
    }
}

/// A column may be spelled as an expression; that is still the column.
fn same_key(a: &IndexKey, b: &IndexKey) -> bool {
    let IndexKey { expr, is_column: _, order, extras } = a;
    *expr == b.expr && *order == b.order && *extras == b.extras
}

impl Named for Check {
    fn name(&self) -> &str {
        &self.name
    }
    fn same(&self, other: &Check) -> bool {
        self == other
    }
}

impl Named for Exclusion {
    fn name(&self) -> &str {
        &self.name
    }
    fn same(&self, other: &Exclusion) -> bool {
        self == other
    }
}

impl Named for ForeignKey {
    fn name(&self) -> &str {
        &self.name
    }
    fn same(&self, other: &ForeignKey) -> bool {
        self == other
    }
}

fn by_name<T: Named>(before: &[T], after: &[T]) -> Vec<Delta<T>> {
    let gone = before.iter().filter(|it| find(after, it.name()).is_none());
    let mut deltas: Vec<_> = gone.cloned().map(Delta::Removed).collect();
    for new in after {
        match find(before, new.name()) {
            None => deltas.push(Delta::Added(new.clone())),
            Some(old) if old.same(new) => {}
            Some(old) => deltas.push(Delta::Changed { before: old.clone(), after: new.clone() }),
        }
    }
    deltas
}

fn find<'a, T: Named>(list: &'a [T], name: &str) -> Option<&'a T> {
    list.iter().find(|it| it.name() == name)
}

/// Sorts edits by kind, then by name, so that an edit and its inverse sort alike.
pub fn sort(edits: &mut [Edit]) {
    edits.sort_by(|a, b| key(a).cmp(&key(b)));
}

/// What something is called: both in order, then the one before, so that two things that swap
/// their names have the same first two; or one alone.
pub(super) type Ends<T> = (T, Option<T>, Option<T>);

fn key(edit: &Edit) -> (u8, Ends<&str>) {
    let none = once("");
    match edit {
        Edit::Column(delta) => (0, names(delta, |it| &it.name)),
        Edit::PrimaryKey { .. } => (1, none),
        Edit::Unique(delta) => (2, names(delta, |it| &it.name)),
        Edit::Index(delta) => (3, names(delta, |it| &it.name)),
        Edit::Check(delta) => (4, names(delta, |it| &it.name)),
        Edit::Exclusion(delta) => (5, names(delta, |it| &it.name)),
        Edit::ForeignKey(delta) => (6, names(delta, |it| &it.name)),
        Edit::Strict { .. } => (7, none),
        Edit::WithoutRowid { .. } => (8, none),
        Edit::Extras { .. } => (9, none),
        Edit::Comment { .. } => (10, none),
    }
}

fn names<'a, T>(delta: &'a Delta<T>, name: impl Fn(&'a T) -> &'a str) -> Ends<&'a str> {
    match delta {
        Delta::Added(it) | Delta::Removed(it) => once(name(it)),
        Delta::Changed { before, after } => ends(name(before), name(after)),
    }
}

pub(super) fn once<T>(it: T) -> Ends<T> {
    (it, None, None)
}

pub(super) fn ends<T: Ord + Copy>(before: T, after: T) -> Ends<T> {
    if before <= after {
        (before, Some(after), Some(before))
    } else {
        (after, Some(before), Some(before))
    }
}
