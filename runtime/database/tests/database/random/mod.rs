//! Every law on random pairs of schemas, on a real SQLite.
//!
//! `AUTOGEN_CASES` asks for more pairs than the usual, `AUTOGEN_SEED` for others. A pair that
//! breaks a law is made as small as it gets and printed as two snapshots; its seed goes into
//! `proptest-regressions/` and is tried first from then on.

mod by_hand;
mod coverage;
pub(crate) mod facts;
pub(crate) mod reasons;
mod rows;
mod run;
pub(crate) mod shuffle;
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) mod tally;
pub(crate) mod tried;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

use diesel_autogen_schema::testing::random::{Pair, pairs};
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, RngSeed, TestRunner};

use by_hand::Addition;

/// A pair, what somebody made by hand between the two, and whether the newest statements may be
/// used.
#[derive(Clone)]
pub(crate) struct Case {
    pair: Pair,
    by_hand: Vec<Addition>,
    newest: bool,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Case { pair, by_hand, newest } = self;
        write!(f, "{pair:?}")?;
        let statements = by_hand::statements(&pair.before, by_hand);
        if !statements.is_empty() {
            writeln!(f, "\n=== by hand\n{}", statements.join(";\n"))?;
        }
        if *newest { writeln!(f, "\n=== for the newest SQLite") } else { Ok(()) }
    }
}

pub(crate) fn cases() -> impl Strategy<Value = Case> {
    let by_hand = prop_oneof![
        3 => Just(Vec::new()),
        2 => proptest::collection::vec(by_hand::additions(), 1..4),
    ];
    (pairs(), by_hand, proptest::bool::weighted(0.2)).prop_map(|(pair, by_hand, newest)| Case {
        pair,
        by_hand,
        newest,
    })
}

/// How a pair ended that broke no law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Its plan was proved.
    Proved {
        /// Rows that went through it.
        rows: usize,
        /// Whether rows that nobody had asked whether they fit went through as well.
        any_rows: bool,
        /// What was tried.
        tried: BTreeSet<&'static str>,
    },
    /// Nothing differs.
    Same,
    /// Rename hints contradict each other.
    Contradiction,
    /// A person is asked.
    Refused,
}

/// How the pairs ended.
#[derive(Clone, Debug, Default)]
struct Tally {
    pairs: usize,
    proved: usize,
    with_any_rows: usize,
    same: usize,
    contradictions: usize,
    refused: usize,
    rows: usize,
    tried: BTreeSet<&'static str>,
}

impl Tally {
    fn add(&mut self, end: End) {
        self.pairs += 1;
        match end {
            End::Proved { rows, any_rows, tried } => {
                self.proved += 1;
                self.tried.extend(tried);
                self.rows += rows;
                self.with_any_rows += usize::from(any_rows);
            }
            End::Same => self.same += 1,
            End::Contradiction => self.contradictions += 1,
            End::Refused => self.refused += 1,
        }
    }

    /// Whether the pairs still put anything to the test.
    fn is_worth_it(&self) -> bool {
        let Tally { pairs, proved, with_any_rows, same, contradictions, refused, rows, tried: _ } =
            self;
        let percent = |part: &usize| part * 100 / pairs;
        percent(proved) >= 85
            && percent(with_any_rows) >= 70
            && *rows >= pairs * 4
            && percent(same) <= 6
            && percent(contradictions) <= 1
            && percent(refused) <= 8
    }
}

/// What an environment variable asks for.
pub(crate) fn asked<T: std::str::FromStr>(variable: &str, usual: T) -> T {
    let Ok(text) = std::env::var(variable) else { return usual };
    text.parse().unwrap_or_else(|_| panic!("{variable}={text} is no number"))
}

#[test]
fn every_law_holds_for_random_pairs() {
    let seed: u64 = asked("AUTOGEN_SEED", 20_261_122);
    let regressions = concat!(env!("CARGO_MANIFEST_DIR"), "/proptest-regressions/random.txt");
    let config = Config {
        cases: asked("AUTOGEN_CASES", 2_000),
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(regressions))),
        max_shrink_iters: 4_000,
        ..Config::default()
    };
    let tally = RefCell::new(Tally::default());
    let result = TestRunner::new(config).run(&cases(), |case| {
        let end = run::laws(&case).map_err(TestCaseError::fail)?;
        tally.borrow_mut().add(end);
        Ok(())
    });
    if let Err(failure) = result {
        panic!("AUTOGEN_SEED={seed}: {failure}");
    }
    let tally = tally.into_inner();
    // A few pairs say nothing about all of them.
    if tally.pairs >= 1_000 {
        assert_eq!(coverage::missing(&tally.tried), [""; 0], "never proved");
        assert!(tally.is_worth_it(), "the pairs hardly try anything: {tally:?}");
    }
}
