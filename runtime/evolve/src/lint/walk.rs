use std::collections::{BTreeMap, BTreeSet};

use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::config::Level;

use super::allows::Allows;
use super::finding::{Finding, Spot};
use super::rule::{Found, Look};
use super::scene::{Scene, Whole};
use super::{Levels, RULES, Rule, Subject};
use crate::cost::{Lock, postgres};
use crate::script::{Action, Known, Statement, folded, read};

/// What the rules find in a migration, in the order of its lines. What is allowed, by the package or
/// by a remark with a reason, is not among it.
pub fn lint(subject: &Subject<'_>, levels: &Levels) -> Vec<Finding> {
    let engine = subject.engine();
    let statements = read(subject.sql, engine);
    let places = places(&statements, engine);
    let rebuilt: BTreeSet<String> = places.values().cloned().collect();
    let mut walk = Walk::new(subject);
    let mut found: Vec<(&Rule, Spot, Found)> = Vec::new();
    for (at, statement) in statements.iter().enumerate() {
        let costs = match engine {
            Dialect::Postgres => postgres(&statement.action, &walk.known),
            Dialect::Sqlite | Dialect::Mysql => Vec::new(),
        };
        let scene = Scene {
            subject,
            statement,
            earlier: &statements[..at],
            known: &walk.known,
            before: &walk.before,
            places: &places,
            fresh: &walk.fresh,
            rebuilt: &rebuilt,
            transaction: walk.transaction,
            transaction_start: walk.transaction_start,
            costs: &costs,
            held: &walk.held,
            patience: walk.patience,
        };
        for rule in rules(engine) {
            if let Look::Statement(look) = rule.look {
                let spot = Spot::Line(statement.line);
                found
                    .extend(look(&scene).into_iter().map(|it| (rule, it.spot.unwrap_or(spot), it)));
            }
        }
        let locks: Vec<(String, Lock)> =
            scene.strong_costs().map(|cost| (cost.table.clone(), cost.lock)).collect();
        walk.step(at, statement, locks);
    }
    let whole =
        Whole { subject, statements: &statements, before: &walk.before, after: &walk.known };
    for rule in rules(engine) {
        if let Look::Whole(look) = rule.look {
            found
                .extend(look(&whole).into_iter().map(|it| (rule, it.spot.unwrap_or(Spot::Up), it)));
        }
    }
    let mut allows = Allows::new(&statements);
    let mut findings: Vec<Finding> = found
        .into_iter()
        .filter(|(rule, spot, _)| !allows.covers(rule.code, *spot))
        .map(|(rule, spot, it)| finding(rule, spot, it, levels))
        .collect();
    findings.extend(allows.complaints(levels));
    findings.retain(|finding| finding.level != Level::Allow);
    findings.sort_by(|a, b| (a.spot, a.code, &a.object).cmp(&(b.spot, b.code, &b.object)));
    findings.dedup();
    findings
}

pub(super) fn finding(rule: &Rule, spot: Spot, found: Found, levels: &Levels) -> Finding {
    let Found { object, message, safe, spot: _ } = found;
    Finding { code: rule.code, level: levels.of(rule), spot, object, message, safe }
}

fn rules(engine: Dialect) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().filter(move |rule| rule.engines.contains(&engine))
}

/// Where a script stands between two statements.
struct Walk {
    known: Known,
    before: Known,
    fresh: BTreeSet<String>,
    transaction: bool,
    transaction_start: usize,
    held: BTreeMap<String, Lock>,
    patience: Option<u64>,
}

impl Walk {
    fn new(subject: &Subject<'_>) -> Walk {
        Walk {
            known: subject.known.clone(),
            before: subject.known.clone(),
            fresh: BTreeSet::new(),
            transaction: subject.transaction,
            transaction_start: 0,
            held: BTreeMap::new(),
            patience: None,
        }
    }

    fn step(&mut self, at: usize, statement: &Statement, locks: Vec<(String, Lock)>) {
        let engine = self.known.engine();
        for (table, lock) in locks {
            let held = self.held.entry(table).or_insert(lock);
            *held = lock.max(*held);
        }
        for (from, to) in renames(&statement.action) {
            if self.fresh.remove(&folded(engine, &from)) {
                self.fresh.insert(folded(engine, &to));
            }
            if let Some(lock) = self.held.remove(&from) {
                self.held.insert(to, lock);
            }
        }
        if let Action::CreateTable(it) = &statement.action {
            self.fresh.insert(folded(engine, &it.name));
        } else if let Action::Begin = statement.action {
            (self.transaction, self.transaction_start) = (true, at + 1);
        } else if let Action::Commit | Action::Rollback = statement.action {
            self.transaction = false;
        } else if let Action::Set { name, value } = &statement.action
            && name.ends_with("lock_timeout")
        {
            self.patience = Some(milliseconds(value));
        }
        self.before.follow(&statement.action);
        self.known.advance(&statement.action);
        if !self.transaction {
            self.held.clear();
        }
    }
}

/// A time as PostgreSQL reads it. What cannot be read is taken for long.
fn milliseconds(value: &str) -> u64 {
    let value = value.trim_matches(|it: char| it == '\'' || it.is_whitespace());
    let digits = value.find(|it: char| !it.is_ascii_digit()).unwrap_or(value.len());
    let (number, unit) = value.split_at(digits);
    let factor = match unit.trim() {
        "" | "ms" => 1,
        "s" => 1000,
        _ => 60_000,
    };
    number.parse::<u64>().map_or(u64::MAX, |it| it.saturating_mul(factor))
}

/// Tables that get other names: from, to.
fn renames(action: &Action) -> Vec<(String, String)> {
    let mut found = Vec::new();
    if let Action::RenameTables(pairs) = action {
        found.extend(pairs.iter().cloned());
    }
    if let Action::AlterTable { table, clauses } = action {
        found.extend(clauses.iter().filter_map(|it| Some((table.clone(), it.new_place(table)?))));
    }
    found
}

/// Tables that are dropped, and whose names are then given to others: they are made anew. By the name
/// that the new one is made with.
fn places(statements: &[Statement], engine: Dialect) -> BTreeMap<String, String> {
    let mut dropped = BTreeSet::new();
    let mut places = BTreeMap::new();
    for statement in statements {
        if let Action::DropTable { tables, cascade: _ } = &statement.action {
            dropped.extend(tables.iter().map(|it| folded(engine, it)));
        }
        for (from, to) in renames(&statement.action) {
            if let Some(to) = dropped.take(&folded(engine, &to)) {
                places.insert(folded(engine, &from), to);
            }
        }
    }
    places
}
