//! Columns and tables that no model claims any more and that are kept for a while: under a name
//! that says so, and out of the way of rows that know nothing of them.
//!
//! A retired column may be NULL, and rules over it are gone; a retired table keeps its columns and
//! its key. What was retired stays until a person allows its loss.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use diesel_autogen_schema::{
    Change, Column, Delta, DiffError, Edit, Extra, Extras, List, Live, OwnPlace, Place, Schema,
    Table, TableChange, Text, diff, names,
};

/// Something that is to be retired and cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RetireError {
    /// The last snapshot has nothing of this name.
    Unknown(String),
    /// A model has it still, perhaps under another name.
    Claimed(String),
    /// It was retired before.
    Already(String),
    /// It holds nothing of its own.
    Computed(String),
    /// The models contradict the last snapshot.
    Diff(DiffError),
}

impl fmt::Display for RetireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RetireError::Unknown(object) => write!(
                f,
                "--retire: `{object}` is no column and no table of the last snapshot: write \
                 users.bio, or users for a table"
            ),
            RetireError::Claimed(object) => write!(
                f,
                "--retire: a model has `{object}` still: take the field or the model away first"
            ),
            RetireError::Already(object) => write!(
                f,
                "--retire: `{object}` is retired already: drop it with --allow-loss {object}"
            ),
            RetireError::Computed(object) => write!(
                f,
                "--retire: `{object}` is computed from other columns, so nothing is lost when it \
                 is dropped: leave the flag out"
            ),
            RetireError::Diff(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RetireError {}

/// Something retired, by the name that it has and the one that it had.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Retired {
    /// What it is called: `users.deprecated_bio`, `deprecated_users`.
    pub object: String,
    /// What it was called: `users.bio`, `users`.
    pub was: String,
}

/// Everything of a schema that is retired, sorted.
pub fn retired(schema: &Schema) -> Vec<Retired> {
    let mut found = Vec::new();
    for table in &schema.tables[..] {
        let place = table.place();
        if let Some(name) = table.extras.retired() {
            let was = Place { name, ..place }.to_string();
            found.push(Retired { object: place.to_string(), was });
        }
        for column in &table.columns[..] {
            if let Some(name) = column.extras.retired() {
                let object = format!("{place}.{}", column.name);
                found.push(Retired { object, was: format!("{place}.{name}") });
            }
        }
    }
    found.sort();
    found
}

/// The models with everything that is retired in `recorded`, that none of them takes back, and that
/// is not to be dropped.
///
/// # Errors
/// As [`diff`].
pub fn kept(
    models: Schema,
    recorded: &Schema,
    dropped: impl Fn(&str) -> bool,
) -> Result<Schema, Vec<DiffError>> {
    if retired(recorded).is_empty() {
        return Ok(models);
    }
    let mut schema = models;
    for change in diff(recorded, &schema)? {
        if let Change::DropTable(table) = change {
            if table.extras.retired().is_some() && !dropped(&table.place().to_string()) {
                schema.tables.to_mut().push(table);
            }
        } else if let Change::AlterTable(change) = change {
            let (before, after) = (change.before.place(), change.after.place());
            let stays = |column: &&Column| {
                column.extras.retired().is_some() && !dropped(&format!("{before}.{}", column.name))
            };
            for column in change.columns().filter_map(gone).filter(stays) {
                add(&mut schema, after, column.clone());
            }
        }
    }
    Ok(schema)
}

/// The models with these columns and tables of `recorded`, retired. `live` is what the database
/// holds, whose names are taken.
///
/// # Errors
/// Everything that cannot be retired.
pub fn retire(
    models: Schema,
    recorded: &Schema,
    live: &Live,
    objects: &[String],
) -> Result<Schema, Vec<RetireError>> {
    if objects.is_empty() {
        return Ok(models);
    }
    let changes = diff(recorded, &models)
        .map_err(|errors| errors.into_iter().map(RetireError::Diff).collect::<Vec<_>>())?;
    let mut schema = models;
    let mut errors = Vec::new();
    for object in objects.iter().collect::<BTreeSet<_>>() {
        let dropped = changes.iter().filter_map(Change::dropped);
        let mut columns = changes.iter().filter_map(Change::altered).flat_map(|change| {
            change.columns().filter_map(gone).map(move |column| (change, column))
        });
        let is_it = |(change, column): &(&TableChange, &Column)| {
            *object == format!("{}.{}", change.before.place(), column.name)
        };
        if let Some(table) = dropped.into_iter().find(|it| *object == it.place().to_string()) {
            let place = free_place(table, recorded, &schema, live);
            schema.tables.to_mut().push(retired_table(table, &place));
        } else if let Some((change, column)) = columns.find(is_it) {
            if column.generated.is_some() {
                errors.push(RetireError::Computed(object.clone()));
                continue;
            }
            let name = free_name(column, change, &schema, live);
            add(&mut schema, change.after.place(), retired_column(column, name));
        } else {
            errors.push(unfit(object, recorded));
        }
    }
    if errors.is_empty() { Ok(schema) } else { Err(errors) }
}

/// What engines have to do: what is retired is known to the snapshot alone.
pub(crate) fn of_engine(changes: &[Change]) -> Cow<'_, [Change]> {
    let marked = |table: &Table| {
        let mut columns = table.columns.iter();
        table.extras.retired().is_some() || columns.any(|it| it.extras.retired().is_some())
    };
    let tables =
        |change: &Change| change.before().is_some_and(marked) || change.after().is_some_and(marked);
    if !changes.iter().any(tables) {
        return Cow::Borrowed(changes);
    }
    Cow::Owned(changes.iter().filter_map(unmarked).collect())
}

fn unmarked(change: &Change) -> Option<Change> {
    Some(match change {
        Change::CreateTable(table) => Change::CreateTable(bare(table)),
        Change::DropTable(table) => Change::DropTable(bare(table)),
        Change::CreateExtension(_) | Change::DropExtension(_) => change.clone(),
        Change::AlterTable(change) => {
            let TableChange { before, after, edits } = change;
            let edits: Vec<Edit> = edits.iter().filter_map(unmarked_edit).collect();
            if edits.is_empty() && before.place() == after.place() {
                return None;
            }
            Change::AlterTable(TableChange { before: bare(before), after: bare(after), edits })
        }
    })
}

fn unmarked_edit(edit: &Edit) -> Option<Edit> {
    match edit {
        Edit::Column(delta) => match delta.clone().map(bare_column) {
            Delta::Changed { before, after } if before.same_facts(&after) => None,
            delta => Some(Edit::Column(delta)),
        },
        Edit::Extras { before, after } => {
            let (before, after) = (before.of_engine(), after.of_engine());
            (before != after).then_some(Edit::Extras { before, after })
        }
        Edit::PrimaryKey { .. }
        | Edit::Unique(_)
        | Edit::Index(_)
        | Edit::Check(_)
        | Edit::Exclusion(_)
        | Edit::ForeignKey(_)
        | Edit::Strict { .. }
        | Edit::WithoutRowid { .. }
        | Edit::Comment { .. } => Some(edit.clone()),
    }
}

fn bare(table: &Table) -> Table {
    let columns = table.columns.iter().cloned().map(bare_column).collect();
    Table { columns, extras: table.extras.of_engine(), ..table.clone() }
}

fn bare_column(column: Column) -> Column {
    Column { extras: column.extras.of_engine(), ..column }
}

fn gone(delta: &Delta<Column>) -> Option<&Column> {
    if let Delta::Removed(column) = delta { Some(column) } else { None }
}

fn add(schema: &mut Schema, place: Place<'_>, column: Column) {
    let tables = schema.tables.to_mut();
    if let Some(table) = tables.iter_mut().find(|table| table.place() == place) {
        table.columns.to_mut().push(column);
    }
}

/// The column without what would hold up rows that know nothing of it. Its default stays: it costs
/// nothing, and the way back finds a value in rows that came meanwhile.
fn retired_column(column: &Column, name: Text) -> Column {
    Column {
        name,
        nullable: true,
        identity: None,
        extras: vec![Extra::Retired(column.name.clone())].into(),
        renamed_from: Some(column.name.clone()),
        ..column.clone()
    }
}

/// The table without rules: nobody writes to it, others need not heed it, and their names are free.
fn retired_table(table: &Table, place: &OwnPlace) -> Table {
    let was = table.name.clone();
    let own = table.foreign_keys.iter().filter(|key| key.target() == table.place());
    let own = own.map(|key| {
        let mut key = key.clone();
        key.table.clone_from(&place.name);
        key
    });
    Table {
        uniques: List::default(),
        indexes: List::default(),
        checks: List::default(),
        exclusions: List::default(),
        foreign_keys: own.collect(),
        extras: Extras::clone(&table.extras).and(Extra::Retired(was.clone())),
        renamed_from: Some(was),
        ..table.clone().moved_to(place)
    }
}

fn free_name(column: &Column, change: &TableChange, models: &Schema, live: &Live) -> Text {
    let tables = [
        Some(&change.before),
        models.at(change.after.place()),
        live.schema.at(change.before.place()),
    ];
    let columns = tables.into_iter().flatten().flat_map(|table| &table.columns[..]);
    let taken: BTreeSet<String> = columns.map(|it| it.name.to_lowercase()).collect();
    free(&column.name, &taken)
}

fn free_place(table: &Table, recorded: &Schema, models: &Schema, live: &Live) -> OwnPlace {
    let schemas = [recorded, models, &live.schema];
    let tables = schemas.into_iter().flat_map(|schema| &schema.tables[..]);
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for other in tables.filter(|other| other.schema == table.schema) {
        taken.insert(other.name.to_lowercase());
        taken.extend(other.indexes.iter().map(|it| it.name.to_lowercase()));
        taken.extend(other.uniques.iter().map(|it| it.name.to_lowercase()));
    }
    taken.extend(live.objects.iter().map(|object| object.name.to_lowercase()));
    let names = live.pg.names.iter().filter(|place| place.schema == table.schema);
    taken.extend(names.map(|place| place.name.to_lowercase()));
    OwnPlace { schema: table.schema.clone(), name: free(&table.name, &taken) }
}

/// The first name for it that nothing has, whatever the case of its letters.
fn free(name: &str, taken: &BTreeSet<String>) -> Text {
    let mut choices = (1..).map(|count| names::retired(name, count));
    choices.find(|choice| !taken.contains(&choice.to_lowercase())).unwrap_or_default().into()
}

/// Why what no change drops cannot be retired.
fn unfit(object: &str, recorded: &Schema) -> RetireError {
    let is_there = recorded.tables.iter().any(|table| {
        let place = table.place().to_string();
        let mut columns = table.columns.iter();
        place == object || columns.any(|column| object == format!("{place}.{}", column.name))
    });
    let own = object.to_owned();
    if retired(recorded).iter().any(|it| it.object == object) {
        RetireError::Already(own)
    } else if is_there {
        RetireError::Claimed(own)
    } else {
        RetireError::Unknown(own)
    }
}
