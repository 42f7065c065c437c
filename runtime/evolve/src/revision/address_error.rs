use std::fmt;

use super::Way;

/// An address that leads to no revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressError {
    /// There is no revision at all.
    Empty,
    /// No revision is called so.
    Unknown {
        /// The address.
        address: String,
        /// Directory of the one that is spelled most like it.
        nearest: Option<String>,
    },
    /// What stands before an `@` is no revision, so no branch is meant.
    NoBranch {
        /// What stands behind it.
        address: String,
        /// What stands before it.
        name: String,
        /// Directory of the one that is spelled most like it.
        nearest: Option<String>,
    },
    /// The revision is not on the branch that was named.
    NotInBranch {
        /// Its address.
        address: String,
        /// Directory of the revision that names the branch.
        dir_name: String,
    },
    /// Of two targets one is on the way to the other.
    Overlap {
        /// Directory of the one.
        earlier: String,
        /// Directory of the other.
        later: String,
    },
    /// More than one revision begins so.
    Ambiguous {
        /// The address.
        address: String,
        /// Their directories.
        candidates: Vec<String>,
    },
    /// A sign without a number.
    Number {
        /// The address.
        address: String,
    },
    /// More steps than there are revisions that way.
    TooFar {
        /// Which way.
        way: Way,
        /// The address.
        address: String,
        /// Steps that are possible.
        possible: usize,
    },
    /// The address lies the other way.
    WrongWay {
        /// The way that was asked for.
        way: Way,
        /// The address.
        address: String,
    },
    /// The database is past the target of an upgrade.
    Behind {
        /// Directory of the target.
        dir_name: String,
    },
    /// The target of a downgrade is not applied.
    NotApplied {
        /// Directory of the target.
        dir_name: String,
    },
    /// A revision on the way back has no `down.sql`.
    NoDown {
        /// Its directory.
        dir_name: String,
    },
    /// The database has revisions whose directories are not here.
    NotOnDisk {
        /// Their versions.
        versions: Vec<String>,
    },
    /// The base, where a revision is wanted.
    Base {
        /// The address.
        address: String,
    },
    /// `current` is asked for, and no database is known.
    NoDatabase,
    /// So many revisions before or after there is none.
    OutOfHistory {
        /// The address.
        address: String,
        /// Steps that are possible.
        possible: usize,
    },
    /// Neither end of a range leads to the other.
    NoWay {
        /// The range.
        range: String,
    },
    /// A revision that was done in parallel and stays may depend on one that is to be reverted.
    Entangled {
        /// Directory of the one that stays.
        stays: String,
        /// Directory of the one that goes.
        goes: String,
    },
    /// The database has some of the revisions that one replaces, and not all.
    Halfway {
        /// Directory of the one.
        dir_name: String,
        /// How many of them the database has.
        applied: usize,
        /// How many there were.
        of: usize,
    },
    /// `head` means more than one revision.
    SeveralHeads {
        /// Their directories.
        dir_names: Vec<String>,
    },
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AddressError::Empty => write!(
                f,
                "there is no revision yet: write the first with diesel-autogen generate -m \"…\""
            ),
            AddressError::Unknown { address, nearest } => {
                unknown_text(f, address, nearest.as_deref())
            }
            AddressError::NoBranch { address, name, nearest } => {
                unknown_text(f, name, nearest.as_deref())?;
                write!(f, " (in `{name}@{address}` it names the branch, by any revision of it)")
            }
            AddressError::NotInBranch { address, dir_name } => write!(
                f,
                "`{address}` is not on the branch of `{dir_name}`: see diesel-autogen history \
                 --graph"
            ),
            AddressError::Overlap { earlier, later } => write!(
                f,
                "`{later}` follows `{earlier}`, so they are one target and not two: name `{later}` \
                 alone, or `{earlier}` alone"
            ),
            AddressError::Ambiguous { address, candidates } => {
                ambiguous_text(f, address, candidates)
            }
            AddressError::Number { address } => {
                write!(f, "`{address}` is no number of revisions: write +1, +2, … or -1, -2, …")
            }
            AddressError::Base { address } => write!(
                f,
                "`{address}` is the base, where there is no revision: name one, see \
                 diesel-autogen history"
            ),
            AddressError::NoDatabase => write!(
                f,
                "what is current depends on the database: name it with --database-url, or name a \
                 revision"
            ),
            AddressError::OutOfHistory { address, possible } => {
                out_of_history_text(f, address, *possible)
            }
            AddressError::NoWay { range } => write!(
                f,
                "`{range}` is no range: its second end does not follow its first; see \
                 diesel-autogen history --graph"
            ),
            AddressError::Behind { .. }
            | AddressError::NotApplied { .. }
            | AddressError::NoDown { .. }
            | AddressError::NotOnDisk { .. }
            | AddressError::Entangled { .. }
            | AddressError::Halfway { .. }
            | AddressError::SeveralHeads { .. } => self.of_state(f),
            AddressError::TooFar { way, address, possible } => {
                too_far_text(f, *way, address, *possible)
            }
            AddressError::WrongWay { way, address } => wrong_way_text(f, *way, address),
        }
    }
}

impl AddressError {
    /// What is wrong with the state of the database or of the history, and not with the address.
    fn of_state(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AddressError::Behind { dir_name } => write!(
                f,
                "the database is past `{dir_name}` already: to go back to it, run \
                 diesel-autogen downgrade {dir_name}"
            ),
            AddressError::NotApplied { dir_name } => write!(
                f,
                "`{dir_name}` is not applied to this database: to go on to it, run \
                 diesel-autogen upgrade {dir_name}"
            ),
            AddressError::NoDown { dir_name } => write!(
                f,
                "`{dir_name}` has no down.sql, so nothing was reverted: write one, or name a later \
                 revision to stop at"
            ),
            AddressError::NotOnDisk { versions } => write!(
                f,
                "the database has revision {} that is not on disk: check out the branch that has \
                 it, or restore its directory; where it is gone for good and the schema is that of \
                 another revision, say so with diesel-autogen stamp REVISION --purge",
                versions.join(", ")
            ),
            AddressError::Entangled { stays, goes } => write!(
                f,
                "`{stays}` was done in parallel and would stay, but it concerns what \
                 `{goes}` concerns, which would be reverted from under it: revert both, with a \
                 target before them or with -N"
            ),
            AddressError::Halfway { dir_name, applied, of } => write!(
                f,
                "the database has {applied} of the {of} revisions that `{dir_name}` replaces: check \
                 out a commit that has them, run diesel-autogen upgrade there, and come back"
            ),
            AddressError::SeveralHeads { dir_names } => write!(
                f,
                "there are {} heads, `{}`: name the one you mean, or `heads` for all; make them one \
                 with diesel-autogen rebase REVISION, or with diesel-autogen merge heads -m \"…\"",
                dir_names.len(),
                dir_names.join("`, `")
            ),
            AddressError::Empty
            | AddressError::Unknown { .. }
            | AddressError::NoBranch { .. }
            | AddressError::NotInBranch { .. }
            | AddressError::Overlap { .. }
            | AddressError::Ambiguous { .. }
            | AddressError::Number { .. }
            | AddressError::Base { .. }
            | AddressError::NoDatabase
            | AddressError::OutOfHistory { .. }
            | AddressError::NoWay { .. }
            | AddressError::TooFar { .. }
            | AddressError::WrongWay { .. } => Ok(()),
        }
    }
}

fn unknown_text(f: &mut fmt::Formatter<'_>, address: &str, nearest: Option<&str>) -> fmt::Result {
    write!(f, "no revision is called `{address}`")?;
    match nearest {
        Some(nearest) => write!(f, "; did you mean `{nearest}`?"),
        None => write!(f, ": list them with diesel-autogen history"),
    }
}

fn ambiguous_text(f: &mut fmt::Formatter<'_>, address: &str, fits: &[String]) -> fmt::Result {
    write!(
        f,
        "`{address}` is the beginning of {} revisions: `{}`; write more of the one you mean",
        fits.len(),
        fits.join("`, `")
    )
}

fn out_of_history_text(f: &mut fmt::Formatter<'_>, address: &str, possible: usize) -> fmt::Result {
    let there = match possible {
        0 => "there is no revision".to_owned(),
        1 => "there is only 1 revision".to_owned(),
        n => format!("there are only {n} revisions"),
    };
    write!(f, "`{address}` goes too far: {there} that way; see diesel-autogen history")
}

fn wrong_way_text(f: &mut fmt::Formatter<'_>, way: Way, address: &str) -> fmt::Result {
    let (asked, turn, other) = match way {
        Way::Up => ("upgrade", "back", "downgrade"),
        Way::Down => ("downgrade", "on", "upgrade"),
    };
    write!(
        f,
        "{asked} cannot go to `{address}`: to go {turn}, run diesel-autogen {other} {address}"
    )
}

fn too_far_text(
    f: &mut fmt::Formatter<'_>,
    way: Way,
    address: &str,
    possible: usize,
) -> fmt::Result {
    let revisions = match possible {
        0 => "no revision is".to_owned(),
        1 => "only 1 revision is".to_owned(),
        n => format!("only {n} revisions are"),
    };
    match way {
        Way::Up => write!(f, "{revisions} pending, so {address} goes too far: upgrade to head"),
        Way::Down => {
            write!(f, "{revisions} applied, so {address} goes too far: downgrade to base")
        }
    }
}

impl std::error::Error for AddressError {}
