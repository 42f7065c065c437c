//! A long history that leads to the models of a package.

use std::fs;
use std::path::Path;

use chrono::{NaiveDate, TimeDelta};
use cli::source::{Request, read};
use diesel_autogen_evolve::revision::{Metadata, checksum, version};
use diesel_autogen_evolve::{Dialect, Target, plan};
use diesel_autogen_schema::snapshot::{self, Snapshot};
use diesel_autogen_schema::{Change, Live, Record, Schema, Table, diff};

/// Writes a revision that creates every table, and `count` more of which each gives one table
/// something that it had not: mostly columns, some indexes, and a check for every tenth, which
/// rebuilds its table.
pub(crate) fn write(manifest: &Path, migrations: &Path, count: usize) {
    let request = Request { manifest_path: Some(manifest.to_owned()), ..Request::default() };
    let models = read(&request).expect("models").schema;
    let mut base = models.clone();
    for (at, table) in base.tables.to_mut().iter_mut().enumerate().take(count) {
        take_away(at, table);
    }
    let mut head = step(migrations, 0, None, &Schema::EMPTY, &base);
    for (at, (before, after)) in base.tables.iter().zip(models.tables.iter()).enumerate() {
        if at < count {
            let one = |table: &Table| Schema::of(vec![table.clone()]);
            head = step(migrations, at + 1, Some(head), &one(before), &one(after));
        }
    }
    let snapshot = Snapshot {
        backend: "sqlite".to_owned(),
        head: vec![head],
        unmanaged: Vec::new(),
        schema: models,
    };
    fs::write(migrations.join(snapshot::FILE), snapshot::write(&snapshot)).expect("a snapshot");
}

fn take_away(at: usize, table: &mut Table) {
    match at % 10 {
        0 => table.checks.to_mut().retain(|check| !check.name.ends_with("_dates")),
        1..=3 => drop(table.indexes.to_mut().pop()),
        _ => table.columns.to_mut().retain(|column| column.name != "notes"),
    }
}

/// Writes the revision from one schema to another, and returns its version.
fn step(
    migrations: &Path,
    number: usize,
    parent: Option<String>,
    before: &Schema,
    after: &Schema,
) -> String {
    let changes = diff(before, after).expect("changes");
    assert!(!changes.is_empty(), "revision {number} changes nothing");
    let dialect = Dialect::Sqlite;
    let target = Target::new(dialect);
    let plan = plan(&changes, &target, &Live::default()).expect("a plan");
    let records: Vec<Record> = changes.iter().map(Change::record).collect();
    let (up, down) = (plan.up_sql(), plan.down_sql());
    let metadata = Metadata {
        transaction: plan.transaction,
        message: Some(format!("change number {number}")),
        parents: Some(parent.into_iter().collect()),
        by_hand: false,
        up_checksum: Some(checksum(&up)),
        down_checksum: Some(checksum(&down)),
        records: Some(records),
        ..Metadata::default()
    };
    let first = NaiveDate::from_ymd_opt(2020, 1, 1).and_then(|day| day.and_hms_opt(9, 0, 0));
    let hours = TimeDelta::hours(i64::try_from(number).expect("a small number"));
    let name = (first.expect("a date") + hours).format("%Y-%m-%d-%H%M%S");
    let name = format!("{name}_change_number_{number}");
    let directory = migrations.join(&name);
    fs::create_dir_all(&directory).expect("a directory");
    for (file, text) in [("up.sql", up), ("down.sql", down), ("metadata.toml", metadata.write())] {
        fs::write(directory.join(file), text).expect("a file");
    }
    version(&name)
}
