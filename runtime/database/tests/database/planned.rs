//! Plans for random pairs of schemas, proved: neither may the plan be wrong, nor the proof see
//! wrongs where there are none.

use std::borrow::Cow;

use diesel_autogen_database::sqlite::{Proof, Scratch, Script, prove};
use diesel_autogen_evolve::{Dialect, HazardCode, Plan, Target, plan};
use diesel_autogen_schema::{
    Action, Change, Check, Column, Deferrable, Enum, Expr, ForeignKey, Generated, Identity, Index,
    IndexKey, Label, Live, Order, Schema, SqlType, Storage, Table, Unique, diff, names,
};

/// Numbers that are the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn often(&mut self, percent: usize) -> bool {
        self.roll(100) < percent
    }
}

const TABLES: [&str; 5] = ["users", "order", "a \"b", "größe", "pets"];
const COLUMNS: [&str; 8] = ["name", "e mail", "age", "price", "select", "at", "data", "x'y"];

fn schema(dice: &mut Dice) -> Schema {
    let mut tables: Vec<Table> = Vec::new();
    for name in TABLES {
        if dice.often(60) {
            tables.push(table(dice, name, &tables));
        }
    }
    Schema { tables: tables.into() }.canonical()
}

fn table(dice: &mut Dice, name: &'static str, others: &[Table]) -> Table {
    let mut table = Table::new(name.into());
    let mut key = Column::new("id".into(), SqlType::BigInt);
    if dice.often(80) {
        let ways = [Identity::ByDefault, Identity::Autoincrement];
        key.identity = Some(ways[dice.roll(2)]);
    } else {
        table.without_rowid = dice.often(50);
    }
    table.columns.to_mut().push(key);
    table.primary_key = vec!["id".into()].into();
    table.strict = dice.often(20);
    for column in COLUMNS {
        if dice.often(50) {
            let column = self::column(dice, column);
            table.columns.to_mut().push(column);
        }
    }
    if !others.is_empty() && dice.often(60) {
        let parent = &others[dice.roll(others.len())];
        refer(dice, &mut table, parent);
    }
    hang(dice, &mut table);
    table
}

fn column(dice: &mut Dice, name: &'static str) -> Column {
    let types = [
        (SqlType::Text { max_length: None }, "'x; it''s'"),
        (SqlType::Text { max_length: Some(20) }, "upper('abc')"),
        (SqlType::Integer, "-5"),
        (SqlType::SmallInt, "1 + 1"),
        (SqlType::Double, "1.5"),
        (SqlType::Bool, "0"),
        (SqlType::Numeric { precision: Some(8), scale: Some(2) }, "12.25"),
        (SqlType::Binary, "X'00'"),
        (SqlType::Timestamp, "CURRENT_TIMESTAMP"),
        (SqlType::Date, "'2024-01-01'"),
    ];
    let (sql_type, default) = types[dice.roll(types.len())].clone();
    let mut column = Column::new(name.into(), sql_type);
    if name == "select" {
        let labels = ["new", "it's"].map(|it| Label { name: it.into(), renamed_from: None });
        column.sql_type =
            SqlType::Enum(Enum { name: "state".into(), labels: labels.to_vec().into() });
        column.default = Some(Expr::from("'new'"));
    } else if dice.often(70) {
        column.default = Some(Expr::from(default));
    }
    column.nullable = column.default.is_none() || dice.often(40);
    if matches!(column.sql_type, SqlType::Text { .. }) && dice.often(20) {
        column.collation = Some("NOCASE".into());
    }
    column
}

fn refer(dice: &mut Dice, table: &mut Table, parent: &Table) {
    let actions = [Action::NoAction, Action::Cascade, Action::SetNull, Action::Restrict];
    let mut column = Column::new("parent_id".into(), SqlType::BigInt);
    column.nullable = true;
    table.columns.to_mut().push(column);
    table.foreign_keys.to_mut().push(ForeignKey {
        name: names::foreign_key(&table.name, &["parent_id"]).into(),
        columns: vec!["parent_id".into()].into(),
        table: parent.name.clone(),
        references: vec!["id".into()].into(),
        on_delete: actions[dice.roll(4)],
        on_update: actions[dice.roll(4)],
        deferrable: if dice.often(30) { Deferrable::InitiallyDeferred } else { Deferrable::No },
    });
}

/// Constraints, indexes and a generated column over what is there.
fn hang(dice: &mut Dice, table: &mut Table) {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let plain: Vec<String> = table
        .columns
        .iter()
        .skip(1)
        .map(|column| column.name.to_string())
        .filter(|it| it != "parent_id")
        .collect();
    for column in &plain {
        let key =
            IndexKey { expr: Expr::from(column.clone()), is_column: true, order: Order::Desc };
        if dice.often(20) {
            table.indexes.to_mut().push(Index {
                name: names::index(&table.name, &[column]).into(),
                keys: vec![key].into(),
                unique: false,
                predicate: dice
                    .often(50)
                    .then(|| Expr::from(format!("{} IS NOT NULL", quoted(column)))),
            });
        }
        if dice.often(15) {
            let expr = Expr::from(format!("length({0}) < 100 OR {0} IS NULL", quoted(column)));
            table
                .checks
                .to_mut()
                .push(Check { name: names::check(&table.name, Some(column)).into(), expr });
        }
    }
    if let [first, .., last] = &plain[..]
        && dice.often(30)
    {
        let expr = format!("{} || {}", quoted(first), quoted(last));
        if dice.often(50) {
            let mut column = Column::new("both".into(), SqlType::Text { max_length: None });
            column.nullable = true;
            let storage = if dice.often(50) { Storage::Stored } else { Storage::Virtual };
            column.generated = Some(Generated { expr: Expr::from(expr), storage });
            table.columns.to_mut().push(column);
        } else {
            let expr = Expr::from(format!("{expr} <> 'never'"));
            table
                .checks
                .to_mut()
                .push(Check { name: names::check(&table.name, None).into(), expr });
        }
    }
    if dice.often(30)
        && let Some(first) = plain.first()
    {
        let name = names::unique(&table.name, &[first.as_str(), "id"]).into();
        let columns = vec![Cow::Owned(first.clone()), "id".into()].into();
        table.uniques.to_mut().push(Unique { name, columns });
    }
}

/// Some tables as they were, some renamed, some anew.
fn altered(dice: &mut Dice, before: &Schema) -> Schema {
    let fresh = schema(dice);
    let mut tables: Vec<Table> = Vec::new();
    for table in &before.tables[..] {
        match dice.roll(4) {
            0 => tables.push(table.clone()),
            1 => tables.extend(fresh.table(&table.name).cloned()),
            2 => tables.push(renamed(table)),
            _ => tables.push(trimmed(dice, table)),
        }
    }
    for table in &fresh.tables[..] {
        let taken = tables.iter().chain(&before.tables[..]).any(|it| it.name == table.name);
        if !taken {
            tables.push(table.clone());
        }
    }
    let there = tables.clone();
    for table in &mut tables {
        // What refers to a table that is gone goes too.
        table.foreign_keys.to_mut().retain(|key| there.iter().any(|it| it.name == key.table));
        for column in table.columns.to_mut() {
            ease(before, &table.name, column);
        }
    }
    Schema { tables: tables.into() }.canonical()
}

/// A change of type wants to be told how, and a new required column needs values.
fn ease(before: &Schema, table: &str, column: &mut Column) {
    let old = before.table(table).and_then(|it| it.column(&column.name));
    if let Some(old) = old.filter(|old| !old.sql_type.same_facts(&column.sql_type)) {
        let filler = column.default.clone().filter(|_| !column.nullable);
        column.using = Some(filler.unwrap_or(Expr::from("NULL")));
        if old.identity.is_some() {
            column.using = None;
        }
    }
    if !column.nullable && column.generated.is_none() {
        column.backfill = column.default.clone();
    }
}

fn renamed(table: &Table) -> Table {
    let mut table = table.clone();
    let column = table.columns.iter().find(|it| it.name == "name" || it.name == "age");
    if let Some(old) = column.map(|it| it.name.clone()) {
        let to = "re named";
        let renames = [(&*old, to)];
        let both = |expr: &mut Expr| *expr = expr.renamed(&renames);
        for column in table.columns.to_mut() {
            if let Some(generated) = &mut column.generated {
                both(&mut generated.expr);
            }
            if column.name == old {
                column.name = to.into();
                column.renamed_from = Some(old.clone());
            }
        }
        table.checks.to_mut().iter_mut().for_each(|check| both(&mut check.expr));
        for index in table.indexes.to_mut() {
            index.predicate.iter_mut().for_each(both);
            for key in index.keys.to_mut().iter_mut().filter(|key| key.expr.as_str() == old) {
                key.expr = Expr::from(to);
            }
        }
        for unique in table.uniques.to_mut() {
            for column in unique.columns.to_mut().iter_mut().filter(|it| **it == old) {
                *column = to.into();
            }
        }
    }
    table
}

/// The table with a column less and other defaults and nullability.
fn trimmed(dice: &mut Dice, table: &Table) -> Table {
    let mut table = table.clone();
    let gone = COLUMNS[dice.roll(COLUMNS.len())];
    let mentions = |expr: &Expr| expr.mentions(gone);
    table.columns.to_mut().retain(|it| {
        it.name != gone && !it.generated.as_ref().is_some_and(|it| mentions(&it.expr))
    });
    table.checks.to_mut().retain(|it| !mentions(&it.expr));
    table.uniques.to_mut().retain(|it| !it.columns.contains(&Cow::Borrowed(gone)));
    table.indexes.to_mut().retain(|it| !it.keys.iter().any(|key| key.expr.as_str() == gone));
    for column in table.columns.to_mut().iter_mut().filter(|it| it.default.is_some()) {
        column.nullable = dice.often(50);
    }
    table.strict = dice.often(20);
    table
}

const BY_HAND: &str = "
CREATE TABLE by_hand (id INTEGER PRIMARY KEY, what TEXT UNIQUE);
INSERT INTO by_hand VALUES (3, 'x');
CREATE VIEW counted AS SELECT count(*) AS n FROM by_hand;
CREATE TRIGGER told AFTER INSERT ON by_hand BEGIN DELETE FROM by_hand WHERE what = ';'; END;
";

fn create(tables: &[Table]) -> Result<String, String> {
    let changes: Vec<Change> = tables.iter().cloned().map(Change::CreateTable).collect();
    let plan = plan(&changes, &Target::new(Dialect::Sqlite), &Live::default());
    plan.map(|plan| plan.up_sql()).map_err(|refusals| format!("{refusals:?}"))
}

fn certain(plan: &Plan) -> bool {
    use HazardCode::{MayFail, NarrowsType};
    plan.hazards().all(|hazard| !matches!(hazard.code, MayFail | NarrowsType))
}

fn reversible(plan: &Plan) -> bool {
    plan.down_hazards().all(|hazard| hazard.code != HazardCode::MayFail)
}

/// What went wrong with this pair, if anything.
fn try_pair(seed: u64) -> Result<usize, String> {
    let mut dice = Dice(seed);
    dice.roll(2);
    let before = schema(&mut dice);
    let after = altered(&mut dice, &before);
    let changes = diff(&before, &after).map_err(|errors| format!("{errors:?}"))?;
    let mut history = Scratch::new().unwrap();
    let sql = create(&before.tables)?;
    history.execute(&format!("{sql};{BY_HAND}"), true).map_err(|error| error.to_string())?;
    let live = history.live().map_err(|error| error.to_string())?;
    let plan =
        plan(&changes, &Target::new(Dialect::Sqlite), &live).map_err(|it| format!("{it:?}"))?;
    let (up, down) = (plan.up_sql(), plan.down_sql());
    let report = prove(&Proof {
        history: &history,
        live: &live,
        up: Script { sql: &up, in_transaction: plan.transaction },
        down: Script { sql: &down, in_transaction: plan.transaction },
        changes: &changes,
        hints: true,
        certain: certain(&plan),
        reversible: reversible(&plan),
        create: &create,
    });
    match report {
        Ok(report) => Ok(report.rows),
        Err(failure) => {
            Err(format!("{failure}\n--- history\n{sql}\n--- up\n{up}\n--- down\n{down}"))
        }
    }
}

#[test]
fn plans_of_random_pairs_hold() {
    let mut rows = 0;
    let mut failures = Vec::new();
    for seed in 0..120 {
        match try_pair(seed) {
            Ok(count) => rows += count,
            Err(failure) => failures.push(format!("=== pair {seed}: {failure}")),
        }
    }
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
    assert!(rows > 1_000, "{rows}");
}
