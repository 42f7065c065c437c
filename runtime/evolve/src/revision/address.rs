use std::fmt;

use super::{History, Revision};

/// Which way a walk goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Towards the head.
    Up,
    /// Towards the base.
    Down,
}

impl Way {
    /// The command that walks this way.
    pub fn command(self) -> &'static str {
        match self {
            Way::Up => "upgrade",
            Way::Down => "downgrade",
        }
    }
}

impl History {
    /// The revision that somebody means by `address`: `head`, a version, the name of its
    /// directory, the beginning of either, or what follows the version in that name.
    ///
    /// # Errors
    /// When no revision or more than one fits.
    pub fn find(&self, address: &str) -> Result<&Revision, AddressError> {
        if address == "head" {
            return match self.heads()[..] {
                [] => Err(AddressError::Empty),
                [one] => Ok(one),
                [..] => Err(self.several_heads()),
            };
        }
        let stamp = address.replace('-', "");
        if let Some(exact) = self.get(&stamp).or_else(|| self.get(address)) {
            return Ok(exact);
        }
        if let Some(exact) = self.revisions().iter().find(|it| it.dir_name == address) {
            return Ok(exact);
        }
        let fits: Vec<&Revision> = self
            .revisions()
            .iter()
            .filter(|it| {
                !stamp.is_empty()
                    && (it.version.starts_with(&stamp)
                        || it.dir_name.starts_with(address)
                        || it.slug == address)
            })
            .collect();
        match fits[..] {
            [one] => Ok(one),
            [] if self.revisions().is_empty() => Err(AddressError::Empty),
            [] => Err(AddressError::Unknown {
                address: address.to_owned(),
                nearest: self.nearest(address).map(|it| it.dir_name.clone()),
            }),
            [..] => Err(AddressError::Ambiguous {
                address: address.to_owned(),
                candidates: fits.iter().map(|it| it.dir_name.clone()).collect(),
            }),
        }
    }

    /// The revision whose version, slug or directory is spelled most like `address`.
    fn nearest(&self, address: &str) -> Option<&Revision> {
        let likeness = |revision: &Revision| {
            [&revision.version, &revision.slug, &revision.dir_name]
                .map(|name| strsim::normalized_damerau_levenshtein(name, address))
                .into_iter()
                .fold(0.0, f64::max)
        };
        self.revisions()
            .iter()
            .map(|revision| (likeness(revision), revision))
            .filter(|(likeness, _)| *likeness >= 0.6)
            .max_by(|(a, _), (b, _)| a.total_cmp(b))
            .map(|(_, revision)| revision)
    }

    /// The revisions to run, in order, so that a database with the `applied` versions reaches
    /// `address`: `head`, `+N`, or what [`History::find`] takes. None when it is there already.
    ///
    /// # Errors
    /// When the address leads nowhere, or the database has revisions that are not here.
    pub fn upgrade_path(
        &self,
        applied: &[String],
        address: &str,
    ) -> Result<Vec<&Revision>, AddressError> {
        self.all_here(applied)?;
        let pending: Vec<&Revision> =
            self.revisions().iter().filter(|it| !applied.contains(&it.version)).collect();
        if let Some(steps) = relative(address, '+')? {
            if steps > pending.len() {
                return Err(too_far(Way::Up, address, pending.len()));
            }
            return Ok(pending[..steps].to_vec());
        }
        if address == "base" || address.starts_with('-') {
            return Err(wrong_way(Way::Up, address));
        }
        if address == "head" {
            return if self.heads().len() > 1 { Err(self.several_heads()) } else { Ok(pending) };
        }
        let target = self.find(address)?;
        if applied.contains(&target.version) && pending.iter().all(|it| it.version > target.version)
        {
            let newest = applied.iter().max().map_or("", String::as_str);
            if newest > target.version.as_str() {
                return Err(AddressError::Behind { dir_name: target.dir_name.clone() });
            }
        }
        Ok(pending.into_iter().filter(|it| it.version <= target.version).collect())
    }

    /// The revisions to revert, newest first, so that a database with the `applied` versions
    /// reaches `address`: `base`, `-N`, or the revision that is to be the newest then.
    ///
    /// # Errors
    /// When the address leads nowhere, the database has revisions that are not here, or one of
    /// them has no `down.sql`.
    pub fn downgrade_path(
        &self,
        applied: &[String],
        address: &str,
    ) -> Result<Vec<&Revision>, AddressError> {
        self.all_here(applied)?;
        let mut path: Vec<&Revision> =
            self.revisions().iter().rev().filter(|it| applied.contains(&it.version)).collect();
        if let Some(steps) = relative(address, '-')? {
            if steps > path.len() {
                return Err(too_far(Way::Down, address, path.len()));
            }
            path.truncate(steps);
        } else if address == "head" || address.starts_with('+') {
            return Err(wrong_way(Way::Down, address));
        } else if address != "base" {
            let target = self.find(address)?;
            if !applied.contains(&target.version) {
                return Err(AddressError::NotApplied { dir_name: target.dir_name.clone() });
            }
            path.retain(|it| it.version > target.version);
        }
        match path.iter().find(|it| it.down_sql.is_none()) {
            Some(stuck) => Err(AddressError::NoDown { dir_name: stuck.dir_name.clone() }),
            None => Ok(path),
        }
    }

    fn all_here(&self, applied: &[String]) -> Result<(), AddressError> {
        let gone: Vec<String> =
            applied.iter().filter(|version| self.get(version).is_none()).cloned().collect();
        if gone.is_empty() { Ok(()) } else { Err(AddressError::NotOnDisk { versions: gone }) }
    }

    fn several_heads(&self) -> AddressError {
        AddressError::SeveralHeads {
            dir_names: self.heads().iter().map(|it| it.dir_name.clone()).collect(),
        }
    }
}

/// The number of `+N` or `-N`; `None` when the address is no such thing.
fn relative(address: &str, sign: char) -> Result<Option<usize>, AddressError> {
    let Some(number) = address.strip_prefix(sign) else { return Ok(None) };
    match number.parse::<usize>() {
        Ok(0) | Err(_) => Err(AddressError::Number { address: address.to_owned() }),
        Ok(steps) => Ok(Some(steps)),
    }
}

fn too_far(way: Way, address: &str, possible: usize) -> AddressError {
    AddressError::TooFar { way, address: address.to_owned(), possible }
}

fn wrong_way(way: Way, address: &str) -> AddressError {
    AddressError::WrongWay { way, address: address.to_owned() }
}

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
                write!(f, "no revision is called `{address}`")?;
                match nearest {
                    Some(nearest) => write!(f, "; did you mean `{nearest}`?"),
                    None => write!(f, ": list them with diesel-autogen history"),
                }
            }
            AddressError::Ambiguous { address, candidates } => write!(
                f,
                "`{address}` is the beginning of {} revisions: `{}`; write more of the one you mean",
                candidates.len(),
                candidates.join("`, `")
            ),
            AddressError::Number { address } => {
                write!(f, "`{address}` is no number of revisions: write +1, +2, … or -1, -2, …")
            }
            AddressError::TooFar { way, address, possible } => {
                too_far_text(f, *way, address, *possible)
            }
            AddressError::WrongWay { way, address } => wrong_way_text(f, *way, address),
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
                 it, or restore its directory; compare with diesel-autogen history",
                versions.join(", ")
            ),
            AddressError::SeveralHeads { dir_names } => write!(
                f,
                "there are {} heads, `{}`: see diesel-autogen heads; keep one, remove the \
                 directory of the other and generate it again on top",
                dir_names.len(),
                dir_names.join("`, `")
            ),
        }
    }
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
