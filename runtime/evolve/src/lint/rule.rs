use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::config::Level;

use super::finding::Spot;
use super::scene::{Scene, Whole};

/// An opinion with a name. Its texts are what `explain` shows.
#[derive(Debug)]
pub struct Rule {
    /// Stable name: `index-not-concurrent`.
    pub code: &'static str,
    /// How bad it is unless the package says otherwise.
    pub level: Level,
    /// The engines that it is about.
    pub engines: &'static [Dialect],
    /// What it minds, as a fragment.
    pub summary: &'static str,
    /// Who waits meanwhile; empty when nobody does.
    pub lock: &'static str,
    /// What it does to the application, the rows or those who come after.
    pub damage: &'static str,
    /// What to do instead.
    pub safe: &'static str,
    /// SQL that it minds. These are its tests.
    pub bad: &'static [Example],
    /// SQL that does the same and that it does not mind.
    pub good: &'static [Example],
    /// How it looks.
    pub(super) look: Look,
}

/// How a rule looks at a migration.
#[derive(Clone, Copy, Debug)]
pub(super) enum Look {
    /// At each statement.
    Statement(fn(&Scene<'_>) -> Vec<Found>),
    /// At all of it, once.
    Whole(fn(&Whole<'_>) -> Vec<Found>),
}

/// What a rule says of a place.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) object: String,
    pub(super) message: String,
    pub(super) safe: Option<String>,
    /// Where, unless it is the statement that was looked at.
    pub(super) spot: Option<Spot>,
}

impl Found {
    pub(super) fn new(object: impl Into<String>, message: impl Into<String>) -> Found {
        Found { object: object.into(), message: message.into(), safe: None, spot: None }
    }

    pub(super) fn safe(mut self, safe: impl Into<String>) -> Found {
        self.safe = Some(safe.into());
        self
    }

    pub(super) fn at(mut self, spot: Spot) -> Found {
        self.spot = Some(spot);
        self
    }
}

/// SQL that shows a rule, and what is there before.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// Whose SQL it is.
    pub engine: Dialect,
    /// What the database has.
    pub before: &'static str,
    /// The migration.
    pub sql: &'static str,
    /// Whether it runs in a transaction of its runner.
    pub transaction: bool,
    /// The oldest release that must run it, when that is what it is about.
    pub minimum: Option<(u16, u16, u16)>,
    /// What the revision is about.
    pub message: &'static str,
    /// Its `down.sql`, if it has one.
    pub down: Option<&'static str>,
    /// Its `metadata.toml`, if it has one.
    pub metadata: Option<&'static str>,
    /// Its files that were edited.
    pub edited: &'static [&'static str],
}

impl Example {
    const fn of(engine: Dialect, sql: &'static str) -> Example {
        Example {
            engine,
            before: "",
            sql,
            transaction: true,
            minimum: None,
            message: "say what it does",
            down: Some("SELECT 1;"),
            metadata: None,
            edited: &[],
        }
    }

    pub(super) const fn postgres(sql: &'static str) -> Example {
        Example::of(Dialect::Postgres, sql)
    }

    pub(super) const fn sqlite(sql: &'static str) -> Example {
        Example::of(Dialect::Sqlite, sql)
    }

    pub(super) const fn mysql(sql: &'static str) -> Example {
        Example::of(Dialect::Mysql, sql)
    }

    pub(super) const fn after(mut self, before: &'static str) -> Example {
        self.before = before;
        self
    }

    pub(super) const fn outside(mut self) -> Example {
        self.transaction = false;
        self
    }

    pub(super) const fn on(mut self, minimum: (u16, u16, u16)) -> Example {
        self.minimum = Some(minimum);
        self
    }

    pub(super) const fn named(mut self, message: &'static str) -> Example {
        self.message = message;
        self
    }

    pub(super) const fn down(mut self, down: Option<&'static str>) -> Example {
        self.down = down;
        self
    }

    pub(super) const fn metadata(mut self, metadata: &'static str) -> Example {
        self.metadata = Some(metadata);
        self
    }

    pub(super) const fn edited(mut self, files: &'static [&'static str]) -> Example {
        self.edited = files;
        self
    }
}
