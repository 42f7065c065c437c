use std::fmt;

/// What a revision is to programs that run while it is applied, where one change is made by several
/// revisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// It adds, and takes nothing away: the program from before goes on as it did.
    Expand,
    /// It fills rows, in steps that others hardly notice.
    Migrate,
    /// It takes away or forbids what the program from before may still do.
    Contract,
}

impl Phase {
    /// Every phase, in the order in which they come.
    pub const ALL: [Phase; 3] = [Phase::Expand, Phase::Migrate, Phase::Contract];

    /// Spelling in `metadata.toml`: `expand`.
    pub const fn name(self) -> &'static str {
        match self {
            Phase::Expand => "expand",
            Phase::Migrate => "migrate",
            Phase::Contract => "contract",
        }
    }

    /// The inverse of [`Phase::name`].
    pub fn from_name(name: &str) -> Option<Phase> {
        Phase::ALL.into_iter().find(|phase| phase.name() == name)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
