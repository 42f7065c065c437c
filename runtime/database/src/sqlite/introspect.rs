use std::collections::BTreeMap;

use diesel::sqlite::SqliteConnection;
use diesel_autogen_schema::{Live, Object, ObjectKind, Schema, Table};

use super::catalog::{Catalog, Kind, Source};
use super::facts;
use crate::Error;

/// What the database holds, in a constant number of queries.
///
/// The engine's own tables, those of Diesel's runner and `__diesel_autogen…` are left out. Types
/// are the nearest Diesel types by the rules of `diesel print-schema`; expressions are as they
/// were written, without comments. A constraint without a name has the deterministic one of
/// [`diesel_autogen_schema::names`], with a number behind it when that is taken; a `UNIQUE`
/// constraint has the name of the index that SQLite made for it. A unique index over plain
/// columns is a [`diesel_autogen_schema::Unique`].
///
/// # Errors
/// When the database cannot be read or a stored definition cannot be understood.
pub fn introspect(conn: &mut SqliteConnection) -> Result<Live, Error> {
    live(conn)
}

pub(crate) fn live(source: &mut impl Source) -> Result<Live, Error> {
    Catalog::read(source)?.live()
}

impl Catalog {
    /// All of it as facts.
    pub(crate) fn live(&self) -> Result<Live, Error> {
        let mut tables = Vec::new();
        let mut objects = Vec::new();
        let mut written = BTreeMap::new();
        for entry in &self.entries {
            let kind = match entry.kind {
                Kind::Table => {
                    let definition = facts::definition(entry)?;
                    let table = facts::of(self, entry, &definition)?;
                    if let Some(by_hand) = facts::written(&table, &definition) {
                        written.insert(entry.name.to_ascii_lowercase(), by_hand);
                    }
                    tables.push(table);
                    continue;
                }
                // An index is told with its table, a shadow table by its virtual table.
                Kind::Index | Kind::Shadow => continue,
                Kind::View => ObjectKind::View,
                Kind::Trigger => ObjectKind::Trigger,
                Kind::Virtual => ObjectKind::VirtualTable,
            };
            objects.push(Object {
                kind,
                name: entry.name.clone().into(),
                table: entry.table.clone().into(),
                sql: entry.sql.clone().into(),
            });
        }
        facts::name_references(&mut tables);
        tables.sort_by(|a: &Table, b| a.name.cmp(&b.name));
        Ok(Live { schema: Schema::of(tables), objects, written, ..Live::default() })
    }
}
