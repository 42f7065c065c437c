//! A table as it stands in the database: its facts, and what no model claims.

use std::collections::BTreeSet;

use diesel_autogen_schema::{
    Check, Column, Custom, Dialect, ForeignKey, Index, IndexKey, List, SqlType, Table, Text,
    Unique, Written, names,
};

use super::quote::same;
use super::render::{create_index, label_check};

/// A table as it stands in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The table without uniques and indexes. Constraints whose name is the deterministic one
    /// have none here: it is not written, so that it need not follow when something is renamed.
    pub(crate) table: Table,
    /// `UNIQUE` constraints that somebody wrote by hand.
    pub(crate) inline_uniques: Vec<List<Text>>,
    /// Every index with a name, by name.
    pub(crate) indexes: Vec<Index>,
    /// Columns that an index wants to differ from row to row, whoever makes that index.
    pub(crate) unique_columns: Vec<Text>,
}

impl Shape {
    /// The shape that facts alone give.
    pub(crate) fn of(table: &Table) -> Shape {
        let mut table = table.clone().canonical();
        let mut indexes: Vec<Index> = table.indexes.iter().cloned().collect();
        indexes.extend(table.uniques.iter().map(unique_index));
        indexes.sort_by(|a, b| a.name.cmp(&b.name));
        table.uniques = List::default();
        table.indexes = List::default();
        unname(&mut table);
        let uniques = indexes.iter().filter(|index| index.unique);
        let columns = table.columns.iter().map(|column| &column.name);
        let columns = columns.filter(|name| uniques.clone().any(|it| sorts_by(it, name)));
        let unique_columns = columns.cloned().collect();
        Shape { table, inline_uniques: Vec::new(), indexes, unique_columns }
    }

    /// The column of this name.
    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.table.column(name)
    }

    /// The name by which SQL reaches the rowid, if the table has one.
    pub(crate) fn rowid(&self) -> Option<&'static str> {
        if self.table.without_rowid {
            return None;
        }
        ["rowid", "_rowid_", "oid"].into_iter().find(|alias| {
            !self.table.columns.iter().any(|column| column.name.eq_ignore_ascii_case(alias))
        })
    }

    /// Whether no two rows share these columns, so that a foreign key can refer to them.
    pub(crate) fn is_unique(&self, columns: &[Text]) -> bool {
        let set = |columns: &[Text]| -> BTreeSet<String> {
            columns.iter().map(|it| it.to_ascii_lowercase()).collect()
        };
        let wanted = set(columns);
        let whole = |index: &&Index| {
            index.unique && index.predicate.is_none() && index.keys.iter().all(|key| key.is_column)
        };
        let indexes = self.indexes.iter().filter(whole).map(|index| set(&key_columns(index)));
        let inline = self.inline_uniques.iter().map(|columns| set(columns));
        let mut keys = indexes.chain(inline).chain([set(&self.table.primary_key)]);
        keys.any(|key| key == wanted)
    }

    /// The column that is the rowid.
    pub(crate) fn integer_key(&self) -> Option<&Column> {
        let key = self.table.columns.iter().find(|column| column.identity.is_some());
        key.filter(|_| !self.table.without_rowid)
    }
}

/// What the database has beyond the facts of a table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unowned {
    columns: Vec<Column>,
    checks: Vec<Check>,
    foreign_keys: Vec<ForeignKey>,
    indexes: Vec<Index>,
    /// Columns of a hand-written `UNIQUE`, and the owned rule that it serves.
    uniques: Vec<(List<Text>, Option<Text>)>,
}

impl Unowned {
    /// What `live` has and `owned`, the facts of the same table, do not.
    pub(crate) fn of(owned: &Table, live: &Table) -> Unowned {
        let facts = Shape::of(owned);
        let found = Shape::of(live);
        let columns = found.table.columns.iter().filter(|it| owned.column(&it.name).is_none());
        let checks = found.table.checks.iter().filter(|it| !has_check(&facts.table, it));
        let keys = found.table.foreign_keys.iter().filter(|it| !has_key(&facts.table, it));
        let (made_up, named): (Vec<Index>, Vec<Index>) =
            found.indexes.into_iter().partition(|index| index.name.starts_with("sqlite_"));
        let indexes =
            named.iter().filter(|it| !facts.indexes.iter().any(|own| own.name == it.name));
        let uniques = made_up.iter().map(key_columns).filter(|columns| {
            let key: &[Text] = &owned.primary_key;
            columns[..] != *key && live.primary_key[..] != columns[..]
        });
        let uniques = uniques.map(|columns| {
            let serves = owned.uniques.iter().find(|unique| {
                unique.columns == columns && !named.iter().any(|index| index.name == unique.name)
            });
            (columns, serves.map(|unique| unique.name.clone()))
        });
        Unowned {
            columns: columns.cloned().collect(),
            checks: checks.cloned().collect(),
            foreign_keys: keys.cloned().collect(),
            indexes: indexes.cloned().collect(),
            uniques: uniques.collect(),
        }
    }

    /// Foreign keys that no model claims.
    pub(crate) fn foreign_keys(&self) -> &[ForeignKey] {
        &self.foreign_keys
    }

    /// The same with every column as it was declared, but for those that are claimed `after`.
    pub(crate) fn declared(mut self, written: Option<&Written>, after: &Table) -> Unowned {
        let types = written.map(|written| &written.types[..]).unwrap_or_default();
        for column in self.columns.iter_mut().filter(|it| it.identity.is_none()) {
            let declared = types.iter().find(|(name, _)| name.eq_ignore_ascii_case(&column.name));
            if let Some((_, declared)) = declared.filter(|_| after.column(&column.name).is_none()) {
                let name = column.sql_type.diesel_name().to_owned().into();
                column.sql_type = SqlType::Custom(Custom { name, sql: declared.clone() });
            }
        }
        self
    }

    /// The shape of facts with all this kept, where the facts do not claim it now.
    pub(crate) fn kept_in(&self, mut shape: Shape) -> Shape {
        for column in &self.columns {
            if shape.column(&column.name).is_none() {
                shape.table.columns.to_mut().push(column.clone());
            }
        }
        for check in &self.checks {
            if !has_check(&shape.table, check) {
                shape.table.checks.to_mut().push(check.clone());
            }
        }
        for key in &self.foreign_keys {
            if !has_key(&shape.table, key) {
                shape.table.foreign_keys.to_mut().push(key.clone());
            }
        }
        for index in &self.indexes {
            if !shape.indexes.iter().any(|own| own.name == index.name) {
                shape.indexes.push(index.clone());
            }
        }
        for (columns, serves) in &self.uniques {
            let claimed = shape.indexes.iter().position(|index| {
                index.unique
                    && index.predicate.is_none()
                    && key_columns(index) == *columns
                    && serves.as_ref().is_none_or(|name| *name == index.name)
            });
            match (claimed, serves) {
                (Some(at), _) => {
                    shape.indexes.remove(at);
                    shape.inline_uniques.push(columns.clone());
                }
                (None, None) => shape.inline_uniques.push(columns.clone()),
                (None, Some(_)) => {}
            }
        }
        shape.indexes.sort_by(|a, b| a.name.cmp(&b.name));
        shape.table = shape.table.canonical();
        shape
    }

    /// What no model claims and names the column, as a phrase.
    pub(crate) fn uses(&self, column: &str) -> Option<String> {
        let index = self.indexes.iter().find(|index| index_mentions(index, column));
        let checks = self.checks.iter().any(|check| check.expr.mentions(column, Dialect::Sqlite));
        let keys = self.foreign_keys.iter().any(|key| has_name(&key.columns, column));
        let computed = self.columns.iter().find(|other| {
            other.generated.as_ref().is_some_and(|from| from.expr.mentions(column, Dialect::Sqlite))
        });
        let uniques =
            self.uniques.iter().any(|(of, serves)| serves.is_none() && has_name(of, column));
        index
            .map(|index| format!("index `{}`", index.name))
            .or_else(|| computed.map(|other| format!("generated column `{}`", other.name)))
            .or_else(|| checks.then(|| "a check".to_owned()))
            .or_else(|| keys.then(|| "a foreign key".to_owned()))
            .or_else(|| uniques.then(|| "a unique constraint".to_owned()))
    }
}

/// A uniqueness rule as the index that enforces it.
pub(crate) fn unique_index(unique: &Unique) -> Index {
    let Unique { name, columns, extras } = unique;
    Index {
        name: name.clone(),
        keys: columns.iter().cloned().map(IndexKey::column).collect(),
        unique: true,
        predicate: None,
        extras: extras.clone(),
    }
}

/// Whether the two are one index to the database.
pub(crate) fn same_index(a: &Index, b: &Index) -> bool {
    a.name == b.name && same(&create_index("t", a), &create_index("t", b))
}

/// Whether the index depends on the column.
pub(crate) fn index_mentions(index: &Index, column: &str) -> bool {
    sorts_by(index, column)
        || index
            .predicate
            .as_ref()
            .is_some_and(|predicate| predicate.mentions(column, Dialect::Sqlite))
}

fn sorts_by(index: &Index, column: &str) -> bool {
    index.keys.iter().any(|key| key.mentions(column, Dialect::Sqlite))
}

fn key_columns(index: &Index) -> List<Text> {
    index.keys.iter().map(|key| key.expr.0.clone()).collect()
}

pub(crate) fn has_name(names: &[Text], name: &str) -> bool {
    names.iter().any(|it| it.eq_ignore_ascii_case(name))
}

fn has_check(table: &Table, check: &Check) -> bool {
    let label = |column: &Column| {
        label_check(&column.name, &column.sql_type)
            .is_some_and(|implied| same(&implied, check.expr.as_str()))
    };
    table.checks.iter().any(|own| same(own.expr.as_str(), check.expr.as_str()))
        || table.columns.iter().any(label)
}

fn has_key(table: &Table, key: &ForeignKey) -> bool {
    table.foreign_keys.iter().any(|own| {
        own.columns == key.columns
            && own.table.eq_ignore_ascii_case(&key.table)
            && (key.references.is_empty() || own.references == key.references)
            && (own.on_delete, own.on_update) == (key.on_delete, key.on_update)
    })
}

/// Takes away the names that need not be written: introspection makes up the same again.
fn unname(table: &mut Table) {
    let facts = table.clone();
    for check in table.checks.to_mut() {
        let column = super::render::inline_check(&facts, check);
        if check.name.eq_ignore_ascii_case(&names::check(&facts.name, column)) {
            check.name = Text::default();
        }
    }
    for key in table.foreign_keys.to_mut() {
        if key.name.eq_ignore_ascii_case(&names::foreign_key(&facts.name, &key.columns)) {
            key.name = Text::default();
        }
    }
}
