use std::collections::BTreeMap;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use diesel_autogen_database::{Database, Value};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use crate::package::Package;

/// A real SQLite file to which Diesel's own harness applies a package's migrations.
pub(crate) struct Live {
    database: Database,
    source: FileBasedMigrations,
}

type Result<T> = std::result::Result<T, String>;

/// The rows of every table, by table, sorted.
pub(crate) type Rows = BTreeMap<String, Vec<String>>;

impl Live {
    pub(crate) fn open(package: &Package, file: &str) -> Live {
        let path = package.path().join(file);
        let mut conn = SqliteConnection::establish(&path.to_string_lossy()).expect("a database");
        conn.batch_execute("PRAGMA foreign_keys = ON; PRAGMA synchronous = OFF").expect("pragma");
        let source = FileBasedMigrations::from_path(package.migrations()).expect("migrations");
        Live { database: Database::from_connection(conn), source }
    }

    /// Runs what is pending, at most `count` migrations.
    pub(crate) fn up(&mut self, count: usize) -> Result<()> {
        let conn = self.database.sqlite().unwrap();
        for _ in 0..count {
            conn.run_next_migration(self.source.clone()).map_err(|error| format!("up: {error}"))?;
        }
        Ok(())
    }

    pub(crate) fn down(&mut self) -> Result<()> {
        let conn = self.database.sqlite().unwrap();
        conn.revert_last_migration(self.source.clone())
            .map_err(|error| format!("down: {error}"))?;
        Ok(())
    }

    pub(crate) fn execute(&mut self, sql: &str) -> Result<()> {
        self.database
            .sqlite()
            .unwrap()
            .batch_execute(sql)
            .map_err(|error| format!("the story's own SQL fails: {error}: {sql}"))
    }

    pub(crate) fn dump(&mut self) -> Result<String> {
        self.database.dump().map(|dump| dump.to_string()).map_err(|error| error.to_string())
    }

    pub(crate) fn query(&mut self, sql: &str) -> Result<String> {
        let rows = self.database.rows(sql).map_err(|error| format!("{sql}: {error}"))?;
        let line = |row: &Vec<Value>| row.iter().map(shown).collect::<Vec<_>>().join("|");
        Ok(rows.iter().map(line).collect::<Vec<_>>().join("\n"))
    }

    pub(crate) fn rows(&mut self) -> Result<Rows> {
        let live = self.database.live().map_err(|error| error.to_string())?;
        let mut all = Rows::new();
        for table in &live.schema.tables[..] {
            let mut names: Vec<String> = table
                .columns
                .iter()
                .map(|column| format!("\"{}\"", column.name.replace('"', "\"\"")))
                .collect();
            names.sort();
            let sql =
                format!("SELECT {} FROM \"{}\"", names.join(", "), table.name.replace('"', "\"\""));
            let text = self.query(&sql)?;
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            all.insert(table.name.to_string(), lines);
        }
        Ok(all)
    }

    /// Whether foreign keys hold and the file is sound.
    pub(crate) fn violations(&mut self) -> Result<String> {
        let sound = self.query("PRAGMA integrity_check")?;
        if sound != "ok" {
            return Err(format!("the database is damaged: {sound}"));
        }
        self.query("SELECT count(*) FROM pragma_foreign_key_check")
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
