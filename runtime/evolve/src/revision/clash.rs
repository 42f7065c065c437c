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

#[cfg(test)]
mod tests {
    use diesel_autogen_schema::{Action, Enum, Index, SqlType};

    use super::super::tests::generated;
    use super::*;

    /// A revision with these records.
    fn revision(records: Vec<Record>) -> Revision {
        Revision { records: Some(records), ..generated("1_one", &[]) }
    }

    fn table(name: &str) -> Table {
        let mut table = Table::new(name.to_owned().into());
        table.columns = vec![Column::new("id".into(), SqlType::BigInt)].into();
        table
    }

    fn altered(name: &str, edits: Vec<Edit>) -> Record {
        let at = OwnPlace::from(table(name).place());
        Record::AlterTable { from: at.clone(), to: at, renamed_from: None, edits }
    }

    fn added(name: &str, sql_type: SqlType) -> Edit {
        Edit::Column(Delta::Added(Column::new(name.to_owned().into(), sql_type)))
    }

    fn role() -> SqlType {
        SqlType::Enum(Enum::new("role", Vec::new()))
    }

    #[test]
    fn what_one_branch_does_is_known_to_the_other_by_name() {
        let drops = |name: &str| Record::DropTable { at: table(name).place().into() };
        let refers = |from: &str, to: &str| {
            Record::CreateTable(table(from).references("id", to, Action::NoAction))
        };
        let index = |of: &str| {
            let index = table(of).index(&["id"]).indexes[0].clone();
            altered(of, vec![Edit::Index(Delta::Added(Index { name: "by_id".into(), ..index }))])
        };
        let plain = |of: &str, column: &str| altered(of, vec![added(column, SqlType::BigInt)]);
        for (left, right, expected) in [
            (plain("users", "bio"), plain("users", "bio"), "column users.bio"),
            (plain("users", "bio"), plain("users", "age"), ""),
            (plain("users", "bio"), plain("Users", "bio"), "column users.bio"),
            // Both add labels to one type, by columns of different tables.
            (
                altered("users", vec![added("role", role())]),
                altered("teams", vec![added("role", role())]),
                "enum role",
            ),
            // One name for two indexes: where a database has it once, the second has no place.
            (index("users"), index("teams"), "index by_id"),
            // One drops what the other begins to refer to.
            (drops("teams"), refers("users", "teams"), "table teams"),
            (drops("teams"), plain("teams", "name"), "table teams"),
            (drops("teams"), refers("users", "posts"), ""),
            (Record::CreateTable(table("a")), Record::CreateTable(table("A")), "table a"),
            (Record::CreateTable(table("a")), Record::CreateTable(table("b")), ""),
        ] {
            let (left, right) = (revision(vec![left]), revision(vec![right]));
            for (one, other) in [(&left, &right), (&right, &left)] {
                assert_eq!(clashes(&[one], &[other]).join(", "), expected);
            }
        }
    }
}
