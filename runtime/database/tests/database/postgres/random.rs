//! Random pairs on a real server: `AUTOGEN_CASES` asks for more of them, `AUTOGEN_SEED` for others,
//! `AUTOGEN_SHRINK` for more tries to make one that breaks a law smaller.

use std::cell::RefCell;
use std::collections::BTreeSet;

use diesel_autogen_database::testing::prove_in_place;
use diesel_autogen_database::{Proof, Scratch, Script, WayBack, postgres};
use diesel_autogen_evolve::{Dialect, HazardCode, Plan, Target, plan};
use diesel_autogen_schema::testing::random::{Pair, TYPES, dressed, pairs};
use diesel_autogen_schema::{Live, Schema, Table, Text, diff};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

use super::{coverage, server};
use crate::random::{asked, facts, reasons};

/// Takes everything away that the last pair left.
const CLEAN: &str = "DO $$ DECLARE it text; BEGIN
    FOR it IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    LOOP EXECUTE format('DROP SCHEMA %I CASCADE', it); END LOOP; END $$; CREATE SCHEMA public;";

/// How many databases are worked in at once.
const WORKERS: u32 = 2;

/// After how many pairs a worker gets another database: the server reads its catalogue the more
/// slowly, the more has been dropped from it.
const RENEWED: usize = 25;

const TARGET: Target = Target { minimum: (15, 0, 0), ..Target::new(Dialect::Postgres) };

type Result<T = ()> = std::result::Result<T, String>;

/// How the pairs ended.
#[derive(Clone, Debug, Default)]
struct Tally {
    pairs: usize,
    proved: usize,
    rows: usize,
    same: usize,
    contradictions: usize,
    refused: usize,
    /// What pairs tried that were proved.
    tried: BTreeSet<&'static str>,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        let Tally { pairs, proved, rows, same, contradictions, refused, tried } = other;
        self.pairs += pairs;
        self.proved += proved;
        self.rows += rows;
        self.same += same;
        self.contradictions += contradictions;
        self.refused += refused;
        self.tried.extend(tried);
    }

    /// Whether the pairs still put anything to the test.
    fn is_worth_it(&self) -> bool {
        self.proved * 10 >= self.pairs * 7 && self.rows >= self.pairs * 3
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// SQL that makes the tables in an empty database.
fn create(tables: &[Table], extensions: &[Text]) -> Result<String> {
    let extensions = extensions.to_vec().into();
    let mut schema = Schema { tables: tables.to_vec().into(), extensions };
    schema.tables.to_mut().iter_mut().for_each(|table| table.renamed_from = None);
    let changes = diff(&Schema::EMPTY, &schema).map_err(|errors| format!("{errors:?}"))?;
    let live = Live::of(Dialect::Postgres, Schema::EMPTY);
    let plan = plan(&changes, &TARGET, &live).map_err(|refusals| format!("{refusals:?}"))?;
    Ok(plan.up_sql())
}

fn certain(plan: &Plan) -> bool {
    let stops = |code: HazardCode| code.may_fail() || code == HazardCode::NarrowsType;
    !plan.hazards().any(|hazard| stops(hazard.code))
}

/// Runs one pair under every law.
fn laws(pair: &Pair, scratch: &mut Scratch, tally: &mut Tally) -> Result {
    tally.pairs += 1;
    let Some(changes) = facts::laws(pair)? else {
        tally.contradictions += 1;
        return Ok(());
    };
    let asked = reasons::asks(&changes, &reasons::everything(&pair.before));
    scratch.execute(CLEAN, true).map_err(text)?;
    let history = create(&pair.before.tables, &pair.before.extensions)?;
    let history = format!("{TYPES}\n{history}");
    scratch.execute(&history, true).map_err(|error| format!("{error}\n{history}"))?;
    let live = scratch.live().map_err(text)?;
    let planned = plan(&changes, &TARGET, &live);
    let plan = match planned {
        Ok(plan) if asked == Ok(false) => plan,
        Ok(_) | Err(_) => {
            tally.refused += 1;
            return Ok(());
        }
    };
    if changes.is_empty() {
        tally.same += 1;
        return Ok(());
    }
    let script = |sql: String| if sql.is_empty() { "SELECT 1".to_owned() } else { sql };
    let (up, down) = (script(plan.up_sql()), script(plan.down_sql()));
    let mut again = |scratch: &mut postgres::Scratch| {
        scratch.execute(CLEAN, true)?;
        scratch.execute(&history, true)
    };
    let mut extensions = [&pair.before.extensions[..], &pair.after.extensions[..]].concat();
    extensions.sort();
    extensions.dedup();
    let mut proof = Proof {
        history: scratch,
        live: &live,
        up: Script { sql: &up, in_transaction: plan.transaction },
        down: Script { sql: &down, in_transaction: plan.transaction },
        changes: &changes,
        hints: true,
        certain: certain(&plan),
        way_back: match plan.down_hazards().any(|hazard| hazard.code.may_fail()) {
            true => WayBack::Uncertain,
            false => WayBack::Certain,
        },
        create: &|tables| create(tables, &extensions),
        // It takes as long as all the rest.
        by_dump: tally.pairs.is_multiple_of(25),
    };
    let report = prove_in_place(&mut proof, &mut again)
        .map_err(|failure| format!("{failure}\n--- up\n{up}\n--- down\n{down}"))?;
    tally.proved += 1;
    tally.tried.extend(coverage::of(pair, &changes));
    tally.rows += report.rows;
    Ok(())
}

/// Pairs with this seed, in a database of their own.
fn work(cases: u32, seed: u64) -> Result<Tally> {
    let Some(server) = server() else { return Ok(Tally::default()) };
    let scratch = RefCell::new(server.scratch().map_err(text)?);
    let tally = RefCell::new(Tally::default());
    let config = Config {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: asked("AUTOGEN_SHRINK", 80),
        ..Config::default()
    };
    let run = TestRunner::new(config).run(&pairs(), |pair| {
        let pair = dressed(&pair);
        if tally.borrow().pairs % RENEWED == RENEWED - 1 {
            let new = server.scratch().map_err(|error| TestCaseError::fail(text(error)))?;
            scratch.replace(new);
        }
        laws(&pair, &mut scratch.borrow_mut(), &mut tally.borrow_mut())
            .map_err(|reason| TestCaseError::fail(format!("{reason}\n{pair:?}")))
    });
    run.map_err(|failure| format!("AUTOGEN_SEED={seed}: {failure}"))?;
    Ok(tally.into_inner())
}

#[test]
fn every_law_holds_for_random_pairs() {
    let seed: u64 = asked("AUTOGEN_SEED", 20_261_126);
    // A thousand find faults that are not mended yet: a document `null` that becomes a number.
    let cases: u32 = asked("AUTOGEN_CASES", 240);
    let workers: Vec<_> = (0..WORKERS)
        .map(|at| std::thread::spawn(move || work(cases.div_ceil(WORKERS), seed + u64::from(at))))
        .collect();
    let mut tally = Tally::default();
    for worker in workers {
        tally.add(worker.join().expect("a worker").unwrap_or_else(|failure| panic!("{failure}")));
    }
    if tally.pairs >= 150 {
        assert!(tally.is_worth_it(), "the pairs hardly try anything: {tally:?}");
    }
    // A few pairs say nothing about all of them.
    if tally.pairs >= 1_000 {
        assert_eq!(coverage::missing(&tally.tried), [""; 0], "never proved");
    }
}
