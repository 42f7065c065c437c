use super::{AddressError, History, Revision};

/// A place in a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot<'h> {
    /// Before the first revision.
    Base,
    /// After a revision and all that it follows.
    At(&'h Revision),
    /// After everything.
    Heads,
    /// Before the first revision of a branch, or of the end of one: whatever does not follow it
    /// is left as it is.
    Before {
        /// That revision.
        first: &'h Revision,
        /// The revision that is meant, when it is an earlier one, which other branches follow, too;
        /// otherwise it is whatever `first` follows.
        at: Option<&'h Revision>,
    },
}

impl<'h> Spot<'h> {
    /// The revision, unless the place is the base; several heads are no revision.
    fn revision(self, history: &'h History) -> Result<Option<&'h Revision>, AddressError> {
        match self {
            Spot::Base => Ok(None),
            Spot::At(revision) => Ok(Some(revision)),
            Spot::Before { .. } => Ok(history.upto(self).last().copied()),
            Spot::Heads => match history.heads()[..] {
                [] => Ok(None),
                [one] => Ok(Some(one)),
                [..] => Err(history.several_heads()),
            },
        }
    }
}

impl History {
    /// The revision that somebody means by `address`: `head`, a version, the name of its
    /// directory, the beginning of either, what follows the version in that name, or so many
    /// before or after one of these: see [`History::locate`].
    ///
    /// # Errors
    /// When no revision or more than one fits.
    pub fn find(&self, address: &str) -> Result<&Revision, AddressError> {
        self.found(address, None)
    }

    /// As [`History::find`], with `current` when a database with the `applied` versions is known.
    ///
    /// # Errors
    /// As [`History::find`].
    pub fn found(
        &self,
        address: &str,
        applied: Option<&[String]>,
    ) -> Result<&Revision, AddressError> {
        match self.locate(address, applied)?.revision(self)? {
            Some(revision) => Ok(revision),
            None if self.revisions().is_empty() => Err(AddressError::Empty),
            None => Err(AddressError::Base { address: address.to_owned() }),
        }
    }

    /// The place that somebody means by `address`: `base`, `head`, `heads`, `current`, a revision's
    /// version, name, or the beginning of either; `+N` or `-N` behind it counts what follows it or
    /// what it follows, in the order in which they run, and alone counts from `current`: the newest
    /// of the `applied` versions. `REVISION@` in front of all this means the branch that the
    /// revision is of, and nothing beside it: `add_teams@head`, `add_teams@-1`, `add_teams@base`.
    ///
    /// # Errors
    /// When nothing or more than one revision fits, or `current` is asked for and no database is
    /// known.
    pub fn locate(
        &self,
        address: &str,
        applied: Option<&[String]>,
    ) -> Result<Spot<'_>, AddressError> {
        let error = match self.named(address, applied) {
            Ok(spot) => return Ok(spot),
            Err(error) => error,
        };
        if let Some((branch, address)) = address.split_once('@') {
            return self.in_branch(branch, address, applied);
        }
        let Some((name, steps)) = counted(address)? else { return Err(error) };
        let name = if name.is_empty() { "current" } else { name };
        // `2026-11-22` is a day and not the twenty-second before November: a number behind a
        // date counts only if the date is whole.
        let is_date = name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        if is_date && steps < 0 && self.exact(name).is_none() {
            return Err(error);
        }
        let from = self.named(name, applied)?.revision(self)?;
        // From where on, and what lies that way, the nearest first.
        let way: Vec<&Revision> = match from {
            None if steps < 0 => Vec::new(),
            None => self.revisions().iter().collect(),
            Some(from) if steps < 0 => self.ancestors(&[from]).into_iter().rev().skip(1).collect(),
            Some(from) => self.descendants(from).into_iter().skip(1).collect(),
        };
        let count = usize::try_from(steps.unsigned_abs()).unwrap_or(usize::MAX);
        match way.get(count - 1) {
            Some(found) => Ok(Spot::At(found)),
            None if steps < 0 && from.is_some() && count == way.len() + 1 => Ok(Spot::Base),
            None => Err(AddressError::OutOfHistory {
                address: address.to_owned(),
                possible: way.len() + usize::from(steps < 0 && from.is_some()),
            }),
        }
    }

    /// The place of a name without a number behind it.
    fn named(&self, name: &str, applied: Option<&[String]>) -> Result<Spot<'_>, AddressError> {
        match name {
            "base" => Ok(Spot::Base),
            "heads" => Ok(Spot::Heads),
            "head" => match self.heads()[..] {
                // Where nothing is to be done, nothing is wrong: a first deploy has no revision yet.
                [] => Ok(Spot::Base),
                [one] => Ok(Spot::At(one)),
                [..] => Err(self.several_heads()),
            },
            "current" => {
                let applied = applied.ok_or(AddressError::NoDatabase)?;
                self.all_here(applied)?;
                Ok(self.newest(applied).map_or(Spot::Base, Spot::At))
            }
            name => self.called(name).map(Spot::At),
        }
    }

    /// The newest of the applied revisions, in the order in which they run.
    pub fn newest(&self, applied: &[String]) -> Option<&Revision> {
        self.revisions().iter().rfind(|it| applied.contains(&it.version))
    }

    fn exact(&self, address: &str) -> Option<&Revision> {
        self.get(&address.replace('-', ""))
            .or_else(|| self.get(address))
            .or_else(|| self.revisions().iter().find(|it| it.dir_name == address))
    }

    pub(super) fn called(&self, address: &str) -> Result<&Revision, AddressError> {
        if let Some(exact) = self.exact(address) {
            return Ok(exact);
        }
        let stamp = address.replace('-', "");
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
                nearest: self.nearest(address),
            }),
            [..] => Err(AddressError::Ambiguous {
                address: address.to_owned(),
                candidates: fits.iter().map(|it| it.dir_name.clone()).collect(),
            }),
        }
    }

    /// The directory whose version, slug or whole name is spelled most like `address`; or one of
    /// the words that mean a place.
    fn nearest(&self, address: &str) -> Option<String> {
        let alike = |name: &str| strsim::normalized_damerau_levenshtein(name, address);
        let words = ["head", "heads", "base", "current"].map(|word| (alike(word), word));
        let revisions = self.revisions().iter().map(|revision| {
            let names = [&revision.version, &revision.slug, &revision.dir_name];
            let best = names.into_iter().map(|name| alike(name)).fold(0.0, f64::max);
            (best, revision.dir_name.as_str())
        });
        words
            .into_iter()
            .filter(|(alike, _)| *alike >= 0.75)
            .chain(revisions.filter(|(alike, _)| *alike >= 0.6))
            .max_by(|(a, _), (b, _)| a.total_cmp(b))
            .map(|(_, name)| name.to_owned())
    }

    /// The applied versions that are not on disk, and that no applied revision replaces.
    pub fn missing(&self, applied: &[String]) -> Vec<String> {
        let replaced = self.replaced(applied);
        let is_missing = |it: &&String| self.get(it).is_none() && !replaced.contains(it);
        applied.iter().filter(is_missing).cloned().collect()
    }

    /// The applied versions that are not on disk because an applied revision replaces them.
    pub fn replaced(&self, applied: &[String]) -> Vec<String> {
        let applied_here = self.revisions().iter().filter(|it| applied.contains(&it.version));
        let replaced: Vec<&String> = applied_here.flat_map(|it| &it.replaces).collect();
        let is_replaced = |it: &&String| self.get(it).is_none() && replaced.contains(it);
        applied.iter().filter(is_replaced).cloned().collect()
    }

    /// Makes sure that everything that is applied is on disk.
    ///
    /// # Errors
    /// When something is not, or is there as a part of what replaces it.
    pub fn all_here(&self, applied: &[String]) -> Result<(), AddressError> {
        let gone = self.missing(applied);
        let replaces = |it: &&Revision| it.replaces.iter().any(|version| gone.contains(version));
        if let Some(one) = self.revisions().iter().find(replaces) {
            let has = one.replaces.iter().filter(|version| applied.contains(version));
            return Err(AddressError::Halfway {
                dir_name: one.dir_name.clone(),
                applied: has.count(),
                of: one.replaces.len() + 1,
            });
        }
        if gone.is_empty() { Ok(()) } else { Err(AddressError::NotOnDisk { versions: gone }) }
    }

    pub(super) fn several_heads(&self) -> AddressError {
        AddressError::SeveralHeads {
            dir_names: self.heads().iter().map(|it| it.dir_name.clone()).collect(),
        }
    }
}

/// The two halves of `name+N` or `name-N`; `None` when the address is no such thing.
fn counted(address: &str) -> Result<Option<(&str, i64)>, AddressError> {
    let Some(sign) = address.rfind(['+', '-']) else { return Ok(None) };
    let (name, number) = address.split_at(sign);
    match number.parse::<i64>() {
        Ok(steps) if steps != 0 => Ok(Some((name, steps))),
        Ok(_) => Err(AddressError::Number { address: address.to_owned() }),
        Err(_) if name.is_empty() => Err(AddressError::Number { address: address.to_owned() }),
        Err(_) => Ok(None),
    }
}
