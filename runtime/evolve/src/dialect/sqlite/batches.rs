//! Rows that are filled in batches by whoever runs the script so: SQLite has no loops, so that the
//! script is one update, right as it stands, and its comment says how it can be taken apart.

use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::sql::{Kind, Token, tokens};

use super::quote::{expr, ident, idents};
use super::shape::Shape;
use crate::phases::{Fill, Filling, Stepwise};
use crate::script::read;

/// Stands in the comment between what is filled and how many rows at a time.
const TAKES: &str = "; upgrade takes ";

/// Stands behind that, before what rows are gone through by.
const BY: &str = " rows at a time, by ";

/// The script of a revision that does nothing else.
pub(crate) fn filling(fill: &Fill) -> Filling {
    let (table, column) = (ident(&fill.table.name), ident(&fill.column.name));
    let key = key(fill).filter(|key| !key.chars().any(char::is_control));
    let is_keyed = key.is_some();
    Filling {
        statements: vec![format!(
            "UPDATE {table} SET {column} = {}\nWHERE {column} IS NULL",
            expr(fill.value.as_str())
        )],
        batches: key.map(|key| format!("{TAKES}{}{BY}{key}", fill.batch)),
        frame: None,
        transaction: !is_keyed,
    }
}

/// What rows are gone through by.
fn key(fill: &Fill) -> Option<String> {
    let shape = Shape::of(&fill.table);
    match shape.rowid() {
        Some(rowid) => Some(rowid.to_owned()),
        None if shape.table.without_rowid => Some(idents(&shape.table.primary_key)),
        None => None,
    }
}

/// The update batch by batch, each a transaction of its own. Where it has come to is kept in tables
/// that nobody else sees, so that no value of a key is spelled.
pub(crate) fn stepwise(script: &str, said: &str) -> Option<Stepwise> {
    let (_, taken) = said.rsplit_once(TAKES)?;
    let (batch, key) = taken.split_once(BY)?;
    let batches = Batches::read(script, batch.parse().ok()?, key)?;
    Some(Stepwise {
        begin: batches.begin(),
        batch: batches.next(),
        filled: "SELECT CAST(rows AS TEXT) FROM temp.diesel_autogen_filled".to_owned(),
        end: dropped(),
        alone: true,
    })
}

struct Batches {
    table: String,
    /// The update up to its condition.
    update: String,
    /// The condition. No index helps to find what is to be filled, since rows are gone through by
    /// the key.
    unfilled: String,
    /// Names, as SQL.
    key: Vec<String>,
    batch: u32,
}

impl Batches {
    fn read(script: &str, batch: u32, key: &str) -> Option<Batches> {
        let statements = read(script, Dialect::Sqlite);
        let [statement] = &statements[..] else { return None };
        let solid: Vec<Token<'_>> = tokens(&statement.text, Dialect::Sqlite)
            .filter(|token| token.kind != Kind::Space)
            .collect();
        let [first, table, _, column, ..] = &solid[..] else { return None };
        let (table, column) = (table.text.to_owned(), column.text);
        let update = statement.text.strip_suffix(&format!("{column} IS NULL"))?;
        let names = tokens(key, Dialect::Sqlite)
            .filter(|token| matches!(token.kind, Kind::Word | Kind::Quoted));
        first.is_name("update").then(|| Batches {
            table,
            update: update.to_owned(),
            unfilled: format!("+{column} IS NULL"),
            key: names.map(|token| token.text.to_owned()).collect(),
            batch,
        })
    }

    fn begin(&self) -> String {
        let Batches { table, update: _, unfilled, key, batch: _ } = self;
        let keys = key.join(", ");
        let named: Vec<String> =
            key.iter().zip(self.places()).map(|(key, place)| format!("{key} AS {place}")).collect();
        format!(
            "{};\nCREATE TEMP TABLE diesel_autogen_from AS SELECT {} FROM {table} \
             WHERE {unfilled} ORDER BY {keys} LIMIT 1;\n\
             CREATE TEMP TABLE diesel_autogen_upto AS SELECT * FROM temp.diesel_autogen_from \
             LIMIT 0;\n\
             CREATE TEMP TABLE diesel_autogen_filled (rows INTEGER)",
            dropped(),
            named.join(", ")
        )
    }

    /// From the place that was kept on, as many rows as a batch has; then the place behind them is
    /// kept.
    fn next(&self) -> String {
        let Batches { table, update, unfilled, key, batch } = self;
        let (keys, row) = (key.join(", "), self.row());
        let from = format!("{unfilled} AND {row} >= {}", self.place("from"));
        let upto = self.place("upto");
        [
            "BEGIN IMMEDIATE".to_owned(),
            "DELETE FROM temp.diesel_autogen_filled".to_owned(),
            "DELETE FROM temp.diesel_autogen_upto".to_owned(),
            format!(
                "INSERT INTO temp.diesel_autogen_upto SELECT {keys} FROM {table} WHERE {from} \
                 ORDER BY {keys} LIMIT 1 OFFSET max(0, (SELECT count(*) FROM \
                 (SELECT 1 FROM {table} WHERE {from} ORDER BY {keys} LIMIT {batch})) - 1)"
            ),
            format!("{update}{from} AND {row} <= {upto}"),
            "INSERT INTO temp.diesel_autogen_filled SELECT changes() FROM temp.diesel_autogen_upto"
                .to_owned(),
            "DELETE FROM temp.diesel_autogen_from".to_owned(),
            format!(
                "INSERT INTO temp.diesel_autogen_from SELECT {keys} FROM {table} \
                 WHERE {unfilled} AND {row} > {upto} ORDER BY {keys} LIMIT 1"
            ),
            "COMMIT".to_owned(),
        ]
        .join(";\n")
    }

    /// What the columns of a place in the key are called.
    fn places(&self) -> Vec<String> {
        (1..=self.key.len()).map(|at| format!("key_{at}")).collect()
    }

    fn place(&self, which: &str) -> String {
        format!("(SELECT {} FROM temp.diesel_autogen_{which})", self.places().join(", "))
    }

    /// The key of a row, to be compared at once.
    fn row(&self) -> String {
        format!("({})", self.key.join(", "))
    }
}

fn dropped() -> String {
    let drop = |which| format!("DROP TABLE IF EXISTS temp.diesel_autogen_{which}");
    ["from", "upto", "filled"].map(drop).join(";\n")
}
