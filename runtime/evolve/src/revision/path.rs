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
        let pending: Vec<&Revision> = self.revisions().iter().filter(is_pending).collect();
        if let Some(steps) = relative(address, '+')? {
            if steps > pending.len() {
                return Err(too_far(Way::Up, address, pending.len()));
            }
            return Ok(pending[..steps].to_vec());
        }
        if address == "base" || address.starts_with('-') {
            return Err(wrong_way(Way::Up, address));
        }
        let target = match self.locate(address, Some(applied))? {
            Spot::Heads => return Ok(pending),
            Spot::Base => return Err(wrong_way(Way::Up, address)),
            Spot::At(target) => target,
        };
        let path: Vec<&Revision> =
            self.ancestors(&[target]).into_iter().filter(is_pending).collect();
        let is_past = || {
            let after = self.descendants(target);
            after.iter().any(|it| it.version != target.version && !is_pending(it))
        };
        if path.is_empty() && is_past() {
            return Err(AddressError::Behind { dir_name: target.dir_name.clone() });
        }
        Ok(path)
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
        let is_applied = |it: &&Revision| applied.contains(&it.version);
        let mut path: Vec<&Revision> = self.revisions().iter().rev().filter(is_applied).collect();
        if let Some(steps) = relative(address, '-')? {
            if steps > path.len() {
                return Err(too_far(Way::Down, address, path.len()));
            }
            path.truncate(steps);
        } else if address == "head" || address == "heads" || address.starts_with('+') {
            return Err(wrong_way(Way::Down, address));
        } else if let Spot::At(target) = self.locate(address, Some(applied))? {
            if !is_applied(&target) {
                return Err(AddressError::NotApplied { dir_name: target.dir_name.clone() });
            }
            path = self.after(target, &path)?;
        }
        match path.iter().find(|it| it.down_sql.is_none()) {
            Some(stuck) => Err(AddressError::NoDown { dir_name: stuck.dir_name.clone() }),
            None => Ok(path),
        }
    }

    /// What follows `target`, of the applied revisions from the newest to the oldest.
    fn after<'h>(
        &'h self,
        target: &Revision,
        applied: &[&'h Revision],
    ) -> Result<Vec<&'h Revision>, AddressError> {
        let after = self.descendants(target);
        let follows = |it: &&&Revision| {
            it.version != target.version && after.iter().any(|after| after.version == it.version)
        };
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
