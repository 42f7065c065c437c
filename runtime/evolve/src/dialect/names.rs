//! From the names before to the names after.
//!
//! What goes, goes under its name before. Then things are renamed, and everything else happens
//! under the names after; on the way down the other way round.

use std::collections::BTreeMap;

use diesel_autogen_schema::{
    Change, Column, Delta, Dialect, Edit, Enum, Exclusion, Expr, Extras, ForeignKey, Index,
    IndexKey, List, OwnPlace, PgType, Place, SqlType, Table, TableChange, Text,
};

/// What everything is called after, by what it was called before.
#[derive(Debug)]
pub(crate) struct Names {
    /// Who reads expressions.
    dialect: Dialect,
    tables: BTreeMap<OwnPlace, OwnPlace>,
    columns: BTreeMap<OwnPlace, Vec<(String, String)>>,
    pub(crate) types: BTreeMap<OwnPlace, OwnPlace>,
}

impl Names {
    /// Nothing is called otherwise.
    pub(crate) fn none(dialect: Dialect) -> Names {
        let (tables, columns, types) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Names { dialect, tables, columns, types }
    }

    pub(crate) fn of(changes: &[Change], dialect: Dialect) -> Names {
        let mut names = Names::none(dialect);
        for change in changes.iter().filter_map(Change::altered) {
            let TableChange { before, after, edits } = change;
            let from = OwnPlace::from(before.place());
            names.tables.insert(from.clone(), after.place().into());
            let mut pairs: Vec<(String, String)> = change
                .column_renames()
                .into_iter()
                .map(|(from, to)| (from.to_owned(), to.to_owned()))
                .collect();
            // What goes is nothing after, whoever gets its name.
            for edit in edits {
                if let Edit::Column(Delta::Removed(column)) = edit {
                    pairs.push((column.name.to_string(), gone(&column.name)));
                }
            }
            names.columns.insert(from, pairs);
        }
        names
    }

    /// Where a table is after.
    pub(crate) fn table(&self, place: Place<'_>) -> OwnPlace {
        let own = OwnPlace::from(place);
        self.tables.get(&own).cloned().unwrap_or(own)
    }

    /// What a column is called after; that of one that goes is no name that anything can have.
    pub(crate) fn column(&self, table: Place<'_>, column: &str) -> Text {
        let pairs = self.pairs(table);
        let found = pairs.iter().find(|(from, _)| from == column);
        found.map_or_else(|| column.to_owned(), |(_, to)| to.clone()).into()
    }

    fn pairs(&self, table: Place<'_>) -> &[(String, String)] {
        self.columns.get(&OwnPlace::from(table)).map_or(&[], Vec::as_slice)
    }

    /// The table under the names after; columns that go have names that nothing can have.
    pub(crate) fn mapped(&self, table: &Table) -> Table {
        self.renamed(table, self.pairs(table.place()))
    }

    /// The same while columns that go are still there, its own and those that it refers to.
    pub(crate) fn while_there(&self, table: &Table) -> Table {
        let pairs = self.pairs(table.place()).iter();
        let pairs: Vec<_> = pairs.filter(|(from, to)| *to != gone(from)).cloned().collect();
        let mut renamed = self.renamed(table, &pairs);
        let keys = renamed.foreign_keys.to_mut().iter_mut().zip(table.foreign_keys.iter());
        for (key, before) in keys {
            let references = key.references.to_mut().iter_mut().zip(before.references.iter());
            for (now, name) in references.filter(|(now, name)| **now == gone(name)) {
                *now = name.clone();
            }
        }
        renamed
    }

    /// Whether a column of this table before goes.
    pub(crate) fn loses(&self, table: Place<'_>, column: &str) -> bool {
        self.pairs(table).iter().any(|(from, to)| from == column && *to == gone(column))
    }

    /// The table after its columns were renamed so.
    pub(crate) fn renamed(&self, table: &Table, pairs: &[(String, String)]) -> Table {
        let place = table.place();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(a, b)| (&**a, &**b)).collect();
        let column = |name: &Text| -> Text {
            let found = pairs.iter().find(|(from, _)| *from == name);
            found.map_or_else(|| name.clone(), |(_, to)| (*to).to_owned().into())
        };
        let own = |expr: &Expr| expr.renamed(&pairs, self.dialect);
        let names = |names: &List<Text>| -> List<Text> { names.iter().map(column).collect() };
        let mut table = table.clone();
        for it in table.columns.to_mut() {
            it.name = column(&it.name);
            it.sql_type = self.mapped_type(&it.sql_type);
            it.extras = it.extras.renamed(column);
            for expr in exprs(it) {
                *expr = own(expr);
            }
        }
        table.primary_key = names(&table.primary_key);
        for it in table.uniques.to_mut() {
            it.columns = names(&it.columns);
            it.extras = it.extras.renamed(column);
        }
        for it in table.checks.to_mut() {
            it.expr = own(&it.expr);
        }
        for it in table.indexes.to_mut() {
            rename_index(it, &own, column);
        }
        for it in table.exclusions.to_mut() {
            rename_exclusion(it, &own, column);
        }
        for it in table.foreign_keys.to_mut() {
            it.columns = names(&it.columns);
            it.extras = it.extras.renamed(column);
            *it = self.retargeted(it);
        }
        let to = self.table(place);
        table.moved_to(&to)
    }

    /// The key, as what it refers to is called after.
    pub(crate) fn retargeted(&self, key: &ForeignKey) -> ForeignKey {
        let target = key.target();
        let references = key.references.iter().map(|name| self.column(target, name)).collect();
        let OwnPlace { schema, name } = self.table(target);
        ForeignKey { references, schema, table: name, ..key.clone() }
    }

    /// A key of the table, under the names after.
    pub(crate) fn mapped_key(&self, table: &Table, key: &ForeignKey) -> ForeignKey {
        let columns = key.columns.iter().map(|name| self.column(table.place(), name)).collect();
        self.retargeted(&ForeignKey { columns, ..key.clone() })
    }

    /// The type, as its enum is called after.
    pub(crate) fn mapped_type(&self, of: &SqlType) -> SqlType {
        match of {
            SqlType::Enum(of) => SqlType::Enum(self.mapped_enum(of)),
            SqlType::Pg(PgType::Array(of)) => SqlType::array(self.mapped_type(of)),
            other => other.clone(),
        }
    }

    pub(crate) fn mapped_enum(&self, of: &Enum) -> Enum {
        let found = self.types.get(&OwnPlace::from(of.place()));
        let OwnPlace { schema, name } = found.cloned().unwrap_or_else(|| of.place().into());
        Enum { schema, name, ..of.clone() }
    }
}

/// Whether the name stands for a column that goes.
pub(crate) fn is_gone(name: &str) -> bool {
    name.starts_with('\u{1}')
}

/// Stands for the name of a column that goes.
pub(crate) fn gone(name: &str) -> String {
    format!("\u{1}{name}")
}

fn exprs(column: &mut Column) -> impl Iterator<Item = &mut Expr> {
    let generated = column.generated.as_mut().map(|generated| &mut generated.expr);
    generated.into_iter()
}

fn rename_key(key: &mut IndexKey, renamed: &dyn Fn(&Expr) -> Expr, column: impl Fn(&Text) -> Text) {
    key.expr = if key.is_column {
        let Expr(name) = &key.expr;
        Expr(column(name))
    } else {
        renamed(&key.expr)
    };
}

fn rename_index(
    index: &mut Index,
    renamed: &dyn Fn(&Expr) -> Expr,
    column: impl Fn(&Text) -> Text + Copy,
) {
    index.keys.to_mut().iter_mut().for_each(|key| rename_key(key, renamed, column));
    index.predicate = index.predicate.take().map(|it| renamed(&it));
    index.extras = Extras::renamed(&index.extras, column);
}

fn rename_exclusion(
    rule: &mut Exclusion,
    renamed: &dyn Fn(&Expr) -> Expr,
    column: impl Fn(&Text) -> Text + Copy,
) {
    rule.elements.to_mut().iter_mut().for_each(|it| rename_key(&mut it.key, renamed, column));
    rule.predicate = rule.predicate.take().map(|it| renamed(&it));
    rule.extras = Extras::renamed(&rule.extras, column);
}
