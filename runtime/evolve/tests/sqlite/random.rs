//! Many small schemas turned into others, by a fixed row of numbers: what the stories did not
//! think of.

use diesel_autogen_evolve::{Dialect, HazardCode, Plan, Target, plan};
use diesel_autogen_schema::testing::{column, id, one_of, schema, table};
use diesel_autogen_schema::{
    Action, Column, Expr, Generated, Identity, Index, IndexKey, Order, Schema, SqlType, Storage,
    Table, Unique, diff, names,
};

use crate::harness::Db;

/// Numbers that look random and are the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())].clone()
    }

    fn column(&mut self, name: &str) -> Column {
        let text = SqlType::Text { max_length: None };
        let types = [
            SqlType::SmallInt,
            SqlType::Integer,
            SqlType::BigInt,
            SqlType::Double,
            SqlType::Bool,
            text.clone(),
            text,
            SqlType::Text { max_length: Some(9) },
            SqlType::Binary,
            SqlType::Date,
            SqlType::Timestamp,
            SqlType::Json,
        ];
        let mut made = column(name, self.pick(&types));
        if self.one_in(8) {
            made = one_of(name, &["a", "it's", "c"][..1 + self.roll(3)]);
        }
        made.nullable = self.one_in(2);
        if self.one_in(3) {
            let values = ["1", "-2.5", "'x'", "CURRENT_TIMESTAMP", "1 + 1", "NULL", "x'00'"];
            made = made.default_sql(self.pick(&values));
        }
        if self.one_in(6) {
            made.collation = Some("NOCASE".into());
        }
        if self.one_in(8) {
            made.default = None;
            made.nullable = true;
            let storage = self.pick(&[Storage::Stored, Storage::Virtual]);
            made.generated = Some(Generated { expr: "id + 1".into(), storage });
        }
        made
    }

    fn table(&mut self, name: &str) -> Table {
        let mut key = id();
        key.identity = self.pick(&[
            Some(Identity::ByDefault),
            Some(Identity::ByDefault),
            Some(Identity::Autoincrement),
            None,
        ]);
        let mut made = table(name, vec![key]);
        for at in 0..self.roll(4) {
            let column = self.column(["b", "order", "d e", "é"][at]);
            made = made.and(column);
        }
        made
    }

    /// Rules over the columns that the table has, and options.
    fn rules(&mut self, mut made: Table, parents: &[String]) -> Table {
        let identity = made.columns.iter().any(|column| column.identity.is_some());
        made.strict = self.one_in(5);
        made.without_rowid = !identity && self.one_in(3);
        let columns: Vec<String> = made.columns.iter().map(|it| it.name.to_string()).collect();
        let name = made.name.to_string();
        for column in columns.iter().filter(|column| *column != "id") {
            let quoted = format!("\"{column}\"");
            if self.one_in(5) {
                made = made.index(&[column]);
            }
            if self.one_in(6) {
                made = made.unique(&[column, "id"]);
            }
            if self.one_in(8) {
                let own = names::check(&name, Some(column));
                made = made.check(&own, &format!("{quoted} IS NULL OR {quoted} <> 77"));
            }
            if self.one_in(9) {
                let parent = self.pick(parents);
                let action = self.pick(&Action::ALL);
                made = made.references(column, &parent, action);
            }
            if self.one_in(9) {
                let index = Index {
                    name: format!("{name}_x_{}", made.indexes.len()).into(),
                    keys: vec![IndexKey {
                        expr: Expr::from(format!("lower({quoted})")),
                        is_column: false,
                        order: self.pick(&[Order::Asc, Order::Desc]),
                    }]
                    .into(),
                    unique: false,
                    predicate: self.one_in(2).then(|| format!("{quoted} > id").into()),
                };
                made.indexes.to_mut().push(index);
            }
        }
        if self.one_in(6) && columns.len() > 1 {
            made = made.check("wide", &format!("id > 0 OR \"{}\" IS NULL", columns[1]));
        }
        if self.one_in(12) && columns.len() > 1 {
            let columns = vec!["id".into(), columns[1].clone().into()];
            made.uniques =
                vec![Unique { name: format!("{name}_u").into(), columns: columns.into() }].into();
        }
        made
    }

    fn before(&mut self) -> Schema {
        let names: Vec<String> =
            ["t", "select", "u v"][..1 + self.roll(3)].iter().map(|it| (*it).to_owned()).collect();
        let tables = names.iter().map(|name| self.table(name)).collect::<Vec<_>>();
        schema(tables.into_iter().map(|table| self.rules(table, &names)).collect())
    }

    fn after(&mut self, before: &Schema) -> Schema {
        let mut tables: Vec<Table> = Vec::new();
        for old in &before.tables[..] {
            if self.one_in(8) {
                continue;
            }
            tables.push(self.altered(old));
        }
        if self.one_in(3) {
            tables.push(self.table("fresh"));
        }
        if tables.len() > 1 && self.one_in(6) {
            let (a, b) = (tables[0].name.clone(), tables[1].name.clone());
            if tables[0].renamed_from.is_none()
                && tables[1].renamed_from.is_none()
                && a != "fresh"
                && b != "fresh"
            {
                (tables[0].name, tables[0].renamed_from) = (b.clone(), Some(a.clone()));
                (tables[1].name, tables[1].renamed_from) = (a, Some(b));
            }
        }
        let names: Vec<String> = tables.iter().map(|table| table.name.to_string()).collect();
        let tables: Vec<Table> = tables
            .into_iter()
            .map(|table| {
                let old = before.table(table.renamed_from.as_deref().unwrap_or(&table.name));
                if self.one_in(2) || old.is_none() {
                    self.rules(table, &names)
                } else {
                    same_rules(table, old, &names)
                }
            })
            .collect();
        schema(tables)
    }

    fn altered(&mut self, old: &Table) -> Table {
        let mut made = table(&old.name, Vec::new());
        made.primary_key = old.primary_key.clone();
        (made.strict, made.without_rowid) = (old.strict, old.without_rowid);
        for column in &old.columns[..] {
            let key = column.name == "id";
            match self.roll(10) {
                0 if !key => {}
                1 if !key => made = made.and(self.column(&column.name)),
                2 if !key => {
                    let name = format!("{} new", column.name);
                    made =
                        made.and(Column { name: name.into(), ..column.clone() }.was(&column.name));
                }
                3 if key && !old.without_rowid => {
                    let identity = self.pick(&[Some(Identity::ByDefault), None]);
                    made = made.and(Column { identity, ..column.clone() });
                }
                4 if column.generated.is_none() && !key => {
                    made = made.and(Column { nullable: !column.nullable, ..column.clone() });
                }
                _ => made = made.and(column.clone()),
            }
        }
        if self.one_in(3) {
            let column = self.column("added");
            let backfill = self.one_in(2) && column.generated.is_none();
            made = made.and(Column { backfill: backfill.then(|| "id".into()), ..column });
        }
        if self.one_in(6) {
            made.name = format!("{} new", old.name).into();
            made.renamed_from = Some(old.name.clone());
        }
        made
    }
}

/// The rules of the old table that still make sense.
fn same_rules(mut made: Table, old: Option<&Table>, tables: &[String]) -> Table {
    let Some(old) = old else { return made };
    let has = |made: &Table, name: &str| made.column(name).is_some();
    for key in old.foreign_keys.iter().filter(|key| tables.contains(&key.table.to_string())) {
        if has(&made, &key.columns[0]) {
            made = made.references(&key.columns[0].clone(), &key.table.clone(), key.on_delete);
        }
    }
    for unique in old
        .uniques
        .iter()
        .filter(|it| it.columns.iter().all(|name| has(&made, name)))
        .cloned()
        .collect::<Vec<_>>()
    {
        made.uniques.to_mut().push(unique);
    }
    // Names of indexes are the database's, not the table's.
    if made.name != old.name && tables.contains(&old.name.to_string()) {
        made.uniques = Vec::new().into();
        return made;
    }
    let whole = old.columns.iter().all(|column| has(&made, &column.name));
    if whole {
        made.indexes = old.indexes.clone();
        made.checks = old.checks.clone();
    }
    made
}

fn seed(dice: &mut Dice, db: &mut Db, schema: &Schema) {
    let values = ["1", "2", "'x'", "NULL", "1.5", "x'61'", "'a'", "'2024-01-01'", "77"];
    for table in &schema.tables[..] {
        for row in 1..=3 {
            let plain = table.columns.iter().filter(|it| it.generated.is_none() && it.name != "id");
            let names: Vec<String> = plain.map(|it| format!("\"{}\"", it.name)).collect();
            // Most guesses break a rule; a few tries find a row.
            for _ in 0..4 {
                let mut columns = vec!["id".to_owned()];
                columns.extend(names.clone());
                let mut row = vec![(row * 10).to_string()];
                row.extend(names.iter().map(|_| dice.pick(&values).to_owned()));
                let sql = format!(
                    "INSERT INTO \"{}\" ({}) VALUES ({})",
                    table.name,
                    columns.join(", "),
                    row.join(", ")
                );
                if db.try_run(&sql).is_ok() {
                    break;
                }
            }
        }
    }
}

/// The rows of the tables: keys, and what is in columns that are the same on both sides.
fn contents(db: &mut Db, pairs: &[(Table, Table)], after: bool) -> Vec<String> {
    let mut lines = Vec::new();
    for (old, new) in pairs {
        let mut columns = Vec::new();
        for column in new.columns.iter().filter(|column| column.generated.is_none()) {
            let name = column.renamed_from.as_ref().unwrap_or(&column.name);
            let Some(before) = old.column(name) else { continue };
            let alike = before.sql_type == column.sql_type && before.nullable == column.nullable;
            if alike && before.generated.is_none() && old.strict == new.strict {
                columns.push(if after { &column.name } else { &before.name });
            }
        }
        let mut quoted: Vec<String> = columns.iter().map(|name| format!("\"{name}\"")).collect();
        quoted.push("id".to_owned());
        let quoted: Vec<&str> = quoted.iter().map(String::as_str).collect();
        let table = if after { &new.name } else { &old.name };
        lines.extend(db.rows(&quoted, &format!("\"{table}\" ORDER BY id")));
    }
    lines
}

/// Views and triggers that no model knows.
fn by_hand(dice: &mut Dice, db: &mut Db, schema: &Schema) {
    for (at, table) in schema.tables.iter().enumerate() {
        let name = &table.name;
        if dice.one_in(4) {
            db.run(&format!(
                "CREATE VIEW \"v {at}\" AS SELECT x.id FROM \"{name}\" AS x;
                 CREATE VIEW w{at} AS SELECT id FROM \"v {at}\""
            ));
        }
        if dice.one_in(4) {
            db.run(&format!(
                "CREATE TRIGGER g{at} AFTER UPDATE ON \"{name}\" WHEN new.id > old.id
                 BEGIN SELECT new.id; END"
            ));
        }
    }
}

/// The structure but for what was made by hand.
fn owned(db: &mut Db) -> Vec<String> {
    let mut lines = db.structure();
    lines.retain(|line| !line.starts_with("CREATE VIEW") && !line.starts_with("CREATE TRIGGER"));
    lines
}

fn may_fail(plan: &Plan) -> bool {
    plan.hazards()
        .any(|hazard| hazard.code == HazardCode::MayFail || hazard.code == HazardCode::NarrowsType)
}

fn may_fail_down(plan: &Plan) -> bool {
    plan.down_hazards().any(|hazard| {
        matches!(
            hazard.code,
            HazardCode::MayFail | HazardCode::NarrowsType | HazardCode::IrreversibleData
        )
    })
}

fn kept(before: &Schema, after: &Schema) -> Vec<(Table, Table)> {
    let pairs = after.tables.iter().filter_map(|new| {
        let old = before.table(new.renamed_from.as_deref().unwrap_or(&new.name))?;
        Some((old.clone(), new.clone()))
    });
    pairs.collect()
}

#[test]
fn any_schema_becomes_any_other_and_comes_back() {
    let (mut ups, mut downs) = (0, 0);
    for case in 0..600 {
        let mut dice = Dice(case * 7919 + 17);
        let before = dice.before();
        let after = dice.after(&before);
        let mut db = Db::of(&before);
        seed(&mut dice, &mut db, &before);
        by_hand(&mut dice, &mut db, &before);
        let live = db.live(&before);
        let changes = diff(&before, &after).expect("hints that fit");
        let Ok(plan) = plan(&changes, &Target::new(Dialect::Sqlite), &live) else { continue };
        let pairs = kept(&before, &after);
        let there = db.structure();
        let rows = contents(&mut db, &pairs, false);
        if let Err(error) = db.file(&plan.up_sql(), plan.transaction) {
            assert!(may_fail(&plan), "case {case}: {error}");
            db.try_run("ROLLBACK").ok();
            assert_eq!(db.structure(), there, "case {case}: rolled back");
            continue;
        }
        ups += 1;
        assert_eq!(owned(&mut db), Db::of(&after).structure(), "case {case}: {}", plan.up_sql());
        assert_eq!(contents(&mut db, &pairs, true), rows, "case {case}: {}", plan.up_sql());
        for view in db.rows(&["name"], "sqlite_schema WHERE type = 'view'") {
            db.run(&format!("SELECT * FROM \"{}\"", view.trim_matches('\'')));
        }
        if let Err(error) = db.file(&plan.down_sql(), plan.transaction) {
            assert!(may_fail_down(&plan), "case {case}: {error}");
            continue;
        }
        downs += 1;
        assert_eq!(db.structure(), there, "case {case}: {}", plan.down_sql());
        assert_eq!(contents(&mut db, &pairs, false), rows, "case {case}: {}", plan.down_sql());
    }
    assert!(ups > 250 && downs > 200, "{ups} up, {downs} down: the dice hardly try anything");
}
