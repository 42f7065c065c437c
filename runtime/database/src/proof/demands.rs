//! What rows must fulfil so that a migration can take them along: constraints that it adds, and
//! expressions that it computes from them.

use std::collections::BTreeMap;

use diesel_autogen_schema::{
    Change, Check, Column, Dialect, Expr, Extras, ForeignKey, Live, OwnPlace, SqlType, Table,
    TableChange, Unique,
};

use super::future::{Rows, enclosed};
use super::mapping::{Mapping, relabelled};
use crate::Value;
use crate::ident::{placed, quoted, same_place, solid};
use crate::seed::{Demand, Seedbed, find};

/// The demands on rows of the tables as they are before, by table. `bed` holds them and tells
/// which questions can be asked.
pub(crate) fn of<B: Seedbed>(
    changes: &[Change],
    live: &Live,
    hints: bool,
    bed: &mut B,
) -> BTreeMap<OwnPlace, Demand> {
    let dialect = B::DIALECT;
    let inverse: Vec<Change> = changes.iter().cloned().map(Change::invert).collect();
    let back = Mapping::new(dialect, &inverse, hints);
    let dropped: Vec<&Table> = changes.iter().filter_map(Change::dropped).collect();
    let mut demands = BTreeMap::new();
    for change in changes {
        if let Change::AlterTable(change) = change
            && let Some(table) = find(dialect, live, change.before.place())
        {
            let mut demand = Demanding::new(dialect, table, change, &back, live, hints).demand();
            // A table that goes comes back empty, and then nothing can refer to it.
            let lost = table.foreign_keys.iter().filter(|key| {
                dropped.iter().any(|it| same_place(dialect, it.place(), key.target()))
            });
            demand.forbidden.extend(lost.map(|key| {
                let (from, set) = (placed(table.place()), set(table, key).join(" AND "));
                format!("SELECT 1 FROM {from} WHERE {set}")
            }));
            demand.forbidden.retain(|query| bed.rows(query).is_ok());
            demands.insert(table.place().into(), demand);
        }
    }
    demands
}

/// Finds what one change demands of the rows of its table.
struct Demanding<'a> {
    dialect: Dialect,
    table: &'a Table,
    live: &'a Live,
    /// The table as it will be, under the names that it has now.
    target: Table,
    /// The rows as they will be.
    rows: Rows,
    demand: Demand,
}

impl<'a> Demanding<'a> {
    fn new(
        dialect: Dialect,
        table: &'a Table,
        change: &TableChange,
        back: &Mapping<'_>,
        live: &'a Live,
        hints: bool,
    ) -> Demanding<'a> {
        let target = back.renamed(&change.after);
        let rows = Rows::of(dialect, table, change, &target, hints);
        let demand = Demand::of(table, &change.before);
        Demanding { dialect, table, live, target, rows, demand }
    }

    fn demand(mut self) -> Demand {
        let target = self.target.clone();
        target.columns.iter().for_each(|column| self.column(column));
        for check in target.checks.iter().cloned().chain(labels(self.dialect, &target)) {
            self.forbid(&format!("NOT {}", enclosed(&check.expr)));
            let dialect = self.dialect;
            let ours = self.is_plain(|column| check.expr.mentions(&column.name, dialect));
            if ours && !self.table.checks.iter().any(|own| own.expr == check.expr) {
                self.demand.table.checks.to_mut().push(check);
            }
        }
        let key = (!target.primary_key.is_empty()).then(|| target.primary_key.clone());
        for columns in target.uniques.iter().map(|it| it.columns.clone()).chain(key) {
            let keys = columns.iter().map(|column| collated(&target, column)).collect();
            self.forbid_twice(keys, None);
            if self.is_plain(|column| columns.contains(&column.name)) {
                let name = "demanded".into();
                self.demand.table.uniques.to_mut().push(Unique {
                    name,
                    columns,
                    extras: Extras::NONE,
                });
            }
        }
        for index in &target.indexes[..] {
            let keys = index.keys.iter().map(|key| match key.is_column {
                true => collated(&target, &key.expr.0),
                false => enclosed(&key.expr),
            });
            let keys: Vec<String> = keys.collect();
            let expressions = index.keys.iter().filter(|key| !key.is_column).map(|key| &key.expr);
            expressions.chain(&index.predicate).for_each(|expr| self.reads(expr));
            if index.unique {
                self.forbid_twice(keys, index.predicate.as_ref());
            }
        }
        target.foreign_keys.iter().for_each(|key| self.foreign_key(key));
        self.demand
    }

    fn column(&mut self, column: &Column) {
        let name = quoted(&column.name);
        if !column.nullable || self.target.primary_key.contains(&column.name) {
            self.forbid(&format!("{name} IS NULL"));
        }
        let computed = column.generated.as_ref().map(|generated| &generated.expr);
        for expr in computed.into_iter().chain(&column.using).chain(&column.backfill) {
            self.demand.readers.push(expr.clone());
            // Looks at the value without wanting anything of it.
            self.forbid(&format!("{name} IS NULL AND {name} IS NOT NULL"));
            let tokens = solid(expr.as_str(), self.dialect);
            let read = |table: &&Table| tokens.iter().any(|token| token.is_name(&table.name));
            let others = self.live.schema.tables.iter().filter(read);
            self.demand.behind.extend(others.map(|table| OwnPlace::from(table.place())));
        }
    }

    /// An index computes the expression for every row.
    fn reads(&mut self, expr: &Expr) {
        self.demand.readers.push(expr.clone());
        let value = enclosed(expr);
        self.forbid(&format!("{value} IS NULL AND {value} IS NOT NULL"));
    }

    fn foreign_key(&mut self, key: &ForeignKey) {
        let child = quoted(&self.table.name);
        let mut conditions: Vec<String> =
            key.columns.iter().map(|it| format!("{child}.{} IS NOT NULL", quoted(it))).collect();
        let there = find(self.dialect, self.live, key.target())
            .is_some_and(|parent| key.references.iter().all(|it| parent.column(it).is_some()));
        // When the other table is yet to come, that is every reference.
        if there {
            let pairs = key.columns.iter().zip(key.references.iter());
            let same: Vec<String> = pairs
                .map(|(column, to)| {
                    format!("the_parent.{} = {child}.{}", quoted(to), quoted(column))
                })
                .collect();
            let (parent, same) = (placed(key.target()), same.join(" AND "));
            conditions
                .push(format!("NOT EXISTS (SELECT 1 FROM {parent} AS the_parent WHERE {same})"));
        }
        let plain = self.is_plain(|column| key.columns.contains(&column.name));
        // Values that are converted on both ends meet again.
        if plain || key.columns.iter().any(|it| self.table.column(it).is_none()) {
            self.forbid(&conditions.join(" AND "));
        }
        let dialect = self.dialect;
        let has = |own: &ForeignKey| {
            own.columns == key.columns && same_place(dialect, own.target(), key.target())
        };
        if plain && !self.table.foreign_keys.iter().any(has) {
            self.demand.table.foreign_keys.to_mut().push(key.clone());
        }
        self.demand.behind.push(key.target().into());
    }

    /// Whether the columns are there already and keep their values as they are.
    fn is_plain(&self, which: impl Fn(&Column) -> bool) -> bool {
        self.target.columns.iter().filter(|column| which(column)).all(|column| {
            self.table.column(&column.name).is_some()
                && column.using.is_none()
                && column.generated.is_none()
                && !relabelled(&column.sql_type)
        })
    }

    fn forbid(&mut self, condition: &str) {
        self.demand.forbidden.extend(self.rows.any(condition));
    }

    /// Rows that share a key.
    fn forbid_twice(&mut self, keys: Vec<String>, predicate: Option<&Expr>) {
        let mut conditions: Vec<String> =
            keys.iter().map(|key| format!("{key} IS NOT NULL")).collect();
        conditions.extend(predicate.map(enclosed));
        self.forbid(&format!(
            "{} GROUP BY {} HAVING count(*) > 1",
            conditions.join(" AND "),
            keys.join(", "),
        ));
    }
}

/// The conditions that enum columns imply.
fn labels(dialect: Dialect, target: &Table) -> Vec<Check> {
    let columns = target.columns.iter().filter_map(|column| {
        let SqlType::Enum(of) = &column.sql_type else { return None };
        let labels: Vec<String> =
            of.labels.iter().map(|label| Value::Text(label.name.to_string()).to_string()).collect();
        let text = match dialect {
            Dialect::Sqlite | Dialect::Mysql => quoted(&column.name),
            Dialect::Postgres => format!("CAST({} AS text)", quoted(&column.name)),
        };
        let expr = format!("{text} IN ({})", labels.join(", "));
        Some(Check { name: "demanded".into(), expr: Expr::from(expr), extras: Extras::NONE })
    });
    columns.collect()
}

fn collated(target: &Table, column: &str) -> String {
    let collation = target.column(column).and_then(|column| column.collation.as_deref());
    let collation = collation.map(|it| format!(" COLLATE {}", quoted(it))).unwrap_or_default();
    format!("{}{collation}", quoted(column))
}

/// The conditions under which a row refers to anything.
fn set(table: &Table, key: &ForeignKey) -> Vec<String> {
    let child = quoted(&table.name);
    key.columns.iter().map(|column| format!("{child}.{} IS NOT NULL", quoted(column))).collect()
}
