use std::collections::{BTreeMap, BTreeSet};

use diesel_autogen_schema::Dialect;

use super::Subject;
use crate::cost::{Cost, Lock};
use crate::script::{
    Action, Clause, ColumnDef, Constraint, IndexDef, Known, KnownTable, Reference, RuleKind,
    Statement, folded,
};

/// A migration as a whole.
pub(super) struct Whole<'a> {
    pub(super) subject: &'a Subject<'a>,
    pub(super) statements: &'a [Statement],
    /// What is known of the database before it, under the names that it gives.
    pub(super) before: &'a Known,
    /// What is known of the database after it.
    pub(super) after: &'a Known,
}

/// A statement where it stands.
pub(super) struct Scene<'a> {
    pub(super) subject: &'a Subject<'a>,
    pub(super) statement: &'a Statement,
    /// What comes before it in the script.
    pub(super) earlier: &'a [Statement],
    /// What is known of the database before it.
    pub(super) known: &'a Known,
    /// What was known of it before the script, under the names that it gave until here.
    pub(super) before: &'a Known,
    /// The tables whose place a new one takes, by the name of the new one.
    pub(super) places: &'a BTreeMap<String, String>,
    /// Tables that the script made, which nobody else uses yet.
    pub(super) fresh: &'a BTreeSet<String>,
    /// Tables that are dropped and come back under their names, made anew.
    pub(super) rebuilt: &'a BTreeSet<String>,
    /// Whether it is run in a transaction.
    pub(super) transaction: bool,
    /// Where in the script that transaction began.
    pub(super) transaction_start: usize,
    /// What it costs.
    pub(super) costs: &'a [Cost],
    /// Locks on tables that are there already, from the statements before it in its transaction.
    pub(super) held: &'a BTreeMap<String, Lock>,
    /// How many milliseconds it waits for a lock, 0 for ever, where that is said.
    pub(super) patience: Option<u64>,
}

/// A column that a statement declares.
pub(super) struct Declared<'a> {
    pub(super) table: &'a str,
    pub(super) column: &'a ColumnDef,
    /// Whether the table is there already, and has rows.
    pub(super) added: bool,
    /// Whether the column is there already, too.
    pub(super) restated: bool,
}

/// A constraint that a statement declares, beside a column or with it.
pub(super) struct Ruled<'a> {
    pub(super) table: &'a str,
    pub(super) rule: &'a Constraint,
    /// Whether the table is there already, and has rows.
    pub(super) added: bool,
}

impl<'a> Scene<'a> {
    pub(super) fn engine(&self) -> Dialect {
        self.subject.engine()
    }

    pub(super) fn action(&self) -> &'a Action {
        &self.statement.action
    }

    /// Whether others use the table: the script did not make it.
    pub(super) fn exists(&self, table: &str) -> bool {
        !self.fresh.contains(&folded(self.engine(), table))
    }

    pub(super) fn is_rebuilt(&self, table: &str) -> bool {
        self.rebuilt.contains(&folded(self.engine(), table))
    }

    /// The clauses of an `ALTER TABLE`.
    pub(super) fn clauses(&self) -> impl Iterator<Item = (&'a str, &'a Clause)> + use<'a> {
        let mut found = Vec::new();
        if let Action::AlterTable { table, clauses } = self.action() {
            found.extend(clauses.iter().map(|clause| (table.as_str(), clause)));
        }
        found.into_iter()
    }

    /// The clauses of an `ALTER TABLE` of a table that others use.
    pub(super) fn clauses_of_existing(&self) -> Vec<(&'a str, &'a Clause)> {
        self.clauses().filter(|(table, _)| self.exists(table)).collect()
    }

    /// The columns that it declares: of new tables, and added or restated.
    pub(super) fn columns(&self) -> Vec<Declared<'a>> {
        let mut found = Vec::new();
        if let Action::CreateTable(it) = self.action() {
            let table = it.name.as_str();
            let before = self.before(table);
            let is_old =
                |name: &str| before.is_some_and(|it| it.column(self.engine(), name).is_some());
            let declared = |column: &'a ColumnDef| {
                let restated = is_old(&column.name);
                Declared { table, column, added: false, restated }
            };
            found.extend(it.columns.iter().map(declared));
        }
        for (table, clause) in self.clauses() {
            let added = self.exists(table);
            if let Clause::AddColumn(column) = clause {
                found.push(Declared { table, column, added, restated: false });
            } else if let Clause::Modify { from: _, column } = clause {
                found.push(Declared { table, column, added, restated: true });
            }
        }
        found
    }

    /// The columns that it adds to tables that others use.
    pub(super) fn added_columns(&self) -> Vec<(&'a str, &'a ColumnDef)> {
        let columns = self.columns().into_iter().filter(|it| it.added && !it.restated);
        columns.map(|it| (it.table, it.column)).collect()
    }

    /// The constraints that it declares beside columns.
    pub(super) fn rules(&self) -> Vec<Ruled<'a>> {
        let mut found = Vec::new();
        if let Action::CreateTable(it) = self.action() {
            let table = it.name.as_str();
            found.extend(it.constraints.iter().map(|rule| Ruled { table, rule, added: false }));
        }
        for (table, clause) in self.clauses() {
            if let Clause::AddConstraint(rule) = clause {
                found.push(Ruled { table, rule, added: self.exists(table) });
            }
        }
        found
    }

    /// The constraints that it adds to tables that others use.
    pub(super) fn added_rules(&self) -> Vec<(&'a str, &'a Constraint)> {
        let rules = self.rules().into_iter().filter(|it| it.added);
        rules.map(|it| (it.table, it.rule)).collect()
    }

    /// The foreign keys that it declares: table, columns, what they refer to.
    pub(super) fn foreign_keys(&self) -> Vec<(&'a str, Vec<&'a str>, &'a Reference)> {
        let mut found: Vec<(&str, Vec<&str>, &Reference)> = Vec::new();
        for Ruled { table, rule, added: _ } in self.rules() {
            if let RuleKind::ForeignKey(columns, to) = &rule.kind {
                found.push((table, columns.iter().map(String::as_str).collect(), to));
            }
        }
        for Declared { table, column, added: _, restated: _ } in self.columns() {
            found
                .extend(column.references.iter().map(|to| (table, vec![column.name.as_str()], to)));
        }
        found
    }

    /// The indexes that it makes by their own statement or clause.
    pub(super) fn indexes(&self) -> Vec<(&'a str, &'a IndexDef)> {
        let mut found = Vec::new();
        if let Action::CreateIndex { table, index, .. } = self.action() {
            found.push((table.as_str(), index));
        }
        if let Action::CreateTable(it) = self.action() {
            found.extend(it.indexes.iter().map(|index| (it.name.as_str(), index)));
        }
        for (table, clause) in self.clauses() {
            if let Clause::AddIndex(index) = clause {
                found.push((table, index));
            }
        }
        found
    }

    /// The statements before it in its transaction.
    pub(super) fn earlier_in_transaction(&self) -> &'a [Statement] {
        if self.transaction { &self.earlier[self.transaction_start..] } else { &[] }
    }

    /// The locks that keep others away which it takes on tables that others use.
    pub(super) fn strong_costs(&self) -> impl Iterator<Item = &'a Cost> {
        let costs = self.costs.iter().filter(|cost| cost.lock.stops_writers());
        costs.filter(|cost| self.exists(&cost.table))
    }

    /// The table before the script: of one that takes the place of another, that other.
    pub(super) fn before(&self, table: &str) -> Option<&'a KnownTable> {
        let place = self.places.get(&folded(self.engine(), table));
        self.before.table(place.map_or(table, String::as_str))
    }
}
