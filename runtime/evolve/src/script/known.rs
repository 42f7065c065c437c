use std::collections::BTreeMap;

use diesel_autogen_schema::{Dialect, Schema};

use super::recorded::recorded;
use super::{Action, Clause, KnownColumn, KnownIndex, KnownTable, folded};

/// What is known of a database before a statement: from recorded facts, and from the statements that
/// were read until then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    engine: Dialect,
    tables: BTreeMap<String, KnownTable>,
}

impl Known {
    /// A database of which nothing is known.
    pub fn nothing(engine: Dialect) -> Known {
        Known { engine, tables: BTreeMap::new() }
    }

    /// A database that holds these tables.
    pub fn schema(schema: &Schema, dialect: Dialect) -> Known {
        let mut known = Known::nothing(dialect);
        for table in schema.tables.iter() {
            known.insert(recorded(table, dialect));
        }
        known
    }

    fn insert(&mut self, table: KnownTable) {
        self.tables.insert(folded(self.engine, &table.name), table);
    }

    /// The engine.
    pub fn engine(&self) -> Dialect {
        self.engine
    }

    /// The table of this name.
    pub fn table(&self, name: &str) -> Option<&KnownTable> {
        self.tables.get(&folded(self.engine, name))
    }

    /// Every table.
    pub fn tables(&self) -> impl Iterator<Item = &KnownTable> {
        self.tables.values()
    }

    /// The column of a table.
    pub fn column(&self, table: &str, column: &str) -> Option<&KnownColumn> {
        self.table(table)?.column(self.engine, column)
    }

    /// The table that has the index of this name, and the index.
    pub fn index(&self, name: &str) -> Option<(&KnownTable, &KnownIndex)> {
        let bare = name.rsplit('.').next().unwrap_or(name);
        let is = |it: &&KnownIndex| it.index.name.as_deref() == Some(bare);
        self.tables().find_map(|table| Some((table, table.indexes.iter().find(is)?)))
    }

    /// Takes in what a statement does.
    pub fn advance(&mut self, action: &Action) {
        match action {
            Action::CreateTable(it) => {
                if self.table(&it.name).is_none() {
                    self.insert(KnownTable::created(it));
                }
            }
            Action::DropTable { tables, cascade: _ } => {
                tables.iter().for_each(|it| drop(self.tables.remove(&folded(self.engine, it))));
            }
            Action::RenameTables(pairs) => {
                pairs.iter().for_each(|(from, to)| self.rename(from, to));
            }
            Action::AlterTable { table, clauses } => {
                clauses.iter().for_each(|clause| self.alter(table, clause));
            }
            Action::CreateIndex { table, index, concurrently: _, if_not_exists: _, only: _ } => {
                let index = KnownIndex { index: index.clone(), of_rule: false };
                self.entry(table).indexes.push(index);
            }
            Action::DropIndex { names, table: _, concurrently: _, if_exists: _, cascade: _ } => {
                for name in names {
                    let bare = name.rsplit('.').next();
                    for table in self.tables.values_mut() {
                        table.indexes.retain(|it| it.index.name.as_deref() != bare);
                    }
                }
            }
            Action::Reindex { .. }
            | Action::CreateType(_)
            | Action::AddLabel { .. }
            | Action::RenameLabel { .. }
            | Action::Drop { .. }
            | Action::CreateExtension(_)
            | Action::Truncate { .. }
            | Action::Insert { .. }
            | Action::Update { .. }
            | Action::Delete { .. }
            | Action::Select
            | Action::Begin
            | Action::Commit
            | Action::Rollback
            | Action::Savepoint
            | Action::Set { .. }
            | Action::Pragma { .. }
            | Action::Lock { .. }
            | Action::Vacuum { .. }
            | Action::Cluster(_)
            | Action::Refresh { .. }
            | Action::CreateTrigger { .. }
            | Action::Alone(_)
            | Action::Quiet
            | Action::Unknown => {}
        }
    }

    /// Takes in the names that a statement gives, and nothing else that it does: what was there before
    /// is then found under the names that it has now.
    pub(crate) fn follow(&mut self, action: &Action) {
        if let Action::RenameTables(pairs) = action {
            pairs.iter().for_each(|(from, to)| self.rename(from, to));
        } else if let Action::AlterTable { table, clauses } = action
            && self.table(table).is_some()
        {
            for clause in clauses {
                let is_name = matches!(
                    clause,
                    Clause::RenameTable(_) | Clause::RenameColumn { .. } | Clause::SetSchema(_)
                );
                if is_name {
                    self.alter(table, clause);
                }
            }
        }
    }

    fn rename(&mut self, from: &str, to: &str) {
        if let Some(mut table) = self.tables.remove(&folded(self.engine, from)) {
            table.name = to.to_owned();
            self.insert(table);
        }
        let references = self.tables.values_mut().flat_map(|it| &mut it.foreign_keys);
        for (_, _, reference) in references.filter(|(_, _, it)| it.table == from) {
            reference.table = to.to_owned();
        }
    }

    /// The table, which need not have been heard of.
    fn entry(&mut self, table: &str) -> &mut KnownTable {
        let unheard = KnownTable { name: table.to_owned(), partly: true, ..KnownTable::default() };
        self.tables.entry(folded(self.engine, table)).or_insert(unheard)
    }

    fn alter(&mut self, table: &str, clause: &Clause) {
        if let Some(to) = clause.new_place(table) {
            return self.rename(table, &to);
        }
        let engine = self.engine;
        self.entry(table).alter(engine, clause);
    }
}
