use super::graph::lineage;
use super::{AddressError, History, Revision, Spot};

impl History {
    /// The place that `branch@address` means: `address` as it is understood where there is nothing
    /// but the revisions that `branch` follows and those that follow it. Alone, `-N` counts back
    /// the applied ones that are of this branch only, and `+N` on the pending ones.
    ///
    /// # Errors
    /// When `branch` is no revision, or the address leads nowhere on its branch.
    pub(super) fn in_branch(
        &self,
        branch: &str,
        address: &str,
        applied: Option<&[String]>,
    ) -> Result<Spot<'_>, AddressError> {
        let of = self.found(branch, applied).map_err(|error| match error {
            AddressError::Unknown { address: name, nearest } => {
                AddressError::NoBranch { address: address.to_owned(), name, nearest }
            }
            error => error,
        })?;
        let first = self.beginning(of);
        let line = self.line(of);
        let has = |it: &Revision| applied.is_some_and(|applied| applied.contains(&it.version));
        if let Some(steps) = address.strip_prefix(['+', '-']) {
            let wrong = || AddressError::Number { address: address.to_owned() };
            let steps = steps.parse::<usize>().ok().filter(|it| *it > 0).ok_or_else(wrong)?;
            self.all_here(applied.ok_or(AddressError::NoDatabase)?)?;
            let back = address.starts_with('-');
            let way: Vec<&Revision> = match back {
                true => self.descendants(first).into_iter().rev().filter(|it| has(it)).collect(),
                false => line.iter().filter(|it| !has(it)).copied().collect(),
            };
            let found = way.get(steps - 1).ok_or_else(|| AddressError::OutOfHistory {
                address: format!("{branch}@{address}"),
                possible: way.len(),
            })?;
            return Ok(if back {
                Spot::Before { first: found, at: None }
            } else {
                Spot::At(found)
            });
        }
        let alone: Vec<Revision> = line.iter().map(|it| (*it).clone()).collect();
        let alone = History { lineage: lineage(&alone), revisions: alone };
        let here: Option<Vec<String>> = match applied {
            None => None,
            Some(applied) => {
                self.all_here(applied)?;
                Some(line.iter().filter(|it| has(it)).map(|it| it.version.clone()).collect())
            }
        };
        let spot = match alone.locate(address, here.as_deref()) {
            Ok(spot) => spot,
            Err(AddressError::Unknown { .. }) if self.locate(address, applied).is_ok() => {
                return Err(AddressError::NotInBranch {
                    address: address.to_owned(),
                    dir_name: of.dir_name.clone(),
                });
            }
            Err(error) => return Err(error),
        };
        let own = |it: &Revision| self.get(&it.version);
        let is_shared = |it: &Revision| !self.descendants(first).contains(&it);
        Ok(match spot {
            Spot::Base => Spot::Before { first, at: None },
            Spot::Heads => return Err(alone.several_heads()),
            Spot::At(at) if is_shared(at) => Spot::Before { first, at: own(at) },
            Spot::At(at) => own(at).map_or(Spot::Base, Spot::At),
            Spot::Before { first, at } => match own(first) {
                Some(first) => Spot::Before { first, at: at.and_then(own) },
                None => Spot::Base,
            },
        })
    }

    /// The first revision of a branch that is of no other: back from one of its revisions to where
    /// branches part or meet.
    fn beginning<'h>(&'h self, of: &'h Revision) -> &'h Revision {
        let mut first = of;
        loop {
            let before = match self.parents(first)[..] {
                [only] => self.get(only),
                [] | [..] => None,
            };
            match before.filter(|it| self.children(it).len() == 1) {
                Some(before) => first = before,
                None => return first,
            }
        }
    }

    /// What a revision follows and what follows it, itself with it, in order.
    fn line<'h>(&'h self, of: &'h Revision) -> Vec<&'h Revision> {
        let mut line = self.ancestors(&[of]);
        line.extend(self.descendants(of).into_iter().skip(1));
        line
    }

    /// Everything that is applied at a place, in order.
    pub fn upto(&self, spot: Spot<'_>) -> Vec<&Revision> {
        let own = |it: &Revision| {
            let found = self.get(&it.version);
            found.map(|found| self.ancestors(&[found])).unwrap_or_default()
        };
        match spot {
            Spot::Base => Vec::new(),
            Spot::At(revision) => own(revision),
            Spot::Heads => self.revisions().iter().collect(),
            Spot::Before { first: _, at: Some(at) } => own(at),
            Spot::Before { first, at: None } => {
                let mut before = own(first);
                before.pop();
                before
            }
        }
    }
}
