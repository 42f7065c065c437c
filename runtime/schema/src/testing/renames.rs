//! What tests say about renames and the hints for them.

use crate::change::{Change, Edit};
use crate::facts::{Column, PUBLIC, Place, Schema, Table, Text};

/// The schema with no word of what anything was called before.
pub fn without_hints(schema: &Schema) -> Schema {
    Schema { tables: schema.tables.iter().cloned().map(table).collect(), ..schema.clone() }
}

/// The same changes in the same way.
pub fn changes_without_hints(changes: Vec<Change>) -> Vec<Change> {
    let change = |change| match change {
        Change::CreateTable(it) => Change::CreateTable(table(it)),
        Change::DropTable(it) => Change::DropTable(table(it)),
        Change::AlterTable(mut it) => {
            it.before = table(it.before);
            it.after = table(it.after);
            it.edits = it.edits.into_iter().map(edit).collect();
            Change::AlterTable(it)
        }
        Change::CreateExtension(_) | Change::DropExtension(_) => change,
    };
    changes.into_iter().map(change).collect()
}

/// The schema before the changes as models that want it back say it: what was renamed is renamed
/// from its new name.
pub fn hinted_back(before: &Schema, changes: &[Change]) -> Schema {
    let mut schema = without_hints(before);
    for table in schema.tables.to_mut() {
        let found = changes.iter().find_map(|change| match change {
            Change::AlterTable(it) if it.before.place() == table.place() => Some(it),
            Change::AlterTable(_)
            | Change::CreateTable(_)
            | Change::DropTable(_)
            | Change::CreateExtension(_)
            | Change::DropExtension(_) => None,
        });
        let Some(change) = found else { continue };
        let moved = change.after.place() != table.place();
        table.renamed_from = moved.then(|| hint(change.after.place()));
        for (from, to) in change.column_renames() {
            let column = table.columns.to_mut().iter_mut().find(|it| it.name == from);
            column.into_iter().for_each(|it| it.renamed_from = Some(to.to_owned().into()));
        }
    }
    schema
}

/// A place as a person writes it in `renamed_from`.
fn hint(place: Place<'_>) -> Text {
    format!("{}.{}", place.schema.unwrap_or(PUBLIC), place.name).into()
}

/// Whether something moves to a name that something else had, or leaves its own to something
/// else: then only a hint can tell the two apart.
pub fn names_move(before: &Schema, after: &Schema, changes: &[Change]) -> bool {
    changes.iter().any(|change| {
        let Change::AlterTable(it) = change else { return false };
        let table = it.before.place() != it.after.place()
            && (before.at(it.after.place()).is_some() || after.at(it.before.place()).is_some());
        let mut columns = it.column_renames().into_iter();
        table
            || columns
                .any(|(from, to)| it.before.column(to).is_some() || it.after.column(from).is_some())
    })
}

/// Whether something new takes a name that a rename gave up. Nobody can ask for the way back with
/// hints: it drops a thing and gives its name to another at once.
pub fn name_is_taken_over(changes: &[Change]) -> bool {
    let created = |place: Place<'_>| {
        changes.iter().any(|it| matches!(it, Change::CreateTable(table) if table.place() == place))
    };
    changes.iter().any(|change| {
        let Change::AlterTable(it) = change else { return false };
        let added = |name: &str| {
            let mut columns = it.edits.iter().filter_map(|edit| match edit {
                Edit::Column(delta) if delta.before().is_none() => delta.after(),
                _ => None,
            });
            columns.any(|column| column.name == name)
        };
        it.before.place() != it.after.place() && created(it.before.place())
            || it.column_renames().into_iter().any(|(from, _)| added(from))
    })
}

fn table(mut table: Table) -> Table {
    table.renamed_from = None;
    table.columns = table.columns.into_owned().into_iter().map(column).collect();
    table
}

fn column(mut column: Column) -> Column {
    column.renamed_from = None;
    column
}

fn edit(edit: Edit) -> Edit {
    match edit {
        Edit::Column(delta) => Edit::Column(delta.map(column)),
        Edit::PrimaryKey { .. }
        | Edit::Unique(_)
        | Edit::Index(_)
        | Edit::Check(_)
        | Edit::Exclusion(_)
        | Edit::ForeignKey(_)
        | Edit::Strict { .. }
        | Edit::WithoutRowid { .. }
        | Edit::Extras { .. }
        | Edit::Comment { .. } => edit,
    }
}
