//! Random pairs on a real server: `AUTOGEN_CASES` asks for more of them, `AUTOGEN_SEED` for others,
//! `AUTOGEN_SHRINK` for more tries to make one that breaks a law smaller.

use std::cell::RefCell;

use diesel_autogen_database::testing::prove_in_place;
use diesel_autogen_database::{Proof, Scratch, Script, WayBack, postgres};
use diesel_autogen_evolve::{Dialect, HazardCode, Plan, Target, plan};
use diesel_autogen_schema::testing::random::{Pair, TYPES, dressed};
use diesel_autogen_schema::{Live, Schema, Table, Text, diff};

use super::{coverage, server};
use crate::random::tally::{Tally, all_hold, of_seed};
use crate::random::{facts, reasons};

/// Takes everything away that the last pair left, tables first: where they go together with an
/// extension, the server misses a function of it now and then.
const CLEAN: &str = "DO $$ DECLARE it text; BEGIN
    FOR it IN SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE relkind = 'r' AND nspname !~ '^pg_' AND nspname <> 'information_schema'
    LOOP EXECUTE 'DROP TABLE ' || it || ' CASCADE'; END LOOP;
    FOR it IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    LOOP EXECUTE format('DROP SCHEMA %I CASCADE', it); END LOOP; END $$; CREATE SCHEMA public;";

/// After how many pairs a worker gets another database: the server reads its catalogue the more
/// slowly, the more has been dropped from it.
const RENEWED: usize = 25;

const TARGET: Target = Target { minimum: (15, 0, 0), ..Target::new(Dialect::Postgres) };

type Result<T = ()> = std::result::Result<T, String>;

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
    of_seed(cases, seed, dressed, |pair, tally| {
        if tally.pairs % RENEWED == RENEWED - 1 {
            scratch.replace(server.scratch().map_err(text)?);
        }
        laws(pair, &mut scratch.borrow_mut(), tally)
    })
}

#[test]
fn every_law_holds_for_random_pairs() {
    all_hold(1_000, work, coverage::missing);
}
