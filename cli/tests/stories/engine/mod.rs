//! Real databases, one file an engine.

#[cfg_attr(not(feature = "mysql"), path = "no_mysql.rs")]
mod mysql;
mod postgres;
mod sqlite;

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::Duration;

use diesel::Connection;
use diesel_autogen_database::testing::OwnDatabase;
use diesel_autogen_database::{Database, Value};
use diesel_autogen_schema::{Column, Dialect, SqlType};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use crate::package::Package;

/// A real database to which Diesel's own harness applies a package's migrations.
pub(crate) struct Live {
    // Closed before what drops the database.
    database: Database,
    /// Where the story's own SQL is run, if not where everything else is.
    asking: Option<Database>,
    harness: Box<dyn Harness>,
    engine: Dialect,
    url: String,
}

type Result<T> = std::result::Result<T, String>;

/// The rows of every table, by table, sorted.
pub(crate) type Rows = BTreeMap<String, Vec<String>>;

/// Whether the stories of an engine are passed over because nothing answers here and nothing has
/// to.
pub(crate) fn is_missing(engine: Dialect) -> bool {
    match engine {
        Dialect::Sqlite => false,
        Dialect::Postgres => postgres::is_missing(),
        Dialect::Mysql => mysql::is_missing(),
    }
}

/// The variables with which the program finds a server to prove migrations on.
pub(crate) fn server(engine: Dialect) -> Option<(&'static str, String)> {
    match engine {
        Dialect::Sqlite => None,
        Dialect::Postgres => Some(("DATABASE_URL", postgres::url())),
        Dialect::Mysql => Some(("DATABASE_URL", mysql::url())),
    }
}

impl Live {
    /// An empty database; `name` tells the databases of one package apart.
    pub(crate) fn open(package: &Package, name: &str) -> Live {
        match package.engine {
            Dialect::Sqlite => sqlite::open(package, name),
            Dialect::Postgres => postgres::open(package),
            Dialect::Mysql => mysql::open(package),
        }
    }

    /// The URL of the database.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Whether the process with this number is in a statement that takes long here; `None` when it
    /// has ended.
    pub(crate) fn is_pausing(&mut self, process: u32) -> Option<bool> {
        if has_ended(process) {
            return None;
        }
        Some(match self.engine {
            Dialect::Sqlite => sqlite::is_pausing(process),
            Dialect::Postgres => postgres::is_pausing(self),
            Dialect::Mysql => mysql::is_pausing(self),
        })
    }

    /// Ends what a killed process left on the server, as the server does itself in time.
    pub(crate) fn forget_the_dead(&mut self) -> Result<()> {
        match self.engine {
            Dialect::Sqlite => Ok(()),
            Dialect::Postgres => postgres::forget_the_dead(self),
            Dialect::Mysql => mysql::forget_the_dead(self),
        }
    }

    /// Runs what is pending, at most `count` migrations.
    pub(crate) fn up(&mut self, count: usize) -> Result<()> {
        (0..count).try_for_each(|_| self.harness.up()).map_err(|error| format!("up: {error}"))
    }

    pub(crate) fn down(&mut self) -> Result<()> {
        self.harness.down().map_err(|error| format!("down: {error}"))
    }

    pub(crate) fn execute(&mut self, sql: &str) -> Result<()> {
        let done = match &mut self.asking {
            Some(database) => database.execute(sql).map_err(|error| error.to_string()),
            None => self.harness.execute(sql),
        };
        done.map_err(|error| format!("the story's own SQL fails: {error}: {sql}"))
    }

    /// Whether every statement about tables commits by itself.
    pub(crate) fn commits_by_itself(&self) -> bool {
        match self.engine {
            Dialect::Sqlite | Dialect::Postgres => false,
            Dialect::Mysql => true,
        }
    }

    /// Takes back what a script that failed left behind, as a pool does with a connection.
    pub(crate) fn recover(&mut self) -> Result<()> {
        self.harness.recover()
    }

    pub(crate) fn dump(&mut self) -> Result<String> {
        self.database.dump().map(|dump| dump.to_string()).map_err(|error| error.to_string())
    }

    pub(crate) fn query(&mut self, sql: &str) -> Result<String> {
        let database = self.asking.as_mut().unwrap_or(&mut self.database);
        let rows = database.rows(sql).map_err(|error| format!("{sql}: {error}"))?;
        let line = |row: &Vec<Value>| row.iter().map(shown).collect::<Vec<_>>().join("|");
        Ok(rows.iter().map(line).collect::<Vec<_>>().join("\n"))
    }

    pub(crate) fn rows(&mut self) -> Result<Rows> {
        let live = self.database.live().map_err(|error| error.to_string())?;
        let mut all = Rows::new();
        for table in &live.schema.tables[..] {
            let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
            let shown = |column: &Column| match (self.engine, &column.sql_type) {
                // Diesel reads none of MySQL's own types.
                (Dialect::Mysql, SqlType::Custom(_)) => format!("HEX({})", quoted(&column.name)),
                _ => quoted(&column.name),
            };
            let mut names: Vec<String> = table.columns.iter().map(shown).collect();
            names.sort();
            let schema = table.schema.as_deref().map(|schema| format!("{}.", quoted(schema)));
            let from = format!("{}{}", schema.unwrap_or_default(), quoted(&table.name));
            let text = self.query(&format!("SELECT {} FROM {from}", names.join(", ")))?;
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            all.insert(table.place().to_string(), lines);
        }
        Ok(all)
    }

    /// Whether foreign keys hold and the database is sound, as a text that is the same while that
    /// does not change.
    pub(crate) fn violations(&mut self) -> Result<String> {
        match self.engine {
            Dialect::Sqlite => sqlite::violations(self),
            // It never lets go of a foreign key.
            Dialect::Postgres => Ok(String::new()),
            // Nor does it, and what a script sets for its session it sets back.
            Dialect::Mysql => self.harness.session(),
        }
    }
}

/// Whether a process is there no more, or waits only to be looked after.
fn has_ended(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"));
    let state = stat.ok().and_then(|stat| stat.rsplit_once(") ")?.1.chars().next());
    state.is_none_or(|state| state == 'Z')
}

/// Waits until a count is zero: what a killed process asked for is gone.
fn until_gone(live: &mut Live, count: &str) -> Result<()> {
    for _ in 0..500 {
        if live.query(count)? == "0" {
            return Ok(());
        }
        sleep(Duration::from_millis(10));
    }
    Err("the server goes on with what a killed process asked for".to_owned())
}

/// What Diesel does to a database, whatever the type of its connection.
trait Harness {
    fn up(&mut self) -> Result<()>;
    fn down(&mut self) -> Result<()>;
    fn execute(&mut self, sql: &str) -> Result<()>;
    fn recover(&mut self) -> Result<()>;

    /// What the session is set to, where scripts set it.
    fn session(&mut self) -> Result<String> {
        Ok(String::new())
    }
}

/// A runner on a server, and the database that is dropped after it.
struct Own<C> {
    runner: Runner<C>,
    _own: OwnDatabase,
    /// What the session is set to, where scripts set it.
    session: fn(&mut C) -> Result<String>,
}

impl<C> Harness for Own<C>
where
    Runner<C>: Harness,
{
    fn up(&mut self) -> Result<()> {
        self.runner.up()
    }

    fn down(&mut self) -> Result<()> {
        self.runner.down()
    }

    fn execute(&mut self, sql: &str) -> Result<()> {
        self.runner.execute(sql)
    }

    fn recover(&mut self) -> Result<()> {
        self.runner.recover()
    }

    fn session(&mut self) -> Result<String> {
        (self.session)(&mut self.runner.conn)
    }
}

struct Runner<C> {
    conn: C,
    source: FileBasedMigrations,
    /// What sets a connection right after a script failed on it.
    recovery: &'static str,
}

impl<C> Runner<C> {
    fn new(conn: C, package: &Package, recovery: &'static str) -> Runner<C> {
        let source = FileBasedMigrations::from_path(package.migrations()).expect("migrations");
        Runner { conn, source, recovery }
    }
}

impl<C> Harness for Runner<C>
where
    C: Connection + MigrationHarness<<C as Connection>::Backend>,
{
    fn up(&mut self) -> Result<()> {
        let done = self.conn.run_next_migration(self.source.clone());
        done.map(|_| ()).map_err(|error| error.to_string())
    }

    fn down(&mut self) -> Result<()> {
        let done = self.conn.revert_last_migration(self.source.clone());
        done.map(|_| ()).map_err(|error| error.to_string())
    }

    fn execute(&mut self, sql: &str) -> Result<()> {
        self.conn.batch_execute(sql).map_err(|error| error.to_string())
    }

    fn recover(&mut self) -> Result<()> {
        self.execute(self.recovery)
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Blob(_) => value.to_string(),
    }
}
