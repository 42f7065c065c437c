//! What SQLite itself remembers of its objects: a constant number of queries.

use std::collections::{BTreeMap, BTreeSet};

use diesel::deserialize::{self, QueryableByName};
use diesel::row::{Field, NamedRow, Row};
use diesel::sqlite::{Sqlite, SqliteConnection, SqliteType};
use diesel::{RunQueryDsl, sql_query};

use super::raw::Raw;
use crate::{Error, Value};

/// The objects of a database in creation order, without the engine's own, Diesel's and ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Catalog {
    pub(crate) entries: Vec<Entry>,
    /// By table: the name and the columns of the indexes that its UNIQUE constraints made.
    pub(crate) uniques: BTreeMap<String, Vec<(String, Vec<String>)>>,
    /// Places in `entries` by lower-case name and by lower-case table.
    by_name: BTreeMap<String, Vec<usize>>,
    by_table: BTreeMap<String, Vec<usize>>,
}

/// One object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    /// The table it hangs on.
    pub(crate) table: String,
    pub(crate) sql: String,
}

/// What an [`Entry`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Table,
    Index,
    View,
    Trigger,
    Virtual,
    /// A table that a virtual table's module keeps.
    Shadow,
}

impl Kind {
    /// What to call it in a message.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Kind::Table => "table",
            Kind::Index => "index",
            Kind::View => "view",
            Kind::Trigger => "trigger",
            Kind::Virtual => "virtual table",
            Kind::Shadow => "shadow table",
        }
    }
}

/// Something that answers questions about a database.
pub(crate) trait Source {
    /// The rows of `sql`; `what` says in an error what was asked for.
    fn read(&mut self, what: &str, sql: &str) -> Result<Vec<Vec<Value>>, Error>;
}

impl Catalog {
    pub(crate) fn read(source: &mut impl Source) -> Result<Catalog, Error> {
        let rows = source.read(
            "the tables",
            "SELECT type, name, tbl_name, sql FROM main.sqlite_schema ORDER BY rowid",
        )?;
        let mut catalog = Catalog::default();
        let mut autoindexes = false;
        for row in rows {
            let [kind, name, table, sql] = &row[..] else { continue };
            let (Some(name), Some(table)) = (name.as_text(), table.as_text()) else { continue };
            if ours(name) || ours(table) {
                autoindexes |= !ours(table);
                continue;
            }
            let Some(sql) = sql.as_text() else { continue };
            let kind = match kind.as_text() {
                Some("table") if is_virtual(sql) => Kind::Virtual,
                Some("table") => Kind::Table,
                Some("index") => Kind::Index,
                Some("view") => Kind::View,
                Some("trigger") => Kind::Trigger,
                _ => continue,
            };
            catalog.entries.push(Entry {
                kind,
                name: name.to_owned(),
                table: table.to_owned(),
                sql: sql.to_owned(),
            });
        }
        if catalog.entries.iter().any(|entry| entry.kind == Kind::Virtual) {
            catalog.mark_shadows(source)?;
        }
        if autoindexes {
            catalog.read_uniques(source)?;
        }
        catalog.index();
        Ok(catalog)
    }

    /// The entry of this kind and name, as SQLite compares names.
    pub(crate) fn get(&self, kind: Kind, name: &str) -> Option<&Entry> {
        let places = self.by_name.get(&name.to_ascii_lowercase()).into_iter().flatten();
        places.map(|at| &self.entries[*at]).find(|entry| entry.kind == kind)
    }

    /// The indexes or triggers of a table, in creation order.
    pub(crate) fn hanging_on(&self, table: &str, kind: Kind) -> impl Iterator<Item = &Entry> {
        let places = self.by_table.get(&table.to_ascii_lowercase()).into_iter().flatten();
        places.map(|at| &self.entries[*at]).filter(move |entry| entry.kind == kind)
    }

    fn index(&mut self) {
        for (at, entry) in self.entries.iter().enumerate() {
            self.by_name.entry(entry.name.to_ascii_lowercase()).or_default().push(at);
            self.by_table.entry(entry.table.to_ascii_lowercase()).or_default().push(at);
        }
    }

    fn mark_shadows(&mut self, source: &mut impl Source) -> Result<(), Error> {
        let rows = source.read(
            "the shadow tables",
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'",
        )?;
        let shadows: BTreeSet<String> = rows.iter().filter_map(|row| text(row, 0)).collect();
        for entry in &mut self.entries {
            let shadow = shadows.contains(&entry.name) || shadows.contains(&entry.table);
            if shadow && matches!(entry.kind, Kind::Table | Kind::Index) {
                entry.kind = Kind::Shadow;
            }
        }
        Ok(())
    }

    fn read_uniques(&mut self, source: &mut impl Source) -> Result<(), Error> {
        let rows = source.read(
            "the unique constraints",
            "SELECT i.tbl_name, i.name, c.name \
             FROM main.sqlite_schema i \
             JOIN pragma_index_list(i.tbl_name) l ON l.name = i.name AND l.origin = 'u' \
             JOIN pragma_index_info(i.name) c \
             WHERE i.type = 'index' AND i.sql IS NULL ORDER BY i.rowid, c.seqno",
        )?;
        for row in rows {
            let (Some(table), Some(name), Some(column)) =
                (text(&row, 0), text(&row, 1), text(&row, 2))
            else {
                continue;
            };
            let of_table = self.uniques.entry(table).or_default();
            match of_table.last_mut() {
                Some((last, columns)) if *last == name => columns.push(column),
                _ => of_table.push((name, vec![column])),
            }
        }
        Ok(())
    }
}

/// Tables of the engine, of Diesel's runner and of this tool.
fn ours(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("sqlite_")
        || name == "__diesel_schema_migrations"
        || name.starts_with("__diesel_autogen")
}

/// SQLite keeps these words in front of the text, as it would write them itself.
fn is_virtual(sql: &str) -> bool {
    sql.get(..20).is_some_and(|start| start.eq_ignore_ascii_case("create virtual table"))
}

fn text(row: &[Value], at: usize) -> Option<String> {
    row.get(at).and_then(Value::as_text).map(str::to_owned)
}

impl Source for Raw {
    fn read(&mut self, what: &str, sql: &str) -> Result<Vec<Vec<Value>>, Error> {
        self.rows(sql)
            .map_err(|failed| Error::Query { what: what.to_owned(), reason: failed.reason })
    }
}

impl Source for SqliteConnection {
    fn read(&mut self, what: &str, sql: &str) -> Result<Vec<Vec<Value>>, Error> {
        let rows: Vec<Values> = sql_query(sql)
            .load(self)
            .map_err(|error| Error::Query { what: what.to_owned(), reason: error.to_string() })?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }
}

/// A row of any shape.
struct Values(Vec<Value>);

impl QueryableByName<Sqlite> for Values {
    fn build<'a>(row: &impl NamedRow<'a, Sqlite>) -> deserialize::Result<Values> {
        let value = |at: usize| {
            let field = Row::get(row, at);
            let Some(mut value) = field.as_ref().and_then(Field::value) else { return Value::Null };
            match value.value_type() {
                None => Value::Null,
                Some(SqliteType::Binary) => Value::Blob(value.read_blob().to_vec()),
                Some(SqliteType::Text) => Value::Text(value.read_text().to_owned()),
                Some(SqliteType::Float | SqliteType::Double) => Value::Real(value.read_double()),
                Some(SqliteType::SmallInt | SqliteType::Integer | SqliteType::Long) => {
                    Value::Integer(value.read_long())
                }
            }
        };
        Ok(Values((0..Row::field_count(row)).map(value).collect()))
    }
}
