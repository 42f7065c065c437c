use super::{AddressError, Footprint, History, Revision, Spot};

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
    /// The revisions to run, in order, so that a database with the `applied` versions reaches
    /// `address`: `heads`, `+N` pending ones, or what [`History::locate`] takes. None when it is
    /// there already.
    ///
    /// # Errors
    /// When the address leads nowhere, or the database has revisions that are not here.
    pub fn upgrade_path(
        &self,
        applied: &[String],
        address: &str,
    ) -> Result<Vec<&Revision>, AddressError> {
        self.all_here(applied)?;
        let is_pending = |it: &&Revision| !applied.contains(&it.version);
        if let Some(steps) = relative(address, '+')? {
            let pending: Vec<&Revision> = self.revisions().iter().filter(is_pending).collect();
            if steps > pending.len() {
                return Err(too_far(Way::Up, address, pending.len()));
            }
            return Ok(pending[..steps].to_vec());
        }
        if address == "base" || address.starts_with('-') {
            return Err(wrong_way(Way::Up, address));
        }
        self.way_up(applied, self.locate(address, Some(applied))?)
    }

    /// As [`History::upgrade_path`], to a place.
    ///
    /// # Errors
    /// When the database is past the place, or has revisions that are not here.
    pub fn way_up(
        &self,
        applied: &[String],
        spot: Spot<'_>,
    ) -> Result<Vec<&Revision>, AddressError> {
        self.all_here(applied)?;
        if spot == Spot::Base && !applied.is_empty() {
            return Err(wrong_way(Way::Up, "base"));
        }
        let is_pending = |it: &Revision| !applied.contains(&it.version);
        let there = self.upto(spot);
        let path: Vec<&Revision> = there.iter().filter(|it| is_pending(it)).copied().collect();
        if let Spot::At(target) = spot
            && path.is_empty()
            && self.descendants(target).into_iter().skip(1).any(|it| !is_pending(it))
        {
            return Err(AddressError::Behind { dir_name: target.dir_name.clone() });
        }
        Ok(path)
    }

    /// As [`History::upgrade_path`], to several places at once.
    ///
    /// # Errors
    /// As [`History::upgrade_path`], and when one of them is on the way to another.
    pub fn upgrade_paths(
        &self,
        applied: &[String],
        addresses: &[String],
    ) -> Result<Vec<&Revision>, AddressError> {
        let [only] = addresses else {
            self.are_apart(addresses, Some(applied))?;
            let mut all = Vec::new();
            for address in addresses {
                all.extend(self.upgrade_path(applied, address)?);
            }
            all.sort_by(|a, b| a.version.cmp(&b.version));
            all.dedup_by(|a, b| a.version == b.version);
            return Ok(all);
        };
        self.upgrade_path(applied, only)
    }

    /// Makes sure that none of several targets is on the way to another one. The same one twice is
    /// one.
    ///
    /// # Errors
    /// When an address leads nowhere, and the first pair that overlaps.
    pub fn are_apart(
        &self,
        addresses: &[String],
        applied: Option<&[String]>,
    ) -> Result<(), AddressError> {
        let mut places = Vec::new();
        for address in addresses {
            match self.locate(address, applied)? {
                // What it leaves alone may be another target.
                Spot::Before { .. } => {}
                spot @ (Spot::Base | Spot::At(_) | Spot::Heads) => places.push((address, spot)),
            }
        }
        for (at, (one, spot)) in places.iter().enumerate() {
            for (two, other) in places[at + 1..].iter().filter(|(_, other)| other != spot) {
                let (first, second) = (self.upto(*spot), self.upto(*other));
                let has =
                    |all: &[&Revision], of: &[&Revision]| of.iter().all(|it| all.contains(it));
                let (earlier, later) = match (has(&second, &first), has(&first, &second)) {
                    (true, _) => (one, two),
                    (false, true) => (two, one),
                    (false, false) => continue,
                };
                let (earlier, later) = ((*earlier).clone(), (*later).clone());
                return Err(AddressError::Overlap { earlier, later });
            }
        }
        Ok(())
    }

    /// The revisions to revert, newest first, so that a database with the `applied` versions
    /// reaches `address`: `base`, `-N` of the applied ones, or a place that [`History::locate`]
    /// takes, after which nothing that follows it is applied. What was done in parallel stays.
    ///
    /// # Errors
    /// When the address leads nowhere, the database has revisions that are not here, one of those
    /// to be reverted has no `down.sql`, or one that stays depends on one that goes.
    pub fn downgrade_path(
        &self,
        applied: &[String],
        address: &str,
    ) -> Result<Vec<&Revision>, AddressError> {
        self.all_here(applied)?;
        if let Some(steps) = relative(address, '-')? {
            let newest = self.revisions().iter().rev().filter(|it| applied.contains(&it.version));
            let path: Vec<&Revision> = newest.collect();
            return match steps > path.len() {
                true => Err(too_far(Way::Down, address, path.len())),
                false => self.revertible(path[..steps].to_vec()),
            };
        }
        if address == "head" || address == "heads" || address.starts_with('+') {
            return Err(wrong_way(Way::Down, address));
        }
        self.way_down(applied, self.locate(address, Some(applied))?)
    }

    /// As [`History::downgrade_path`], to a place.
    ///
    /// # Errors
    /// As [`History::downgrade_path`].
    pub fn way_down(
        &self,
        applied: &[String],
        spot: Spot<'_>,
    ) -> Result<Vec<&Revision>, AddressError> {
        self.all_here(applied)?;
        let is_applied = |it: &&Revision| applied.contains(&it.version);
        let all: Vec<&Revision> = self.revisions().iter().rev().filter(is_applied).collect();
        let goes = match spot {
            Spot::Base => return self.revertible(all),
            Spot::Heads => return Err(wrong_way(Way::Down, "heads")),
            Spot::At(target) => self.descendants(target).into_iter().skip(1).collect(),
            Spot::Before { first, .. } => self.descendants(first),
        };
        if let Spot::At(target) | Spot::Before { first: _, at: Some(target) } = spot
            && !is_applied(&target)
        {
            return Err(AddressError::NotApplied { dir_name: target.dir_name.clone() });
        }
        self.revertible(self.without(&goes, &all)?)
    }

    /// That every one of them can be reverted.
    fn revertible<'h>(
        &'h self,
        path: Vec<&'h Revision>,
    ) -> Result<Vec<&'h Revision>, AddressError> {
        match path.iter().find(|it| it.down_sql.is_none()) {
            Some(stuck) => Err(AddressError::NoDown { dir_name: stuck.dir_name.clone() }),
            None => Ok(path),
        }
    }

    /// Those of the applied revisions, from the newest to the oldest, that are to go.
    fn without<'h>(
        &'h self,
        goes: &[&Revision],
        applied: &[&'h Revision],
    ) -> Result<Vec<&'h Revision>, AddressError> {
        let follows = |it: &&&Revision| goes.iter().any(|goes| goes.version == it.version);
        let path: Vec<&Revision> = applied.iter().filter(follows).copied().collect();
        for stays in applied.iter().filter(|it| !follows(it)) {
            let later = path.iter().filter(|it| it.version < stays.version);
            let footprint = Footprint::of(stays);
            for goes in later {
                if !footprint.is_apart(&Footprint::of(goes)) {
                    return Err(AddressError::Entangled {
                        stays: stays.dir_name.clone(),
                        goes: goes.dir_name.clone(),
                    });
                }
            }
        }
        Ok(path)
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
