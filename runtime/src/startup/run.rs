use std::time::Duration;

use diesel_autogen_progress::checksum;
use diesel_autogen_progress::ledger::{APPLIED, DIESEL, LEDGER, setup};

use super::connection::Applied;
use super::{Embedded, Migrate, Migrations, StartError};

/// How long [`Migrations::run`] waits for another process.
const PATIENCE: Duration = Duration::from_secs(60);

impl Migrations {
    /// Applies what the database has not, and returns the directories. Of several processes that
    /// start at once one does it, and the others wait for it up to a minute.
    ///
    /// # Errors
    /// When a migration fails, which leaves those before it and on MySQL its statements that are
    /// done, behind which the next attempt goes on; when another process takes longer; when the
    /// database has migrations that this binary does not know or knows with another text, or one
    /// that was left half done on its way back; when one would run after those that should have run
    /// after it. Then nothing is run.
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
        if self.runnable(conn)?.is_empty() {
            return Ok(Vec::new());
        }
        conn.locked(patience, &mut |conn| {
            conn.batch_execute(&setup().join(";\n"))?;
            let mut done = Vec::new();
            for revision in self.runnable(conn)? {
                conn.apply(revision)
                    .map_err(|reason| StartError::Migration { name: revision.name, reason })?;
                done.push(revision.name);
            }
            Ok(done)
        })
    }

    /// Makes sure that the database is where this binary was compiled for. Writes nothing.
    ///
    /// # Errors
    /// When migrations are pending, or the database has some that this binary does not know or
    /// knows with another text.
    pub fn expect<C: Migrate>(&self, conn: &mut C) -> Result<(), StartError> {
        self.is_for::<C>()?;
        let (_, pending) = self.pending_of(conn)?;
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

    /// What a database has not, in an order that is known to be the right one.
    fn runnable<C: Migrate>(&self, conn: &mut C) -> Result<Vec<&'static Embedded>, StartError> {
        let (applied, pending) = self.pending_of(conn)?;
        match pending.iter().find_map(|it| Some((it, self.late_behind(it, &applied)?))) {
            Some((late, after)) if !self.out_of_order => {
                Err(StartError::Late { name: late.name, after: after.name })
            }
            Some(_) | None => Ok(pending),
        }
    }

    /// What a database has, and what it has not, which begins with what was left half done.
    fn pending_of<C: Migrate>(
        &self,
        conn: &mut C,
    ) -> Result<(Vec<Applied>, Vec<&'static Embedded>), StartError> {
        let half = conn.half_done()?;
        let mut applied = applied(conn)?;
        // Its row may have been made before the process died.
        applied
            .retain(|it| half.as_ref().is_none_or(|(version, up)| !up || it.version != *version));
        let pending = self.pending(&applied)?;
        match half {
            Some((version, up))
                if !up || pending.first().is_none_or(|it| it.version != version) =>
            {
                Err(StartError::HalfDone { version })
            }
            Some(_) | None => Ok((applied, pending)),
        }
    }

    /// What a database that has applied these has not.
    fn pending(&self, applied: &[Applied]) -> Result<Vec<&'static Embedded>, StartError> {
        let found = |version: &str| applied.iter().find(|it| it.version == version);
        let mut unknown: Vec<&str> = applied.iter().map(|it| it.version.as_str()).collect();
        for revision in self.revisions {
            unknown.retain(|it| *it != revision.version);
            let (some, own) =
                (revision.replaces.iter().any(|it| found(it).is_some()), found(revision.version));
            match own.map(|it| it.checksum.as_deref()) {
                None if some => return Err(StartError::Halfway { name: revision.name }),
                // What ran under this version when it was one of several is another text.
                Some(Some(sum)) if !some && sum != checksum(revision.up) => {
                    return Err(StartError::Edited { name: revision.name });
                }
                Some(_) | None => {}
            }
            unknown.retain(|it| !revision.replaces.contains(it));
        }
        if !unknown.is_empty() {
            let versions = unknown.into_iter().map(str::to_owned).collect();
            return Err(StartError::Ahead { versions });
        }
        Ok(self.revisions.iter().filter(|it| found(it.version).is_none()).collect())
    }

    /// The newest applied one that should have run after a pending one.
    fn late_behind(&self, pending: &Embedded, applied: &[Applied]) -> Option<&'static Embedded> {
        let is_behind = |it: &&Embedded| {
            it.version > pending.version
                && !pending.joined.contains(&it.version)
                && applied.iter().any(|row| row.version == it.version)
        };
        self.revisions.iter().rfind(is_behind)
    }
}

/// What a database has applied, in order.
fn applied<C: Migrate>(conn: &mut C) -> Result<Vec<Applied>, StartError> {
    if !conn.has_table(DIESEL)? {
        return Ok(Vec::new());
    }
    if conn.has_table(LEDGER)? {
        return conn.rows(APPLIED);
    }
    conn.rows(&format!("SELECT version, NULL AS checksum FROM {DIESEL} ORDER BY version"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn one(
        version: &'static str,
        replaces: &'static [&'static str],
        joined: &'static [&'static str],
    ) -> Embedded {
        Embedded { version, name: version, up: "SELECT 1", transaction: true, replaces, joined }
    }

    const LINE: Migrations = Migrations::new(
        "sqlite",
        &[one("1", &[], &[]), one("3", &["2"], &["4"]), one("4", &[], &[]), one("5", &[], &[])],
    );

    fn rows(applied: &[&str]) -> Vec<Applied> {
        let row = |it: &&str| Applied { version: (*it).to_owned(), checksum: None };
        applied.iter().map(row).collect()
    }

    fn pending(applied: &[&str]) -> Result<Vec<&'static str>, String> {
        let names = |found: Vec<&'static Embedded>| found.iter().map(|it| it.name).collect();
        LINE.pending(&rows(applied)).map(names).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_pending_is_told_from_what_is_unknown() {
        assert_eq!(pending(&[]).unwrap(), ["1", "3", "4", "5"]);
        assert_eq!(pending(&["1"]).unwrap(), ["3", "4", "5"]);
        assert_eq!(pending(&["3"]).unwrap(), ["1", "4", "5"]);
        assert_eq!(pending(&["1", "2", "3", "4", "5"]).unwrap(), [""; 0]);
        let error = pending(&["1", "3", "6"]).unwrap_err();
        assert!(error.starts_with("the database has migration 6, which"), "{error}");
        let error = pending(&["1", "2"]).unwrap_err();
        assert!(error.starts_with("the database has some of the migrations"), "{error}");
    }

    #[test]
    fn another_text_than_ran_is_found_unless_it_ran_as_one_of_several() {
        let with = |sum: &str, other: &[&str]| {
            let mut applied = rows(other);
            applied.push(Applied { version: "3".to_owned(), checksum: Some(sum.to_owned()) });
            LINE.pending(&applied).map(|_| ())
        };
        assert_eq!(with(&checksum("SELECT 1"), &[]), Ok(()));
        assert_eq!(with("sha256:0", &[]), Err(StartError::Edited { name: "3" }));
        assert_eq!(with("sha256:0", &["2"]), Ok(()));
    }

    #[test]
    fn one_is_late_behind_those_that_it_was_not_tried_with() {
        let late = |at: usize, applied: &[&str]| {
            LINE.late_behind(&LINE.revisions[at], &rows(applied)).map(|it| it.version)
        };
        assert_eq!(late(1, &["1"]), None);
        assert_eq!(late(1, &["1", "4"]), None);
        assert_eq!(late(1, &["1", "4", "5"]), Some("5"));
        assert_eq!(late(0, &["3"]), Some("3"));
    }
}
