//! What a person must say before a migration is written: nothing is guessed, nothing is lost
//! unasked.

mod candidates;
mod conversion;
mod mysql;
mod refusal;
mod special;

pub(crate) use conversion::relabelled;
pub use conversion::{Conversion, conversion};
pub use refusal::{Refusal, RefusalKind};

use std::collections::BTreeSet;

use diesel_autogen_schema::{Change, Column, Delta, Dialect, Edit, Expr, Table, TableChange};

/// What has been allowed on the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    /// Objects, as they are called before the change, that may lose data: `users`, `users.bio`.
    pub loss: BTreeSet<String>,
}

impl Allowed {
    /// Whether this object may.
    pub fn loses(&self, object: &str) -> bool {
        self.loss.contains(object)
    }
}

/// Whether nothing is left to say about these changes.
///
/// # Errors
/// Everything that a person must decide or allow, in the order of the changes.
pub fn decide(changes: &[Change], dialect: Dialect, allowed: &Allowed) -> Result<(), Vec<Refusal>> {
    let mut refusals = Vec::new();
    for change in changes {
        match change {
            Change::CreateTable(_) | Change::CreateExtension(_) | Change::DropExtension(_) => {}
            Change::DropTable(table) => refusals.extend(dropped_table(table, changes, allowed)),
            Change::AlterTable(change) => altered(change, dialect, allowed, &mut refusals),
        }
    }
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

fn dropped_table(table: &Table, changes: &[Change], allowed: &Allowed) -> Option<Refusal> {
    let object = table.place().to_string();
    if allowed.loses(&object) {
        return None;
    }
    let like = candidates::tables(table, changes);
    if like.is_empty() {
        return Some(Refusal::Dropped { object, what: "table" });
    }
    Some(Refusal::TableRenamed { before: object, after: like })
}

fn altered(change: &TableChange, dialect: Dialect, allowed: &Allowed, refusals: &mut Vec<Refusal>) {
    let table = &change.before.place().to_string();
    let added: Vec<&Column> = change.edits.iter().filter_map(added).collect();
    let mut asked: BTreeSet<&str> = BTreeSet::new();
    for column in change.edits.iter().filter_map(removed) {
        let like = candidates::columns(column, &added, change, dialect);
        let object = format!("{table}.{}", column.name);
        if allowed.loses(&object) || column.generated.is_some() {
            continue;
        }
        if like.is_empty() {
            refusals.push(Refusal::Dropped { object, what: "column" });
            continue;
        }
        asked.extend(like.iter().map(|column| column.name.as_ref()));
        refusals.push(Refusal::ColumnRenamed {
            table: table.to_owned(),
            before: column.clone(),
            after: like.into_iter().cloned().collect(),
        });
    }
    for edit in &change.edits {
        match edit {
            // Whether rows have something for it hangs on the answer.
            Edit::Column(Delta::Added(column)) if asked.contains(column.name.as_ref()) => {}
            Edit::Column(Delta::Added(column)) => refusals.extend(added_column(change, column)),
            Edit::Column(Delta::Changed { before, after }) => {
                refusals.extend(changed_column(change, before, after, dialect, allowed));
            }
            Edit::Column(Delta::Removed(_)) => {}
            // They may fail on rows, which is a hazard, but lose nothing.
            Edit::PrimaryKey { .. }
            | Edit::Unique(_)
            | Edit::Index(_)
            | Edit::Check(_)
            | Edit::Exclusion(_)
            | Edit::ForeignKey(_)
            | Edit::Strict { .. }
            | Edit::WithoutRowid { .. }
            | Edit::Extras { .. }
            | Edit::Comment { .. } => {}
        }
    }
}

fn added(edit: &Edit) -> Option<&Column> {
    if let Edit::Column(Delta::Added(column)) = edit { Some(column) } else { None }
}

fn removed(edit: &Edit) -> Option<&Column> {
    if let Edit::Column(Delta::Removed(column)) = edit { Some(column) } else { None }
}

/// A required column needs something for the rows; the database numbers a key by itself.
fn added_column(change: &TableChange, column: &Column) -> Option<Refusal> {
    let filled = column.nullable
        || filler(column).is_some()
        || column.generated.is_some()
        || column.identity.is_some();
    (!filled).then(|| Refusal::NothingForRows {
        table: change.after.place().to_string(),
        before: None,
        after: column.clone(),
    })
}

/// What rows get where they have no value; `DEFAULT NULL` gives them nothing.
pub(crate) fn filler(column: &Column) -> Option<&Expr> {
    let value = column.backfill.as_ref().or(column.default.as_ref());
    value.filter(|value| **value != Expr::from("NULL"))
}

/// What rows get that hold NULL in a column which takes none from now on. Where it followed
/// another, they hold NULL because there is no value for them, and none is made up.
pub(crate) fn tightening<'c>(before: &Column, after: &'c Column) -> Option<&'c Expr> {
    filler(after).filter(|_| before.extras.follows().is_none())
}

/// Whether nothing says what a column that comes holds in the rows that are there.
pub(crate) fn comes_empty(column: &Column) -> bool {
    filler(column).is_none() && column.identity.is_none() && column.generated.is_none()
}

fn changed_column(
    change: &TableChange,
    before: &Column,
    after: &Column,
    dialect: Dialect,
    allowed: &Allowed,
) -> Vec<Refusal> {
    let table = change.before.place().to_string();
    let object = format!("{table}.{}", before.name);
    let mut refusals = Vec::new();
    if after.generated.is_some() {
        if before.generated.is_none() && !allowed.loses(&object) {
            refusals.push(Refusal::Loss { object, how: "its values are computed anew" });
        }
        return refusals;
    }
    let tightened = before.nullable && !after.nullable;
    if tightened && filler(after).is_none() && !allowed.loses(&object) {
        refusals.push(Refusal::NothingForRows {
            table: change.after.place().to_string(),
            before: Some(before.clone()),
            after: after.clone(),
        });
    }
    if after.using.is_some() || allowed.loses(&object) {
        return refusals;
    }
    let (before, after) = (before.clone(), after.clone());
    match conversion(dialect, &before.sql_type, &after.sql_type) {
        Conversion::Same | Conversion::Widening => {}
        Conversion::Narrowing(reason) => {
            refusals.push(Refusal::Type { table, before, after, reason });
        }
        Conversion::LabelsGone(gone) => {
            refusals.push(Refusal::Labels { table, before, after, gone });
        }
        Conversion::Cross => {
            let reason = "values of another kind";
            refusals.push(Refusal::Type { table, before, after, reason });
        }
    }
    refusals
}
