//! Opinions about what a migration does: each has a name and a level, reads facts (what the statements
//! do, what they cost, what is known of the tables), and says the safe way.
//!
//! A rule is a file in `rules`; its examples are its tests and what `explain` shows.

mod allows;
mod finding;
mod levels;
mod rule;
mod rules;
mod scene;
mod walk;

pub use finding::{Finding, Spot};
pub use levels::{Levels, UnknownCode};
pub use rule::{Example, Rule};
pub use rules::RULES;
pub use walk::lint;

use diesel_autogen_schema::config::Level;
use diesel_autogen_schema::{Dialect, Flavour};

use crate::script::Known;

/// What is looked at.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// Which server it is, where two speak one language.
    pub flavour: Flavour,
    /// The oldest release that must run it.
    pub minimum: (u16, u16, u16),
    /// The SQL.
    pub sql: &'a str,
    /// Whether its runner opens a transaction for it.
    pub transaction: bool,
    /// What is known of the database before it, the engine among it.
    pub known: Known,
    /// The revision whose `up.sql` it is; `None` for a file of its own.
    pub revision: Option<Workflow<'a>>,
}

/// What there is of a revision beside its `up.sql`.
#[derive(Clone, Debug, Default)]
pub struct Workflow<'a> {
    /// What it is about, in its author's words.
    pub message: String,
    /// `down.sql`; `None` when there is none.
    pub down_sql: Option<&'a str>,
    /// `metadata.toml`; `None` when there is none.
    pub metadata: Option<&'a str>,
    /// Names of its files that are not as they were generated.
    pub edited: Vec<&'static str>,
    /// Whether its SQL was generated, and both ways were proved then.
    pub generated: bool,
}

impl Subject<'_> {
    /// The engine.
    pub fn engine(&self) -> Dialect {
        self.known.engine()
    }
}

/// The rule of this code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.code == code)
}

/// The code that is spelled most like this one, if one is.
pub fn nearest(code: &str) -> Option<&'static str> {
    let alike = |rule: &&Rule| strsim::normalized_damerau_levenshtein(rule.code, code);
    let best = RULES.iter().copied().max_by(|a, b| alike(a).total_cmp(&alike(b)));
    best.filter(|rule| alike(rule) > 0.5).map(|rule| rule.code)
}

/// The worst level among the findings.
pub fn worst(findings: &[Finding]) -> Level {
    findings.iter().map(|it| it.level).max().unwrap_or(Level::Allow)
}
