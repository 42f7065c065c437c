//! Pairs on a server: made from a seed, tried by several workers, counted.

use std::cell::RefCell;
use std::collections::BTreeSet;

use diesel_autogen_schema::testing::random::{Pair, pairs};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

use super::asked;

type Result<T = ()> = std::result::Result<T, String>;

/// How many databases are worked in at once.
const WORKERS: u32 = 2;

/// How the pairs ended.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) pairs: usize,
    pub(crate) proved: usize,
    pub(crate) rows: usize,
    pub(crate) same: usize,
    pub(crate) contradictions: usize,
    pub(crate) refused: usize,
    /// What pairs tried that were proved.
    pub(crate) tried: BTreeSet<&'static str>,
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

/// Runs pairs with this seed, dressed for an engine, under its laws.
pub(crate) fn of_seed(
    cases: u32,
    seed: u64,
    dressed: fn(&Pair) -> Pair,
    laws: impl Fn(&Pair, &mut Tally) -> Result,
) -> Result<Tally> {
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
        laws(&pair, &mut tally.borrow_mut())
            .map_err(|reason| TestCaseError::fail(format!("{reason}\n{pair:?}")))
    });
    run.map_err(|failure| format!("AUTOGEN_SEED={seed}: {failure}"))?;
    Ok(tally.into_inner())
}

/// Has workers try as many pairs as are asked for, or else the usual number, which must hold, and
/// leave nothing untried when they are many.
pub(crate) fn all_hold(
    usual: u32,
    work: fn(u32, u64) -> Result<Tally>,
    missing: fn(&BTreeSet<&'static str>) -> Vec<&'static str>,
) {
    let seed: u64 = asked("AUTOGEN_SEED", 20_261_126);
    let cases: u32 = asked("AUTOGEN_CASES", usual);
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
        assert_eq!(missing(&tally.tried), [""; 0], "never proved");
    }
}
