//! Learning what migrations that a person wrote did to what the models own.

use std::borrow::Cow;

use diesel_autogen_database::{Scratch, Server};
use diesel_autogen_evolve::Target;
use diesel_autogen_evolve::ownership::{adopt, learn, unmanaged};
use diesel_autogen_evolve::revision::{History, HistoryError, Revision, checksum};
use diesel_autogen_schema::change::follow;
use diesel_autogen_schema::{Change, Dialect, Live, Record, Schema, Table, diff, sql};

use super::trial::{create, joined};
use super::{concerned, offline};
use crate::Error;

/// A scratch database on the way from the base to the head.
pub struct Steps {
    /// The database.
    pub scratch: Scratch,
    /// What the models own in it.
    pub owned: Schema,
}

/// Every migration run on a scratch database, or as many as are asked for.
pub struct Replayed {
    /// The database at the head, with where it comes from; `None` without a server or without a
    /// change, and then only the records tell what there is.
    pub trial: Option<Trial>,
    /// What it holds.
    pub live: Live,
    /// What the snapshot says that no model owns.
    recorded: Vec<String>,
    /// Tables that the models own and the database was spared.
    elsewhere: Vec<Table>,
    /// Where the database comes from, while it is not known yet what it is asked for.
    waiting: Option<Server>,
    /// What the models own in it.
    pub owned: Schema,
    /// The history, with what was learned.
    pub history: History,
    /// Directories of the revisions that were learned.
    pub learned: Vec<String>,
}

/// A database to try things on, and where more of them come from.
pub struct Trial {
    /// Where it comes from.
    pub server: Server,
    /// The database.
    pub scratch: Scratch,
}

impl Steps {
    /// At the base.
    ///
    /// # Errors
    /// When the server makes no database.
    pub fn new(server: &Server) -> Result<Steps, Error> {
        Ok(Steps { scratch: server.scratch()?, owned: Schema::EMPTY })
    }

    /// What the models own after a revision that was generated; nothing is run.
    ///
    /// # Errors
    /// When its records do not fit the schema before it.
    pub fn ahead(&self, records: &[Record], revision: &Revision) -> Result<Schema, Error> {
        let mut owned = self.owned.clone();
        replay(&mut owned, records, revision)?;
        Ok(owned)
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
    /// Runs the whole history on this server. Without one it is what the records add up to, with
    /// `recorded` for what no model owns.
    ///
    /// # Errors
    /// As [`Steps::step`]; without a server when a migration by hand is not learned.
    pub fn new(
        history: &History,
        server: Option<&Server>,
        recorded: &[String],
        target: &Target,
    ) -> Result<Replayed, Error> {
        match server {
            Some(server) => Replayed::on(history, server),
            None => {
                let owned = history.schema()?;
                Replayed::offline(history.clone(), owned, recorded, target)
            }
        }
    }

    fn on(history: &History, server: &Server) -> Result<Replayed, Error> {
        let mut steps = Steps::new(server)?;
        let mut revisions = Vec::new();
        let mut learned = Vec::new();
        for revision in history.revisions() {
            let after = steps.step(revision)?;
            if !revision.is_unlearned() {
                revisions.push(after);
            } else if sql::tokens(&revision.up_sql, Dialect::Sqlite)
                .all(|token| token.kind == sql::Kind::Space)
            {
                // Its author has not written it yet, so there is nothing to hold fast.
                revisions.push(revision.clone());
            } else {
                learned.push(revision.dir_name.clone());
                revisions.push(after);
            }
        }
        let Steps { mut scratch, owned } = steps;
        let live = scratch.live()?;
        Ok(Replayed {
            trial: Some(Trial { server: server.clone(), scratch }),
            live,
            recorded: Vec::new(),
            elsewhere: Vec::new(),
            waiting: None,
            owned,
            history: History::new(revisions)?,
            learned,
        })
    }

    fn offline(
        history: History,
        owned: Schema,
        recorded: &[String],
        target: &Target,
    ) -> Result<Replayed, Error> {
        Ok(Replayed {
            trial: None,
            live: offline::assumed(&history, &owned, target.dialect)?,
            recorded: recorded.to_vec(),
            elsewhere: Vec::new(),
            waiting: None,
            owned,
            history,
            learned: Vec::new(),
        })
    }

    /// As [`Replayed::new`], but nothing is run before it is known what changes, where the records
    /// alone say what there is: see [`Replayed::concern`].
    ///
    /// # Errors
    /// As [`Replayed::new`].
    pub fn for_changes(
        history: History,
        owned: Schema,
        recorded: &[String],
        server: Option<&Server>,
        target: &Target,
    ) -> Result<Replayed, Error> {
        let Some(server) = server else {
            return Replayed::offline(history, owned, recorded, target);
        };
        if !recorded.is_empty() || !concerned::is_settled(&history) {
            return Replayed::on(&history, server);
        }
        Ok(Replayed {
            trial: None,
            live: Live::of(target.dialect, Schema::EMPTY),
            recorded: Vec::new(),
            elsewhere: owned.tables.to_vec(),
            waiting: Some(server.clone()),
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
        let Some(server) = self.waiting.take() else {
            return match self.trial {
                Some(_) => Ok(()),
                None => offline::claims_nothing(changes, &self.recorded),
            };
        };
        if changes.is_empty() {
            return Ok(());
        }
        let mut scratch = server.scratch()?;
        let places = concerned::concerned(&self.owned, changes, target.dialect);
        if concerned::part(&mut scratch, &self.history, &self.owned, &places, target).is_none() {
            let owned = std::mem::take(&mut self.owned);
            *self = Replayed { owned, ..Replayed::on(&self.history, &server)? };
            return Ok(());
        }
        self.live = scratch.live()?;
        self.elsewhere.retain(|table| !places.contains(&table.place().into()));
        self.trial = Some(Trial { server, scratch });
        Ok(())
    }

    /// What the database holds and no model owns, one line each.
    pub fn unmanaged(&self) -> Vec<String> {
        match self.trial {
            Some(_) => unmanaged(&self.owned, &self.live),
            None => self.recorded.clone(),
        }
    }

    /// The tables of [`Replayed::everything`], in no order.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.live.schema.tables.iter().chain(&self.elsewhere)
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
        let elsewhere = Live::of(live.engine, Schema::of(self.elsewhere.clone())).pg;
        live.pg.schemas.extend(elsewhere.schemas);
        live.pg.schemas.sort();
        live.pg.schemas.dedup();
        live.pg.enums.extend(elsewhere.enums);
        live.pg.enums.sort_by(|a, b| a.place().cmp(&b.place()));
        live.pg.enums.dedup_by(|a, b| a.place() == b.place());
        Cow::Owned(live)
    }
}

/// What the models own once they got what they claim and the database has already: the
/// difference from here to `models` is what a migration must change. `live` is what `scratch`
/// holds.
///
/// # Errors
/// When the models cannot be made into tables.
pub fn adopted(
    owned: &Schema,
    live: &Live,
    models: &Schema,
    target: &Target,
    scratch: &mut Scratch,
) -> Result<Schema, Error> {
    if unmanaged(owned, live).is_empty() {
        return Ok(owned.clone());
    }
    let create = |tables: &[Table]| create(tables, &models.extensions, target);
    let built = scratch
        .build(live, owned, &models.tables, &create)
        .map_err(|failure| Error::failure(failure.to_string()))?;
    Ok(adopt(owned, live, models, &built))
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
