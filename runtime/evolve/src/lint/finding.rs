use std::fmt;

use diesel_autogen_schema::config::Level;

/// What a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Code of the rule.
    pub code: &'static str,
    /// How bad it is, by the rule or by the package.
    pub level: Level,
    /// Where.
    pub spot: Spot,
    /// What it is about: `users.email`; empty when it is about the revision.
    pub object: String,
    /// What happens, as a fragment.
    pub message: String,
    /// What to write instead, as SQL or as a sentence.
    pub safe: Option<String>,
}

/// Where in a revision a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spot {
    /// A line of the SQL that was looked at, from 1.
    Line(usize),
    /// `up.sql` as a whole.
    Up,
    /// `down.sql`.
    Down,
    /// `metadata.toml`.
    Metadata,
}

impl Spot {
    /// The file of a revision.
    pub const fn file(self) -> &'static str {
        match self {
            Spot::Line(_) | Spot::Up => "up.sql",
            Spot::Down => "down.sql",
            Spot::Metadata => "metadata.toml",
        }
    }

    /// The line, where there is one.
    pub const fn line(self) -> Option<usize> {
        match self {
            Spot::Line(line) => Some(line),
            Spot::Up | Spot::Down | Spot::Metadata => None,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.object.is_empty() {
            write!(f, "{}: ", self.object)?;
        }
        write!(f, "{} [{}]", self.message, self.code)
    }
}
