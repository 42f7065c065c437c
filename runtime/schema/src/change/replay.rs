use std::fmt;

use super::{Change, Delta, Edit, Record, TableChange};
use crate::facts::{List, OwnPlace, Place, Schema, Table, Text};

/// A recorded change that does not fit the schema it is replayed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayError {
    /// What the change is about: `users`, `users.email`, `users_email_key`.
    pub object: String,
    /// What is wrong, as a fragment.
    pub reason: &'static str,
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.object, self.reason)
    }
}

impl std::error::Error for ReplayError {}

fn wrong(object: &str, reason: &'static str) -> ReplayError {
    ReplayError { object: object.to_owned(), reason }
}

/// The schema after the recorded changes of one revision, and these changes with both whole sides.
///
/// All records of a revision speak of the schema before it, so names can be swapped.
///
/// # Errors
/// When `before` is not the schema that the changes were made on.
pub fn replay(before: &Schema, records: &[Record]) -> Result<(Schema, Vec<Change>), ReplayError> {
    let mut after = before.clone().canonical();
    let changes = advance(&mut after, records)?;
    Ok((after, changes))
}

/// As [`replay`], on a canonical schema in place: a long history costs what its changes cost, not
/// what its tables cost. After an error the schema is somewhere between before and after.
///
/// # Errors
/// As [`replay`].
pub fn advance(schema: &mut Schema, records: &[Record]) -> Result<Vec<Change>, ReplayError> {
    let tables = schema.tables.to_mut();
    let mut changes = Vec::new();
    for record in records {
        changes.push(match record {
            Record::CreateTable(table) => Change::CreateTable(table.clone().canonical()),
            Record::DropTable { at } => Change::DropTable(take(tables, at.place())?),
            Record::AlterTable { from, to, renamed_from, edits } => {
                let before = take(tables, from.place())?;
                let after = altered(before.clone(), to, renamed_from, edits)?;
                Change::AlterTable(TableChange { before, after, edits: edits.clone() })
            }
            Record::CreateExtension { name } => {
                add_extension(schema.extensions.to_mut(), name)?;
                Change::CreateExtension(name.clone())
            }
            Record::DropExtension { name } => {
                drop_extension(schema.extensions.to_mut(), name)?;
                Change::DropExtension(name.clone())
            }
        });
    }
    changes.iter().filter_map(Change::after).try_for_each(|table| put(tables, table.clone()))?;
    Ok(changes)
}

/// As [`advance`], when nobody asks for the changes.
///
/// # Errors
/// As [`replay`].
pub fn follow(schema: &mut Schema, records: &[Record]) -> Result<(), ReplayError> {
    let tables = schema.tables.to_mut();
    let mut made = Vec::new();
    for record in records {
        match record {
            Record::CreateTable(table) => made.push(table.clone().canonical()),
            Record::DropTable { at } => drop(take(tables, at.place())?),
            Record::AlterTable { from, to, renamed_from, edits } => {
                made.push(altered(take(tables, from.place())?, to, renamed_from, edits)?);
            }
            Record::CreateExtension { name } => {
                add_extension(schema.extensions.to_mut(), name)?;
            }
            Record::DropExtension { name } => drop_extension(schema.extensions.to_mut(), name)?,
        }
    }
    made.into_iter().try_for_each(|table| put(tables, table))
}

fn add_extension(extensions: &mut Vec<Text>, name: &Text) -> Result<(), ReplayError> {
    match extensions.binary_search(name) {
        Ok(_) => Err(wrong(name, "is there already")),
        Err(at) => {
            extensions.insert(at, name.clone());
            Ok(())
        }
    }
}

fn drop_extension(extensions: &mut Vec<Text>, name: &Text) -> Result<(), ReplayError> {
    let at = extensions
        .binary_search(name)
        .map_err(|_| wrong(name, "is dropped, but is no extension of the schema"))?;
    extensions.remove(at);
    Ok(())
}

fn take(tables: &mut Vec<Table>, place: Place<'_>) -> Result<Table, ReplayError> {
    let at = tables
        .binary_search_by(|table| table.place().cmp(&place))
        .map_err(|_| wrong(&place.to_string(), "is changed, but is no table of the schema"))?;
    Ok(tables.remove(at))
}

fn put(tables: &mut Vec<Table>, table: Table) -> Result<(), ReplayError> {
    match tables.binary_search_by(|other| other.place().cmp(&table.place())) {
        Ok(_) => Err(wrong(&table.place().to_string(), "is there already")),
        Err(at) => {
            tables.insert(at, table.settled());
            Ok(())
        }
    }
}

fn altered(
    table: Table,
    to: &OwnPlace,
    renamed_from: &Option<Text>,
    edits: &[Edit],
) -> Result<Table, ReplayError> {
    let mut table = table.moved_to(to);
    table.renamed_from.clone_from(renamed_from);
    for edit in edits {
        match edit {
            Edit::Column(delta) => remove(&mut table.columns, delta.before(), |it| &it.name)?,
            Edit::Unique(delta) => remove(&mut table.uniques, delta.before(), |it| &it.name)?,
            Edit::Index(delta) => remove(&mut table.indexes, delta.before(), |it| &it.name)?,
            Edit::Check(delta) => remove(&mut table.checks, delta.before(), |it| &it.name)?,
            Edit::Exclusion(delta) => remove(&mut table.exclusions, delta.before(), |it| &it.name)?,
            Edit::ForeignKey(delta) => {
                remove(&mut table.foreign_keys, delta.before(), |it| &it.name)?;
            }
            Edit::PrimaryKey { before: _, after } => table.primary_key = after.clone(),
            Edit::Strict { after } => table.strict = *after,
            Edit::WithoutRowid { after } => table.without_rowid = *after,
            Edit::Extras { before: _, after } => table.extras = after.clone(),
            Edit::Comment { before: _, after } => table.comment = after.clone(),
        }
    }
    for edit in edits {
        match edit {
            Edit::Column(delta) => add(&mut table.columns, delta, |it| &it.name)?,
            Edit::Unique(delta) => add(&mut table.uniques, delta, |it| &it.name)?,
            Edit::Index(delta) => add(&mut table.indexes, delta, |it| &it.name)?,
            Edit::Check(delta) => add(&mut table.checks, delta, |it| &it.name)?,
            Edit::Exclusion(delta) => add(&mut table.exclusions, delta, |it| &it.name)?,
            Edit::ForeignKey(delta) => add(&mut table.foreign_keys, delta, |it| &it.name)?,
            Edit::PrimaryKey { .. }
            | Edit::Strict { .. }
            | Edit::WithoutRowid { .. }
            | Edit::Extras { .. }
            | Edit::Comment { .. } => {}
        }
    }
    Ok(table.canonical())
}

fn remove<T: Clone>(
    list: &mut List<T>,
    before: Option<&T>,
    name: impl Fn(&T) -> &Text,
) -> Result<(), ReplayError> {
    let Some(before) = before else { return Ok(()) };
    let at = list.iter().position(|it| name(it) == name(before));
    let at = at.ok_or_else(|| wrong(name(before), "is changed, but is not there"))?;
    list.to_mut().remove(at);
    Ok(())
}

fn add<T: Clone>(
    list: &mut List<T>,
    delta: &Delta<T>,
    name: impl Fn(&T) -> &Text,
) -> Result<(), ReplayError> {
    let Some(after) = delta.after() else { return Ok(()) };
    if list.iter().any(|it| name(it) == name(after)) {
        return Err(wrong(name(after), "is added, but is there already"));
    }
    list.to_mut().push(after.clone());
    Ok(())
}
