//! Learning what migrations that a person wrote did to what the models own.

use std::borrow::Cow;

use diesel_autogen_database::sqlite::Scratch;
use diesel_autogen_evolve::ownership::{adopt, learn, unmanaged};
use diesel_autogen_evolve::revision::{History, HistoryError, Revision, checksum};
use diesel_autogen_evolve::{HazardCode, Plan, Target, plan};
use diesel_autogen_schema::change::follow;
use diesel_autogen_schema::{Change, Live, Record, Schema, Table, diff, sql};

use super::concerned;
use crate::Error;

/// A database in memory on the way from the base to the head.
pub struct Steps {
    /// The database.
    pub scratch: Scratch,
    /// What the models own in it.
    pub owned: Schema,
}

/// Every migration run on a database in memory, or as many as are asked for.
pub struct Replayed {
    /// The database at the head.
    pub scratch: Scratch,
    /// What it holds.
    pub live: Live,
    /// Tables that the models own and the database was spared.
    elsewhere: Vec<Table>,
    /// Whether it is not known yet what the database is asked for.
    is_open: bool,
    /// What the models own in it.
    pub owned: Schema,
    /// The history, with what was learned.
    pub history: History,
    /// Directories of the revisions that were learned.
    pub learned: Vec<String>,
}

impl Steps {
    /// At the base.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn new() -> Result<Steps, Error> {
        Ok(Steps { scratch: Scratch::new()?, owned: Schema::EMPTY })
    }

    /// Runs one revision. One that was written by hand comes back with what it did and with
    /// checksums, so that a later edit is noticed.
    ///
    /// # Errors
    /// When its SQL fails, or its records do not fit the schema before it.
    pub fn step(&mut self, revision: &Revision) -> Result<Revision, Error> {
        let mut revision = revision.clone();
        if let Some(records) = &revision.records {
            run(&mut self.scratch, &revision)?;
            replay(&mut self.owned, records, &revision)?;
            return Ok(revision);
        }
        let before = self.scratch.live()?;
        run(&mut self.scratch, &revision)?;
        let after = learn(&self.owned, &before, &self.scratch.live()?);
        let records = records(&self.owned, &after, &revision)?;
        replay(&mut self.owned, &records, &revision)?;
        revision.up_checksum = Some(checksum(&revision.up_sql));
        revision.down_checksum = revision.down_sql.as_deref().map(checksum);
        revision.records = Some(records);
        Ok(revision)
    }
}

impl Replayed {
    /// Runs the whole history.
    ///
    /// # Errors
    /// As [`Steps::step`].
    pub fn new(history: &History) -> Result<Replayed, Error> {
        let mut steps = Steps::new()?;
        let mut revisions = Vec::new();
        let mut learned = Vec::new();
        for revision in history.revisions() {
            let after = steps.step(revision)?;
            if !revision.is_unlearned() {
                revisions.push(after);
            } else if sql::tokens(&revision.up_sql).all(|token| token.kind == sql::Kind::Space) {
                // Its author has not written it yet, so there is nothing to hold fast.
                revisions.push(revision.clone());
            } else {
                learned.push(revision.dir_name.clone());
                revisions.push(after);
            }
        }
        let Steps { mut scratch, owned } = steps;
        let live = scratch.live()?;
        let history = History::new(revisions)?;
        let (elsewhere, is_open) = (Vec::new(), false);
        Ok(Replayed { scratch, live, elsewhere, is_open, owned, history, learned })
    }

    /// As [`Replayed::new`], but nothing is run before it is known what changes, where the records
    /// alone say what there is: see [`Replayed::concern`].
    ///
    /// # Errors
    /// As [`Replayed::new`].
    pub fn for_changes(
        history: History,
        owned: Schema,
        unmanaged: &[String],
    ) -> Result<Replayed, Error> {
        if !unmanaged.is_empty() || !concerned::is_settled(&history) {
            return Replayed::new(&history);
        }
        Ok(Replayed {
            scratch: Scratch::new()?,
            live: Live::default(),
            elsewhere: owned.tables.to_vec(),
            is_open: true,
            owned,
            history,
            learned: Vec::new(),
        })
    }

    /// Has the database hold every table that these changes can concern.
    ///
    /// # Errors
    /// As [`Replayed::new`].
    pub fn concern(&mut self, changes: &[Change], target: &Target) -> Result<(), Error> {
        if !self.is_open {
            return Ok(());
        }
        let places = concerned::concerned(&self.owned, changes);
        match concerned::part(&self.history, &self.owned, &places, target) {
            Some(mut scratch) => {
                self.live = scratch.live()?;
                self.elsewhere.retain(|table| !places.contains(&table.place().into()));
                self.scratch = scratch;
                self.is_open = false;
            }
            None => {
                let owned = std::mem::take(&mut self.owned);
                *self = Replayed { owned, ..Replayed::new(&self.history)? };
            }
        }
        Ok(())
    }

    /// What the database holds, and what it would hold besides.
    pub fn everything(&self) -> Cow<'_, Live> {
        if self.elsewhere.is_empty() {
            return Cow::Borrowed(&self.live);
        }
        let mut live = self.live.clone();
        let tables = live.schema.tables.to_mut();
        tables.extend_from_slice(&self.elsewhere);
        tables.sort_by(|a, b| a.place().cmp(&b.place()));
        Cow::Owned(live)
    }
}

/// What the models own once they got what they claim and the database has already: the
/// difference from here to `models` is what a migration must change.
///
/// # Errors
/// When the models cannot be made into tables.
pub fn adopted(
    owned: &Schema,
    live: &Live,
    models: &Schema,
    target: &Target,
) -> Result<Schema, Error> {
    if unmanaged(owned, live).is_empty() {
        return Ok(owned.clone());
    }
    let refused =
        |text: String| Error::failure(format!("the models cannot be made into tables: {text}"));
    let sql = create(&models.tables, target).map_err(refused)?;
    let mut scratch = Scratch::new()?;
    scratch.execute(&sql, false).map_err(|error| refused(error.to_string()))?;
    Ok(adopt(owned, live, models, &scratch.live()?))
}

/// SQL that makes these tables in an empty database.
///
/// # Errors
/// Why it cannot be done, as text.
pub fn create(tables: &[Table], target: &Target) -> Result<String, String> {
    let mut schema = Schema::of(tables.to_vec());
    for table in schema.tables.to_mut() {
        // Nothing is there to be renamed.
        table.renamed_from = None;
    }
    let changes = diff(&Schema::EMPTY, &schema).map_err(|errors| joined(&errors))?;
    let plan = plan(&changes, target, &Live::default()).map_err(|refusals| joined(&refusals))?;
    Ok(plan.up_sql())
}

/// Whether the plan says that it works whatever the rows are.
pub fn certain(plan: &Plan) -> bool {
    plan.hazards().all(|hazard| match hazard.code {
        HazardCode::MayFail | HazardCode::NarrowsType => false,
        HazardCode::DropsTable
        | HazardCode::DropsColumn
        | HazardCode::ReplacesValues
        | HazardCode::RewritesTable
        | HazardCode::LosesOnDown
        | HazardCode::IrreversibleData => true,
    })
}

/// Whether the plan says that its way back works whatever the rows are.
pub fn reversible(plan: &Plan) -> bool {
    plan.down_hazards().all(|hazard| hazard.code != HazardCode::MayFail)
}

fn joined<T: std::fmt::Display>(list: &[T]) -> String {
    list.iter().map(T::to_string).collect::<Vec<_>>().join("; ")
}

fn run(scratch: &mut Scratch, revision: &Revision) -> Result<(), Error> {
    scratch.execute(&revision.up_sql, revision.transaction).map_err(|error| {
        Error::failure(format!(
            "`{}/up.sql` fails on a database that the revisions before it made: {error}",
            revision.dir_name
        ))
    })
}

fn replay(owned: &mut Schema, records: &[Record], revision: &Revision) -> Result<(), Error> {
    follow(owned, records).map_err(|error| {
        Error::from(HistoryError::Replay { dir_name: revision.dir_name.clone(), error })
    })
}

fn records(before: &Schema, after: &Schema, revision: &Revision) -> Result<Vec<Record>, Error> {
    let changes = diff(before, after).map_err(|errors| {
        Error::failure(format!(
            "`{}/up.sql` cannot be followed: {}",
            revision.dir_name,
            joined(&errors)
        ))
    })?;
    Ok(changes.iter().map(Change::record).collect())
}

/// The text of the `metadata.toml` of a revision that was learned: what others keep in it stays.
///
/// # Errors
/// When the text that is there is no TOML.
pub fn merged_metadata(there: Option<&str>, revision: &Revision) -> Result<String, Error> {
    let ours = revision.metadata().write();
    let Some(there) = there else { return Ok(ours) };
    let parse = |text: &str| {
        text.parse::<toml_edit::DocumentMut>().map_err(|error| {
            Error::failure(format!("`{}/metadata.toml`: {error}", revision.dir_name))
        })
    };
    let (mut merged, ours) = (parse(there)?, parse(&ours)?);
    for (key, item) in ours.iter() {
        // What it says of transactions was read from it, so only a missing key is put in.
        if key == "diesel_autogen" || !merged.contains_key(key) {
            merged.insert(key, item.clone());
        }
    }
    Ok(merged.to_string())
}
