//! Migrations inside an application: applied when it starts, or asked for.

mod connection;
mod error;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
mod script;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::time::Duration;

pub use connection::{Migrate, Work};
pub use error::StartError;

/// How long [`Migrations::run`] waits for another process.
const PATIENCE: Duration = Duration::from_secs(60);

/// The migrations of a package as they were when it was compiled:
/// [`embed!`](crate::embed) makes them.
#[derive(Clone, Copy, Debug)]
pub struct Migrations {
    /// `sqlite`, `postgres` or `mysql`.
    engine: &'static str,
    /// In the order in which they run.
    revisions: &'static [Embedded],
}

/// One migration directory.
#[derive(Clone, Copy, Debug)]
pub struct Embedded {
    /// What Diesel's table has for it.
    pub version: &'static str,
    /// Name of the directory.
    pub name: &'static str,
    /// Text of `up.sql`.
    pub up: &'static str,
    /// Whether it is run in a transaction; otherwise it brings its own. On MySQL no transaction holds
    /// what changes tables, and the database keeps how far it has come.
    pub transaction: bool,
    /// Versions of the revisions that were made one, this one's own excepted.
    pub replaces: &'static [&'static str],
}

impl Migrations {
    /// These migrations, in the order in which they run.
    pub const fn new(engine: &'static str, revisions: &'static [Embedded]) -> Migrations {
        Migrations { engine, revisions }
    }

    /// The migrations, in the order in which they run.
    pub fn revisions(&self) -> &'static [Embedded] {
        self.revisions
    }

    /// Applies what the database has not, and returns the directories. Of several processes that
    /// start at once one does it, and the others wait for it up to a minute.
    ///
    /// # Errors
    /// When a migration fails, which leaves those before it and on MySQL its statements that are
    /// done, behind which the next attempt goes on; when another process takes longer; when the
    /// database has migrations that this binary does not know, or one that was left half done on
    /// its way back. Then nothing is run.
    pub fn run<C: Migrate>(&self, conn: &mut C) -> Result<Vec<&'static str>, StartError> {
        self.run_within(conn, PATIENCE)
    }

    /// As [`Migrations::run`], waiting so long for another process.
    ///
    /// # Errors
    /// As [`Migrations::run`].
    pub fn run_within<C: Migrate>(
        &self,
        conn: &mut C,
        patience: Duration,
    ) -> Result<Vec<&'static str>, StartError> {
        self.is_for::<C>()?;
        // Who has nothing to do waits for nobody.
        if self.pending_of(conn)?.is_empty() {
            return Ok(Vec::new());
        }
        conn.locked(patience, &mut |conn| {
            conn.prepare()?;
            let mut applied = Vec::new();
            for revision in self.pending_of(conn)? {
                conn.apply(revision)
                    .map_err(|reason| StartError::Migration { name: revision.name, reason })?;
                applied.push(revision.name);
            }
            Ok(applied)
        })
    }

    /// Makes sure that the database is where this binary was compiled for. Writes nothing.
    ///
    /// # Errors
    /// When migrations are pending, or the database has some that this binary does not know.
    pub fn expect<C: Migrate>(&self, conn: &mut C) -> Result<(), StartError> {
        self.is_for::<C>()?;
        let pending = self.pending_of(conn)?;
        match pending.is_empty() {
            true => Ok(()),
            false => {
                Err(StartError::Behind { pending: pending.iter().map(|it| it.name).collect() })
            }
        }
    }

    fn is_for<C: Migrate>(&self) -> Result<(), StartError> {
        match self.engine == C::ENGINE {
            true => Ok(()),
            false => Err(StartError::Engine { migrations: self.engine, connection: C::ENGINE }),
        }
    }

    /// What a database has not, which begins with what was left half done.
    fn pending_of<C: Migrate>(&self, conn: &mut C) -> Result<Vec<&'static Embedded>, StartError> {
        let half = conn.half_done()?;
        let mut applied = conn.versions()?;
        // Its row may have been made before the process died.
        applied.retain(|it| half.as_ref().is_none_or(|(version, up)| !up || it != version));
        let pending = self.pending(&applied)?;
        match half {
            Some((version, up))
                if !up || pending.first().is_none_or(|it| it.version != version) =>
            {
                Err(StartError::HalfDone { version })
            }
            Some(_) | None => Ok(pending),
        }
    }

    /// What a database with the `applied` versions has not.
    fn pending(&self, applied: &[String]) -> Result<Vec<&'static Embedded>, StartError> {
        let has = |version: &str| applied.iter().any(|it| it == version);
        let mut unknown: Vec<String> = applied.to_vec();
        for revision in self.revisions {
            unknown.retain(|it| it != revision.version);
            let (some, is_there) =
                (revision.replaces.iter().any(|it| has(it)), has(revision.version));
            if some && !is_there {
                return Err(StartError::Halfway { name: revision.name });
            }
            unknown.retain(|it| !revision.replaces.contains(&it.as_str()));
        }
        if !unknown.is_empty() {
            return Err(StartError::Ahead { versions: unknown });
        }
        Ok(self.revisions.iter().filter(|it| !has(it.version)).collect())
    }
}

/// Applies pending migrations when the application starts: `migrate!(&mut conn)?` is
/// `embed!().run(&mut conn)?`.
#[macro_export]
macro_rules! migrate {
    ($conn:expr) => {
        $crate::embed!().run($conn)
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn one(version: &'static str, replaces: &'static [&'static str]) -> Embedded {
        Embedded { version, name: version, up: "SELECT 1", transaction: true, replaces }
    }

    const LINE: Migrations = Migrations::new("sqlite", &[one("1", &[]), one("3", &["2"])]);

    fn pending(applied: &[&str]) -> Result<Vec<&'static str>, String> {
        let applied: Vec<String> = applied.iter().map(|it| (*it).to_owned()).collect();
        let names = |found: Vec<&'static Embedded>| found.iter().map(|it| it.name).collect();
        LINE.pending(&applied).map(names).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_pending_is_told_from_what_is_unknown() {
        assert_eq!(pending(&[]).unwrap(), ["1", "3"]);
        assert_eq!(pending(&["1"]).unwrap(), ["3"]);
        assert_eq!(pending(&["3"]).unwrap(), ["1"]);
        assert_eq!(pending(&["1", "2", "3"]).unwrap(), [""; 0]);
        let error = pending(&["1", "3", "4"]).unwrap_err();
        assert!(error.starts_with("the database has migration 4, which"), "{error}");
        let error = pending(&["1", "2"]).unwrap_err();
        assert!(error.starts_with("the database has some of the migrations"), "{error}");
    }
}
