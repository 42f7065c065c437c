use std::collections::BTreeSet;

use diesel_autogen_schema::change::{Delta, Edit};
use diesel_autogen_schema::{Column, ForeignKey, OwnPlace, Place, Record, Table};

use super::Revision;

/// The tables, enums and extensions that a revision concerns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Footprint {
    /// What it makes, changes or drops, as a person would call it: `table users`.
    pub writes: BTreeSet<String>,
    /// What it refers to and leaves as it is.
    pub reads: BTreeSet<String>,
    /// Whether nobody knows, because a person wrote it and it was not learned.
    pub unknown: bool,
}

impl Footprint {
    /// Of one revision.
    pub fn of(revision: &Revision) -> Footprint {
        // SQL that a person wrote may do more than what was learned of it, rows for example.
        let mut print = Footprint {
            unknown: revision.by_hand || revision.is_unlearned(),
            ..Footprint::default()
        };
        for record in revision.records.iter().flatten() {
            print.record(record);
        }
        print.reads = &print.reads - &print.writes;
        print
    }

    /// Whether the order of two revisions can make no difference: neither writes what the other
    /// concerns.
    pub fn is_apart(&self, other: &Footprint) -> bool {
        !self.unknown && !other.unknown && self.shared(other).is_empty()
    }

    /// What one writes and the other concerns.
    pub fn shared<'f>(&'f self, other: &'f Footprint) -> BTreeSet<&'f str> {
        let both = self.writes.intersection(&other.writes);
        let ours = self.writes.intersection(&other.reads);
        let theirs = self.reads.intersection(&other.writes);
        both.chain(ours).chain(theirs).map(String::as_str).collect()
    }

    fn record(&mut self, record: &Record) {
        match record {
            Record::CreateTable(table) => self.table(table),
            Record::DropTable { at } => self.write(at),
            Record::AlterTable { from, to, renamed_from: _, edits } => {
                self.write(from);
                self.write(to);
                edits.iter().for_each(|edit| self.edit(edit));
            }
            Record::CreateExtension { name } | Record::DropExtension { name } => {
                self.writes.insert(format!("extension {}", name.to_ascii_lowercase()));
            }
        }
    }

    fn table(&mut self, table: &Table) {
        self.write(&table.place().into());
        table.columns.iter().for_each(|column| self.column(column));
        table.foreign_keys.iter().for_each(|key| self.foreign_key(key));
    }

    fn edit(&mut self, edit: &Edit) {
        match edit {
            Edit::Column(delta) => both(delta).for_each(|column| self.column(column)),
            Edit::ForeignKey(delta) => both(delta).for_each(|key| self.foreign_key(key)),
            Edit::PrimaryKey { before: _, after: _ }
            | Edit::Unique(_)
            | Edit::Index(_)
            | Edit::Check(_)
            | Edit::Exclusion(_)
            | Edit::Strict { after: _ }
            | Edit::WithoutRowid { after: _ }
            | Edit::Extras { before: _, after: _ }
            | Edit::Comment { before: _, after: _ } => {}
        }
    }

    fn column(&mut self, column: &Column) {
        if let Some(enumeration) = column.sql_type.enumeration() {
            self.writes.insert(format!("enum {}", enumeration.place()));
        }
    }

    fn foreign_key(&mut self, key: &ForeignKey) {
        self.reads.insert(name(key.target()));
    }

    fn write(&mut self, place: &OwnPlace) {
        self.writes.insert(name(place.place()));
    }
}

/// Some engines take upper and lower case for the same.
fn name(place: Place<'_>) -> String {
    format!("table {}", place.to_string().to_lowercase())
}

fn both<T>(delta: &Delta<T>) -> impl Iterator<Item = &T> {
    delta.before().into_iter().chain(delta.after())
}
