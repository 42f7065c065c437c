use std::collections::BTreeMap;
use std::fmt;

use diesel_autogen_schema::config::Level;

use super::{Rule, nearest, rule};

/// How bad a package finds what rules find, where it is not what the rule says itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels(BTreeMap<String, Level>);

/// A code that no rule has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCode {
    /// The code.
    pub code: String,
}

impl Levels {
    /// The levels of these codes.
    ///
    /// # Errors
    /// At the first code that no rule has.
    pub fn new(levels: &BTreeMap<String, Level>) -> Result<Levels, UnknownCode> {
        match levels.keys().find(|code| rule(code).is_none()) {
            Some(code) => Err(UnknownCode { code: code.clone() }),
            None => Ok(Levels(levels.clone())),
        }
    }

    /// The level of a rule.
    pub fn of(&self, rule: &Rule) -> Level {
        self.0.get(rule.code).copied().unwrap_or(rule.level)
    }
}

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no lint has the code `{}`", self.code)?;
        match nearest(&self.code) {
            Some(code) => write!(f, ": did you mean `{code}`?"),
            None => write!(f, ": diesel-autogen explain lists them"),
        }
    }
}

impl std::error::Error for UnknownCode {}
