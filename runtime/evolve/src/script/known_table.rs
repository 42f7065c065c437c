use diesel_autogen_schema::Dialect;

use super::{
    Clause, ColumnDef, Constraint, CreateTable, IndexDef, Made, Reference, RuleKind, folded,
};

/// A table of [`Known`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownTable {
    /// Name, as it is shown.
    pub name: String,
    /// Its columns, in no order that means anything.
    pub columns: Vec<KnownColumn>,
    /// Columns of the primary key.
    pub primary_key: Vec<String>,
    /// Its indexes, and its rules that are kept by one; not the primary key.
    pub indexes: Vec<KnownIndex>,
    /// Columns that refer to other tables, and what they refer to.
    pub foreign_keys: Vec<(Option<String>, Vec<String>, Reference)>,
    /// Its checks: name, condition, and whether rows are known to meet it.
    pub checks: Vec<(Option<String>, String, bool)>,
    /// Character set, where it is said.
    pub charset: Option<String>,
    /// Collation of the columns that say none, where it is said.
    pub collation: Option<String>,
    /// Storage engine in lower case, where it is said.
    pub engine: Option<String>,
    /// Whether it may have columns and rules that were never told.
    pub partly: bool,
}

/// A column of [`KnownTable`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownColumn {
    /// Name.
    pub name: String,
    /// The type in upper case.
    pub sql_type: String,
    /// Whether it takes NULL.
    pub nullable: bool,
    /// Where its values come from.
    pub made: Made,
    /// Character set, where it has one of its own.
    pub charset: Option<String>,
    /// Collation, where it has one of its own.
    pub collation: Option<String>,
    /// What it is computed from, as written.
    pub expr: Option<String>,
}

/// An index of [`KnownTable`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownIndex {
    /// The index.
    pub index: IndexDef,
    /// Whether a constraint made it.
    pub of_rule: bool,
}

impl KnownTable {
    /// The column of this name.
    pub fn column(&self, engine: Dialect, name: &str) -> Option<&KnownColumn> {
        self.columns.iter().find(|it| folded(engine, &it.name) == folded(engine, name))
    }

    /// The table as it is made.
    pub(super) fn created(table: &CreateTable) -> KnownTable {
        let mut made = KnownTable {
            name: table.name.clone(),
            charset: table.charset.clone(),
            collation: table.collation.clone(),
            engine: table.engine.clone(),
            partly: table.copied,
            ..KnownTable::default()
        };
        table.columns.iter().for_each(|it| made.declare(it));
        table.constraints.iter().for_each(|it| made.rule(it));
        let indexes = table.indexes.iter().cloned();
        made.indexes.extend(indexes.map(|index| KnownIndex { index, of_rule: false }));
        made
    }

    /// Takes in a clause that does not give the table another place.
    pub(super) fn alter(&mut self, engine: Dialect, clause: &Clause) {
        match clause {
            Clause::AddColumn(it) => self.declare(it),
            Clause::DropColumn { name, cascade: _ } => self.drop_column(engine, name),
            Clause::RenameColumn { from, to } => self.rename_column(engine, from, to),
            Clause::AddConstraint(it) => self.rule(it),
            Clause::DropConstraint { name, primary_key, cascade: _ } => {
                self.drop_rule(name.as_ref(), *primary_key);
            }
            Clause::Validate(name) => {
                let own = self.checks.iter_mut().filter(|it| it.0.as_ref() == Some(name));
                own.for_each(|it| it.2 = true);
            }
            Clause::SetNotNull(name) => self.set(engine, name, |it| it.nullable = false),
            Clause::DropNotNull(name) => self.set(engine, name, |it| it.nullable = true),
            Clause::SetType { column, sql_type, using: _, collation: _ } => {
                self.set(engine, column, |it| it.sql_type.clone_from(sql_type));
            }
            Clause::Modify { from, column } => self.set(engine, from, |it| *it = known(column)),
            Clause::AddIndex(index) => {
                self.indexes.push(KnownIndex { index: index.clone(), of_rule: false });
            }
            Clause::DropIndex(name) => {
                self.indexes.retain(|it| it.index.name.as_ref() != Some(name));
            }
            Clause::ConvertCharset(charset) => {
                (self.charset, self.collation) = (Some(charset.clone()), None);
            }
            Clause::Engine(engine) => self.engine = Some(engine.clone()),
            Clause::RenameTable(_)
            | Clause::SetSchema(_)
            | Clause::RenameRule
            | Clause::Default(_)
            | Clause::Identity(_)
            | Clause::SetExpression(_)
            | Clause::DropExpression(_)
            | Clause::DisableTrigger(_)
            | Clause::EnableTrigger
            | Clause::EnableKeys
            | Clause::Rewrite(_)
            | Clause::AttachPartition(_)
            | Clause::DetachPartition { .. }
            | Clause::Rebuild(_)
            | Clause::Algorithm(_)
            | Clause::LockMode(_)
            | Clause::Light
            | Clause::Other(_) => {}
        }
    }

    fn set(&mut self, engine: Dialect, name: &str, set: impl Fn(&mut KnownColumn)) {
        let is = |it: &&mut KnownColumn| folded(engine, &it.name) == folded(engine, name);
        self.columns.iter_mut().filter(is).for_each(set);
    }

    fn drop_column(&mut self, engine: Dialect, name: &str) {
        let is = |other: &String| folded(engine, other) == folded(engine, name);
        self.columns.retain(|it| !is(&it.name));
        self.indexes.retain(|it| !it.index.keys.iter().any(is));
        self.foreign_keys.retain(|it| !it.1.iter().any(is));
    }

    fn rename_column(&mut self, engine: Dialect, from: &str, to: &str) {
        self.set(engine, from, |it| to.clone_into(&mut it.name));
        let keys = self.indexes.iter_mut().flat_map(|it| &mut it.index.keys);
        let owned = self.foreign_keys.iter_mut().flat_map(|it| &mut it.1);
        let named = keys.chain(&mut self.primary_key).chain(owned);
        let named = named.filter(|key| folded(engine, key) == folded(engine, from));
        named.for_each(|key| to.clone_into(key));
    }

    fn drop_rule(&mut self, name: Option<&String>, primary_key: bool) {
        if primary_key {
            self.primary_key.clear();
        }
        self.indexes.retain(|it| !it.of_rule || it.index.name.as_ref() != name);
        self.foreign_keys.retain(|it| it.0.as_ref() != name);
        self.checks.retain(|it| it.0.as_ref() != name);
    }

    fn declare(&mut self, column: &ColumnDef) {
        self.columns.push(known(column));
        let keys = vec![column.name.clone()];
        if column.primary_key {
            self.primary_key.clone_from(&keys);
        }
        if column.unique {
            self.indexes.push(of_rule(None, keys.clone()));
        }
        if let Some(condition) = &column.check {
            self.checks.push((None, condition.clone(), true));
        }
        if let Some(reference) = &column.references {
            self.foreign_keys.push((None, keys, reference.clone()));
        }
    }

    fn rule(&mut self, rule: &Constraint) {
        let Constraint { name, kind, using_index, not_valid, deferrable: _ } = rule;
        match kind {
            RuleKind::PrimaryKey(columns) => self.primary_key.clone_from(columns),
            // The index is there already.
            RuleKind::Unique(_) if using_index.is_some() => {}
            RuleKind::Unique(columns) => self.indexes.push(of_rule(name.clone(), columns.clone())),
            RuleKind::Check(condition) => {
                self.checks.push((name.clone(), condition.clone(), !not_valid));
            }
            RuleKind::ForeignKey(columns, reference) => {
                self.foreign_keys.push((name.clone(), columns.clone(), reference.clone()));
            }
            RuleKind::NotNull(column) => {
                let own = self.columns.iter_mut().filter(|it| it.name == *column);
                own.for_each(|it| it.nullable = false);
            }
            RuleKind::Exclude => {}
        }
    }
}

fn known(column: &ColumnDef) -> KnownColumn {
    KnownColumn {
        name: column.name.clone(),
        sql_type: column.sql_type.clone(),
        nullable: !column.not_null,
        made: column.made,
        charset: column.charset.clone(),
        collation: column.collation.clone(),
        expr: column.expr.clone(),
    }
}

pub(super) fn of_rule(name: Option<String>, keys: Vec<String>) -> KnownIndex {
    let index = IndexDef { name, unique: true, keys, ..IndexDef::default() };
    KnownIndex { index, of_rule: true }
}
