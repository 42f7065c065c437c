use std::collections::BTreeSet;

use diesel_autogen_schema::change::Edit;
use diesel_autogen_schema::{Column, Delta, OwnPlace, Record, Table};

use super::Revision;

/// What both of two lines of revisions concern in such a way that one must know of the other:
/// `column users.bio`, `table users`, `index users_email_key`, `enum role`. Sorted.
pub fn clashes(left: &[&Revision], right: &[&Revision]) -> Vec<String> {
    let (left, right) = (Touched::of(left), Touched::of(right));
    let mut found: BTreeSet<String> = left.parts.intersection(&right.parts).cloned().collect();
    for (one, other) in [(&left, &right), (&right, &left)] {
        for table in &one.whole {
            if other.tables.contains(table) || other.reads.contains(table) {
                found.insert(format!("table {table}"));
            }
        }
    }
    found.into_iter().collect()
}

/// What a line of revisions concerns.
#[derive(Default)]
struct Touched {
    /// Things by their names.
    parts: BTreeSet<String>,
    /// Tables that are made, dropped or renamed.
    whole: BTreeSet<String>,
    /// Tables of which anything is changed.
    tables: BTreeSet<String>,
    /// Tables that are referred to.
    reads: BTreeSet<String>,
}

impl Touched {
    fn of(revisions: &[&Revision]) -> Touched {
        let mut touched = Touched::default();
        for record in revisions.iter().filter_map(|it| it.records.as_ref()).flatten() {
            touched.record(record);
        }
        touched
    }

    fn record(&mut self, record: &Record) {
        match record {
            Record::CreateTable(table) => self.made(table),
            Record::DropTable { at } => self.whole(at),
            Record::AlterTable { from, to, renamed_from: _, edits } => {
                if from != to {
                    self.whole(from);
                    self.whole(to);
                }
                let table = name(to);
                edits.iter().for_each(|edit| self.edit(&table, edit));
                self.tables.insert(table);
            }
            Record::CreateExtension { name } | Record::DropExtension { name } => {
                self.parts.insert(format!("extension {name}"));
            }
        }
    }

    fn made(&mut self, table: &Table) {
        self.whole(&table.place().into());
        table.columns.iter().for_each(|column| self.enumeration(column));
        self.parts.extend(table.indexes.iter().map(|it| format!("index {}", it.name)));
        let own = name(&table.place().into());
        let targets = table.foreign_keys.iter().map(|key| name(&key.target().into()));
        self.reads.extend(targets.filter(|target| *target != own));
    }

    fn whole(&mut self, place: &OwnPlace) {
        let name = name(place);
        self.tables.insert(name.clone());
        self.whole.insert(name);
    }

    fn enumeration(&mut self, column: &Column) {
        if let Some(found) = column.sql_type.enumeration() {
            self.parts.insert(format!("enum {}", found.place()));
        }
    }

    fn edit(&mut self, table: &str, edit: &Edit) {
        match edit {
            Edit::Column(delta) => {
                for column in both(delta) {
                    self.parts.insert(format!("column {table}.{}", column.name));
                    self.enumeration(column);
                }
            }
            Edit::PrimaryKey { before: _, after: _ } => {
                self.parts.insert(format!("primary key of {table}"));
            }
            Edit::Unique(delta) => self.named(table, "unique", delta, |it| &it.name),
            Edit::Index(delta) => {
                self.parts.extend(both(delta).map(|it| format!("index {}", it.name)));
            }
            Edit::Check(delta) => self.named(table, "check", delta, |it| &it.name),
            Edit::Exclusion(delta) => self.named(table, "exclusion", delta, |it| &it.name),
            Edit::ForeignKey(delta) => {
                self.named(table, "foreign key", delta, |it| &it.name);
                self.reads.extend(both(delta).map(|key| name(&key.target().into())));
            }
            Edit::Strict { after: _ } => drop(self.parts.insert(format!("STRICT of {table}"))),
            Edit::WithoutRowid { after: _ } => {
                self.parts.insert(format!("WITHOUT ROWID of {table}"));
            }
            Edit::Extras { before: _, after: _ } => {
                self.parts.insert(format!("options of {table}"));
            }
            Edit::Comment { before: _, after: _ } => {
                self.parts.insert(format!("comment of {table}"));
            }
        }
    }

    fn named<T, N: std::fmt::Display + ?Sized>(
        &mut self,
        table: &str,
        kind: &str,
        delta: &Delta<T>,
        name: impl Fn(&T) -> &N,
    ) {
        self.parts.extend(both(delta).map(|it| format!("{kind} {} of {table}", name(it))));
    }
}

/// Some engines take upper and lower case for the same.
fn name(place: &OwnPlace) -> String {
    place.place().to_string().to_lowercase()
}

fn both<T>(delta: &Delta<T>) -> impl Iterator<Item = &T> {
    delta.before().into_iter().chain(delta.after())
}
