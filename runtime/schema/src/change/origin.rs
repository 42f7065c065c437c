use super::{Change, TableChange};
use crate::{OwnPlace, PUBLIC, Schema, Table, Text};

/// `after` with hints that say what each table and column was called before the first of these
/// steps, which led to it one after the other. What kept its name, or came on the way, has none.
pub fn hinted(steps: &[&[Change]], after: &Schema) -> Schema {
    let mut schema = after.clone();
    for table in schema.tables.to_mut() {
        hint(steps, table);
    }
    schema
}

fn hint(steps: &[&[Change]], table: &mut Table) {
    let mut place = OwnPlace::from(table.place());
    let mut columns: Vec<Option<Text>> =
        table.columns.iter().map(|column| Some(column.name.clone())).collect();
    let mut is_new = false;
    for changes in steps.iter().rev() {
        let stands =
            |change: &&Change| change.after().is_some_and(|it| it.place() == place.place());
        let Some(change) = changes.iter().find(stands) else { continue };
        let Some(altered) = change.altered() else {
            is_new = true;
            break;
        };
        place = OwnPlace::from(altered.before.place());
        for column in &mut columns {
            *column = column.take().and_then(|name| before(altered, name));
        }
    }
    let moved = !is_new && place.place() != table.place();
    table.renamed_from = moved.then(|| named(&place, &table.schema));
    for (column, origin) in table.columns.to_mut().iter_mut().zip(columns) {
        column.renamed_from = origin.filter(|name| !is_new && *name != column.name);
    }
}

/// What the column was called before the change; `None` when that added it.
fn before(change: &TableChange, name: Text) -> Option<Text> {
    let mut columns = change.columns();
    match columns.find(|it| it.after().is_some_and(|it| it.name == name)) {
        Some(delta) => delta.before().map(|it| it.name.clone()),
        None => Some(name),
    }
}

/// The place as a table of this schema names it.
fn named(place: &OwnPlace, beside: &Option<Text>) -> Text {
    if place.schema == *beside {
        return place.name.clone();
    }
    format!("{}.{}", place.schema.as_deref().unwrap_or(PUBLIC), place.name).into()
}
