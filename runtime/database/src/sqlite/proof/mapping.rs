//! What became what: tables, columns and the values in them.

use diesel_autogen_schema::{
    Change, Check, Column, Delta, Edit, Expr, ForeignKey, Index, IndexKey, List, SqlType, Table,
    TableChange, Text, Unique,
};

/// The renames and losses of a list of changes.
pub(super) struct Mapping<'a> {
    changes: &'a [Change],
    /// Whether the changes carry the hints that say how values were converted.
    hints: bool,
    /// Whether tables that are made had rows before the way there.
    back: bool,
}

/// What a change does to the values of a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fate {
    /// They may become anything.
    pub(super) free: bool,
    /// They are converted to another type.
    pub(super) cast: bool,
    /// NULL becomes something else.
    pub(super) filled: bool,
    /// They may become NULL: the rows that they refer to come back empty.
    pub(super) let_go: bool,
}

impl<'a> Mapping<'a> {
    pub(super) fn new(changes: &'a [Change], hints: bool) -> Mapping<'a> {
        Mapping { changes, hints, back: false }
    }

    /// The same of the inverted changes.
    pub(super) fn of_the_way_back(inverse: &'a [Change], hints: bool) -> Mapping<'a> {
        Mapping { changes: inverse, hints, back: true }
    }

    /// The changed tables, before and after.
    pub(super) fn tables(&self) -> impl Iterator<Item = (Option<&'a Table>, Option<&'a Table>)> {
        self.changes.iter().map(|change| (change.before(), change.after()))
    }

    /// Whether the table is changed.
    pub(super) fn touches(&self, before: &str) -> bool {
        self.tables().any(|(table, _)| table.is_some_and(|table| same(&table.name, before)))
    }

    /// What the table is called after, `None` when it goes.
    pub(super) fn table<'n>(&self, before: &'n str) -> Option<&'n str>
    where
        'a: 'n,
    {
        let changed =
            self.tables().find(|(table, _)| table.is_some_and(|table| same(&table.name, before)));
        match changed {
            Some((_, after)) => after.map(|table| &*table.name),
            None => Some(before),
        }
    }

    /// The change of a table that stays.
    pub(super) fn change(&self, before: &str) -> Option<&'a TableChange> {
        let mut altered = self.changes.iter().filter_map(Change::altered);
        altered.find(|change| same(&change.before.name, before))
    }

    /// What a column of a table that stays is called after and what becomes of its values;
    /// `None` when it goes.
    pub(super) fn column<'n>(&self, table: &str, column: &'n str) -> Option<(&'n str, Fate)>
    where
        'a: 'n,
    {
        let edits = self.change(table).map(|change| &change.edits[..]).unwrap_or_default();
        for edit in edits {
            match edit {
                Edit::Column(Delta::Removed(before)) if same(&before.name, column) => return None,
                Edit::Column(Delta::Changed { before, after }) if same(&before.name, column) => {
                    let let_go = self.lets_go(table, after);
                    return Some((&after.name, Fate { let_go, ..self.fate(before, after) }));
                }
                Edit::Column(_)
                | Edit::PrimaryKey { .. }
                | Edit::Unique(_)
                | Edit::Index(_)
                | Edit::Check(_)
                | Edit::Exclusion(_)
                | Edit::ForeignKey(_)
                | Edit::Strict { .. }
                | Edit::WithoutRowid { .. }
                | Edit::Extras { .. }
                | Edit::Comment { .. } => {}
            }
        }
        Some((column, Fate::default()))
    }

    /// Whether a column changes its type.
    pub(super) fn converts(&self) -> bool {
        let changed = |edit: &Edit| match edit {
            Edit::Column(Delta::Changed { before, after }) => {
                !before.sql_type.same_facts(&after.sql_type)
            }
            Edit::Column(Delta::Added(_) | Delta::Removed(_))
            | Edit::PrimaryKey { .. }
            | Edit::Unique(_)
            | Edit::Index(_)
            | Edit::Check(_)
            | Edit::Exclusion(_)
            | Edit::ForeignKey(_)
            | Edit::Strict { .. }
            | Edit::WithoutRowid { .. }
            | Edit::Extras { .. }
            | Edit::Comment { .. } => false,
        };
        let mut altered = self.changes.iter().filter_map(Change::altered);
        altered.any(|change| change.edits.iter().any(changed))
    }

    fn fate(&self, before: &Column, after: &Column) -> Fate {
        let converted = before.using.is_some() || after.using.is_some();
        let computed = before.generated.is_some() || after.generated.is_some();
        let cast = !before.sql_type.same_facts(&after.sql_type);
        let relabelled = relabelled(&before.sql_type) || relabelled(&after.sql_type);
        Fate {
            free: converted || computed || relabelled || cast && !self.hints,
            cast,
            filled: before.nullable && !after.nullable,
            let_go: false,
        }
    }

    /// Whether the changed column refers to a table that comes back without its rows.
    fn lets_go(&self, table: &str, after: &Column) -> bool {
        let Some(change) = self.change(table) else { return false };
        let comes = |name: &str| {
            self.tables().any(|(before, after)| {
                before.is_none() && after.is_some_and(|after| same(&after.name, name))
            })
        };
        let mut keys = change.after.foreign_keys.iter();
        self.back
            && after.nullable
            && keys.any(|key| {
                comes(&key.table) && key.columns.iter().any(|own| same(own, &after.name))
            })
    }

    /// Every name that a rename takes or gives, in lower case.
    pub(super) fn renamed_names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for change in self.changes {
            if let Change::AlterTable(change) = change {
                let tables = Some((&*change.before.name, &*change.after.name));
                let tables = tables.filter(|(from, to)| from != to);
                for (from, to) in tables.into_iter().chain(change.column_renames()) {
                    names.extend([from.to_lowercase(), to.to_lowercase()]);
                }
            }
        }
        names
    }

    /// The table as it would be if the renames were all that happened to it.
    pub(super) fn renamed(&self, table: &Table) -> Table {
        let renames = self.change(&table.name).map(TableChange::column_renames).unwrap_or_default();
        let name = |own: &Text| -> Text {
            let to = renames.iter().find(|(from, _)| same(from, own)).map(|(_, to)| *to);
            to.map_or_else(|| own.clone(), |to| to.to_owned().into())
        };
        let list = |own: &List<Text>| -> List<Text> { own.iter().map(name).collect() };
        let expr = |own: &Expr| own.renamed(&renames);
        let Table {
            schema: _,
            name: _,
            columns,
            primary_key,
            uniques,
            indexes,
            checks,
            exclusions: _,
            foreign_keys,
            strict,
            without_rowid,
            extras: _,
            comment: _,
            renamed_from: _,
        } = table;
        let mut renamed = Table::new(self.table(&table.name).unwrap_or_default().to_owned().into());
        renamed.columns = columns
            .iter()
            .map(|column| {
                let mut column = column.clone();
                column.name = name(&column.name);
                if let Some(generated) = &mut column.generated {
                    generated.expr = expr(&generated.expr);
                }
                for hint in column.using.iter_mut().chain(&mut column.backfill) {
                    *hint = expr(hint);
                }
                column
            })
            .collect();
        renamed.primary_key = list(primary_key);
        renamed.uniques = uniques
            .iter()
            .map(|unique| Unique { columns: list(&unique.columns), ..unique.clone() })
            .collect();
        renamed.indexes = indexes.iter().map(|index| renamed_index(index, &name, &expr)).collect();
        renamed.checks =
            checks.iter().map(|check| Check { expr: expr(&check.expr), ..check.clone() }).collect();
        renamed.foreign_keys =
            foreign_keys.iter().map(|key| self.renamed_key(key, list(&key.columns))).collect();
        renamed.strict = *strict;
        renamed.without_rowid = *without_rowid;
        renamed
    }

    fn renamed_key(&self, key: &ForeignKey, columns: List<Text>) -> ForeignKey {
        let mut renamed = key.clone();
        renamed.columns = columns;
        renamed.table = self.table(&key.table).unwrap_or(&key.table).to_owned().into();
        renamed.references = key
            .references
            .iter()
            .map(|own| self.column(&key.table, own).map_or(&**own, |(name, _)| name))
            .map(|name| name.to_owned().into())
            .collect();
        renamed
    }
}

fn renamed_index(
    index: &Index,
    name: &dyn Fn(&Text) -> Text,
    expr: &dyn Fn(&Expr) -> Expr,
) -> Index {
    let key = |key: &IndexKey| IndexKey {
        expr: if key.is_column { Expr(name(&key.expr.0)) } else { expr(&key.expr) },
        ..key.clone()
    };
    Index {
        keys: index.keys.iter().map(key).collect(),
        predicate: index.predicate.as_ref().map(expr),
        ..index.clone()
    }
}

/// Whether labels are called otherwise than they were.
pub(super) fn relabelled(of: &SqlType) -> bool {
    match of {
        SqlType::Enum(of) => of.labels.iter().any(|label| label.renamed_from.is_some()),
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Float
        | SqlType::Double
        | SqlType::Numeric { .. }
        | SqlType::Bool
        | SqlType::Text { .. }
        | SqlType::Binary
        | SqlType::Date
        | SqlType::Time { .. }
        | SqlType::Timestamp { .. }
        | SqlType::TimestamptzSqlite
        | SqlType::Json
        | SqlType::Jsonb
        | SqlType::Custom(_)
        | SqlType::Pg(_) => false,
    }
}

/// As SQLite compares names.
pub(super) fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}
