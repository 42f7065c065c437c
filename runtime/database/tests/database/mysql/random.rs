//! Random pairs on a real server: `AUTOGEN_CASES` asks for more of them, `AUTOGEN_SEED` for others,
//! `AUTOGEN_SHRINK` for more tries to make one that breaks a law smaller.

use std::cell::RefCell;

use diesel_autogen_database::testing::prove_in_place_on_mysql;
use diesel_autogen_database::{Error, Proof, Scratch, Script, Value, WayBack, mysql};
use diesel_autogen_evolve::{Dialect, HazardCode, Plan, Target, decide, plan};
use diesel_autogen_schema::testing::random::{Pair, dressed_for_mysql};
use diesel_autogen_schema::{Flavour, Live, Schema, Table, diff};

use super::{coverage, server};
use crate::random::shuffle::shuffled;
use crate::random::tally::{Tally, all_hold, of_seed};
use crate::random::{facts, reasons};

/// Seeds whose pairs broke a law once.
const SEEDS: &str = include_str!("../../../proptest-regressions/mysql.txt");

const TARGET: Target =
    Target { minimum: (10, 6, 0), flavour: Flavour::Mariadb, ..Target::new(Dialect::Mysql) };

type Result<T = ()> = std::result::Result<T, String>;

pub(super) fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// SQL that makes the tables in an empty database.
pub(super) fn create(tables: &[Table]) -> Result<String> {
    let mut schema = Schema::of(tables.to_vec());
    schema.tables.to_mut().iter_mut().for_each(|table| table.renamed_from = None);
    let changes = diff(&Schema::EMPTY, &schema).map_err(|errors| format!("{errors:?}"))?;
    let live = Live::of(Dialect::Mysql, Schema::EMPTY);
    let plan = plan(&changes, &TARGET, &live).map_err(|refusals| format!("{refusals:?}"))?;
    Ok(plan.up_sql())
}

fn certain(plan: &Plan) -> bool {
    let stops = |code: HazardCode| code.may_fail() || code == HazardCode::NarrowsType;
    !plan.hazards().any(|hazard| stops(hazard.code))
}

/// Takes everything away that the last pair left.
pub(super) fn clean(scratch: &mut mysql::Scratch) -> std::result::Result<(), Error> {
    let tables = scratch
        .rows("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()")?;
    let names: Vec<String> = tables
        .iter()
        .flatten()
        .filter_map(Value::as_text)
        .map(|name| format!("`{}`", name.replace('`', "``")))
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let list = names.join(", ");
    let sql = format!("SET foreign_key_checks = 0; DROP TABLE {list}; SET foreign_key_checks = 1");
    scratch.execute(&sql, false)
}

/// Runs one pair under every law.
fn laws(pair: &Pair, scratch: &mut Scratch, tally: &mut Tally) -> Result {
    tally.pairs += 1;
    let Some(changes) = facts::laws(pair)? else {
        tally.contradictions += 1;
        return Ok(());
    };
    let allowed = reasons::everything(&pair.before);
    let history = create(&pair.before.tables)?;
    clean(scratch.mysql().ok_or("no MySQL")?).map_err(text)?;
    scratch.execute(&history, false).map_err(|error| format!("{error}\n{history}"))?;
    let live = scratch.live().map_err(text)?;
    let planned = plan(&changes, &TARGET, &live);
    let plan = match planned {
        Ok(plan) if decide(&changes, Dialect::Mysql, &allowed).is_ok() => plan,
        Ok(_) | Err(_) => {
            tally.refused += 1;
            return Ok(());
        }
    };
    same_bytes(pair, &live, &plan)?;
    if changes.is_empty() {
        tally.same += 1;
        return Ok(());
    }
    let (up, down) = (plan.up_sql(), plan.down_sql());
    let mut again = |scratch: &mut mysql::Scratch| {
        clean(scratch)?;
        scratch.execute(&history, false)
    };
    let mut proof = Proof {
        history: scratch,
        live: &live,
        up: &[Script { sql: &up, in_transaction: plan.transaction }],
        at_once: None,
        phased: false,
        down: &[Script { sql: &down, in_transaction: plan.transaction }],
        changes: &changes,
        hints: true,
        certain: certain(&plan),
        way_back: match plan.down_hazards().any(|hazard| hazard.code.may_fail()) {
            true => WayBack::Uncertain,
            false => WayBack::Certain,
        },
        create: &create,
        by_dump: false,
    };
    let report = prove_in_place_on_mysql(&mut proof, &mut again)
        .map_err(|failure| format!("{failure}\n--- up\n{up}\n--- down\n{down}"))?;
    tally.proved += 1;
    tally.tried.extend(coverage::of(pair, &changes));
    tally.rows += report.rows;
    Ok(())
}

fn same_bytes(pair: &Pair, live: &Live, own: &Plan) -> Result {
    let (before, after) = (shuffled(&pair.before), shuffled(&pair.after));
    let changes = diff(&before, &after).map_err(|errors| format!("{errors:?}"))?;
    let other = plan(&changes, &TARGET, live).map_err(|refusals| format!("{refusals:?}"))?;
    if (other.up_sql(), other.down_sql()) == (own.up_sql(), own.down_sql()) {
        return Ok(());
    }
    let (own, other) = (own.up_sql(), other.up_sql());
    Err(format!("declared in another order, the SQL is another:\n{own}\n{other}"))
}

/// Pairs with this seed, in a database of their own.
fn work(cases: u32, seed: u64) -> Result<Tally> {
    let Some(server) = server() else { return Ok(Tally::default()) };
    let scratch = RefCell::new(server.scratch().map_err(text)?);
    of_seed(cases, seed, dressed_for_mysql, |pair, tally| {
        let held = laws(pair, &mut scratch.borrow_mut(), tally);
        if held.is_err() {
            // Nobody knows what it left.
            scratch.replace(server.scratch().map_err(text)?);
        }
        held
    })
}

#[test]
fn every_law_holds_for_random_pairs() {
    all_hold(1_000, work, coverage::missing);
}

/// The first pairs of seeds that found something.
#[test]
fn what_broke_a_law_once_holds() {
    for line in SEEDS.lines().filter(|line| !line.starts_with('#')) {
        let mut numbers = line.split_whitespace().map(|it| it.parse().expect("a number"));
        let (Some(seed), Some(cases)) = (numbers.next(), numbers.next()) else {
            panic!("a seed and how many of its pairs: {line}")
        };
        let cases = u32::try_from(cases).expect("a count");
        work(cases, seed).unwrap_or_else(|failure| panic!("{failure}"));
    }
}
