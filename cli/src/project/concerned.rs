//! The tables that changes can concern, and the part of a history that leads to them: to make a
//! thousand tables so that a change of one can be tried takes SQLite seconds.

use std::collections::{BTreeMap, BTreeSet};

use diesel_autogen_database::Scratch;
use diesel_autogen_evolve::revision::{History, Revision};
use diesel_autogen_evolve::{Dialect, Target, plan};
use diesel_autogen_schema::change::advance;
use diesel_autogen_schema::{Change, Live, OwnPlace, Place, Record, Schema, Table, diff};

/// Whether the records alone say what the database holds after them: every revision was generated,
/// none was edited since, each follows the one before it. Then each has proved, where it was made,
/// that its SQL leads where its records lead.
pub(super) fn is_settled(history: &History) -> bool {
    let revisions = history.revisions();
    let before = [None].into_iter().chain(revisions.iter().map(Some));
    revisions.iter().zip(before).all(|(revision, before)| {
        let parent = before.map(|it| it.version.as_str());
        let parents = revision.parents.iter().flatten().map(String::as_str);
        is_generated(revision) && parents.eq(parent)
    })
}

fn is_generated(revision: &Revision) -> bool {
    !revision.by_hand
        && !revision.is_unlearned()
        && revision.up_checksum.is_some()
        && revision.edited_files().is_empty()
}

/// Where the tables are that the changes can concern: those that change, those that refer to them,
/// another that has part in each named schema and type of their own, and all that these refer to.
pub(super) fn concerned(
    owned: &Schema,
    changes: &[Change],
    dialect: Dialect,
) -> BTreeSet<OwnPlace> {
    let tables: BTreeMap<Folded, &Table> =
        owned.tables.iter().map(|table| (folded(table.place()), table)).collect();
    let sides = || changes.iter().flat_map(|it| [it.before(), it.after()]).flatten();
    let changed: BTreeSet<Folded> = sides().map(|table| folded(table.place())).collect();
    let mut open: Vec<Folded> = changed.iter().cloned().collect();
    open.extend(sides().flat_map(targets));
    let refers = |table: &&Table| targets(table).any(|target| changed.contains(&target));
    open.extend(owned.tables.iter().filter(refers).map(|table| folded(table.place())));
    let mut shared: BTreeSet<Shared<'_>> =
        sides().flat_map(|table| self::shared(table, dialect)).collect();
    // One that changes may let go of its part.
    for table in owned.tables.iter().filter(|it| !changed.contains(&folded(it.place()))) {
        let parts: Vec<Shared<'_>> = self::shared(table, dialect).collect();
        if parts.iter().filter(|part| shared.remove(*part)).count() > 0 {
            open.push(folded(table.place()));
        }
    }
    let mut found = BTreeSet::new();
    while let Some(name) = open.pop() {
        if let Some(table) = tables.get(&name)
            && found.insert(OwnPlace::from(table.place()))
        {
            open.extend(targets(table));
        }
    }
    found
}

/// A place as engines compare it that take upper and lower case for the same.
type Folded = (Option<String>, String);

fn folded(place: Place<'_>) -> Folded {
    (place.schema.map(str::to_ascii_lowercase), place.name.to_ascii_lowercase())
}

/// What several tables can have part in, and is made with the first of them. Where it changes, so
/// does every table that has part in it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Shared<'a> {
    Schema(&'a str),
    Type(Place<'a>),
}

fn shared(table: &Table, dialect: Dialect) -> impl Iterator<Item = Shared<'_>> {
    let has_types = match dialect {
        Dialect::Sqlite | Dialect::Mysql => false,
        Dialect::Postgres => true,
    };
    let columns = table.columns.iter().filter(move |_| has_types);
    let types = columns.filter_map(|column| column.sql_type.enumeration());
    let schemas =
        types.clone().filter_map(|it| it.schema.as_deref()).chain(table.schema.as_deref());
    schemas.map(Shared::Schema).chain(types.map(|it| Shared::Type(it.place())))
}

fn targets(table: &Table) -> impl Iterator<Item = Folded> {
    table.foreign_keys.iter().map(|key| folded(key.target()))
}

/// Makes the tables at these places and no other in an empty database, as the history made them.
/// `None` when it cannot be made like that; then the history itself must be run.
pub(super) fn part(
    scratch: &mut Scratch,
    history: &History,
    owned: &Schema,
    places: &BTreeSet<OwnPlace>,
    target: &Target,
) -> Option<()> {
    let mut schema = Schema::EMPTY;
    for records in leading(history, places.clone()) {
        let live = Live::of(target.dialect, schema.clone());
        let changes = advance(&mut schema, &records).ok()?;
        let plan = plan(&changes, target, &live).ok()?;
        scratch.execute(&plan.up_sql(), plan.transaction).ok()?;
    }
    let wanted = owned.tables.iter().filter(|it| places.contains(&it.place().into()));
    let wanted = Schema { tables: wanted.cloned().collect(), extensions: owned.extensions.clone() };
    diff(&schema, &wanted).is_ok_and(|changes| changes.is_empty()).then_some(())
}

/// The records that lead to these tables, revision by revision, whatever they were called before.
fn leading(history: &History, mut places: BTreeSet<OwnPlace>) -> Vec<Vec<Record>> {
    let mut parts = Vec::new();
    for revision in history.revisions().iter().rev() {
        let mut before = BTreeSet::new();
        let mut part = Vec::new();
        for record in revision.records.iter().flatten() {
            let is_wanted = match record {
                Record::CreateTable(table) => places.remove(&table.place().into()),
                Record::AlterTable { from, to, renamed_from: _, edits: _ } => {
                    let is_wanted = places.remove(to);
                    before.extend(is_wanted.then(|| from.clone()));
                    is_wanted
                }
                // What goes is no part of what is there at the end.
                Record::DropTable { at: _ } => false,
                Record::CreateExtension { name: _ } | Record::DropExtension { name: _ } => true,
            };
            part.extend(is_wanted.then(|| record.clone()));
        }
        places.append(&mut before);
        if !part.is_empty() {
            parts.push(part);
        }
    }
    parts.reverse();
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel_autogen_database::Server;
    use diesel_autogen_evolve::revision::Metadata;
    use diesel_autogen_evolve::revision::checksum;
    use diesel_autogen_schema::testing::{big, id, schema, table, text};
    use diesel_autogen_schema::{Action, Column, Enum, SqlType};

    fn child(name: &str, of: &str) -> Table {
        table(name, vec![id(), big("parent_id")]).references("parent_id", of, Action::NoAction)
    }

    /// Two families and a table that nobody refers to.
    fn families() -> Schema {
        schema(vec![
            table("a", vec![id()]),
            child("b", "A"),
            child("c", "b"),
            child("d", "c"),
            table("lone", vec![id()]),
            child("y", "x"),
            table("x", vec![id()]),
        ])
        .canonical()
    }

    fn names(places: &BTreeSet<OwnPlace>) -> Vec<&str> {
        places.iter().map(|place| place.name.as_ref()).collect()
    }

    fn with(mut schema: Schema, name: &str, column: Column) -> Schema {
        let tables = schema.tables.to_mut();
        let table = tables.iter_mut().find(|it| it.name == name).unwrap();
        *table = table.clone().and(column);
        schema
    }

    #[test]
    fn parents_and_children_are_concerned_and_nobody_else() {
        let concerned = |after: &Schema| {
            let changes = diff(&families(), after).unwrap();
            names(&super::concerned(&families(), &changes, Dialect::Sqlite)).join(" ")
        };
        let text = || text("more").null();
        assert_eq!(concerned(&with(families(), "b", text())), "a b c");
        assert_eq!(concerned(&with(families(), "c", text())), "a b c d");
        assert_eq!(concerned(&with(families(), "x", text())), "x y");
        assert_eq!(concerned(&with(families(), "lone", text())), "lone");
        let mut more = families();
        more.tables.to_mut().push(child("new", "x"));
        assert_eq!(concerned(&more), "x");
    }

    #[test]
    fn a_table_is_concerned_that_has_part_in_a_schema_or_a_type() {
        let state = SqlType::Enum(Enum::new("state", Vec::new()));
        let at = |name: &str, schema: Option<&'static str>| {
            let mut it = table(name, vec![id()]);
            it.schema = schema.map(Into::into);
            it
        };
        let has = |name: &str| table(name, vec![id(), Column::new("state".into(), state.clone())]);
        let owned = schema(vec![
            at("a", Some("auth")),
            at("b", Some("auth")),
            at("c", None),
            has("d"),
            has("e"),
            at("f", Some("other")),
        ]);
        let concerned = |dialect: Dialect, after: &Schema| {
            let changes = diff(&owned, after).unwrap();
            names(&super::concerned(&owned, &changes, dialect)).join(" ")
        };
        let text = || text("more").null();
        let postgres = |after: &Schema| concerned(Dialect::Postgres, after);
        assert_eq!(postgres(&with(owned.clone(), "b", text())), "a b");
        assert_eq!(postgres(&with(owned.clone(), "e", text())), "d e");
        assert_eq!(postgres(&with(owned.clone(), "c", text())), "c");
        // On SQLite an enum is a check of each column.
        assert_eq!(concerned(Dialect::Sqlite, &with(owned.clone(), "e", text())), "e");
    }

    /// A history through these schemas.
    fn history(schemas: &[Schema]) -> History {
        let mut before = Schema::EMPTY;
        let mut parents = Vec::new();
        let mut revisions = Vec::new();
        for (at, schema) in schemas.iter().enumerate() {
            let version = format!("2026010{}000000", at + 1);
            let up = format!("-- {at}\n");
            let changes = diff(&before, schema).unwrap();
            let metadata = Metadata {
                message: None,
                parents: Some(std::mem::replace(&mut parents, vec![version.clone()])),
                by_hand: false,
                up_checksum: Some(checksum(&up)),
                records: Some(changes.iter().map(Change::record).collect()),
                ..Metadata::default()
            };
            let dir = format!("{version}_x");
            revisions.push(Revision::read(&dir, up, None, Some(&metadata.write())).unwrap());
            before = schema.clone();
        }
        History::new(revisions).unwrap()
    }

    #[test]
    fn the_part_is_made_as_the_history_made_it() {
        let more = with(families(), "b", text("more").null());
        let mut renamed = more.clone();
        for table in renamed.tables.to_mut() {
            if table.name == "b" {
                *table = table.clone().was("b");
                table.name = "best".into();
            }
            for key in table.foreign_keys.to_mut() {
                if key.table == "b" {
                    key.table = "best".into();
                }
            }
        }
        let history = history(&[families(), more, renamed.clone()]);
        let places = ["a", "best", "c"].map(|name| OwnPlace::from(Place::plain(name)));
        let target = Target::new(Dialect::Sqlite);
        let scratch = || Server::of(target.dialect, None).unwrap().scratch().unwrap();
        let mut made = scratch();
        part(&mut made, &history, &renamed, &places.into(), &target).unwrap();
        let live = made.live().unwrap();
        let made: Vec<&str> = live.schema.tables.iter().map(|it| it.name.as_ref()).collect();
        assert_eq!(made, ["a", "best", "c"]);
        // Whoever thinks that something else is there is not believed.
        let other = with(renamed, "a", text("more").null());
        assert!(
            part(
                &mut scratch(),
                &history,
                &other,
                &[OwnPlace::from(Place::plain("a"))].into(),
                &target
            )
            .is_none()
        );
    }

    #[test]
    fn records_are_trusted_only_if_every_revision_was_generated_and_left_alone() {
        let whole = history(&[families(), with(families(), "b", text("more").null())]);
        assert!(is_settled(&whole));
        let changed = |change: fn(&mut Revision)| {
            let mut revisions = whole.revisions().to_vec();
            change(&mut revisions[1]);
            History::new(revisions).unwrap()
        };
        assert!(!is_settled(&changed(|it| it.up_sql.push_str("SELECT 1;"))));
        assert!(!is_settled(&changed(|it| it.up_checksum = None)));
        assert!(!is_settled(&changed(|it| it.by_hand = true)));
        assert!(!is_settled(&changed(|it| it.records = None)));
        assert!(!is_settled(&changed(|it| it.parents = Some(Vec::new()))));
    }
}
