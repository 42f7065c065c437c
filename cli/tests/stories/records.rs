use diesel_autogen_evolve::revision::Metadata;
use diesel_autogen_schema::Schema;
use diesel_autogen_schema::change::{Record, replay};
use diesel_autogen_schema::snapshot;

use crate::package::Revision;

/// What the last revision records leads from the schema before it to the snapshot, turned round it
/// leads back, and turned round twice it is what it was.
pub(crate) fn turn_round(revisions: &[Revision], snapshot: &str) -> Result<(), String> {
    let (last, earlier) = revisions.split_last().ok_or("there is no revision")?;
    let mut before = Schema::default();
    for revision in earlier {
        before = replay(&before, &records(revision)?).map_err(|error| error.to_string())?.0;
    }
    let forth = records(last)?;
    let (after, changes) = replay(&before, &forth).map_err(|error| error.to_string())?;
    let snapshot = snapshot::read(snapshot).map_err(|error| error.to_string())?;
    if after != snapshot.schema {
        return Err(format!("the records do not add up to schema.toml:\n{after:#?}"));
    }
    let turned: Vec<_> = changes.iter().map(|it| it.clone().invert()).collect();
    let twice: Vec<_> = turned.iter().map(|it| it.clone().invert()).collect();
    if twice != changes {
        return Err(format!("turned round twice, the changes are others:\n{twice:#?}"));
    }
    let back: Vec<Record> = turned.iter().map(|it| it.record()).collect();
    let (again, _) = replay(&after, &back).map_err(|error| format!("turned round: {error}"))?;
    match again == before.clone().canonical() {
        true => Ok(()),
        false => Err(format!("turned round, the records do not lead back:\n{again:#?}")),
    }
}

fn records(revision: &Revision) -> Result<Vec<Record>, String> {
    let metadata = Metadata::read(&revision.metadata)
        .map_err(|error| format!("{}: {error}", revision.name))?;
    Ok(metadata.records.unwrap_or_default())
}
